"""Reading a recorded run: its Dataset, its scales, its steps and cycles. SI units."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from solion.base.errors import InputError

if TYPE_CHECKING:
    import xarray

INSTANT = 1e-12  # of the time; two samples closer than this are the two ends of a jump


def dataset_of(run: Any) -> xarray.Dataset:
    """The Dataset of a run: of a Result its ``dataset``, a Dataset as it is.

    Raises InputError for anything else, and for a Dataset without the time, voltage and current of a run.
    """
    dataset = getattr(run, "dataset", run)
    try:
        missing = [name for name in ("time", "voltage", "current") if name not in dataset]
    except TypeError:
        missing = ["time", "voltage", "current"]
    if missing:
        raise InputError(
            f"{type(run).__name__} is not a recorded run, it has no {', '.join(missing)}; "
            "give what solion.simulate returned or solion.load read, or its dataset."
        )
    return dataset


def attribute(dataset: xarray.Dataset, name: str, default: Any) -> Any:
    """The JSON kept in an attribute, or ``default`` where the run has none."""
    text = dataset.attrs.get(name)
    return default if text is None else json.loads(text)


def scale(dataset: xarray.Dataset, kind: str) -> float:
    """Scale of a kind of quantity in SI: length, time, voltage, current, resistance, power, charge or energy.

    Those of the device are tau_D, V_T and i_D S; the others follow. nan where the run carries no scales.
    """
    scales = attribute(dataset, "scales", {})
    current = scales.get("current_density", np.nan) * scales.get("area", np.nan)
    voltage, time = scales.get("voltage", np.nan), scales.get("time", np.nan)
    composed = {
        "current": current,
        "resistance": voltage / current,
        "conductance": current / voltage,
        "power": voltage * current,
        "charge": current * time,
        "energy": voltage * current * time,
    }
    return float(composed[kind] if kind in composed else scales.get(kind, np.nan))


def values(dataset: xarray.Dataset, name: str) -> np.ndarray:
    """A variable as plain numbers."""
    return np.asarray(dataset[name].values, float)


def cycles(dataset: xarray.Dataset) -> dict[int, slice]:
    """The samples of each cycle of the protocol, by its number from 0.

    Each begins with the last sample of the one before, so that a cycle sampled once at its corner is closed; where the
    drive jumps there, both ends of the jump are sampled and it begins with its own.
    """
    number, time = np.asarray(dataset["cycle"].values, int), values(dataset, "time")
    if not number.size:
        return {}
    starts = [0, *(np.flatnonzero(np.diff(number)) + 1)]
    ends = [*starts[1:], number.size]
    return {int(number[a]): slice(_joined(time, int(a)), int(b)) for a, b in zip(starts, ends, strict=True)}


def _joined(time, start: int) -> int:
    """The sample before ``start`` unless there is none or they are the two ends of a jump."""
    return start if start == 0 or time[start] - time[start - 1] <= INSTANT * abs(time[start]) else start - 1


def swept(dataset: xarray.Dataset) -> bool:
    """Whether the protocol sweeps the voltage up and down, so that current against voltage is a loop."""
    ramps = [step for step in attribute(dataset, "protocol", []) if step["mode"] != "current"]
    rises = np.array([step["end"] - step["start"] for step in ramps])
    reach = np.ptp(values(dataset, "voltage")) if dataset["time"].size else 0.0
    return bool(min(rises.clip(0).sum(), (-rises).clip(0).sum()) > 0.5 * reach > 0)


def integral(time: np.ndarray, rate: np.ndarray) -> float:
    """Trapezoidal integral of a rate over time."""
    return float(np.trapezoid(rate, time))
