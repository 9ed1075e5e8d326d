"""``solion schema``: the JSON schema of study files or sweep files."""

from __future__ import annotations

from typing import Annotated

import typer

from solion.cli.app import app


@app.command()
def schema(sweep: Annotated[bool, typer.Option("--sweep", help="That of sweep files instead.")] = False) -> None:
    """Print the JSON schema of study files, or of sweep files."""
    import json

    if sweep:
        from solion.explore.sweeps import sweep_schema as schema_of
    else:
        from solion.study import schema as schema_of

    print(json.dumps(schema_of(), indent=2))
