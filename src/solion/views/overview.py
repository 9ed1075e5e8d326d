"""One figure that sums up a run: the loop beside what drives the device and what happens in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from solion.analysis.data import Data
from solion.analysis.switching import has_contacts
from solion.views.boundary import draw_boundary
from solion.views.conductance import draw_conductance
from solion.views.loop import draw_loop
from solion.views.spacetime import add_colour_bar, draw_map
from solion.views.style import blank, styled, time_axis
from solion.views.terminals import draw_terminal, given
from solion.views.view import AbstractView


class OverviewView(AbstractView):
    """The loop of a sweep, and against time terminals, conductance, the map of a field and the compositions at its ends."""

    name = "overview"
    title = "Overview"
    caption = "Overview of the run."
    rank = 0.0
    summary = True

    def applies(self, data: Data) -> bool:
        return data.driven and bool(data.fields())

    @styled
    def draw(self, data: Data) -> Figure:
        sweep = data.swept
        canvas = blank(12.0, 5.8) if sweep else blank(9.5, 6.4)
        canvas.suptitle(data.title, x=0.01, ha="left", fontsize=12, fontweight="bold")
        right: Any = canvas
        if sweep:
            left, right = np.asarray(canvas.subfigures(1, 2, width_ratios=(1, 1.35)))
            linear, logarithmic = left.subplots(2, 1)
            draw_loop(linear, data, logarithmic=False)
            draw_loop(logarithmic, data, logarithmic=True, legend=False)
            left.align_ylabels()
        names = [given(data)] if sweep or data.responses else ["current", "voltage"]
        rows: list[tuple[float, Callable[[Any], Any]]] = [
            (1.0, lambda axes, name=name: draw_terminal(axes, data, name, scaled=False)) for name in names
        ]
        if data.responses:
            rows.append((1.4, lambda axes: draw_conductance(axes, data)))
        rows.append((2.2, lambda axes: draw_map(axes, data, data.fields()[0], scaled=False)))
        if data.surfaces:
            rows.append((1.4, lambda axes: draw_boundary(axes, data)))
        panels = right.subplots(len(rows), 1, sharex=True, height_ratios=[height for height, _ in rows])
        drawn = [draw(axes) for axes, (_, draw) in zip(panels, rows, strict=True)]
        for k, axes in enumerate(panels):
            time_axis(axes, data, label=k == len(panels) - 1, scaled=k == 0)
        if data.surfaces and not has_contacts(data):
            panels[-1].legend(loc="best")
        image = drawn[-2] if data.surfaces else drawn[-1]
        add_colour_bar(right, image, list(panels), data, data.fields()[0])
        right.align_ylabels()
        return canvas
