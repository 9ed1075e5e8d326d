"""Area of the current-voltage loop of each cycle, and of its two lobes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from solion.analysis.data import Data


@dataclass(frozen=True)
class Loop:
    """Areas of one closed cycle in W (V A).

    ``positive`` is the contour integral of i dV over V > 0, ``negative`` that over V < 0. On either side a negative
    sign means that |i| is larger on the way back than on the way out: more conductive after the peak.
    ``area`` = |positive| + |negative|.
    """

    cycle: int
    positive: float
    negative: float

    @property
    def area(self) -> float:
        """Enclosed area of both lobes, W."""
        return abs(self.positive) + abs(self.negative)


def loops(run: Any) -> list[Loop]:
    """The loop of each cycle that a voltage sweep closes, by the run's own steps or, where it kept none, by the trapezoidal
    rule; a cycle cut short is left out."""
    data = Data.of(run)
    if not data.swept:
        return []
    voltage, current = data.terminal("voltage"), data.terminal("current")
    found, lobes = [], [data.summary(f"{side} lobe", "power") for side in ("positive", "negative")]
    for cycle, part in data.cycles().items():
        v, i = voltage[part], current[part]
        turned = np.any(np.diff(v) > 0) and np.any(np.diff(v) < 0)
        if turned and abs(v[-1] - v[0]) <= 1e-3 * np.ptp(v):
            sampled = _area(v, i), _area(-v, -i)
            found.append(Loop(cycle, *(lobe.get(cycle, area) for lobe, area in zip(lobes, sampled, strict=True))))
    return found


def _area(voltage, current) -> float:
    """Integral of i dV along the samples over V > 0; intervals across V = 0 are cut there."""
    v0, v1, i0, i1 = voltage[:-1], voltage[1:], current[:-1], current[1:]
    rise = np.where(v1 == v0, 1.0, v1 - v0)
    at_zero = i0 + (i1 - i0) * np.clip(-v0 / rise, 0.0, 1.0)
    left = np.where(v0 > 0, i0, at_zero)
    right = np.where(v1 > 0, i1, at_zero)
    return float(np.sum((left + right) / 2 * (np.maximum(v1, 0.0) - np.maximum(v0, 0.0))))
