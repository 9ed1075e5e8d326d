"""A panel of an interactive figure: what is drawn on it in turn, so that another result is put into the same marks.

A page in a browser keeps its models; what changes with a result is their data. Drawing on a :class:`MarkedPanel` makes models and
remembers them in their order, drawing on a :class:`RenewedPanel` of it takes the same ones again and gives them new data.
"""

from __future__ import annotations

from typing import Any

from solion.views.interactive.models import PLAIN, PlainModel

_GLYPHS = {
    "line": "Line",
    "step": "Step",
    "scatter": "Scatter",
    "hspan": "HSpan",
    "vspan": "VSpan",
    "patches": "Patches",
    "multi_line": "MultiLine",
    "image": "Image",
}
_BESIDE = {"ColorBar": 88, "Legend": 150}  # pixels


class ChangedError(Exception):
    """The new drawing has other marks than the old one, which has to be drawn anew."""


class MarkedPanel:
    """A plot with its two axes, made with a kit of ``models``.

    ``marks``: what was drawn on it, each with its kind; ``tools``: what is told on hovering; ``scaled``: the second axes in the
    scales of the model, by their direction; ``beside``: pixels that are taken to the right of its frame.
    """

    def __init__(self, models: Any, canvas: Any, x_axis: Any, y_axis: Any):
        self.models, self.canvas, self.x_axis, self.y_axis = models, canvas, x_axis, y_axis
        self.marks, self.tools, self.scaled, self.beside = list[tuple[str, Any]](), list[Any](), dict[str, Any](), 0

    def glyph(self, kind: str, source: dict[str, Any], level: str = "glyph", **look: Any) -> Any:
        """Marks of one kind (line, scatter, patches, ...); what of ``look`` names a column of ``source`` is taken from there."""
        given = {name: {"field": value} if isinstance(value, str) and value in source else value for name, value in look.items()}
        drawn = self.models.GlyphRenderer(
            data_source=self.models.ColumnDataSource(data=source), glyph=getattr(self.models, _GLYPHS[kind])(**given), level=level
        )
        self.canvas.renderers.append(drawn)
        self.marks.append((kind, drawn))
        return drawn

    def mark(self, kind: str, place: str = "center", **values: Any) -> Any:
        """A single thing on the panel or beside it: an arrow, a label, a band, a bar of colours, a legend."""
        drawn = getattr(self.models, kind)(**values)
        getattr(self.canvas, place).append(drawn)
        self.beside += _BESIDE.get(kind, 0) if place == "right" else 0
        self.marks.append((kind, drawn))
        return drawn

    def tool(self, made: Any) -> None:
        """A tool, such as what is told on hovering."""
        self.canvas.toolbar.tools.append(made)
        self.tools.append(made)


class RenewedPanel(MarkedPanel):
    """The marks of an earlier drawing taken again in their order. Raises ChangedError where they are others.

    What is made for it is looked at and thrown away, and is therefore of the plain kit.
    """

    def __init__(self, earlier: MarkedPanel):
        super().__init__(PLAIN, earlier.canvas, earlier.x_axis, earlier.y_axis)
        self.marks, self.tools, self.scaled = earlier.marks, earlier.tools, earlier.scaled
        self._next, self._next_tool = iter(earlier.marks), iter(earlier.tools)

    def glyph(self, kind: str, source: dict[str, Any], level: str = "glyph", **look: Any) -> Any:
        drawn = self._take(kind)
        drawn.data_source.data = source
        if "color_mapper" in look:
            drawn.glyph.color_mapper.update(low=look["color_mapper"].low, high=look["color_mapper"].high)
        return drawn

    def mark(self, kind: str, place: str = "center", **values: Any) -> Any:
        drawn = self._take(kind)
        drawn.update(**{name: value for name, value in values.items() if not isinstance(value, (PlainModel, list))})
        return drawn

    def tool(self, made: Any) -> None:
        earlier = next(self._next_tool, None)
        if earlier is None:
            raise ChangedError("more to hover over")
        earlier.tooltips = made.tooltips  # its units may have changed

    def finish(self) -> None:
        """To be called at the end: nothing may be left over."""
        if next(self._next, None) is not None:
            raise ChangedError("fewer marks")

    def _take(self, kind: str) -> Any:
        found, drawn = next(self._next, ("", None))
        if found != kind:
            raise ChangedError(f"{kind} instead of {found or 'nothing'}")
        return drawn
