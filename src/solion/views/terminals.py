"""Voltage and current of the terminal against time."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solion.analysis.recorded import attribute, dataset_of, scale, values
from solion.views.style import CURRENT, MUTED, VOLTAGE, blank, prefixed, scaled_axis, styled, time_axis, time_unit

NOISE = 1e-12  # of its scale; what is below is round-off and drawn as zero
_DRAWN = {
    "voltage": ("V", "voltage $V$", r"$V/V_\mathrm{T}$", VOLTAGE),
    "current": ("A", "current $i$", r"$i/i_\mathrm{D}$", CURRENT),
}


@styled
def terminals(run: Any) -> Figure:
    """Voltage above, current below, on one axis of time."""
    dataset = dataset_of(run)
    canvas = blank(10.0, 4.8)
    upper, lower = canvas.subplots(2, 1, sharex=True)
    draw_terminal(upper, dataset, "voltage")
    draw_terminal(lower, dataset, "current")
    time_axis(upper, dataset, label=False)
    time_axis(lower, dataset, scaled=False)
    canvas.align_ylabels()
    return canvas


def draw_terminal(axes: Axes, dataset, name: str, *, scaled: bool = True) -> None:
    """Draw ``voltage`` or ``current`` against time; ``scaled`` adds the scaled axis and the name in words.

    The caller labels the axis of time.
    """
    symbol, label, scaled_label, colour = _DRAWN[name]
    row = values(dataset, name)
    if np.abs(row).max(initial=0.0) < NOISE * scale(dataset, name):
        row = np.zeros_like(row)
    factor, unit = prefixed(row, symbol)
    axes.axhline(0, color=MUTED, lw=0.7)
    seconds = values(dataset, "time")
    axes.plot(seconds * time_unit(seconds)[0], row * factor, color=colour)
    axes.set_ylabel(f"{label if scaled else label.split()[-1]} ({unit})")
    if scaled:
        scaled_axis(axes, "y", factor * scale(dataset, name), scaled_label)


def driven(dataset) -> str:
    """The quantity that the protocol sets for most of the run: ``voltage`` or ``current``."""
    steps = attribute(dataset, "protocol", [])
    given = sum(step["duration"] * (1 if step["mode"] == "current" else -1) for step in steps)
    return "current" if given > 0 else "voltage"
