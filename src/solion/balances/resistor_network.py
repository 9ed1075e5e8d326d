"""Composites as grains by chance: conductivity of a film a few grains thick, and whether a phase spans it at all.

A grain is a voxel of the network of :mod:`solion.balances.conduction_voxels`, its phase drawn by its share of volume; sides are
periodic, both faces equipotential. Of an infinite network a phase spans from 0.3116 on (sites of a simple cubic lattice); of a
film of few grains the threshold is blurred, and the spread over arrangements is part of the answer.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
from scipy.interpolate import PchipInterpolator

from solion.balances.conduction_voxels import VoxelGrains, network
from solion.balances.electrode import Electrode
from solion.balances.voxel_electrodes import conduct
from solion.base.errors import InputError
from solion.grids.grains.connectivity import reach, solid_pieces
from solion.grids.grains.voxel_facets import AxisFaces, VoxelFacets

# of the second phase's conductivity to the first one's
RATIOS = np.array([0, 1e-12, 1e-8, 1e-5, 1e-4, 1e-3, 1e-2, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 1e3, 1e4, 1e5])
ARRANGEMENTS, WIDTH = 12, 12


def arrangements(share, layers: int, width: int = WIDTH, count: int = ARRANGEMENTS, seed: int = 0) -> np.ndarray:
    """Phases (0, 1, ...) of grains, shape (count, width, width, layers), each with its share of volume to a grain."""
    share = np.asarray(share, float)
    if share.ndim != 1 or np.any(share < 0) or abs(share.sum() - 1) > 1e-6:
        raise InputError(f"composite: shares of volume {share.tolist()} have to be 0 or more and to sum to 1.")
    if not (layers >= 1 and width >= 2 and count >= 1):
        raise InputError(f"composite: {layers} layers of {width} x {width} grains, {count} times; give 1, 2 and 1 or more.")
    draw, size = np.random.default_rng(seed), width * width * layers
    ends = np.concatenate([[0], np.round(np.cumsum(share) * size).astype(int)])
    phases = np.repeat(np.arange(len(share)), np.diff(ends))
    return np.stack([draw.permutation(phases).reshape(width, width, layers) for _ in range(count)])


def spans(phases: np.ndarray, of: int = 0) -> bool:
    """Whether a phase connects both faces of one arrangement."""
    found = reach(solid_pieces((phases == of).astype(np.int32), True))
    return bool(np.any(found[0] & found[1]))


def spanning_probability(share: float, layers: int, width: int = WIDTH, count: int = 200, seed: int = 0) -> float:
    """Chance that a phase of this share of volume spans a film of some layers of grains."""
    return float(np.mean([spans(one) for one in arrangements([share, 1 - share], layers, width, count, seed)]))


def network_conductivity(phases: np.ndarray, conductivity) -> float:
    """Conductivity (S/m) of one arrangement, of those of its phases; 0 where no path of conducting grains leads through."""
    conductivity = np.asarray(conductivity, float)
    labels = np.where(conductivity[phases] > 0, phases + 1, 0).astype(np.int32)
    pieces = solid_pieces(labels, True)
    found = reach(pieces)
    labels = np.where((found[0] & found[1])[pieces], labels, 0)  # what does not lead from face to face carries nothing
    if not labels.any():
        return 0.0
    best = float(conductivity.max())
    nothing = AxisFaces(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
    facets = VoxelFacets(np.zeros((0, 2), np.int64), (nothing,) * 3, np.zeros(0), np.zeros((0, 3)), np.zeros((0, 3)))
    grains = VoxelGrains(labels, 1.0, True, facets, np.concatenate([[0.0], conductivity / best]), np.zeros(0))
    face = np.ones(labels.shape[:2])
    metal = Electrode(face * np.inf, face * 0, face)
    return best * labels.shape[-1] * float(conduct(network(grains), metal, metal, voltage=1.0).bottom.mean())


class NetworkTable(NamedTuple):
    """Conductivity over that of the first phase, of each arrangement (rows, sorted) at each of ``RATIOS``; chance to span."""

    values: np.ndarray
    spanning: float

    def conductivity(self, first, second, place) -> np.ndarray:
        """Conductivity (S/m) where the phases have ``first`` and ``second``, the third none; ``place`` in [0, 1) its quantile."""
        first, second, place = np.broadcast_arrays(first, second, place)
        row = np.minimum((np.asarray(place) * len(self.values)).astype(int), len(self.values) - 1)
        knots, at = np.log(RATIOS[1:]), np.log(np.maximum(second / first, 1e-300))
        bare = self.values[row, 0]  # the second phase an insulator: what a path of the first alone conducts
        found = np.zeros(np.shape(at))
        for k, values in enumerate(self.values):
            some = row == k
            if values[1] > 0 and some.any():
                curve = PchipInterpolator(knots, np.log(values[1:]))
                inside = np.clip(at[some], knots[0], knots[-1])
                found[some] = np.exp(curve(inside) + curve(inside, 1) * (at[some] - inside))
        return first * np.where((at < knots[0]) & (bare > 0), bare, found)


@functools.cache
def network_table(alloy: float, salt: float, pore: float, layers: int, seed: int = 0) -> NetworkTable:
    """Of 12 arrangements of 12 x 12 x layers grains of alloy, salt and pores, whatever alloy and salt conduct."""
    drawn = arrangements([alloy, salt, pore], layers, seed=seed)
    values = np.array([[network_conductivity(one, [1.0, ratio, 0.0]) for ratio in RATIOS] for one in drawn])
    return NetworkTable(np.sort(values, axis=0), float(np.mean([spans(one) for one in drawn])))
