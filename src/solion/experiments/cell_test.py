"""The staircase test and the long hold: what a cell's voltage does until the first short."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from solion.base.errors import InputError
from solion.devices.lithium_cell import Cell
from solion.protocols import Protocol, step_train


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


@dataclass(frozen=True)
class CellTest:
    """What a cell did: samples of time, voltage, current density and whether it was shorted, and the verdict.

    ``critical`` is the current density of the last step that was borne, ``failed`` that of the first that was not (nan
    where none), both in A/m^2.
    """

    dataset: xr.Dataset
    critical: float
    failed: float

    @property
    def stable(self) -> bool:
        """Whether the whole protocol was borne."""
        return bool(np.isnan(self.failed))


def run_cell(cell: Cell, limit: float, protocol: Protocol) -> CellTest:
    """Run a protocol of currents (A/m^2) on a cell that shorts above ``limit`` (A/m^2) and stays so.

    V = j (L/sigma + 2 R_int) before, ``cell.short`` times that afterwards. Raises InputError for a step that gives a voltage.
    """
    time, voltage, current, shorted, cycle = [], [], [], [], []
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
        cycle.append(np.full(j.size, step.cycle))
        begin += float(step.duration)
    units = {"voltage": "V", "current": "A/m^2", "shorted": "1", "cycle": "1"}
    columns = {"voltage": voltage, "current": current, "shorted": shorted, "cycle": cycle}
    dataset = xr.Dataset(
        {name: ("time", np.concatenate(parts), {"units": units[name]}) for name, parts in columns.items()},
        coords={"time": ("time", np.concatenate(time), {"units": "s"})},
    )
    return CellTest(dataset, borne, failed)
