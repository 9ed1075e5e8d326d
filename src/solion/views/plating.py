"""A plating scan: overpotential and what the top takes, up and down, beside every threshold."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from solion.analysis.data import Data, plain
from solion.views.style import COLOURS, MUTED, blank, outer_legend, styled
from solion.views.view import AbstractView

SCAN = ("scan",)
STROKES = ("-", "--", ":", "-.", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 4)), (0, (8, 3)))  # of thresholds, in turn


class PlatingView(AbstractView):
    """Parts of the overpotential and shares of the paths against the current, with the thresholds as lines."""

    name = "plating"
    title = "Underneath or on top"
    caption = "Overpotential with its parts, and shares of the paths, up (full) and down (dashed); grey lines are thresholds."
    rank = 2.0

    def applies(self, data: Data) -> bool:
        return bool(data.having(role="share", dimensions=SCAN) and data.having(role="part", dimensions=SCAN))

    @styled
    def draw(self, data: Data) -> Figure:
        canvas = blank(12.5, 4.2)
        left, right = canvas.subplots(1, 2)
        current = plain(data.having(kind="current_density", role="terminal", dimensions=SCAN)[0]) / 10
        inside = current[current > 0].min(), current.max()
        up = slice(0, int(np.argmax(current)) + 1)
        down = slice(int(np.argmax(current)), int(np.sum(current > 0)))
        whole = data.having(kind="voltage", role="terminal", dimensions=SCAN)
        for axes, rows, factor in (
            (left, [*whole, *data.having(role="part", dimensions=SCAN)], 1e3),
            (right, data.having(role="share", dimensions=SCAN), 1.0),
        ):
            for row, colour in zip(rows, COLOURS, strict=False):
                if not np.any(plain(row)):
                    continue
                axes.plot(current[up], plain(row)[up] * factor, color=colour, label=row.attrs["long_name"])
                axes.plot(current[down], plain(row)[down] * factor, color=colour, ls="--")
            shown = [row for row in data.having(kind="current_density", dimensions=()) if inside[0] < float(row) / 10 < inside[1]]
            for place, limit in enumerate(shown):
                style, name = STROKES[place % len(STROKES)], str(limit.name).replace("_", " ")
                axes.axvline(float(limit) / 10, color=MUTED, lw=1.0, ls=style, label=name if axes is right else None)
            axes.set(xscale="log", xlabel="current density (mA/cm²)")
        left.legend(fontsize=7)
        outer_legend(right)
        highest = 1e3 * float(np.max(plain(whole[0])))
        left.set_yscale("symlog", linthresh=max(1e-3 * highest, 1e-9))
        left.set(ylabel="overpotential (mV)", ylim=(0, 2 * highest))
        right.set(ylabel="share", ylim=(0, 2))
        right.set_yscale("symlog", linthresh=1e-6)
        return canvas
