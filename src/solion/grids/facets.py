"""Facets of a mesh of simplices that matter: those between two regions and those on the faces."""

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
