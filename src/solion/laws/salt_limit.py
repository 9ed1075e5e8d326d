"""What a liquid electrolyte can bring: limiting current and Sand's time of a binary salt. Arrays broadcast; SI.

Porous electrolytes: D is D_salt eps^1.5 (:func:`porous_diffusivity`). ``transference`` is that of lithium, t_+.
Sand 1901, doi:10.1080/14786440109462590; Chazalviel 1990, doi:10.1103/PhysRevA.42.7355.
"""

from __future__ import annotations

import jax.numpy as jnp

from solion.base.constants import FARADAY, GAS_CONSTANT


def porous_diffusivity(diffusivity, porosity):
    """D eps^1.5, m2/s per area of the whole (Bruggeman 1935)."""
    return diffusivity * porosity**1.5


def limiting_current(diffusivity, concentration, transference, distance):
    """i_lim = 2 F D c_0/((1 - t_+) L), A/m2, between a plated and a stripped electrode L apart, in steady state."""
    return 2 * FARADAY * diffusivity * concentration / ((1 - transference) * distance)


def sand_time(current, diffusivity, concentration, transference):
    """tau = pi D [F c_0/(2 i (1 - t_+))]^2, s, until a half-space is depleted; whether it is, :func:`depletion_time` knows."""
    return jnp.pi * diffusivity * (FARADAY * concentration / (2 * jnp.asarray(current) * (1 - transference))) ** 2


def depletion_time(current, diffusivity, concentration, transference, distance, hot_spot=1.0):
    """Sand's time where ``hot_spot`` times the current passes i_lim, infinite where it is not reached: no ramified growth.

    From i_lim on Chazalviel's growth begins at that time. Within 0.5 % from 3 i_lim on; nearer i_lim the other electrode is
    felt and it comes too early.
    """
    local = hot_spot * jnp.asarray(current)
    reached = local > limiting_current(diffusivity, concentration, transference, distance)
    return jnp.where(reached, sand_time(local, diffusivity, concentration, transference), jnp.inf)


def pore_limit(porosity, diffusivity, concentration, transference, thickness):
    """F D phi_p^1.5 c_0/(L (1 - t_+)), A/m2 of the electrode, that salt in open pores of a coating brings to its foot."""
    return FARADAY * porous_diffusivity(diffusivity, porosity) * concentration / (thickness * (1 - transference))


def desolvation_exchange(reference, barrier, temperature, concentration, at_temperature=298.15, at_concentration=1000.0):
    """i_01 = i_ref exp[-(E_ds/R)(1/T - 1/T_ref)] (c/c_ref)^(1/2), A/m2; E_ds in J/mol, 50 to 70 kJ/mol in carbonates."""
    return (
        reference
        * jnp.exp(-barrier / GAS_CONSTANT * (1 / temperature - 1 / at_temperature))
        * (concentration / at_concentration) ** 0.5
    )
