"""The verb ``conduct``: the current through a polycrystal, and what it says about hot spots."""

from solion.conduction.problem import AbstractEngine, Fields, Problem, Section

__all__ = ["AbstractEngine", "Fields", "Problem", "Section"]
