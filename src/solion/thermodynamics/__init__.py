"""What a film material does at rest and at the onset of switching: phases, interface, critical current."""

from solion.thermodynamics.diffuse import critical_current_diffuse, two_phase_fillings, ways_to_switch
from solion.thermodynamics.phases import (
    DiffuseInterface,
    PhaseCurves,
    PhaseDiagram,
    composition_range,
    critical_current,
    current_potential,
    curves,
    interface,
    ion_poor_fraction,
    phase_diagram,
    spinodal,
    steepest_gradient,
)

__all__ = [
    "DiffuseInterface",
    "PhaseCurves",
    "PhaseDiagram",
    "composition_range",
    "critical_current",
    "critical_current_diffuse",
    "current_potential",
    "curves",
    "interface",
    "ion_poor_fraction",
    "phase_diagram",
    "spinodal",
    "steepest_gradient",
    "two_phase_fillings",
    "ways_to_switch",
]
