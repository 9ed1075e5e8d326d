"""A contact that exchanges electrons with a film: its overpotential at a given current.

The law is monotone, so the overpotential is found with certainty whatever the law; the search runs in asinh(i/i_0),
where every law of interest is nearly linear from the ohmic range to the exponential one.
"""

from __future__ import annotations

import jax.numpy as jnp

from solion.laws.transfer import AbstractTransfer, Surface, exchange_current
from solion.numerics.monotone import increasing_root

LIMIT = 1e4  # k_B T; an overpotential beyond it means that the law cannot carry the current


def overpotential(law: AbstractTransfer, current, surface: Surface):
    """eta with ``law.current(eta, surface) == current``, within +-1e4 k_B T; currents in units of i_D."""
    scale = exchange_current(law, surface)
    target = jnp.arcsinh(current / scale)
    return increasing_root(_excess, (law, surface, scale, target), -LIMIT, LIMIT, target)


def _excess(eta, parameters):
    law, surface, scale, target = parameters
    return jnp.arcsinh(law.current(eta, surface) / scale) - target
