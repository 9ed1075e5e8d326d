"""Posterior of the resolved particle: nested sampling, runs of the particle emulated over the range that the series leaves.

A likelihood by runs would take some 10 000 of them. Depths at set times are smooth in the logarithms of k, D and sigma_Y:
thin-plate splines through some hundred runs give them, over the reach of the linearised fit first, over that of the points
found probable then. Runs that had no part in the splines say how far those are off, over the error of a row; a posterior is no
better than that.
"""

from __future__ import annotations

import dataclasses
import time

import numpy as np
from scipy.interpolate import RBFInterpolator
from scipy.stats import qmc

from solion.base.errors import InputError
from solion.explore.identify.least_squares import ProfileInterval
from solion.explore.identify.posterior import marginal, nested

POINTS = 48  # times at which the depth is emulated, dense at the start
RUNS, TESTS = 96, 16  # of a round
ROUNDS = 3
LOOKS = 12  # powers of two of points at which a round looks for the probable ones
PROBABLE, FEWEST = 12.0, 20  # ln likelihood below the best up to which a point is, and how many are at least
NEAREST = 8  # of the test runs, to the draws
WIDTH = 5.0  # standard deviations of the linearised fit to which the first range reaches, or the whole range
ROUGH = 0.3  # of the error of a row that the splines may be off
BEYOND = 0.35  # of the reach of one posterior by which the next range is wider
DECADES = 1.5  # either way of the fit: the range of each number, all values of its logarithm equally probable


@dataclasses.dataclass(frozen=True)
class ResolvedPosterior:
    """``draws``: equal ones of k (m/s), D (m2/s), sigma_Y (Pa; wires and spheres) and the start (s), by name; ``log_evidence``
    over 1.5 decades either way of each; ``misfit``: of the splines, over the error of a row, at runs they do not know."""

    draws: dict[str, np.ndarray]
    log_evidence: float
    error: float
    misfit: float
    runs: int
    calls: int
    seconds: float

    def interval(self, name: str, confidence: float = 0.95) -> ProfileInterval:
        """Median and the middle of the draws; open where they reach to the end of the range."""
        low, middle, high = np.quantile(self.draws[name], [0.5 - confidence / 2, 0.5, 0.5 + confidence / 2])
        wide = name != "start" and bool(np.log10(high / low) > 2 * DECADES * confidence * 0.8)
        return ProfileInterval(float(middle), float(low), float(high), wide, wide)

    @property
    def sentence(self) -> str:
        """What it found."""
        units = {"front_rate": "m/s", "diffusivity": "m2/s", "yield_stress": "Pa", "start": "s"}
        said = []
        for name in self.draws:
            found, words = self.interval(name), name.replace("_", " ")
            said.append(
                f"{words} not bounded" if found.open_low else f"{words} {found.low:.3g} to {found.high:.3g} {units[name]}"
            )
        rough = "" if self.misfit < ROUGH else ", too roughly for these intervals"
        return (
            f"Posterior of the resolved particle, 95 %: {', '.join(said)}; "
            f"{self.runs} runs, emulated within {self.misfit:.2g} of the error of a row{rough}."
        )


class _Emulator:
    """Depths over the radius at set shares of the duration, of points of a box in the logarithms of the numbers."""

    def __init__(self, resolved, box: np.ndarray, seed: int):
        self.resolved, self.box = resolved, box
        self.times = resolved.duration * np.linspace(0, 1, POINTS + 1) ** 2
        shares = qmc.Sobol(len(box), rng=np.random.default_rng(seed)).random_base2(int(np.ceil(np.log2(RUNS + TESTS))))
        self.shares, self.depths = shares, np.stack([self.run(row) for row in self.at(shares)])
        self.splines = RBFInterpolator(shares[TESTS:], self.depths[TESTS:, 1:], kernel="thin_plate_spline", degree=2)

    def at(self, shares: np.ndarray) -> np.ndarray:
        """Logarithms of the numbers of shares of the box."""
        return self.box[:, 0] + shares * (self.box[:, 1] - self.box[:, 0])

    def run(self, parts: np.ndarray) -> np.ndarray:
        """Depths of one run at the set times."""
        return np.interp(self.times, *self.resolved.run(parts))

    def lengths(self, depths: np.ndarray, start: np.ndarray) -> np.ndarray:
        """Lengths at the rows of depths (sets, times) and starts (s), without offset."""
        series = self.resolved.model.series
        since = np.maximum(series.time - start[:, None], 0)
        deep = np.stack([np.interp(t, self.times, np.maximum.accumulate(y)) for t, y in zip(since, depths, strict=True)])
        return series.meaning.of_depth(series.specimen, np.clip(deep, 0, None))

    def emulated(self, shares: np.ndarray) -> np.ndarray:
        """Depths of sets of shares."""
        return np.column_stack([np.zeros(len(shares)), self.splines(shares)])


