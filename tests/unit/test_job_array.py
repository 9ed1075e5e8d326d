"""Sweeps as job arrays: what is written, what a job does within its time, what is submitted again; with a local sbatch."""

import os
import stat
import sys

import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

import solion as so
from solion.cli import app
from solion.explore.sweeps import job_array, make_plan
from solion.explore.sweeps.array_share import end_of_job, work_share
from solion.explore.sweeps.task import MetricValue, PointOutcome, Stopped, run_task

SMALL = [  # as in test_sweep_workers.py, so that they share a compiled program
    "numerics.cells=20",
    "protocol.0.samples=3",
    "protocol.1.samples=5",
    "protocol.1.duration=0.5 tau_D",
    "output.figures=false",
]
SBATCH = """#!{python}
# A stand-in of sbatch: runs the jobs at once, one after the other. A file "down" beside it names shares whose node dies.
import os, pathlib, re, subprocess, sys
here = pathlib.Path(__file__).parent
script = pathlib.Path(sys.argv[-1])
text = script.read_text()
number = len(list(here.glob("job-*")))
(here / f"job-{{number}}").write_text(text)
down = (here / "down").read_text().split() if (here / "down").exists() else []
found = re.search(r"--array=0-(\\d+)", text)
for share in range(int(found[1]) + 1) if found else [None]:
    if str(share) in down:
        (here / "down").unlink()
        continue
    subprocess.run(["bash", str(script)], env={{**os.environ, "SLURM_ARRAY_TASK_ID": str(share)}}, check=False)
print(f"{{number}};cluster")
"""


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    """A folder on the path with the stand-in in it."""
    place = tmp_path / "bin"
    place.mkdir()
    program = place / "sbatch"
    program.write_text(SBATCH.format(python=sys.executable))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{place}{os.pathsep}{os.environ['PATH']}")
    return place


def plan_of(values=(0.2, 0.3, 0.4, 0.5)):
    return make_plan("step-current", {"device.filling": list(values)}, settings=SMALL)


def test_a_metric_that_no_run_has_is_told(tmp_path):
    plan = make_plan("step-current", {"device.filling": [0.2, 0.3]}, settings=SMALL, metrics=["twise"])
    job_array.write_array(plan, tmp_path / "s", 1)
    work_share(tmp_path / "s", 0, 3600, say=str, run=pretended)
    assert job_array.collect(tmp_path / "s").lacking == ["twise"]
    assert "No run has had the metric twise" in CliRunner().invoke(app, ["array", str(tmp_path / "s")]).output


def pretended(task, stop=None, checkpoint=None):
    """As :func:`run_task`, without a run."""
    filling = task.changes["device.filling"]
    return PointOutcome(task.index, "finished", "as told", 0.5, (MetricValue("twice", 2 * filling, "1", "twice"),), {}, "ok")


def test_the_script_says_what_slurm_needs(tmp_path):
    script = job_array.write_array(plan_of(), tmp_path / "s", 3, options="--time=2:00:00 --mem=4G --partition=short")
    text = script.read_text()
    for words in ("--array=0-2", "--time=2:00:00", "--signal=B:TERM@60", "#SBATCH --mem=4G", "#SBATCH --partition=short"):
        assert words in text
    assert text.rstrip().endswith('--share "$SLURM_ARRAY_TASK_ID" --limit 7200')
    assert job_array.standing(tmp_path / "s").missing == [0, 1, 2, 3]
    with pytest.raises(so.InputError, match="it exists already"):
        job_array.write_array(plan_of(), tmp_path / "s", 3)
    for text, found in (("90", 5400), ("2:30", 150), ("1:00:00", 3600), ("1-12", 129600), ("1-00:30:00", 88200)):
        assert job_array.seconds(text) == found
    for text in ("soon", "0", "1:2:3:4", ""):
        with pytest.raises(so.InputError, match="time ="):
            job_array.seconds(text)
    for options, words in (
        ("--array=7", "is set here"),
        ("-p short", "no option of the form"),
        ('"', "closing"),
        ("--time=x", "time ="),
    ):
        with pytest.raises(so.InputError, match=words):
            job_array.write_array(plan_of(), tmp_path / "t", 2, options=options)
    for jobs in (0, 20_000, True):
        with pytest.raises(so.InputError, match="array ="):
            job_array.write_array(plan_of(), tmp_path / "t", jobs)


