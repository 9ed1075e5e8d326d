"""Frequency response of (A0 + s A1) x = -V (b0 + s b1) from a handful of direct solves.

The solutions at a few s = i omega span a small real space; projected on it the system is dense and small. Expansion points
are added where the residual of the full system is largest until it is below the tolerance at all frequencies. The projection
keeps symmetry, so the error of the admittance is the square of the error of the field.
"""

from __future__ import annotations

import numpy as np

from solion.errors import RunError
from solion.numerics.symmetric import Factors


class Reduction:
    """``matrices`` (A0, A1) sparse symmetric (n, n), ``borders`` (b0, b1), ``corners`` (c0, c1), ``places`` (n, d)."""

    def __init__(self, matrices, borders, corners, places, tolerance: float = 1e-6, limit: int = 40):
        self.matrices, self.borders, self.corners, self.places = matrices, borders, corners, places
        self.tolerance, self.limit = tolerance, limit
        self.record: dict[str, float] = {}

    def direct(self, s: complex) -> complex:
        """Admittance at one s by a solve of the whole system."""
        x, drive = self._solution(s)
        return self.corners[0] + s * self.corners[1] + complex(drive @ x)

    def _solution(self, s):
        drive = self.borders[0] + s * self.borders[1]
        matrix = self.matrices[0] + s * self.matrices[1]
        return -Factors(matrix, self.places).solve(drive), drive

    def admittance(self, values: np.ndarray) -> np.ndarray:
        """Admittance at each s. Raises RunError where the limit of expansion points does not reach the tolerance."""
        values = np.asarray(values, complex)
        basis = np.zeros((len(self.borders[0]), 0))
        points: list[int] = []
        next_point = 0  # the ends first, then where the residual is largest
        while True:
            points.append(next_point)
            x, _ = self._solution(values[next_point])
            for vector in (x.real, x.imag):
                scale = np.linalg.norm(vector)
                for _ in range(2):
                    vector = vector - basis @ (basis.T @ vector)
                left = np.linalg.norm(vector)
                if left > 1e-10 * max(scale, 1e-300):
                    basis = np.column_stack((basis, vector / left))
            answer, error = self._reduced(basis, values)
            if len(points) == 1 and len(values) > 1:
                next_point = len(values) - 1
                continue
            next_point = int(np.argmax(error))
            if error[next_point] <= self.tolerance or len(points) == len(values):
                self.record = {
                    "direct solves": len(points),
                    "largest residual": float(error.max()),
                    "unknowns": len(basis),
                }
                return answer
            if next_point in points or len(points) >= self.limit:
                raise RunError(
                    f"the spectrum did not converge: residual {error.max():.1e} after {len(points)} direct solves; "
                    "give fewer decades of frequency."
                )

    def _reduced(self, basis, values):
        products = [matrix @ basis for matrix in self.matrices]
        small = [basis.T @ product for product in products]
        drives = [basis.T @ border for border in self.borders]
        # the residual r(s) lies in the span of these columns: one QR gives its norm at every s
        columns = np.column_stack((products[0], products[1], *self.borders))
        scale = np.linalg.norm(columns, axis=0)
        scale[scale == 0] = 1.0
        triangle = np.linalg.qr(columns / scale, mode="r") * scale
        answer, error = np.empty(len(values), complex), np.empty(len(values))
        for k, s in enumerate(values):
            drive = drives[0] + s * drives[1]
            x = -np.linalg.solve(small[0] + s * small[1], drive)
            answer[k] = self.corners[0] + s * self.corners[1] + drive @ x
            right = np.linalg.norm(triangle @ np.concatenate((0 * x, 0 * x, [1.0, s])))
            error[k] = np.linalg.norm(triangle @ np.concatenate((x, s * x, [1.0, s]))) / right
        return answer, error
