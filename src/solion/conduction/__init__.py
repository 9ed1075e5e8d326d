"""The verb ``conduct``: the current through a polycrystal, and what it says about hot spots."""

from solion.conduction.conduct import Conduction, conduct, hot_spot, load_conduction
from solion.conduction.elements import Elements
from solion.conduction.problem import AbstractEngine, Boundaries, Fields, Problem, Section
from solion.grids.triangles import Sizes

__all__ = [
    "AbstractEngine",
    "Boundaries",
    "Conduction",
    "Elements",
    "Fields",
    "Problem",
    "Section",
    "Sizes",
    "conduct",
    "hot_spot",
    "load_conduction",
]
