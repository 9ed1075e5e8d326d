"""Hold, ramp, rest and open circuit: the steps from which every protocol is made. SI units."""

from __future__ import annotations

from solion.base.errors import InputError
from solion.protocols.protocol import Protocol, Step, number, positive, whole_number


def given(name: str, voltage, current):
    """(value, voltage weight, current weight) from exactly one of voltage and current."""
    if (voltage is None) == (current is None):
        raise InputError(f"{name}: give either voltage or current, and not both.")
    return (voltage, 1.0, 0.0) if current is None else (current, 0.0, 1.0)


def hold(terminal: str | None = None, *, voltage=None, current=None, duration, samples: int = 200) -> Protocol:
    """Hold a voltage (V) or a current (A, into the terminal) for a time (s)."""
    value, a, b = given("hold", voltage, current)
    number("hold: value", value, "V or A")
    step = Step(
        positive("hold: duration", duration, "s"),
        value,
        value,
        a,
        b,
        terminal=terminal,
        label="hold",
        samples=whole_number("hold: samples", samples),
    )
    return Protocol((step,))


def ramp(terminal: str | None = None, *, voltage=None, current=None, duration=None, rate=None, samples: int = 200) -> Protocol:
    """Ramp from one voltage (V) or current (A) to another, in a time (s) or at a rate (V/s or A/s)."""
    value, a, b = given("ramp", voltage, current)
    try:
        start, end = tuple(value)  # pyright: ignore[reportArgumentType]
    except (TypeError, ValueError):
        raise InputError(f"ramp: {value!r} is not a pair (from, to).") from None
    number("ramp: start", start, "V or A")
    number("ramp: end", end, "V or A")
    if (duration is None) == (rate is None):
        raise InputError("ramp: give either duration or rate, and not both.")
    if duration is None:
        duration = abs(end - start) / positive("ramp: rate", rate, "V/s or A/s")
    step = Step(
        positive("ramp: duration", duration, "s"),
        start,
        end,
        a,
        b,
        terminal=terminal,
        label="ramp",
        samples=whole_number("ramp: samples", samples),
    )
    return Protocol((step,))


def open_circuit(terminal: str | None = None, *, duration, samples: int = 200) -> Protocol:
    """No current for a time (s); the voltage is what the device makes it."""
    step = Step(
        positive("open_circuit: duration", duration, "s"),
        0.0,
        0.0,
        0.0,
        1.0,
        terminal=terminal,
        label="open circuit",
        samples=whole_number("open_circuit: samples", samples),
    )
    return Protocol((step,))


def rest(terminal: str | None = None, *, duration, voltage=0.0, samples: int = 200) -> Protocol:
    """Rest at a fixed voltage (V), zero unless given, for a time (s)."""
    number("rest: voltage", voltage, "V")
    step = Step(
        positive("rest: duration", duration, "s"),
        voltage,
        voltage,
        terminal=terminal,
        label="rest",
        samples=whole_number("rest: samples", samples),
    )
    return Protocol((step,))


def resistor(terminal: str | None = None, *, source_voltage, resistance, duration, samples: int = 200) -> Protocol:
    """Drive the terminal from a source voltage (V) through a resistor (ohm) for a time (s)."""
    number("resistor: source_voltage", source_voltage, "V")
    step = Step(
        positive("resistor: duration", duration, "s"),
        source_voltage,
        source_voltage,
        1.0,
        positive("resistor: resistance", resistance, "ohm"),
        terminal=terminal,
        label="resistor",
        samples=whole_number("resistor: samples", samples),
    )
    return Protocol((step,))
