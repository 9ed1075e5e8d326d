"""Complexion diagrams: thickness of an interfacial film along a line of states, or as a map with its first-order lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from solion.analysis.data import Data, plain
from solion.analysis.metric import Metric, pure
from solion.views.style import CURRENT, FAINT, FALLING, INK, MUTED, RISING, blank, styled
from solion.views.view import AbstractView

PLANE = ("temperature", "control")
NANO = 1e9


class FilmDiagramView(AbstractView):
    """Thickness over temperature and control; the first field of a length is it, a second its bound, the first pure one x."""

    name = "film_diagram"
    title = "Complexions"
    rank = 10.0
    caption = (
        "Thickness of the film in equilibrium; where it is infinite (it wets) the line breaks and the map is blank, as where "
        "there is none. Orange: first-order jumps; on maps lines where they were followed, with a star at a critical point. "
        "Dotted: where a metastable film is lost. Dashed, and the last map: the bound of the thickness (lambda diagram)."
    )

    def applies(self, data: Data) -> bool:
        return bool(data.having(role="field", kind="length", dimensions=PLANE))

    @styled
    def draw(self, data: Data) -> Figure:
        thickness = data.having(role="field", kind="length", dimensions=PLANE)[0]
        return _map(data, thickness) if min(thickness.shape) > 1 else _path(data, thickness)

    def metrics(self, data: Data) -> Iterator[Metric]:
        thickness = plain(data.having(role="field", kind="length", dimensions=PLANE)[0])
        finite = thickness[np.isfinite(thickness)]
        yield data.metric("thickest_film", finite.max(initial=0.0), "length", "largest finite thickness", headline=True)
        yield pure("wetting_share", float(np.isinf(thickness).mean()), "share of states with an infinite film", headline=True)
        jumps = data.having(role="event", kind="length", dimensions=("jump",))
        yield pure("jumps", float(len(jumps[0])) if jumps else 0.0, "first-order jumps met along the paths", headline=True)
        for value in plain(_events(data, "critical", "temperature")[0])[:1]:
            yield data.metric("critical_temperature", float(value), "temperature", "first critical point of a first-order line")


def _events(data: Data, dimension: str, *kinds: str):
    """Variables of these kinds over a dimension of events, the first of each; empty ones where a result has none."""
    found = [data.having(role="event", kind=kind, dimensions=(dimension,)) for kind in kinds]
    return [each[0] if each else np.zeros(0) for each in found]


def _axis(axes, coordinate) -> None:
    """Label the control, by ratios where it is positive over more than a decade."""
    unit = coordinate.attrs["units"]
    axes.set_xlabel(f"{coordinate.attrs['long_name']}{'' if unit == '1' else f' ({unit})'}")
    values = plain(coordinate)
    if values.min() > 0 and values.max() > 10 * values.min():
        axes.set_xscale("log")


def _path(data: Data, thickness) -> Figure:
    canvas = blank(7.0, 4.4)
    axes = canvas.subplots()
    along = 1 if thickness.shape[1] > 1 else 0
    place = thickness[PLANE[along]]
    _axis(axes, place)
    values = np.where(np.isfinite(plain(thickness)), plain(thickness), np.nan).ravel() * NANO
    top = np.nanmax(values) if np.nanmax(values, initial=0) > 0 else 1.0
    wets = np.isinf(plain(thickness).ravel())
    if wets.any():
        axes.fill_between(place, 0, 4 * top, where=wets, color=FAINT, lw=0, label="wets: infinite", step="mid")
    axes.plot(place, values, color=INK, label="film in equilibrium")
    drawn_as: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("rising", "on the way up", {"color": RISING, "lw": 1.0}),
        ("falling", "on the way down", {"color": FALLING, "lw": 1.0}),
        ("bound", "bound of the thickness", {"color": MUTED, "ls": "--"}),
    )
    for where, label, style in drawn_as:
        for line in data.having(role="field", kind="length", place=where, dimensions=PLANE):
            drawn = np.where(np.isfinite(plain(line)), plain(line), np.nan).ravel()
            axes.plot(place, drawn * NANO, label=label, **style)
    for k, at in enumerate(plain(_events(data, "jump", ("temperature", "")[along])[0])):
        axes.axvline(at, color=CURRENT, lw=0.7, label="" if k else "jump")
    for k, at in enumerate(plain(_events(data, "spinodal", ("temperature", "")[along])[0])):
        axes.axvline(at, color=MUTED, lw=0.7, ls=":", label="" if k else "a metastable film is lost")
    if top > 3:
        axes.set_yscale("symlog", linthresh=1.0)
    axes.set_ylim(0, 2 * top if top > 3 else 1.3 * top)
    axes.set_ylabel("thickness (nm)")
    axes.legend()
    return canvas


def _map(data: Data, thickness) -> Figure:
    control, temperature = thickness["control"], thickness["temperature"]
    values, share = plain(thickness), plain(data.having(role="field", kind="", dimensions=PLANE)[0])
    held = np.isfinite(values) & (values > 0)
    mixed = int(held.any() and np.ptp(share[held]) > 1e-6)
    bounds = data.having(role="field", kind="length", place="bound", dimensions=PLANE)
    panels, rows = 1 + mixed + len(bounds), (2 + mixed + len(bounds)) // 2
    canvas = blank(9.2 if panels > 1 else 6.4, 3.9 * rows)
    places = [canvas.add_subplot(rows, min(panels, 2), 1 + k) for k in range(panels)]
    shown = [(values, "thickness (nm)", NANO)] + [(share, "share of solute in the film", 1.0)] * mixed
    shown += [(plain(bound), "bound of the thickness (nm)", NANO) for bound in bounds]
    for axes, (field, label, unit) in zip(places, shown, strict=True):
        drawn = np.where(np.isfinite(field) & held, field * unit, np.nan)
        lengths = unit == NANO and np.nanmax(drawn, initial=0) > 10 * np.nanmin(drawn, initial=np.inf) > 0
        norm = LogNorm(*np.nanpercentile(drawn, (0, 100))) if lengths else None
        mesh = axes.pcolormesh(control, temperature, drawn, norm=norm, cmap="viridis", rasterized=True)
        canvas.colorbar(mesh, ax=axes)
        axes.set_title(label)
        axes.set_ylabel("temperature (K)")
        _axis(axes, control)
        _lines(data, axes)
    return canvas


def _lines(data: Data, axes) -> None:
    """First-order lines where they were followed, else the jumps; critical points and spinodals."""
    lines = data.having(role="event", dimensions=("place",))
    if lines and len(lines[0]):
        kelvin, control, number = (plain(each) for each in lines[:3])
        for line in np.unique(number):
            axes.plot(control[number == line], kelvin[number == line], color=CURRENT, lw=1.2)
    else:
        axes.plot(*map(plain, _events(data, "jump", "", "temperature")), ls="none", marker=".", ms=3, color=CURRENT)
    axes.plot(*map(plain, _events(data, "spinodal", "", "temperature")), ls="none", marker=".", ms=1.5, color=MUTED)
    axes.plot(*map(plain, _events(data, "critical", "", "temperature")), ls="none", marker="*", ms=11, color=CURRENT, mec="w")
