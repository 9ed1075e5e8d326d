"""``solion explore``: studies in the browser."""

from __future__ import annotations

from typing import Annotated

import typer

from solion.cli.app import app
from solion.cli.early_exit import refusals


@app.command()
def explore(
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="[STUDY|RESULT|FILE]...", help="Studies, results and measured files to begin with."),
    ] = None,
    port: Annotated[int, typer.Option(help="Port to serve at.", show_default="a free one", min=0, max=65535)] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
) -> None:
    """Explore studies in the browser: move numbers, see the run at once."""
    with refusals():
        from solion.app import explore as serve

        serve(*(sources or ()), port=port, open_browser=browser)
