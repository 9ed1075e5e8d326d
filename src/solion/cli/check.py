"""``solion check``: a study, checked without running it."""

from __future__ import annotations

from solion.cli.app import Settings, StudyName, app
from solion.cli.early_exit import refusals


@app.command(name="check")
def check_(study: StudyName, settings: Settings = None) -> None:
    """Check a study without running it, nor Python code that it names."""
    with refusals():
        from solion.study.study import check

        print(check(study, settings or ()))
