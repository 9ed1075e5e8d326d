"""A Matplotlib figure as a Bokeh model: panels with axes, legends and colour bars, and the instant that all follow."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
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
    fixed_ticks,
    mapper_of,
    words_of,
)
from solion.views.interactive.cursor import Cursor
from solion.views.interactive.marked_panel import ChangedError, MarkedPanel, RenewedPanel
from solion.views.interactive.models import PLAIN
from solion.views.interactive.plain_text import plain_text
from solion.views.screen_axes import legend_of, scaled_axes
from solion.views.style import FAINT, INK, MUTED

SMALL = 140  # pixels; a lower panel has smaller labels
DOTS = 92  # an inch of paper on the screen
AXIS = 62  # pixels that a second axis takes beside a frame


@dataclasses.dataclass
class InteractiveFigure:
    """An interactive figure: ``layout``, what stands on a page, and ``sheets``, its panels."""

    layout: Any
    sheets: list[MarkedPanel]


def interactive(drawing: Figure, cursor: Cursor | None = None, models: Any = PLAIN) -> InteractiveFigure:
    """The panels of a figure in their grid, made with a kit of models (:mod:`solion.views.interactive.models`).

    Raises NotDrawnError where something in it can only be drawn by Matplotlib.
    """
    panels, bars = _panels(drawing)
    width, height = (inches * DOTS for inches in drawing.get_size_inches())
    made: dict[Axes, Any] = {}
    sheets, parts = [], {}  # a part: the figure itself, or a subfigure; these stand side by side
    for axes in panels:
        part = axes.get_figure(root=False)
        row, column, rows, columns, share = _place(axes)
        whole = 1.0 if part is drawing or part is None else part.bbox.width / drawing.bbox.width
        sheet = _panel(models, axes, made, round(width * whole * share[0]), round(height * share[1]))
        made[axes] = sheet.canvas
        sheets.append(sheet)
        parts.setdefault(part, []).append((sheet, row, column, rows, columns))
    for children in parts.values():
        if len({place[1:3] for place in children}) < len(children):
            raise NotDrawnError("grids inside grids")
    _fill(sheets, panels, bars, cursor)
    for children in parts.values():
        _align([sheet for sheet, *_ in children])
    wide: Any = {"sizing_mode": "stretch_width"}
    placed = [[(sheet.canvas, *place) for sheet, *place in children] for children in parts.values()]
    grids: list[Any] = [models.GridBox(children=children, **wide) for children in placed]
    return InteractiveFigure(grids[0] if len(grids) == 1 else models.Row(children=grids, **wide), sheets)


def renew(drawn: InteractiveFigure, drawing: Figure, cursor: Cursor | None = None) -> None:
    """Put another drawing into the marks of an earlier one.

    Raises ChangedError where it has other panels or marks, and NotDrawnError; then the earlier one is of no use any more.
    """
    panels, bars = _panels(drawing)
    if len(panels) != len(drawn.sheets):
        raise ChangedError("other panels")
    sheets = [RenewedPanel(sheet) for sheet in drawn.sheets]
    for sheet, axes, earlier in zip(sheets, panels, drawn.sheets, strict=True):
        _relabel(sheet, axes, earlier.models)
        _rescale(sheet, axes)
    _fill(sheets, panels, bars, cursor)
    for sheet in sheets:
        sheet.finish()


def _panels(drawing: Figure) -> tuple[list[Axes], dict[Axes, Any]]:
    """The axes that are drawn, and the bars of colours by theirs."""
    bars = {bar.ax: bar for axes in drawing.axes if (bar := getattr(axes, "_colorbar", None)) is not None}
    panels = [axes for axes in drawing.axes if axes not in bars and axes.get_visible()]
    strange = next((axes.name for axes in panels if axes.name != "rectilinear"), None if panels else "no")
    if strange is not None:
        raise NotDrawnError(f"{strange} axes")
    return panels, bars


def _fill(sheets: Sequence[MarkedPanel], panels: Sequence[Axes], bars: dict[Axes, Any], cursor: Cursor | None) -> None:
    mappers: dict[Any, tuple[MarkedPanel, Any]] = {}
    for sheet, axes in zip(sheets, panels, strict=True):
        _contents(sheet, axes, mappers)
        if cursor is not None:
            cursor.follow(sheet, axes)
    for bar in bars.values():
        sheet, mapper = mappers.get(bar.mappable) or (sheets[-1], mapper_of(sheets[-1].models, bar.mappable))
        add_colour_bar(sheet, bar, mapper)


def _align(sheets: Sequence[MarkedPanel]) -> None:
    """Room for labels beside all panels alike, so that their frames stand below one another."""
    right = max((sheet.beside for sheet in sheets), default=0)
    for sheet in sheets:
        sheet.canvas.min_border_left = 78
        sheet.canvas.min_border_right = max(right, 12)


def _place(axes: Axes) -> tuple[int, int, int, int, tuple[float, float]]:
    """Row, column, their numbers, and the share of width and height, in a grid as fine as the figure's parts need."""
    spec = axes.get_subplotspec()
    if spec is None:
        raise NotDrawnError("axes outside a grid")
    spec = spec.get_topmost_subplotspec()  # a bar of colours may have taken its room from the axes
    grid = spec.get_gridspec()
    widths, heights = (
        np.asarray(ratios if ratios is not None else np.ones(count), float)
        for ratios, count in ((grid.get_width_ratios(), grid.ncols), (grid.get_height_ratios(), grid.nrows))
    )
    rows, columns = spec.rowspan, spec.colspan
    share = (
        float(widths[columns.start : columns.stop].sum() / widths.sum()),
        float(heights[rows.start : rows.stop].sum() / heights.sum()),
    )
    return rows.start, columns.start, len(rows), len(columns), share


