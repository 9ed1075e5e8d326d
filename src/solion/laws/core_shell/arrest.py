"""Where a front stops for good: driving force against the work that a yielding shell costs.

Energies per carrier in V (that is eV per elementary charge). With a rigid-plastic shell the answer holds no length: it is a
fraction, the same of every size. Any threshold of size needs another length, such as the radius below which the core relaxes.
"""

from __future__ import annotations

import math

import jax.numpy as jnp

from solion.base.constants import ELEMENTARY_CHARGE
from solion.base.elementary import array_module
from solion.laws.core_shell.kinematics import log_thickness


def shell_yield(yield_stress, order: int):
    """sigma_theta - sigma_r at which the shell flows: sigma_Y of a sphere, 2 sigma_Y/sqrt(3) of a wire (plane strain).

    Of a plate it is -sigma_Y, the stress in its plane: nothing of it acts on the front.
    """
    return yield_stress * (-1.0, 2 / math.sqrt(3.0), 1.0)[order]


def driving_number(drive, yield_stress, stoichiometry, host_volume):
    """Gamma = |dG_r - e phi| x/(sigma_Y Omega_M), of a driving force in V."""
    return drive * ELEMENTARY_CHARGE * stoichiometry / (yield_stress * host_volume)


def traction_slope(ratio, order: int):
    """K/p with dG_m = (sigma_Y Omega_M/x) K ln(b/a): K = 2 (beta - 1), (2/sqrt 3)(beta - 1), 0 of sphere, wire, plate."""
    return order * abs(shell_yield(1.0, order)) * (ratio - 1)


def fraction_of_log_thickness(logarithm, ratio, order: int):
    """f at which ln(b/a) has a value: (E - 1)/(E + beta - 1), E = exp(p ln(b/a))."""
    left = array_module(logarithm, ratio).exp(-(order + 1) * logarithm)  # 0 rather than infinity at the end
    return (1 - left) / (1 - left + ratio * left)


def arrest_fraction(driving, ratio, order: int):
    """f at which a rigid-plastic shell stops the front by its traction, of Gamma; 1 of a plate, which it never stops."""
    if order == 0:
        return jnp.ones_like(jnp.asarray(driving, float))
    return fraction_of_log_thickness(driving / traction_slope(ratio, order), ratio, order)


def driving_of_arrest(fraction, ratio, order: int):
    """Gamma = K ln(b/a) that an arrested fraction tells of: how driving force or yield stress is read from a picture."""
    return traction_slope(ratio, order) * log_thickness(fraction, ratio, order)


def mean_stress_arrest_fraction(driving, ratio, order: int, poisson=0.28):
    """The same with the mean stresses of host and product in place of the traction; ``poisson`` of the core (wire)."""
    if order == 0:
        return jnp.ones_like(jnp.asarray(driving, float))
    factor = jnp.abs(shell_yield(1.0, order))
    slope = 2 * (ratio - 1) if order == 2 else ratio - 2 / 3 * (1 + poisson)
    shift = 2 * ratio / 3 if order == 2 else ratio / 2
    return fraction_of_log_thickness((driving / factor + shift) / slope, ratio, order)
