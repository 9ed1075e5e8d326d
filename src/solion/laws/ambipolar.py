"""How ions and their electrons diffuse together through a host in which electrons are fast."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.base.parameters import Part, assumed, parameter
from solion.laws.free_energy import AbstractFreeEnergy, total_potential
from solion.laws.mobility import AbstractMobility, Dilute


class AbstractAmbipolar(Part):
    """Flux of neutral pairs, in units of D c_0 per length, between two places and from a surface into the host."""

    gradient_energy: eqx.AbstractVar[float]  # m2, kappa over k_B T
    reach: eqx.AbstractClassVar[int]  # cells to either side that a cell feels

    @abstractmethod
    def flux(self, law: AbstractFreeEnergy, composition, potential, distance) -> Float[Array, "..."]:
        """Flux from the first to the second of two places ``distance`` apart in a host of the free energy ``law``.

        ``composition`` and ``potential`` (mu, k_B T) are pairs of values there.
        """

    @abstractmethod
    def surface(
        self, law: AbstractFreeEnergy, composition, potential, inflow, depth
    ) -> tuple[Float[Array, ""], Float[Array, ""]]:
        """(composition, mu) at a surface through which ``inflow`` enters, ``depth`` above a place where both are known.

        Both rise with the inflow, and the composition stays in bounds whatever it is.
        """


class ChemicalDiffusion(AbstractAmbipolar):
    """Fick's law with a constant chemical diffusivity, J = -D grad c: what a relaxation experiment measures."""

    gradient_energy: ClassVar[float] = 0.0
    reach: ClassVar[int] = 1

    def flux(self, law: AbstractFreeEnergy, composition, potential, distance):
        return (composition[0] - composition[1]) / distance

    def surface(self, law, composition, potential, inflow, depth):
        surface = _shifted(law, composition, inflow * depth)
        return surface, total_potential(law, surface)


class PotentialDiffusion(AbstractAmbipolar):
    """J = -D M(c) grad mu with a mobility law: what a host that separates into phases needs."""

    mobility: AbstractMobility = Dilute()
    gradient_energy: float = parameter(
        0.0, unit="m^2", low=0, doc="kappa over k_B T", source=assumed(0.0, "sharp interfaces do not arise")
    )

    reach: ClassVar[int] = 2

    def flux(self, law: AbstractFreeEnergy, composition, potential, distance):
        mobility = self.mobility.mobility(0.5 * (composition[0] + composition[1]), law.ion_sites)
        return mobility * (potential[0] - potential[1]) / distance

    def surface(self, law, composition, potential, inflow, depth):
        rise = inflow * depth / self.mobility.mobility(composition, law.ion_sites)
        return composition, potential + rise


def _shifted(law, composition, change):
    """``composition`` plus a ``change``, straight in its logit while small: equal to second order, and never empty or full.

    What fills an empty place, or empties a full one, adds up as it is: only what is taken away dies out exponentially.
    """
    sites = law.capacity
    share = composition / sites
    filled, freed = change / composition, -change / (sites - composition)
    logit = jnp.log(share) - jnp.log1p(-share) + _tempered(filled) - _tempered(freed)
    # levels off far beyond where a run ends, so that no absurd current makes a composition 0 or full in round-off
    low = -300 - 300 * jnp.tanh((-300 - logit) / 300)
    high = 30 + 5 * jnp.tanh((logit - 30) / 5)
    return sites * jax.nn.sigmoid(jnp.where(logit < -300, low, jnp.where(logit > 30, high, logit)))


def _tempered(ratio):
    """``ratio`` up to one, its logarithm beyond, with one slope."""
    return jnp.where(ratio > 1, 1 + jnp.log(jnp.maximum(ratio, 1.0)), ratio)
