"""Where the channel of a synapse starts: at a composition, or at the conductance that is measured between source and drain."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax.numpy as jnp
import numpy as np

from solion.base.errors import InputError
from solion.base.parameters import derived


def composition_at(device: Any, conductance: float) -> float:
    """Composition x of a uniform channel that conducts ``conductance`` (S) between source and drain, contacts included.

    Solves f (w/l) t sigma(z (x - x_off)) = G/(1 - R_c G) for x. Raises InputError where no composition conducts that much.
    """
    from scipy.optimize import brentq

    gap, film = device.gap, device.channel
    host = film.host
    factor = float(gap.fringe * gap.width / gap.length * film.thickness)

    def read(x: float) -> float:
        alone = factor * float(host.conductivity.conductivity(jnp.asarray(host.electrons(x))))
        return alone / (1 + float(gap.contact_resistance) * alone)

    low, high = np.log(1e-12), np.log(float(host.free_energy.capacity) * (1 - 1e-12))
    least, most = read(np.exp(low)), read(np.exp(high))
    if not least < conductance < most:
        raise InputError(
            f"conductance = {conductance:g} S is outside its allowed range ({least:.3g}, {most:.3g}) S of this channel."
        )
    tightest: Any = 4 * np.finfo(float).eps
    return float(np.exp(brentq(lambda u: read(np.exp(u)) / conductance - 1, low, high, xtol=1e-15, rtol=tightest)))  # pyright: ignore


def at_conductance(device: Any, conductance: float) -> Any:
    """The same device with a channel that starts, uniform, at ``conductance`` (S); see :func:`composition_at`."""
    composition = derived(composition_at(device, conductance), f"where the channel conducts {conductance:.4g} S")
    sources = (*device.channel.sources, ("composition", composition))
    channel = dataclasses.replace(device.channel, composition=composition.value, sources=sources)
    return dataclasses.replace(device, channel=channel)


def at_composition(device: Any, composition: float) -> Any:
    """The same device with a channel that starts, uniform, at x = ``composition``."""
    return dataclasses.replace(device, channel=dataclasses.replace(device.channel, composition=composition))
