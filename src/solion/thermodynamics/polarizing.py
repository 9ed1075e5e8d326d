"""Currents that polarize a film until a phase is unstable at one of its ends, with the interface taken as sharp.

Source: Tian and Bazant, Interfacial resistive switching by multiphase polarization, Eq. 5; several stages derived for Solion.
"""

from __future__ import annotations

import numpy as np

from solion.base.errors import InputError
from solion.materials.mixed_conductor import MixedConductor
from solion.thermodynamics.phases import (
    _NODES,
    _WEIGHTS,
    _evaluate,
    _root,
    _separating,
    _two_phases,
    composition_range,
    electron_mobility,
    phase_diagram,
    remembered,
)


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
    return float(np.sum(_WEIGHTS * stretch * electron_mobility(material, c) * _evaluate(material)(c).slope))


def ion_poor_fraction(material: MixedConductor, mean_composition: float) -> float:
    """Share of the film in the ion-poor phase by the lever rule, h_0 = (c_b1 - c_m)/(c_b1 - c_b0), in the gap that holds c_m.

    Raises InputError for a single-phase material and for a mean composition outside every gap.
    """
    gap = phase_diagram(material).at(mean_composition)
    if gap is None:
        stages = _separating(material).stages
        ranges = " or ".join(f"[{poor:g}, {rich:g}]" for poor, rich in (stage.binodal for stage in stages))
        raise InputError(
            f"ion_poor_fraction: mean_composition = {mean_composition:g} is outside its allowed range "
            f"{ranges}, the binodal of {material.name}; outside it the film has one phase."
        )
    poor, rich = gap.binodal
    return (rich - mean_composition) / (rich - poor)


@remembered
def critical_current(material: MixedConductor, mean_composition: float) -> float:
    """Smallest current that drives a phase change at an electrode, in i_D (Tian and Bazant, Eq. 5).

    i_c = min( F|b0..s0 / h_0, F|s1..b1 / (1 - h_0) ): one of the two phases of the gap that holds the mean reaches its spinodal
    at an electrode. Of one phase between two gaps that fills the film, the current at which one of its ends reaches one: F(c_B) -
    F(c_T) = i with the mean kept. The formula takes the interface as sharp; simulations need a somewhat larger current.
    """
    diagram = phase_diagram(material)
    below = [gap for gap in diagram.stages if gap.binodal[1] < mean_composition]
    above = [gap for gap in diagram.stages if gap.binodal[0] > mean_composition]
    if below and above and diagram.at(mean_composition) is None:
        return _one_phase_limit(material, mean_composition, below[-1].spinodal[1], above[0].spinodal[0])
    return min(sharp_limits(material, mean_composition))


def sharp_limits(material: MixedConductor, mean_composition: float) -> tuple[float, float]:
    """Currents in i_D at which the ion-poor phase and the ion-rich one reach their spinodal at an electrode, infinite for a phase
    that the film does not hold. Raises InputError as :func:`ion_poor_fraction` does."""
    share = ion_poor_fraction(material, mean_composition)
    gap = _two_phases(material, mean_composition)
    poor = current_potential(material, gap.binodal[0], gap.spinodal[0])
    rich = current_potential(material, gap.spinodal[1], gap.binodal[1])
    return poor / share if share > 0 else np.inf, rich / (1 - share) if share < 1 else np.inf


def _one_phase_limit(material: MixedConductor, mean: float, low: float, high: float) -> float:
    """Current at which a film of one phase, stable from ``low`` to ``high``, reaches one of them at an end."""
    evaluate, ways = _evaluate(material), []

    def held(start, stop):
        """Mean of c over a film whose ends are at these, weighted with dF; and F between them."""
        c = start + (stop - start) * (_NODES + 1) / 2
        weight = _WEIGHTS * electron_mobility(material, c) * evaluate(c).slope
        return float(np.sum(weight * c) / np.sum(weight)), float(np.sum(weight) * (stop - start) / 2)

    for stop, other in ((high, low), (low, high)):
        if (held(other, stop)[0] - mean) * (stop - mean) < 0:  # the other end is still inside when this one arrives
            near = mean + 1e-12 * (other - mean)
            start = _root(lambda c, stop=stop: (held(c, stop)[0] - mean, 0.0), *sorted((other, near)))
            ways.append(abs(held(start, stop)[1]))
    return min(ways)
