"""``solion report``: the report of an earlier run or sweep, anew."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solion.cli.app import app
from solion.cli.early_exit import refusals, writing


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of an earlier run or sweep.")],
) -> None:
    """Write report.html and the figures of an earlier run or sweep anew."""
    with refusals():
        from solion.study.folder import RESULTS, stored

        if (folder / RESULTS).is_dir():
            from solion.explore import sweeps

            with writing(folder):
                print(f"Report in {sweeps.write_sweep_report(sweeps.load_sweep(folder), folder)}")
            return
        result = stored(folder)
        with writing(folder):
            print(f"Report in {result.report(folder)}")
