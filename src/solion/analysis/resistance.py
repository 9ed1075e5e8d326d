"""Resistance of a device at a read voltage, on each branch on which the run passes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from solion.analysis.data import INSTANT, Data
from solion.analysis.step_curves import cubic, step_curves, zeros
from solion.base.errors import InputError


@dataclass(frozen=True)
class VoltagePassage:
    """One passage of the terminal voltage through the read voltage.

    ``time`` in s, ``current`` in A, ``resistance`` = V/i in ohm (infinite without a current), ``cycle`` of the protocol
    from 0. ``branch`` tells a ``rising`` from a ``falling`` voltage and a ``held`` one, which is read at its end.
    """

    cycle: int
    branch: str
    time: float
    current: float
    resistance: float


def readings(run: Any, voltage: float, cycle: int | None = None) -> list[VoltagePassage]:
    """Current and resistance each time the run passes a read voltage (V), by the run's own steps or, where it kept none, by
    straight lines between samples.

    ``cycle`` keeps those of one cycle. A jump of the voltage is no passage. Raises InputError for a read voltage of
    zero, at which V/i says nothing, and where the run never reaches it.
    """
    data = Data.of(run)
    rows = data.knots
    if rows is None:
        numbers = np.asarray(data.dataset["cycle"].values, int)
        rows = {"time": data.time, "voltage": data.terminal("voltage"), "current": data.terminal("current")}
    else:
        numbers = np.array([step["cycle"] for step in data.steps])[rows["segment"].astype(int)]
    time, applied, current = rows["time"], rows["voltage"], rows["current"]
    reach = np.ptp(applied) if applied.size else 0.0
    if voltage == 0 or not np.isfinite(voltage):
        raise InputError(f"readings: voltage = {voltage:g} V cannot be read; give a finite one other than 0 V.")
    excess = applied - voltage
    excess[np.abs(excess) <= 1e-9 * max(reach, abs(voltage))] = 0.0
    found = [*_crossed(excess, rows, voltage, numbers), *_held(excess, time, current, voltage, numbers)]
    found = sorted((r for r in found if cycle is None or r.cycle == cycle), key=lambda reading: reading.time)
    if not found:
        span = f"{applied.min():.4g} V to {applied.max():.4g} V" if applied.size else "no voltage"
        where = "" if cycle is None else f" in cycle {cycle}"
        raise InputError(f"readings: voltage = {voltage:.4g} V is never reached{where}; the run covers {span}.")
    return found


def on_off_ratio(run: Any, voltage: float, cycle: int | None = None) -> float:
    """Largest over smallest |i| among the branches on which the run passes a read voltage (V); at least 1.

    ``cycle`` keeps one cycle. Raises InputError where the run does not pass the voltage at least twice.
    """
    found = readings(run, voltage, cycle)
    if len(found) < 2:
        raise InputError(f"on_off_ratio: voltage = {voltage:.4g} V is passed only once; two branches are needed.")
    currents = np.abs([reading.current for reading in found])
    return float(currents.max() / currents.min()) if currents.min() > 0 else float("inf")


def read_pulses(run: Any) -> np.ndarray:
    """End of each read pulse: a structured array of ``pulse`` (from 1), ``time`` in s and ``conductance`` i/V in S."""
    data = Data.of(run)
    time, voltage, current, segments = data.time, data.terminal("voltage"), data.terminal("current"), data.segments
    rows = []
    for number, step in enumerate(data.steps):
        (inside,) = np.nonzero(segments == number)
        if step["label"] == "read" and inside.size and voltage[inside[-1]] != 0:
            last = inside[-1]
            rows.append((step["cycle"] + 1, time[last], current[last] / voltage[last]))
    return np.array(rows, dtype=[("pulse", int), ("time", float), ("conductance", float)])


def _reading(branch, time, current, voltage, cycle) -> VoltagePassage:
    resistance = voltage / current if current != 0 else np.inf
    return VoltagePassage(int(cycle), branch, float(time), float(current), float(resistance))


def _crossed(excess, rows, voltage, numbers):
    """Passages between two rows; a jump is none."""
    time, current = rows["time"], rows["current"]
    (at,) = np.nonzero((excess[:-1] * excess[1:] < 0) & (np.diff(time) > INSTANT * np.abs(time[1:])))
    share = excess[at] / (excess[at] - excess[at + 1])
    there = current[at] + share * (current[at + 1] - current[at])
    if "segment" in rows and at.size:
        inside = np.cumsum(np.diff(rows["segment"]) == 0) - 1  # which curve follows a row
        powers = step_curves(time, rows["segment"], np.column_stack([rows["voltage"], current])).powers[:, inside[at]]
        above = np.concatenate([powers[:1, :, 0] - voltage, powers[1:, :, 0]])
        share = zeros(above)
        there = cubic(share, powers[..., 1])
    here = time[at] + share * (time[at + 1] - time[at])
    for k, instant, flows in zip(at, here, there, strict=True):
        yield _reading("rising" if excess[k] < 0 else "falling", instant, flows, voltage, numbers[k + 1])


def _held(excess, time, current, voltage, numbers):
    """Passages on samples: a single one is a point of a ramp, several in a row a held voltage."""
    on = np.concatenate(([False], excess == 0, [False]))
    starts, ends = np.flatnonzero(~on[:-1] & on[1:]), np.flatnonzero(on[:-1] & ~on[1:]) - 1
    for a, b in zip(starts, ends, strict=True):
        slope = (excess[b + 1] if b + 1 < excess.size else 0) - (excess[a - 1] if a > 0 else 0)
        branch = "held" if time[b] - time[a] > INSTANT * abs(time[b]) else "rising" if slope > 0 else "falling"
        yield _reading(branch, time[b], current[b], voltage, numbers[b])
