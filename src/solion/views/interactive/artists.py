"""What stands on Matplotlib axes, drawn again on a plot of Bokeh: lines, markers, areas, maps, marks and texts."""

from __future__ import annotations

import io
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import BoundaryNorm, LogNorm, Normalize, to_hex, to_rgba
from matplotlib.contour import ContourSet
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Annotation, Text
from matplotlib.ticker import FixedLocator

from solion.views.interactive.marked_panel import MarkedPanel
from solion.views.interactive.plain_text import plain_text

PIXELS = 4 / 3  # a point of print, at 96 pixels an inch
MOST_COLUMNS = 400  # of a map; more would make the page heavy and show nothing
_MARKERS = {
    "o": "circle",
    ".": "dot",
    "s": "square",
    "^": "triangle",
    "v": "inverted_triangle",
    "D": "diamond",
    "d": "diamond",
    "x": "x",
    "+": "cross",
    "*": "star",
    "|": "dash",
    "_": "dash",
    "h": "hex",
    "H": "hex",
    "p": "hex",
    "<": "triangle",
    ">": "triangle",
}


class NotDrawnError(Exception):
    """This figure holds something that only Matplotlib can draw: it stays a picture."""


def colour(value: Any, alpha: float | None = None) -> dict[str, Any]:
    """``line_color`` and ``line_alpha`` of a colour of Matplotlib."""
    rgba = to_rgba(value)
    return {"line_color": to_hex(rgba), "line_alpha": rgba[3] if alpha is None else alpha}


def single(values: Any) -> np.ndarray:
    """Numbers in single precision, in which a page is half as large and no eye sees a difference; masked ones are gaps."""
    return np.ma.filled(np.ma.asarray(values, float), np.nan).astype(np.float32)


def words_of(artist: Any) -> str:
    """What the legend calls it; empty where it is not named."""
    label = str(artist.get_label() or "")
    return "" if label.startswith("_") else plain_text(label)


def add_line(sheet: MarkedPanel, axes: Axes, line: Line2D) -> list[Any]:
    """A curve, its markers, or a straight line across the whole of the axes."""
    if not line.get_visible():
        return []
    look = colour(line.get_color(), line.get_alpha())
    width, dash = line.get_linewidth() * PIXELS, _dashes(line)
    along_x, along_y = line.get_transform().contains_branch_seperately(axes.transData)
    x, y = (single(axes_values) for axes_values in (line.get_xdata(), line.get_ydata()))
    if not (along_x and along_y):
        across: dict[str, Any] = {"line_width": width, "line_dash": dash, **look}
        if along_x and x.size:
            return [sheet.glyph("vspan", {"x": [float(x[0])]}, x="x", **across)]
        return [sheet.glyph("hspan", {"y": [float(y[0])]}, y="y", **across)] if along_y and y.size else []
    if not x.size:
        return []
    drawn, source = [], {"x": x, "y": y}
    if line.get_linestyle() not in ("None", "none", "", " "):
        steps = str(line.get_drawstyle())
        if steps.startswith("steps"):
            mode = {"steps-post": "after", "steps-mid": "center"}.get(steps, "before")
            drawn.append(sheet.glyph("step", source, x="x", y="y", line_width=width, line_dash=dash, mode=mode, **look))
        else:
            drawn.append(sheet.glyph("line", source, x="x", y="y", line_width=width, line_dash=dash, line_join="round", **look))
    marker = _MARKERS.get(str(line.get_marker()))
    if marker:
        face = line.get_markerfacecolor()
        fill = None if str(face) == "none" else to_hex(face)
        size = line.get_markersize() * PIXELS
        drawn.append(
            sheet.glyph(
                "scatter",
                source,
                x="x",
                y="y",
                marker={"value": marker},  # one is called x, as a column is
                size=size,
                fill_color=fill,
                line_color=to_hex(line.get_markeredgecolor()),
            )
        )
    return drawn


def _dashes(line: Any) -> list[int] | str:
    """The dashes of a line in pixels."""
    _, pattern = getattr(line, "_unscaled_dash_pattern", (0, None))
    if not pattern:
        return "solid"
    return [max(1, round(part * line.get_linewidth() * PIXELS)) for part in pattern]


