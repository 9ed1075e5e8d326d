"""Mobilities: how many carriers move per unit gradient of their potential, M(c), in units of D_0 c_0."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

import equinox as eqx
from jaxtyping import Array, Float

from solion.base.parameters import Part


class AbstractMobility(Part):
    """M(c) >= 0 with flux J = -M grad(mu); ``content`` is c/c_0 and ``sites`` c_max/c_0."""

    @abstractmethod
    def mobility(self, content: Float[Array, "..."], sites) -> Float[Array, "..."]:
        """Mobility in units of D_0 c_0."""


class ExcludedVolume(AbstractMobility):
    """M = c (1 - c/c_max): each jump needs an empty neighbour site (Tian and Bazant, below Eq. 3)."""

    def mobility(self, content, sites):
        return content * (1 - content / sites)


class Dilute(AbstractMobility):
    """M = c: carriers that do not hinder one another (Nernst-Einstein)."""

    def mobility(self, content, sites):
        return content


class Mobility(AbstractMobility):
    """A user's own function ``mobility(content, sites)``, non-negative."""

    function: Callable = eqx.field(static=True)

    def mobility(self, content, sites):
        return self.function(content, sites)
