"""A fit as a function of its numbers: run the study at them, compare with the measurement, differentiate."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from solion.base.errors import InputError, RunError, nearest
from solion.explore.fitting.data import Measurement, drive
from solion.explore.fitting.levenberg import NumberBounds, SearchPoint
from solion.explore.fitting.numbers import StudyNumber, at, run_of
from solion.explore.fitting.residual import Weighting
from solion.explore.tangents import Finished, Run, complete, differentiate, prepare
from solion.protocols.protocol import Protocol
from solion.study.study import Study

DRIVES = ("data", "study")
OBSERVED = {"current": "A", "voltage": "V"}


@dataclasses.dataclass(frozen=True)
class FreeParameter:
    """A number to fit: its bounds in its own unit, and whether it is searched in its logarithm."""

    number: StudyNumber
    range: NumberBounds


class FitProblem:
    """Runs of a study at trial numbers beside a measurement; counts what they cost."""

    def __init__(
        self,
        study: Study,
        data: Measurement,
        free: Sequence[FreeParameter],
        weighting: Weighting,
        *,
        driven_by: str,
        observed: str,
        protocol: Protocol | None,
    ):
        self.study, self.data, self.free, self.weighting = study, data, list(free), weighting
        self.driven_by, self.observed, self.protocol = driven_by, observed, protocol
        self.rows = data.compared(observed)  # at one instant a run has one value
        self.measured = data.column(observed)[self.rows]
        self.limit = 0
        self.last: Finished | None = None
        self.at = np.array([])  # theta of the last run
        self.failure = ""

    @property
    def ranges(self) -> list[NumberBounds]:
        """Bounds in the order of the numbers."""
        return [entry.range for entry in self.free]

    def values(self, theta: np.ndarray) -> dict[str, float]:
        """Numbers in their own units by key."""
        return {entry.number.key: entry.range.value(t) for entry, t in zip(self.free, theta, strict=True)}

    def run(self, values: Mapping[str, float]) -> Run:
        """The run at these numbers, driven as the fit asks."""
        run = run_of(at(self.study, [entry.number for entry in self.free], values))
        return dataclasses.replace(run, protocol=self.protocol or run.protocol)

    def prepare(self, theta: np.ndarray) -> None:
        """Compile for the runs to come."""
        try:
            prepare(self.run(self.values(theta)))
        except InputError:
            return  # evaluate says what is wrong

    def evaluate(self, theta: np.ndarray, slopes: bool) -> SearchPoint | None:
        """Residuals, with slopes where wanted; None where the run cannot be or does not reach its end."""
        values = self.values(theta)
        known = self.last if self.last is not None and np.array_equal(theta, self.at) else None
        try:
            finished = known or complete(self.run(values), limit=self.limit or LIMIT)
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
        self.last, self.at = finished, np.array(theta)
        residual = self.weighting.residual(model, self.measured)
        if not slopes:
            return SearchPoint(theta, residual, None)
        try:
            beside = differentiate(self.run, values, limit=self.limit, finished=finished)
        except (InputError, RunError) as error:
            self.failure = str(error)
            return None
        columns = []
        for entry in self.free:
            low, high, distance = beside.beside(entry.number.key)
            slope = (self.observe(high) - self.observe(low)) / distance
            columns.append(slope * (values[entry.number.key] if entry.range.logarithmic else 1.0))
        scale = self.weighting.slope(model) / self.weighting.sigma(self.measured)
        jacobian = np.column_stack(columns) * scale[:, None]
        return SearchPoint(theta, residual, jacobian) if np.all(np.isfinite(jacobian)) else None

    def observe(self, finished: Finished) -> np.ndarray:
        """The observed quantity at the measured rows, by straight lines between samples of the run."""
        time, signal = finished.signals(self.observed)
        return np.interp(self.data.time[self.rows], time, signal)


LIMIT = 50_000  # steps of the first run; later ones may take ten times what it took


def problem(
    study: Study,
    data: Measurement,
    free: Sequence[FreeParameter],
    weighting: Weighting,
    *,
    driven_by: str = "data",
    observed: str = "current",
    straight: float | None = None,
) -> FitProblem:
    """Check that study, measurement and numbers fit together.

    Raises :class:`InputError` naming what does not.
    """
    protocol = None
    if driven_by == "data":
        other = "voltage" if observed == "current" else "current"
        protocol = drive(data, _needed(data, other, "drives the run"), straight)
        useless = [entry.number.key for entry in free if entry.number.key.startswith("protocol.")]
        if useless:
            raise InputError(
                f"{useless[0]} has no effect where the measured {other} drives the run; give --drive study to run the "
                "study's own protocol."
            )
    else:
        end = float(study.experiment.protocol.duration)
        if data.time[-1] > end * (1 + 1e-9):
            raise InputError(
                f"{data.name}: it lasts {data.time[-1]:.6g} s, longer than the protocol of {study.shown} ({end:.6g} s); cut "
                "it, or let it drive the run."
            )
    rows = int(np.sum(data.compared(observed)))
    if rows <= len(free):
        raise InputError(
            f"{data.name}: {rows} rows that can be compared are too few for {len(free)} numbers; at least "
            f"{len(free) + 1} are needed."
        )
    return FitProblem(study, data, free, weighting, driven_by=driven_by, observed=observed, protocol=protocol)


def check_choices(drive: str, observe: str) -> None:
    """Refuse words for the drive and the observed quantity that are not known."""
    for name, value, known in (("drive", drive, DRIVES), ("observe", observe, tuple(OBSERVED))):
        if value not in known:
            raise InputError(f"{name} = {value!r} is unknown{nearest(value, known)}; known: {', '.join(known)}.")


def _needed(data: Measurement, name: str, why: str) -> str:
    if name not in data.columns:
        raise InputError(f"{data.name}: the column {name!r} is missing, which {why}; add it, or give --drive study.")
    return name
