"""``solion export``: a study's device as a file for a circuit or network simulator, with its measured error."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solion.cli.app import NoCode, Settings, StudyName, app
from solion.cli.early_exit import interruptible, name_code, patience, refusals


@app.command()
def export(
    study: StudyName,
    to: Annotated[str, typer.Option("--to", metavar="TARGET", help="ngspice, verilog-a, json, aihwkit, crosssim or neurosim.")],
    cells: Annotated[
        str | None,
        typer.Option(metavar="N", help="Cells of the model, or auto: the fewest within --error.", show_default="by device"),
    ] = None,
    error: Annotated[float, typer.Option(metavar="X", help="Relative error that auto has to meet.")] = 0.01,
    prove: Annotated[bool, typer.Option("--prove", help="Run the file in its simulator and compare.")] = False,
    settings: Settings = None,
    no_code: NoCode = False,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the files.", show_default="runs/STUDY-export")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files of that folder.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Write a study's device for a circuit or network simulator, and how far it is from the device."""
    with refusals():
        from solion.export import export_study, write_files
        from solion.study import load
        from solion.study.folder import no_link

        loaded = load(study, settings or ())
        name_code(loaded, quiet)
        folder = out or Path("runs") / f"{loaded.name}-export"
        no_link(folder)
        with interruptible(folder), patience(quiet):
            found = export_study(loaded, to, cells=cells, error=error, prove=prove)
            write_files(folder, found.files, force=force)
    if not quiet:
        print("\n".join(found.report()))
        print(f"Files in {folder}: {', '.join(found.files)}")
