"""The numbers and words of a study file as settings of a page: what each is, what is allowed, where it comes from."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from typing import Any

from solion.study.quantities import split
from solion.study.sources import path_of
from solion.study.study import Study

LEFT_OUT = ("title", "description", "sources", "printed", "output", "views", "fit", "sweep")
SPAN = 10.0  # times a number without bounds of its own that a slider goes down and up
DIGITS = 4
STEPS = 200


@dataclasses.dataclass(frozen=True)
class Setting:
    """One entry of a study file. ``key``: its dotted key; ``value``: as the file holds it, a number, a text or a truth value.

    ``low`` and ``high``: what is allowed (SI), where the entry is a declared number; ``source``: provenance and reference.
    """

    key: str
    value: Any
    words: str
    allowed: str = ""
    low: float = -math.inf
    high: float = math.inf
    source: str = ""

    @property
    def group(self) -> str:
        """The table of the file that it stands in."""
        return self.key.rpartition(".")[0] or "study"

    @property
    def text(self) -> str:
        """The value as a person types it."""
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        return f"{self.value:.10g}" if isinstance(self.value, float) else str(self.value)

    @property
    def number(self) -> tuple[float, str] | None:
        """Number and unit of the entry; None of a word and of a count, which no slider should move."""
        if isinstance(self.value, float):
            return self.value, ""
        return split(self.value) if isinstance(self.value, str) else None

    def scale(self) -> Scale | None:
        """How a slider moves it; None where it is no number, or zero without bounds."""
        found = self.number
        if found is None:
            return None
        number, unit = found
        bounded = math.isfinite(self.low) and math.isfinite(self.high) and not unit and self.high <= SPAN * max(1.0, abs(number))
        if bounded:
            margin = (self.high - self.low) / STEPS
            return Scale(number, unit, self.low + margin, self.high - margin, logarithmic=False)
        if number > 0 and self.low >= 0:
            return Scale(number, unit, number / SPAN, number * SPAN, logarithmic=True)
        if number != 0:
            ends = sorted((0.0, 2 * number))
            return Scale(number, unit, *ends, logarithmic=False)
        return None


@dataclasses.dataclass(frozen=True)
class Scale:
    """A slider's positions from 0 to :data:`STEPS` as numbers from ``low`` to ``high``."""

    number: float
    unit: str
    low: float
    high: float
    logarithmic: bool

    def at(self, position: float) -> float:
        """The number at a position, with as many digits as a slider can tell apart."""
        part = position / STEPS
        even = self.low + (self.high - self.low) * part
        value = self.low * (self.high / self.low) ** part if self.logarithmic else even
        return float(f"{value:.{DIGITS}g}")

    def position(self, value: float) -> float:
        """Where on the slider a number is, at its end where it lies beyond."""
        if self.logarithmic:
            part = math.log(max(value, 1e-300) / self.low) / math.log(self.high / self.low)
        else:
            part = (value - self.low) / (self.high - self.low)
        return STEPS * min(max(part, 0.0), 1.0)

    def text(self, value: float) -> str:
        """A number with the unit of the entry."""
        return f"{value:g} {self.unit}".strip()


def settings_of(study: Study) -> list[Setting]:
    """Every entry of a study that a page can change, in the order of the file."""
    rows = {row.path: row for row in study.rows()}
    found = []
    for key, value in _leaves(study.data):
        row = rows.get(path_of(key, rows) or "")
        if row is None:
            found.append(Setting(key, value, ""))
            continue
        low, high = _bounds(row.range)
        source = f"{row.provenance}: {row.reference}" if row.reference else row.provenance
        found.append(Setting(key, value, row.doc, row.range, low, high, source))
    return found


def _bounds(text: str) -> tuple[float, float]:
    """The ends of an allowed range such as "(0, inf)"."""
    low, _, high = text.strip("()[]").partition(",")
    try:
        return float(low), float(high)
    except ValueError:
        return -math.inf, math.inf


def _leaves(data: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    if isinstance(data, dict):
        for name, value in data.items():
            if path or name not in LEFT_OUT:
                yield from _leaves(value, (*path, str(name)))
    elif isinstance(data, list):
        for place, value in enumerate(data):
            yield from _leaves(value, (*path, str(place)))
    elif path:
        yield ".".join(path), data


def typed(text: str, earlier: Any) -> Any:
    """What a typed text means in a study file, in the kind of the earlier value."""
    text = text.strip()
    if isinstance(earlier, bool) and text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
