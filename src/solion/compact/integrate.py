"""Steps of gate drive integrated with the error controlled: the filling, the charges and the energy of a compact cell.

The filling runs between walls where a film is empty or full, so the unknown is the logit of its place between them; one step is
the linearly implicit method of :mod:`solion.numerics.stepping.rosenbrock` for one unknown and its integrals.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from solion.base.compiled import Program
from solion.base.errors import InputError
from solion.compact.cell import CompactCell, GateDrive
from solion.numerics.stepping.rosenbrock import ALPHA, COUPLING, GAMMA, WEIGHTS

MOST_STEPS = 100_000
ORDER = 5


class Segment(NamedTuple):
    """A drive of the gate for a time (s). Stacked along a leading axis, a sequence of them."""

    drive: GateDrive
    duration: Float[Array, ""]


class Passed(NamedTuple):
    """What has passed the gate, per transfer area: charge (C/m2), of it leak, and work (J/m2)."""

    charge: Float[Array, ""]
    leak: Float[Array, ""]
    work: Float[Array, ""]


def sequence(*segments: Segment) -> Segment:
    """Segments one after another, stacked."""
    return jax.tree.map(lambda *leaves: jnp.stack([jnp.asarray(leaf, float) for leaf in leaves]), *segments)


def padded(segments: Segment) -> Segment:
    """The same with segments of no duration at the end, to a power of four: few lengths, so few programs to compile."""
    length = segments.duration.shape[0]
    missing = 4 ** math.ceil(math.log(length, 4) - 1e-9) - length
    longer = jax.tree.map(lambda leaf: jnp.concatenate([leaf, jnp.repeat(leaf[-1:], missing)]), segments)
    return longer._replace(duration=longer.duration.at[length:].set(0.0))


def logit_of(cell: CompactCell, x):
    """Unknown of a filling: logit of its place between the walls of the cell."""
    low, high = cell.bounds
    return jnp.log((x - low) / (high - x))


def filling_of(cell: CompactCell, logit):
    """Filling of an unknown."""
    low, high = cell.bounds
    return low + (high - low) * jax.nn.sigmoid(logit)


def advance(cell: CompactCell, segment: Segment, logit, tolerance: float = 1e-9) -> tuple[Float[Array, ""], Passed]:
    """The unknown and what has passed after one segment.

    ``tolerance`` bounds the error of each step in the logit: the part of the filling (or of the emptiness) that is wrong.
    The result is nan where the steps have become too short to end, as at a wall that a forced current runs into.
    """

    def slopes(y):
        x = filling_of(cell, y)
        flow = cell.flow(x, segment.drive)
        low, high = cell.bounds
        stretch = (high - low) / ((x - low) * (high - x))
        return jnp.stack([cell.rate(x, flow) * stretch, flow.gate, flow.gate - flow.ions, flow.gate * flow.voltage])

    def proceed(state):
        left, _, step, _, count = state
        return (left > 0) & (count < MOST_STEPS) & (step > 1e-14 * segment.duration)

    def once(state):
        left, y, step, passed, count = state
        step = jnp.minimum(step, left)
        change, error = _step(slopes, y, step)
        size = jnp.abs(error) / tolerance
        good = size <= 1  # false for nan
        factor = jnp.where(jnp.isfinite(size), 0.9 * jnp.maximum(size, 1e-8) ** (-1.0 / ORDER), 0.2)
        left = jnp.where(good, jnp.where(step >= left, 0.0, left - step), left)
        y = jnp.where(good, y + change[0], y)
        passed = jnp.where(good, passed + change[1:], passed)
        return left, y, step * jnp.clip(factor, 0.2, 8.0), passed, count + 1

    duration = jnp.asarray(segment.duration, float)
    logit = jnp.asarray(logit, float)
    start = (duration, logit, duration, jnp.zeros(3), 0)
    left, y, _, passed, _ = jax.lax.while_loop(proceed, once, start)
    ended = left <= 0
    charge, leak, work = jnp.where(ended, passed, jnp.nan)
    return jnp.where(ended, y, jnp.nan), Passed(charge, leak, work)


def _step(slopes, y, h):
    """(increments of y and of the integrals, error of y) by one step of length h."""
    _, jacobian = jax.jvp(slopes, (y,), (jnp.ones_like(y),))
    pivot = 1.0 / (h * GAMMA)
    tableau = jnp.asarray(np.stack([ALPHA, COUPLING], axis=1))

    def stage(i, increments):  # one after another in a loop: the law is compiled once
        here, past = tableau[i] @ increments
        right = slopes(y + here[0]) + past / h
        inner = right[0] / (pivot - jacobian[0])
        new = jnp.concatenate([inner[None], (right[1:] + jacobian[1:] * inner) / pivot])
        return jax.lax.dynamic_update_slice(increments, new[None], (i, 0))

    increments = jax.lax.fori_loop(0, 8, stage, jnp.zeros((8, 4)))
    return jnp.asarray(WEIGHTS) @ increments, increments[7, 0]


def after_segments(cell: CompactCell, segments: Segment, logit, tolerance: float = 1e-9):
    """(unknown, passed) after each of the stacked ``segments``; :class:`Passed` counts each segment alone."""

    def one(y, segment):
        y, passed = advance(cell, segment, y, tolerance)
        return y, (y, passed)

    return jax.lax.scan(one, jnp.asarray(logit, float), segments)[1]


_compiled = Program(after_segments)


def run_through(cell: CompactCell, segments: Segment, filling: float, tolerance: float = 1e-9):
    """(filling x, passed) after each of the stacked ``segments`` from a start ``filling``, as :func:`after_segments`.

    Raises InputError for a start outside the walls of the cell, or a forced current that runs into one of them.
    """
    ready = cell.ready()
    start = logit_of(ready, jnp.asarray(filling, float))
    if not np.isfinite(start):
        low, high = (float(wall) for wall in cell.bounds)
        raise InputError(f"A filling of {filling:g} is outside its allowed range ({low:g}, {high:g}), the walls of the cell.")
    logits, passed = _compiled(ready, padded(segments), start, jnp.asarray(tolerance))
    count = segments.duration.shape[0]
    logits, passed = logits[:count], jax.tree.map(lambda leaf: leaf[:count], passed)
    if not np.all(np.isfinite(logits)):
        failed = int(np.argmin(np.isfinite(logits)))
        raise InputError(
            f"Segment {failed + 1} of {logits.size} forces a current into an empty or a full film; pass less charge, or give the "
            "reservoir more ions."
        )
    return np.asarray(filling_of(ready, logits)), passed
