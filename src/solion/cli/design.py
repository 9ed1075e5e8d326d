"""``solion design``: which thickness of which material switches in time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solion.cli.app import NoCode, Settings, app
from solion.cli.early_exit import refusals


@app.command()
def design(
    time: Annotated[str | None, typer.Argument(metavar="TIME", help="Time to switch within, such as '10 us'.")] = None,
    voltage: Annotated[str | None, typer.Argument(metavar="VOLTAGE", help="Voltage of the switch: '1 V'.")] = None,
    materials: Annotated[
        list[str] | None, typer.Option("--material", metavar="NAME", help="A host (see 'solion list'); may be repeated.")
    ] = None,
    thickness: Annotated[str, typer.Option(help="Thickness of the table without TIME and of the chart.")] = "50 nm",
    temperature: Annotated[str | None, typer.Option(help="Temperature.", show_default="of the device")] = None,
    study: Annotated[
        str | None,
        typer.Option(metavar="STUDY", help="Study whose device stands for all.", show_default="film of Tian and Bazant, Fig. 2a"),
    ] = None,
    settings: Settings = None,
    no_code: NoCode = False,
    area: Annotated[str | None, typer.Option(help="Electrode area.", show_default="of the device")] = None,
    current: Annotated[str | None, typer.Option(help="Peak current that the area is chosen for.")] = None,
    energy: Annotated[str | None, typer.Option(help="Energy per switch that the area is chosen for.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Both contacts must switch, not only one.")] = False,
    substrate: Annotated[
        str | None, typer.Option(metavar="NAME", help="What takes up the heat: Si, MgO or SiO2.", show_default="Si")
    ] = None,
    chart: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw the chart into this .png, .pdf or .svg.")] = None,
) -> None:
    """Which thickness of which material switches within TIME at VOLTAGE; without them, how fast each material is."""
    with refusals():
        from solion.base.errors import InputError
        from solion.explore.sizing import command
        from solion.study import load
        from solion.study.command_line_number import quantity
        from solion.study.folder import no_link
        from solion.study.study import driven

        def read(name: str, text: str | None, unit: str, low: float = 0.0) -> float | None:
            return None if text is None else quantity(name, text, unit, low=low)

        if settings and study is None:
            raise InputError("--set changes the device of a study; name one with --study.")
        if chart is not None:
            no_link(chart)
        device = None if study is None else driven(load(study, settings or ()), "design").device
        command.answer(
            time=read("TIME", time, "s"),
            voltage=read("VOLTAGE", voltage, "V", float("-inf")),
            materials=materials,
            thickness=quantity("--thickness", thickness, "m"),
            temperature=read("--temperature", temperature, "K"),
            device=device,
            area=read("--area", area, "m^2"),
            current=read("--current", current, "A"),
            energy=read("--energy", energy, "J"),
            full=full,
            chart=chart,
            substrate=substrate,
        )
