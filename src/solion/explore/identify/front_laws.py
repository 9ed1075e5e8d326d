"""Laws that a series of a front may follow: each gives the depth in time from a few numbers, for many sets of them at once.

All physical laws are one, the series of resistances of the quasi-steady limit with the driving force eaten by stress:

    dt/dy = [ e^(alpha g)/v_k + G_m(y)/K + (a/b)^m/v_h ] (1 - e^-G)/(1 - e^(g-G)),   g = G ln(b/a)/ln(b/a)_arrest

with v_k = k dc/N0, K = D dc/N0, v_h = h dc/N0 of the host frame, G the net driving force in kT and alpha = 1/2. A
law keeps some of the terms. Its numbers are chosen so that each has a natural range: the time to a reference depth,
shares of that time, the reacted fraction at arrest.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable

import numpy as np

from solion.explore.identify.front_series import FrontSeries
from solion.explore.identify.specimen import Specimen

ALPHA = 0.5  # how much of the mechanical work slows the forward step: assumed, as in the calibrated silicon set
POINTS = 400  # depths at which the time is known; between them it is linear
REACH = 30.0  # depths of reference that a plane without an end is followed
ARREST = 28.0  # e-folds towards arrest that are followed
MOST_REACTED = 0.999
U = np.linspace(0, 1, 161)  # in which the way to arrest is divided, ends and middles of panels


@dataclasses.dataclass(frozen=True)
class LawNumber:
    """A number of a law, with the range in which it is searched and drawn, evenly or in its logarithm."""

    name: str
    low: float
    high: float
    unit: str = "1"
    logarithmic: bool = False
    meaning: str = ""

    def at(self, share):
        """The number at a share of its range."""
        share = np.asarray(share, float)
        if self.logarithmic:
            return self.low * (self.high / self.low) ** share
        return self.low + (self.high - self.low) * share

    def share(self, value: float) -> float:
        """The share of its range at which a number lies, from 0 to 1."""
        if self.logarithmic:
            found = np.log(value / self.low) / np.log(self.high / self.low)
        else:
            found = (value - self.low) / (self.high - self.low)
        return float(np.clip(found, 0, 1))


@dataclasses.dataclass(frozen=True)
class FrontScale:
    """What the ranges of a law are made of: a depth within the series, half the deepest, and the series' duration."""

    specimen: Specimen
    depth: float
    duration: float

    @functools.cached_property
    def grid(self) -> np.ndarray:
        """Depths from 0 to the end of the host (or far beyond the series), dense at the surface, where layers start as a root."""
        end = self.specimen.radius if self.specimen.finite else REACH * self.depth
        return end * np.linspace(0, 1, POINTS) ** 2

    @functools.cached_property
    def times(self) -> tuple[np.ndarray, ...]:
        """Times to the depths of the grid where interface, layer or film alone limits, over that to the reference depth."""
        s = self.specimen
        return tuple(time(self.grid) / time(self.depth) for time in (s.interface_time, s.layer_time, s.film_time))


@dataclasses.dataclass(frozen=True)
class FrontLaw:
    """A law: ``numbers(scale)`` with their ranges; ``depth(scale, values, time)`` at times after the start, (sets, times).

    ``values`` has a row for each set of numbers. ``mechanism``: what limits in it; "" for a law without one.
    ``curved``: whether it needs a wire or a sphere to be distinct.
    """

    name: str
    text: str
    mechanism: str
    numbers: Callable[[FrontScale], tuple[LawNumber, ...]]
    depth: Callable[[FrontScale, np.ndarray, np.ndarray], np.ndarray]
    curved: bool = False

    def applies(self, specimen: Specimen) -> bool:
        """Whether the law is distinct for that body."""
        return specimen.curved or not self.curved


def scale_of(series: FrontSeries) -> FrontScale:
    """The reference of a series."""
    deepest = float(np.max(series.depth))
    if series.specimen.finite:
        deepest = float(np.clip(deepest, 1e-3 * series.specimen.radius, series.specimen.radius))
    return FrontScale(series.specimen, 0.5 * deepest, series.span)


def _duration(scale: FrontScale) -> LawNumber:
    return LawNumber(
        "half_time", 0.01 * scale.duration, 3 * scale.duration, "s", True, "time from the start to half the deepest depth"
    )


SHARE = LawNumber("layer_share", 0.0, 1.0, "1", False, "share of that time which the layer's resistance takes")
FORCE = LawNumber("driving_force", 0.3, 20.0, "kT", True, "net driving force without stress")


def _arrest(scale: FrontScale) -> LawNumber:
    least = float(scale.specimen.fraction(1.02 * scale.depth))
    return LawNumber("arrest_fraction", least, MOST_REACTED, "1", False, "reacted fraction at which stress eats the drive")


