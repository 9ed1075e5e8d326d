"""The verb ``conduct``: the current through a polycrystal, and what it says about hot spots."""

from solion.experiments.conduction.conduct import Conduction, conduct
from solion.experiments.conduction.elements import Elements
from solion.experiments.conduction.impedance import ImpedanceSpectroscopy, impedance
from solion.experiments.conduction.measures import AbstractMeasure, HotSpotNorm, MeanCurrent
from solion.experiments.conduction.microstructure import GrainRecipe
from solion.experiments.conduction.planes import hot_spot, planes, profile, section
from solion.experiments.conduction.problem import AbstractEngine, Boundaries, CrossSection, Fields, Problem
from solion.experiments.conduction.sensitivity import sensitivity
from solion.experiments.conduction.voxels import Voxels
from solion.grids.meshes.triangles import Sizes

__all__ = [
    "AbstractEngine",
    "AbstractMeasure",
    "Boundaries",
    "Conduction",
    "CrossSection",
    "Elements",
    "Fields",
    "GrainRecipe",
    "HotSpotNorm",
    "ImpedanceSpectroscopy",
    "MeanCurrent",
    "Problem",
    "Sizes",
    "Voxels",
    "conduct",
    "hot_spot",
    "impedance",
    "planes",
    "profile",
    "section",
    "sensitivity",
]
