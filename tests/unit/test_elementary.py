"""The vectorised logarithm against NumPy's in extended precision."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solion.base.elementary import log

DRAW = np.random.default_rng(0)
SETS = {
    "fractions": DRAW.random(20_000),
    "all sizes": 10.0 ** DRAW.uniform(-307, 308, 20_000),
    "depleted": 10.0 ** DRAW.uniform(-30, 0, 20_000),
    "near one": 1 + DRAW.normal(size=20_000) * 10.0 ** DRAW.uniform(-15, -1, 20_000),
}


@pytest.mark.parametrize("name", SETS)
def test_within_a_unit_in_the_last_place(name):
    x = SETS[name]
    exact = np.log(x.astype(np.longdouble))
    error = np.abs(np.asarray(jax.jit(log)(x)) - exact) / np.spacing(np.abs(exact.astype(float)))
    assert float(error.max()) < 1.0


def test_ends_of_its_range():
    found = log(jnp.array([0.0, -1.0, jnp.inf, jnp.nan, -jnp.inf, 1.0]))
    np.testing.assert_array_equal(found, [-np.inf, np.nan, np.inf, np.nan, np.nan, 0.0])
    assert float(log(2.0)) == np.log(2.0)


def test_derivatives_of_both_modes_and_second_ones():
    x = jnp.array([1e-20, 0.3, 1.0, 7.0])
    np.testing.assert_allclose(jax.jacfwd(log)(x).diagonal(), 1 / x, rtol=1e-15)
    np.testing.assert_allclose(jax.grad(lambda x: log(x).sum())(x), 1 / x, rtol=1e-15)
    np.testing.assert_allclose(jax.hessian(lambda x: log(x).sum())(x).diagonal(), -1 / x**2, rtol=1e-15)
