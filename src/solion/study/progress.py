"""How far a run is: a bar on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from solion.experiments.run_loop import Progress

PLAIN_LINES = 10
PLAIN_INTERVAL = 2.0  # s, between plain lines


def span(seconds: float) -> str:
    """A time in words: 90 -> '1 min 30 s'."""
    if not seconds < 1e9:
        return "unknown"
    if seconds < 60:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


@functools.singledispatch
def line(progress: Any) -> str:
    """Simulated time, step size and remaining time; of a run in stages, what it is doing."""
    return progress.words


@line.register
def _(progress: Progress) -> str:
    return (
        f"{progress.time:.4g} of {progress.duration:.4g} s simulated, step {progress.step_size:.2g} s, "
        f"{span(progress.remaining)} left"
    )


@contextlib.contextmanager
def reporter(stream: TextIO, title: str) -> Iterator[Callable[[Any], None]]:
    """A function to hand to ``simulate``: a bar where ``stream`` is a terminal, else at most a few lines."""
    if not stream.isatty():
        yield _plain(stream)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[state]}"))
    with Bar(*columns, console=Console(file=stream), transient=True) as bar:
        task = bar.add_task(title, total=1.0, state="starting")

        def update(progress: Any) -> None:
            bar.update(task, completed=progress.fraction, state=line(progress))

        yield update


def _plain(stream: TextIO) -> Callable[[Any], None]:
    shown, last = 0, time.monotonic()

    def update(progress: Any) -> None:
        nonlocal shown, last
        now = time.monotonic()
        if progress.fraction * PLAIN_LINES >= shown + 1 and now - last > PLAIN_INTERVAL:
            shown, last = int(progress.fraction * PLAIN_LINES), now
            print(f"{100 * progress.fraction:3.0f} %  {line(progress)}", file=stream, flush=True)

    return update
