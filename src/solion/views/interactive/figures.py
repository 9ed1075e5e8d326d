"""A Matplotlib figure as a Bokeh model: panels with axes, legends and colour bars, and the instant that all follow."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import numpy as np
from bokeh.layouts import GridBox
from bokeh.models import (
    ColumnDataSource,
    CustomJS,
    CustomJSTickFormatter,
    HoverTool,
    Legend,
    LegendItem,
    LinearAxis,
    LogAxis,
    LogScale,
    Range1d,
    Slider,
    Span,
    Title,
)
from bokeh.plotting import figure as BokehFigure
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure

from solion.views.interactive.artists import (
    NotDrawnError,
    add_collection,
    add_colour_bar,
    add_line,
    add_map,
    add_patch,
    add_text,
    single,
    words_of,
)
from solion.views.interactive.words import plain_text
from solion.views.moments import moving_on, time_of
from solion.views.style import FAINT, INK, MUTED, time_unit

SMALL = 140  # pixels; a lower panel has smaller labels
DOTS = 92  # an inch of paper on the screen
MOST_INSTANTS = 300  # of a slider; a run with more samples shows some of them
MARK = "#111827"
BESIDE = {"LinearAxis": 62, "LogAxis": 62, "ColorBar": 88, "Legend": 150}  # pixels that these take beside a frame


@dataclasses.dataclass
class Cursor:
    """The instant that figures follow: what moves, and the slider that moves it.

    ``seconds`` are the instants (s) that can be chosen.
    """

    seconds: np.ndarray
    parts: list[tuple[Any, dict[str, np.ndarray]]] = dataclasses.field(default_factory=list)

    @classmethod
    def of(cls, seconds: np.ndarray) -> Cursor:
        """One over the samples of a run."""
        chosen = np.unique(np.linspace(0, max(seconds.size - 1, 0), min(seconds.size, MOST_INSTANTS)).astype(int))
        return cls(np.asarray(seconds, float)[chosen])

    def rows(self, seconds: np.ndarray) -> np.ndarray:
        """For each instant that can be chosen the sample that holds then."""
        return np.clip(np.searchsorted(seconds, self.seconds, side="right") - 1, 0, seconds.size - 1)

    def follow(self, canvas: BokehFigure, axes: Axes) -> None:
        """Make what stands on these axes follow."""
        if self.seconds.size < 2:
            return
        if (time := time_of(axes)) is not None:
            places = self.seconds * time[0]
            if axes.get_xscale() == "log":  # which has no place for zero
                places = np.maximum(places, min(axes.get_xlim()))
            line = Span(location=float(places[-1]), dimension="height", line_color=MARK, line_width=1.2)
            canvas.add_layout(line)
            self.parts.append((line, {"location": places}))
        for moving in moving_on(axes):
            rows = self.rows(moving.seconds)
            count = moving.seconds.size
            x, y = (np.broadcast_to(np.reshape(part, (count, -1)) if len(part) == count else part, (count, *_width(moving)))
                    for part in (moving.x, moving.y))  # fmt: skip
            source = ColumnDataSource({"x": single(x[rows[-1]]), "y": single(y[rows[-1]])})
            if x.shape[1] == 1:
                canvas.scatter("x", "y", source=source, size=10, fill_color=MARK, line_color="white", line_width=1.5)
            else:
                canvas.line("x", "y", source=source, line_color=MARK, line_width=2)
            self.parts.append(
                (source, {name: single(part[rows]) for name, part in (("x", x), ("y", y)) if np.ptp(part, axis=0).any()})
            )

    def slider(self) -> Slider | None:
        """The slider; None where nothing moves."""
        if not self.parts:
            return None
        factor, unit = time_unit(self.seconds)
        tables = [
            (model, ColumnDataSource({name: list(rows) if rows.ndim > 1 else rows for name, rows in columns.items()}))
            for model, columns in self.parts
        ]
        words = CustomJSTickFormatter(
            args={"times": list(self.seconds * factor), "unit": unit},
            code="return Number(times[Math.round(tick)].toPrecision(4)) + ' ' + unit",
        )
        last = self.seconds.size - 1
        slider = Slider(start=0, end=last, step=1, value=last, title="time", format=words, sizing_mode="stretch_width")
        arguments = {"models": [model for model, _ in tables], "tables": [table for _, table in tables]}
        slider.js_on_change("value", CustomJS(args=arguments, code=_FOLLOW))
        return slider


_FOLLOW = """
const k = cb_obj.value
for (let m = 0; m < models.length; m++) {
  const table = tables[m].data
  if ("location" in table) { models[m].location = table.location[k]; continue }
  const data = {...models[m].data}
  for (const name in table) {
    const row = table[name][k]
    data[name] = row.length === undefined ? [row] : Array.from(row)
  }
  models[m].data = data
}
"""


def _width(moving: Any) -> tuple[int]:
    count = moving.seconds.size
    return (max(part.size // count if len(part) == count else part.size for part in (moving.x, moving.y)),)


def interactive(drawing: Figure, cursor: Cursor | None = None) -> GridBox:
    """The panels of a figure in their grid. Raises NotDrawnError where something in it can only be drawn by Matplotlib."""
    bars = {bar.ax: bar for axes in drawing.axes if (bar := getattr(axes, "_colorbar", None)) is not None}
    panels = [axes for axes in drawing.axes if axes not in bars and axes.get_visible()]
    if not panels:
        raise NotDrawnError("no axes")
    width, height = (inches * DOTS for inches in drawing.get_size_inches())
    made: dict[Axes, BokehFigure] = {}
    mappers: dict[Any, tuple[BokehFigure, Any]] = {}
    children = []
    for axes in panels:
        if axes.name != "rectilinear":
            raise NotDrawnError(f"{axes.name} axes")
        row, column, rows, columns, share = _place(drawing, axes)
        canvas = _panel(axes, made, round(width * share[0]), round(height * share[1]))
        made[axes] = canvas
        _contents(canvas, axes, mappers)
        if cursor is not None:
            cursor.follow(canvas, axes)
        children.append((canvas, row, column, rows, columns))
    for bar in bars.values():
        if bar.mappable in mappers:
            add_colour_bar(*_swapped(mappers[bar.mappable], bar))
    _align(made.values())
    return GridBox(children=children, sizing_mode="stretch_width")


def _align(panels: Iterable[BokehFigure]) -> None:
    """Room for labels beside all panels alike, so that their frames stand below one another."""
    panels = list(panels)
    right = max((sum(BESIDE.get(type(part).__name__, 0) for part in canvas.right) for canvas in panels), default=0)
    for canvas in panels:
        canvas.min_border_left = 78
        canvas.min_border_right = max(right, 12)


def _swapped(found: tuple[BokehFigure, Any], bar: Any) -> tuple[BokehFigure, Any, Any]:
    return found[0], bar, found[1]


def _place(drawing: Figure, axes: Axes) -> tuple[int, int, int, int, tuple[float, float]]:
    """Row, column, their numbers, and the share of width and height, in a grid as fine as the figure's parts need."""
    spec = axes.get_subplotspec()
    if spec is None:
        raise NotDrawnError("axes outside a grid")
    grid = spec.get_topmost_subplotspec().get_gridspec()
    if spec.get_gridspec() is not grid:
        raise NotDrawnError("grids inside grids")
    widths, heights = (
        np.asarray(ratios if ratios is not None else np.ones(count), float)
        for ratios, count in ((grid.get_width_ratios(), grid.ncols), (grid.get_height_ratios(), grid.nrows))
    )
    rows, columns = spec.rowspan, spec.colspan
    share = (
        float(widths[columns.start : columns.stop].sum() / widths.sum()),
        float(heights[rows.start : rows.stop].sum() / heights.sum()),
    )
    part = axes.get_figure(root=False)
    if part is not drawing and part is not None:  # subfigures stand side by side
        others = list(drawing.subfigs)
        shift, whole = others.index(part), [figure.bbox.width for figure in others]  # pyright: ignore[reportArgumentType]
        return rows.start, columns.start + shift, len(rows), len(columns), (share[0] * whole[shift] / sum(whole), share[1])
    return rows.start, columns.start, len(rows), len(columns), share


