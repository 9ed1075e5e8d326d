"""Map of composition against position and time: red where the film is ion-rich, blue where it is ion-poor."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from solion.analysis.recorded import attribute, dataset_of, scale, values
from solion.views.style import BOTTOM, INK, PHASES, TOP, blank, prefixed, scaled_axis, styled, time_axis, time_unit
from solion.views.terminals import draw_terminal, driven

COLUMNS = 1200  # instants at which a map is drawn


@styled
def spacetime(run: Any) -> Figure:
    """What the protocol sets, above the map of composition on the same axis of time."""
    dataset = dataset_of(run)
    canvas = blank(10.0, 4.9)
    upper, lower = canvas.subplots(2, 1, sharex=True, height_ratios=(1, 3.2))
    draw_terminal(upper, dataset, driven(dataset))
    time_axis(upper, dataset, label=False)
    image = draw_map(lower, dataset)
    time_axis(lower, dataset, scaled=False)
    add_colour_bar(canvas, image, [upper, lower], dataset)
    canvas.align_ylabels()
    return canvas


def draw_map(axes: Axes, dataset, *, scaled: bool = True) -> AxesImage:
    """Draw the map with the top contact along its upper edge; the caller labels the axis of time."""
    seconds, composition = values(dataset, "time"), values(dataset, "composition")
    start, end = seconds[0], max(seconds[-1], seconds[0] + 1e-30)
    picture = _at(seconds, composition, np.linspace(start, end, COLUMNS))
    factor, _ = time_unit(seconds)
    position = values(dataset, "x")
    thickness = position[0] + position[-1]  # cell centres lie symmetrically in the film
    metres, unit = prefixed([thickness], "m")
    image = axes.imshow(
        picture.T, aspect="auto", cmap=PHASES, vmin=0.0, vmax=1.0, interpolation="nearest", origin="upper",
        extent=(start * factor, end * factor, thickness * metres, 0.0),
    )  # fmt: skip
    axes.grid(False)
    axes.set_ylabel(f"position $x$ ({unit})")
    if scaled:
        scaled_axis(axes, "y", metres * scale(dataset, "length"), "$x/h$")
    for edge, name, place, colour in ((0.965, "top contact", "top", TOP), (0.035, "bottom contact", "bottom", BOTTOM)):
        axes.text(
            0.008, edge, name, transform=axes.transAxes, va=place, fontsize=8, fontweight="bold", color=colour,
            bbox={"boxstyle": "round,pad=0.3", "facecolor": "white", "edgecolor": "none", "alpha": 0.9},
        )  # fmt: skip
    return image


def add_colour_bar(canvas: Figure, image: AxesImage, axes, dataset) -> None:
    """Colour bar of the map, with the compositions of the two phases at rest marked on it."""
    bar = canvas.colorbar(image, ax=axes, pad=0.015, fraction=0.05, aspect=32)
    bar.set_label("composition $c/c_0$")
    bar.outline.set_visible(False)  # pyright: ignore[reportCallIssue]
    for level in attribute(dataset, "material", {}).get("binodal", ()):
        bar.ax.axhline(level, color="white", lw=1.4)
        bar.ax.axhline(level, color=INK, lw=0.8, ls=(0, (3, 2)))


def _at(seconds, rows, wanted):
    """Rows at other times, by straight lines in time; of two samples at one time the later holds after it."""
    right = np.clip(np.searchsorted(seconds, wanted, side="right"), 1, max(seconds.size - 1, 1))
    left, right = right - 1, np.minimum(right, seconds.size - 1)
    gap = seconds[right] - seconds[left]
    share = np.where(gap > 0, (wanted - seconds[left]) / np.where(gap > 0, gap, 1.0), 0.0).clip(0.0, 1.0)[:, None]
    return rows[left] + share * (rows[right] - rows[left])
