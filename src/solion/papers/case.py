"""What a paper claims and what is found: claims with what must hold, verdicts, cases, papers."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from matplotlib.figure import FigureBase

from solion.base.errors import InputError
from solion.papers.run_pool import RunPool

HOLDS, FAILS, CONTRADICTED, NOT_RUN = "holds", "FAILS", "contradicted", "not run"


@dataclass(frozen=True)
class Found:
    """What a case found for a claim: a ``value`` that is judged, the ``words`` that are shown, and a remark on it."""

    value: Any
    words: str = ""
    note: str = ""


class AbstractBand(ABC):
    """What must hold for a value that was found."""

    @property
    @abstractmethod
    def words(self) -> str:
        """The band or predicate in words."""

    @abstractmethod
    def holds(self, value: Any) -> bool:
        """Whether the value is within it; a value that is not a number never is."""


@dataclass(frozen=True)
class Between(AbstractBand):
    """A number from ``low`` to ``high``, both included."""

    low: float
    high: float

    @property
    def words(self) -> str:
        if math.isinf(self.high):
            return f"at least {self.low:.4g}"
        if math.isinf(self.low):
            return f"at most {self.high:.4g}"
        return f"{self.low:.4g} to {self.high:.4g}"

    def holds(self, value) -> bool:
        return bool(self.low <= value <= self.high)


def around(value: float, share: float) -> Between:
    """The band of ``value`` plus and minus a share of it."""
    return Between(value - abs(value) * share, value + abs(value) * share)


def at_least(value: float) -> Between:
    """Every number from ``value`` on."""
    return Between(value, math.inf)


def at_most(value: float) -> Between:
    """Every number up to ``value``."""
    return Between(-math.inf, value)


@dataclass(frozen=True)
class Equal(AbstractBand):
    """Exactly this word or number."""

    expected: Any

    @property
    def words(self) -> str:
        return str(self.expected)

    def holds(self, value) -> bool:
        return bool(value == self.expected)


@dataclass(frozen=True)
class Shape(AbstractBand):
    """A shape stated in words, whose presence the case itself decides: true or false."""

    text: str

    @property
    def words(self) -> str:
        return self.text

    def holds(self, value) -> bool:
        return bool(value)


@dataclass(frozen=True)
class Claim:
    """One statement to be judged.

    ``find`` takes the evidence of the case and returns a :class:`Found` or a bare value, or None where the quick form has no
    evidence for it. ``basis`` says where the
    statement comes from (the paper, an independent program, theory). A claim with ``must`` decides whether the case is
    reproduced; without, it is the paper's own statement held against the model, which may contradict it.
    """

    words: str
    find: Callable[[Any], Any]
    band: AbstractBand
    basis: str = "paper"
    must: bool = True

    def judge(self, case: str, evidence: Any) -> ClaimVerdict:
        """Hold the claim against the evidence."""
        found = self.find(evidence)
        if found is None:
            return ClaimVerdict(case, self.words, "", self.band.words, NOT_RUN, "", self.basis, self.must, None)
        found = found if isinstance(found, Found) else Found(found)
        holds = self.band.holds(found.value)
        verdict = HOLDS if holds else FAILS if self.must else CONTRADICTED
        words = found.words or (f"{found.value:.4g}" if isinstance(found.value, float) else str(found.value))
        number = float(found.value) if isinstance(found.value, float | int) else None
        return ClaimVerdict(
            case, self.words, words, self.band.words, verdict, found.note, self.basis, self.must, number
        )


@dataclass(frozen=True)
class ClaimVerdict:
    """What became of a claim: ``holds``, ``FAILS`` (it must hold and does not), ``contradicted`` by the model or ``not run``.

    ``number`` is the value that was judged where it is one.
    """

    case: str
    claim: str
    found: str
    band: str
    verdict: str
    note: str
    basis: str
    must: bool
    number: float | None


@dataclass(frozen=True)
class Choice:
    """Something the paper's text does not give: what, the value chosen and why, and the range over which the case's
    claim still holds, in words worked out from the evidence by ``range``."""

    what: str
    chosen: str
    why: str
    range: Callable[[Any], str]


@dataclass(frozen=True)
class Case:
    """One panel of a figure, or one statement of the text.

    ``says`` is what the paper claims, ``place`` where, ``runs`` what is run. ``work`` does it with a :class:`RunPool` and
    returns the evidence; ``draw`` draws it on a figure or a part of one, in the paper's arrangement.
    """

    name: str
    title: str
    says: str
    place: str
    runs: str
    work: Callable[[RunPool], Any]
    claims: tuple[Claim, ...]
    draw: Callable[[FigureBase, Any], None]
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class PaperFigure:
    """A figure of the paper: rows of cases side by side, with the relative width of each, and its size in inches."""

    name: str
    title: str
    rows: tuple[tuple[str, ...], ...]
    size: tuple[float, float]
    widths: tuple[tuple[float, ...], ...] = ()
    heights: tuple[float, ...] = ()


@dataclass(frozen=True)
class Paper:
    """A source paper with the cases that hold the library against it."""

    name: str
    title: str
    authors: str
    reference: str
    cases: tuple[Case, ...]
    figures: tuple[PaperFigure, ...] = field(default=())

    def chosen(self, names: Sequence[str] = ()) -> tuple[Case, ...]:
        """The cases of these names in the paper's order, all of them unless any is named.

        Raises InputError for an unknown name, with the nearest.
        """
        known = [case.name for case in self.cases]
        for name in names:
            if name not in known:
                # names this short share few letters with their neighbours, hence the low cutoff
                close = get_close_matches(name.lower(), known, n=1, cutoff=0.3)
                hint = f" (did you mean {close[0]!r}?)" if close else ""
                raise InputError(f"{self.name}: case {name!r} is unknown{hint}; its cases are {', '.join(known)}.")
        return tuple(case for case in self.cases if not names or case.name in names)
