"""From the record of a run in scaled numbers to a dataset in SI, with its status in words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from solion.base.parameters import table
from solion.base.quantity import UNITS, having
from solion.base.scaling import Scales
from solion.experiments.assembly import Model
from solion.experiments.cycle_numbers import cycle_numbers
from solion.experiments.field_store import FieldStore, field_variables
from solion.experiments.samples import Samples, distinct, samples_of
from solion.numerics import system as traced
from solion.numerics.stepping.integrate import State, Status, Tolerance
from solion.numerics.stepping.record import RunRecord
from solion.result.description import describe, row_values
from solion.result.field_files import with_fields
from solion.result.ledger import audit, judged
from solion.result.result import Result

if TYPE_CHECKING:
    import xarray as xr


IDLE = 1e-4  # of the scales of voltage and current
STILL = 1e-3  # scaled rate of all parts together, below which nothing moves that could be lost


def build_result(
    device: Any,
    protocol,
    model: Model,
    state: State,
    record: RunRecord,
    initial,
    cells: int,
    tolerance: Tolerance,
    elapsed: float,
    title: str,
    store: FieldStore | None = None,
) -> Result:
    """Turn a run's record into a dataset in SI; where fields went to a ``store``, they are those that lie there."""
    obeyed = _obeyed(model, state, record, 0 if store is None else len(store.samples.time))
    if store is None:
        samples = samples_of(model, obeyed)
        coords, fields = field_variables(model, samples.spatial)
        kept = distinct(model, samples.segment, samples.time)
        coords, fields = ({name: _chosen(entry, kept) for name, entry in part.items()} for part in (coords, fields))
    else:
        store.take(obeyed)
        samples, coords, fields = store.samples, store.still, {}
    dataset, leak, missed = build_dataset(protocol, model, record, samples, coords, fields)
    if store is not None:
        dataset = with_fields(dataset, store.path)
    events = dataset.sizes["event"]
    time_error = float(state.largest_error_sum) * max(float(tolerance.relative), float(tolerance.absolute))
    checks = audit(dataset, model.scales, leak, time_error, missed)
    if not model.system.method.estimates:
        del checks["time error"]  # of steps that know none
    status, message = judged(*verdict(model, state, _last_current(model, dataset)), checks)
    dataset.attrs["protocol"] = json.dumps(_described(model, protocol))
    warnings = [*device.warnings(dataset), *(text for region in device.regions(cells) for text in initial.notes(region))]
    if int(record.events) > events:
        warnings.append(f"only the first {events} of {int(record.events)} crossings of watched levels are kept.")
    if int(record.knots) >= record.ends.shape[0]:
        warnings.append(
            f"the run took more than {record.ends.shape[0] - 1} steps: extremes, areas and charges of its cycles are those of "
            "its samples; give its steps more of them, or run it in parts."
        )
    settings = {
        "cells": cells,
        "relative": float(tolerance.relative),
        "absolute": float(tolerance.absolute),
        "guard": float(tolerance.guard),
        "initial": repr(initial),
        "steps": int(state.steps),
        "rejected": int(state.rejected),
        "wall_seconds": elapsed,
    }
    dataset.attrs |= describe(
        title=title or type(device).__name__,
        device=type(device).__name__,
        experiment="transient",
        status=status,
        message=message,
        parameters=[row_values(row) for row in table(device)],
        scales={name: float(getattr(model.scales, name)) for name in SCALES},
        symbols=dict(model.scales.symbols),
        settings=settings,
        audit=checks,
        warnings=warnings,
        material=device.facts(),
        sign_convention=device.sign_convention,
    )
    return Result(dataset)


def build_dataset(
    protocol, model: Model, record: RunRecord, samples: Samples, places: dict[str, Any], fields: dict[str, Any]
) -> tuple[xr.Dataset, float, float]:
    """All samples and events in SI, each variable with its declaration as attributes; how fast, at the worst sample, the
    equations change what must stay, over the rate of its parts; and what the terminal misses of its drive (:func:`_missed`).

    ``places`` and ``fields`` are the coordinates of the cells and what is spread over them.
    """
    system, scales = model.system, model.scales
    most = np.maximum(np.max(samples.moving, axis=0), STILL)
    leak = float(np.max(np.max(np.abs(samples.leaking), axis=0) / most, initial=0.0))
    record = jax.tree.map(np.asarray, record)  # from here on nothing is compiled
    missed = _missed(model, samples.segment, samples.local, samples.columns)
    cycles = np.array([step.cycle for step in protocol.steps])
    between = cycle_numbers(model, record, samples, cycles)
    chosen = distinct(model, samples.segment, samples.time)
    columns = {name: values[chosen] for name, values in samples.columns.items()}
    time, segment = samples.time[chosen], samples.segment[chosen]
    for k in 1 + np.flatnonzero(np.diff(time) <= 0):  # the two ends of a jump are an instant apart
        time[k] = np.nextafter(time[k - 1], np.inf)
    kept = dict(zip((item.name for item in system.integrals), samples.integrals[chosen].T, strict=True))
    coords: dict[str, Any] = {
        "time": ("time", time * float(scales.time), {"units": "s", "long_name": "time", "kind": "time"}),
        "scaled_time": ("time", time, {"units": "1", "long_name": f"time over {scales.symbol('time') or 'its scale'}"}),
        "segment": ("time", segment, {"long_name": "step of the protocol"}),
        "cycle": ("time", cycles[segment], {"long_name": "cycle of the protocol"}),
    }
    variables: dict[str, Any] = between
    for item in system.observables:
        values = kept[item.name] if item.integral_of else columns[item.name]
        variables[item.name] = ("time", values * float(Scales.of(scales, item.kind)), item.attributes())
    _add_sizes(system, np.max(samples.sizes, axis=0), variables)
    for item in having(system.observables, role="terminal"):
        if item.kind in ("voltage", "current"):
            meaning = {"units": "1", "long_name": f"{item.kind} over {scales.symbol(item.kind) or 'its scale'}"}
            variables[f"scaled_{item.name}"] = ("time", columns[item.name], meaning)
    _add_events(model, record, variables)
    import xarray as xr

    return xr.Dataset(variables | fields, coords | places), leak, missed


