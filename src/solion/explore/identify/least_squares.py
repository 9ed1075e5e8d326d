"""Fit of one law to one series: start time and offset free, noise in linear space, intervals by profile likelihood."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

import numpy as np
from scipy import optimize, stats
from scipy.stats import qmc

from solion.explore.identify.front_laws import FrontLaw, FrontScale, LawNumber, scale_of
from solion.explore.identify.front_series import FrontSeries

STARTS = 256  # trial points, of which the best few are refined
REFINED = 2  # on either side of the first row
EARLIEST = 1.0  # durations of the series that the reaction may have begun before the first row
LATEST = 0.35  # of the duration: rows up to there may precede the reaction
OFFSETS = 3.0  # errors of a row that all lengths may be off together
STEP = 1e-4  # of a range, for slopes: the laws are linear between the depths they know


@dataclasses.dataclass(frozen=True)
class StartAndOffset:
    """What is not of the law: when the reaction began (s, low and high), and by how much all lengths may be off (in their unit).

    A start that is known has two equal ends.
    """

    begin: tuple[float, float]
    offset: float


@dataclasses.dataclass(frozen=True)
class FrontModel:
    """A law on a series: residuals of many sets of numbers at once. Shares of ranges (0 to 1) stand for the numbers.

    The numbers are those of the law and, last, the start time.
    """

    series: FrontSeries
    law: FrontLaw
    around: StartAndOffset

    @functools.cached_property
    def scale(self) -> FrontScale:
        """The reference of the series."""
        return scale_of(self.series)

    @functools.cached_property
    def numbers(self) -> tuple[LawNumber, ...]:
        """Numbers of the law, and the start time where it is free."""
        low, high = self.around.begin
        start = () if low == high else (LawNumber("start", low, high, "s", False, "time at which the reaction began"),)
        return (*self.law.numbers(self.scale), *start)

    @property
    def free(self) -> int:
        """How many numbers are free, offset included."""
        return len(self.numbers) + (self.around.offset > 0)

    def values(self, shares: np.ndarray) -> np.ndarray:
        """Numbers of sets of shares, (sets, numbers); the start is always among them."""
        columns = [number.at(shares[:, k]) for k, number in enumerate(self.numbers)]
        if self.around.begin[0] == self.around.begin[1]:
            columns.append(np.full(len(shares), self.around.begin[0]))
        return np.stack(columns, axis=1)

    def depths(self, values: np.ndarray, time: np.ndarray | None = None) -> np.ndarray:
        """Depth at the rows' times (or others) for each set of numbers."""
        time = self.series.time if time is None else time
        return self.law.depth(self.scale, values, np.maximum(time[None] - values[:, -1:], 0))

    def lengths(self, values: np.ndarray, time: np.ndarray | None = None) -> np.ndarray:
        """What would be measured without offset, for each set of numbers."""
        return self.series.meaning.of_depth(self.series.specimen, self.depths(values, time))

    @functools.cached_property
    def sigma(self) -> np.ndarray:
        """Standard deviation of each row, or a hundredth of the range where it is not known."""
        known = self.series.sigma
        return np.full(len(self.series), 0.01 * float(np.ptp(self.series.value))) if known is None else known

    def residuals(self, shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """((sets, rows and one) residuals over sigma with the likeliest offset, last that one over its error; offsets).

        The error is that of an offset drawn evenly from its range, range/sqrt(3). The best offset *within* the range would be
        the union over all of them, whose intervals hold the truth too often.
        """
        off = self.series.value - self.lengths(self.values(shares))
        if self.around.offset == 0:
            return off / self.sigma, np.zeros(len(off))
        weight, error = 1 / self.sigma**2, self.around.offset / np.sqrt(3)
        best = (off @ weight) / (weight.sum() + error**-2)
        return np.column_stack([(off - best[:, None]) / self.sigma, best / error]), best

    def deviance_of(self, cost: float) -> float:
        """Twice the negative logarithm of the likelihood, up to a constant; noise that is not known is taken at its best."""
        rows = len(self.series)
        return cost if self.series.sigma is not None else rows * float(np.log(max(cost, 1e-300) / rows))


@dataclasses.dataclass(frozen=True)
class LawFit:
    """The best numbers of a law. ``cost``: sum of squares over sigma^2; ``fitted``: lengths at the rows; ``shares``
    of the ranges.
    """

    model: FrontModel
    shares: np.ndarray
    cost: float
    offset: float

    @property
    def law(self) -> FrontLaw:
        """The law."""
        return self.model.law

    @functools.cached_property
    def values(self) -> dict[str, float]:
        """Numbers by name, start and offset among them."""
        row = self.model.values(self.shares[None])[0]
        names = [number.name for number in self.model.law.numbers(self.model.scale)]
        return dict(zip([*names, "start"], map(float, row), strict=True)) | {"offset": self.offset}

    @property
    def fitted(self) -> np.ndarray:
        """Lengths at the rows, offset included."""
        return self.at(self.model.series.time)

    def at(self, time: np.ndarray) -> np.ndarray:
        """Lengths at any times, offset included."""
        return self.model.lengths(self.model.values(self.shares[None]), time)[0] + self.offset

    @property
    def freedom(self) -> int:
        """Rows, and what is known of the offset, beyond the free numbers."""
        return len(self.model.series) - self.model.free + (self.model.around.offset > 0)

    @property
    def deviation(self) -> float:
        """Standard deviation of the residuals in the unit of L."""
        return float(np.sqrt(self.cost / max(self.freedom, 1)) * np.median(self.model.sigma))

    @property
    def corrected_criterion(self) -> float:
        """AICc: deviance + 2 k + 2 k (k + 1)/(rows - k - 1), k with the noise where it is not known."""
        k, rows = self.model.free + (self.model.series.sigma is None), len(self.model.series)
        return self.model.deviance_of(self.cost) + 2 * k + 2 * k * (k + 1) / max(rows - k - 1, 0.5)


def fit_law(model: FrontModel, fixed: dict[int, float] | None = None, near: np.ndarray | None = None) -> LawFit:
    """Least squares over the shares; ``fixed`` holds some of them, ``near`` starts there instead of searching the whole range."""
    fixed = fixed or {}
    count = len(model.numbers)
    open_ = [k for k in range(count) if k not in fixed]

    def whole(part: np.ndarray) -> np.ndarray:
        shares = np.empty((len(part), count))
        shares[:, open_] = part
        for k, value in fixed.items():
            shares[:, k] = value
        return shares

    if not open_:
        shares = whole(np.empty((1, 0)))
        residual, offset = model.residuals(shares)
        return LawFit(model, shares[0], float(residual[0] @ residual[0]), float(offset[0]))
    trials = _points(len(open_)) if near is None else np.atleast_2d(near)[:, open_]
    costs = np.sum(model.residuals(whole(trials))[0] ** 2, axis=1)
    steps = STEP * np.eye(len(open_))

    def value(part: np.ndarray) -> np.ndarray:
        return model.residuals(whole(part[None]))[0][0]

    def slopes(part: np.ndarray) -> np.ndarray:
        signs = np.where(part > 0.5, -1.0, 1.0)
        around = model.residuals(whole(np.vstack([part, part + signs[:, None] * steps])))[0]
        return ((around[1:] - around[0]) * signs[:, None] / STEP).T

    found = []
    for low, high in _sides(model, open_):
        inside = np.all((trials >= low) & (trials <= high), axis=1) | (near is not None)
        for start in trials[inside][np.argsort(costs[inside])[:REFINED]]:
            within = low + np.clip((start - low) / (high - low), 1e-3, 1 - 1e-3) * (high - low)
            jac: Any = slopes
            found.append(optimize.least_squares(value, within, jac=jac, bounds=(low, high), xtol=1e-9, max_nfev=200))
    shares = whole(min(found, key=lambda tried: tried.cost).x[None])
    return LawFit(model, shares[0], 2 * min(float(tried.cost) for tried in found), float(model.residuals(shares)[1][0]))


def _sides(model: FrontModel, open_: list[int]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Boxes of the shares that are searched apart: the start before the first row, and after it. Between two rows each it has a
    valley of its own, from which no step leads to a start before them all."""
    low, high = np.zeros(len(open_)), np.ones(len(open_))
    first, last = model.around.begin
    share = (model.series.time[0] - first) / (last - first) if first < last else 0.0
    if len(model.numbers) - 1 not in open_ or not 1e-6 < share < 1 - 1e-6:
        return [(low, high)]
    edge = np.array([share if k == len(model.numbers) - 1 else np.nan for k in open_])
    return [(low, np.where(np.isnan(edge), high, edge)), (np.where(np.isnan(edge), low, edge), high)]


@functools.lru_cache
def _points(count: int) -> np.ndarray:
    return qmc.Sobol(count, rng=np.random.default_rng(1)).random(STARTS)


def threshold(fit: LawFit, confidence: float) -> float:
    """Rise of the sum of squares over its least at which a number leaves its interval; by Student's t where noise is
    not known.
    """
    if fit.model.series.sigma is not None:
        return float(stats.chi2.ppf(confidence, 1))
    freedom = max(fit.freedom, 1)
    return float(stats.t.ppf(0.5 + confidence / 2, freedom) ** 2 * fit.cost / freedom)


@dataclasses.dataclass(frozen=True)
class ProfileInterval:
    """A number's best value and interval; ``open_low``, ``open_high``: whether the data do not bound it within its range."""

    value: float
    low: float
    high: float
    open_low: bool
    open_high: bool


def interval(fit: LawFit, name: str, confidence: float = 0.95) -> ProfileInterval:
    """Interval by profile likelihood: numbers at which the best fit of all others is not yet worse than the threshold."""
    index = [number.name for number in fit.model.numbers].index(name)
    number, level = fit.model.numbers[index], threshold(fit, confidence)
    best = [fit]

    def rise(share: float, near: np.ndarray) -> tuple[float, np.ndarray]:
        found = fit_law(fit.model, {index: share}, near)
        if found.cost < best[0].cost:
            best[0] = found
        return found.cost - best[0].cost - level, found.shares

    def side(direction: float) -> tuple[float, bool]:
        inside, near, step = fit.shares[index], fit.shares, 0.004
        while True:
            outside = float(np.clip(inside + direction * step, 0, 1))
            above, shares = rise(outside, near)
            if above > 0:
                break
            inside, near, step = outside, shares, 1.8 * step
            if outside in (0.0, 1.0):
                return outside, True
        start = near
        root = optimize.brentq(lambda share: rise(share, start)[0], inside, outside, xtol=2e-4) if inside != outside else outside
        return float(root), False  # pyright: ignore[reportArgumentType]

    (low, open_low), (high, open_high) = side(-1.0), side(1.0)
    return ProfileInterval(
        float(number.at(best[0].shares[index])), float(number.at(low)), float(number.at(high)), open_low, open_high
    )
