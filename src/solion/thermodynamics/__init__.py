"""What a film material does at rest and at the onset of switching: phases, interface, critical current."""

from solion.thermodynamics.diffuse import critical_current_diffuse, two_phase_fillings, ways_to_switch
from solion.thermodynamics.lateral import Focusing, finger_current, focusing_current, front_growth
from solion.thermodynamics.nuclei import SharpNucleus, WettingLimit, complete_wetting, island_life, sharp_nucleus, wetting_limit
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
    "wetting_limit",
    "sharp_nucleus",
    "island_life",
    "complete_wetting",
    "WettingLimit",
    "SharpNucleus",
    "front_growth",
    "focusing_current",
    "finger_current",
    "Focusing",
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