def _panel(models: Any, axes: Axes, made: dict[Axes, Any], width: int, height: int) -> MarkedPanel:
    """An empty plot with the limits, scales and labels of the axes; shared limits stay shared."""
    ranges: dict[str, Any] = {}
    for direction, shared in (("x_range", axes.get_shared_x_axes()), ("y_range", axes.get_shared_y_axes())):
        partner = next((canvas for other, canvas in made.items() if shared.joined(axes, other)), None)
        ranges[direction] = getattr(partner, direction) if partner is not None else models.Range1d(start=0.0, end=1.0)
    x_scale, y_scale = (_scale(models, kind) for kind in (axes.get_xscale(), axes.get_yscale()))
    x_axis, y_axis = (_axis(models, kind, color=INK, line=MUTED) for kind in (axes.get_xscale(), axes.get_yscale()))
    seen = any(line.get_visible() for line in axes.get_xgridlines()[:1])
    grid = {"grid_line_color": FAINT, "grid_line_alpha": 0.6 if seen else 0.0}
    zoom = models.BoxZoomTool()
    titles = [plain_text(title) for title in (axes.get_title(loc="left"), axes.get_title(loc="center")) if title]
    canvas = models.Plot(
        width=max(width, 260),
        height=max(height, 110),
        sizing_mode="stretch_width",
        x_scale=x_scale,
        y_scale=y_scale,
        toolbar=models.Toolbar(
            tools=[models.PanTool(), zoom, models.WheelZoomTool(), models.ResetTool(), models.SaveTool()],
            active_drag=zoom,
            active_scroll=None,
            autohide=True,
            logo=None,
        ),
        above=[models.Title(text=title, text_color=INK, text_font_size="10pt") for title in titles],
        below=[x_axis],
        left=[y_axis],
        right=[],
        center=[models.Grid(dimension=number, axis=axis, **grid) for number, axis in enumerate((x_axis, y_axis))],
        renderers=[],
        extra_x_ranges={},
        extra_y_ranges={},
        extra_x_scales={},
        extra_y_scales={},
        **ranges,
    )
    sheet = MarkedPanel(models, canvas, x_axis, y_axis)
    _relabel(sheet, axes, models)
    if not axes.axison:
        x_axis.visible = y_axis.visible = False
    if not any(label.get_visible() for label in axes.get_xticklabels()[:1]):
        x_axis.update(major_label_text_font_size="1px", major_label_text_alpha=0.0)  # powers of ten of no size are no place
    if axes.get_aspect() not in ("auto",):
        canvas.match_aspect = True
    if height < SMALL:
        y_axis.axis_label_text_font_size = "8pt"
        if not fixed_ticks(models, axes.yaxis):
            y_axis.ticker.desired_num_ticks = 3
    _scaled(sheet, axes)
    return sheet


