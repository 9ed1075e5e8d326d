"""A stranger's law, material, device, experiment, view and paper: one file each, by script and by study file.

Each study is run with its report and swept.
"""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import solion as so
from solion.cli import app
from solion.study import execute, load

HERE = Path(__file__).parent
STEP = """
[[protocol]]
kind = "hold"
current = "0.01 i_D"
duration = "1e-3 tau_D"
samples = 4
[numerics]
cells = 20
"""
FILM = """
[device]
kind = "film_memristor"
thickness = "80 nm"
filling = 0.02
series_resistance = "100 V_T/i_D"
"""
LAW = (
    FILM
    + """
material = "lithium_titanate"
top = { law = "tunnelling.py:Tunnelling", exchange = "1e-3 i_D" }
bottom = { law = "tunnelling.py:Tunnelling", exchange = "1e-5 i_D" }
[initial]
kind = "uniform"
"""
    + STEP
)
MATERIAL = (
    FILM
    + """
material = { name = "crowded_film.py:crowded_film", blocking = 0.7 }
top = { law = "butler_volmer", rate = "1e-2 i_D" }
bottom = { law = "butler_volmer", rate = "1e-2 i_D" }
"""
    + STEP
)
EQUILIBRIUM = (
    """
views = ["plateau_view.py:PlateauView"]
"""
    + FILM
    + """
material = "lithium_titanate"
top = { law = "butler_volmer", rate = "1e-2 i_D" }
bottom = { law = "butler_volmer", rate = "1e-2 i_D" }
[experiment]
kind = "rest_potential.py:RestPotential"
points = 101
"""
)
FRONT = """
[device]
kind = "front_device.py:AlloyingFilm"
thickness = "1 um"
diffusivity = "1e-14 m^2/s"
concentration = "1e4 mol/m^3"
front_content = 2.0
[output]
watch = { front = "0.06 um" }
[numerics]
cells = 20
[[protocol]]
kind = "hold"
voltage = "28 mV"
duration = "1 s"
samples = 4
"""
STUDIES = {
    "law": (LAW, ["tunnelling.py"], "device.top.exchange", ["1e-3 i_D", "1e-2 i_D"]),
    "material": (MATERIAL, ["crowded_film.py"], "device.material.blocking", [0.0, 0.7]),
    "equilibrium": (EQUILIBRIUM, ["rest_potential.py", "plateau_view.py"], "experiment.points", [51, 101]),
    "front": (FRONT, ["front_device.py"], "device.diffusivity", ["1e-14 m^2/s", "2e-14 m^2/s"]),
}


@pytest.fixture(scope="module", params=list(STUDIES))
def study(request, tmp_path_factory):
    """A study file in a folder with the stranger's files: its path, its axis of a sweep, and its folder of results."""
    text, files, axis, values = STUDIES[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    for name in files:
        shutil.copy(HERE / name, folder / name)
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    return request.param, folder / "mine.toml", axis, values


def test_each_by_study_file_with_report(study, tmp_path):
    name, path, _, _ = study
    loaded = load(path)
    result = execute(loaded, tmp_path / "run")
    assert result.status == "finished", result.message
    assert (tmp_path / "run" / "report.html").is_file()
    assert (tmp_path / "run" / "result.nc").is_file()
    assert set(json.loads(result.dataset.attrs["code"])) == set(STUDIES[name][1])
    assert load(tmp_path / "run").code == loaded.code
    assert not any(row["provenance"] == "" for row in result.parameters)
    if name == "equilibrium":
        assert "plateau" in result.kinds()
        assert "potential flat share" in (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    if name == "front":
        assert result.dataset["event_time"].size == 1


def test_each_in_a_sweep(study):
    _, path, axis, values = study
    found = so.explore.sweep(str(path), {axis: values})
    assert list(found["status"].values) == ["finished"] * len(values)


def test_a_law_by_script_against_its_closed_form(monkeypatch):
    monkeypatch.syspath_prepend(str(HERE))
    from tunnelling import Tunnelling

    film = so.Film(so.materials.lithium_titanate(), thickness=80e-9, filling=0.02)
    unit, volt = film.units.i_D, film.units.V_T
    laws = Tunnelling(1e-3 * unit), Tunnelling(1e-5 * unit)
    device = so.FilmMemristor(top=so.Contact(laws[0]), film=film, bottom=so.Contact(laws[1]), series_resistance=100 * volt / unit)
    scales = device.scales()
    pulse = so.protocols.hold(current=0.01 * scales.current, duration=1e-3 * scales.time, samples=4)
    result = so.simulate(device, pulse, initial=so.Uniform(), cells=20)
    electrons = 0.02 + 0.01
    bulk = 1 / (electrons * (1 - electrons / (5 / 3)) + 1e-5 * 0.02 * 0.98)
    expected = sum(2 * np.arcsinh(0.01 / (2 * rate)) for rate in (1e-3, 1e-5)) + 0.01 * (bulk + 100)
    assert float(result.dataset["scaled_voltage"][0]) == pytest.approx(expected, rel=1e-6)


def test_a_material_by_script(monkeypatch):
    monkeypatch.syspath_prepend(str(HERE))
    from crowded_film import crowded_film

    material = crowded_film()
    plain = so.materials.lithium_titanate()
    content = 0.8
    law, free = material.ion_mobility, plain.ion_mobility
    ratio = float(law.mobility(content, 1.0)) / float(free.mobility(content, 1.0))
    assert ratio == pytest.approx(1 - 0.5 * content)
    assert so.thermodynamics.phase_diagram(material).binodal == so.thermodynamics.phase_diagram(plain).binodal


def test_an_equilibrium_and_a_view_by_script(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(HERE))
    import plateau_view  # noqa: F401  (its definition is enough)
    from rest_potential import RestPotential

    contact = so.Contact(so.laws.ButlerVolmer(rate=1.0))
    film = so.Film(so.materials.lithium_titanate(), thickness=80e-9, filling=0.3)
    device = so.FilmMemristor(top=contact, film=film, bottom=contact)
    result = RestPotential(points=201).run(device)
    phases = so.thermodynamics.phase_diagram(film.material)
    share = (phases.binodal[-1] - phases.binodal[0]) / 0.98
    found = {metric.name: metric.value for metric in so.views.metrics(result)}
    assert found["potential_flat_share"] == pytest.approx(share, abs=0.02)
    assert "plateau" in result.kinds()
    assert "plateau" in result.report(tmp_path).read_text(encoding="utf-8").lower()


def test_a_paper_by_script_and_by_command(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(HERE))
    monkeypatch.chdir(tmp_path)
    from neumann_paper import PAPER

    outcome = so.papers.reproduce(PAPER)
    assert [verdict.verdict for verdict in outcome.verdicts] == ["holds"]
    answer = CliRunner().invoke(app, ["reproduce", str(HERE / "neumann_paper.py"), "--out", "out", "--quiet"])
    assert answer.exit_code == 0, answer.output
    assert (tmp_path / "out" / "verdicts.json").is_file()
    assert "front_device" in sys.modules
