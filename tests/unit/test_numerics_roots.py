"""Bracketed roots of increasing functions: certainty, accuracy, derivatives."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solion.numerics.roots import increasing_root, near_root


def sinh_excess(x, p):
    return jnp.sinh(x) - p


def wild(x, p):
    """Overflows on both sides, nearly flat in between; root at p."""
    return jnp.exp(800 * (x - p)) - jnp.exp(-800 * (x - p))


@pytest.mark.parametrize("target", [-1e300, -3.0, -1e-12, 0.0, 1e-300, 2.0, 1e8, 1e300])
@pytest.mark.parametrize("guess", [-1e4, 0.0, 1.0, 1e4])
def test_root_of_sinh_from_any_guess(target, guess):
    root = increasing_root(sinh_excess, target, -1e4, 1e4, guess)  # sinh(1e4) overflows
    assert float(root) == pytest.approx(np.arcsinh(target), rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("place", [-0.7, 0.0, 0.3])
@pytest.mark.parametrize("guess", [-1.0, 0.0, 1.0])
def test_overflow_on_both_sides(place, guess):
    assert float(increasing_root(wild, place, -1.0, 1.0, guess)) == pytest.approx(place, rel=1e-13, abs=1e-15)


def test_steep_and_flat_functions():
    cube = increasing_root(lambda x, p: (x - p) ** 3, 0.3, -1e3, 1e3, 900.0)  # slope zero at the root
    assert float(cube) == pytest.approx(0.3, abs=1e-5)
    step = increasing_root(lambda x, p: jnp.where(x < p, -1.0, 1.0), 0.3, -1e3, 1e3, 0.0)  # slope zero elsewhere
    assert float(step) == pytest.approx(0.3, abs=1e-12)
    arctan = increasing_root(lambda x, p: jnp.arctan(x - p), 0.3, -1e4, 1e4, 1e4)  # Newton alone diverges
    assert float(arctan) == pytest.approx(0.3, rel=1e-13)


def test_root_outside_the_bracket_gives_the_nearer_end():
    assert float(increasing_root(sinh_excess, 100.0, -1.0, 1.0, 0.0)) == pytest.approx(1.0, rel=1e-12)
    assert float(increasing_root(sinh_excess, -100.0, -1.0, 1.0, 0.0)) == pytest.approx(-1.0, rel=1e-12)


def test_empty_bracket_and_guess_outside():
    assert float(increasing_root(sinh_excess, 5.0, 0.0, 0.0, 0.0)) == 0.0
    assert float(increasing_root(sinh_excess, 0.5, -1.0, 1.0, 1e9)) == pytest.approx(np.arcsinh(0.5), rel=1e-13)


@pytest.mark.parametrize("target", [-4.0, 0.0, 1e-5, 2.0, 1e6])
def test_first_and_second_derivative(target):
    def root(p):
        return increasing_root(sinh_excess, p, -1e3, 1e3, 0.1)

    first = jax.jvp(root, (target,), (1.0,))[1]
    assert float(first) == pytest.approx((1 + target**2) ** -0.5, rel=1e-12)
    second = jax.jvp(lambda p: jax.jvp(root, (p,), (1.0,))[1], (target,), (1.0,))[1]
    assert float(second) == pytest.approx(-target * (1 + target**2) ** -1.5, rel=1e-10, abs=1e-15)
    assert float(jax.grad(root)(target)) == pytest.approx((1 + target**2) ** -0.5, rel=1e-12)


def test_derivative_does_not_feel_bracket_and_guess():
    def root(x):
        return increasing_root(sinh_excess, 2.0, -10.0 - x, 10.0 + x, 1.0 + x)

    assert float(jax.jvp(root, (0.0,), (1.0,))[1]) == 0.0


def test_vmap_equals_loop():
    targets = jnp.array([-1e5, -1.0, 0.0, 3.0, 1e200])
    batch = jax.jit(jax.vmap(lambda p: increasing_root(sinh_excess, p, -1e4, 1e4, 0.0)))(targets)
    np.testing.assert_allclose(batch, np.arcsinh(np.asarray(targets)), rtol=1e-13)


def test_near_roots_of_unknowns_that_differ_by_many_powers_of_ten():
    """A current of 1e-15 that levels off beside a voltage of 800, in the order in which a device has them."""

    def equations(w):
        return jnp.stack([100 * w[0] + w[1] - w[2] + 861.0, w[1] - 44 * w[0], jnp.tanh(w[2]) + jnp.arcsinh(w[0] / 4e-15)])

    found = near_root(equations, jnp.array([-3.0e-15, -1.4e-13, 32.0]))
    assert float(found[0]) == pytest.approx(-4e-15 * np.sinh(1.0), rel=1e-12)
    assert float(found[2]) == pytest.approx(861.0, rel=1e-12)


def test_an_increasing_root_is_relative_however_small():
    root = increasing_root(lambda x, p: x / 1e-17 - p, jnp.asarray(3.0), jnp.asarray(-1.0), jnp.asarray(1.0), jnp.asarray(0.1))
    assert float(root) == pytest.approx(3e-17, rel=1e-12)


def test_near_roots_beside_a_bend_are_found():
    """A current far below its exchange current's bend: Newton's whole steps go from side to side and ever farther away."""

    def equations(w):
        return jnp.array([jnp.arcsinh(w[0] / 1e-7) + 100 * w[0] + w[1], w[1] - 1.0])

    found = near_root(equations, jnp.array([4e-6, 1.0]))
    assert np.asarray(equations(found)) == pytest.approx(0, abs=1e-9)
    assert found[0] == pytest.approx(-1e-7 * np.sinh(1.0), rel=1e-3)
