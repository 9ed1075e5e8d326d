"""Fields on tetrahedra: currents in squares of a regular grid over x and y."""

from __future__ import annotations

import numpy as np

from solion.balances import simplices
from solion.experiments.conduction.assembled import Assembled
from solion.experiments.conduction.dataset import contacts
from solion.experiments.conduction.problem import CrossSection
from solion.grids.meshes.mesh import Facets

PER_EDGE = 2  # squares along an edge of the mesh, about
FINE = 3  # parts along a square, at least


class SpaceField(Assembled):
    """A problem in the box (x, y, z)."""

    @property
    def windows(self):
        """Twice, four and eight times the edges on the electrodes, as far as they fit."""
        edge = max(_edges(self.mesh.points, facets)[1] for facets in (self.mesh.bottom, self.mesh.top))
        return tuple(k * edge for k in (2, 4, 8) if k * edge <= min(self.mesh.box[:2])) or (2 * edge,)

    @property
    def resolution(self):
        return 0.5 * self.mesh.size

    def numbers(self):
        return {"tetrahedra": len(self.mesh.cells), "largest mean edge": self.mesh.size}

    def outlines(self):
        """None: a map of the box is a slice."""
        return None

    def _squares(self, edge: float) -> tuple[tuple[int, int], np.ndarray, float]:
        """Shape of the grid, centres of its squares (m, 2) with x the slower, and their area, for a mesh with such edges."""
        lengths = np.array(self.mesh.box[:2])
        side = lengths.min() / np.ceil(PER_EDGE * lengths.min() / edge)
        shape = tuple(int(n) for n in np.maximum(1, np.round(lengths / side)))
        places = [(np.arange(n) + 0.5) * length / n for n, length in zip(shape, lengths, strict=True)]
        centres = np.stack(np.meshgrid(*places, indexing="ij"), axis=-1).reshape(-1, 2)
        return (shape[0], shape[1]), centres, float(np.prod(lengths / shape))

    def section(self, phi, facets: Facets, side: int, residual, sign: float, height: float, grain, beyond: float = 0.0):
        """Means over squares of the flux through facets, by small equal parts of them; scaled by the few 1e-4 that the parts
        at the rims of squares miss, so that the current of the whole is that of the conservative flux."""
        mesh, order = self.mesh, self.space.order
        corners = mesh.points[facets.nodes[:, 0]]
        longest, edge = _edges(mesh.points, facets)
        shape, centres, area = self._squares(edge)
        levels = max(0, int(np.ceil(np.log2(FINE * longest / np.sqrt(area)))))
        parts = simplices.parts(3, levels)
        middles = parts.mean(axis=1)
        places = np.einsum("qa,max->mqx", middles, corners)[..., :2]
        index = [np.minimum((places[..., k] / mesh.box[k] * shape[k]).astype(int), shape[k] - 1) for k in (0, 1)]
        square = np.ravel_multi_index(index, shape)
        weights = np.broadcast_to(self.space.sizes(facets)[:, None] / len(parts), square.shape)

        def means(densities):
            total = np.bincount(square.ravel(), weights.ravel(), len(centres))
            found = np.bincount(square.ravel(), (weights * densities).ravel(), len(centres)) / total
            return found * (weights * densities).sum() / (found.sum() * area)

        # exact means of the quadratic over each part, by the middles of its edges
        ends = (parts + np.roll(parts, -1, axis=1)) / 2
        weigh = simplices.values(order, ends).mean(axis=1)
        values, size = sign * self.space.flux(facets, side, residual), self.space.sizes(facets)
        flux = values @ weigh.T
        holder = np.zeros(len(centres), int)
        # of the parts in a square the nearest to its centre comes last, and stays
        nearer = np.argsort(((places - centres[square]) ** 2).sum(axis=-1).ravel())[::-1]
        holder[square.ravel()[nearer]] = np.repeat(grain, len(parts))[nearer]
        second = None if order == 2 else means(self.gradient(phi, facets, side, middles))
        return CrossSection(
            height,
            centres,
            np.full(len(centres), area),
            means(flux),
            holder,
            edge,
            False,
            shape,
            second,
            smooth=bool(longest < 0.25 * beyond),
            contacts=contacts(grain, size, size * (values @ self.space.facet_mean)),
        )

    def cut(self, phi, height: float) -> CrossSection:
        """j_z through a plane in squares, the mean of four places in each."""
        mesh = self.mesh
        shape, centres, area = self._squares(mesh.size)
        shifts = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]]) * np.array(mesh.box[:2]) / shape / 4
        spots = (centres[:, None] + shifts).reshape(-1, 2)
        points = np.column_stack((spots, np.full(len(spots), height)))
        current = self.sample(phi, points)[1][:, 2].reshape(-1, 4).mean(axis=1)
        grain = self.grain(np.column_stack((centres, np.full(len(centres), height))))
        return CrossSection(float(height), centres, np.full(len(centres), area), current, grain, float(mesh.size), False, shape)


def _edges(points, facets: Facets) -> tuple[float, float]:
    """The longest edge of facets and the median one, m."""
    corners = points[facets.nodes[:, 0]]
    edges = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2)
    return float(edges.max()), float(np.median(edges))
