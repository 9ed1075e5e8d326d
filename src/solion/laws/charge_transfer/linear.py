"""Linear transfer: an interface as a resistor."""

from __future__ import annotations

from solion.base.parameters import assumed, parameter
from solion.laws.charge_transfer.family import AbstractChargeTransfer
from solion.laws.charge_transfer.prefactor import AbstractPrefactor, IonModulated


class LinearTransfer(AbstractChargeTransfer):
    """Small-overpotential limit of :class:`ButlerVolmer`: its exchange current times the overpotential.

    i = i_00 f e eta/k_B T, the slope at eta = 0 of :class:`ButlerVolmer` with the same numbers. Valid for |eta| well below
    k_B T/e; kept linear beyond, it is an ohmic contact whose resistance still depends on the ions.
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
        return self.rate * self.prefactor.factor(alpha, surface) * overpotential / surface.thermal_voltage


class AreaResistance(AbstractChargeTransfer):
    """i = eta/R_ct, an area-specific charge-transfer resistance."""

    resistance: float = parameter(unit="ohm m2", low=0, open_low=True, doc="R_ct, k_B T/(e i_0) of an exchange current")

    def current(self, overpotential, surface):
        return overpotential / self.resistance
