"""Retention: what is left of a conductance that is left alone, against the logarithm of time."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solion.analysis.recorded import dataset_of, values
from solion.analysis.synaptic import retention
from solion.views.style import CHANNEL, MUTED, blank, styled, time_unit


@styled
def kept(run: Any) -> Figure:
    """G(t)/G(0) against time on a logarithmic axis, with the times at which a tenth and a half are lost."""
    dataset = dataset_of(run)
    canvas = blank(7.5, 4.0)
    draw_kept(canvas.subplots(), values(dataset, "time"), values(dataset, "conductance"))
    return canvas


def draw_kept(axes: Axes, seconds: np.ndarray, conductance: np.ndarray) -> None:
    """Draw the part that is left of a conductance."""
    factor, unit = time_unit(seconds)
    later = seconds > seconds[0]
    axes.semilogx((seconds[later] - seconds[0]) * factor, conductance[later] / conductance[0], color=CHANNEL)
    found = retention(seconds, conductance)
    for part, time in ((0.9, found.time_to_lose_tenth), (0.5, found.time_to_half)):
        if np.isfinite(time) and time > 0:
            axes.plot([time * factor], [part], "o", color=CHANNEL, ms=5)
            axes.annotate(
                f"  {time * factor:.3g} {unit}", (time * factor, part), va="bottom", fontsize=8.5, color=MUTED
            )
    axes.set_ylim(min(0.0, float(np.min(conductance / conductance[0]))), None)
    axes.set_xlabel(f"time ({unit})")
    axes.set_ylabel("$G(t)/G(0)$")
