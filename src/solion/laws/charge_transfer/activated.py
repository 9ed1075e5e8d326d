"""A law of charge transfer at another temperature than that at which its rate holds."""

from __future__ import annotations

from solion.base.parameters import positive_parameter
from solion.laws.charge_transfer.family import AbstractChargeTransfer


class ActivatedTransfer(AbstractChargeTransfer):
    """The law with its rate times exp[-(E_a/k_B)(1/T - 1/T_ref)]; the surface's own k_B T/e and activity times ``warmth``."""

    law: AbstractChargeTransfer
    factor: float = positive_parameter(doc="exp[-(E_a/k_B)(1/T - 1/T_ref)]")
    warmth: float = positive_parameter(1.0, doc="T over that of the surface's k_B T/e and activity")

    def current(self, overpotential, surface):
        volts, activity = surface.thermal_voltage * self.warmth, surface.activity / self.warmth
        return self.factor * self.law.current(overpotential, surface._replace(thermal_voltage=volts, activity=activity))
