"""The elliptic solver on its own: networks with large contrasts, real and complex, against a direct factor."""

import numpy as np
import pytest
from scipy.sparse import csr_array, diags_array, kron
from scipy.sparse.linalg import spsolve

from solion.numerics.elliptic.iterative import DIRECT, Elliptic

EDGE = 50  # more unknowns than are solved directly
BLOCK = 10


def network(weak: float, ground: complex = 1e-3) -> tuple[csr_array, np.ndarray]:
    """A square of nodes in blocks that are linked by 1 inside and by ``weak`` between; corner and rim are grounded."""
    across = np.where(np.arange(1, EDGE) % BLOCK, 1.0, weak)
    line = diags_array([np.append(across, 0) + np.append(0, across), -across, -across], offsets=[0, 1, -1])
    one = diags_array(np.ones(EDGE))
    leak = np.zeros(EDGE * EDGE, np.result_type(ground))
    leak[:EDGE] = ground
    matrix = csr_array(kron(line, one) + kron(one, line) + diags_array(leak))
    block = np.arange(EDGE) // BLOCK
    return matrix, (block[:, None] * (EDGE // BLOCK) + block).reshape(-1).astype(np.int32)


@pytest.mark.parametrize("weak", [1.0, 1e-3, 1e-7])
@pytest.mark.parametrize("ground", [1e-3, 1e-3 + 2e-3j])
def test_the_answer_is_that_of_a_direct_solver(weak, ground):
    matrix, groups = network(weak, ground)
    assert matrix.shape[0] > DIRECT
    right = np.random.default_rng(0).standard_normal(matrix.shape[0]) + 0 * ground
    x, status = Elliptic(matrix, groups).solve(right)
    exact = spsolve(matrix.tocsc(), right)
    assert status.converged
    assert np.abs(x - exact).max() < 1e-7 * np.abs(exact).max()
    assert status.iterations < 25


def test_the_balance_of_every_group_is_kept_at_a_loose_tolerance():
    matrix, groups = network(1e-3)
    right = np.random.default_rng(1).standard_normal(matrix.shape[0])
    x, status = Elliptic(matrix, groups).solve(right, tolerance=1e-3)
    residual = right - matrix @ x
    assert 1e-6 < status.residual < 1e-3
    assert np.abs(np.bincount(groups, residual)).max() < 1e-11 * np.abs(right).sum()


def test_groups_keep_the_iterations_down():
    matrix, groups = network(1e-6)
    right = np.random.default_rng(2).standard_normal(matrix.shape[0])
    with_groups, without = (Elliptic(matrix, g).solve(right)[1].iterations for g in (groups, None))
    assert with_groups <= 12
    assert with_groups < without


def test_small_and_changed_systems():
    matrix, groups = network(1e-2)
    small = csr_array(matrix[:100][:, :100])
    right = np.arange(100.0)
    x, status = Elliptic(small).solve(right)
    assert status == (True, 1, pytest.approx(0, abs=1e-12))
    assert small @ x == pytest.approx(right, abs=1e-9)
    made = Elliptic(matrix, groups)
    changed = csr_array(matrix + diags_array(np.linspace(0, 0.1, matrix.shape[0])))
    right = np.ones(matrix.shape[0])
    x, status = made.updated(changed).solve(right)
    assert status.converged
    assert changed @ x == pytest.approx(right, abs=1e-7)
    assert made.solve(np.zeros(matrix.shape[0]))[0].max() == 0


def test_what_has_not_converged_says_so():
    matrix, groups = network(1e-3)
    right = np.random.default_rng(3).standard_normal(matrix.shape[0])
    _, status = Elliptic(matrix, groups).solve(right, limit=2)
    assert not status.converged
    assert status.iterations == 2
    assert status.residual > 1e-8
    indefinite = csr_array(matrix - diags_array(np.full(matrix.shape[0], 3.0)))
    _, status = Elliptic(matrix, groups).updated(indefinite).solve(right, limit=50)
    assert not status.converged
