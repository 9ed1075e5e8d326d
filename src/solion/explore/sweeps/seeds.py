"""What a sweep over random seeds says: quantiles with their confidence, and what a larger electrode must expect."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import xarray as xr

from solion.analysis.extremes import FEWEST, Extremes, fit_extremes, sample_quantile
from solion.base.errors import InputError, nearest
from solion.explore.sweeps.figure_data import metric_names, plan_data

FACES = ("bottom", "top")
PROBABILITIES = (0.1, 0.5, 0.9)
TYPICAL = 3  # seeds from which a median is drawn in place of every run


def seed_axis(dataset: xr.Dataset) -> str | None:
    """The axis of a grid that is a random seed, such as microstructure.seed; None where there is none with two values."""
    plan = plan_data(dataset)
    names = [axis["keys"][0] for axis in plan["axes"]] if plan["design"] == "grid" else []
    return next((name for name in names if name.split(".")[-1] == "seed" and dataset.sizes[name] > 1), None)


def seed_quantiles(
    dataset: xr.Dataset, metric: str, probabilities: Sequence[float] = PROBABILITIES, confidence: float = 0.9
) -> xr.Dataset:
    """Quantiles of a metric over the seeds of a sweep, at each point of its other axes.

    ``value``, ``low`` and ``high`` along ``probability``: the quantile, and the interval that holds the true one with the
    ``confidence`` (order statistics; as wide as the sample where that is too small); ``runs``: how many runs have the metric.

    Raises :class:`InputError` where the sweep has no axis of seeds or no such metric.
    """
    axis, values = _seeded(dataset, metric)
    others = [name for name in values.dims if name != axis]
    shape = tuple(values.sizes[name] for name in others)
    rows = values.transpose(*others, axis).values.reshape(-1, values.sizes[axis])
    found = np.full((len(rows), len(probabilities), 3), np.nan)
    for row, sample in zip(found, rows, strict=True):
        known = sample[np.isfinite(sample)]
        for k, probability in enumerate(probabilities):
            if known.size >= 2:
                estimate = sample_quantile(known, probability, confidence)
                row[k] = estimate.value, estimate.low, estimate.high
    found = found.reshape(*shape, len(probabilities), 3)
    attributes = dataset[metric].attrs
    result = xr.Dataset(
        {name: ((*others, "probability"), found[..., k], attributes) for k, name in enumerate(("value", "low", "high"))},
        {"probability": list(probabilities)} | {name: dataset[name] for name in others},
        {"metric": metric, "confidence": confidence},
    )
    result["runs"] = (tuple(others), np.isfinite(rows).sum(axis=1).reshape(shape))
    return result


def _seeded(dataset: xr.Dataset, metric: str) -> tuple[str, xr.DataArray]:
    axis = seed_axis(dataset)
    if axis is None:
        raise InputError("this sweep has no axis of seeds; sweep one, such as microstructure.seed = 0 ... 19 in 20.")
    known = [name for name in metric_names(dataset) if dataset[name].dtype.kind == "f"]
    if metric not in known:
        raise InputError(f"metric {metric!r} is not in this sweep{nearest(metric, known)}; it has {', '.join(known) or 'none'}.")
    return axis, dataset[metric]


def hot_spot_extremes(
    dataset: xr.Dataset, metrics: Sequence[str] = (), *, area: float | None = None, frechet: bool = False
) -> Extremes:
    """The distribution of the largest hot spot, fitted to the runs of a sweep over seeds; larger electrodes by extrapolation.

    ``metrics``: hot-spot factors that are samples of one kind, both faces of the ceramic at 100 nm unless given, so that a run
    counts twice. ``area``: of a face, m2, or its width in m in two dimensions; that of the study's box unless given.
    ``frechet``: see :func:`solion.analysis.extremes.fit_extremes`. A sweep with other axes is to be reduced to one of
    their points first, ``dataset.isel({"device.layers.0.thickness": 0})``.

    Raises :class:`InputError` for fewer than 10 samples, and where another axis varies.
    """
    names = list(metrics) or [f"hot_spot_{face}_100_nm" for face in FACES]
    samples = []
    for name in names:
        axis, values = _seeded(dataset, name)
        varying = [str(other) for other in values.dims if other != axis and values.sizes[other] > 1]
        if varying:
            raise InputError(f"{varying[0]} varies too; take one of its points first, dataset.isel({{{varying[0]!r}: 0}}).")
        samples.append(values.values.ravel())
    known = np.concatenate(samples)
    known = known[np.isfinite(known)]
    return fit_extremes(known, float(np.prod(face_of(dataset))) if area is None else area, frechet=frechet)


def face_of(dataset: xr.Dataset) -> tuple[float, ...]:
    """Lengths of a face of the ceramic of a sweep's study, m: one in two dimensions, two in three."""
    if "face" not in dataset.attrs:
        raise InputError("this sweep is not one of polycrystals; give the area that its numbers are the largest of.")
    if any(axis["keys"][0].startswith("microstructure.box") for axis in plan_data(dataset)["axes"]):
        raise InputError("the box of the grains varies in this sweep; give the area of a face.")
    return tuple(json.loads(dataset.attrs["face"]))


def typical(dataset: xr.Dataset) -> tuple[xr.Dataset, str]:
    """The sweep with medians over its seeds in place of them, where something else varies too; and a sentence saying so."""
    axis, plan = seed_axis(dataset), plan_data(dataset)
    others = [entry for entry in plan["axes"] if entry["keys"][0] != axis]
    if axis is None or dataset.sizes[axis] < TYPICAL or not any(len(set(map(str, entry["values"]))) > 1 for entry in others):
        return dataset, ""
    names = [name for name in metric_names(dataset) if dataset[name].dtype.kind == "f"]
    with np.errstate(all="ignore"):
        reduced = dataset[names].median(axis, keep_attrs=True)
    status = dataset["status"].transpose(..., axis)
    worst = [
        next((word for word in row if word != "finished"), "finished") for row in status.values.reshape(-1, status.shape[-1])
    ]
    shape = tuple(size for name, size in zip(status.dims, status.shape, strict=True) if name != axis)
    reduced["status"] = ([name for name in status.dims if name != axis], np.array(worst, object).reshape(shape))
    reduced.attrs = dataset.attrs | {"plan": json.dumps(plan | {"axes": others})}
    return reduced, f" Medians over {dataset.sizes[axis]} seeds."


def enough(dataset: xr.Dataset) -> bool:
    """Whether a fit of extremes can be made: the sweep is one over seeds alone, with enough of them."""
    axis = seed_axis(dataset)
    names = [f"hot_spot_{face}_100_nm" for face in FACES]
    if axis is None or dataset["status"].size != dataset.sizes[axis] or not all(name in dataset for name in names):
        return False
    return sum(int(np.isfinite(dataset[name].values).sum()) for name in names) >= FEWEST
