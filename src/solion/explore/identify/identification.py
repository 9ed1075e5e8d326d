"""What limits a front: laws fitted to a measured series, ranked, and said in words."""

from __future__ import annotations

import dataclasses
import time

import numpy as np

from solion.base.errors import InputError
from solion.explore.identify.crossover import Crossover, crossover
from solion.explore.identify.front_laws import LAWS, POWER
from solion.explore.identify.front_series import FrontSeries
from solion.explore.identify.least_squares import (
    EARLIEST,
    LATEST,
    OFFSETS,
    FrontModel,
    LawFit,
    ProfileInterval,
    StartAndOffset,
    fit_law,
    interval,
)
from solion.explore.identify.next_experiment import Proposal, proposals
from solion.explore.identify.posterior import LawPosterior, probabilities, sample
from solion.explore.identify.transient import TransientFit, fit_transient
from solion.explore.identify.verdict import FrontVerdict, verdict
from solion.laws.core_shell.arrest import driving_of_arrest
from solion.materials.alloy_host import AlloyHost

OUT = 12.0  # of AICc above the best: such a law is left out of the posterior
FIRST_OFFSET = 0.02  # of the range of L, until the noise is known


@dataclasses.dataclass(frozen=True)
class Identification:
    """What a series says. ``fits``: of every law that applies; ``weights``: by AICc; ``exponent``: n of depth ~ (t - t0)^n.

    ``evidence``, ``mechanisms`` and ``shares`` (probabilities of laws and mechanisms, mean shares of the time) are
    empty without a posterior. ``arrest``: Gamma = |dG| x/(sY Omega) by A1, None in a plane or where the series does not bound it.
    """

    series: FrontSeries
    around: StartAndOffset
    power: LawFit
    exponent: ProfileInterval
    fits: dict[str, LawFit]
    weights: dict[str, float]
    crossover: Crossover
    arrest: ProfileInterval | None
    posteriors: tuple[LawPosterior, ...]
    evidence: dict[str, float]
    mechanisms: dict[str, float]
    shares: dict[str, float]
    verdict: FrontVerdict
    entropy: float
    proposals: tuple[Proposal, ...]
    warnings: tuple[str, ...]
    confidence: float
    seconds: float
    transient: TransientFit | None = None

    @property
    def best(self) -> LawFit:
        """The law with the lowest AICc."""
        return self.fits[max(self.weights, key=lambda name: self.weights[name])]

    def summary(self) -> str:
        """The verdict and what it rests on, line by line."""
        lines = [f"{self.series.name}: {self.verdict.word}", *(f"  {sentence}" for sentence in self.verdict.sentences)]
        lines.append(f"  {self.crossover.sentence}")
        if self.arrest is not None:
            lines.append(f"  {arrest_text(self.arrest)}")
        if self.transient is not None:
            lines.append(f"  {self.transient.sentence}")
        for name, fit in sorted(self.fits.items(), key=lambda entry: entry[1].corrected_criterion):
            probability = f", evidence {self.evidence[name]:.3f}" if name in self.evidence else ""
            lines.append(f"  {name}: AICc {fit.corrected_criterion:.2f}, weight {self.weights[name]:.3f}{probability}")
        if self.mechanisms:
            lines.append(
                "  limits: " + ", ".join(f"{name} {value:.2f}" for name, value in self.mechanisms.items() if value > 0.005)
            )
        if self.proposals:
            first = self.proposals[0]
            lines.append(f"  next: {first.words}: {first.information:.2f} of {self.entropy:.2f} bits on which law holds")
        return "\n".join([*lines, *(f"  note: {note}" for note in self.warnings)])


def identify(
    series: FrontSeries,
    *,
    start: float | tuple[float, float] | None = None,
    offset: float | None = None,
    confidence: float = 0.95,
    posterior: bool = True,
    seed: int = 0,
    material: AlloyHost | None = None,
    potential: float | None = None,
) -> Identification:
    """What limits the front of a ``series``: interface reaction, diffusion, stress or a surface film, or that it is not decided.

    Every law is fitted in linear space with its start time and an offset of all lengths free. ``start`` (s): a time that was
    recorded, or its range; unless said, from one duration before the first row to a third of it after. ``offset``
    (m): by how much all lengths may be off together, 0 for not at all; unless said, three errors of a row.
    ``posterior``: nested sampling of the laws that AICc leaves, and the next experiment from it. With a ``material`` and the
    ``potential`` (V) of the particle the resolved model is fitted as well (:mod:`.transient`), for k, D and the yield stress
    themselves. Raises InputError for ranges that cannot be.
    """
    began = time.perf_counter()
    if not 0.5 <= confidence < 1:
        raise InputError(f"confidence = {confidence!r} is outside its allowed range 0.5 to 1; 0.95 is usual.")
    if (material is None) != (potential is None):
        raise InputError(
            "material and potential go together: the excess that drives the front follows from both; give the potential against "
            "the carrier metal, 0 V in direct contact with it."
        )
    around, notes = _around(series, start, offset)
    power = fit_law(FrontModel(series, POWER, around))
    exponent = interval(power, "exponent", confidence)
    fits = {law.name: fit_law(FrontModel(series, law, around)) for law in LAWS if law.applies(series.specimen)}
    criteria = np.array([fit.corrected_criterion for fit in fits.values()])
    relative = np.exp(-0.5 * (criteria - criteria.min()))
    weights = dict(zip(fits, map(float, relative / relative.sum()), strict=True))
    best = fits[max(weights, key=lambda name: weights[name])]
    deviation = best.deviation
    found: list[LawPosterior] = []
    evidence, mechanisms, shares = {}, {}, {}
    entropy, proposed = 0.0, []
    if posterior:
        for fit in fits.values():
            if fit.corrected_criterion - criteria.min() <= OUT:
                found.append(sample(fit, deviation, seed))
        evidence, mechanisms, shares = probabilities(found)
        entropy, proposed = proposals(found, evidence, _depth_error(series, deviation))
        left = [name for name in fits if name not in evidence]
        if left:
            notes.append(f"The posterior leaves out {', '.join(left)}: their AICc is more than {OUT:g} above the best.")
    arrest, resolved = _arrest(fits, weights, confidence), None
    if material is not None and potential is not None:
        begin = fits["stress_limited" if series.specimen.curved else "deal_grove"]
        resolved = fit_transient(begin, material, potential, posterior=posterior, seed=seed)
    return Identification(
        series,
        around,
        power,
        exponent,
        fits,
        weights,
        _crossover(fits, criteria.min(), confidence),
        arrest,
        tuple(found),
        evidence,
        mechanisms,
        shares,
        verdict(series.specimen, exponent, fits, weights, mechanisms or None),
        entropy,
        tuple(proposed),
        (*series.notes, *notes, *_misfit(series, best)),
        confidence,
        time.perf_counter() - began,
        resolved,
    )


