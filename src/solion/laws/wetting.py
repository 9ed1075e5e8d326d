"""Contact wetting: the energy of the film's surface at an electrode as a function of its composition.

Ions and electrons each carry kappa, so the film's gradient energy is kappa |grad c|^2 and its natural boundary
condition n.(2 kappa) grad c = d(energy)/dc, with n pointing into the film; a neutral contact has no energy and
grad c = 0 there.
"""

from __future__ import annotations

from abc import abstractmethod

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.base.parameters import Part, parameter


class AbstractWetting(Part):
    """Surface energy of a contact."""

    @abstractmethod
    def energy(self, composition: Float[Array, ""]) -> Float[Array, ""]:
        """Surface energy, in k_B T per reference site and film thickness."""

    def slope(self, composition: Float[Array, ""]) -> Float[Array, ""]:
        """d(surface energy)/dc, by automatic differentiation."""
        return jax.jvp(self.energy, (composition,), (jnp.ones_like(composition),))[1]


class NeutralWetting(AbstractWetting):
    """No preference for either phase: n.grad c = 0 (Tian and Bazant)."""

    def energy(self, composition):
        return jnp.zeros_like(composition)


class LinearWetting(AbstractWetting):
    """Surface energy gamma c: a negative gamma draws the ion-rich phase to the contact (Cahn 1977, doi:10.1063/1.434402)."""

    strength: float = parameter(unit="k_B T h", low=-10, high=10, doc="gamma, energy per composition at the contact")

    def energy(self, composition):
        return self.strength * composition
