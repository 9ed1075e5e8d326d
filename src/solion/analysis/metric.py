"""One number of a run, with its unit, its scaled value and its meaning."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """One number (or word) of a run.

    ``value`` in ``unit`` (SI; "1" for a pure number, "" for a word), nan where what it asks for never happened;
    ``scaled`` is the same in ``scaled_unit``, nan where the value has no scale. ``headline``: a reader looks for it first.
    ``words``: all that a word may be, in the order of their meaning. ``alike``: its name in a sweep, where its own holds a
    value of this run.
    """

    name: str
    value: float | str
    unit: str
    scaled: float
    meaning: str
    scaled_unit: str = ""
    headline: bool = False
    words: tuple[str, ...] = ()
    alike: str = ""

    def __str__(self) -> str:
        """Name, value and scaled value on one line."""
        if isinstance(self.value, str):
            return f"{self.name} = {self.value}"
        if self.value != self.value:
            return f"{self.name} = never"
        if math.isinf(self.value):
            return f"{self.name} = {'' if self.value > 0 else 'minus '}infinite"
        unit = "" if self.unit == "1" else f" {self.unit}"
        scaled = "" if self.scaled != self.scaled else f" ({self.scaled:.4g} {self.scaled_unit})"
        return f"{self.name} = {self.value:.4g}{unit}{scaled}"


def pure(name: str, value: float, meaning: str, unit: str = "1", **more) -> Metric:
    """A metric without a scale."""
    return Metric(name, float(value), unit, math.nan, meaning, **more)


def word(name: str, value: str, meaning: str, words: tuple[str, ...], **more) -> Metric:
    """A metric that is one of some words, given in the order of their meaning."""
    return Metric(name, value, "", math.nan, meaning, words=words, **more)
