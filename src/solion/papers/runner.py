"""Running the cases of a paper side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any

from solion.base.errors import SolionError
from solion.papers.case import CHECKED, FAILS, Case, ClaimVerdict, Paper, Tally
from solion.papers.run_pool import RunPool


@dataclass(frozen=True)
class CaseOutcome:
    """One case after its runs: its verdicts, its evidence (None where it broke off), and the time it took in s."""

    case: Case
    verdicts: tuple[ClaimVerdict, ...]
    evidence: Any
    seconds: float

    @property
    def choices(self) -> list[tuple[str, str, str, str]]:
        """What the text leaves open: what, chosen, why, and the range over which the claim holds."""
        if self.evidence is None:
            return []
        return [(c.what, c.chosen, c.why, c.range(self.evidence)) for c in self.case.choices]


@dataclass(frozen=True)
class Reproduction:
    """All cases that were run, in the paper's order."""

    paper: Paper
    cases: tuple[CaseOutcome, ...]
    runs: int
    seconds: float
    quick: bool

    @property
    def verdicts(self) -> tuple[ClaimVerdict, ...]:
        """Every verdict."""
        return tuple(verdict for case in self.cases for verdict in case.verdicts)

    @property
    def tally(self) -> Tally:
        """How many verdicts are what."""
        return Tally(self.verdicts)

    @property
    def reproduced(self) -> bool:
        """Whether nothing fails."""
        return self.tally.of(FAILS) == 0

    @property
    def sentence(self) -> str:
        """The outcome in a sentence, predictions first."""
        cases = "1 case" if len(self.cases) == 1 else f"{len(self.cases)} cases"
        return f"{self.tally.words}. {cases}, {self.runs} runs in {self.seconds:.0f} s"


def reproduce(
    paper: Paper,
    names: Sequence[str] = (),
    *,
    quick: bool = False,
    workers: int | None = None,
    on_progress: Callable[[CaseOutcome, int, int], None] | None = None,
) -> Reproduction:
    """Run the cases of these names (all unless any is named) and judge their claims.

    ``quick`` runs the coarse form of each case. ``on_progress`` is told each case that is done, how many are, and how
    many there are. A case whose run fails fails by itself; the others go on. Raises InputError for an unknown name.
    """
    chosen = paper.chosen(names)
    began = time.perf_counter()
    finished: dict[str, CaseOutcome] = {}
    # a thread for each case, which waits while the pool's few threads work
    with RunPool(quick=quick, workers=workers) as run_pool, ThreadPoolExecutor(len(chosen)) as pool:
        waiting = [pool.submit(_one, case, run_pool) for case in chosen]
        try:
            for done in as_completed(waiting):
                outcome = done.result()
                finished[outcome.case.name] = outcome
                if on_progress is not None:
                    on_progress(outcome, len(finished), len(chosen))
        except BaseException:  # Ctrl-C included: no case starts another run
            run_pool.close()
            raise
        runs = run_pool.runs
    ordered = tuple(finished[case.name] for case in chosen)
    return Reproduction(paper, ordered, runs, time.perf_counter() - began, quick)


def _one(case: Case, run_pool: RunPool) -> CaseOutcome:
    began = time.perf_counter()
    try:
        evidence = case.work(run_pool)
    except SolionError as error:
        verdict = ClaimVerdict(
            case.name, "the case runs", str(error), "runs to its end", FAILS, "", "library", CHECKED.name, "", None
        )
        return CaseOutcome(case, (verdict,), None, time.perf_counter() - began)
    verdicts = tuple(claim.judge(case.name, evidence) for claim in case.claims)
    return CaseOutcome(case, verdicts, evidence, time.perf_counter() - began)
