"""Steps without a matrix whose stages are solved to the end, for fields in space near rest: Newton's method and GMRES.

Coefficients: the implicit half of ARK3(2)4L[2]SA, Kennedy and Carpenter (2003), Appl. Numer. Math. 44, 139,
doi:10.1016/S0168-9274(02)00138-1: an explicit first stage and three implicit ones, order 3, L-stable and stiffly accurate,
an embedded solution of order 2. What is stepped is dy/dt = f/(dq/dy). A stage

    Y_i = y + h sum_{j<i} a_ij k_j + h a_ii k_i,    k_i = f(Y_i, w_i)/(dq/dy)

is solved to the end. A front between two phases that is near rest is driven by little, and a stage that leaves, by the square
of its way, the curved line on which it moves feels more than that drive. So steps that solve their stages once
(:mod:`solion.numerics.stepping.matrix_free`) end there at a small share of the front's width, however slowly it goes
(decision 0087).

Newton's matrix is df/dy with w held fixed, as there; w itself is solved for before each iteration, which therefore converge
slower where w answers much. The error estimate is solved for once more with the same matrix, as a stiff system asks. Of a
system it asks what that method does.
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from solion.numerics.stepping.jacobian import capacities
from solion.numerics.stepping.matrix_free import MatrixFree, krylov
from solion.numerics.stepping.method import AbstractMethod, TakenStep

GAMMA = 1767732205903 / 4055673282236
WEIGHTS = np.array([1471266399579 / 7840856788654, -4482444167858 / 7529755066697, 11266239266428 / 11593286722821, GAMMA])
ALPHA = np.array([
    [0, 0, 0, 0],
    [GAMMA, GAMMA, 0, 0],
    [2746238789719 / 10658868560708, -640167445237 / 6845629431997, GAMMA, 0],
    WEIGHTS,
])  # fmt: skip
EMBEDDED = np.array(
    [
        2756255671327 / 12835298489170,
        -10771552573575 / 22201958757719,
        9247589265047 / 10645013368117,
        2193209047091 / 5459859503100,
    ]
)
NODES = ALPHA.sum(axis=1)
_PAST = np.vstack([np.tril(ALPHA, -1), WEIGHTS - EMBEDDED])  # of the slopes before, and of all for the error
_AHEAD = np.append(NODES[2:] / NODES[1:-1], [1.0, 1.0])  # of a stage's way, where the next one begins: after stages 1, 2, 3

NEARLY = 1e-4  # last change of w in an iteration, of which the square is left
UNSOLVED = 1e-2  # of what an iteration is to undo, and of the error estimate
SETTLED = 1e-3  # last change of a stage over its way, of which a hundredth is left
ROUND_OFF = 1e-13  # change of y that is none
NEWTONS = 10  # iterations of a stage


class _Stages(NamedTuple):
    """Where a step stands: the stage and its iteration, its y and w, the slopes k, and the last change."""

    stage: Int[Array, ""]
    count: Int[Array, ""]
    y: Float[Array, " n"]
    w: Float[Array, " m"]
    slopes: Float[Array, "4 n"]
    change: Float[Array, " n"]
    failed: Bool[Array, ""]


class SolvedStages(AbstractMethod):
    """Steps of order 3 whose stages are solved to the end: see the module."""

    order: ClassVar[int] = 3
    search: ClassVar[MatrixFree] = MatrixFree()

    def step(self, system: Any, t, y, w, h, drive, taken=0):
        inverse = 1.0 / (h * GAMMA)
        undone = system.preconditioner(y, inverse)
        alpha, nodes, ahead = map(jnp.asarray, (_PAST, np.append(NODES, 1.0), _AHEAD))

        def proceed(at: _Stages):
            return (at.stage < 5) & ~at.failed

        def iterate(at: _Stages):
            """One look for all purposes, so that it is compiled once: the first slope, an iteration of a stage, the error."""
            found = jax.lax.cond(
                at.stage == 0, lambda: at.w, lambda: system.solved(t + nodes[at.stage] * h, at.y, at.w, drive, NEARLY)
            )
            rate, push = jax.linearize(lambda y: system.rate(t + nodes[at.stage] * h, y, found, drive), at.y)
            capacity, curvature = jax.jvp(lambda y: capacities(system, y), (at.y,), (jnp.ones_like(y),))
            past = alpha[at.stage] @ at.slopes  # of the error, where all stages are done
            own = jnp.where(at.stage < 4, inverse * (at.y - y - h * past), at.slopes[3])
            # of capacity k with y: with f in the place of capacity k, Newton goes astray sooner
            drift = curvature * own / capacity

            def nearly(rates):
                return undone(capacity * rates) / capacity

            def operator(change):
                return nearly((inverse + drift) * change - push(change) / capacity)

            missing = jnp.where(at.stage < 4, rate / capacity - own, inverse * h * past)
            missing = jnp.where(at.stage == 0, 0.0, missing)
            right = nearly(missing)
            change = krylov(operator, right, UNSOLVED)
            left = jnp.linalg.norm(right - operator(change))
            moved = jnp.where((at.stage > 0) & (at.stage < 4), at.y + change, at.y)
            way = jnp.linalg.norm(moved - y)
            size = jnp.linalg.norm(change)
            done = (at.stage == 0) | (at.stage == 4) | (size <= SETTLED * way + ROUND_OFF * jnp.sqrt(y.size))
            own = jnp.where(at.stage == 0, rate / capacity, inverse * (moved - y - h * past))
            kept = jnp.minimum(at.stage, 3)
            slopes = at.slopes.at[kept].set(jnp.where(done & (at.stage < 4), own, at.slopes[kept]))
            further = (at.stage > 0) & (at.stage < 3) & done
            begun = jnp.where(further, y + ahead[jnp.clip(at.stage - 1, 0, 3)] * (moved - y), moved)
            failed = ~(left <= 10 * UNSOLVED * jnp.linalg.norm(right)) | (~done & (at.count >= NEWTONS))
            count = jnp.where(done, 0, at.count + 1)
            return _Stages(at.stage + done, count, begun, found, slopes, change, failed)

        none = jnp.zeros((), int)
        start = _Stages(none, none, y, w, jnp.zeros((4, y.size)), jnp.zeros_like(y), jnp.asarray(False))
        end = jax.lax.while_loop(proceed, iterate, start)
        change = end.y - y
        # the cubic with the slopes at both ends
        first, last = h * end.slopes[0] - change, h * end.slopes[3] - change
        dense = jnp.stack([first, -(first + last), jnp.zeros_like(y)])
        error = jnp.where(end.failed, jnp.inf, end.change)
        return TakenStep(end.y, end.w, error, capacities(system, y), dense, jnp.zeros((3, w.size)))

    def solved(self, system: Any, t, y, near, drive, enough=1e-8):
        return self.search.solved(system, t, y, near, drive, enough)

    def certain(self, system: Any, t, y, near, drive, fresh):
        return self.search.certain(system, t, y, near, drive, fresh)

    def moving(self, w):
        return self.search.moving(w)