def _chosen(entry: tuple[tuple[str, ...], Any, Any], kept: np.ndarray) -> tuple[tuple[str, ...], Any, Any]:
    """A coordinate or field with some of its samples."""
    dimensions, values, attributes = entry
    return dimensions, values[kept] if dimensions[0] == "time" else values, attributes


def _add_sizes(system, sizes: np.ndarray, variables: dict[str, Any]) -> None:
    """Beside what must stay, how large the parts of its sum became: where these are large, its last digits are theirs."""
    inventories = having(system.observables, role="inventory")
    if len(inventories) == sizes.size:
        for item, size in zip(inventories, sizes, strict=True):
            variables[item.name][2]["parts"] = float(size)


def _obeyed(model: Model, state: State, record: RunRecord, earlier: int) -> RunRecord:
    """A run's samples after ``earlier`` ones, without the last one where a limit ended it as a step began: nothing obeys what
    that step asks: voltage and current there are those at which the search ended."""
    filled = int(record.samples)
    if earlier + filled < 2 or Status(int(state.status)) is not Status.STOPPED or float(state.t) > 0:
        return record
    ended = np.max(np.abs(np.asarray(record.w)[filled - 1]), initial=0.0) > 0.999 * model.system.reach
    return record._replace(samples=record.samples - 1) if ended else record


def _missed(model: Model, segment, local, columns) -> float:
    """Largest |a V + b I - s| of a sample, limits included, over the largest |a V| + |b I| of its step of the protocol, which
    counts as ``IDLE`` of the scales at least."""
    drive = jax.tree.map(lambda entry: np.asarray(entry)[segment, 0], model.schedule.drive)  # of the first terminal
    driven = (having(model.system.observables, role="terminal", kind=kind)[0].name for kind in ("voltage", "current"))
    voltage, current = (np.asarray(columns[name])[: len(segment)] for name in driven)
    largest = np.zeros(int(segment.max(initial=0)) + 1)
    size = np.abs(drive.voltage_weight * voltage) + np.abs(drive.current_weight * current)
    np.maximum.at(largest, segment, size)
    excess = np.abs(drive.excess(local, voltage, current))
    return float(np.max(excess / np.maximum(largest[segment], IDLE), initial=0.0))


def _add_events(model: Model, record: RunRecord, variables) -> None:
    events = min(int(record.events), record.event.shape[0] - 1)
    event_time = np.asarray(record.event_time)[:events]
    order = np.argsort(event_time, kind="stable")
    names = [f"{name} crosses {level:g}" for name, level in model.watched]
    meaning = {"units": "s", "long_name": "time of the event", "kind": "time"}
    variables["event_time"] = ("event", event_time[order] * float(model.scales.time), meaning)
    which = np.asarray(record.event)[:events][order]
    variables["event_name"] = ("event", np.array([names[e] for e in which], dtype=str))
    variables["event_rising"] = ("event", np.asarray(record.event_rising)[:events][order].astype(bool))


def _last_current(model: Model, dataset: xr.Dataset) -> float:
    """The current of the first terminal at the end, scaled."""
    name = having(model.system.observables, role="terminal", kind="current")[0].name
    return float(dataset[name].values[-1] / float(model.scales.current))


SCALES = ("length", "time", "voltage", "current_density", "concentration", "area", "current", "resistance", "power", "energy")


