"""Fit numbers of a study to measured records by least squares, with what the data say about them."""

from __future__ import annotations

import copy
import dataclasses
import time
from collections.abc import Callable, Sequence
from os import PathLike

import numpy as np

from solion.base.errors import InputError, RunError
from solion.explore.fitting.data import Measurement, outliers, read
from solion.explore.fitting.free_parameters import read_parameters
from solion.explore.fitting.levenberg import Search, search
from solion.explore.fitting.numbers import StudyNumber, at
from solion.explore.fitting.observed import Observed, observed
from solion.explore.fitting.problem import Comparison, FitProblem, check_drive, problem
from solion.explore.fitting.quality import Quality, quality
from solion.explore.fitting.residual import Weighting, weighting
from solion.explore.fitting.statistics import Statistics, statistics
from solion.result.result import Result
from solion.study.quantities import Units, split
from solion.study.study import Study, driven, interpret

ACCURACY = 3.0  # times the tolerance of a run: what its current is worth, relative to the largest


@dataclasses.dataclass(frozen=True)
class ParameterEstimate:
    """A fitted number in its own unit: start, value, standard error and bounds.

    Where it was searched in its logarithm (``logarithmic``), ``relative`` is the standard error of ln p and the interval is
    not symmetric.
    """

    number: StudyNumber
    start: float
    value: float
    error: float
    relative: float
    low: float
    high: float
    logarithmic: bool

    @property
    def interval(self) -> tuple[float, float]:
        """Within 1.96 standard errors: 95 % where the model is linear that far."""
        if self.logarithmic:
            reach = float(np.exp(min(1.96 * self.relative, 700.0)))
            return self.value / reach, self.value * reach
        return self.value - 1.96 * self.error, self.value + 1.96 * self.error


@dataclasses.dataclass(frozen=True)
class FittedRecord:
    """One record of a finished fit; arrays are over the rows that were compared.

    ``measured``, ``before`` and ``after`` are in ``unit``: the record, the run at the starting numbers and at the fitted ones;
    ``voltage`` is the record's where it has one, else the run's. ``result`` is the run at the fitted numbers.
    """

    data: Measurement
    weighting: Weighting
    observed: str
    unit: str
    time: np.ndarray
    voltage: np.ndarray
    measured: np.ndarray
    before: np.ndarray
    after: np.ndarray
    residual: np.ndarray
    result: Result
    quality: Quality

    def words(self, convention: str) -> tuple[str, ...]:
        """What a reader must know of it: whether the run describes it, what was noted in reading, which rows were left out."""
        return (*self.quality.words(self.observed, convention), *self.data.notes, *self._left_out())

    def _left_out(self) -> tuple[str, ...]:
        """How many rows were not compared, and which of them are outliers."""
        used, rows, found = len(self.time), len(self.data), []
        spikes = np.zeros(rows, bool) if self.data.keep_outliers else outliers(self.data.column(self.observed))
        if spikes.any():
            times = ", ".join(f"{t:.6g}" for t in self.data.time[spikes][:5])
            found.append(
                f"{int(spikes.sum())} single rows of {self.observed} lie far off their neighbours (at t = {times} s"
                f"{', ...' if spikes.sum() > 5 else ''}) and were not compared; --keep-outliers compares them."
            )
        if used + int(spikes.sum()) < rows:
            found.append(f"{used} of {rows} rows were compared; others hold no {self.observed} or a jump.")
        return tuple(found)


