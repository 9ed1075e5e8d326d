"""A protocol: the sequence of steps that an instrument applies to a device's terminals. SI units throughout."""

from __future__ import annotations

import dataclasses
from typing import Any

import equinox as eqx
import numpy as np
from jax.core import Tracer

from solion.base.errors import InputError


class Stop(eqx.Module):
    """End of a step before its time: when a monitored quantity (by its label) goes above or below a value.

    ``end_run`` ends the whole run rather than the step. Voltages are in V, currents in A, compositions in c/c_0.
    """

    quantity: str = eqx.field(static=True)
    above: Any = np.inf
    below: Any = -np.inf
    end_run: bool = eqx.field(static=True, default=False)


class Step(eqx.Module):
    """One segment in which a V + b I of a terminal runs in a straight line from ``start`` to ``end``.

    (a, b) = (1, 0): voltage in V; (0, 1): current in A; (1, R): source voltage behind R in ohm. ``cycle`` counts the
    repetitions it belongs to, ``label`` says what it is for. ``held``: voltages (V) of other terminals meanwhile.
    """

    duration: Any
    start: Any
    end: Any
    voltage_weight: Any = 1.0
    current_weight: Any = 0.0
    voltage_compliance: Any = np.inf
    current_compliance: Any = np.inf
    terminal: str | None = eqx.field(static=True, default=None)
    label: str = eqx.field(static=True, default="step")
    cycle: int = eqx.field(static=True, default=0)
    samples: int = eqx.field(static=True, default=200)
    stops: tuple[Stop, ...] = ()
    held: tuple[tuple[str, Any], ...] = ()

    @property
    def mode(self) -> str:
        """What is given: ``voltage``, ``current`` or ``resistor``."""
        if self.current_weight == 0:
            return "voltage"
        return "current" if self.voltage_weight == 0 else "resistor"

    @property
    def rests(self) -> bool:
        """Whether nothing is asked of the terminal: no current, or no voltage."""
        return self.mode != "resistor" and _zero(self.start) and _zero(self.end)


MOST_STEPS = 500_000  # of a protocol: some 20 s to lay them out, and a step of the device each at least
CYCLE = [field.name for field in dataclasses.fields(Step)].index("cycle")


def _in_cycle(step: Step, cycle: int) -> Step:
    """The same step in another cycle, copied without the checks of a new one: protocols of 1e5 steps are common."""
    copied = object.__new__(Step)
    for name, value in vars(step).items():
        object.__setattr__(copied, name, value)
    object.__setattr__(copied, "cycle", cycle)
    return copied


