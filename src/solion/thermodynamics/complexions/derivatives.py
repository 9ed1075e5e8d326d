"""A film that is known, as a differentiable function of everything: envelope and implicit function theorems by a Newton step."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from solion.thermodynamics.complexions.film_energy import FilmEnergy
from solion.thermodynamics.complexions.minima import NANOMETRE, potential


class Stationary(NamedTuple):
    """Thickness (m), composition and energy (J/m2) of one minimum."""

    thickness: Any
    composition: Any
    energy: Any


def stationary(film: FilmEnergy, temperature: Any, control: Any, thickness: Any, logit: Any = 0.0) -> Stationary:
    """The minimum near a thickness (m) and the logit of a composition, for jax.grad, jvp, vmap and jit in all arguments but
    those two. First derivatives are exact off jumps: dh/dp = -Phi_hh^-1 Phi_hp, d(Phi)/d(dG) = h; second ones are not."""

    def gradient(u, film, t, c):
        return jax.grad(lambda u: potential(film, u, t, c))(u)

    def step(u, film, t, c):
        return u - jnp.linalg.solve(jax.jacfwd(gradient)(u, film, t, c), gradient(u, film, t, c))

    known = jax.lax.stop_gradient((film, jnp.asarray(temperature, float), jnp.asarray(control, float)))
    place = jax.lax.stop_gradient(jnp.array([thickness / NANOMETRE, logit], float))
    place = jax.lax.stop_gradient(jax.lax.fori_loop(0, 6, lambda _, u: step(u, *known), place))
    hessian = jax.lax.stop_gradient(jax.jacfwd(gradient)(place, *known))
    place = place - jnp.linalg.solve(hessian, gradient(place, film, temperature, control))
    return Stationary(place[0] * NANOMETRE, jax.nn.sigmoid(place[1]), potential(film, place, temperature, control))
