"""Where the power of a stationary current goes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure

from solion.analysis.data import Data
from solion.analysis.metric import Metric, pure
from solion.views.page import Markup, number, quantity, table
from solion.views.style import LOSSES, blank, styled
from solion.views.view import AbstractView

NOISE = 1e-12  # of all: round-off


class PowerView(AbstractView):
    """Shares of the power in the parts of the cell."""

    name = "dissipation"
    title = "Power"
    caption = "Where the power goes."
    rank = 16.0

    def applies(self, data: Data) -> bool:
        return bool(_losses(data))

    @styled
    def draw(self, data: Data) -> Figure:
        drawing = blank(7.2, 1.5)
        axes, left = drawing.add_subplot(), 0.0
        lost = _losses(data)
        for (part, value), colour in zip(lost.items(), LOSSES, strict=False):
            share = 100 * value / sum(lost.values())
            if share > 0.05:
                axes.barh(0, share, left=left, color=colour, label=f"{part} {share:.3g} %", height=0.6)
                left += share
        axes.set(xlim=(0, 100), ylim=(-0.5, 0.5), yticks=[], xlabel="share of the power (%)")
        axes.grid(False)
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=5)
        return drawing

    def metrics(self, data: Data) -> Iterator[Metric]:
        lost = _losses(data)
        for part, value in lost.items():
            headline = part == "boundaries"
            yield pure(f"share_{part}", value / sum(lost.values()), f"power lost in {part} over all", headline=headline)

    def table(self, data: Data) -> Markup:
        lost = _losses(data)
        total, unit = sum(lost.values()), data.first(role="loss", dimensions=()).attrs["units"]
        known = {part: value if abs(value) > NOISE * total else 0.0 for part, value in lost.items()}
        rows = [(part, quantity(value, unit), Markup(f"{number(100 * value / total, 3)} %")) for part, value in known.items()]
        return table(("lost in", "per area of face" if unit == "W/m2" else "power", "share"), rows, "wnn")


def _losses(data: Data) -> dict[str, float]:
    """Power lost in each part of the cell, by its name in words."""
    return {
        loss.attrs["long_name"].removeprefix("power lost in ").partition(",")[0]: float(np.asarray(loss.values))
        for loss in data.having(role="loss", dimensions=())
    }
