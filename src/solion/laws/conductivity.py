"""Electronic conductivity of a host that inserted ions dope: electrons per formula unit in, S/m out.

gamma = z (x - x_off) is the number of electrons per formula unit that insertion has brought. A law is smooth and
nowhere negative, also at gamma below zero, where an integrator may look for a moment.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.base.parameters import Part, assumed, parameter, positive_parameter

ROUNDED = 0.1  # part of the onset within which gamma^q is rounded off at gamma = 0
FAR = -20.0  # below this, softplus(z) = exp(z) to round-off


class AbstractConductivity(Part):
    """sigma(gamma) >= 0, finite and with a finite derivative at every gamma."""

    @abstractmethod
    def conductivity(self, electrons: Any) -> Float[Array, "..."]:
        """Electronic conductivity (S/m) with ``electrons`` = gamma per formula unit."""


class MetalInsulator(AbstractConductivity):
    """From an insulator to a metal: two branches in series, the poorer one ruling.

    sigma = (sigma_i^-n + sigma_m^-n)^(-1/n), with an insulating branch sigma_i = s_0 exp((gamma/gamma_e)^q) of localised
    electrons and a metallic line sigma_m = m w softplus((gamma + gamma_m)/w), which is m (gamma + gamma_m) once
    gamma + gamma_m is some ten widths w. For q other than 1, gamma^q is continued as an odd function through zero,
    gamma (gamma^2 + (gamma_e/10)^2)^((q-1)/2), so that its slope stays finite; sigma_i = s_0 at gamma = 0 whatever q.
    """

    insulating: float = positive_parameter(unit="S/m", doc="s_0, insulating branch at gamma = 0")
    onset: float = positive_parameter(doc="gamma_e, electrons per formula unit of one e-fold")
    metallic: float = positive_parameter(unit="S/m", doc="m, slope of the metallic line, per gamma")
    offset: float = parameter(low=-10, high=10, doc="gamma_m, the line is zero at gamma = -gamma_m")
    sharpness: float = positive_parameter(high=100, doc="n, how abruptly one branch takes over")
    stretch: float = positive_parameter(
        1.0, high=10, doc="q, exponent of gamma in the insulating branch", source=assumed(1.0, "a plain exponential")
    )
    rounding: float = positive_parameter(
        7e-4,
        high=10,
        doc="w, electrons per formula unit over which the line bends to zero",
        source=assumed(7e-4, "straight within 1e-7 where gamma + gamma_m > 0.01, positive everywhere"),
    )

    def conductivity(self, electrons):
        return jnp.exp(self._logarithm(electrons))

    def _logarithm(self, electrons):
        rounded = electrons**2 + (ROUNDED * self.onset) ** 2
        power = electrons / self.onset * (rounded / self.onset**2) ** (0.5 * (self.stretch - 1.0))
        insulating = jnp.log(self.insulating) + power
        line = jnp.log(self.metallic * self.rounding) + log_softplus((electrons + self.offset) / self.rounding)
        return -jnp.logaddexp(-self.sharpness * insulating, -self.sharpness * line) / self.sharpness


class Conductivity(AbstractConductivity):
    """A user's own function ``conductivity(electrons)`` in S/m, positive, written with ``jax.numpy``."""

    function: Callable = eqx.field(static=True)

    def conductivity(self, electrons):
        return self.function(electrons)


def log_softplus(z: Float[Array, "..."]) -> Float[Array, "..."]:
    """ln ln(1 + e^z), with a finite slope however far below zero."""
    near = jnp.log(jax.nn.softplus(jnp.maximum(z, FAR)))
    return jnp.where(z < FAR, z - 0.5 * jnp.exp(jnp.minimum(z, FAR)), near)
