"""Steps without a matrix: order of a step and of its dense output, w solved for inside, and what GMRES cannot solve."""

from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solion.numerics.stepping import solved_stages
from solion.numerics.stepping.matrix_free import ALPHA, COUPLED, EMBEDDED, WEIGHTS, MatrixFree, krylov
from solion.numerics.stepping.method import AbstractMethod, interpolate
from solion.numerics.stepping.solved_stages import SolvedStages


class Toy(eqx.Module):
    """u_k' = -w u_k + s_k(t) in q = exp(y), with 0 = w - 1 - sum(q): a sum acts on all at once, as a potential does."""

    stiffness: Any
    method: AbstractMethod = MatrixFree()
    border: ClassVar[int] = 0
    floor: ClassVar[float] = 0.0

    def conserved(self, y):
        return jnp.exp(y)

    def rate(self, t, y, w, drive):
        q = jnp.exp(y)
        return -w[0] * q + self.stiffness * (jnp.roll(q, 1) - q) + 2 + jnp.cos(3 * t)

    def solved(self, t, y, near, drive, enough):
        return 1 + jnp.sum(jnp.exp(y))[None]

    def preconditioner(self, y, shift):
        return lambda r: r / (shift + 1 + self.stiffness)


@jax.jit
def _step(system, t, y, w, h):
    return system.method.step(system, t, y, w, h, None)


TOYS = Toy(5.0), Toy(5.0, SolvedStages())


def _run(steps, system, end=0.4):
    y, w, h = jnp.asarray([-0.5, 0.1, 0.6]), None, end / steps
    w = system.solved(0.0, y, None, None, 0)
    for k in range(steps):
        before, step = (y, w), _step(system, k * h, y, w, h)
        y, w = step.y, step.w
    return np.asarray(y), before, step


def test_coefficients_are_of_order_three_for_any_jacobian():
    """All conditions of order three of a W-method: those of a Runge-Kutta method, and zero where the matrix stands."""
    one, alpha, coupled = np.ones(4), ALPHA, COUPLED
    a, g = alpha @ one, coupled @ one
    found = [WEIGHTS @ x for x in (one, a, g, a**2, alpha @ a, alpha @ g, coupled @ a, coupled @ g)]
    np.testing.assert_allclose(found, [1, 1 / 2, 0, 1 / 3, 1 / 6, 0, 0, 0], atol=1e-14)
    np.testing.assert_allclose([EMBEDDED @ x for x in (one, a, g)], [1, 1 / 2, 0], atol=1e-14)


def test_coefficients_of_solved_stages_are_of_order_three_and_end_on_the_last_stage():
    """All conditions of order three, of order two of what the error is taken from, and of a stage's own order two."""
    alpha, nodes, weights = solved_stages.ALPHA, solved_stages.NODES, solved_stages.WEIGHTS
    found = [weights @ x for x in (np.ones(4), nodes, nodes**2, alpha @ nodes)]
    np.testing.assert_allclose(found, [1, 1 / 2, 1 / 3, 1 / 6], atol=1e-14)
    np.testing.assert_allclose([solved_stages.EMBEDDED @ x for x in (np.ones(4), nodes)], [1, 1 / 2], atol=1e-14)
    np.testing.assert_allclose(alpha[1:] @ nodes, nodes[1:] ** 2 / 2, atol=1e-14)
    np.testing.assert_array_equal(alpha[3], weights)


@pytest.mark.parametrize("system", TOYS)
def test_order_of_the_step_and_of_what_lies_inside(system):
    exact, _, _ = _run(512, system)
    errors = [np.max(np.abs(_run(n, system)[0] - exact)) for n in (8, 16, 32)]
    orders = np.log2(np.divide(errors[:-1], errors[1:]))
    assert np.all(orders > 2.7), orders
    # the middle of the last of n steps, against that of a fine run
    inside = []
    for n in (8, 16):
        _, (start, _), step = _run(n, system)
        fine, _, _ = _run(16 * n - 8, system, end=0.4 * (n - 0.5) / n)
        inside.append(np.max(np.abs(interpolate(0.5, start, step.y, step.dense_y) - fine)))
    assert inside[0] / inside[1] > 6, inside


@pytest.mark.parametrize("method", [MatrixFree(), SolvedStages()])
def test_a_stage_that_is_not_solved_refuses_the_step(method):
    class Hopeless(Toy):
        def preconditioner(self, y, shift):
            return lambda r: jnp.nan * r

    step = _step(Hopeless(5.0, method), 0.0, jnp.zeros(3), jnp.asarray([4.0]), 0.1)
    assert not np.isfinite(np.asarray(step.error)).any()


def test_increments_however_small_are_solved_for():
    """Of 1e-18: JAX's GMRES takes them for zero, and no step of 1e-11 tau_D could be taken."""
    right = 1e-18 * jnp.arange(1.0, 5.0)
    found = krylov(lambda change: jnp.array([1.0, 2.0, 3.0, 4.0]) * change, right, 1e-10)
    np.testing.assert_allclose(found, 1e-18, rtol=1e-9)
