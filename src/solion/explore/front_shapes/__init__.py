"""Shapes of anisotropic fronts: core, swelling closures, ratio and necks over the filling."""

from solion.explore.front_shapes.shapes import FrontShapes, wire_shapes
from solion.explore.front_shapes.swelling import columns, darcy

__all__ = ["FrontShapes", "columns", "darcy", "wire_shapes"]
