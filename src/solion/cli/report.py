"""``solion report``: the report of an earlier run or sweep, anew."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solion.cli.app import app
from solion.cli.early_exit import refusals, writing


@app.command()
def report(folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of an earlier run or sweep.")]) -> None:
    """Write report.html of an earlier run or sweep anew."""
    with refusals():
        from solion.base.errors import InputError, SolionError
        from solion.study.folder import RESULTS, stored

        if (folder / RESULTS).is_dir():
            from solion.explore import sweeps

            with writing(folder):
                print(f"Report in {sweeps.write_sweep_report(sweeps.load_sweep(folder), folder)}")
            return
        result = stored(folder)
        with writing(folder):
            try:
                page = result.report(folder)
            except (SolionError, OSError):
                raise
            except Exception as error:  # a damaged file may hold anything
                words = f"{type(error).__name__}: {error}".splitlines()[0]
                raise InputError(f"{folder}: its result cannot be drawn ({words}); the file may be damaged.") from error
            print(f"Report in {page}")
