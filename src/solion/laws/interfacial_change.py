"""What a thick film does to the energy of an interface: dgamma = gamma_ab + gamma_bg - gamma_ag0, negative where it lowers it."""

from __future__ import annotations

from abc import abstractmethod

import jax.numpy as jnp

from solion.base.parameters import Part, parameter


class AbstractInterfacialChange(Part):
    """dgamma (J/m2) of a film whose share of solute is x."""

    @abstractmethod
    def change(self, composition):
        """dgamma(x)."""


class FixedChange(AbstractInterfacialChange):
    """One dgamma, whatever is in the film."""

    energy: float = parameter(unit="J/m2", low=-10, high=10, doc="dgamma, negative where the film lowers the energy")

    def change(self, composition):
        return self.energy + 0.0 * composition


class MixedChange(AbstractInterfacialChange):
    """dgamma between that of a film of the host alone and that of a film of the solute alone, linear in composition."""

    host: float = parameter(unit="J/m2", low=-10, high=10, doc="dgamma of a film of the host")
    solute: float = parameter(unit="J/m2", low=-10, high=10, doc="dgamma of a film of the solute")

    def change(self, composition):
        return (1 - composition) * self.host + composition * self.solute


class BoundaryChange(AbstractInterfacialChange):
    """Of a grain boundary, whose two sides are one phase: dgamma = 2 gamma_ab - gamma_gb."""

    film_side: float = parameter(unit="J/m2", low=0, high=10, doc="gamma_ab, crystal against film")
    boundary: float = parameter(unit="J/m2", low=0, high=10, doc="gamma_gb, the clean boundary")

    def change(self, composition):
        return 2 * self.film_side - self.boundary + 0.0 * jnp.asarray(composition)
