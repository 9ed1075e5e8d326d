"""The update map: how far a pulse moves the conductance, against where it is."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from solion.analysis.data import Data
from solion.analysis.synaptic import pulses_of, update_map
from solion.views.pulses import pulsed
from solion.views.style import FALLING, INK, RISING, blank, prefixed, styled
from solion.views.view import AbstractView

BINS = 20


class UpdatesView(AbstractView):
    """Size of the change by each pulse up and down against the conductance before it, with the binned medians."""

    name = "updates"
    title = "Updates"
    caption = "Change of conductance by a pulse against the conductance before it, up and down; lines are medians."
    rank = 7.0

    def applies(self, data: Data) -> bool:
        return pulsed(data)

    @styled
    def draw(self, data: Data) -> Figure:
        record, canvas = pulses_of(data), blank(7.0, 4.2)
        axes, found = canvas.subplots(), update_map(record, BINS)
        factor, unit = prefixed(record.conductance, "S")
        small, step = prefixed(record.change, "S")
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
        if axes.get_legend_handles_labels()[0]:  # none where the run ended before the first pulse did
            axes.legend(loc="best")
        return canvas
