"""The verb ``conduct``: the current through a polycrystal, and what it says about hot spots."""

from solion.conduction.conduct import Conduction, conduct, hot_spot, load_conduction
from solion.conduction.elements import Elements
from solion.conduction.impedance import impedance
from solion.conduction.measures import AbstractMeasure, HotSpotNorm, MeanCurrent
from solion.conduction.problem import AbstractEngine, Boundaries, Fields, Problem, Section
from solion.conduction.sensitivity import sensitivity
from solion.conduction.voxels import Voxels
from solion.grids.triangles import Sizes

__all__ = [
    "AbstractEngine",
    "AbstractMeasure",
    "Boundaries",
    "Conduction",
    "Elements",
    "Fields",
    "HotSpotNorm",
    "MeanCurrent",
    "Problem",
    "Section",
    "Sizes",
    "Voxels",
    "conduct",
    "hot_spot",
    "impedance",
    "load_conduction",
    "sensitivity",
]