def _scale(models: Any, kind: str) -> Any:
    return models.LogScale() if kind == "log" else models.LinearScale()


def _axis(models: Any, kind: str, *, color: str, line: str, **rest: Any) -> Any:
    """An axis of a kind of Matplotlib's ("log", "linear"), with one colour of its words and another of its line."""
    made, ticker = (models.LogAxis, models.LogTicker) if kind == "log" else (models.LinearAxis, models.BasicTicker)
    look: dict[str, Any] = {"axis_label_text_color": color, "axis_label_text_font_style": "normal", "axis_line_color": line}
    return made(ticker=ticker(), major_label_text_color=INK, minor_tick_line_color=None, **look, **rest)


def _relabel(sheet: MarkedPanel, axes: Axes, models: Any) -> None:
    """Limits and labels, whose units may have changed."""
    for ends, limits in ((sheet.canvas.x_range, axes.get_xlim()), (sheet.canvas.y_range, axes.get_ylim())):
        start, end = map(float, limits)
        ends.update(start=start, end=end)
        ends.update(reset_start=start, reset_end=end)
    for drawn, axis, label in (
        (sheet.x_axis, axes.xaxis, axes.get_xlabel()),
        (sheet.y_axis, axes.yaxis, axes.get_ylabel().replace("\n", " ")),
    ):
        drawn.update(axis_label=plain_text(label), **fixed_ticks(models, axis))


def _scaled(sheet: MarkedPanel, axes: Axes) -> None:
    """The second axes in the scales of the model, which follow the first ones."""
    models, canvas = sheet.models, sheet.canvas
    for second in scaled_axes(axes):
        flat = second.direction == "x"
        first, name = (canvas.x_range, "scaled_x") if flat else (canvas.y_range, "scaled_y")
        ends = models.Range1d(start=first.start * second.factor, end=first.end * second.factor, tags=[second.factor])
        follow = models.CustomJS(args={"first": first, "second": ends}, code=_FOLLOW)
        for edge in ("start", "end"):
            first.js_on_change(edge, follow)
        getattr(canvas, "extra_x_ranges" if flat else "extra_y_ranges")[name] = ends
        kind = axes.get_xscale() if flat else axes.get_yscale()
        if kind == "log":
            getattr(canvas, "extra_x_scales" if flat else "extra_y_scales")[name] = _scale(models, kind)
        named = {"x_range_name" if flat else "y_range_name": name}
        axis = _axis(models, kind, color=MUTED, line=MUTED, axis_label=plain_text(second.label), **named)
        if flat and kind != "log":
            axis.ticker.desired_num_ticks = 4  # wide labels such as −150 run into one another in a narrow frame
        (canvas.above if flat else canvas.right).append(axis)
        sheet.scaled[second.direction] = (axis, ends, name)
        sheet.beside += 0 if flat else AXIS


_FOLLOW = "second.setv({start: first.start * second.tags[0], end: first.end * second.tags[0]})"


