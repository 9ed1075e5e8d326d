"""Maps of a run in three dimensions: cuts through the body and the currents at its faces."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from solion.views.style import blank, styled

UM = 1e6
PIXELS = 300


@styled
def slices(dataset: xr.Dataset, fields: Any) -> Figure:
    """|j| over its mean in the vertical cut through the middle, where lines part the grains, and j_z over its mean through both
    electrodes, with the largest value of a square of the grid there."""
    width, depth, height = dataset.attrs["box"]
    low, high = -dataset.attrs["layer_thickness_bottom"], height + dataset.attrs["layer_thickness_top"]
    mean = abs(float(dataset["current_density"]))
    drawing = blank(11.0, 3.9)
    cut, bottom, top = drawing.subplots(1, 3, width_ratios=(1.15, 1, 1))
    count = max(2, round(PIXELS * (high - low) / width))
    x, z = (np.arange(PIXELS) + 0.5) * width / PIXELS, low + (np.arange(count) + 0.5) * (high - low) / count
    points = np.stack(np.meshgrid(x, [depth / 2], z, indexing="ij"), axis=-1).reshape(-1, 3)
    flow = np.linalg.norm(fields.sample(points)[1], axis=-1).reshape(PIXELS, count) / mean
    bounds = (0, width * UM, low * UM, high * UM)
    scale = LogNorm(0.2, 5)
    shown = cut.imshow(flow.T, origin="lower", extent=bounds, cmap="viridis", norm=scale, interpolation="nearest")
    _lines(cut, fields.grain(points).reshape(PIXELS, count), (width * UM / PIXELS, (high - low) * UM / count), bounds)
    cut.set(xlabel="x (µm)", ylabel="z (µm)", title=f"|j| over its mean, y = {depth / 2 * UM:.3g} µm")
    for axes, name in ((bottom, "bottom_electrode"), (top, "top_electrode")):
        section = fields.sections[name]
        density = section.current_density.reshape(section.shape) / section.mean
        plane = (0, width * UM, 0, depth * UM)
        axes.imshow(density.T, origin="lower", extent=plane, cmap="viridis", norm=scale, interpolation="nearest")
        face = name.removesuffix("_electrode").capitalize()
        most = f"{density.max():.3g} ({np.sqrt(section.size[0]) * UM:.3g} µm)"
        axes.set(xlabel="x (µm)", ylabel="y (µm)", title=f"{face}, at most {most}")
    for axes in (cut, bottom, top):
        axes.grid(False)
        axes.set_aspect("equal")
    bar = drawing.colorbar(shown, ax=(cut, bottom, top), extend="both", label="over its mean", shrink=0.9)
    bar.set_ticks([0.2, 0.5, 1, 2, 5], labels=["0.2", "0.5", "1", "2", "5"])
    bar.minorticks_off()
    return drawing


def _lines(axes, labels, steps, bounds) -> None:
    """Grain boundaries in the cut, where the labels of neighbouring pixels differ."""
    for axis in (0, 1):
        low = tuple(slice(0, -1) if k == axis else slice(None) for k in (0, 1))
        high = tuple(slice(1, None) if k == axis else slice(None) for k in (0, 1))
        where = np.stack(np.nonzero(labels[low] != labels[high]), axis=1).astype(float)
        where[:, axis] += 1
        end = where.copy()
        end[:, 1 - axis] += 1
        gap = np.full((len(where), 1), np.nan)
        xs, zs = (
            bounds[2 * k] + np.concatenate((where[:, [k]], end[:, [k]], gap), axis=1).ravel() * steps[k] for k in (0, 1)
        )
        axes.plot(xs, zs, color="black", linewidth=0.5)
    axes.set(xlim=bounds[:2], ylim=bounds[2:])
