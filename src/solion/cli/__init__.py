"""The command line: ``solion run``, ``sweep``, ``fit``, ``sensitivity``, ``open``, ``reproduce``, ``design``, ``list``, ``show``,
``check``, ``report``, ``schema``.

Every command imports what it needs when it runs, so that ``solion --help`` answers at once. Exit codes: 0 a result, 1 a
run that failed, 2 an input that cannot be, 130 an interruption that can be resumed.
"""

from solion.cli.app import app
from solion.cli import run, many, files, look, answers  # noqa: F401  (each adds its commands, in the order of the help)


def main() -> None:
    """Entry point of the command ``solion``."""
    app()
