"""Diffusion in a stressed shell: D = D_0 exp(sbar V_a/kT), and drift in the gradient of the mean stress.

J = -D [dc/dr - (c V_A/kT) d(sbar)/dr], sbar in Pa, tension positive. V_a (activation) and V_A (partial volume) are different
numbers. In a rigid-plastic shell the outer part is in tension and gains what the inner part loses: for plausible V_a the
resistance hardly changes, and this alone arrests nothing.
"""

from __future__ import annotations

import jax.numpy as jnp

from solion.base.constants import BOLTZMANN
from solion.base.parameters import Part, assumed, parameter
from solion.laws.core_shell.arrest import shell_yield
from solion.laws.core_shell.shell import MEAN_SHARE


class StressDiffusion(Part):
    """V_a and V_A, both zero unless given."""

    activation_volume: float = parameter(
        0.0,
        unit="m3",
        low=-1e-28,
        high=1e-28,
        doc="V_a of the diffusivity",
        source=assumed(0.0, "unknown; 2 to 10 cubic angstroms would be plausible"),
    )
    partial_volume: float = parameter(
        0.0,
        unit="m3",
        low=-1e-28,
        high=1e-28,
        doc="V_A of a carrier, for the drift",
        source=assumed(0.0, "no drift unless given; (beta - 1) Omega_M/x is the mean over the whole reaction"),
    )

    def factor(self, mean_stress, temperature):
        """D/D_0."""
        return jnp.exp(mean_stress * self.activation_volume / (BOLTZMANN * temperature))

    def drift(self, mean_stress, temperature):
        """sbar V_A/kT, whose gradient pulls carriers to where the shell is stretched."""
        return mean_stress * self.partial_volume / (BOLTZMANN * temperature)


def stress_exponent(yield_stress, order: int, volume, temperature):
    """s = m tau_Y V/kT."""
    return order * shell_yield(yield_stress, order) * volume / (BOLTZMANN * temperature)


def outer_diffusivity_factor(yield_stress, order: int, volume, temperature):
    """D(b)/D_0 of a rigid-plastic shell, where sbar = tau_Y/2 (wire) or 2 sigma_Y/3 (sphere)."""
    mean = MEAN_SHARE[order] * shell_yield(yield_stress, order)
    return jnp.exp(mean * volume / (BOLTZMANN * temperature))


def rigid_plastic_length(core, outer, order: int, exponent, outer_factor):
    """What takes the place of G_m where D = D_b (r/b)^s, over D_0.

    a [(b/a)^s - 1]/(s D_b) of a wire, a^2 [(b/a)^(s+1) - 1]/((s + 1) b D_b) of a sphere, with D_b/D_0 = ``outer_factor``.
    """
    power = exponent + order - 1
    whole = jnp.expm1(power * jnp.log(outer / core)) / power
    return (core if order == 1 else core**2 / outer) * whole / outer_factor


def drift_flux(core, outer, order: int, exponent, surface, front, diffusivity):
    """J_a = D (c_s b^-s - c_i a^-s)(m + s - 1)/(a^m [a^(1-m-s) - b^(1-m-s)]) of drift alone; at rest c ~ r^s."""
    power = 1 - order - exponent
    gained = surface * outer**-exponent - front * core**-exponent
    return diffusivity * gained * -power / (core**order * (core**power - outer**power))
