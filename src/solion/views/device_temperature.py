"""How warm a device becomes, and how near it is to feeding its own heat."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure

from solion.analysis.data import Data, plain
from solion.analysis.metric import Metric, pure
from solion.views.style import COLOURS, MUTED, blank, styled, time_axis, time_unit
from solion.views.view import AbstractView


class DeviceTemperatureView(AbstractView):
    """A temperature that a run solves for, over time, and its feedback where that is reported."""

    name = "device-temperature"
    title = "Temperature"
    caption = "Temperature over time; below it the feedback of heat on power, which runs away from 1 on."
    rank = 51.0

    def applies(self, data: Data) -> bool:
        return data.driven and bool(_temperatures(data))

    @styled
    def draw(self, data: Data) -> Figure:
        feedback = data.dataset.get("thermal_feedback")
        canvas = blank(8.0, 3.4 if feedback is None else 5.0)
        panels = np.atleast_1d(canvas.subplots(1 if feedback is None else 2, 1, sharex=True))
        time = data.time * time_unit(data.time)[0]
        for colour, row in zip(COLOURS, _temperatures(data), strict=False):
            panels[0].plot(time, plain(row), color=colour)
        panels[0].set_ylabel("$T$ (K)")
        if feedback is not None:
            panels[1].plot(time, plain(feedback), color=COLOURS[0])
            panels[1].axhline(1.0, color=MUTED, lw=0.7)
            panels[1].set_ylabel("feedback")
        for axes in panels:
            time_axis(axes, data, label=axes is panels[-1], scaled=axes is panels[0])
        return canvas

    def metrics(self, data: Data) -> Iterator[Metric]:
        for row in _temperatures(data):
            yield pure(f"{row.name}_highest", data.range_of(row)[1], f"highest {row.attrs['long_name']}", "K")


def _temperatures(data: Data):
    return [row for row in data.having(role="state", kind="temperature") if row.dims == ("time",)]
