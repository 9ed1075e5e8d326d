"""Largest values: generalised extreme-value fits, their confidence, and what a larger electrode must expect.

The largest hot spot of an electrode is an extreme of many grains: over samples of equal area A_0 it follows

    G(x) = exp(-(1 + xi (x - mu)/s)^(-1/xi))        (xi > 0 Frechet, 0 Gumbel, < 0 Weibull: a bounded one)

and over an area A, taken as A/A_0 independent samples, G^(A/A_0) (Coles, *An Introduction to Statistical Modeling of
Extreme Values*, 2001, doi:10.1007/978-1-4471-3675-0). The three numbers follow from L-moments (Hosking, Wallis and Wood 1985,
doi:10.1080/00401706.1985.10488049), which are steadier than the largest likelihood for few values. Intervals come from
resamples whose shape is scattered by its own standard error: without that, ten values hold the truth of an area 50 times
larger in 71 to 85 of 100 cases where 90 are promised, with it in 88 to 98.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from solion.base.errors import InputError
from solion.protocols.protocol import whole_number

FEWEST = 10  # values from which intervals hold the truth about as often as they say
STEEPEST = 0.9  # largest |xi| of resamples: beyond 1 there is no mean, and no L-moment


@dataclass(frozen=True)
class QuantileEstimate:
    """A value with the interval that holds the true one with probability ``confidence``."""

    value: float
    low: float
    high: float
    confidence: float

    def __str__(self) -> str:
        return f"{self.value:.4g} [{self.low:.4g}, {self.high:.4g}]"


@dataclass(frozen=True)
class Extremes:
    """A fitted distribution of largest values of samples of ``area`` (m^2, or the width in m of plane models).

    ``shape`` is xi, ``location`` mu, ``scale`` s. ``resampled`` are the same three of bootstrap samples (rows), from which
    intervals come.
    """

    shape: float
    location: float
    scale: float
    area: float
    values: NDArray
    resampled: NDArray

    @property
    def tail(self) -> str:
        """``heavy`` where nine of ten bootstrap samples have xi > 0, ``bounded`` where nine have xi < 0, else ``undecided``."""
        share = float(np.mean(self.resampled[:, 0] > 0))
        return "heavy" if share >= 0.9 else "bounded" if share <= 0.1 else "undecided"

    def quantile(self, probability: float, area: float | None = None, confidence: float = 0.9) -> QuantileEstimate:
        """The value that the largest over an area (that of the samples unless given) stays below with a probability."""
        _share("probability", probability)
        _share("confidence", confidence)
        times = 1.0 if area is None else area / self.area
        if not times > 0:
            raise InputError(f"Extremes: area = {area!r} is outside its allowed range (0, inf).")
        own = _quantile(probability, times, self.shape, self.location, self.scale)
        others = _quantile(probability, times, *self.resampled.T)
        low, high = np.quantile(others, [(1 - confidence) / 2, (1 + confidence) / 2])
        return QuantileEstimate(float(own), float(low), float(high), confidence)

    def median(self, area: float | None = None, confidence: float = 0.9) -> QuantileEstimate:
        """The median largest value over an area."""
        return self.quantile(0.5, area, confidence)

    def exceeding(self, level: float, area: float | None = None) -> float:
        """Probability that the largest over an area exceeds a level."""
        times = 1.0 if area is None else area / self.area
        return float(-np.expm1(times * _log_cdf(level, self.shape, self.location, self.scale)))


def _share(name: str, value: float) -> None:
    if not 0 < value < 1:
        raise InputError(f"Extremes: {name} = {value!r} is outside its allowed range (0, 1).")


def _quantile(probability, times, shape, location, scale):
    """x with G(x)^times = probability."""
    y = np.log(-np.log(probability) / times)
    flat = np.abs(shape) < 1e-8
    return location + scale * np.where(flat, -y, np.expm1(-shape * y) / np.where(flat, 1.0, shape))


def _log_cdf(x, shape, location, scale):
    """ln G(x)."""
    z = (x - location) / scale
    if abs(shape) < 1e-8:
        return -np.exp(-z)
    inside = 1 + shape * z
    if inside <= 0:
        return -np.inf if shape > 0 else 0.0
    return -(inside ** (-1 / shape))


def fit_extremes(
    values: ArrayLike, area: float = 1.0, *, frechet: bool = False, resamples: int = 1000, seed: int = 0
) -> Extremes:
    """Fit largest values of samples of equal area by their L-moments, with a parametric bootstrap for the intervals.

    ``frechet`` fixes the lower end at zero (xi > 0, mu = s/xi): two numbers, for positive values. Raises InputError for fewer
    than 10 values, values that are not finite, or all alike.
    """
    try:
        x = np.asarray(values, float).ravel()
    except (TypeError, ValueError) as error:
        raise InputError(f"fit_extremes: values must be numbers ({error}).") from None
    whole_number("fit_extremes: resamples", resamples, 20)
    if x.size < FEWEST or not np.all(np.isfinite(x)) or np.ptp(x) == 0:
        raise InputError(f"fit_extremes: {x.size} values; give at least {FEWEST} finite ones that are not all alike.")
    if frechet and x.min() <= 0:
        raise InputError(f"fit_extremes: value {x.min():g} is outside (0, inf), where a Frechet distribution lives.")
    if not area > 0:
        raise InputError(f"fit_extremes: area = {area!r} is outside its allowed range (0, inf).")
    fit = _frechet if frechet else _general
    own = fit(x)
    random = np.random.default_rng(seed)

    def drawn(shapes):
        location, scale = (own[1], shapes * own[1]) if frechet else own[1:]
        return fit(_quantile(random.random((resamples, x.size)), 1.0, shapes, location, scale))

    scatter = np.std(drawn(own[0])[0]) * random.standard_normal((resamples, 1))
    shapes = np.clip(own[0] + scatter, 1e-3 if frechet else -STEEPEST, STEEPEST)
    shape, location, scale = map(float, own)
    return Extremes(shape, location, scale, area, x, np.column_stack(drawn(shapes)))


def _moments(x):
    """The first three L-moments of samples along the last axis, unbiased."""
    x = np.sort(x, axis=-1)
    n, i = x.shape[-1], np.arange(x.shape[-1])
    zeroth, first = x.mean(axis=-1), x @ i / (n * (n - 1))
    second = x @ (i * (i - 1)) / (n * (n - 1) * (n - 2))
    return zeroth, 2 * first - zeroth, 6 * second - 6 * first + zeroth


def _general(x):
    """(xi, mu, s) of samples along the last axis: 2 (1 - 3^xi)/(1 - 2^xi) - 3 is the third L-moment over the second."""
    from scipy.special import gamma

    mean, spread, third = _moments(x)
    skew = third / spread
    guess = 2 / (3 + skew) - np.log(2) / np.log(3)
    shape = -7.8590 * guess - 2.9554 * guess**2

    def excess(xi):
        return 2 * np.expm1(xi * np.log(3)) / np.expm1(xi * np.log(2)) - 3 - skew

    for _ in range(4):  # Newton from Hosking's approximation, which is good to 1e-3
        shape = np.where(np.abs(shape) < 1e-6, 1e-6, shape)
        value = excess(shape)
        shape = np.clip(shape - 1e-6 * value / (excess(shape + 1e-6) - value), -20.0, 0.99)
    shape = np.where(np.abs(shape) < 1e-6, 1e-6, shape)
    area = gamma(1 - shape)
    scale = spread * shape / (np.expm1(shape * np.log(2)) * area)
    return shape, mean - scale * (area - 1) / shape, scale


def _frechet(x):
    """(xi, mu, s) with the lower end at zero: ln x is Gumbel, whose second L-moment is its scale times ln 2."""
    mean, spread, _ = _moments(np.log(x))
    shape = spread / np.log(2)
    location = np.exp(mean - np.euler_gamma * shape)
    return shape, location, shape * location


def sample_quantile(values: ArrayLike, probability: float, confidence: float = 0.9) -> QuantileEstimate:
    """A quantile of a sample with the interval of its order statistics (binomial; no distribution is assumed).

    The interval is as wide as the sample where it is too small for its confidence.
    """
    from scipy.stats import binom

    _share("probability", probability)
    _share("confidence", confidence)
    x = np.sort(np.asarray(values, float).ravel())
    if x.size < 2:
        raise InputError(f"sample_quantile: {x.size} values; give at least 2.")
    low, high = binom.ppf([(1 - confidence) / 2, (1 + confidence) / 2], x.size, probability).astype(int)
    return QuantileEstimate(
        float(np.quantile(x, probability)), float(x[max(low - 1, 0)]), float(x[min(high, x.size - 1)]), confidence
    )
