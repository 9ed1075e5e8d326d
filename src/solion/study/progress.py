"""How far a run is: a bar on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

import contextlib
import functools
import sys
import time
from collections.abc import Callable, Iterator
from html import escape
from typing import Any, TextIO

from solion.experiments.run_loop import Progress

PLAIN_LINES = 10
PLAIN_INTERVAL = 2.0  # s, between plain lines
NOTEBOOK_INTERVAL = 0.1  # s, between two pictures of a bar in a notebook


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
    if notebook():
        yield _in_notebook(title)
        return
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


def progress_bar(title: str = "") -> contextlib.AbstractContextManager[Callable[[Any], None]]:
    """How far a run or a sweep is, in a notebook, on a terminal, or as a few lines of a script::

    with so.study.progress_bar("LTO4") as bar:
        result = so.simulate(device, protocol, on_progress=bar)
    """
    return reporter(sys.stderr, title)


def notebook() -> bool:
    """Whether this runs in a notebook, which shows HTML and replaces it."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None


def _in_notebook(title: str) -> Callable[[Any], None]:
    """A bar of the browser's own, in one place that is written anew ten times a second; needs IPython alone, no widgets."""
    from IPython.display import HTML, display  # pyright: ignore[reportMissingImports]  (a notebook has it)

    def shown(fraction: float, words: str) -> Any:
        bar = f'<progress value="{fraction:.4f}" max="1" aria-label="{escape(title or "run")}"></progress>'
        return HTML(f"{escape(title)} {bar} {100 * fraction:.0f} % {escape(words)}")

    handle: Any = display(shown(0.0, "starting"), display_id=True)
    last = 0.0

    def update(progress: Any) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last > NOTEBOOK_INTERVAL or progress.fraction >= 1:
            last = now
            handle.update(shown(progress.fraction, line(progress)))

    return update


def _plain(stream: TextIO) -> Callable[[Any], None]:
    shown, last = 0, time.monotonic()

    def update(progress: Any) -> None:
        nonlocal shown, last
        now = time.monotonic()
        if progress.fraction * PLAIN_LINES >= shown + 1 and now - last > PLAIN_INTERVAL:
            shown, last = int(progress.fraction * PLAIN_LINES), now
            print(f"{100 * progress.fraction:3.0f} %  {line(progress)}", file=stream, flush=True)

    return update
