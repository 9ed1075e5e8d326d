"""What meshes of triangles and of tetrahedra have in common: cells in regions, and the facets of them that matter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Facets:
    """Sides of cells: ``cell`` (m, s) and which of its sides, ``side`` (m, s); s = 1 on a face, 2 between regions.

    ``nodes`` (m, s, d): the corners of the side, in matching order. Side k of a triangle joins its corners k and k + 1, side k
    of a tetrahedron is opposite its corner k.
    """

    cell: np.ndarray
    side: np.ndarray
    nodes: np.ndarray

    def __getitem__(self, chosen) -> Facets:
        return Facets(self.cell[chosen], self.side[chosen], self.nodes[chosen])

    def __len__(self) -> int:
        return len(self.cell)


@dataclass(frozen=True)
class Mesh:
    """``points`` (n, d), ``cells`` (t, d + 1) of positive size, ``region`` (t,).

    Regions are grain numbers, then layers (``grains``, ``grains + 1`` ...: those at the bottom, from the ceramic outward, then
    those at the top). ``between``: facets between two regions, lower region first. ``bottom``, ``top``: facets on the outer
    faces. ``box``: lengths of the ceramic, m, the last one along z.
    """

    points: np.ndarray
    cells: np.ndarray
    region: np.ndarray
    grains: int
    between: Facets
    bottom: Facets
    top: Facets
    box: tuple[float, ...]


def normals(points: np.ndarray, facets: Facets) -> tuple[np.ndarray, np.ndarray]:
    """Unit normals (m, d), of either sign, and sizes (m or m2) of facets."""
    corners = points[facets.nodes[:, 0]]
    spans = corners[:, 1:] - corners[:, :1]
    if points.shape[1] == 2:
        normal = np.stack((spans[:, 0, 1], -spans[:, 0, 0]), axis=1)
        size = np.hypot(*normal.T)
        return normal / size[:, None], size
    normal = np.cross(spans[:, 0], spans[:, 1])
    twice = np.linalg.norm(normal, axis=1)
    return normal / twice[:, None], twice / 2
