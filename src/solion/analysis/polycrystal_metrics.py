"""Numbers of one run of a polycrystal, by name, with unit and meaning: what a sweep keeps and a report shows first."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import xarray as xr

from solion.analysis.metric import Metric

FACES = ("bottom", "top")
PARTS = ("grains", "boundaries", "layers", "interfaces", "electrodes")
EVEN = 0.1  # of the mean: where the largest current exceeds it by less, a layer has evened it out
WIDE = 1e-6  # m: contacts narrower than that are slivers of the cut
_PLAIN = ("effective_conductivity", "brick_layer", "boundary_ratio", "resistance", "current_density", "voltage",
          "layer_resistance")  # fmt: skip


def metrics(dataset: xr.Dataset) -> list[Metric]:
    """The numbers of a run; nan where what is asked for does not happen in it."""
    return list(_metrics(dataset))


def window_name(window: float) -> str:
    """A window of a hot-spot factor as part of a name: 100_nm, 1_um."""
    return f"{window * 1e6:g}_um" if window >= 0.9999e-6 else f"{window * 1e9:g}_nm"


def _metrics(dataset: xr.Dataset) -> Iterator[Metric]:
    for name in _PLAIN:
        if name in dataset:
            yield _metric(name, float(dataset[name]), dataset[name].attrs["units"], dataset[name].attrs["long_name"])
    yield from _hot_spots(dataset)
    yield from _grains(dataset)
    yield from _decays(dataset)
    power = sum(float(dataset[f"dissipation_{part}"]) for part in PARTS)
    for part in PARTS:
        yield _metric(
            f"share_{part}", float(dataset[f"dissipation_{part}"]) / power, "1", f"power lost in {part} over all"
        )
    if "frequency" in dataset:
        yield from _spectrum(dataset)


def _metric(name: str, value: float, unit: str, meaning: str) -> Metric:
    return Metric(name, value, unit, math.nan, meaning)


def ceramic(dataset: xr.Dataset, face: str) -> str:
    """The plane at a face of the ceramic: below a layer where there is one, else the electrode."""
    planes = [str(name) for name in dataset["plane"].values]
    return f"{face}_ceramic" if f"{face}_ceramic" in planes else f"{face}_electrode"


def _hot_spots(dataset: xr.Dataset) -> Iterator[Metric]:
    layered = [face for face in FACES if ceramic(dataset, face).endswith("ceramic")]
    for window in dataset["window"].values:
        found = dataset["hot_spot"].sel(window=window)
        name = window_name(float(window))
        words = f"H({name.replace('_', ' ')}), the largest mean of j_z over that window over the mean"
        at = {face: float(found.sel(plane=ceramic(dataset, face))) for face in FACES}
        if not np.isfinite(list(at.values())).any():
            continue
        yield _metric(f"hot_spot_{name}", max(at.values()), "1", f"{words}, the larger of both faces of the ceramic")
        for face in FACES:
            yield _metric(f"hot_spot_{face}_{name}", at[face], "1", f"{words}, at the {face} face of the ceramic")
        if layered:
            outer = max(float(found.sel(plane=f"{face}_electrode")) for face in layered)
            yield _metric(f"outer_hot_spot_{name}", outer, "1", f"{words}, at the electrode beyond a layer")
    change = dataset["hot_spot_change"].sel(window=100e-9, method="nearest").values
    if np.isfinite(change).any():
        meaning = (
            "largest relative difference of H(w), at the window nearest to 100 nm, to that of a less accurate flux"
        )
        yield _metric("hot_spot_change", float(np.nanmax(change)), "1", meaning)


def _grains(dataset: xr.Dataset) -> Iterator[Metric]:
    factors = []
    for face in FACES:
        contact, factor = dataset[f"{face}_grain_contact"], dataset[f"{face}_grain_factor"].values
        width = contact.values if contact.attrs["units"] == "m" else np.sqrt(contact.values)
        factors += factor[width > WIDE].tolist()
    if factors:
        yield _metric(
            "largest_grain_factor", max(factors), "1", "largest mean j_z of a grain wider than 1 um, over the mean"
        )


def _decays(dataset: xr.Dataset) -> Iterator[Metric]:
    for face in FACES:
        if f"{face}_depth" in dataset:
            depth = falls_below(dataset[f"{face}_depth"].values, dataset[f"{face}_maximum"].values)
            meaning = f"depth in the layer at the {face} where the largest j_z falls below 1.1 times the mean"
            yield _metric(f"decay_depth_{face}", depth, "m", meaning)


def falls_below(depth: np.ndarray, maximum: np.ndarray, level: float = EVEN) -> float:
    """Depth (m) from which maximum/mean - 1 stays below a level, between samples in the logarithms; nan where it never does."""
    excess = np.asarray(maximum, float) - 1
    above = np.flatnonzero(excess >= level)
    if not above.size:
        return float(depth[0])
    last = above[-1]
    if last == len(depth) - 1:
        return math.nan
    pair = slice(last, last + 2)
    logs = np.log(np.maximum(excess[pair], 1e-12))
    share = (logs[0] - np.log(level)) / (logs[0] - logs[1])
    return float(np.exp(np.log(depth[pair]) @ [1 - share, share]))


def _spectrum(dataset: xr.Dataset) -> Iterator[Metric]:
    frequency, real = dataset["frequency"].values, dataset["impedance_real"].values
    order = np.argsort(frequency)
    meaning = "real part of the area-specific impedance at the {} frequency"
    yield _metric("impedance_lowest", float(real[order[0]]), "ohm m2", meaning.format("lowest"))
    yield _metric("impedance_highest", float(real[order[-1]]), "ohm m2", meaning.format("highest"))
    peak = frequency[int(np.argmax(-dataset["impedance_imaginary"].values))]
    yield _metric("peak_frequency", float(peak), "Hz", "frequency at which -Im Z is largest")
