"""A record of a drive as straight lines between few of its points, so that its steps are those of the drive and not its noise."""

from __future__ import annotations

from itertools import pairwise

import numpy as np


def straight_lines(time: np.ndarray, value: np.ndarray, tolerance: float) -> list[tuple[int, int]]:
    """First and last point of each line, in order; every point is within ``tolerance`` of its line, those beside a jump (two at
    one time) on it. Ramer, Comput. Graphics Image Process. 1, 244 (1972).
    """
    cuts = [0, *(np.flatnonzero(np.diff(time) == 0) + 1), len(time)]
    return [
        line for first, stop in pairwise(cuts) for line in pairwise(_corners(time, value, int(first), int(stop) - 1, tolerance))
    ]


def _corners(time, value, first: int, last: int, tolerance: float) -> list[int]:
    """Points between which straight lines pass all others within the tolerance."""
    kept, pending = {first, last}, [(first, last)]
    while pending:
        a, b = pending.pop()
        if b - a < 2:
            continue
        inside = slice(a + 1, b)
        line = value[a] + (value[b] - value[a]) * (time[inside] - time[a]) / (time[b] - time[a])
        off = np.abs(value[inside] - line)
        worst = int(np.argmax(off))
        if off[worst] > tolerance:
            middle = a + 1 + worst
            kept.add(middle)
            pending += [(a, middle), (middle, b)]
    return sorted(kept)
