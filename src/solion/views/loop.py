"""Current against voltage, linear and logarithmic, each cycle in its colour with arrows along time."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solion.analysis.recorded import cycles, dataset_of, scale, values
from solion.views.style import MUTED, blank, cycle_colours, direction_arrow, prefixed, scaled_axis, styled

LEGEND_CYCLES = 6  # more of them are named by the title, from light to dark


@styled
def loop(run: Any) -> Figure:
    """Current-voltage loop with a linear and a logarithmic current axis side by side."""
    dataset = dataset_of(run)
    canvas = blank(10.0, 4.3)
    linear, logarithmic = canvas.subplots(1, 2)
    draw_loop(linear, dataset, logarithmic=False)
    draw_loop(logarithmic, dataset, logarithmic=True)
    linear.set_title("linear", fontweight="normal", color=MUTED)
    logarithmic.set_title("logarithmic", fontweight="normal", color=MUTED)
    return canvas


def draw_loop(axes: Axes, dataset, *, logarithmic: bool, legend: bool = True) -> None:
    """Draw i(V), or |i|(V) on a logarithmic axis, with scaled axes on the far edges."""
    voltage, current = values(dataset, "voltage"), values(dataset, "current")
    volts, volt_unit = prefixed(voltage, "V")
    amperes, ampere_unit = prefixed(current, "A")
    x, y = voltage * volts, current * amperes
    if logarithmic:
        axes.set_yscale("log")
        y = np.where(np.abs(y) > 0, np.abs(y), np.nan)
        axes.set_ylim(*_decades(y))
    else:
        axes.axhline(0, color=MUTED, lw=0.7)
    axes.axvline(0, color=MUTED, lw=0.7)
    parts = cycles(dataset)
    colours = cycle_colours(len(parts))
    for (cycle, part), colour in zip(parts.items(), colours, strict=True):
        axes.plot(x[part], y[part], color=colour, label=f"cycle {cycle + 1}")
    axes.margins(x=0.03)
    axes.autoscale_view()
    last = list(parts.values())[-1] if parts else slice(0)
    for branch in _branches(voltage, last):
        direction_arrow(axes, x[branch], y[branch], colours[-1])
    name = r"|current| $|i|$" if logarithmic else "current $i$"
    axes.set_xlabel(f"voltage $V$ ({volt_unit})")
    axes.set_ylabel(f"{name} ({ampere_unit})")
    scaled_axis(axes, "x", volts * scale(dataset, "voltage"), r"$V/V_\mathrm{T}$")
    scaled_name = r"$|i|/i_\mathrm{D}$" if logarithmic else r"$i/i_\mathrm{D}$"
    scaled_axis(axes, "y", amperes * scale(dataset, "current"), scaled_name)
    if legend and 1 < len(parts) <= LEGEND_CYCLES:
        axes.legend(loc="best", handlelength=1.4)
    elif legend and len(parts) > LEGEND_CYCLES:
        axes.set_title(f"cycles 1 (light) to {len(parts)} (dark)", loc="right", fontweight="normal", color=MUTED)


def _decades(magnitude) -> tuple[float, float]:
    """Limits of a logarithmic axis: the largest value and at most nine decades below, without the dip through zero."""
    known = magnitude[np.isfinite(magnitude)]
    if not known.size:
        return 1e-3, 1.0
    highest = known.max()
    lowest = max(np.percentile(known, 1.0), highest * 1e-9)
    return lowest / 2, highest * 2


def _branches(voltage, part: slice) -> list[np.ndarray]:
    """Samples of each stretch of a cycle on which the voltage rises or falls and keeps its sign."""
    index = np.arange(voltage.size)[part]
    if index.size < 3:
        return []
    rise = np.diff(voltage[index])
    kind = np.sign(rise) * 2 + (voltage[index[:-1]] + rise / 2 > 0)
    return [group for group in np.split(index[:-1], np.flatnonzero(np.diff(kind)) + 1) if group.size > 2]
