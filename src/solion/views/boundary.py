"""Compositions at the two contacts against time, with the phases at rest, the switches and the states of the film."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solion.analysis.recorded import attribute, dataset_of, values
from solion.analysis.switching import states, switches
from solion.views.style import BOTTOM, INK, MUTED, POOR, RICH, TOP, blank, styled, time_axis, time_unit

_NUMERALS = {1: "I", 2: "II", 3: "III"}
_SHADES = {1: "#f0e6f4", 2: "#eceff3", 3: "#dff1ec"}
MOST_MARKED = 40  # switches; more would hide the curves


@styled
def boundary(run: Any) -> Figure:
    """Boundary compositions of a run."""
    dataset = dataset_of(run)
    canvas = blank(10.0, 3.9)
    axes = canvas.subplots()
    draw_boundary(axes, dataset)
    time_axis(axes, dataset)
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.6)
    return canvas


def draw_boundary(axes: Axes, dataset, *, levels: bool = True) -> None:
    """Draw both compositions; ``levels`` adds the lines of the phase diagram. The caller labels the axis of time."""
    seconds = values(dataset, "time")
    factor, _ = time_unit(seconds)
    _draw_states(axes, dataset, seconds * factor)
    if levels:
        material = attribute(dataset, "material", {})
        for value, colour in zip(material.get("binodal", ()), (POOR, RICH), strict=False):
            axes.axhline(value, color=colour, lw=0.9, ls=(0, (6, 3)), label=f"phase at rest, {value:.3f}")
        for value, colour in zip(material.get("spinodal", ()), (POOR, RICH), strict=False):
            axes.axhline(value, color=colour, lw=0.9, ls=(0, (1, 2)), label=f"limit of stability, {value:.3f}")
    axes.plot(seconds * factor, values(dataset, "composition_top"), color=TOP, label="top contact")
    axes.plot(
        seconds * factor, values(dataset, "composition_bottom"), color=BOTTOM, ls=(0, (5, 1.2)), label="bottom contact"
    )
    marked = switches(dataset)
    for switch in marked if len(marked) <= MOST_MARKED else []:
        axes.plot(
            switch.time * factor, 0.5, marker="^" if switch.rising else "v", ms=6.5, mec="white", mew=0.8,
            color=TOP if switch.contact == "top" else BOTTOM, clip_on=False, zorder=4,
        )  # fmt: skip
    if marked:
        axes.plot([], [], ls="none", marker="^", color=MUTED, label="turns ion-rich / -poor (▲▼)")
    axes.set_ylim(-0.04, 1.04)
    axes.set_ylabel("composition $c/c_0$")


def _draw_states(axes: Axes, dataset, time) -> None:
    """Shade the background by state I, II, III; name each where there is room."""
    state = states(dataset)
    edges = np.concatenate(([0], np.flatnonzero(np.diff(state)) + 1, [state.size - 1]))
    if len(edges) - 1 > MOST_MARKED or time[-1] <= time[0]:
        return
    for a, b in pairwise(edges):
        kind = int(state[a])
        axes.axvspan(time[a], time[b], color=_SHADES[kind], lw=0, zorder=0)
        if time[b] - time[a] > 0.025 * (time[-1] - time[0]):
            middle = (time[a] + time[b]) / 2
            axes.text(
                middle, 0.56, _NUMERALS[kind], ha="center", color=INK, alpha=0.75, fontsize=9, family="DejaVu Serif"
            )
