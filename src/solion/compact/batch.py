"""Many compact cells at once: devices that differ a little, under the same train of pulses, in one compiled call.

Each device's periods become maps (:mod:`solion.compact.pulse_maps`), all devices together, and a pulse then costs one sum of a
short series per device. :func:`integrated_train` integrates every pulse instead, to check it by.
"""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from solion.base.compiled import Program
from solion.base.errors import InputError, nearest
from solion.compact.cell import CompactCell
from solion.compact.integrate import Segment, advance, filling_of, logit_of
from solion.compact.pulse_maps import PulseMap, pulse_map_of_degree

DEGREE = 32


def spread(cell: CompactCell, count: int, seed: int, **relative: float) -> CompactCell:
    """``count`` cells like this one, the numbers named drawn log-normally about its own with these relative deviations.

    ``spread(cell, 1000, 1, thickness=0.03, channel_exchange=0.2, leak=0.3, aspect=0.05)``. A thicker channel takes a larger
    share of the reservoir. Raises InputError for a name that is no number of the cell.
    """
    names = [field.name for field in dataclasses.fields(cell) if field.metadata.get("parameter")]
    for name in relative:
        if name not in names:
            raise InputError(f"CompactCell has no number {name!r}{nearest(name, names)}; it has {', '.join(names)}.")
    draw = np.random.default_rng(seed)
    factors = {name: np.exp(width * draw.standard_normal(count)) for name, width in sorted(relative.items())}
    changed = {name: getattr(cell, name) * factor for name, factor in factors.items()}
    if "thickness" in factors:
        changed["share"] = changed.get("share", cell.share) * factors["thickness"]
    ready = dataclasses.replace(cell, sources=(), **changed).ready()
    return jax.tree.map(lambda leaf: jnp.broadcast_to(leaf, (count,)), ready)


def train(
    cells: CompactCell, periods: tuple[Segment, ...], order, start, filling: tuple[float, float], tolerance: float = 1e-8
) -> np.ndarray:
    """Conductance (S) of every device after every pulse, shape (devices, pulses).

    ``periods``: what a pulse may be, each the same number of stacked segments; ``order``: which one each pulse is;
    ``start``: filling x of all devices or of each; ``filling``: range of x that no device leaves. Raises InputError where
    one does, and where the maps of degree 32 are not accurate to ``tolerance`` in that range.
    """
    order = _checked(order, len(periods))
    limits = jnp.asarray(filling, float)
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *periods)
    begin = jnp.broadcast_to(jnp.asarray(start, float), jnp.shape(cells.thickness))
    found, error, outside = _train(cells, stacked, order, begin, limits, jnp.asarray(0.1 * tolerance))
    if not float(error) <= tolerance:
        raise InputError(
            f"Maps of the fillings {tuple(filling)} are wrong by {float(error):.1e}, or a pulse runs into a wall there; narrow "
            "the range, or pass less charge in a pulse."
        )
    if float(outside) > 0:
        raise InputError(
            f"A device leaves the range of fillings {tuple(filling)} by {float(outside):.2g} in the logit of its filling; "
            "widen it."
        )
    return np.asarray(found)


def _train_of_maps(cells, periods, order, start, limits, tolerance):
    def one(cell, start):
        low, high = logit_of(cell, limits[0]), logit_of(cell, limits[1])
        maps = jax.vmap(lambda period: pulse_map_of_degree(cell, period, low, high, DEGREE, tolerance))(periods)
        # charge, leak and work are not asked for: their terms would be summed for nothing
        maps = maps._replace(series=maps.series[:, :1])

        def pulse(y, which):
            part: PulseMap = jax.tree.map(lambda leaf: leaf[which], maps)
            y = part.next(y)
            return y, y

        y = jax.lax.scan(pulse, logit_of(cell, start), order)[1]
        outside = jnp.maximum(jnp.max(y[:-1]) - high, low - jnp.min(y[:-1]))
        return cell.conductance(filling_of(cell, y)), jnp.max(jax.vmap(lambda part: part.error)(maps)), outside

    found, error, outside = jax.vmap(one)(cells, start)
    return found, jnp.max(error), jnp.max(outside)


_train = Program(_train_of_maps)


def integrated_train(
    cells: CompactCell, periods: tuple[Segment, ...], order, start, tolerance: float = 1e-8
) -> Float[Array, "devices pulses"]:
    """As :func:`train`, every pulse of every device integrated; slower by the ratio of pulses to the terms of a map."""
    order = _checked(order, len(periods))
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *periods)
    begin = jnp.broadcast_to(jnp.asarray(start, float), jnp.shape(cells.thickness))
    return _integrated(cells, stacked, order, begin, jnp.asarray(tolerance))


def _integrated_train(cells, periods, order, start, tolerance):
    def one(cell, start):
        def segment(y, part):
            return advance(cell, part, y, tolerance)[0], None

        def pulse(y, which):
            y = jax.lax.scan(segment, y, jax.tree.map(lambda leaf: leaf[which], periods))[0]
            return y, cell.conductance(filling_of(cell, y))

        return jax.lax.scan(pulse, logit_of(cell, start), order)[1]

    return jax.vmap(one)(cells, start)


_integrated = Program(_integrated_train)


def _checked(order, periods: int) -> Int[Array, " pulses"]:
    order = np.asarray(order)
    if order.ndim != 1 or order.size < 2 or not np.all((order >= 0) & (order < periods) & (order == order.astype(int))):
        raise InputError(
            f"order must list two pulses or more, each the number of one of the {periods} periods, from 0 to {periods - 1}."
        )
    return jnp.asarray(order.astype(int))
