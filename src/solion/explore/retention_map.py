"""Lives of islands over contact angle and size, and how wide a flat layer may be: a map of what a film keeps, and its picture."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from solion.devices.film_memristor import FilmMemristor
from solion.thermodynamics import flat_layer_width, ion_poor_fraction, island_life
from solion.views.style import require_picture


def retention_map(
    device: FilmMemristor, radii: Iterable[float], angles: Iterable[float], *, dimensions: int | None = None
) -> xr.Dataset:
    """Lives of islands at the bottom by ``radius`` (h) and contact ``angle`` (degrees), and by angle the width (h) up to which a
    flat layer is the state of least energy.

    An island is named by the half drop that holds as much. ``dimensions`` as the device has, three where it is of one. Lives are
    nan where the drop does not fit.
    """
    material, filling, thickness = device.here.solid, float(device.film.filling), float(device.film.thickness)
    if dimensions is None:
        dimensions = 2 if device.extent.resolved and device.extent.sides(8, thickness).cells[1] == 1 else 3
    second = float(device.scales().time)
    radii, angles = np.asarray(list(radii), float), np.asarray(list(angles), float)

    def life(radius, angle=90.0):
        return second * island_life(material, filling, thickness, radius, dimensions, angle)

    poor = ion_poor_fraction(material, filling)
    upright = [life(radius) if 0 < radius < poor else np.nan for radius in radii]
    lives = np.outer([life(0.5 * poor, angle) / life(0.5 * poor) for angle in angles], upright)
    widths = [flat_layer_width(material, filling, thickness, (90.0, angle)) for angle in angles]
    return xr.Dataset(
        {
            "life": (("angle", "radius"), lives, {"units": "s", "long_name": "life of an island at the bottom"}),
            "width": ("angle", np.array(widths), {"units": "1", "long_name": "largest width over h at which a flat layer lasts"}),
        },
        {
            "angle": ("angle", angles, {"units": "degree", "long_name": "contact angle of the ion-rich phase at the bottom"}),
            "radius": ("radius", radii, {"units": "1", "long_name": "radius over h of the half drop that holds as much"}),
        },
        {"dimensions": dimensions, "tau_D": second, "filling": filling},
    )


def draw_map(device: FilmMemristor, path: Path) -> None:
    """The map of a film as a picture; raises InputError for a file of another kind."""
    require_picture(path, "map")
    found = retention_map(device, np.geomspace(0.06, 0.6, 40), np.linspace(30, 150, 61))
    figure = Figure(figsize=(10, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    picture = left.pcolormesh(found["radius"], found["angle"], np.log10(found["life"]), cmap="viridis", shading="auto")
    lines = left.contour(found["radius"], found["angle"], np.log10(found["life"]), colors="white", linewidths=0.7)
    left.clabel(lines, fmt=lambda level: f"10$^{{{level:g}}}$ s", fontsize=7)
    left.set_xscale("log")
    left.set_xlabel("radius of an island over the thickness")
    left.set_ylabel("contact angle (degrees)")
    figure.colorbar(picture, ax=left, label="log10 of its life (s)")
    right.plot(found["width"], found["angle"])
    right.set_xscale("log")
    right.set_xlabel("width over the thickness up to which a flat layer at the bottom is the lowest state")
    right.set_ylim(left.get_ylim())
    figure.savefig(path, dpi=150)
