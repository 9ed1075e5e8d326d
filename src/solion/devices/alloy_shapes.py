"""Shapes of an alloying particle: a plate, a wire and a sphere, by the length that its front travels."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, Self

import equinox as eqx

from solion.base.parameters import Part, assumed, parameter
from solion.laws.core_shell.kinematics import MEASURE

RADIUS = {"unit": "m", "low": 1e-9, "high": 1e-2}


class AbstractShape(Part):
    """``order`` is m: 0 plate, 1 wire, 2 sphere. ``radius`` is a_0, half of the plate's thickness."""

    order: ClassVar[int]

    @property
    @abstractmethod
    def radius(self) -> Any:
        """a_0, m."""

    @property
    @abstractmethod
    def measure(self) -> Any:
        """Area over r^m: m2 of a plate (both faces), 2 pi times the length of a wire, 4 pi."""

    def resized(self, radius) -> Self:
        """The same with another a_0 (m)."""
        return eqx.tree_at(lambda shape: shape.radius, self, radius)

    @property
    def surface(self):
        """Area at the start, m2."""
        return self.measure * self.radius**self.order

    @property
    def volume(self):
        """Of the host at the start, m3."""
        return self.measure * self.radius ** (self.order + 1) / (self.order + 1)


class Plate(AbstractShape):
    """A plate that reacts from both faces."""

    order: ClassVar = 0
    half_thickness: float = parameter(**RADIUS, doc="a_0, half of the thickness")
    faces: float = parameter(
        1e-4, unit="m2", low=1e-18, high=1e2, doc="area of both faces", source=assumed(1e-4, "1 cm2, unless given")
    )

    @property
    def radius(self):
        return self.half_thickness

    @property
    def measure(self):
        return self.faces


class Wire(AbstractShape):
    """A wire that reacts from its mantle, in plane strain."""

    order: ClassVar = 1
    wire_radius: float = parameter(**RADIUS, doc="a_0, half of the diameter")
    wire_length: float = parameter(
        1e-6, unit="m", low=1e-9, high=10, doc="length", source=assumed(1e-6, "1 um, unless given; currents go with it")
    )

    @property
    def radius(self):
        return self.wire_radius

    @property
    def measure(self):
        return MEASURE[1] * self.wire_length


class Sphere(AbstractShape):
    """A sphere."""

    order: ClassVar = 2
    sphere_radius: float = parameter(**RADIUS, doc="a_0, half of the diameter")

    @property
    def radius(self):
        return self.sphere_radius

    @property
    def measure(self):
        return MEASURE[2]
