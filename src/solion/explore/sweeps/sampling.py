"""Samples of a space of parameters: Latin hypercube and Sobol, by scipy, the same for the same seed."""

from __future__ import annotations

import dataclasses
import warnings
from typing import Any

import numpy as np

from solion.base.errors import InputError
from solion.explore.sweeps.axes import Axis, tidy

KINDS = ("latin_hypercube", "sobol")


def sample(axes: tuple[Axis, ...], kind: str, runs: int, seed: int) -> tuple[Axis, ...]:
    """The axes with ``values`` drawn together, one for each run.

    Each column of the unit cube is stretched over its axis' range; on an axis with a list of values it picks one of them.
    Latin hypercube: McKay, Beckman, Conover, doi:10.1080/00401706.1979.10489755. Sobol, scrambled: Owen,
    doi:10.1006/jcom.1998.0487; its balance is best where the number of runs is a power of two.
    """
    from scipy.stats import qmc

    for axis in axes:
        if axis.span is not None and axis.span.count is not None:
            raise InputError(
                f"{axis.name}: a range of a sample has no number of points of its own; the number of runs is given once."
            )
    make: Any = {"latin_hypercube": qmc.LatinHypercube, "sobol": qmc.Sobol}[kind]
    engine = make(len(axes), seed=np.random.default_rng(seed))
    with warnings.catch_warnings():  # of runs that are no power of two: the documentation says so
        warnings.simplefilter("ignore", UserWarning)
        cube = engine.random(runs)
    return tuple(dataclasses.replace(axis, values=_drawn(axis, cube[:, k])) for k, axis in enumerate(axes))


def _drawn(axis: Axis, column: np.ndarray) -> tuple[Any, ...]:
    if axis.span is not None:
        return tuple(tidy(axis.span.at(column)))
    picked = np.minimum((column * len(axis.values)).astype(int), len(axis.values) - 1)
    return tuple(axis.values[k] for k in picked)
