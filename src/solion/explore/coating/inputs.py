"""What is known of one number of a coating: a value, or an interval with its distribution; read with its unit and range."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic_core import PydanticCustomError
from scipy.special import ndtri

from solion.base.errors import InputError
from solion.base.parameters import USER, Source
from solion.study.quantities import Units, split

ASSUMED = Source("assumed", "not given by the file")
NINETY = 1.6448536269514722  # standard deviations of the 5 and 95 % quantiles


@dataclass(frozen=True)
class NumberKey:
    """A number that a candidate may give: unit of the library, range, default (None: absent), meaning, alias of a YAML."""

    unit: str
    low: float
    high: float
    doc: str
    default: Any = None
    alias: str = ""


@dataclass(frozen=True)
class UncertainNumber:
    """``low`` to ``high``, log-uniform; with ``sigma`` log-normal about their geometric mean, then 5 to 95 %. Equal: known."""

    low: float
    high: float
    sigma: float = 0.0
    source: Source = USER

    @property
    def assumed(self) -> bool:
        return self.source.provenance == "assumed"

    @property
    def known(self) -> bool:
        return self.low == self.high

    def at(self, share) -> Any:
        """The quantiles of shares in (0, 1)."""
        if self.known:
            return np.full(np.shape(share), self.low)
        middle = math.log(self.low * self.high) / 2
        if self.sigma:
            return np.exp(middle + self.sigma * ndtri(share))
        return np.exp(math.log(self.low) + np.asarray(share) * math.log(self.high / self.low))


def read_number(raw: Any, unit: str, key: NumberKey, shown: str) -> UncertainNumber:
    """A value of a file as a distribution; ``unit`` is what the key's name says, or empty. Raises InputError."""
    if isinstance(raw, dict):
        if set(raw) != {"mean", "sigma_log"} or not _number(raw["sigma_log"]) or raw["sigma_log"] <= 0:
            raise InputError(f"{shown} = {raw} has to be {{mean, sigma_log}}, sigma_log above 0, of the natural logarithm.")
        mean, sigma = _si(raw["mean"], unit, key, shown), float(raw["sigma_log"])
        spread = math.exp(NINETY * sigma)
        return UncertainNumber(_inside(mean, key, shown) / spread, mean * spread, sigma)
    if isinstance(raw, (list, tuple)):
        if len(raw) != 2:
            raise InputError(f"{shown} = {raw} has to be one value or an interval [low, high].")
        low, high = (_inside(_si(one, unit, key, shown), key, shown) for one in raw)
        if low > high:
            raise InputError(f"{shown} = {raw} is reversed; an interval is [low, high], so write {[raw[1], raw[0]]}.")
        if low <= 0 < high:
            raise InputError(f"{shown} = {raw} begins at 0, which no logarithmic interval can; give its smallest value.")
        return UncertainNumber(low, high)
    value = _inside(_si(raw, unit, key, shown), key, shown)
    return UncertainNumber(value, value)


def _number(raw: Any) -> bool:
    return isinstance(raw, (int, float)) and not isinstance(raw, bool)


def _si(raw: Any, unit: str, key: NumberKey, shown: str) -> float:
    if isinstance(raw, str) and (parts := split(raw)) is not None:
        value, unit = parts[0], parts[1] or unit
    elif _number(raw):
        value = float(raw)
    else:
        raise InputError(f"{shown} = {raw!r} is not a number; give it in {key.unit}.")
    if key.unit == "1" and not unit:
        return value
    if not unit:
        raise InputError(f"{shown} = {raw!r} has no unit; give it in {key.unit}, such as '{raw} {key.unit}'.")
    try:
        return Units().convert(value, unit, (key.unit,))
    except PydanticCustomError as error:
        raise InputError(f"{shown} = {raw!r} {error.message()}.") from None


def _inside(value: float, key: NumberKey, shown: str) -> float:
    if not key.low <= value <= key.high:
        unit = "" if key.unit == "1" else f" {key.unit}"
        hint = "; was cm^2/s meant?" if key.unit == "m^2/s" and value > key.high else "."
        raise InputError(f"{shown} = {value:g}{unit} is outside its allowed range [{key.low:g}, {key.high:g}]{unit}{hint}")
    return value
