"""A coating on lithium: what its layers conduct, and which current nucleates lithium on top of it.

Closed forms on arrays of shapes that broadcast, in SI, of Yan et al. (2020, doi:10.1063/5.0018417) and of the transport theory
of mixed conductors (Wagner; Weppner and Huggins 1977). A plating overpotential and a plating current are positive.
"""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from solion.base.constants import FARADAY, GAS_CONSTANT


def alloy_conductivity(concentration, diffusivity, thermodynamic_factor, temperature):
    """sigma_Li = F^2 c D_chem/(W R T), S/m, of an alloy, where electrons are quick; W = dln a_Li/dln c_Li, 1 of a tracer.

    ``concentration`` c of lithium in mol/m3, chemical diffusivity in m2/s.
    """
    return FARADAY**2 * concentration * diffusivity / (thermodynamic_factor * GAS_CONSTANT * temperature)


def mixed_diffusivity(ion_conductivity, electron_conductivity, concentration, thermodynamic_factor, temperature):
    """D_chem = (R T/F^2)(W/c) sigma_i sigma_e/(sigma_i + sigma_e), m2/s (Wagner): that of the slower carrier."""
    slower = ion_conductivity * (electron_conductivity / (ion_conductivity + electron_conductivity))
    return GAS_CONSTANT * temperature / FARADAY**2 * thermodynamic_factor / concentration * slower


def electron_transference(ion_resistance, electron_resistance):
    """t_e = R_U/(R_U + R_eT): share that a nucleated top takes where interfaces are quick; of one layer sigma_e/sigma."""
    return 1 / (1 + electron_resistance / ion_resistance)


def series_resistance(thickness, conductivity):
    """sum of L/sigma over the last axis, ohm m2; a conductivity of zero gives infinity."""
    with np.errstate(divide="ignore"):
        return jnp.sum(jnp.asarray(thickness) / jnp.asarray(conductivity), axis=-1)


def solid_solution_current(conductivity, drop, thickness, points=32):
    """i = (1/L) int_0^drop sigma_Li(eta) d eta, A/m2, of a solid solution whose conductivity follows its potential.

    ``conductivity`` takes potentials in V (mu_Li/F above that at the bottom) with one more axis. Gauss-Legendre with ``points``
    nodes: exact for polynomials, for tables and steps only as good as their smoothness.
    """
    nodes, weights = np.polynomial.legendre.leggauss(points)
    at = 0.5 * jnp.asarray(drop)[..., None] * (1 + nodes)
    return 0.5 * jnp.asarray(drop) / jnp.asarray(thickness) * jnp.sum(weights * conductivity(at), axis=-1)


def onset_current(resistance, barrier):
    """Measure 1, i_th = eta_nuc/R_U, A/m2: where the top becomes supersaturated enough to nucleate; interfaces left out."""
    return barrier / resistance


def critical_excess(concentration, barrier, thermodynamic_factor, temperature):
    """dc_crit = c F eta_nuc/(R T W), mol/m3: excess of lithium at the top at which it nucleates (linearised)."""
    return concentration * FARADAY * barrier / (GAS_CONSTANT * temperature * thermodynamic_factor)


def range_current(diffusivity, width, thickness):
    """Measure 2, F D_chem dc/L, A/m2, ``width`` dc of the phase field in mol/m3: the largest flux without a second phase.

    With the whole concentration of lithium it is the naive measure 3, which overestimates measure 1 by W R T/(F eta_nuc).
    """
    return FARADAY * diffusivity * width / thickness


def tolerated_current(onset, ion_resistance, electron_resistance, share):
    """Measure 4, i_eps: current at which a top that always pays its barrier takes the ``share`` eps; infinite if never.

    i_eps = i_th/(1 - eps)/[1 - eps R_eT/((1 - eps) R_U)]; infinite from R_eT/R_U = (1 - eps)/eps on. Linear interfaces.
    """
    share = jnp.asarray(share)
    left = 1 - share / (1 - share) * electron_resistance / ion_resistance
    return jnp.where(left > 0, onset / (1 - share) / jnp.where(left > 0, left, 1.0), jnp.inf)


def needed_resistance_ratio(share):
    """Smallest R_eT/R_U with which a top takes no more than the ``share`` at any current, (1 - eps)/eps."""
    return (1 - share) / share


def sand_nucleation_time(diffusivity, excess, current):
    """Measure 5, t = pi D (F dc_crit/(2 i))^2, s: the top nucleates after it, for i well above i_th, 1 % off at 3 i_th.

    Nearer the threshold the far end is felt and it comes too early (by a third at 1.05 i_th); below, it never does.
    """
    return jnp.pi * diffusivity * (FARADAY * excess / (2 * jnp.asarray(current))) ** 2


def stack_impedance(resistances, times, bottom, omega):
    """Impedance (ohm m2) of layers on a ``bottom``, from the lithium up, at angular frequencies ``omega`` (rad/s).

    A layer that stores lithium has a time L^2/D_chem and is a finite-length Warburg element, R tanh(s)/s with s = sqrt(i omega
    tau) on a reservoir, (Z_b + Z_0 tanh s)/(1 + Z_b tanh(s)/Z_0), Z_0 = R/s on anything else; a time of 0 makes it the
    resistance alone.
    """
    omega = np.asarray(omega, float)
    impedance = np.asarray(bottom, complex) * np.ones_like(omega)
    for resistance, time in zip(resistances, times, strict=True):
        if time == 0:
            impedance = impedance + resistance
            continue
        s = np.sqrt(1j * omega * time)
        decay = np.exp(-2 * s)
        wave, own = (1 - decay) / (1 + decay), resistance / s
        impedance = (impedance + own * wave) / (1 + impedance * wave / own)
    return impedance
