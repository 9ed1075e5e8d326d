"""Conductance at the read pulses of a pulse train."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from solion.analysis.data import Data
from solion.analysis.metric import Metric, pure
from solion.analysis.resistance import read_pulses
from solion.views.style import CURRENT, blank, prefixed, scaled_axis, styled
from solion.views.view import AbstractView


class ReadoutView(AbstractView):
    """Conductance i/V at the end of each read pulse, against its number."""

    name = "readout"
    title = "Read pulses"
    caption = "Conductance at the end of each read pulse."
    rank = 60.0

    def applies(self, data: Data) -> bool:
        return data.driven and read_pulses(data).size > 1

    @styled
    def draw(self, data: Data) -> Figure:
        found = read_pulses(data)
        canvas = blank(10.0, 3.7)
        axes = canvas.subplots()
        factor, unit = prefixed(found["conductance"], "S")
        axes.plot(1 + np.arange(found.size), found["conductance"] * factor, "o-", color=CURRENT, ms=4.5)
        axes.set_xlabel("read pulse")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_ylabel(f"conductance $i/V$ ({unit})")
        scaled_axis(axes, "y", data, "conductance", factor, "(i/V)")
        return canvas

    def metrics(self, data: Data) -> Iterator[Metric]:
        found = read_pulses(data)["conductance"]
        for name, value in (("first", found[0]), ("last", found[-1])):
            meaning = f"i/V at the end of the {name} read pulse"
            yield data.metric(f"read_conductance_{name}", value, "conductance", meaning)
        ratio = found.max() / found.min() if found.min() > 0 else np.nan
        meaning = "largest over smallest conductance among the read pulses"
        yield pure("read_conductance_range", ratio, meaning, headline=True)
