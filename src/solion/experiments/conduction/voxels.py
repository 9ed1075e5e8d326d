"""The engine of voxels: finite volumes on a labelled image or on a tessellation sampled on a regular grid."""

from __future__ import annotations

import equinox as eqx
import numpy as np

from solion.balances.conduction_voxels import Network, Slab, VoxelGrains, assemble, groups, network
from solion.balances.electrode import Electrode
from solion.balances.voxel_currents import sensitivities
from solion.balances.voxel_electrodes import afloat, conduct
from solion.base.errors import InputError, RunError
from solion.base.memory import memory_limit
from solion.devices.polycrystal import AbstractElectrode, Polycrystal
from solion.experiments.conduction.measures import AbstractMeasure
from solion.experiments.conduction.problem import AbstractEngine, Derivatives, Problem
from solion.experiments.conduction.voxel_fields import VoxelFields, column_positions, voxel_fields
from solion.grids.grains.labels import SPACING, LabelImage
from solion.grids.grains.lengths import one_length, one_number
from solion.grids.grains.tessellation import Tessellation
from solion.grids.grains.voxel_facets import VoxelFacets, facets
from solion.laws.grain_boundary import BoundaryFacets
from solion.numerics.elliptic.iterative import LIMIT, TOLERANCE, Elliptic

MEMORY = 700  # bytes for each voxel at the peak: 1.6 GB for 132^3, 10.2 GB for 256^3 (docs/benchmarks.md)
PER_GRAIN = {2: 20, 3: 10}  # voxels along the edge of a mean grain where no spacing is given


