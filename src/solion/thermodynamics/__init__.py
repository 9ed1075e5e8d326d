"""What a film material does at rest and at the onset of switching: phases, interface, critical current."""

from solion.thermodynamics.clamping import ClampingLimit, clamping_limit, critical_current_bent
from solion.thermodynamics.diffuse import critical_current_diffuse, two_phase_fillings, ways_to_switch
from solion.thermodynamics.flat_interface import DiffuseInterface, interface, steepest_gradient, surface_pull
from solion.thermodynamics.front_pinning import cells_that_let_go, front_pinning
from solion.thermodynamics.lateral import Focusing, finger_current, focusing_current, front_growth
from solion.thermodynamics.layered_phases import LayeredGap, layered_gaps
from solion.thermodynamics.nuclei import SharpNucleus, WettingLimit, complete_wetting, island_life, sharp_nucleus, wetting_limit
from solion.thermodynamics.phases import (
    MiscibilityGap,
    PhaseCurves,
    PhaseDiagram,
    composition_range,
    curves,
    phase_diagram,
    spinodal,
)
from solion.thermodynamics.polarizing import critical_current, current_potential, ion_poor_fraction
from solion.thermodynamics.shapes import (
    Hole,
    RestShapes,
    critical_hole,
    dewetting_time,
    flat_layer_width,
    pillar_growth,
    rest_shapes,
)
from solion.thermodynamics.stage_life import StageLife, stage_life
from solion.thermodynamics.two_fronts import TwoFrontTimes, two_front_times

__all__ = [
    "ClampingLimit",
    "DiffuseInterface",
    "Focusing",
    "Hole",
    "LayeredGap",
    "MiscibilityGap",
    "PhaseCurves",
    "PhaseDiagram",
    "RestShapes",
    "SharpNucleus",
    "StageLife",
    "TwoFrontTimes",
    "WettingLimit",
    "cells_that_let_go",
    "clamping_limit",
    "complete_wetting",
    "composition_range",
    "critical_current",
    "critical_current_bent",
    "critical_current_diffuse",
    "critical_hole",
    "current_potential",
    "curves",
    "dewetting_time",
    "finger_current",
    "flat_layer_width",
    "focusing_current",
    "front_growth",
    "front_pinning",
    "interface",
    "ion_poor_fraction",
    "island_life",
    "layered_gaps",
    "phase_diagram",
    "pillar_growth",
    "rest_shapes",
    "sharp_nucleus",
    "spinodal",
    "stage_life",
    "steepest_gradient",
    "surface_pull",
    "two_front_times",
    "two_phase_fillings",
    "ways_to_switch",
    "wetting_limit",
]
