"""``solion figures``: the figures of an earlier run as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solion.cli.app import app
from solion.cli.early_exit import refusals, writing


@app.command()
def figures(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of an earlier run.")],
    form: Annotated[str, typer.Option("--format", metavar="png|svg|pdf", help="Kind of the files.")] = "png",
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where they go.", show_default="DIR/figures")] = None,
) -> None:
    """Write the figures of an earlier run as PNG, SVG or PDF files."""
    with refusals():
        from solion.study.folder import no_link, stored
        from solion.views import write_figures

        result, place = stored(folder), out or folder / "figures"
        no_link(place)
        with writing(folder if out is None else place):
            files = write_figures(result, place, form=form)
        print(f"{len(files)} figures in {place}: {', '.join(file.name for file in files)}")
