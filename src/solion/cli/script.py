"""``solion script``: the Python that does what a study does."""

from __future__ import annotations

from solion.cli.app import NoCode, Settings, StudyName, app
from solion.cli.early_exit import name_code, refusals


@app.command()
def script(study: StudyName, settings: Settings = None, no_code: NoCode = False) -> None:
    """Print the Python script that does the same as a study, number by number."""
    with refusals():
        from solion.study import load
        from solion.study.script import script as written

        loaded = load(study, settings or ())
        name_code(loaded, False)
        print(written(loaded), end="")
