"""Pattern of a current-voltage loop around zero voltage: branches separated, crossed, or one and the same.

Each cycle of a voltammogram passes zero voltage on a rising and on a falling branch. With |i| of both at the same V,

    gap(V) = ln |i_falling(V)| - ln |i_rising(V)|

is positive where the falling branch, after the positive peak, conducts better. Where the gap has one sign on both
sides of V = 0 the branches are separated there: one state conducts better whatever the sign of the voltage. Where it
changes sign they cross: the state that conducts better forwards conducts worse backwards. Both are patterns (i) and
(ii) of Fig. 1b of Tian and Bazant, Interfacial resistive switching by multiphase polarization.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from solion.analysis.data import Data
from solion.base.errors import InputError

POINTS = 40  # voltages on either side at which the branches are compared
GUARD = 0.05  # share of the window next to V = 0 that is left out: there the current itself passes through zero


@dataclass(frozen=True)
class Pattern:
    """How the two branches of a cycle lie around V = 0.

    ``kind``: ``separated`` (the same branch conducts better on both sides), ``crossed`` (a different one on each side),
    ``one-sided`` (they differ on one side only) or ``closed`` (they differ on neither). ``positive`` and ``negative``:
    medians of the gap on either side within ``window`` (V); the branches differ by the factor exp|gap|. ``crossing``:
    voltage in V at which they cross, nan where they do not.
    """

    kind: str
    positive: float
    negative: float
    crossing: float
    window: float
    cycle: int

    @property
    def factors(self) -> tuple[float, float]:
        """By how much the better branch conducts better at V < 0 and at V > 0; at least 1."""
        return float(np.exp(abs(self.negative))), float(np.exp(abs(self.positive)))


def pattern(run: Any, cycle: int | None = None, *, window: float | None = None, ratio: float = 1.5) -> Pattern:
    """Pattern of a cycle (the last one unless given, from 0) within ``window`` volts of zero.

    The window is a tenth of the smaller peak unless given. Branches whose currents differ by less than a factor
    ``ratio`` count as the same. Raises InputError for a cycle that does not pass zero on both branches, for a window
    the sweep does not cover, and for a ratio not above 1.
    """
    data = Data.of(run)
    parts = data.cycles()
    if not ratio > 1:
        raise InputError(f"pattern: ratio = {ratio:g} is outside its allowed range (1, inf).")
    number = max(parts, default=0) if cycle is None else cycle
    if number not in parts:
        raise InputError(f"pattern: cycle = {number} is not in this run, which has cycles {sorted(parts)}.")
    voltage, current = (data.terminal(kind)[parts[number]] for kind in ("voltage", "current"))
    reach = min(voltage.max(), -voltage.min())
    if not reach > 0:
        raise InputError(
            f"pattern: cycle {number} runs from {voltage.min():.4g} V to {voltage.max():.4g} V; a loop that passes"
            " zero is needed."
        )
    width: float = 0.1 * float(reach) if window is None else window
    if not 0 < width <= reach:
        raise InputError(f"pattern: window = {width:g} V is outside its allowed range (0, {reach:.4g}] V.")

    size = np.geomspace(GUARD * width, width, POINTS)
    at = np.concatenate((-size[::-1], size))
    step = np.diff(voltage)
    falling, rising = (_branch(voltage, current, sign * step > 0, at, number) for sign in (-1, 1))
    gap = np.log(falling) - np.log(rising)
    negative, positive = float(np.median(gap[:POINTS])), float(np.median(gap[POINTS:]))
    differ = [abs(side) > np.log(ratio) for side in (negative, positive)]
    if not any(differ):
        kind = "closed"
    elif not all(differ):
        kind = "one-sided"
    else:
        kind = "separated" if negative * positive > 0 else "crossed"
    return Pattern(kind, positive, negative, _crossing(at, gap) if kind == "crossed" else np.nan, width, number)


def _branch(voltage, current, inside, at, number):
    """|i| at the voltages ``at`` on the intervals where ``inside``, by straight lines between samples."""
    found = np.full(at.size, np.nan)
    for k in np.flatnonzero(inside):
        low, high = sorted((voltage[k], voltage[k + 1]))
        here = (at >= low) & (at <= high)
        share = (at[here] - voltage[k]) / (voltage[k + 1] - voltage[k])
        found[here] = np.abs(current[k] + share * (current[k + 1] - current[k]))
    if np.isnan(found).any() or not np.all(found > 0):
        raise InputError(
            f"pattern: cycle {number} does not pass the voltages around zero both rising and falling with a current;"
            " a voltammogram is needed."
        )
    return found


def _crossing(at, gap) -> float:
    """Change of sign of the gap nearest to zero, by a straight line between the voltages it lies between."""
    (changes,) = np.nonzero(gap[:-1] * gap[1:] <= 0)
    zeros = [at[k] + (at[k + 1] - at[k]) * gap[k] / (gap[k] - gap[k + 1]) for k in changes]
    return float(min(zeros, key=abs))
