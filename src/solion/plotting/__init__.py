"""Figures of a run and its report. Each takes a Result or its Dataset and returns a matplotlib Figure."""

from solion.plotting.boundary import boundary
from solion.plotting.energy import energy
from solion.plotting.figures import figure, figures
from solion.plotting.loop import loop
from solion.plotting.overview import overview
from solion.plotting.readout import readout
from solion.plotting.report import write_report
from solion.plotting.spacetime import spacetime
from solion.plotting.terminals import terminals

__all__ = [
    "boundary",
    "energy",
    "figure",
    "figures",
    "loop",
    "overview",
    "readout",
    "spacetime",
    "terminals",
    "write_report",
]
