"""Fields on triangles: currents in pieces along x."""

from __future__ import annotations

import numpy as np

from solion.balances import simplices
from solion.experiments.conduction.assembled import Assembled
from solion.experiments.conduction.problem import CrossSection
from solion.grids.meshes.mesh import Facets

HALVES = np.array([[0.75, 0.25], [0.25, 0.75]])  # middles of both halves of an edge


class PlaneField(Assembled):
    """A problem in the plane (x, z); the third length is 1 m."""

    def numbers(self):
        sizes = self.mesh.sizes
        return {
            "triangles": len(self.mesh.cells),
            "junction size": sizes.junctions,
            "face size": sizes.faces,
            "bulk size": sizes.bulk,
        }

    def outlines(self) -> np.ndarray:
        """(m, 2, 2): the edges of the mesh between regions, without those where the sides of a periodic cell meet."""
        ends = self.mesh.points[self.mesh.between.nodes]
        return ends[(ends[:, 0] == ends[:, 1]).all(axis=(1, 2)), 0]

    def section(self, phi, facets: Facets, side: int, residual, sign: float, height: float, grain, beyond: float = 0.0):
        """Flux through facets; ``beyond``: thickness of layers between this plane and the ceramic."""
        mesh, order = self.mesh, self.space.order
        ends = mesh.points[facets.nodes[:, 0], 0]
        values = sign * self.space.flux(facets, side, residual)
        # halves of each facet: exact means of the quadratic on it
        half = np.array([[5, -1, 8], [-1, 5, 8]]) / 12 if order == 2 else simplices.values(1, HALVES)
        means = values @ half.T
        centre = np.stack((0.75 * ends[:, 0] + 0.25 * ends[:, 1], 0.25 * ends[:, 0] + 0.75 * ends[:, 1]), axis=1)
        length = np.abs(ends[:, 1] - ends[:, 0])
        order_x = np.argsort(centre.ravel())
        # beyond a layer the current is smooth over its thickness; at the ceramic it varies as fast as the mesh allows
        smooth = length.max() < 0.25 * beyond
        spacing = float(length.max()) if beyond else max(float(length.min()), mesh.sizes.junctions)
        return CrossSection(
            height,
            centre.ravel()[order_x, None],
            np.repeat(length / 2, 2)[order_x],
            means.ravel()[order_x],
            np.repeat(grain, 2)[order_x],
            spacing,
            mesh.periodic,
            smooth=bool(smooth),
            second_density=None if order == 2 else self.gradient(phi, facets, side, HALVES).ravel()[order_x],
        )

    def cut(self, phi, height: float) -> CrossSection:
        """j_z through a plane, one piece for each triangle that it crosses: its exact mean there."""
        mesh = self.mesh
        z = mesh.points[:, 1] - height
        z = np.where(z == 0, 1e-12 * np.ptp(z), z)[mesh.cells]
        crossed = np.flatnonzero((z.min(axis=1) < 0) & (z.max(axis=1) > 0))
        z = z[crossed]
        ahead = np.roll(z, -1, axis=1)
        share = np.where(z * ahead < 0, z / np.where(z == ahead, 1.0, z - ahead), np.nan)
        eye = np.eye(3)
        cuts = eye + share[..., None] * (np.roll(eye, -1, axis=0) - eye)
        ends = cuts[~np.isnan(share)].reshape(-1, 2, 3)  # barycentric ends of each chord
        x = np.einsum("mea,ma->me", ends, mesh.points[mesh.cells[crossed], 0])
        current = self.space.current_density(self.balance.conductivity, phi, crossed, ends.mean(axis=1))[:, 1]
        order = np.argsort(x.mean(axis=1))
        size = np.abs(x[:, 1] - x[:, 0])
        return CrossSection(
            float(height),
            x.mean(axis=1)[order, None],
            size[order],
            current[order],
            self.grain_of(crossed)[order],
            float(np.median(size)),
            mesh.periodic,
        )
