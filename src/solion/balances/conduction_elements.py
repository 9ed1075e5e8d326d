"""Conduction on simplices whose regions own their degrees of freedom: a resistive boundary is a jump, not a layer of cells.

Find phi in the product over regions of H1(region) with, for all v,

    sum_regions int sigma grad(phi).grad(v) dV + sum_boundaries int (1/R) [phi] [v] dA = sum_faces int j(V - phi) v dA,

where boundaries conduct along themselves with int s grad_s{phi}.grad_s{v} dA on the left, {phi} the mean of both sides, and

phi = V where a face is equipotential. There is no penalty parameter and the matrix is symmetric positive definite; a
boundary without resistance is no jump at all: its two sides share their degrees of freedom. Triangles or tetrahedra, quadratic
(order 2) or linear. Plain arrays in SI throughout; in the plane the third length is 1 m, so that currents are A/m and
conductances S/m.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import coo_array, csc_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

from solion.balances import simplices
from solion.balances.potential import Potential
from solion.base.errors import InputError
from solion.grids.meshes.mesh import Facets, Mesh, normals


class BrokenSpace:
    """Degrees of freedom of phi. ``merged``: which facets of ``mesh.between`` conduct perfectly and so are no jump.

    ``shape`` (t, d, d): where conductivities are tensors, each of them over the number that is given for its cell.
    """

    def __init__(self, mesh: Mesh, order: int, merged: np.ndarray, shape: np.ndarray | None = None):
        if order not in (1, 2):
            raise InputError(f"order = {order!r} must be 1 (linear) or 2 (quadratic functions).")
        self.mesh, self.order, self.shape = mesh, order, shape
        nodes, region = mesh.cells, mesh.region.astype(np.int64)
        self.corners = nodes.shape[1]
        regions = int(region.max()) + 1
        vertex, dofs = np.unique(nodes * regions + region[:, None], return_inverse=True)
        dofs = dofs.reshape(nodes.shape)
        if order == 2:
            ends = np.sort(nodes[:, simplices.EDGES[self.corners]], axis=-1).astype(np.int64)
            _, number = np.unique(ends[..., 0] * len(mesh.points) + ends[..., 1], return_inverse=True)
            key = number.reshape(ends.shape[:2]).astype(np.int64) * regions + region[:, None]
            middle = np.unique(key, return_inverse=True)[1].reshape(ends.shape[:2])
            dofs = np.column_stack((dofs, len(vertex) + middle))
        self.dofs = dofs
        pairs = self.facet_dofs(mesh.between[merged])
        first, second = pairs[:, 0].ravel(), pairs[:, 1].ravel()
        count = int(dofs.max()) + 1
        graph = coo_array((np.ones(len(first)), (first, second)), shape=(count, count))
        self.size, joined = connected_components(graph, directed=False)
        self.dofs = joined[dofs]
        self.jumps = mesh.between[~merged]

    def locals(self, facets: Facets) -> np.ndarray:
        """Which corners of their cells the corners of facets are, in the order of ``facets.nodes``, (m, s, d)."""
        return (self.mesh.cells[facets.cell][:, :, None, :] == facets.nodes[..., None]).argmax(axis=-1)

    def facet_dofs(self, facets: Facets) -> np.ndarray:
        """Degrees of freedom on facets (m, s, k): corners in the order of ``facets.nodes``, then the middles of edges."""
        places = self.locals(facets)
        cell = facets.cell[..., None]
        found = self.dofs[cell, places]
        if self.order == 1:
            return found
        first, second = simplices.EDGES[self.corners].T
        number = np.zeros((self.corners, self.corners), int)
        number[first, second] = number[second, first] = self.corners + np.arange(len(first))
        ends = places[..., simplices.EDGES[self.corners - 1]]
        return np.concatenate((found, self.dofs[cell, number[ends[..., 0], ends[..., 1]]]), axis=-1)

    @cached_property
    def places(self) -> np.ndarray:
        """A place of each degree of freedom, (size, d); of joined ones any."""
        corners = self.mesh.points[self.mesh.cells]
        places = np.zeros((self.size, corners.shape[2]))
        places[self.dofs[:, : self.corners]] = corners
        if self.order == 2:
            places[self.dofs[:, self.corners :]] = corners[:, simplices.EDGES[self.corners]].mean(axis=2)
        return places

    def sizes(self, facets: Facets) -> np.ndarray:
        """Length (m) or area (m2) of each facet."""
        return normals(self.mesh.points, facets)[1]

    @cached_property
    def geometry(self) -> tuple[np.ndarray, np.ndarray]:
        """Areas or volumes (t,) and gradients of the barycentric coordinates (t, n, d)."""
        corners = self.mesh.points[self.mesh.cells]
        if self.corners == 4:
            spans = corners[:, 1:] - corners[:, :1]
            gradients = np.linalg.inv(spans).transpose(0, 2, 1)
            return np.linalg.det(spans) / 6, np.concatenate((-gradients.sum(axis=1, keepdims=True), gradients), axis=1)
        opposite = np.roll(corners, -2, axis=1) - np.roll(corners, -1, axis=1)
        twice = opposite[:, 0, 0] * opposite[:, 1, 1] - opposite[:, 0, 1] * opposite[:, 1, 0]
        gradients = np.stack((-opposite[..., 1], opposite[..., 0]), axis=-1) / twice[:, None, None]
        return twice / 2, gradients

    @cached_property
    def local(self) -> np.ndarray:
        """int grad(N_i).shape grad(N_j) dV of each cell, (t, k, k)."""
        return self._products(self.shape)

    def _products(self, shape) -> np.ndarray:
        size, gradients = self.geometry
        turned = gradients if shape is None else np.einsum("txy,tby->tbx", shape, gradients)
        metric = np.einsum("tax,tbx->tab", gradients, turned) * size[:, None, None]
        return np.tensordot(metric, simplices.tensor(self.order, self.corners), axes=2)

    def stiffness(self, conductivity: np.ndarray) -> csc_array:
        """Matrix of int sigma grad(phi).grad(v) dV for a conductivity of each cell."""
        return self._assemble(self.dofs, self.local * conductivity[:, None, None])

    def capacity(self, permittivity: np.ndarray) -> csc_array:
        """Matrix of int eps grad(phi).grad(v) dV for a permittivity of each cell, isotropic."""
        blocks = self.local if self.shape is None else self._products(None)
        return self._assemble(self.dofs, blocks * permittivity[:, None, None])

    @property
    def facet_mass(self) -> np.ndarray:
        """int N_i N_j over a facet, divided by its size, in the order of :meth:`facet_dofs`."""
        return simplices.mass(self.order, self.corners - 1)

    @property
    def facet_mean(self) -> np.ndarray:
        """Weights that average values at a facet's degrees of freedom over it."""
        return simplices.mean(self.order, self.corners - 1)

    def jump_residual(self, conductance: np.ndarray, phi: Potential) -> np.ndarray:
        """:meth:`jump` times phi, by the steps across each facet."""
        dofs = self.facet_dofs(self.jumps)
        flow = (conductance * self.sizes(self.jumps))[:, None] * (phi.step(dofs[:, 0], dofs[:, 1]) @ self.facet_mass)
        return np.bincount(dofs.ravel(), np.stack((flow, -flow), axis=1).ravel(), self.size)

    def jump(self, conductance: np.ndarray) -> csc_array:
        """Matrix of int g [phi][v] dA for a conductance g (S/m2) of each facet of ``jumps``."""
        block = (conductance * self.sizes(self.jumps))[:, None, None] * self.facet_mass
        return self._across(self.facet_dofs(self.jumps), np.array([[1, -1], [-1, 1]]), block)

    def along(self, facets: Facets, sheet: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Degrees of freedom on both sides (m, 2, k) and blocks (m, k, k) of int s grad_s(phi).grad_s(v) dA along facets between
        regions, phi and v the means of both sides; s in S."""
        dofs, corners = self.facet_dofs(facets), self.mesh.points[facets.nodes[:, 0]]
        spans = corners[:, 1:] - corners[:, :1]
        inner = np.linalg.inv(spans @ spans.transpose(0, 2, 1))
        ends = np.concatenate((np.full((1, self.corners - 2), -1.0), np.eye(self.corners - 2)))
        metric = np.einsum("ap,mpq,bq->mab", ends, inner, ends) * (sheet * self.sizes(facets))[:, None, None]
        return dofs, np.tensordot(metric, simplices.tensor(self.order, self.corners - 1), axes=2)

    def along_matrix(self, dofs: np.ndarray, block: np.ndarray) -> csc_array:
        """The matrix of :meth:`along`."""
        return self._across(dofs, np.full((2, 2), 0.25), block)

    def along_residual(self, dofs: np.ndarray, block: np.ndarray, phi: Potential) -> np.ndarray:
        """:meth:`along_matrix` times phi, by differences along each facet."""
        half = np.einsum("mij,mj->mi", block, (phi.within(dofs[:, 0]) + phi.within(dofs[:, 1])) / 4)
        return np.bincount(dofs.ravel(), np.stack((half, half), axis=1).ravel(), self.size)

    def face(self, facets: Facets, weight: np.ndarray) -> csc_array:
        """Matrix of int w phi v dA over facets of a face, w one number for each facet."""
        dofs = self.facet_dofs(facets)[:, 0]
        return self._assemble(dofs, (weight * self.sizes(facets))[:, None, None] * self.facet_mass)

    def _across(self, dofs, sides, block) -> csc_array:
        """Blocks between the degrees of freedom (m, 2, k) on both sides of facets, which may be none."""
        return self._assemble(dofs.reshape(len(dofs), dofs.shape[1] * dofs.shape[2]), np.kron(sides, block))

    def _assemble(self, dofs, blocks) -> csc_array:
        rows = np.broadcast_to(dofs[:, :, None], blocks.shape)
        columns = np.broadcast_to(dofs[:, None, :], blocks.shape)
        return coo_array((blocks.ravel(), (rows.ravel(), columns.ravel())), shape=(self.size, self.size)).tocsc()

    def along_power(self, dofs: np.ndarray, block: np.ndarray, phi: Potential) -> float:
        """phi times :meth:`along_residual`: the power lost along boundaries, W/m, in space W."""
        mean = (phi.within(dofs[:, 0]) + phi.within(dofs[:, 1])) / 2
        return float(np.einsum("mi,mij,mj->", mean, block, mean))

    def residual(self, conductivity, phi: Potential, chosen: Any = slice(None)) -> np.ndarray:
        """sum over the chosen cells of int sigma grad(phi).grad(v) dV, for each degree of freedom, by differences within each."""
        dofs = self.dofs[chosen]
        local = conductivity[chosen, None] * np.einsum("tij,tj->ti", self.local[chosen], phi.within(dofs))
        return np.bincount(dofs.ravel(), local.ravel(), self.size)

    def face_mass(self, facets: Facets, side: int = 0):
        """Degrees of freedom of a face (k,), which of them those of its facets are (m, j), and factors of its mass matrix."""
        dofs = self.facet_dofs(facets)[:, side]
        used, local = np.unique(dofs, return_inverse=True)
        local = local.reshape(dofs.shape)
        blocks = self.sizes(facets)[:, None, None] * self.facet_mass
        rows = np.broadcast_to(local[:, :, None], blocks.shape).ravel()
        columns = np.broadcast_to(local[:, None, :], blocks.shape).ravel()
        mass = coo_array((blocks.ravel(), (rows, columns)), shape=(len(used),) * 2).tocsc()
        return used, local, splu(mass)

    def flux(self, facets: Facets, side: int, residual: np.ndarray) -> np.ndarray:
        """Normal current density on facets that a residual amounts to: int q v dA = residual(v), at the facets' dofs (m, k).

        This flux is conservative and more accurate by an order than sigma grad(phi) of the cells.
        """
        used, local, mass = self.face_mass(facets, side)
        return mass.solve(residual[used])[local]

    def current_density(self, conductivity, phi: Potential, cell, barycentric) -> np.ndarray:
        """-sigma grad(phi) at places in cells, (m, d)."""
        slope = simplices.slopes(self.order, barycentric)
        by_barycentric = np.einsum("mia,mi->ma", slope, phi.within(self.dofs[cell]))
        gradient = np.einsum("ma,max->mx", by_barycentric, self.geometry[1][cell])
        if self.shape is not None:
            gradient = np.einsum("mxy,my->mx", self.shape[cell], gradient)
        return -conductivity[cell, None] * gradient

    def barycentric(self, points, cell) -> np.ndarray:
        """Barycentric coordinates of points in their cells, (m, n)."""
        centre = self.mesh.points[self.mesh.cells[cell]].mean(axis=1)
        return np.einsum("max,mx->ma", self.geometry[1][cell], points - centre) + 1 / self.corners
