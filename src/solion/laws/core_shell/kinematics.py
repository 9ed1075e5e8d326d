"""Where core and shell are: a host that swells by a factor beta as a front consumes it, product incompressible once formed.

m is 0 for a plate (radii are distances from its middle), 1 for a wire in plane strain, 2 for a sphere; p = m + 1. a is the
radius of the core, b that of the outside, a_0 the radius at the start; lengths in any one unit. Zhao et al. (2012),
doi:10.1016/j.nanoen.2012.03.009 write the same for the sphere.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax.numpy as jnp

from solion.base.elementary import array_module

MEASURE = (1.0, 2 * jnp.pi, 4 * jnp.pi)  # A_m: area over r^m, of unit area, unit length, and the whole sphere


class CoreShell(NamedTuple):
    """A core of radius a in a shell that ends at b; a_0, beta = V_product/V_host, and m."""

    core: Any
    radius: Any
    ratio: Any
    order: int

    @property
    def outer(self):
        """b."""
        return outer_radius(self.core, self.radius, self.ratio, self.order)


def outer_radius(core, radius, ratio, order: int):
    """b of b^p = a^p + beta (a_0^p - a^p)."""
    power = order + 1
    return (core**power + ratio * (radius**power - core**power)) ** (1 / power)


def reacted_fraction(core, radius, order: int):
    """f = 1 - (a/a_0)^p, of the volume of the host."""
    return 1 - (core / radius) ** (order + 1)


def core_radius(fraction, radius, order: int):
    """a at which a fraction f of the host has reacted."""
    return radius * (1 - fraction) ** (1 / (order + 1))


def birth_radius(place, core, ratio, order: int):
    """Where the front was when it made the product that is now at r: a_1^p = a^p + (r^p - a^p)/beta."""
    power = order + 1
    return (core**power + (place**power - core**power) / ratio) ** (1 / power)


def flow_speed(place, core, front_speed, ratio, order: int):
    """Outward speed of the product at r, (beta - 1) v (a/r)^m, for a front that moves inward at v = -da/dt."""
    return (ratio - 1) * front_speed * (core / place) ** order


def log_thickness(fraction, ratio, order: int):
    """ln(b/a) = ln[(1 + (beta - 1) f)/(1 - f)]/p: what the stress of a plastic shell depends on."""
    xp = array_module(fraction, ratio)
    return (xp.log1p((ratio - 1) * fraction) - xp.log1p(-fraction)) / (order + 1)


def diffusion_length(core, outer, order: int):
    """G_m, the thickness of a plate that resists as the shell does per area of the front.

    b - a (plate), a ln(b/a) (wire), a (1 - a/b) (sphere): a steady flux J_a at the front needs c_s - c_i = J_a G_m/D.
    """
    if order == 0:
        return outer - core
    return core * array_module(core, outer).log(outer / core) if order == 1 else core * (1 - core / outer)


def host_carriers(stoichiometry, host_volume):
    """N_0 = x/Omega_M, carriers that a volume of host takes up (1/m3); Omega_M is the volume per host atom (m3)."""
    return stoichiometry / host_volume


def product_carriers(stoichiometry, host_volume, ratio):
    """N_p = N_0/beta, carriers in a volume of product at its stoichiometry (1/m3)."""
    return host_carriers(stoichiometry, host_volume) / ratio


def stefan_number(surface, front, product):
    """S = (c_s - c_i)/(N_p + c_i), of excess carriers at surface and front over those of the product (all 1/m3)."""
    return (surface - front) / (product + front)
