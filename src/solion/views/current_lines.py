"""Lines of current through a cross-section of a field in space, and how densely it flows."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solion.analysis.data import Data, each, plain
from solion.views.cross_sections import draw_section, in_plane, in_space, instants, sections
from solion.views.style import INK, styled
from solion.views.view import AbstractView

LINES = 15  # of current, with as much of it between neighbours
FRAMES = 6
DENSEST = 99.5  # percentile of the density at which its colours end: at the edge of a patch it has none
STILL = 1e-9  # of the largest mean density of the run; below it there is no line to draw


def flow_of(data: Data) -> list[xr.DataArray]:
    """The components of the current density along the coordinates of a plane, in their order; none where it is not known."""
    by_place = {part.attrs.get("place"): part for part in in_space(data, "flow")}
    found = list(by_place.values())
    return [in_plane(by_place[axis]) for axis in found[0].dims[1:3]] if found else []


def through(flow: list[xr.DataArray]) -> np.ndarray:
    """Largest mean magnitude over a plane across x, of each sample: what passes the film."""
    return np.array([np.abs(values.mean(axis=1)).max() for values in each(flow[0])])


def draw_lines(axes: Axes, flow: list[xr.DataArray], mean: np.ndarray, sample: int, metres: float, colour: str = INK) -> None:
    """Lines of current that start at the first end with as much current between neighbours; none where none passes, of what
    passes on the mean at each sample (:func:`through`)."""
    if not mean[sample] > STILL * mean.max():
        return
    deep, across = (plain(flow[0].coords[name]) * metres for name in flow[0].dims[1:])
    along, sideways = (plain(part[sample]) for part in flow)
    passed = np.concatenate([[0.0], np.cumsum(np.abs(along[0]))])
    edges = np.linspace(across[0], across[-1], passed.size)
    starts = np.interp((np.arange(LINES) + 0.5) / LINES * passed[-1], passed, edges)
    seeds = np.column_stack([starts, np.full(LINES, deep[0])])
    axes.streamplot(
        across,
        deep,
        sideways,
        along,
        start_points=seeds,
        broken_streamlines=False,
        color=colour,
        linewidth=0.6,
        arrowsize=0.6,
        density=4,
    )


class CurrentLinesView(AbstractView):
    """Lines of current in cross-sections, over the density of the current."""

    name = "current_lines"
    title = "Lines of current"
    caption = (
        "Current density in cross-sections over its mean, and lines of current that start at the upper contact with as much"
        " current between neighbours. Of three dimensions: the plane where depth begins, onto which the lines are projected."
    )
    rank = 25.5

    def applies(self, data: Data) -> bool:
        flow = flow_of(data)
        return bool(flow) and through(flow).max() > 0

    @styled
    def draw(self, data: Data) -> Figure:
        flow = flow_of(data)
        mean = through(flow)
        flowing = np.flatnonzero(mean > 1e-3 * mean.max())

        def density(samples: Any) -> Any:
            """The current density at some samples over what passes then on the mean."""
            return sum(part[samples] ** 2 for part in flow) ** 0.5 / np.reshape(mean[samples], (*np.shape(samples), 1, 1))

        chosen = flowing[instants((plain(density([k]))[0] for k in flowing), FRAMES)]
        size = density(chosen)
        size.attrs = {"long_name": "current density over its mean", "units": "1"}
        canvas, panels, metres = sections(data, size, chosen)
        highest = float(np.percentile(plain(size), DENSEST))
        timed = Data(data.dataset.isel(time=chosen))
        for k, (axes, sample) in enumerate(zip(panels, chosen, strict=False)):
            image = draw_section(axes, timed, size, k, metres, cmap="cividis", vmin=0.0, vmax=max(highest, 1.5))
            draw_lines(axes, flow, mean, int(sample), metres, "white")
        bar = canvas.colorbar(image, ax=panels, pad=0.015, fraction=0.05, aspect=32, extend="max")
        bar.set_label(size.attrs["long_name"])
        return canvas
