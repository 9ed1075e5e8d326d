"""A panel of an interactive figure: what is drawn on it in turn, so that another result is put into the same marks.

A page in a browser keeps its models; what changes with a result is their data. Drawing on a :class:`MarkedPanel` makes models and
remembers them in their order, drawing on a :class:`RenewedPanel` of it takes the same ones again and gives them new data.
"""

from __future__ import annotations

from typing import Any

from bokeh.models import ColumnDataSource, GlyphRenderer, Model
from bokeh.plotting import figure as BokehFigure


class ChangedError(Exception):
    """The new drawing has other marks than the old one, which has to be drawn anew."""


class MarkedPanel:
    """``canvas``: the Bokeh figure; ``marks``: what was drawn on it, each with its kind."""

    def __init__(self, canvas: BokehFigure):
        self.canvas, self.marks = canvas, list[tuple[str, Any]]()

    def glyph(self, kind: str, source: dict[str, Any], **look: Any) -> GlyphRenderer:
        """Marks of one kind (line, scatter, patches, ...); columns of ``source`` are taken by their names."""
        drawn = getattr(self.canvas, kind)(source=ColumnDataSource(source), **look)
        self.marks.append((kind, drawn))
        return drawn

    def mark(self, kind: type[Model], place: str = "center", **values: Any) -> Any:
        """A single thing on the panel or beside it: an arrow, a label, a band, a bar of colours, a legend."""
        drawn = kind(**values)
        self.canvas.add_layout(drawn, place)  # pyright: ignore[reportArgumentType]
        self.marks.append((kind.__name__, drawn))
        return drawn

    def tool(self, made: Model) -> None:
        """A tool, such as what is told on hovering."""
        self.canvas.add_tools(made)  # pyright: ignore[reportArgumentType]


class RenewedPanel(MarkedPanel):
    """The marks of an earlier drawing taken again in their order. Raises ChangedError where they are others."""

    def __init__(self, earlier: MarkedPanel):
        self.canvas, self.marks = earlier.canvas, earlier.marks
        self._next = iter(earlier.marks)

    def glyph(self, kind: str, source: dict[str, Any], **look: Any) -> GlyphRenderer:
        drawn = self._take(kind)
        drawn.data_source.data = source
        if "color_mapper" in look:
            drawn.glyph.color_mapper.update(low=look["color_mapper"].low, high=look["color_mapper"].high)
        return drawn

    def mark(self, kind: type[Model], place: str = "center", **values: Any) -> Any:
        drawn = self._take(kind.__name__)
        drawn.update(**{name: value for name, value in values.items() if not isinstance(value, (Model, list))})
        return drawn

    def tool(self, made: Model) -> None:
        return None

    def finish(self) -> None:
        """To be called at the end: nothing may be left over."""
        if next(self._next, None) is not None:
            raise ChangedError("fewer marks")

    def _take(self, kind: str) -> Any:
        found, drawn = next(self._next, ("", None))
        if found != kind:
            raise ChangedError(f"{kind} instead of {found or 'nothing'}")
        return drawn