@dataclasses.dataclass(frozen=True)
class Fit:
    """A finished fit. ``fitted`` is the study with the numbers in place; each record stands beside its run in ``records``."""

    study: Study
    fitted: Study
    records: tuple[FittedRecord, ...]
    estimates: tuple[ParameterEstimate, ...]
    statistics: Statistics
    driven_by: str
    observed: str
    search: Search
    seconds: float

    @property
    def describes(self) -> bool:
        """Whether the fitted runs describe every record."""
        return all(record.quality.describes for record in self.records)

    @property
    def calibrates(self) -> bool:
        """Whether its numbers may be called calibrated: the search ended, and the runs describe the records."""
        return self.search.converged and self.describes

    @property
    def rows(self) -> int:
        """Rows of all records that were compared."""
        return sum(len(record.measured) for record in self.records)

    @property
    def values(self) -> dict[str, float]:
        """Fitted numbers in their own units by key."""
        return {entry.number.key: entry.value for entry in self.estimates}

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know before using the numbers."""
        ended = () if self.search.converged else (f"the search did not converge: {self.search.reason}.",)
        told = []
        for record in self.records:
            words = record.words(self.study.sign_convention)
            told += words if len(self.records) == 1 else [f"{record.data.name}: {text}" for text in words]
        return (*ended, *told, *self.statistics.warnings)


def fit(
    study: Study,
    data: Measurement | str | PathLike | Sequence[Measurement | str | PathLike],
    over: Sequence[str],
    *,
    drive: str = "data",
    observe: str = "current",
    scale: str | None = None,
    noise: float | str = 0.0,
    relative_noise: float = 0.0,
    straight: float | None = None,
    most: int = 60,
    on_step: Callable[[int, float, bool], None] | None = None,
) -> Fit:
    """Fit the numbers ``over`` (texts ``key`` or ``key=low..high``) of a study to a measurement (or its CSV file), or to several
    of one device together.

    ``drive``: ``data`` runs the device under the measured voltage, ``study`` under the study's own protocol.
    ``observe`` is what is compared: ``current``, ``voltage`` (then the measured current drives), or any other number that the
    device declares at every instant, such as ``conductance``.
    ``scale``, ``noise`` (in SI or as text with a unit) and ``relative_noise``: see :class:`.residual.Weighting`; of several
    records without a given noise each counts by its own spread.
    ``straight``: see :func:`.data.drive`. ``on_step`` hears of every trial: its number, the root mean square of its
    residuals (nan where the run failed), and whether it was taken. The search starts at the study's numbers.

    Raises :class:`InputError` for input that cannot be, :class:`RunError` where not even the start can be run.
    """
    began, study = time.perf_counter(), driven(study, "a fit")
    check_drive(drive)
    compared = observed(study, observe)
    given = [data] if isinstance(data, (Measurement, str, PathLike)) else list(data)
    if not given:
        raise InputError("fit: there is no record; give one at least.")
    scales = study.device.scales()
    records = [read(entry, scales, observed=compared) if isinstance(entry, (str, PathLike)) else entry for entry in given]
    chosen, level = read_parameters(study, over), _level(noise, compared)
    weights = []
    for record in records:
        values = record.column(observe)[record.compared(observe)]
        weight = weighting(values, scale=scale, noise=level, relative=relative_noise)
        weights.append(weight.beside_others(values) if len(records) > 1 else weight)
    weighed = list(zip(records, weights, strict=True))
    task = problem(study, weighed, chosen, observed=compared, driven_by=drive, straight=straight)
    start = np.array([entry.range.theta(entry.number.value) for entry in chosen])
    scaled = np.concatenate([part.scaled() for part in task.comparisons])
    floor = ACCURACY * float(study.experiment.tolerance.relative) * float(np.linalg.norm(scaled))
    task.prepare(start)
    first = task.evaluate(start, False)
    before = [part.observe(part.last) for part in task.comparisons if part.last is not None]
    known, heard = weights[0].known, _listener(on_step, task.rows)
    found = None
    if first is not None:
        found = search(task.evaluate, task.ranges, start, known_noise=known, floor=floor, most=most, on_step=heard)
    if found is None:
        raise RunError(f"{study.shown}: the run at the starting numbers fails: {task.failure.rstrip('.')}; start elsewhere.")
    return _finish(task, found, before, floor, began)


def _level(noise: float | str, compared: Observed) -> float:
    """A noise given as a number in SI or as text with a unit."""
    if not isinstance(noise, str):
        return float(noise)
    parts, unit = split(noise), compared.unit
    if parts is None:
        raise InputError(f"noise = {noise!r} is not a number with a unit; give it in {unit}, such as '1 u{unit}'.")
    try:
        return Units().convert(*parts, (unit,))
    except ValueError as error:
        raise InputError(f"noise = {noise!r} {error}.") from None


def _listener(on_step, rows: int):
    if on_step is None:
        return None

    def heard(number, point, taken):
        on_step(number, float("nan") if point is None else float(np.sqrt(point.cost / rows)), taken)

    return heard


def _finish(task: FitProblem, found: Search, before: Sequence[np.ndarray], floor: float, began: float) -> Fit:
    values, known = task.values(found.best.theta), task.comparisons[0].weighting.known
    spread = statistics(found.best, task.free, known_noise=known, floor=floor)
    if task.evaluate(found.best.theta, False) is None:
        raise RunError(f"{task.study.shown}: the run at the fitted numbers fails: {task.failure}")
    estimates = []
    for entry, error in zip(task.free, spread.errors, strict=True):
        value, logarithmic = values[entry.number.key], entry.range.logarithmic
        absolute = error * abs(value) if logarithmic else error
        relative = error if logarithmic else (error / abs(value) if value else np.inf)
        estimates.append(
            ParameterEstimate(
                entry.number,
                entry.number.value,
                value,
                float(absolute),
                float(relative),
                entry.range.low,
                entry.range.high,
                logarithmic,
            )
        )
    records = tuple(_record(part, start) for part, start in zip(task.comparisons, before, strict=True))
    calibrated = found.converged and all(record.quality.describes for record in records)
    return Fit(
        task.study,
        _fitted(task, values, estimates if calibrated else []),
        records,
        tuple(estimates),
        spread,
        task.driven_by,
        records[0].observed,
        found,
        time.perf_counter() - began,
    )


def _record(part: Comparison, before: np.ndarray) -> FittedRecord:
    """A record beside its run at the fitted numbers."""
    assert part.last is not None
    after, times = part.observe(part.last), part.data.time[part.rows]
    run_times, run_voltage = part.last.signals("voltage")
    voltage = part.data.columns.get("voltage")
    voltage = np.interp(times, run_times, run_voltage) if voltage is None else voltage[part.rows]
    return FittedRecord(
        part.data,
        part.weighting,
        part.observed.name,
        part.observed.unit,
        times,
        voltage,
        part.measured,
        before,
        after,
        part.weighting.residual(after, part.measured),
        part.last.result(),
        quality(part.measured, after, before, part.weighting),
    )


def _fitted(task: FitProblem, values: dict[str, float], estimates: list[ParameterEstimate]) -> Study:
    """The study with fitted numbers, the sources of ``estimates`` saying where they come from."""
    study = at(task.study, [entry.number for entry in task.free], values)
    data = copy.deepcopy(study.data)
    names = ", ".join(part.data.name for part in task.comparisons)
    for estimate in estimates:
        key = estimate.number.key
        if key.startswith("device."):
            error = estimate.number.shown(estimate.error, 2)
            data.setdefault("sources", {})[key] = f"calibrated: fitted to {names}, standard error {error}"
    return driven(interpret(data, name=study.name, shown=study.shown, folder=study.folder), "a fit")
