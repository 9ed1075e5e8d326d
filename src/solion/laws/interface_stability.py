"""Whether elastic half-spaces keep the interface between lithium and a solid flat: a criterion, never part of a threshold.

Lithium e below (z < 0), coating or electrolyte s above, interface u_z = W cos kx; both share u_x = U sin kx and the shear
traction. Amplitudes of the fields at z = 0 per W, with a = (1 - nu)/(3 - 4 nu), beta = (1 - 2 nu)/(3 - 4 nu):

    U/W = (G_e beta_e - G_s beta_s)/(2 (G_s a_s + G_e a_e)),    b_s = (W - U)/(3 - 4 nu_s),    b_e = -(W + U)/(3 - 4 nu_e),
    p = (4/3) G (1 + nu) k b,    sigma_zz = -2 G k [U + 2 (1 - nu) b],    tau = sigma_zz + p,
    dmu/W = (V_M - V_+)(p_e + p_s)/2 + (V_M + V_+)(tau_e - tau_s)/2 - (V_M + V_+) gamma k^2/2,    stable at a crest if dmu < 0.

Monroe and Newman 2005, doi:10.1149/1.1850854; Ahmad and Viswanathan 2017, doi:10.1103/PhysRevLett.119.056003. *Calibrated*: only
their abstracts were read; signs and interface condition are those, of six, that give the published ratio of about two. Its
fields obey Navier's equations, which is shown; the criterion is not. Lithium's creep is left out (it yields near 1 MPa), and
k t > 1 is asked of a coating of thickness t. Ceramics have V_+ << V_M: by this theory stiffness then *de*stabilises.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax.numpy as jnp


class Solid(NamedTuple):
    """An isotropic half-space: shear ``modulus`` (Pa) and Poisson's ratio."""

    modulus: Any
    poisson: Any

    @property
    def a(self):
        return (1 - self.poisson) / (3 - 4 * self.poisson)

    @property
    def beta(self):
        return (1 - 2 * self.poisson) / (3 - 4 * self.poisson)

    def stresses(self, slip, amplitude, wave):
        """(pressure, normal deviator p + sigma_zz) at the interface, Pa, of amplitude U and b of the field."""
        pressure = 4 / 3 * self.modulus * (1 + self.poisson) * wave * amplitude
        return pressure, pressure - 2 * self.modulus * wave * (slip + 2 * (1 - self.poisson) * amplitude)


LITHIUM = Solid(3.4e9, 0.42)  # of Monroe and Newman, from memory; films are measured softer, E 8 to 10 GPa
LITHIUM_VOLUME, ION_VOLUME = 13.0e-6, 1.672e-4  # V_M and V_+ of their polymer, m3/mol, from memory


def amplitudes(metal: Solid, solid: Solid):
    """(U, b_e, b_s) per W."""
    slip = metal.modulus * metal.beta - solid.modulus * solid.beta
    slip = slip / (2 * (solid.modulus * solid.a + metal.modulus * metal.a))
    return slip, -(1 + slip) / (3 - 4 * metal.poisson), (1 - slip) / (3 - 4 * solid.poisson)


def displacement(x, z, wave, slip, lift, amplitude):
    """(u_x, u_z) of the half-space z > 0 with u_x = U sin kx, u_z = W cos kx at z = 0; the one below with z and W mirrored."""
    decay, depth = jnp.exp(-wave * z), amplitude * wave * z
    return (slip + depth) * decay * jnp.sin(wave * x), (lift + depth) * decay * jnp.cos(wave * x)


def potential_change(metal: Solid, solid: Solid, metal_volume, ion_volume, wave, energy=0.0):
    """dmu/W of the electrode at a crest, J/(mol m): stable where negative; the last term is that of capillarity (J/m2)."""
    slip, below, above = amplitudes(metal, solid)
    (p_e, tau_e), (p_s, tau_s) = metal.stresses(slip, below, wave), solid.stresses(slip, above, wave)
    total = metal_volume + ion_volume
    return 0.5 * ((metal_volume - ion_volume) * (p_e + p_s) + total * (tau_e - tau_s) - total * energy * wave**2)


def critical_ratios(metal_poisson, poisson, volume_ratio, low=1e-3, high=1e3) -> list[tuple[float, str]]:
    """Every G_s/G_e at which the sign of dmu changes, and whether it is stable "above" or "below"; V_+/V_M is the last input.

    A scan of 4000 ratios and brentq: dmu is quadratic in the ratio and has two roots for some volumes.
    """
    import numpy as np
    from scipy.optimize import brentq

    def change(logarithm):
        solid = Solid(np.exp(logarithm), poisson)
        slip, below, above = amplitudes(Solid(1.0, metal_poisson), solid)
        (p_e, tau_e), (p_s, tau_s) = Solid(1.0, metal_poisson).stresses(slip, below, 1.0), solid.stresses(slip, above, 1.0)
        return 0.5 * ((1 - volume_ratio) * (p_e + p_s) + (1 + volume_ratio) * (tau_e - tau_s))

    points = np.linspace(np.log(low), np.log(high), 4000)
    values = change(points)
    found = []
    for k in np.flatnonzero(values[:-1] * values[1:] < 0):
        root = float(np.exp(brentq(change, points[k], points[k + 1], xtol=1e-14)))
        found.append((root, "above" if values[k + 1] < 0 else "below"))
    return found


def critical_wave(metal: Solid, solid: Solid, metal_volume, ion_volume, energy):
    """k (1/m) above which capillarity alone keeps the interface flat, where elasticity does not; negative where it does."""
    elastic = potential_change(metal, solid, metal_volume, ion_volume, 1.0)
    return 2 * elastic / ((metal_volume + ion_volume) * energy)
