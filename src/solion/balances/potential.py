"""A potential at degrees of freedom or in cells in twice the precision, so that differences far below its own rounding are known.

Where boundaries resist a million times more than grains, the potential varies within a grain by a millionth of its value and
currents are the gradients of that; where a layer conducts a million times better, likewise. Rounding phi to 16 digits then
leaves ten of the current. With what rounding leaves of phi kept in ``rest``, all digits of differences are there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Potential(NamedTuple):
    """``values`` (V), and what rounding has cut from them, ``rest`` (V); the potential is their sum."""

    values: np.ndarray
    rest: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray) -> Potential:
        """A potential known to the usual precision."""
        return cls(values, np.zeros_like(values))

    def plus(self, change: np.ndarray) -> Potential:
        """The sum with a change, what its rounding cuts off included (Knuth's two-sum)."""
        change = change + self.rest
        total = self.values + change
        seen = total - self.values
        return Potential(total, (self.values - (total - seen)) + (change - seen))

    def within(self, dofs: np.ndarray) -> np.ndarray:
        """Differences from the first of each row of degrees of freedom (m, k)."""
        values, rest = self.values[dofs], self.rest[dofs]
        return (values - values[:, :1]) + (rest - rest[:, :1])

    def ahead(self, axis: int) -> np.ndarray:
        """Differences from each cell of a grid to the next along an axis, the last to the first."""
        step = self.values - np.roll(self.values, -1, axis)
        step += self.rest - np.roll(self.rest, -1, axis)
        return step

    def step(self, first, second) -> np.ndarray:
        """Differences between two sets of degrees of freedom, or between cells by index expressions."""
        return (self.values[first] - self.values[second]) + (self.rest[first] - self.rest[second])

    def below(self, metal: float, dofs) -> np.ndarray:
        """metal - phi at degrees of freedom or cells, V."""
        return (metal - self.values[dofs]) - self.rest[dofs]
