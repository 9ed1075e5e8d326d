"""``solion fit`` and ``solion sensitivity``: what they write, what they refuse, and that nothing is half-written."""

import csv
import json

import numpy as np
import pytest
from typer.testing import CliRunner

import solion as so
from solion.base.parameters import table
from solion.cli import app
from solion.explore.fitting.levenberg import SearchPoint
from solion.study.files import dump

pytestmark = pytest.mark.computes

NAME = "lto7-voltammogram"
STEPS = [
    {"kind": "ramp", "voltage": [f"{10 * k} V_T", f"{10 * (k + 1)} V_T"], "duration": "0.1 tau_D", "samples": 20}
    for k in range(8)
]
FIT = ["fit", "mine.toml", "loop.csv", "--fit", "device.bottom.rate", "--fit", "device.series_resistance=50..200"]


def invoke(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(autouse=True)
def _in_a_folder_with_a_study_and_a_record(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data = so.study.load(NAME, ["numerics.cells=40"]).data | {"protocol": STEPS}
    (tmp_path / "mine.toml").write_text(dump(data))
    time = np.linspace(0, 51.2, 161)
    rows = np.column_stack([time, 40 * np.sin(time / 8) ** 2 * 0.02, 1 + time])
    np.savetxt(tmp_path / "loop.csv", rows, delimiter=",", header="time [s],voltage [V],current [mA]", comments="")


def refused(answer, *words):
    assert answer.exit_code == 2, answer.output
    assert len(answer.stderr.splitlines()) == 1, answer.stderr
    assert "Traceback" not in answer.output
    for word in words:
        assert word in answer.stderr


@pytest.mark.parametrize(
    ("header", "rows", "words"),
    [
        ("time [s],current [A]", "0,0\n1,1\n", ["loop.csv", "'voltage' is missing", "drives the run"]),
        ("time [s],voltage [V]", "0,0\n1,1\n", ["'current' is missing"]),
        ("time [s],voltage [mA],current [A]", "0,0,0\n1,1,1\n", ["'voltage [mA]'", "wrong unit", "give it in V"]),
        ("time [s],voltage [V],current [A]", "0,0,0\n2,1,1\n1,1,1\n", ["time falls from 2 s to 1 s"]),
        ("time [s],voltage [V],current [A]", "0,0,0\n1,1,nan\n", ["zero in every row"]),
        ("time [s],voltage [V],current [A]", "0,0,1\n1,1,2\n", ["2 rows", "too few for 2 numbers"]),
        ("time [s],voltage [V],current [A]", "0,0,0\n1,1,0\n2,0,0\n", ["zero in every row"]),
    ],
)
def test_records_that_cannot_be_fitted(tmp_path, header, rows, words):
    (tmp_path / "loop.csv").write_text(f"{header}\n{rows}")
    before = sorted(entry.name for entry in tmp_path.iterdir())
    refused(invoke(*FIT), *words)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (["--fit", "device.top.rat"], ["device.top.rat", "did you mean 'device.top.rate'"]),
        (["--fit", "device.filling=0.95..0.85"], ["reversed"]),
        (["--fit", "device.filling=0.1..0.5"], ["the start 0.9 is not between the bounds 0.1..0.5"]),
        (["--fit", "protocol.0.voltage.1"], ["protocol.0.voltage.1", "--drive study"]),
        (["--drive", "csv"], ["drive = 'csv' is unknown", "known: data, study"]),
        (["--observe", "curent"], ["did you mean 'current'"]),
        (["--scale", "log"], ["known: linear, asinh"]),
        (["--noise", "3 V"], ["noise = '3 V'", "give it in A"]),
        (["--noise", "low"], ["noise = 'low' is not a number with a unit"]),
        (["--relative-noise", "-0.1"], ["relative noise = -0.1"]),
        (["--set", "numerics.cells=4"], ["numerics.cells = 4"]),
    ],
)
def test_choices_that_cannot_be(tmp_path, extra, words):
    refused(invoke(*FIT, *extra), *words)
    assert not (tmp_path / "runs").exists()


