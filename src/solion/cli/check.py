"""``solion check``: a study, checked without running it."""

from __future__ import annotations

from solion.cli.app import Settings, StudyName, app
from solion.cli.early_exit import refusals


@app.command()
def check(study: StudyName, settings: Settings = None) -> None:
    """Check a study without running it."""
    with refusals():
        from solion.study import load

        print(load(study, settings or ()).outline())
