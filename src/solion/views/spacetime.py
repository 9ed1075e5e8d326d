"""Maps of the fields of a run against position and time; of a composition, red where it is ion-rich, blue where ion-poor."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solion.analysis.data import Data, each, plain
from solion.views.style import INK, PHASES, blank, prefixed, scaled_axis, styled, time_axis, time_unit
from solion.views.terminals import draw_terminal, given
from solion.views.view import AbstractView

COLUMNS = 1200  # instants at which a map is drawn


class SpacetimeView(AbstractView):
    """What the protocol sets, above a map of each field on the same axis of time."""

    name = "spacetime"
    title = "Fields"
    caption = (
        "Fields against position and time, and what the protocol sets. A composition is drawn red where it is ion-rich and blue "
        "where it is ion-poor; dashed marks on the colour bar are the phases at rest."
    )
    rank = 30.0

    def applies(self, data: Data) -> bool:
        return bool(data.fields())

    @styled
    def draw(self, data: Data) -> Figure:
        fields, top = data.fields(), [1.0] * data.driven
        canvas = blank(10.0, 1.3 * len(top) + 3.6 * len(fields))
        panels = canvas.subplots(
            len(top) + len(fields), 1, sharex=True, squeeze=False, height_ratios=[*top, *[3.2] * len(fields)]
        )
        panels = panels[:, 0]
        if data.driven:
            draw_terminal(panels[0], data, given(data))
        for axes, field in zip(panels[len(top) :], fields, strict=True):
            image = draw_map(axes, data, field)
            add_colour_bar(canvas, image, list(panels) if len(fields) == 1 else [axes], data, field)
        for k, axes in enumerate(panels):
            time_axis(axes, data, label=k == len(panels) - 1, scaled=k == 0)
        canvas.align_ylabels()
        return canvas


def draw_map(axes: Axes, data: Data, field: xr.DataArray, *, scaled: bool = True) -> Any:
    """Draw the map with the first end along its upper edge; the caller labels the axis of time."""
    seconds, position = data.time, data.position(field)
    start, end = seconds[0], max(seconds[-1], seconds[0] + 1e-30)
    instants = np.linspace(start, end, COLUMNS)
    picture, places = _at(seconds, plain(field), instants), plain(position)
    factor, _ = time_unit(seconds)
    unit = position.attrs.get("units", "m")
    metres, unit = prefixed([np.ptp(places)], unit) if unit == "m" else (1.0, unit)
    colours = colours_of(data, field)
    if places.ndim == 1:
        edges = edges_of(places)
        image = axes.pcolormesh(edges_of(instants) * factor, edges * metres, picture.T, **colours, rasterized=True)
    else:  # the coordinate moves
        moved = _at(seconds, places, instants)
        edges = np.array([edges_of(row) for row in np.concatenate((moved, moved[-1:]))])
        image = axes.pcolormesh(
            np.broadcast_to(edges_of(instants)[:, None] * factor, edges.shape),
            edges * metres,
            picture,
            **colours,
            rasterized=True,
        )
    axes.set_ylim(edges.max() * metres, edges.min() * metres)
    axes.grid(False)
    axes.set_ylabel(f"{_wrapped(position.attrs.get('long_name', 'position'))} ({unit})")
    if scaled:
        scaled_axis(axes, "y", data, "length", metres, "x")
    return image


def _wrapped(words: str) -> str:
    """The words up to the first comma, in lines that fit beside a panel."""
    first, _, rest = words.partition(",")[0].partition(" from ")
    return f"{first}\nfrom {rest}" if rest else first


def add_colour_bar(canvas: Figure, image: Any, axes, data: Data, field: xr.DataArray) -> None:
    """Colour bar of a map, of a composition with the phases at rest marked on it."""
    bar = canvas.colorbar(image, ax=axes, pad=0.015, fraction=0.05, aspect=32)
    unit = field.attrs.get("units", "1")
    words = re.sub(r"(\w+/\w+_\w+)", r"$\1$", field.attrs.get("long_name", str(field.name)))
    bar.set_label(words + ("" if unit in ("", "1") else f" ({unit})"))
    bar.outline.set_visible(False)  # pyright: ignore[reportCallIssue]
    for level in data.attribute("material", {}).get("binodal") or ():
        bar.ax.axhline(level, color="white", lw=1.4)
        bar.ax.axhline(level, color=INK, lw=0.8, ls=(0, (3, 2)))


def colours_of(data: Data, field: xr.DataArray) -> dict[str, Any]:
    """Colours of a map of a field, and where they begin and end."""
    low, high = _limits(data, field)
    return {"cmap": PHASES if (low, high) == (0.0, 1.0) else "viridis", "vmin": low, "vmax": high}


def _limits(data: Data, field: xr.DataArray) -> tuple[float, float]:
    """Ends of the colours: 0 and 1 of a composition that may separate into phases, else those of the field."""
    if not field.attrs.get("kind") and "two_phase" in data.attribute("material", {}):
        return 0.0, 1.0
    ends = np.array([(np.nanmin(sample), np.nanmax(sample)) for sample in each(field)])  # it may lie on disk
    low, high = float(np.nanmin(ends)), float(np.nanmax(ends))
    return low, high if high > low else low + 1e-12 + 1e-3 * abs(low)


def edges_of(centres: np.ndarray) -> np.ndarray:
    """Edges of cells around their centres, the outer ones as far away as the inner ones."""
    if centres.size < 2:
        return np.array([centres[0] - 0.5, centres[0] + 0.5])
    middle = (centres[1:] + centres[:-1]) / 2
    return np.concatenate(([2 * centres[0] - middle[0]], middle, [2 * centres[-1] - middle[-1]]))


def _at(seconds, rows, wanted):
    """Rows at other times, by straight lines in time; of two samples at one time the later holds after it."""
    right = np.clip(np.searchsorted(seconds, wanted, side="right"), 1, max(seconds.size - 1, 1))
    left, right = right - 1, np.minimum(right, seconds.size - 1)
    gap = seconds[right] - seconds[left]
    share = np.where(gap > 0, (wanted - seconds[left]) / np.where(gap > 0, gap, 1.0), 0.0).clip(0.0, 1.0)[:, None]
    return rows[left] + share * (rows[right] - rows[left])