class Voxels(AbstractEngine):
    """Finite volumes on cubic voxels, in two and three dimensions, up to tens of millions of them.

    ``spacing``: edge of a voxel in m for a tessellation (default: a mean grain over 20 in 2D, over 10 in 3D); a
    :class:`LabelImage` brings its own. ``growth``: factor by which the cells of a layer thicken outward (1: all alike).
    ``tolerance``: of conjugate gradients, the residual over that of grains without gradients inside; ``iterations``: the
    most that are taken. ``smallest``: voxels that a grain of an image needs.

    Second phases: ``phases`` maps the number of a phase of the image (1, 2, ...) to its conductivity in S/m.
    """

    spacing: float | None = None
    growth: float = 1.0
    tolerance: float = TOLERANCE
    iterations: int = LIMIT
    smallest: int | None = None
    phases: dict[int, float] = eqx.field(default_factory=dict)

    def __check_init__(self):
        if self.spacing is not None:
            object.__setattr__(self, "spacing", one_length("Voxels.spacing", self.spacing, SPACING))
        for name in ("growth", "tolerance", "iterations"):
            one_number(f"Voxels.{name}", getattr(self, name))
        if not 1 <= self.growth <= 2:
            raise InputError(f"Voxels.growth = {self.growth!r} is outside its allowed range [1, 2].")
        if not 1e-14 <= self.tolerance <= 1e-4:
            raise InputError(f"Voxels.tolerance = {self.tolerance!r} is outside its allowed range [1e-14, 1e-4].")
        if not self.iterations >= 1:
            raise InputError(f"Voxels.iterations = {self.iterations!r} is outside its allowed range [1, inf).")
        for phase, sigma in self.phases.items():
            if not (np.isfinite(one_number(f"Voxels.phases[{phase}]", sigma)) and sigma > 0):
                raise InputError(f"Voxels.phases[{phase}] = {sigma!r} S/m must be a positive conductivity.")

    def solve(self, problem: Problem) -> VoxelFields:
        """The stationary field. Raises InputError for an image that cannot carry a current, RunError without convergence."""
        net, ends, image, found = self._ready(problem)
        solution = conduct(
            net, *ends, voltage=problem.voltage, current=problem.current, tolerance=self.tolerance, limit=self.iterations
        )
        return voxel_fields(problem, net, image, found, solution)

    def spectrum(self, problem: Problem, frequencies: np.ndarray) -> tuple[np.ndarray, dict[str, float]]:
        """Complex area-specific impedance (ohm m2) at ``frequencies`` (Hz), and the most iterations that any of them took."""
        image = self._image(problem)
        found = facets(image)
        impedance, most = [], 0
        for frequency in np.asarray(frequencies, float):
            net, ends = self._network(problem.polycrystal, image, found, 2 * np.pi * float(frequency))
            first, last = ends[0].conductance(net.half[0]), ends[1].conductance(net.half[1])
            matrix = assemble(net, first, last)
            floating = afloat(net, np.abs(first), np.abs(last))
            if floating is not None:
                matrix.setdiag(matrix.diagonal() * np.where(floating.reshape(-1), 2, 1))
            right = np.zeros(net.shape, complex)
            right[..., 0] = first
            unit, status = Elliptic(matrix, groups(net)).solve(right.reshape(-1), tolerance=self.tolerance, limit=self.iterations)
            if not status.converged:
                raise RunError(
                    f"the alternating field at {frequency:g} Hz did not converge: residual {status.residual:.2g} after "
                    f"{status.iterations} iterations; no impedance is given. Loosen Voxels.tolerance or use a coarser spacing."
                )
            most = max(most, status.iterations)
            impedance.append(1 / (first * (1 - unit.reshape(net.shape)[..., 0])).mean())
        return np.array(impedance), {"voxels": float(image.labels.size), "iterations": float(most)}

    def sensitivity(self, problem: Problem, measure: AbstractMeasure) -> Derivatives:
        """Derivatives of a measure by every boundary and every grain, by one more solve (adjoint), at a given voltage and
        with linear electrodes. A boundary is one facet here, whose position is that of its middle.
        """
        net, ends, image, found = self._ready(problem)
        if problem.voltage is None or any(end.law is not None for end in ends):
            raise InputError("sensitivities need a given voltage and linear electrodes; linearise the kinetics by R T/(F i0).")
        solution = conduct(net, *ends, voltage=problem.voltage, tolerance=self.tolerance, limit=self.iterations)
        value, at_bottom, at_top = measure.of_columns(solution.bottom, solution.top, image.spacing)
        conductance = [end.conductance(half) for end, half in zip(ends, net.half, strict=True)]
        right = np.zeros(net.shape)
        right[..., 0] -= conductance[0] * at_bottom
        right[..., -1] += conductance[1] * at_top
        flat, status = solution.solver.solve(right.reshape(-1), tolerance=self.tolerance, limit=self.iterations)
        if not status.converged:
            raise RunError(f"the adjoint field did not converge (residual {status.residual:.2g}); no sensitivity is given.")
        adjoint = flat.reshape(net.shape)
        by_boundary, by_label = sensitivities(net, solution.potential, adjoint)
        ceramic = net.grains
        direct = (
            (0, (at_bottom + adjoint[..., 0]) * solution.potential.below(problem.voltage, (..., 0)), ends[0], net.below == 0),
            (
                -1,
                (at_top - adjoint[..., -1]) * -solution.potential.below(0.0, (..., -1)),
                ends[1],
                net.ceramic.stop == net.shape[-1],
            ),
        )
        for face, product, end, bare in direct:
            if bare:  # the half cell between electrode and first voxel belongs to a grain
                label, g = ceramic.labels[..., face], conductance[face]
                sigma = np.where(label > 0, ceramic.conductivity[label], 1.0)
                own = g**2 / np.where(end.share > 0, end.share, 1.0) * image.spacing / (2 * sigma**2)
                by_label += np.bincount(label.ravel(), (product * own).ravel(), len(by_label))
        return Derivatives(
            value,
            by_boundary,
            ceramic.resistance,
            found.pairs - 1,
            found.position,
            found.area,
            by_label[1:],
            image.sizes()[1:] > 0,
        )

    def _ready(self, problem: Problem):
        image = self._image(problem)
        found = facets(image)
        net, ends = self._network(problem.polycrystal, image, found)
        return net, ends, image, found

    def _image(self, problem: Problem) -> LabelImage:
        given = problem.microstructure
        if isinstance(given, LabelImage):
            if self.spacing is not None and abs(self.spacing / given.spacing - 1) > 1e-9:
                raise InputError(
                    f"Voxels.spacing = {self.spacing:g} m differs from the label image's {given.spacing:g} m; leave it out."
                )
            _require_memory(float(given.labels.size), given.spacing, given.dimension)
            return given.checked(self.smallest)
        if not isinstance(given, Tessellation):
            raise InputError(f"Voxels needs a Tessellation or a LabelImage as microstructure, not {type(given).__name__}.")
        spacing = self.spacing
        if spacing is None:
            size = float(np.prod(given.box) / _inside(given)) ** (1 / given.dimension)
            shortest = min(given.box)
            spacing = shortest / np.ceil(shortest / size * PER_GRAIN[given.dimension])
        _require_memory(float(np.prod(np.asarray(given.box) / spacing)), spacing, given.dimension)
        return LabelImage.of(given, spacing).checked(self.smallest)

    def _network(
        self, polycrystal: Polycrystal, image: LabelImage, found: VoxelFacets, angular: float = 0.0
    ) -> tuple[Network, tuple[Electrode, Electrode]]:
        """Conductances, of an alternating current where ``angular`` (2 pi f) is not zero."""
        if not polycrystal.grain.isotropic:
            raise InputError("Voxels takes grains that conduct alike in all directions; use Elements for AnisotropicConductor.")
        if polycrystal.boundary.lengthwise:
            raise InputError("Voxels has no currents along grain boundaries; use Elements for FastBoundary.")
        count = int(image.labels.max()) + 1
        conductivity = np.zeros(count, complex if angular else float)
        conductivity[1:] = polycrystal.grain.conductivities(np.arange(count - 1)) + _imaginary(
            angular, polycrystal.grain.dielectric
        )
        if image.phases is not None:
            for phase in np.unique(image.phases[image.phases > 0]):
                if int(phase) not in self.phases:
                    raise InputError(
                        f"the image holds phase {phase}; give its conductivity: Voxels(phases={{{phase}: ...}}) in S/m."
                    )
                own = self.phases[int(phase)] + _imaginary(angular, polycrystal.grain.dielectric)
                conductivity[1:][image.phases[1:count] == phase] = own
        conductivity[0] = 0
        turned = None if image.orientations is None else image.orientations[1:]
        known = BoundaryFacets(found.pairs - 1, found.position, found.normal, turned)
        resistance = np.asarray(polycrystal.boundary.resistance(known), float)
        if angular:
            resistance = resistance / (1 + 1j * angular * resistance * polycrystal.boundary.capacitance(known))
        slabs = tuple(
            tuple(
                Slab(
                    self._cells(layer.thickness, image.spacing),
                    layer.conductivity + _imaginary(angular, layer.dielectric),
                    layer.interface_resistance,
                )
                for layer in polycrystal.stack(face)
            )
            for face in ("bottom", "top")
        )
        grains = VoxelGrains(image.labels, image.spacing, image.periodic, found, conductivity, resistance)
        net = network(grains, *slabs)
        position = column_positions(image)
        shape = image.labels.shape[:-1]
        ends = (_terminal(polycrystal.bottom, position, shape, angular), _terminal(polycrystal.top, position, shape, angular))
        return net, ends

    def _cells(self, thickness: float, spacing: float) -> np.ndarray:
        """Cells of a layer from the ceramic outward, the first one as thick as a voxel at most."""
        if thickness < spacing * (1 - 1e-9):
            raise InputError(
                f"a layer of {thickness:g} m is thinner than a voxel ({spacing:g} m): nothing in it could be resolved; use a "
                "finer spacing, or give its resistance thickness/conductivity to the electrode as ChargeTransfer."
            )
        if self.growth == 1:
            return np.full(int(np.ceil(thickness / spacing - 1e-9)), 1.0) * thickness / np.ceil(thickness / spacing - 1e-9)
        count = int(np.ceil(np.log1p(thickness / spacing * (self.growth - 1)) / np.log(self.growth) - 1e-9))
        sizes = self.growth ** np.arange(count)
        return sizes * thickness / sizes.sum()


