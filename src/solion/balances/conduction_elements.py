"""Conduction on triangles whose regions own their degrees of freedom: a resistive boundary is a jump, not a layer of cells.

Find phi in the product over regions of H1(region) with, for all v,

    sum_regions int sigma grad(phi).grad(v) dA + sum_boundaries int (1/R) [phi] [v] ds = sum_faces int j(V - phi) v ds,

where boundaries conduct along themselves with int s {phi}' {v}' ds on the left, {phi} the mean of both sides, and

phi = V where a face is equipotential. There is no penalty parameter and the matrix is symmetric positive definite; a
boundary without resistance is no jump at all: its two sides share their degrees of freedom. Quadratic (order 2) or
linear triangles. Plain arrays in SI throughout; the third length is 1 m, so that currents are A/m and conductances S/m.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from scipy.sparse import coo_array, csc_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

from solion.errors import InputError
from solion.grids.triangles import Facets, Triangles

# on an edge with ends a, b and middle m: int N_i N_j ds / length
EDGE_MASS = {1: np.array([[2, 1], [1, 2]]) / 6, 2: np.array([[4, -1, 2], [-1, 4, 2], [2, 2, 16]]) / 30}

EDGE_STIFFNESS = {1: np.array([[1.0, -1], [-1, 1]]), 2: np.array([[7.0, 1, -8], [1, 7, -8], [-8, -8, 16]]) / 3}


def edge_values(order: int, place) -> np.ndarray:
    """Shape functions (a, b[, m]) at places 0 ... 1 along an edge, shape (places, functions)."""
    s = np.asarray(place, float)
    if order == 1:
        return np.stack((1 - s, s), axis=-1)
    return np.stack(((1 - s) * (1 - 2 * s), s * (2 * s - 1), 4 * s * (1 - s)), axis=-1)


def slopes(order: int, barycentric) -> np.ndarray:
    """Derivatives of a triangle's shape functions by its three barycentric coordinates, shape (places, functions, 3)."""
    b = np.atleast_2d(barycentric)
    unit = np.broadcast_to(np.eye(3), (len(b), 3, 3))
    if order == 1:
        return unit
    following = [1, 2, 0]
    middle = 4 * (b[:, :, None] * unit[:, following] + b[:, following, None] * unit)
    return np.concatenate((unit * (4 * b - 1)[:, :, None], middle), axis=1)


