"""Linear and quadratic functions on edges, triangles and tetrahedra, in barycentric coordinates b (sum b = 1).

A simplex has n corners, n = 2, 3, 4. The functions of order 1 are b; those of order 2 are b (2b - 1), one for each corner,
and then 4 b_i b_j, one for each edge of :data:`EDGES`.
"""

from __future__ import annotations

from functools import cache
from math import factorial

import numpy as np

EDGES = {
    2: np.array([[0, 1]]),
    3: np.array([[0, 1], [1, 2], [2, 0]]),
    4: np.array([[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]),
}
_GAUSS = 0.5 + np.sqrt(0.15) * np.array([-1, 0, 1])
_NEAR, _FAR = (6 - np.sqrt(15)) / 21, (6 + np.sqrt(15)) / 21
_TETRAHEDRON = (5 - np.sqrt(5)) / 20
# exact to degree 2: places (q, n), all of one weight
INNER = {
    2: 0.5 + 0.5 / np.sqrt(3) * np.array([[-1, 1], [1, -1]]),
    3: (1 - np.eye(3)) / 2,
    4: _TETRAHEDRON + (1 - 4 * _TETRAHEDRON) * np.eye(4),
}
# exact to degree 5: places (q, n) and weights (q,) that sum to 1 (Gauss; Radon 1948)
GAUSS = {
    2: (np.column_stack((1 - _GAUSS, _GAUSS)), np.array([5, 8, 5]) / 18),
    3: (
        np.concatenate((
            np.full((1, 3), 1 / 3), _NEAR + (1 - 3 * _NEAR) * np.eye(3), _FAR + (1 - 3 * _FAR) * np.eye(3)
        )),
        np.repeat([9 / 40, (155 - np.sqrt(15)) / 1200, (155 + np.sqrt(15)) / 1200], [1, 3, 3]),
    ),
}  # fmt: skip


def values(order: int, barycentric) -> np.ndarray:
    """Functions at places (..., n), shape (..., functions)."""
    b = np.asarray(barycentric, float)
    if order == 1:
        return b
    first, second = EDGES[b.shape[-1]].T
    return np.concatenate((b * (2 * b - 1), 4 * b[..., first] * b[..., second]), axis=-1)


def slopes(order: int, barycentric) -> np.ndarray:
    """Derivatives of the functions by each barycentric coordinate, shape (places, functions, n)."""
    b = np.atleast_2d(barycentric)
    corners = b.shape[1]
    unit = np.broadcast_to(np.eye(corners), (len(b), corners, corners))
    if order == 1:
        return unit
    first, second = EDGES[corners].T
    middle = 4 * (b[:, first, None] * unit[:, second] + b[:, second, None] * unit[:, first])
    return np.concatenate((unit * (4 * b - 1)[:, :, None], middle), axis=1)


@cache
def mass(order: int, corners: int) -> np.ndarray:
    """int N_i N_j over the simplex, divided by its size; exact."""
    forms = _forms(order, corners)
    degree = 2 * order
    moments = np.zeros((corners,) * degree)
    for place in np.ndindex(*moments.shape):
        powers = np.bincount(place, minlength=corners)
        moments[place] = factorial(corners - 1) * np.prod([factorial(p) for p in powers]) / factorial(degree + corners - 1)
    if order == 1:
        return moments
    return np.einsum("aij,bkl,ijkl->ab", forms, forms, moments)


@cache
def mean(order: int, corners: int) -> np.ndarray:
    """Mean of each function over the simplex."""
    return mass(order, corners).sum(axis=1)  # the functions sum to one


def _forms(order: int, corners: int) -> np.ndarray:
    """Each function of order 2 as a quadratic form in b: b (2b - 1) = b^2 - sum of b times the others, since sum b = 1."""
    if order == 1:
        return np.eye(corners)
    own = np.zeros((corners, corners, corners))
    for k in range(corners):
        own[k, k, :] = own[k, :, k] = -0.5
        own[k, k, k] = 1.0
    between = np.zeros((len(EDGES[corners]), corners, corners))
    for k, (i, j) in enumerate(EDGES[corners]):
        between[k, i, j] = between[k, j, i] = 2.0
    return np.concatenate((own, between))


def tensor(order: int, corners: int) -> np.ndarray:
    """T_abij such that int grad N_i . grad N_j = size sum_ab (grad b_a . grad b_b) T_abij."""
    places = np.full((1, corners), 1 / corners) if order == 1 else INNER[corners]
    slope = slopes(order, places)
    return np.einsum("qia,qjb->abij", slope, slope) / len(places)


@cache
def parts(corners: int, levels: int) -> np.ndarray:
    """Corners, in barycentric coordinates, of the 2^((n - 1) levels) equal parts of an edge or a triangle, (parts, n, n)."""
    pieces = np.eye(corners)[None]
    for _ in range(levels):
        if corners == 2:
            middle = pieces.mean(axis=1)
            pieces = np.concatenate((np.stack((pieces[:, 0], middle), 1), np.stack((middle, pieces[:, 1]), 1)))
            continue
        a, b, c = pieces.transpose(1, 0, 2)
        ab, bc, ca = (a + b) / 2, (b + c) / 2, (c + a) / 2
        pieces = np.concatenate([np.stack(three, 1) for three in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))])
    return pieces