def _require_memory(voxels: float, spacing: float, dimension: int) -> None:
    limit = memory_limit()
    if voxels * MEMORY > limit:
        coarser = spacing * (voxels * MEMORY / limit) ** (1 / dimension)
        raise InputError(
            f"{voxels:.2g} voxels need some {voxels * MEMORY / 1e9:.3g} GB of memory, more than the {limit / 1e9:.3g} GB that "
            f"there are; take a spacing of {coarser:.2g} m or more, or a smaller box."
        )


def _imaginary(angular: float, permittivity: float):
    return 1j * angular * permittivity if angular else 0.0


def _inside(tessellation: Tessellation) -> int:
    seeds = np.asarray(tessellation.seeds)
    return max(1, int(np.all((seeds >= 0) & (seeds < np.asarray(tessellation.box)), axis=1).sum()))


def _terminal(electrode: AbstractElectrode, position: np.ndarray, shape, angular: float) -> Electrode:
    """The electrode over the columns; at an angular frequency, that of small alternating currents."""
    contact = electrode.contact(position)
    admittance = np.asarray(contact.admittance)
    if angular:
        storage = (1j * angular) ** contact.exponent * contact.capacitance
        admittance = np.where(np.isfinite(admittance), admittance + storage, admittance)
    return contact._replace(
        admittance=admittance.reshape(shape),
        share=np.asarray(contact.share, float).reshape(shape),
        capacitance=np.asarray(contact.capacitance).reshape(shape),
        law=None if angular else contact.law,
    )
