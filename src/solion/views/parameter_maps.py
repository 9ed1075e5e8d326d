"""Fields over two axes that are parameters, not places or times: a curve for each entry of a short axis, a map of a long one."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from solion.analysis.data import Data
from solion.views.style import COLOURS, blank, styled
from solion.views.view import AbstractView

FEW = 6  # entries of the first axis that are drawn as curves
RATIO = 5.0  # of an axis' ends, from which on it is logarithmic


class ParameterMapsView(AbstractView):
    """Every field of two dimensions that both have coordinates in equal ratios; none of them time or a cell."""

    name = "parameter-maps"
    title = "Maps over parameters"
    caption = "Fields over two parameters: curves where one of them has few values, maps else."
    rank = 5.0

    def applies(self, data: Data) -> bool:
        return bool(_fields(data))

    @styled
    def draw(self, data: Data) -> Figure:
        found = _fields(data)
        canvas = blank(5.2 * len(found), 4.2)
        panels = np.atleast_1d(np.asarray(canvas.subplots(1, len(found))))
        for axes, field in zip(panels, found, strict=True):
            first, second = (data.dataset[str(name)] for name in field.dims)
            if first.size <= FEW:
                for colour, row, value in zip(COLOURS, field.values, first.values, strict=False):
                    axes.plot(second, row, "o-", ms=3, color=colour, label=f"{value:.3g} {first.attrs['units']}")
                axes.legend(title=first.attrs["long_name"])
                axes.set_ylabel(field.attrs["long_name"])
            else:
                image = axes.pcolormesh(second, first, field.values, shading="nearest", rasterized=True)
                canvas.colorbar(image, ax=axes, label=field.attrs["long_name"])
                axes.set_ylabel(f"{first.attrs['long_name']} ({first.attrs['units']})")
                axes.grid(visible=False)
                if first[-1] > RATIO * first[0]:
                    axes.set_yscale("log")
            axes.set_xlabel(f"{second.attrs['long_name']} ({second.attrs['units']})")
            if second[-1] > RATIO * second[0]:
                axes.set_xscale("log")
        return canvas


def _fields(data: Data) -> list[xr.DataArray]:
    coordinates = data.dataset.coords

    def plain(name) -> bool:
        axis = coordinates.get(name)
        return axis is not None and axis.dtype.kind == "f" and axis.attrs.get("kind") is None and bool((axis > 0).all())

    rows = [row for row in data.dataset.data_vars.values() if row.attrs.get("role") == "field" and row.ndim == 2]
    return [row for row in rows if all(plain(name) for name in row.dims)]
