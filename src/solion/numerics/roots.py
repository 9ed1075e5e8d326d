"""Roots of small algebraic systems, differentiable to any order.

:func:`increasing_root` cannot fail for a strictly increasing function of one variable; it starts a run or a segment.
:func:`newton_root` follows a root of a few equations from a good start, as steps do.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

BISECTIONS = 120  # bisection alone closes a bracket of 1e4 to 1e-16 in 67
NEWTONS = 12


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
        inside = (newton >= low) & (newton <= high)  # false for nan
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


@functools.partial(jax.custom_jvp, nondiff_argnums=(0,))
def newton_root(
    residual: Callable[[Float[Array, " k"], Any], Float[Array, " k"]], parameters: Any, guess: Float[Array, " k"]
) -> Float[Array, " k"]:
    """z with ``residual(z, parameters) == 0`` near the guess, by Newton's method; not a number where it fails.

    A time step whose stage meets that is refused and retried from nearer, which is why no fallback is needed here.
    """

    def proceed(state):
        _, change, iteration = state
        return (change > 1e-8) & (iteration < NEWTONS)  # quadratic: the step after this one would be below 1e-15

    def refine(state):
        z, _, iteration = state
        step = _solve_small(_jacobian(residual, z, parameters), residual(z, parameters))
        return z - step, jnp.max(jnp.abs(step) / (1 + jnp.abs(z))), iteration + 1

    z, change, _ = jax.lax.while_loop(proceed, refine, (guess, jnp.asarray(jnp.inf), 0))
    return jnp.where(change <= 1e-8, z, jnp.nan)


@newton_root.defjvp
def _newton_root_jvp(residual, primals, tangents):
    parameters, guess = primals
    root = newton_root(residual, parameters, guess)
    _, change = jax.jvp(lambda p: residual(root, p), (parameters,), (tangents[0],))
    return root, -_solve_small(_jacobian(residual, root, parameters), change)


def _jacobian(residual, z, parameters):
    return jax.jacfwd(lambda z: residual(z, parameters))(z)


def _solve_small(matrix, right):
    """Gauss-Jordan elimination in the order given, unrolled: for a few rows far cheaper than a library call."""
    k = right.shape[0]
    rows = [[matrix[i, j] for j in range(k)] + [right[i]] for i in range(k)]
    for i in range(k):
        pivot = 1.0 / rows[i][i]
        rows[i] = [entry * pivot for entry in rows[i]]
        for other in range(k):
            if other != i:
                rows[other] = [a - rows[other][i] * b for a, b in zip(rows[other], rows[i], strict=True)]
    return jnp.stack([row[k] for row in rows])
