"""Sensitivities of a study's metrics, and fits of its numbers to measurements."""

from solion.explore.fitting.data import Measurement, drive, measurement, read
from solion.explore.fitting.fit import Fit, ParameterEstimate, fit
from solion.explore.fitting.numbers import StudyNumber, at, every, find, run_of
from solion.explore.fitting.report import write_fit, write_sensitivities
from solion.explore.fitting.sensitivity import Sensitivities, Sensitivity, sensitivities

__all__ = [
    "Fit",
    "Measurement",
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
    "read",
    "run_of",
    "sensitivities",
    "write_fit",
    "write_sensitivities",
]
