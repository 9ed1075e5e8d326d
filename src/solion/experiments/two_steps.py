"""A host that reacts in two steps, Sn to Na0.5Sn to Na3.75Sn: a front that makes the first product, then one that consumes it.

At a current that the first front can carry, its higher plateau holds the potential above the second one's, so that nothing of
the second product can form before the host is gone: the fronts run one after the other, each from the surface inward. Each is a
run of :class:`AlloyParticle`; the second starts at the radius that the first left. Two fronts at once, as of a first step that
diffusion or arrest holds up, are not in it, and are said where they would be.
"""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import xarray as xr

from solion.base.errors import InputError
from solion.base.parameters import parameter, table, without_sources
from solion.base.quantity import Quantity
from solion.devices.alloy_particle import HOUR, AlloyParticle
from solion.experiments.alloy_legs import KEPT_QUANTITIES, TOLERANCE, WHOLE, joined, leg_rows, leg_values
from solion.experiments.experiment import AbstractExperiment, placed, refuse_resume, require
from solion.experiments.transient import simulate
from solion.materials.alloy_host import AlloyHost
from solion.protocols import hold
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
    quantities: ClassVar[tuple[Quantity, ...]] = KEPT_QUANTITIES

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
    rows: list[xr.Dataset] = []
    notes, checks, radius, done = [], {}, float(device.shape.radius), 0.0
    for number, host in enumerate((device.material, without_sources(second))):
        part = carriers[number] / sum(carriers)
        body = dataclasses.replace(device, material=host, shape=device.shape.resized(radius))
        way = hold(current=-current, duration=1.5 * part * HOUR / c_rate, samples=120).until("reacted_fraction", above=WHOLE)
        run = simulate(body, way.until("voltage", below=lowest), cells=cells, tolerance=TOLERANCE)
        values, through = leg_values(run), float(run.dataset["reacted_fraction"][-1]) >= WHOLE - 1e-6
        values["charge"] = values["charge"] + done * float(device.charge) / carriers[0] * sum(carriers)
        values["reacted_fraction"] = number * carriers[0] / sum(carriers) + part * values["reacted_fraction"]
        rows.append(leg_rows(run, values, rows[-1] if rows else None, "step of the reaction"))
        done = float(values["reacted_fraction"][-1])
        checks |= {f"{name}, step {number + 1}": entry for name, entry in run.audit.items()}
        if run.status not in ("finished", "stopped"):
            notes.append(f"step {number + 1}: {run.status}: {run.message}")
        if number == 0 and not through:
            notes.append("the first front did not get through; a second one would start beside it, which is not in the model.")
            break
        if number == 0 and values["voltage"][-1] < float(second.plateau):
            notes.append("the first front ends below the second plateau: both would have run at once at the end.")
        radius = float(values["outer"][-1])
    return joined(
        rows,
        device,
        experiment="TwoSteps",
        title=title or "A reaction in two steps",
        message=f"{len(rows)} steps, {done:.3f} of both at the end; the surface went from {float(device.shape.radius):.3g} to "
        f"{float(rows[-1]['outer'][-1]):.3g} m.",
        settings={"c_rate": c_rate, "lowest": lowest},
        checks=checks,
        notes=notes,
        parameters=table(second, "second"),
    )
