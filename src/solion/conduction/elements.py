"""The engine of conforming finite elements, for tessellations in two dimensions."""

from __future__ import annotations

import dataclasses
import time
from functools import cached_property, lru_cache

import equinox as eqx
import numpy as np

from solion.balances.conduction_elements import EDGE_MASS, BrokenSpace, edge_values
from solion.balances.conduction_solve import ConductionBalance, Face, Solution
from solion.conduction.problem import AbstractEngine, Boundaries, Fields, Problem, Section
from solion.errors import InputError
from solion.grids.tessellation import Tessellation
from solion.grids.triangles import Facets, Sizes, Triangles, triangulate
from solion.laws import grain_boundary
from solion.numerics.pencil import Reduction

PERFECT = 1e-12  # ohm m2; a boundary below it is no jump


class Elements(AbstractEngine):
    """Triangles that follow the grains, each grain with unknowns of its own.

    ``sizes``: mesh sizes (m); ``order``: 2 quadratic (default), 1 linear; ``weld``: corners of grains closer than this (m) are
    one, so that no sliver is left.
    """

    sizes: Sizes = eqx.field(static=True, default=Sizes())
    order: int = eqx.field(static=True, default=2)
    weld: float = eqx.field(static=True, default=20e-9)

    def __check_init__(self):
        if self.order not in (1, 2):
            raise InputError(f"Elements.order = {self.order!r} must be 1 (linear) or 2 (quadratic triangles).")
        if not (np.isfinite(self.weld) and self.weld > 0):
            raise InputError(f"Elements.weld = {self.weld!r} m must be positive.")

    def assemble(self, problem: Problem) -> Assembled:
        """Mesh, space and balance of a problem."""
        return Assembled(problem, self)

    def solve(self, problem: Problem) -> Fields:
        began = time.perf_counter()
        assembled = self.assemble(problem)
        meshed = time.perf_counter()
        solution = assembled.solution()
        fields = assembled.fields(solution, meshed - began, time.perf_counter() - meshed)
        if self.order == 1:
            return fields
        # linear elements on the same mesh: the difference overstates the error of the quadratic ones, at a quarter of their cost
        linear = Assembled(problem, dataclasses.replace(self, order=1))
        second = linear.sections(linear.solution().phi)
        sections = {
            name: dataclasses.replace(section, second_density=second[name].current_density)
            for name, section in fields.sections.items()
        }
        return dataclasses.replace(fields, sections=sections)

    def spectrum(self, problem: Problem, frequencies):
        assembled = self.assemble(problem)
        reduction = Reduction(*assembled.pencil(), assembled.balance.space.places[assembled.balance.free])
        admittance = reduction.admittance(2j * np.pi * np.asarray(frequencies, float))
        return assembled.width / admittance, reduction.record


@lru_cache(maxsize=2)
def _mesh(tessellation: Tessellation, bottom, top, sizes: Sizes, weld: float) -> Triangles:
    return triangulate(tessellation, bottom=bottom, top=top, sizes=sizes, weld=weld)


