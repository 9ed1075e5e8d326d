"""Current through the faces of a polycrystal and its hot spots: the largest mean over a window, over the mean of the plane."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib
import numpy as np
import xarray
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solion.analysis.data import Data
from solion.analysis.metric import Metric, pure
from solion.views.page import Markup, badge, number, quantity, table
from solion.views.style import BOTTOM, INK, MUTED, TOP, blank, prefixed, styled
from solion.views.view import AbstractView

COLOURS = {"bottom": BOTTOM, "top": TOP}
USUAL = (100e-9, 1e-6)  # m, windows that are shown first
CONVERGED = 0.05  # of the factor, between two estimates


class FacesView(AbstractView):
    """Current density normal to each plane over its mean, and the windows of the hot-spot factors at their maxima."""

    name = "faces"
    title = "Hot spots"
    rank = 13.0
    caption = "Current density normal to each plane over its mean, and the windows of the hot-spot factors at their maxima."

    def applies(self, data: Data) -> bool:
        return bool(data.having(of="hot spot"))

    @styled
    def draw(self, data: Data) -> Figure:
        planes = data.having(of="density")
        shades = [matplotlib.colormaps["plasma"](k) for k in np.linspace(0.15, 0.8, len(_factor(data)["window"]))]
        if _of(data, planes[0], "position").ndim > 1:
            return _maps(data, planes, shades)
        drawing = blank(7.2, 2.3 * len(planes))
        for axes, plane in zip(np.atleast_1d(drawing.subplots(len(planes), 1, sharex=True)), planes, strict=True):
            _line(axes, data, plane, shades)
        axes.set_xlabel("x (µm)")
        return drawing

    def metrics(self, data: Data) -> Iterator[Metric]:
        found, planes = _factor(data), data.having(of="density")
        at_ceramic = {plane.attrs["face"]: _named(plane) for plane in planes if not plane.attrs["beyond_layer"]}
        beyond = [_named(plane) for plane in planes if plane.attrs["beyond_layer"]]
        finite = [float(w) for w in found["window"].values if np.isfinite(found.sel(window=w)).any()]
        usual = [w for w in finite if any(np.isclose(w, u) for u in USUAL)] or finite[:2]
        for window in finite:
            at = {face: float(found.sel(window=window, plane=name)) for face, name in at_ceramic.items()}
            if not np.isfinite(list(at.values())).any():
                continue
            name, first = window_name(window), window in usual
            words = f"H({name.replace('_', ' ')}), the largest mean of j_z over that window over the mean"
            meaning = f"{words}, the larger of both faces of the ceramic"
            yield pure(f"hot_spot_{name}", max(at.values()), meaning, headline=first)
            for face, value in at.items():
                yield pure(f"hot_spot_{face}_{name}", value, f"{words}, at the {face} face of the ceramic")
            if beyond:
                outer = max(float(found.sel(window=window, plane=plane)) for plane in beyond)
                meaning = f"{words}, at the electrode beyond a layer"
                yield pure(f"outer_hot_spot_{name}", outer, meaning, headline=window == usual[0])
        change = data.first(of="hot spot's change").sel(window=100e-9, method="nearest").values
        if np.isfinite(change).any():
            words = "largest relative difference of H(w), at the window nearest to 100 nm, to that of a less accurate flux"
            yield pure("hot_spot_change", float(np.nanmax(change)), words)

    def table(self, data: Data) -> Markup:
        """H(w) with window, place, mesh and whether it has converged."""
        rows, changes = [], data.first(of="hot spot's change")
        for density in data.having(of="density"):
            values, places, changed = (part.sel(plane=_named(density)) for part in (_factor(data), _place(data), changes))
            spacing = float(density.attrs["spacing"])
            for window, value, at, change in zip(
                values["window"].values, values.values, places.values, changed.values, strict=True
            ):
                rows.append(
                    (
                        _named(density).replace("_", " "),
                        quantity(float(window), "m"),
                        number(value, 3),
                        quantity(float(at), "m") if value == value else "",
                        quantity(spacing, "m"),
                        Markup(f"{number(100 * change, 2)} %") if change == change else "",
                        _verdict(value, change),
                    )
                )
        heads = ("plane", "window w", "H(w)", "at x", "mesh there", "change", "verdict")
        note = Markup(
            "<p>H(w) is the largest mean of j<sub>z</sub> over a window w, over the mean of the plane. Without a window it has "
            "no value: where a resistive boundary meets an equipotential face the density has no bound. Change: against a less "
            "accurate flux on the same mesh, which overstates the error; above 5 % the factor counts as not converged.</p>"
        )
        return Markup(note + table(heads, rows, "wnnnnnt"))


def colour_of(face: str) -> str:
    """The colour of a face of the ceramic."""
    return COLOURS.get(face, INK)


def window_name(window: float) -> str:
    """A window of a hot-spot factor as part of a name: 100_nm, 1_um."""
    return f"{window * 1e6:g}_um" if window >= 0.9999e-6 else f"{window * 1e9:g}_nm"


def _verdict(value: float, change: float) -> Markup:
    if value != value:
        return badge("mesh too coarse", "plain")
    if change != change:
        return badge("not checked", "plain")
    return badge("converged", "good") if change <= CONVERGED else badge("not converged", "warn")


def _named(density: xarray.DataArray) -> str:
    return density.attrs["place"]


def _factor(data: Data) -> xarray.DataArray:
    return data.first(of="hot spot", kind="")


def _place(data: Data) -> xarray.DataArray:
    return data.first(of="hot spot", kind="length")


def _of(data: Data, density: xarray.DataArray, part: str) -> np.ndarray:
    """Position or size of the pieces of a plane."""
    return data.first(of=part, place=_named(density)).values


def _windows(data: Data, density: xarray.DataArray, shades: list) -> Iterator[tuple[float, float, float, object, str]]:
    """Window, factor, place, colour and label of each factor that is known."""
    found, places = (part.sel(plane=_named(density)) for part in (_factor(data), _place(data)))
    rows = zip(found["window"].values, found.values, places.values, shades, strict=True)
    for window, value, place, shade in rows:
        if np.isfinite(value):
            factor, unit = prefixed(window, "m")
            yield window, value, place, shade, f"H({window * factor:g} {unit}) = {value:.3g}"


def _relative(data: Data, density: xarray.DataArray) -> np.ndarray:
    values, size = density.values, _of(data, density, "size")
    return values / (values @ size / size.sum())


def _line(axes: Axes, data: Data, density: xarray.DataArray, shades: list) -> None:
    relative, position = _relative(data, density), _of(data, density, "position")
    axes.plot(position * 1e6, relative, color=colour_of(density.attrs["face"]), linewidth=0.9)
    axes.axhline(1, color=MUTED, linewidth=0.8, linestyle=":")
    highest = [np.percentile(relative, 99.5)]
    for window, value, place, shade, label in _windows(data, density, shades):
        ends = (np.array([-0.5, 0.5]) * window + place) * 1e6
        axes.plot(ends, [value, value], color=shade, linewidth=2.5, marker="|", markersize=7, label=label)
        highest.append(value)
    top = max(highest)
    axes.set_ylim(0 if relative.min() < 0.9 else None, 1.1 * top if top > 1.5 else None)
    axes.set_ylabel(r"$j_z/\bar j_z$")
    axes.set_title(_named(density).replace("_", " "))
    if len(highest) > 1:
        axes.legend(
            loc="lower right",
            bbox_to_anchor=(1.01, 0.98),
            ncols=4,
            handlelength=0.8,
            columnspacing=0.9,
            fontsize=7.5,
            frameon=False,
        )


def _maps(data: Data, planes: list, shades: list) -> Figure:
    """Planes of a model in space as pictures; the factors stand in the titles."""
    drawing = blank(4.6 * len(planes), 4.4)
    for axes, density in zip(np.atleast_1d(drawing.subplots(1, len(planes))), planes, strict=True):
        relative, place = _relative(data, density), _of(data, density, "position") * 1e6
        shape = density.attrs.get("shape")
        style = {"cmap": "viridis", "vmax": np.percentile(relative, 99.8)}
        if shape is None:  # pieces of any form
            shown = axes.tripcolor(*place.T, relative, shading="flat", **style)
        else:
            x, y = (part.reshape(shape) for part in place.T)
            shown = axes.pcolormesh(x, y, relative.reshape(shape), shading="nearest", rasterized=True, **style)
        factors = [label for *_, label in _windows(data, density, shades)]
        axes.set(aspect="equal", xlabel="x (µm)", ylabel="y (µm)")
        axes.set_title("\n".join([_named(density).replace("_", " "), *factors]), fontsize=8.5)
        axes.grid(False)
        drawing.colorbar(shown, ax=axes, label=r"$j_z/\bar j_z$", shrink=0.8)
    return drawing
