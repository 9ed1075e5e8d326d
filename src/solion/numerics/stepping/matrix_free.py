"""Steps without a matrix, for fields in space: ROS34PW2 with each stage solved by GMRES.

Coefficients: Rang and Angermann (2005), BIT Numer. Math. 45, 761, doi:10.1007/s10543-005-0035-y: four stages, order 3,
stiffly accurate, an embedded solution of order 2. It is a W-method: its order holds whatever takes the place of the
Jacobian. Here that is df/dy with w held fixed, since w answers to distant cells at once and no sparse matrix holds that; w
itself is solved for in every stage. Stages are solved for the change of y, in units of y, preconditioned by the system's own
approximate inverse: what is left unsolved is then small also where q hardly feels y, as the logit of a composition does in a
film's empty part. Left to q, y is anything there, and steps end as too long.

Of a system it asks more than :class:`solion.numerics.system.AbstractSystem` does: ``rate(t, y, w, drive)``, which is f;
``guess(t, y, drive)``, a w to begin with, and ``solved(t, y, near, drive, enough)``, w with g = 0 from it or from a near
one; and ``preconditioner(y, shift)``, a function that nearly undoes ``shift`` q - f.
"""

from __future__ import annotations

from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.sparse.linalg import gmres

from solion.numerics.stepping.jacobian import capacities
from solion.numerics.stepping.method import AbstractMethod, TakenStep, near_or_start

GAMMA = 0.435866521508459
ALPHA = np.array([
    [0, 0, 0, 0],
    [0.87173304301691801, 0, 0, 0],
    [0.84457060015369423, -0.11299064236484185, 0, 0],
    [0, 0, 1, 0],
])  # fmt: skip
COUPLED = np.array([
    [GAMMA, 0, 0, 0],
    [-0.87173304301691801, GAMMA, 0, 0],
    [-0.90338057013044082, 0.054180672388095326, GAMMA, 0],
    [0.24212380706095346, -1.2232505839045147, 0.54526025533510214, GAMMA],
])  # fmt: skip
WEIGHTS = np.array([0.24212380706095346, -1.2232505839045147, 1.545260255335102, GAMMA])
EMBEDDED = np.array([0.37810903145819369, -0.096042292212423178, 0.5, 0.2179332607542295])
# of stages that are solved for as sums of their increments, U = coupled k: no product with the Jacobian is left
_INVERSE = np.linalg.inv(COUPLED)
STAGES = np.concatenate([ALPHA @ _INVERSE, (WEIGHTS @ _INVERSE)[None]])  # the last row: the end of the step
PAST = np.concatenate([np.eye(4) / GAMMA - _INVERSE, np.zeros((1, 4))])
ERROR = (WEIGHTS - EMBEDDED) @ _INVERSE
NODES = np.append(ALPHA.sum(axis=1), 1.0)

NEARLY = 1e-4  # last change of w in a stage, of which the square is left
UNSOLVED = 1e-5  # of a stage's increment: less than a step may err by
DIRECTIONS, RESTARTS = 30, 4  # of GMRES; where they do not do, the step is refused and a shorter one tried


def krylov(operator, right, tolerance):
    """The change with ``operator(change) = right`` to a relative tolerance, by GMRES. In units of the right side: JAX takes what
    is shorter than 2e-16 for zero, as an increment of a very short step is."""
    size = jnp.linalg.norm(right)
    size = jnp.where(size > 0, size, 1.0)
    change, _ = gmres(operator, right / size, tol=tolerance, restart=DIRECTIONS, maxiter=RESTARTS, solve_method="incremental")
    return size * change


class MatrixFree(AbstractMethod):
    """Steps of order 3 that need no matrix: see the module."""

    order: ClassVar[int] = 3

    def step(self, system: Any, t, y, w, h, drive, taken=0):
        rate, push = jax.linearize(lambda y: system.rate(t, y, w, drive), y)
        capacity, curvature = jax.jvp(lambda y: capacities(system, y), (y,), (jnp.ones_like(y),))
        shift = 1.0 / (h * GAMMA)
        drift = curvature * rate / capacity**2  # d(dq/dy)/dt over dq/dy, as y moves with dq/dt = f
        undone = system.preconditioner(y, shift)
        stages, past, nodes = map(jnp.asarray, (STAGES, PAST, NODES))

        def nearly(rates):
            return undone(capacity * rates) / capacity

        def operator(change):
            return nearly((shift + drift) * change - push(change) / capacity)

        def stage(i, carry):
            increments, near, _, unsolved = carry
            here = y + stages[i] @ increments
            found = jax.lax.cond(i == 0, lambda: near, lambda: system.solved(t + nodes[i] * h, here, near, drive, NEARLY))
            slope = system.rate(t + nodes[i] * h, here, found, drive) / capacities(system, here)
            right = nearly(slope + past[i] @ increments / h)
            right = jnp.where(i < 4, right, 0.0)  # the end of the step is not solved for: its slope is all that is wanted
            change = krylov(operator, right, UNSOLVED)
            left = jnp.linalg.norm(right - operator(change))
            unsolved |= ~(left <= 10 * UNSOLVED * jnp.linalg.norm(right))
            kept = jnp.minimum(i, 3)
            increments = increments.at[kept].set(jnp.where(i < 4, change, increments[kept]))
            return increments, found, slope, unsolved

        start = jnp.zeros((4, y.size)), w, jnp.zeros_like(y), jnp.asarray(False)
        increments, end_w, end_slope, unsolved = jax.lax.fori_loop(0, 5, stage, start)
        change = stages[4] @ increments
        error = jnp.where(unsolved, jnp.inf, jnp.asarray(ERROR) @ increments)
        # the cubic with the slopes at both ends
        first, last = h * rate / capacity - change, h * end_slope - change
        dense = jnp.stack([first, -(first + last), jnp.zeros_like(y)])
        return TakenStep(y + change, end_w, error, capacity, dense, jnp.zeros((3, w.size)))

    def solved(self, system: Any, t, y, near, drive, enough=1e-8):
        return system.solved(t, y, near, drive, enough)

    def certain(self, system: Any, t, y, near, drive, fresh):
        def refined(guess):
            return system.solved(t, y, guess, drive, 1e-8)

        return near_or_start(refined, near, lambda: system.guess(t, y, drive), fresh)

    def moving(self, w):
        return w[..., :0]
