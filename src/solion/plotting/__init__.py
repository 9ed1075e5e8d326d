"""Figures of a run and its report. Each takes a Result or its Dataset and returns a matplotlib Figure."""

from solion.plotting.boundary import boundary
from solion.plotting.conductance import conductance
from solion.plotting.energy import energy
from solion.plotting.energy_split import energy_split
from solion.plotting.figures import figure, figures
from solion.plotting.kept import kept
from solion.plotting.loop import loop
from solion.plotting.overview import overview
from solion.plotting.pulse_steps import pulse_steps
from solion.plotting.readout import readout
from solion.plotting.report import write_report
from solion.plotting.spacetime import spacetime
from solion.plotting.terminals import terminals
from solion.plotting.updates import updates

__all__ = [
    "boundary",
    "conductance",
    "energy",
    "energy_split",
    "figure",
    "figures",
    "kept",
    "loop",
    "overview",
    "pulse_steps",
    "readout",
    "spacetime",
    "terminals",
    "updates",
    "write_report",
]
