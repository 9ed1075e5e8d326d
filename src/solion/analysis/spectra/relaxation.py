"""Distribution of relaxation times of an impedance spectrum.

    Z(omega) = R_inf + i omega L + int gamma(ln tau)/(1 + i omega tau) d ln tau,    gamma >= 0,

on a grid of ten times per decade, gamma a straight line between them. Real and imaginary parts together, weighted by
1/|Z|, with the second differences of gamma penalised (Tikhonov) and gamma held non-negative; a review is Dierickx,
Weber and Ivers-Tiffee, Electrochimica Acta, 2020. How much is penalised is chosen by generalised
cross-validation on the active numbers (those not held at zero), or by the corner of the L-curve.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from solion.analysis.spectra.circuits import _data
from solion.base.errors import InputError, nearest

PER_DECADE = 10
BEYOND = 1.0  # decades of times beyond the inverse frequencies
TRIED = np.geomspace(1e-7, 1e1, 25)  # regularisation, in units in which the largest column has length one
SMALL = 1e-3  # of the highest gamma: lower peaks are no peaks


@dataclass(frozen=True)
class Peak:
    """A peak of the distribution: its time in s (maximum of a parabola through the top), its area (a resistance) and height."""

    time: float
    area: float
    height: float


@dataclass(frozen=True)
class RelaxationTimes:
    """gamma at ``time`` (s), in the unit of the impedance; R_inf, inductance, the regularisation used and the fitted impedance.

    ``residual`` is the root mean square of |Z_fit - Z|/|Z|.
    """

    time: NDArray
    gamma: NDArray
    series: float
    inductance: float
    regularisation: float
    impedance: NDArray
    residual: float

    @property
    def polarisation(self) -> float:
        """Area of the whole distribution, Z(0) - R_inf."""
        return float(_areas(np.log(self.time)) @ self.gamma)

    def peaks(self, smallest: float = SMALL) -> list[Peak]:
        """Peaks higher than a share of the highest, by time; each owns what lies between its neighbouring minima."""
        g, x = self.gamma, np.log(self.time)
        padded = np.concatenate(([-1.0], g, [-1.0]))
        tops = np.flatnonzero((padded[1:-1] > padded[:-2]) & (padded[1:-1] >= padded[2:]) & (g > smallest * g.max()))
        cuts = [0, *(int(a + np.argmin(g[a : b + 1])) for a, b in pairwise(tops)), g.size - 1]
        weights = _areas(x)
        found = []
        for k, top in enumerate(tops):
            inside = np.arange(cuts[k], cuts[k + 1] + 1)
            share = np.ones(inside.size)
            share[0] *= 0.5 if k else 1.0
            share[-1] *= 0.5 if k < len(tops) - 1 else 1.0
            shift = 0.0
            if 0 < top < g.size - 1:
                left, mid, right = g[top - 1 : top + 2]
                shift = 0.5 * (left - right) / (left - 2 * mid + right)
            place = x[top] + shift * (x[1] - x[0])
            found.append(Peak(float(np.exp(place)), float((weights * g)[inside] @ share), float(g[top])))
        return found


def _areas(x):
    """Integral of each hat function of a grid."""
    step = np.diff(x)
    return 0.5 * (np.concatenate((step, [0.0])) + np.concatenate(([0.0], step)))


def _columns(omega, x):
    """int hat_k(x)/(1 + i omega e^x) dx for each omega and hat, by Gauss-Legendre quadrature on both of its sides."""
    points, weights = np.polynomial.legendre.leggauss(4)
    points, weights = (points + 1) / 2, weights / 2
    step = x[1] - x[0]
    between = x[:-1, None] + step * points
    value = step * weights / (1 + 1j * omega[:, None, None] * np.exp(between))
    columns = np.zeros((omega.size, x.size), complex)
    columns[:, :-1] += value @ (1 - points)
    columns[:, 1:] += value @ points
    return columns


def relaxation_times(
    frequency: ArrayLike,
    impedance: ArrayLike,
    *,
    regularisation: float | Literal["gcv", "l-curve"] = "gcv",
    per_decade: int = PER_DECADE,
    inductance: bool = False,
) -> RelaxationTimes:
    """The distribution of relaxation times of a spectrum; ``frequency`` in Hz, impedance in ohm or ohm m^2.

    ``regularisation`` is a number (between 1e-7 and 10 or so) or how to choose it. ``inductance`` lets leads take part.
    Raises InputError for data that do not match, a frequency range below two decades, or an unknown choice.
    """
    from scipy.optimize import nnls

    omega, z = _data("relaxation_times", frequency, impedance)
    decades = np.log10(omega.max() / omega.min())
    if decades < 2:
        raise InputError(
            f"relaxation_times: frequencies span {decades:.2g} decades, outside the allowed range [2, inf)."
        )
    count = round((decades + 2 * BEYOND) * per_decade) + 1
    x = np.linspace(-np.log(omega.max()) - BEYOND * np.log(10), -np.log(omega.min()) + BEYOND * np.log(10), count)
    columns = _columns(omega, x)
    extra = [np.ones(omega.size, complex)]
    if inductance:
        extra.append(1j * omega / omega.max())
    full = np.concatenate((columns, np.array(extra).T), axis=1)
    size = np.abs(z)
    matrix = np.concatenate((np.real(full), np.imag(full))) / np.tile(size, 2)[:, None]
    wanted = np.concatenate((np.real(z), np.imag(z))) / np.tile(size, 2)
    scale = size.max()  # numbers of order one, so that regularisation means the same for every cell
    matrix = matrix * scale
    bend = np.zeros((count, full.shape[1]))
    rows = np.arange(count)
    bend[rows, rows] = -2.0
    bend[rows[:-1], rows[1:]] = bend[rows[1:], rows[:-1]] = 1.0
    bend *= np.sqrt(np.max(np.sum(matrix[:, :count] ** 2, axis=0)) / 6)

    def solve(penalty):
        stacked = np.concatenate((matrix, np.sqrt(penalty) * bend))
        return nnls(stacked, np.concatenate((wanted, np.zeros(count))), maxiter=50 * stacked.shape[1])[0]

    if isinstance(regularisation, str):
        choices = {"gcv": _validated, "l-curve": _corner}
        if regularisation not in choices:
            raise InputError(
                f"relaxation_times: regularisation = {regularisation!r} is unknown{nearest(regularisation, choices)}; "
                "a number, 'gcv' or 'l-curve'."
            )
        penalty = choices[regularisation](matrix, wanted, bend, solve)
    else:
        penalty = float(regularisation)
        if not (np.isfinite(penalty) and penalty > 0):
            raise InputError(f"relaxation_times: regularisation = {penalty:g} is outside its allowed range (0, inf).")
    found = solve(penalty)
    fitted = scale * (full @ found)
    off = np.abs(fitted - z) / size
    lead = scale * found[count + 1] / omega.max() if inductance else 0.0
    return RelaxationTimes(
        np.exp(x), scale * found[:count], float(scale * found[count]), float(lead), penalty, fitted,
        float(np.sqrt(np.mean(off**2))),
    )  # fmt: skip


def _validated(matrix, wanted, bend, solve) -> float:
    """The penalty with the least generalised cross-validation score, |r|^2/(1 - trace(hat)/m)^2, of the active numbers."""
    scores = []
    for penalty in TRIED:
        x = solve(penalty)
        active = x > 0
        part, curve = matrix[:, active], bend[:, active]
        normal = part.T @ part
        trace = np.trace(np.linalg.lstsq(normal + penalty * curve.T @ curve, normal, rcond=None)[0])
        rest = wanted - matrix @ x
        scores.append(rest @ rest / max(1 - trace / wanted.size, 1e-6) ** 2)
    return float(TRIED[int(np.argmin(scores))])


def _corner(matrix, wanted, bend, solve) -> float:
    """The penalty at the sharpest bend of ln |L x| over ln |r| (Hansen 1992, doi:10.1137/1034115)."""
    pairs = []
    for penalty in TRIED:
        x = solve(penalty)
        pairs.append((np.log(np.linalg.norm(matrix @ x - wanted) + 1e-300), np.log(np.linalg.norm(bend @ x) + 1e-300)))
    rest, curve = np.array(pairs).T
    at = np.log(TRIED)
    r1, c1 = np.gradient(rest, at), np.gradient(curve, at)
    r2, c2 = np.gradient(r1, at), np.gradient(c1, at)
    bent = (r1 * c2 - r2 * c1) / (r1**2 + c1**2 + 1e-12) ** 1.5
    return float(TRIED[2:-2][int(np.argmax(bent[2:-2]))])
