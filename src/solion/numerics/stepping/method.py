"""What takes a step: the end of it, its error, and what is between; one method a file. And what all of them share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from solion.numerics.banded import solve_small
from solion.numerics.stepping.jacobian import capacities
from solion.numerics.system import AbstractSystem

NEAR = 1e-8  # what an invariant misses, over itself, of which Newton's next step leaves round-off


class TakenStep(NamedTuple):
    """A finished step: the state at its end, the error estimate of y, dq/dy at its start, and the dense output."""

    y: Float[Array, " n"]
    w: Float[Array, " m"]
    error: Float[Array, " n"]
    capacity: Float[Array, " n"]
    dense_y: Float[Array, "3 n"]
    dense_w: Float[Array, "3 m"]


class AbstractMethod(eqx.Module):
    """A one-step method of order ``order``; ``estimates``: whether it knows the error of a step; ``failure`` and ``remedy``: what
    a run says where no step can be taken."""

    order: eqx.AbstractClassVar[int]
    estimates: ClassVar[bool] = True
    failure: ClassVar[str] = "the time step became too small"
    remedy: ClassVar[str] = "soften the drive at this time: less voltage or current, or a slower ramp"

    @abstractmethod
    def step(
        self, system: AbstractSystem, t, y: Float[Array, " n"], w: Float[Array, " m"], h, drive: Any, taken: Any = 0
    ) -> TakenStep:
        """Advance (y, w) from t by h; an error that is not finite where it cannot. ``taken``: how many steps came before."""

    def next_length(self, h, error, previous, accepted):
        """Length of the next step: proportional-integral control after an accepted step, plain after a refused one."""
        error = jnp.maximum(error, 1e-10)
        plain = 0.9 * error ** (-1 / self.order)
        smooth = 0.9 * error ** (-0.7 / self.order) * previous ** (0.3 / self.order)
        return h * jnp.where(accepted, jnp.clip(smooth, 0.3, 5.0), jnp.clip(plain, 0.1, 0.8))

    @abstractmethod
    def solved(
        self, system: AbstractSystem, t, y: Float[Array, " n"], near: Float[Array, " m"], drive: Any, enough: float = 1e-8
    ) -> Float[Array, " m"]:
        """w with g(t, y, w) = 0 from a near w, its last change at most ``enough``; not numbers where it is not found."""

    @abstractmethod
    def certain(
        self, system: AbstractSystem, t, y: Float[Array, " n"], near: Float[Array, " m"], drive: Any, fresh: Bool[Array, ""]
    ) -> Float[Array, " m"]:
        """The same from nearby or, where it is not found there, from what the search of a start gives; else no number.

        Where nothing is known nearby (``fresh``) it is what that search gives.
        """

    @abstractmethod
    def moving(self, w: Float[Array, "*of m"]) -> Float[Array, "*of k"]:
        """Those few of w whose turns within a step are looked for."""


def near_or_start(refined: Callable, near: Float[Array, " m"], start: Callable, fresh: Bool[Array, ""]) -> Float[Array, " m"]:
    """What ``refined`` makes of a w nearby or, where that is no number or nothing is near (``fresh``), of that of ``start()``.

    A loop, so that both are compiled once.
    """

    def refine(tried):
        k, _ = tried
        return k + 1, refined(jax.lax.cond(k == 0, lambda: near, start))

    def proceed(tried):
        k, w = tried
        return (k < 2) & ~jnp.all(jnp.isfinite(w))

    return jax.lax.while_loop(proceed, refine, (jnp.where(fresh, 1, 0), jnp.full(near.shape, jnp.nan)))[1]


def restore(system: AbstractSystem, y, invariants):
    """The state near y whose invariants have their values, by Newton's steps along their gradients in q.

    For a sum over cells that is the same shift of y in each; algebraic unknowns and those that do not yield stay where they are,
    and so does what is below the floor of a system, so that round-off in what little is left does not carry y away.
    """
    if invariants.shape[0] == 0:
        return y
    _, pull = jax.vjp(system.invariants, y)
    (directions,) = jax.vmap(pull)(jnp.eye(invariants.shape[0]))
    readily = jnp.where(capacities(system, y) == 0, 0.0, system.yielding(y))

    def approach(state):
        k, y, _ = state
        missing = invariants - system.invariants(system.conserved(y))
        capacity = capacities(system, y)
        slopes = jnp.sum(directions[:, None] * directions * readily * capacity, axis=-1)
        felt = 1 - system.floor / jnp.where(capacity == 0, 1.0, capacity)
        y = y + felt * readily * jnp.sum(solve_small(slopes, missing)[:, None] * directions, axis=0)
        return k + 1, y, jnp.any(jnp.abs(missing) > NEAR * jnp.abs(invariants))

    # from an error of 1e-2, more than any tolerance allows, to round-off in three; of a small error the square is left
    return jax.lax.while_loop(lambda state: state[2] & (state[0] < 3), approach, (0, y, jnp.asarray(True)))[1]


def interpolate(theta, start, end, dense):
    """Dense output of a step at the fraction theta of its length, order 4."""
    return (1 - theta) * start + theta * (end + (1 - theta) * (dense[0] + theta * (dense[1] + theta * dense[2])))
