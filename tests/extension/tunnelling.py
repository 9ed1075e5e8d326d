"""A stranger's law in one file: electrons tunnel through a barrier whatever the ions do, i = 2 i_0 sinh(e eta / 2 k_B T)."""

import jax.numpy as jnp

from solion.base.parameters import parameter
from solion.laws import AbstractChargeTransfer


class Tunnelling(AbstractChargeTransfer):
    """i = 2 i_0 sinh(e eta / 2 k_B T): V to A/m2."""

    exchange: float = parameter(unit="A/m2", printed="i_D", low=0, open_low=True, doc="i_0, exchange current")

    def current(self, overpotential, surface):
        return 2 * self.exchange * jnp.sinh(overpotential / (2 * surface.thermal_voltage))
