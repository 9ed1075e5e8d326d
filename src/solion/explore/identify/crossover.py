"""Which rates a series fixes: interface speed, layer constant, the thickness at which one takes over, the drive that
arrest shows.
"""

from __future__ import annotations

import dataclasses
import math

from solion.explore.identify.front_laws import LAWS, RATES
from solion.explore.identify.least_squares import FrontModel, LawFit, ProfileInterval, fit_law, interval

SHARP = 4.0  # ends of an interval of l* nearer than this factor: both rates are known
LEAST_SHARE = 0.02  # of the time to half the depth: less than that of interface or layer is not seen


@dataclasses.dataclass(frozen=True)
class Crossover:
    """``known``: both, interface, layer or neither; ``sentence`` says so. Rates are None where the data do not fix them.

    ``length`` l* = D/k (m) of product thickness; ``interface_speed`` v_k = k dc/N0 (m/s of host); ``layer_constant`` K = D dc/N0
    (m2/s); ``parabolic`` 2 S D = 2 beta K (m2/s), the slope of product thickness squared in a plane.
    """

    known: str
    sentence: str
    length: ProfileInterval | None
    interface_speed: ProfileInterval | None
    layer_constant: ProfileInterval | None
    parabolic: float | None


def crossover(fit: LawFit, confidence: float = 0.95) -> Crossover:
    """What a fit of the law deal_grove says of interface and layer, by profile likelihood of the layer's share of the time.

    A crossover thickness is given only where the data exclude both limits and bound it within a factor of two either way: outside
    some 0.2 to 10 l* a series shows one rate only. From lengths alone only the products k dc and D dc follow.
    """
    series, around = fit.model.series, fit.model.around
    share = interval(fit, "layer_share", confidence)
    low, high = (_length(fit, s) for s in (share.high, share.low))
    no_layer, no_interface = share.open_low or share.low < LEAST_SHARE, share.open_high or share.high > 1 - LEAST_SHARE
    rates = fit_law(FrontModel(series, RATES, around))
    products = "From lengths alone only the products k dc and D dc follow; k and D need the excess dc = c_s - c_eq."
    if no_layer and no_interface:
        return Crossover(
            "neither",
            f"Neither rate is identifiable: the series fits with the interface alone and with the layer alone. {products}",
            None,
            None,
            None,
            None,
        )
    if no_layer:
        bound = f" l* is above {low * 1e9:.3g} nm." if math.isfinite(low) and low > 0 else ""
        alone = fit_law(FrontModel(series, LAWS[0], around))
        speed = _over(alone.model.scale.depth, interval(alone, "half_time", confidence))
        return Crossover("interface", f"Only k is identifiable (as k dc).{bound} {products}", None, speed, None, None)
    if no_interface:
        bound = f" l* is below {high * 1e9:.3g} nm." if math.isfinite(high) else ""
        alone = fit_law(FrontModel(series, LAWS[1], around))
        constant = _over(float(series.specimen.layer_time(alone.model.scale.depth)), interval(alone, "half_time", confidence))
        return Crossover(
            "layer",
            f"Only K = 2 S D is identifiable (as D dc).{bound} {products}",
            None,
            None,
            constant,
            2 * series.specimen.volume_ratio * constant.value,
        )
    speed, constant = (interval(rates, name, confidence) for name in ("interface_speed", "layer_constant"))
    length = ProfileInterval(_length(fit, share.value), low, high, False, False)
    if high / low > SHARP:
        return Crossover(
            "neither",
            f"Both resistances show, but l* is known only between {low * 1e9:.3g} and {high * 1e9:.3g} nm; "
            "a series over 0.2 to 10 l* "
            f"would fix it. {products}",
            length,
            speed,
            constant,
            None,
        )
    return Crossover(
        "both",
        f"Both are identifiable: l* = D/k = {length.value * 1e9:.4g} nm ({low * 1e9:.4g} to {high * 1e9:.4g} nm). {products}",
        length,
        speed,
        constant,
        2 * series.specimen.volume_ratio * constant.value,
    )


def _length(fit: LawFit, share: float) -> float:
    """l* = K/v_k at a share of the layer."""
    depth = fit.model.scale.depth
    ratio = float(fit.model.series.specimen.layer_time(depth)) / depth
    return ratio * (1 - share) / share if share > 0 else math.inf


def _over(way: float, time: ProfileInterval) -> ProfileInterval:
    return ProfileInterval(way / time.value, way / time.high, way / time.low, time.open_high, time.open_low)
