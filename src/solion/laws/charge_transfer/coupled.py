"""Coupled ion-electron transfer: the electron tunnels to a site that an ion has just stabilised."""

from __future__ import annotations

import jax.numpy as jnp
from jax.nn import sigmoid

from solion.base.parameters import parameter
from solion.laws.charge_transfer.family import AbstractChargeTransfer
from solion.laws.charge_transfer.marcus import marcus_factor


class CoupledIonElectronTransfer(AbstractChargeTransfer):
    """Coupled ion-electron transfer kinetics in closed form, limited by electrons and crowded by the occupied sites.

    Fraggedakis et al. (2021, doi:10.1016/j.electacta.2020.137432) give the rate of an intercalation reaction as
    k (1 - theta) [reactants / (1 + e^x) - products / (1 + e^-x)] erfc(z(x)), the formal overpotential x measured from
    the potential at which both directions run alike. For an electron that leaves a film where its activity is a
    (that is our adaptation: no ion crosses the contact), x = eta - ln a with eta and lambda in k_B T, and

        i = 2 i_00 (1 - theta) [a / (1 + e^-x) - 1 / (1 + e^x)] erfc(z(x)) / erfc(z(0)).

    The bracket equals a (e^eta - 1) / (e^eta + a), zero at eta = 0. ``rate`` is the exchange current where a = 1 and
    theta = 0, as in :class:`ButlerVolmer`. The current levels off, at 2 i_00 (1 - theta) 2 / erfc(z(0)) times a for
    electrons that leave and times 1 for those that enter: a contact of a filled film rectifies.
    """

    rate: float = parameter(
        unit="A/m2", printed="i_D", low=0, open_low=True, doc="i_00 (Da in i_D), exchange current where a = 1, theta = 0"
    )
    reorganization: float = parameter(
        unit="eV", printed="k_BT", low=0, high=3, open_low=True, doc="lambda, reorganisation energy of the coupled transfer"
    )

    def current(self, overpotential, surface):
        eta, energy = overpotential / surface.thermal_voltage, self.reorganization / surface.thermal_voltage
        formal = eta - surface.activity
        # each sign of eta has its own product form: neither cancels near eta = 0 nor overflows far from it
        outward = jnp.where(eta > 0, eta, 0.0)
        inward = eta - outward
        leaving = -jnp.expm1(-outward) * jnp.exp(surface.activity) * sigmoid(formal)
        entering = -jnp.expm1(inward) * sigmoid(-formal)
        return 2 * self.rate * (1 - surface.filled) * marcus_factor(formal, energy) * (leaving - entering)
