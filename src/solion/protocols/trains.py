"""Voltammetry, trains of steps and pulses, and waveforms from a file. SI units."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise
from os import PathLike

import numpy as np

from solion.base.errors import InputError
from solion.protocols.protocol import Protocol, Step, number, positive, whole_number
from solion.protocols.steps import given, hold, ramp
from solion.protocols.straight_lines import straight_lines
from solion.readers.series import points_of

_UNITS = {"voltage": "V", "current": "A"}


def cyclic_voltammetry(terminal: str | None = None, *, limits, rate, cycles: int = 1, start=0.0, samples: int = 200) -> Protocol:
    """Sweep the voltage from ``start`` up to the higher limit, down to the lower one and back, ``cycles`` times.

    Limits and start in V, rate in V/s; ``samples`` for each straight piece.
    """
    try:
        low, high = limits
    except TypeError:
        raise InputError(f"cyclic_voltammetry: limits = {limits!r} is not a pair (low, high).") from None
    for name, value in (("limits[0]", low), ("limits[1]", high), ("start", start)):
        number(f"cyclic_voltammetry: {name}", value, "V")
    if not low < high:
        raise InputError(f"cyclic_voltammetry: limits = ({low:g}, {high:g}) V are reversed; the lower one comes first.")
    if not low <= start <= high:
        raise InputError(f"cyclic_voltammetry: start = {start:g} V is outside its allowed range [{low:g}, {high:g}] V.")
    positive("cyclic_voltammetry: rate", rate, "V/s")
    corners = [corner for corner in ((start, high), (high, low), (low, start)) if corner[0] != corner[1]]
    once = sum_of(ramp(terminal, voltage=pair, rate=rate, samples=samples) for pair in corners)
    return once.repeat(whole_number("cyclic_voltammetry: cycles", cycles))


def step_train(terminal: str | None = None, *, voltage=None, current=None, duration, samples: int = 50) -> Protocol:
    """Hold each of several voltages (V) or currents (A) in turn, each for ``duration`` (s)."""
    values, a, _ = given("step_train", voltage, current)
    values = list(values) if isinstance(values, Iterable) else [values]
    if not values:
        raise InputError("step_train: the list of values is empty.")
    key = "voltage" if a else "current"
    return sum_of(hold(terminal, **{key: value}, duration=duration, samples=samples) for value in values)


def pulses(
    terminal: str | None = None,
    *,
    voltage=None,
    current=None,
    width,
    gap,
    count: int,
    read=None,
    read_width=None,
    open_gap: bool | None = None,
    samples: int = 20,
) -> Protocol:
    """``count`` pulses of a voltage (V) or current (A), each ``width`` long and followed by a ``gap`` at rest (s).

    With ``read`` (V) each gap ends with a read pulse of ``read_width`` (s; a tenth of the gap unless given). Between voltage
    pulses the terminal is held at zero volts, between current pulses it is open, unless ``open_gap`` says which.
    """
    value, a, b = given("pulses", voltage, current)
    number("pulses: value", value, "V or A")
    positive("pulses: width", width, "s")
    positive("pulses: gap", gap, "s")
    whole_number("pulses: count", count)
    whole_number("pulses: samples", samples)
    rest_time = gap
    reading: tuple[Step, ...] = ()
    if read is not None:
        number("pulses: read", read, "V")
        read_width = 0.1 * gap if read_width is None else positive("pulses: read_width", read_width, "s")
        if not read_width < gap:
            raise InputError(f"pulses: read_width = {read_width:g} s is outside its allowed range (0, {gap:g}) s, the gap.")
        rest_time = gap - read_width
        reading = (Step(read_width, read, read, terminal=terminal, label="read", samples=samples),)
    pulse = Step(width, value, value, a, b, terminal=terminal, label="pulse", samples=samples)
    is_open = a == 0.0 if open_gap is None else open_gap
    pause = Step(
        rest_time, 0.0, 0.0, 0.0 if is_open else 1.0, 1.0 if is_open else 0.0, terminal=terminal, label="gap", samples=samples
    )
    return Protocol((pulse, pause, *reading)).repeat(count)


def waveform(
    source: str | PathLike | Iterable[tuple[float, float]],
    terminal: str | None = None,
    *,
    quantity: str = "voltage",
    samples: int = 2,
    columns: str | None = None,
    begin: float = 0.0,
    straight: float = 0.0,
) -> Protocol:
    """Straight lines through (time, value) points, from a laboratory's file or from pairs.

    Times in s, rising; values in V or A. A step of the value is written as two points at the same time. The columns of a file
    are known by name and unit, or named by ``columns`` ("time=3 ms,voltage=4"); two columns without headings, and names without
    units, are in s and V (A). Rows without a number are refused. ``begin`` (s) is the time in the record at which the run
    begins: a first point at another time is refused, since it would be shifted. Points within ``straight`` (V or A) of the line
    between two others are taken to lie on it; without it a record whose voltage is noisy is a step for every row.
    """
    if quantity not in _UNITS:
        raise InputError(f"waveform: quantity = {quantity!r} is unknown; it is 'voltage' or 'current'.")
    points = (
        points_of(source, quantity, columns) if isinstance(source, (str, PathLike)) else [tuple(map(float, p)) for p in source]
    )
    name = f"waveform {source}" if isinstance(source, (str, PathLike)) else "waveform"
    if len(points) < 2:
        raise InputError(f"{name}: {len(points)} points are too few; at least two rows of time and value are needed.")
    if not straight >= 0:
        raise InputError(f"{name}: straight = {straight!r} is outside its allowed range [0, inf) {_UNITS[quantity]}.")
    a = 1.0 if quantity == "voltage" else 0.0
    for row, ((t0, v0), (t1, v1)) in enumerate(pairwise(points), start=2):
        for value in (t0, v0, t1, v1):
            if not math.isfinite(value):
                raise InputError(f"{name}: point {row} holds {value}, which is not finite.")
        if t1 < t0:
            raise InputError(f"{name}: time falls from {t0:g} s to {t1:g} s at point {row}; times must rise.")
    time, value = np.array(points, float).T
    lines = straight_lines(time, value, straight) if straight else pairwise(range(len(points)))
    steps = [
        Step(
            float(time[k] - time[j]),
            float(value[j]),
            float(value[k]),
            a,
            1.0 - a,
            terminal=terminal,
            label="waveform",
            samples=samples,
        )
        for j, k in lines
        if time[k] > time[j]
    ]
    if not steps:
        raise InputError(f"{name}: all points have the same time; times must rise.")
    if points[0][0] != begin:
        raise InputError(
            f"{name}: its first time is {points[0][0]:g} s, and the run begins at {begin:g} s; give begin={points[0][0]:g} to"
            " begin there, or a first point before it."
        )
    return Protocol(tuple(steps))


def sum_of(protocols: Iterable[Protocol]) -> Protocol:
    """All of them in order."""
    return Protocol(tuple(step for protocol in protocols for step in protocol.steps))
