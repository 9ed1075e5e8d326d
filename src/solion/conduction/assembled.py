"""A problem on a mesh of finite elements, and everything that is read off its solution."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from scipy.sparse import coo_array, csc_array, diags_array
from scipy.sparse.linalg import splu

from solion.balances.conduction_elements import EDGE_MASS, BrokenSpace, edge_values
from solion.balances.conduction_solve import ConductionBalance, Face, Solution
from solion.conduction.problem import Boundaries, Derivatives, Fields, Problem, Section
from solion.errors import InputError
from solion.grids.facets import Facets
from solion.grids.triangles import Triangles
from solion.laws import grain_boundary
from solion.numerics.symmetric import Factors

PERFECT = 1e-12  # ohm m2; a boundary below it is no jump


class Assembled:
    """A problem on its mesh."""

    def __init__(self, problem: Problem, mesh: Triangles, order: int):
        self.problem = problem
        device = problem.polycrystal
        stacks = [device.stack(face) for face in ("bottom", "top")]
        self.device, self.layers, self.mesh = device, (*stacks[0], *stacks[1]), mesh
        self.stacks = [
            mesh.grains + np.arange(len(stacks[0])),
            mesh.grains + len(stacks[0]) + np.arange(len(stacks[1])),
        ]
        self.width, self.height = mesh.box

        used = np.unique(mesh.region)
        by_region = np.zeros(mesh.grains + len(self.layers))
        by_region[used[used < mesh.grains]] = device.grain.conductivities(used[used < mesh.grains])
        by_region[mesh.grains :] = [layer.conductivity for layer in self.layers]
        dielectric = np.full(len(by_region), device.grain.dielectric)
        dielectric[mesh.grains :] = [layer.dielectric for layer in self.layers]
        self.dielectric = dielectric[mesh.region]
        resistance, capacitance = self._boundaries()
        merged = resistance < PERFECT
        self.space = BrokenSpace(mesh, order, merged, self._shape(used[used < mesh.grains]))
        self.jump_capacitance = capacitance[~merged]
        self.jump_regions = mesh.region[mesh.between.cell[~merged]]
        faces = []
        for facets, electrode in ((mesh.bottom, device.bottom), (mesh.top, device.top)):
            faces.append(Face(facets, *electrode.contact(mesh.points[facets.nodes[:, 0]].mean(axis=1)[:, :1])))
        self.along = self.space.along(*self._sheets) if self._sheets else None
        self.balance = ConductionBalance(
            self.space, by_region[mesh.region], resistance[~merged], *faces, along=self.along
        )

    def solution(self) -> Solution:
        """The field as it is driven."""
        current = self.problem.current
        return self.balance.solve(
            voltage=self.problem.voltage, current=None if current is None else current * self.width
        )

    def _shape(self, grains):
        """The tensors of triangles over their conductivities in the plane (x, z), or None where all is isotropic."""
        if self.device.grain.isotropic:
            return None
        by_region = np.tile(np.eye(2), (self.mesh.grains + len(self.layers), 1, 1))
        by_region[grains] = self.device.grain.shapes(grains)[:, ::2, ::2]
        return by_region[self.mesh.region]

    def _boundaries(self):
        """Resistance and capacitance of every facet between regions."""
        mesh, device = self.mesh, self.device
        regions = mesh.region[mesh.between.cell]
        ends = mesh.points[mesh.between.nodes[:, 0]]
        along = ends[:, 1] - ends[:, 0]
        normal = np.stack((along[:, 1], -along[:, 0]), axis=1) / np.hypot(*along.T)[:, None]
        resistance, capacitance = np.zeros(len(regions)), np.zeros(len(regions))
        inner = (regions < mesh.grains).all(axis=1) & (regions[:, 0] != regions[:, 1])
        facets = grain_boundary.Facets(regions[inner], ends[inner].mean(axis=1), normal[inner])
        resistance[inner] = device.boundary.resistance(facets)
        capacitance[inner] = device.boundary.capacitance(facets)
        self._sheets = (mesh.between[inner], device.boundary.sheet(facets)) if device.boundary.lengthwise else None
        self._inner = Boundaries(facets.grains, np.hypot(*along[inner].T), resistance[inner], np.abs(normal[inner, 1]))
        for number, layer in enumerate(self.layers):  # the higher region of a facet is the outer one
            mine = (regions[:, 1] == mesh.grains + number) & (regions[:, 0] != regions[:, 1])
            resistance[mine] = layer.interface_resistance
        return resistance, capacitance

    @cached_property
    def loads(self):
        """Capacitive counterparts of conductivities, jumps and faces: the matrix that i omega multiplies."""
        space = self.space
        matrix = space.capacity(self.dielectric) + space.jump(self.jump_capacitance)
        faces = []
        for face in self.balance.faces:
            some = np.isfinite(face.admittance) & (face.admittance > 0)
            faces.append((space.face(face.facets[some], face.capacitance[some]),
                          space.face(face.facets[some], face.admittance[some])))  # fmt: skip
        return matrix, faces

    def pencil(self):
        """Powers p_k, A_k, b_k, c_k of the free unknowns at the complex frequency s, for V at the bottom:

        sum_k s^p_k (A_k phi + V b_k) = 0 and I = sum_k s^p_k (V c_k + b_k.phi). The powers are 0, 1 and those of faces
        with a constant phase.
        """
        balance = self.balance
        capacitive, faces = self.loads
        free, fixed = balance.free, balance.fixed[0]
        one = np.zeros(self.space.size)
        one[fixed] = 1.0
        exponents = [face.exponent for face in balance.faces]
        powers = sorted({0.0, 1.0, *exponents})
        nothing = csc_array(balance.bulk.shape)
        matrices, borders, corners = [], [], []
        for power in powers:
            bulk = {0.0: balance.bulk, 1.0: capacitive}.get(power, nothing)
            bottom, top = (
                face[1] if power == 0 else face[0] if power == exponent else nothing
                for face, exponent in zip(faces, exponents, strict=True)
            )
            matrices.append((bulk + bottom + top)[free][:, free])
            ones = np.ones(self.space.size)
            drive = bulk @ one - bottom @ ones
            borders.append(drive[free])
            corners.append(float(one @ (bulk @ one) + ones @ (bottom @ ones)))
        return powers, matrices, borders, corners

    def boundaries(self) -> Boundaries:
        """The facets between grains."""
        return self._inner

    def outlines(self) -> np.ndarray:
        """The edges of the mesh between regions, without those where the sides of a periodic cell meet."""
        ends = self.mesh.points[self.mesh.between.nodes]
        return ends[(ends[:, 0] == ends[:, 1]).all(axis=(1, 2)), 0]

    def regions_of(self, chosen) -> np.ndarray:
        """Which triangles lie in one of these regions."""
        return np.isin(self.mesh.region, chosen)

    def _section(
        self, phi, facets: Facets, side: int, residual, sign: float, height: float, grain, beyond: float = 0.0
    ):
        """Flux through facets; ``beyond``: thickness of layers between this plane and the ceramic."""
        mesh, order = self.mesh, self.space.order
        ends = mesh.points[facets.nodes[:, 0], 0]
        values = sign * self.space.flux(facets, side, residual)
        # halves of each facet: exact means of the quadratic on it
        half = np.array([[5, -1, 8], [-1, 5, 8]]) / 12 if order == 2 else edge_values(1, [0.25, 0.75])
        means = values @ half.T
        centre = np.stack((0.75 * ends[:, 0] + 0.25 * ends[:, 1], 0.25 * ends[:, 0] + 0.75 * ends[:, 1]), axis=1)
        length = np.abs(ends[:, 1] - ends[:, 0])
        order_x = np.argsort(centre.ravel())
        # beyond a layer the current is smooth over its thickness; at the ceramic it varies as fast as the mesh allows
        smooth = length.max() < 0.25 * beyond
        spacing = float(length.max()) if beyond else max(float(length.min()), mesh.sizes.junctions)
        return Section(
            height, centre.ravel()[order_x, None], np.repeat(length / 2, 2)[order_x], means.ravel()[order_x],
            np.repeat(grain, 2)[order_x], spacing, mesh.periodic, smooth=bool(smooth),
            second_density=None if order == 2 else self._gradient(phi, facets, side).ravel()[order_x],
        )  # fmt: skip

    def _gradient(self, phi, facets: Facets, side: int) -> np.ndarray:
        """j_z by the gradient in the triangles at the quarters of their facets, (m, 2)."""
        triangle, edge = facets.cell[:, side], facets.side[:, side]
        flipped = self.mesh.cells[triangle, edge] != facets.nodes[:, side, 0]
        eye, found = np.eye(3), []
        for place in (0.25, 0.75):
            share = np.where(flipped, 1 - place, place)[:, None]
            barycentric = (1 - share) * eye[edge] + share * eye[(edge + 1) % 3]
            found.append(self.space.current_density(self.balance.conductivity, phi, triangle, barycentric)[:, 1])
        return np.stack(found, axis=1)

    def residuals(self, phi) -> list[np.ndarray]:
        """Of the whole body, and of the layers at the bottom and at the top alone."""
        conductivity = self.balance.conductivity
        parts = [self.space.residual(conductivity, phi, self.regions_of(stack)) for stack in self.stacks]
        return [self.balance.bulk @ phi, *parts]

    def sections(self, phi) -> dict[str, Section]:
        """The electrodes and, where layers lie between, the faces of the ceramic."""
        mesh = self.mesh
        whole, *parts = self.residuals(phi)
        heights = [mesh.points[mesh.bottom.nodes[0, 0, 0], 1], mesh.points[mesh.top.nodes[0, 0, 0], 1]]
        found = {}
        for name, facets, sign, height, stack, part, edge in (
            ("bottom", mesh.bottom, 1.0, heights[0], self.stacks[0], parts[0], 0.0),
            ("top", mesh.top, -1.0, heights[1], self.stacks[1], parts[1], self.height),
        ):
            region = mesh.region[facets.cell[:, 0]]
            grain = np.where(region < mesh.grains, region, -1)
            found[f"{name}_electrode"] = self._section(
                phi, facets, 0, whole, sign, float(height), grain, abs(float(height) - edge)
            )
            if len(stack):
                regions = mesh.region[mesh.between.cell]
                touching = (regions[:, 1] == stack[0]) & (regions[:, 0] < mesh.grains)
                facets = mesh.between[touching]
                found[f"{name}_ceramic"] = self._section(phi, facets, 1, part, -sign, edge, regions[touching, 0])
        return found

    def plane(self, phi, height: float) -> Section:
        """j_z through a plane, one piece for each triangle that it crosses: its exact mean there."""
        mesh = self.mesh
        low, high = mesh.points[:, 1].min(), mesh.points[:, 1].max()
        if not low < height < high:
            raise InputError(
                f"height = {height:g} m is outside the cell, whose allowed range is ({low:g}, {high:g}) m."
            )
        z = mesh.points[:, 1] - height
        z = np.where(z == 0, 1e-12 * (high - low), z)[mesh.cells]
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
        region = mesh.region[crossed]
        return Section(
            float(height), x.mean(axis=1)[order, None], size[order], current[order],
            np.where(region < mesh.grains, region, -1)[order], float(np.median(size)), mesh.periodic,
        )  # fmt: skip

    def sample(self, phi, points):
        """phi and current density at points; NaN outside."""
        mesh = self.mesh
        points = np.asarray(points, float)
        triangle = mesh.find(points)
        inside = triangle >= 0
        potential, current = np.full(len(points), np.nan), np.full((len(points), 2), np.nan)
        chosen = triangle[inside]
        corners = mesh.points[mesh.cells[chosen]]
        gradients = self.space.geometry[1][chosen]
        barycentric = np.einsum("max,mx->ma", gradients, points[inside] - corners.mean(axis=1)) + 1 / 3
        current[inside] = self.space.current_density(self.balance.conductivity, phi, chosen, barycentric)
        local = phi[self.space.dofs[chosen]]
        if self.space.order == 1:
            potential[inside] = (barycentric * local).sum(axis=1)
        else:
            following = np.roll(barycentric, -1, axis=1)
            shape = np.concatenate((barycentric * (2 * barycentric - 1), 4 * barycentric * following), axis=1)
            potential[inside] = (shape * local).sum(axis=1)
        return potential, current

    def jumps(self, phi) -> tuple[np.ndarray, np.ndarray]:
        """Of each facet of ``space.jumps``: int [phi]^2 ds and the mean of [phi] over it."""
        dofs = self.space.facet_dofs(self.space.jumps)
        step = phi[dofs[:, 0]] - phi[dofs[:, 1]]
        return self.edge_product(self.space.jumps, step, step), step @ edge_mean(self.space.order)

    def edge_product(self, facets: Facets, one, two) -> np.ndarray:
        """int u v ds over each facet for values at its dofs (m, k)."""
        return self.space.lengths(facets) * np.einsum("mi,ij,mj->m", one, EDGE_MASS[self.space.order], two)

    def tangent_factors(self, solution: Solution) -> Factors:
        """Factors of the system linearised about a solution, at constant voltage."""
        if self.balance.linear:
            return solution.factors
        free = self.balance.free
        tangent = self.balance.exchange(solution.phi, (solution.voltage, 0.0))[1]
        return Factors((self.balance.bulk + tangent)[free][:, free], self.space.places[free])

    def derivatives(self, value: float, test, phi) -> Derivatives:
        """test . (dA/dp) phi for each facet's resistance and each region's conductivity."""
        space, balance = self.space, self.balance
        dofs = space.facet_dofs(space.jumps)
        steps = [vector[dofs[:, 0]] - vector[dofs[:, 1]] for vector in (test, phi)]
        by_resistance = -self.edge_product(space.jumps, *steps) / balance.resistance**2
        local = np.einsum("ti,tij,tj->t", test[space.dofs], space.local, phi[space.dofs])
        inner = (self.jump_regions < self.mesh.grains).all(axis=1)
        ends = self.mesh.points[space.jumps.nodes[inner, 0]]
        return Derivatives(
            value, by_resistance[inner], balance.resistance[inner], self.jump_regions[inner], ends.mean(axis=1),
            space.lengths(space.jumps)[inner],
            np.bincount(self.mesh.region, local, self.mesh.grains)[: self.mesh.grains],
            np.bincount(self.mesh.region, minlength=self.mesh.grains)[: self.mesh.grains] > 0,
        )  # fmt: skip

    def face_means(self, facets: Facets, window: float):
        """Dofs of a face, factors of its mass matrix, and means over pieces of it about as long as the window.

        Returns dofs (k,), factors, sizes of facets by piece (pieces, facets) and weights (pieces, k): means = weights @ flux.
        """
        space = self.space
        local_dofs = space.facet_dofs(facets)[:, 0]
        dofs, local = np.unique(local_dofs, return_inverse=True)
        local = local.reshape(local_dofs.shape)
        lengths = space.lengths(facets)
        blocks = lengths[:, None, None] * EDGE_MASS[space.order]
        rows = np.broadcast_to(local[:, :, None], blocks.shape).ravel()
        columns = np.broadcast_to(local[:, None, :], blocks.shape).ravel()
        mass = coo_array((blocks.ravel(), (rows, columns)), shape=(len(dofs),) * 2).tocsc()
        count = max(1, round(self.width / window))
        centre = self.mesh.points[facets.nodes[:, 0], 0].mean(axis=1)
        piece = np.minimum((centre / self.width * count).astype(int), count - 1)
        _, piece = np.unique(piece, return_inverse=True)  # pieces without a facet's centre do not count
        pieces = int(piece.max()) + 1
        sizes = coo_array((lengths, (piece, np.arange(len(facets)))), shape=(pieces, len(facets))).tocsr()
        spread = lengths[:, None] * edge_mean(space.order)
        number = np.repeat(piece, space.order + 1)
        weights = coo_array((spread.ravel(), (number, local.ravel())), shape=(pieces, len(dofs))).tocsr()
        return dofs, splu(mass), sizes, diags_array(1 / sizes.sum(axis=1)) @ weights

    def dissipation(self, solution: Solution) -> dict[str, float]:
        """W per m2 of face."""
        space, balance, phi = self.space, self.balance, solution.phi
        local = phi[space.dofs]
        power = balance.conductivity * np.einsum("ti,tij,tj->t", local, space.local, local)
        in_grain = self.mesh.region < self.mesh.grains
        across = self.jumps(phi)[0] / balance.resistance
        along = 0.0 if self.along is None else float(phi @ (self.along @ phi))
        inner = (self.jump_regions < self.mesh.grains).all(axis=1)
        faces = balance.exchange(phi, (solution.voltage, 0.0))[2]
        parts = {
            "grains": power[in_grain].sum(), "boundaries": across[inner].sum() + along, "layers": power[~in_grain].sum(),
            "interfaces": across[~inner].sum(), "electrodes": sum(total[3] for total in faces),
        }  # fmt: skip
        return {name: float(value) / self.width for name, value in parts.items()}

    def fields(self, solution: Solution, meshing: float, solving: float) -> Fields:
        """The engine's answer."""
        mesh = self.mesh
        phi = solution.phi
        numbers = {
            "unknowns": self.space.size, "triangles": len(mesh.cells), "order": self.space.order,
            "junction size": mesh.sizes.junctions, "face size": mesh.sizes.faces, "bulk size": mesh.sizes.bulk,
            "smallest quality": float(mesh.quality.min()), "Newton steps": solution.steps,
            "seconds meshing and assembling": meshing, "seconds solving": solving,
        }  # fmt: skip
        return Fields(
            voltage=solution.voltage, current_bottom=solution.current_bottom / self.width,
            current_top=solution.current_top / self.width, sections=self.sections(phi), dissipation=self.dissipation(solution),
            section=lambda height: self.plane(phi, height), sample=lambda points: self.sample(phi, points), mesh=numbers,
            boundaries=self.boundaries(), outlines=self.outlines(),
        )  # fmt: skip


def edge_mean(order: int) -> np.ndarray:
    """Weights that average values at an edge's dofs over it."""
    return np.array([0.5, 0.5]) if order == 1 else np.array([1, 1, 4]) / 6
