"""One run: ``solion run``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from solion.cli.app import NoCode, Settings, StudyName, app
from solion.cli.early_exit import name_code, patience, refusals, say, writing


@app.command()
def run(
    study: StudyName,
    settings: Settings = None,
    no_code: NoCode = False,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of the results.", show_default="runs/STUDY")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier result in that folder.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from an interrupted run into that folder.")] = False,
    figures: Annotated[bool, typer.Option("--figures", help="Write the figures as PNG files too.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Run a study and write its results into a folder."""
    with refusals():
        from solion.study import execute, load

        loaded = load(study, settings or ())
        name_code(loaded, quiet)
        folder = out or Path("runs") / loaded.name
        with writing(folder), patience(quiet):
            if quiet:
                result = execute(loaded, folder, force=force, resume=resume, pictures=figures)
            else:
                from solion.study.progress import reporter

                with reporter(sys.stderr, loaded.name) as update:
                    result = execute(loaded, folder, force=force, resume=resume, pictures=figures, on_progress=update)
    if not quiet:
        print(result.summary())
        print(f"Results in {folder}: {', '.join(sorted(entry.name for entry in folder.iterdir()))}")
    if result.status == "doubtful":
        say(f"{study}: {result.message}")
    if result.status == "failed":
        say(f"{study}: the run failed: {result.message}")
        raise typer.Exit(1)
