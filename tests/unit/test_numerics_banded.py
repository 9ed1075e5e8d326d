"""Banded and bordered solves against dense linear algebra."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solion.numerics.banded import Sums, factor_banded, factor_bordered, solve_banded, solve_bordered, solve_small

CELLS = 12


def banded(rng, p, n=CELLS):
    """A random diagonally dominant matrix of bandwidth p, dense and in bands."""
    dense = np.zeros((n, n))
    bands = np.zeros((2 * p + 1, n))
    for j in range(n):
        for d in range(2 * p + 1):
            if 0 <= j + d - p < n:
                bands[d, j] = dense[j, j + d - p] = rng.normal() + (4.0 * p + 2.0) * (d == p)
    return dense, bands


@pytest.mark.parametrize("p", [1, 2, 3])
def test_banded_solve_equals_dense(p):
    rng = np.random.default_rng(p)
    dense, bands = banded(rng, p)
    right = rng.normal(size=CELLS)
    solution = solve_banded(factor_banded(jnp.asarray(bands)), jnp.asarray(right))
    np.testing.assert_allclose(solution, np.linalg.solve(dense, right), rtol=1e-12, atol=1e-14)


def sums(rng, s, k):
    """Unknowns that no other row feels, last in the whole matrix."""
    return Sums(*map(jnp.asarray, (rng.normal(size=(s, CELLS)), rng.normal(size=(s, k)), 1 + rng.random(s))))


@pytest.mark.parametrize("p", [1, 2, 3])
@pytest.mark.parametrize(("k", "s"), [(0, 0), (1, 2), (3, 0), (0, 2)])
def test_bordered_solve_equals_dense(p, k, s):
    rng = np.random.default_rng(10 * p + k)
    inner, bands = banded(rng, p)
    columns, rows = rng.normal(size=(CELLS, k)), rng.normal(size=(k, CELLS))
    corner = rng.normal(size=(k, k)) + 8 * np.eye(k)
    own, right = sums(rng, s, k), rng.normal(size=CELLS + k + s)
    solution = solve_bordered(
        factor_bordered(*map(jnp.asarray, (bands, columns, rows, corner)), own),
        *map(jnp.asarray, np.split(right, [CELLS, CELLS + k])),
    )
    whole = np.block([
        [inner, columns, np.zeros((CELLS, s))],
        [rows, corner, np.zeros((k, s))],
        [np.asarray(own.rows), np.asarray(own.corner), np.diag(1 / np.asarray(own.inverse))],
    ])  # fmt: skip
    np.testing.assert_allclose(np.concatenate(solution), np.linalg.solve(whole, right), rtol=1e-11, atol=1e-13)


def test_bordered_solve_needs_no_regular_corner():
    """A constraint that does not contain its own unknown: D = 0, as for a current fixed by a voltage."""
    rng = np.random.default_rng(5)
    inner, bands = banded(rng, 2)
    columns, rows = rng.normal(size=(CELLS, 1)), rng.normal(size=(1, CELLS))
    right, border = rng.normal(size=CELLS), rng.normal(size=1)
    factors = factor_bordered(*map(jnp.asarray, (bands, columns, rows)), jnp.zeros((1, 1)), sums(rng, 0, 1))
    x, z, _ = solve_bordered(factors, jnp.asarray(right), jnp.asarray(border), jnp.zeros(0))
    expected = np.linalg.solve(np.block([[inner, columns], [rows, np.zeros((1, 1))]]), np.concatenate([right, border]))
    np.testing.assert_allclose(np.concatenate([x, z]), expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("k", [1, 2, 4, 12])
def test_small_solve_equals_dense(k):
    rng = np.random.default_rng(k)
    matrix = rng.normal(size=(k, k)) + 6 * np.eye(k)
    for right in (rng.normal(size=k), rng.normal(size=(k, 3))):
        expected = np.linalg.solve(matrix, right)
        np.testing.assert_allclose(solve_small(jnp.asarray(matrix), jnp.asarray(right)), expected, rtol=1e-12)


def test_a_solve_of_many_rows_pivots():
    """As that of patches under a current, whose first row does not contain the first unknown."""
    matrix = np.eye(10)[::-1] + 0.1 * np.triu(np.ones((10, 10)), 2)
    matrix[0, 0] = 0.0
    right = np.arange(10.0)
    np.testing.assert_allclose(
        solve_small(jnp.asarray(matrix), jnp.asarray(right)), np.linalg.solve(matrix, right), rtol=1e-11, atol=1e-12
    )


@pytest.mark.parametrize("k", [3, 12])
def test_no_solve_calls_a_library(k):
    """A batch of LAPACK's factorisations waits for the threads that it runs on: two runs at once stood still for ever."""
    matrices, sides = jnp.stack([jnp.eye(k)] * 4), jnp.ones((4, k))
    assert "custom_call" not in jax.jit(jax.vmap(solve_small)).lower(matrices, sides).as_text()


def test_solves_under_jit_vmap_and_differentiation():
    rng = np.random.default_rng(0)
    matrices = [banded(rng, 2) for _ in range(3)]
    bands = jnp.asarray([bands for _, bands in matrices])
    right = jnp.asarray(rng.normal(size=(3, CELLS)))

    @jax.jit
    def solve(bands, right):
        return solve_banded(factor_banded(bands), right)

    batch = jax.vmap(solve)(bands, right)
    for k, (dense, _) in enumerate(matrices):
        np.testing.assert_allclose(batch[k], np.linalg.solve(dense, right[k]), rtol=1e-12, atol=1e-14)

    direction = np.zeros((5, CELLS))
    direction[2] = rng.normal(size=CELLS)  # the diagonal
    _, change = jax.jvp(lambda b: solve(b, right[0]), (bands[0],), (jnp.asarray(direction),))
    dense = matrices[0][0]
    expected = -np.linalg.solve(dense, direction[2] * np.linalg.solve(dense, right[0]))
    np.testing.assert_allclose(change, expected, rtol=1e-11, atol=1e-14)