def _rescale(sheet: MarkedPanel, axes: Axes) -> None:
    """Scales of the model that are others now."""
    found = scaled_axes(axes)
    if [second.direction for second in found] != list(sheet.scaled):
        raise ChangedError("other scales")
    for second in found:
        axis, ends, _ = sheet.scaled[second.direction]
        first = sheet.canvas.x_range if second.direction == "x" else sheet.canvas.y_range
        axis.axis_label = plain_text(second.label)
        ends.update(start=first.start * second.factor, end=first.end * second.factor, tags=[second.factor])


def _contents(sheet: MarkedPanel, axes: Axes, mappers: dict[Any, tuple[MarkedPanel, Any]]) -> None:
    """All artists of the axes, from the back to the front, with the legend and what hovering tells."""
    named: list[tuple[str, list[Any]]] = []
    x_label, y_label = str(sheet.x_axis.axis_label or "x"), str(sheet.y_axis.axis_label or "y")
    for image in (*axes.images, *(found for found in axes.collections if isinstance(found, QuadMesh))):
        drawn, mapper = add_map(sheet, axes, image)
        mappers[image] = (sheet, mapper)
        rows = [(x_label, "$x{0.0000a}"), (y_label, "$y{0.0000a}"), ("value", "@image{0.0000a}")]
        sheet.tool(sheet.models.HoverTool(renderers=[drawn], tooltips=rows))
        for grid in sheet.canvas.center[:2]:
            grid.grid_line_alpha = 0.0
    rest = [*axes.patches, *(found for found in axes.collections if not isinstance(found, QuadMesh)), *axes.lines]
    for artist in sorted(rest, key=lambda artist: artist.get_zorder()):
        if artist in axes.patches:
            drawn = add_patch(sheet, axes, artist)
        elif artist in axes.lines:
            drawn = add_line(sheet, axes, artist)
            hover = _hover(sheet.models, drawn, words_of(artist), x_label, y_label)
            if hover is not None:
                sheet.tool(hover)
        else:
            drawn = add_collection(sheet, axes, artist)
        if drawn and (words := words_of(artist)):
            named.append((words, drawn))
    for text in axes.texts:
        add_text(sheet, axes, text)
    _legend(sheet, axes, named)


def _hover(models: Any, drawn: Iterable[Any], words: str, x_label: str, y_label: str) -> Any:
    first = next(iter(drawn), None)
    if first is None:
        return None
    tips = ([("", words)] if words else []) + [(x_label, "@x{%0.5g}"), (y_label, "@y{%0.5g}")]
    return models.HoverTool(renderers=[first], tooltips=tips, formatters={"@x": "printf", "@y": "printf"}, mode="mouse")


def _legend(sheet: MarkedPanel, axes: Axes, named: list[tuple[str, list[Any]]]) -> None:
    """A legend where the figure has one; a click on an entry hides what it names."""
    outside = legend_of(axes)
    if outside is None or not named:
        return
    items = [sheet.models.LegendItem(label={"value": words}, renderers=drawn) for words, drawn in named]
    made = sheet.mark(
        "Legend",
        "right" if outside else "center",
        items=items,
        click_policy="hide",
        label_text_font_size="9pt",
        border_line_color=None,
        background_fill_alpha=0.7,
        spacing=0,
        location="top_right" if outside else _emptiest(axes),
    )
    for entry, (words, _) in zip(made.items, named, strict=False):
        entry.label = {"value": words}


def _emptiest(axes: Axes) -> Any:
    """The corner of the axes in which the fewest points lie."""
    places = [axes.transLimits.transform(axes.transScale.transform(line.get_xydata())) for line in axes.lines]
    points = np.concatenate([place for place in places if len(place)] or [np.zeros((0, 2))])
    points = points[np.isfinite(points).all(axis=1)]
    corners = {"top_right": (1, 1), "top_left": (0, 1), "bottom_right": (1, 0), "bottom_left": (0, 0)}
    counts = {name: (np.abs(points - corner) < (0.35, 0.3)).all(axis=1).sum() for name, corner in corners.items()}
    return min(counts, key=lambda name: counts[name])
