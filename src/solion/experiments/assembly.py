"""From a device and a protocol in SI to a scaled system and schedule; knows no material, law or device by name."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer
from jaxtyping import Array

from solion.base.errors import InputError, nearest
from solion.base.parameters import as_arrays, without_sources
from solion.base.quantity import Quantity, having
from solion.base.scaling import Scales
from solion.devices.device import AbstractDevice, AbstractDeviceSystem, Guard
from solion.numerics.stepping.integrate import Schedule, Watch
from solion.protocols.drive import Drive
from solion.protocols.protocol import Protocol, Step, number


class Model(NamedTuple):
    """All that a run needs, scaled, and the names that lead back to the device."""

    system: AbstractDeviceSystem
    schedule: Schedule
    watch: Watch
    scales: Scales
    samples: int  # that a run takes at most
    steps: list[Step]  # of the protocol, each distinct one once
    kinds: np.ndarray  # which distinct step of the protocol each segment is
    guarded: frozenset[tuple[int, int, str]]  # (kind of step, monitor, side) of the limits that are the device's own
    watched: tuple[tuple[str, float], ...]


def assemble(device: AbstractDevice, protocol: Protocol, cells: int, watch: dict[str, float]) -> Model:
    """Scale ``protocol`` to ``device`` and list the levels to watch (name of a monitored quantity to its value in SI)."""
    scales = jax.tree.map(_plain, device.scales())
    system = as_arrays(without_sources(device).system(cells))
    check_declarations(device, system)
    steps, kinds = protocol.distinct
    schedule, guarded = _schedule(device, system, steps, kinds, scales)
    places = [_monitor("watch", name, system) for name in watch]
    for place, (name, level) in zip(places, watch.items(), strict=True):
        number(f"watch: level of {name!r}", level, system.monitored[place].unit)
    levels = [value / _scale(scales, system.monitored[m]) for m, value in zip(places, watch.values(), strict=True)]
    more = roomy(len(levels), LEVELS) - len(levels)
    monitors, levels = _array([*places, *[0] * more], int), _array([*levels, *[NEVER] * more])
    taken = np.array([step.samples for step in steps], int)[kinds].sum()
    return Model(
        system,
        schedule,
        Watch(*(jax.device_put(row) if isinstance(row, np.ndarray) else row for row in (monitors, levels))),
        scales,
        int(taken) + 2 * len(kinds),
        steps,
        kinds,
        guarded,
        tuple(watch.items()),
    )


def check_declarations(device: AbstractDevice, system: AbstractDeviceSystem) -> None:
    """Refuse, by name, a device that does not declare what a run needs of it."""
    owner, observables = type(system).__name__, system.observables
    if not device.terminals:
        raise InputError(f"{type(device).__name__} declares no terminals, so that nothing can drive it.")
    for terminal in device.terminals:
        for kind in ("voltage", "current"):
            found = having(observables, role="terminal", kind=kind, place=terminal)
            if len(found) != 1:
                raise InputError(
                    f"{owner}: its observables need one {kind} of the terminal {terminal!r} (a Quantity of kind {kind!r}, role "
                    f"'terminal' and place {terminal!r}); it declares {len(found)}."
                )
    for role, kinds in NEEDED.items():
        for kind in kinds:
            if not any(item.role == role and (kind == "any" or item.kind == kind) for item in observables):
                of = "" if kind == "any" else f" and kind {kind!r}"
                raise InputError(
                    f"{owner}: its observables hold no Quantity of role {role!r}{of}, which the ledger of a run needs."
                )
    names = {item.name for item in observables}
    for item in observables:
        if item.integral_of and item.integral_of not in names:
            raise InputError(f"{owner}: {item.name} is to be the integral of {item.integral_of!r}, which is not declared.")
    for name in system.guards:
        _monitor(f"{owner}.guards", name, system)


REACHED = 1e-9  # of a limit, within which it is met by a step that goes to it
SEGMENTS, LEVELS = 64, 4  # room that every run has: most protocols share one compilation
NEVER = 1e300  # level of a watch that is not there: no monitor comes near it
NEEDED = {"inventory": ("any",), "work": ("power",), "loss": ("power",), "stored": ("energy", "power")}


def terminal(observables: Sequence[Quantity], kind: str, place: str) -> str:
    """Name of the voltage or current of a terminal."""
    return having(observables, role="terminal", kind=kind, place=place)[0].name


def _monitor(where: str, name: str, system: AbstractDeviceSystem) -> int:
    """The place of a monitored quantity."""
    names = [item.name for item in system.monitored]
    if name not in names:
        raise InputError(f"{where}: quantity {name!r} is unknown{nearest(name, names)}; known: {', '.join(names)}.")
    return names.index(name)


def _scale(scales: Scales, quantity: Quantity):
    return _plain(scales.of(quantity.kind))


def _schedule(device, system, steps: list[Step], kinds: np.ndarray, scales: Scales) -> tuple[Schedule, frozenset]:
    if not steps:
        raise InputError("protocol: it has no steps; join at least one.")
    terminals, count = device.terminals, len(system.monitored)
    shape = (len(steps), len(terminals))
    undriven = dict(
        voltage_weight=0.0,
        current_weight=1.0,
        start=0.0,
        end=0.0,
        duration=1.0,
        voltage_compliance=np.inf,
        current_compliance=np.inf,
    )
    idle = {name: float(value) / scales.voltage for name, value in device.idle().items()}
    resting = [_held(undriven, idle[name]) if name in idle else undriven for name in terminals]
    drives = [[dict(entry) for entry in resting] for _ in steps]
    low = np.full((shape[0], count), -np.inf).tolist()
    high = np.full((shape[0], count), np.inf).tolist()
    final = np.zeros((shape[0], count), int)
    guarded, guards = set(), _plain_guards(system)
    for k, step in enumerate(steps):
        for name, voltage in step.held:
            place = _place(name, terminals)
            drives[k][place] = _held(undriven, voltage / scales.voltage)
        driven = 0 if step.terminal is None else _place(step.terminal, terminals)
        source = scales.current if step.mode == "current" else scales.voltage
        drives[k][driven] = dict(
            voltage_weight=step.voltage_weight,
            start=step.start / source,
            end=step.end / source,
            current_weight=1.0 if step.mode == "current" else step.current_weight / scales.resistance,
            duration=step.duration / scales.time,
            voltage_compliance=step.voltage_compliance / scales.voltage,
            current_compliance=step.current_compliance / scales.current,
        )
        for stop in step.stops:
            m = _monitor("protocol: stop", stop.quantity, system)
            scale = _scale(scales, system.monitored[m])
            below, above = (
                _met(step, system.monitored[m].kind, getattr(stop, side), way) for side, way in (("below", -1), ("above", 1))
            )
            low[k][m], high[k][m], final[k, m] = below / scale, above / scale, int(stop.end_run)
        forced = step.mode == "current" and bool(np.isinf(step.voltage_compliance))
        way = _way(step) if forced else None
        guarded |= {(k, m, side) for m, side in _guard(system, guards, low[k], high[k], final[k], way)}
    column = functools.partial(_column, kinds=kinds)
    drive = Drive(**{name: column([[entry[name] for entry in row] for row in drives]) for name in undriven})
    durations = column([step.duration / scales.time for step in steps])
    samples = column([step.samples for step in steps], kind=int)
    return Schedule(durations, samples, drive, column(low), column(high), column(final, kind=int)), frozenset(guarded)


def _met(step: Step, kind: str | None, limit, way: int):
    """A limit of a step, a billionth nearer where the step itself goes to it or is held there: reached is met, whatever the
    last digit of a voltage that a compliance holds."""
    levels = {"voltage": [step.voltage_compliance], "current": [step.current_compliance]}.get(kind or "", [])
    levels += [step.end] if levels and step.mode == kind else []
    if isinstance(limit, Tracer) or any(isinstance(level, Tracer) for level in levels) or not np.isfinite(limit):
        return limit
    near = REACHED * abs(float(limit))
    return limit - way * near if any(abs(abs(float(level)) - abs(float(limit))) <= near for level in levels) else limit


def _held(undriven: dict, voltage) -> dict:
    """The drive of a terminal that is held at a scaled voltage."""
    return undriven | {"voltage_weight": 1.0, "current_weight": 0.0, "start": voltage, "end": voltage}


def _place(name: str, terminals: Sequence[str]) -> int:
    if name not in terminals:
        raise InputError(
            f"protocol: terminal {name!r} is unknown{nearest(name, terminals)}; this device has: {', '.join(terminals)}."
        )
    return terminals.index(name)


def _plain(value):
    """A number that is known, as Python's own: ten times as quick in the sums of a long protocol."""
    return value if isinstance(value, Tracer) else float(value)