class Assembled:
    """A problem on its mesh."""

    def __init__(self, problem: Problem, engine: Elements):
        grains = problem.microstructure
        if not isinstance(grains, Tessellation) or grains.dimension != 2:
            raise InputError(
                "Elements takes a two-dimensional Tessellation; use Voxels for images and in three dimensions."
            )
        self.problem = problem
        device = problem.polycrystal
        stacks = [device.stack(face) for face in ("bottom", "top")]
        thickness = [tuple(float(layer.thickness) for layer in stack) for stack in stacks]
        self.device, self.layers = device, (*stacks[0], *stacks[1])
        self.mesh = mesh = _mesh(grains, *thickness, engine.sizes, engine.weld)
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
        self.space = BrokenSpace(mesh, engine.order, merged)
        self.jump_capacitance = capacitance[~merged]
        self.jump_regions = mesh.region[mesh.between.triangle[~merged]]
        faces = []
        for facets, electrode in ((mesh.bottom, device.bottom), (mesh.top, device.top)):
            faces.append(Face(facets, *electrode.contact(mesh.points[facets.nodes[:, 0]].mean(axis=1)[:, :1])))
        self.balance = ConductionBalance(self.space, by_region[mesh.region], resistance[~merged], *faces)

    def solution(self) -> Solution:
        """The field as it is driven."""
        current = self.problem.current
        return self.balance.solve(
            voltage=self.problem.voltage, current=None if current is None else current * self.width
        )

    def _boundaries(self):
        """Resistance and capacitance of every facet between regions."""
        mesh, device = self.mesh, self.device
        regions = mesh.region[mesh.between.triangle]
        ends = mesh.points[mesh.between.nodes[:, 0]]
        along = ends[:, 1] - ends[:, 0]
        normal = np.stack((along[:, 1], -along[:, 0]), axis=1) / np.hypot(*along.T)[:, None]
        resistance, capacitance = np.zeros(len(regions)), np.zeros(len(regions))
        inner = (regions < mesh.grains).all(axis=1) & (regions[:, 0] != regions[:, 1])
        facets = grain_boundary.Facets(regions[inner], ends[inner].mean(axis=1), normal[inner])
        resistance[inner] = device.boundary.resistance(facets)
        capacitance[inner] = device.boundary.capacitance(facets)
        self._inner = Boundaries(facets.grains, np.hypot(*along[inner].T), resistance[inner], np.abs(normal[inner, 1]))
        for number, layer in enumerate(self.layers):  # the higher region of a facet is the outer one
            mine = (regions[:, 1] == mesh.grains + number) & (regions[:, 0] != regions[:, 1])
            resistance[mine] = layer.interface_resistance
        return resistance, capacitance

    @cached_property
    def loads(self):
        """Capacitive counterparts of conductivities, jumps and faces: the matrix that i omega multiplies."""
        space = self.space
        matrix = space.stiffness(self.dielectric) + space.jump(self.jump_capacitance)
        faces = []
        for face in self.balance.faces:
            some = np.isfinite(face.admittance) & (face.admittance > 0)
            faces.append((space.face(face.facets[some], face.capacitance[some]),
                          space.face(face.facets[some], face.admittance[some])))  # fmt: skip
        return matrix, faces

    def pencil(self):
        """(A0, A1), (b0, b1), (c0, c1) of the free unknowns at the complex frequency s, for V at the bottom:

        (A0 + s A1) phi + V (b0 + s b1) = 0 and I = V (c0 + s c1) + (b0 + s b1).phi.
        """
        balance = self.balance
        capacitive, faces = self.loads
        free, fixed = balance.free, balance.fixed[0]
        one = np.zeros(self.space.size)
        one[fixed] = 1.0
        matrices, borders, corners = [], [], []
        for bulk, pick in ((balance.bulk, 1), (capacitive, 0)):
            bottom, top = faces[0][pick], faces[1][pick]
            matrices.append((bulk + bottom + top)[free][:, free])
            ones = np.ones(self.space.size)
            drive = bulk @ one - bottom @ ones
            borders.append(drive[free])
            corners.append(float(one @ (bulk @ one) + ones @ (bottom @ ones)))
        return matrices, borders, corners

    def boundaries(self) -> Boundaries:
        """The facets between grains."""
        return self._inner

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
        spacing = (
            0.0 if smooth else max(float(length.min()), mesh.sizes.junctions if beyond == 0 else float(length.max()))
        )
        return Section(
            height, centre.ravel()[order_x, None], np.repeat(length / 2, 2)[order_x], means.ravel()[order_x],
            np.repeat(grain, 2)[order_x], spacing, mesh.periodic,
            second_density=None if order == 2 else self._gradient(phi, facets, side).ravel()[order_x],
        )  # fmt: skip

    def _gradient(self, phi, facets: Facets, side: int) -> np.ndarray:
        """j_z by the gradient in the triangles at the quarters of their facets, (m, 2)."""
        triangle, edge = facets.triangle[:, side], facets.edge[:, side]
        flipped = self.mesh.triangles[triangle, edge] != facets.nodes[:, side, 0]
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
            region = mesh.region[facets.triangle[:, 0]]
            grain = np.where(region < mesh.grains, region, -1)
            found[f"{name}_electrode"] = self._section(
                phi, facets, 0, whole, sign, float(height), grain, abs(float(height) - edge)
            )
            if len(stack):
                regions = mesh.region[mesh.between.triangle]
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
        z = np.where(z == 0, 1e-12 * (high - low), z)[mesh.triangles]
        crossed = np.flatnonzero((z.min(axis=1) < 0) & (z.max(axis=1) > 0))
        z = z[crossed]
        ahead = np.roll(z, -1, axis=1)
        share = np.where(z * ahead < 0, z / np.where(z == ahead, 1.0, z - ahead), np.nan)
        eye = np.eye(3)
        cuts = eye + share[..., None] * (np.roll(eye, -1, axis=0) - eye)
        ends = cuts[~np.isnan(share)].reshape(-1, 2, 3)  # barycentric ends of each chord
        x = np.einsum("mea,ma->me", ends, mesh.points[mesh.triangles[crossed], 0])
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
        corners = mesh.points[mesh.triangles[chosen]]
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

    def dissipation(self, solution: Solution) -> dict[str, float]:
        """W per m2 of face."""
        space, balance, phi = self.space, self.balance, solution.phi
        local = phi[space.dofs]
        power = balance.conductivity * np.einsum("ti,tij,tj->t", local, space.local, local)
        in_grain = self.mesh.region < self.mesh.grains
        across = self.jumps(phi)[0] / balance.resistance
        inner = (self.jump_regions < self.mesh.grains).all(axis=1)
        faces = balance.exchange(phi, (solution.voltage, 0.0))[2]
        parts = {
            "grains": power[in_grain].sum(), "boundaries": across[inner].sum(), "layers": power[~in_grain].sum(),
            "interfaces": across[~inner].sum(), "electrodes": sum(total[3] for total in faces),
        }  # fmt: skip
        return {name: float(value) / self.width for name, value in parts.items()}

    def fields(self, solution: Solution, meshing: float, solving: float) -> Fields:
        """The engine's answer."""
        mesh = self.mesh
        phi = solution.phi
        numbers = {
            "unknowns": self.space.size, "triangles": len(mesh.triangles), "order": self.space.order,
            "junction size": mesh.sizes.junctions, "face size": mesh.sizes.faces, "bulk size": mesh.sizes.bulk,
            "smallest quality": float(mesh.quality.min()), "Newton steps": solution.steps,
            "seconds meshing and assembling": meshing, "seconds solving": solving,
        }  # fmt: skip
        return Fields(
            voltage=solution.voltage, current_bottom=solution.current_bottom / self.width,
            current_top=solution.current_top / self.width, sections=self.sections(phi), dissipation=self.dissipation(solution),
            section=lambda height: self.plane(phi, height), sample=lambda points: self.sample(phi, points), mesh=numbers,
            boundaries=self.boundaries(),
        )  # fmt: skip


def edge_mean(order: int) -> np.ndarray:
    """Weights that average values at an edge's dofs over it."""
    return np.array([0.5, 0.5]) if order == 1 else np.array([1, 1, 4]) / 6
