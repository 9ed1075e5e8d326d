"""Butler-Volmer kinetics: the only place where its two exponentials are written."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.base.parameters import assumed, parameter
from solion.laws.charge_transfer.family import AbstractChargeTransfer
from solion.laws.charge_transfer.prefactor import AbstractPrefactor, IonModulated


def both_directions(eta: Float[Array, "..."], forward, backward) -> Float[Array, "..."]:
    """exp(forward eta) - exp(-backward eta), ``eta`` in k_B T/e; all digits of it near rest, where the two are nearly one."""
    return jnp.expm1(forward * eta) - jnp.expm1(-backward * eta)


def symmetric_current(overpotential, exchange, thermal_voltage):
    """Current of a symmetric reaction, 2 i_0 sinh(e eta/2 k_B T)."""
    return 2 * exchange * jnp.sinh(overpotential / (2 * thermal_voltage))


def symmetric_overpotential(current, exchange, thermal_voltage):
    """eta in V that drives ``current`` through a symmetric reaction, 2 (k_B T/e) asinh(i/2 i_0)."""
    return 2 * thermal_voltage * jnp.arcsinh(current / (2 * exchange))


class ButlerVolmer(AbstractChargeTransfer):
    """Generalised Butler-Volmer kinetics, whose exchange current and asymmetry follow the surface.

    i = i_00 f [exp((1 - alpha) e eta/k_B T) - exp(-alpha e eta/k_B T)], f and alpha given by the ``prefactor``; as it
    stands, f = (1 - theta) a^alpha and alpha = alpha_0 + (1/2 - alpha_0) c (Tian and Bazant, Eq. 4, whose Damkoehler
    number Da is the rate in units of i_D).
    """

    rate: float = parameter(
        unit="A/m2", printed="i_D", low=0, open_low=True, doc="i_00 (Da in i_D), exchange current where f = 1"
    )
    asymmetry: float = parameter(
        0.5, low=0, high=1, open_low=True, open_high=True, doc="alpha_0", source=assumed(0.5, "a symmetric contact")
    )
    prefactor: AbstractPrefactor = IonModulated()

    def current(self, overpotential, surface):
        alpha = self.prefactor.asymmetry(self.asymmetry, surface)
        exchange = self.rate * self.prefactor.factor(alpha, surface)
        return exchange * both_directions(overpotential / surface.thermal_voltage, 1 - alpha, alpha)
