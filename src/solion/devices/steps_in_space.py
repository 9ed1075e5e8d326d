"""How the stages of a step of a film in space are solved: once each, or to the end."""

from __future__ import annotations

from abc import abstractmethod

from solion.base.parameters import Part
from solion.numerics.stepping.matrix_free import MatrixFree
from solion.numerics.stepping.method import AbstractMethod
from solion.numerics.stepping.solved_stages import SolvedStages


class AbstractSteps(Part):
    """What takes the steps of a film in space without noise."""

    @property
    def usual(self) -> bool:
        """Whether it is what a film has unless another is given."""
        return False

    @abstractmethod
    def method(self) -> AbstractMethod:
        """The method."""


class LinearSteps(AbstractSteps):
    """Each stage is solved once, with the equations linearised at the start of the step: for films that a drive switches."""

    @property
    def usual(self):
        return True

    def method(self):
        return MatrixFree()


class SolvedSteps(AbstractSteps):
    """Each stage is solved to the end: for films that are left alone, whose fronts creep.

    Such a step costs twice to four times as much and is five to sixteen times as long where islands and corners ripen. Under a
    current that switches the film it gains nothing and is less exact at the same tolerance; what begins the same everywhere
    across may leave that state sooner, since long steps carry round-off that grows further than it would.
    """

    def method(self):
        return SolvedStages()
