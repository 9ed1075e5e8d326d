"""Sensitivities of a study's metrics, and fits of its numbers to measurements."""

from solion.explore.fitting.data import Measurement, drive, measurement, read
from solion.explore.fitting.fit import Fit, ParameterEstimate, fit
from solion.explore.fitting.numbers import StudyNumber, at, every, find, fitted, run_of
from solion.explore.fitting.observed import Observed, observed
from solion.explore.fitting.record import FittedRecord
from solion.explore.fitting.report import write_fit, write_sensitivities
from solion.explore.fitting.sensitivity import Sensitivities, Sensitivity, sensitivities
from solion.explore.fitting.spectra import FittedSpectrum, read_impedance

__all__ = [
    "Fit",
    "FittedRecord",
    "FittedSpectrum",
    "Measurement",
    "Observed",
    "ParameterEstimate",
    "Sensitivities",
    "Sensitivity",
    "StudyNumber",
    "at",
    "drive",
    "every",
    "find",
    "fit",
    "fitted",
    "measurement",
    "observed",
    "read",
    "read_impedance",
    "run_of",
    "sensitivities",
    "write_fit",
    "write_sensitivities",
]
