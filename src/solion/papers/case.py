"""What a paper claims and what is found: sorts of claims, bands with their reasons, verdicts, cases, papers."""

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

HOLDS, FAILS, NOT_RUN = "holds", "FAILS", "not run"


@dataclass(frozen=True)
class Sort:
    """What a claim is. ``met`` and ``missed`` are the verdicts of a value within its band and outside; ``counted`` names
    the count in which it stands, empty where it stands in none.

    A claim that fails is one whose value is not where its sort says: a prediction or a check that is missed, an input
    that the model does not repeat, and a miss that no longer is one, so that its sort has become wrong.
    """

    name: str
    met: str
    missed: str
    meaning: str
    counted: str = ""


PREDICTED = Sort("predicted", HOLDS, FAILS, "follows from the model; no number of the model was chosen for it", "predictions")
CHECKED = Sort(
    "checked",
    HOLDS,
    FAILS,
    "compares the solution with an independent program, a closed form or a conservation law: says nothing of the paper",
    "checks",
)
CALIBRATED = Sort("calibrated", "calibrated", FAILS, "a number of the model was chosen so that it comes out")
INPUT = Sort("input", "input", FAILS, "repeats a number that was put in, or follows from such numbers by arithmetic alone")
MODEL_LIMIT = Sort("model limit", FAILS, "model limit", "the paper states it and the model does not give it", "predictions")
PAPER_CONTRADICTED = Sort(
    "paper contradicted", FAILS, "paper contradicted", "the paper says it and its own numbers or the theory say otherwise"
)
SPECIFICATION_CORRECTED = Sort(
    "specification corrected",
    FAILS,
    "specification corrected",
    "a number of the specification or of the independent program that was found to be wrong",
)
SORTS = (PREDICTED, CHECKED, CALIBRATED, INPUT, MODEL_LIMIT, PAPER_CONTRADICTED, SPECIFICATION_CORRECTED)


@dataclass(frozen=True)
class Found:
    """What a case found for a claim: a ``value`` that is judged, the ``words`` that are shown, and a remark on it."""

    value: Any
    words: str = ""
    note: str = ""


class AbstractBand(ABC):
    """What must hold for a value that was found, and the ``reason`` why it is this and neither wider nor narrower."""

    reason: str

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
    reason: str

    @property
    def words(self) -> str:
        if math.isinf(self.high):
            return f"at least {self.low:.4g}"
        if math.isinf(self.low):
            return f"at most {self.high:.4g}"
        return f"{self.low:.4g} to {self.high:.4g}"

    def holds(self, value) -> bool:
        return bool(self.low <= value <= self.high)


def around(value: float, share: float, reason: str) -> Between:
    """The band of ``value`` plus and minus a share of it."""
    return Between(value - abs(value) * share, value + abs(value) * share, reason)


def at_least(value: float, reason: str) -> Between:
    """Every number from ``value`` on."""
    return Between(value, math.inf, reason)


def at_most(value: float, reason: str) -> Between:
    """Every number up to ``value``."""
    return Between(-math.inf, value, reason)


@dataclass(frozen=True)
class Equal(AbstractBand):
    """Exactly this word or number."""

    expected: Any
    reason: str

    @property
    def words(self) -> str:
        return str(self.expected)

    def holds(self, value) -> bool:
        return bool(value == self.expected)


@dataclass(frozen=True)
class Shape(AbstractBand):
    """A shape stated in words, whose presence the case itself decides: true or false."""

    text: str
    reason: str

    @property
    def words(self) -> str:
        return self.text

    def holds(self, value) -> bool:
        return bool(value)


