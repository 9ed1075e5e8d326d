"""Phases of a host with two kinds of layers: segments of the lower convex hull of its energy over both fillings.

At the mean c = (c_1 + c_2)/2 the host takes the split of least energy, g(c) = min G(c_1, c_2). Every segment of the lower hull
of g is a gap between two states a and b that satisfy

    mu_1(a) = mu_2(a) = mu_1(b) = mu_2(b) = mu,    G(b) - G(a) = mu [c(b) - c(a)]

The hull of a grid finds them all, Newton's method each to round-off. Fillings of one layer and of the other are interchangeable.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from solion.base.errors import RunError
from solion.base.parameters import as_arrays, without_sources
from solion.laws.layered_energy import AbstractLayeredEnergy, layer_potentials
from solion.thermodynamics.phases import remembered

POINTS = 600  # of a filling, between empty and full
LEAST = 5  # steps of the grid below which two points of the hull are neighbours in one phase


class LayeredGap(NamedTuple):
    """Two states side by side at rest, each (c_1, c_2) with the fuller layer first, and the potential mu (k_B T) of both."""

    poor: tuple[float, float]
    rich: tuple[float, float]
    plateau: float

    @property
    def binodal(self) -> tuple[float, float]:
        """Mean fillings of the two."""
        return sum(self.poor) / 2, sum(self.rich) / 2


@remembered
def layered_gaps(law: AbstractLayeredEnergy, *, electrons: bool = True) -> tuple[LayeredGap, ...]:
    """The gaps of a neutral host, from poor to rich; none where one phase holds every filling.

    ``electrons``: whether their part counts, as in a film; False for a metal, whose electrons have a constant potential, so that
    plateaus are those of the ions alone. Raises :class:`RunError` where a tangent is not found.
    """
    law, shared = as_arrays(without_sources(law)), np.asarray(float(electrons))
    filling = (np.arange(POINTS) + 0.5) / POINTS
    pairs = np.stack(np.meshgrid(filling, filling, indexing="ij"), axis=-1)
    whole = np.where(pairs[..., 0] >= pairs[..., 1], np.asarray(_energies(law, pairs, shared)), np.inf).ravel()
    sums = np.add.outer(np.arange(POINTS), np.arange(POINTS)).ravel()
    order = np.lexsort((whole, sums))
    best = order[np.unique(sums[order], return_index=True)[1]]  # of each mean the split of least energy
    states = pairs.reshape(-1, 2)[best]
    corners = _lower_hull(states.mean(axis=-1), whole[best])
    long = [(a, b) for a, b in itertools.pairwise(corners) if b - a > LEAST]
    return tuple(_polished(law, shared, states[a], states[b]) for a, b in long)


@eqx.filter_jit
def _energies(law: AbstractLayeredEnergy, layers, electrons):
    """G of fillings, with or without what electrons add as they come."""
    mean = jnp.mean(layers, axis=-1)
    return law.energy(layers[..., 0], layers[..., 1], electrons * mean + (1 - electrons) / 2)


@eqx.filter_jit
def _excess(law: AbstractLayeredEnergy, unknown, electrons):
    """What is zero where two states in logits and a potential are those of a gap."""
    layers, mu = jax.nn.sigmoid(unknown[:4]).reshape(2, 2), unknown[4]
    ions, electron = layer_potentials(law, layers)
    heights = _energies(law, layers, electrons) - mu * jnp.mean(layers, axis=-1)
    return jnp.append((ions + electrons * electron[:, None] - mu).ravel(), heights[1] - heights[0])


def _lower_hull(x, values) -> list[int]:
    """Places of the corners of the lower convex hull."""
    found: list[int] = []
    for k in range(x.size):
        while len(found) > 1:
            i, j = found[-2:]
            if (values[j] - values[i]) * (x[k] - x[i]) < (values[k] - values[i]) * (x[j] - x[i]):
                break
            found.pop()
        found.append(k)
    return found


def _polished(law, electrons, poor, rich) -> LayeredGap:
    """The common tangent near two states, in logits, so that fillings stay between 0 and 1."""
    from scipy.optimize import root

    start = np.stack([poor, rich])
    heights = np.asarray(_energies(law, start, electrons))
    slope = (heights[1] - heights[0]) / (start[1].mean() - start[0].mean())
    found = root(lambda unknown: np.asarray(_excess(law, unknown, electrons)), [*np.log(start / (1 - start)).ravel(), slope])
    if np.max(np.abs(found.fun)) > 1e-8:
        raise RunError(f"layered_gaps: no common tangent found between fillings {np.mean(poor):.3f} and {np.mean(rich):.3f}.")
    poor, rich = (1 / (1 + np.exp(-found.x[:4]))).reshape(2, 2)
    return LayeredGap((float(poor[0]), float(poor[1])), (float(rich[0]), float(rich[1])), float(found.x[4]))
