"""What ``solion design`` prints and draws."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from solion.base.errors import InputError
from solion.devices import FilmMemristor
from solion.explore.sizing.chart import chart as draw
from solion.explore.sizing.dimensions import RATIO
from solion.explore.sizing.report import design_table, notes, speed_table
from solion.explore.sizing.search import design
from solion.explore.sizing.speeds import ROOM, chosen, speeds
from solion.explore.sizing.warming import USUAL
from solion.views.style import require_picture


def answer(
    *,
    time: float | None,
    voltage: float | None,
    materials: Sequence[str] | None,
    thickness: float,
    temperature: float | None,
    device: FilmMemristor | None,
    area: float | None,
    current: float | None,
    energy: float | None,
    full: bool,
    chart: Path | None,
    substrate: str | None = None,
) -> None:
    """Print the table of an answer, or that of Fig. 5 without time and voltage; draw the chart where one is asked for.

    Raises InputError where the request cannot be, before anything is printed or drawn.
    """
    if chart is not None:
        require_picture(chart, "chart")
    names = tuple(materials) if materials else None
    found = None
    if time is not None and voltage is not None:
        found = design(
            time,
            voltage,
            materials=names,
            device=device,
            temperature=temperature,
            area=area,
            current=current,
            energy=energy,
            full=full,
            substrate=USUAL if substrate is None else substrate,
        )
        table, lines = design_table(found), list(notes(found))
    elif full or any(given is not None for given in (time, device, area, current, energy, substrate)):
        raise InputError("design: give both a time and a voltage, such as: solion design '1 ms' '1 V'.")
    else:
        temperature = ROOM if temperature is None else temperature
        table = speed_table(
            speeds(thickness=thickness, temperature=temperature, hosts=chosen(names)), thickness, RATIO, temperature
        )
        lines = ["τ_switch = τ_D/10 is the estimate of Tian and Bazant, Fig. 5; 'solion show NAME' gives the sources of a range."]
    if chart is not None:
        figure = draw(found, thickness=thickness, materials=names, temperature=ROOM if temperature is None else temperature)
        figure.savefig(chart, dpi=150)
        lines.append(f"Chart in {chart}")
    console = Console()
    console = console if console.is_terminal else Console(width=200)
    console.print(table)
    for line in lines:
        console.print(line, markup=False, highlight=False)
