"""Electron transfer between an electrode and a film whose ions set the rate.

A law gives the current density n.i from the electrode into the film, in units of the film's diffusion current
i_D, as a strictly increasing function of the overpotential eta = mu_n - mu_e (in k_B T), zero at eta = 0, for a
given :class:`Surface`. A positive current carries electrons out of the film.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.base.parameters import Part, assumed, parameter


class Surface(NamedTuple):
    """What a transfer law may know of the film where it meets the electrode.

    ``composition``: c_p/c_0. ``electron_fraction``: c_n/c_n_max. ``electron_activity``: ln a_n, the non-electric
    part of mu_n including the gradient term (k_B T).
    """

    composition: Float[Array, ""]
    electron_fraction: Float[Array, ""]
    electron_activity: Float[Array, ""]


class AbstractTransfer(Part):
    """Law of electron transfer at a contact."""

    @abstractmethod
    def current(self, overpotential: Float[Array, ""], surface: Surface) -> Float[Array, ""]:
        """Current density from the electrode into the film, in units of i_D."""


def exchange_current(law: Any, surface: Any) -> Float[Array, ""]:
    """Slope of the law at zero overpotential, di/deta, in i_D per k_B T: the exchange current of Butler-Volmer."""
    _, slope = jax.jvp(
        lambda eta: law.current(eta, surface),
        (jnp.zeros_like(surface.composition),),
        (jnp.ones_like(surface.composition),),
    )
    return slope


class ButlerVolmer(AbstractTransfer):
    """Generalised Butler-Volmer kinetics (Tian and Bazant, Eq. 4; Bazant 2013, doi:10.1021/ar300145c).

    n.i = Da (1 - theta_n) a_n^alpha [exp((1 - alpha) eta) - exp(-alpha eta)], where theta_n = c_n/c_n_max and a_n is the
    electron activity, which is the paper's Da f g exp(-alpha kappa lap c) written with the chemical potential; the
    asymmetry depends on composition, alpha = alpha_0 + (1/2 - alpha_0) c, so that it vanishes in the ion-rich film.
    """

    rate: float = parameter(unit="i_D", low=0, open_low=True, doc="Da, Damkoehler number of the contact")
    asymmetry: float = parameter(
        0.5, low=0, high=1, open_low=True, open_high=True, doc="alpha_0", source=assumed(0.5, "a symmetric contact")
    )

    def current(self, overpotential, surface):
        alpha = self.asymmetry + (0.5 - self.asymmetry) * surface.composition
        prefactor = self.rate * (1 - surface.electron_fraction) * jnp.exp(alpha * surface.electron_activity)
        return prefactor * (jnp.exp((1 - alpha) * overpotential) - jnp.exp(-alpha * overpotential))


class Transfer(AbstractTransfer):
    """A user's own function ``current(overpotential, surface)``, increasing in the overpotential, zero at zero."""

    function: Callable = eqx.field(static=True)

    def current(self, overpotential, surface):
        return self.function(overpotential, surface)
