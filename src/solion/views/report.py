"""The report of a result: one HTML page made of the views that apply, with parameters, protocol, audit and versions."""

from __future__ import annotations

import contextlib
import functools
import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from solion.analysis.data import Data
from solion.analysis.metric import Metric
from solion.base.quantity import UNITS
from solion.views import applicable, drawable, figure, kinds, metrics
from solion.views.interactive.document import document
from solion.views.page import (
    Markup,
    badge,
    code,
    drawn,
    header,
    html,
    image,
    number,
    picture,
    practical,
    quantity,
    section,
    side_by_side,
    symbols,
    table,
    tiles,
    unit_text,
    verdict,
    warning_box,
    write_page,
)
from solion.views.screen_axes import read_off

MOST_TILES = 7
MOST_STEPS = 24  # of the protocol that are listed
TONES = {
    "finished": "good",
    "stopped": "info",
    "depleted": "warn",
    "saturated": "warn",
    "runaway": "warn",
    "doubtful": "bad",
    "failed": "bad",
    "refused": "bad",
}
_TOO_SHORT = Markup("<p>The run is too short for figures.</p>")
_PROVENANCE = {
    "stated": "info",
    "derived": "info",
    "literature": "good",
    "assumed": "warn",
    "calibrated": "violet",
    "user": "plain",
}
_UNITS = {"voltage": "V", "current": "A", "resistor": "V"}  # of what a step of a protocol gives


def write(data: Data, folder: Path, *, pictures: bool = False) -> Path:
    """Write the page; with ``pictures`` every figure into ``folder/figures`` as well.

    A figure of the field in the volume is always kept there, since no file holds that field.
    """
    place = folder / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    found, known = applicable(data), [view.name for view in drawable(data)]
    captions = {view.name: view.caption for view in found}
    drawings = {}
    for view in found:
        if view.name not in known or (view.summary and not pictures):
            continue
        printed = pictures or view.volume
        with contextlib.nullcontext() if printed else read_off():
            drawing = view.draw(data)
        if drawing is None:
            continue
        drawings[view.name] = drawing
        if printed:
            place.mkdir(exist_ok=True)
            drawn(drawing, place, view.name)
    moving = data.time if "time" in data.dataset else np.zeros(0)
    on_page = {view.name: drawings[view.name] for view in found if view.name in drawings and not view.summary}
    together = document(on_page, captions, moving, {view.name: functools.partial(view.draw, data) for view in found})
    parts = dict(together.figures)
    for view in found:
        if view.volume and view.name not in drawings and (lying := place / f"{view.name}.png").is_file():
            parts[view.name] = picture(lying.read_bytes(), view.name, view.caption)
    shown = [parts[view.name] for view in found if view.name in parts]
    numbers = metrics(data)
    contents = {
        "figures": ("Figures", [part for part in (together.slider, *shown) if part] or [_TOO_SHORT]),
        **{f"table-{view.name}": (view.title, [made]) for view in found if (made := view.table(data))},
        "metrics": ("Metrics", _metrics(numbers)),
        "parameters": ("Parameters", _parameters(data)),
        "material": ("Material and scales", _material(data)),
        "protocol": ("Protocol", _protocol(data)),
        "audit": ("Audit", _audit(data)),
        "settings": ("Settings and versions", _settings(data)),
    }
    contents = {name: (heading, parts) for name, (heading, parts) in contents.items() if parts}
    attributes = data.dataset.attrs
    title, described = attributes.get("title") or "Run", attributes.get("description", "")
    return write_page(
        folder,
        title,
        [
            header(title, _lead(data), {name: heading for name, (heading, _) in contents.items()}),
            _status(data),
            warning_box(_warnings(data)),
            _tiles(numbers),
            Markup(f"<p>{symbols(described)}</p>" if described else ""),
            *(section(name, heading, *parts) for name, (heading, parts) in contents.items()),
            together.script,
        ],
    )


def short(data: Data) -> str:
    """Title, status, main numbers and main figure, with its own plain style: a notebook has no style sheet of ours."""
    attributes = data.dataset.attrs
    numbers = " · ".join(f"{html(title_of(m))} <b>{practical(m.value, m.unit)}</b>" for m in _headlines(metrics(data)))
    shown = ""
    if kinds(data):
        buffer = io.BytesIO()
        figure(data).savefig(buffer, format="png", dpi=90)
        shown = image(buffer.getvalue(), "The main figure of the run.")
    warned = "".join(f"<li>{html(text)}</li>" for text in _warnings(data))
    title, told = (html(attributes.get("title") or "Run"), html(attributes.get("message") or attributes.get("status", "")))
    return f"<div><b>{title}</b>: {told}<br>{numbers}{f'<ul>{warned}</ul>' if warned else ''}<br>{shown}</div>"


def title_of(metric: Metric) -> str:
    """The name of a metric in words."""
    return _signed(metric.name).replace("_V", " V").replace("on_off", "on/off").replace("_", " ").replace(" um", " µm")


def _lead(data: Data) -> str:
    attributes, versions = data.dataset.attrs, data.attribute("versions", {})
    made = f"Solion {versions.get('solion') or attributes.get('solion_version', '')}".strip()
    parts = (attributes.get("device"), attributes.get("experiment"), attributes.get("engine"), made)
    return " · ".join(part for part in parts if part)


def _status(data: Data) -> Markup:
    status, message = data.dataset.attrs.get("status", "unknown"), data.dataset.attrs.get("message", "")
    return verdict(badge(status, TONES.get(status, "plain")), symbols(message[:1].upper() + message[1:]))


