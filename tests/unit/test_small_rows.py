"""Rows of the tables of decision 0075 that have no other place: one small thing each."""

import re
from pathlib import Path
from types import SimpleNamespace

import jax
import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

import solion as so
from solion.base.errors import InputError
from solion.cli import app
from solion.experiments.assembly import assemble
from solion.experiments.run_loop import begin_run, known_rows, table_rows
from solion.explore.fitting.report import _names
from solion.grids.grains.tessellation import voronoi
from solion.result.description import describe
from solion.study import load


def test_a_box_in_micrometres_names_the_slip():
    with pytest.raises(InputError, match=r"box\[0\] = 30 m .*lengths are in metres: 30 um are 3e-05 m"):
        voronoi((30, 30), 10, seed=1)


def test_analysis_shows_its_names():
    assert {"relaxation_times", "fit_circuit", "kramers_kronig", "fit_extremes"} <= set(dir(so.analysis))


def test_a_file_that_is_not_there():
    with pytest.raises(InputError, match=r"nofile.nc: there is no such file"):
        so.load("nofile.nc")


def test_a_damaged_checkpoint_is_a_sentence(tmp_path):
    hidden = tmp_path / ".out.partial"
    hidden.mkdir()
    (hidden / ".lock").write_text("solion\n")
    (hidden / "checkpoint.npz").write_text("rubbish")
    answer = CliRunner().invoke(app, ["run", "step-current", "--out", str(tmp_path / "out"), "--resume"])
    assert answer.exit_code == 2
    assert len(answer.stderr.strip().splitlines()) == 1
    assert "this checkpoint is damaged" in answer.stderr
    assert "start anew" in answer.stderr


def test_a_million_pulses_are_refused_at_once_with_what_takes_them():
    with pytest.raises(InputError, match=r"1000000 times 2 steps are more than 500000.* repeat it less often.*pulse_map"):
        so.protocols.pulses(voltage=0.1, width=1e-6, gap=1e-6, count=1_000_000, samples=1)
    assert callable(so.compact.pulse_map)


def test_saving_makes_the_folder_that_is_not_there(tmp_path):
    result = so.Result(xr.Dataset(attrs={"title": "t", "status": "finished", "message": "m", "audit": "{}", "warnings": "[]"}))
    result.save(tmp_path / "new" / "result.nc")
    assert so.load(tmp_path / "new" / "result.nc").status == "finished"
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="file"):
        result.save(tmp_path / "file" / "result.nc")


def test_a_protocol_of_another_length_needs_no_other_program(monkeypatch):
    """What a program is compiled for: structure and shapes of the model, and the rows of the table of samples."""
    film = so.Film(so.materials.lithium_titanate(), 80e-9, 0.3)
    contact = so.Contact(so.laws.ButlerVolmer(rate=film.units.i_D))
    device = so.FilmMemristor(top=contact, film=film, bottom=contact)

    def shapes(protocol):
        model = assemble(device, protocol, 20, {})
        parts = model.system, model.schedule, model.watch
        rows = table_rows(model, np.zeros(20))
        return jax.tree.structure(parts), [np.shape(leaf) for leaf in jax.tree.leaves(parts)], rows

    one = so.protocols.hold(voltage=0.1, duration=1.0, samples=3)
    with monkeypatch.context() as patch:  # a run with a longer table came before
        patch.setattr(type(begin_run), "knows", lambda *arguments: arguments[-1] == 2048)
        assert known_rows(assemble(device, one, 20, {}), np.zeros(20)) == 2048
    assert shapes(one) == shapes(30 * one.then(so.protocols.ramp(voltage=(0.1, 0.2), duration=2.0, samples=7)))


def test_records_of_one_name_are_told_apart():
    def fit(*names):
        return SimpleNamespace(records=[SimpleNamespace(data=SimpleNamespace(name=name)) for name in names])

    assert _names(fit("a/loop.csv")) == ["loop.csv"]
    assert _names(fit("a/loop.csv", "b/loop.csv")) == ["a/loop.csv", "b/loop.csv"]
    assert _names(fit("loop.csv", "loop.csv")) == ["loop.csv (1)", "loop.csv (2)"]


def test_titles_of_scripts_and_of_foreign_files_do_not_steer_a_terminal(tmp_path):
    words = describe(title="a\x1b[31mb", status="finished", message="fine\nx\x00", audit={})
    assert words["title"] == "a\ufffd[31mb"
    assert words["message"] == "fine\nx\ufffd"
    xr.Dataset(attrs=words | {"title": "a\x1b[31mb"}).to_netcdf(tmp_path / "result.nc", engine="h5netcdf")
    foreign = so.load(tmp_path)
    assert "\x1b" not in foreign.dataset.attrs["title"] + foreign.summary()
    with pytest.raises(InputError, match=r"it is a folder; give a file in it, such as .*result\.nc"):
        foreign.save(tmp_path)
    device = load("step-current", ["numerics.cells=20"]).device
    with pytest.raises(InputError, match=r"is no Initial object; begin with what it ended with by Profile.of\(result\)"):
        so.simulate(device, so.protocols.hold(voltage=0.1, duration=1.0), initial=foreign)


def test_every_test_that_the_table_of_rows_names_is_there():
    tests = Path(__file__).parents[1]
    files = {path.name: path.read_text(encoding="utf-8") for path in tests.rglob("test_*.py")}
    table = tests.parent / "docs" / "decisions" / "0075-files-and-rows.md"
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", table.read_text(encoding="utf-8"))
    assert len(named) > 100
    assert [pair for pair in named if f"def {pair[1]}(" not in files.get(pair[0], "")] == []
