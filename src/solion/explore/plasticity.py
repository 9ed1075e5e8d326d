"""What neighbours and timing do to a weight: half-selected cells, pairs of pulses, and spikes before or after one another.

Each is a measurement on a device as it is given, resolved or compact: pulses of voltage at the gate, open circuit between
them. Their memory is that of the films: a gradient that a pulse leaves evens out at the rate pi^2 D/t_c^2, what leaks
returns with (r_e + rho_i + rho_ct) z F c_W t_c/(dU/dx).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

import numpy as np

from solion.analysis.data import Data, plain
from solion.analysis.metric import Metric
from solion.analysis.synaptic import disturb_ratio
from solion.base.errors import InputError, RunError
from solion.base.quantity import having
from solion.devices.device import AbstractDevice
from solion.experiments.transient import simulate
from solion.protocols import Protocol, hold, open_circuit

CELLS, SAMPLES = 24, 8
PARTS = (1.0, 1 / 2, 1 / 3)
LATE = 0.005, 0.15  # of the largest excess: in between, a decay is one exponential and not yet round-off


@dataclasses.dataclass(frozen=True)
class Disturb:
    """Change of conductance (S) by one pulse of each part of the voltage, read at the end of the wait after it."""

    voltage: float
    width: float
    changes: dict[float, float]

    def ratio(self, part: float) -> float:
        """|dG(V)|/|dG(part V)|: 1/part where currents follow voltages in proportion; at least 10 leaves neighbours alone."""
        return disturb_ratio(self.changes[1.0], self.changes[part])

    def metrics(self) -> list[Metric]:
        """Changes and ratios with their definitions."""
        rows = [_metric("selected_step", self.changes[1.0], "S", f"dG by one pulse of {self.voltage:g} V, {self.width:g} s")]
        for part in sorted((part for part in self.changes if part != 1.0), reverse=True):
            words = f"V/{1 / part:g}"
            rows += [
                _metric(f"disturb_{words[2:]}", self.changes[part], "S", f"dG of a cell that sees {words} instead of V"),
                _metric(f"disturb_ratio_{words[2:]}", self.ratio(part), "1", f"|dG(V)|/|dG({words})|; 10 or more is wanted"),
            ]
        return rows


@dataclasses.dataclass(frozen=True)
class PairPulse:
    """Two equal pulses, for each interval from the end of the first to the start of the second (s).

    ``first`` and ``second``: conductance at the end of a pulse less that just before it, S.
    """

    intervals: np.ndarray
    first: np.ndarray
    second: np.ndarray

    @property
    def ratio(self) -> np.ndarray:
        """A_2/A_1: above 1 facilitates, below 1 depresses."""
        return self.second / self.first

    @property
    def time_constant(self) -> float:
        """Time (s) with which the ratio approaches that of the longest interval; nan where it does not change."""
        return decay_time(self.intervals, self.ratio)

    def metrics(self) -> list[Metric]:
        """The shortest and longest interval, and the time between them, with their definitions."""
        meaning = "A_2/A_1 of two equal pulses, A the rise of G from just before a pulse to its end"
        return [
            _metric("pair_pulse_ratio", self.ratio[0], "1", f"{meaning}; {self.intervals[0]:g} s apart"),
            _metric("pair_pulse_ratio_late", self.ratio[-1], "1", f"{meaning}; {self.intervals[-1]:g} s apart"),
            _metric("pair_pulse_time", self.time_constant, "s", "time in which A_2/A_1 approaches its late value"),
        ]


@dataclasses.dataclass(frozen=True)
class TimingWindow:
    """Change of the settled conductance (S) by one spike of each side, for each delay (s), positive where pre comes first."""

    delays: np.ndarray
    change: np.ndarray

    def side(self, sign: int) -> tuple[np.ndarray, np.ndarray]:
        """(|delay|, change) of the delays of one sign, the shortest first."""
        chosen = self.delays * sign > 0
        order = np.argsort(np.abs(self.delays[chosen]))
        return np.abs(self.delays[chosen])[order], self.change[chosen][order]

    def time_constant(self, sign: int) -> float:
        """Time (s) with which one side approaches its value at the longest delay."""
        return decay_time(*self.side(sign))

    def metrics(self) -> list[Metric]:
        """Peak, late value and time of both sides with their definitions."""
        rows = []
        for sign, word in ((1, "before"), (-1, "after")):
            delay, change = self.side(sign)
            meaning = f"settled dG by one pre-spike (-V) and one post-spike (+V), pre {word} post"
            rows += [
                _metric(f"timing_{word}", change[0], "S", f"{meaning}, {delay[0]:g} s apart"),
                _metric(f"timing_{word}_late", change[-1], "S", f"{meaning}, {delay[-1]:g} s apart"),
                _metric(f"timing_{word}_time", self.time_constant(sign), "s", f"time in which it fades, pre {word} post"),
            ]
        return rows


def disturb(
    device: AbstractDevice, voltage: float, width: float, *, wait: float = 10.0, parts: Sequence[float] = PARTS, cells=CELLS
) -> Disturb:
    """Half-select disturb: one pulse of V, and of each part of V, on the device as given; read after ``wait`` s.

    In an array whose rows and columns share the voltage, a cell on one selected line sees V/2, or V/3. Raises InputError
    for a part outside (0, 1].
    """
    for part in parts:
        if not 0 < part <= 1:
            raise InputError(f"disturb: a part of the voltage is {part:g}, outside its allowed range (0, 1].")
    changes = {}
    for part in sorted({1.0, *parts}, reverse=True):
        protocol = _pulse(part * voltage, width) + _wait(wait, 3)
        start, *_, end = _edges(device, protocol, cells)
        changes[part] = float(end - start)
    return Disturb(voltage, width, changes)


def pair_pulse(
    device: AbstractDevice, voltage: float, width: float, intervals: Iterable[float], *, cells: int = CELLS
) -> PairPulse:
    """Pair-pulse facilitation: two equal pulses of ``voltage``, apart by each of the ``intervals`` (s) at open circuit."""
    intervals = _sorted("intervals", intervals)
    rows = []
    for interval in intervals:
        protocol = _pulse(voltage, width) + _wait(interval, 2) + _pulse(voltage, width)
        before, first, _, between, second = _edges(device, protocol, cells)
        rows.append((first - before, second - between))
    return PairPulse(intervals, *np.array(rows).T)


def timing_window(
    device: AbstractDevice, voltage: float, width: float, delays: Iterable[float], *, settle: float, cells: int = CELLS
) -> TimingWindow:
    """Spike-timing window: one pulse of -``voltage`` (pre) and one of +``voltage`` (post), in either order.

    Each of the positive ``delays`` (s, from the end of one to the start of the other, at open circuit) is run both ways;
    the change is read ``settle`` s after the second, which should be long against t_c^2/(pi^2 D) and short against the leak.
    """
    delays = _sorted("delays", delays)
    rows = []
    for first in (-voltage, voltage):
        for delay in delays:
            protocol = _pulse(first, width) + _wait(delay, 1) + _pulse(-first, width) + _wait(settle, 1)
            start, *_, end = _edges(device, protocol, cells)
            rows.append((delay if first == -voltage else -delay, end - start))
    found = np.array(sorted(rows))
    return TimingWindow(found[:, 0], found[:, 1])


def decay_time(times: np.ndarray, values: np.ndarray) -> float:
    """Time constant (s) of the late, single exponential of values that approach the last one; nan where fewer than three
    lie between 0.5 and 15 % of the largest distance from it, or where that is round-off."""
    excess = np.abs(values - values[-1])
    largest = excess.max(initial=0.0)
    if not largest > 1e-6 * np.max(np.abs(values)):
        return float("nan")
    late = (excess > LATE[0] * largest) & (excess < LATE[1] * largest)
    if late.sum() < 3:
        return float("nan")
    return float(-1 / np.polyfit(times[late], np.log(excess[late]), 1)[0])


def _pulse(voltage: float, width: float) -> Protocol:
    return hold(voltage=voltage, duration=width, samples=SAMPLES)


def _wait(duration: float, steps: int) -> Protocol:
    """Open circuit in so many steps that every protocol here has four and shares one compilation."""
    return open_circuit(duration=duration / steps, samples=SAMPLES).repeat(steps)


def _edges(device: AbstractDevice, protocol: Protocol, cells: int) -> np.ndarray:
    """Conductance at the start and at the end of each step, S."""
    if not having(device.system(cells).observables, role="response", kind="conductance"):
        raise InputError(
            f"{type(device).__name__} has no conductance between source and drain for pulses to change; give an ionic synapse."
        )
    result = simulate(device, protocol, cells=cells)
    if result.status != "finished":
        raise RunError(f"The pulses did not run to their end ({result.status}): {result.message}")
    data = Data.of(result)
    ends = np.searchsorted(data.segments, np.arange(len(protocol.steps)), side="right") - 1
    return plain(data.responses[0])[np.concatenate([[0], ends])]


def _sorted(name: str, times: Iterable[float]) -> np.ndarray:
    found = np.unique(np.asarray(list(times), float))
    if not found.size or not found[0] > 0:
        raise InputError(f"{name}: give one or more positive times in seconds; these are {found.tolist()}.")
    return found


def _metric(name: str, value: float, unit: str, meaning: str) -> Metric:
    return Metric(name, float(value), unit, float("nan"), meaning)
