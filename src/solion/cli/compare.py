"""``solion compare``: runs and measured files over one another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solion.cli.app import app
from solion.cli.early_exit import interruptible, refusals
from solion.cli.open_file import Columns, Interval, Rate, number


@app.command()
def compare(
    sources: Annotated[
        list[Path], typer.Argument(metavar="A B ...", help="Folders of runs, result.nc files, or measured files; two or more.")
    ],
    columns: Columns = None,
    rate: Rate = None,
    interval: Interval = None,
    area: Annotated[str | None, typer.Option(metavar="AREA", help='Area of the electrode, such as "0.1 mm^2".')] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the page and its figure.")] = Path("runs/comparison"),
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier comparison in that folder.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Overlay the curves of runs and measured files, and list the parameters, settings and metrics that differ."""
    with refusals():
        from solion.explore.comparison import compare as compared
        from solion.explore.comparison.page import COMPARISON
        from solion.study.folder import whole_folder

        reading = {"rate": number(rate, "--rate", "V/s"), "interval": number(interval, "--interval", "s")}
        found = compared(sources, columns=columns, area=number(area, "--area", "m^2"), **reading)
        with interruptible(out), whole_folder(out, force, (COMPARISON,), "comparison of solion") as partial:
            found.write(partial)
    if not quiet:
        print("\n".join(found.lines()))
        print(f"Results in {out}: {', '.join(sorted(entry.name for entry in out.iterdir()))}")
