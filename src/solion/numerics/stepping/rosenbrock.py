"""One step of Rodas5P, a linearly implicit (Rosenbrock) method of order 5 for index-1 systems.

Coefficients: Steinebach (2023), BIT Numer. Math. 63, 27, doi:10.1007/s10543-023-00967-x; eight stages, stiffly accurate, an
embedded solution of order 4 for the error and a dense output of order 4. Each step takes one Jacobian, one
factorisation and eight residuals: no iteration that could fail.

d/dt q(y) = f(t, y) is stepped as dy/dt = f / (dq/dy), so that a quantity that dies out exponentially, as ions do in a
depleted film, has an unknown (its logit) that moves uniformly and takes long steps. What this gives up, exact sums of q, is
restored at the end of each step by moving y along the gradients (in q) of the invariants, as little as the error
of the step; the constraints 0 = g(t, y, w) are stepped alongside and then solved to round-off.
"""

from __future__ import annotations

from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np

from solion.numerics import system as traced
from solion.numerics.roots import near_root
from solion.numerics.stepping.jacobian import capacities, factor, linearise, solve
from solion.numerics.stepping.method import AbstractMethod, TakenStep, near_or_start
from solion.numerics.system import AbstractSystem

ORDER = 5
GAMMA = 0.21193756319429014

# Stage increments: y_i = y + sum_j ALPHA[i, j] U_j ; COUPLING[i, j] / h multiplies the conserved increments of stage j.
ALPHA = np.zeros((8, 8))
ALPHA[1, :1] = 3.0
ALPHA[2, :2] = 2.849394379747939, 0.45842242204463923
ALPHA[3, :3] = -6.954028509809101, 2.489845061869568, -10.358996098473584
ALPHA[4, :4] = 2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641
ALPHA[5, :5] = -7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946
ALPHA[6] = ALPHA[5]
ALPHA[6, 5] = 1.0
ALPHA[7] = ALPHA[6]
ALPHA[7, 6] = 1.0
WEIGHTS = ALPHA[7].copy()
WEIGHTS[7] = 1.0
COUPLING = np.zeros((8, 8))
COUPLING[1, :1] = -14.155112264123755
COUPLING[2, :2] = -17.97296035885952, -2.859693295451294
COUPLING[3, :3] = 147.12150275711716, -1.41221402718213, 71.68940251302358
COUPLING[4, :4] = 165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306
COUPLING[5, :5] = 24.854864614690072, -3.0009227002832186, 47.4931110020768, 5.5814197821558125, -0.6610691825249471
COUPLING[6, :6] = (
    30.91273214028599,
    -3.1208243349937974,
    77.79954646070892,
    34.28646028294783,
    -19.097331116725623,
    -28.087943162872662,
)
COUPLING[7, :7] = (
    37.80277123390563,
    -3.2571969029072276,
    112.26918849496327,
    66.9347231244047,
    -40.06618937091002,
    -54.66780262877968,
    -9.48861652309627,
)
NODES = np.array([0, 0.6358126895828704, 0.4095798393397535, 0.9769306725060716, 0.4288403609558664, 1, 1, 1])
TIME_WEIGHTS = np.array([GAMMA, -0.42387512638858027, -0.3384627126235924, 1.8046452872882734, 2.325825639765069, 0, 0, 0])
DENSE = np.array([
    [25.948786856663858, -2.5579724845846235, 10.433815404888879, -2.3679251022685204,
     0.524948541321073, 1.1241088310450404, 0.4272876194431874, -0.17202221070155493],
    [-9.91568850695171, -0.9689944594115154, 3.0438037242978453, -24.495224566215796,
     20.176138334709044, 15.98066361424651, -6.789040303419874, -6.710236069923372],
    [11.419903575922262, 2.8879645146136994, 72.92137995996029, 80.12511834622643,
     -52.072871366152654, -59.78993625266729, -0.15582684282751913, 4.883087185713722],
])  # fmt: skip


class Rodas5P(AbstractMethod):
    """Direct steps of order 5 for the cells of a line: of a system, ``bandwidth`` entries couple to one another."""

    order: ClassVar[int] = ORDER

    def step(self, system, t, y, w, h, drive, taken=0):
        return rosenbrock_step(system, t, y, w, h, drive)

    def solved(self, system, t, y, near, drive, enough=1e-8):
        return project(system, t, y, near, drive, enough)

    def certain(self, system, t, y, near, drive, fresh):
        def refined(guess):
            return jnp.where(fresh, guess, project(system, t, y, guess, drive))

        return near_or_start(refined, near, lambda: traced.start(system, t, y, drive), fresh)

    def moving(self, w):
        return w


def rosenbrock_step(system: AbstractSystem, t, y, w, h, drive) -> TakenStep:
    """Advance (y, w) from t by h."""
    n = y.shape[0]
    point = linearise(system, t, y, w, drive)
    factors = factor(system, point, 1.0 / (h * GAMMA))
    tableau = jnp.asarray(np.stack([ALPHA, COUPLING], axis=1))
    nodes, time_weights = jnp.asarray(NODES), jnp.asarray(TIME_WEIGHTS)

    def stage(i, increments):
        here, past = _combine(tableau[i], increments, i)
        y_stage = y + here[:n]
        rate, constraint = traced.balance(system, t + nodes[i] * h, y_stage, w + here[n:], drive)
        right = (
            row_of_start(system, point.capacity, y_stage, rate)
            + point.capacity * past[:n] / h
            + h * time_weights[i] * point.slope
        )
        bottom = constraint + h * time_weights[i] * point.constraint_slope
        return jax.lax.dynamic_update_slice(increments, solve(system, factors, right, bottom)[None], (i, 0))

    increments = jax.lax.fori_loop(0, 8, stage, jnp.zeros((8, n + w.shape[0])))
    change, *dense = _combine(jnp.asarray(np.concatenate([WEIGHTS[None], DENSE])), increments, 8)
    dense = jnp.stack(dense)
    return TakenStep(y + change[:n], w + change[n:], increments[7, :n], point.capacity, dense[:, :n], dense[:, n:])


def row_of_start(system: AbstractSystem, capacity, y_stage, rate):
    """f / (dq/dy) of a stage, times dq/dy of the start: the row as the factors of the step have it."""
    return jnp.where(capacity == 0, 1.0, capacity / capacities(system, y_stage)) * rate


def _combine(weights, increments, count):
    """Weighted sums of the first stages; by a loop over them, since a product of such narrow matrices is slow."""

    def add(j, total):
        return total + weights[:, j, None] * increments[j]

    return jax.lax.fori_loop(0, count, add, jnp.zeros((weights.shape[0], increments.shape[1])))


def project(system: AbstractSystem, t, y, w, drive, enough: float = 1e-8):
    """w with g(t, y, w) = 0 from a near w; not a number where Newton's method fails (:func:`near_root`)."""
    if w.shape[0] == 0:
        return w
    return near_root(lambda w: traced.balance(system, t, y, w, drive)[1], w, enough)
