"""The console that tables are printed on."""

from __future__ import annotations

from rich.console import Console


def wide_console() -> Console:
    """A console as wide as the terminal, or wide enough for whole lines where the output is a file."""
    console = Console()
    return console if console.is_terminal else Console(width=160)
