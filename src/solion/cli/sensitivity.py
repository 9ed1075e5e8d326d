"""``solion sensitivity``: derivatives of a study's metrics."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solion.cli.app import NoCode, Settings, StudyName, app
from solion.cli.early_exit import interruptible, name_code, patience, refusals


@app.command()
def sensitivity(
    study: StudyName,
    of: Annotated[list[str], typer.Option("--of", metavar="METRIC", help="A metric of the run; may be repeated.")],
    over: Annotated[
        list[str] | None,
        typer.Option("--over", metavar="KEY", help="A number of the study; may be repeated.", show_default="all numbers"),
    ] = None,
    settings: Settings = None,
    no_code: NoCode = False,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the results.", show_default="runs/STUDY-sensitivity")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace earlier sensitivities in that folder.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Derivatives of a study's metrics with respect to its numbers."""
    with refusals():
        from solion.explore import fitting
        from solion.explore.fitting.report import SENSITIVITY
        from solion.explore.fitting.tables import show_sensitivities
        from solion.study import load
        from solion.study.folder import whole_folder

        loaded = load(study, settings or ())
        name_code(loaded, quiet)
        folder = out or Path("runs") / f"{loaded.name}-sensitivity"
        with interruptible(folder), whole_folder(folder, force, (SENSITIVITY,)) as partial, patience(quiet):
            found = fitting.sensitivities(loaded, of, over or ())
            fitting.write_sensitivities(found, partial)
    if not quiet:
        show_sensitivities(found)
        print(f"Results in {folder}: {', '.join(sorted(entry.name for entry in folder.iterdir()))}")
