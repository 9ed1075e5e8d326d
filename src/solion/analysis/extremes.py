"""Largest values: generalised extreme-value fits, their confidence, and what a larger electrode must expect.

The largest hot spot of an electrode is an extreme of many grains: over samples of equal area A_0 it follows

    G(x) = exp(-(1 + xi (x - mu)/s)^(-1/xi))        (xi > 0 Frechet, 0 Gumbel, < 0 Weibull: a bounded one)

and over an area A, taken as A/A_0 independent samples, G^(A/A_0) (Coles, *An Introduction to Statistical Modeling of
Extreme Values*, 2001, doi:10.1007/978-1-4471-3675-0).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from solion.base.errors import InputError
from solion.protocols.protocol import whole_number

FEWEST = 8  # samples for three numbers


@dataclass(frozen=True)
class Estimate:
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

    def quantile(self, probability: float, area: float | None = None, confidence: float = 0.9) -> Estimate:
        """The value that the largest over an area (that of the samples unless given) stays below with a probability."""
        _share("probability", probability)
        _share("confidence", confidence)
        times = 1.0 if area is None else area / self.area
        if not times > 0:
            raise InputError(f"Extremes: area = {area!r} is outside its allowed range (0, inf).")
        own = _quantile(probability, times, self.shape, self.location, self.scale)
        others = _quantile(probability, times, *self.resampled.T)
        low, high = np.quantile(others, [(1 - confidence) / 2, (1 + confidence) / 2])
        return Estimate(float(own), float(low), float(high), confidence)

    def median(self, area: float | None = None, confidence: float = 0.9) -> Estimate:
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
    y = -np.log(probability) / times
    shape = np.asarray(shape)
    power = -np.log(y) * np.where(np.abs(shape) < 1e-8, 1.0, np.expm1(-shape * np.log(y)) / np.where(
        np.abs(shape) < 1e-8, 1.0, -shape * np.log(y)
    ))  # fmt: skip
    return location + scale * power


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
    values: ArrayLike, area: float = 1.0, *, frechet: bool = False, resamples: int = 200, seed: int = 0
) -> Extremes:
    """Fit largest values of samples of equal area by maximum likelihood, with a parametric bootstrap for the intervals.

    ``frechet`` fixes the lower end at zero (xi > 0, mu = s/xi): two numbers, for few samples of positive values. Raises
    InputError for fewer than 8 values, values that are not finite, or all alike.
    """
    x = np.asarray(values, float).ravel()
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
    drawn = _quantile(random.random((resamples, x.size)), 1.0, *own)
    resampled = np.array([fit(sample, (own[0],)) for sample in drawn])
    return Extremes(*own, area, x, resampled)


def _general(x, shapes=(0.1, -0.1)) -> tuple[float, float, float]:
    """(xi, mu, s) by maximum likelihood from the moments and these xi; |xi| < 1, where the likelihood has a maximum."""
    from scipy.optimize import minimize

    spread = np.sqrt(6) / np.pi * np.std(x)
    centre = np.mean(x) - 0.5772 * spread

    def cost(p):
        shape, location, scale = p[0], centre + spread * p[1], spread * np.exp(p[2])
        if abs(shape) >= 1:
            return 1e10
        z = (x - location) / scale
        inside = 1 + shape * z
        if np.any(inside <= 0):
            return 1e10
        logs = z if abs(shape) < 1e-8 else np.log(inside) / shape
        return x.size * np.log(scale) + np.sum((1 + shape) * logs + np.exp(-logs))

    best = min(
        (minimize(cost, (shape, 0.0, 0.0), method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-7, "maxiter": 2000})
         for shape in shapes), key=lambda found: found.fun,
    )  # fmt: skip
    return float(best.x[0]), float(centre + spread * best.x[1]), float(spread * np.exp(best.x[2]))


def _frechet(x, shapes=()) -> tuple[float, float, float]:
    """(xi, mu, s) with the lower end at zero: ln x is Gumbel."""
    from scipy.stats import gumbel_r

    location, scale = gumbel_r.fit(np.log(x))
    size = np.exp(location)
    return float(scale), float(size), float(size * scale)


def sample_quantile(values: ArrayLike, probability: float, confidence: float = 0.9) -> Estimate:
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
    return Estimate(
        float(np.quantile(x, probability)), float(x[max(low - 1, 0)]), float(x[min(high, x.size - 1)]), confidence
    )
