"""A conductance that a read sees, such as that of a gated channel, against time, below what drives it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solion.analysis.data import Data, plain
from solion.analysis.metric import Metric, pure
from solion.views.style import CHANNEL, COLOURS, MUTED, blank, outer_legend, prefixed, styled, time_axis, time_unit
from solion.views.terminals import draw_terminal
from solion.views.view import AbstractView

WIDE = 30.0  # a range of conductance beyond this factor is drawn on a logarithmic axis


class ConductanceView(AbstractView):
    """Voltage and current of the driven terminal, and conductance, on one axis of time."""

    name = "conductance"
    title = "Conductance"
    rank = 3.0
    caption = (
        "Voltage and current of the driven terminal, and the conductance that a read sees, against time. Dashed: the voltage at "
        "open circuit."
    )

    def applies(self, data: Data) -> bool:
        return bool(data.responses)

    @styled
    def draw(self, data: Data) -> Figure:
        canvas = blank(10.0, 6.0 if data.driven else 3.6)
        canvas.suptitle(data.title, x=0.01, ha="left", fontsize=12, fontweight="bold")
        if data.driven:
            upper, middle, lower = panels = canvas.subplots(3, 1, sharex=True, height_ratios=(1, 1, 1.7))
            draw_terminal(upper, data, "voltage", scaled=False)
            _draw_rest(upper, data)
            draw_terminal(middle, data, "current", scaled=False)
        else:
            panels = (lower,) = (canvas.subplots(),)
        draw_conductance(lower, data)
        for axes in panels:
            time_axis(axes, data, label=axes is lower, scaled=False)
        canvas.align_ylabels()
        return canvas

    def metrics(self, data: Data) -> Iterator[Metric]:
        for response in data.responses:
            g, name, words = plain(response), response.name, response.attrs["long_name"]
            yield pure(f"{name}_start", g[0], f"{words}, at the start", "S", headline=True)
            yield pure(f"{name}_end", g[-1], f"{words}, at the end", "S", headline=True)
            low, high = data.range_of(response)
            if low > 0:
                yield pure(f"{name}_ratio", high / low, f"largest over smallest {words}, at any instant")


def _draw_rest(axes: Axes, data: Data) -> None:
    """The voltage that the device would have at open circuit, where it tells."""
    for rest in data.having(kind="voltage", place="open circuit", dimensions=("time",)):
        factor, seconds = prefixed(data.terminal("voltage"), "V")[0], data.time
        axes.plot(
            seconds * time_unit(seconds)[0],
            plain(rest) * factor,
            color=MUTED,
            lw=1.0,
            ls=(0, (4, 1.5)),
            label=f"open circuit: {rest.attrs['long_name']}",
        )
        axes.legend(loc="upper left", bbox_to_anchor=(0.0, 1.28), borderaxespad=0.0)


def draw_conductance(axes: Axes, data: Data) -> None:
    """Draw conductances against time; the caller labels the axis of time."""
    seconds, rows = data.time, data.responses
    every = np.concatenate([plain(row) for row in rows])
    factor, unit = prefixed(every, "S")
    for row, colour in zip(rows, (CHANNEL, *COLOURS), strict=False):
        axes.plot(seconds * time_unit(seconds)[0], plain(row) * factor, color=colour, label=row.attrs.get("place") or row.name)
    if len(rows) > 1:
        outer_legend(axes)
    axes.set_ylabel(f"conductance ({unit})")
    if every.min() > 0 and every.max() > WIDE * every.min():
        axes.set_yscale("log")
