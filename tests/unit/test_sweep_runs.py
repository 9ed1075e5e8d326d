"""What a sweep leaves: labelled results, runs that failed beside runs that did not, and a store that a kill leaves in order."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

import solion.experiments.recording
import solion.experiments.transient_experiment
from solion.base.errors import InputError, RunError
from solion.cli import app
from solion.explore import load_sweep, sweep
from solion.explore.sweeps import make_plan, outcome_lines
from solion.explore.sweeps.figures import sweep_figures
from solion.explore.sweeps.store import JOURNAL, create, reopen
from solion.explore.sweeps.task import MetricValue, PointOutcome
from solion.study import builtin_studies, interpret, load
from solion.study.files import override, parse

SMALL = [  # of one shape with the small runs of the other tests, so that programs are compiled once
    "numerics.cells=20",
    "protocol.0.samples=3",
    "protocol.1.samples=5",
    "protocol.1.duration=0.5 tau_D",
    "output.figures=false",
]
SET = [part for setting in SMALL for part in ("--set", setting)]
OVER = {"device.filling": "0.3 ... 0.7 in 3", "protocol.1.current, protocol.0.current.1": "0.05 i_D, 0.5 i_D"}
LINE = [part for key, values in OVER.items() for part in ("--over", f"{key}={values}")]
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(solion.__file__).parents[1]), *sys.path])}


def invoke(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def same(one: xr.Dataset, other: xr.Dataset) -> None:
    """Equal in all but the time of the clock."""
    xr.testing.assert_equal(one.drop_vars("wall_time"), other.drop_vars("wall_time"))


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def grid(tmp_path_factory):
    """A finished sweep over a grid: its dataset, its folder, and what was reported on the way."""
    folder, seen = tmp_path_factory.mktemp("grid") / "sweep", []
    dataset = sweep("step-current", OVER, settings=SMALL, curves=True, out=folder, on_progress=seen.append)
    return dataset, folder, seen


def test_results_are_labelled_and_those_of_single_runs(grid):
    dataset, folder, seen = grid
    assert dict(dataset.sizes) == {"device.filling": 3, "protocol.1.current": 2, "sample": 9}
    assert dataset["protocol.1.current"].attrs["units"] == "i_D"
    assert dataset["device.filling"].attrs["long_name"] == "mean composition c_m of the ions"
    assert dataset["charge"].attrs == {"units": "C", "long_name": "net charge into the terminal"}
    settings = [*SMALL, "device.filling=0.5", "protocol.1.current=0.05 i_D", 'protocol.0.current=["0 i_D", "0.05 i_D"]']
    alone = load("step-current", settings).run()
    run = dataset.sel({"device.filling": 0.5, "protocol.1.current": 0.05})
    assert run["status"].item() == alone.status
    assert run["message"].item() == alone.message
    assert set(dataset["audit"].values.ravel()) == {"ok"}
    by_name = {metric.name: metric.value for metric in solion.views.metrics(alone)}
    for name in ("charge", "voltage_maximum", "composition_change", "polarization"):
        assert run[name].item() == by_name[name]
    assert np.isnan(run["switching_time_bottom"].item())
    np.testing.assert_array_equal(run["curve_voltage"].dropna("sample"), alone.dataset["voltage"])
    assert run["time_scale"].item() == pytest.approx(64.0, rel=1e-3)
    assert [progress.done for progress in seen if progress.last] == [2, 3, 4, 5, 6]
    assert seen[-1].counts == {"finished": 6}
    assert {entry.name for entry in folder.iterdir()} == {"results.zarr", "study.toml"}


def test_others_open_the_store_without_a_warning(grid, recwarn):
    dataset, folder, _ = grid
    xr.testing.assert_equal(xr.open_zarr(folder / "results.zarr", chunks=None).load(), dataset)
    assert not [warning for warning in recwarn if "consolidated" in str(warning.message)]


def test_a_list_of_points_through_an_executor_of_the_users(grid):
    points = [{"device.filling": 0.5, "initial.rich_at": "top"}, {"device.filling": 0.3, "initial.rich_at": "bottom"}]
    with ThreadPoolExecutor(1) as executor:
        dataset = sweep("step-current", points=points, settings=SMALL, metrics=["charge"], executor=executor)
        assert executor.submit(len, "it is left open").result() == 15
    assert dataset["charge"].dims == ("run",)
    assert dataset["initial.rich_at"].values.tolist() == ["top", "bottom"]
    assert "initial.rich_at" in dataset.coords
    assert "voltage_maximum" not in dataset


def test_a_run_that_breaks_its_audit_is_counted(monkeypatch):
    checked = solion.experiments.recording.audit

    def broken(*arguments):
        return checked(*arguments) | {"ion_drift": {"value": 1.0, "limit": 1e-12, "ok": False, "meaning": "drift"}}

    monkeypatch.setattr(solion.experiments.recording, "audit", broken)
    dataset = sweep("step-current", {"device.filling": [0.4, 0.5]}, settings=SMALL)
    assert dataset["audit"].values.tolist() == ["ion_drift", "ion_drift"]
    assert any("2 runs exceed a limit" in line for line in outcome_lines(dataset))


def fails_at(monkeypatch, filling, error):
    """Make the run of one filling raise."""
    simulate = solion.experiments.transient_experiment.simulate

    def failing(device, *arguments, **options):
        if abs(float(device.film.filling) - filling) < 1e-9:
            raise error
        return simulate(device, *arguments, **options)

    monkeypatch.setattr(solion.experiments.transient_experiment, "simulate", failing)


def test_a_run_that_fails_harms_no_other(grid, monkeypatch):
    fails_at(monkeypatch, 0.5, FloatingPointError("the user's law\ndivides by zero"))
    dataset = sweep("step-current", OVER, settings=SMALL)
    assert dataset["status"].values.tolist() == [["finished"] * 2, ["failed"] * 2, ["finished"] * 2]
    assert dataset["message"].values[1, 0] == "FloatingPointError: the user's law divides by zero"
    assert np.isnan(dataset["charge"].values[1]).all()
    whole = grid[0].drop_vars(["curve_time", "curve_voltage", "curve_current"])
    same(dataset.isel({"device.filling": [0, 2]}), whole.isel({"device.filling": [0, 2]}))


def test_values_that_do_not_go_together_are_refused_one_by_one():
    over = {"device.filling": [0.2, 0.5], "device.material.electron_sites": [0.3, 1.6667]}
    dataset = sweep("step-current", over, settings=SMALL)
    assert dataset["status"].values.tolist() == [["finished", "finished"], ["refused", "finished"]]
    assert "device.filling = 0.5 is outside its allowed range (0, 0.29)" in dataset["message"].values[1, 0]


def test_where_no_run_gives_a_result_the_command_fails(monkeypatch):
    fails_at(monkeypatch, 0.5, ValueError("no"))
    answer = invoke("sweep", "step-current", "--over", "device.filling=0.5", *SET)
    assert answer.exit_code == 1
    assert "none of the runs gave a result: ValueError: no" in answer.stderr
    assert "run 0 failed" not in answer.stdout


def test_a_metric_that_no_run_has_is_refused_before_anything_is_written():
    answer = invoke("sweep", "step-current", *LINE, *SET, "--metric", "switching_time_botom")
    assert answer.exit_code == 2
    assert "did you mean 'switching_time_bottom'" in answer.stderr
    assert "charge_passed" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1
    assert not Path("runs").exists()


def test_on_off_ratios_have_one_name_whatever_the_voltage():
    data = parse(builtin_studies()["step-current"].read_text(encoding="utf-8"), "step-current")
    override(data, SMALL)
    for step in data["protocol"]:
        del step["current"]
        step |= {"kind": "ramp", "voltage": ["0 V_T", "0 V_T"], "duration": "0.5 tau_D"}
    over = {"protocol.0.voltage.1, protocol.1.voltage.0": "5 V_T, 10 V_T"}
    dataset = sweep(interpret(data), over, curves=True)
    ratios = [name for name in dataset.data_vars if str(name).startswith("on_off_ratio")]
    assert ratios == [f"on_off_ratio_at_{share}_of_highest_voltage" for share in (0.2, 0.4, 0.6, 0.8)]
    assert all((dataset[name] >= 1).all() for name in ratios)
    np.testing.assert_allclose(dataset["curve_voltage"].max("sample") / dataset["voltage_scale"], [5, 10], rtol=1e-6)


def test_the_command_line_writes_a_store_and_refuses_to_overwrite_it():
    answer = invoke("sweep", "step-current", *LINE, *SET)
    assert answer.exit_code == 0, answer.output
    assert "6 runs, 6 finished" in answer.stdout
    folder = Path("runs/step-current-sweep")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    again = invoke("sweep", "step-current", *LINE, *SET)
    assert again.exit_code == 2
    assert "--force" in again.stderr
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    nothing = invoke("sweep", "step-current", *LINE, *SET, "--resume", "--executor", "processes", "--quiet")
    assert (nothing.exit_code, nothing.output) == (0, "")
    other = invoke("sweep", "step-current", *LINE, *SET, "--resume", "--metric", "charge")
    assert other.exit_code == 2
    assert "holds another sweep" in other.stderr
    assert invoke("sweep", "step-current", *LINE, *SET, "--force", "--metric", "charge").exit_code == 0
    assert "voltage_maximum" not in load_sweep(folder)
    Path("thesis").mkdir()
    Path("thesis/thesis.tex").write_text("")
    precious = invoke("sweep", "step-current", *LINE, *SET, "--force", "--out", "thesis")
    assert precious.exit_code == 2
    assert "holds no sweep" in precious.stderr
    assert Path("thesis/thesis.tex").exists()


def stopping(folder, error, after):
    """Run the sweep into a folder until so many runs are done, then raise."""

    def look(progress):
        if progress.done >= after:
            raise error

    return sweep("step-current", OVER, settings=SMALL, curves=True, out=folder, on_progress=look, workers=1)


def test_an_interrupted_sweep_goes_on_where_it_was(grid, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        stopping(tmp_path / "half", KeyboardInterrupt, 3)
    assert int((load_sweep(tmp_path / "half")["status"] != "").sum()) == 3
    with pytest.raises(InputError, match=r"3 of 6 runs done; --resume goes on"):
        sweep("step-current", OVER, settings=SMALL, curves=True, out=tmp_path / "half")
    seen = []
    dataset = sweep(
        "step-current", OVER, settings=SMALL, curves=True, out=tmp_path / "half", resume=True, on_progress=seen.append
    )
    assert sorted(progress.last.index for progress in seen if progress.last) == [3, 4, 5]
    same(dataset, grid[0])


def test_ctrl_c_leaves_one_sentence(monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("solion.explore.sweeps.folder.first_outcomes", interrupted)
        answer = invoke("sweep", "step-current", *LINE, *SET)
    assert (answer.exit_code, answer.stderr) == (130, "Interrupted; nothing was kept.\n")
    assert not Path("runs").exists()
    monkeypatch.setattr("solion.explore.sweeps.folder.work_off", interrupted)
    answer = invoke("sweep", "step-current", *LINE, *SET)
    assert answer.exit_code == 130
    assert answer.stderr == "Interrupted; 1 of 6 runs are done; the same command with --resume does the others.\n"


def test_a_full_disk_and_lost_workers_leave_one_sentence(monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    def lost(*_):
        raise RunError("2 threads of the cluster went away before all runs were done.")

    for wrong, holds in ((full, "the disk is full; 1 of 6 runs are done"), (lost, "went away before all runs were done; 1 of 6")):
        with monkeypatch.context() as patch:
            patch.setattr("solion.explore.sweeps.folder.work_off", wrong)
            answer = invoke("sweep", "step-current", *LINE, *SET, "--out", wrong.__name__)
        assert answer.exit_code == 1
        assert holds in answer.stderr
        assert len(answer.stderr.splitlines()) == 1


def outcome(index, charge):
    return PointOutcome(
        index, "finished", "done.", 0.1, (MetricValue("charge", charge, "C", "charge"), MetricValue("state", "I", "", "state"))
    )


def test_a_kill_between_journal_and_store_loses_and_repeats_nothing(tmp_path):
    plan = make_plan("step-current", {"device.filling": "0.1 ... 0.9 in 5"})
    create(plan, [outcome(0, 0.0)], tmp_path)
    store = reopen(plan, tmp_path)  # as a process that is killed after these lines, before the arrays are written
    store._due = float("inf")
    assert store.record(outcome(3, 3.0))
    assert not store.record(outcome(3, -1.0))
    assert int((load_sweep(tmp_path)["status"] != "").sum()) == 1
    with (tmp_path / JOURNAL).open("a") as file:
        file.write('[4, "finished", "do')  # and in the midst of another one
    again = reopen(plan, tmp_path)
    assert again.missing() == [1, 2, 4]
    for index in (4, 1, 2):
        again.record(outcome(index, float(index)))
    again.close()
    found = load_sweep(tmp_path)
    assert found["charge"].values.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert set(found["state"].values) == {"I"}
    assert not (tmp_path / JOURNAL).exists()


def test_two_processes_do_not_write_into_one_folder(grid):
    import fcntl

    _, folder, _ = grid
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(InputError, match="another process"):
            sweep("step-current", OVER, settings=SMALL, curves=True, out=folder, resume=True)
    (folder / ".lock").unlink()


def alive(pid):
    """Whether a process runs; one that has ended and that nobody has asked after does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_killed_sweep_is_resumed_to_an_equal_store_and_repeats_nothing(tmp_path):
    over, folder = {"device.filling": "0.2 ... 0.8 in 16"}, tmp_path / "killed"
    line = [
        "--over",
        f"device.filling={over['device.filling']}",
        *SET,
        "--out",
        str(folder),
        "--executor",
        "processes",
        "--workers",
        "1",
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", "solion", "sweep", "step-current", *line], env=ENVIRONMENT, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 300
    journal = folder / JOURNAL
    while not (journal.is_file() and journal.stat().st_size) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    children = [pid for path in Path(f"/proc/{process.pid}/task").glob("*/children") for pid in path.read_text().split()]
    process.kill()
    _, errors = process.communicate()
    assert process.returncode == -signal.SIGKILL, errors
    while any(map(alive, children)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert children
    assert not any(map(alive, children))  # its worker went with it
    begun = load_sweep(folder)
    done = set(np.flatnonzero(begun["status"] != "").tolist())
    for text in journal.read_text().splitlines():
        with contextlib.suppress(json.JSONDecodeError):  # a last line that was cut short
            done.add(json.loads(text)[0])
    assert 0 < len(done) < 16
    seen = []
    resumed = sweep("step-current", over, settings=SMALL, out=folder, resume=True, on_progress=seen.append)
    assert sorted(progress.last.index for progress in seen if progress.last) == sorted({*range(16)} - done)
    assert (resumed["status"] == "finished").all()
    same(resumed, sweep("step-current", over, settings=SMALL))


def test_a_report_with_figures_is_written_and_written_anew(tmp_path):
    settings = [setting for setting in SMALL if "figures" not in setting]
    sweep("step-current", OVER, settings=settings, metrics=["voltage_maximum", "final_state"], curves=True, out=tmp_path / "s")
    names = {path.stem for path in (tmp_path / "s" / "figures").iterdir()}
    assert names == {"voltage_maximum", "final_state", "curves"}
    page = (tmp_path / "s" / "report.html").read_text()
    assert "mean composition c<sub>m</sub> of the ions" in page
    assert page.count("<figure") == 3
    (tmp_path / "s" / "report.html").unlink()
    answer = invoke("report", tmp_path / "s")
    assert answer.exit_code == 0, answer.output
    named = r'(?s)<script.*?</script>|id="[0-9a-f-]{36}"|data-root-id="p\d+"'  # what Bokeh calls its models, anew each time
    assert re.sub(named, "", (tmp_path / "s" / "report.html").read_text()) == re.sub(named, "", page)


def test_runs_that_end_before_their_protocol_are_marked_in_figures():
    over = {"device.filling": "0.3, 0.7", "protocol.1.current, protocol.0.current.1": "0.05 i_D, 4 i_D"}
    dataset = sweep("step-current", over, settings=SMALL)
    short = dataset["status"].values == "depleted"
    assert short.any()
    assert not short.all()
    figure, caption = sweep_figures(dataset)["electrical_work"]
    assert caption.endswith("White dots: the run ended before its protocol, and counts up to there.")
    dots = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert sum(len(line.get_xdata()) for line in dots) == short.sum()
    assert "White dots" not in sweep_figures(dataset)["status"][1]
