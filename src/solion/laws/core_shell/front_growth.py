"""How far a front gets in a time: Neumann's, Deal and Grove's and the quasi-steady solutions.

Lengths in m, times in s, D in m2/s, k and h in m/s. L is the depth of host consumed or l the thickness of product made of it;
of a plate l = beta L. ``excess``: c* - c_eq over N_0 or N_p, as said.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax.scipy.special import erf

from solion.base.elementary import array_module
from solion.laws.core_shell.kinematics import outer_radius


def neumann_growth(stefan):
    """lambda of sqrt(pi) lambda exp(lambda^2) erf(lambda) = S, by Newton's method on its logarithm.

    One phase grows on a plate under a constant surface: l = 2 lambda sqrt(D t) of product, whatever beta. Carslaw and Jaeger,
    Conduction of Heat in Solids, 11.2.
    """
    wanted = jnp.log(stefan / jnp.sqrt(jnp.pi))

    def refine(_, value):
        mismatch = jnp.log(value) + value**2 + jnp.log(erf(value)) - wanted
        slope = 1 / value + 2 * value + 2 * jnp.exp(-(value**2)) / (jnp.sqrt(jnp.pi) * erf(value))
        return jnp.maximum(value - mismatch / slope, 0.1 * value)

    return jax.lax.fori_loop(0, 12, refine, jnp.sqrt(jnp.asarray(stefan, float) / (2 + jnp.asarray(stefan))))


def neumann_profile(depth, time, stefan, diffusivity):
    """(c - c_i)/(c_s - c_i) at a depth of product below the surface."""
    return 1 - erf(depth / (2 * jnp.sqrt(diffusivity * time))) / erf(neumann_growth(stefan))


def deal_grove_constants(rate, diffusivity, conductance, excess):
    """A = 2 D (1/k + 1/h) and B = 2 D (c* - c_eq)/N_p of l^2 + A l = B (t + tau); ``excess`` over N_p."""
    return 2 * diffusivity * (1 / rate + 1 / conductance), 2 * diffusivity * excess


def deal_grove_thickness(time, linear, parabolic, start=0.0):
    """l of l^2 + A l = B t + l_0^2 + A l_0, of product. Deal and Grove (1965), doi:10.1063/1.1713945."""
    reached = parabolic * time + start**2 + linear * start
    return 2 * reached / (linear + jnp.sqrt(linear**2 + 4 * reached))


def deal_grove_time(thickness, linear, parabolic):
    """t = (l^2 + A l)/B."""
    return thickness * (thickness + linear) / parabolic


def deal_grove_exponent(thickness, linear):
    """n = d ln l/d ln t = (l + A)/(2 l + A): 1 of a thin layer, 3/4 at l = A/2 = l*, 1/2 of a thick one."""
    return (thickness + linear) / (2 * thickness + linear)


def film_time_length(core, radius, ratio, order: int):
    """X_h (m) of the time that a surface film takes, t = (N_0/dc) X_h/h: a_0 - a, or (b - a_0)/(beta - 1)."""
    outer = outer_radius(core, radius, ratio, order)
    taken = radius ** (order + 1) - core ** (order + 1)
    return taken / sum(outer**k * radius ** (order - k) for k in range(order + 1))


def layer_time_area(core, radius, ratio, order: int):
    """X_D (m2) of the time that the layer takes, t = (N_0/dc) X_D/D; all of beta, 1 included.

    beta (a_0 - a)^2/2 (plate), [b^2 ln b^2/(beta - 1) + a^2 ln a^2]/4 with radii over a_0 (wire), (a_0^2 - a^2)/2 -
    (b^2 - a_0^2)/(2 (beta - 1)) (sphere). Carter, J. Chem. Phys. 34, 2010 (1961); Valensi (1936).
    """
    if order == 0:
        return ratio * (radius - core) ** 2 / 2
    if order == 1:
        xp = array_module(core, radius, ratio)
        inner, swelling = (core / radius) ** 2, ratio - 1
        small = swelling == 0
        taken, safe = 1 - inner, xp.where(small, 1.0, swelling)
        logarithm = xp.where(small, taken, xp.log1p(safe * taken) / safe)
        shrinking = inner * xp.log(xp.where(inner > 0, inner, 1.0))
        return radius**2 / 4 * ((1 + swelling * taken) * logarithm + shrinking)
    outer = outer_radius(core, radius, ratio, order)
    return (radius**2 - core**2) / 2 - film_time_length(core, radius, ratio, order) * (outer + radius) / 2


def quasi_steady_time(core, radius, ratio, order: int, *, rate, diffusivity, conductance, excess):
    """t to a core of radius a: (N_0/dc) [(a_0 - a)/k + X_h/h + X_D/D]; ``excess`` is dc/N_0 = (c* - c_eq)/N_0.

    Without stress; the error is about S/3 (plate).
    """
    reaction = (radius - core) / rate
    film = film_time_length(core, radius, ratio, order) / conductance
    return (reaction + film + layer_time_area(core, radius, ratio, order) / diffusivity) / excess


def full_layer_area(ratio, order: int):
    """X_D/a_0^2 of the whole particle: beta/2, beta ln beta/(4 (beta - 1)), 1/2 - (beta^(2/3) - 1)/(2 (beta - 1))."""
    return layer_time_area(jnp.zeros(()), jnp.ones(()), jnp.asarray(ratio, float), order)
