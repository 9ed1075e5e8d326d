"""Sensitivities of a study's metrics, and fits of its numbers to measurements."""

from solion.fitting.data import Measurement, drive, measurement, read
from solion.fitting.fit import Estimate, Fit, fit
from solion.fitting.numbers import Number, at, every, find, run_of
from solion.fitting.report import write_fit, write_sensitivities
from solion.fitting.sensitivity import Sensitivities, Sensitivity, sensitivities

__all__ = [
    "Estimate",
    "Fit",
    "Measurement",
    "Number",
    "Sensitivities",
    "Sensitivity",
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
