"""The figure of a comparison, and its page, on which it answers: hover, zoom, legends."""

from __future__ import annotations

import base64
import io
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from solion.explore.comparison.compare import Overlay, RunComparison, shown, title_of
from solion.views.interactive.document import document
from solion.views.page import Markup, drawn, header, html, section, symbols, table, unit_text, write_page
from solion.views.style import COLOURS, blank, prefixed, styled, time_unit

COMPARISON = "comparison.json"
MOST_PANELS = 9
SAME = 1e-9  # of the span
WIDE = 5.0  # inches of a panel
LINES = ("-", "--", "-.", ":")
CAPTION = "Curves of one kind over one another; measured records as dots. The first record is the reference."


@styled
def overlaid(found: RunComparison) -> Figure:
    """A panel for each kind of curve that two records have and that is not the same in all; a loop that spans decades has a
    logarithmic axis too."""
    panels: list[tuple[Overlay, bool]] = []
    for overlay in [entry for entry in found.overlays if not _same(entry)] or found.overlays:
        panels += [(overlay, log) for log in ((False, True) if _decades(overlay) else (False,))]
    panels = panels[:MOST_PANELS]
    columns = min(2, len(panels))
    rows = math.ceil(len(panels) / columns)
    canvas = blank(WIDE * columns + 1, 3.4 * rows)
    grid = canvas.subplots(rows, columns, squeeze=False).ravel()
    for axes, (overlay, log) in zip(grid, panels, strict=False):
        _panel(axes, found, overlay, log)
    for axes in grid[len(panels) :]:
        axes.set_visible(False)
    return canvas


def _same(overlay: Overlay) -> bool:
    """Whether the curves are one, as that of a drive that all records share; a panel of it shows nothing."""
    return all(share < SAME for share in overlay.deviations.values())


def _decades(overlay: Overlay) -> bool:
    """Whether a current against a voltage spans more than a decade, so that half of a loop is flat on a linear axis."""
    if (overlay.kind.x, overlay.kind.y) != ("voltage", "current"):
        return False
    sizes = np.concatenate([np.abs(curve.y[np.isfinite(curve.y) & (curve.y != 0)]) for curve in overlay.curves.values()])
    return bool(sizes.size) and sizes.max() > 10 * np.quantile(sizes, 0.05)


