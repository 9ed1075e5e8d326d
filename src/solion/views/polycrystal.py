"""Figures of the current through a polycrystal: map, faces with their windows, decay through a layer, impedance."""

from __future__ import annotations

import json
from typing import Any

import matplotlib
import numpy as np
import xarray as xr
from matplotlib.collections import LineCollection
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from solion.views.slices import slices
from solion.views.style import BOTTOM, CURRENT, FAINT, INK, MUTED, TOP, VOLTAGE, blank, prefixed, styled

FACES = {"bottom": BOTTOM, "top": TOP}
PIXELS = 400


def figures(dataset: xr.Dataset, fields: Any = None) -> dict[str, Figure]:
    """Every figure of a run that applies; the map and its neighbours need the engine's ``fields``, in two dimensions."""
    found = {}
    two = len(dataset.attrs["box"]) == 2
    if fields is not None and two:
        found["map"] = current_map(dataset, fields)
    if fields is not None and not two:
        found["slices"] = slices(dataset, fields)
    if two:
        found["faces"] = faces(dataset)
    if any(f"{face}_depth" in dataset for face in FACES):
        found["decay"] = decay(dataset)
    return found


@styled
def current_map(dataset: xr.Dataset, fields: Any) -> Figure:
    """|j| over its mean on a logarithmic scale, streamlines, grains and layers."""
    width, height = dataset.attrs["box"]
    low, high = -dataset.attrs["layer_thickness_bottom"], height + dataset.attrs["layer_thickness_top"]
    count = max(2, round(PIXELS * (high - low) / width))
    x, z = (np.arange(PIXELS) + 0.5) * width / PIXELS, low + (np.arange(count) + 0.5) * (high - low) / count
    points = np.stack(np.meshgrid(x, z), axis=-1).reshape(-1, 2)
    current = fields.sample(points)[1].reshape(count, PIXELS, 2)
    relative = np.hypot(current[..., 0], current[..., 1]) / abs(float(dataset["current_density"]))
    drawing = blank(6.4, 6.4 * min(2.0, (high - low) / width) * 0.86 + 0.6)
    axes = drawing.add_subplot()
    um = 1e6
    extent = (0, width * um, low * um, high * um)
    image = axes.imshow(
        relative, origin="lower", extent=extent, cmap="viridis", norm=LogNorm(0.3, 3.0), interpolation="nearest"
    )
    axes.streamplot(
        x * um, z * um, current[..., 0], current[..., 1], density=1.1, color="white", linewidth=0.5, arrowsize=0.6
    )
    if fields.outlines is not None:
        axes.add_collection(LineCollection(list(fields.outlines * um), colors="black", linewidths=0.7))
    axes.set(xlim=extent[:2], ylim=extent[2:], aspect="equal", xlabel="x (µm)", ylabel="z (µm)")
    axes.set_title("Current density over its mean")
    axes.grid(False)
    bar = drawing.colorbar(image, ax=axes, extend="both", label=r"$|j|/\bar j$", shrink=0.85)
    bar.set_ticks([0.3, 0.5, 1, 2, 3], labels=["0.3", "0.5", "1", "2", "3"])
    bar.minorticks_off()
    return drawing


@styled
def faces(dataset: xr.Dataset) -> Figure:
    """j_z over its mean along each plane, and the windows of the hot-spot factors at their maxima."""
    planes = [str(name) for name in dataset["plane"].values]
    drawing = blank(7.2, 2.3 * len(planes))
    shades = [matplotlib.colormaps["plasma"](shade) for shade in np.linspace(0.15, 0.8, dataset.sizes["window"])]
    for axes, plane in zip(np.atleast_1d(drawing.subplots(len(planes), 1, sharex=True)), planes, strict=True):
        position, density, size = (
            dataset[f"{plane}_{name}"].values for name in ("position", "current_density", "size")
        )
        relative = density / (density @ size / size.sum())
        axes.plot(position * 1e6, relative, color=FACES[plane.split("_")[0]], linewidth=0.9)
        axes.axhline(1, color=MUTED, linewidth=0.8, linestyle=":")
        found = dataset["hot_spot"].sel(plane=plane).values
        for window, value, place, shade in zip(
            dataset["window"].values, found, dataset["hot_spot_position"].sel(plane=plane).values, shades, strict=True
        ):
            if np.isfinite(value):
                factor, unit = prefixed(window, "m")
                ends = (np.array([-0.5, 0.5]) * window + place) * 1e6
                axes.plot(ends, [value, value], color=shade, linewidth=2.5, marker="|", markersize=7,
                          label=f"H({window * factor:g} {unit}) = {value:.3g}")  # fmt: skip
        top = np.nanmax(np.concatenate((found, [np.percentile(relative, 99.5)])))
        axes.set_ylim(0 if relative.min() < 0.9 else None, 1.1 * top if top > 1.5 else None)
        axes.set_ylabel(r"$j_z/\bar j_z$")
        axes.set_title(plane.replace("_", " "))
        axes.legend(loc="lower right", bbox_to_anchor=(1.01, 0.98), ncols=4, handlelength=0.8, columnspacing=0.9,
                    fontsize=7.5, frameon=False)  # fmt: skip
    axes.set_xlabel("x (µm)")
    return drawing


