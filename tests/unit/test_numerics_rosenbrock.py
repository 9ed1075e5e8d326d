"""Orders, invariants and stiffness of the Rosenbrock step, on systems with closed solutions at fixed steps."""

from collections.abc import Callable
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solion.numerics.stepping.method import interpolate, restore
from solion.numerics.stepping.rosenbrock import (
    ALPHA,
    COUPLING,
    DENSE,
    GAMMA,
    NODES,
    TIME_WEIGHTS,
    Rodas5P,
    project,
    rosenbrock_step,
)
from solion.numerics.system import AbstractSystem


class Toy(AbstractSystem):
    """A system given by functions; ``numbers`` are its parameters."""

    method: ClassVar[Rodas5P] = Rodas5P()

    numbers: Any
    rule: Callable = eqx.field(static=True)  # (t, y, w, numbers) -> (f, g)
    content: Callable = eqx.field(static=True)  # y -> q
    guess: Callable = eqx.field(static=True)  # (t, y, numbers) -> w
    kept: Callable = eqx.field(static=True)  # q -> invariants

    bandwidth: ClassVar[int] = 1
    border: ClassVar[int] = 0

    def conserved(self, y):
        return self.content(y)

    def balance(self, t, y, w, drive):
        return self.rule(t, y, w, self.numbers)

    def start(self, t, y, drive):
        return self.guess(t, y, self.numbers)

    def invariants(self, q):
        return self.kept(q)

    def admissible(self, y):
        return jnp.asarray(True)

    def monitors(self, t, y, w, drive):
        return y

    def integrands(self, t, y, w, drive):
        return y[:0]


class Bordered(Toy):
    """The same with its last unknown lumped."""

    border: ClassVar[int] = 1


NONE = jnp.zeros(0)


def no_constraint(t, y, numbers):
    return NONE


def nothing(q):
    return q[:0]


def toy(rule, *, content=lambda y: y, guess=no_constraint, numbers=(), kind=Toy, kept=nothing):
    return kind(numbers, rule, content, guess, kept)


def integrate(system, y, end, steps):
    """(y, w) after equal steps, each restored and projected as the integrator does."""
    h, y = end / steps, jnp.asarray(y, float)
    invariants = system.invariants(system.conserved(y))

    def body(k, state):
        step = rosenbrock_step(system, k * h, *state, h, None)
        y = restore(system, step.y, invariants)
        return y, project(system, (k + 1) * h, y, step.w, None)

    return jax.lax.fori_loop(0, steps, body, (y, system.start(0.0, y, None)))


def orders(system, y, end, exact, counts, pick=lambda state: state[0]):
    """Observed orders between successive numbers of steps, and the errors."""
    run = jax.jit(integrate)
    found = [np.max(np.abs(np.asarray(pick(run(system, y, end, n))) - exact)) for n in counts]
    print(found)
    return np.log(np.divide(found[:-1], found[1:])) / np.log(np.divide(counts[1:], counts[:-1])), found


def test_coefficients_are_consistent():
    """The transformed tableau gives back the nodes and time weights; the last stages sit at the end of the step."""
    lower = np.linalg.inv(np.eye(8) / GAMMA - COUPLING)  # COUPLING = 1/gamma - Gamma^-1
    np.testing.assert_allclose((ALPHA @ lower).sum(axis=1), NODES, atol=1e-12)
    np.testing.assert_allclose(lower.sum(axis=1), TIME_WEIGHTS, atol=1e-12)
    np.testing.assert_array_equal(ALPHA[7, :5], ALPHA[5, :5])
    np.testing.assert_array_equal(ALPHA[7, 5:7], 1.0)
    assert DENSE.shape == (3, 8)


def oscillator(t, y, w, numbers):
    """A nonlinear, time-dependent pair with the solution (exp(sin t), exp(-sin t))."""
    return jnp.stack([jnp.cos(t) * y[0] ** 2 * y[1], -jnp.cos(t) * y[1] ** 2 * y[0]]), w


def test_order_five_for_a_differential_equation():
    exact = np.exp([np.sin(2.0), -np.sin(2.0)])
    order, errors = orders(toy(oscillator), [1.0, 1.0], 2.0, exact, [10, 20, 40])
    assert order[-1] > 4.8
    assert errors[-1] < 1e-7


