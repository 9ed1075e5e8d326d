"""``solion list``: everything that a study file can name."""

from __future__ import annotations

from solion.cli.app import app


@app.command(name="list")
def list_() -> None:
    """List built-in studies, materials, laws and protocols, with a line each."""
    from rich.table import Table

    from solion.study import listing
    from solion.study.console import wide_console

    console = wide_console()
    for heading, entries in listing().items():
        console.print(heading, style="bold")
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column()
        for name, line in entries.items():
            table.add_row(f"  {name}", line.replace("``", ""))
        console.print(table, markup=False)
