"""From a device and a protocol in SI to a scaled system and schedule; knows no material, law or device by name."""

from __future__ import annotations

import functools
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer
from jaxtyping import Array

from solion.base.errors import InputError, nearest
from solion.base.parameters import as_arrays, without_sources
from solion.base.scaling import Scales
from solion.devices.device import AbstractDevice, AbstractDeviceSystem
from solion.numerics.stepping.integrate import Schedule, Watch
from solion.protocols.drive import Drive
from solion.protocols.protocol import Protocol, Step


class Model(NamedTuple):
    """All that a run needs, scaled, and the names that lead back to the device."""

    system: AbstractDeviceSystem
    schedule: Schedule
    watch: Watch
    scales: Scales
    samples: int
    steps: list[Step]  # of the protocol, each distinct one once
    kinds: np.ndarray  # which distinct step of the protocol each segment is
    guarded: frozenset[tuple[int, int, str]]  # (kind of step, monitor, side) of the limits that are the device's own
    watched: tuple[tuple[str, float], ...]


def assemble(device: AbstractDevice, protocol: Protocol, cells: int, watch: dict[str, float]) -> Model:
    """Scale ``protocol`` to ``device`` and list the levels to watch (monitor name to value, SI)."""
    scales = jax.tree.map(_plain, device.scales())
    system = as_arrays(without_sources(device).system(cells))
    names = system.monitor_names
    steps, kinds = protocol.distinct
    schedule, guarded = _schedule(device, system, steps, kinds, scales)
    for name in watch:
        if name not in names:
            raise InputError(f"watch: quantity {name!r} is unknown{nearest(name, names)}; known: {', '.join(names)}.")
    levels = [value / _scale(scales, name) for name, value in watch.items()]
    monitors = jnp.asarray(_array([names.index(name) for name in watch], int))
    taken = np.array([step.samples for step in steps], int)[kinds].sum()
    samples = _roomy(int(taken) + 2 * len(kinds))
    return Model(
        system, schedule, Watch(monitors, jnp.asarray(_array(levels))), scales, samples, steps, kinds, guarded,
        tuple(watch.items()),
    )  # fmt: skip


def _scale(scales: Scales, monitor: str):
    kinds = {"voltage": scales.voltage, "current": scales.current, "conductance": scales.conductance}
    return kinds.get(monitor, 1.0)


def _schedule(device, system, steps: list[Step], kinds: np.ndarray, scales: Scales) -> tuple[Schedule, frozenset]:
    if not steps:
        raise InputError("protocol: it has no steps; join at least one.")
    terminals, names = device.terminals, system.monitor_names
    shape = (len(steps), len(terminals))
    undriven = dict(voltage_weight=0.0, current_weight=1.0, start=0.0, end=0.0, duration=1.0,
                    voltage_compliance=np.inf, current_compliance=np.inf)  # fmt: skip
    drives = [[dict(undriven) for _ in terminals] for _ in steps]
    low = np.full((shape[0], len(names)), -np.inf).tolist()
    high = np.full((shape[0], len(names)), np.inf).tolist()
    final = np.zeros((shape[0], len(names)), int)
    guarded, capacity = set(), _plain(system.capacity)
    for k, step in enumerate(steps):
        terminal = terminals[0] if step.terminal is None else step.terminal
        if terminal not in terminals:
            raise InputError(
                f"protocol: terminal {terminal!r} is unknown{nearest(terminal, terminals)}; "
                f"this device has: {', '.join(terminals)}."
            )
        source = scales.current if step.mode == "current" else scales.voltage
        drives[k][terminals.index(terminal)] = dict(
            voltage_weight=step.voltage_weight, start=step.start / source, end=step.end / source,
            current_weight=1.0 if step.mode == "current" else step.current_weight / scales.resistance,
            duration=step.duration / scales.time,
            voltage_compliance=step.voltage_compliance / scales.voltage,
            current_compliance=step.current_compliance / scales.current,
        )  # fmt: skip
        for stop in step.stops:
            if stop.quantity not in names:
                raise InputError(
                    f"protocol: stop quantity {stop.quantity!r} is unknown{nearest(stop.quantity, names)}; "
                    f"known: {', '.join(names)}."
                )
            m, scale = names.index(stop.quantity), _scale(scales, stop.quantity)
            low[k][m], high[k][m], final[k, m] = stop.below / scale, stop.above / scale, int(stop.end_run)
        forced = step.mode == "current" and bool(np.isinf(step.voltage_compliance))
        guarded |= {(k, m, side) for m, side in _guard(system, capacity, low[k], high[k], final[k], forced)}
    column = functools.partial(_column, kinds=kinds)
    drive = Drive(**{name: column([[entry[name] for entry in row] for row in drives]) for name in undriven})
    durations = column([step.duration / scales.time for step in steps])
    samples = column([step.samples for step in steps], kind=int)
    return Schedule(durations, samples, drive, column(low), column(high), column(final, kind=int)), frozenset(guarded)


def _plain(value):
    """A number that is known, as Python's own: ten times as quick in the sums of a long protocol."""
    return value if isinstance(value, Tracer) else float(value)


def _array(rows, kind: type = float) -> Array | np.ndarray:
    """JAX's where a number in it is traced, otherwise NumPy's, which compiles nothing."""
    traced = any(isinstance(leaf, Tracer) for leaf in jax.tree.leaves(rows))
    return jnp.array(rows, kind) if traced else np.array(rows, kind)


def _column(rows, kinds: np.ndarray, kind: type = float) -> Array:
    """A row for each step of its kind, followed by rows of zeros: a segment of no duration ends the schedule."""
    table = _array(rows, kind)
    library = np if isinstance(table, np.ndarray) else jnp
    rest = np.zeros((_roomy(len(kinds)) - len(kinds), *table.shape[1:]), kind)
    return jnp.asarray(library.concatenate([table[kinds], rest]))


def _roomy(count: int) -> int:
    """The next of 1, 2, 3, 4, 6, 8, 12, 16, 24 ..., so that protocols of nearly equal length share one compilation."""
    power = 2 ** max(count - 1, 1).bit_length()
    return next(size for size in (count if count < 3 else 0, power // 2, 3 * power // 4, power) if size >= count)


def _guard(system, capacity, low, high, final, forced: bool):
    """End the run where a forced current exhausts what carries it, or any drive overfills what no potential guards; a limit
    of the protocol's own goes before."""
    for name, guard in system.guards.items():
        if not forced and name not in system.overflowing:
            continue
        m = system.monitor_names.index(name)
        if np.isinf(low[m]) and np.isinf(high[m]):
            final[m] = 1
        if forced and np.isinf(low[m]) and final[m]:
            low[m] = guard.margin
            yield m, "low"
        if guard.fills and np.isinf(high[m]) and final[m]:
            high[m] = capacity - guard.margin
            yield m, "high"
