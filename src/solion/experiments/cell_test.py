"""The staircase test and the long hold: what a cell's voltage does until the first short."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import xarray as xr

from solion.base.errors import InputError
from solion.base.parameters import table
from solion.base.quantity import Quantity
from solion.devices.lithium_cell import SymmetricCell, critical_current
from solion.experiments.experiment import AbstractExperiment, refuse_resume, require
from solion.laws.initiation import AbstractInitiation
from solion.protocols import Protocol, step_train
from solion.protocols.protocol import step_values
from solion.result.description import describe, row_values
from solion.result.result import Result


def staircase(largest: float = 30.0, step: float = 0.2, duration: float = 1800.0) -> Protocol:
    """Holds of rising current density (A/m^2, of a cell of 1 m^2) up to ``largest``, each for ``duration`` (s)."""
    count = round(largest / step)
    if not (step > 0 and count >= 1 and duration > 0):
        raise InputError(
            f"staircase: step = {step:g} A/m^2 is outside its allowed range (0, {largest:g}] A/m^2, the largest current."
        )
    return step_train(current=list(np.round(step * np.arange(1, count + 1), 9)), duration=duration, samples=2)


def alternating(current: float, duration: float, cycles: int) -> Protocol:
    """Plating and stripping at one current density (A/m^2), each for ``duration`` (s), ``cycles`` times."""
    return step_train(current=[current, -current], duration=duration, samples=2).repeat(cycles)


QUANTITIES = (
    Quantity("voltage", "voltage", "voltage of the cell", "terminal", "cell"),
    Quantity("current_density", "current_density", "current density through the cell", "terminal", "cell"),
    Quantity("shorted", None, "whether the cell is shorted"),
)
VERDICT = (
    Quantity("critical_current_density", "current_density", "of the last step that was borne"),
    Quantity("failed_current_density", "current_density", "of the first step that was not, nan where all were"),
)


def run_cell(cell: SymmetricCell, limit: float, protocol: Protocol, *, title: str = "") -> Result:
    """Run a protocol of currents (A/m^2) on a cell that shorts above ``limit`` (A/m^2) and stays so.

    V = j (L/sigma + 2 R_int) before, ``cell.short`` times that afterwards. The dataset holds the samples of time, voltage and
    current density, whether the cell was shorted, and the verdict: ``critical_current_density`` of the last step that was
    borne, ``failed_current_density`` of the first that was not (nan where none). Raises InputError for a step that gives a
    voltage.
    """
    require("run_cell", cell, SymmetricCell)
    time, voltage, current, shorted, segment = [], [], [], [], []
    begin, borne, failed = 0.0, 0.0, np.nan
    for k, step in enumerate(protocol.steps):
        if step.mode != "current":
            raise InputError(f"run_cell: step {k + 1} gives the {step.mode}; a cell test takes steps of current alone.")
        j = np.linspace(float(step.start), float(step.end), int(step.samples))
        high = float(np.max(np.abs(j)))
        if np.isnan(failed):
            if high > limit:
                failed = high
            else:
                borne = max(borne, high)
        broken = ~np.isnan(failed) & (np.maximum.accumulate(np.abs(j)) > limit) | (bool(shorted) and shorted[-1][-1])
        time.append(begin + np.linspace(0.0, float(step.duration), j.size))
        voltage.append(j * cell.resistance * np.where(broken, float(cell.short), 1.0))
        current.append(j)
        shorted.append(broken)
        segment.append(np.full(j.size, k))
        begin += float(step.duration)
    steps = np.concatenate(segment)
    dataset = xr.Dataset(
        {
            item.name: ("time", np.concatenate(parts), item.attributes())
            for item, parts in zip(QUANTITIES, (voltage, current, shorted), strict=True)
        }
        | {item.name: ((), value, item.attributes()) for item, value in zip(VERDICT, (borne, failed), strict=True)},
        coords={
            "time": ("time", np.concatenate(time), {"units": "s", "long_name": "time"}),
            "segment": ("time", steps, {"long_name": "step of the protocol"}),
            "cycle": ("time", np.array([step.cycle for step in protocol.steps])[steps], {"long_name": "cycle"}),
        },
    )
    dataset.attrs = describe(
        title=title or "Cell test",
        device=type(cell).__name__,
        experiment="CellTest",
        status="finished",
        message="no short." if np.isnan(failed) else f"a short at {failed:.4g} A/m2; {borne:.4g} A/m2 were borne.",
        sign_convention=cell.sign_convention,
        parameters=[row_values(row) for row in table(cell)],
        settings={"limit": float(limit)},
        protocol=[step_values(step) for step in protocol.steps],
        audit={},
        warnings=[],
    )
    return Result(dataset)


def stable(result: Result) -> bool:
    """Whether the whole protocol was borne."""
    return bool(np.isnan(result.dataset["failed_current_density"]))


class CellTest(AbstractExperiment):
    """A test of a cell by steps of current density (A/m2): which is borne, and where the first short comes.

    ``initiation``: the law of the local current or overpotential from which a filament grows; with the cell's interface it
    gives the critical current density.
    """

    protocol: Protocol
    initiation: AbstractInitiation

    takes: ClassVar = SymmetricCell
    verb: ClassVar = "run_cell"
    quantities: ClassVar = (*QUANTITIES, *VERDICT)

    def run(self, device, *, on_progress=None, checkpoint=None, resume=False, title=""):
        refuse_resume(resume)
        self.check(device)
        return run_cell(device, critical_current(self.initiation, device.interface), self.protocol, title=title)

    def outline(self, device):
        limit = critical_current(self.initiation, device.interface)
        return {"protocol": f"{len(self.protocol.steps)} steps", "limit": f"{limit:.5g} A/m2"}
