"""All interactive figures of one page, with the script that draws them and the slider of time that moves them together."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
from bokeh.document import Document as BokehDocument
from bokeh.embed import components
from bokeh.resources import Resources
from matplotlib.figure import Figure

from solion.views.interactive.artists import NotDrawnError, as_picture
from solion.views.interactive.cursor import NAME_HANDLES, Cursor
from solion.views.interactive.figures import interactive
from solion.views.page import Markup, escape, framed, picture

SLIDER = "time-slider"


@dataclasses.dataclass(frozen=True)
class Document:
    """``figures`` by name, each as HTML; ``slider``, empty where nothing moves; ``script`` ends the page."""

    figures: dict[str, Markup]
    slider: Markup
    script: Markup


def document(drawings: Mapping[str, Figure], captions: Mapping[str, str], seconds: np.ndarray | None = None) -> Document:
    """Figures by name with their captions, over the instants of a run (s; None: nothing moves).

    A figure that only Matplotlib can draw stays a picture.
    """
    cursor, models, figures = Cursor.of(np.zeros(0) if seconds is None else seconds), {}, {}
    for name, drawing in drawings.items():
        kept = len(cursor.parts)
        try:
            models[name] = interactive(drawing, cursor).layout
        except NotDrawnError:
            del cursor.parts[kept:]
            figures[name] = picture(as_picture(drawing), name, captions[name])
    slider = cursor.slider()
    if slider is not None:
        models[SLIDER] = slider
    if not models:
        return Document(figures, Markup(""), Markup(""))
    together = BokehDocument()
    with together.models.freeze():  # else all models are searched once for each figure
        for model in models.values():
            together.add_root(model)
    script, places = components(models, wrap_script=True)
    for name, place in places.items():
        if name != SLIDER:
            drawn = f'<div class="interactive" role="img" aria-label="{escape(captions[name])}">{place}</div>'
            figures[name] = framed(Markup(drawn), name, captions[name])
    moved = Markup(
        f'<div class="moment" role="group" aria-label="Instant shown">{places[SLIDER]}</div>' if slider is not None else ""
    )
    library = Resources(mode="inline", components=["bokeh", "bokeh-widgets"], minified=True).render_js()
    return Document(
        {name: figures[name] for name in drawings}, moved, Markup(f"{library}\n{script}\n<script>{NAME_HANDLES}</script>")
    )
