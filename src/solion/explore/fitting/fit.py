"""Fit numbers of a study to measured records by least squares, with what the data say about them."""

from __future__ import annotations

import copy
import dataclasses
import time
from collections.abc import Callable, Sequence
from os import PathLike

import numpy as np

from solion.base.errors import InputError, RunError
from solion.explore.fitting.data import Measurement, read
from solion.explore.fitting.free_parameters import read_parameters
from solion.explore.fitting.levenberg import Search, search
from solion.explore.fitting.numbers import StudyNumber, at, fitted, sized
from solion.explore.fitting.observed import observed
from solion.explore.fitting.problem import FitProblem, check_drive, problem
from solion.explore.fitting.record import FittedRecord
from solion.explore.fitting.residual import weighting
from solion.explore.fitting.spectra import FittedSpectrum, spectrum_problem
from solion.explore.fitting.statistics import Statistics, statistics
from solion.readers.series import MeasuredSpectrum
from solion.study.study import Study, interpret

ACCURACY = 3.0  # times the tolerance of a run: what its current is worth, relative to the largest


Measured = Measurement | MeasuredSpectrum | str | PathLike


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
    """A finished fit. ``fitted`` is the study with the numbers in place; each record stands beside its run in ``records``."""

    study: Study
    fitted: Study
    records: tuple[FittedRecord | FittedSpectrum, ...]
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
        return sum(len(record.residual) for record in self.records)

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
    data: Measured | Sequence[Measured],
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
    of one device together. A study of a spectrum is fitted to spectra, at their frequencies: see :mod:`.spectra`.

    ``drive``: ``data`` runs the device under the measured voltage, ``study`` under the study's own protocol.
    ``observe`` is what is compared: ``current``, ``voltage`` (then the measured current drives), or any other number that the
    device declares at every instant, such as ``conductance``.
    ``scale``, ``noise`` (in SI or as text with a unit) and ``relative_noise``: see :class:`.residual.Weighting`; of several
    records without a given noise each counts by its own spread.
    ``straight``: see :func:`.data.drive`. ``on_step`` hears of every trial: its number, the root mean square of its
    residuals (nan where the run failed), and whether it was taken. The search starts at the study's numbers.

    Raises :class:`InputError` for input that cannot be, :class:`RunError` where not even the start can be run.
    """
    began, study = time.perf_counter(), fitted(study)
    given = list(data) if isinstance(data, Sequence) and not isinstance(data, str) else [data]
    if not given:
        raise InputError("fit: there is no record; give one at least.")
    if study.experiment.spectral:
        useless = {
            "drive": drive != "data",
            "observe": observe != "current",
            "scale": scale,
            "noise": noise,
            "straight": straight,
        }
        task = spectrum_problem(study, given, read_parameters(study, over), relative_noise, [k for k, v in useless.items() if v])
    else:
        check_drive(drive)
        options = {"scale": scale, "noise": noise, "relative": relative_noise}
        task = _problem(study, given, over, observe=observe, drive=drive, straight=straight, **options)
    start = np.array([entry.range.theta(entry.number.value) for entry in task.free])
    scaled = np.concatenate([part.scaled() for part in task.comparisons])
    floor = ACCURACY * max(part.accuracy for part in task.comparisons) * float(np.linalg.norm(scaled))
    task.prepare(start)
    first = task.evaluate(start, False)
    before = [part.now for part in task.comparisons if part.now is not None]
    known, heard = task.comparisons[0].weighting.known, _listener(on_step, task.rows)
    found = None
    if first is not None:
        found = search(task.evaluate, task.ranges, start, known_noise=known, floor=floor, most=most, on_step=heard)
    if found is None:
        raise RunError(f"{study.shown}: the run at the starting numbers fails: {task.failure.rstrip('.')}; start elsewhere.")
    return _finish(task, found, before, floor, began)


def _problem(study: Study, given, over, *, observe, drive, straight, scale, noise, relative) -> FitProblem:
    """The problem of records in time."""
    compared, scales = observed(study, observe), study.device.scales()
    records = [read(entry, scales, observed=compared) if isinstance(entry, (str, PathLike)) else entry for entry in given]
    level = sized(noise, compared.unit, "noise") if isinstance(noise, str) else float(noise)
    weights = []
    for record in records:
        values = record.column(observe)[record.compared(observe)]
        weight = weighting(values, scale=scale, noise=level, relative=relative)
        weights.append(weight.beside_others(values) if len(records) > 1 else weight)
    weighed, chosen = list(zip(records, weights, strict=True)), read_parameters(study, over)
    return problem(study, weighed, chosen, observed=compared, driven_by=drive, straight=straight)


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
    records = tuple(part.record(start) for part, start in zip(task.comparisons, before, strict=True))
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


def _fitted(task: FitProblem, values: dict[str, float], estimates: list[ParameterEstimate]) -> Study:
    """The study with fitted numbers, the sources of ``estimates`` saying where they come from."""
    study = at(task.study, [entry.number for entry in task.free], values)
    data = copy.deepcopy(study.data)
    names = ", ".join(part.name for part in task.comparisons)
    for estimate in estimates:
        key = estimate.number.key
        if key.startswith("device."):
            error = estimate.number.shown(estimate.error, 2)
            data.setdefault("sources", {})[key] = f"calibrated: fitted to {names}, standard error {error}"
    return fitted(interpret(data, name=study.name, shown=study.shown, folder=study.folder))
