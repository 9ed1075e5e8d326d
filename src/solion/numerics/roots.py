"""Roots of strictly increasing functions of one variable, found with certainty and differentiable to any order."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

NEWTON, BISECTIONS = 50, 120  # Newton steps that creep up an exponential end after 50; 70 bisections close any bracket


@functools.partial(jax.custom_jvp, nondiff_argnums=(0,))
def increasing_root(
    function: Callable[[Float[Array, ""], Any], Float[Array, ""]],
    parameters: Any,
    low: Float[Array, ""],
    high: Float[Array, ""],
    guess: Float[Array, ""],
) -> Float[Array, ""]:
    """x in [low, high] with ``function(x, parameters) == 0``, for a function increasing in x.

    Newton's method inside a shrinking bracket: a step that leaves it, or is not a number, is replaced by bisection,
    whatever the function's size (exponentials may overflow). Accurate to round-off, 2e-14 relative or 1e-15 absolute.
    Where the root lies outside, the nearer end comes back.
    """

    def proceed(state):
        _, _, _, moving, iteration = state
        return moving & (iteration < BISECTIONS)

    def refine(state):
        low, high, x, _, iteration = state
        value, slope = jax.jvp(lambda x: function(x, parameters), (x,), (1.0,))
        low = jnp.where(value < 0, x, low)
        high = jnp.where(value > 0, x, high)
        newton = x - value / slope
        inside = (newton >= low) & (newton <= high) & (iteration < NEWTON)  # false for nan
        new = jnp.where(value == 0, x, jnp.where(inside, newton, 0.5 * (low + high)))
        return low, high, new, jnp.abs(new - x) > 2e-14 * jnp.abs(new) + 1e-15, iteration + 1

    x = jnp.clip(guess, low, high)
    return jax.lax.while_loop(proceed, refine, (low, high, x, jnp.asarray(True), 0))[2]


@increasing_root.defjvp
def _increasing_root_jvp(function, primals, tangents):
    parameters, low, high, guess = primals
    root = increasing_root(function, parameters, low, high, guess)
    _, change = jax.jvp(lambda p: function(root, p), (parameters,), (tangents[0],))
    _, slope = jax.jvp(lambda x: function(x, parameters), (root,), (1.0,))
    return root, -change / slope
