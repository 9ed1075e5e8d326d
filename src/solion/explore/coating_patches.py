"""A coating that is not even: patches of random thickness and barrier under one overpotential, and the first of them to nucleate.

    mean i = sum_k i_k(eta)/n,      patch k nucleates at eta_k = eta_1(i_k) + eta_nuc,k (adatom) or eta_nuc,k (electrolyte)

The cell's threshold is the mean current at the least eta_k. With quick transfer at the electrolyte all patches are
supersaturated alike, and thin ones only focus the current; with slow transfer a thick patch, which draws less of it, is the
first. What scatters the threshold is then the barrier: defects. No current flows in the plane.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from solion.balances.coating_paths import Path, alone, threshold
from solion.base.errors import InputError
from solion.devices.coated_electrode import CoatedElectrode


class FirstNucleation(NamedTuple):
    """Of each cell (the leading axes), when its first patch nucleates: the mean current density (A/m2), which patch it is, and
    how many times the mean the most loaded one carries; ``even``: the threshold of an even coating."""

    current: NDArray
    patch: NDArray
    focus: NDArray
    even: float


class WeibullFit(NamedTuple):
    """P(i) = 1 - exp(-(i/scale)^shape) of cells' thresholds; a cell ``n`` times as large has ``scale`` n^(-1/shape)."""

    shape: float
    scale: float

    def larger(self, factor: float) -> float:
        """Median threshold of a cell of ``factor`` times the area, A/m2."""
        return self.scale * (np.log(2) / factor) ** (1 / self.shape)


def random_patches(
    cells: int,
    patches: int = 256,
    *,
    thickness: float = 0.1,
    barrier: float = 0.1,
    defects: float = 0.0,
    depth=0.1,
    seed: int = 0,
) -> tuple[NDArray, NDArray]:
    """(thickness, barrier) of each patch of each cell over the nominal ones: log-normal with these standard deviations of the
    logarithm, and a share ``defects`` of patches with barriers of ``depth`` times the others'."""
    if not (cells >= 1 and patches >= 1 and 0 <= defects <= 1 and thickness >= 0 and barrier >= 0 and 0 <= depth <= 1):
        raise InputError("random_patches: cells and patches are at least 1, spreads at least 0, defects and depth within [0, 1].")
    draw = np.random.default_rng(seed)
    shape = (cells, patches)
    lengths, barriers = (np.exp(spread * draw.standard_normal(shape)) for spread in (thickness, barrier))
    return lengths, barriers * np.where(draw.random(shape) < defects, depth, 1.0)


def first_nucleation(electrode: CoatedElectrode, thickness: NDArray, barrier: NDArray) -> FirstNucleation:
    """The first nucleation of cells with patches (the last axis) of relative thickness and barrier, sharing the area equally."""
    lengths, barriers = np.broadcast_arrays(np.asarray(thickness, float), float(electrode.barrier) * np.asarray(barrier, float))
    into, bottom = electrode.exchange(electrode.into), electrode.exchange(electrode.bottom)
    resistance, offset = float(electrode.ion_resistance) * lengths, float(electrode.offset)

    def at_onset(length, level):
        if electrode.drive == "electrolyte":
            return level
        return level + alone(into, threshold(Path(length, (bottom,), offset), level))

    levels = np.asarray(at_onset(resistance, barriers))
    first = levels.argmin(-1)
    least = levels.min(-1)
    currents = np.asarray(threshold(Path(resistance, (into, bottom), offset), least[..., None]))
    mean = currents.mean(-1)
    whole, level = jnp.asarray(float(electrode.ion_resistance)), jnp.asarray(float(electrode.barrier))
    even = threshold(Path(whole, (into, bottom), offset), at_onset(whole, level))
    some = np.where(mean > 0, mean, 1.0)
    return FirstNucleation(mean, first, np.where(mean > 0, currents.max(-1) / some, 1.0), float(even))


def weibull(currents: NDArray) -> WeibullFit:
    """The Weibull distribution of cells' thresholds by greatest likelihood. Raises InputError for fewer than three, or zeros."""
    x = np.asarray(currents, float).ravel()
    if x.size < 3 or np.any(x <= 0) or np.ptp(x) == 0:
        raise InputError("weibull: give at least three thresholds that are above zero and not all alike.")
    from scipy.optimize import brentq

    logs = np.log(x / x.max())

    def score(shape):
        weights = np.exp(shape * logs)
        return float(weights @ logs / weights.sum() - 1 / shape - logs.mean())

    shape = brentq(score, 1e-3, 1e6)
    return WeibullFit(float(shape), float(x.max() * np.mean(np.exp(shape * logs)) ** (1 / shape)))
