"""A field in three dimensions: three sides of the box, and the surface halfway between the phases where scikit-image finds it."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from solion.analysis.data import Data, each, plain
from solion.views.cross_sections import in_space, instants
from solion.views.spacetime import add_colour_bar, colours_of, edges_of
from solion.views.style import blank, prefixed, styled, time_unit
from solion.views.view import AbstractView

FRAMES = 4
FINEST = 48  # cells along an axis that are drawn; of more, every second, third, ... one


class VolumeView(AbstractView):
    """The box of a run in three dimensions at some instants."""

    name = "volume"
    title = "In three dimensions"
    caption = (
        "The field on the far sides of the box and, with scikit-image installed, the surface halfway between its ends, at"
        " instants between which the field changes as much; the terminal's contact above."
    )
    rank = 25.2

    def applies(self, data: Data) -> bool:
        return any(field.ndim == 4 for field in in_space(data))

    @styled
    def draw(self, data: Data) -> Figure:
        field = next(field for field in in_space(data) if field.ndim == 4)
        chosen, colours = instants(each(field), FRAMES), colours_of(data, field)
        stride = {name: slice(None, None, -(-field.sizes[name] // FINEST)) for name in field.dims[1:]}
        field = field.isel(stride)
        metres, unit = prefixed([edges_of(plain(field.coords[field.dims[2]]))[-1]], "m")
        factor, words = time_unit(data.time)
        columns = min(2, len(chosen))
        canvas = blank(10.0, 4.4 * -(-len(chosen) // columns))
        shade = ScalarMappable(Normalize(colours["vmin"], colours["vmax"]), colours["cmap"])
        panels = []
        for k, sample in enumerate(chosen):
            axes: Any = canvas.add_subplot(-(-len(chosen) // columns), columns, k + 1, projection="3d")
            _box(axes, field[sample], metres, shade)
            axes.set_title(f"{data.time[sample] * factor:.4g} {words}")
            names = field.dims[2], field.dims[3], field.dims[1]
            axes.set(xlabel=f"{names[0]} ({unit})", ylabel=f"{names[1]} ({unit})", zlabel=f"{names[2]} ({unit})")
            axes.invert_zaxis()
            panels.append(axes)
        add_colour_bar(canvas, shade, panels, data, field)
        return canvas


def _box(axes: Any, field: xr.DataArray, metres: float, shade: Any) -> None:
    """Three sides of the box with the field in the cells beside them, and the surface between the phases inside."""
    x, y, z = (edges_of(plain(field.coords[name])) * metres for name in field.dims)
    values = plain(field)
    plate = {"rstride": 1, "cstride": 1, "shade": False, "antialiased": False}
    across, deep = np.meshgrid(y, z, indexing="ij")
    axes.plot_surface(across, deep, np.full_like(across, x[-1]), facecolors=shade.to_rgba(values[-1]), **plate)
    across, down = np.meshgrid(y, x, indexing="ij")
    axes.plot_surface(across, np.full_like(across, z[-1]), down, facecolors=shade.to_rgba(values[:, :, -1].T), **plate)
    deep, down = np.meshgrid(z, x, indexing="ij")
    axes.plot_surface(np.full_like(deep, y[0]), deep, down, facecolors=shade.to_rgba(values[:, 0, :].T), **plate)
    _surface(axes, values, (x, y, z), 0.5 * (shade.norm.vmin + shade.norm.vmax))
    axes.set_box_aspect([np.ptp(y), np.ptp(z), np.ptp(x)])


def _surface(axes: Any, values: np.ndarray, edges: tuple[np.ndarray, ...], level: float) -> None:
    """The surface on which the field has a value, where it has it and scikit-image is there to find it."""
    try:
        from skimage.measure import marching_cubes
    except ImportError:
        return
    if not values.min() < level < values.max():
        return
    steps = tuple(float(edge[1] - edge[0]) for edge in edges)
    points, faces, *_ = marching_cubes(values, level, spacing=steps)
    x, y, z = (points + [0.5 * step for step in steps]).T
    axes.plot_trisurf(y, z, faces, x, color="#f4b79f", alpha=0.75, linewidth=0, antialiased=False)
