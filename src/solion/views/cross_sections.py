"""What a field in space looks like: cross-sections at instants between which it changes as much, and its contacts in time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solion.analysis.data import Data, each, plain
from solion.analysis.metric import Metric, pure
from solion.views.spacetime import add_colour_bar, colours_of, edges_of
from solion.views.style import BOTTOM, TOP, blank, prefixed, styled, time_axis, time_unit
from solion.views.terminals import draw_terminal, given
from solion.views.view import AbstractView

FRAMES = 6


def in_space(data: Data, role: str = "field") -> list[xr.DataArray]:
    """Fields over time and two or three coordinates that stand still."""
    found = [field for field in data.having(role=role) if field.ndim in (3, 4) and field.dims[0] == "time"]
    return [field for field in found if all(name in field.coords for name in field.dims)]


def in_plane(field: xr.DataArray) -> xr.DataArray:
    """The field; of three coordinates, in the plane of the first cells of the last."""
    return field if field.ndim == 3 else field.isel({field.dims[3]: 0})


def instants(samples: Iterable[np.ndarray], count: int) -> np.ndarray:
    """Numbers of the samples between which a field changes as much, the first and the last among them."""
    passed = np.concatenate([[0.0], np.cumsum([np.abs(b - a).mean() for a, b in pairwise(samples)])])
    if passed[-1] == 0:
        return np.array([0, len(passed) - 1])
    return np.unique(np.searchsorted(passed, np.linspace(0, passed[-1], count) * (1 - 1e-12)))


def draw_section(axes: Axes, data: Data, field: xr.DataArray, sample: int, metres: float, **colours: Any) -> Any:
    """The cross-section of a field of two coordinates at a sample, its time above it; the caller labels the axes."""
    deep, across = (edges_of(plain(field.coords[name])) * metres for name in field.dims[1:])
    image = axes.pcolormesh(across, deep, plain(field[sample]), **colours, rasterized=True)
    factor, words = time_unit(data.time)
    axes.set_title(f"{data.time[sample] * factor:.4g} {words}")
    axes.set(xlim=(across[0], across[-1]), ylim=(deep[-1], deep[0]), aspect="equal")
    axes.grid(False)
    return image


def sections(data: Data, field: xr.DataArray, chosen: np.ndarray) -> tuple[Figure, list[Axes], float]:
    """An empty figure with a panel for each of the instants, its axes labelled, and the factor of lengths in it."""
    deep, across = (edges_of(plain(field.coords[name])) for name in field.dims[1:])
    metres, unit = prefixed([across[-1]], "m")
    columns = min(3, len(chosen))
    rows = -(-len(chosen) // columns)
    canvas = blank(10.0, min(max(9.0 / columns * np.ptp(deep) / np.ptp(across), 1.1), 4.0) * rows + 0.7)
    panels = list(np.ravel(canvas.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)))
    for axes in panels[len(chosen) :]:
        axes.set_axis_off()
    for label, name in ((canvas.supxlabel, field.dims[2]), (canvas.supylabel, field.dims[1])):
        label(f"{field.coords[name].attrs.get('long_name', name)} ({unit})", fontsize=9.5)
    return canvas, panels, metres


class CrossSectionsView(AbstractView):
    """Cross-sections of a field at some instants, the terminal's end above."""

    name = "cross_sections"
    title = "Cross-sections"
    caption = (
        "Cross-sections at instants between which the field changes as much, the terminal's contact above. A composition is"
        " drawn red where it is ion-rich and blue where it is ion-poor. Of three dimensions: the plane where depth begins."
    )
    rank = 25.0

    def applies(self, data: Data) -> bool:
        return bool(in_space(data))

    @styled
    def draw(self, data: Data) -> Figure:
        field = in_plane(in_space(data)[0])
        chosen, colours = instants(each(field), FRAMES), colours_of(data, field)
        canvas, panels, metres = sections(data, field, chosen)
        for axes, sample in zip(panels, chosen, strict=False):
            image = draw_section(axes, data, field, sample, metres, **colours)
        add_colour_bar(canvas, image, panels, data, field)
        return canvas

    def metrics(self, data: Data) -> Iterator[Metric]:
        for covered in data.having(role="coverage", dimensions=("time",)):
            place = covered.attrs.get("place", "")
            yield pure(f"coverage_{place}_end", float(covered.values[-1]), f"{covered.attrs['long_name']}, at the end")
            yield pure(
                f"coverage_{place}_largest",
                float(covered.values.max()),
                f"{covered.attrs['long_name']}, at most (by the samples)",
            )


class ContactsInTimeView(AbstractView):
    """Both contacts in time: what lies on them along their width, and how much of them a phase covers."""

    name = "kymographs"
    title = "Contacts in time"
    caption = "The field in the cells beside either contact along its width against time, and the share of each that is covered."
    rank = 26.0

    def applies(self, data: Data) -> bool:
        return bool(in_space(data)) and len(data.time) > 2

    @styled
    def draw(self, data: Data) -> Figure:
        field, covered = in_plane(in_space(data)[0]), data.having(role="coverage", dimensions=("time",))
        canvas = blank(10.0, 6.4 + 1.4 * bool(covered))
        heights = [1.0, 2.2, 2.2, *[1.3] * bool(covered)]
        panels = canvas.subplots(len(heights), 1, sharex=True, height_ratios=heights)
        if data.driven:
            draw_terminal(panels[0], data, given(data))
        factor, _ = time_unit(data.time)
        across = edges_of(plain(field.coords[field.dims[2]]))
        metres, unit = prefixed([across[-1]], "m")
        middle = 0.5 * (across[1:] + across[:-1]) * metres
        names = [item.attrs.get("place", "") for item in covered] or ["first end", "last end"]
        for axes, cell, name in zip(panels[1:3], (0, -1), names, strict=False):
            picture = plain(field[:, cell]).T
            image = axes.pcolormesh(
                data.time * factor, middle, picture, shading="nearest", **colours_of(data, field), rasterized=True
            )
            axes.set_ylabel(f"{name}\nalong it ({unit})")
            axes.grid(False)
        for item, colour in zip(covered, (TOP, BOTTOM), strict=False):
            panels[3].plot(data.time * factor, plain(item), color=colour, label=item.attrs.get("place", ""))
            panels[3].set(ylabel="covered", ylim=(-0.03, 1.03))
            panels[3].legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
        for k, axes in enumerate(panels):
            time_axis(axes, data, label=k == len(panels) - 1, scaled=k == 0)
        add_colour_bar(canvas, image, list(panels[1:3]), data, field)
        canvas.align_ylabels()
        return canvas
