"""The engine of conforming finite elements, for tessellations."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from functools import lru_cache

import equinox as eqx
import numpy as np

from solion.base.errors import InputError
from solion.experiments.conduction.assembled import Assembled, Derivatives
from solion.experiments.conduction.assembled_plane import PlaneField
from solion.experiments.conduction.assembled_space import SpaceField
from solion.experiments.conduction.measures import AbstractMeasure
from solion.experiments.conduction.problem import AbstractEngine, Fields, Problem
from solion.grids.grains.lengths import one_length
from solion.grids.grains.tessellation import Tessellation
from solion.grids.meshes.tetrahedra import Tetrahedra, tetrahedralise
from solion.grids.meshes.triangles import Sizes, Triangles, triangulate
from solion.numerics.elliptic.frequency_response import Reduction

LIMIT = 100_000  # tetrahedra


class Elements(AbstractEngine):
    """Triangles or tetrahedra that follow the grains, each grain with unknowns of its own.

    ``sizes``: of triangles (m); ``size``: mean edge of tetrahedra, at most (m), a third of the grain size unless given, which
    suits some hundred grains. It acts in steps, since all tetrahedra are split into eight until their mean edge is below it: a
    run with a given size says which sizes give the same mesh. ``order``: 2 quadratic (default), 1 linear;
    ``weld``: corners of grains closer than this (m) are one, so that no sliver is left.
    """

    sizes: Sizes = eqx.field(static=True, default=Sizes())
    order: int = eqx.field(static=True, default=2)
    weld: float = eqx.field(static=True, default=20e-9)
    size: float | None = eqx.field(static=True, default=None)

    def __check_init__(self):
        if self.order not in (1, 2):
            raise InputError(f"Elements.order = {self.order!r} must be 1 (linear) or 2 (quadratic functions).")
        object.__setattr__(self, "weld", one_length("Elements.weld", self.weld))
        if self.size is not None:
            object.__setattr__(self, "size", one_length("Elements.size", self.size))

    def assemble(self, problem: Problem) -> Assembled:
        """Mesh, space and balance of a problem. The meshes of the last few tessellations are kept."""
        grains = problem.microstructure
        if not isinstance(grains, Tessellation):
            raise InputError(
                "Elements takes a Tessellation; use Voxels for images, or so.tessellation_of(image) for its grains as cells."
            )
        stacks = [problem.polycrystal.stack(face) for face in ("bottom", "top")]
        thickness = [tuple(float(layer.thickness) for layer in stack) for stack in stacks]
        if grains.dimension == 2:
            return PlaneField(problem, _triangles(grains, *thickness, self.sizes, self.weld), self.order)
        size = self.size or grains.grain_size / 3
        mesh = _tetrahedra(grains, *thickness, size, self.weld)
        if len(mesh.cells) > LIMIT:
            raise InputError(
                f"Elements.size = {size:g} m makes {len(mesh.cells)} tetrahedra in this box, more than the {LIMIT} that a direct "
                "solver takes in minutes; take a larger size, a smaller box, or Voxels."
            )
        return SpaceField(problem, mesh, self.order)

    def solve(self, problem: Problem) -> Fields:
        began = time.perf_counter()
        assembled = self.assemble(problem)
        meshed = time.perf_counter()
        solution = assembled.solution()
        fields = assembled.fields(solution, meshed - began, time.perf_counter() - meshed)
        fields = dataclasses.replace(
            fields, problems=(*fields.problems, *self._told(assembled, problem.microstructure.dimension))
        )
        if self.order == 1:
            return fields
        # linear elements on the same mesh: the difference overstates the error of the quadratic ones, at a quarter of their cost
        linear = dataclasses.replace(self, order=1).assemble(problem)
        second = linear.sections(linear.solution().phi)
        sections = {
            name: dataclasses.replace(section, second_density=second[name].current_density)
            for name, section in fields.sections.items()
        }
        return dataclasses.replace(fields, sections=sections)

    def _told(self, assembled: Assembled, dimension: int) -> Iterator[str]:
        """What a size that was given does to the mesh."""
        if self.size is not None and dimension == 3:
            yield _steps(self.size, assembled.mesh.length)
        elif self.size is not None:
            yield "Elements.size is of tetrahedra and does nothing in the plane; give sizes = Sizes(junctions, faces, bulk)."
        if dimension == 3 and self.sizes != Sizes():
            yield "Elements.sizes are of triangles and do nothing in space; give size, the mean edge of tetrahedra, there."

    def spectrum(self, problem: Problem, frequencies):
        assembled = self.assemble(problem)
        if not assembled.balance.linear:
            raise InputError("impedance needs electrodes that are linear: give ChargeTransfer(resistance = R T/(F i0)) instead.")
        reduction = Reduction(*assembled.pencil(), assembled.balance.space.places[assembled.balance.free])
        admittance = reduction.admittance(2j * np.pi * np.asarray(frequencies, float))
        return assembled.extent / admittance, reduction.record

    def sensitivity(self, problem: Problem, measure: AbstractMeasure) -> Derivatives:
        """Derivative of a measure by the resistance of every facet and the conductivity of every region, by one more solve."""
        assembled = self.assemble(problem)
        return measure.differentiate(assembled, assembled.solution())


def _steps(size: float, length: float) -> str:
    return (
        f"Elements.size = {size:g} m acts in steps: the tetrahedra have mean edges of {length:.4g} m, as for all sizes from that "
        f"to {2 * length:.4g} m, from where they are twice as long."
    )


@lru_cache(maxsize=2)
def _triangles(tessellation: Tessellation, bottom, top, sizes: Sizes, weld: float) -> Triangles:
    return triangulate(tessellation, bottom=bottom, top=top, sizes=sizes, weld=weld)


@lru_cache(maxsize=2)
def _tetrahedra(tessellation: Tessellation, bottom, top, size: float, weld: float) -> Tetrahedra:
    return tetrahedralise(tessellation, bottom=bottom, top=top, size=size, weld=weld)
