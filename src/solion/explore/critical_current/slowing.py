"""How slow a film is close above its threshold: two laws, told apart by the runs themselves.

A run that barely switches stays long beside a steady state, and its time diverges as the current falls to the threshold.
Beside the last steady state, a saddle-node, it takes A / sqrt(i - i_c) (:mod:`.critical_current.fold`). Where a sudden
current drives the film past an unstable steady state, though a stable one exists, the run comes ever closer to the
unstable one and leaves it at its rate of growth g, after ln(1/(i - i_d)) / g.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import equinox as eqx
import numpy as np
from scipy.optimize import brentq


class AbstractSlowingDown(eqx.Module):
    """tau = ``offset`` + ``slope`` shape(|i| - ``critical``); times in tau_D, currents in i_D."""

    critical: float
    slope: float
    offset: float

    @staticmethod
    @abstractmethod
    def shape(excess) -> Any:
        """The time over an excess current, up to a factor; falls with the excess and diverges at zero."""

    @staticmethod
    @abstractmethod
    def inverse(time) -> Any:
        """The excess at which ``shape`` takes a value."""

    def time(self, current):
        """tau in tau_D at a current in i_D, above the critical one."""
        return self.offset + self.slope * self.shape(abs(current) - self.critical)

    def threshold(self, plateau: float) -> float:
        """Current at which the first switch takes ``plateau`` tau_D."""
        return self.critical + float(self.inverse(max(plateau - self.offset, 1e-3 * plateau) / self.slope))


class SaddleNode(AbstractSlowingDown):
    """tau = offset + A / sqrt(i - i_c), ``slope`` = A: the steady states end at the critical current."""

    @staticmethod
    def shape(excess):
        return 1 / np.sqrt(excess)

    @staticmethod
    def inverse(time):
        return time**-2.0


class Separatrix(AbstractSlowingDown):
    """tau = offset - ln(i - i_d) / g, ``slope`` = 1/g: a sudden current passes an unstable steady state."""

    @staticmethod
    def shape(excess):
        return -np.log(excess)

    @staticmethod
    def inverse(time):
        return np.exp(-time)


def fitted(currents: Sequence[float], times: Sequence[float]) -> AbstractSlowingDown | None:
    """The law that runs at ``currents`` (i_D, positive) with first switches at ``times`` (tau_D) obey; None where they tell none.

    Each law is put through the three slowest runs; of two that can, the one that foretells the fourth better.
    """
    order = np.argsort(currents)[:4]
    current, time = np.asarray(currents, float)[order], np.asarray(times, float)[order]
    if len(order) < 3 or not np.all(np.diff(time) < 0):
        return None
    laws = [law for kind in (SaddleNode, Separatrix) if (law := _through(kind, current[:3], time[:3])) is not None]
    if len(laws) == 2 and len(order) == 4:
        laws.sort(key=lambda law: abs(law.time(current[3]) - time[3]))
    return laws[0] if laws else None


def _through(kind: type[AbstractSlowingDown], current, time) -> AbstractSlowingDown | None:
    """The law of this kind through three runs, in order of their currents."""

    def mismatch(critical):
        shape = kind.shape(current - critical)
        return (shape[0] - shape[1]) * (time[1] - time[2]) - (shape[1] - shape[2]) * (time[0] - time[1])

    nearest = current[0] - 1e-9 * (current[1] - current[0])
    if mismatch(0.0) * mismatch(nearest) >= 0:
        return None
    critical = float(brentq(mismatch, 0.0, nearest, xtol=1e-14))  # pyright: ignore[reportArgumentType]
    shape = kind.shape(current - critical)
    slope = float((time[0] - time[1]) / (shape[0] - shape[1]))
    return kind(critical, slope, float(time[0] - slope * shape[0]))
