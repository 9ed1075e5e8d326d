"""What every law of charge transfer answers, and what it may know of the surface where charge is transferred."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.base.parameters import Part


class Surface(NamedTuple):
    """State of a solid where it meets an electrode or an electrolyte.

    ``composition``: ions per reference site, c/c_0, or per formula unit, x. ``filled``: share of the sites for what is
    transferred that are taken, 0 to 1. ``activity``: ln a of what is transferred, the non-electric part of its potential,
    gradient energy included (k_B T). ``sites``: the largest composition. ``thermal_voltage``: k_B T/e in V.
    """

    composition: Float[Array, "..."]
    filled: Float[Array, "..."]
    activity: Float[Array, "..."]
    sites: Float[Array, "..."]
    thermal_voltage: Float[Array, "..."]


def metal_surface(thermal_voltage: Any) -> Surface:
    """The surface of a metal, which has no composition: laws whose rate follows the surface have their plain rate on it."""
    zero, one = jnp.zeros(()), jnp.ones(())
    return Surface(zero, zero, zero, one, jnp.asarray(thermal_voltage, float))


class AbstractChargeTransfer(Part):
    """Current through an interface: increasing in the overpotential, and zero at zero.

    In a film contact and in a polycrystal's electrode a positive current flows from the metal into the solid; at the film
    of an ionic synapse it carries working ions from the electrolyte into the film. ``spreads``: whether the current is the same
    at all places of a contact that is resolved in its plane, their mean potential taking the part of each.
    """

    spreads: ClassVar[bool] = False

    @abstractmethod
    def current(self, overpotential: Float[Array, "..."], surface: Surface) -> Float[Array, "..."]:
        """Current density in A/m2 at an overpotential in V."""


def exchange_current(law: AbstractChargeTransfer, surface: Surface) -> Float[Array, "..."]:
    """Slope of the law at zero overpotential times k_B T/e, A/m2: the exchange current of a one-electron reaction."""
    zero = jnp.zeros_like(surface.composition)
    _, slope = jax.jvp(lambda eta: law.current(eta, surface), (zero,), (jnp.ones_like(zero),))
    return slope * surface.thermal_voltage
