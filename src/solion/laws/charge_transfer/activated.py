"""A law of charge transfer at another temperature than that at which its rate holds."""

from __future__ import annotations

from solion.base.parameters import positive_parameter
from solion.laws.charge_transfer.family import AbstractChargeTransfer


class ActivatedTransfer(AbstractChargeTransfer):
    """The law with its rate times exp[-(E_a/k_B)(1/T - 1/T_ref)]; overpotentials are over k_B T/e of the surface it meets."""

    law: AbstractChargeTransfer
    factor: float = positive_parameter(doc="exp[-(E_a/k_B)(1/T - 1/T_ref)]")

    def current(self, overpotential, surface):
        return self.factor * self.law.current(overpotential, surface)
