"""Current through the faces of a polycrystal and its hot spots: the largest mean over a window, over the mean of the plane."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solion.analysis.data import Data
from solion.analysis.metric import Metric, pure
from solion.views.page import Markup, badge, number, quantity, table
from solion.views.style import BOTTOM, MUTED, TOP, blank, prefixed, styled
from solion.views.view import AbstractView

FACES = {"bottom": BOTTOM, "top": TOP}
USUAL = (100e-9, 1e-6)  # m, windows that are shown first
CONVERGED = 0.05  # of the factor, between two estimates


class FacesView(AbstractView):
    """Current density normal to each plane over its mean, and the windows of the hot-spot factors at their maxima."""

    name = "faces"
    title = "Hot spots"
    rank = 13.0
    caption = "Current density normal to each plane over its mean, and the windows of the hot-spot factors at their maxima."

    def applies(self, data: Data) -> bool:
        return bool(data.having(dimensions=("plane", "window")))

    @styled
    def draw(self, data: Data) -> Figure:
        planes = [str(name) for name in data.dataset["plane"].values]
        shades = [matplotlib.colormaps["plasma"](k) for k in np.linspace(0.15, 0.8, data.dataset.sizes["window"])]
        if data.dataset[f"{planes[0]}_position"].ndim > 1:
            return _maps(data, planes, shades)
        drawing = blank(7.2, 2.3 * len(planes))
        for axes, plane in zip(np.atleast_1d(drawing.subplots(len(planes), 1, sharex=True)), planes, strict=True):
            _line(axes, data, plane, shades)
        axes.set_xlabel("x (µm)")
        return drawing

    def metrics(self, data: Data) -> Iterator[Metric]:
        found = data.dataset["hot_spot"]
        layered = [face for face in FACES if ceramic(data, face).endswith("ceramic")]
        finite = [float(w) for w in found["window"].values if np.isfinite(found.sel(window=w)).any()]
        usual = [w for w in finite if any(np.isclose(w, u) for u in USUAL)] or finite[:2]
        for window in finite:
            at = {face: float(found.sel(window=window, plane=ceramic(data, face))) for face in FACES}
            if not np.isfinite(list(at.values())).any():
                continue
            name, first = window_name(window), window in usual
            words = f"H({name.replace('_', ' ')}), the largest mean of j_z over that window over the mean"
            meaning = f"{words}, the larger of both faces of the ceramic"
            yield pure(f"hot_spot_{name}", max(at.values()), meaning, headline=first)
            for face in FACES:
                yield pure(f"hot_spot_{face}_{name}", at[face], f"{words}, at the {face} face of the ceramic")
            if layered:
                outer = max(float(found.sel(window=window, plane=f"{face}_electrode")) for face in layered)
                meaning = f"{words}, at the electrode beyond a layer"
                yield pure(f"outer_hot_spot_{name}", outer, meaning, headline=window == usual[0])
        change = data.dataset["hot_spot_change"].sel(window=100e-9, method="nearest").values
        if np.isfinite(change).any():
            words = "largest relative difference of H(w), at the window nearest to 100 nm, to that of a less accurate flux"
            yield pure("hot_spot_change", float(np.nanmax(change)), words)

    def table(self, data: Data) -> Markup:
        """H(w) with window, place, mesh and whether it has converged."""
        rows = []
        for plane in map(str, data.dataset["plane"].values):
            spacing = float(data.dataset[f"{plane}_current_density"].attrs["spacing"])
            for window in data.dataset["window"].values:
                at = data.dataset.sel(plane=plane, window=window)
                value, change = float(at["hot_spot"]), float(at["hot_spot_change"])
                rows.append(
                    (
                        plane.replace("_", " "),
                        quantity(float(window), "m"),
                        number(value, 3),
                        quantity(float(at["hot_spot_position"]), "m") if value == value else "",
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


def ceramic(data: Data, face: str) -> str:
    """The plane at a face of the ceramic: below a layer where there is one, else the electrode."""
    planes = [str(name) for name in data.dataset["plane"].values]
    return f"{face}_ceramic" if f"{face}_ceramic" in planes else f"{face}_electrode"


def window_name(window: float) -> str:
    """A window of a hot-spot factor as part of a name: 100_nm, 1_um."""
    return f"{window * 1e6:g}_um" if window >= 0.9999e-6 else f"{window * 1e9:g}_nm"


def _verdict(value: float, change: float) -> Markup:
    if value != value:
        return badge("mesh too coarse", "plain")
    if change != change:
        return badge("not checked", "plain")
    return badge("converged", "good") if change <= CONVERGED else badge("not converged", "warn")


def _windows(data: Data, plane: str, shades: list) -> Iterator[tuple[float, float, float, object, str]]:
    """Window, factor, place, colour and label of each factor that is known."""
    found = data.dataset.sel(plane=plane)
    rows = zip(found["window"].values, found["hot_spot"].values, found["hot_spot_position"].values, shades, strict=True)
    for window, value, place, shade in rows:
        if np.isfinite(value):
            factor, unit = prefixed(window, "m")
            yield window, value, place, shade, f"H({window * factor:g} {unit}) = {value:.3g}"


def _relative(data: Data, plane: str) -> np.ndarray:
    density, size = data.dataset[f"{plane}_current_density"].values, data.dataset[f"{plane}_size"].values
    return density / (density @ size / size.sum())


def _line(axes: Axes, data: Data, plane: str, shades: list) -> None:
    relative, position = _relative(data, plane), data.dataset[f"{plane}_position"].values
    axes.plot(position * 1e6, relative, color=FACES[plane.split("_")[0]], linewidth=0.9)
    axes.axhline(1, color=MUTED, linewidth=0.8, linestyle=":")
    highest = [np.percentile(relative, 99.5)]
    for window, value, place, shade, label in _windows(data, plane, shades):
        ends = (np.array([-0.5, 0.5]) * window + place) * 1e6
        axes.plot(ends, [value, value], color=shade, linewidth=2.5, marker="|", markersize=7, label=label)
        highest.append(value)
    top = max(highest)
    axes.set_ylim(0 if relative.min() < 0.9 else None, 1.1 * top if top > 1.5 else None)
    axes.set_ylabel(r"$j_z/\bar j_z$")
    axes.set_title(plane.replace("_", " "))
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


def _maps(data: Data, planes: list[str], shades: list) -> Figure:
    """Planes of a model in space as pictures; the factors stand in the titles."""
    drawing = blank(4.6 * len(planes), 4.4)
    for axes, plane in zip(np.atleast_1d(drawing.subplots(1, len(planes))), planes, strict=True):
        relative, place = _relative(data, plane), data.dataset[f"{plane}_position"].values * 1e6
        shape = data.dataset[f"{plane}_current_density"].attrs.get("shape")
        style = {"cmap": "viridis", "vmax": np.percentile(relative, 99.8)}
        if shape is None:  # pieces of any form
            shown = axes.tripcolor(*place.T, relative, shading="flat", **style)
        else:
            x, y = (part.reshape(shape) for part in place.T)
            shown = axes.pcolormesh(x, y, relative.reshape(shape), shading="nearest", rasterized=True, **style)
        factors = [label for *_, label in _windows(data, plane, shades)]
        axes.set(aspect="equal", xlabel="x (µm)", ylabel="y (µm)")
        axes.set_title("\n".join([plane.replace("_", " "), *factors]), fontsize=8.5)
        axes.grid(False)
        drawing.colorbar(shown, ax=axes, label=r"$j_z/\bar j_z$", shrink=0.8)
    return drawing
