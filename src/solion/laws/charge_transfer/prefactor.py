"""How an exchange current follows the surface: the factor to the rate of a law, and the asymmetry there."""

from __future__ import annotations

from abc import abstractmethod

import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.base.parameters import Part
from solion.laws.charge_transfer.family import Surface


class AbstractPrefactor(Part):
    """Exchange current = rate x factor, with an asymmetry alpha that may follow the surface too."""

    @abstractmethod
    def asymmetry(self, asymmetry, surface: Surface) -> Float[Array, "..."]:
        """alpha at the surface, of a law whose ``asymmetry`` is alpha_0."""

    @abstractmethod
    def factor(self, asymmetry, surface: Surface) -> Float[Array, "..."]:
        """Positive factor to the rate; ``asymmetry`` is alpha at the surface."""


class IonModulated(AbstractPrefactor):
    """(1 - theta) a^alpha, alpha = alpha_0 + (1/2 - alpha_0) c, so that a rich surface is symmetric.

    theta is the share of sites that are filled and a the activity (Tian and Bazant, Eq. 4; Bazant 2013,
    doi:10.1021/ar300145c): the paper's f g exp(-alpha kappa lap c) written with the chemical potential.
    """

    def asymmetry(self, asymmetry, surface):
        return asymmetry + (0.5 - asymmetry) * surface.composition

    def factor(self, asymmetry, surface):
        return (1 - surface.filled) * jnp.exp(asymmetry * surface.activity)


class LatticeSites(AbstractPrefactor):
    """x^(1 - alpha) (x_m - x)^alpha / (x_m/2): ions and empty sites of a lattice both take part; 1 at half filling."""

    def asymmetry(self, asymmetry, surface):
        return asymmetry

    def factor(self, asymmetry, surface):
        empty = surface.sites - surface.composition
        return surface.composition ** (1 - asymmetry) * empty**asymmetry / (0.5 * surface.sites)


class Unmodulated(AbstractPrefactor):
    """1: a constant exchange current."""

    def asymmetry(self, asymmetry, surface):
        return asymmetry

    def factor(self, asymmetry, surface):
        return jnp.ones_like(surface.composition)
