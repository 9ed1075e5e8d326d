"""A convex body whose surface recedes along its normals at a speed that depends on them alone: the exact solution.

The body at time t is the intersection of the half spaces n x <= h(n) - t v(n), h its support function at the start (E. Hopf,
J. Math. Mech. 14, 951 (1965): the viscosity solution of phi_t = v(n) |grad phi| from convex data). Fast directions win and
become facets; nothing is asked of v, which may have any shape.
"""

from __future__ import annotations

import numpy as np


def receding_radius(directions, normals, support, *, chunk: int = 512) -> np.ndarray:
    """Distance from the origin to the surface along unit ``directions`` (k, d), for ``support`` (normals,) = h(n) - t v(n).

    min over n of support/(n . direction), n . direction > 0; zero where the origin is no longer inside. Normals should lie
    some four times as dense as the directions: each of them cuts a plane.
    """
    directions, normals, support = (np.asarray(each, float) for each in (directions, normals, support))
    found = []
    for start in range(0, len(directions), chunk):
        along = directions[start : start + chunk] @ normals.T
        found.append(np.min(np.where(along > 1e-9, np.maximum(support, 0) / np.maximum(along, 1e-9), np.inf), axis=1))
    return np.concatenate(found)


def circle(count: int) -> np.ndarray:
    """(count, 2) unit vectors, evenly turned from (1, 0)."""
    turn = 2 * np.pi * np.arange(count) / count
    return np.stack([np.cos(turn), np.sin(turn)], axis=-1)


def sphere(count: int) -> np.ndarray:
    """(count, 3) unit vectors, evenly spread along a Fibonacci spiral."""
    k = np.arange(count) + 0.5
    z, turn = 1 - 2 * k / count, np.pi * (1 + np.sqrt(5)) * k
    ring = np.sqrt(1 - z**2)
    return np.stack([ring * np.cos(turn), ring * np.sin(turn), z], axis=-1)


def truncated_octahedron(edge: float) -> tuple[np.ndarray, np.ndarray]:
    """(normals (14, 3), distances) of the faces of a truncated octahedron of that edge, its square faces along the axes."""
    squares = np.concatenate([np.eye(3), -np.eye(3)])
    hexagons = np.array([(i, j, k) for i in (1, -1) for j in (1, -1) for k in (1, -1)]) / np.sqrt(3)
    return np.concatenate([squares, hexagons]), edge * np.concatenate([np.full(6, np.sqrt(2)), np.full(8, np.sqrt(1.5))])


def vertices_of_truncated_octahedron(edge: float) -> np.ndarray:
    """(24, 3): all permutations of (0, +-1, +-2) edge/sqrt 2; the support along n is the largest n . vertex."""
    found = {
        tuple(np.roll(order, turn) * 1.0)
        for turn in range(3)
        for i in (1, -1)
        for j in (1, -1)
        for order in (np.array([0, i, 2 * j]), np.array([0, 2 * i, j]))
    }
    return np.array(sorted(found)) * edge / np.sqrt(2)
