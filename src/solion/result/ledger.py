"""The ledger of a run: what must be conserved, balance or never be negative, checked on its samples."""

from __future__ import annotations

from typing import Any

import numpy as np


def audit(dataset, scales, system, status: str) -> dict[str, dict[str, Any]]:
    """Checks by name: value, limit (None where it is only reported), meaning, verdict.

    Needs the variables ``ion_inventory``, ``electrical_power``, ``free_energy``, ``energy_rate`` and ``dissipation_*``.
    """
    time = dataset["time"].values
    power = dataset["electrical_power"].values
    losses = {name: dataset[name].values for name in dataset.data_vars if str(name).startswith("dissipation_")}
    total = sum(losses.values())
    rate = dataset["energy_rate"].values
    inventory = dataset["ion_inventory"].values
    energy = dataset["free_energy"].values
    exact = bool(system.supplied)
    if exact:
        supplied = sum(dataset[name].values[-1] for name in system.supplied)
        gone = [item.name for item in system.integrals if item.name.startswith(("heat_", "carried_"))]
        lost = sum(dataset[name].values[-1] for name in gone)
    else:
        supplied, lost = _integral(power, time), _integral(total, time)
    turnover = _integral(np.abs(power) + total, time) + abs(energy[-1] - energy[0]) + 1e-300
    # in a film at rest that air empties, power and losses are round-off of what its free energy changes by
    idle = 1e-12 * turnover / (time[-1] - time[0]) if time[-1] > time[0] else 0.0
    floor = 1e-6 * np.max(np.abs(power) + total, initial=0.0) + idle + 1e-20 * scales.power
    scale = np.maximum(np.abs(power) + total, floor)
    smallest = min(float(np.min(values / np.maximum(scale, 1e-300))) for values in losses.values())
    return {
        "ion drift": _entry(
            np.max(np.abs(inventory - inventory[0])),
            1e-12,
            "largest change of the mean composition; blocking contacts keep it"
        ),
        "power balance": _entry(
            np.max(np.abs(power - total - rate) / scale), 1e-6,
            "electrical power minus dissipation minus rate of free energy at each sample, relative: the laws of the model",
        ),
        "energy balance": _entry(
            abs(supplied - lost - (energy[-1] - energy[0])) / turnover, 1e-5 if exact else None,
            "the same integrated over time, relative to all energy turned over" + (
                "; by the stepper, within its tolerance" if exact else "; limited by how densely the samples lie"
            ),
        ),
        "smallest dissipation": _entry(
            -smallest, 1e-9, "most negative share of any loss in the power, which the second law forbids"
        ),
        "charge passed": _entry(_integral(dataset["current"].values, time), None, "integral of the terminal current, C"),
        "work supplied": _entry(supplied, None, "integral of V I, J"),
    }  # fmt: skip


def _integral(values, time) -> float:
    return float(np.trapezoid(values, time))


def _entry(value, limit, meaning) -> dict[str, Any]:
    value = float(value)
    return {"value": value, "limit": limit, "meaning": meaning, "ok": limit is None or value <= limit}
