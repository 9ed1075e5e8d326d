"""Figures of a sweep: maps over two axes, lines over one, points where they lie on no grid."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, ListedColormap, LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from solion.explore.sweeps.figure_data import ShownAxis, ShownMetric, cut_short, failed, plan_data, shown_axes, shown_metrics
from solion.views.style import FAINT, INK, MUTED, blank, cycle_colours, prefixed, styled

PALETTE = ("#334e68", "#e69f00", "#008a6b", "#b2182b", "#56b4e9", "#7b3294", "#a3acb9", "#c2570c", "#1f2933", "#8fbc5a")
MOST_PANELS = 6
MOST_LINES = 8
STYLES = ("-", "--", ":", "-.")
BAD_MARK: dict[str, Any] = {"marker": "x", "color": "#b2182b", "ls": "none", "ms": 6, "mew": 1.6, "zorder": 5}
SHORT_MARK: dict[str, Any] = {"marker": "o", "mfc": "white", "mec": INK, "ls": "none", "ms": 3.5, "mew": 0.8, "zorder": 6}


def sweep_figures(dataset: xr.Dataset) -> dict[str, tuple[Figure, str]]:
    """Every figure of a sweep by its name, with its caption."""
    axes, metrics = shown_axes(dataset), shown_metrics(dataset)
    found: dict[str, tuple[Figure, str]] = {}
    if not axes:
        return found
    for metric in metrics:
        if plan_data(dataset)["design"] == "grid":
            found[metric.name] = _gridded(dataset, axes, metric)
        else:
            caption = "Each point is a run." + _never(metric) + _short(dataset, metric)
            found[metric.name] = (_sampled(dataset, axes, metric), caption)
    if plan_data(dataset)["design"] != "grid" and len(axes) > 2 and metrics:
        metric = next((entry for entry in metrics if not entry.words), metrics[0])
        found["parallel"] = (_parallel(dataset, axes, metric), "Each line is a run, coloured by its metric; grey: none.")
    return found


def _never(metric: ShownMetric) -> str:
    return " Hatched or grey: the run has no such number." if np.isnan(metric.values).any() else ""


def _short(dataset: xr.Dataset, metric: ShownMetric) -> str:
    known = cut_short(dataset).any() and metric.name != "status"
    return " White dots: the run ended before its protocol, and counts up to there." if known else ""


def _gridded(dataset: xr.Dataset, axes: list[ShownAxis], metric: ShownMetric) -> tuple[Figure, str]:
    """A figure of at most three axes; further ones stand at the middle of their values, and the caption says so."""
    order = sorted(axes, key=lambda axis: (axis.words, -len(axis.values)))  # numbers first, then the finest
    held = {axis.name: len(axis.values) // 2 for axis in order[3:]}
    named = [str(name) for name in dataset["status"].dims]
    cube = xr.DataArray(metric.values, dims=named).isel(held)
    bad, short = (xr.DataArray(mask, dims=named).isel(held) for mask in (failed(dataset), cut_short(dataset)))
    kept = [axis.name for axis in order[:3]]
    squeezed = {name: 0 for name in cube.dims if name not in kept}
    cube, bad, short = (entry.isel(squeezed).transpose(*kept).values for entry in (cube, bad, short))
    caption = "" if len(order) == 1 or (len(order) == 2 and order[1].words) else _never(metric)
    caption += _short(dataset, metric)
    if held:
        fixed = ", ".join(axis.text(axis.values[held[axis.name]]) for axis in order[3:])
        caption += f" At {fixed}."
    if len(order) == 1 or (len(order) == 2 and order[1].words):
        if len(order) == 2 and len(order[1].values) > MOST_LINES:
            caption += f" The first {MOST_LINES} of {len(order[1].values)} values are drawn."
        drawn = "Each point is a run" if order[0].random else "Lines join neighbouring runs"
        return _lines(order, metric, cube, bad, short), f"{drawn}; ticks at the foot: no such number.{caption}"
    return _maps(order[:3], metric, cube, bad, short), f"Each cell is a run.{caption}"


@styled
def _lines(order: list[ShownAxis], metric: ShownMetric, cube: np.ndarray, bad: np.ndarray, short: np.ndarray) -> Figure:
    canvas = blank(8.0, 3.8)
    axes, axis = canvas.subplots(), order[0]
    rows = cube.reshape(len(axis.values), -1).T
    colours = PALETTE if len(order) > 1 else (PALETTE[0],)
    for k, row in enumerate(rows[:MOST_LINES]):
        name = order[1].text(order[1].values[k]) if len(order) > 1 else None
        colour = colours[k % len(colours)]
        style = "none" if axis.words or axis.random else "-"
        axes.plot(axis.positions, row, marker="o", ms=4.5, mec="white", mew=0.6, color=colour, label=name, ls=style)
        ended = short.reshape(len(axis.values), -1).T[k]
        axes.plot(axis.positions[ended], row[ended], **SHORT_MARK)
        never = np.isnan(row) & ~bad.reshape(len(axis.values), -1).T[k]
        _at_foot(axes, axis.positions[never], {"marker": "|", "color": colour, "ms": 9, "mew": 1.6, "ls": "none"})
    _at_foot(axes, axis.positions[bad.reshape(len(axis.values), -1).any(axis=1)], BAD_MARK)
    axis.dress(axes, "x")
    _dress_values(axes, metric)
    if len(order) > 1:
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return canvas


def _at_foot(axes: Axes, positions: np.ndarray, style: dict[str, Any]) -> None:
    """Marks along the lower edge, of runs without a number."""
    if not positions.size:  # nothing, whose extent on a logarithmic axis would be infinite
        return
    axes.plot(positions, np.full(positions.shape, 0.02), transform=axes.get_xaxis_transform(), clip_on=False, **style)


def _dress_values(axes: Axes, metric: ShownMetric) -> None:
    axes.set_ylabel(metric.label)
    if metric.words:
        axes.set_yticks(range(len(metric.words)), list(metric.words))
        axes.set_ylim(-0.6, len(metric.words) - 0.4)
    elif metric.log:
        axes.set_yscale("log")


@styled
def _maps(order: list[ShownAxis], metric: ShownMetric, cube: np.ndarray, bad: np.ndarray, short: np.ndarray) -> Figure:
    """Maps over the first two axes, one for each of some values of the third."""
    x, y = order[:2]
    if len(order) == 3:
        chosen = np.unique(np.linspace(0, len(order[2].values) - 1, MOST_PANELS).round().astype(int))
    else:
        cube, bad, short, chosen = cube[..., None], bad[..., None], short[..., None], np.array([0])
    columns = _columns(len(chosen))
    lines = -(-len(chosen) // columns)
    canvas = blank(6.4 if columns == 1 else 3.3 * columns + 0.8, 4.2 if columns == 1 else 3.0 * lines)
    panels = canvas.subplots(lines, columns, squeeze=False, sharex=True, sharey=True)
    norm, colours = _colours(metric)
    for k, axes in enumerate(panels.flat):
        if k >= len(chosen):
            axes.set_axis_off()
            continue
        picture = cube[:, :, chosen[k]].T
        _hatched(axes)
        mesh = axes.pcolormesh(_edges(x), _edges(y), np.ma.masked_invalid(picture), norm=norm, cmap=colours, zorder=1)
        mesh.set_edgecolor("face")
        if metric.name != "status":
            for mask, style in ((bad, BAD_MARK), (short & np.isfinite(cube), SHORT_MARK)):
                places = np.argwhere(mask[:, :, chosen[k]])
                axes.plot(x.positions[places[:, 0]], y.positions[places[:, 1]], **style)
        axes.grid(False)
        x.dress(axes, "x")
        y.dress(axes, "y")
        axes.label_outer()
        if len(order) == 3:
            axes.set_title(order[2].text(order[2].values[chosen[k]]), fontweight="normal", color=INK)
    _colour_bar(canvas, panels.ravel().tolist(), metric, norm, colours)
    return canvas


def _columns(panels: int) -> int:
    return {4: 2}.get(panels, min(panels, 3))


def _hatched(axes: Axes) -> None:
    """A hatched ground, seen where there is no number."""
    axes.add_patch(
        Rectangle((0, 0), 1, 1, transform=axes.transAxes, facecolor="white", edgecolor=FAINT, hatch="////", lw=0, zorder=0)
    )


def _edges(axis: ShownAxis) -> np.ndarray:
    """Edges of the cells around the values of an axis: halfway, on a logarithmic axis in the logarithm."""
    places = np.log(axis.positions) if axis.log else axis.positions
    middle = (places[1:] + places[:-1]) / 2
    edges = np.concatenate(([2 * places[0] - middle[0]], middle, [2 * places[-1] - middle[-1]]))
    return np.exp(edges) if axis.log else edges


def _colours(metric: ShownMetric) -> tuple[Any, Any]:
    """Scale and map of colours of a metric."""
    if metric.words:
        count = len(metric.words)
        return BoundaryNorm(np.arange(count + 1) - 0.5, count), ListedColormap(metric.colours)
    known = metric.values[np.isfinite(metric.values)]
    low, high = (known.min(), known.max()) if known.size else (0.0, 1.0)
    if low == high:
        low, high = low - abs(low) * 0.1 - 1e-12, high + abs(high) * 0.1 + 1e-12
    return (LogNorm if metric.log else Normalize)(low, high), "viridis"


def _colour_bar(canvas: Figure, panels: list[Axes], metric: ShownMetric, norm: Any, colours: Any) -> None:
    bar = canvas.colorbar(ScalarMappable(norm, colours), ax=panels, pad=0.02, aspect=30)
    bar.set_label(metric.label)
    bar.outline.set_visible(False)  # pyright: ignore[reportCallIssue]
    if metric.words:
        bar.set_ticks(range(len(metric.words)), labels=list(metric.words))
        bar.ax.tick_params(length=0, which="both")


def _sampled(dataset: xr.Dataset, axes: list[ShownAxis], metric: ShownMetric) -> Figure:
    plane = len(axes) == 2 and not any(axis.words for axis in axes)
    draw: Callable[..., Figure] = _plane if plane else _panels
    return draw(axes, metric, failed(dataset), cut_short(dataset) & np.isfinite(metric.values))


@styled
def _plane(order: list[ShownAxis], metric: ShownMetric, bad: np.ndarray, short: np.ndarray) -> Figure:
    """Points over two axes, coloured by the metric."""
    canvas = blank(6.4, 4.2)
    axes, (x, y) = canvas.subplots(), order
    norm, colours = _colours(metric)
    without = np.isnan(metric.values) & ~bad
    axes.scatter(x.positions[without], y.positions[without], s=46, facecolor="white", edgecolor=MUTED, hatch="//////", lw=0.8)
    known = np.isfinite(metric.values)
    axes.scatter(
        x.positions[known], y.positions[known], s=46, c=metric.values[known], norm=norm, cmap=colours, edgecolor="white", lw=0.6
    )
    if metric.name != "status":
        axes.plot(x.positions[bad], y.positions[bad], **BAD_MARK)
        axes.plot(x.positions[short], y.positions[short], **SHORT_MARK)
    x.dress(axes, "x")
    y.dress(axes, "y")
    _colour_bar(canvas, [axes], metric, norm, colours)
    return canvas


@styled
def _panels(order: list[ShownAxis], metric: ShownMetric, bad: np.ndarray, short: np.ndarray) -> Figure:
    """The metric against each axis."""
    columns = _columns(len(order))
    lines = -(-len(order) // columns)
    canvas = blank(max(3.1 * columns + 0.6, 5.0), 2.9 * lines)
    for k, axes in enumerate(canvas.subplots(lines, columns, squeeze=False, sharey=True).flat):
        if k >= len(order):
            axes.set_axis_off()
            continue
        axis = order[k]
        axes.plot(axis.positions, metric.values, ls="none", marker="o", ms=4, mec="white", mew=0.4, color=PALETTE[0])
        axes.plot(axis.positions[short], metric.values[short], **SHORT_MARK)
        without = np.isnan(metric.values) & ~bad
        _at_foot(axes, axis.positions[without], {"marker": "|", "color": MUTED, "ms": 9, "mew": 1.4, "ls": "none"})
        _at_foot(axes, axis.positions[bad], BAD_MARK)
        axis.dress(axes, "x")
        if k % columns == 0:
            _dress_values(axes, metric)
    return canvas


@styled
def _parallel(dataset: xr.Dataset, order: list[ShownAxis], metric: ShownMetric) -> Figure:
    """A line for each run across all axes, each axis from its lowest to its highest value."""
    canvas = blank(max(2.0 * len(order) + 1.5, 6.0), 3.8)
    axes = canvas.subplots()
    norm, colours = _colours(metric)
    paint = ScalarMappable(norm, colours)
    heights = []
    for axis in order:
        places = np.log(axis.positions) if axis.log else axis.positions
        heights.append((places - places.min()) / np.ptp(places))
    for k in np.argsort(np.isfinite(metric.values), kind="stable"):
        value = metric.values[k]
        colour = FAINT if np.isnan(value) else paint.to_rgba(value)  # pyright: ignore[reportArgumentType]
        axes.plot(range(len(order)), [height[k] for height in heights], color=colour, lw=1.3, alpha=0.85)
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    for place, axis in enumerate(order):
        axes.plot([place, place], [0, 1], color=MUTED, lw=0.9)
        ends = [axis.values[int(np.argmin(axis.positions))], axis.values[int(np.argmax(axis.positions))]]
        for end, height, side in zip(ends, (-0.03, 1.03), ("top", "bottom"), strict=True):
            text = str(end).replace("_", " ") if axis.words else f"{end:.3g}"
            axes.text(place, height, text, ha="center", va=side, fontsize=8, color=MUTED)
    axes.set_xticks(range(len(order)), [axis.label for axis in order])
    axes.tick_params(axis="x", pad=16, length=0)
    axes.set_yticks([])
    axes.set_ylim(-0.08, 1.14)
    _colour_bar(canvas, [axes], metric, norm, colours)
    return canvas


@styled
def curves_figure(dataset: xr.Dataset) -> Figure | None:
    """Current against voltage, and both against time, of all runs that kept their curves; of gated channels their
    conductance instead of the loop. Colours follow the first axis of numbers, dashes the second."""
    if "curve_voltage" not in dataset:
        return None
    named = {"time": ("s", "time"), "voltage": ("V", "voltage"), "current": ("A", "current")}
    pairs = (("voltage", "current"), ("time", "voltage"), ("time", "current"))
    if "curve_conductance" in dataset:
        named["conductance"] = ("S", "conductance")
        pairs = (*pairs[1:], ("time", "conductance"))
    rows, labels = {}, {}
    for name, (unit, word) in named.items():
        values = dataset[f"curve_{name}"].values
        factor, unit = prefixed(values, unit)
        rows[name], labels[name] = values.reshape(-1, values.shape[-1]) * factor, f"{word} ({unit})"
    shades, bar = _shades(dataset, len(rows["time"]))
    dashes, names = _dashes(dataset, len(rows["time"]))
    canvas = blank(11.0, 3.4)
    panels = canvas.subplots(1, 3)
    for axes, (x, y) in zip(panels, pairs, strict=True):
        for k in np.flatnonzero(np.isfinite(rows["time"]).any(axis=1)):
            axes.plot(rows[x][k], rows[y][k], color=shades[k], ls=dashes[k], lw=0.9, alpha=0.85)
        axes.set_xlabel(labels[x])
        axes.set_ylabel(labels[y])
    if bar is not None:
        drawn, label = bar
        canvas.colorbar(drawn, ax=panels.tolist(), pad=0.02, aspect=30).set_label(label)
    if names:
        panels[-1].legend(
            handles=[Line2D([], [], color=INK, lw=1, ls=style, label=text) for style, text in names.items()], fontsize=7.5
        )
    return canvas


def _dashes(dataset: xr.Dataset, count: int) -> tuple[list[str], dict[str, str]]:
    """Style of the line of each run by its value on the second axis, and what each style means; solid where there is no
    second axis or it has more values than styles."""
    axes = shown_axes(dataset)
    first = next((axis for axis in axes if not axis.words), None)
    second = next((axis for axis in axes if axis is not first), None)
    if second is None or first is None or plan_data(dataset)["design"] != "grid" or len(second.values) > len(STYLES):
        return ["-"] * count, {}
    place = xr.DataArray(np.arange(len(second.values)), dims=dataset[second.name].dims)
    places = xr.broadcast(place, dataset["status"])[0].transpose(*dataset["status"].dims).values.ravel()
    named = {style: second.text(value) for style, value in zip(STYLES, second.values, strict=False)}
    return [STYLES[k] for k in places], named


def _shades(dataset: xr.Dataset, count: int) -> tuple[list, tuple[ScalarMappable, str] | None]:
    """Colour of each run by its value on the first axis of numbers, with what a colour bar needs; else by its number."""
    axis = next((axis for axis in shown_axes(dataset) if not axis.words), None)
    if axis is None:
        return cycle_colours(count), None
    spread = xr.broadcast(dataset[axis.name], dataset["status"])[0].transpose(*dataset["status"].dims).values.ravel()
    drawn = ScalarMappable((LogNorm if axis.log else Normalize)(spread.min(), spread.max()), "viridis")
    return [drawn.to_rgba(value) for value in spread], (drawn, axis.label)
