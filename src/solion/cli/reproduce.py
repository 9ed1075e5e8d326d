"""``solion reproduce``: the cases of a source paper."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from solion.cli.app import app
from solion.cli.early_exit import interruptible, refusals


@app.command()
def reproduce(
    paper: Annotated[str, typer.Argument(metavar="PAPER", help="A paper, such as film, or a Python file that has one as PAPER.")],
    cases: Annotated[
        list[str] | None, typer.Argument(metavar="[CASE]...", help="Its cases, such as 2a 4c; all of them unless any is given.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of figures, verdicts and page.", show_default="runs/PAPER-paper")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier reproduction in that folder.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Coarse form of each case: fewer points, no variations.")] = False,
    workers: Annotated[
        int | None, typer.Option(metavar="N", help="Threads that run.", min=1, max=256, show_default="one for each core")
    ] = None,
    list_only: Annotated[bool, typer.Option("--list", help="List the cases and stop.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Run the cases of a source paper and judge its claims; exit code 1 if a prediction or a check fails."""
    with refusals():
        from solion.papers import command

        if list_only:
            command.list_cases(paper)
            return
        folder = out or Path("runs") / f"{Path(paper).stem}-paper"
        with interruptible(folder):
            outcome = command.run(
                paper, cases or (), folder, force=force, quick=quick, workers=workers, progress=None if quiet else sys.stderr
            )
    if not outcome.reproduced:
        raise typer.Exit(1)
