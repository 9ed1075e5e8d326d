"""What of a record is drawn beside its run: panels, each with the record, the run at the start and the run as fitted."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from solion.views.style import blank, styled

MEASURED, FITTED, START = "#9bb3cc", "#c2570c", "#9aa5b1"


class RecordPanel(NamedTuple):
    """Axes with their headings and units, and (x, y) of the run at the start, of the record and of the run as fitted.

    ``logarithmic``: the x axis is. ``square``: both axes have one scale.
    """

    across: str
    up: str
    start: tuple[np.ndarray, np.ndarray]
    measured: tuple[np.ndarray, np.ndarray]
    fitted: tuple[np.ndarray, np.ndarray]
    logarithmic: bool = False
    square: bool = False


@styled
def curves(panels: list[RecordPanel], decades: bool = False) -> Figure:
    """Panels side by side; ``decades``: their sizes once more below, on a logarithmic scale."""
    figure = blank(11, 7.2 if decades else 3.6)
    axes = figure.subplots(1 + decades, len(panels), squeeze=False)
    for row, sizes in zip(axes, (False, True), strict=False):
        for axis, panel in zip(row, panels, strict=True):
            for (x, y), colour, line, dot, name in (
                (panel.start, START, "--", "", "start"),
                (panel.measured, MEASURED, "", ".", "measured"),
                (panel.fitted, FITTED, "-", "", "fitted"),
            ):
                shown = np.where(y != 0, np.abs(y), np.nan) if sizes else y
                axis.plot(x, shown, color=colour, ls=line, marker=dot, ms=7, mew=0, lw=1.3, label=name)
            heading, bracket, unit = panel.up.partition(" (")
            axis.set(xlabel=panel.across, ylabel=f"|{heading}|{bracket}{unit}" if sizes else panel.up)
            if panel.logarithmic:
                axis.set_xscale("log")
            if panel.square:
                axis.set_aspect("equal", adjustable="datalim")
            if sizes:
                size = np.abs(panel.measured[1][panel.measured[1] != 0])
                axis.set_yscale("log")
                axis.set_ylim(0.3 * np.quantile(size, 0.01), 3 * size.max())
    axes[0][0].legend(loc="best")
    return figure
