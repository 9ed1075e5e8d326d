"""Figure of an identification: data with fits, residuals, weights of the laws, and what limits."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from solion.explore.identify.identification import Identification
from solion.explore.identify.posterior import MECHANISMS
from solion.views.style import INK, MUTED, blank, prefixed, styled, time_unit

SHOWN = 4  # laws drawn
COLOURS = ("#c2570c", "#1f6f8b", "#6b4fa0", "#3f7d3a")


@styled
def overview(found: Identification) -> Figure:
    """Rows with the best laws, their residuals over the error of a row, weights by AICc and evidence, and mechanisms."""
    series = found.series
    figure = blank(11, 6.6)
    (data, bars), (rest, limits) = figure.subplots(2, 2, width_ratios=(2, 1), height_ratios=(2, 1.2))
    seconds, second = time_unit(series.time)
    factor, unit = prefixed(series.value, series.meaning.unit) if series.meaning.unit != "1" else (1.0, "1")
    names = sorted(found.fits, key=lambda name: found.fits[name].corrected_criterion)
    fine = np.linspace(series.time[0], series.time[-1], 400)
    data.plot(series.time * seconds, series.value * factor, ".", color="#7f93a8", ms=7, label="measured")
    sigma = found.best.deviation if series.sigma is None else series.sigma
    rest.axhspan(-2, 2, color="#e6eaef", lw=0)
    for name, colour in zip(names[:SHOWN], COLOURS, strict=False):
        fit = found.fits[name]
        data.plot(fine * seconds, fit.at(fine) * factor, color=colour, lw=1.3, label=name.replace("_", " "))
        rest.plot(series.time * seconds, (series.value - fit.fitted) / sigma, ".-", color=colour, ms=3, lw=0.5)
    data.set_ylabel(f"{series.meaning.name.replace('_', ' ')} ({unit})")
    data.legend(loc="best")
    rest.axhline(0, color=MUTED, lw=0.8)
    rest.set_xlabel(f"time ({second})")
    rest.set_ylabel("residual / error")
    reach = max(4.0, 1.1 * float(np.max(np.abs((series.value - found.best.fitted) / sigma))))
    rest.set_ylim(-reach, reach)
    place = np.arange(len(names))[::-1]
    bars.barh(place + 0.18, [found.weights[name] for name in names], height=0.32, color="#9bb3cc", label="AICc weight")
    bars.barh(place - 0.18, [found.evidence.get(name, 0.0) for name in names], height=0.32, color=COLOURS[0], label="evidence")
    bars.set_yticks(place, [name.replace("_", " ") for name in names])
    bars.set_xlim(0, 1)
    bars.legend(loc="lower right")
    bars.grid(axis="y", visible=False)
    if found.mechanisms:
        place = np.arange(len(MECHANISMS))[::-1]
        limits.barh(place, [found.mechanisms[name] for name in MECHANISMS], height=0.6, color=COLOURS[1])
        limits.set_yticks(place, list(MECHANISMS))
        limits.set_xlim(0, 1)
        limits.set_xlabel("probability of what limits")
        limits.grid(axis="y", visible=False)
    else:
        limits.axis("off")
        limits.text(0, 0.5, "no posterior was drawn", color=INK)
    return figure
