"""Runs of a particle one after the other, as legs of a cycle or steps of a reaction, joined into one result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from solion.base.parameters import table
from solion.devices.alloy_particle import AlloyParticle
from solion.devices.alloy_quantities import OBSERVABLES, PARTS
from solion.numerics.stepping.integrate import Tolerance
from solion.result.description import describe, row_values
from solion.result.result import Result

# at 3e-8 the energy of a way out closes to 1.5e-4 now and then; from 3e-9 on it does to 3e-8 and falls with the tolerance
TOLERANCE = Tolerance(relative=1e-9, absolute=1e-12)
WHOLE = 0.9999  # of a leg's way, at which its front counts as through
KEPT = (
    "voltage",
    "current",
    "reacted_fraction",
    "outer",
    "thickness",
    "front_speed",
    *(f"potential_{name}" for name, _ in PARTS),
    "share_interface",
    "share_layer",
    "share_film",
    "damkohler",
    "radial_stress",
    "film_thickness",
    "charge",
)
KEPT_QUANTITIES = tuple(item for item in OBSERVABLES if item.name in KEPT)


def leg_values(run: Result) -> dict[str, np.ndarray]:
    """What is kept of a run, without its first instant; the charge from there."""
    data = run.dataset.isel(time=slice(1, None))
    values = {name: data[name].values for name in KEPT if name in data}
    return values | {"charge": values["charge"] - values["charge"][0]}


def leg_rows(run: Result, values: Mapping[str, np.ndarray], before: xr.Dataset | None, meaning: str) -> xr.Dataset:
    """Those values as rows after the legs ``before``; ``meaning`` of the number of a leg."""
    declared = {item.name: item.attributes() for item in KEPT_QUANTITIES}
    time = run.dataset["time"].isel(time=slice(1, None))
    begun = 0.0 if before is None else float(before["time"][-1]) * (1 + 1e-12) + 1e-9
    number = 0 if before is None else int(before["segment"][-1]) + 1
    segment = ("time", np.full(time.size, number), {"long_name": meaning})
    rows = {name: ("time", row, declared[name]) for name, row in values.items()}
    return xr.Dataset(rows, {"time": ("time", time.values + begun, time.attrs), "segment": segment})


def joined(
    rows: Sequence[xr.Dataset],
    device: AlloyParticle,
    *,
    experiment: str,
    title: str,
    message: str,
    settings: Mapping[str, Any],
    checks: Mapping[str, Mapping[str, Any]],
    notes: Sequence[str],
    parameters: Iterable[Any] = (),
    extra: Mapping[str, Any] | None = None,
) -> Result:
    """One result of all legs; doubtful where the audit of any failed. ``parameters``: rows beyond the device's own."""
    dataset = xr.concat(rows, "time", data_vars="all", combine_attrs="override").assign(extra or {})
    dataset.attrs = describe(
        title=title,
        device=type(device).__name__,
        experiment=experiment,
        status="finished" if all(entry["ok"] for entry in checks.values()) else "doubtful",
        message=message,
        sign_convention=device.sign_convention,
        parameters=[row_values(row) for row in (*table(device), *parameters)],
        settings=dict(settings),
        audit=dict(checks),
        warnings=[*device.temperature_notes(), *notes],
        material=device.facts(),
    )
    return Result(dataset)
