"""Forces between the two faces of a film beside short-range ones: dispersion and double layers, as energies per area."""

from __future__ import annotations

import math
from abc import abstractmethod

import jax.numpy as jnp

from solion.base.parameters import Part, assumed, literature, parameter, positive_parameter


class AbstractFilmForce(Part):
    """Energy (J/m2) that a force adds to an interface with a film of thickness h (m); 0 without one."""

    @abstractmethod
    def energy(self, thickness):
        """E(h), with E(0) = 0."""

    @property
    @abstractmethod
    def limit(self):
        """E at infinite thickness, J/m2: what it adds to dgamma."""

    @property
    @abstractmethod
    def finest(self):
        """The step (m) that resolves it."""


class DispersionForce(AbstractFilmForce):
    """E = A/(12 pi) (1/d_0^2 - 1/(h + d_0)^2): A > 0 draws the faces together and thins the film, A < 0 thickens it."""

    hamaker: float = parameter(
        4e-20,
        unit="J",
        low=-1e-17,
        high=1e-17,
        doc="A; real ones are below 2e-19 in size",
        source=assumed(4e-20, "typical of metals"),
    )
    separation: float = positive_parameter(
        1.65e-10, unit="m", doc="d_0", source=literature(1.65e-10, "Israelachvili's cutoff, quoted from memory")
    )

    def energy(self, thickness):
        ratio = thickness / self.separation
        return self.limit * ratio * (2 + ratio) / (1 + ratio) ** 2

    @property
    def limit(self):
        return self.hamaker / (12 * math.pi * self.separation**2)

    @property
    def finest(self):
        return self.separation / 10


class DoubleLayerForce(AbstractFilmForce):
    """E = E_0 (exp(-kappa h) - 1): charged faces of an oxide film; E_0 > 0 keeps them apart."""

    strength: float = parameter(unit="J/m2", low=-10, high=10, doc="E_0")
    screening_length: float = positive_parameter(unit="m", doc="1/kappa")

    def energy(self, thickness):
        return self.strength * jnp.expm1(-thickness / self.screening_length)

    @property
    def limit(self):
        return -self.strength

    @property
    def finest(self):
        return self.screening_length / 20
