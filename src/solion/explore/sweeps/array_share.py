"""What one job of an array does: its share of the runs, one after the other, within its limit of time.

A job that is told to end (SIGTERM, which Slurm sends a minute before the limit) or comes near it saves the run under way, and the
next array goes on from there. A run that would not fit into the time that is left is not begun.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from solion.explore.sweeps.job_array import ARRAY, MARGIN, line_of, tasks_of
from solion.explore.sweeps.task import FAILED, PointOutcome, Stopped, run_task

RESERVE = 0.1  # of the limit that is kept for saving, at most MARGIN s
TRANSIENT = ("MemoryError", "OSError")  # what a node may have and another one not; such a run is tried again


class ShareDone(NamedTuple):
    """What a job did: runs done and runs left, and why it left them ("" where none are)."""

    done: int
    left: int
    reason: str


def end_of_job(limit: float) -> float:
    """When this job must end, on the clock of :func:`time.time`: as Slurm says, else ``limit`` s from now, less a reserve."""
    told = os.environ.get("SLURM_JOB_END_TIME", "")
    end = float(told) if told.isdecimal() else time.time() + limit
    return end - min(MARGIN, RESERVE * limit)


def work_share(
    folder: Path,
    share: int,
    limit: float,
    *,
    say: Callable[[str], None] = print,
    clock: Callable[[], float] = time.time,
    run: Callable[..., PointOutcome] = run_task,
) -> ShareDone:
    """Run the share of a job, each finished run at once a line in the file of the share.

    ``limit``: s that the job has. A run is given up, and saved, when the time is over or the job is told to end; one is not begun
    where the longest so far would no longer fit. ``clock`` and ``run`` are those of a test.
    """
    place, end, longest = folder.resolve() / ARRAY, end_of_job(limit), 0.0
    tasks, done = list(tasks_of(folder, share)), 0
    with _told_to_end() as told, (place / f"share-{share}.jsonl").open("a", encoding="utf-8") as file:
        for task in tasks:
            left = len(tasks) - done
            saved = place / f"run-{task.index}.npz"
            if told() or clock() + (0.0 if saved.exists() else longest) > end:
                return _ended(say, done, left, "it was told to end" if told() else "the next run would not fit into its time")
            began = clock()
            try:
                outcome = run(task, stop=lambda: told() or clock() > end, checkpoint=saved)
            except Stopped:
                kept = ", saved" if saved.exists() else ""
                return _ended(say, done, left, f"its time was over in run {task.index}{kept}")
            if outcome.status == FAILED and outcome.message.startswith(TRANSIENT):
                say(f"run {task.index} could not be done here: {outcome.message}")
                done += 1
                continue
            file.write(f"{line_of(outcome)}\n")
            file.flush()
            os.fsync(file.fileno())
            saved.unlink(missing_ok=True)
            done, longest = done + 1, max(longest, clock() - began)
            say(f"run {task.index} {outcome.status} in {outcome.wall:.3g} s")
    return ShareDone(done, 0, "")


def _ended(say: Callable[[str], None], done: int, left: int, reason: str) -> ShareDone:
    say(f"{left} runs are left: {reason}; the next array goes on with them.")
    return ShareDone(done, left, reason)


@contextlib.contextmanager
def _told_to_end() -> Iterator[Callable[[], bool]]:
    """A function that says whether SIGTERM or SIGUSR1 came. Only the main thread hears signals."""
    heard: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    numbers = [signal.SIGTERM, *([signal.SIGUSR1] if hasattr(signal, "SIGUSR1") else [])]
    before = {number: signal.signal(number, lambda number, _: heard.append(number)) for number in numbers}
    try:
        yield lambda: bool(heard)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
