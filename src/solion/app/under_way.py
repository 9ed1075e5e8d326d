"""What the page says of a run under way: a bar of progress, and the button that cancels it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bokeh.models import Button, Div

from solion.app.one_message import one_message
from solion.study.progress import line
from solion.views.page import html

PATIENCE = 250  # ms that something runs before the page says so: most runs are over, and each word has the browser draw


class UnderWay:
    """``cancel`` and ``bar`` stand on the page; both say nothing of a run that takes less than :data:`PATIENCE`."""

    def __init__(self, document: Any, cancel: Callable[[], None], width: int):
        self.document, self.width = document, width
        self.cancel = Button(label="Cancel", disabled=True)
        self.cancel.on_click(cancel)
        self.bar = Div(text="", sizing_mode="stretch_width")
        self._soon: Any = None  # the callback that will say that something runs

    def begun(self) -> None:
        """Something runs from now on."""
        self._forget()
        self._soon = self.document.add_timeout_callback(self._show, PATIENCE)

    def tell(self, progress: Any) -> None:
        """How far it is."""
        if not self.cancel.disabled:
            self.bar.text = self._drawn(progress.fraction, line(progress))

    def over(self) -> None:
        """Nothing runs any more."""
        self._forget()
        self.cancel.disabled, self.bar.text = True, ""

    def _show(self) -> None:
        self._soon = None
        with one_message(self.document):
            self.cancel.disabled = False
            self.bar.text = self._drawn(0.0, "starting; the first run of a kind is compiled")

    def _forget(self) -> None:
        if self._soon is not None:
            self.document.remove_timeout_callback(self._soon)
            self._soon = None

    def _drawn(self, fraction: float, words: str) -> str:
        return (
            f'<label style="font-size:0.9em">{html(words)}<br><progress style="width:{self.width}px" max="1" '
            f'value="{fraction:.3f}"></progress></label>'
        )
