"""Contacts without a resistance: the two limits between which a law of transfer passes a current along a plane."""

from __future__ import annotations

from typing import ClassVar

from solion.laws.charge_transfer.family import AbstractChargeTransfer

CONDUCTANCE = 1e15  # S/m2, a hundred times that of the best metal on a semiconductor; as good as none is lost there


class EvenPotential(AbstractChargeTransfer):
    """No overpotential: the solid at the contact has the metal's potential at every place (a rate without bound)."""

    def current(self, overpotential, surface):
        return CONDUCTANCE * overpotential


class EvenCurrent(AbstractChargeTransfer):
    """The same current at every place, whatever the solid's potential there, and no overpotential on average.

    The limit of a contact that is so much more resistive than what is behind it that no place draws more than another, without
    the voltage that it would take. In one dimension it is :class:`EvenPotential`.
    """

    spreads: ClassVar[bool] = True

    def current(self, overpotential, surface):
        return CONDUCTANCE * overpotential