def _warnings(data: Data) -> list[str]:
    """Warnings of the result, those of its audit first."""
    return [
        f"Audit: {name} is {entry['value']:.2g}, above its limit {entry['limit']:.0e}: {entry['meaning']}."
        for name, entry in data.attribute("audit", {}).items()
        if not entry["ok"]
    ] + data.attribute("warnings", [])


def _headlines(metrics: Iterable[Metric]) -> list[Metric]:
    return [metric for metric in metrics if metric.headline][:MOST_TILES]


def _tiles(metrics: list[Metric]) -> Markup:
    return tiles((title_of(metric), practical(metric.value, metric.unit), _scaled(metric)) for metric in _headlines(metrics))


def _metrics(metrics: list[Metric]) -> list[Markup]:
    rows = [
        (title_of(metric), practical(metric.value, metric.unit), _scaled(metric), symbols(metric.meaning)) for metric in metrics
    ]
    if not any(row[2] for row in rows):
        return [table(("metric", "value", "meaning"), [(a, b, d) for a, b, _, d in rows], "wns")]
    return [table(("metric", "value", "scaled", "meaning"), rows, "wnns")]


def _signed(text: str) -> str:
    """The text with a minus sign for each hyphen."""
    return text.replace("-", "\N{MINUS SIGN}")


def _scaled(metric: Metric) -> Markup:
    if metric.scaled != metric.scaled:
        return Markup("")
    return Markup(f"{number(metric.scaled)} {unit_text(metric.scaled_unit)}")


def _parameters(data: Data) -> list[Markup]:
    rows = [
        (
            code(row["path"]),
            symbols(row["doc"]),
            number(row["value"], 6),
            unit_text(row["unit"]),
            quantity(row["holds_at"], "K") if row.get("holds_at") else "",
            _signed(row["range"].replace("inf", "∞")),
            badge(row["provenance"], _PROVENANCE.get(row["provenance"], "plain")),
            symbols(row["reference"]),
        )
        for row in data.attribute("parameters", [])
    ]
    heads = ("parameter", "meaning", "value", "unit", "holds at", "range", "source", "reference")
    return [table(heads, rows, "ttnwwwts")] if rows else []


def _material(data: Data) -> list[Markup]:
    """What the device tells of its material, and the scales of the model; nothing where it tells neither."""
    facts = {name: value for name, value in data.attribute("material", {}).items() if value is not None}
    rows = [(name.replace("_", " "), _plain(value)) for name, value in facts.items()]
    sizes = [
        (unit_text(f"{kind.replace('_', ' ')}, {data.symbol(kind)}"), quantity(data.scale(kind), UNITS[kind]))
        for kind in data.attribute("symbols", {})
        if data.scale(kind) == data.scale(kind)
    ]
    parts = [table(heads, found) for heads, found in ((("material", "value"), rows), (("scale", "value"), sizes)) if found]
    return [side_by_side(*[*parts, Markup("")][:2])] if parts else []


def _protocol(data: Data) -> list[Markup]:
    steps, rows = data.steps, []
    for k, step in enumerate(steps[:MOST_STEPS]):
        start, end = (quantity(step[edge], _UNITS[step["mode"]]) for edge in ("start", "end"))
        held = start if step["start"] == step["end"] else Markup(f"{start} to {end}")
        rows.append((k + 1, step["label"], step["mode"], held, quantity(step["duration"], "s"), step["cycle"] + 1))
    rest = [Markup(f"<p>and {len(steps) - len(rows)} more steps.</p>")] if len(steps) > len(rows) else []
    heads = ("step", "kind", "given", "value", "duration", "cycle")
    return [table(heads, rows, "nttnnn"), *rest] if rows else []


def _audit(data: Data) -> list[Markup]:
    rows = []
    for name, entry in data.attribute("audit", {}).items():
        limited = entry["limit"] is not None
        ok = badge("ok", "good") if entry["ok"] else badge("exceeded", "bad")
        limit = Markup(f"&le; {number(entry['limit'])}") if limited else ""
        shown = ok if limited else badge("reported", "plain")
        rows.append((name.replace("_", " "), number(entry["value"], 3), limit, shown, symbols(entry["meaning"])))
    return [table(("check", "value", "limit", "verdict", "meaning"), rows, "wnnts")] if rows else []


def _settings(data: Data) -> list[Markup]:
    """Settings of the solution, the microstructure, software, and the sign convention."""
    pairs = [
        (head, data.attribute(name, {}))
        for head, name in (
            ("setting", "settings"),
            ("mesh and solution", "mesh"),
            ("microstructure", "microstructure"),
            ("software", "versions"),
        )
    ]
    tables = [
        table((head, "value"), [(name.replace("_", " "), _plain(value)) for name, value in entries.items()])
        for head, entries in pairs
        if entries
    ]
    rows = [side_by_side(*tables[k : k + 2], *[Markup("")] * (len(tables) - k == 1)) for k in range(0, len(tables), 2)]
    convention = data.dataset.attrs.get("sign_convention", "")
    return [*rows, Markup(f"<h3>Signs</h3><p>{symbols(convention)}</p>" if convention else "")]


def _plain(value: object) -> Markup:
    if isinstance(value, bool):
        return Markup("yes" if value else "no")
    if isinstance(value, list):
        return Markup(", ".join(_plain(entry) for entry in value))
    return number(value, 6) if isinstance(value, (int, float)) else html(value)
