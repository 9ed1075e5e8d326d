"""A fit as a function of its numbers: run the study at them, compare with each record, differentiate."""

from __future__ import annotations

import abc
import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from solion.base.errors import InputError, RunError, nearest
from solion.explore.fitting.data import Measurement, drive
from solion.explore.fitting.levenberg import NumberBounds, SearchPoint
from solion.explore.fitting.numbers import StudyNumber, at, run_of
from solion.explore.fitting.observed import Observed
from solion.explore.fitting.quality import quality
from solion.explore.fitting.record import FittedRecord
from solion.explore.fitting.residual import Weighting
from solion.explore.tangents import Finished, Run, complete, differentiate, prepare
from solion.protocols.protocol import Protocol
from solion.study.study import Study

DRIVES = ("data", "study")
LIMIT = 50_000  # steps of the first run; later ones may take ten times what it took


@dataclasses.dataclass(frozen=True)
class FreeParameter:
    """A number to fit: its bounds in its own unit, and whether it is searched in its logarithm."""

    number: StudyNumber
    range: NumberBounds


class AbstractComparison(abc.ABC):
    """A study at trial numbers beside one record; ``measured`` is what is compared, ``now`` what the study gives at ``at``.

    ``failure``: why it gives nothing. ``accuracy``: of what it gives, relative to the largest.
    """

    study: Study
    weighting: Weighting
    measured: np.ndarray
    accuracy: float
    failure: str = ""
    now: np.ndarray | None = None

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """Of the record."""

    @abc.abstractmethod
    def prepare(self, free: Sequence[FreeParameter], values: Mapping[str, float]) -> None:
        """Compile for the runs to come."""

    @abc.abstractmethod
    def model(self, free: Sequence[FreeParameter], theta: np.ndarray, values: Mapping[str, float]) -> np.ndarray | None:
        """What the study gives at the measured rows; None, with the ``failure`` said, where it gives nothing."""

    @abc.abstractmethod
    def jacobian(self, free: Sequence[FreeParameter], model: np.ndarray, values: Mapping[str, float]) -> np.ndarray | None:
        """Slopes of the residuals at the last numbers over theta; None, with the ``failure`` said, where there are none."""

    @abc.abstractmethod
    def record(self, before: np.ndarray) -> Any:
        """The record beside the study at the fitted numbers; ``before``: what it gave at the starting ones."""

    def scaled(self) -> np.ndarray:
        """The record on the scale of the residuals."""
        return self.weighting.transform(self.measured) / self.weighting.sigma(self.measured)


class Comparison(AbstractComparison):
    """Runs of a study at trial numbers beside one record; ``protocol`` is the record's own drive, None for the study's."""

    def __init__(self, study: Study, data: Measurement, weighting: Weighting, observed: Observed, protocol: Protocol | None):
        self.study, self.data, self.weighting, self.observed, self.protocol = study, data, weighting, observed, protocol
        self.rows = data.compared(observed.name)  # at one instant a run has one value
        self.measured = data.column(observed.name)[self.rows]
        self.limit = 0
        self.last: Finished | None = None
        self.at = np.array([])  # theta of the last run
        self.accuracy = float(study.experiment.tolerance.relative)

    @property
    def name(self):
        return self.data.name

    def prepare(self, free, values):
        prepare(self.run(free, values))

    def run(self, free: Sequence[FreeParameter], values: Mapping[str, float]) -> Run:
        """The run at these numbers, driven as the fit asks."""
        run = run_of(at(self.study, [entry.number for entry in free], values))
        return dataclasses.replace(run, protocol=self.protocol or run.protocol)

    def model(self, free, theta, values):
        known = self.last if self.last is not None and np.array_equal(theta, self.at) else None
        try:
            finished = known or complete(self.run(free, values), limit=self.limit or LIMIT)
        except InputError as error:
            self.failure = str(error)
            return None
        if not finished.complete:
            self.failure = finished.message
            return None
        if not self.limit:
            self.limit = 10 * (int(finished.state.steps) + int(finished.state.rejected)) + 2000
        model = self.observe(finished)
        if not np.all(np.isfinite(model)):
            self.failure = "the run gives numbers that are not finite"
            return None
        self.last, self.at, self.now = finished, np.array(theta), model
        return model

    def jacobian(self, free, model, values):
        try:
            beside = differentiate(lambda at: self.run(free, at), values, limit=self.limit, finished=self.last)
        except (InputError, RunError) as error:
            self.failure = str(error)
            return None
        columns = []
        for entry in free:
            low, high, distance = beside.beside(entry.number.key)
            slope = (self.observe(high) - self.observe(low)) / distance
            columns.append(slope * (values[entry.number.key] if entry.range.logarithmic else 1.0))
        scale = self.weighting.slope(model) / self.weighting.sigma(self.measured)
        return np.column_stack(columns) * scale[:, None]

    def observe(self, finished: Finished) -> np.ndarray:
        """The observed quantity at the measured rows, by straight lines between samples of the run."""
        time, signal = finished.signals(self.observed.name)
        return np.interp(self.data.time[self.rows], time, signal)

    def record(self, before):
        assert self.last is not None
        assert self.now is not None
        times = self.data.time[self.rows]
        run_times, run_voltage = self.last.signals("voltage")
        voltage = self.data.columns.get("voltage")
        voltage = np.interp(times, run_times, run_voltage) if voltage is None else voltage[self.rows]
        return FittedRecord(
            self.data,
            self.weighting,
            self.observed.name,
            self.observed.unit,
            times,
            voltage,
            self.measured,
            before,
            self.now,
            self.weighting.residual(self.now, self.measured),
            self.last.result(),
            quality(self.measured, self.now, before, self.weighting),
        )


