"""The coloured Jacobian against the dense one, on a random system with border and constraints."""

from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solion.numerics.stepping.jacobian import factor, linearise, solve
from solion.numerics.stepping.rosenbrock import Rodas5P
from solion.numerics.system import AbstractSystem

CELLS, LUMPED, CONSTRAINTS = 11, 2, 2


def make(p):
    """A nonlinear system of bandwidth p in which everything that may couple does."""

    class Toy(AbstractSystem):
        near: jax.Array  # (2p+1, cells)
        far: jax.Array  # (cells, lumped + constraints)
        rows: jax.Array  # (lumped + constraints, n + m)

        method: ClassVar[Rodas5P] = Rodas5P()
        bandwidth: ClassVar[int] = p
        border: ClassVar[int] = LUMPED

        def conserved(self, y):
            return jnp.concatenate([jax.nn.sigmoid(y[:-1]), jnp.zeros(1)])  # the last row is algebraic

        def balance(self, t, y, w, drive):
            cells, others = y[:CELLS], jnp.concatenate([y[CELLS:], w])
            padded = jnp.pad(cells, p)
            f = sum(self.near[d] * jnp.sin(padded[d : d + CELLS] * (1 + cells)) for d in range(2 * p + 1))
            f = f + jnp.tanh(self.far @ others) * cells * (1 + t**2)
            everything = jnp.concatenate([y, w])
            outer = jnp.sin(self.rows @ everything + drive * t) + 2 * others**3 + others
            return jnp.concatenate([f, outer[:LUMPED]]), outer[LUMPED:]

        def start(self, t, y, drive):
            return jnp.zeros(CONSTRAINTS)

        def invariants(self, q):
            return q[:0]

        def admissible(self, y):
            return jnp.asarray(True)

        def monitors(self, t, y, w, drive):
            return y[:1]

        def integrands(self, t, y, w, drive):
            return y[:0]

    return Toy


def problem(p):
    rng = np.random.default_rng(p)
    k = LUMPED + CONSTRAINTS
    system = make(p)(
        jnp.asarray(rng.normal(size=(2 * p + 1, CELLS))),
        jnp.asarray(rng.normal(size=(CELLS, k))),
        jnp.asarray(rng.normal(size=(k, CELLS + k))),
    )
    y, w = jnp.asarray(rng.normal(size=CELLS + LUMPED)), jnp.asarray(rng.normal(size=CONSTRAINTS))
    return system, 0.7, y, w, jnp.asarray(0.3), rng


@pytest.mark.parametrize("p", [1, 2, 3])
def test_coloured_jacobian_equals_dense(p):
    system, t, y, w, drive, _ = problem(p)
    point = linearise(system, jnp.asarray(t), y, w, drive)

    def joint(x):
        f, g = system.balance(t, x[: y.size], x[y.size :], drive)
        return jnp.concatenate([f, g])

    dense = np.asarray(jax.jacfwd(joint)(jnp.concatenate([y, w])))
    bands = np.zeros((CELLS, CELLS))
    for d in range(2 * p + 1):
        for j in range(CELLS):
            if 0 <= j + d - p < CELLS:
                bands[j, j + d - p] = point.bands[d, j]
            else:
                assert point.bands[d, j] == 0
    assembled = np.block([[bands, np.asarray(point.columns)], [np.asarray(point.rows), np.asarray(point.corner)]])
    np.testing.assert_allclose(assembled, dense, rtol=1e-12, atol=1e-13)
    f_t, g_t = jax.jacfwd(lambda t: system.balance(t, y, w, drive))(t)
    np.testing.assert_allclose(point.slope, f_t, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(point.constraint_slope, g_t, rtol=1e-12, atol=1e-14)
    capacity = jax.jacfwd(system.conserved)(y)
    np.testing.assert_allclose(point.capacity, np.diag(capacity), rtol=1e-13)
    f, _ = system.balance(t, y, w, drive)
    velocity = np.where(np.diag(capacity) == 0, 0, f / np.where(np.diag(capacity) == 0, 1, np.diag(capacity)))
    _, rate = jax.jvp(lambda y: jnp.diag(jax.jacfwd(system.conserved)(y)), (y,), (jnp.asarray(velocity),))
    np.testing.assert_allclose(point.capacity_rate, rate, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("p", [1, 3])
def test_factored_matrix_is_that_of_a_stage(p):
    system, t, y, w, drive, rng = problem(p)
    shift = 60.0

    def joint(x):
        f, g = system.balance(t, x[: y.size], x[y.size :], drive)
        return jnp.concatenate([f, g])

    point = linearise(system, jnp.asarray(t), y, w, drive)
    capacity = np.concatenate([shift * point.capacity + point.capacity_rate, np.zeros(CONSTRAINTS)])
    matrix = np.diag(capacity) - np.asarray(jax.jacfwd(joint)(jnp.concatenate([y, w])))
    right = rng.normal(size=matrix.shape[0])
    change = solve(system, factor(system, point, shift), *map(jnp.asarray, np.split(right, [y.size])))
    np.testing.assert_allclose(change, np.linalg.solve(matrix, right), rtol=1e-9, atol=1e-11)