def _panel(axes: Any, found: RunComparison, overlay: Overlay, log: bool) -> None:
    kind, curves = overlay.kind, overlay.curves
    across, up = (np.concatenate([getattr(curve, axis) for curve in curves.values()]) for axis in ("x", "y"))
    x_factor, x_unit = time_unit(across) if kind.x == "time" else _prefix(across, kind.x_unit)
    y_factor, y_unit = _prefix(up, kind.y_unit)
    for k, curve in curves.items():
        record = found.records[k]
        y = np.where(curve.y != 0, np.abs(curve.y), np.nan) if log else curve.y
        look: dict[str, Any] = {"ls": LINES[k // len(COLOURS) % len(LINES)]}
        if record.measured:
            look = {"ls": "", "marker": ".", "ms": 7, "mew": 0}
        axes.plot(curve.x * x_factor, y * y_factor, color=COLOURS[k % len(COLOURS)], label=record.name, **look)
    name = kind.y.replace("_", " ")
    axes.set_xlabel(_label(kind.x.replace("_", " "), x_unit))
    axes.set_ylabel(_label(f"|{name}|" if log else name, y_unit))
    if log:
        axes.set_yscale("log")
        sizes = np.abs(up[np.isfinite(up) & (up != 0)]) * y_factor
        axes.set_ylim(np.quantile(sizes, 0.02) / 2, 2 * sizes.max())
    axes.legend(loc="best")
    if kind.x == "real part":
        axes.set_aspect("equal", adjustable="datalim")
    axes.set_label(f"{title_of(kind)}{', logarithmic' if log else ''}")


def _prefix(values: np.ndarray, unit: str) -> tuple[float, str]:
    return prefixed(values, unit) if unit in ("V", "A", "S", "W", "s", "m", "Hz", "C") else (1.0, unit)


def _label(name: str, unit: str) -> str:
    return name if unit in ("", "1") else f"{name} ({unit})"


def write_comparison(found: RunComparison, folder: Path) -> Path:
    """Fill a folder: ``report.html``, ``figures/overlay.png`` and ``comparison.json``."""
    place = folder / "figures"
    place.mkdir(parents=True, exist_ok=True)
    figure = overlaid(found)
    drawn(figure, place, "overlay")
    together = document({"overlay": figure}, {"overlay": CAPTION}, np.zeros(0))
    (folder / COMPARISON).write_text(json.dumps(_plain(found), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    names = " and ".join(record.name for record in found.records)
    notes = [f"{record.name}: {note}" for record in found.records for note in record.notes]
    body = [
        header(f"Comparison of {names}", f"{len(found.records)} records, {len(found.differences)} numbers differ"),
        section("curves", "Curves", together.figures["overlay"], _deviations(found), _alone(found)),
        *[section(name.lower(), f"{name} that differ", _table(found, name)) for name in _tables(found)],
        *([Markup(f"<p>{html(found.unresolved_words())}</p>")] if found.unresolved else []),
        section("records", "Records", _records(found), *[Markup(f"<p>{html(note)}</p>") for note in notes]),
        together.script,
    ]
    return write_page(folder, f"Comparison of {names}", body)


def short(found: RunComparison) -> str:
    """The figure and the words, for a notebook."""
    buffer = io.BytesIO()
    overlaid(found).savefig(buffer, format="png", dpi=90)
    encoded = base64.b64encode(buffer.getvalue()).decode("ascii")
    words = "\n".join(html(line) for line in found.lines())
    return f'<div><img alt="{html(CAPTION)}" src="data:image/png;base64,{encoded}"><pre>{words}</pre></div>'


def _tables(found: RunComparison) -> list[str]:
    return list(dict.fromkeys(entry.table for entry in found.differences))


def _table(found: RunComparison, name: str) -> Markup:
    rows = [
        (entry.name, *[shown(value) for value in entry.values], unit_text(entry.unit), symbols(entry.meaning))
        for entry in found.differences
        if entry.table == name
    ]
    heads = ("name", *[record.name for record in found.records], "unit", "meaning")
    return table(heads, rows, "w" + "n" * len(found.records) + "ts")


def _deviations(found: RunComparison) -> Markup:
    rows = [
        (title_of(overlay.kind), found.records[k].name, "—" if share != share else f"{100 * share:.3g} %")
        for overlay in found.overlays
        for k, share in overlay.deviations.items()
    ]
    return table(("curve", "record", "rms off the first, over its span"), rows, "ttn")


def _alone(found: RunComparison) -> Markup:
    return Markup(f"<p>Of one record only: {html(', '.join(found.alone))}.</p>" if found.alone else "")


def _records(found: RunComparison) -> Markup:
    rows = [(record.name, "measured" if record.measured else "run", record.title) for record in found.records]
    return table(("record", "is", "title"), rows)


def _plain(found: RunComparison) -> dict[str, Any]:
    """What was found, for JSON."""
    return {
        "records": [{"name": r.name, "title": r.title, "measured": r.measured} for r in found.records],
        "curves": [
            {
                "curve": title_of(overlay.kind),
                "off_first": {found.records[k].name: None if v != v else v for k, v in overlay.deviations.items()},
            }
            for overlay in found.overlays
        ],
        "differences": [
            {"table": e.table, "name": e.name, "unit": e.unit, "values": [_finite(value) for value in e.values]}
            for e in found.differences
        ],
        "equal": dict(found.equal),
        "unresolved": {entry.name: entry.values for entry in found.unresolved},
    }


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