class FitProblem:
    """Residuals of all records over the numbers that are fitted."""

    def __init__(self, comparisons: Sequence[AbstractComparison], free: Sequence[FreeParameter], *, driven_by: str):
        self.comparisons, self.free, self.driven_by = tuple(comparisons), list(free), driven_by
        self.failure = ""

    @property
    def study(self) -> Study:
        """The study at its starting numbers."""
        return self.comparisons[0].study

    @property
    def ranges(self) -> list[NumberBounds]:
        """Bounds in the order of the numbers."""
        return [entry.range for entry in self.free]

    @property
    def rows(self) -> int:
        """Rows of all records that are compared."""
        return sum(len(part.measured) for part in self.comparisons)

    def values(self, theta: np.ndarray) -> dict[str, float]:
        """Numbers in their own units by key."""
        return {entry.number.key: entry.range.value(t) for entry, t in zip(self.free, theta, strict=True)}

    def prepare(self, theta: np.ndarray) -> None:
        """Compile for the runs to come."""
        for part in self.comparisons:
            try:
                part.prepare(self.free, self.values(theta))
            except InputError:
                return  # evaluate says what is wrong

    def evaluate(self, theta: np.ndarray, slopes: bool) -> SearchPoint | None:
        """Residuals, with slopes where wanted; None where a run cannot be or does not reach its end."""
        values, residuals, jacobians = self.values(theta), [], []
        for part in self.comparisons:
            model = part.model(self.free, theta, values)
            jacobian = part.jacobian(self.free, model, values) if slopes and model is not None else None
            if model is None or (slopes and jacobian is None):
                self.failure = part.failure if len(self.comparisons) == 1 else f"{part.name}: {part.failure}"
                return None
            residuals.append(part.weighting.residual(model, part.measured))
            jacobians.append(jacobian)
        if not slopes:
            return SearchPoint(theta, np.concatenate(residuals), None)
        whole = np.concatenate(jacobians)
        return SearchPoint(theta, np.concatenate(residuals), whole) if np.all(np.isfinite(whole)) else None


def problem(
    study: Study,
    records: Sequence[tuple[Measurement, Weighting]],
    free: Sequence[FreeParameter],
    *,
    observed: Observed,
    driven_by: str = "data",
    straight: float | None = None,
) -> FitProblem:
    """Check that study, measurements and numbers fit together.

    Raises :class:`InputError` naming what does not.
    """
    comparisons = []
    for data, weighting in records:
        protocol = None
        if driven_by == "data":
            protocol = drive(data, _driver(data, observed), straight)
        else:
            _check_length(study, data)
        comparisons.append(Comparison(study, data, weighting, observed, protocol))
    useless = [entry.number.key for entry in free if entry.number.key.startswith("protocol.")]
    if driven_by == "data" and useless:
        driver = _driver(records[0][0], observed)
        raise InputError(
            f"{useless[0]} has no effect where the measured {driver} drives the run; give --drive study to run the study's own "
            "protocol."
        )
    return comparable(FitProblem(comparisons, free, driven_by=driven_by))


def comparable(task: FitProblem) -> FitProblem:
    """The problem, where its records hold more rows than there are numbers."""
    if task.rows <= len(task.free):
        names = ", ".join(part.name for part in task.comparisons)
        raise InputError(
            f"{names}: {task.rows} rows that can be compared are too few for {len(task.free)} numbers; at least "
            f"{len(task.free) + 1} are needed."
        )
    return task


def check_drive(drive: str) -> None:
    """Refuse a word for the drive that is not known."""
    if drive not in DRIVES:
        raise InputError(f"drive = {drive!r} is unknown{nearest(drive, DRIVES)}; known: {', '.join(DRIVES)}.")


def _check_length(study: Study, data: Measurement) -> None:
    """Refuse a record that goes on after the study's protocol."""
    end = float(study.experiment.protocol.duration)
    if data.time[-1] > end * (1 + 1e-9):
        raise InputError(
            f"{data.name}: it lasts {data.time[-1]:.6g} s, longer than the protocol of {study.shown} ({end:.6g} s); cut "
            "it, or let it drive the run."
        )


def _driver(data: Measurement, observed: Observed) -> str:
    """The column that drives the run."""
    for name in observed.drives:
        if name in data.columns:
            return name
    raise InputError(
        f"{data.name}: the column {observed.drives[0]!r} is missing, which drives the run; add it, or give --drive study."
    )