def _plain_guards(system: AbstractDeviceSystem) -> dict[str, Guard]:
    return {
        name: guard._replace(capacity=_plain(guard.capacity), held=_plain(guard.held)) for name, guard in system.guards.items()
    }


def _array(rows, kind: type = float) -> Array | np.ndarray:
    """JAX's where a number in it is traced, otherwise NumPy's, which compiles nothing."""
    traced = any(isinstance(leaf, Tracer) for leaf in jax.tree.leaves(rows))
    return jnp.array(rows, kind) if traced else np.array(rows, kind)


def _column(rows, kinds: np.ndarray, kind: type = float) -> Array:
    """A row for each step of its kind, followed by rows of zeros: a segment of no duration ends the schedule."""
    table = _array(rows, kind)
    library = np if isinstance(table, np.ndarray) else jnp
    rest = np.zeros((roomy(len(kinds), SEGMENTS) - len(kinds), *table.shape[1:]), kind)
    whole = library.concatenate([table[kinds], rest])
    return jax.device_put(whole) if isinstance(whole, np.ndarray) else whole  # jnp.asarray would compile something


def roomy(count: int, least: int) -> int:
    """``least``, twice that, and so on: so that protocols of most lengths share one compilation."""
    return least * 2 ** max(math.ceil(math.log2(max(count, 1) / least)), 0)


def _way(step: Step) -> float:
    """Sign of a forced current; not a number where it changes or is not known."""
    if isinstance(step.start, Tracer) or isinstance(step.end, Tracer) or np.sign(step.start) != np.sign(step.end):
        return np.nan
    return float(np.sign(step.start))


def _guard(system, guards: Mapping[str, Guard], low, high, final, way: float | None):
    """End the run where a forced current (of sign ``way``) exhausts what carries it, or any drive overfills what no potential
    guards; a limit of the protocol's own goes before."""
    names = [item.name for item in system.monitored]
    for name, guard in guards.items():
        forced = way is not None
        capacity = guard.capacity if forced else guard.held
        either = not forced or guard.fills == 0 or np.isnan(way)
        fills = (isinstance(capacity, Tracer) or np.isfinite(capacity)) and (either or way == guard.fills)
        exhausts = forced and (either or way == -guard.fills)
        if not fills and not exhausts:
            continue
        m = names.index(name)
        if np.isinf(low[m]) and np.isinf(high[m]):
            final[m] = 1
        if exhausts and np.isinf(low[m]) and final[m]:
            low[m] = guard.margin
            yield m, "low"
        if fills and np.isinf(high[m]) and final[m]:
            high[m] = capacity - guard.margin
            yield m, "high"
