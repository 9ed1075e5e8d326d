"""``solion fields``: the fields of an earlier run in space as a movie, frames, a series for ParaView or a store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solion.cli.app import app
from solion.cli.early_exit import refusals, writing


@app.command()
def fields(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of an earlier run, or a .zarr store.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What to write: .gif, .mp4, .png (frames), .pvd or .zarr.")],
    frames: Annotated[int, typer.Option(metavar="NUMBER", help="Frames at most, of as much change between them.")] = 200,
    rate: Annotated[float, typer.Option(metavar="NUMBER", help="Frames a second.")] = 12.0,
    lines: Annotated[bool, typer.Option(help="Draw lines of current.")] = True,
) -> None:
    """Write the fields of an earlier run in space as a movie, frames, a series for ParaView or a store in chunks."""
    with refusals():
        from solion.result.result import load
        from solion.study.folder import no_link

        no_link(file)
        result = load(folder)
        with writing(file.parent):
            print(f"Written to {result.write_fields(file, frames=frames, rate=rate, lines=lines)}")