def _panel(axes: Axes, made: dict[Axes, BokehFigure], width: int, height: int) -> BokehFigure:
    """An empty figure with the limits, scales and labels of the axes; shared limits stay shared."""
    ranges: dict[str, Any] = {}
    for direction, limits, shared in (
        ("x_range", axes.get_xlim(), axes.get_shared_x_axes()),
        ("y_range", axes.get_ylim(), axes.get_shared_y_axes()),
    ):
        partner = next((canvas for other, canvas in made.items() if shared.joined(axes, other)), None)
        ranges[direction] = getattr(partner, direction) if partner is not None else Range1d(*map(float, limits))
    canvas = BokehFigure(
        width=max(width, 260),
        height=max(height, 110),
        sizing_mode="stretch_width",
        x_axis_type="log" if axes.get_xscale() == "log" else "linear",
        y_axis_type="log" if axes.get_yscale() == "log" else "linear",
        tools="pan,box_zoom,wheel_zoom,reset,save",
        active_scroll=None,
        active_drag="box_zoom",
        output_backend="canvas",
        **ranges,
    )
    canvas.toolbar.autohide = True
    canvas.toolbar.logo = None
    canvas.xaxis.axis_label = plain_text(axes.get_xlabel())
    canvas.yaxis.axis_label = plain_text(axes.get_ylabel().replace("\n", " "))
    for title in (axes.get_title(loc="left"), axes.get_title(loc="center")):
        if title:
            canvas.add_layout(Title(text=plain_text(title), text_color=INK, text_font_size="10pt"), "above")
    canvas.axis.axis_label_text_font_style = "normal"
    canvas.axis.axis_label_text_color = INK
    canvas.axis.major_label_text_color = INK
    canvas.axis.axis_line_color = MUTED
    canvas.axis.minor_tick_line_color = None
    canvas.grid.grid_line_color = FAINT
    canvas.grid.grid_line_alpha = 0.6 if any(line.get_visible() for line in axes.get_xgridlines()[:1]) else 0.0
    if not axes.axison:
        canvas.axis.visible = False
    if not any(label.get_visible() for label in axes.get_xticklabels()[:1]):
        canvas.xaxis.major_label_text_font_size = "0pt"
    if axes.get_aspect() not in ("auto",):
        canvas.match_aspect = True
    if height < SMALL:
        canvas.yaxis.axis_label_text_font_size = "8pt"
        canvas.yaxis[0].ticker.desired_num_ticks = 3
    _scaled(canvas, axes)
    return canvas


