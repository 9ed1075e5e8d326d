"""Rows of numbers known at the ends of a run's own steps: their extremes and integrals, whatever samples were asked for.

Within a piece (a step of the protocol) each row is a cubic spline through its knots, clamped to the slopes of cubics through the
first and the last four. A stepper of order 5 takes steps over which its solution is smooth, so that the spline is as good as its
dense output: 2e-7 of the sharpest peak and 2e-6 of the area of a memristor's loop (decision 0042).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(4)  # exact for the product of two cubics
NODES, WEIGHTS = 0.5 * (_NODES + 1), 0.5 * _WEIGHTS
ALIKE = 1e-13
HALVINGS = 22  # to a bracket of 2e-7 of an interval, of which a secant leaves round-off


class StepCurves(NamedTuple):
    """Cubics of all intervals: ``start`` and ``length`` in time, the ``group`` each belongs to, and coefficients of
    1, s, s^2, s^3 over its length, of each row."""

    start: np.ndarray
    length: np.ndarray
    group: np.ndarray
    powers: np.ndarray  # (4, intervals, rows)


def cubic(share, powers):
    """Values at a share of their intervals."""
    return powers[0] + share * (powers[1] + share * (powers[2] + share * powers[3]))


def step_curves(time, piece, values) -> StepCurves:
    """Curves through knots in order of time within each ``piece``, a whole number of each knot; the groups are the pieces."""
    again = (np.diff(piece) == 0) & (np.diff(time) == 0)  # a turn may lie at the very end of its step
    time, piece, values = (column[np.append(True, ~again)] for column in (time, piece, values))
    inside = np.diff(piece) == 0
    length = np.where(inside, np.diff(time), 1.0)
    chord = np.where(inside[:, None], np.diff(values, axis=0) / length[:, None], 0.0)
    slopes = _slopes(time, piece, values, length, chord)
    h, low, high = length[inside, None], slopes[:-1][inside], slopes[1:][inside]
    rise = np.diff(values, axis=0)[inside]
    # a step far longer than the one before, as in a long rest, would carry that one's slope far beyond all values nearby
    near = np.clip(np.flatnonzero(inside)[:, None] + np.arange(-1, 3), 0, time.size - 1)
    near = np.where(piece[near] == piece[:-1][inside][:, None], near, near[:, 1:2])
    wild = np.maximum(np.abs(h * low - rise), np.abs(h * high - rise)) > 4 * np.ptp(values[near], axis=1)
    low, high = np.where(wild, rise / h, low), np.where(wild, rise / h, high)
    powers = np.stack([values[:-1][inside], h * low, 3 * rise - h * (2 * low + high), h * (low + high) - 2 * rise])
    return StepCurves(time[:-1][inside], length[inside], piece[:-1][inside], powers)


def _slopes(time, piece, values, length, chord):
    """Slopes at the knots that make second derivatives continuous inside each piece."""
    from scipy.linalg import solve_banded

    first = np.concatenate([[True], np.diff(piece) != 0])
    last = np.concatenate([first[1:], [True]])
    bands = np.zeros((3, time.size))
    bands[1], right = 1.0, np.zeros_like(values)
    free = np.flatnonzero(~first & ~last)
    before, after = length[free - 1], length[free]
    bands[2, free - 1], bands[1, free], bands[0, free + 1] = after, 2 * (before + after), before
    right[free] = 3 * (after[:, None] * chord[free - 1] + before[:, None] * chord[free])
    for ends, way in ((np.flatnonzero(first), 1), (np.flatnonzero(last), -1)):
        right[ends] = _end_slope(time, piece, values, ends, way)
    return solve_banded((1, 1), bands, right)


def _end_slope(time, piece, values, ends, way):
    """Slope at the first knots of pieces (the last ones: ``way`` -1) of the cubic through four, or through what there is."""
    index = np.clip(ends[:, None] + way * np.arange(4), 0, time.size - 1)
    known = (piece[index] == piece[ends][:, None]) & (index == ends[:, None] + way * np.arange(4))
    t, divided, slope, product = time[index], values[index], np.zeros(values[ends].shape), np.ones((ends.size, 1))
    for order in range(1, 4):
        step = t[:, order:] - t[:, :-order]
        divided = np.diff(divided, axis=1) / np.where(step == 0, 1.0, step)[..., None]
        slope += np.where(known[:, order, None], product * divided[:, 0], 0.0)
        product = product * (t[:, :1] - t[:, order : order + 1])
    return slope


def extremes(curves: StepCurves, groups: int, way: int) -> tuple[np.ndarray, np.ndarray]:
    """Highest (``way`` 1) or lowest (-1) value of each row in each group, and when it is first reached.

    Values are alike within ``ALIKE`` of the row's largest: where one is held, its time is that at which it was put on.
    """
    one, two, three = 3 * curves.powers[3], 2 * curves.powers[2], curves.powers[1]
    with np.errstate(all="ignore"):
        q = -0.5 * (two + np.where(two < 0, -1, 1) * np.sqrt(np.maximum(two**2 - 4 * one * three, 0)))
        turns = [np.nan_to_num(np.clip(share, 0, 1)) for share in (q / one, three / q)]
    shares = np.stack([np.zeros_like(q), np.ones_like(q), *turns])
    values = way * cubic(shares, curves.powers)
    alike = ALIKE * np.max(np.abs(values), axis=(0, 1), initial=0.0)
    best = np.argmax(values >= np.max(values, axis=0) - alike, axis=0)[None]  # the ends of an interval before its turns
    value, share = (np.take_along_axis(table, best, axis=0)[0] for table in (values, shares))
    found = np.full((groups, value.shape[1]), -np.inf)
    np.maximum.at(found, curves.group, value)
    when = np.full(found.shape, np.inf)
    here = curves.start[:, None] + share * curves.length[:, None]
    np.minimum.at(when, curves.group, np.where(value >= found[curves.group] - alike, here, np.inf))
    return way * found, when


def integral_to(curves: StepCurves, time) -> np.ndarray:
    """Integral of each row from the first knot to these times, one row a time; the knots are in order of time."""
    parts = curves.powers / np.arange(1, 5)[:, None, None] * curves.length[:, None]
    begun = np.concatenate([np.zeros((1, parts.shape[2])), np.cumsum(parts.sum(axis=0), axis=0)])
    k = np.clip(np.searchsorted(curves.start, time, side="right") - 1, 0, curves.start.size - 1)
    share = np.clip((time - curves.start[k]) / curves.length[k], 0.0, 1.0)[:, None]
    return begun[k] + share * cubic(share, parts[:, k])


def zeros(powers: np.ndarray) -> np.ndarray:
    """Where between 0 and 1 cubics whose ends differ in sign pass zero: halved, then a straight line."""
    before = powers[0] > 0
    left, right = np.zeros(powers.shape[1:]), np.ones(powers.shape[1:])
    for _ in range(HALVINGS):
        middle = 0.5 * (left + right)
        early = (cubic(middle, powers) > 0) == before
        left, right = np.where(early, middle, left), np.where(early, right, middle)
    ends = cubic(left, powers), cubic(right, powers)
    drop = ends[0] - ends[1]
    return left + np.where(drop == 0, 0.0, ends[0] / np.where(drop == 0, 1.0, drop)) * (right - left)


def integrals(curves: StepCurves, groups: int, integrand, gate: int | None = None, side: int = 1) -> np.ndarray:
    """Integral over each group of ``integrand(values, rates)``, rows and their time derivatives by number, where the
    row ``gate`` has the sign ``side``, or everywhere."""
    low, high = np.zeros(curves.start.size), np.ones(curves.start.size)
    if gate is not None:
        row = side * curves.powers[:, :, gate]
        before, after = row[0] > 0, row.sum(axis=0) > 0
        cross = np.flatnonzero(before != after)
        place = zeros(row[:, cross])
        high[cross], low[cross] = np.where(before[cross], place, 1.0), np.where(before[cross], 0.0, place)
        high[~before & ~after] = 0.0
    share = low + (high - low) * NODES[:, None]
    slopes = curves.powers[1:] * np.array([1, 2, 3])[:, None, None] / curves.length[:, None]
    rates = slopes[0] + share[..., None] * (slopes[1] + share[..., None] * slopes[2])
    found = integrand(np.moveaxis(cubic(share[..., None], curves.powers), -1, 0), np.moveaxis(rates, -1, 0))
    return np.bincount(curves.group, (high - low) * curves.length * (WEIGHTS @ found), groups)
