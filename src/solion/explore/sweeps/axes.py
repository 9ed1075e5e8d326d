"""Axes of a sweep: which keys of a study vary, and over what.

An axis is written as people write it: ``"0.1 ... 0.9 in 9"``, ``"1e-4 ... 1e-2 in 5 log"``, ``"80 nm, 100 nm, 120 nm"``,
``"butler_volmer, marcus_hush_chidsey"``. Several keys may vary together, ``"protocol.0.current.1, protocol.1.current"``, one of
them against the others with a minus sign, ``"-protocol.0.limits.0, protocol.0.limits.1"``.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from solion.base.errors import InputError, nearest
from solion.study.files import inline, value_of
from solion.study.quantities import registry, spelled, split

MOST_VALUES = 100_000
WORDS = ("log", "whole")
DIGITS = 12  # of the numbers of a range
_RANGE = re.compile(
    r"(?P<low>.+?)\s*(?:\.\.\.|…)\s*(?P<high>.+?)"
    r"(?:\s+in\s+(?P<count>\S+)(?P<words>(?:\s+\S+)*)|(?P<bare>(?:\s+(?:log|whole))*))",
    re.DOTALL,
)
_COLONS = re.compile(r"\s*([^:]*\d[^:]*?)\s*:\s*([^:]*\d[^:]*?)\s*:\s*(\d+)\s*")
_FIXED = ("title", "description", "sources")  # tables and keys of a study that no run depends on


@dataclasses.dataclass(frozen=True)
class Key:
    """A dotted key of a study; ``negated`` where it takes minus the value of the axis."""

    path: str
    negated: bool = False


@dataclasses.dataclass(frozen=True)
class AxisRange:
    """Numbers between two ends: evenly spaced, or with ``log`` evenly in their logarithm; ``whole`` ones are rounded."""

    low: float
    high: float
    count: int | None
    log: bool
    whole: bool

    def at(self, share: Any) -> np.ndarray:
        """The numbers at these shares of the way from ``low`` to ``high``."""
        share = np.asarray(share, float)
        if self.log:
            numbers = np.exp(np.log(self.low) + share * (np.log(self.high) - np.log(self.low)))
        else:
            numbers = self.low + share * (self.high - self.low)
        return np.round(numbers) if self.whole else numbers


@dataclasses.dataclass(frozen=True)
class Axis:
    """One axis: its keys, and either its ``values`` or the ``span`` that samples are drawn from.

    ``unit`` is that of the numbers as they were given, "1" for plain ones, "" where the values are names or tables.
    """

    keys: tuple[Key, ...]
    values: tuple[Any, ...] = ()
    unit: str = "1"
    span: AxisRange | None = None

    @property
    def name(self) -> str:
        """The first key, which the axis is called by."""
        return self.keys[0].path

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers."""
        return self.unit != ""

    @property
    def logarithmic(self) -> bool:
        """Whether its numbers are spread evenly in their logarithm."""
        return self.span is not None and self.span.log

    def settings(self, value: Any) -> dict[str, Any]:
        """What the keys of a study are set to at one value of the axis."""
        return {key.path: self._toml(-value if key.negated else value) for key in self.keys}

    def _toml(self, value: Any) -> Any:
        if not self.numeric:
            return value
        number = int(value) if float(value).is_integer() and abs(value) < 2**53 else float(value)
        return number if self.unit == "1" else f"{number!r} {self.unit}"

    def grid(self) -> Axis:
        """The axis with the values of its range written out."""
        if self.span is None:
            return self
        if self.span.count is None:
            raise InputError(f"{self.name}: the range has no number of points; write it as '{_example(self)} in 9'.")
        numbers = tidy(self.span.at(np.linspace(0.0, 1.0, self.span.count)))
        return dataclasses.replace(self, values=tuple(dict.fromkeys(numbers)))


def tidy(numbers: Any) -> list[float]:
    """Numbers without the last digits that computing them leaves: 0.3 for 0.30000000000000004."""
    return [float(f"{number:.{DIGITS}g}") for number in np.atleast_1d(numbers)]


def label(value: Any) -> str:
    """A name or a table as short text."""
    return value if isinstance(value, str) else inline(value)


def _example(axis: Axis) -> str:
    assert axis.span is not None
    unit = "" if axis.unit == "1" else f" {axis.unit}"
    return f"{axis.span.low:g}{unit} ... {axis.span.high:g}{unit}"


def read_axis(keys: str, given: Any) -> Axis:
    """An axis from its keys and its values: a text, or a list of numbers, names or tables.

    Raises :class:`InputError`, one sentence naming the key and the value.
    """
    keyed = read_keys(keys)
    name = keyed[0].path
    if isinstance(given, str):
        if match := _RANGE.fullmatch(given.strip()):
            return _ranged(keyed, given.strip(), match)
        if match := _COLONS.fullmatch(given):
            raise InputError(f"{name} = {given.strip()!r}: a range is written '{match[1]} ... {match[2]} in {match[3]}'.")
        given = _listed(name, given)
    elif isinstance(given, np.ndarray):
        given = given.tolist()
    if not isinstance(given, Sequence):
        raise InputError(f"{name} = {given!r} is no range and no list of values; write '0.1 ... 0.9 in 9' or '0.1, 0.5'.")
    values, unit = read_values(name, list(given))
    axis = Axis(keyed, tuple(values), unit)
    shown = [label(value) for value in values]
    twice = next((text for k, text in enumerate(shown) if text in shown[:k]), None)
    if twice is not None:
        raise InputError(f"{name}: the value {twice} stands there twice.")
    _check_signs(axis)
    return axis


