"""A sweep as a job array of Slurm: written beside its store, worked off by jobs that know nothing of one another, collected.

The folder of the sweep gets ``array/``: ``runs.json``, all runs as plain data; ``job.sh``, the script of the array; and of each
share ``share-K.jsonl``, a line for each run that is done, which no other job writes. :func:`collect` takes them into
the one store, and what is missing then (killed, out of time or memory, never started) is what the next array holds. The fields of
``runs.json`` are those of :class:`.task.Task`, so that jobs need neither the study's file nor the command that wrote them.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from solion.base.errors import InputError, RunError
from solion.explore.sweeps.plan import Plan
from solion.explore.sweeps.report import write_sweep_report
from solion.explore.sweeps.store import create, load_sweep, reopen
from solion.explore.sweeps.task import MetricValue, PointOutcome, Task
from solion.study.folder import LOCK, RESULTS, claimed, clear, locked, move, no_link, refuse_existing

ARRAY, RUNS, JOB, COLLECT = "array", "runs.json", "job.sh", "collect.sh"
MOST_JOBS = 10_000
HOUR = "1:00:00"  # that each job has unless told
OURS = ("--array", "--signal", "--output", "--open-mode", "--dependency", "--parsable")  # options that are set here
MARGIN = 60  # s before the limit of time at which Slurm says so, and a job saves itself
_TIME = re.compile(r"(?:(?P<days>\d+)-)?(?:(?P<a>\d+):)?(?:(?P<b>\d+):)?(?P<c>\d+)")


class ArrayStanding(NamedTuple):
    """How far an array is: runs done of all, how many have each status, the numbers of those that are missing, and metrics
    that were asked for and that no run has had so far."""

    done: int
    total: int
    counts: dict[str, int]
    missing: list[int]
    lacking: list[str]


def write_array(plan: Plan, folder: Path, jobs: int, *, options: str = "", force: bool = False) -> Path:
    """Make the folder of a sweep with nothing run in it, and its job array; returns the script.

    ``jobs``: how many shares, at most 10000; ``options``: those of sbatch, such as "--time=2:00:00 --mem=4G"; a job has an hour
    unless they say otherwise. Raises InputError for what cannot be.
    """
    if isinstance(jobs, bool) or not 1 <= jobs <= MOST_JOBS:
        raise InputError(f"array = {jobs!r} is no whole number in [1, {MOST_JOBS}].")
    time, rest = time_in(options)
    folder = no_link(folder)
    refuse_existing(folder, force, ("study.toml",), "sweep of solion")
    with claimed(folder) as partial:
        try:
            clear(partial, LOCK)
            plan.study.save(partial)
            create(plan, [], partial)
            (partial / ARRAY).mkdir()
            study = plan.study
            told = {"name": study.name, "shown": study.shown, "data": study.data, "curves": plan.curves}
            told |= {"figures": study.figures, "jobs": jobs, "metrics": list(plan.metrics), "time": time, "options": rest}
            told["changes"] = [plan.changes(index) for index in range(plan.count)]
            (partial / ARRAY / RUNS).write_text(json.dumps(told), encoding="utf-8")
            move(partial, folder, force)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
    return write_job(folder)


def write_job(folder: Path) -> Path:
    """Write the script of the array that works off what is missing; returns it. A share has every so-manieth run of that."""
    told, missing = _told(folder), standing(folder).missing
    jobs = min(told["jobs"], max(len(missing), 1))
    place = folder.resolve() / ARRAY
    (place / "shares.json").write_text(json.dumps([missing[k::jobs] for k in range(jobs)]), encoding="utf-8")
    python = shlex.quote(sys.executable)
    head = [
        "#!/bin/bash",
        f"# {len(missing)} runs of the sweep in {folder.resolve()}, written by solion; sbatch {JOB} starts them.",
        f"#SBATCH --job-name=solion-{re.sub(r'[^A-Za-z0-9_.-]', '-', folder.resolve().name)}",
        f"#SBATCH --array=0-{jobs - 1}",
        f"#SBATCH --time={told['time']}",
        "#SBATCH --ntasks=1",
        f"#SBATCH --output={place / 'log-%a.txt'}",
        "#SBATCH --open-mode=append",
        f"#SBATCH --signal=B:TERM@{MARGIN}",
        *[f"#SBATCH {option}" for option in told["options"]],
    ]
    ours = f"{python} -m solion array {shlex.quote(str(folder.resolve()))}"
    limit = seconds(told["time"])
    job = [*head, f'exec {ours} --share "$SLURM_ARRAY_TASK_ID" --limit {limit:g}', ""]
    (place / JOB).write_text("\n".join(job), encoding="utf-8")
    return place / JOB


def submit(folder: Path, rounds: int = 1) -> str:
    """Hand the array to sbatch, and a job after it that collects, and in the next of ``rounds`` submits what is missing again.

    Returns the number of the array's job. Raises RunError where sbatch is not there or refuses.
    """
    place = folder.resolve() / ARRAY
    number = _sbatch([str(place / JOB)])
    more = f" --submit --rounds {rounds - 1}" if rounds > 1 else ""
    lines = [
        "#!/bin/bash",
        f"#SBATCH --output={place / 'log-collect.txt'}",
        "#SBATCH --open-mode=append",
        "#SBATCH --time=0:30:00",
        *[f"#SBATCH {option}" for option in _told(folder)["options"]],
        f"exec {shlex.quote(sys.executable)} -m solion array {shlex.quote(str(folder.resolve()))}{more}",
        "",
    ]
    (place / COLLECT).write_text("\n".join(lines), encoding="utf-8")
    _sbatch([f"--dependency=afterany:{number}", str(place / COLLECT)])
    return number


def _sbatch(arguments: list[str]) -> str:
    try:
        done = subprocess.run(["sbatch", "--parsable", *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise RunError(f"sbatch is not here; log in where Slurm is and call: sbatch {arguments[-1]}.") from None
    if done.returncode:
        raise RunError(f"sbatch refused {arguments[-1]}: {' '.join(done.stderr.split()) or 'it gave no reason'}.")
    return done.stdout.strip().partition(";")[0]


def collect(folder: Path) -> ArrayStanding:
    """Take what the jobs have done into the store; write the report where all runs are done. Safe to repeat at any time."""
    folder = folder.resolve()
    told = _told(folder)
    with locked(folder):
        store = reopen(None, folder)
        for path in sorted((folder / ARRAY).glob("share-*.jsonl")):
            for outcome in outcomes_in(path):
                store.record(outcome)
        store.close()
    found = standing(folder)
    if not found.missing and told["figures"]:
        write_sweep_report(load_sweep(folder), folder)
    return found


def standing(folder: Path) -> ArrayStanding:
    """How far the store of an array is."""
    data = load_sweep(folder)
    status = data["status"].values.astype(str).ravel()
    names, numbers = np.unique(status[status != ""], return_counts=True)
    counts = {str(name): int(number) for name, number in zip(names, numbers, strict=True)}
    done = int((status != "").sum())
    lacking = [name for name in _told(folder)["metrics"] if done and name not in data]
    return ArrayStanding(done, status.size, counts, np.flatnonzero(status == "").tolist(), lacking)


def tasks_of(folder: Path, share: int) -> Iterator[Task]:
    """The runs of a share that no earlier job of it has done. Raises InputError where there is no such share."""
    folder = folder.resolve()
    told, place = _told(folder), folder / ARRAY
    shares = json.loads((place / "shares.json").read_text(encoding="utf-8"))
    if not 0 <= share < len(shares):
        raise InputError(f"share = {share} is no whole number in [0, {len(shares) - 1}].")
    done = {outcome.index for path in place.glob("share-*.jsonl") for outcome in outcomes_in(path)}
    for index in shares[share]:
        if index not in done:
            yield Task(index, told["name"], told["shown"], told["data"], told["changes"][index], told["curves"], folder)


def line_of(outcome: PointOutcome) -> str:
    """An outcome as a line of a share's file."""
    curves = {name: np.asarray(row).tolist() for name, row in outcome.curves.items()}
    return json.dumps([*outcome[:4], [list(number) for number in outcome.metrics], *outcome[5:7], curves])


