"""What holding a film in its plane does to its phases: how much misfit they bear, and what bending adds. Derived for Solion."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from solion.base.constants import GAS_CONSTANT
from solion.base.errors import InputError
from solion.materials.mixed_conductor import MixedConductor
from solion.thermodynamics.phases import _evaluate, _graded, _root, _two_phases, composition_range, electron_mobility
from solion.thermodynamics.polarizing import ion_poor_fraction


class ClampingLimit(NamedTuple):
    """B_c, above which a clamped film does not separate, the composition that separates last, and the misfit that has B_c."""

    coefficient: float
    composition: float
    misfit: float


def clamping_limit(material: MixedConductor, biaxial_modulus: float | None = None) -> ClampingLimit:
    """B_c = -min mu_h'/2 of a free energy without stress; eps_c = (B_c c_0 R T/Y)^(1/2) at a modulus Y (Pa), nan without one.

    Zero where the material has one phase without being held.
    """
    evaluate, (low, high) = _evaluate(material), composition_range(material)
    grid = _graded(low, high, 2001)
    at = int(np.argmin(evaluate(grid).slope))
    for _ in range(3):
        grid = np.linspace(grid[max(at - 1, 0)], grid[min(at + 1, grid.size - 1)], 201)
        at = int(np.argmin(evaluate(grid).slope))
    coefficient = max(-float(evaluate(grid[at]).slope) / 2, 0.0)
    unit = material.concentration * GAS_CONSTANT * material.reference_temperature
    misfit = np.nan if biaxial_modulus is None else float(np.sqrt(coefficient * unit / biaxial_modulus))
    return ClampingLimit(coefficient, float(grid[at]), misfit)


def critical_current_bent(material: MixedConductor, mean_composition: float, share: float = 1.0) -> float:
    """First estimate (i_D) of the critical current of a film that is free to bend, from its material as it is when flat.

    Solves int_b0^s0 M_n mu_h' dc/(i - 24 B m_1 M_n) = h_0 with m_1 = (b_1 - b_0) h_0 (1 - h_0)/2 kept: of the poor phase at its
    end. 2 % low at B = 0.2, 10 % high at 0.5, where m_1 falls as the end fills; ``share`` of the bending that a substrate leaves.
    Raises InputError for a material without a misfit, a single-phase one, and a mean outside its gap.
    """
    coefficient = float(material.misfit.coefficient(material.concentration, material.reference_temperature))
    if coefficient == 0:
        raise InputError(f"critical_current_bent: {material.name} has no misfit; give it one, or ask critical_current.")
    h0, gap = ion_poor_fraction(material, mean_composition), _two_phases(material, mean_composition)
    pull = 24 * share * coefficient * (gap.binodal[1] - gap.binodal[0]) * h0 * (1 - h0) / 2
    c = np.linspace(gap.binodal[0], gap.spinodal[0], 4001)
    mobility = electron_mobility(material, c)
    slope = mobility * _evaluate(material)(c).slope

    def excess(current):
        return h0 - float(np.trapezoid(slope / (current - pull * mobility), c)), 0.0

    least = float(np.max(pull * mobility)) * (1 + 1e-9)
    return _root(excess, least, least + 1e3)
