"""``solion show``: what Solion knows of a name."""

from __future__ import annotations

from typing import Annotated

import typer

from solion.cli.app import app
from solion.cli.early_exit import refusals


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A study, a material, a law, a protocol or a start state.")],
) -> None:
    """Show a study's TOML, a material's numbers with their sources, or what a law or protocol says of itself."""
    with refusals():
        from solion.study.describe import describe

        describe(name)