class BrokenSpace:
    """Degrees of freedom of phi. ``merged``: which facets of ``mesh.between`` conduct perfectly and so are no jump.

    ``shape`` (t, 2, 2): where conductivities are tensors, each of them over the number that is given for its triangle.
    """

    def __init__(self, mesh: Triangles, order: int, merged: np.ndarray, shape: np.ndarray | None = None):
        if order not in (1, 2):
            raise InputError(f"order = {order!r} must be 1 (linear) or 2 (quadratic triangles).")
        self.mesh, self.order, self.shape = mesh, order, shape
        nodes, region = mesh.triangles, mesh.region.astype(np.int64)
        regions = int(region.max()) + 1
        vertex, dofs = np.unique(nodes * regions + region[:, None], return_inverse=True)
        dofs = dofs.reshape(nodes.shape)
        if order == 2:
            ends = np.sort(np.stack((nodes, np.roll(nodes, -1, axis=1)), axis=-1), axis=-1).astype(np.int64)
            _, number = np.unique(ends[..., 0] * len(mesh.points) + ends[..., 1], return_inverse=True)
            key = number.reshape(nodes.shape).astype(np.int64) * regions + region[:, None]
            dofs = np.column_stack((dofs, len(vertex) + np.unique(key, return_inverse=True)[1].reshape(nodes.shape)))
        self.dofs = dofs
        pairs = self.facet_dofs(mesh.between[merged])
        first, second = pairs[:, 0].ravel(), pairs[:, 1].ravel()
        count = int(dofs.max()) + 1
        graph = coo_array((np.ones(len(first)), (first, second)), shape=(count, count))
        self.size, joined = connected_components(graph, directed=False)
        self.dofs = joined[dofs]
        self.jumps = mesh.between[~merged]

    def facet_dofs(self, facets: Facets) -> np.ndarray:
        """Degrees of freedom on facets (m, s, 2 or 3): both ends, in the order of ``facets.nodes``, and the middle."""
        triangle, edge = facets.triangle, facets.edge
        ends = [self.dofs[triangle, edge], self.dofs[triangle, (edge + 1) % 3]]
        flipped = self.mesh.triangles[triangle, edge] != facets.nodes[..., 0]
        ends = [np.where(flipped, ends[1], ends[0]), np.where(flipped, ends[0], ends[1])]
        return np.stack(ends if self.order == 1 else [*ends, self.dofs[triangle, 3 + edge]], axis=-1)

    @cached_property
    def places(self) -> np.ndarray:
        """A place of each degree of freedom, (size, 2); of joined ones any."""
        corners = self.mesh.points[self.mesh.triangles]
        places = np.zeros((self.size, 2))
        places[self.dofs[:, :3]] = corners
        if self.order == 2:
            places[self.dofs[:, 3:]] = (corners + np.roll(corners, -1, axis=1)) / 2
        return places

    def lengths(self, facets: Facets) -> np.ndarray:
        """Length of each facet, m."""
        ends = self.mesh.points[facets.nodes[:, 0]]
        return np.hypot(*(ends[:, 1] - ends[:, 0]).T)

    @cached_property
    def geometry(self) -> tuple[np.ndarray, np.ndarray]:
        """Areas (t,) and gradients of the barycentric coordinates (t, 3, 2)."""
        corners = self.mesh.points[self.mesh.triangles]
        opposite = np.roll(corners, -2, axis=1) - np.roll(corners, -1, axis=1)
        twice = opposite[:, 0, 0] * opposite[:, 1, 1] - opposite[:, 0, 1] * opposite[:, 1, 0]
        gradients = np.stack((-opposite[..., 1], opposite[..., 0]), axis=-1) / twice[:, None, None]
        return twice / 2, gradients

    @cached_property
    def local(self) -> np.ndarray:
        """int grad(N_i).shape grad(N_j) dA of each triangle, (t, k, k)."""
        return self._products(self.shape)

    def _products(self, shape) -> np.ndarray:
        area, gradients = self.geometry
        turned = gradients if shape is None else np.einsum("txy,tby->tbx", shape, gradients)
        metric = np.einsum("tax,tbx->tab", gradients, turned) * area[:, None, None]
        places = (
            np.full((1, 3), 1 / 3) if self.order == 1 else (1 - np.eye(3)) / 2
        )  # middles of edges: exact to degree 2
        slope = slopes(self.order, places)
        tensor = np.einsum("qia,qjb->abij", slope, slope) / len(places)
        return np.tensordot(metric, tensor, axes=2)

    def stiffness(self, conductivity: np.ndarray) -> csc_array:
        """Matrix of int sigma grad(phi).grad(v) dA for a conductivity of each triangle."""
        return self._assemble(self.dofs, self.local * conductivity[:, None, None])

    def capacity(self, permittivity: np.ndarray) -> csc_array:
        """Matrix of int eps grad(phi).grad(v) dA for a permittivity of each triangle, isotropic."""
        blocks = self.local if self.shape is None else self._products(None)
        return self._assemble(self.dofs, blocks * permittivity[:, None, None])

    def jump(self, conductance: np.ndarray) -> csc_array:
        """Matrix of int g [phi][v] ds for a conductance g (S/m2) of each facet of ``jumps``."""
        dofs = self.facet_dofs(self.jumps)
        if not len(dofs):
            return csc_array((self.size, self.size))
        block = (conductance * self.lengths(self.jumps))[:, None, None] * EDGE_MASS[self.order]
        return self._assemble(dofs.reshape(len(dofs), -1), np.kron(np.array([[1, -1], [-1, 1]]), block))

    def along(self, facets: Facets, sheet: np.ndarray) -> csc_array:
        """Matrix of int s d(phi)/ds dv/ds ds along facets between regions, phi and v the means of both sides; s in S."""
        dofs = self.facet_dofs(facets)
        block = (sheet / self.lengths(facets))[:, None, None] * EDGE_STIFFNESS[self.order]
        return self._assemble(dofs.reshape(len(dofs), -1), np.kron(np.full((2, 2), 0.25), block))

    def face(self, facets: Facets, weight: np.ndarray) -> csc_array:
        """Matrix of int w phi v ds over facets of a face, w one number for each facet."""
        dofs = self.facet_dofs(facets)[:, 0]
        return self._assemble(dofs, (weight * self.lengths(facets))[:, None, None] * EDGE_MASS[self.order])

    def _assemble(self, dofs, blocks) -> csc_array:
        rows = np.broadcast_to(dofs[:, :, None], blocks.shape)
        columns = np.broadcast_to(dofs[:, None, :], blocks.shape)
        return coo_array((blocks.ravel(), (rows.ravel(), columns.ravel())), shape=(self.size, self.size)).tocsc()

    def residual(self, conductivity, phi, chosen) -> np.ndarray:
        """sum over the chosen triangles of int sigma grad(phi).grad(v) dA, for each degree of freedom."""
        dofs = self.dofs[chosen]
        local = conductivity[chosen, None] * np.einsum("tij,tj->ti", self.local[chosen], phi[dofs])
        return np.bincount(dofs.ravel(), local.ravel(), self.size)

    def flux(self, facets: Facets, side: int, residual: np.ndarray) -> np.ndarray:
        """Normal current density on facets that a residual amounts to: int q v ds = residual(v), at the facets' dofs (m, k).

        This flux is conservative and more accurate by an order than sigma grad(phi) of the triangles.
        """
        dofs = self.facet_dofs(facets)[:, side]
        used, local = np.unique(dofs, return_inverse=True)
        local = local.reshape(dofs.shape)
        blocks = self.lengths(facets)[:, None, None] * EDGE_MASS[self.order]
        rows = np.broadcast_to(local[:, :, None], blocks.shape).ravel()
        columns = np.broadcast_to(local[:, None, :], blocks.shape).ravel()
        mass = coo_array((blocks.ravel(), (rows, columns)), shape=(len(used),) * 2).tocsc()
        return splu(mass).solve(residual[used])[local]

    def current_density(self, conductivity, phi, triangle, barycentric) -> np.ndarray:
        """-sigma grad(phi) at places in triangles, (m, 2)."""
        slope = slopes(self.order, barycentric)
        by_barycentric = np.einsum("mia,mi->ma", slope, phi[self.dofs[triangle]])
        gradient = np.einsum("ma,max->mx", by_barycentric, self.geometry[1][triangle])
        if self.shape is not None:
            gradient = np.einsum("mxy,my->mx", self.shape[triangle], gradient)
        return -conductivity[triangle, None] * gradient
