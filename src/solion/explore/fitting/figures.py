"""Figures of a fit (curves, residuals, correlation) and of sensitivities (tornado)."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.figure import Figure

from solion.explore.fitting.curves import FITTED
from solion.explore.fitting.fit import Fit
from solion.explore.fitting.record import FittedRecord
from solion.explore.fitting.sensitivity import Sensitivities, Sensitivity
from solion.explore.fitting.spectra import FittedSpectrum
from solion.views.style import BOTTOM, INK, MUTED, TOP, blank, styled

MOST_BARS = 16


@styled
def residuals(record: FittedRecord | FittedSpectrum, reduced: float) -> Figure:
    """Weighted residuals against time or frequency and their distribution beside a normal one.

    ``reduced``: sum of squares of the fit.
    """
    figure = blank(11, 3.2)
    left, right = figure.subplots(1, 2, width_ratios=(3, 1))
    deviation = 1.0 if record.weighting.known else float(np.sqrt(reduced)) or 1.0
    scaled = record.residual / deviation
    place, heading, factor = record.axis
    left.axhspan(-2, 2, color="#e6eaef", lw=0)
    left.axhline(0, color=MUTED, lw=0.8)
    left.plot(place * factor, scaled, ".", ms=3.5, color=FITTED)
    left.set_xlabel(heading)
    if heading.startswith("frequency"):
        left.set_xscale("log")
    left.set_ylabel("residual / sigma")
    reach = max(4.0, 1.05 * float(np.abs(scaled).max()))
    left.set_ylim(-reach, reach)
    bins = np.linspace(-reach, reach, 41)
    right.hist(scaled, bins=bins, density=True, color=FITTED, alpha=0.6, orientation="horizontal")  # pyright: ignore
    x = np.linspace(-reach, reach, 200)
    right.plot(np.exp(-0.5 * x**2) / math.sqrt(2 * math.pi), x, color=INK, lw=1.0, label="normal")
    right.set_ylim(-reach, reach)
    right.set_xlabel("share per sigma")
    right.legend(loc="upper right")
    return figure


@styled
def correlation(fit: Fit) -> Figure:
    """Correlation of the fitted numbers."""
    keys = [short(entry.number.key) for entry in fit.estimates]
    size = 2.2 + 0.42 * len(keys)
    figure = blank(size + 1.4, size)
    axis = figure.subplots()
    image = axis.imshow(fit.statistics.correlation, vmin=-1, vmax=1, cmap="RdBu_r")
    axis.grid(False)
    axis.set_xticks(range(len(keys)), keys, rotation=35, ha="right")
    axis.set_yticks(range(len(keys)), keys)
    for a, row in enumerate(fit.statistics.correlation):
        for b, value in enumerate(row):
            axis.text(b, a, f"{value:.2f}", ha="center", va="center", fontsize=8, color="white" if abs(value) > 0.6 else INK)
    figure.colorbar(image, ax=axis, label="correlation")
    return figure


@styled
def tornado(found: Sensitivities, metric: str) -> Figure:
    """Bars of d ln metric / d ln p, the strongest on top; numbers that are zero have none."""
    rows = [row for row in found.of(metric) if math.isfinite(row.relative)]
    strongest = max((abs(row.relative) for row in rows), default=0.0)
    shown = [row for row in rows if abs(row.relative) > 1e-4 * strongest][:MOST_BARS]
    figure = blank(8.6, 1.5 + 0.3 * max(len(shown), 2))
    axis = figure.subplots()
    place = np.arange(len(shown))[::-1]
    sizes = np.array([row.relative for row in shown])
    axis.barh(place, sizes, color=[TOP if size > 0 else BOTTOM for size in sizes], height=0.66)
    axis.axvline(0, color=INK, lw=0.8)
    axis.set_yticks(place, [short(row.number.key) for row in shown])
    axis.grid(axis="y", visible=False)
    reach = 1.22 * (strongest or 1.0)
    axis.set_xlim(-reach, reach)
    for y, row in zip(place, shown, strict=True):
        right = row.relative > 0
        axis.annotate(
            f"{row.relative:.3g}",
            (row.relative, y),
            xytext=(4 if right else -4, 0),
            textcoords="offset points",
            ha="left" if right else "right",
            va="center",
            fontsize=8,
        )
    axis.set_xlabel("change of the metric in %, for a number larger by 1 %")
    axis.set_title(metric.replace("_", " "))
    left_out = len(rows) - len(shown)
    if left_out:
        axis.text(0.99, 0.02, f"{left_out} weaker ones not shown", transform=axis.transAxes, ha="right", color=MUTED, fontsize=8)
    return figure


def short(key: str) -> str:
    """A key without its first word where that says nothing new."""
    return key.removeprefix("device.")


def slope_text(row: Sensitivity) -> str:
    """The slope with its unit, in words."""
    return f"{row.slope:.4g} {row.unit}".strip()
