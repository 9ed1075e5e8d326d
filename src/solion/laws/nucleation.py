"""Classical nucleation of lithium on a surface: barrier, critical radius, overpotential, chance. Arrays broadcast; SI.

A plating overpotential eta is positive. The contact angle enters by its cosine, (gamma_sub - gamma_sub|Li)/gamma_Li, so that an
interfacial film that changes the two energies changes the barrier with them. Volmer and Weber 1926; see Pei et al. 2017,
doi:10.1021/acs.nanolett.6b04755, for the radius on copper.
"""

from __future__ import annotations

import jax.numpy as jnp

from solion.base.constants import BOLTZMANN, FARADAY

LITHIUM_VOLUME = 12.97e-6  # m3/mol, 6.94 g/mol at 0.535 g/cm3
RATE_RATIO = 40.0  # ln(J_0/J_c) between the largest rate and the one that is seen; assumed, its root enters
COLDEST = -600.0  # of an exponent


def contact_cosine(substrate_energy, substrate_lithium_energy, lithium_energy):
    """cos(theta) of Young, of the free energies (J/m2) of substrate, substrate | lithium and lithium; beyond -1 or 1 clipped."""
    return jnp.clip((substrate_energy - substrate_lithium_energy) / lithium_energy, -1.0, 1.0)


def wetting_share(cosine):
    """S(theta) = (2 + cos)(1 - cos)^2/4, the volume of a cap over that of its sphere: 0 of a wetted, 1 of a repelled surface."""
    return (2 + cosine) * (1 - cosine) ** 2 / 4


def _sphere(energy, volume):
    return 16 * jnp.pi * energy**3 * volume**2 / (3 * FARADAY**2)


def nucleation_barrier(overpotential, energy, cosine, volume=LITHIUM_VOLUME):
    """dG* = 16 pi gamma^3 V^2 S/(3 F^2 eta^2), J, of a nucleus of lithium of energy gamma (J/m2)."""
    return _sphere(energy, volume) * wetting_share(cosine) / overpotential**2


def critical_radius(overpotential, energy, volume=LITHIUM_VOLUME):
    """r* = 2 gamma V/(F eta), m."""
    return 2 * energy * volume / (FARADAY * overpotential)


def nucleation_overpotential(energy, cosine, temperature, rate_ratio=RATE_RATIO, volume=LITHIUM_VOLUME):
    """eta_nuc, V, at which nuclei form at the rate J_c = J_0 exp(-``rate_ratio``): dG* = k_B T ln(J_0/J_c). 0 if wetted."""
    return jnp.sqrt(_sphere(energy, volume) * wetting_share(cosine) / (BOLTZMANN * temperature * rate_ratio))


def wetting_share_of(overpotential, energy, temperature, rate_ratio=RATE_RATIO, volume=LITHIUM_VOLUME):
    """S that a measured eta_nuc stands for; above 1 no contact angle explains it with these numbers."""
    return overpotential**2 * BOLTZMANN * temperature * rate_ratio / _sphere(energy, volume)


def nucleation_rate(overpotential, barrier, critical_rate, rate_ratio=RATE_RATIO):
    """J = J_c exp[L (1 - (eta_nuc/eta)^2)], 1/(m2 s): of any classical barrier, by its value J_c at eta_nuc; 0 at eta <= 0."""
    eta = jnp.asarray(overpotential, float)
    above = jnp.where(eta > 0, eta, 1.0)
    exponent = jnp.maximum(rate_ratio * (1 - (barrier / above) ** 2), COLDEST)
    return jnp.where(eta > 0, critical_rate * jnp.exp(exponent), 0.0)


def nucleation_chance(rate, barrier, area, time, temperature):
    """P = 1 - exp(-N) of at least one nucleus, N = A t J_0 exp(-dG*/k_B T) at a constant overpotential; J_0 in 1/(m2 s)."""
    return -jnp.expm1(-area * time * rate * jnp.exp(-barrier / (BOLTZMANN * temperature)))