def sample_resolved(resolved, best: np.ndarray, spread: np.ndarray, deviation: float, seed: int = 0) -> ResolvedPosterior:
    """Posterior of the numbers of a fitted :class:`.transient.ResolvedModel` and its start, the offset integrated out.

    ``best``, ``spread``: the fit and its linearised standard deviations, logarithms first; ``deviation``: error of a row where
    the series does not know it. Raises InputError where dynesty is not installed, or a run gives no numbers.
    """
    began, before, count = time.perf_counter(), resolved.runs, len(resolved.names)
    model, reach = resolved.model, DECADES * np.log(10)
    sigma = model.sigma if model.series.sigma is not None else np.full(len(model.series), deviation)
    whole = best[:count, None] + reach * np.array([-1.0, 1.0])
    width = np.clip(WIDTH * spread[:count], 0.05, reach)
    box = best[:count, None] + width[:, None] * np.array([-1.0, 1.0])
    begins = np.array(model.around.begin)

    for turn in range(ROUNDS):
        emulator = _Emulator(resolved, box, seed + turn)

        def likelihood(shares, emulator=emulator):
            share = shares[:, count] if resolved.start_free else np.zeros(len(shares))
            start = begins[0] + (begins[1] - begins[0]) * share
            off = model.series.value - emulator.lengths(emulator.emulated(shares[:, :count]), start)
            return marginal(off, sigma, model.around.offset)

        points = qmc.Sobol(count + resolved.start_free, rng=np.random.default_rng(seed)).random_base2(LOOKS)
        logs = likelihood(points)
        order = np.argsort(-logs)
        kept = points[order[: max(FEWEST, int(np.sum(logs > logs.max() - PROBABLE)))]]
        misfit, found = _misfit(emulator, kept, sigma), emulator.at(kept[:, :count])
        low, high = found.min(0), found.max(0)
        near = 0.02 * np.ptp(box, axis=1)
        cut = ((low - box[:, 0] < near) & (box[:, 0] > whole[:, 0])) | ((box[:, 1] - high < near) & (box[:, 1] < whole[:, 1]))
        if (misfit < ROUGH and not np.any(cut)) or turn == ROUNDS - 1:
            break
        room = BEYOND * (high - low) + 0.01
        box = np.clip(np.column_stack([low - room, high + room]), whole[:, :1], whole[:, 1:])
    draws, log_evidence, error, calls = nested(likelihood, count + resolved.start_free, seed)
    found = emulator.at(draws[:, :count])
    numbers = dict(zip(resolved.names, np.exp(found).T, strict=True))
    if resolved.start_free:
        numbers["start"] = begins[0] + (begins[1] - begins[0]) * draws[:, count]
    log_evidence += float(np.sum(np.log(np.ptp(emulator.box, axis=1) / (2 * reach))))
    return ResolvedPosterior(numbers, log_evidence, error, misfit, resolved.runs - before, calls, time.perf_counter() - began)


def _misfit(emulator: _Emulator, draws: np.ndarray, sigma: np.ndarray) -> float:
    """Root mean square, over rows and the test runs next to the draws, of the splines' error over that of a row."""
    count = len(emulator.box)
    inside = np.argsort(np.linalg.norm(emulator.shares[:TESTS, None] - draws[None, :40, :count], axis=2).min(1))[:NEAREST]
    known, spline = emulator.depths[inside], emulator.emulated(emulator.shares[inside])
    start = np.full(len(inside), emulator.resolved.model.around.begin[0])
    if emulator.resolved.start_free:
        begins = emulator.resolved.model.around.begin
        start = np.full(len(inside), begins[0] + (begins[1] - begins[0]) * float(np.median(draws[:, count])))
    if not np.all(np.isfinite(known)):
        raise InputError("the resolved particle did not run over the range of its numbers; give a start that is known.")
    return float(np.sqrt(np.mean(((emulator.lengths(known, start) - emulator.lengths(spline, start)) / sigma) ** 2)))
