"""Growth of an interphase on lithium, what it consumes, and the cycles that an excess lasts. Arrays broadcast; SI.

Reduced: one diffusion regime (von Kolzenberg et al. 2020, doi:10.1002/cssc.202000867, has three). The efficiencies of lithium
under and on top are inputs; bare carbonate 0.95 and 0.995 underneath are assumed defaults, not measurements of a coating.
"""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from solion.base.constants import FARADAY

TOP_EFFICIENCY, UNDER_EFFICIENCY = 0.95, 0.995


def parabolic_thickness(start, constant, time):
    """L = sqrt(L_0^2 + 2 k_p t), m; k_p in m2/s."""
    return jnp.sqrt(start**2 + 2 * constant * jnp.asarray(time))


def wagner_constant(volume, electron_conductivity, ion_conductivity, potential):
    """k_p = (V/F^2) int sigma_e sigma_i/(sigma_e + sigma_i) d mu_Li, m2/s, over a table of mu_Li (J/mol) along the last axis.

    ``volume`` of film per mole of lithium passed, m3/mol. Trapezoids: the table must resolve its conductivities.
    """
    slower = 1 / (1 / electron_conductivity + 1 / ion_conductivity)
    slower = jnp.broadcast_to(slower, jnp.shape(potential))
    return volume / FARADAY**2 * jnp.trapezoid(slower, potential, axis=-1)


def interphase_charge(growth, lithium, volume, area_factor: Any = 1.0):
    """q = F n_Li (L - L_0)/V times an area factor, C/m2, of ``growth`` L - L_0 (m), n_Li a formula of ``volume`` V (m3/mol)."""
    return FARADAY * lithium * growth / volume * area_factor


def coulombic_efficiency(top_share, charge, interphase=0.0, cracks=0.0, top=TOP_EFFICIENCY, under=UNDER_EFFICIENCY):
    """CE = 1 - f_top (1 - CE_top) - (1 - f_top)(1 - CE_under) - (q_SEI + q_crack)/Q; charges of a cycle in C/m2."""
    return 1 - top_share * (1 - top) - (1 - top_share) * (1 - under) - (interphase + cracks) / charge


def dead_lithium(efficiency, charge, interphase=0.0):
    """(1 - CE) Q less what the interphase took, C/m2 a cycle."""
    return (1 - efficiency) * charge - interphase


def cycles_of_excess(efficiency, excess=1.0):
    """Cycles until an excess of so many Q is used up, excess/(1 - CE); infinite at an efficiency of 1."""
    lost = 1 - jnp.asarray(efficiency)
    return jnp.where(lost > 0, excess / jnp.where(lost > 0, lost, 1.0), jnp.inf)
