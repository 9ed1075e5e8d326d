"""Switching times of a film in closed form: two fronts in the place of a field, for sizing and for very large arrays.

In state I the minor phase X lies in layers of total thickness L at the contacts and the other phase, Y, in the middle. A sudden
current i > i_c drains one end of Y until that end is unstable, and then moves the front of what has formed there:

    tau_1 = k h_Y^2 ln(1/(1 - i_c/i)),    tau_2 = tau_1 + (L - w)/(v i),    w = 2 sqrt(kappa)/h,
    v = t_p(b_Y)/(b_1 - b_0),             t_p = M_p/(M_n + M_p D_p/D_n)

in tau_D, i_D and film thicknesses. The delay tau_1 is that of diffusion to a step of flux, kept to its slowest mode, and k is a
number to be found from runs: 0.75 to 1.65 over mean compositions of 0.2 to 0.6 and currents of 1.1 to 4 i_c, largest close to
i_c, so that k = 1 stands for all. The travel is the charge that carries the front through the layer less the width w of an
interface, within two per cent of runs. A current is forced, so that contacts and a series resistor take no part; wetting, heat
and stress are left out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from solion.base.errors import InputError
from solion.materials.mixed_conductor import MixedConductor
from solion.thermodynamics.diffuse import NAMES, critical_current_diffuse
from solion.thermodynamics.phases import _two_phases, electron_mobility, ion_mobility
from solion.thermodynamics.polarizing import ion_poor_fraction, sharp_limits

DELAY = 1.0  # k; calibrated to runs, see above


class TwoFrontTimes(NamedTuple):
    """When a film under a constant current polarizes in part and in full, in tau_D; infinite below the critical current."""

    critical_current: float  # i_D
    partial: np.ndarray  # tau_1, one for each current
    full: np.ndarray  # tau_2
    speed: float  # v of the front, film thicknesses a tau_D for each i_D
    layer: float  # L, a share of the film
    layer_phase: str  # "ion-poor" or "ion-rich": what lies in the layers


def two_front_times(material: MixedConductor, mean_composition: float, thickness: float, current) -> TwoFrontTimes:
    """Times of partial and full polarization of a film of ``thickness`` (m) in state I under currents in i_D.

    The partial one to a factor of 0.75 to 1.65, the time between them to two per cent; those of the equations:
    :func:`solion.explore.critical_current.switching_times`. Raises :class:`InputError` where the film holds no two
    phases, where its layers are thinner than two interfaces, and for a current that is no number.
    """
    current = np.abs(np.atleast_1d(np.asarray(current, dtype=float)))
    if not np.all(np.isfinite(current)):
        raise InputError("two_front_times: current holds what is no finite number; give currents in i_D.")
    critical = critical_current_diffuse(material, mean_composition, thickness)
    gap, poor = _two_phases(material, mean_composition), ion_poor_fraction(material, mean_composition)
    middle = int(np.argmin(sharp_limits(material, mean_composition)))
    layer = 1 - poor if middle == 0 else poor
    width = 2 * np.sqrt(material.gradient_energy) / thickness
    if layer < 2 * width:
        raise InputError(
            f"two_front_times: the {NAMES[1 - middle]} layers of a film of {thickness:g} m at a mean composition of "
            f"{mean_composition:g} are {layer:.3g} of it, thinner than two interfaces ({2 * width:.3g}), where two fronts are no "
            "model of it; use solion.explore.critical_current.switching_times."
        )
    speed = _share_of_ions(material, gap.binodal[middle]) / (gap.binodal[1] - gap.binodal[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        first = np.where(current > critical, -DELAY * (1 - layer) ** 2 * np.log1p(-critical / current), np.inf)
        second = first + (layer - width) / (speed * current)
    return TwoFrontTimes(critical, first, second, speed, layer, NAMES[1 - middle])


def _share_of_ions(material: MixedConductor, composition: float) -> float:
    """t_p, the flux of ions that a current of electrons drags along in a uniform phase, per i_D."""
    ions, electrons = (float(mobility(material, composition)) for mobility in (ion_mobility, electron_mobility))
    return ions / (electrons + ions * material.ion_diffusivity / material.electron_diffusivity)
