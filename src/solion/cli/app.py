"""The command ``solion`` itself, and the arguments that several of its commands take."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from solion.base.environment import FORBID

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: boxes and colours would take half of the time that --help takes
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Simulate solid-state ionic devices: film memristors, ionic synapses, polycrystalline electrolytes, alloying"
    " anodes, lithium coatings.",
)

StudyName = Annotated[str, typer.Argument(metavar="STUDY", help="A built-in study (see 'solion list') or a TOML file.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Replace one value, such as device.top.rate=1e-2; may be repeated."),
]


def _forbid(no_code: bool) -> bool:
    """Told by the environment, which reaches every process of a sweep."""
    if no_code:
        os.environ[FORBID] = "1"
    return no_code


NoCode = Annotated[
    bool, typer.Option("--no-code", callback=_forbid, help="Refuse a study that names Python code instead of executing it.")
]


@app.callback(invoke_without_command=True)
def _start(
    context: typer.Context, version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False
) -> None:
    if version:
        from solion import __version__

        print(f"solion {__version__}")
        raise typer.Exit()
    if context.invoked_subcommand is None:
        print(context.get_help())
