"""Conductance against the number of the pulse, as it is read after each; all numbers of a train of pulses."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from solion.analysis.data import Data
from solion.analysis.metric import Metric
from solion.analysis.synaptic import pulses_of, synaptic_metrics
from solion.views.style import FALLING, MUTED, RISING, blank, prefixed, styled
from solion.views.view import AbstractView

HEADLINES = ("median_step", "states", "asymmetry", "energy_per_pulse")
FEW = 60  # pulses that are drawn as points


class PulsesView(AbstractView):
    """Conductance read after each pulse against its number; pulses up and down in their colours."""

    name = "pulses"
    title = "Pulses"
    caption = "Conductance read after each pulse, the mean of the last 5 s before the next."
    rank = 6.0

    def applies(self, data: Data) -> bool:
        return pulsed(data)

    @styled
    def draw(self, data: Data) -> Figure:
        record, canvas = pulses_of(data), blank(10.0, 3.9)
        axes, g = canvas.subplots(), record.conductance
        factor, unit = prefixed(g, "S")
        number = np.arange(g.size)  # 0 is the state before the first pulse
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
        if axes.get_legend_handles_labels()[0]:  # none where the run ended before the first pulse did
            axes.legend(loc="best")
        return canvas

    def metrics(self, data: Data) -> Iterator[Metric]:
        facts = data.attribute("material", {})
        found = synaptic_metrics(pulses_of(data), area=facts.get("film_area"), aspect=1 / facts.get("sheet_factor", 1.0))
        for metric in found:
            if metric.value == metric.value:
                yield dataclasses.replace(metric, headline=metric.name in HEADLINES)


def pulsed(data: Data) -> bool:
    """Whether the run gave pulses to something whose conductance is read."""
    return bool(data.responses) and data.driven and "pulse" in data.labels
