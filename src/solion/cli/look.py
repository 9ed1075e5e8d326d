"""What there is to look at: ``solion list``, ``show``, ``check``, ``report``, ``schema``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solion.cli.app import Settings, StudyName, app
from solion.cli.endings import refusals, writing


@app.command(name="list")
def list_() -> None:
    """List built-in studies, materials, laws and protocols, with a line each."""
    from rich.table import Table

    from solion.study import listing
    from solion.study.describe import wide_console

    console = wide_console()
    for heading, entries in listing().items():
        console.print(heading, style="bold")
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column()
        for name, line in entries.items():
            table.add_row(f"  {name}", line.replace("``", ""))
        console.print(table, markup=False)


@app.command()
def show(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A study, a material, a law, a protocol or a start state.")
    ],
) -> None:
    """Show a study's TOML, a material's numbers with their sources, or what a law or protocol says of itself."""
    with refusals():
        from solion.study.describe import describe

        describe(name)


@app.command()
def check(study: StudyName, settings: Settings = None) -> None:
    """Check a study without running it."""
    with refusals():
        from solion.study import load

        print(load(study, settings or ()).outline())


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


@app.command()
def schema(
    sweep: Annotated[bool, typer.Option("--sweep", help="That of sweep files instead.")] = False,
) -> None:
    """Print the JSON schema of study files, or of sweep files."""
    import json

    if sweep:
        from solion.explore.sweeps import sweep_schema as schema_of
    else:
        from solion.study import schema as schema_of

    print(json.dumps(schema_of(), indent=2))
