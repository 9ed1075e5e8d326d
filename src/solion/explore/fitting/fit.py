"""Fit numbers of a study to a measured current-voltage record by least squares, with what the data say about them."""

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
from solion.explore.fitting.problem import OBSERVED, FitProblem, check_choices, problem
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
class Fit:
    """A finished fit. ``fitted`` is the study with the numbers in place; arrays are over the rows that were compared.

    ``measured``, ``before`` and ``after`` are in ``unit``: the record, the run at the starting numbers and at the fitted ones.
    """

    study: Study
    fitted: Study
    data: Measurement
    estimates: tuple[ParameterEstimate, ...]
    statistics: Statistics
    weighting: Weighting
    driven_by: str
    observed: str
    unit: str
    time: np.ndarray
    voltage: np.ndarray
    measured: np.ndarray
    before: np.ndarray
    after: np.ndarray
    residual: np.ndarray
    search: Search
    result: Result
    seconds: float
    quality: Quality

    @property
    def calibrates(self) -> bool:
        """Whether its numbers may be called calibrated: the search ended, and the run describes the record."""
        return self.search.converged and self.quality.describes

    @property
    def values(self) -> dict[str, float]:
        """Fitted numbers in their own units by key."""
        return {entry.number.key: entry.value for entry in self.estimates}

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know before using the numbers."""
        ended = () if self.search.converged else (f"the search did not converge: {self.search.reason}.",)
        ended = (*ended, *self.quality.words(self.observed, self.study.sign_convention))
        return (*ended, *self.data.notes, *_left_out(self), *self.statistics.warnings)


def fit(
    study: Study,
    data: Measurement | str | PathLike,
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
    """Fit the numbers ``over`` (texts ``key`` or ``key=low..high``) of a study to a measurement (or its CSV file).

    ``drive``: ``data`` runs the device under the measured voltage, ``study`` under the study's own protocol.
    ``observe`` is what is compared, ``current`` or ``voltage``; in the second case the measured current drives.
    ``scale``, ``noise`` (in SI or as text with a unit) and ``relative_noise``: see :class:`.residual.Weighting`.
    ``straight``: see :func:`.data.drive`. ``on_step`` hears of every trial: its number, the root mean square of its
    residuals (nan where the run failed), and whether it was taken. The search starts at the study's numbers.

    Raises :class:`InputError` for input that cannot be, :class:`RunError` where not even the start can be run.
    """
    began, study = time.perf_counter(), driven(study, "a fit")
    if isinstance(data, (str, PathLike)):
        data = read(data, study.device.scales())
    chosen = read_parameters(study, over)
    check_choices(drive, observe)
    level = _level(noise, observe)
    weights = weighting(data.column(observe)[data.compared(observe)], scale=scale, noise=level, relative=relative_noise)
    task = problem(study, data, chosen, weights, driven_by=drive, observed=observe, straight=straight)
    start = np.array([entry.range.theta(entry.number.value) for entry in chosen])
    heard = _listener(on_step, len(task.measured))
    scaled = weights.transform(task.measured) / weights.sigma(task.measured)
    floor = ACCURACY * float(study.experiment.tolerance.relative) * float(np.linalg.norm(scaled))
    task.prepare(start)
    first = task.evaluate(start, False)
    if first is None or task.last is None:
        raise RunError(f"{study.shown}: the run at the starting numbers fails: {task.failure.rstrip('.')}; start elsewhere.")
    before = task.observe(task.last)
    found = search(task.evaluate, task.ranges, start, known_noise=weights.known, floor=floor, most=most, on_step=heard)
    if found is None:
        raise RunError(f"{study.shown}: the run at the starting numbers fails: {task.failure.rstrip('.')}; start elsewhere.")
    return _finish(task, found, before, floor, began)


def _level(noise: float | str, observe: str) -> float:
    """A noise given as a number in SI or as text with a unit."""
    if not isinstance(noise, str):
        return float(noise)
    parts, unit = split(noise), OBSERVED.get(observe, "A")
    if parts is None:
        raise InputError(f"noise = {noise!r} is not a number with a unit; give it in {unit}, such as '1 u{unit}'.")
    try:
        return Units().convert(*parts, (unit,))
    except ValueError as error:
        raise InputError(f"noise = {noise!r} {error}.") from None


def _left_out(fit: Fit) -> tuple[str, ...]:
    """How many rows were not compared, and which of them are outliers."""
    used, rows, found = len(fit.time), len(fit.data), []
    spikes = np.zeros(rows, bool) if fit.data.keep_outliers else outliers(fit.data.column(fit.observed))
    if spikes.any():
        times = ", ".join(f"{t:.6g}" for t in fit.data.time[spikes][:5])
        found.append(
            f"{int(spikes.sum())} single rows of {fit.observed} lie far off their neighbours (at t = {times} s"
            f"{', ...' if spikes.sum() > 5 else ''}) and were not compared; --keep-outliers compares them."
        )
    if used + int(spikes.sum()) < rows:
        found.append(f"{used} of {rows} rows were compared; others hold no {fit.observed} or a jump.")
    return tuple(found)


def _listener(on_step, rows: int):
    if on_step is None:
        return None

    def heard(number, point, taken):
        on_step(number, float("nan") if point is None else float(np.sqrt(point.cost / rows)), taken)

    return heard


def _finish(task: FitProblem, found: Search, before: np.ndarray, floor: float, began: float) -> Fit:
    values = task.values(found.best.theta)
    spread = statistics(found.best, task.free, known_noise=task.weighting.known, floor=floor)
    final = task.evaluate(found.best.theta, False)
    if final is None or task.last is None:
        raise RunError(f"{task.study.shown}: the run at the fitted numbers fails: {task.failure}")
    after = task.observe(task.last)
    times = task.data.time[task.rows]
    run_time, run_voltage = task.last.signals("voltage")
    voltage = np.interp(times, run_time, run_voltage)
    if "voltage" in task.data.columns:
        voltage = task.data.columns["voltage"][task.rows]
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
    agreement = quality(task.measured, after, before, task.weighting)
    return Fit(
        task.study,
        _fitted(task, values, estimates if found.converged and agreement.describes else []),
        task.data,
        tuple(estimates),
        spread,
        task.weighting,
        task.driven_by,
        task.observed,
        OBSERVED[task.observed],
        times,
        voltage,
        task.measured,
        before,
        after,
        final.residual,
        found,
        task.last.result(),
        time.perf_counter() - began,
        agreement,
    )


def _fitted(task: FitProblem, values: dict[str, float], estimates: list[ParameterEstimate]) -> Study:
    """The study with fitted numbers, the sources of ``estimates`` saying where they come from."""
    study = at(task.study, [entry.number for entry in task.free], values)
    data = copy.deepcopy(study.data)
    for estimate in estimates:
        key = estimate.number.key
        if key.startswith("device."):
            error = estimate.number.shown(estimate.error, 2)
            data.setdefault("sources", {})[key] = f"calibrated: fitted to {task.data.name}, standard error {error}"
    return driven(interpret(data, name=study.name, shown=study.shown, folder=study.folder), "a fit")
