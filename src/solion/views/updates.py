"""The update map: how far a pulse moves the conductance, against where it is."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solion.analysis.recorded import dataset_of
from solion.analysis.synaptic import PulseRecord, pulses_of, update_map
from solion.views.style import FALLING, INK, RISING, blank, prefixed, styled


@styled
def updates(run: Any) -> Figure:
    """Size of the change by each pulse up and down against the conductance before it, with the binned medians."""
    canvas = blank(7.0, 4.2)
    axes = canvas.subplots()
    draw_updates(axes, pulses_of(dataset_of(run)))
    if axes.get_legend_handles_labels()[0]:  # none where the run ended before the first pulse did
        axes.legend(loc="best")
    return canvas


def draw_updates(axes: Axes, record: PulseRecord, bins: int = 20) -> None:
    """Draw the update map of a record."""
    factor, unit = prefixed(record.conductance, "S")
    small, step = prefixed(record.change, "S")
    found = update_map(record, bins)
    rows = ((1, found.up, RISING, "up"), (-1, np.abs(found.down), FALLING, "down"))
    for sign, medians, colour, name in rows:
        part = record[record.sign == sign]
        if not len(part):
            continue
        axes.plot(part.before * factor, np.abs(part.change) * small, "o", color=colour, ms=3, alpha=0.45, mew=0)
        there = np.isfinite(medians)
        axes.plot(found.conductance[there] * factor, medians[there] * small, color=colour, label=f"{name}, median")
    axes.axhline(0, color=INK, lw=0.6)
    axes.set_xlabel(f"conductance before the pulse ({unit})")
    axes.set_ylabel(rf"$|\Delta G|$ per pulse ({step})")
