"""Which numbers are calibrated, which predicted, which contradicted: one table for documentation and reproductions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from solion.base.errors import InputError

Standing = Literal["calibrated", "predicted", "contradicted", "assumed", "input", "model limit"]
STANDINGS = ("calibrated", "predicted", "contradicted", "assumed", "input", "model limit")


@dataclass(frozen=True)
class Entry:
    """One number: what it is, what the source prints, what the model gives, and how the two stand to each other.

    *calibrated*: the model was made to give it; *predicted*: it gives it without having been; *contradicted*: it gives
    something else; *assumed*: it rests on a choice that no number of the source decides; *input*: it was put in, or follows from
    such numbers by arithmetic; *model limit*: a law of the model cannot give it.
    """

    name: str
    printed: str
    found: str
    standing: Standing
    why: str

    def __post_init__(self):
        if self.standing not in STANDINGS:
            raise InputError(f"Entry: standing = {self.standing!r} is unknown; one of {', '.join(STANDINGS)}.")


@dataclass(frozen=True)
class Panel:
    """Entries in order; ``str()`` prints them as a table of Markdown."""

    entries: tuple[Entry, ...]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def count(self, standing: Standing) -> int:
        """How many entries stand so."""
        return sum(entry.standing == standing for entry in self.entries)

    def of(self, standing: Standing) -> tuple[Entry, ...]:
        """The entries that stand so."""
        return tuple(entry for entry in self.entries if entry.standing == standing)

    def __str__(self) -> str:
        lines = ["| number | printed | model | standing | why |", "|---|---|---|---|---|"]
        lines += [f"| {e.name} | {e.printed} | {e.found} | {e.standing} | {e.why} |" for e in self.entries]
        return "\n".join(lines)
