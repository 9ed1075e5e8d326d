"""Coupled ion-electron transfer: the electron tunnels to a site that an ion has just stabilised."""

from __future__ import annotations

import jax.numpy as jnp
from jax.nn import sigmoid

from solion.base.parameters import parameter
from solion.laws.marcus import marcus_factor
from solion.laws.transfer import AbstractTransfer


class CoupledIonElectronTransfer(AbstractTransfer):
    """Coupled ion-electron transfer kinetics in closed form, limited by electrons and crowded by the occupied sites.

    Fraggedakis et al. (2021, doi:10.1016/j.electacta.2020.137432) give the rate of an intercalation reaction as
    k (1 - theta) [reactants / (1 + e^x) - products / (1 + e^-x)] erfc(z(x)), the formal overpotential x measured from
    the potential at which both directions run alike. For an electron that leaves a film where its activity is a_n
    (that is our adaptation: no ion crosses the contact), x = eta - ln a_n and

        n.i = 2 Da (1 - theta_n) [a_n / (1 + e^-x) - 1 / (1 + e^x)] erfc(z(x)) / erfc(z(0)).

    The bracket equals a_n (e^eta - 1) / (e^eta + a_n), zero at eta = 0. ``rate`` is the exchange current where
    a_n = 1 and theta_n = 0, as in :class:`ButlerVolmer`. The current levels off, at 2 Da (1 - theta_n) 2 / erfc(z(0))
    times a_n for electrons that leave and times 1 for those that enter: a contact of a filled film rectifies.
    """

    rate: float = parameter(unit="i_D", low=0, open_low=True, doc="Da, exchange current where a_n = 1, theta_n = 0")
    reorganization: float = parameter(
        unit="k_B T", low=0, high=100, open_low=True, doc="lambda, reorganisation energy of the coupled transfer"
    )

    def current(self, overpotential, surface):
        formal = overpotential - surface.electron_activity
        # each sign of eta has its own product form: neither cancels near eta = 0 nor overflows far from it
        outward = jnp.where(overpotential > 0, overpotential, 0.0)
        inward = overpotential - outward
        leaving = -jnp.expm1(-outward) * jnp.exp(surface.electron_activity) * sigmoid(formal)
        entering = -jnp.expm1(inward) * sigmoid(-formal)
        prefactor = 2 * self.rate * (1 - surface.electron_fraction) * marcus_factor(formal, self.reorganization)
        return prefactor * (leaving - entering)
