"""How a product that forms at a front moves out: the part of the shape that the front alone does not say.

Two closures bracket a viscoplastic shell: rigid columns along the facets' normals, the most anisotropic, and an irrotational
(Darcy) flow, the most isotropic. Both conserve area exactly.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

RINGS = 20  # nodes across the shell


def columns(angles: np.ndarray, radius: float, volume_ratio: float, facets: int, facet_distance: float = 0.0) -> np.ndarray:
    """Outer radius along ``angles`` where each of ``facets`` equal facets pushes its product rigidly along its normal.

    A column at a distance s from the middle of a facet (angle 0 is a facet's normal) ends at n_in + beta (sqrt(a0^2
    - s^2) - n_in), with n_in the facet's distance, or |s|/tan(pi/facets) where neighbours met. At the end the tip is
    beta a0 and the neck a0: ratio beta. Facets that have not yet met are ``facet_distance`` from the middle.
    """
    half = np.pi / facets
    s = np.linspace(-radius * np.sin(half), radius * np.sin(half), 2001)
    inner = np.maximum(facet_distance, np.abs(s) / np.tan(half)) if facets > 2 else np.full_like(s, max(facet_distance, 0.0))
    arc = np.sqrt(radius**2 - s**2)
    outer = np.where(inner < arc, inner + volume_ratio * (arc - inner), arc)
    turn, reach = np.arctan2(s, outer), np.hypot(s, outer)
    local = (np.asarray(angles) + half) % (2 * half) - half
    return np.interp(local, turn, reach)


def darcy(core: np.ndarray, outer: np.ndarray, supply: np.ndarray, turn: float) -> np.ndarray:
    """Area that leaves through each node of the outer ring where ``supply`` (area by node) enters at the core's: div u = 0.

    u = -grad p, p = 0 outside. Linear elements between rings of a polar mesh, an average of both ways to cut each
    quadrilateral; nodal reactions are the fluxes, so that what enters leaves to round-off. ``turn``: angle between directions.
    """
    count = len(core)
    share = np.linspace(0, 1, RINGS) ** 1.3  # finer at the core, whose corners bend the flow
    radius = core + share[:, None] * (outer - core)
    angle = turn * np.arange(count)
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    node = np.arange(RINGS * count).reshape(RINGS, count)
    a, b = node[:-1], node[1:]
    c, d = np.roll(a, -1, 1), np.roll(b, -1, 1)  # a b outward, c d the next direction
    triangles = np.concatenate([np.stack(t, -1).reshape(-1, 3) for t in ((a, b, d), (a, d, c), (a, b, c), (b, d, c))])
    px, py = x.ravel()[triangles], y.ravel()[triangles]
    gx, gy = np.roll(py, -1, 1) - np.roll(py, -2, 1), np.roll(px, -2, 1) - np.roll(px, -1, 1)
    area = np.abs(np.sum(px * gx, 1)) / 2
    local = (gx[:, :, None] * gx[:, None] + gy[:, :, None] * gy[:, None]) / (8 * np.maximum(area, 1e-300))[:, None, None]
    rows, columns_ = np.repeat(triangles, 3, 1).ravel(), np.tile(triangles, (1, 3)).ravel()
    matrix = sp.csr_matrix((local.ravel(), (rows, columns_)), (node.size, node.size))
    free, rim = node[:-1].ravel(), node[-1]
    load = np.zeros(free.size)
    load[:count] = supply
    # symmetric and definite: an ordering for that, and no search for pivots
    pressure = splu(matrix[free][:, free].tocsc(), "MMD_AT_PLUS_A", 0.0, options={"SymmetricMode": True}).solve(load)
    return -(matrix[rim][:, free] @ pressure)
