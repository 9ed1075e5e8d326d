"""Pieces that the figures of the synapse paper share."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from solion.views.style import FALLING, MUTED, RISING

MICRO = 1e6


def staircase(axes: Axes, conductance: np.ndarray, label: str = "", colour: str | None = None) -> None:
    """Conductance (S) after each pulse; half of the pulses up, then half down."""
    number, half = np.arange(conductance.size), conductance.size // 2
    g = conductance * MICRO
    axes.plot(number, g, color=colour or MUTED, lw=0.8, label=label or None)
    if colour is None:
        axes.plot(number[: half + 1], g[: half + 1], "o", color=RISING, ms=3.5)
        axes.plot(number[half + 1 :], g[half + 1 :], "o", color=FALLING, ms=3.5)
    else:
        axes.plot(number, g, "o", color=colour, ms=3)
    axes.set_xlabel("pulse")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylabel("conductance (µS)")
