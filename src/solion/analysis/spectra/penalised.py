"""Non-negative penalised least squares for a distribution over logarithmic time, and which of its maxima the data need."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solion.base.errors import InputError, nearest

TRIED = np.geomspace(1e-7, 1e1, 25)  # regularisation, in units in which the largest column has length one
STEP = TRIED[1] / TRIED[0]
LEAST = 1e-20  # the grid is continued downwards as far as this where its end still hides what the data show
ACCURACY = 1e-3  # of |Z|, that of good instruments: no peak is needed to describe less
STRUCTURED = 2.0  # times the misfit without a penalty, above which the penalty makes it
FLAT = 5e-3  # misfit that a corner of the L-curve may have in any case
NEAR = 3.0  # times the least misfit of the curve, beyond which a bend is no corner


def areas(x: NDArray) -> NDArray:
    """Integral of each hat function of a grid."""
    step = np.diff(x)
    return 0.5 * (np.concatenate((step, [0.0])) + np.concatenate(([0.0], step)))


def columns(omega: NDArray, x: NDArray) -> NDArray:
    """int hat_k(x)/(1 + i omega e^x) dx for each omega and hat, by Gauss-Legendre quadrature on both of its sides."""
    points, weights = np.polynomial.legendre.leggauss(4)
    points, weights = (points + 1) / 2, weights / 2
    step = x[1] - x[0]
    between = x[:-1, None] + step * points
    value = step * weights / (1 + 1j * omega[:, None, None] * np.exp(between))
    found = np.zeros((omega.size, x.size), complex)
    found[:, :-1] += value @ (1 - points)
    found[:, 1:] += value @ points
    return found


class PenalisedFit:
    """Columns (``full``) whose first ``count`` are a distribution, fitted to z with the weight 1/|Z|; all factors >= 0.

    ``noise``: the misfit of a fit without any penalty, root mean square of |Z_fit - Z|/|Z|.
    """

    def __init__(self, full: NDArray, z: NDArray, count: int, noise: float = 0.0):
        self.full, self.count, self.noise = full, count, noise
        size = np.tile(np.abs(z), 2)[:, None]
        self.scale = float(np.abs(z).max())  # numbers of order one, so that regularisation means the same for every cell
        self.matrix = np.concatenate((np.real(full), np.imag(full))) / size * self.scale
        self.right = np.concatenate((np.real(z), np.imag(z))) / size[:, 0]
        bend = np.zeros((count, full.shape[1]))
        rows = np.arange(count)
        bend[rows, rows] = -2.0
        bend[rows[:-1], rows[1:]] = bend[rows[1:], rows[:-1]] = 1.0
        self.bend = bend * np.sqrt(np.max(np.sum(self.matrix[:, :count] ** 2, axis=0)) / 6)

    def _solve(self, penalty: float, basis: NDArray | None = None) -> NDArray:
        """Factors of the columns over the scale; with a basis (columns, m), those of non-negative sums of its columns."""
        from scipy.optimize import nnls

        stacked = np.concatenate((self.matrix, np.sqrt(penalty) * self.bend))
        right = np.concatenate((self.right, np.zeros(self.count)))
        if basis is None:
            return nnls(stacked, right, maxiter=50 * stacked.shape[1])[0]
        return basis @ nnls(stacked @ basis, right, maxiter=50 * basis.shape[1])[0]

    def solve(self, penalty: float) -> NDArray:
        """Factors of all columns."""
        return self.scale * self._solve(penalty)

    def penalty(self, who: str, choice) -> float:
        """The regularisation: a number, or how to choose it, 'gcv' or 'l-curve'."""
        if isinstance(choice, str):
            choices = {"gcv": self._validated, "l-curve": self._corner}
            if choice not in choices:
                raise InputError(
                    f"{who}: regularisation = {choice!r} is unknown{nearest(choice, choices)}; a number, 'gcv' or 'l-curve'."
                )
            return choices[choice]()
        if not (np.isfinite(choice) and choice > 0):
            raise InputError(f"{who}: regularisation = {choice:g} is outside its allowed range (0, inf).")
        return float(choice)

    def _validated(self) -> float:
        """The penalty with the least generalised cross-validation score, |r|^2/(1 - trace(hat)/m)^2, of the active numbers."""
        tried = self._grid()
        return float(tried[int(np.argmin([self._score(penalty) for penalty in tried]))])

    def _grid(self) -> list[float]:
        """Penalties to try: continued downwards while the least of them, and not noise, makes the misfit."""
        tried = list(TRIED)
        acceptable = max(ACCURACY, STRUCTURED * self.noise)
        while tried[0] > LEAST and self.misfit(self._solve(tried[0])) > acceptable:
            tried.insert(0, tried[0] / STEP)
        return tried

    def _score(self, penalty: float) -> float:
        x = self._solve(penalty)
        active = x > 0
        part, curve = self.matrix[:, active], self.bend[:, active]
        normal = part.T @ part
        trace = np.trace(np.linalg.lstsq(normal + penalty * curve.T @ curve, normal, rcond=None)[0])
        rest = self.right - self.matrix @ x
        return float(rest @ rest / max(1 - trace / self.right.size, 1e-6) ** 2)

    def _corner(self) -> float:
        """The penalty at the sharpest bend of ln |L x| over ln |r| (Hansen 1992, doi:10.1137/1034115), of those whose misfit is
        near the least: the curve bends as well where the penalty has flattened everything."""
        tried = np.array(self._grid())
        solutions = [self._solve(penalty) for penalty in tried]
        misfit = np.array([self.misfit(x) for x in solutions])
        rest, curve = np.log(misfit + 1e-300), np.log([np.linalg.norm(self.bend @ x) + 1e-300 for x in solutions])
        at = np.log(tried)
        r1, c1 = np.gradient(rest, at), np.gradient(curve, at)
        r2, c2 = np.gradient(r1, at), np.gradient(c1, at)
        bent = (r1 * c2 - r2 * c1) / (r1**2 + c1**2 + 1e-12) ** 1.5
        bent[(misfit > max(FLAT, NEAR * misfit.min())) | (at < at[2]) | (at > at[-3])] = -np.inf
        return float(tried[int(np.argmax(bent))])

    def needed_tops(
        self, gamma: NDArray, penalty: float, inside: NDArray, least: float, smallest: float
    ) -> tuple[tuple[int, float], ...]:
        """The maxima of gamma without which the fit is worse by more than ``least`` standard deviations, and by how many.

        A distribution with a maximum at some places only is a sum of ones that rise to a place and fall beyond it. Maxima
        not ``inside`` the times of the data are given with a significance of 0: what lies there is not known.
        """
        padded = np.concatenate(([-1.0], gamma, [-1.0]))
        high = (padded[1:-1] > padded[:-2]) & (padded[1:-1] >= padded[2:]) & (gamma > smallest * gamma.max())
        tops = np.flatnonzero(high)
        outside = [int(top) for top in tops if top not in inside]
        free = [*outside, 0, self.count - 1]
        tops = sorted((int(top) for top in tops if top in inside), key=lambda top: -gamma[top])
        own = self._squares(self._solve(penalty))
        sigma = max(own / self.right.size, ACCURACY**2 / 2)

        def cost(chosen):
            return self._squares(self._solve(penalty, self._basis([*free, *chosen]))) / sigma

        chosen: list[int] = []
        now = cost(chosen)
        for top in tops:
            if now - own / sigma < least**2:
                break
            following = cost([*chosen, top])
            if now - following > least**2:
                chosen, now = [*chosen, top], following
        found = [(top, 0.0) for top in outside]
        for top in chosen:
            without = cost([other for other in chosen if other != top])
            if without - now > least**2:
                found.append((top, float(np.sqrt(without - now))))
        return tuple(sorted(found))

    def misfit(self, x) -> float:
        """Root mean square of |Z_fit - Z|/|Z|."""
        return float(np.sqrt(2 * self._squares(x) / self.right.size))

    def _squares(self, x) -> float:
        rest = self.right - self.matrix @ x
        return float(rest @ rest)

    def _basis(self, tops) -> NDArray:
        """Non-negative sums of these columns are all distributions with a maximum at these places only, and the other factors."""
        places = np.arange(self.count)
        blocks = []
        for top in sorted(set(tops)):
            rising = (places[:, None] >= places) & (places[:, None] <= top) & (places <= top)
            falling = (places[:, None] <= places) & (places[:, None] > top) & (places > top)
            blocks.append((rising | falling).astype(float))
        extra = self.full.shape[1] - self.count
        top = np.concatenate((*blocks, np.zeros((self.count, extra))), axis=1)
        return np.concatenate((top, np.eye(extra, top.shape[1], top.shape[1] - extra)))