@dataclass(frozen=True)
class Claim:
    """One statement to be judged.

    ``find`` takes the evidence of the case and returns a :class:`Found` or a bare value, or None where the quick form has no
    evidence for it. ``band`` is what the source says, ``sort`` what the claim is, ``basis`` where it comes from (the paper, an
    independent program, theory). ``instead``, which a sort that expects a miss must give, is where the value lies then, so
    that such a claim fails wherever else it goes. Raises InputError for a band without a reason and a miss without it.
    """

    words: str
    find: Callable[[Any], Any]
    band: AbstractBand
    sort: Sort
    basis: str = "paper"
    instead: AbstractBand | None = None

    def __post_init__(self):
        for band in (self.band, self.instead):
            if band is not None and not band.reason.strip():
                raise InputError(f"Claim {self.words!r}: a band needs a reason, why it is neither wider nor narrower.")
        if self.instead is not None and self.sort.met != FAILS:
            raise InputError(f"Claim {self.words!r}: 'instead' is for a claim that is missed, not for one {self.sort.name}.")
        if self.sort.met == FAILS and self.instead is None:
            raise InputError(
                f"Claim {self.words!r}: a {self.sort.name} needs 'instead', where the value lies, so that it can fail."
            )

    @property
    def wanted(self) -> str:
        """The band in words, with what the model gives instead where that is stated."""
        return self.band.words + (f"; here {self.instead.words}" if self.instead else "")

    @property
    def reason(self) -> str:
        """Why the bands are what they are."""
        return self.band.reason + (f"; here: {self.instead.reason}" if self.instead else "")

    def judge(self, case: str, evidence: Any) -> ClaimVerdict:
        """Hold the claim against the evidence."""
        found = self.find(evidence)
        if found is None:
            return self._verdict(case, Found(None), NOT_RUN)
        found = found if isinstance(found, Found) else Found(found)
        if self.band.holds(found.value):
            verdict = self.sort.met
        else:
            beyond = self.instead is not None and not self.instead.holds(found.value)
            verdict = FAILS if beyond else self.sort.missed
        return self._verdict(case, found, verdict)

    def _verdict(self, case: str, found: Found, verdict: str) -> ClaimVerdict:
        value = found.value
        words = found.words or ("" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value))
        note = found.note
        if verdict == FAILS and self.sort.met == FAILS and self.band.holds(value):
            note = f"no longer missed: this is not a {self.sort.name}. {note}".strip()
        number = float(value) if isinstance(value, float | int) else None
        return ClaimVerdict(case, self.words, words, self.wanted, verdict, note, self.basis, self.sort.name, self.reason, number)


@dataclass(frozen=True)
class ClaimVerdict:
    """What became of a claim: ``holds``, ``FAILS``, ``not run``, or the name of its sort where that is not counted or expects
    a miss. ``sort`` is the name of its :class:`Sort`, ``number`` the value that was judged where it is one.
    """

    case: str
    claim: str
    found: str
    band: str
    verdict: str
    note: str
    basis: str
    sort: str
    reason: str
    number: float | None


@dataclass(frozen=True)
class Tally:
    """How many verdicts are what: predictions and checks first, and what stands in no count."""

    verdicts: tuple[ClaimVerdict, ...]

    def of(self, verdict: str, *sorts: Sort) -> int:
        """How many are this word, of these sorts, of any where none is named."""
        names = [sort.name for sort in sorts]
        return sum(entry.verdict == verdict and (not names or entry.sort in names) for entry in self.verdicts)

    def held(self, counted: str) -> tuple[int, int]:
        """(those that hold, all judged) of ``predictions``, which a limit of the model misses, or of ``checks``."""
        sorts = [sort for sort in SORTS if sort.counted == counted]
        names = [sort.name for sort in sorts]
        judged = [entry for entry in self.verdicts if entry.sort in names and entry.verdict != NOT_RUN]
        return self.of(HOLDS, *sorts), len(judged)

    @property
    def words(self) -> str:
        """The counts in words: predictions first, then checks, then what is not counted and what fails."""
        parts = []
        for counted in ("predictions", "checks"):
            held, judged = self.held(counted)
            if judged:
                missed = self.of(MODEL_LIMIT.missed, MODEL_LIMIT) if counted == MODEL_LIMIT.counted else 0
                parts.append(f"{held} of {judged} {counted} hold" + (f" ({missed} model limit)" if missed else ""))
        failed = self.of(FAILS)
        parts += [f"{failed} FAIL" + ("S" if failed == 1 else "")] if failed else []
        uncounted = [f"{number} {sort.name}" for sort in SORTS if not sort.counted and (number := self.of(sort.name, sort))]
        parts += ["not counted: " + ", ".join(uncounted)] if uncounted else []
        parts += [f"{number} not run in the quick form" for number in (self.of(NOT_RUN),) if number]
        return "; ".join(parts)


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