def _scaled(canvas: BokehFigure, axes: Axes) -> None:
    """The second axes in the scales of the model, which follow the first ones."""
    for second in axes.child_axes:
        functions = getattr(second, "_functions", None)
        if functions is None:
            continue
        factor = float(functions[0](1.0) - functions[0](0.0))
        flat = getattr(second, "_orientation", "x") == "x"
        first, name = (canvas.x_range, "scaled_x") if flat else (canvas.y_range, "scaled_y")
        ends = Range1d(first.start * factor, first.end * factor)  # pyright: ignore
        follow = CustomJS(
            args={"first": first, "second": ends, "factor": factor},
            code="second.setv({start: first.start * factor, end: first.end * factor})",
        )
        for edge in ("start", "end"):
            first.js_on_change(edge, follow)
        label = plain_text(second.get_xlabel() if flat else second.get_ylabel())
        getattr(canvas, "extra_x_ranges" if flat else "extra_y_ranges")[name] = ends
        logarithmic = (axes.get_xscale() if flat else axes.get_yscale()) == "log"
        if logarithmic:
            getattr(canvas, "extra_x_scales" if flat else "extra_y_scales")[name] = LogScale()
        kind = LogAxis if logarithmic else LinearAxis
        look = {"axis_label_text_color": MUTED, "axis_label_text_font_style": "normal", "axis_line_color": MUTED}
        axis = kind(**{"x_range_name" if flat else "y_range_name": name}, axis_label=label, **look, minor_tick_line_color=None)
        canvas.add_layout(axis, "above" if flat else "right")


