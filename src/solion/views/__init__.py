"""Figures of a run and its report. Each takes a Result or its Dataset and returns a matplotlib Figure."""

from types import SimpleNamespace

from solion.analysis.metrics import metrics
from solion.views.boundary import boundary
from solion.views.conductance import conductance
from solion.views.energy import energy
from solion.views.energy_split import energy_split
from solion.views.figures import applicable as _names
from solion.views.figures import figure as _figure
from solion.views.figures import figures
from solion.views.loop import loop
from solion.views.overview import overview
from solion.views.pulse_steps import pulse_steps
from solion.views.readout import readout
from solion.views.report import write_report as _write_report
from solion.views.retention import kept
from solion.views.spacetime import spacetime
from solion.views.terminals import terminals
from solion.views.updates import updates


def applicable(dataset, fields=None):
    return [SimpleNamespace(name=name) for name in _names(dataset)]


def figure(dataset, kind=None, fields=None):
    return _figure(dataset, kind or _names(dataset)[0])


def write_report(dataset, folder, fields=None):
    return _write_report(dataset, folder)


def html_repr(dataset, fields=None):
    return f"<pre>{dataset.attrs['title']}: {dataset.attrs['message']}</pre>"


__all__ = [
    "applicable",
    "boundary",
    "conductance",
    "energy",
    "energy_split",
    "figure",
    "figures",
    "html_repr",
    "kept",
    "loop",
    "metrics",
    "overview",
    "pulse_steps",
    "readout",
    "spacetime",
    "terminals",
    "updates",
    "write_report",
]