def test_what_is_missing_is_written_again_and_nothing_else(tmp_path):
    folder, said = tmp_path / "s", []
    job_array.write_array(plan_of(), folder, 2)
    assert job_array.standing(folder).lacking == []
    assert work_share(folder, 0, 3600, say=said.append, run=pretended) == (2, 0, "")
    assert job_array.collect(folder).missing == [1, 3]
    assert job_array.collect(folder).missing == [1, 3]  # as often as one likes
    assert "--array=0-1" in job_array.write_job(folder).read_text()

    def broken(task, stop=None, checkpoint=None):
        if task.index == 1:
            return PointOutcome(1, "failed", "OSError: the disk of this node is full", 0.0)
        return pretended(task)

    for share in (0, 1):
        work_share(folder, share, 3600, say=said.append, run=broken)
    assert "run 1 could not be done here: OSError" in " ".join(said)
    found = job_array.collect(folder)
    assert (found.done, found.missing) == (3, [1])
    assert "--array=0-0" in job_array.write_job(folder).read_text()
    with (folder / "array" / "share-0.jsonl").open("a") as file:
        file.write('[1, "finished", "cut sho')  # as a kill leaves it
    work_share(folder, 0, 3600, say=said.append, run=pretended)
    # the line that was cut took the next one with it, so that one more array does it
    while job_array.collect(folder).missing:
        job_array.write_job(folder)
        work_share(folder, 0, 3600, say=said.append, run=pretended)
    data = so.explore.load_sweep(folder)
    np.testing.assert_allclose(data["twice"], 2 * data["device.filling"])


def test_a_job_ends_in_its_time_and_says_what_is_left(tmp_path, monkeypatch):
    folder, said, now = tmp_path / "s", [], [0.0]
    job_array.write_array(plan_of(), folder, 1)
    monkeypatch.setenv("SLURM_JOB_END_TIME", "100")
    assert end_of_job(200.0) == 80.0  # a tenth is kept for saving

    def slow(task, stop, checkpoint):
        now[0] += 30.0
        return pretended(task)

    done = work_share(folder, 0, 200.0, say=said.append, clock=lambda: now[0], run=slow)
    assert (done.done, done.left) == (2, 2)  # a third would end at 90
    assert "would not fit" in said[-1]

    def endless(task, stop, checkpoint):
        while not stop():
            now[0] += 1.0
        raise Stopped

    now[0] = 0.0
    done = work_share(folder, 0, 200.0, say=said.append, clock=lambda: now[0], run=endless)
    assert done == (0, 2, "its time was over in run 2")
    assert job_array.collect(folder).missing == [2, 3]


def test_a_run_that_is_stopped_saves_itself_and_goes_on_to_the_same_numbers(tmp_path):
    (task,) = [plan_of().task(0)]
    saved = tmp_path / "run-0.npz"
    with pytest.raises(Stopped):
        run_task(task, stop=lambda: True, checkpoint=saved)
    assert saved.is_file()
    found, whole = run_task(task, checkpoint=saved), run_task(task)
    assert found.status == whole.status == "finished"
    assert found.metrics == whole.metrics


def test_an_array_through_sbatch_outlives_a_node(tmp_path, slurm):
    (slurm / "down").write_text("1")
    words = ["sweep", "step-current", "--over", "device.filling=0.2, 0.3, 0.4", "--out", str(tmp_path / "s"), "--quiet"]
    words += [word for setting in SMALL for word in ("--set", setting)]
    made = CliRunner().invoke(app, [*words, "--array", "2", "--submit"])
    assert made.exit_code == 0, made.output
    assert job_array.standing(tmp_path / "s").missing == [1]  # collected by the job after the array
    again = CliRunner().invoke(app, ["array", str(tmp_path / "s"), "--submit", "--rounds", "2"])
    assert again.exit_code == 0, again.output
    assert "--submit --rounds 1" in (slurm / "job-3").read_text()
    data = so.explore.load_sweep(tmp_path / "s")
    assert (data["status"] == "finished").all()
    alone = so.explore.sweep("step-current", {"device.filling": [0.2, 0.3, 0.4]}, settings=SMALL)
    xr.testing.assert_equal(data.drop_vars("wall_time"), alone.drop_vars("wall_time"))


def test_what_means_nothing_is_refused(tmp_path, monkeypatch):
    words = ["sweep", "step-current", "--over", "device.filling=0.2, 0.3", "--out", str(tmp_path / "s")]
    for more, said in ((["--slurm", "--mem=4G"], "give --array"), (["--array", "2", "--workers", "2"], "mean nothing")):
        found = CliRunner().invoke(app, [*words, *more])
        assert found.exit_code == 2
        assert said in found.output
    found = CliRunner().invoke(app, ["array", str(tmp_path)])
    assert found.exit_code == 2
    assert "holds no job array" in found.output
    monkeypatch.setenv("PATH", str(tmp_path))
    found = CliRunner().invoke(app, [*words, "--array", "2", "--submit"])
    assert found.exit_code == 1
    assert "sbatch is not here" in found.output
