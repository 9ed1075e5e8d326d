"""One number of a run, with its unit, its scaled value and its meaning."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """One number (or word) of a run.

    ``value`` in ``unit`` (SI; "1" for a pure number, "" for a word), nan where what it asks for never happened;
    ``scaled`` is the same in ``scaled_unit``, nan where the value has no scale.
    """

    name: str
    value: float | str
    unit: str
    scaled: float
    meaning: str
    scaled_unit: str = ""

    def __str__(self) -> str:
        """Name, value and scaled value on one line."""
        if isinstance(self.value, str):
            return f"{self.name} = {self.value}"
        if self.value != self.value:
            return f"{self.name} = never"
        unit = "" if self.unit == "1" else f" {self.unit}"
        scaled = "" if self.scaled != self.scaled else f" ({self.scaled:.4g} {self.scaled_unit})"
        return f"{self.name} = {self.value:.4g}{unit}{scaled}"
