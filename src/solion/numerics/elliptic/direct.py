"""Direct solution of sparse symmetric systems."""

from __future__ import annotations

import numpy as np
from scipy.sparse.linalg import splu

from solion.base.errors import RunError
from solion.numerics.elliptic.dissection import dissection

LARGE = 100_000  # unknowns from which nested dissection beats the minimum degree of SuperLU


class Factors:
    """Factors of a sparse symmetric matrix, real or complex, pivots on the diagonal. Raises RunError where it is singular.

    ``places`` (n, d) of the unknowns order the elimination; ``order``: that order where it is known already.
    """

    def __init__(self, matrix, places: np.ndarray, order: np.ndarray | None = None):
        self.order = dissection(matrix, places) if order is None and len(places) > LARGE else order
        if self.order is not None:
            matrix = matrix[self.order][:, self.order]
        try:
            self.factors = splu(
                matrix.tocsc(),
                permc_spec="MMD_AT_PLUS_A" if self.order is None else "NATURAL",
                diag_pivot_thresh=0.0,
                options={"SymmetricMode": True, "Equil": False},
            )
        except RuntimeError as error:
            raise RunError(
                f"the system of {matrix.shape[0]} unknowns is singular ({error}): some part touches nothing that conducts, or "
                "no electrode makes contact."
            ) from None

    def solve(self, right: np.ndarray) -> np.ndarray:
        """Solution for a right-hand side (n,) or several (n, k)."""
        if self.order is None:
            return self.factors.solve(right)
        solution = np.empty(right.shape, np.result_type(right, float))
        solution[self.order] = self.factors.solve(np.ascontiguousarray(right[self.order]))
        return solution
