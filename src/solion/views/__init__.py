"""Figures of a run and its report. Each takes a Result or its Dataset and returns a matplotlib Figure."""

from solion.views.boundary import boundary
from solion.views.conductance import conductance
from solion.views.energy import energy
from solion.views.energy_split import energy_split
from solion.views.figures import figure, figures
from solion.views.loop import loop
from solion.views.overview import overview
from solion.views.pulse_steps import pulse_steps
from solion.views.readout import readout
from solion.views.report import write_report
from solion.views.retention import kept
from solion.views.spacetime import spacetime
from solion.views.terminals import terminals
from solion.views.updates import updates

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
