"""From the record of a run in scaled numbers to a dataset in SI, with its status in words."""

from __future__ import annotations

import json
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import xarray as xr

from solion.base.compiled import Program
from solion.base.parameters import table
from solion.base.scaling import UNITS
from solion.experiments.assembly import Model
from solion.numerics.stepping.integrate import Record, State, Status, Tolerance
from solion.result.ledger import audit
from solion.result.result import Result


def _observe(system, schedule, record: Record):
    """What is observed at every sample, by name, and the conserved content of every cell."""

    def look(segment, local, y):
        drive = jax.tree.map(lambda entry: entry[segment], schedule.drive)
        return system.observe(local, y, system.start(local, y, drive), drive)

    def one(sample):
        k, *rest = sample
        empty = jax.tree.map(lambda entry: jnp.zeros(entry.shape, entry.dtype), jax.eval_shape(look, *rest))
        return jax.lax.cond(k < record.samples, look, lambda *_: empty, *rest)

    content = jax.vmap(system.content)(record.y)
    rows = jnp.arange(record.segment.shape[0]), record.segment, record.local, record.y
    return jax.lax.map(one, rows), content


observe_run = Program(_observe)


def build_result(
    device: Any, protocol, model: Model, state: State, record: Record, initial, cells: int, tolerance: Tolerance,
    elapsed: float, title: str,
) -> Result:  # fmt: skip
    """Turn a run's record into a dataset in SI."""
    system, scales = model.system, model.scales
    filled = int(record.samples)
    # the table is observed whole, so that runs of the same shape share one compilation
    columns, content = observe_run(system, model.schedule, record)
    state, record = jax.tree.map(np.asarray, (state, record))  # from here on nothing is compiled
    columns = {name: np.asarray(values)[:filled] for name, values in columns.items()}
    time = np.asarray(record.time)[:filled]
    segment = np.asarray(record.segment)[:filled]
    keep = _distinct(model, segment, time)
    columns, time, segment = {n: v[keep] for n, v in columns.items()}, time[keep], segment[keep]
    for k in 1 + np.flatnonzero(np.diff(time) <= 0):  # the two ends of a jump are an instant apart
        time[k] = np.nextafter(time[k - 1], np.inf)

    x = np.asarray(system.positions)
    along = np.argsort(x)
    integrals = np.asarray(record.integrals)[:filled][keep]
    cycle = np.array([step.cycle for step in protocol.steps])[segment]
    coords = {
        "time": ("time", time * float(scales.time), {"units": "s", "long_name": "time"}),
        "x": ("x", x[along] * float(scales.length), {"units": "m", "long_name": device.coordinate}),
        "scaled_time": ("time", time, {"units": "1", "long_name": "time over tau_D"}),
        "scaled_x": ("x", x[along], {"units": "1", "long_name": f"{device.coordinate}, scaled"}),
        "segment": ("time", segment, {"long_name": "step of the protocol"}),
        "cycle": ("time", cycle, {"long_name": "cycle of the protocol"}),
    }
    variables: dict[str, Any] = {}
    for item in system.observables:
        unit = UNITS[item.kind] if item.kind else "1"
        scale = float(getattr(scales, item.kind)) if item.kind else 1.0
        variables[item.name] = ("time", columns[item.name] * scale, {"units": unit, "long_name": item.meaning})
    variables["scaled_voltage"] = ("time", columns["voltage"], {"units": "1", "long_name": "voltage over V_T"})
    variables["scaled_current"] = (
        "time",
        columns["current"],
        {"units": "1", "long_name": "current over i_D times area"},
    )
    for item, values in zip(system.integrals, integrals.T, strict=True):
        unit, scale = UNITS[item.kind or ""], float(getattr(scales, item.kind or ""))
        variables[item.name] = ("time", values * scale, {"units": unit, "long_name": item.meaning})
    composition = np.asarray(content)[:filled][keep][:, along]
    variables["composition"] = (("time", "x"), composition, {"units": "1", "long_name": "composition c/c_0"})
    events = min(int(record.events), record.event.shape[0] - 1)
    event_time = np.asarray(record.event_time)[:events]
    order = np.argsort(event_time, kind="stable")
    names = [f"{name} crosses {level:g}" for name, level in model.watched]
    variables["event_time"] = (
        "event", event_time[order] * float(scales.time), {"units": "s", "long_name": "time of the event"}
    )  # fmt: skip
    variables["event_name"] = (
        "event",
        np.array([names[e] for e in np.asarray(record.event)[:events][order]], dtype=str),
    )
    variables["event_rising"] = ("event", np.asarray(record.event_rising)[:events][order].astype(bool))

    dataset = xr.Dataset(variables, coords)
    status, message = verdict(model, state, float(columns["current"][-1]))
    dataset.attrs["protocol"] = json.dumps(_described(model, protocol))
    checks = audit(dataset, scales, system, status)
    warnings = device.warnings(dataset)
    if int(record.events) > events:
        warnings.append(f"only the first {events} of {int(record.events)} crossings of watched levels are kept.")
    dataset.attrs |= {
        "title": title or type(device).__name__,
        "device": type(device).__name__,
        "status": status,
        "message": message,
        "parameters": json.dumps([_row(row) for row in table(device)]),
        "scales": json.dumps({name: float(getattr(scales, name)) for name in SCALES}),
        "settings": json.dumps({
            "cells": cells, "relative": float(tolerance.relative), "absolute": float(tolerance.absolute),
            "guard": float(tolerance.guard), "initial": repr(initial), "steps": int(state.steps),
            "rejected": int(state.rejected), "wall_seconds": elapsed,
        }),
        "audit": json.dumps(checks),
        "warnings": json.dumps(warnings),
        "versions": json.dumps(_versions()),
        "material": json.dumps(device.facts()),
        "sign_convention": device.sign_convention,
    }  # fmt: skip
    return Result(dataset)


