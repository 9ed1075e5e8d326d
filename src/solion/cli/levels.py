"""``solion levels``: which resistances a film rests at after pulses."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from solion.cli.app import NoCode, Settings, StudyName, app
from solion.cli.early_exit import name_code, refusals


@app.command()
def levels(
    study: StudyName,
    pulses: Annotated[
        list[str], typer.Option("--pulse", metavar="CURRENT", help='Pulses in turn, "0.5 i_D" or "4 x 0.5 i_D"; may be repeated.')
    ],
    width: Annotated[str, typer.Option(metavar="TIME", help="Of each pulse.")] = "0.25 tau_D",
    rest: Annotated[str, typer.Option(metavar="TIME", help="After each pulse.")] = "10 tau_D",
    settings: Settings = None,
    no_code: NoCode = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the table as .nc or .csv.")] = None,
) -> None:
    """Levels of a film against pulses: its resistance at rest after each, the phases at both contacts, and how many differ."""
    with refusals():
        from solion.base.errors import InputError
        from solion.devices import FilmMemristor
        from solion.explore import resting_levels
        from solion.study import load
        from solion.study.command_line_number import quantity
        from solion.study.study import driven

        loaded = driven(load(study, settings or ()), "levels")
        name_code(loaded, False)
        if out is not None and out.suffix not in (".nc", ".csv"):
            raise InputError(f"--out = {str(out)!r} ends in neither .nc nor .csv.")
        device, run = loaded.device, loaded.experiment
        if not isinstance(device, FilmMemristor):
            raise InputError(f"{loaded.shown}: levels are of a film_memristor, whose phases rest at its contacts.")
        scales, train = device.scales(), []
        for text in pulses:
            count, times, current = text.rpartition(" x ")
            if times and not count.strip().isdecimal():
                raise InputError(f'--pulse = {text!r} begins with no number of pulses; write it as "4 x 0.5 i_D".')
            amount = quantity("--pulse", current, "A", low=-math.inf, other=("A/m^2",), scales=scales)
            train += [amount] * (int(count) if times else 1)
        lasts, rests = (quantity(name, text, "s", scales=scales) for name, text in (("--width", width), ("--rest", rest)))
        found = resting_levels.pulse_levels(device, train, lasts, rest=rests, cells=run.cells, initial=run.initial)
        print("pulse     current       state  resistance    before the rest")
        for k in range(found.sizes["pulse"]):
            row = found.isel(pulse=k)
            numbers = (float(row[name]) for name in ("current", "resistance", "resistance_at_once"))
            current, resistance, at_once = numbers
            print(f"{k + 1:5}  {current:+.4e} A  {row['state'].item():>5}  {resistance:.4e} ohm  {at_once:.4e} ohm")
        apart = resting_levels.distinct_levels(found)
        print(f"{apart.size} levels that differ by more than 1 %: {', '.join(f'{value:.4g}' for value in apart)} ohm")
        if out is not None:
            if out.suffix == ".nc":
                found.to_netcdf(out, engine="h5netcdf")
            else:
                found.drop_dims("x").to_dataframe().to_csv(out)
            print(f"Table in {out}")