def _followed(grid: np.ndarray, elapsed: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Depths at ``time`` where ``elapsed`` (sets, points) is the time to the depths ``grid`` ((sets,) points)."""
    grid = np.broadcast_to(grid, elapsed.shape)
    return np.stack([np.interp(t, row, depths) for t, row, depths in zip(time, elapsed, grid, strict=True)])


def _resisted(share_of: Callable[[np.ndarray], tuple]):
    """A law without stress: time is a sum of the three closed integrals, by their shares at the reference depth."""

    def depth(scale: FrontScale, values: np.ndarray, time: np.ndarray) -> np.ndarray:
        total = sum(np.reshape(share, (-1, 1)) * part for share, part in zip(share_of(values), scale.times, strict=True))
        return _followed(scale.grid, values[:, :1] * total, time)

    return depth


def stressed_times(
    scale: FrontScale, arrest: np.ndarray, force: np.ndarray, layer: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(depths, times, parts of the time) with stress, (sets, points); ``layer``: share of the unstressed resistance
    at the reference.

    The parts are (3, sets, points): interface and layer without stress, and what stress adds. Times are in units of the
    unstressed interface alone taking the time 1 to the reference depth, where ``layer`` is 0.
    """
    s, p, beta = scale.specimen, scale.specimen.power, scale.specimen.volume_ratio
    strain = s.arrest_ratio(arrest)[:, None]
    force, layer = force[:, None], layer[:, None]
    left = np.exp(-ARREST * U**2)  # 1 - g/G
    ratio = np.exp(p * strain * (1 - left))  # (b/a)^p
    depth = s.radius * (1 - (beta / (ratio + beta - 1)) ** (1 / p))
    slope = (s.radius - depth) * ratio / (ratio + beta - 1) * strain * left  # dy/dq
    drive = np.expm1(-force) / np.expm1(-force * left)
    interface = (1 - layer) / s.interface_time(scale.depth) * slope
    through = layer / s.layer_time(scale.depth) * s.layer_resistance(depth) * slope
    slowed = np.exp(ALPHA * force * (1 - left))
    parts = np.stack([interface, through, interface * (slowed * drive - 1) + through * (drive - 1)]) * (2 * ARREST * U)
    # Simpson's rule in u, in which depths start evenly and the integrands are smooth
    panels = (parts[..., :-1:2] + 4 * parts[..., 1::2] + parts[..., 2::2]) * (U[1] / 3)
    parts = np.concatenate([np.zeros_like(panels[..., :1]), np.cumsum(panels, axis=-1)], axis=-1)
    return depth[:, ::2], np.maximum.accumulate(parts.sum(0), axis=-1), parts


def _stressed(layer_of: Callable[[np.ndarray], np.ndarray], arrest: int, force: int):
    def depth(scale: FrontScale, values: np.ndarray, time: np.ndarray) -> np.ndarray:
        depths, times, _ = stressed_times(scale, values[:, arrest], values[:, force], layer_of(values))
        half = np.array([np.interp(scale.depth, d, t) for d, t in zip(depths, times, strict=True)])
        return _followed(depths, values[:, :1] * times / half[:, None], time)

    return depth


def _logarithmic(scale: FrontScale, values: np.ndarray, time: np.ndarray) -> np.ndarray:
    bend = values[:, 1:2]
    return scale.depth * np.log1p(bend * np.maximum(time / values[:, :1], 0)) / np.log1p(bend)


def _power(scale: FrontScale, values: np.ndarray, time: np.ndarray) -> np.ndarray:
    depth = scale.depth * np.maximum(time / values[:, :1], 0) ** values[:, 1:2]
    return np.minimum(depth, scale.specimen.radius)


def _by_rates(scale: FrontScale, values: np.ndarray, time: np.ndarray) -> np.ndarray:
    s = scale.specimen
    total = s.interface_time(scale.grid) / values[:, :1] + s.layer_time(scale.grid) / values[:, 1:2]
    return _followed(scale.grid, total, time)


def _around(value: float) -> tuple[float, float]:
    return 1e-2 * value, 1e4 * value


POWER = FrontLaw(
    "power",
    "depth grows as (t - t0)^n",
    "",
    lambda scale: (_duration(scale), LawNumber("exponent", 0.05, 3.0, "1", False, "n of depth ~ (t - t0)^n")),
    _power,
)
RATES = FrontLaw(
    "rates",
    "interface and product in series, by their own rates",
    "mixed",
    lambda scale: (
        LawNumber("interface_speed", *_around(scale.depth / scale.duration), "m/s", True, "v_k = k dc/N0 of the host"),
        LawNumber(
            "layer_constant",
            *_around(float(scale.specimen.layer_time(scale.depth)) / scale.duration),
            "m2/s",
            True,
            "K = D dc/N0 of the host",
        ),
    ),
    _by_rates,
)
LAWS = (
    FrontLaw(
        "linear",
        "the interface reaction limits: depth grows evenly",
        "interface",
        lambda scale: (_duration(scale),),
        _resisted(lambda v: (1.0, 0.0, 0.0)),
    ),
    FrontLaw(
        "parabolic",
        "diffusion through the product limits, in the body's own geometry",
        "layer",
        lambda scale: (_duration(scale),),
        _resisted(lambda v: (0.0, 1.0, 0.0)),
    ),
    FrontLaw(
        "deal_grove",
        "interface and product in series",
        "mixed",
        lambda scale: (_duration(scale), SHARE),
        _resisted(lambda v: (1 - v[:, 1], v[:, 1], 0.0)),
    ),
    FrontLaw(
        "film",
        "a film on the outer surface limits",
        "film",
        lambda scale: (_duration(scale),),
        _resisted(lambda v: (0.0, 0.0, 1.0)),
        curved=True,
    ),
    FrontLaw(
        "stress_limited",
        "the interface reaction limits and stress eats its drive until it stops (A1)",
        "stress",
        lambda scale: (_duration(scale), _arrest(scale), FORCE),
        _stressed(lambda v: np.zeros(len(v)), 1, 2),
        curved=True,
    ),
    FrontLaw(
        "full",
        "interface, product and stress together, quasi-steady",
        "stress",
        lambda scale: (_duration(scale), SHARE, _arrest(scale), FORCE),
        _stressed(lambda v: v[:, 1], 2, 3),
        curved=True,
    ),
    FrontLaw(
        "logarithmic",
        "depth grows as a logarithm, as where a barrier grows with it",
        "logarithm",
        lambda scale: (_duration(scale), LawNumber("bend", 1e-2, 1e4, "1", True, "curvature at the half time")),
        _logarithmic,
    ),
)
