"""Laws of a contact that differ from place to place, and the currents at all its points at once."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

from solion.balances.electrode import join, shared
from solion.laws.charge_transfer import AbstractChargeTransfer
from solion.laws.wetting import AbstractWetting


class LocalTransfer(eqx.Module):
    """A law whose rate is ``share`` of itself, at a point of a contact that differs from place to place."""

    law: AbstractChargeTransfer
    share: Any

    def current(self, overpotential, surface):
        """Current density, as of the law."""
        return self.share * self.law.current(overpotential, surface)


class LocalWetting(eqx.Module):
    """A wetting whose energy is ``share`` of a law's at each point of a contact."""

    law: AbstractWetting
    share: Any

    def energy(self, composition):
        """Surface energy, as of the law."""
        return self.share * self.law.energy(composition)

    def slope(self, composition):
        """d(surface energy)/dc."""
        return self.share * self.law.slope(composition)


def contact_currents(laws, shares, surfaces, halves, unit):
    """n.i at every point of both contacts as a function of mu_n - mu_e of the cells beside them."""
    places = [jax.tree.map(lambda value: jnp.broadcast_to(value, shares[0].shape), surface) for surface in surfaces]

    def point(law, share, surface, half, drop):
        local: Any = LocalTransfer(law, share)
        junction = join(local, surface, unit)
        return junction.current(shared(junction, drop, half))

    each = jax.vmap(jax.vmap(point, in_axes=(None, 0, 0, 0, 0)), in_axes=(None, 0, 0, 0, 0))

    def across(law, share, place, half, drop):
        if law.spreads:  # no place has more than its share, and none of the mean potential is lost
            return jnp.broadcast_to(jnp.mean(drop) / jnp.mean(half), drop.shape)
        return each(law, share, place, half, drop)

    if jax.tree.structure(laws[0]) == jax.tree.structure(laws[1]):  # of one kind: one program does for both
        law, place, half = (jax.tree.map(lambda *pair: jnp.stack(pair), *both) for both in (laws, places, halves))
        return lambda drops: jax.vmap(across)(law, shares, place, half, drops)
    return lambda drops: jnp.stack([across(*here) for here in zip(laws, shares, places, halves, drops, strict=True)])
