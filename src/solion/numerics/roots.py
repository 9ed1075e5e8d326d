"""Roots: of increasing functions of one variable with certainty, of a few equations from nearby. Differentiable."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.numerics.banded import solve_small

NEWTONS = 12  # from nearby
RELATIVE, ROUND_OFF = 1e-4, 1e-22  # last change of an unknown: over itself, of which the square is left, or of 1 + |w|
CLOSE = 1e-6
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
    whatever the function's size (exponentials may overflow). Accurate to round-off, 2e-14 relative or 1e-30 absolute: currents
    of contacts that hardly conduct are 1e-15 of their unit.
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
        return low, high, new, jnp.abs(new - x) > 2e-14 * jnp.abs(new) + 1e-30, iteration + 1

    x = jnp.clip(guess, low, high)
    return jax.lax.while_loop(proceed, refine, (low, high, x, jnp.asarray(True), 0))[2]


@increasing_root.defjvp
def _increasing_root_jvp(function, primals, tangents):
    parameters, low, high, guess = primals
    root = increasing_root(function, parameters, low, high, guess)
    _, change = jax.jvp(lambda p: function(root, p), (parameters,), (tangents[0],))
    _, slope = jax.jvp(lambda x: function(x, parameters), (root,), (1.0,))
    return root, -change / slope


def near_root(function: Callable[[Float[Array, " m"]], Float[Array, " m"]], w: Float[Array, " m"], enough: float = 1e-8):
    """w with ``function(w) == 0`` by Newton's method from a near w; not a number where that fails.

    The last change is at most ``enough`` of 1 + |w|, of which the square is left. An unknown that is far smaller than one, as the
    current of a blocking interface is, is refined in relation to itself, or until what was left to solve was ``CLOSE``. Where a
    step turns back, no later one is longer than half of the step before: beside the bend of an overpotential, asinh of a current,
    whole steps lead from side to side and ever farther away.
    """

    def proceed(state):
        _, change, before, rough, _, _, iteration = state
        return ((change > enough) | (rough & (change < 0.25 * before))) & (iteration < NEWTONS)

    def refine(state):
        w, before, _, _, last, longest, iteration = state
        left, push = jax.linearize(function, w)
        step = solve_small(jax.vmap(push, out_axes=1)(jnp.eye(w.shape[0])), left, pivoted=True)
        size, whole = jnp.abs(step), 1 + jnp.abs(w - step)
        change, half = jnp.max(size / whole), 0.5 * jnp.max(jnp.abs(last) / whole)
        longest = jnp.where(step @ last < 0, jnp.minimum(half, longest), longest)
        step = jnp.where(change > longest, step * (longest / change), step)
        w = w - step
        rough = jnp.any((size > RELATIVE * jnp.abs(w)) & (size > ROUND_OFF * whole)) & (jnp.max(jnp.abs(left)) > CLOSE)
        return w, change, before, rough, step, longest, iteration + 1

    infinite = jnp.asarray(jnp.inf)
    begin = w, infinite, infinite, jnp.asarray(True), jnp.zeros_like(w), infinite, 0
    solved, change, _, rough, _, _, _ = jax.lax.while_loop(proceed, refine, begin)
    return jnp.where((change <= enough) & ~rough, solved, jnp.nan)