def _around(series: FrontSeries, start, offset: float | None) -> tuple[StartAndOffset, list[str]]:
    """Ranges of the start and the offset, and what was assumed."""
    first, span, notes = float(series.time[0]), series.span, []
    begin = (first - EARLIEST * span, first + LATEST * span)
    if start is not None:
        begin = (float(start), float(start)) if isinstance(start, (int, float)) else (float(start[0]), float(start[1]))
        if not (np.isfinite(begin).all() and begin[0] <= begin[1] < series.time[-1]):
            raise InputError(
                f"start = {start!r} s is outside its allowed range; it is a time, or two in order, before the last row at "
                f"{series.time[-1]:g} s."
            )
    if offset is not None:
        if not (np.isfinite(offset) and offset >= 0):
            raise InputError(f"offset = {offset!r} is outside its allowed range; a length that all rows may be off by, or 0.")
        return StartAndOffset(begin, float(offset)), notes
    if series.sigma is not None:
        return StartAndOffset(begin, OFFSETS * float(np.median(series.sigma))), notes
    rough = fit_law(FrontModel(series, POWER, StartAndOffset(begin, FIRST_OFFSET * float(np.ptp(series.value)))))
    notes.append(
        f"The error of a row is not given; the residuals say {rough.deviation:.3g} {series.meaning.unit}. "
        "Give a pixel error, so that a "
        "misfit shows."
    )
    return StartAndOffset(begin, OFFSETS * rough.deviation), notes


def _crossover(fits: dict[str, LawFit], least: float, confidence: float) -> Crossover:
    """Rates of interface and layer, where a law of these alone is not out."""
    fit = fits["deal_grove"]
    if fit.corrected_criterion - least > OUT:
        return Crossover(
            "neither", "Rates of interface and layer are not read off: the law of both in series is out.", None, None, None, None
        )
    return crossover(fit, confidence)


def _depth_error(series: FrontSeries, deviation: float) -> float:
    """Error of a depth (m), from that of a length."""
    sigma = deviation if series.sigma is None else float(np.median(series.sigma))
    scale = float(np.ptp(series.value)) or 1.0
    return max(sigma * float(np.ptp(series.depth)) / scale, 1e-15)


def _arrest(fits: dict[str, LawFit], weights: dict[str, float], confidence: float) -> ProfileInterval | None:
    """Gamma with its interval from the arrested fraction of the stress-limited law, where that law is not out."""
    fit = fits.get("stress_limited")
    if fit is None or weights["stress_limited"] + weights["full"] < 0.05:
        return None
    found, specimen = interval(fit, "arrest_fraction", confidence), fit.model.series.specimen
    if found.open_high:
        return None
    low, value, high = (
        float(driving_of_arrest(f, specimen.volume_ratio, specimen.order)) for f in (found.low, found.value, found.high)
    )
    return ProfileInterval(value, low, high, found.open_low, False)


def arrest_text(arrest: ProfileInterval) -> str:
    """What the arrested fraction says of drive and yield stress."""
    return (
        f"Arrest gives Gamma = |dG| x/(sY Omega) = {arrest.value:.3g} ({arrest.low:.3g} to "
        f"{arrest.high:.3g}) by A1, rigid-plastic shell, "
        "traction; it does not depend on size."
    )


def _misfit(series: FrontSeries, best: LawFit) -> tuple[str, ...]:
    reduced = best.cost / max(best.freedom, 1)
    spread = np.sqrt(2 / max(best.freedom, 1))
    if series.sigma is None or abs(reduced - 1) < 5 * spread:
        return ()
    if reduced > 1:
        return (
            f"Even the best law, {best.law.name}, misses the rows by {np.sqrt(reduced):.3g} of their "
            "errors: no law here holds, or the "
            "errors are too small; intervals are too narrow.",
        )
    return (
        f"The residuals are only {np.sqrt(reduced):.2g} of the errors given: these are overstated, and so are the intervals.",
    )