def test_order_five_for_lumped_unknowns():
    exact = np.exp([np.sin(2.0), -np.sin(2.0)])
    order, _ = orders(toy(oscillator, kind=Bordered), [1.0, 1.0], 2.0, exact, [10, 20, 40])
    assert order[-1] > 4.8


def constrained(t, y, w, numbers):
    """y' = w with w^3 + w = (y cos t)^3 + y cos t, so that y = exp(sin t), w = y cos t."""
    x = y * jnp.cos(t)
    return w, w**3 + w - x**3 - x


@pytest.mark.parametrize("pick", [0, 1], ids=["y", "w"])
def test_order_five_with_a_constraint(pick):
    system = toy(constrained, guess=lambda t, y, numbers: y * jnp.cos(t))
    exact = np.exp(np.sin(2.0)) * (np.cos(2.0) if pick == 1 else 1.0)
    order, _ = orders(system, [1.0], 2.0, exact, [40, 80, 160], lambda state: state[pick])
    assert order[-1] > 4.8


def algebraic(t, y, w, numbers):
    """The same with the constraint as a row of y whose conserved quantity is constant."""
    x = y[0] * jnp.cos(t)
    return jnp.stack([y[1], y[1] ** 3 + y[1] - x**3 - x]), w


@pytest.mark.parametrize("kind", [Toy, Bordered])
def test_order_five_with_an_algebraic_row(kind):
    system = toy(algebraic, content=lambda y: jnp.stack([y[0], jnp.ones(())]), kind=kind)
    exact = np.exp(np.sin(2.0)) * np.array([1.0, np.cos(2.0)])
    order, _ = orders(system, [1.0, 1.0], 2.0, exact, [10, 20, 40])
    assert order[-1] > 4.8


CELLS = 8
DIFFUSION = 30.0 * (np.diag(np.full(CELLS - 1, 1.0), 1) + np.diag(np.full(CELLS - 1, 1.0), -1))
DIFFUSION -= np.diag(DIFFUSION.sum(axis=0))
FILLED = np.array([0.95, 0.9, 0.6, 0.3, 0.2, 0.15, 0.1, 0.05])


def diffusing(t, y, w, numbers):
    """Linear exchange of c = sigmoid(y) between neighbours: dc/dt = A c."""
    return jnp.asarray(DIFFUSION) @ jax.nn.sigmoid(y), w


def total(q):
    return q.sum()[None]


@pytest.mark.parametrize("kept", [nothing, total])
def test_order_five_for_a_bounded_unknown(kept):
    from scipy.linalg import expm

    start = np.log(FILLED / (1 - FILLED))
    exact = expm(0.1 * DIFFUSION) @ FILLED
    system = toy(diffusing, content=jax.nn.sigmoid, kept=kept)
    order, errors = orders(system, start, 0.1, exact, [20, 40, 80], lambda state: jax.nn.sigmoid(state[0]))
    assert order[-1] > 4.6
    assert errors[-1] < 1e-7


@pytest.mark.parametrize("steps", [2, 40])
def test_invariants_are_exact_whatever_the_step(steps):
    start = np.log(FILLED / (1 - FILLED))
    y, _ = jax.jit(integrate)(toy(diffusing, content=jax.nn.sigmoid, kept=total), start, 0.1, steps)
    assert abs(float(jax.nn.sigmoid(y).sum()) - FILLED.sum()) < 1e-14


def test_two_invariants_are_restored_together():
    """Two sums that share no cell; entries outside them stay where they are."""
    system = toy(diffusing, content=jax.nn.sigmoid, kept=lambda q: jnp.stack([q[:3].sum(), q[4:].sum()]))
    start = jnp.asarray(np.log(FILLED / (1 - FILLED)))
    wanted = system.invariants(jax.nn.sigmoid(start)) + jnp.asarray([1e-4, -2e-4])
    y = restore(system, start, wanted)
    np.testing.assert_allclose(system.invariants(jax.nn.sigmoid(y)), wanted, atol=1e-14)
    assert float(y[3]) == float(start[3])


