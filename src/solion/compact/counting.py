"""Ions counted one by one: what a small synapse does when a pulse is a few dozen of them.

In each leap of time the ions that enter and leave the channel are two Poisson numbers, whose means differ by the current of
:class:`~solion.compact.cell.CompactCell` and whose ratio is exp(a), a = z F (V - U)/RT the drive of the ions. So their
variance is |J| coth(a/2): shot noise where the drive is large, and the noise 2 k_B T/R of a resistor at rest, which
makes the filling fluctuate about equilibrium as its free energy tells. Charge that leaks as electrons is not counted.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from solion.base.compiled import Program
from solion.base.constants import AVOGADRO, FARADAY
from solion.base.errors import InputError
from solion.compact.cell import CompactCell
from solion.compact.integrate import Segment

LARGEST_LEAP = 0.1  # of the ions in the channel


class Counted(NamedTuple):
    """Ions in the channel of each device after each segment, and the conductance (S) they make."""

    ions: np.ndarray  # (devices, segments)
    conductance: np.ndarray


def count(cell: CompactCell, segments: Segment, filling: float, *, devices: int, seed: int, leaps: int = 64) -> Counted:
    """Run ``devices`` copies of a cell through stacked ``segments`` with ions counted, by ``leaps`` leaps in each segment.

    All start with the same whole number of ions, the nearest to ``filling``. The same seed gives the same counts. Raises
    InputError where a leap would move more than a tenth of the ions (take more leaps), or where the channel runs empty or
    full.
    """
    cell = cell.ready()
    sites = float(ion_sites(cell))
    start = round(filling * sites)
    low, high = (float(wall) * sites for wall in cell.bounds)
    if not low < start < high:
        raise InputError(
            f"A filling of {filling:g} is {start} ions, outside the allowed range ({low:.3g}, {high:.3g}) of this channel."
        )
    begin = jnp.full(devices, float(start))
    found, largest = _count(cell, segments, begin, jnp.asarray(seed), jnp.arange(leaps))
    found = np.asarray(found)
    if not np.all((found > low) & (found < high)):
        raise InputError("The channel runs empty or full of ions; pass less charge, or start from a fuller one.")
    if float(largest) > LARGEST_LEAP * start:
        raise InputError(
            f"A leap moves {float(largest):.3g} ions of {start}, more than a tenth; set leaps above "
            f"{int(leaps * float(largest) / (LARGEST_LEAP * start)) + 1}."
        )
    return Counted(found, np.asarray(cell.conductance(jnp.asarray(found / sites))))


def ion_sites(cell: CompactCell):
    """Formula units of the channel, so that ions = sites x."""
    return cell.concentration * AVOGADRO * cell.thickness * cell.area


def exchange(cell: CompactCell, filling, drive) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """(ions per second that enter the channel, that leave it)."""
    flow = cell.flow(filling, drive)
    net = flow.ions * cell.transfer_area / (cell.charge * FARADAY) * AVOGADRO
    film = flow.voltage - flow.gate * cell.series_resistance
    affinity = cell.charge * (film - cell.open_voltage(filling)) / cell.thermal
    # net/(1 - exp(-a)) without a difference of small numbers at rest, where it is the net rate's slope
    small = jnp.abs(affinity) < 1e-6
    at_rest = AVOGADRO * cell.transfer_area * cell.thermal / (FARADAY * cell.charge**2 * _resistance(cell))
    entering = jnp.where(small, at_rest + 0.5 * net, net / -jnp.expm1(-jnp.where(small, 1.0, affinity)))
    return entering, entering - net


def _resistance(cell: CompactCell):
    """Of the ions' path for small currents, ohm m2."""
    transfer = cell.thermal / cell.electrons * (1 / cell.channel_exchange + 1 / cell.reservoir_exchange)
    return cell.ionic_resistance + transfer


def _counting(cell, segments, start, seed, leaps):
    key, sites = jax.random.key(seed), ion_sites(cell)
    pairs = jax.vmap(lambda ions, drive: exchange(cell, ions / sites, drive), in_axes=(0, None))

    def segment(carry, inputs):
        part, key = inputs
        step = part.duration / leaps.size

        def leap(carry, key):
            ions, largest = carry
            rates = jnp.stack(pairs(ions, part.drive))  # entering, leaving
            entered, left = jax.random.poisson(key, jnp.maximum(rates * step, 0.0)).astype(float)
            moved = jnp.max(jnp.abs(rates[0] - rates[1])) * step
            return (jnp.maximum(ions + entered - left, 0.0), jnp.maximum(largest, moved)), None

        carry = jax.lax.scan(leap, carry, jax.random.split(key, leaps.size))[0]
        return carry, carry[0]

    keys = jax.random.split(key, segments.duration.shape[0])
    (_, largest), ions = jax.lax.scan(segment, (start, jnp.zeros(())), (segments, keys))
    return ions.T, largest


_count = Program(_counting)
