"""A user's own law of charge transfer, as a function."""

from __future__ import annotations

from collections.abc import Callable

import equinox as eqx

from solion.laws.charge_transfer.family import AbstractChargeTransfer


class Transfer(AbstractChargeTransfer):
    """A user's own function ``current(overpotential, surface)``, V to A/m2, increasing in the overpotential, zero at zero."""

    function: Callable = eqx.field(static=True)

    def current(self, overpotential, surface):
        return self.function(overpotential, surface)
