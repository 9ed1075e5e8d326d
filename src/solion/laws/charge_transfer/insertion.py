"""Butler-Volmer kinetics with a constant exchange current, as of ions that enter a host or a metal."""

from __future__ import annotations

from solion.base.parameters import assumed, parameter
from solion.laws.charge_transfer.butler_volmer import both_directions
from solion.laws.charge_transfer.family import AbstractChargeTransfer


class InsertionButlerVolmer(AbstractChargeTransfer):
    """i = i_0 [exp(alpha n e eta/k_B T) - exp(-(1 - alpha) n e eta/k_B T)], of an exchange current that nothing changes.

    Transfer coefficients alpha_a and alpha_c of a metal's electrode are n = alpha_a + alpha_c and alpha = alpha_a/n.
    """

    exchange_current: float = parameter(unit="A/m2", low=0, open_low=True, doc="i_0, exchange current density")
    asymmetry: float = parameter(
        0.5, low=0, high=1, open_low=True, open_high=True, doc="alpha", source=assumed(0.5, "a symmetric barrier")
    )
    electrons: float = parameter(
        1.0, low=0, open_low=True, doc="n, charges in the rate-limiting step", source=assumed(1.0, "one at a time")
    )

    def current(self, overpotential, surface):
        eta = self.electrons * overpotential / surface.thermal_voltage
        return self.exchange_current * both_directions(eta, self.asymmetry, 1 - self.asymmetry)