def verdict(model: Model, state: State, current: float | None = None) -> tuple[str, str]:
    """Status and sentence of how a run ended; ``current`` (scaled) is that of the last sample, where there is one."""
    status = Status(int(state.status))
    at = f"t = {_in_both(model, 'time', float(state.start) + float(state.t))}"
    step = int(state.segment) + 1
    if status is Status.FINISHED:
        return "finished", f"finished at {at}."
    flowing = float(state.monitors[_current(model)]) if current is None else current
    through = _in_both(model, "current", flowing)
    if status is Status.STOPPED:
        return _stopped(model, state, f"at {at}, step {step}", through)
    if status is Status.STEP_TOO_SMALL and _beyond(model, state):
        return "stopped", (
            f"stopped at {at}, step {step}: a current of {through} is forced, and no overpotential makes the interfaces carry it,"
            " since a law of theirs levels off; set a voltage compliance to go on, or lower the current."
        )
    where = f"cell {int(state.culprit) + 1} of {state.y.shape[0]}, step {step} of the protocol, at {at}"
    if status is Status.STEP_TOO_SMALL:
        method = model.system.method
        return "failed", (
            f"{method.failure} in {where}, with a current of {through}; {method.remedy}; what was reached before is kept."
        )
    if status is Status.NOT_FINITE:
        return (
            "failed",
            "the start state gives numbers that are not finite; check the contents it starts from and the user's own laws.",
        )
    return "failed", (
        f"the limit on the number of steps was reached in {where}; end the protocol before this time, or go through it faster; "
        "what was reached before is kept."
    )


def _beyond(model: Model, state: State) -> bool:
    """Whether a forced current is at the most that the interfaces carry, so that a little more has no overpotential."""
    drive = model.steps[int(model.kinds[int(state.segment)])]
    if drive.mode != "current" or np.isfinite(drive.voltage_compliance):
        return False
    asked = jax.tree.map(lambda entry: entry[state.segment], model.schedule.drive)
    asked = asked._replace(start=1.01 * asked.start, end=1.01 * asked.end)
    w = traced.start(model.system, state.t, state.y, asked)
    return bool(jnp.max(jnp.abs(w), initial=0.0) > 0.999 * model.system.reach)


def _stopped(model: Model, state: State, at: str, through: str) -> tuple[str, str]:
    """A stop that the protocol asked for, or a limit of the device itself."""
    reason, segment = int(state.reason), int(state.segment)
    name, kind = model.system.monitored[reason].name, int(model.kinds[segment])
    middle = 0.5 * (model.schedule.low[segment, reason] + model.schedule.high[segment, reason])
    empty = bool(state.monitors[reason] <= middle)
    if (kind, reason, "low" if empty else "high") not in model.guarded:
        return "stopped", f"stopped {at}: {name} reached the limit set in the protocol."
    guard, drive = model.system.guards[name], model.steps[kind]
    if guard.event:
        word, what, remedy = guard.event
        item = model.system.monitored[reason]
        reached = f"{float(guard.margin if empty else guard.capacity) * float(model.scales.of(item.kind)):.4g} {item.unit}"
        driven = next(k for k, one in enumerate(model.system.monitored) if one.role == "terminal" and one.kind == "voltage")
        under = _in_both(model, "voltage", float(state.monitors[driven]))
        return word, f"{what} of the {guard.place} {at}: {name} reached {reached} under V = {under} and {through}; {remedy}."
    word, what = ("depleted", "ions depleted") if empty else ("saturated", "ion sites full")
    if drive.mode != "current":
        cause, remedy = "the voltage drives in more than it can hold", "hold it nearer to rest, or shorten the step"
    elif float(drive.start) == float(drive.end) == 0:  # at open circuit the surroundings empty it
        cause, remedy = "no current has to flow for that", "shorten the step"
    else:
        limit = guard.margin if empty else guard.capacity - guard.margin
        if not np.isfinite(drive.voltage_compliance):  # what is asked, also where nothing could carry it
            asked = jax.tree.map(lambda entry: entry[segment], model.schedule.drive)
            through = _in_both(model, "current", float(np.ravel(asked.source(state.t))[0]))
        cause = f"{name} reached {float(limit):.10g} while the current {through} is forced through"
        remedy = "set a voltage compliance to go on beyond it, or lower the current"
    return word, f"{what} at the {guard.place} {at}: {cause}; {remedy}."


def _in_both(model: Model, kind: str, value: float) -> str:
    """A scaled number in SI, and in the unit of the device's paper where that has a name."""
    symbol, scale = model.scales.symbol(kind).removesuffix(" S"), float(model.scales.of(kind))
    return f"{value * scale:.4g} {UNITS[kind]}" + (f" ({value:.4g} {symbol})" if symbol else "")


def _current(model: Model) -> int:
    """Which of the monitored quantities is the current of the first terminal."""
    return next(k for k, item in enumerate(model.system.monitored) if item.role == "terminal" and item.kind == "current")


def _described(model: Model, protocol) -> list[dict[str, Any]]:
    kept = [_describe(step) for step in model.steps]
    return [kept[kind] | {"cycle": step.cycle} for kind, step in zip(model.kinds, protocol.steps, strict=True)]


def _describe(step) -> dict[str, Any]:
    return {
        "label": step.label,
        "terminal": step.terminal,
        "mode": step.mode,
        "start": float(step.start),
        "end": float(step.end),
        "duration": float(step.duration),
        "cycle": step.cycle,
        "voltage_compliance": _plain(step.voltage_compliance),
        "current_compliance": _plain(step.current_compliance),
    }


def _plain(value) -> float | None:
    return float(value) if np.isfinite(value) else None
