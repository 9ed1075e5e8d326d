"""Current density in the volume of a polycrystal: in a plane model the whole field, in space cuts through it."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from solion.analysis.data import Data
from solion.views.style import blank, styled
from solion.views.view import AbstractView

UM = 1e6
PIXELS = {2: 400, 3: 300}  # across the width


class CurrentMapView(AbstractView):
    """|j| over its mean on a logarithmic scale, with grain boundaries; in a plane with streamlines, in space in slices."""

    name = "map"
    title = "Current density"
    rank = 2.0
    volume = True
    caption = (
        "Current density over its mean, on a logarithmic scale; black: boundaries between grains. In three dimensions slices "
        "of the volume, and above the faces the largest of one voxel, and its width."
    )

    def applies(self, data: Data) -> bool:
        return bool(data.having(of="density")) and "box" in data.dataset.attrs

    @styled
    def draw(self, data: Data) -> Figure:
        return _plane(data) if len(data.dataset.attrs["box"]) == 2 else _slices(data)


def _raster(data: Data) -> tuple[np.ndarray, np.ndarray, tuple[float, float, float, float]]:
    """Centres of pixels along x and z, and the extent of the picture in um."""
    width, *_, height = data.dataset.attrs["box"]
    low, high = -data.dataset.attrs["layer_thickness_bottom"], height + data.dataset.attrs["layer_thickness_top"]
    across = PIXELS[len(data.dataset.attrs["box"])]
    count = max(2, round(across * (high - low) / width))
    x, z = (np.arange(across) + 0.5) * width / across, low + (np.arange(count) + 0.5) * (high - low) / count
    return x, z, (0.0, width * UM, low * UM, high * UM)


def _mean(data: Data) -> float:
    return abs(float(data.first(kind="current_density", dimensions=())))


def _plane(data: Data) -> Figure:
    x, z, extent = _raster(data)
    points = np.stack(np.meshgrid(x, z), axis=-1).reshape(-1, 2)
    current = data.volume.sample(points)[1].reshape(z.size, x.size, 2)
    relative = np.hypot(current[..., 0], current[..., 1]) / _mean(data)
    drawing = blank(6.4, 6.4 * min(2.0, (extent[3] - extent[2]) / extent[1]) * 0.86 + 0.6)
    axes = drawing.add_subplot()
    style: dict[str, Any] = {"cmap": "viridis", "norm": LogNorm(0.3, 3.0), "interpolation": "nearest"}
    image = axes.imshow(relative, origin="lower", extent=extent, **style)
    flow = current[..., 0], current[..., 1]
    axes.streamplot(x * UM, z * UM, *flow, density=1.1, color="white", linewidth=0.5, arrowsize=0.6)
    if data.volume.outlines is not None:
        axes.add_collection(LineCollection(list(data.volume.outlines * UM), colors="black", linewidths=0.7))
    axes.set(xlim=extent[:2], ylim=extent[2:], aspect="equal", xlabel="x (µm)", ylabel="z (µm)")
    axes.set_title("Current density over its mean")
    axes.grid(False)
    _bar(drawing, image, axes, (0.3, 0.5, 1, 2, 3))
    return drawing


def _slices(data: Data) -> Figure:
    """The vertical cut through the middle, and j_z through both electrodes with its largest value on the grid there."""
    depth = data.dataset.attrs["box"][1]
    x, z, extent = _raster(data)
    drawing = blank(11.0, 3.9)
    cut, *others = drawing.subplots(1, 3, width_ratios=(1.15, 1, 1))
    points = np.stack(np.meshgrid(x, [depth / 2], z, indexing="ij"), axis=-1).reshape(-1, 3)
    flow = np.linalg.norm(data.volume.sample(points)[1], axis=-1).reshape(x.size, z.size) / _mean(data)
    style: dict[str, Any] = {"cmap": "viridis", "norm": LogNorm(0.2, 5), "interpolation": "nearest", "origin": "lower"}
    shown = cut.imshow(flow.T, extent=extent, **style)
    steps = extent[1] / x.size, (extent[3] - extent[2]) / z.size
    _lines(cut, data.volume.grain(points).reshape(x.size, z.size), steps, extent)
    cut.set(xlabel="x (µm)", ylabel="z (µm)", title=f"|j| over its mean, y = {depth / 2 * UM:.3g} µm")
    planes = sorted(data.having(of="density"), key=lambda plane: plane.attrs["beyond_layer"])
    outermost = {plane.attrs["face"]: plane.attrs["place"] for plane in planes}  # beyond the layers where there are some
    for axes, (face, name) in zip(others, sorted(outermost.items()), strict=True):
        section = data.volume.sections[name]
        density = section.current_density.reshape(section.shape) / section.mean
        axes.imshow(density.T, extent=(0, extent[1], 0, depth * UM), **style)
        most = f"{density.max():.3g} ({np.sqrt(section.size[0]) * UM:.3g} µm)"
        axes.set(xlabel="x (µm)", ylabel="y (µm)", title=f"{face.capitalize()}, at most {most}")
    for axes in (cut, *others):
        axes.grid(False)
        axes.set_aspect("equal")
    _bar(drawing, shown, (cut, *others), (0.2, 0.5, 1, 2, 5))
    return drawing


def _bar(drawing: Figure, image: Any, axes: Any, ticks: tuple[float, ...]) -> None:
    bar = drawing.colorbar(image, ax=axes, extend="both", label=r"$|j|/\bar j$", shrink=0.87)
    bar.set_ticks(ticks, labels=[f"{tick:g}" for tick in ticks])
    bar.minorticks_off()


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
        xs, zs = (bounds[2 * k] + np.concatenate((where[:, [k]], end[:, [k]], gap), axis=1).ravel() * steps[k] for k in (0, 1))
        axes.plot(xs, zs, color="black", linewidth=0.5)
    axes.set(xlim=bounds[:2], ylim=bounds[2:])
