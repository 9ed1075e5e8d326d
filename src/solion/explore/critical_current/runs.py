"""Runs of a film under a step of current: when each end changes phase, for one current, many, or a map over fillings.

A run raises the current to its plateau in a short time, holds it, and ends as soon as both ends have changed phase. Runs
of one device and resolution differ in numbers alone, so they share one compiled program, and run in threads on every core.
In space an end has changed phase where it first has anywhere, and a run ends once the end that fills has: what follows is no
longer the threshold's affair, and takes the longest. A start without a seed says nothing there, and is refused.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
import xarray as xr

from solion.base.backend import processors
from solion.base.errors import InputError
from solion.devices.film_memristor import SEEDED, FilmMemristor
from solion.devices.start import AbstractInitial
from solion.experiments.assembly import Model, assemble
from solion.experiments.recording import verdict
from solion.experiments.run_loop import checked, pace, run_loop, start_run
from solion.numerics.stepping.integrate import Status, Tolerance
from solion.protocols.steps import hold, ramp

RISE = 0.01  # tau_D that the current takes to its plateau; assumed, short beside every switching time of interest
CONTACTS = ("top", "bottom")
CELLS, CELLS_IN_SPACE = 200, 72  # across the film; 72 give switching times within 3 %


class StepRun(NamedTuple):
    """One run: its current in i_D, when each end changed phase, in tau_D (nan where it never did), and how it ended.

    ``status`` is ``finished`` (both ends switched, or the plateau was over), ``depleted``, ``saturated`` or ``failed``.
    """

    current: float
    top: float
    bottom: float
    status: str

    @property
    def first(self) -> float:
        """When partial polarization comes, tau_D; nan where it does not."""
        return float(np.fmin(self.top, self.bottom))

    @property
    def polarization(self) -> str:
        """``none``, ``partial`` or ``full``."""
        return ("none", "partial", "full")[int(np.isfinite(self.top)) + int(np.isfinite(self.bottom))]


class StepRuns:
    """All runs of one device under a step of current of any size, from any start profile."""

    def __init__(
        self, device: FilmMemristor, plateau: float, cells: int | None, tolerance: Tolerance | None = None, rise: float = RISE
    ):
        if not isinstance(device, FilmMemristor):
            raise InputError(f"threshold: device = {type(device).__name__} is not a FilmMemristor.")
        cells = (CELLS_IN_SPACE if device.extent.resolved else CELLS) if cells is None else cells
        if isinstance(cells, bool) or not isinstance(cells, (int, np.integer)) or not 16 <= cells <= 5000:
            raise InputError(f"threshold: cells = {cells!r} is outside its allowed range: a whole number in [16, 5000].")
        for name, value in (("plateau", plateau), ("rise", rise)):
            if not (np.isfinite(value) and value > 0):
                raise InputError(f"threshold: {name} = {value!r} tau_D is outside its allowed range (0, inf) tau_D.")
        self.device, self.plateau, self.cells, self.rise = device, float(plateau), int(cells), float(rise)
        self.tolerance = checked(tolerance or device.unless_given().tolerance)
        self._models = {sign: self._assemble(sign) for sign in (1.0, -1.0)}

    def profile(self, initial: AbstractInitial | None, device: FilmMemristor | None = None) -> np.ndarray:
        """The start: ``initial``, or that of the device unless given; refuses one that leaves it to round-off what grows."""
        device = self.device if device is None else device
        profile = np.asarray(device.profile(device.unless_given().initial if initial is None else initial, self.cells), float)
        across = profile.reshape(self.cells, -1)
        if device.extent.resolved and device.alike and np.max(np.ptp(across, axis=1)) < SEEDED:
            raise InputError(
                "threshold: initial is the same everywhere across the film, and so is everything in it: whether it switches is"
                " then left to round-off. Start it with Wavy(...) or Rough(...)."
            )
        return profile

    def _assemble(self, sign: float) -> Model:
        """A run at one i_D: rise, hold until the top has switched, hold until the bottom has; either may come first."""
        scales = self.device.scales()
        value, plateau = sign * scales.current, self.plateau * scales.time
        level = self.device.switching_level
        emptied: Any = {"below": level}
        filled: Any = {"above": level}
        top, bottom = (emptied, filled) if sign > 0 else (filled, emptied)
        held = hold(current=value, duration=plateau, samples=1)
        rise = ramp(current=(0.0, value), duration=self.rise * scales.time, samples=1)
        if self.device.extent.resolved:
            ends = {"top": ("least" if sign > 0 else "greatest"), "bottom": ("greatest" if sign > 0 else "least")}
            watched = [f"{ends[contact]}_composition_{contact}" for contact in CONTACTS]
            protocol = rise.then(held.until(watched[1 if sign > 0 else 0], end_run=True, **filled))
        else:
            watched = [f"composition_{contact}" for contact in CONTACTS]
            protocol = rise.then(held.until(watched[0], **top)).then(held.until(watched[1], end_run=True, **bottom))
        return assemble(self.device, protocol, self.cells, dict.fromkeys(watched, level))

    def __call__(self, profile: np.ndarray, current: float) -> StepRun:
        """Run from ``profile`` (c/c_0 in each cell) at a current in i_D."""
        model = self._models[-1.0 if current < 0 else 1.0]
        drive = model.schedule.drive
        size = abs(float(current))
        schedule = model.schedule._replace(drive=drive._replace(start=drive.start * size, end=drive.end * size))
        model, over = model._replace(schedule=schedule), self.rise + self.plateau
        state, record = start_run(model, jnp.asarray(profile, float))
        state, record = run_loop(
            model, self.tolerance, state, record, attempts=pace(profile.size), done=lambda state: float(state.start) >= over
        )
        count = min(int(record.events), record.event.shape[0] - 1)
        which, time = np.asarray(record.event)[:count], np.asarray(record.event_time)[:count]
        first = [np.min(time[(which == k) & (time <= over)], initial=np.inf) for k in range(2)]
        top, bottom = (float(value) if np.isfinite(value) else np.nan for value in first)
        beyond = int(state.status) == Status.RUNNING  # the plateau is over, the last hold is not
        status = "finished" if beyond else verdict(model, state)[0]
        return StepRun(float(current), top, bottom, "finished" if status == "stopped" else status)


def switching_times(
    device: FilmMemristor,
    currents: Iterable[float],
    *,
    plateau: float = 80.0,
    cells: int | None = None,
    initial: AbstractInitial | None = None,
    tolerance: Tolerance | None = None,
    rise: float = RISE,
    workers: int | None = None,
) -> xr.Dataset:
    """Switching times of both ends of ``device`` over ``currents`` (i_D), each held for ``plateau`` tau_D.

    The dataset has ``tau_T`` and ``tau_B`` (tau_D from the start, nan where that end does not switch), ``polarization``
    (none, partial, full) and ``status`` (finished, depleted, saturated, failed) over ``current``. The current takes
    ``rise`` tau_D to its plateau. ``workers`` threads run at once, one for each core unless given.
    """
    return switching_map(
        device,
        [float(device.film.filling)],
        currents,
        plateau=plateau,
        cells=cells,
        initial=initial,
        tolerance=tolerance,
        rise=rise,
        workers=workers,
    ).isel(filling=0)


def switching_map(
    device: FilmMemristor,
    fillings: Iterable[float],
    currents: Iterable[float],
    *,
    plateau: float = 80.0,
    cells: int | None = None,
    initial: AbstractInitial | None = None,
    tolerance: Tolerance | None = None,
    rise: float = RISE,
    workers: int | None = None,
) -> xr.Dataset:
    """The same over mean compositions ``fillings`` of the film as well: variables over (filling, current)."""
    levels, steps = _numbers("fillings", fillings), _numbers("currents", currents)
    if np.any(steps == 0):
        raise InputError("threshold: currents holds 0, at which nothing switches; give currents above or below zero.")
    if workers is not None and (isinstance(workers, bool) or not isinstance(workers, int) or workers < 1):
        raise InputError(f"threshold: workers = {workers!r} is outside its allowed range: a whole number in [1, inf).")
    films = [dataclasses.replace(device, film=dataclasses.replace(device.film, filling=level)) for level in levels.tolist()]
    run = StepRuns(device, plateau, cells, tolerance, rise)
    profiles = [run.profile(initial, film) for film in films]
    cases = [(profile, current) for profile in profiles for current in steps.tolist()]
    with ThreadPoolExecutor(workers or processors()) as pool:
        runs = list(pool.map(lambda case: run(*case), cases))
    return _dataset(runs, levels, steps, run)


def _numbers(name: str, values) -> np.ndarray:
    try:
        numbers = np.asarray(list(values) if not isinstance(values, np.ndarray) else values, float)
    except (TypeError, ValueError):
        raise InputError(f"threshold: {name} = {values!r} is not a list of numbers.") from None
    if numbers.ndim != 1 or not numbers.size or not np.all(np.isfinite(numbers)):
        raise InputError(f"threshold: {name} needs a list of at least one number, all finite.")
    return numbers


def _dataset(runs: Sequence[StepRun], fillings: np.ndarray, currents: np.ndarray, run: StepRuns) -> xr.Dataset:
    shape, dims = (len(fillings), len(currents)), ("filling", "current")

    def over(values, meaning, unit=None):
        attributes = {"long_name": meaning} | ({} if unit is None else {"units": unit})
        return dims, np.array(values).reshape(shape), attributes

    scales = run.device.scales()
    return xr.Dataset(
        {
            "tau_T": over([r.top for r in runs], "time at which the top end changes phase", "tau_D"),
            "tau_B": over([r.bottom for r in runs], "time at which the bottom end changes phase", "tau_D"),
            "polarization": over([r.polarization for r in runs], "ends that changed phase: none, partial (one), full"),
            "status": over([r.status for r in runs], "how the run ended"),
        },
        {
            "filling": ("filling", fillings, {"units": "1", "long_name": "mean composition c_m"}),
            "current": ("current", currents, {"units": "i_D", "long_name": "current of the plateau"}),
        },
        {
            "plateau": run.plateau,
            "cells": run.cells,
            "rise": run.rise,
            "level": run.device.switching_level,
            "tau_D": float(scales.time),
            "i_D": float(scales.current_density),
            "sign_convention": run.device.sign_convention,
        },
    )
