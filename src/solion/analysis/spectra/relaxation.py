"""Distribution of relaxation times of an impedance spectrum.

    Z(omega) = R_inf + i omega L + 1/(i omega C) + int gamma(ln tau)/(1 + i omega tau) d ln tau,    gamma >= 0,

on a grid of ten times per decade, gamma a straight line between them. Real and imaginary parts together, weighted by
1/|Z|, with the second differences of gamma penalised (Tikhonov) and gamma held non-negative; a review is Dierickx,
Weber and Ivers-Tiffee, Electrochimica Acta, 2020. How much is penalised is chosen by generalised
cross-validation on the active numbers (those not held at zero), or by the corner of the L-curve.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from solion.analysis.spectra.data import FEWEST, chain_of_relaxations, read_spectrum
from solion.analysis.spectra.penalised import PenalisedFit, areas, columns
from solion.base.errors import InputError

PER_DECADE = 10
BEYOND = 1.0  # decades of times beyond the inverse frequencies
SMALL = 1e-3  # of the highest gamma: lower peaks are no peaks
SIGNIFICANT = 5.0  # standard deviations by which the misfit rises without a peak that the data need
MISFIT = 0.02  # of |Z|, above which a residual is told where it is not noise
STRUCTURED = 2.0  # times the misfit of relaxations of either sign: gamma >= 0 does not describe the data
OUTSIDE = 0.02  # share of the polarisation at times that no frequency reaches, above which it is told


@dataclass(frozen=True)
class RelaxationPeak:
    """A peak of the distribution: its time in s (maximum of a parabola through the top), its area (a resistance) and height.

    ``significance``: by how many standard deviations the fit is worse where gamma may not have this maximum.
    """

    time: float
    area: float
    height: float
    significance: float


@dataclass(frozen=True)
class RelaxationTimes:
    """gamma at ``time`` (s), in the unit of the impedance; R_inf, inductance, the regularisation used and the fitted impedance.

    ``capacitance``: C in series (F, F/m^2), inf where there is none. ``tops``: places of the maxima that the data need, with
    their significance (0 beyond the times of the data). ``residual`` is the root mean square of |Z_fit - Z|/|Z|.
    ``warnings``: what the data do not tell.
    """

    time: NDArray
    gamma: NDArray
    series: float
    inductance: float
    regularisation: float
    impedance: NDArray
    residual: float
    capacitance: float = np.inf
    tops: tuple[tuple[int, float], ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def polarisation(self) -> float:
        """Area of the whole distribution: Z(0) - R_inf where the spectrum reaches its limit of direct current."""
        return float(areas(np.log(self.time)) @ self.gamma)

    def peaks(self, smallest: float = SMALL) -> list[RelaxationPeak]:
        """Peaks that the data need, higher than a share of the highest, by time; each owns what lies between its neighbouring
        minima. Side lobes, which a smooth distribution has beside a sharp one, belong to the peak beside them."""
        g, x = self.gamma, np.log(self.time)
        highest = max((g[top] for top, sure in self.tops if sure), default=np.inf)
        chosen = [(top, sure) for top, sure in self.tops if not sure or g[top] > smallest * highest]
        tops = [top for top, _ in chosen]
        cuts = [0, *(int(a + np.argmin(g[a : b + 1])) for a, b in pairwise(tops)), g.size - 1]
        weights = areas(x)
        found = []
        for k, (top, sure) in enumerate(chosen):
            if not sure:  # beyond the times of the data: it bounds its neighbour's share and is no peak
                continue
            inside = np.arange(cuts[k], cuts[k + 1] + 1)
            share = np.ones(inside.size)
            share[0] *= 0.5 if k else 1.0
            share[-1] *= 0.5 if k < len(tops) - 1 else 1.0
            left, mid, right = g[top - 1 : top + 2]
            shift = 0.5 * (left - right) / (left - 2 * mid + right)
            time = float(np.exp(x[top] + shift * (x[1] - x[0])))
            found.append(RelaxationPeak(time, float((weights * g)[inside] @ share), float(g[top]), sure))
        return found


def relaxation_times(
    frequency: ArrayLike,
    impedance: ArrayLike,
    *,
    regularisation: float | Literal["gcv", "l-curve"] = "gcv",
    per_decade: int = PER_DECADE,
    inductance: bool | None = None,
    blocking: bool = False,
) -> RelaxationTimes:
    """The distribution of relaxation times of a spectrum; ``frequency`` in Hz, impedance in ohm or ohm m^2.

    ``regularisation`` is a number (between 1e-7 and 10 or so) or how to choose it. ``inductance`` lets leads take part; where it
    is None they do if the imaginary part is positive at the highest frequency. ``blocking`` adds a capacitor in series, for
    electrodes that pass no direct current. Raises InputError for data that do not match, a frequency range below two decades,
    a wrong sign of the imaginary part, or an unknown choice.
    """
    omega, z, warnings = read_spectrum("relaxation_times", frequency, impedance)
    decades = np.log10(omega.max() / omega.min())
    if decades < 2:
        raise InputError(f"relaxation_times: frequencies span {decades:.2g} decades, outside the allowed range [2, inf).")
    if inductance is None:
        inductance = bool(z[np.argmax(omega)].imag > 0)
    count = round((decades + 2 * BEYOND) * per_decade) + 1
    x = np.linspace(-np.log(omega.max()) - BEYOND * np.log(10), -np.log(omega.min()) + BEYOND * np.log(10), count)
    extra = [np.ones(omega.size, complex)]
    extra += [1j * omega / omega.max()] if inductance else []
    extra += [-1j * omega.min() / omega] if blocking else []
    noise = chain_of_relaxations(omega, z).misfit if omega.size >= FEWEST else 0.0
    fit = PenalisedFit(np.column_stack((columns(omega, x), *extra)), z, count, noise)
    penalty = fit.penalty("relaxation_times", regularisation)
    found = fit.solve(penalty)
    gamma, others = found[:count], list(found[count:])
    fitted = fit.full @ found
    residual = fit.misfit(found / fit.scale)
    series = others.pop(0)
    lead = others.pop(0) / omega.max() if inductance else 0.0
    capacitance = 1 / (others[0] * omega.min()) if blocking and others[0] > 0 else np.inf
    inside = np.flatnonzero((np.exp(x) >= 1 / omega.max()) & (np.exp(x) <= 1 / omega.min()))
    tops = fit.needed_tops(gamma, penalty, inside, SIGNIFICANT, SMALL)
    notes = (*warnings, *_described(omega, z, residual, noise), *_limits(omega, z, x, gamma, blocking))
    return RelaxationTimes(
        np.exp(x), gamma, float(series), float(lead), penalty, fitted, residual, float(capacitance), tops, notes
    )


def _described(omega, z, residual: float, noise: float) -> Iterator[str]:
    """A sentence where the residual is not that of noise."""
    if residual > max(MISFIT, STRUCTURED * noise):
        low = z[np.argmin(omega)].imag > 0
        cause = "an inductive loop at low frequency is the likely cause" if low else "an inductance, a loop or a drift"
        yield (
            f"no distribution of relaxations describes the data: the misfit of {residual:.2g} of |Z| is that of no noise "
            f"(relaxations of either sign: {noise:.2g}); {cause}, and peaks and areas mean little."
        )


def _limits(omega, z, x, gamma, blocking: bool) -> Iterator[str]:
    """Sentences on what lies at times that no frequency reaches."""
    weights = areas(x) * gamma
    total = weights.sum()
    slow, fast = (weights[side].sum() for side in (x > -np.log(omega.min()), x < -np.log(omega.max())))
    scale = np.abs(z).min()
    if slow > OUTSIDE * max(total, scale):
        remedy = "" if blocking else "; for an electrode that blocks give blocking=True"
        yield (
            f"the spectrum does not reach its limit of direct current: {slow / total:.0%} of the polarisation lies at times "
            f"beyond the lowest frequency ({omega.min() / (2 * np.pi):.3g} Hz), so that Z(0) is not known{remedy}."
        )
    if fast > OUTSIDE * max(total, scale):
        yield (
            f"{fast / total:.0%} of the polarisation lies at times below the highest frequency "
            f"({omega.max() / (2 * np.pi):.3g} Hz): it cannot be told from the series resistance."
        )
