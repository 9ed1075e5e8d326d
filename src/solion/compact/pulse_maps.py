"""What one period of pulses does to a compact cell, as a function that costs nothing to apply again.

Between the steps of the gate a compact cell is one number, y, the logit of its filling. A period (pulse, gap, read) takes y to
M(y); M(y) - y and what passes the gate are smooth, so they are held as Chebyshev series in y, accurate to the error of
their last terms. A map of n periods is found by applying the map n times to the nodes of a new series, or for n without
end by squaring: M_2n = M_n(M_n). Cells are alike to a compiler, so :func:`jax.vmap` makes the maps of many at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from solion.analysis.synaptic.record import PulseRecord
from solion.base.compiled import Program
from solion.base.errors import InputError
from solion.compact.cell import CompactCell
from solion.compact.integrate import Passed, Segment, after_segments, filling_of, logit_of, padded

ROUNDING = 1e-9  # of the width of a range, by which a map may step over its ends
UNROLLED = 64
DEGREES = 32, 64, 128, 256, 512


class PulseMap(NamedTuple):
    """y -> M(y) for y in [low, high], with charge, leak and work per transfer area of one application.

    ``series``: Chebyshev coefficients of M(y) - y, charge (C/m2), leak (C/m2), work (J/m2); shape (4, degree + 1).
    """

    low: Float[Array, ""]
    high: Float[Array, ""]
    series: Float[Array, "4 n"]

    def __call__(self, y) -> tuple[Float[Array, ""], Passed]:
        """(M(y), what has passed)."""
        place = jnp.clip((2 * y - self.low - self.high) / (self.high - self.low), -1.0, 1.0)
        change, charge, leak, work = _clenshaw(self.series, place)
        return y + change, Passed(charge, leak, work)

    def next(self, y):
        """M(y) alone: a quarter of the work."""
        place = jnp.clip((2 * y - self.low - self.high) / (self.high - self.low), -1.0, 1.0)
        return y + _clenshaw(self.series[:1], place)[0]

    @property
    def error(self):
        """Size of the last terms of M(y) - y, which those left out are below: in the logit, so a relative error of x."""
        return jnp.max(jnp.abs(self.series[0, -2:]))


def leaves(part: PulseMap):
    """By how much of its width a map steps out of its own range; 0 where it can be applied without end."""
    low, high = jax.vmap(part.next)(jnp.stack([part.low, part.high]))
    return jnp.maximum(jnp.maximum(part.low - low, high - part.high), 0.0) / (part.high - part.low)


_leaves = Program(leaves)


def nodes_of(low, high, degree: int):
    """Chebyshev points of [low, high], high end first."""
    return 0.5 * (low + high) + 0.5 * (high - low) * jnp.cos(jnp.pi * jnp.arange(degree + 1) / degree)


def interpolate(low, high, values: Float[Array, "n k"]) -> PulseMap:
    """The map that takes the values at :func:`nodes_of` its range."""
    transform = jnp.asarray(_transform(values.shape[0] - 1))
    return PulseMap(jnp.asarray(low, float), jnp.asarray(high, float), (transform @ values).T)


def pulse_map_of_degree(cell: CompactCell, segments: Segment, low, high, degree: int, tolerance=1e-10) -> PulseMap:
    """The map of one period of ``segments`` for unknowns in [low, high], by integration from every node."""
    nodes = nodes_of(low, high, degree)

    def one(y):
        after, passed = after_segments(cell, segments, y, tolerance)
        return jnp.stack([after[-1] - y, *(jnp.sum(part) for part in passed)])

    return interpolate(low, high, jax.vmap(one)(nodes))


_map_of_degree = Program(pulse_map_of_degree, static=(4,))


def pulse_map(cell: CompactCell, segments: Segment, filling: tuple[float, float], tolerance: float = 1e-11) -> PulseMap:
    """The map of one period of ``segments`` for fillings x between the two of ``filling``, accurate to ``tolerance``.

    The degree is doubled until the last terms are below ``tolerance``. Raises InputError where a period cannot end (a
    forced current runs into an empty or a full film) or no degree up to 512 is enough.
    """
    cell = cell.ready()
    segments = padded(segments)
    low, high = (logit_of(cell, jnp.asarray(x, float)) for x in filling)
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        walls = tuple(float(wall) for wall in cell.bounds)
        raise InputError(f"filling = {filling} must rise and lie inside ({walls[0]:g}, {walls[1]:g}), the walls of the cell.")
    for degree in DEGREES:
        found = _map_of_degree(cell, segments, low, high, degree, jnp.asarray(0.1 * tolerance))
        if not np.all(np.isfinite(found.series)):
            raise InputError(
                f"A period that starts between x = {filling[0]:g} and {filling[1]:g} runs into an empty or a full film; "
                "take a range further from the walls, less charge in a pulse, or a larger reservoir (smaller share)."
            )
        if float(found.error) <= tolerance:
            return _trimmed(found, tolerance)
    raise InputError(
        f"The map of this period is not smooth enough between x = {filling[0]:g} and {filling[1]:g}: an error of "
        f"{float(found.error):.1e} is left at degree {DEGREES[-1]}; take a narrower range."
    )


def _trimmed(part: PulseMap, tolerance: float) -> PulseMap:
    """The map without the last terms that together do not matter: applying it costs what its terms do."""
    size = np.abs(np.asarray(part.series))
    scale = np.maximum(size.max(axis=1, keepdims=True), [[1.0], [0.0], [0.0], [0.0]])
    rest = np.cumsum((size / np.where(scale == 0, 1, scale))[:, ::-1], axis=1)[:, ::-1]
    used = int(np.sum(np.any(rest > 0.1 * tolerance, axis=0)))
    keep = -(-max(used, 4) // 4) * 4  # few lengths, so that few programs are compiled
    return part._replace(series=part.series[:, :keep])


def compose(parts: list[tuple[PulseMap, int]], low, high, degree: int) -> PulseMap:
    """The map of several, each applied its number of times, in order; on [low, high] with a series of ``degree``.

    Raises InputError where an application starts outside the range of its map.
    """
    y = nodes_of(jnp.asarray(low, float), jnp.asarray(high, float), degree)
    start, total = y, jnp.zeros((degree + 1, 3))
    for part, count in parts:
        y, more, outside = _applied(part, y, jnp.asarray(count))
        _refuse_outside(part, float(outside))
        total = total + more
    return interpolate(low, high, jnp.concatenate([(y - start)[:, None], total], axis=1))


def _applications(part: PulseMap, y, count):
    """(y, sums of what passed, farthest y outside the range at a start) after ``count`` applications to every y."""

    def once(_, state):
        y, total, outside = state
        farthest = jnp.max(jnp.maximum(part.low - y, y - part.high))
        y, passed = jax.vmap(part)(y)
        return y, total + jnp.stack(passed, axis=1), jnp.maximum(outside, farthest)

    return jax.lax.fori_loop(0, count, once, (y, jnp.zeros((y.size, 3)), jnp.asarray(-jnp.inf)))


_applied = Program(_applications)


def _refuse_outside(part: PulseMap, outside: float) -> None:
    if outside > ROUNDING * float(part.high - part.low):
        raise InputError(
            f"The state leaves the range of a map by {outside:.2g} in the logit of its filling; build the map of a single "
            "period over a wider range of fillings."
        )


def repeat(part: PulseMap, count: int) -> PulseMap:
    """The map of ``count`` applications, by squaring: some 2 log2(count) compositions, whatever the count.

    The range must hold the map's image (:func:`leaves` is 0 but for round-off), which holds for a range that has the
    state of rest inside. Each squaring adds at most an error of the size of :attr:`PulseMap.error`, carried on by a map
    that brings states closer together. Raises InputError where the map leaves its range or the count is not positive.
    """
    if count < 1 or count != int(count):
        raise InputError(f"count = {count!r} is outside its allowed range: whole numbers from 1.")
    leaves = float(_leaves(part))
    if leaves > ROUNDING:
        raise InputError(
            f"The map leaves its own range by {leaves:.2g} of its width, so that it cannot be applied {count} "
            "times; widen the range until it holds the filling that the pulses lead to."
        )
    result, power, left = None, part, int(count)
    while left:
        if left & 1:
            result = power if result is None else _then(result, power)
        left >>= 1
        if left:
            power = _then(power, power)
    assert result is not None
    return result


def one_after_another(first: PulseMap, second: PulseMap) -> PulseMap:
    """``second`` after ``first``, both on the range of the first."""
    degree = first.series.shape[1] - 1
    y = nodes_of(first.low, first.high, degree)
    middle, before = jax.vmap(first)(y)
    end, after = jax.vmap(second)(jnp.clip(middle, second.low, second.high))
    passed = jnp.stack([one + two for one, two in zip(before, after, strict=True)], axis=1)
    return interpolate(first.low, first.high, jnp.concatenate([(end - y)[:, None], passed], axis=1))


_then = Program(one_after_another)


def _iterations(part: PulseMap, y, count):
    return jax.lax.fori_loop(0, count, lambda _, y: part.next(y), y)


_iterate = Program(_iterations)


def iterate(part: PulseMap, y, count: int):
    """y after ``count`` applications one after another, in one kernel: what :func:`repeat` is checked against."""
    return _iterate(part, jnp.asarray(y, float), jnp.asarray(count))


def _recorded(cell: CompactCell, maps: PulseMap, order, y):
    def pulse(y, which):
        y, passed = jax.tree.map(lambda leaf: leaf[which], maps)(y)
        return y, (y, passed)

    ys, passed = jax.lax.scan(pulse, y, order)[1]
    return cell.conductance(filling_of(cell, jnp.concatenate([y[None], ys]))), passed


_record = Program(_recorded)


def record_of(cell: CompactCell, maps: Sequence[PulseMap], order, filling: float, *, width: float = np.nan) -> PulseRecord:
    """The pulses ``order`` (which of the ``maps`` each is) from a start ``filling``, as a record for the metrics.

    Charge and energy are of whole periods, gaps included; ``width`` (s) is written down as it is given. All maps must span
    the same range.
    """
    cell = cell.ready()
    terms = max(part.series.shape[1] for part in maps)
    padded_maps = [part._replace(series=jnp.pad(part.series, ((0, 0), (0, terms - part.series.shape[1])))) for part in maps]
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *padded_maps)
    g, passed = _record(cell, stacked, jnp.asarray(order), logit_of(cell, jnp.asarray(filling, float)))
    charge, energy = (np.asarray(part * cell.transfer_area) for part in (passed.charge, passed.work))
    g = np.asarray(g)
    number = np.arange(charge.size, dtype=float)
    return PulseRecord(np.sign(charge), charge, g[:-1], g[1:], number, np.full(charge.size, width), energy)


def conductance_after(cell: CompactCell, part: PulseMap, filling: float, counts) -> np.ndarray:
    """Conductance (S) after each number of applications in ``counts``, from a start ``filling`` x; any number costs the same."""
    cell = cell.ready()
    y = logit_of(cell, jnp.asarray(filling, float))
    ends = [iterate(repeat(part, int(count)), y, 1) for count in counts]
    return np.array([float(cell.conductance(filling_of(cell, end))) for end in ends])


def _clenshaw(series, place):
    """Sums of Chebyshev series (k, n) at one place in [-1, 1]."""
    zero = jnp.zeros(series.shape[:1])

    def down(carry, coefficient):
        ahead, further = carry
        return (2 * place * ahead - further + coefficient, ahead), None

    unroll = min(series.shape[1] - 1, UNROLLED)  # a loop over terms costs more than they do
    (ahead, further), _ = jax.lax.scan(down, (zero, zero), series[:, :0:-1].T, unroll=unroll)
    return place * ahead - further + series[:, 0]


def _transform(degree: int) -> np.ndarray:
    """Matrix from values at the Chebyshev points to coefficients."""
    k = np.arange(degree + 1)
    weight = np.ones(degree + 1)
    weight[[0, -1]] = 0.5
    return 2.0 / degree * np.cos(np.pi * np.outer(k, k) / degree) * weight[None, :] * weight[:, None]
