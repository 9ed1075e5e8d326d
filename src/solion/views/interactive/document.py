"""All interactive figures of one page, with the script that draws them and the slider of time that moves them together."""

from __future__ import annotations

import dataclasses
import functools
import importlib.util
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from solion.views.interactive.artists import NotDrawnError, as_picture
from solion.views.interactive.cursor import NAME_HANDLES, Cursor
from solion.views.interactive.figures import interactive
from solion.views.interactive.models import as_json
from solion.views.page import Markup, escape, framed, picture

SLIDER = "time-slider"


@dataclasses.dataclass(frozen=True)
class Document:
    """``figures`` by name, each as HTML; ``slider``, empty where nothing moves; ``script`` ends the page."""

    figures: dict[str, Markup]
    slider: Markup
    script: Markup


def document(
    drawings: Mapping[str, Figure],
    captions: Mapping[str, str],
    seconds: np.ndarray | None = None,
    printed: Mapping[str, Callable[[], Figure | None]] | None = None,
) -> Document:
    """Figures by name with their captions, over the instants of a run (s; None: nothing moves).

    A figure that only Matplotlib can draw stays a picture: drawn anew by ``printed``, where the given ones cannot be printed.
    """
    cursor, models, figures = Cursor.of(np.zeros(0) if seconds is None else seconds), {}, {}
    for name, drawing in drawings.items():
        kept = len(cursor.parts)
        try:
            models[name] = interactive(drawing, cursor).layout
        except NotDrawnError:
            del cursor.parts[kept:]
            again = printed[name]() if printed else drawing
            figures[name] = picture(as_picture(again), name, captions[name])
    slider = cursor.slider()
    if slider is not None:
        models[SLIDER] = slider
    if not models:
        return Document(figures, Markup(""), Markup(""))
    content, numbers = as_json(version("bokeh"), list(models.values()))
    places = {
        name: f'<div id="drawn-{number}" style="display: contents;"></div>' for name, number in zip(models, numbers, strict=True)
    }
    for name in models:
        if name != SLIDER:
            drawn = f'<div class="interactive" role="img" aria-label="{escape(captions[name])}">{places[name]}</div>'
            figures[name] = framed(Markup(drawn), name, captions[name])
    moved = Markup(
        f'<div class="moment" role="group" aria-label="Instant shown">{places[SLIDER]}</div>' if slider is not None else ""
    )
    script = Markup(
        f'{_library()}\n<script type="application/json" id="drawn">{content}</script>\n<script>{_EMBED}{NAME_HANDLES}</script>'
    )
    return Document({name: figures[name] for name in drawings}, moved, script)


@functools.cache
def _library() -> str:
    """BokehJS with its widgets, as scripts of a page; it lies in Bokeh's package, which need not be imported for it."""
    found = importlib.util.find_spec("bokeh")
    assert found is not None  # a requirement of this package
    assert found.origin is not None
    folder = Path(found.origin).parent / "server" / "static" / "js"
    texts = [(folder / f"{name}.min.js").read_text(encoding="utf-8") for name in ("bokeh", "bokeh-widgets")]
    return "\n".join(f"<script>\n{text}\n</script>" for text in texts)


_EMBED = """
Bokeh.safely(() => {
  const documents = JSON.parse(document.getElementById("drawn").textContent)
  const ids = documents.figures.roots.map((root) => root.id)
  const roots = Object.fromEntries(ids.map((id) => [id, `drawn-${id}`]))
  Bokeh.embed.embed_items(documents, [{docid: "figures", roots, root_ids: ids}])
})
"""
