"""Numbers of each cycle from the run's own steps, so that they do not depend on how many samples were asked for."""

from __future__ import annotations

from typing import Any

import numpy as np

from solion.analysis.step_curves import extremes, integrals, step_curves
from solion.base.quantity import UNITS, having
from solion.base.scaling import Scales
from solion.experiments.assembly import Model
from solion.experiments.samples import Samples
from solion.numerics.stepping.record import RunRecord


def cycle_numbers(model: Model, record: RunRecord, samples: Samples, cycles) -> dict[str, Any]:
    """Of each cycle that was reached: extremes of the terminals' voltages and currents, charge each way and lobes of the loop of
    the first, by the run's own steps; nothing where it took more of them than are recorded."""
    monitored, scales = model.system.monitored, model.scales
    knots = int(record.knots)
    if not 0 < knots < record.ends.shape[0]:
        return {}
    rows = np.asarray(record.ends)[:knots]
    time, segment, local = samples.time, samples.segment, samples.local
    sampled = np.stack([samples.columns[item.name] for item in monitored], axis=1)
    corner = (np.diff(segment, append=-1) != 0) | (local == 0)  # both ends of what was reached of each segment
    table = np.concatenate([rows, np.column_stack([segment, local, sampled])[corner]])
    table = table[np.all(np.isfinite(table), axis=1)]
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    place = table[:, 0].astype(int)
    near = (np.diff(place) == 0) & (np.diff(table[:, 1]) <= 1e-12 * table[1:, 1])
    table, place = table[~np.append(False, near)], place[~np.append(False, near)]
    start = np.zeros(max(place[-1], segment.max()) + 1)
    start[segment] = time - local
    found = having(monitored, role="terminal")
    which = [2 + monitored.index(item) for item in found]
    _force(model, table, place, monitored)
    variables = _knots(table, place, start, monitored, scales)
    curves = step_curves(table[:, 1], place, table[:, which])
    names, group = np.unique(cycles[curves.group], return_inverse=True)
    curves = curves._replace(start=start[curves.group] + curves.start, group=group)
    variables["cycle_number"] = ("cycle_number", names, {"long_name": "cycle of the protocol"})

    size = {kind: float(Scales.of(scales, kind)) for kind in ("voltage", "current", "time", "power", "charge", "energy")}

    def add(name, kind, values, meaning, terminal, summary):
        meanings = {"units": UNITS[kind], "long_name": meaning, "kind": kind, "role": "summary", "place": terminal, "of": summary}
        variables[name] = ("cycle_number", values * size[kind], meanings)

    for way, word in ((1, "highest"), (-1, "lowest")):
        values, when = extremes(curves, names.size, way)
        for k, item in enumerate(found):
            add(f"{item.name}_{word}", item.kind, values[:, k], f"{word} {item.kind} of the cycle", item.place, word)
            add(f"{item.name}_{word}_time", "time", when[:, k], f"time of the {word} {item.kind} of the cycle", item.place, "")
    pairs = [(i, j) for i, item in enumerate(found) for j in range(len(found)) if found[j].place == item.place]
    pairs = [(i, j) for i, j in pairs if (found[i].kind, found[j].kind) == ("voltage", "current")]
    if not pairs:
        return variables
    volt, current = pairs[0]
    for side, lobe, charge in ((1, "positive", "in"), (-1, "negative", "out")):
        area = integrals(curves, names.size, lambda values, rates: values[current] * rates[volt], volt, side)
        meaning = f"contour integral of i dV at {lobe} V"
        add(f"lobe_{lobe}", "power", area, meaning, found[volt].place, f"{lobe} lobe")
        passed = integrals(curves, names.size, lambda values, rates: values[current], current, side)
        add(f"charge_{charge}", "charge", passed, f"charge that went {charge}", found[current].place, f"charge {charge}")
    work = integrals(curves, names.size, lambda values, rates: values[current] * values[volt])
    add("cycle_work", "energy", work, "integral of V I over the cycle", found[volt].place, "work")
    return variables


def _knots(table, place, start, monitored, scales) -> dict[str, Any]:
    """All that is monitored at the ends of the run's own steps: knots of curves laid later."""
    time = (start[place] + table[:, 1]) * float(scales.time)
    variables: dict[str, Any] = {
        "knot_time": ("knot", time, {"units": "s", "long_name": "end of a step of the stepper", "kind": "time"}),
        "knot_segment": ("knot", place, {"long_name": "step of the protocol"}),
    }
    for column, item in enumerate(monitored, start=2):
        attributes = item.attributes() | {"role": "summary", "of": "knots", "long_name": f"{item.meaning}, at knot_time"}
        variables[f"{item.name}_knots"] = ("knot", table[:, column] * float(Scales.of(scales, item.kind)), attributes)
    return variables


def _force(model: Model, table, place, monitored) -> None:
    """Where the drive alone sets the current, write that current: round-off integrates to much over a long rest."""
    drive = model.schedule.drive
    currents = [item for item in monitored if item.role == "terminal" and item.kind == "current"]
    terminals = [item.place for item in monitored if item.role == "terminal" and item.kind == "voltage"]
    for item in currents:
        if item.place in terminals:
            k = terminals.index(item.place)
            of = {name: np.asarray(getattr(drive, name))[place, k] for name in ("voltage_weight", "voltage_compliance")}
            start, end, length = (np.asarray(getattr(drive, name))[place, k] for name in ("start", "end", "duration"))
            forced = (of["voltage_weight"] == 0) & np.isinf(of["voltage_compliance"])
            share = table[:, 1] / np.where(length == 0, 1.0, length)
            column = 2 + monitored.index(item)
            table[:, column] = np.where(forced, start + share * (end - start), table[:, column])
