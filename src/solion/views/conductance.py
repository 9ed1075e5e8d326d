"""Conductance of a gated channel against time, below what its gate does."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solion.analysis.recorded import dataset_of, values
from solion.views.style import CHANNEL, MUTED, blank, prefixed, styled, time_axis, time_unit
from solion.views.terminals import draw_terminal

WIDE = 30.0  # a range of conductance beyond this factor is drawn on a logarithmic axis


@styled
def conductance(run: Any) -> Figure:
    """Gate voltage with the open-circuit voltage of the films, gate current, and conductance, on one axis of time."""
    dataset = dataset_of(run)
    canvas = blank(10.0, 6.0)
    canvas.suptitle(dataset.attrs.get("title", ""), x=0.01, ha="left", fontsize=12, fontweight="bold")
    upper, middle, lower = canvas.subplots(3, 1, sharex=True, height_ratios=(1, 1, 1.7))
    draw_terminal(upper, dataset, "voltage", scaled=False)
    if "open_circuit_voltage" in dataset:
        factor, _ = prefixed(values(dataset, "voltage"), "V")
        seconds = values(dataset, "time")
        upper.plot(
            seconds * time_unit(seconds)[0], values(dataset, "open_circuit_voltage") * factor, color=MUTED, lw=1.0,
            ls=(0, (4, 1.5)), label="open-circuit voltage of the mean compositions",
        )  # fmt: skip
        upper.legend(loc="upper left", bbox_to_anchor=(0.0, 1.28), borderaxespad=0.0)
    draw_terminal(middle, dataset, "current", scaled=False)
    draw_conductance(lower, dataset)
    for axes in (upper, middle, lower):
        time_axis(axes, dataset, label=axes is lower, scaled=False)
    canvas.align_ylabels()
    return canvas


def draw_conductance(axes: Axes, dataset) -> None:
    """Draw conductance against time; the caller labels the axis of time."""
    seconds, g = values(dataset, "time"), values(dataset, "conductance")
    factor, unit = prefixed(g, "S")
    axes.plot(seconds * time_unit(seconds)[0], g * factor, color=CHANNEL)
    axes.set_ylabel(f"conductance ({unit})")
    if np.min(g) > 0 and np.max(g) > WIDE * np.min(g):
        axes.set_yscale("log")
