"""Levels of a film against pulses: which resistances it rests at after each of a train of pulses, and in which phases.

Each pulse of current is followed by a rest, after which the resistance for small signals and the phase at each contact are read.
How many levels there are depends less on the stages of the material than on whether their plateaus coincide (else the third
phase goes: :func:`solion.thermodynamics.stage_life`) and on the exchange currents of the contacts beside the series resistance.
"""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from solion.analysis.state_resistance import frozen_resistance
from solion.base.errors import InputError, RunError
from solion.devices.film_memristor import FilmMemristor
from solion.devices.start import AbstractInitial
from solion.experiments.transient import simulate
from solion.protocols import Protocol, hold
from solion.thermodynamics import phase_diagram

REST = 10.0  # tau_D


def pulse_levels(
    device: FilmMemristor,
    currents: ArrayLike,
    width: float,
    *,
    rest: float | None = None,
    cells: int = 200,
    initial: AbstractInitial | None = None,
) -> xr.Dataset:
    """What a film rests at after each pulse of ``currents`` (A) and ``width`` (s), and a ``rest`` (s; 10 tau_D unless given).

    Against ``pulse``: ``resistance`` for small signals after the rest and ``resistance_at_once`` after the pulse (ohm), which
    tell what is volatile; ``profile`` across ``x`` (m) at rest; ``composition_top`` and ``composition_bottom``; ``phase_top`` and
    ``phase_bottom``, 0 the ion-poorest of the stable phases; ``state``, both as letters, A the ion-poorest. Good values: currents
    above the critical one, widths that move a part of a layer's ions. Raises :class:`InputError` for a material without two
    phases, a film in space, and what ``simulate`` refuses; :class:`RunError` where the run does not come to its end.
    """
    gaps = phase_diagram(device.film.solid).stages
    if not gaps:
        raise InputError(f"pulse_levels: {device.film.material.name} has one phase and so no levels that it rests at.")
    if device.extent.resolved:
        raise InputError("pulse_levels: a film in space rests in patterns, not in two phases; leave the extent out.")
    train = np.atleast_1d(np.asarray(currents, dtype=float))
    rest = REST * float(device.scales().time) if rest is None else rest
    still = hold(current=0.0, duration=rest, samples=1)
    pulses = [hold(current=float(current), duration=width, samples=1) + still for current in train]
    steps = tuple(step for pulse in pulses for step in pulse.steps)
    run = simulate(device, Protocol(steps), cells=cells, initial=initial)
    if run.status != "finished":
        raise RunError(f"pulse_levels: {run.message}")
    ends = (width + rest) * np.arange(1, train.size + 1)
    return _read(device, run.dataset, train, ends - rest, ends, [sum(gap.binodal) / 2 for gap in gaps])


def _read(device, data: xr.Dataset, currents, pulsed, rested, middles) -> xr.Dataset:
    """The table, from the samples at the ends of pulses and rests; ``middles`` of the gaps part the phases."""
    nearest = [np.abs(data["time"].values - np.asarray(times)[:, None]).argmin(axis=1) for times in (pulsed, rested)]
    at_once, at_rest = (data.isel(time=places) for places in nearest)  # of two samples at a jump the first
    values, words = {}, {"resistance": (at_rest, "after the rest"), "resistance_at_once": (at_once, "after the pulse")}
    for name, (samples, when) in words.items():
        found = [float(frozen_resistance(device, profile, 0.0).item()) for profile in samples["composition"].values]
        values[name] = ("pulse", found, {"units": "ohm", "long_name": f"resistance for small signals, {when}"})
    values["profile"] = (("pulse", "x"), at_rest["composition"].values, {"units": "1", "long_name": "composition at rest"})
    phases = []
    for end in ("top", "bottom"):
        content = at_rest[f"composition_{end}"].values
        values[f"composition_{end}"] = ("pulse", content, {"units": "1", "long_name": f"content at the {end} contact at rest"})
        phases.append(np.searchsorted(middles, content))
        meaning = {"units": "1", "long_name": f"phase at the {end} contact, 0 the ion-poorest"}
        values[f"phase_{end}"] = ("pulse", phases[-1], meaning)
    letters = [f"{chr(ord('A') + top)}{chr(ord('A') + bottom)}" for top, bottom in zip(*phases, strict=True)]
    values["state"] = ("pulse", letters, {"long_name": "phases at the top and the bottom contact, A the ion-poorest"})
    values["current"] = ("pulse", currents, {"units": "A", "long_name": "current of the pulse"})
    places = ("x", data["x"].values, {"units": "m", "long_name": "distance from the top"})
    return xr.Dataset(values, {"pulse": np.arange(1, currents.size + 1), "x": places})


def distinct_levels(levels: xr.Dataset, apart: float = 0.01) -> np.ndarray:
    """The different resistances (ohm) among those of :func:`pulse_levels`, ascending: means of neighbours closer than ``apart``,
    relative. Raises :class:`InputError` for a negative ``apart``."""
    if not apart >= 0:
        raise InputError(f"distinct_levels: apart = {apart!r} is outside its allowed range [0, inf).")
    values = np.sort(levels["resistance"].values)
    groups = np.split(values, np.flatnonzero(np.diff(values) > apart * values[:-1]) + 1)
    return np.array([group.mean() for group in groups])
