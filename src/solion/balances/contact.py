"""A contact that exchanges electrons with a film: its overpotential at a given current.

Laws are compared as asinh(i / i_0), where all of interest are nearly linear in the overpotential, from the ohmic
range to the exponential one; so Newton's method converges at once; and as the laws are monotone, a bracketed
search finds the overpotential with certainty.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.laws.insertion import AbstractInsertion, Site
from solion.laws.transfer import AbstractTransfer, Surface, exchange_current
from solion.numerics.roots import increasing_root

LIMIT = 1e4  # k_B T; an overpotential beyond it means that the law cannot carry the current


class Interface(NamedTuple):
    """A contact's law on the film surface it meets at one instant, with its exchange current i_0."""

    law: Any
    surface: Any
    exchange: Float[Array, ""]

    def excess(self, eta, current):
        """asinh of the law's current minus asinh of a current, both over i_0; increases with eta."""
        return jnp.arcsinh(self.law.current(eta, self.surface) / self.exchange) - jnp.arcsinh(current / self.exchange)


def join(law: AbstractTransfer | AbstractInsertion, surface: Surface | Site) -> Interface:
    """The interface that a law of transfer or of insertion makes with what it may know of the surface."""
    return Interface(law, surface, exchange_current(law, surface))


def overpotential(contact: Interface, current):
    """eta at which the contact carries ``current``, within +-1e4 k_B T; currents in units of i_D."""
    start = jnp.arcsinh(current / contact.exchange)
    return increasing_root(_excess, (contact, current), -LIMIT, LIMIT, start)


def _excess(eta, parameters):
    contact, current = parameters
    return contact.excess(eta, current)