def outcomes_in(path: Path) -> Iterator[PointOutcome]:
    """The runs of a share's file; a last line that a kill cut short is none."""
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        try:
            index, status, message, wall, metrics, scales, audit, curves = json.loads(line)
        except ValueError:
            continue
        rows = {name: np.asarray(row) for name, row in curves.items()}
        yield PointOutcome(index, status, message, wall, tuple(MetricValue(*entry) for entry in metrics), scales, audit, rows)


def time_in(options: str) -> tuple[str, list[str]]:
    """The limit of time among options of sbatch, and the others. Raises InputError for a limit that is none."""
    try:
        words = shlex.split(options)
    except ValueError as error:
        raise InputError(f"slurm = {options!r}: {error}; write options of sbatch, such as --time=2:00:00 --mem=4G.") from None
    found = [word for word in words if word.startswith("--time=")]
    strange = next((word for word in words if not word.startswith("--") or word.startswith(OURS)), None)
    if strange is not None:
        why = "is set here" if strange.startswith(OURS) else "is no option of the form --name=value"
        raise InputError(f"slurm: {strange!r} {why}; leave it out, or write options such as --time=2:00:00 --mem=4G.")
    time = found[-1].partition("=")[2] if found else HOUR
    seconds(time)
    return time, [word for word in words if word not in found]


def seconds(time: str) -> float:
    """A limit of time as Slurm writes it, in s: minutes, minutes:seconds, hours:minutes:seconds, days-hours:minutes:seconds."""
    match = _TIME.fullmatch(time.strip())
    if match is None:
        raise InputError(f"time = {time!r} is no limit of Slurm; write hours:minutes:seconds, such as 2:00:00, or 1-12:00:00.")
    parts = [int(match[key]) for key in "abc" if match[key] is not None]
    if match["days"] is not None:
        hours, minutes, rest = (*parts, 0, 0)[:3]
        found = 86400.0 * int(match["days"]) + 3600 * hours + 60 * minutes + rest
    elif len(parts) == 1:
        found = 60.0 * parts[0]
    else:
        found = float(sum(part * 60**power for power, part in enumerate(reversed(parts))))
    if found <= 0:
        raise InputError(f"time = {time!r} is no time at all; give each job at least a minute.")
    return found


def _told(folder: Path) -> dict[str, Any]:
    path = folder / ARRAY / RUNS
    if not (folder / RESULTS).is_dir() or not path.is_file():
        raise InputError(f"{folder}: it holds no job array; 'solion sweep STUDY --over ... --array N --out {folder}' makes one.")
    return json.loads(path.read_text(encoding="utf-8"))
