"""The figures of a run as tabs that keep their marks: another run of the same kind only gives them new data."""

from __future__ import annotations

from typing import Any, cast, get_args

import numpy as np
from bokeh import models
from bokeh.layouts import column, row
from bokeh.models import Column, Div, Select, TabPanel, Tabs

from solion.analysis.data import Data
from solion.app.one_message import one_message
from solion.views import AbstractView, drawable
from solion.views.interactive.artists import NotDrawnError, as_picture
from solion.views.interactive.axis_kind import AxisKind, set_axes
from solion.views.interactive.cursor import Cursor
from solion.views.interactive.figures import InteractiveFigure, interactive, renew
from solion.views.interactive.marked_panel import ChangedError
from solion.views.interactive.scales import Scales, set_scales
from solion.views.page import escape, image
from solion.views.screen_axes import read_off

WRAPPED = ":host { flex-wrap: wrap; }"  # below one another on a narrow screen
WAITING = "<p>Run the study to see it.</p>"


class FigureTabs:
    """``layout`` stands on the page. One tab a view; only the one that is looked at is drawn, the others when they are opened."""

    def __init__(self):
        self.tabs = Tabs(tabs=[], sizing_mode="stretch_width")
        self.layout = Column(children=[Div(text=WAITING)], sizing_mode="stretch_width")
        self._data: Data | None = None
        self._drawn: dict[str, tuple[InteractiveFigure | None, Cursor, Any]] = {}
        self._names: list[str] = []
        self._columns: dict[str, Any] = {}
        self._views: dict[str, AbstractView] = {}
        self._stale: set[str] = set()
        kinds = list(get_args(AxisKind))
        self.vertical = Select(title="Vertical axes", options=kinds, value=kinds[0], width=180)  # pyright: ignore
        self.horizontal = Select(title="Horizontal axes", options=kinds, value=kinds[0], width=180)  # pyright: ignore
        scales = list(get_args(Scales))
        self.scales = Select(title="Units of the axes", options=scales, value=scales[0], width=180)  # pyright: ignore
        self.scales.on_change("value", lambda _attr, _old, _new: self._rescale())
        self.tabs.on_change("active", lambda _attr, _old, _new: self._opened())
        for axes in (self.vertical, self.horizontal):
            axes.on_change("value", lambda _attr, _old, _new: self._redraw())

    def show(self, data: Data) -> None:
        """The figures of a result."""
        self._data = data
        self._views = {view.name: view for view in drawable(self._data)}
        names = list(self._views)
        if names != self._names:
            titles = {name: view.title for name, view in self._views.items()}
            self._names, self._drawn = names, {}
            self._columns = {name: Column(children=[], sizing_mode="stretch_width") for name in names}
            panels: list[Any] = [TabPanel(title=titles[name], child=self._columns[name]) for name in names]
            active = self.tabs.active if self.tabs.active < len(names) else 0
            self.tabs.update(tabs=panels, active=active)
            short = Div(text="<p>The run is too short for figures.</p>")
            choices = row(self.vertical, self.horizontal, self.scales, stylesheets=[WRAPPED])
            self.layout.children = [choices, self.tabs] if names else [short]
        self._stale = set(names)
        self._show()

    def _rescale(self) -> None:
        """The axes of all that is drawn in the units that were chosen."""
        with one_message(self.layout.document, models=True):
            for drawn, _, _ in self._drawn.values():
                for sheet in drawn.sheets if drawn is not None else ():
                    set_scales(sheet, cast(Scales, self.scales.value))

    def _scale(self, drawn: InteractiveFigure) -> None:
        """A figure that was drawn just now, whose axes and words are as its view has them."""
        if self.scales.value != "both":
            for sheet in drawn.sheets:
                set_scales(sheet, cast(Scales, self.scales.value))

    def _redraw(self) -> None:
        """Draw anew what is open: an axis of Bokeh keeps the kind that it was made with."""
        self._drawn, self._stale = {}, set(self._names)
        self._opened()

    def _opened(self) -> None:
        """What is open now is drawn, and reaches the browser at once."""
        with one_message(self.layout.document, models=True):
            self._show()

    def _show(self) -> None:
        """Draw the open tab where it shows an earlier run."""
        if not self._names or self._data is None:
            return
        name = self._names[min(self.tabs.active, len(self._names) - 1)]
        if name not in self._stale:
            return
        self._stale.discard(name)
        try:
            with read_off():
                drawing = self._views[name].draw(self._data)
            assert drawing is not None  # it says that it draws
            set_axes(drawing, cast(AxisKind, self.vertical.value), "y")
            set_axes(drawing, cast(AxisKind, self.horizontal.value), "x")
        except Exception as error:  # a user's view may raise anything; the other tabs stay
            self._drawn.pop(name, None)
            self._columns[name].children = [Div(text=f"<p>{escape(name)}: {escape(f'{type(error).__name__}: {error}')}</p>")]
            return
        cursor = Cursor.of(self._data.time if "time" in self._data.dataset else np.zeros(0))
        earlier, before, slider = self._drawn.get(name, (None, cursor, None))
        if earlier is not None:
            try:
                renew(earlier, drawing, cursor)
                self._scale(earlier)
                if slider is not None:
                    cursor.renew(slider, before)
                self._drawn[name] = (earlier, cursor, slider)
                return
            except (ChangedError, NotDrawnError, ValueError):
                cursor = Cursor.of(cursor.seconds)
        child = self._columns[name]
        caption = self._views[name].caption
        try:
            drawn = interactive(drawing, cursor, models)
            self._scale(drawn)
        except NotDrawnError:
            self._drawn[name] = (None, cursor, None)
            child.children = [_still(self._views[name].draw(self._data), caption), Div(text=escape(caption))]
            return
        slider = cursor.slider(models)
        self._drawn[name] = (drawn, cursor, slider)
        parts = ([slider] if slider is not None else []) + [drawn.layout, Div(text=escape(caption), sizing_mode="stretch_width")]
        child.children = parts


def framed(drawing: Any, caption: str) -> Column:
    """One figure that follows nothing, with its caption."""
    try:
        return column(interactive(drawing, models=models).layout, Div(text=escape(caption)), sizing_mode="stretch_width")
    except NotDrawnError:
        return column(_still(drawing, caption))


def _still(drawing: Any, caption: str) -> Div:
    return Div(text=str(image(as_picture(drawing), caption)), sizing_mode="stretch_width")