def test_a_record_longer_than_the_protocol_that_drives(tmp_path):
    text = (tmp_path / "loop.csv").read_text()
    (tmp_path / "loop.csv").write_text(text + "99,0,0\n")
    refused(invoke(*FIT, "--drive", "study"), "it lasts 99 s, longer than the protocol", "51.2 s")


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (["--of", "switching_tim_top"], ["no metric of this run", "did you mean 'switching_time_top'"]),
        (["--of", "polarization"], ["polarization is a word (none)"]),
        (["--of", "switching_time_top"], ["never happened"]),
        (["--of", "charge", "--over", "device.top.rat"], ["did you mean 'device.top.rate'"]),
    ],
)
def test_sensitivities_that_cannot_be(tmp_path, extra, words):
    refused(invoke("sensitivity", "mine.toml", *extra), *words)
    assert not (tmp_path / "runs").exists()


@pytest.fixture(scope="module")
def current():
    """The current that the study gives, so that a fit to it is exact."""
    from solion.explore.fitting.numbers import run_of
    from solion.explore.tangents import complete
    from solion.study import interpret

    data = so.study.load(NAME, ["numerics.cells=40"]).data | {"protocol": STEPS}
    return complete(run_of(interpret(data))).signals("voltage", "current")


def write_record(tmp_path, signals):
    np.savetxt(
        tmp_path / "loop.csv",
        np.column_stack(signals),
        delimiter=",",
        comments="",
        fmt="%.15g",
        header="time [s],voltage [V],current [A]",
    )


def test_a_fit_leaves_a_complete_folder_that_is_not_overwritten(tmp_path, current):
    write_record(tmp_path, current)
    options = ["--set", "device.bottom.rate=2e-3", "--drive", "study"]
    answer = invoke(*FIT, *options)
    assert answer.exit_code == 0, answer.output
    folder = tmp_path / "runs" / "mine-fit"
    assert [entry.name for entry in folder.parent.iterdir()] == ["mine-fit"]
    names = {"curve.csv", "figures", "fit.json", "report.html", "result.nc", "study.toml"}
    assert {entry.name for entry in folder.iterdir()} == names
    assert "device.series_resistance" in answer.stdout
    assert "weighting:" in answer.stdout
    assert "trial 1: rms residual" in answer.stderr
    found = json.loads((folder / "fit.json").read_text())
    assert found["converged"]
    assert found["numbers"]["device.bottom.rate"]["value"] == pytest.approx(1e-3, rel=1e-3)
    fitted = so.study.load(folder)
    rate = float(fitted.device.bottom.transfer.rate / fitted.device.film.units.i_D)  # as the file prints it
    assert rate == pytest.approx(found["numbers"]["device.bottom.rate"]["value"], rel=1e-12)
    sources = {row.path: row for row in table(fitted.device)}
    assert sources["bottom.transfer.rate"].provenance == "calibrated"
    assert "loop.csv" in sources["bottom.transfer.rate"].reference
    page = (folder / "report.html").read_text()
    for word in ("Measured and fitted", "Residuals", "Correlation", "calibrated", "data:image/png"):
        assert word in page
    before = (folder / "fit.json").stat().st_mtime_ns
    refused(invoke(*FIT, *options), "--force")
    assert (folder / "fit.json").stat().st_mtime_ns == before
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "thesis.tex").write_text("")
    refused(invoke(*FIT, *options, "--force", "--out", "thesis"), "no result")


