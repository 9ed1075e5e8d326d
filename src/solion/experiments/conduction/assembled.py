"""A problem on a mesh of finite elements, and everything that is read off its solution."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import coo_array, csc_array, diags_array

from solion.balances import simplices
from solion.balances.conduction_elements import BrokenSpace
from solion.balances.conduction_solve import ConductionBalance, Face, MeshSolution
from solion.base.errors import InputError
from solion.experiments.conduction.problem import Boundaries, CrossSection, Derivatives, Fields, Problem
from solion.grids.meshes.mesh import Facets, Mesh, normals
from solion.laws import grain_boundary
from solion.numerics.elliptic.direct import Factors

PERFECT = 1e-12  # ohm m2; a boundary below it is no jump


class Assembled(ABC):
    """A problem on its mesh, in the plane or in space; a subclass knows the pieces in which currents are told."""

    mesh: Any
    windows: tuple[float, ...] | None = None  # of the hot-spot factors that the mesh allows, m; None for the usual ones
    resolution: float = 0.0  # the least distance from the ceramic at which the decay through a layer is given, m

    def __init__(self, problem: Problem, mesh: Mesh, order: int):
        self.problem = problem
        device = problem.polycrystal
        stacks = [device.stack(face) for face in ("bottom", "top")]
        self.device, self.layers, self.mesh = device, (*stacks[0], *stacks[1]), mesh
        self.stacks = [mesh.grains + np.arange(len(stacks[0])), mesh.grains + len(stacks[0]) + np.arange(len(stacks[1]))]
        self.extent, self.height = (float(np.prod(mesh.box[:-1])), mesh.box[-1])  # of a face (m, in space m2), of the ceramic

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
            faces.append(Face(facets, electrode.contact(mesh.points[facets.nodes[:, 0]].mean(axis=1)[:, :-1])))
        self.along = self.space.along(*self._sheets) if self._sheets else None
        self.balance = ConductionBalance(self.space, by_region[mesh.region], resistance[~merged], *faces, along=self.along)

    def solution(self) -> MeshSolution:
        """The field as it is driven."""
        current = self.problem.current
        return self.balance.solve(voltage=self.problem.voltage, current=None if current is None else current * self.extent)

    def _shape(self, grains):
        """The tensors of cells over their conductivities, in the plane (x, z) or in space; None where all is isotropic."""
        if self.device.grain.isotropic:
            return None
        axes = [0, 2] if len(self.mesh.box) == 2 else [0, 1, 2]
        by_region = np.tile(np.eye(len(axes)), (self.mesh.grains + len(self.layers), 1, 1))
        by_region[grains] = self.device.grain.shapes(grains)[:, axes][:, :, axes]
        return by_region[self.mesh.region]

    def _boundaries(self):
        """Resistance and capacitance of every facet between regions."""
        mesh, device = self.mesh, self.device
        regions = mesh.region[mesh.between.cell]
        normal, size = normals(mesh.points, mesh.between)
        centre = mesh.points[mesh.between.nodes[:, 0]].mean(axis=1)
        resistance, capacitance = np.zeros(len(regions)), np.zeros(len(regions))
        inner = (regions < mesh.grains).all(axis=1) & (regions[:, 0] != regions[:, 1])
        facets = grain_boundary.BoundaryFacets(
            regions[inner], centre[inner], normal[inner], self.problem.microstructure.orientations
        )
        resistance[inner] = device.boundary.resistance(facets)
        capacitance[inner] = device.boundary.capacitance(facets)
        self._sheets = (mesh.between[inner], device.boundary.sheet(facets)) if device.boundary.lengthwise else None
        self._inner = Boundaries(facets.grains, size[inner], resistance[inner], np.abs(normal[inner, -1]))
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
            electrode = face.electrode
            some = np.isfinite(electrode.admittance) & (electrode.admittance > 0)
            faces.append(
                [space.face(face.facets[some], values[some]) for values in (electrode.capacitance, electrode.admittance)]
            )
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
        exponents = [face.electrode.exponent for face in balance.faces]
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

    def regions_of(self, chosen) -> np.ndarray:
        """Which cells lie in one of these regions."""
        return np.isin(self.mesh.region, chosen)

    def residuals(self, phi) -> list[np.ndarray]:
        """Of the whole body, and of the layers at the bottom and at the top alone."""
        conductivity = self.balance.conductivity
        parts = [self.space.residual(conductivity, phi, self.regions_of(stack)) for stack in self.stacks]
        return [self.balance.reaction(phi), *parts]

    def sections(self, phi) -> dict[str, CrossSection]:
        """The electrodes and, where layers lie between, the faces of the ceramic."""
        mesh = self.mesh
        whole, *parts = self.residuals(phi)
        heights = [mesh.points[facets.nodes[0, 0, 0], -1] for facets in (mesh.bottom, mesh.top)]
        found = {}
        for name, facets, sign, height, stack, part, edge in (
            ("bottom", mesh.bottom, 1.0, heights[0], self.stacks[0], parts[0], 0.0),
            ("top", mesh.top, -1.0, heights[1], self.stacks[1], parts[1], self.height),
        ):
            grain = self.grain_of(facets.cell[:, 0])
            found[f"{name}_electrode"] = self.section(
                phi, facets, 0, whole, sign, float(height), grain, abs(float(height) - edge)
            )
            if len(stack):
                regions = mesh.region[mesh.between.cell]
                touching = (regions[:, 1] == stack[0]) & (regions[:, 0] < mesh.grains)
                facets = mesh.between[touching]
                found[f"{name}_ceramic"] = self.section(phi, facets, 1, part, -sign, edge, regions[touching, 0])
        return found

    def sample(self, phi, points):
        """phi and current density at points; NaN outside."""
        points = np.asarray(points, float)
        cell = self.mesh.find(points)
        inside = cell >= 0
        potential, current = np.full(len(points), np.nan), np.full(points.shape, np.nan)
        chosen = cell[inside]
        barycentric = self.space.barycentric(points[inside], chosen)
        current[inside] = self.space.current_density(self.balance.conductivity, phi, chosen, barycentric)
        shape = simplices.values(self.space.order, barycentric)
        potential[inside] = (shape * phi.values[self.space.dofs[chosen]]).sum(axis=1)
        return potential, current

    def grain(self, points):
        """The grain at points, -1 in a layer, -2 outside."""
        cell = self.mesh.find(np.asarray(points, float))
        return np.where(cell < 0, -2, self.grain_of(cell))

    def grain_of(self, cells) -> np.ndarray:
        """The grain of cells, -1 in a layer."""
        region = self.mesh.region[cells]
        return np.where(region < self.mesh.grains, region, -1)

    def gradient(self, phi, facets: Facets, side: int, places: np.ndarray) -> np.ndarray:
        """j_z by the gradient in the cells at places on their facets (q, d, barycentric), (m, q)."""
        corners = self.space.locals(facets)[:, side]
        found = []
        for place in places:
            barycentric = np.zeros((len(facets), self.space.corners))
            np.put_along_axis(barycentric, corners, np.broadcast_to(place, corners.shape), axis=1)
            cell = facets.cell[:, side]
            found.append(self.space.current_density(self.balance.conductivity, phi, cell, barycentric)[:, -1])
        return np.stack(found, axis=1)

    @abstractmethod
    def section(
        self, phi, facets: Facets, side: int, residual, sign: float, height: float, grain, beyond: float = 0.0
    ) -> CrossSection:
        """Flux through facets; ``beyond``: thickness of layers between this plane and the ceramic."""

    def plane(self, phi, height: float) -> CrossSection:
        """j_z through a plane. Raises InputError where it is outside the cell."""
        low, high = self.mesh.points[:, -1].min(), self.mesh.points[:, -1].max()
        if not low < height < high:
            raise InputError(f"height = {height:g} m is outside the cell, whose allowed range is ({low:g}, {high:g}) m.")
        return self.cut(phi, height)

    @abstractmethod
    def cut(self, phi, height: float) -> CrossSection:
        """j_z through a plane inside the cell."""

    @abstractmethod
    def outlines(self) -> np.ndarray | None:
        """Lines between regions for a map, if it is plane."""

    @abstractmethod
    def numbers(self) -> dict[str, float]:
        """Sizes of the mesh, for the record."""

    def jumps(self, phi) -> tuple[np.ndarray, np.ndarray]:
        """Of each facet of ``space.jumps``: int [phi]^2 dA and the mean of [phi] over it."""
        dofs = self.space.facet_dofs(self.space.jumps)
        step = phi.step(dofs[:, 0], dofs[:, 1])
        return self.facet_product(self.space.jumps, step, step), step @ self.space.facet_mean

    def facet_product(self, facets: Facets, one, two) -> np.ndarray:
        """int u v dA over each facet for values at its dofs (m, k)."""
        return self.space.sizes(facets) * np.einsum("mi,ij,mj->m", one, self.space.facet_mass, two)

    def tangent_factors(self, solution: MeshSolution) -> Factors:
        """Factors of the system linearised about a solution, at constant voltage."""
        if self.balance.linear:
            return solution.tangent.factors
        free = self.balance.free
        tangent = self.balance.exchange(solution.phi, (solution.voltage, 0.0))[1]
        return Factors((self.balance.bulk + tangent)[free][:, free], self.space.places[free])

    def derivatives(self, value: float, test, phi) -> Derivatives:
        """test . (dA/dp) phi for each facet's resistance and each region's conductivity."""
        space, balance = self.space, self.balance
        dofs = space.facet_dofs(space.jumps)
        steps = [vector[dofs[:, 0]] - vector[dofs[:, 1]] for vector in (test, phi)]
        by_resistance = -self.facet_product(space.jumps, *steps) / balance.resistance**2
        local = np.einsum("ti,tij,tj->t", test[space.dofs], space.local, phi[space.dofs])
        inner = (self.jump_regions < self.mesh.grains).all(axis=1)
        ends = self.mesh.points[space.jumps.nodes[inner, 0]]
        return Derivatives(
            value,
            by_resistance[inner],
            balance.resistance[inner],
            self.jump_regions[inner],
            ends.mean(axis=1),
            space.sizes(space.jumps)[inner],
            np.bincount(self.mesh.region, local, self.mesh.grains)[: self.mesh.grains],
            np.bincount(self.mesh.region, minlength=self.mesh.grains)[: self.mesh.grains] > 0,
        )

    def face_means(self, facets: Facets, window: float):
        """Dofs of a face, factors of its mass matrix, and means over pieces of it about as long as the window.

        Returns dofs (k,), factors, sizes of facets by piece (pieces, facets) and weights (pieces, k): means = weights @ flux.
        """
        dofs, local, mass = self.space.face_mass(facets)
        size = self.space.sizes(facets)
        counts = [max(1, round(length / window)) for length in self.mesh.box[:-1]]
        centre = self.mesh.points[facets.nodes[:, 0]].mean(axis=1)[:, :-1]
        place = np.minimum((centre / self.mesh.box[:-1] * counts).astype(int), np.array(counts) - 1)
        # pieces without a facet's centre do not count
        piece = np.unique(np.ravel_multi_index(tuple(place.T), counts), return_inverse=True)[1]
        pieces = int(piece.max()) + 1
        sizes = coo_array((size, (piece, np.arange(len(facets)))), shape=(pieces, len(facets))).tocsr()
        spread = size[:, None] * self.space.facet_mean
        number = np.repeat(piece, spread.shape[1])
        weights = coo_array((spread.ravel(), (number, local.ravel())), shape=(pieces, len(dofs))).tocsr()
        return dofs, mass, sizes, diags_array(1 / sizes.sum(axis=1)) @ weights

    def dissipation(self, solution: MeshSolution) -> dict[str, float]:
        """W per m2 of face."""
        space, balance, phi = self.space, self.balance, solution.phi
        local = phi.within(space.dofs)
        power = balance.conductivity * np.einsum("ti,tij,tj->t", local, space.local, local)
        in_grain = self.mesh.region < self.mesh.grains
        across = self.jumps(phi)[0] / balance.resistance
        along = 0.0 if self.along is None else self.space.along_power(*self.along, phi)
        inner = (self.jump_regions < self.mesh.grains).all(axis=1)
        faces = balance.exchange(phi, (solution.voltage, 0.0))[2]
        parts = {
            "grains": power[in_grain].sum(),
            "boundaries": across[inner].sum() + along,
            "layers": power[~in_grain].sum(),
            "interfaces": across[~inner].sum(),
            "electrodes": sum(total[3] for total in faces),
        }
        return {name: float(value) / self.extent for name, value in parts.items()}

    def fields(self, solution: MeshSolution, meshing: float, solving: float) -> Fields:
        """The engine's answer."""
        mesh = self.mesh
        phi = solution.phi
        numbers = {
            "unknowns": self.space.size,
            "order": self.space.order,
            **self.numbers(),
            "smallest quality": float(mesh.quality.min()),
            "Newton steps": solution.steps,
            "seconds meshing and assembling": meshing,
            "seconds solving": solving,
        }
        return Fields(
            voltage=solution.voltage,
            current_bottom=solution.current_bottom / self.extent,
            current_top=solution.current_top / self.extent,
            sections=self.sections(phi),
            dissipation=self.dissipation(solution),
            section=lambda height: self.plane(phi, height),
            sample=lambda points: self.sample(phi, points),
            grain=self.grain,
            mesh=numbers,
            boundaries=self.boundaries(),
            outlines=self.outlines(),
            windows=self.windows,
            resolution=self.resolution,
        )
