"""Lines of current through a cross-section of a field in space, and how densely it flows."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solion.analysis.data import Data, plain
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
    return np.abs(plain(flow[0]).mean(axis=2)).max(axis=1)


def draw_lines(axes: Axes, flow: list[xr.DataArray], sample: int, metres: float, colour: str = INK) -> None:
    """Lines of current that start at the first end with as much current between neighbours; none where none passes."""
    if not through(flow)[sample] > STILL * through(flow).max():
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
        size = (sum(part**2 for part in flow) ** 0.5)[flowing] / mean[flowing, None, None]
        size.attrs = {"long_name": "current density over its mean", "units": "1"}
        chosen = instants(size, FRAMES)
        canvas, panels, metres = sections(data, size, chosen)
        highest = float(np.percentile(plain(size[chosen]), DENSEST))
        timed = Data(data.dataset.isel(time=flowing))
        for axes, sample in zip(panels, chosen, strict=False):
            image = draw_section(axes, timed, size, sample, metres, cmap="cividis", vmin=0.0, vmax=max(highest, 1.5))
            draw_lines(axes, flow, int(flowing[sample]), metres, "white")
        bar = canvas.colorbar(image, ax=panels, pad=0.015, fraction=0.05, aspect=32, extend="max")
        bar.set_label(size.attrs["long_name"])
        return canvas
