"""The interface between two phases at rest, and what a contact must pull with to change a film's surface.

The film's potential with gradients is mu_tot = mu_h - 2 kappa c'' (each carrier brings one kappa), the variation of
int [G(c) + kappa c'^2] dx. Energies are in k_B T per reference site, compositions c = c_p/c_0.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from solion.base.constants import AVOGADRO, BOLTZMANN
from solion.base.errors import InputError
from solion.materials.mixed_conductor import MixedConductor
from solion.thermodynamics.phases import (
    _NODES,
    _WEIGHTS,
    BLOCK,
    _evaluate,
    _root,
    _two_phases,
    above_tangent,
    composition_range,
    phase_diagram,
    remembered,
    spinodal,
)


class DiffuseInterface(NamedTuple):
    """Flat interface between the two phases at rest.

    ``tension`` in J/m^2, ``width`` in m (composition difference over steepest slope), and the profile: ``composition``
    at ``position`` in m, zero where the slope is steepest, ion-poor phase on the negative side.
    """

    tension: float
    width: float
    position: np.ndarray
    composition: np.ndarray


@remembered
def interface(
    material: MixedConductor, temperature: float = 298.15, points: int = 401, composition: float | None = None
) -> DiffuseInterface:
    """Equilibrium interface between the two phases, of the gap that holds ``composition`` where there are several.

    At rest mu_tot is the plateau everywhere, whose first integral is kappa c'^2 = W(c), W the height of G above its
    common tangent. Hence the tension int (W + kappa c'^2) dx = 2 int sqrt(kappa W) dc, the steepest slope
    sqrt(max W / kappa) and the profile x(c) = int sqrt(kappa / W) dc. ``temperature`` in K turns k_B T per site into
    joules. Raises InputError for a single-phase material.
    """
    diagram = _two_phases(material, composition)
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

    tops = [limit for limit in spinodal(material) if diagram.spinodal[0] <= limit <= diagram.spinodal[1]]
    summits = np.array([_root(rise, *pair) for pair in zip(tops[::2], tops[1::2], strict=True)])
    summit = float(summits[np.argmax(height(summits))])  # a metastable phase between the two leaves more than one
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
    gap = phase_diagram(material).at(composition)
    if gap is not None:
        composition = gap.binodal[0]
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
