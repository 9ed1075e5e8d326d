"""How far a compact model is from the device at full resolution, in four numbers, none of which alone is enough.

A jump that comes a thousandth of the run late is a few per cent of the largest current for an instant: so the difference is
judged in the square over the run, by the times of switching, and by where the run ends. What is compared is the conductance
that a read sees, else the current, or the voltage where a current is forced.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from solion.analysis.data import Data, plain
from solion.base.errors import InputError
from solion.devices.device import AbstractDevice
from solion.devices.start import AbstractInitial
from solion.experiments.transient import simulate
from solion.numerics.stepping.integrate import Tolerance
from solion.protocols.protocol import Protocol

CLOSE = Tolerance(1e-6, 1e-6)  # of both runs, so that their difference is that of the models
DENSE = 1000  # samples of each step
LEAST_SIGNAL = 1e-6  # of the largest; what is smaller has no logarithm worth comparing
GOOD = ("finished", "stopped")


@dataclasses.dataclass(frozen=True)
class Signal:
    """One curve of a run over time (s), what it is and its unit, and what else is compared: instants of switching (s) and
    contents at the end."""

    what: str
    unit: str
    time: np.ndarray
    value: np.ndarray
    events: Mapping[str, np.ndarray]
    final: Mapping[str, float]


@dataclasses.dataclass(frozen=True)
class Deviation:
    """A model against a reference over one protocol.

    ``relative``: square root of the integral of (a - b)^2 over that of b^2; ``logarithmic``: root mean square of log10|a/b| over
    time; ``switching``: largest difference of an instant of switching, as a part of the run, infinite where one of them
    switches and the other does not; ``final``: largest difference of a surface's content at the end.
    """

    protocol: str
    what: str
    relative: float
    logarithmic: float
    switching: float
    final: float
    cells: int
    reference: int
    events: int

    def sentence(self) -> str:
        """For a header."""
        times = f"{self.events} switching instants within {self.switching:.2g} of the run" if self.events else "no switching"
        square = f"{self.what} {self.relative:.2g} relative (L2), log10 {self.logarithmic:.2g} rms"
        against = f" (against {self.reference} cells)" if self.reference else ""
        end = f"final contents within {self.final:.2g}{against}"
        return f"{self.protocol}: {square}, {times}, {end}"


def signal_of(result: Any) -> Signal:
    """The curve of a run that is compared."""
    data = Data.of(result)
    first, voltage = data.first(role="terminal", kind="current"), data.first(role="terminal", kind="voltage")
    forced = all(step["mode"] == "current" for step in data.steps)
    seen = data.responses[0] if data.responses else voltage if forced else first
    time, value = data.time, plain(seen)
    knots = data.knots
    if knots is not None and not data.responses:
        kind = "voltage" if forced else "current"
        time, order = np.unique(np.concatenate([time, knots["time"]]), return_index=True)
        value = np.concatenate([value, knots[kind]])[order]
    else:
        time, order = np.unique(time, return_index=True)
        value = value[order]
    names = np.array([f"{name} {'up' if up else 'down'}" for name, up in zip(*_events(data), strict=True)])
    instants = plain(data.dataset["event_time"]) if "event_time" in data.dataset else np.zeros(0)
    events = {str(name): instants[names == name] for name in np.unique(names)}
    final = {str(item.name): float(item.values[-1]) for item in data.surfaces}
    what = str(seen.attrs.get("long_name", seen.name)).split(",")[0]
    return Signal(what, str(seen.attrs.get("units", "")), time, value, events, final)


def _events(data: Data):
    if "event_name" not in data.dataset:
        return [], []
    return data.dataset["event_name"].values, data.dataset["event_rising"].values


def deviation(one: Signal, reference: Signal, *, protocol: str = "", cells: int = 0, of: int = 0) -> Deviation:
    """How far ``one`` is from a ``reference`` over the same protocol."""
    time = np.union1d(one.time, reference.time)
    time = time[(time <= min(one.time[-1], reference.time[-1]))]
    a, b = np.interp(time, one.time, one.value), np.interp(time, reference.time, reference.value)
    size = np.sqrt(np.trapezoid(b**2, time)) or 1.0
    relative = float(np.sqrt(np.trapezoid((a - b) ** 2, time)) / size)
    some = np.minimum(abs(a), abs(b)) > LEAST_SIGNAL * np.max(abs(b))
    ratio = np.where(some, np.log10(np.where(some, abs(a), 1.0) / np.where(some, abs(b), 1.0)), 0.0)
    weight = np.where(some, np.gradient(time), 0.0)
    logarithmic = float(np.sqrt(np.sum(weight * ratio**2) / max(np.sum(weight), 1e-300)))
    switching, count = 0.0, 0
    for name in {*one.events, *reference.events}:
        mine, theirs = one.events.get(name, np.zeros(0)), reference.events.get(name, np.zeros(0))
        count += theirs.size
        late = np.inf if mine.size != theirs.size else float(np.max(abs(mine - theirs), initial=0.0)) / reference.time[-1]
        switching = max(switching, late)
    shared = one.final.keys() & reference.final.keys()
    final = max((abs(one.final[name] - reference.final[name]) for name in shared), default=0.0)
    return Deviation(protocol, reference.what, relative, logarithmic, switching, final, cells, of, count)


def followed(device: AbstractDevice, protocol: Protocol, cells: int, initial: AbstractInitial | None, what: str) -> Signal:
    """The curve of a device at a resolution. Raises InputError where the run does not end well."""
    dense = Protocol(tuple(dataclasses.replace(step, samples=max(step.samples, samples_of(protocol))) for step in protocol.steps))
    result = simulate(device, dense, cells=cells, initial=initial, tolerance=CLOSE)
    if result.status not in GOOD:
        raise InputError(
            f"export: the {what} with {cells} cells does not run through the protocol ({result.status}): {result.message} No"
            " error can be measured on it; take a protocol that the device follows."
        )
    return signal_of(result)


def samples_of(protocol: Protocol) -> int:
    """Samples of each step: fewer where there are many steps."""
    return int(np.clip(20 * DENSE // len(protocol.steps), 2, DENSE))


def second_protocol(protocol: Protocol, longer: float = 1.25, larger: float = 0.8) -> Protocol:
    """Another protocol of the same kind, on which nothing was chosen: unless given, slower by 1.25, sources smaller by as much,
    the same charge.
    """
    return Protocol(
        tuple(
            dataclasses.replace(step, duration=longer * step.duration, start=larger * step.start, end=larger * step.end)
            for step in protocol.steps
        )
    )
