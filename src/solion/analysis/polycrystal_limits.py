"""Estimates and bounds of the conductivity of a ceramic with resistive grain boundaries, without a field. Pure functions."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import spsolve


def brick_layer(conductivity: float, resistance: float, grain_size: float) -> float:
    """1/sigma = 1/sigma_g + R_gb/d: cubes in rows; sigma_g / (1 + Lambda), S/m."""
    return 1 / (1 / conductivity + resistance / grain_size)


def uniform_current(resistivity: float, volume: float, size, resistance, tilt) -> float:
    """Lower bound, exact to first order in Lambda: a uniform current dissipates at least as much, S/m.

    1/sigma = mean(1/sigma_g) + (1/V) sum R n_z^2 dS (complementary energy; ``tilt`` = |n_z| of each facet).
    """
    return 1 / (resistivity + float(np.sum(np.asarray(resistance) * np.asarray(tilt) ** 2 * size)) / volume)


def blocking(grains, size, resistance, bottom, top) -> tuple[float, np.ndarray, np.ndarray]:
    """Grains without any resistance inside: a network of boundaries, an upper bound of what the ceramic conducts.

    ``grains`` (m, 2), ``size``, ``resistance``: the facets. ``bottom``, ``top``: numbers of the grains on the electrodes, held
    at 1 and 0 V. Returns the conductance (S, or S/m in 2D; infinite where one grain or perfect boundaries join the
    electrodes), the grain numbers and their potentials (V).
    """
    grains = np.asarray(grains)
    names, local = np.unique(np.concatenate((grains.ravel(), bottom, top)), return_inverse=True)
    a, b = local[: grains.size].reshape(-1, 2).T
    count = len(names)
    resistance = np.asarray(resistance, float)
    perfect = resistance == 0
    graph = coo_array((np.ones(perfect.sum()), (a[perfect], b[perfect])), shape=(count, count))
    parts, joined = connected_components(graph, directed=False)
    a, b = joined[a[~perfect]], joined[b[~perfect]]
    low = np.unique(joined[local[grains.size : grains.size + len(bottom)]])
    high = np.unique(joined[local[grains.size + len(bottom) :]])
    potential = np.zeros(parts)
    potential[low] = 1.0
    if np.intersect1d(low, high).size:
        return float("inf"), names, potential[joined]
    conductance = np.asarray(size)[~perfect] / resistance[~perfect]
    rows, columns = np.concatenate((a, b, a, b)), np.concatenate((a, b, b, a))
    data = np.concatenate((conductance, conductance, -conductance, -conductance))
    matrix = coo_array((data, (rows, columns)), shape=(parts, parts)).tocsr()
    free = np.setdiff1d(np.arange(parts), np.concatenate((low, high)))
    if len(free):
        potential[free] = np.atleast_1d(spsolve(matrix[free][:, free].tocsc(), -(matrix @ potential)[free]))
    return float((matrix @ potential)[low].sum()), names, potential[joined]
