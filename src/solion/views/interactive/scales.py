"""Axes in SI, in the scales of the model, or one opposite the other: chosen by who looks, on the figure as it stands."""

from __future__ import annotations

from typing import Any, Literal

from solion.views.interactive.marked_panel import MarkedPanel

Scales = Literal["both", "SI", "scaled"]
_HOVERED = "return (value * second.tags[0]).toPrecision(5)"


def set_scales(sheet: MarkedPanel, kind: Scales) -> None:
    """Show the axes of a panel in one of the two, or both; an axis that has no scale of the model stays in SI.

    Where the scale of the model stands alone, grid lines and what hovering tells are of it.
    """
    canvas = sheet.canvas
    for direction, (axis, ends, name) in sheet.scaled.items():
        flat = direction == "x"
        first, grid = (sheet.x_axis, canvas.center[0]) if flat else (sheet.y_axis, canvas.center[1])
        alone = kind == "scaled"
        axis.visible, first.visible = kind != "SI", not alone
        grid.axis = axis if alone else first
        setattr(grid, "x_range_name" if flat else "y_range_name", name if alone else "default")
        for tool in sheet.tools:
            _hover(sheet.models, tool, 0 if flat else 1, axis if alone else first, ends if alone else None)


def _hover(models: Any, tool: Any, place: int, axis: Any, ends: Any) -> None:
    """What hovering tells of one direction: the number as it is, or times the factor that ``ends`` carries."""
    rows, name = list(tool.tooltips), "xy"[place]
    k = next((k for k, (_, text) in enumerate(rows) if text.lstrip("@$").startswith(f"{name}{{")), None)
    if k is None:
        return
    sign = rows[k][1][0]
    plain, known = ("{%0.5g}", "printf") if sign == "@" else ("{0.0000a}", None)
    rows[k] = (str(axis.axis_label or name), f"{sign}{name}{'{custom}' if ends is not None else plain}")
    kinds = {key: kind for key, kind in tool.formatters.items() if key != f"{sign}{name}"}
    if ends is not None:
        kinds[f"{sign}{name}"] = models.CustomJSHover(code=_HOVERED, args={"second": ends})
    elif known:
        kinds[f"{sign}{name}"] = known
    tool.update(tooltips=rows, formatters=kinds)
