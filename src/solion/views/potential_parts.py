"""A terminal's voltage and the parts that add up to it."""

from __future__ import annotations

from matplotlib.figure import Figure

from solion.analysis.data import Data, plain
from solion.views.style import COLOURS, INK, blank, styled, time_unit
from solion.views.view import AbstractView


class PotentialPartsView(AbstractView):
    """Every variable of role ``part`` against time, and their sum; parts that stay at nothing are left out."""

    name = "potential-parts"
    title = "Potential and its parts"
    caption = "The terminal's voltage (black) is the sum of the parts drawn."
    rank = 11.0

    def applies(self, data: Data) -> bool:
        return bool(data.having(role="part", kind="voltage", dimensions=("time",)))

    @styled
    def draw(self, data: Data) -> Figure:
        canvas = blank(7.5, 4.2)
        axes, (factor, unit) = canvas.subplots(), time_unit(data.time)
        axes.plot(data.time * factor, data.terminal("voltage"), color=INK, lw=2, label="voltage")
        parts = [row for row in data.having(role="part", kind="voltage") if abs(plain(row)).max() > 1e-6]
        for k, row in enumerate(parts):
            style = "-" if k < len(COLOURS) else "--"
            axes.plot(data.time * factor, plain(row), style, color=COLOURS[k % len(COLOURS)], label=row.attrs["long_name"])
        axes.set_xlabel(f"time ({unit})")
        axes.set_ylabel("potential (V)")
        axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0))
        return canvas
