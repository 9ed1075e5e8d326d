"""Conductance at the read pulses of a pulse train."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from solion.analysis.metrics import read_pulses
from solion.analysis.recorded import dataset_of, scale
from solion.views.style import CURRENT, blank, prefixed, scaled_axis, styled


@styled
def readout(run: Any) -> Figure:
    """Conductance i/V at the end of each read pulse, against the number of the pulse before it."""
    dataset = dataset_of(run)
    found = read_pulses(dataset)
    canvas = blank(10.0, 3.7)
    axes = canvas.subplots()
    factor, unit = prefixed(found["conductance"], "S")
    axes.plot(found["pulse"], found["conductance"] * factor, "o-", color=CURRENT, ms=4.5)
    axes.set_xlabel("pulse")
    axes.set_ylabel(f"conductance $i/V$ ({unit})")
    scaled_axis(axes, "y", factor * scale(dataset, "conductance"), r"$iV_\mathrm{T}/(i_\mathrm{D}V)$")
    return canvas