def test_a_fit_that_does_not_converge_says_so(tmp_path, current, monkeypatch):
    write_record(tmp_path, current)
    truth = so.explore.fitting.problem.FitProblem.evaluate

    def stubborn(self, theta, slopes):
        """Every point but the start is worse."""
        point = truth(self, theta, slopes)
        stays = abs(self.values(theta)["device.bottom.rate"] - 2e-3) < 1e-12
        return point if stays else SearchPoint(theta, point.residual + 1e3, point.jacobian)

    monkeypatch.setattr(so.explore.fitting.problem.FitProblem, "evaluate", stubborn)
    answer = invoke(*FIT, "--set", "device.bottom.rate=2e-3", "--drive", "study", "--quiet")
    assert answer.exit_code == 1
    assert "did not converge: 12 trials in a row led uphill" in answer.stderr
    sources = {row.path: row.provenance for row in table(so.study.load(tmp_path / "runs" / "mine-fit").device)}
    assert sources["bottom.transfer.rate"] != "calibrated"


def test_an_interrupted_fit_leaves_nothing(tmp_path, monkeypatch):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(so.explore.fitting, "fit", interrupted)
    answer = invoke(*FIT)
    assert answer.exit_code == 130
    assert "nothing was written" in answer.stderr
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("name", "command"), [("mine-fit", FIT), ("mine-sensitivity", ["sensitivity", "mine.toml", "--of", "charge"])]
)
def test_two_processes_do_not_write_into_one_folder(tmp_path, name, command):
    import fcntl

    partial = tmp_path / "runs" / f".{name}.partial"
    partial.mkdir(parents=True)
    (partial / "curve.csv").write_text("of the other")
    with (partial / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        refused(invoke(*command), f"runs/{name}", "another process is writing into it")
    assert (partial / "curve.csv").read_text() == "of the other"


def test_a_folder_that_came_into_being_meanwhile_is_not_replaced(tmp_path):
    from solion.base.errors import InputError
    from solion.study.folder import whole_folder

    out = tmp_path / "deep" / "found"

    def filled():
        with whole_folder(out, False, ("fit.json",)) as partial:
            (partial / "fit.json").write_text("ours")
            out.mkdir()
            (out / "fit.json").write_text("of the other")

    with pytest.raises(InputError, match="it exists already"):
        filled()
    assert [path.name for path in out.parent.iterdir()] == ["found"]
    assert (out / "fit.json").read_text() == "of the other"


def test_a_full_disk_leaves_nothing(tmp_path, current, monkeypatch):
    import errno

    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(so.explore.fitting, "write_sensitivities", full)
    answer = invoke("sensitivity", "mine.toml", "--of", "charge", "--over", "device.area")
    assert answer.exit_code == 1
    assert "the disk is full; nothing was written" in answer.stderr
    assert not (tmp_path / "runs").exists()


def test_sensitivities_leave_a_table_a_tornado_and_a_page(tmp_path):
    answer = invoke(
        "sensitivity",
        "mine.toml",
        "--of",
        "charge",
        "--of",
        "electrical_work",
        "--over",
        "device.area",
        "--over",
        "device.series_resistance",
        "--over",
        "device.material.exponent",
        "--out",
        "found",
    )
    assert answer.exit_code == 0, answer.output
    folder = tmp_path / "found"
    assert {entry.name for entry in folder.iterdir()} == {"figures", "report.html", "sensitivity.csv", "study.toml"}
    assert {entry.name for entry in (folder / "figures").iterdir()} == {"charge.png", "electrical_work.png"}
    with (folder / "sensitivity.csv").open() as file:
        rows = {(row["metric"], row["number"]): row for row in csv.DictReader(file)}
    assert len(rows) == 6
    for metric in ("charge", "electrical_work"):
        assert float(rows[metric, "device.area"]["relative"]) == pytest.approx(1.0, rel=1e-8)  # all currents scale with it
        assert float(rows[metric, "device.series_resistance"]["relative"]) < 0
    assert "device.material.exponent" in answer.stdout
    refused(invoke("sensitivity", "mine.toml", "--of", "charge", "--out", "found"), "--force")
