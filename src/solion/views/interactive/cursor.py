"""The instant that all figures of a page follow: marks that move, and the slider that moves them."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from solion.views.interactive.artists import single
from solion.views.interactive.marked_panel import MarkedPanel
from solion.views.interactive.models import PLAIN
from solion.views.moments import Moving, moving_on, time_of
from solion.views.style import time_unit

MOST_INSTANTS = 300  # of a slider; a run with more samples shows some of them
MARK = "#111827"


@dataclasses.dataclass
class Cursor:
    """The instant that figures follow: what moves, and the slider that moves it.

    ``seconds`` are the instants (s) that can be chosen.
    """

    seconds: np.ndarray
    parts: list[tuple[Any, dict[str, np.ndarray]]] = dataclasses.field(default_factory=list)
    tables: list[Any] = dataclasses.field(default_factory=list)

    @classmethod
    def of(cls, seconds: np.ndarray) -> Cursor:
        """One over the samples of a run."""
        chosen = np.unique(np.linspace(0, max(seconds.size - 1, 0), min(seconds.size, MOST_INSTANTS)).astype(int))
        return cls(np.asarray(seconds, float)[chosen])

    def rows(self, seconds: np.ndarray) -> np.ndarray:
        """For each instant that can be chosen the sample that holds then."""
        return np.clip(np.searchsorted(seconds, self.seconds, side="right") - 1, 0, seconds.size - 1)

    def follow(self, sheet: MarkedPanel, axes: Axes) -> None:
        """Make what stands on these axes follow."""
        if self.seconds.size < 2:
            return
        if (time := time_of(axes)) is not None:
            places = self.seconds * time[0]
            if axes.get_xscale() == "log":  # which has no place for zero
                places = np.maximum(places, min(axes.get_xlim()))
            line = sheet.mark("Span", location=float(places[-1]), dimension="height", line_color=MARK, line_width=1.2)
            self.parts.append((line, {"location": places}))
        for moving in moving_on(axes):
            rows = self.rows(moving.seconds)
            count = moving.seconds.size
            x, y = (
                np.broadcast_to(np.reshape(part, (count, -1)) if len(part) == count else part, (count, *_width(moving)))
                for part in (moving.x, moving.y)
            )
            last = {"x": single(x[rows[-1]]), "y": single(y[rows[-1]])}
            if x.shape[1] == 1:
                drawn = sheet.glyph("scatter", last, x="x", y="y", size=10, fill_color=MARK, line_color="white", line_width=1.5)
            else:
                drawn = sheet.glyph("line", last, x="x", y="y", line_color=MARK, line_width=2)
            columns = {name: single(part[rows]) for name, part in (("x", x), ("y", y)) if np.ptp(part, axis=0).any()}
            self.parts.append((drawn.data_source, columns))

    def slider(self, models: Any = PLAIN) -> Any:
        """The slider, made with a kit of models; None where nothing moves."""
        if not self.parts:
            return None
        self.tables = [models.ColumnDataSource(data=_flat(columns)) for _, columns in self.parts]
        words = models.CustomJSTickFormatter(args=self._words(), code=_INSTANT)
        last = self.seconds.size - 1
        slider = models.Slider(
            start=0, end=last, step=1, value=last, title=self._title(), format=words, sizing_mode="stretch_width"
        )
        arguments = {"models": [model for model, _ in self.parts], "tables": self.tables}
        slider.js_on_change("value", models.CustomJS(args=arguments, code=_FOLLOW))
        return slider

    def renew(self, slider: Any, earlier: Cursor) -> None:
        """Let a slider made by an earlier cursor over the same marks move them through these instants, from the last one."""
        self.tables = earlier.tables
        for table, (_, columns) in zip(self.tables, self.parts, strict=True):
            table.data = _flat(columns)
        slider.format.args = self._words()
        last = self.seconds.size - 1
        slider.update(end=last, value=last, title=self._title())  # with a new title the browser writes the instant anew

    def _title(self) -> str:
        factor, unit = time_unit(self.seconds)
        return f"time, {self.seconds[0] * factor:.4g} to {self.seconds[-1] * factor:.4g} {unit}"

    def _words(self) -> dict[str, Any]:
        factor, unit = time_unit(self.seconds)
        return {"times": list(self.seconds * factor), "unit": unit}


def _flat(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The rows of all instants one after another."""
    return {name: np.ravel(rows) for name, rows in columns.items()}


# A handle of Bokeh's slider has a role and a value, but no name that a screen reader could say: it gets the slider's title.
NAME_HANDLES = """
setInterval(function name(where) {
  const root = where && where.querySelectorAll ? where : document
  for (const entry of root.querySelectorAll("*")) {
    if (entry.shadowRoot) name(entry.shadowRoot)
    if (entry.classList.contains("noUi-handle")) {
      const title = root.querySelector(".bk-slider-title")
      entry.setAttribute("aria-label", title ? title.textContent.split(":")[0] : "value")
    }
  }
}, 1000)
"""

_INSTANT = "return Number(times[Math.round(tick)].toPrecision(4)) + ' ' + unit"
_FOLLOW = """
const k = cb_obj.value, count = cb_obj.end + 1
for (let m = 0; m < models.length; m++) {
  const table = tables[m].data
  if ("location" in table) { models[m].location = table.location[k]; continue }
  const data = {...models[m].data}
  for (const name in table) {
    const width = table[name].length / count
    data[name] = Array.from(table[name].slice(k * width, (k + 1) * width))
  }
  models[m].data = data
}
"""


def _width(moving: Moving) -> tuple[int]:
    count = moving.seconds.size
    return (max(part.size // count if len(part) == count else part.size for part in (moving.x, moving.y)),)