@styled
def decay(dataset: xr.Dataset) -> Figure:
    """Maximum and spread of j_z against the distance from the ceramic, and spectra at some distances."""
    spectra = any(f"{face}_power" in dataset for face in FACES)  # of a line only, not of a plane
    drawing = blank(8.4 if spectra else 4.4, 3.4)
    left, right = drawing.subplots(1, 2) if spectra else (drawing.add_subplot(), None)
    for face, colour in FACES.items():
        if f"{face}_depth" not in dataset:
            continue
        depth = dataset[f"{face}_depth"].values * 1e6
        left.plot(
            depth, dataset[f"{face}_maximum"] - 1, "o-", color=colour, markersize=3.5, label=f"maximum/mean − 1, {face}"
        )
        left.plot(
            depth, dataset[f"{face}_deviation"], "s--", color=colour, markersize=3.5, label=f"deviation/mean, {face}"
        )
        if right is not None and f"{face}_power" in dataset:
            power = dataset[f"{face}_power"].values
            k = dataset[f"{face}_wave_number"].values * 1e-6
            chosen = np.unique(np.linspace(0, len(depth) - 1, 4).astype(int))
            for row, shade in zip(chosen, np.linspace(0.1, 0.8, len(chosen)), strict=True):
                right.plot(
                    k,
                    power[row],
                    color=matplotlib.colormaps["viridis"](shade),
                    linewidth=1.1,
                    label=f"{depth[row]:g} µm, {face}",
                )
    left.axhline(0.1, color=FAINT, linewidth=1.2)
    left.set(xscale="log", yscale="log", xlabel="distance from the ceramic (µm)", ylabel="unevenness of $j_z$")
    left.set_title("Decay through the layer")
    left.legend()
    if right is not None:
        right.set(xscale="log", yscale="log", xlabel="wave number k (1/µm)", ylabel="P(k)")
        top = max(line.get_ydata().max() for line in right.get_lines())
        right.set_ylim(1e-10 * top, 3 * top)
        right.set_title("Spectrum of the unevenness")
        right.legend()
    return drawing


@styled
def nyquist(dataset: xr.Dataset) -> Figure:
    """The spectrum of ``impedance``: −Im Z against Re Z, decades of frequency marked."""
    drawing = blank(5.2, 3.6)
    axes = drawing.add_subplot()
    real, imaginary = dataset["impedance_real"].values * 1e4, dataset["impedance_imaginary"].values * 1e4
    frequency = dataset["frequency"].values
    axes.plot(real, -imaginary, color=VOLTAGE)
    for power in range(int(np.ceil(np.log10(frequency.min()))), int(np.floor(np.log10(frequency.max()))) + 1):
        nearest = int(np.argmin(np.abs(np.log10(frequency) - power)))
        axes.plot(real[nearest], -imaginary[nearest], "o", color=CURRENT, markersize=3.5)
        if -imaginary[nearest] > 0.03 * real.max():
            factor, unit = prefixed(10.0**power, "Hz")
            axes.annotate(f"{10.0**power * factor:g} {unit}", (real[nearest], -imaginary[nearest]), xytext=(4, 4),
                          textcoords="offset points", fontsize=8, color=INK)  # fmt: skip
    axes.set(xlabel="Re Z (Ω cm²)", ylabel="−Im Z (Ω cm²)", xlim=(0, None), ylim=(0, None), aspect="equal")
    title = json.loads(dataset.attrs["microstructure"])
    axes.set_title(f"Impedance, grains of {title['grain_size'] * 1e6:.3g} µm")
    return drawing
