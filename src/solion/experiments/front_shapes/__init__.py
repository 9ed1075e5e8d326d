"""Shapes of anisotropic fronts: core, swelling closures, ratio and necks over the filling."""

from solion.experiments.front_shapes.experiment import AnisotropicFront
from solion.experiments.front_shapes.shapes import FrontShapes, StressFeedback, wire_shapes
from solion.experiments.front_shapes.swelling import columns, darcy

__all__ = ["AnisotropicFront", "FrontShapes", "StressFeedback", "columns", "darcy", "wire_shapes"]
