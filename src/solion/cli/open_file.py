"""``solion open``: what a laboratory's file holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solion.cli.app import app
from solion.cli.early_exit import refusals

Columns = Annotated[
    str | None, typer.Option(metavar="NAME=NUMBER", help='Which column is what, such as "time=3 ms,voltage=4 V".')
]
Rate = Annotated[str | None, typer.Option(metavar="RATE", help='Rate of a sweep without a column of time, such as "50 mV/s".')]
Interval = Annotated[str | None, typer.Option(metavar="TIME", help='Interval of rows without a time, such as "0.1 s".')]
Cycle = Annotated[int | None, typer.Option(metavar="NUMBER", help="One of several cycles or spectra.")]
Sheet = Annotated[str | None, typer.Option(metavar="NAME", help="Sheet of a workbook.")]


@app.command(name="open")
def open_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A record, a spectrum, a picture of grains, a folder of slices.")],
    columns: Columns = None,
    rate: Rate = None,
    interval: Interval = None,
    cycle: Cycle = None,
    area: Annotated[str | None, typer.Option(metavar="AREA", help='Area of the electrode, such as "0.1 mm^2".')] = None,
    sheet: Sheet = None,
) -> None:
    """Say what a laboratory's file holds (columns, units, signs, cycles, grains) and what can be done with it, or why not."""
    with refusals():
        from solion.readers import read

        found = read(
            file,
            columns,
            rate=number(rate, "--rate", "V/s"),
            interval=number(interval, "--interval", "s"),
            cycle=cycle,
            area=number(area, "--area", "m^2"),
            sheet=sheet,
        )
        print(found.summary())


def number(text: str | None, name: str, unit: str) -> float | None:
    """A number with a unit of an option, in SI. Raises InputError where it is none."""
    if text is None:
        return None
    from solion.base.errors import InputError
    from solion.study.quantities import Units, split

    parts = split(text)
    if parts is None or not parts[1]:
        raise InputError(f'{name} {text!r} is no number with a unit; give it in {unit}, as in {name} "1 {unit}".')
    try:
        return Units().convert(*parts, (unit,))
    except ValueError as error:
        raise InputError(f"{name} {text!r} {error}.") from None
