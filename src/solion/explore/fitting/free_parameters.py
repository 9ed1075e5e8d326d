"""Which numbers to fit, within which bounds: ``device.top.rate``, or ``device.thickness=40 nm..160 nm``."""

from __future__ import annotations

import math
from collections.abc import Iterable

from pydantic_core import PydanticCustomError

from solion.base.errors import InputError
from solion.explore.fitting.levenberg import NumberBounds
from solion.explore.fitting.numbers import StudyNumber, find
from solion.explore.fitting.problem import FreeParameter
from solion.study.quantities import split
from solion.study.study import Study, units_of

REACH = 100.0  # bounds that are not given: the start divided and multiplied by this, within the allowed range
NEARLY = 1e-3  # distance from an end of the allowed range that belongs to it no more, as a share of the end or of the range
DECADE = 10.0


def read_parameters(study: Study, texts: Iterable[str]) -> list[FreeParameter]:
    """The numbers to fit from texts of the form ``key`` or ``key=low..high``; a bound without unit is in that of the number.

    A number is searched in its logarithm where its bounds are positive and a decade or more apart, unless the upper one comes
    near a finite limit of what is allowed, as those of fillings and asymmetries do.
    """
    found: dict[str, FreeParameter] = {}
    for text in texts:
        key, equals, bounds = (part.strip() for part in text.partition("="))
        number = find(study, key)
        if key in found:
            raise InputError(f"{study.shown}: {key} is named twice among the numbers to fit.")
        low, high = _given(study, number, bounds) if equals else _default(study, number)
        _check(study, number, low, high)
        logarithmic = low > 0 and high / low >= DECADE and not high > 0.1 * number.high
        found[key] = FreeParameter(number, NumberBounds(low, high, logarithmic))
    if not found:
        raise InputError(f"{study.shown}: name at least one number to fit, such as --fit device.top.rate.")
    return list(found.values())


def _given(study: Study, number: StudyNumber, text: str) -> tuple[float, float]:
    parts = text.split("..")
    if len(parts) != 2:
        raise InputError(f"{study.shown}: {number.key}={text}: the bounds are not of the form low..high, such as 1e-3..1.")
    return _bound(study, number, parts[0]), _bound(study, number, parts[1])


def _bound(study: Study, number: StudyNumber, text: str) -> float:
    parts = split(text)
    if parts is None:
        raise InputError(f"{study.shown}: {number.key}: the bound {text.strip()!r} is not a number with a unit.")
    magnitude, unit = parts
    if not unit:
        return magnitude
    if not number.unit:
        raise InputError(f"{study.shown}: {number.key}: the bound {text.strip()!r} has a unit, and the number has none.")
    try:
        return units_of(study).convert(magnitude, unit, (number.unit,))
    except PydanticCustomError as error:
        raise InputError(f"{study.shown}: {number.key}: the bound {text.strip()!r} {error}.") from None


def _default(study: Study, number: StudyNumber) -> tuple[float, float]:
    value = number.value
    if value == 0:
        raise InputError(f"{study.shown}: {number.key} starts at zero; give its bounds, as in {number.key}=low..high.")
    ends = sorted((value / REACH, value * REACH))
    width = number.high - number.low
    margin = NEARLY * width if math.isfinite(width) else 0.0
    low = max(ends[0], number.low + (margin if value - number.low > margin else 0.0))
    high = min(ends[1], number.high - (margin if number.high - value > margin else 0.0))
    return low, high


def _check(study: Study, number: StudyNumber, low: float, high: float) -> None:
    shown = f"{number.shown(low)}..{number.shown(high)}"
    if not low < high:
        raise InputError(f"{study.shown}: {number.key}: the bounds {shown} are reversed; the lower one comes first.")
    if low < number.low or high > number.high:
        allowed = f"[{number.low:.6g}, {number.high:.6g}] {number.unit}".strip()
        raise InputError(f"{study.shown}: {number.key}: the bounds {shown} leave the allowed range {allowed}.")
    if not low < number.value < high:
        raise InputError(
            f"{study.shown}: {number.key}: the start {number.shown(number.value)} is not between the bounds {shown}; change "
            f"them, or the start with --set {number.key}=..."
        )
