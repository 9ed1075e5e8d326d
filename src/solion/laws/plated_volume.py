"""What lithium plated under a coating lifts, what that costs, and when the coating cracks. Arrays broadcast; SI.

Plating of uneven thickness, a share chi of the mean over a wavelength lambda, bends a coating into a sinusoid of that amplitude
(half of peak to valley). lambda and chi are properties of the surface that nobody gives: assumed 50 um and 0.2.
"""

from __future__ import annotations

import jax.numpy as jnp

from solion.base.constants import FARADAY
from solion.laws.nucleation import LITHIUM_VOLUME

CHANNELLING = 3.95  # Z of a crack that runs through a film; Hutchinson and Suo 1991, doi:10.1016/S0065-2156(08)70164-9


def plated_thickness(charge, volume=LITHIUM_VOLUME):
    """Q V/F, m, of a charge in C/m2: 4.839 um per mAh/cm2."""
    return jnp.asarray(charge) * volume / FARADAY


def pressure_overpotential(pressure, volume=LITHIUM_VOLUME):
    """V p/F, V: 0.1344 mV per MPa that plated lithium works against."""
    return pressure * volume / FARADAY


def bending_strain(amplitude, wavelength):
    """Mean strain (pi A/lambda)^2 of a film on a sinusoid of amplitude A, small slopes."""
    return (jnp.pi * amplitude / wavelength) ** 2


def griffith_strain(toughness, modulus, thickness, geometry=CHANNELLING):
    """sqrt(G_c/(Z E t)) at which a crack runs through a film of thickness t (m); G_c in J/m2, E in Pa."""
    return jnp.sqrt(toughness / (geometry * modulus * thickness))


def critical_strain(fracture_strain, toughness, modulus, thickness):
    """The smaller of the material's own strain at fracture and that of Griffith."""
    return jnp.minimum(fracture_strain, griffith_strain(toughness, modulus, thickness))


def capacity_limit(strain, unevenness, wavelength, volume=LITHIUM_VOLUME):
    """Q_max = F lambda/(pi chi V) sqrt(eps_c), C/m2, that a coating bears before its mean strain is eps_c."""
    return FARADAY * wavelength / (jnp.pi * unevenness * volume) * jnp.sqrt(strain)


def lithiation_strain(partial_volume, concentration_change):
    """beta dc/3, of a coating that itself takes dc (mol/m3) of partial molar volume beta (m3/mol)."""
    return partial_volume * concentration_change / 3
