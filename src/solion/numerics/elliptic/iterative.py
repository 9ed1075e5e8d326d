"""Large symmetric positive definite systems A x = b of discrete elliptic equations with strongly varying coefficients.

Conjugate gradients with two preconditioners at once:

* one cycle of classical algebraic multigrid (Ruge and Stuben 1987, through pyamg), in single precision, which makes
  the iterations independent of the number of unknowns;
* *deflation* by groups of unknowns (Nicolaides 1987, doi:10.1137/0724027; Tang et al. 2009,
  doi:10.1007/s10915-009-9272-6). With Z the indicator vectors of the groups and E = Z^T A Z, the iteration runs in the
  A-orthogonal complement of Z. If the groups are the grains of a polycrystal, the modes in which whole grains float
  behind blocking boundaries, which make multigrid alone ever slower, are solved for exactly; and the residual sums to
  zero over every group throughout, so that current is conserved to round-off whatever the tolerance.

A complex symmetric matrix, of an alternating current, is solved by the same iteration with the bilinear product x^T y in place
of the scalar one (van der Vorst and Melissen 1990, doi:10.1109/20.106415), and multigrid on the sum of its real and
imaginary parts, both of which are then those of a conducting network.

The answer always comes with a :class:`SolveStatus`; what is not converged must not be used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csc_array, csr_array, dia_array
from scipy.sparse.linalg import splu

from solion.base.extras import missing

TOLERANCE = 1e-10
DIRECT = 2000  # unknowns below which a sparse direct factor is at once cheaper and exact
LIMIT = 500  # iterations
FUTILE = 40  # iterations without any decrease of the least residual: rounding has been reached


class SolveStatus(NamedTuple):
    """How a solve ended: whether it converged, in how many iterations, at which residual |b - A x| / |b - A x_0|."""

    converged: bool
    iterations: int
    residual: float


class Elliptic:
    """A symmetric positive definite matrix made ready for many right-hand sides.

    ``matrix``: CSR (n, n), real, or complex symmetric; ``groups``: the group of each unknown, 0 ... m - 1, or None for
    one only. The groups must be fewer than the unknowns by far (they are factored directly).
    """

    def __init__(self, matrix: Any, groups: np.ndarray | None = None, like: Elliptic | None = None):
        self.matrix = matrix
        self._groups = np.zeros(matrix.shape[0], np.int32) if groups is None else groups
        self._count = int(self._groups.max()) + 1
        self._direct, self._cycle = None, None
        self.levels, self.complexity = 1, 1.0
        if matrix.shape[0] <= DIRECT:
            self._direct = splu(csc_array(matrix))
            return
        self._coarse = splu(_grouped(matrix, self._groups, self._count))
        if like is not None and like._cycle is not None:
            self._cycle, self.levels, self.complexity = like._cycle, like.levels, like.complexity
            return
        self._cycle = self._multigrid(matrix)

    def updated(self, matrix: Any) -> Elliptic:
        """For a matrix that differs a little: the groups are summed anew, the multigrid hierarchy is kept."""
        return Elliptic(matrix, self._groups, like=self)

    def _multigrid(self, matrix: Any) -> Callable[[np.ndarray], np.ndarray]:
        try:
            from pyamg import ruge_stuben_solver
        except ImportError:
            raise missing("a polycrystal on voxels", "pyamg", "polycrystal") from None
        alternating = np.iscomplexobj(matrix)
        real = matrix.real + matrix.imag if alternating else matrix
        # direct interpolation and one sweep before and after cost half of the package's defaults, for one iteration more
        before, after = ("gauss_seidel", {"sweep": "forward"}), ("gauss_seidel", {"sweep": "backward"})
        hierarchy: Any = ruge_stuben_solver(
            real.astype(np.float32), interpolation="direct", presmoother=before, postsmoother=after, max_coarse=200
        )
        self.levels, self.complexity = len(hierarchy.levels), float(hierarchy.operator_complexity())
        cycle = hierarchy.aspreconditioner(cycle="V")

        def once(residual: np.ndarray) -> np.ndarray:
            return cycle.matvec(residual.astype(np.float32)).astype(float)

        def both(residual: Any) -> np.ndarray:
            return once(residual.real) + 1j * once(residual.imag)

        return both if alternating else once

    def _restrict(self, vector: Any) -> np.ndarray:
        total = np.bincount(self._groups, vector.real, self._count)
        return total + 1j * np.bincount(self._groups, vector.imag, self._count) if np.iscomplexobj(vector) else total

    def _correct(self, residual: np.ndarray) -> np.ndarray:
        """Z E^-1 Z^T applied to a residual."""
        return self._coarse.solve(self._restrict(residual))[self._groups]

    def solve(self, right: np.ndarray, *, tolerance: float = TOLERANCE, limit: int = LIMIT) -> tuple[np.ndarray, SolveStatus]:
        """x with |b - A x| <= tolerance |b - A x_0|, and how the iteration ended.

        x_0 is the best of all vectors that are constant over every group: what the groups cannot balance among
        themselves is a fairer measure than |b|, which next to a blocking boundary is larger by orders of magnitude.
        Where rounding alone exceeds that residual, a few roundings are accepted.
        """
        matrix = self.matrix
        if not np.any(right):
            return np.zeros_like(right), SolveStatus(True, 0, 0.0)
        if self._direct is not None:
            x = self._direct.solve(right)
            x += self._direct.solve(right - matrix @ x)
            residual, size = float(np.linalg.norm(right - matrix @ x)), float(np.linalg.norm(right))
            return x, SolveStatus(bool(residual <= max(tolerance * size, 4 * self._rounding(x))), 1, residual / size)
        x = self._correct(right)
        residual = right - matrix @ x
        size = float(np.linalg.norm(residual))
        rounding = self._rounding(x)
        if size <= rounding:
            return x, SolveStatus(True, 0, 0.0)
        target = max(tolerance * size, rounding)
        z = self._direction(residual)
        p, product = z.copy(), residual @ z
        least, since, iteration = np.inf, 0, 0
        norm = size
        while norm > target and iteration < limit and since < FUTILE and np.isfinite(norm):
            image = matrix @ p
            curvature = p @ image
            if not abs(curvature) > 0 or (np.isrealobj(curvature) and curvature < 0):
                break  # not positive definite, or rounded to nothing
            step = product / curvature
            x += step * p
            residual -= step * image
            z = self._direction(residual)
            following = residual @ z
            p *= following / product
            p += z
            product = following
            iteration += 1
            norm = float(np.linalg.norm(residual))
            least, since = (norm, 0) if norm < least else (least, since + 1)
        x += self._correct(right - matrix @ x)  # what rounding has left of the balance of each group
        true = float(np.linalg.norm(right - matrix @ x))
        return x, SolveStatus(bool(true <= 2 * tolerance * size + 4 * rounding), iteration, true / size)

    def _rounding(self, x: np.ndarray) -> float:
        """Size of the rounding errors of A x."""
        return 2.0 * np.finfo(float).eps * float(np.linalg.norm(self.matrix.diagonal() * x))

    def _direction(self, residual: np.ndarray) -> np.ndarray:
        """The preconditioned residual, made A-orthogonal to the groups."""
        assert self._cycle is not None
        z = self._cycle(residual)
        z -= self._correct(self.matrix @ z)
        return z


def _grouped(matrix: Any, groups: np.ndarray, count: int) -> csc_array:
    """E = Z^T A Z: the sum of the entries between every two groups, assembled block of rows by block of rows.

    A row of a conducting network adds up to what leads out of the network, which is nothing for most. The diagonal of E
    is built from that and from the links between groups: adding up the large entries inside a group would leave little
    but rounding errors where groups hardly touch.
    """
    outward = matrix @ np.ones(matrix.shape[0])
    outward[np.abs(outward) < 1e-12 * np.abs(matrix.diagonal())] = 0
    total: Any = csr_array((count, count), dtype=matrix.dtype)
    rows = max(1, int(2e7 // max(1, matrix.nnz // max(1, matrix.shape[0]))))
    for start in range(0, matrix.shape[0], rows):
        part = matrix[start : start + rows]
        of_row, of_column = np.repeat(groups[start : start + rows], np.diff(part.indptr)), groups[part.indices]
        apart = of_row != of_column
        pairs = (of_row[apart], of_column[apart])
        total = total + csr_array((part.data[apart], pairs), shape=(count, count))
    own = np.bincount(groups, outward.real, count)
    if np.iscomplexobj(outward):
        own = own + 1j * np.bincount(groups, outward.imag, count)
    diagonal = own - total @ np.ones(count)
    return csc_array(total + dia_array((diagonal[None, :], [0]), shape=(count, count)))