SCALES = (
    "length",
    "time",
    "voltage",
    "current_density",
    "concentration",
    "area",
    "current",
    "resistance",
    "power",
    "energy",
)


def _distinct(model: Model, segment, time) -> np.ndarray:
    """Samples to keep: of the two at a boundary of steps, one where nothing jumps there."""
    steps, kind = model.steps, model.kinds[segment]
    smooth = np.array([[a.mode == b.mode and float(a.end) == float(b.start) for b in steps] for a in steps])
    keep = np.ones(len(time), bool)
    keep[1:] = ~((np.diff(segment) > 0) & smooth[kind[:-1], kind[1:]] & (np.diff(time) == 0))
    return keep


def verdict(model: Model, state: State, current: float | None = None) -> tuple[str, str]:
    """Status and sentence of how a run ended; ``current`` (i_D) is that of the last sample, where there is one."""
    status = Status(int(state.status))
    scales, names = model.scales, model.system.monitor_names
    at = f"t = {float((state.start + state.t) * scales.time):.4g} s ({float(state.start + state.t):.4g} tau_D)"
    step = int(state.segment) + 1
    if status is Status.FINISHED:
        return "finished", f"finished at {at}."
    flowing = float(state.monitors[names.index("current")]) if current is None else current
    through = f"{flowing:.3g} i_D ({flowing * float(scales.current):.3g} A)"
    if status is Status.STOPPED:
        name = names[int(state.reason)]
        reason, segment = int(state.reason), int(state.segment)
        empty = bool(
            state.monitors[reason] <= 0.5 * (model.schedule.low[segment, reason] + model.schedule.high[segment, reason])
        )
        if (int(model.kinds[segment]), reason, "low" if empty else "high") in model.guarded:
            guard = model.system.guards[name]
            word, what = ("depleted", "ions depleted") if empty else ("saturated", "ion sites full")
            drive = model.steps[int(model.kinds[segment])]
            if drive.mode != "current":
                cause, remedy = "the voltage drives in more than it can hold", "lower it, or shorten the step"
            elif float(drive.start) == float(drive.end) == 0:  # at open circuit the surroundings empty it
                cause, remedy = "no current has to flow for that", "shorten the step"
            else:
                cause = f"the current {through} exceeds what the film can carry"
                remedy = "lower it, or set a voltage compliance"
            return word, f"{what} at the {guard.place} at {at}, step {step}: {cause}; {remedy}."
        return "stopped", f"stopped at {at}, step {step}: {name} reached the limit set in the protocol."
    where = f"cell {int(state.culprit) + 1} of {state.y.shape[0]}, step {step} of the protocol, at {at}"
    if status is Status.STEP_TOO_SMALL:
        return "failed", (
            f"the time step became too small in {where}, with a current of {through}; loosen the tolerance, refine the grid, or "
            "soften the drive at this time."
        )
    if status is Status.NOT_FINITE:
        return (
            "failed",
            "the start state gives numbers that are not finite; check the filling, the profile and the user's own laws.",
        )
    return "failed", f"the limit on the number of steps was reached in {where}; loosen the tolerance."


def _row(row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("path", "value", "unit", "range", "provenance", "reference", "doc")}


def _described(model: Model, protocol) -> list[dict[str, Any]]:
    kept = [_describe(step) for step in model.steps]
    return [kept[kind] | {"cycle": step.cycle} for kind, step in zip(model.kinds, protocol.steps, strict=True)]


def _describe(step) -> dict[str, Any]:
    return {
        "label": step.label, "terminal": step.terminal, "mode": step.mode, "start": float(step.start), "end": float(step.end),
        "duration": float(step.duration), "cycle": step.cycle, "voltage_compliance": _plain(step.voltage_compliance),
        "current_compliance": _plain(step.current_compliance),
    }  # fmt: skip


def _plain(value) -> float | None:
    return float(value) if np.isfinite(value) else None


def _versions() -> dict[str, str]:
    try:
        own = version("solion")
    except PackageNotFoundError:  # used from a source tree that is not installed
        own = "source tree"
    return {"solion": own, "jax": jax.__version__, "numpy": np.__version__, "xarray": xr.__version__,
            "python": platform.python_version()}  # fmt: skip
