"""What a front waits for: interface, layer and surface film in series, per area of the front.

    J_a = (c* - c_eq)/R,   R = 1/k + G_m/D + (a/b)^m/h,   v = -da/dt = J_a/N_0

c* is the activity of carriers outside the surface film in units of excess density (1/m3), c_eq that at which the front would
rest, R in s/m. One model: a large k or a small D makes the same front follow L^2 ~ t. Its error is a third of the Stefan
number in time (plate); Carter, J. Chem. Phys. 34, 2010 (1961), for spheres.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.laws.core_shell.kinematics import diffusion_length


class Resistances(NamedTuple):
    """Parts of R, s/m."""

    interface: Float[Array, "..."]
    layer: Float[Array, "..."]
    film: Float[Array, "..."]

    @property
    def total(self):
        """R."""
        return self.interface + self.layer + self.film

    @property
    def shares(self):
        """Parts over their sum, which say what limits the rate."""
        return Resistances(*(part / self.total for part in self))


def resistances(core, outer, order: int, *, rate, diffusivity, conductance, layer_factor=1.0) -> Resistances:
    """1/k, G_m/D and (a/b)^m/h; k and h in m/s (inf where they do not limit), D in m2/s.

    ``layer_factor``: what a stress-dependent diffusivity makes of the layer's resistance.
    """
    layer = layer_factor * diffusion_length(core, outer, order) / diffusivity
    return Resistances(1 / rate + 0 * layer, layer, (core / outer) ** order / conductance)


class RegimeNumbers(NamedTuple):
    """Pure numbers and lengths that say which resistance will limit.

    Da = k a_0/D, far below 1 reaction limits and far above it diffusion; Bi = h a_0/D; l* = D(1/k + 1/h) (m), the thickness of
    product at which both are equal, and l*/beta of host; S; Gamma, driving force over yield stress.
    """

    damkohler: Float[Array, "..."]
    biot: Float[Array, "..."]
    crossover: Float[Array, "..."]
    crossover_host: Float[Array, "..."]
    stefan: Float[Array, "..."]
    driving: Float[Array, "..."]


def regime_numbers(*, radius, rate, diffusivity, conductance, ratio, stefan, driving) -> RegimeNumbers:
    """Them all, from a_0 (m), k and h (m/s), D (m2/s), beta, S and Gamma."""
    crossover = diffusivity * (1 / rate + 1 / conductance)
    return RegimeNumbers(
        rate * radius / diffusivity,
        conductance * radius / diffusivity,
        crossover,
        crossover / ratio,
        jnp.asarray(stefan),
        jnp.asarray(driving),
    )


def limiting_c_rate(core, radius, order: int, resistance, excess_over_host):
    """C_lim = 3600 p a^m (c_max/N_0)/(a_0^p R), 1/h: the largest C-rate at which the surface stays below c_max."""
    power = order + 1
    return 3600 * power * core**order * excess_over_host / (radius**power * resistance)


def galvanostatic_core(time, radius, order: int, front_current):
    """a of a^p = a_0^p - p I t/(A_m e N_0), exact whatever D; ``front_current`` is I/(A_m e N_0), m^p/s."""
    power = order + 1
    return jnp.maximum(radius**power - power * front_current * time, 0.0) ** (1 / power)
