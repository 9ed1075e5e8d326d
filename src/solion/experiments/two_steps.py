"""A host that reacts in two steps, Sn to Na0.5Sn to Na3.75Sn: a front that makes the first product, then one that consumes it.

At a current that the first front can carry, its higher plateau holds the potential above the second one's, so that nothing of
the second product can form before the host is gone: the fronts run one after the other, each from the surface inward. Each is a
run of :class:`AlloyParticle`; the second starts at the radius that the first left. Two fronts at once, as of a first step that
diffusion or arrest holds up, are not in it, and are said where they would be.
"""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import numpy as np
import xarray as xr

from solion.base.errors import InputError
from solion.base.parameters import parameter, table, without_sources
from solion.base.quantity import Quantity
from solion.devices.alloy_particle import HOUR, AlloyParticle
from solion.devices.alloy_quantities import OBSERVABLES
from solion.experiments.alloy_cycling import KEPT, TOLERANCE, WHOLE
from solion.experiments.experiment import AbstractExperiment, placed, refuse_resume, require
from solion.experiments.transient import simulate
from solion.materials.alloy_host import AlloyHost
from solion.protocols import hold
from solion.result.description import describe, row_values
from solion.result.result import Result

SAME = 0.01  # by which volumes of the two hosts may differ


class TwoSteps(AbstractExperiment):
    """Carriers in at one rate, through both steps; ``second``: the host of the second one, per the same atom."""

    second: AlloyHost
    c_rate: float = parameter(unit="1/h", low=1e-6, high=1e4, doc="C-rate, of both steps together")
    lowest: float = parameter(unit="V", low=-1, high=3, doc="potential at which the run ends")
    cells: int = placed("numerics", 60, low=8, high=10_000)

    takes: ClassVar = AlloyParticle
    verb: ClassVar = "react_in_steps"
    quantities: ClassVar[tuple[Quantity, ...]] = tuple(item for item in OBSERVABLES if item.name in KEPT)

    def run(self, device, *, on_progress=None, checkpoint=None, resume=False, title=""):
        refuse_resume(resume)
        numbers = {"c_rate": float(self.c_rate), "lowest": float(self.lowest), "cells": self.cells}
        return react_in_steps(device, self.second, title=title, **numbers)


def react_in_steps(
    device: AlloyParticle, second: AlloyHost, *, c_rate: float, lowest: float, cells: int = 60, title: str = ""
) -> Result:
    """Run a particle through its own step and a ``second`` one at ``c_rate`` (1/h), down to ``lowest`` (V).

    Raises InputError where the second host is not the product of the first (volume per atom), or its plateau not below.
    """
    require("react_in_steps", device, AlloyParticle)
    first, device = device.material, without_sources(device)
    made, taken = float(first.ratio * first.molar_volume), float(second.molar_volume)
    if abs(taken / made - 1) > SAME:
        raise InputError(
            f"react_in_steps: second.molar_volume = {taken:.4g} m3/mol is not that of the product of the first step, {made:.4g}: "
            "both are per mole of the same atom, ratio times molar_volume of the first."
        )
    if not lowest < float(second.plateau) < float(first.plateau):
        raise InputError(
            f"react_in_steps: plateaus {float(first.plateau):g} V and {float(second.plateau):g} V and lowest = {lowest:g} V have "
            "to fall in this order."
        )
    carriers = float(first.stoichiometry), float(second.stoichiometry)
    current = float(device.current_at(c_rate)) * sum(carriers) / carriers[0]
    declared = {item.name: item.attributes() for item in TwoSteps.quantities}
    rows: list[xr.Dataset] = []
    notes, checks, radius, begun, done = [], {}, float(device.shape.radius), 0.0, 0.0
    for number, host in enumerate((device.material, without_sources(second))):
        part = carriers[number] / sum(carriers)
        body = dataclasses.replace(device, material=host, shape=device.shape.resized(radius))
        way = hold(current=-current, duration=1.5 * part * HOUR / c_rate, samples=120).until("reacted_fraction", above=WHOLE)
        run = simulate(body, way.until("voltage", below=lowest), cells=cells, tolerance=TOLERANCE)
        data = run.dataset.isel(time=slice(1, None))
        values = {name: data[name].values for name in KEPT if name in data}
        values["charge"] = values["charge"] - values["charge"][0] + done * float(device.charge) / carriers[0] * sum(carriers)
        values["reacted_fraction"] = number * carriers[0] / sum(carriers) + part * values["reacted_fraction"]
        time = ("time", data["time"].values + begun, data["time"].attrs)
        step = ("time", np.full(data.sizes["time"], number), {"long_name": "step of the reaction"})
        rows.append(xr.Dataset({n: ("time", row, declared[n]) for n, row in values.items()}, {"time": time, "segment": step}))
        checks |= {f"{name}, step {number + 1}": entry for name, entry in run.audit.items()}
        if run.status not in ("finished", "stopped"):
            notes.append(f"step {number + 1}: {run.status}: {run.message}")
        through, done = float(data["reacted_fraction"][-1]) >= WHOLE - 1e-6, float(values["reacted_fraction"][-1])
        if number == 0 and not through:
            notes.append("the first front did not get through; a second one would start beside it, which is not in the model.")
            break
        if number == 0 and values["voltage"][-1] < float(second.plateau):
            notes.append("the first front ends below the second plateau: both would have run at once at the end.")
        radius, begun = float(data["outer"][-1]), float(data["time"][-1]) + 1e-9
    dataset = xr.concat(rows, "time", data_vars="all", combine_attrs="override")
    dataset.attrs = describe(
        title=title or "A reaction in two steps",
        device=type(device).__name__,
        experiment="TwoSteps",
        status="finished" if all(entry["ok"] for entry in checks.values()) else "doubtful",
        message=f"{len(rows)} steps, {done:.3f} of both at the end; the surface went from {float(device.shape.radius):.3g} to "
        f"{float(dataset['outer'][-1]):.3g} m.",
        sign_convention=device.sign_convention,
        parameters=[row_values(row) for row in (*table(device), *table(second, "second"))],
        settings={"c_rate": c_rate, "lowest": lowest},
        audit=checks,
        warnings=notes,
        material=device.facts(),
    )
    return Result(dataset)