class Protocol(eqx.Module):
    """Steps in order. Protocols are joined by ``a.then(b)`` or ``a + b`` and repeated by ``3 * a``."""

    steps: tuple[Step, ...]

    def _repr_html_(self) -> str:
        """For a notebook: what is given against time, and how many steps there are."""
        from solion.base.html_table import headed
        from solion.protocols.sketch import sketch

        line = f"{len(self.steps)} steps, {float(self.duration):.6g} s"
        return headed("Protocol", line, f"<br>{sketch(self.steps)}" if self.steps else "")

    @property
    def distinct(self) -> tuple[list[Step], np.ndarray]:
        """The steps that differ in more than their cycle, and for each step of the protocol which of them it is."""
        known: dict[tuple, int] = {}
        steps, kinds = [], np.empty(len(self.steps), int)
        for k, step in enumerate(self.steps):
            key = tuple(
                [  # what cannot be compared is equal to itself
                    value if isinstance(value, (int, float, str)) else id(value) for value in vars(step).values()
                ]
            )
            key = key[:CYCLE] + key[CYCLE + 1 :]
            kinds[k] = known.setdefault(key, len(known))
            if len(steps) < len(known):
                steps.append(step)
        return steps, kinds

    @property
    def duration(self):
        """Time that all steps take where none ends early, s."""
        return sum(step.duration for step in self.steps)

    def then(self, other: Protocol) -> Protocol:
        """This protocol, then the other."""
        return Protocol(self.steps + other.steps)

    __add__ = then

    def __rmul__(self, count: int) -> Protocol:
        count = whole_number("protocol: count of repetitions", count)
        if count * len(self.steps) > MOST_STEPS:
            raise InputError(
                f"protocol: {count} times {len(self.steps)} steps are more than {MOST_STEPS}, which a run takes one by one; "
                "repeat it less often, or apply the map of one pulse so often (solion.compact.pulse_map, synapse-scaling.md)."
            )
        cycles = 1 + max(step.cycle for step in self.steps)
        return Protocol(tuple(_in_cycle(step, step.cycle + k * cycles) for k in range(count) for step in self.steps))

    __mul__ = __rmul__

    def repeat(self, count: int) -> Protocol:
        """``count`` times in a row."""
        return count * self

    def with_compliance(self, *, voltage=np.inf, current=np.inf) -> Protocol:
        """The same with |V| (in V) and |I| (in A) held at these limits where a step would exceed them."""
        positive("with_compliance: voltage", voltage, "V", finite=False)
        positive("with_compliance: current", current, "A", finite=False)
        return Protocol(
            tuple(dataclasses.replace(step, voltage_compliance=voltage, current_compliance=current) for step in self.steps)
        )

    def holding(self, terminal: str, voltage) -> Protocol:
        """The same with another terminal held at a voltage (V) throughout, beside the one that each step drives."""
        number(f"holding: voltage of {terminal!r}", voltage, "V")
        pair = (terminal, voltage)
        return Protocol(tuple(_holding(step, pair) for step in self.steps))

    def reading(self, terminal: str, *, bias, window) -> Protocol:
        """The same with ``terminal`` read at ``bias`` (V) during the last ``window`` (s) of each rest, and at 0 V otherwise.

        A rest is a step without current, or at 0 V. One that is not longer than the window is read from its start. The part
        that is read is labelled ``read``. Raises :class:`InputError` where the protocol has no rest.
        """
        number("reading: bias", bias, "V")
        positive("reading: window", window, "s")
        on, off = (terminal, bias), (terminal, 0.0)
        steps: list[Step] = []
        for step in self.steps:
            if not step.rests:
                steps.append(_holding(step, off))
                continue
            before = step.duration - window
            if before > 0:
                steps.append(dataclasses.replace(_holding(step, off), duration=before))
            length = window if before > 0 else step.duration
            steps.append(dataclasses.replace(_holding(step, on), duration=length, label="read"))
        if not any(step.rests for step in self.steps):
            raise InputError("reading: the protocol has no rest to read in; add one, as the gap of pulses or open_circuit(...).")
        return Protocol(tuple(steps))

    def until(self, quantity: str, *, above=np.inf, below=-np.inf, end_run: bool = False) -> Protocol:
        """The same with each step ended as soon as ``quantity`` is above or below a value (see :class:`Stop`)."""
        number(f"until: above, of {quantity!r},", above, "SI units", finite=False)
        number(f"until: below, of {quantity!r},", below, "SI units", finite=False)
        if _known(above) and _known(below) and not (np.isfinite(float(above)) or np.isfinite(float(below))):
            raise InputError(f"until: give above or below, the level of {quantity!r} at which the step ends.")
        stop = Stop(quantity, above, below, end_run)
        return Protocol(tuple(dataclasses.replace(step, stops=(*step.stops, stop)) for step in self.steps))


def _holding(step: Step, pair: tuple[str, Any]) -> Step:
    others = tuple(entry for entry in step.held if entry[0] != pair[0])
    return dataclasses.replace(step, held=(*others, pair))


def _zero(value) -> bool:
    return _known(value) and float(value) == 0


def _known(value) -> bool:
    """Whether a number can be looked at (it cannot inside a traced or differentiated function)."""
    return not isinstance(value, Tracer)


def number(name: str, value, unit: str, *, finite: bool = True):
    """``value`` if it is a number; otherwise a refusal that names it."""
    if not _known(value):
        return value
    try:
        if isinstance(value, (str, bytes, bool, np.bool_)):
            raise TypeError
        plain = float(value)
    except (TypeError, ValueError):
        raise InputError(f"{name} = {value!r} is not a number; give it in {unit}.") from None
    if np.isnan(plain) or (finite and np.isinf(plain)):
        raise InputError(f"{name} = {plain:g} is not finite; give it in {unit}.")
    return value


def positive(name: str, value, unit: str, *, finite: bool = True):
    """``value`` if it is a number above zero; otherwise a refusal that names it."""
    number(name, value, unit, finite=finite)
    if _known(value) and not value > 0:
        raise InputError(f"{name} = {float(value):g} {unit} is outside its allowed range (0, inf) {unit}.")
    return value


def whole_number(name: str, value: int, low: int = 1) -> int:
    """``value`` if it is a whole number of at least ``low``."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < low:
        raise InputError(f"{name} = {value!r} is outside its allowed range: a whole number in [{low}, inf).")
    return int(value)


def step_values(step: Step) -> dict[str, Any]:
    """A step as plain data, for the description of a run; None where there is no compliance."""
    plain = {name: getattr(step, name) for name in ("label", "terminal", "mode", "cycle")}
    numbers = {name: float(getattr(step, name)) for name in ("start", "end", "duration")}
    limits = {name: float(getattr(step, name)) for name in ("voltage_compliance", "current_compliance")}
    return plain | numbers | {name: value if np.isfinite(value) else None for name, value in limits.items()}
