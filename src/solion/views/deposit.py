"""What grows on a surface in time: nuclei, the share that they cover, their current and thickness, each on its own axis."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure

from solion.analysis.data import Data, plain
from solion.analysis.metric import Metric, pure
from solion.views.style import COLOURS, blank, styled
from solion.views.view import AbstractView

PLACE, LEAST = "deposit", 1e-9  # of the largest value, below which nothing is drawn


class DepositView(AbstractView):
    """Every number that says of itself that it is one of a deposit, against time."""

    name = "deposit"
    title = "Lithium on top"
    caption = "What has nucleated and grown on top; logarithmic, except for what changes its sign."
    rank = 3.0

    def applies(self, data: Data) -> bool:
        return bool(data.having(place=PLACE, dimensions=("time",)))

    @styled
    def draw(self, data: Data) -> Figure:
        rows = data.having(place=PLACE, dimensions=("time",))
        canvas = blank(7.0, 1.6 * len(rows) + 0.6)
        panels = np.atleast_1d(canvas.subplots(len(rows), 1, sharex=True))
        for axes, row, colour in zip(panels, rows, COLOURS, strict=False):
            values = plain(row)
            axes.plot(data.time, values, color=colour)
            unit = "" if row.attrs["units"] == "1" else f"\n({row.attrs['units']})"
            axes.set_ylabel(f"{str(row.name).replace('_', ' ')}{unit}")
            highest = float(np.max(values))
            if highest > 0 and np.min(values) >= 0:
                axes.set_yscale("log")
                axes.set_ylim(bottom=max(LEAST * highest, float(np.min(values)) or LEAST * highest))
        panels[-1].set_xlabel("time (s)")
        return canvas

    def metrics(self, data: Data) -> Iterator[Metric]:
        for row in data.having(place=PLACE, dimensions=("time",)):
            values, words, first = plain(row), row.attrs["long_name"], "headline" in row.attrs
            yield pure(f"{row.name}_maximum", data.range_of(row)[1], f"largest: {words}", row.attrs["units"], headline=first)
            yield pure(f"{row.name}_end", float(values[-1]), f"at the end: {words}", row.attrs["units"])
