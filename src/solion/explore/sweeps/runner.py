"""Works off the runs of a sweep: hands them to an executor, takes what comes back, and outlives what goes wrong there."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from typing import NamedTuple

from solion.base.errors import InputError, RunError, nearest
from solion.explore.sweeps.executors import Pool
from solion.explore.sweeps.plan import Plan
from solion.explore.sweeps.store import Store
from solion.explore.sweeps.task import FAILED, REFUSED, PointOutcome

LOOK = 0.25  # s between looks at the clock while no run ends


class SweepProgress(NamedTuple):
    """How far a sweep is: runs done of all, with how many of each status, seconds since it began and seconds left.

    ``last`` is the run that has just ended, None where only time has passed; ``words`` say where runs are worked off.
    """

    done: int
    total: int
    counts: dict[str, int]
    elapsed: float
    remaining: float
    words: str
    last: PointOutcome | None

    @property
    def fraction(self) -> float:
        """The share of the runs that is done."""
        return self.done / self.total


def first_outcomes(plan: Plan, pool: Pool) -> list[PointOutcome]:
    """Run the first point, so that a sweep that cannot be says so before anything is written.

    It is also where programs are compiled, once rather than by each worker. Where a metric that was asked for is
    missing, the last point is run too, or the first. Raises :class:`InputError` where neither has it.
    """
    outcomes = [_alone(plan, pool, plan.start)]
    lacking = _lacking(plan, outcomes)
    other = 0 if plan.start else plan.count - 1
    if lacking and other != plan.start:
        outcomes.append(_alone(plan, pool, other))
        lacking = _lacking(plan, outcomes)
    if lacking:
        known = sorted({number.name for outcome in outcomes for number in outcome.metrics})
        exist = f"it has {', '.join(known)}" if known else f"it has none: {outcomes[0].message.rstrip('.')}"
        raise InputError(f"metric {lacking[0]!r}: a run of this study does not have it{nearest(lacking[0], known)}; {exist}.")
    return outcomes


def _lacking(plan: Plan, outcomes: list[PointOutcome]) -> list[str]:
    known = {number.name for outcome in outcomes for number in outcome.metrics}
    return [name for name in plan.metrics if name not in known]


def _alone(plan: Plan, pool: Pool, index: int) -> PointOutcome:
    try:
        future = pool.executor.submit(pool.call, plan.task(index))
        while not wait([future], timeout=LOOK).done:
            pool.check()
        outcome = future.result()
    except BrokenExecutor as error:
        raise RunError(
            "the worker died in the first run; it was killed, ran out of memory, or could not start (a script that sweeps "
            f"in processes does so below: if __name__ == '__main__'). {error}"
        ) from None
    except CancelledError:
        raise RunError(f"{pool.words} went away during the first run.") from None
    except Exception as error:  # what the executor itself raises, where a task cannot be sent or read there
        raise RunError(f"no run could be started on {pool.words} ({type(error).__name__}: {error}).") from None
    if outcome.status == REFUSED and index == plan.start:
        raise InputError(outcome.message)
    return outcome


def work_off(plan: Plan, store: Store, pool: Pool, on_progress: Callable[[SweepProgress], None] | None, began: float) -> None:
    """Run all that is missing in the store, ``began`` being when the sweep did. What is done stays in it, whatever ends this."""
    missing, joined = store.missing(), time.monotonic()
    counts, total = store.counts(), plan.count
    done = total - len(missing)
    fresh = 0

    def report(last: PointOutcome | None) -> None:
        if on_progress is not None:
            now = time.monotonic()
            elapsed, left = now - began, (now - joined) / fresh * (total - done) if fresh else float("inf")
            on_progress(SweepProgress(done, total, dict(counts), elapsed, left if done < total else 0.0, pool.words, last))

    report(None)
    for outcome in _outcomes(plan, iter(missing), pool):
        if outcome is None:
            report(None)
        elif store.record(outcome):
            counts[outcome.status] = counts.get(outcome.status, 0) + 1
            done, fresh = done + 1, fresh + 1
            report(outcome)
        pool.check()


def _outcomes(plan: Plan, waiting: Iterator[int], pool: Pool) -> Iterator[PointOutcome | None]:
    """Outcomes as runs end, and None now and then while none does.

    When a worker process dies, all runs in flight are lost and any of them may have killed it: each is run again alone, so
    that the one at fault fails by itself.
    """
    executor, flying, suspects = pool.executor, dict[Future, int](), list[int]()
    while True:
        window = 1 if suspects else pool.window
        source = iter(suspects) if suspects else waiting
        broken: list[int] = []
        room = 0 if suspects and flying else window - len(flying)
        for index in list(itertools.islice(source, max(room, 0))):
            if broken:
                broken.append(index)
                continue
            try:
                flying[executor.submit(pool.call, plan.task(index))] = index
            except BrokenExecutor:
                broken.append(index)
        if not flying and not broken:
            return
        done, _ = wait(flying, timeout=LOOK, return_when=FIRST_COMPLETED)
        if not done:
            yield None
        for future in done:
            index = flying.pop(future)
            outcome = _outcome(future, index, pool)
            if outcome is None:
                broken.append(index)
                continue
            if index in suspects:
                suspects.remove(index)
            yield outcome
        if broken:
            executor = _renewed(pool)
            lost = sorted({*broken, *flying.values()})
            flying.clear()
            if suspects and lost == suspects[:1]:  # it was alone
                yield PointOutcome(
                    suspects.pop(0), FAILED, "the worker process died in this run; it was killed or out of memory.", 0.0
                )
            else:
                suspects = lost


def _outcome(future: Future, index: int, pool: Pool) -> PointOutcome | None:
    """What a future holds; None where its executor broke."""
    try:
        return future.result()
    except BrokenExecutor:
        return None
    except CancelledError:
        raise RunError(f"{pool.words} went away before all runs were done.") from None
    except Exception as error:  # of the executor: a task that could not be sent, or whose workers died time and again
        if type(error).__name__ == "KilledWorker":
            return PointOutcome(index, FAILED, "its workers died each time; they were killed or out of memory.", 0.0)
        text = " ".join(f"{type(error).__name__}: {error}".split())
        return PointOutcome(index, FAILED, f"the worker could not run it: {text[:400]}", 0.0)


def _renewed(pool: Pool) -> Executor:
    if pool.renewed is None:
        raise RunError(f"{pool.words} broke before all runs were done.")
    return pool.renewed()
