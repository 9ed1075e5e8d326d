"""The work of ``solion reproduce``: choose, run with progress, print, write."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from solion.papers import load, reproduce
from solion.papers.case import Paper
from solion.papers.report import FIGURES, PAGE, verdict_table, write, written
from solion.papers.runner import CaseOutcome, Reproduction
from solion.study.console import wide_console


def list_cases(name: str) -> None:
    """Print the cases of a paper, with a line each."""
    paper = load(name)
    console = wide_console()
    console.print(f"{paper.title}\n{paper.authors}, {paper.reference}\n", markup=False)
    width = max(len(case.name) for case in paper.cases) + 2
    for case in paper.cases:
        console.print(f"  {case.name:{width}}{case.title} ({case.place})", markup=False, highlight=False)


def run(
    name: str, cases: Sequence[str], out: Path, *, force: bool, quick: bool, workers: int | None, progress: TextIO | None
) -> Reproduction:
    """Reproduce a paper into a folder and print the verdicts. Refuses what cannot be before anything runs."""
    paper = load(name)
    chosen = paper.chosen(cases)
    with written(out, force) as partial:
        with _reporter(progress, paper, len(chosen)) as update:
            outcome = reproduce(paper, cases, quick=quick, workers=workers, on_progress=update)
        write(outcome, partial)
    console = wide_console()
    console.print(f"{outcome.sentence}.\n", markup=False, highlight=False, soft_wrap=True)  # the counts first
    console.print(verdict_table(outcome))
    console.print(f"\nFigures in {out / FIGURES}, page {out / PAGE}", markup=False, highlight=False, soft_wrap=True)
    return outcome


@contextlib.contextmanager
def _reporter(stream: TextIO | None, paper: Paper, total: int) -> Iterator[Callable[[CaseOutcome, int, int], None]]:
    """Progress by cases: a bar where ``stream`` is a terminal, a line for each case elsewhere, nothing for None."""
    if stream is None:
        yield lambda *_: None
    elif stream.isatty():
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(file=stream), transient=True) as bar:
            task = bar.add_task(paper.name, total=total)

            def advance(outcome: CaseOutcome, done: int, _: int) -> None:
                bar.update(task, completed=done, description=f"{paper.name}: {outcome.case.name} done")

            yield advance
    else:

        def say(outcome: CaseOutcome, done: int, _: int) -> None:
            print(f"{outcome.case.name}: {outcome.seconds:.1f} s ({done} of {total})", file=stream, flush=True)

        yield say
