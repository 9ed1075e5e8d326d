"""Folders of results: nothing is followed, deleted or replaced that a run of solion did not make."""

import os
from concurrent.futures import Executor, Future

import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

import solion as so
from solion.base.errors import InputError
from solion.cli import app
from solion.explore import sweep
from solion.study.folder import claimed, move, whole_folder

SMALL = [
    "numerics.cells=20",
    "protocol.0.samples=3",
    "protocol.1.samples=5",
    "protocol.1.duration=0.5 tau_D",
    "output.figures=false",
]
SET = [part for setting in SMALL for part in ("--set", setting)]
OVER = {"device.filling": [0.3, 0.5]}


def invoke(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def refused(answer, *words):
    assert answer.exit_code == 2, answer.output
    assert len(answer.stderr.splitlines()) == 1, answer.stderr
    for word in words:
        assert word in answer.stderr


@pytest.fixture
def precious(tmp_path, monkeypatch):
    """A folder of the user's that no run may touch."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "precious"
    folder.mkdir()
    (folder / "thesis.tex").write_text("years of work")
    yield folder
    assert (folder / "thesis.tex").read_text() == "years of work"
    assert [entry.name for entry in folder.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("command", [["run", *SET], ["sweep", *SET, "--over", "device.filling=0.3,0.5"]])
@pytest.mark.parametrize("kind", ["link to a folder", "link to a file", "dangling link", "folder", "file"])
def test_what_is_in_the_way_of_the_hidden_folder_is_left_alone(precious, tmp_path, command, kind):
    hidden = tmp_path / ".out.partial"
    if kind == "folder":
        hidden.mkdir()
        (hidden / "thesis.tex").write_text("a copy")
    elif kind == "file":
        hidden.write_text("a copy")
    else:
        target = {"link to a folder": precious, "link to a file": precious / "thesis.tex"}.get(kind, tmp_path / "none")
        hidden.symlink_to(target)
    refused(invoke(command[0], "step-current", *command[1:], "--out", "out"), ".out.partial", "in the way", "--out")
    assert not (tmp_path / "none").exists()
    assert kind != "folder" or (hidden / "thesis.tex").read_text() == "a copy"
    assert kind != "file" or hidden.read_text() == "a copy"


def test_a_link_in_place_of_the_lock_is_not_followed(precious, tmp_path):
    (tmp_path / ".out.partial").mkdir()
    (tmp_path / ".out.partial" / ".lock").symlink_to(precious / "thesis.tex")
    refused(invoke("run", "step-current", *SET, "--out", "out"), ".lock", "in the way")


def test_a_link_inside_what_a_killed_run_left_is_not_followed(precious, tmp_path):
    (tmp_path / ".out.partial").mkdir()
    (tmp_path / ".out.partial" / ".lock").write_text("solion\n")
    (tmp_path / ".out.partial" / "figures").symlink_to(precious)
    assert invoke("run", "step-current", *SET, "--out", "out").exit_code == 0
    assert not (tmp_path / "out" / "figures").exists()


def test_force_replaces_a_result_and_no_folder_beside_it(precious, tmp_path):
    assert invoke("run", "step-current", *SET, "--out", "out").exit_code == 0
    (tmp_path / ".out.old").symlink_to(precious)
    assert invoke("run", "step-current", *SET, "--out", "out", "--force").exit_code == 0
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [".out.old", "out", "precious"]


@pytest.mark.parametrize("there", [True, False])
def test_a_link_as_out_is_refused_before_the_run(tmp_path, monkeypatch, there):
    monkeypatch.chdir(tmp_path)
    target = tmp_path / "disk" / "found"
    (target if there else target.parent).mkdir(parents=True)
    os.symlink("disk/found", "out")
    os.symlink("disk/found", "chart.png")
    monkeypatch.setattr("solion.study.study.Study.run", lambda *_, **__: pytest.fail("it ran"))
    monkeypatch.setattr("solion.export.export_study", lambda *_, **__: pytest.fail("it ran"))
    for command in (
        ("run", "step-current", *SET, "--out"),
        ("run", "step-current", *SET, "--force", "--resume", "--out"),
        ("sweep", "step-current", *SET, "--over", "device.filling=0.3,0.5", "--out"),
        ("sweep", "step-current", *SET, "--over", "device.filling=0.3,0.5", "--array", "2", "--out"),
        ("sensitivity", "step-current", *SET, "--of", "energy", "--over", "device.filling", "--out"),
        ("reproduce", "film", "2a", "--out"),
        ("export", "step-current", "--to", "json", "--out"),
        ("design", "10 us", "1 V", "--chart"),
    ):
        place = "chart.png" if command[0] == "design" else "out"
        refused(invoke(*command, place), f"{place}: it is a link", f"name the place that it leads to, {target}.")
    assert (tmp_path / "out").is_symlink()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["chart.png", "disk", "out"]
    assert [entry.name for entry in (tmp_path / "disk").rglob("*")] == (["found"] if there else [])


def test_the_place_behind_a_link_and_a_parent_that_is_one_are_written_to(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "disk").mkdir()
    os.symlink("disk", "scratch")
    assert invoke("run", "step-current", *SET, "--out", "scratch/found").exit_code == 0
    assert (tmp_path / "disk" / "found" / "result.nc").is_file()
    assert (tmp_path / "scratch").is_symlink()


def test_a_sweep_does_not_replace_what_came_into_being_during_its_first_run(tmp_path):
    folder = tmp_path / "out"
    sweep("step-current", OVER, settings=SMALL, out=tmp_path / "other")

    class Meanwhile(Executor):
        """An executor before whose first answer another sweep lands in the folder."""

        def submit(self, function, /, *arguments, **options):
            if not folder.exists():
                (tmp_path / "other").rename(folder)
                (folder / "note.txt").write_text("of the other")
            future = Future()
            future.set_result(function(*arguments, **options))
            return future

    with pytest.raises(InputError, match="exists already"):
        sweep("step-current", OVER, settings=SMALL, out=folder, executor=Meanwhile())
    assert (folder / "note.txt").read_text() == "of the other"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def test_a_folder_is_never_moved_onto_one_that_is_not_empty(tmp_path):
    out = tmp_path / "out"
    with claimed(out) as partial:
        (partial / "result.nc").write_text("ours")
        out.mkdir()
        (out / "note.txt").write_text("of the other")
        with pytest.raises(InputError, match="came into being meanwhile"):
            move(partial, out, replace=False)
    assert (out / "note.txt").read_text() == "of the other"


def test_a_failed_filling_removes_the_folders_it_made(tmp_path):
    def fill():
        with whole_folder(tmp_path / "a" / "b", False, ("page.html",)):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fill()
    assert list(tmp_path.iterdir()) == []


def test_a_finished_result_is_kept_where_its_report_was_killed(tmp_path, monkeypatch):
    from solion.study import execute, load
    from solion.study.study import Study

    study = load("step-current", SMALL)
    done = execute(study, tmp_path / "first")
    (tmp_path / "first").rename(tmp_path / ".again.partial")
    (tmp_path / ".again.partial" / ".lock").write_text("solion\n")
    monkeypatch.setattr(Study, "run", lambda *_, **__: pytest.fail("it is run again"))
    again = execute(study, tmp_path / "again", resume=True)
    assert again.dataset.equals(done.dataset)
    assert (tmp_path / "again" / "result.nc").is_file()


def test_a_file_that_could_not_be_written_whole_is_not_begun(tmp_path):
    """HDF5 dies of an error while it writes (a traceback and a segmentation fault under ulimit -f)."""
    resource = pytest.importorskip("resource")
    result = so.Result(xr.Dataset({"voltage": ("time", np.zeros(100_000), {"kind": "voltage"})}))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            result.save(tmp_path / "result.nc")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list(tmp_path.iterdir())
    assert result.save(tmp_path / "result.nc").exists()
