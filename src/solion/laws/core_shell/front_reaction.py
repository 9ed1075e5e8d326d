"""How fast a front reacts: one rate constant, slowed by stress, with detailed balance.

    J_i = k exp(-alpha dG_m^+/kT) [c_i - c_eq exp((dG_m + sbar V_A)/kT - (c_i - c_eq)/N_p)]

c_i is the excess of carriers at the front (1/m3) and c_eq the one at which a front without stress rests, so that c_i/c_eq carries
the driving force dG_r - e phi once. The last term is what the carriers' dilution by new product gives back; without it a front
near rest would gain free energy. It is of the order of the Stefan number, and absent in the formulas that neglect that.
Energies per carrier in V.
"""

from __future__ import annotations

import jax.numpy as jnp

from solion.base.constants import BOLTZMANN, ELEMENTARY_CHARGE
from solion.laws.core_shell.kinematics import CoreShell


def slowing(work, asymmetry, thermal_voltage):
    """exp(-alpha dG_m^+/kT): what stress takes of the rate; it slows and never arrests."""
    return jnp.exp(-asymmetry * jnp.maximum(work, 0.0) / thermal_voltage)


def resting_excess(equilibrium, work, drift, thermal_voltage, front, product):
    """c_i at which a front with this dG_m would rest: c_eq exp(dG_m/kT + sbar V_A/kT - (c_i - c_eq)/N_p)."""
    return equilibrium * jnp.exp(work / thermal_voltage + drift - (front - equilibrium) / product)


def net_driving_force(plateau, potential):
    """|dG_r - e phi| in V: the plateau less the electrode's potential, both against the carrier metal."""
    return plateau - potential


def equilibrium_excess(saturation, plateau, thermal_voltage):
    """c_eq = c_max exp(-e U_r/kT): c_max is the excess at rest with the carrier metal (E = 0), U_r the plateau (V)."""
    return saturation * jnp.exp(-plateau / thermal_voltage)


def rate_of_speed(speed, ratio, surface, equilibrium, product):
    """k (m/s) of a front that moves at ``speed`` without stress or other resistance: v_0 (N_0 + beta c_s)/(c_s - c_eq)."""
    return speed * ratio * (product + surface) / (surface - equilibrium)


def arrhenius(energy, temperature, reference):
    """exp[-(Q/k)(1/T - 1/T_ref)], Q in eV."""
    return jnp.exp(-energy * ELEMENTARY_CHARGE / BOLTZMANN * (1 / temperature - 1 / reference))


def prototype_speed(shape: CoreShell, *, speed, drive, work, asymmetry, thermal_voltage):
    """-da/dt (m/s) of a front that reaction and stress alone limit, at small Stefan number, from its speed v_0 without stress.

    v_0 exp(-alpha dG_m^+/kT) [1 - exp((dG_m - |dG|)/kT)]/[1 - exp(-|dG|/kT)], zero where dG_m (``work`` of the shape, V)
    exceeds the drive |dG| (V).
    """
    cost = work(shape)
    remaining = -jnp.expm1(jnp.minimum(cost - drive, 0.0) / thermal_voltage)
    return speed * slowing(cost, asymmetry, thermal_voltage) * remaining / -jnp.expm1(-drive / thermal_voltage)
