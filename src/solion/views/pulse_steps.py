"""Conductance against the number of the pulse, as it is read after each."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from solion.analysis.recorded import dataset_of
from solion.analysis.synaptic import PulseRecord, pulses_of
from solion.views.style import FALLING, MUTED, RISING, blank, prefixed, styled

FEW = 60  # pulses that are drawn as points


@styled
def pulse_steps(run: Any) -> Figure:
    """Conductance read after each pulse against its number; pulses up and down in their colours."""
    canvas = blank(10.0, 3.9)
    axes = canvas.subplots()
    draw_pulse_steps(axes, pulses_of(dataset_of(run)))
    if axes.get_legend_handles_labels()[0]:  # none where the run ended before the first pulse did
        axes.legend(loc="best")
    return canvas


def draw_pulse_steps(axes: Axes, record: PulseRecord, factor_unit: tuple[float, str] | None = None) -> None:
    """Draw a record of pulses; pulse 0 is the state before the first."""
    g = record.conductance
    factor, unit = factor_unit or prefixed(g, "S")
    number = np.arange(g.size)
    size = 4.5 if g.size <= FEW else 1.8
    axes.plot(number, g * factor, color=MUTED, lw=0.8 if g.size <= FEW else 0.4)
    for sign, colour, name in ((1, RISING, "after a pulse up"), (-1, FALLING, "after a pulse down")):
        at = 1 + np.flatnonzero(record.sign == sign)
        if at.size:
            axes.plot(number[at], g[at] * factor, "o", color=colour, ms=size, label=name)
    axes.plot(number[:1], g[:1] * factor, "o", mfc="white", mec=MUTED, ms=size + 1)
    axes.set_xlabel("pulse")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylabel(f"conductance ({unit})")
