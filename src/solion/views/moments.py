"""What of a figure belongs to the instants of a run: axes of time, points that move along a curve, profiles that change.

A still figure shows all instants at once. An interactive page has one instant that all figures follow; these marks tell it how.
They hang on the axes of the figure and live as long as these.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from weakref import WeakKeyDictionary

import numpy as np
from matplotlib.axes import Axes


@dataclasses.dataclass(frozen=True)
class Moving:
    """``seconds``: instants in s, of shape (n,). ``x`` and ``y`` in the numbers of the axes: (n,) is a point, (n, m) a curve."""

    seconds: np.ndarray
    x: np.ndarray
    y: np.ndarray


_TIMES: WeakKeyDictionary[Axes, tuple[float, np.ndarray]] = WeakKeyDictionary()
_MOVING: WeakKeyDictionary[Axes, list[Moving]] = WeakKeyDictionary()


def mark_time(axes: Axes, factor: float, seconds: np.ndarray) -> None:
    """The horizontal axis is time, times ``factor``; ``seconds`` are the instants of the run."""
    _TIMES[axes] = (factor, seconds)


def mark_moving(axes: Axes, seconds: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
    """A point, or with rows of ``x`` or ``y`` a curve, that stands on these axes at each instant."""
    _MOVING.setdefault(axes, []).append(Moving(seconds, np.asarray(x, float), np.asarray(y, float)))


def change_moving(axes: Axes, of: Callable[[np.ndarray], np.ndarray], direction: str = "y") -> None:
    """Their places along "x" or "y" become a function of what they are, as those of the curves do."""
    _MOVING[axes] = [dataclasses.replace(mark, **{direction: of(getattr(mark, direction))}) for mark in moving_on(axes)]


def time_of(axes: Axes) -> tuple[float, np.ndarray] | None:
    """Factor and instants of an axis of time; None where the horizontal axis is something else."""
    return _TIMES.get(axes)


def moving_on(axes: Axes) -> list[Moving]:
    """What moves on these axes."""
    return _MOVING.get(axes, [])
