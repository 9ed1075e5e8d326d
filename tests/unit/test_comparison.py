"""Runs and measured files over one another: their curves, how far these are apart, what differs, and what is refused."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import solion as so
from solion.cli import app

SMALL = [  # as in test_cli.py, so that they share a compiled program
    "numerics.cells=20",
    "protocol.0.samples=3",
    "protocol.1.samples=5",
    "protocol.1.duration=0.5 tau_D",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two short runs of one study, and a record as if measured: the first run with a tenth of its span added."""
    place = tmp_path_factory.mktemp("runs")
    for name, filling in (("poor", 0.2), ("rich", 0.3)):
        study = so.study.load("step-current", [*SMALL, f"device.filling={filling}", "output.figures=false"])
        so.study.execute(study, place / name)
    data = so.load(place / "poor").dataset
    shifted = data["voltage"].values + 0.1 * np.ptp(data["voltage"].values)
    rows = np.column_stack([data["time"], 1e3 * shifted])
    np.savetxt(place / "meter.csv", rows, delimiter=",", header="time (s),voltage (mV)", comments="")
    return place


def test_what_differs_and_how_far(folder):
    found = so.explore.compare([folder / "poor", folder / "rich", folder / "meter.csv"])
    assert [record.name for record in found.records] == ["poor", "rich", "meter.csv"]
    parameters = {entry.name: entry.values for entry in found.differences if entry.table == "Parameters"}
    assert parameters == {"film.filling": (0.2, 0.3, None)}
    assert found.equal["Parameters"] > 10
    (voltage,) = [entry for entry in found.overlays if (entry.kind.x, entry.kind.y) == ("time", "voltage")]
    assert voltage.deviations[2] == pytest.approx(0.1, rel=1e-9)
    assert voltage.deviations[1] > 0
    assert [entry.name for entry in found.differences if entry.table == "Settings" and "seconds" in entry.name] == []
    assert {"electrical_work"} <= {entry.name for entry in found.differences if entry.table == "Metrics"}
    assert "film.filling = 0.2 | 0.3 | —" in "\n".join(found.lines())
    assert "<img" in found._repr_html_()


def test_a_run_beside_itself_differs_in_nothing(folder):
    result = so.load(folder / "poor")
    found = so.explore.compare([result, result])
    assert found.differences == ()
    assert found.records[0].name != found.records[1].name
    assert all(share in (0.0,) or share != share for entry in found.overlays for share in entry.deviations.values())


def test_what_the_runs_themselves_may_be_off_is_no_difference(folder):
    study = so.study.load("step-current", [*SMALL, "device.filling=0.2", "numerics.relative=2e-6"])
    found = so.explore.compare([so.load(folder / "poor"), study.run()])
    assert found.accuracy >= 2e-6
    assert found.unresolved  # in other steps nothing is the same to 1e-9
    assert [entry for entry in found.differences if entry.table == "Metrics"] == []
    assert "relative" in {entry.name for entry in found.differences if entry.table == "Settings"}
    assert "Not told apart" in "\n".join(found.lines())


def test_axes_of_the_figure_can_be_restyled(folder, tmp_path):
    figure = so.explore.compare({"one": folder / "poor", "two": folder / "rich"}).figure()
    (axes,) = [axes for axes in figure.axes if axes.get_label() == "voltage against time"]
    axes.set(title="mine", xlim=(0, 1))
    axes.lines[0].set_color("black")
    figure.savefig(tmp_path / "mine.svg")
    assert "mine" in axes.get_title()


def test_the_command_writes_a_page_and_replaces_its_own_only(folder, tmp_path):
    def command(*more):
        return CliRunner().invoke(app, ["compare", str(folder / "poor"), *more, "--out", str(tmp_path / "page")])

    first = command(str(folder / "rich"))
    assert first.exit_code == 0, first.output
    assert "film.filling = 0.2 | 0.3" in first.stdout
    page = (tmp_path / "page" / "report.html").read_text()
    assert "film.filling" in page
    assert "bokeh" in page.lower()
    assert (tmp_path / "page" / "figures" / "overlay.png").is_file()
    assert json.loads((tmp_path / "page" / "comparison.json").read_text())["differences"]
    again = command(str(folder / "meter.csv"))
    assert again.exit_code == 2
    assert "--force" in again.stderr


def test_what_cannot_be_compared_is_refused(folder, tmp_path):
    for given, words in (
        ([folder / "poor"], "1 records were given"),
        ([folder / "poor", tmp_path / "absent"], "no such file or folder"),
        ([folder / "poor", tmp_path], "holds no|cannot|no "),
    ):
        with pytest.raises(so.InputError, match=words):
            so.explore.compare(given)
    spectrum = tmp_path / "spectrum.csv"
    spectrum.write_text("Frequency (Hz),Z' (ohm),-Z'' (ohm)\n1e3,10,1\n1e2,20,5\n1e1,30,2\n")
    with pytest.raises(so.InputError, match=r"no two of these have a curve of one kind: poor has .*; spectrum.csv has minus im"):
        so.explore.compare([folder / "poor", spectrum])
