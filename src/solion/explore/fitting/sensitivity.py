"""How strongly metrics of a run depend on the numbers of its study: d metric / d p and d ln metric / d ln p."""

from __future__ import annotations

import csv
import dataclasses
import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from solion.analysis.metric import Metric
from solion.base.errors import InputError, nearest
from solion.explore.fitting.numbers import StudyNumber, at, every, find, run_of
from solion.explore.tangents import Run, complete, differentiate, keeps_shape, required
from solion.result.result import Result
from solion.study.study import Study, driven
from solion.views import metrics


@dataclasses.dataclass(frozen=True)
class Sensitivity:
    """One metric against one number.

    ``slope``: d metric / d p in the metric's unit per unit of the number; ``relative``: d ln metric / d ln p, nan where either
    is zero.
    """

    metric: Metric
    number: StudyNumber
    slope: float

    @property
    def relative(self) -> float:
        """Per cent of change of the metric for one per cent of the number."""
        value = self.metric.value
        if isinstance(value, str) or value == 0 or self.number.value == 0:
            return math.nan
        return self.slope * self.number.value / value

    @property
    def unit(self) -> str:
        """Unit of the slope."""
        metric = "" if self.metric.unit == "1" else self.metric.unit
        return " ".join(part for part in (metric, f"per {self.number.unit}" if self.number.unit else "") if part)


@dataclasses.dataclass(frozen=True)
class Sensitivities:
    """Sensitivities of a study's metrics, and the run they belong to.

    ``left_out``: numbers that were not named and have no derivative where they are, because other equations hold beside them (an
    activation energy of zero).
    """

    study: Study
    result: Result
    rows: tuple[Sensitivity, ...]
    seconds: float
    left_out: tuple[str, ...] = ()

    def of(self, metric: str) -> list[Sensitivity]:
        """Those of one metric, the strongest first."""
        rows = [row for row in self.rows if row.metric.name == metric]
        return sorted(rows, key=lambda row: -abs(row.relative) if math.isfinite(row.relative) else math.inf)

    @property
    def metrics(self) -> list[Metric]:
        """The metrics, in the order they were asked for."""
        return list({row.metric.name: row.metric for row in self.rows}.values())

    def to_csv(self, path: Path) -> Path:
        """Write all rows as a table of text."""
        heads = "metric", "value", "metric unit", "number", "at", "number unit", "slope", "relative"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(heads)
            for row in self.rows:
                metric, number = row.metric, row.number
                writer.writerow(
                    (
                        metric.name,
                        repr(metric.value),
                        metric.unit,
                        number.key,
                        repr(number.value),
                        number.unit or "1",
                        repr(float(row.slope)),
                        repr(float(row.relative)),
                    )
                )
        return path


def sensitivities(study: Study, of: Sequence[str], over: Sequence[str] = ()) -> Sensitivities:
    """Sensitivities of metrics (names of :func:`solion.views.metrics`) over numbers of a study.

    ``over`` are dotted keys; all numbers of the study where there are none, but for those that :class:`Sensitivities` says are
    left out. Each takes two more runs.

    Raises :class:`InputError` for an unknown metric or key, and for a metric that is a word or never happened.
    """
    began, study = time.perf_counter(), driven(study, "sensitivity")
    numbers = [find(study, key) for key in dict.fromkeys(over)] if over else every(study)
    if not of:
        raise InputError(f"{study.shown}: name at least one metric, such as --of cycle_2_current_maximum.")
    finished = required(complete(run_of(study)))
    result = finished.result()
    chosen = _chosen(study, of, result)

    def build(values: Mapping[str, float]) -> Run:
        return run_of(at(study, numbers, values))

    values = {number.key: number.value for number in numbers}
    left_out = () if over else tuple(key for key in values if not keeps_shape(build, values, finished, key))
    numbers = [number for number in numbers if number.key not in left_out]
    tangents = differentiate(build, {number.key: number.value for number in numbers}, finished=finished)
    found = {metric.name: metric for metric in metrics(result)}
    rows = []
    for number in numbers:
        low, high, distance = tangents.beside(number.key)
        below, above = (
            {m.alike or m.name: m.value for m in metrics(side.result()) if not isinstance(m.value, str)} for side in (low, high)
        )
        for metric in (found[name] for name in chosen):
            key = metric.alike or metric.name  # the name may carry a read voltage that moves with a limit of the sweep
            rows.append(Sensitivity(metric, number, (above.get(key, math.nan) - below.get(key, math.nan)) / distance))
    order = {name: position for position, name in enumerate(chosen)}
    rows.sort(key=lambda row: order[row.metric.name])
    return Sensitivities(study, result, tuple(rows), time.perf_counter() - began, left_out)


def _chosen(study: Study, of: Sequence[str], result: Result) -> list[str]:
    """The metrics asked for, checked on the run before those beside it."""
    found = {metric.name: metric for metric in metrics(result)}
    numeric = [name for name, metric in found.items() if not isinstance(metric.value, str)]
    for name in of:
        if name not in found:
            known = ", ".join(numeric)
            raise InputError(f"{study.shown}: {name} is no metric of this run{nearest(name, found)}; known: {known}.")
        if name not in numeric:
            raise InputError(f"{study.shown}: {name} is a word ({found[name].value}), which has no derivative.")
        if not math.isfinite(found[name].value):  # pyright: ignore[reportArgumentType]
            raise InputError(f"{study.shown}: {name} never happened in this run, so that it has no derivative.")
    return list(dict.fromkeys(of))