def add_patch(sheet: MarkedPanel, axes: Axes, patch: Patch) -> list[Any]:
    """A filled shape, or a band across the whole of the axes."""
    if not patch.get_visible():
        return []
    along_x, along_y = patch.get_transform().contains_branch_seperately(axes.transData)
    face, edge = patch.get_facecolor(), patch.get_edgecolor()
    look: dict[str, Any] = {"fill_color": to_hex(face), "fill_alpha": to_rgba(face)[3] if patch.get_fill() else 0.0}
    border: dict[str, Any] = {
        "line_color": to_hex(edge),
        "line_alpha": to_rgba(edge)[3],
        "line_width": patch.get_linewidth() * PIXELS,
    }
    path = patch.get_path().transformed(patch.get_transform() - axes.transData)
    outlines = [np.asarray(outline) for outline in path.to_polygons(closed_only=False)]
    if not outlines:
        return []
    if along_x != along_y:
        low, high = (np.concatenate(outlines).min(axis=0), np.concatenate(outlines).max(axis=0))
        ends = {"left": float(low[0]), "right": float(high[0])} if along_x else {"bottom": float(low[1]), "top": float(high[1])}
        sheet.mark("BoxAnnotation", **ends, **look, line_alpha=0.0, level="underlay")
        return []
    source = {"xs": [outline[:, 0] for outline in outlines], "ys": [outline[:, 1] for outline in outlines]}
    return [sheet.glyph("patches", source, xs="xs", ys="ys", **look, **border)]


def add_text(sheet: MarkedPanel, axes: Axes, text: Text) -> None:
    """A text, with its arrow where it has one."""
    if not text.get_visible():
        return
    if isinstance(text, Annotation) and text.arrow_patch is not None and str(text.xycoords) == "data":
        (x0, y0), (x1, y1) = text.xyann, text.xy
        inner = to_hex(text.arrow_patch.get_facecolor())
        head = sheet.models.NormalHead(size=9, fill_color=inner, line_color=inner)
        sheet.mark("Arrow", end=head, x_start=x0, y_start=y0, x_end=x1, y_end=y1, line_color=inner, line_width=1)
    words = plain_text(text.get_text())
    if not words:
        return
    place = axes.transData.inverted().transform(text.get_transform().transform(text.get_unitless_position()))
    if isinstance(text, Annotation):
        place = text.xyann if str(text.anncoords) == "data" else text.xy if str(text.xycoords) == "data" else place
    if not np.isfinite(place).all():
        return
    base = {"center": "middle", "center_baseline": "middle", "baseline": "alphabetic"}
    sheet.mark(
        "Label",
        x=float(place[0]),
        y=float(place[1]),
        text=words,
        text_color=to_hex(text.get_color()),
        text_alpha=1.0 if text.get_alpha() is None else float(text.get_alpha() or 0.0),
        text_font_size=f"{text.get_fontsize():.0f}pt",
        text_align=text.get_horizontalalignment(),
        text_baseline=base.get(text.get_verticalalignment(), text.get_verticalalignment()),
    )


def add_collection(sheet: MarkedPanel, axes: Axes, found: Any) -> list[Any]:
    """Scattered points, bundles of lines, areas; maps are :func:`add_map`. Raises NotDrawnError for any other kind."""
    if not found.get_visible():
        return []
    if isinstance(found, PathCollection):
        return _scatter(sheet, found)
    lines = isinstance(found, LineCollection) or (isinstance(found, ContourSet) and not found.filled)
    values = found.get_array()
    faces = found.get_facecolor() if values is None else found.to_rgba(values)
    edges = found.to_rgba(values) if lines and values is not None else found.get_edgecolor()
    along_x, along_y = found.get_transform().contains_branch_seperately(axes.transData)
    if not (along_x and along_y):
        raise NotDrawnError(f"{type(found).__name__} outside the data")
    pieces, owner = [], []
    for k, path in enumerate(found.get_paths()):
        for outline in path.to_polygons(closed_only=False):
            pieces.append(outline)
            owner.append(k)
    if not pieces:
        return []
    source: dict[str, Any] = {"xs": [single(piece[:, 0]) for piece in pieces], "ys": [single(piece[:, 1]) for piece in pieces]}

    def of(colours: Any) -> list[str]:
        return [to_hex(colours[k % len(colours)]) for k in owner] if len(colours) else ["#00000000"] * len(owner)

    width = float(np.ravel(found.get_linewidth())[0]) * PIXELS if len(np.ravel(found.get_linewidth())) else 1.0
    if lines:
        source["colour"] = of(edges)
        return [sheet.glyph("multi_line", source, xs="xs", ys="ys", line_color="colour", line_width=max(width, 0.7))]
    source["colour"] = of(faces)
    opacity = float(np.asarray(faces)[0][3]) if len(faces) else 0.0
    edge = of(edges) if len(edges) and np.asarray(edges)[0][3] > 0 and width > 0 else None
    return [
        sheet.glyph(
            "patches",
            source,
            xs="xs",
            ys="ys",
            fill_color="colour",
            fill_alpha=opacity,
            line_color=edge[0] if edge else None,
            line_width=width,
        )
    ]


