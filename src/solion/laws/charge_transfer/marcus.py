"""Marcus-Hush-Chidsey transfer: electrons of a metal tunnel to sites whose surroundings must reorganise."""

from __future__ import annotations

import jax.numpy as jnp
from jax.scipy.special import erfc
from jaxtyping import Array, Float

from solion.base.parameters import parameter
from solion.laws.charge_transfer.family import AbstractChargeTransfer
from solion.laws.charge_transfer.prefactor import AbstractPrefactor, IonModulated


def marcus_factor(overpotential: Float[Array, "..."], reorganization) -> Float[Array, "..."]:
    """Growth of the Marcus-Hush-Chidsey rate with |eta|, relative to eta = 0: even, at least 1, levelling off.

    k(eta) / k(0) = erfc(z(eta)) / erfc(z(0)), z = (lambda - sqrt(1 + sqrt(lambda) + eta^2)) / (2 sqrt(lambda)), both
    arguments in k_B T: the symmetric part of the formula by Zeng, Smith, Bai and Bazant (2014,
    doi:10.1016/j.jelechem.2014.09.038).
    """
    root = jnp.sqrt(reorganization)

    def remaining(eta):
        return erfc((reorganization - jnp.sqrt(1 + root + eta**2)) / (2 * root))

    return remaining(overpotential) / remaining(jnp.zeros_like(overpotential))


class MarcusHushChidsey(AbstractChargeTransfer):
    """Marcus-Hush-Chidsey kinetics in closed form, with a prefactor that follows the surface.

    With eta and lambda in k_B T, i = i_00 f 2 tanh(eta/2) erfc(z(eta)) / erfc(z(0)), z as in :func:`marcus_factor` (Zeng
    et al. 2014, doi:10.1016/j.jelechem.2014.09.038, their net rate divided by its slope at eta = 0), and f that of the
    ``prefactor`` at alpha = 1/2. So ``rate`` means what it means in :class:`ButlerVolmer`: with equal ``rate``, and
    asymmetry 1/2 there, both have the same exchange current. The current follows a Tafel line up to |eta| about lambda
    and then levels off at i_00 f 4 / erfc(z(0)).

    Validity: against the integral of Chidsey (1991, doi:10.1126/science.251.4996.919), normalised alike, the closed
    form is within 7 % at lambda = 10 k_B T, 13 % at 20 and 30 % at 40 (about 1 eV), whatever the overpotential.
    """

    rate: float = parameter(
        unit="A/m2", printed="i_D", low=0, open_low=True, doc="i_00 (Da in i_D), exchange current where f = 1"
    )
    reorganization: float = parameter(
        unit="eV",
        printed="k_BT",
        low=0,
        high=3,
        open_low=True,
        doc="lambda, reorganisation energy of the electron's surroundings",
    )
    prefactor: AbstractPrefactor = IonModulated()

    def current(self, overpotential, surface):
        eta, energy = overpotential / surface.thermal_voltage, self.reorganization / surface.thermal_voltage
        exchange = self.rate * self.prefactor.factor(0.5, surface)
        return exchange * 2 * jnp.tanh(0.5 * eta) * marcus_factor(eta, energy)