def test_what_dies_out_exponentially_takes_long_steps():
    """dc/dt = -c with u = logit c: du/dt = -1 once c is small, so one step over 20 lifetimes is exact."""
    system = toy(lambda t, y, w, numbers: (-jax.nn.sigmoid(y), w), content=jax.nn.sigmoid)
    start = jnp.asarray([-20.0])
    step = jax.jit(rosenbrock_step)(system, 0.0, start, NONE, 20.0, None)
    assert float(step.y[0]) == pytest.approx(-40.0, abs=1e-6)
    assert abs(float(step.error[0])) < 1e-6


@pytest.mark.parametrize("which", ["y", "content", "w"])
def test_dense_output_of_order_four(which):
    """Local errors inside one step fall as h^5, those of w as h^4."""
    rule, content, guess, y, exact = {
        "y": (oscillator, lambda y: y, no_constraint, [1.0, 1.0], lambda t: np.exp([np.sin(t), -np.sin(t)])),
        "content": (
            lambda t, y, w, numbers: (y * jnp.cos(t), w),
            lambda y: y**3 / 3,
            no_constraint,
            [1.0],
            lambda t: (1 + 2 * np.sin(t)) ** 0.5,  # d(y^3/3)/dt = y cos t: y^2 = 1 + 2 sin t
        ),
        # an algebraic unknown need only be accurate to h^4; it is projected wherever it is used
        "w": (constrained, lambda y: y, lambda t, y, numbers: y * jnp.cos(t), [1.0], lambda t: np.exp(np.sin(t)) * np.cos(t)),
    }[which]
    system, y = toy(rule, content=content, guess=guess), jnp.asarray(y)
    w = guess(0.0, y, ())
    sizes, worst = [0.2, 0.1, 0.05], []
    run = jax.jit(rosenbrock_step)
    for h in sizes:
        step = run(system, 0.0, y, w, h, None)
        start, end, dense = (w, step.w, step.dense_w) if which == "w" else (y, step.y, step.dense_y)
        worst.append(max(np.max(np.abs(interpolate(s, start, end, dense) - exact(s * h))) for s in (0.2, 0.5, 0.8)))
        np.testing.assert_array_equal(interpolate(0.0, start, end, dense), start)
        np.testing.assert_array_equal(interpolate(1.0, start, end, dense), end)
    order = np.log2(np.divide(worst[:-1], worst[1:]))
    print(order)
    assert order[-1] > (3.7 if which == "w" else 4.5)


def prothero_robinson(t, y, w, stiffness):
    target, slope = jnp.sin(t + 1), jnp.cos(t + 1)
    return -stiffness * (y - target) + slope, w


@pytest.mark.parametrize(("stiffness", "least"), [(1.0, 5.0), (10.0, 4.9), (1e3, 3.5), (1e5, 3.0), (1e7, 3.0)])
def test_prothero_robinson_keeps_order_three(stiffness, least):
    """y' = -k (y - sin) + cos: where k h is large the order falls to three, not to one, and the error as 1/k."""
    system = toy(prothero_robinson, numbers=jnp.asarray(stiffness))
    order, errors = orders(system, [np.sin(1.0)], 2.0, np.sin(3.0), [4, 8, 16])
    assert np.min(order) > least - 0.1
    assert errors[-1] < 1e-6 / max(1.0, stiffness / 100)


def test_error_estimate_is_of_order_four():
    """The embedded solution: the estimate of one step falls as h^5."""
    run, y = jax.jit(rosenbrock_step), jnp.ones(2)
    estimates = [float(np.max(np.abs(run(toy(oscillator), 0.3, y, NONE, h, None).error))) for h in (0.1, 0.05, 0.025)]
    order = np.log2(np.divide(estimates[:-1], estimates[1:]))
    assert 4.5 < order[-1] < 5.6


def test_stiff_decay_is_damped():
    """L-stability: a huge step kills a fast transient."""
    system = toy(lambda t, y, w, numbers: (-1e10 * y, w))
    one = jnp.ones(1)
    step = jax.jit(rosenbrock_step)(system, 0.0, one, NONE, 1.0, None)
    assert abs(float(step.y[0])) < 1e-6


def test_projection_refuses_what_it_cannot_solve():
    system = toy(constrained)
    near = project(system, 0.0, jnp.ones(1), jnp.asarray([1.0 + 1e-4]), None)
    assert float(near[0]) == pytest.approx(1.0, abs=1e-11)
    assert np.isnan(float(project(system, 0.0, jnp.ones(1), jnp.asarray([50.0]), None)[0]))