def _scatter(sheet: MarkedPanel, found: Any) -> list[Any]:
    places = np.ma.filled(np.ma.asarray(found.get_offsets(), float), np.nan)
    faces = np.atleast_2d(found.to_rgba(found.get_array()) if found.get_array() is not None else found.get_facecolor())
    edges = np.atleast_2d(found.get_edgecolor())
    sizes = np.sqrt(np.resize(found.get_sizes(), len(places))) * PIXELS
    if not len(places):
        return []
    inner, outer = (
        [to_hex(tuple(row)) for row in np.resize(rows, (len(places), 4))] if rows.size else None for rows in (faces, edges)
    )
    source: dict[str, Any] = {"x": single(places[:, 0]), "y": single(places[:, 1]), "size": sizes}
    source |= {"inner": inner} if inner else {}
    source |= {"outer": outer} if outer else {}
    alpha = float(faces[0][3]) if faces.size else 0.0
    look: dict[str, Any] = {
        "fill_color": "inner" if inner else None,
        "line_color": "outer" if outer else None,
        "fill_alpha": alpha,
    }
    return [sheet.glyph("scatter", source, x="x", y="y", size="size", **look)]


def add_map(sheet: MarkedPanel, axes: Axes, found: Any) -> tuple[Any, Any]:
    """A map of colours, and what turns a number into its colour; cells that are not even are drawn on an even grid."""
    if isinstance(found, AxesImage):
        values, (left, right, bottom, top) = found.get_array(), found.get_extent()
        assert values is not None
        picture = np.ma.filled(np.ma.asarray(values, float), np.nan)
        picture = picture[::-1] if found.origin == "upper" else picture
        if picture.ndim == 3:
            raise NotDrawnError("a picture in colours")
        ends = (left, right, min(bottom, top), max(bottom, top))
        picture = picture if bottom <= top else picture[::-1]
    else:
        values, corners = np.ma.filled(np.ma.asarray(found.get_array(), float), np.nan), np.array(found.get_coordinates(), float)
        logarithmic = [axes.get_xscale() == "log", axes.get_yscale() == "log"]
        for k in np.flatnonzero(logarithmic):
            corners[..., k] = np.log(corners[..., k])  # even in the eye
        picture, ends = _even(corners, values)
        ends = [np.exp(end) if logarithmic[k // 2] else end for k, end in enumerate(ends)]
    mapper = mapper_of(sheet.models, found)
    left, right, bottom, top = (float(value) for value in ends)
    source = {"image": [picture.astype(np.float32)], "x": [left], "y": [bottom], "dw": [right - left], "dh": [top - bottom]}
    drawn = sheet.glyph("image", source, image="image", x="x", y="y", dw="dw", dh="dh", color_mapper=mapper, level="image")
    return drawn, mapper


def mapper_of(models: Any, found: Any) -> Any:
    """What turns a number into its colour, as a map or a bar of colours has it."""
    norm: Any = found.norm
    colours = found.cmap
    if isinstance(norm, BoundaryNorm):  # each kind has a colour
        palette = [to_hex(colours(int(norm(middle)))) for middle in (norm.boundaries[1:] + norm.boundaries[:-1]) / 2]
        return models.LinearColorMapper(
            palette=palette, low=float(norm.boundaries[0]), high=float(norm.boundaries[-1]), nan_color="#ffffff00"
        )
    palette = [to_hex(colours(k / 255)) for k in range(256)]
    ends: dict[str, Any] = {"low": float(norm.vmin or 0.0), "nan_color": "#ffffff00"}
    ends["high"] = float(norm.vmax if norm.vmax is not None else 1.0)
    if isinstance(norm, LogNorm):
        return models.LogColorMapper(palette=palette, **ends)
    if type(norm) is Normalize:
        return models.LinearColorMapper(palette=palette, **ends)
    raise NotDrawnError(f"colours along {type(norm).__name__}")


def _even(corners: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, tuple[float, float, float, float]]:
    """Values on an even grid of the same extent, each of the cell in which its middle lies; nan outside all cells.

    ``corners`` are of shape (rows + 1, columns + 1, 2). One of the two coordinates may bend the cells, the other is straight.
    """
    rows, columns = corners.shape[0] - 1, corners.shape[1] - 1
    values = np.reshape(values, (rows, columns))
    x, y = corners[..., 0], corners[..., 1]
    if not np.allclose(x, x[:1], rtol=0, atol=1e-9 * np.ptp(x)):  # x differs from row to row: take the mesh by its other side
        if not np.allclose(x, x[:, :1], rtol=0, atol=1e-9 * np.ptp(x)):
            raise NotDrawnError("cells that bend both ways")
        return _even(np.swapaxes(corners, 0, 1), values.T)
    across, low, high = x[0], float(y.min()), float(y.max())
    wanted_x = _middles(across.min(), across.max(), min(max(columns, 50), MOST_COLUMNS))
    which = _cell(across, wanted_x)
    straight = np.allclose(y, y[:, :1], rtol=0, atol=1e-9 * np.ptp(y))
    wanted_y = _middles(low, high, min(max(rows, 50), MOST_COLUMNS) if straight else MOST_COLUMNS // 2)
    inside = _cell(y[:, 0], wanted_y)
    picture = np.full((wanted_y.size, wanted_x.size), np.nan)
    for k, column in enumerate(which):
        if column < 0:
            continue
        cells = inside if straight else _cell((y[:, column] + y[:, column + 1]) / 2, wanted_y)
        picture[:, k] = np.where(cells >= 0, values[np.maximum(cells, 0), column], np.nan)
    return picture, (float(across.min()), float(across.max()), low, high)


def _middles(low: float, high: float, count: int) -> np.ndarray:
    return low + (np.arange(count) + 0.5) * (high - low) / count


def _cell(edges: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Number of the cell between two edges in which each wanted place lies, -1 outside; edges rise or fall."""
    falling = edges[-1] < edges[0]
    found = np.searchsorted(edges[::-1] if falling else edges, wanted, side="right") - 1
    found = np.where((found < 0) | (found >= edges.size - 1), -1, found)
    return np.where(found >= 0, edges.size - 2 - found, -1) if falling else found


def add_colour_bar(sheet: MarkedPanel, bar: Any, mapper: Any) -> None:
    """The colours of a map beside it, with what they mean."""
    title = plain_text(bar.ax.get_ylabel() or bar.ax.get_xlabel())
    look: dict[str, Any] = {"width": 12, "padding": 4, "title_text_font_style": "normal"}
    look |= fixed_ticks(sheet.models, bar.ax.yaxis if bar.orientation == "vertical" else bar.ax.xaxis)
    sheet.mark("ColorBar", "right", color_mapper=mapper, title=title, **look)


def fixed_ticks(models: Any, axis: Any) -> dict[str, Any]:
    """Ticks at places of their own, with their words; empty where they are chosen as one zooms."""
    if not isinstance(axis.get_major_locator(), FixedLocator):
        return {}
    places = [float(place) for place in axis.get_majorticklocs()]
    words = [plain_text(text) for text in axis.get_major_formatter().format_ticks(places)]
    return {"ticker": models.FixedTicker(ticks=places), "major_label_overrides": dict(zip(places, words, strict=True))}


def as_picture(canvas: Any, resolution: int = 110) -> bytes:
    """A figure that stays a picture, as PNG."""
    buffer = io.BytesIO()
    with matplotlib.rc_context({"savefig.facecolor": "white"}):
        canvas.savefig(buffer, format="png", dpi=resolution)
    return buffer.getvalue()
