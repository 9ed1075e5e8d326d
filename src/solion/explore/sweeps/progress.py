"""How far a sweep is, and what went wrong in it: a bar on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TextIO

import numpy as np
import xarray as xr

from solion.explore.sweeps.runner import SweepProgress
from solion.explore.sweeps.task import FAILED, REFUSED, PointOutcome
from solion.study.progress import PLAIN_INTERVAL, PLAIN_LINES, notebook, reporter, span
from solion.study.progress import line as words_of

MOST_TOLD = 12  # runs that went wrong, each told in a line as it happens
BAD = (FAILED, REFUSED)


def counted(counts: dict[str, int]) -> str:
    """Statuses with their numbers: "36 finished, 4 depleted"."""
    return ", ".join(f"{number} {status}" for status, number in sorted(counts.items(), key=lambda entry: -entry[1])) or "none"


def line(progress: SweepProgress) -> str:
    """Runs done, their statuses, and the time left."""
    left = f"{span(progress.remaining)} left" if progress.done < progress.total else f"in {span(progress.elapsed)}"
    return f"{progress.done} of {progress.total} runs, {counted(progress.counts)}, {left} ({progress.words})"


@words_of.register
def _(progress: SweepProgress) -> str:
    return line(progress)


@contextlib.contextmanager
def sweep_reporter(stream: TextIO, title: str) -> Iterator[Callable[[SweepProgress], None]]:
    """A function to hand to ``sweep``: a bar where ``stream`` is a terminal, else at most a few lines."""
    if notebook():
        with reporter(stream, title) as bar:
            yield bar
        return
    if not stream.isatty():
        yield _plain(stream)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), TextColumn("{task.fields[state]}"))
    with Bar(*columns, console=Console(file=stream), transient=True) as bar:
        task = bar.add_task(title, total=1.0, state="first run")
        tell = _teller(lambda text: bar.console.print(text, markup=False, highlight=False))

        def update(progress: SweepProgress) -> None:
            bar.update(task, completed=progress.done / progress.total, state=line(progress))
            tell(progress.last)

        yield update


def _teller(write: Callable[[str], None]) -> Callable[[PointOutcome | None], None]:
    """A function that tells of runs that went wrong, the first few of them."""
    told = 0

    def tell(outcome: PointOutcome | None) -> None:
        nonlocal told
        if outcome is None or outcome.status not in BAD:
            return
        told += 1
        if told <= MOST_TOLD:
            write(f"run {outcome.index} {outcome.status}: {outcome.message}")
        elif told == MOST_TOLD + 1:
            write("more runs went wrong; their messages are in the results.")

    return tell


def _plain(stream: TextIO) -> Callable[[SweepProgress], None]:
    shown, last = 0, time.monotonic()
    tell = _teller(lambda text: print(text, file=stream, flush=True))

    def update(progress: SweepProgress) -> None:
        nonlocal shown, last
        tell(progress.last)
        now = time.monotonic()
        if progress.done * PLAIN_LINES >= (shown + 1) * progress.total and now - last > PLAIN_INTERVAL:
            shown, last = progress.done * PLAIN_LINES // progress.total, now
            print(line(progress), file=stream, flush=True)

    return update


def outcome_lines(dataset: xr.Dataset) -> Iterator[str]:
    """A sweep in a few lines: how its runs ended, and the span of each metric."""
    status, numbers = np.unique(dataset["status"].values.astype(str), return_counts=True)
    counts = {str(name) or "not run": int(number) for name, number in zip(status, numbers, strict=True)}
    yield f"{dataset.attrs['title']}: {dataset['status'].size} runs, {counted(counts)}"
    exceeded = exceeding(dataset)
    if exceeded:
        yield f"  audit: {exceeded} runs exceed a limit of conservation, energy or signs; their names are in the results"
    for name, variable in dataset.data_vars.items():
        if variable.dims != dataset["status"].dims or variable.dtype.kind != "f" or str(name).endswith("_scale"):
            continue
        known = variable.values[np.isfinite(variable.values)]
        unit = variable.attrs["units"]
        unit = "" if unit == "1" else f" {unit}"
        if not known.size:
            yield f"  {name} = never"
            continue
        ends = f"{known.min():.4g}{unit}" if known.min() == known.max() else f"{known.min():.4g} ... {known.max():.4g}{unit}"
        without = variable.size - known.size
        yield f"  {name} = {ends}" + (f", none in {without} runs" if without else "")


def any_result(dataset: xr.Dataset) -> bool:
    """Whether at least one run gave a result."""
    return bool((~np.isin(dataset["status"].values.astype(str), (*BAD, ""))).any())


def exceeding(dataset: xr.Dataset) -> int:
    """How many runs exceed a limit of their audit."""
    return int((~np.isin(dataset["audit"].values.astype(str), ("ok", ""))).sum()) if "audit" in dataset else 0
