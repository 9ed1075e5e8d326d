"""The ledger of a run: what must stay, balance or never be negative, checked on its samples.

Everything is found by its declared role: inventories, work of sources, losses, what is stored, what leaves with matter.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from solion.base.quantity import variables


def audit(dataset: Any, scales: Any, status: str) -> dict[str, dict[str, Any]]:
    """Checks by name: value, limit (None where it is only reported), meaning, verdict."""

    def of(role: str, kind: str) -> list[np.ndarray]:
        return [dataset[name].values for name in variables(dataset, role=role, kind=kind)]

    time = dataset["time"].values
    losses = of("loss", "power")
    power, total = np.sum(of("work", "power"), axis=0), np.sum(losses, axis=0)
    rate, energy = np.sum(of("stored", "power"), axis=0), np.sum(of("stored", "energy"), axis=0)
    work, heat, carried = of("work", "energy"), of("loss", "energy"), of("carried", "energy")
    exact = bool(work)  # the stepper itself integrated
    if exact:
        supplied = sum(values[-1] for values in work)
        lost = sum(values[-1] for values in (*heat, *carried))
    else:
        supplied, lost = _integral(power, time), _integral(total, time)
    turnover = _integral(np.abs(power) + total, time) + abs(energy[-1] - energy[0]) + 1e-300
    # in a film at rest that air empties, power and losses are round-off of what its free energy changes by
    idle = 1e-12 * turnover / (time[-1] - time[0]) if time[-1] > time[0] else 0.0
    floor = 1e-6 * np.max(np.abs(power) + total, initial=0.0) + idle + 1e-20 * scales.power
    scale = np.maximum(np.abs(power) + total, floor)
    smallest = min(float(np.min(values / np.maximum(scale, 1e-300))) for values in losses)
    inventories = [dataset[name].values for name in variables(dataset, role="inventory")]
    current = variables(dataset, role="terminal", kind="current")[0]
    return {
        "ion drift": _entry(
            max(float(np.max(np.abs(values - values[0]))) for values in inventories),
            1e-12,
            "largest change of what must stay, "
            + "; ".join(dataset[name].attrs["long_name"] for name in variables(dataset, role="inventory")),
        ),
        "power balance": _entry(
            np.max(np.abs(power - total - rate) / scale),
            1e-6,
            "electrical power minus dissipation minus rate of free energy at each sample, relative: the laws of the model",
        ),
        "energy balance": _entry(
            abs(supplied - lost - (energy[-1] - energy[0])) / turnover,
            1e-5 if exact else None,
            "the same integrated over time, relative to all energy turned over"
            + ("; by the stepper, within its tolerance" if exact else "; limited by how densely the samples lie"),
        ),
        "smallest dissipation": _entry(
            -smallest, 1e-9, "most negative share of any loss in the power, which the second law forbids"
        ),
        "charge passed": _entry(_integral(dataset[current].values, time), None, "integral of the terminal current, C"),
        "work supplied": _entry(supplied, None, "integral of V I, J"),
    }


def _integral(values, time) -> float:
    return float(np.trapezoid(values, time))


def _entry(value, limit, meaning) -> dict[str, Any]:
    value = float(value)
    return {"value": value, "limit": limit, "meaning": meaning, "ok": limit is None or value <= limit}
