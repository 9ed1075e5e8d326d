"""Sensitivities of a study's metrics, and fits of its numbers to measurements."""

from solion.explore.fitting.data import Measurement, drive, measurement, read
from solion.explore.fitting.fit import Fit, FittedRecord, ParameterEstimate, fit
from solion.explore.fitting.numbers import StudyNumber, at, every, find, run_of
from solion.explore.fitting.observed import Observed, observed
from solion.explore.fitting.report import write_fit, write_sensitivities
from solion.explore.fitting.sensitivity import Sensitivities, Sensitivity, sensitivities

__all__ = [
    "Fit",
    "FittedRecord",
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
    "measurement",
    "observed",
    "read",
    "run_of",
    "sensitivities",
    "write_fit",
    "write_sensitivities",
]