def _contents(canvas: BokehFigure, axes: Axes, mappers: dict[Any, tuple[BokehFigure, Any]]) -> None:
    """All artists of the axes, from the back to the front, with the legend and what hovering tells."""
    named: list[tuple[str, list[Any]]] = []
    x_label, y_label = str(canvas.xaxis[0].axis_label or "x"), str(canvas.yaxis[0].axis_label or "y")
    for image in (*axes.images, *(found for found in axes.collections if isinstance(found, QuadMesh))):
        drawn, mapper = add_map(canvas, axes, image)
        mappers[image] = (canvas, mapper)
        rows = [(x_label, "$x{0.0000a}"), (y_label, "$y{0.0000a}"), ("value", "@image{0.0000a}")]
        canvas.add_tools(HoverTool(renderers=[drawn], tooltips=rows))
        canvas.grid.grid_line_alpha = 0.0
    rest = [*axes.patches, *(found for found in axes.collections if not isinstance(found, QuadMesh)), *axes.lines]
    for artist in sorted(rest, key=lambda artist: artist.get_zorder()):
        if artist in axes.patches:
            drawn = add_patch(canvas, axes, artist)
        elif artist in axes.lines:
            drawn = add_line(canvas, axes, artist)
            hover = _hover(drawn, words_of(artist), x_label, y_label)
            if hover is not None:
                canvas.add_tools(hover)
        else:
            drawn = add_collection(canvas, axes, artist)
        if drawn and (words := words_of(artist)):
            named.append((words, drawn))
    for text in axes.texts:
        add_text(canvas, axes, text)
    _legend(canvas, axes, named)


def _hover(drawn: Iterable[Any], words: str, x_label: str, y_label: str) -> HoverTool | None:
    first = next(iter(drawn), None)
    if first is None:
        return None
    tips = ([("", words)] if words else []) + [(x_label, "@x{%0.5g}"), (y_label, "@y{%0.5g}")]
    return HoverTool(renderers=[first], tooltips=tips, formatters={"@x": "printf", "@y": "printf"}, mode="mouse")


def _legend(canvas: BokehFigure, axes: Axes, named: list[tuple[str, list[Any]]]) -> None:
    """A legend where the figure has one; a click on an entry hides what it names."""
    legend = axes.get_legend()
    if legend is None or not named:
        return
    items = [LegendItem(label=words, renderers=drawn) for words, drawn in named]
    outside = legend.get_bbox_to_anchor() is not None and legend._bbox_to_anchor is not None  # pyright: ignore
    made = Legend(
        items=items, click_policy="hide", label_text_font_size="9pt", border_line_color=None, background_fill_alpha=0.7, spacing=0
    )
    if not outside:
        made.location = _emptiest(axes)
    canvas.add_layout(made, "right" if outside else "center")


def _emptiest(axes: Axes) -> Any:
    """The corner of the axes in which the fewest points lie."""
    places = [axes.transLimits.transform(axes.transScale.transform(line.get_xydata())) for line in axes.lines]
    points = np.concatenate([place for place in places if len(place)] or [np.zeros((0, 2))])
    points = points[np.isfinite(points).all(axis=1)]
    corners = {"top_right": (1, 1), "top_left": (0, 1), "bottom_right": (1, 0), "bottom_left": (0, 0)}
    counts = {name: (np.abs(points - corner) < (0.35, 0.3)).all(axis=1).sum() for name, corner in corners.items()}
    return min(counts, key=lambda name: counts[name])
