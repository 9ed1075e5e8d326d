"""Linear transfer: the contact as an ion-modulated resistor."""

from __future__ import annotations

import jax.numpy as jnp

from solion.base.parameters import parameter
from solion.laws.transfer import AbstractTransfer


class LinearTransfer(AbstractTransfer):
    """Small-overpotential limit of Butler-Volmer kinetics, its exchange current times the overpotential.

    n.i = Da (1 - theta_n) a_n^alpha eta, alpha = alpha_0 + (1/2 - alpha_0) c, which is the slope at eta = 0 of
    :class:`ButlerVolmer` with the same numbers (Tian and Bazant, Eq. 4). Valid for |eta| well below 1; kept linear
    beyond, it is an ohmic contact whose resistance 1/(Da (1 - theta_n) a_n^alpha) still depends on the ions.
    """

    rate: float = parameter(unit="i_D", low=0, open_low=True, doc="Da, Damkoehler number of the contact")
    asymmetry: float = parameter(0.5, low=0, high=1, open_low=True, open_high=True, doc="alpha_0")

    def current(self, overpotential, surface):
        alpha = self.asymmetry + (0.5 - self.asymmetry) * surface.composition
        exchange = self.rate * (1 - surface.electron_fraction) * jnp.exp(alpha * surface.electron_activity)
        return exchange * overpotential
