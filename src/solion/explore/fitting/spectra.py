"""Measured spectra beside a study of one: its own spectrum at the measured frequencies, each difference relative to |Z|.

r = (Z - Z_data)/(sigma |Z_data|), real and imaginary part; sigma is the relative noise, or taken from the residuals. Slopes
are central differences of whole spectra, which are solved to round-off.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from os import PathLike

import numpy as np
from matplotlib.figure import Figure

from solion.analysis.data import Data
from solion.analysis.spectra.circuit_fit import STRUCTURED
from solion.analysis.spectra.data import FEWEST, chain_of_relaxations, read_spectrum
from solion.base import parameters
from solion.base.errors import InputError, SolionError
from solion.explore.fitting.curves import RecordPanel, curves
from solion.explore.fitting.numbers import at, fitted, sized
from solion.explore.fitting.problem import AbstractComparison, FitProblem, FreeParameter, comparable
from solion.explore.fitting.quality import Quality, quality
from solion.explore.fitting.residual import Weighting
from solion.readers.recognise import read_table
from solion.readers.series import MeasuredSpectrum, spectrum_of
from solion.result.result import Result
from solion.study.study import Study

ACCURATE = 1e-5  # of |Z|, below which no misfit is told from round-off of a file
STEP = 1e-4  # of a number or its logarithm: differences are good to 1e-8 of the spectrum


def read_impedance(
    path: str | PathLike, study: Study, *, columns: str | None = None, cycle: int | None = None, area: str | None = None
) -> MeasuredSpectrum:
    """The spectrum of a file as the study gives its own, per area.

    A file in ohm is taken times ``area`` (text with a unit), or times that of the study's device. Raises :class:`InputError` for
    files that hold no spectrum, for signs that no passive cell has, and where an area is needed and not known.
    """
    found = spectrum_of(read_table(path, columns), cycle=cycle)
    frequency, impedance, notes = found.frequency, found.impedance, found.notes
    *_, warnings = read_spectrum(found.name, frequency, impedance)
    if found.unit == "ohm":
        size = _area(study, found.name, area)
        impedance, notes = impedance * size, (*notes, f"ohm were taken times the area, {size:.6g} m2.")
    elif area is not None:
        raise InputError(f"{found.name}: it is per area already, so that area = {area!r} does nothing; leave it out.")
    order = np.argsort(frequency)
    return MeasuredSpectrum(found.name, frequency[order], impedance[order], "ohm m^2", (*notes, *warnings))


def _area(study: Study, name: str, given: str | None) -> float:
    if given is not None:
        return sized(given, "m^2", "area")
    for row in parameters.table(study.device):
        if row.path == "area":
            return float(row.value)
    raise InputError(f"{name}: it is in ohm, and {study.shown} gives a spectrum per area; give its area, as in --area '1 cm^2'.")


class SpectrumComparison(AbstractComparison):
    """Spectra of a study at trial numbers beside a measured one."""

    accuracy = 1e-8

    def __init__(self, study: Study, data: MeasuredSpectrum, weighting: Weighting):
        self.study, self.data, self.weighting = study, data, weighting
        self.measured = self._parts(data.impedance)

    @property
    def name(self):
        return self.data.name

    def prepare(self, free, values):
        """Nothing is compiled ahead."""

    def _parts(self, impedance: np.ndarray) -> np.ndarray:
        relative = impedance / np.abs(self.data.impedance)
        return np.concatenate([np.real(relative), np.imag(relative)])

    def _at(self, free: Sequence[FreeParameter], values: Mapping[str, float]) -> Study:
        """The study at these numbers and the measured frequencies."""
        study = fitted(at(self.study, [entry.number for entry in free], values))
        experiment = dataclasses.replace(study.experiment, frequencies=self.data.frequency)
        return dataclasses.replace(study, experiment=experiment)

    def model(self, free, theta, values):
        try:
            self.result = self._at(free, values).run()
        except SolionError as error:
            self.failure = str(error)
            return None
        self.now = self._parts(Data.of(self.result).impedance)
        return self.now

    def jacobian(self, free, model, values):
        columns = []
        for entry in free:
            key, ends = entry.number.key, []
            theta = entry.range.theta(values[key])
            step = STEP * (1.0 if entry.range.logarithmic else abs(theta) or entry.range.high - entry.range.low)
            for way in (1, -1):
                try:
                    moved = self._at(free, {**values, key: entry.range.value(theta + way * step)}).run()
                except SolionError as error:
                    self.failure = str(error)
                    return None
                ends.append(self._parts(Data.of(moved).impedance))
            columns.append((ends[0] - ends[1]) / (2 * step))
        return np.column_stack(columns) / self.weighting.sigma(self.measured)[:, None]

    def record(self, before):
        assert self.now is not None
        size, half = np.abs(self.data.impedance), len(self.data.impedance)

        def whole(parts):
            return size * (parts[:half] + 1j * parts[half:])

        residual = self.weighting.residual(self.now, self.measured)
        agreement = quality(self.measured, self.now, before, self.weighting)
        return FittedSpectrum(self.data, self.weighting, whole(before), whole(self.now), residual, self.result, agreement)


@dataclasses.dataclass(frozen=True)
class FittedSpectrum:
    """A spectrum of a finished fit, ohm m2: ``before`` and ``after`` are the study's at the starting and the fitted numbers.

    ``residual``: of the real parts, then of the imaginary ones. ``result`` is the run at the fitted numbers.
    """

    data: MeasuredSpectrum
    weighting: Weighting
    before: np.ndarray
    after: np.ndarray
    residual: np.ndarray
    result: Result
    quality: Quality
    observed: str = "impedance"
    unit: str = "|Z|"

    @property
    def measured(self) -> np.ndarray:
        """The record."""
        return self.data.impedance

    @property
    def axis(self) -> tuple[np.ndarray, str, float]:
        """Where each residual lies, its heading, and the factor to the unit there."""
        return np.tile(self.data.frequency, 2), "frequency (Hz)", 1.0

    @property
    def columns(self) -> dict[str, np.ndarray]:
        """Of a file with the record and the study's spectrum, by their headings."""
        parts = {"frequency [Hz]": self.data.frequency}
        for name, values in (("measured", self.measured), ("fitted", self.after)):
            parts |= {f"{name} Z' [ohm m2]": np.real(values), f"{name} Z'' [ohm m2]": np.imag(values)}
        return parts

    def draw(self) -> Figure:
        """-Im Z against Re Z, and both against frequency."""
        shown = [1e4 * values for values in (self.before, self.measured, self.after)]
        unit = "(\u03a9 cm\u00b2)"
        plane = RecordPanel(f"Re Z {unit}", f"\u2212Im Z {unit}", *((z.real, -z.imag) for z in shown), square=True)  # pyright: ignore
        over = [(f"Re Z {unit}", [z.real for z in shown]), (f"\u2212Im Z {unit}", [-z.imag for z in shown])]
        f = self.data.frequency
        beside = [RecordPanel("frequency (Hz)", up, *((f, y) for y in parts), logarithmic=True) for up, parts in over]  # pyright: ignore
        return curves([plane, *beside])

    def words(self, convention: str) -> tuple[str, ...]:
        """What a reader must know of it: whether the study describes it, and as well as relaxations of any kind would."""
        found = []
        if self.data.frequency.size >= FEWEST:
            chain = chain_of_relaxations(2 * np.pi * self.data.frequency, self.measured)
            least = max(chain.misfit, ACCURATE)
            left = float(np.sqrt(np.mean(np.abs(self.after / self.measured - 1) ** 2)))
            if left > STRUCTURED * least:
                found.append(
                    f"what is left, {left:.2g} of |Z|, is {left / least:.3g} times what relaxations of any kind leave"
                    " over, so that it is not noise: the search ended beside the best numbers, or the study is another; start"
                    " elsewhere (--set KEY=...), or free another number."
                )
        return (*self.quality.words(self.observed, convention), *found, *self.data.notes)


def spectrum_problem(
    study: Study, given: Sequence, free: Sequence[FreeParameter], relative: float, useless: Sequence[str]
) -> FitProblem:
    """The problem of measured spectra, or of their files; ``useless``: options that say nothing to them, which are refused."""
    if useless:
        raise InputError(f"{study.shown}: {useless[0]} says nothing to a fit of spectra; leave it out (relative noise does).")
    if not (np.isfinite(relative) and relative >= 0):
        raise InputError(f"relative noise = {relative:g} is outside its allowed range [0, inf).")
    records = [read_impedance(entry, study) if isinstance(entry, (str, PathLike)) else entry for entry in given]
    for record in records:
        if not isinstance(record, MeasuredSpectrum) or record.unit != "ohm m^2":
            raise InputError(f"{study.shown}: it is a spectrum per area, to be fitted to such; read a file by read_impedance.")
    weighting = Weighting("linear", 1.0, float(relative), 0.0)
    comparisons = [SpectrumComparison(study, record, weighting) for record in records]
    return comparable(FitProblem(comparisons, free, driven_by="spectrum"))
