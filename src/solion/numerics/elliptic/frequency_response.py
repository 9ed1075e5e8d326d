"""Frequency response of (sum_k s^p_k A_k) x = -V sum_k s^p_k b_k from a handful of direct solves.

The powers p_k are 0 and 1, and others between where an electrode has a constant phase. The solutions at a few real s > 0,
where the matrix is real and positive definite, span a small space; projected on it the system is dense and small. Points are
added where the residual of the full system is largest (a complex s = i omega where its real counterpart is in the space
already) until it is below the tolerance at all frequencies. The projection keeps symmetry, so that the error of the
admittance is of the order of the square of that of the field.
"""

from __future__ import annotations

import numpy as np

from solion.base.errors import RunError
from solion.numerics.elliptic.direct import Factors
from solion.numerics.elliptic.dissection import dissection


class Reduction:
    """``powers`` p_k; for each, ``matrices`` A_k sparse symmetric (n, n), ``borders`` b_k, ``corners`` c_k; ``places`` (n, d)."""

    def __init__(self, powers, matrices, borders, corners, places, tolerance: float = 1e-6, limit: int = 40):
        self.powers = np.asarray(powers, float)
        self.matrices, self.borders, self.corners, self.places = matrices, borders, corners, places
        self.tolerance, self.limit = tolerance, limit
        self.order = dissection(sum(abs(matrix) for matrix in matrices), places)
        self.record: dict[str, float] = {}

    def direct(self, s: complex) -> complex:
        """Admittance at one s by a solve of the whole system."""
        x, drive, _ = self._solution(s)
        return complex(self._at(s) @ self.corners + drive @ x)

    def _at(self, s):
        """The factor of each power at s."""
        return s**self.powers

    def _slopes(self, s):
        """The derivatives of the factors by s."""
        return np.where(self.powers == 0, 0.0, self.powers * s ** (self.powers - 1))

    def _solution(self, s):
        drive = _sum(self._at(s), self.borders)
        factors = Factors(_sum(self._at(s), self.matrices), self.places, self.order)
        return -factors.solve(drive), drive, factors

    def admittance(self, values: np.ndarray) -> np.ndarray:
        """Admittance at each s = i omega. Raises RunError where the limit of solves does not reach the tolerance."""
        values = np.asarray(values, complex)
        basis = np.zeros((len(self.borders[0]), 0))
        used: set[complex] = set()
        chosen = int(np.argmax(np.abs(values)))
        while True:
            s = complex(abs(values[chosen]))
            s = s if s not in used else complex(values[chosen])
            if s in used or len(used) >= self.limit:
                raise RunError(
                    f"the spectrum did not converge: residual {error.max():.1e} after {len(used)} direct solves; "
                    "give fewer decades of frequency."
                )
            used.add(s)
            x, _, factors = self._solution(s.real if s.imag == 0 else s)
            # at a real point also the derivative by s, which costs no new factors
            vectors = [np.real(x), np.imag(x)]
            if not s.imag:
                slopes = self._slopes(s.real)
                vectors = [x, factors.solve(_sum(slopes, [m @ x for m in self.matrices]) + _sum(slopes, self.borders))]
            basis = _extended(basis, vectors)
            answer, error = self._reduced(basis, values)
            worst = int(np.argmax(error))
            if error[worst] <= self.tolerance:
                self.record = {"direct solves": len(used), "largest residual": float(error.max()), "unknowns": len(basis)}
                return answer
            chosen = worst

    def _reduced(self, basis, values):
        products = [matrix @ basis for matrix in self.matrices]
        small = [basis.T @ product for product in products]
        drives = [basis.T @ border for border in self.borders]
        # the residual r(s) lies in the span of these columns: one QR gives its norm at every s
        columns = np.column_stack((*products, *self.borders))
        scale = np.linalg.norm(columns, axis=0)
        scale[scale == 0] = 1.0
        triangle = np.linalg.qr(columns / scale, mode="r") * scale
        answer, error = np.empty(len(values), complex), np.empty(len(values))
        for k, s in enumerate(values):
            at = self._at(s)
            drive = _sum(at, drives)
            x = -np.linalg.solve(_sum(at, small), drive)
            answer[k] = at @ self.corners + drive @ x
            right = np.linalg.norm(triangle @ np.concatenate((np.zeros(len(at) * len(x)), at)))
            error[k] = np.linalg.norm(triangle @ np.concatenate((np.outer(at, x).ravel(), at))) / right
        return answer, error


def _sum(factors, terms):
    """sum_k factors[k] terms[k]."""
    total = factors[0] * terms[0]
    for factor, term in zip(factors[1:], terms[1:], strict=True):
        total = total + factor * term
    return total


def _extended(basis, vectors):
    """An orthonormal basis with further vectors; those that it holds already are left out."""
    for vector in vectors:
        scale = np.linalg.norm(vector)
        for _ in range(2):
            vector = vector - basis @ (basis.T @ vector)
        left = np.linalg.norm(vector)
        if left > 1e-10 * scale:
            basis = np.column_stack((basis, vector / left))
    return basis
