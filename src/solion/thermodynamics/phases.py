"""The phases of a film material at rest.

All follow from its free energy and mobilities. Along the neutral film mu_h(c) = G'(c), G(c) = energy(c, c) (k_B T per
reference site). Energies are in k_B T per reference site, compositions c = c_p/c_0.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import jax
import jax.numpy as jnp
import numpy as np

from solion.base.compiled import Program
from solion.base.errors import InputError
from solion.base.parameters import as_arrays, without_sources
from solion.laws.free_energy import AbstractFreeEnergy, chemical_potentials, total_potential
from solion.materials.mixed_conductor import MixedConductor

F = TypeVar("F", bound=Callable)

_LOGIT_REACH = 30.0  # compositions are scanned to within e^-30 = 1e-13 of either end
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)


class MiscibilityGap(NamedTuple):
    """Two phases in equilibrium, with a common tangent between them.

    ``binodal``: contents of the poorer and the richer one; ``spinodal``: the limit of stability of each towards the other;
    ``plateau``: the mu_h they share (k_B T); ``stable``: False where another pair of phases has less energy.
    """

    binodal: tuple[float, float]
    spinodal: tuple[float, float]
    plateau: float
    stable: bool = True


@dataclass(frozen=True)
class PhaseDiagram:
    """Phases of a material at rest.

    ``spinodal``: every limit of stability; ``gaps``: pairs of phases that can be in equilibrium, by content, the metastable ones
    among them. A single-phase material has neither.
    """

    spinodal: tuple[float, ...]
    gaps: tuple[MiscibilityGap, ...]

    @property
    def stages(self) -> tuple[MiscibilityGap, ...]:
        """The stable gaps: segments of the lower convex hull of the energy, by content."""
        return tuple(gap for gap in self.gaps if gap.stable)

    @property
    def binodal(self) -> tuple[float, ...]:
        """Ends of all stable gaps, ascending: contents of the ion-poor and ion-rich phases in equilibrium."""
        return tuple(content for gap in self.stages for content in gap.binodal)

    @property
    def plateau(self) -> float:
        """mu_h (k_B T) of the lowest stable gap; nan where there is none."""
        return self.stages[0].plateau if self.stages else float("nan")

    @property
    def two_phase(self) -> bool:
        """Whether the material separates into phases."""
        return bool(self.gaps)

    def at(self, composition: float) -> MiscibilityGap | None:
        """The stable gap that holds a composition; None where one phase does."""
        return next((gap for gap in self.stages if gap.binodal[0] <= composition <= gap.binodal[1]), None)


class PhaseCurves(NamedTuple):
    """Functions of composition for plotting, sampled on ``composition``; energies in k_B T, mobilities in D_0 c_0."""

    composition: np.ndarray
    energy: np.ndarray
    ion_potential: np.ndarray
    electron_potential: np.ndarray
    potential: np.ndarray
    ion_mobility: np.ndarray
    electron_mobility: np.ndarray


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


def remembered(function: F) -> F:
    """The same function of a material, which works out each set of numbers once."""

    @functools.lru_cache(maxsize=256)
    def known(structure, numbers, arguments, keywords):
        return function(jax.tree.unflatten(structure, numbers), *arguments, **dict(keywords))

    @functools.wraps(function)
    def remembering(material, *arguments, **keywords):
        numbers, structure = jax.tree.flatten(material)
        return known(structure, tuple(map(float, numbers)), arguments, tuple(sorted(keywords.items())))

    return remembering  # pyright: ignore[reportReturnType]


@remembered
def phase_diagram(material: MixedConductor) -> PhaseDiagram:
    """Limits of stability, and the gaps: segments of the lower convex hull of G, by common tangents to round-off.

    Both phases of a gap share mu_h, and G(c1) - G(c0) = mu_h (c1 - c0). A phase that lies above the tangent of its neighbours is
    metastable, and so are the gaps beside it. Raises InputError unless phases are stable at both ends of the range.
    """
    limits = spinodal(material)
    evaluate = _evaluate(material)
    low, high = _graded(*composition_range(material), 2)
    if len(limits) % 2 or evaluate(low).slope < 0:
        raise InputError(
            f"{material.name}: its free energy has the limits of stability {limits}; a phase diagram needs stable phases at "
            "both ends, so give the energy a mixing term there or split its range."
        )
    phases = [(low, *limits[:1]), *zip(limits[1::2], limits[2::2], strict=False), (*limits[-1:], high)] if limits else []
    hull, chain = [], []  # phases on the hull so far, and the tangents between them
    for phase in phases:
        while hull:
            gap = _common_tangent(evaluate, (low, high), hull[-1], phase)
            inside = gap is not None and not (chain and gap.binodal[0] <= chain[-1].binodal[1])
            if inside or len(hull) == 1:
                break
            hull.pop()
            chain.pop()
        if hull:
            if gap is None:  # this phase lies above what the one before it can reach
                continue
            chain.append(gap)
        hull.append(phase)
    stable = [_limited(gap, limits) for gap in chain]
    beside = (_common_tangent(evaluate, (low, high), *pair) for pair in itertools.pairwise(phases))
    others = [_limited(gap, limits)._replace(stable=False) for gap in beside if gap is not None and gap not in chain]
    return PhaseDiagram(limits, tuple(sorted([*stable, *others])))


def _limited(gap: MiscibilityGap, limits: tuple[float, ...]) -> MiscibilityGap:
    """With the limits of stability nearest to its two phases, inside it."""
    inside = [limit for limit in limits if gap.binodal[0] < limit < gap.binodal[1]]
    return gap._replace(spinodal=(inside[0], inside[-1]))


def _common_tangent(evaluate, ends, first: tuple[float, float], second: tuple[float, float]) -> MiscibilityGap | None:
    """The gap between two phases, each stable between two contents; None where one lies above all tangents of the other."""

    def branch(potential, near, far):
        """Content of the phase with this mu_h, between a limit and another, or the far one where it is out of reach."""

        def excess(c):
            point = evaluate(c)
            return point.potential - potential, point.slope

        return far if excess(far)[0] * excess(near)[0] > 0 else _root(excess, min(near, far), max(near, far))

    def contents(potential):
        return branch(potential, first[1], first[0]), branch(potential, second[0], second[1])

    def area(potential):
        poor, rich = contents(potential)
        difference = evaluate(rich).energy - evaluate(poor).energy
        return difference - potential * (rich - poor), poor - rich

    def bounds(contents, ends):  # an end of the range bounds nothing: there the far content stands for the phase
        return [float(evaluate(content).potential) for content in contents if content not in ends]

    lowest, highest = max(bounds((first[0], second[0]), ends)), min(bounds((first[1], second[1]), ends))
    if not lowest < highest or area(lowest)[0] <= 0 or area(highest)[0] >= 0:
        return None
    plateau = _root(area, lowest, highest)
    poor, rich = contents(plateau)
    return MiscibilityGap((poor, rich), (first[1], second[0]), plateau)


def curves(material: MixedConductor, points: int = 401) -> PhaseCurves:
    """Free energy, potentials and mobilities against composition, denser towards the ends of the range."""
    low, high = composition_range(material)
    composition = low + (high - low) * (1 - np.cos(np.pi * (np.arange(points) + 0.5) / points)) / 2
    law = material.free_energy
    ion, electron = (np.asarray(mu) for mu in chemical_potentials(law, jnp.asarray(composition)))
    return PhaseCurves(
        composition,
        _evaluate(material)(composition).energy,
        ion,
        electron,
        ion + electron,
        ion_mobility(material, composition),
        electron_mobility(material, composition),
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
    at = derivatives.along(as_arrays(without_sources(material.free_energy)))

    def evaluate(c) -> _Point:
        c = np.asarray(c, float)
        padded = np.resize(c.ravel(), -(-c.size // BLOCK) * BLOCK).reshape(-1, BLOCK)
        blocks = [at(block) for block in padded]
        return _Point(*(np.concatenate(parts)[: c.size].reshape(c.shape) for parts in zip(*blocks, strict=True)))

    return evaluate


def electron_mobility(material: MixedConductor, composition) -> np.ndarray:
    """M_n(c) of a material at its compositions, over D_n c_0/(R T)."""
    law = material.free_energy
    content: Any = np.asarray(composition) + law.defects  # laws take NumPy's arrays as they take JAX's
    return np.asarray(material.electron_mobility.mobility(content, law.electron_sites))


def ion_mobility(material: MixedConductor, composition) -> np.ndarray:
    """M_p(c) of a material at its compositions, over D_p c_0/(R T)."""
    content: Any = np.asarray(composition)
    return np.asarray(material.ion_mobility.mobility(content, material.free_energy.ion_sites))


def _separating(material: MixedConductor) -> PhaseDiagram:
    diagram = phase_diagram(material)
    if not diagram.two_phase:
        raise InputError(f"{material.name} is stable as one phase at every composition: it has no two phases in equilibrium.")
    return diagram


def _two_phases(material: MixedConductor, composition: float | None = None) -> MiscibilityGap:
    """The gap of a material that has one, or that which holds a composition."""
    stages = _separating(material).stages
    if len(stages) == 1:
        return stages[0]
    gap = None if composition is None else phase_diagram(material).at(composition)
    if gap is None:
        raise InputError(
            f"{material.name} has {len(stages)} gaps, "
            + ", ".join(f"{poor:.4g} to {rich:.4g}" for poor, rich in (stage.binodal for stage in stages))
            + "; this answer is for two phases: give a composition inside one of them where it takes one, or ask a run."
        )
    return gap


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
