"""Direct solution of banded systems with a border, in time linear in the number of rows.

    [ A  B ] [x]   [r]        A: n x n, bandwidth p on either side (block-tridiagonal matrices are of this kind)
    [ C  D ] [z] = [s]        B: n x k, C: k x n, D: k x k with a small k, the border

Further axes stand for systems side by side. A is factored once without pivoting by a scan over rows, which is stable for
the diagonally dominant matrices that implicit steps make; a step whose factors are not finite is refused by its error
estimate. The border is eliminated by its Schur complement. Everything runs under jit, vmap and differentiation.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

UNROLLED = 8  # rows, at most, of what is eliminated in line


class BandedFactors(NamedTuple):
    """LU factors of a banded matrix, row by row: multipliers, inverse pivots and normalised upper rows."""

    lower: Float[Array, "n p *many"]
    inverse_pivot: Float[Array, "n *many"]
    upper: Float[Array, "n p *many"]


class Sums(NamedTuple):
    """Unknowns s that stand in no other row: E x + F z + diag(G) s = u."""

    rows: Float[Array, "s n"]  # E
    corner: Float[Array, "s k"]  # F
    inverse: Float[Array, " s"]  # 1/G


class BorderedFactors(NamedTuple):
    """Factors of a bordered banded matrix: those of A, with (A^-1 B)^T, C and the inverse of D - C A^-1 B."""

    banded: BandedFactors
    columns: Float[Array, "k n"]
    rows: Float[Array, "k n"]
    inverse_schur: Float[Array, "k k"]
    sums: Sums


def factor_banded(bands: Float[Array, "w n *many"]) -> BandedFactors:
    """Factor A given by its 2 p + 1 bands; ``bands[d, j]`` is A[j, j + d - p], zero where that column is outside."""
    p = bands.shape[0] // 2
    zero = jnp.zeros((p, *bands.shape[2:]))

    def eliminate(previous, row):
        # previous[k] is the normalised upper row k + 1 rows above this one
        row = [row[d] for d in range(2 * p + 1)]
        lower = []
        for above in range(p, 0, -1):
            factor = row[p - above]
            lower.append(factor)
            for k in range(p):
                row[p - above + 1 + k] = row[p - above + 1 + k] - factor * previous[above - 1][k]
        inverse = 1.0 / row[p]
        upper = jnp.stack([entry * inverse for entry in row[p + 1 :]])
        return (upper, *previous[:-1]), (jnp.stack(lower), inverse, upper)

    _, (lower, inverse, upper) = jax.lax.scan(eliminate, (zero,) * p, jnp.swapaxes(bands, 0, 1), unroll=2)
    return BandedFactors(lower, inverse, upper)


def solve_banded(factors: BandedFactors, right: Float[Array, "n *many"]) -> Float[Array, "n *many"]:
    """Solve A x = right by forward and backward substitution."""
    p = factors.lower.shape[1]
    start = (0.0 * right[0],) * p

    def forward(previous, row):
        lower, inverse, value = row
        for above in range(p, 0, -1):
            value = value - lower[p - above] * previous[above - 1]
        value = value * inverse
        return (value, *previous[:-1]), value

    def backward(following, row):
        upper, value = row
        for below in range(p, 0, -1):
            value = value - upper[below - 1] * following[below - 1]
        return (value, *following[:-1]), value

    _, half = jax.lax.scan(forward, start, (factors.lower, factors.inverse_pivot, right), unroll=4)
    _, solution = jax.lax.scan(backward, start, (factors.upper, half), reverse=True, unroll=4)
    return solution


def solve_small(matrix: Float[Array, "k k"], right: Float[Array, "k ..."], *, pivoted: bool = False) -> Float[Array, "k ..."]:
    """Gauss-Jordan elimination in the order given or by the largest pivots (``pivoted``: where unknowns differ by many powers of
    ten), unrolled: for a few rows far cheaper than a library call.

    More than ``UNROLLED`` rows, of which the unrolled form would take minutes to compile, go by a loop with pivoting. Not by
    LAPACK: JAX hands a batch of its factorisations to the threads that the program itself runs on and waits for them, so that
    two runs at once on two processors wait for each other for ever (decision 0044).
    """
    k = matrix.shape[0]
    if k > UNROLLED:
        return _eliminate(matrix, right)
    rows = [matrix[i] for i in range(k)]
    sides = [right[i] for i in range(k)]
    for i in range(k):
        for below in range(i + 1, k) if pivoted else ():
            larger = jnp.abs(rows[below][i]) > jnp.abs(rows[i][i])
            for lines in (rows, sides):
                one, other = lines[i], lines[below]
                lines[i], lines[below] = jnp.where(larger, other, one), jnp.where(larger, one, other)
        pivot = 1.0 / rows[i][i]
        rows[i], sides[i] = rows[i] * pivot, sides[i] * pivot
        for other in range(k):
            if other != i:
                factor = rows[other][i]
                rows[other], sides[other] = rows[other] - factor * rows[i], sides[other] - factor * sides[i]
    return jnp.stack(sides)


def _eliminate(matrix, right):
    k = matrix.shape[0]
    index = jnp.arange(k)

    def column(i, whole):
        pivot = jnp.argmax(jnp.where(index >= i, jnp.abs(whole[:, i]), -1.0))
        chosen = whole[pivot] / whole[pivot, i]
        whole = whole.at[pivot].set(whole[i])
        whole = whole - whole[:, i, None] * chosen
        return whole.at[i].set(chosen)

    whole = jnp.concatenate([matrix, right.reshape(k, -1)], axis=1)
    return jax.lax.fori_loop(0, k, column, whole)[:, k:].reshape(right.shape)


def factor_bordered(bands, columns, rows, corner, sums: Sums) -> BorderedFactors:
    """Factor the bordered matrix with A in ``bands``, B ``columns`` (n k), C ``rows`` (k n), D ``corner`` (k k), and sums."""
    banded = factor_banded(bands)
    if corner.shape[0] == 0:
        return BorderedFactors(banded, columns, rows, corner, sums)
    inner = jax.vmap(lambda column: solve_banded(banded, column), in_axes=1)(columns)
    # sums rather than products of matrices: so narrow ones are several times slower as calls of a library
    schur = corner - jnp.sum(rows[:, None] * inner, axis=-1)
    return BorderedFactors(banded, inner, rows, solve_small(schur, jnp.eye(corner.shape[0])), sums)


def solve_bordered(factors: BorderedFactors, right: Float[Array, " n"], border: Float[Array, " k"], sums: Float[Array, " s"]):
    """Solve the bordered system for right sides r, s and, of its sums, u; returns (x, z, sums)."""
    x, z = solve_banded(factors.banded, right), border
    if border.shape[0] > 0:
        z = jnp.sum(factors.inverse_schur * (border - jnp.sum(factors.rows * x, axis=-1)), axis=-1)
        x = x - jnp.sum(factors.columns * z[:, None], axis=0)
    own = factors.sums
    if sums.shape[0] > 0:
        sums = own.inverse * (sums - jnp.sum(own.rows * x, axis=-1) - jnp.sum(own.corner * z, axis=-1))
    return x, z, sums
