"""What a film material does at rest and at the onset of switching: phases, interface, critical current.

All follow from its free energy and mobilities. Along the neutral film mu_h(c) = G'(c), G(c) = energy(c, c), and the
film's potential with gradients is mu_tot = mu_h - 2 kappa c'' (each carrier brings one kappa), the variation of
int [G(c) + kappa c'^2] dx. Energies are in k_B T per reference site, compositions c = c_p/c_0, currents in i_D.
Source of the switching theory: Tian and Bazant, Interfacial resistive switching by multiphase polarization, Eq. 5.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import jax
import jax.numpy as jnp
import numpy as np

from solion.base.compiled import Program
from solion.base.constants import AVOGADRO, BOLTZMANN
from solion.base.errors import InputError
from solion.base.parameters import without_sources
from solion.laws.free_energy import AbstractFreeEnergy, chemical_potentials, total_potential
from solion.materials.mixed_conductor import MixedConductor

F = TypeVar("F", bound=Callable)

_LOGIT_REACH = 30.0  # compositions are scanned to within e^-30 = 1e-13 of either end
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)


@dataclass(frozen=True)
class PhaseDiagram:
    """Phases of a material at rest.

    ``spinodal``: both limits of stability; ``binodal``: contents of the ion-poor and ion-rich phases in equilibrium;
    ``plateau``: the mu_h they share (k_B T). A single-phase material has none of them: (), () and nan.
    """

    spinodal: tuple[float, ...]
    binodal: tuple[float, ...]
    plateau: float

    @property
    def two_phase(self) -> bool:
        """Whether the material separates into two phases."""
        return bool(self.binodal)


class PhaseCurves(NamedTuple):
    """Functions of composition for plotting, sampled on ``composition``; energies in k_B T, mobilities in D_0 c_0."""

    composition: np.ndarray
    energy: np.ndarray
    ion_potential: np.ndarray
    electron_potential: np.ndarray
    potential: np.ndarray
    ion_mobility: np.ndarray
    electron_mobility: np.ndarray


class DiffuseInterface(NamedTuple):
    """Flat interface between the two phases at rest.

    ``tension`` in J/m^2, ``width`` in m (composition difference over steepest slope), and the profile: ``composition``
    at ``position`` in m, zero where the slope is steepest, ion-poor phase on the negative side.
    """

    tension: float
    width: float
    position: np.ndarray
    composition: np.ndarray


def composition_range(material: MixedConductor) -> tuple[float, float]:
    """Contents between which both ions and electrons have free and filled sites."""
    law = material.free_energy
    return 0.0, float(min(law.ion_sites, law.electron_sites - law.defects))


def spinodal(material: MixedConductor) -> tuple[float, ...]:
    """Every composition where dmu_h/dc changes sign, ascending; empty where mu_h is monotonic.

    Two limits closer to one another than 0.4 % of the composition range are not told apart from none.
    """
    grid = _graded(*composition_range(material), 4001)
    evaluate = _evaluate(material)
    unstable = evaluate(grid).slope < 0
    (crossings,) = np.nonzero(unstable[:-1] != unstable[1:])
    return tuple(_root(lambda c: evaluate(c)[2:], grid[k], grid[k + 1]) for k in crossings)


def _remembered(function: F) -> F:
    """The same function of a material, which works out each set of numbers once."""

    @functools.lru_cache(maxsize=256)
    def known(structure, numbers, arguments, keywords):
        return function(jax.tree.unflatten(structure, numbers), *arguments, **dict(keywords))

    @functools.wraps(function)
    def remembering(material, *arguments, **keywords):
        numbers, structure = jax.tree.flatten(material)
        return known(structure, tuple(map(float, numbers)), arguments, tuple(sorted(keywords.items())))

    return remembering  # pyright: ignore[reportReturnType]


@_remembered
def phase_diagram(material: MixedConductor) -> PhaseDiagram:
    """Spinodal, and binodal and plateau by the common tangent.

    Both phases share mu_h, and G(c1) - G(c0) = mu_h (c1 - c0). Raises InputError unless the free energy has none or one
    miscibility gap, with stable phases at both ends of the range of composition.
    """
    limits = spinodal(material)
    evaluate = _evaluate(material)
    low, high = _graded(*composition_range(material), 2)
    if len(limits) not in (0, 2) or evaluate(low).slope < 0:
        raise InputError(
            f"{material.name}: its free energy has the limits of stability {limits}; a phase diagram needs none or "
            "two, and stable phases at both ends, so give the energy a mixing term there or split its range."
        )
    if not limits:
        return PhaseDiagram((), (), float("nan"))

    def branch(potential, near, far):
        """Content of the phase with this mu_h, between a spinodal and an end, or that end where it is out of reach."""

        def excess(c):
            point = evaluate(c)
            return point.potential - potential, point.slope

        return far if excess(far)[0] * excess(near)[0] > 0 else _root(excess, min(near, far), max(near, far))

    def phases(potential):
        return branch(potential, limits[0], low), branch(potential, limits[1], high)

    def area(potential):
        poor, rich = phases(potential)
        difference = evaluate(rich).energy - evaluate(poor).energy
        return difference - potential * (rich - poor), poor - rich

    plateau = _root(area, float(evaluate(limits[1]).potential), float(evaluate(limits[0]).potential))
    return PhaseDiagram(limits, phases(plateau), plateau)


def current_potential(material: MixedConductor, start: float, stop: float) -> float:
    """Effective potential of current F = int M_n(c) mu_h'(c) dc from ``start`` to ``stop``, in i_D.

    With the ions at rest i = dF/dx along the film (Tian and Bazant, Eq. 5): the current a uniform phase carries while
    its composition goes from one value to the other across the film's thickness. Negative across unstable states.
    Raises InputError outside the open range of composition.
    """
    low, high = composition_range(material)
    for name, value in (("start", start), ("stop", stop)):
        if not low < value < high:
            raise InputError(f"current_potential: {name} = {value:g} is outside its allowed range ({low:g}, {high:g}).")
    # in the logit of composition the integrand is smooth up to the ends, where mu_h' diverges
    a, b = np.log((start - low) / (high - start)), np.log((stop - low) / (high - stop))
    c = low + (high - low) / (1 + np.exp(-(a + (b - a) * (_NODES + 1) / 2)))
    stretch = (c - low) * (high - c) / (high - low) * (b - a) / 2
    return float(np.sum(_WEIGHTS * stretch * _electron_mobility(material, c) * _evaluate(material)(c).slope))


def ion_poor_fraction(material: MixedConductor, mean_composition: float) -> float:
    """Share of the film in the ion-poor phase by the lever rule, h_0 = (c_b1 - c_m)/(c_b1 - c_b0).

    Raises InputError for a single-phase material and for a mean composition outside the binodal.
    """
    poor, rich = _two_phases(material).binodal
    if not poor <= mean_composition <= rich:
        raise InputError(
            f"ion_poor_fraction: mean_composition = {mean_composition:g} is outside its allowed range "
            f"[{poor:g}, {rich:g}], the binodal of {material.name}; outside it the film has one phase."
        )
    return (rich - mean_composition) / (rich - poor)


def critical_current(material: MixedConductor, mean_composition: float) -> float:
    """Smallest current that drives a phase change at an electrode, in i_D (Tian and Bazant, Eq. 5).

    i_c = min( F|b0..s0 / h_0, F|s1..b1 / (1 - h_0) ): one of the two phases reaches its spinodal at an electrode.
    The formula takes the interface as sharp; simulations need a somewhat larger current.
    """
    share = ion_poor_fraction(material, mean_composition)
    diagram = phase_diagram(material)
    poor = current_potential(material, diagram.binodal[0], diagram.spinodal[0])
    rich = current_potential(material, diagram.spinodal[1], diagram.binodal[1])
    return min(poor / share if share > 0 else np.inf, rich / (1 - share) if share < 1 else np.inf)


@_remembered
def interface(material: MixedConductor, temperature: float = 298.15, points: int = 401) -> DiffuseInterface:
    """Equilibrium interface between the two phases.

    At rest mu_tot is the plateau everywhere, whose first integral is kappa c'^2 = W(c), W the height of G above its
    common tangent. Hence the tension int (W + kappa c'^2) dx = 2 int sqrt(kappa W) dc, the steepest slope
    sqrt(max W / kappa) and the profile x(c) = int sqrt(kappa / W) dc. ``temperature`` in K turns k_B T per site into
    joules. Raises InputError for a single-phase material.
    """
    diagram = _two_phases(material)
    poor, rich = diagram.binodal
    evaluate = _evaluate(material)

    def height(c):
        """W(c), integrated from the nearer binodal: the difference of G and its tangent would cancel there."""
        origin = np.where(c < np.mean(diagram.spinodal), poor, rich)
        reach = (c - origin)[:, None]
        excess = evaluate(origin[:, None] + reach * (_NODES + 1) / 2).potential - diagram.plateau
        return np.sum(reach * _WEIGHTS / 2 * excess, axis=1)

    def rise(c):
        point = evaluate(c)
        return point.potential - diagram.plateau, point.slope

    summit = _root(rise, *diagram.spinodal)
    barrier = height(np.array([summit]))[0]
    if not barrier > 0:
        raise InputError(f"{material.name}: no energy barrier can be resolved between its phases; check its free energy.")
    steepest = np.sqrt(barrier / material.gradient_energy)
    # c(s) with s the logit between the phases, on which x(c) has no singularity; s = 0 at the summit
    offset = np.log((summit - poor) / (rich - summit))
    logit = np.linspace(-14.0, 14.0, 2 * (points // 2) + 1)

    def along(s):
        c = poor + (rich - poor) / (1 + np.exp(-s - offset))
        return c, (c - poor) * (rich - c) / (rich - poor), np.sqrt(np.maximum(height(c), 1e-300))

    step = logit[1] - logit[0]
    inner, weights = np.polynomial.legendre.leggauss(4)
    nodes = logit[:-1, None] + step * (inner + 1) / 2
    _, stretch, root = (value.reshape(nodes.shape) for value in along(nodes.ravel()))
    tension = 2 * np.sqrt(material.gradient_energy) * np.sum(weights * step / 2 * stretch * root)
    distance = np.sqrt(material.gradient_energy) * np.sum(weights * step / 2 * stretch / root, axis=1)
    position = np.concatenate([[0.0], np.cumsum(distance)])
    joules = material.concentration * AVOGADRO * BOLTZMANN * temperature
    middle = len(logit) // 2
    return DiffuseInterface(
        float(tension * joules), float((rich - poor) / steepest), position - position[middle], along(logit)[0]
    )


def steepest_gradient(material: MixedConductor, composition: float) -> float:
    """The steepest |dc/dx| (1/m) in a film at rest whose bulk has this composition, or the two phases around it.

    Where mu_tot is the same everywhere kappa c'^2 = W(c), W the height of G above the bulk's tangent, so it is
    sqrt(max W / kappa). A contact that asks for more than that is wetted or emptied completely, and its profile has no limit.
    """
    diagram = phase_diagram(material)
    if diagram.two_phase and diagram.binodal[0] < composition < diagram.binodal[-1]:
        composition = diagram.binodal[0]
    low, high = composition_range(material)
    evaluate = _evaluate(material)
    bulk, there = evaluate(composition), np.linspace(low, high, BLOCK + 2)[1:-1]
    height = above_tangent(evaluate(there), bulk, there - composition)
    return float(np.sqrt(max(height.max(), 0.0) / material.gradient_energy))


def surface_pull(material: MixedConductor, thickness: float, points: int = 801) -> tuple[np.ndarray, np.ndarray]:
    """Compositions from the poor to the rich phase, and 2 sqrt(kappa W) at them (k_B T per site and ``thickness``, m).

    The integral of the second over the first is the tension of the interface. Raises InputError for a single-phase material.
    """
    low, high = (float(content) for content in _two_phases(material).binodal)
    c = low + (high - low) * (1 - np.cos(np.pi * np.linspace(0, 1, points))) / 2
    evaluate = _evaluate(material)
    height = np.maximum(above_tangent(evaluate(c), evaluate(low), c - low), 0.0)
    return c, 2 * np.sqrt(float(material.gradient_energy) * height) / float(thickness)


def curves(material: MixedConductor, points: int = 401) -> PhaseCurves:
    """Free energy, potentials and mobilities against composition, denser towards the ends of the range."""
    low, high = composition_range(material)
    composition = low + (high - low) * (1 - np.cos(np.pi * (np.arange(points) + 0.5) / points)) / 2
    law = material.free_energy
    ion, electron = (np.asarray(mu) for mu in chemical_potentials(law, jnp.asarray(composition)))
    ion_mobility = np.asarray(material.ion_mobility.mobility(jnp.asarray(composition), law.ion_sites))
    return PhaseCurves(
        composition,
        _evaluate(material)(composition).energy,
        ion,
        electron,
        ion + electron,
        ion_mobility,
        _electron_mobility(material, composition),
    )


class _Point(NamedTuple):
    """G, mu_h, mu_h' and mu_h'' at a composition."""

    energy: np.ndarray
    potential: np.ndarray
    slope: np.ndarray
    curvature: np.ndarray


def above_tangent(point: _Point, bulk: _Point, distance) -> np.ndarray:
    """Height of G at a composition above its tangent at a ``bulk``, ``distance`` away in composition; at a binodal W(c)."""
    return point.energy - bulk.energy - bulk.potential * distance


def _derivatives(law: AbstractFreeEnergy, composition):
    one = jnp.ones_like(composition)

    def slope(c):
        return jax.jvp(lambda x: total_potential(law, x), (c,), (one,))[1]

    return (law.energy(composition, composition), total_potential(law, composition), *jax.jvp(slope, (composition,), (one,)))


derivatives = Program(_derivatives)
BLOCK = 512  # compositions evaluated at once, fewer filled up to them: one shape, one compilation


def _evaluate(material: MixedConductor) -> Callable[..., _Point]:
    law = jax.tree.map(lambda leaf: jnp.asarray(leaf, float), without_sources(material.free_energy))

    def evaluate(c) -> _Point:
        c = np.asarray(c, float)
        padded = np.resize(c.ravel(), -(-c.size // BLOCK) * BLOCK).reshape(-1, BLOCK)
        blocks = [derivatives(law, jnp.asarray(block)) for block in padded]
        return _Point(*(np.concatenate(parts)[: c.size].reshape(c.shape) for parts in zip(*blocks, strict=True)))

    return evaluate


def _electron_mobility(material: MixedConductor, composition) -> np.ndarray:
    law = material.free_energy
    return np.asarray(material.electron_mobility.mobility(jnp.asarray(composition) + law.defects, law.electron_sites))


def _two_phases(material: MixedConductor) -> PhaseDiagram:
    diagram = phase_diagram(material)
    if not diagram.two_phase:
        raise InputError(f"{material.name} is stable as one phase at every composition: it has no two phases in equilibrium.")
    return diagram


def _graded(low: float, high: float, points: int) -> np.ndarray:
    """Compositions evenly spaced in their logit."""
    return low + (high - low) / (1 + np.exp(-np.linspace(-_LOGIT_REACH, _LOGIT_REACH, points)))


def _root(function: Callable, low: float, high: float) -> float:
    """Root of ``function``, which returns value and slope, between two points where its signs differ, to round-off.

    Newton's method, with bisection wherever a step leaves the bracket or does not halve it in time.
    """
    low, high = float(low), float(high)
    sign = np.sign(function(low)[0])
    point, width = 0.5 * (low + high), high - low
    for _ in range(200):
        value, slope = (float(number) for number in function(point))
        low, high = (point, high) if np.sign(value) == sign else (low, point)
        newton = point - value / slope if slope else np.inf
        inside = low < newton < high and abs(newton - point) < 0.5 * width
        following = newton if inside else 0.5 * (low + high)
        width = abs(following - point)
        if width <= 4e-16 * max(1e-16, abs(following)) or value == 0:
            return following if value else point
        point = following
    return point
