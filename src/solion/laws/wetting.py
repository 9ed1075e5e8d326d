"""Contact wetting: the energy of the film's surface at an electrode as a function of its composition.

Ions and electrons each carry kappa, so the film's gradient energy is kappa |grad c|^2 and its natural boundary
condition n.(2 kappa) grad c = d(energy)/dc, with n pointing into the film; a neutral contact has no energy and
grad c = 0 there.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.base.errors import InputError
from solion.base.parameters import Part, parameter


class AbstractWetting(Part):
    """Surface energy of a contact."""

    @abstractmethod
    def energy(self, composition: Float[Array, ""]) -> Float[Array, ""]:
        """Surface energy, in k_B T per reference site and film thickness."""

    def of(self, pull: Callable[[], tuple[Any, Any]]) -> Any:
        """The law on a film: itself, unless it depends on the film.

        ``pull()`` gives compositions between the two phases of the film and 2 sqrt(kappa W) at them, W the height of the free
        energy above the common tangent (:func:`solion.thermodynamics.surface_pull`).
        """
        return self

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


class ContactAngle(AbstractWetting):
    """The ion-rich phase meets the contact at an ``angle``: below 90 degrees it is attracted, above it is repelled.

    d gamma_w/dc = -2 sqrt(kappa W(c)) cos(theta) between the two phases and zero beyond: exactly Young's angle, and no layer at
    coexistence, since gamma_w(poor) - gamma_w(rich) is the tension of the interface times cos(theta). Derived for Solion from the
    first integral of the profile at rest. What it is in numbers depends on the film: see :meth:`of`.
    """

    angle: float = parameter(unit="degree", low=0, high=180, doc="theta of the ion-rich phase; 90: neutral")

    def energy(self, composition):
        raise InputError("ContactAngle: its energy is that of a film; ask the law on a film, .of(...).")

    def of(self, pull):
        compositions, steepest = pull()
        return TabulatedWetting(jnp.asarray(compositions), -jnp.cos(jnp.deg2rad(self.angle)) * jnp.asarray(steepest))


class TabulatedWetting(eqx.Module):
    """A surface energy whose slope is straight between points, and zero outside them (k_B T per site and film thickness)."""

    compositions: Any
    slopes: Any

    def slope(self, composition):
        """d(energy)/dc."""
        return jnp.interp(composition, self.compositions, self.slopes, left=0.0, right=0.0)

    def energy(self, composition):
        """The integral of the slope from the first point."""
        steps = 0.5 * jnp.diff(self.compositions) * (self.slopes[1:] + self.slopes[:-1])
        energies = jnp.concatenate([jnp.zeros(1), jnp.cumsum(steps)])
        inside = jnp.clip(composition, self.compositions[0], self.compositions[-1])
        k = jnp.clip(jnp.searchsorted(self.compositions, inside, side="right") - 1, 0, self.compositions.shape[0] - 2)
        beyond = inside - self.compositions[k]
        return energies[k] + beyond * 0.5 * (self.slopes[k] + jnp.interp(inside, self.compositions, self.slopes))