def read_keys(text: str) -> tuple[Key, ...]:
    """The keys of an axis: dotted, separated by commas, each with a minus sign in front where it is to be negated."""
    keys = []
    for part in text.split(","):
        path = part.strip()
        negated, path = path.startswith("-"), path.removeprefix("-").strip()
        if not all(word.strip() for word in path.split(".")):
            raise InputError(f"{text!r} is no key of a study, such as device.filling, or several with commas between them.")
        if path.split(".")[0] in _FIXED:
            raise InputError(f"{path}: no run depends on it, so it cannot be swept.")
        keys.append(Key(path, negated))
    paths = [key.path for key in keys]
    if len(set(paths)) < len(paths):
        raise InputError(f"{text!r} names a key twice.")
    if keys[0].negated:
        raise InputError(f"{text!r}: the axis goes by its first key, which cannot be negated; put another one first.")
    return tuple(keys)


def _check_signs(axis: Axis) -> None:
    negated = next((key.path for key in axis.keys if key.negated), None)
    if negated is not None and not axis.numeric:
        raise InputError(f"{axis.name}: -{negated} asks for the negative of a value that is no number.")


def _listed(name: str, text: str) -> list[Any]:
    if text.strip().startswith("["):
        values = value_of(text.strip())
        if not isinstance(values, list):
            raise InputError(f"{name} = {text!r} is no list; write it as TOML does, [0.1, 0.2], or without brackets.")
        return values
    return [value_of(part.strip()) for part in text.split(",")] if text.strip() else []


def read_values(name: str, given: list[Any]) -> tuple[list[Any], str]:
    """Values and their unit: numbers in the unit of the first one, or names and tables with the unit ""."""
    if not given:
        raise InputError(f"{name}: the list of values is empty.")
    if len(given) > MOST_VALUES:
        raise InputError(f"{name}: {len(given)} values are more than {MOST_VALUES}.")
    numbers = [_number(value) for value in given]
    if all(number is None for number in numbers):
        return [_name(name, value) for value in given], ""
    strange = next((value for value, number in zip(given, numbers, strict=True) if number is None), None)
    if strange is not None:
        raise InputError(f"{name}: {strange!r} is no number, unlike the other values.")
    found = [number for number in numbers if number is not None]
    unit = found[0][1]
    values = [_converted(name, number, unit) for number in found]
    if not all(math.isfinite(value) for value in values):
        raise InputError(f"{name}: the values must be finite numbers.")
    return values, unit or "1"


def _name(name: str, value: Any) -> Any:
    if value is None or (isinstance(value, str) and not value.strip()):
        raise InputError(f"{name}: one of the values is empty.")
    return value


def _number(value: Any) -> tuple[float, str] | None:
    """Number and unit of a value, or None where it is a name, a truth value or a table."""
    if isinstance(value, str):
        return split(value)
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        return None
    return float(value), ""


def _converted(name: str, number: tuple[float, str], unit: str) -> float:
    """The number in a unit."""
    magnitude, own = number
    if own == unit:
        return magnitude
    if own and unit:
        units = registry()
        try:
            return tidy(units.Quantity(magnitude, units.parse_units(spelled(own))).to(spelled(unit)).magnitude)[0]
        except Exception:  # pint raises errors of many kinds
            pass
    mine = f"{magnitude:g} {own} {f'is not in {unit}' if unit else 'has a unit'}" if own else f"{magnitude:g} has no unit"
    first = f"the first value is in {unit}" if unit else "the first value has none"
    raise InputError(f"{name}: {mine}, and {first}; give all values in one unit, such as '70 nm, 80 nm'.")


def _ranged(keys: tuple[Key, ...], text: str, match: re.Match) -> Axis:
    name, words = keys[0].path, (match["words"] or match["bare"] or "").split()
    for word in words:
        if word not in WORDS:
            raise InputError(f"{name} = {text!r}: {word!r} is unknown{nearest(word, WORDS)}; known: {', '.join(WORDS)}.")
    low, high = split(match["low"]), split(match["high"])
    if low is None or high is None:
        raise InputError(f"{name} = {text!r}: the ends of a range are numbers, with or without a unit.")
    unit = low[1] or high[1]
    low = low if low[1] else (low[0], unit)  # "80 ... 120 nm"
    first, last = low[0], _converted(name, high if high[1] else (high[0], unit), unit)
    if not (math.isfinite(first) and math.isfinite(last)):
        raise InputError(f"{name} = {text!r}: the ends of a range are finite numbers.")
    if not first < last:
        raise InputError(f"{name} = {text!r}: the range is empty; its first end must lie below its second.")
    if "log" in words and first <= 0:
        raise InputError(f"{name} = {text!r}: a logarithmic range begins above zero.")
    count = match["count"]
    if count is not None and not (count.isdecimal() and 2 <= int(count) <= MOST_VALUES):
        raise InputError(f"{name} = {text!r}: the number of points {count!r} is no whole number in [2, {MOST_VALUES}].")
    span = AxisRange(first, last, None if count is None else int(count), "log" in words, "whole" in words)
    return Axis(keys, unit=unit or "1", span=span)
