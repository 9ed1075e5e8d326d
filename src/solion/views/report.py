"""The report of a run: one HTML page that holds everything, and its figures as PNG."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

from solion.analysis.metrics import Metric, metrics
from solion.analysis.recorded import attribute, dataset_of, scale
from solion.views.figures import figures
from solion.views.page import (
    Markup,
    badge,
    code,
    drawn,
    html,
    number,
    page,
    picture,
    quantity,
    section,
    side_by_side,
    symbols,
    table,
    unit_text,
)

MOST_TILES = 6
MOST_STEPS = 24  # of the protocol that are listed
GATED = (  # metrics of a gated channel in the order of their tiles
    "conductance_start", "conductance_end", "states", "asymmetry", "energy_per_pulse", "charge_leak", "retention_hour",
    "time_to_half",
)  # fmt: skip

CAPTIONS = {
    "overview": "Overview of the run.",
    "loop": "Current against voltage on a linear and a logarithmic axis; arrows point along time in the last cycle. "
    "The far axes are scaled by the thermal voltage and the diffusion current.",
    "terminals": "Voltage and current of the top terminal against time.",
    "spacetime": "Composition of the film against position and time, red ion-rich, blue ion-poor; the dashed marks on "
    "the colour bar are the two phases at rest.",
    "boundary": "Composition at both contacts. Triangles mark changes of phase; I, II and III are the states of the "
    "film (ion-rich at the top, the same phase at both ends, ion-rich at the bottom).",
    "energy": "Power of the source and where it is dissipated, and the same summed over time with each part's share.",
    "readout": "Conductance at the end of each read pulse.",
    "conductance": "Voltage and current of the gate, and conductance between source and drain, against time. Dashed: the voltage "
    "that the films' mean compositions would have at open circuit without a leak.",
    "pulses": "Conductance read after each pulse, the mean of the last 5 s before the next.",
    "updates": "Change of conductance by a pulse against the conductance before it, up and down; lines are medians.",
    "retention": "Part that is left of the conductance, against time.",
    "split": "Work of the gate and where it went: losses stacked, with each part's share at the end, and the free energy gained.",
}
TONES = {
    "finished": "good",
    "stopped": "info",
    "depleted": "warn",
    "saturated": "warn",
    "doubtful": "warn",
    "failed": "bad",
}
_PROVENANCE = {
    "stated": "info", "derived": "info", "literature": "good", "assumed": "warn", "calibrated": "violet",
    "user": "plain",
}  # fmt: skip
_SECTIONS = {
    "figures": "Figures", "metrics": "Metrics", "parameters": "Parameters", "material": "Material and scales",
    "protocol": "Protocol", "audit": "Audit", "settings": "Settings and versions",
}  # fmt: skip


def write_report(run: Any, directory: str | PathLike) -> Path:
    """Write ``report.html`` and ``figures/*.png`` of a run (a Result or its Dataset); returns the path of the page.

    The page needs nothing beside itself: figures are inside, and there are no scripts. Folders are made where missing,
    files of the same name replaced.
    """
    dataset = dataset_of(run)
    directory = Path(directory)
    folder = directory / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    images = {name: drawn(canvas, folder, name) for name, canvas in figures(dataset).items()}
    path = directory / "report.html"
    path.write_text(_compose(dataset, images), encoding="utf-8")
    return path


def _compose(dataset, images: dict[str, bytes]) -> str:
    """The page of a run and its pictures; the overview is left to the folder, as its parts all follow."""
    title = dataset.attrs.get("title") or "Run"
    found = metrics(dataset)
    shown = [picture(data, name, CAPTIONS[name]) for name, data in images.items() if name != "overview"]
    body = [
        _header(dataset, title), status_section(dataset), warnings_section(dataset), _tiles(found),
        section("figures", _SECTIONS["figures"], *(shown or [Markup("<p>The run is too short for figures.</p>")])),
        _metrics(found), parameters_section(dataset), _material(dataset), _protocol(dataset), audit_section(dataset),
        _settings(dataset),
    ]  # fmt: skip
    return page(f"{title} · Solion", [part for part in body if part])


def _header(dataset, title: str) -> Markup:
    versions = attribute(dataset, "versions", {})
    links = "".join(f'<a href="#{name}">{html(text)}</a>' for name, text in _SECTIONS.items())
    made = f"Solion {versions.get('solion', '')}".strip()
    lead = html(f"{dataset.attrs.get('device', 'device')} · {made}")
    return Markup(f'<header><h1>{html(title)}</h1><p class="lead">{lead}</p></header>\n<nav>{links}</nav>')


def status_section(dataset) -> Markup:
    status = dataset.attrs.get("status", "unknown")
    message = dataset.attrs.get("message", "")
    sentence = message[:1].upper() + message[1:]
    pill = badge(status, TONES.get(status, "plain"))
    return Markup(f'<section class="status">{pill}<p>{symbols(sentence)}</p></section>')


def warnings_section(dataset) -> Markup:
    warnings = attribute(dataset, "warnings", [])
    warnings += [
        f"Audit: {name} is {entry['value']:.2g}, above its limit {entry['limit']:.0e}: {entry['meaning']}."
        for name, entry in attribute(dataset, "audit", {}).items()
        if not entry["ok"]
    ]
    if not warnings:
        return Markup("")
    items = "".join(f"<li>{html(text[:1].upper() + text[1:])}</li>" for text in warnings)
    return Markup(f'<section class="warnings"><h2>Warnings</h2><ul>{items}</ul></section>')


def _tiles(found: list[Metric]) -> Markup:
    """The few numbers that a reader looks for first."""
    known = {metric.name: metric for metric in found}
    if "conductance_start" in known:
        wanted = [known[name] for name in GATED if name in known]
    else:
        ratios = [m for m in found if m.name.startswith("on_off_ratio") and isinstance(m.value, float)]
        wanted = [max(ratios, key=lambda metric: metric.value)] if ratios else []
        last = [m.name for m in found if m.name.endswith(("current_maximum", "current_minimum"))][-2:]
        names = ("polarization", "switching_time_top", "switching_time_bottom", *last, "read_conductance_range")
        wanted += [known[name] for name in names if name in known]
    tiles = "".join(
        f'<div class="tile"><span>{html(_title(metric))}</span>'
        f"<b>{_value(metric)}</b><span>{_scaled(metric)}&nbsp;</span></div>"
        for metric in wanted[:MOST_TILES]
    )
    return Markup(f'<div class="tiles">{tiles}</div>') if tiles else Markup("")


def _metrics(found: list[Metric]) -> Markup:
    rows = [(_title(metric), _value(metric), _scaled(metric), symbols(metric.meaning)) for metric in found]
    return section("metrics", _SECTIONS["metrics"], table(("metric", "value", "scaled", "meaning"), rows, "wnns"))


def _title(metric: Metric) -> str:
    return _signed(metric.name).replace("_V", " V").replace("on_off", "on/off").replace("_", " ")


def _signed(text: str) -> str:
    """The text with a minus sign for each hyphen."""
    return text.replace("-", "\N{MINUS SIGN}")


def _value(metric: Metric) -> Markup:
    if isinstance(metric.value, str):
        return html(metric.value)
    return Markup("never") if metric.value != metric.value else quantity(metric.value, metric.unit)


def _scaled(metric: Metric) -> Markup:
    if metric.scaled != metric.scaled:
        return Markup("")
    return Markup(f"{number(metric.scaled)} {unit_text(metric.scaled_unit)}")


def parameters_section(dataset) -> Markup:
    rows = [
        (
            code(row["path"]), symbols(row["doc"]), number(row["value"], 6), unit_text(row["unit"]),
            _signed(row["range"].replace("inf", "∞")),
            badge(row["provenance"], _PROVENANCE.get(row["provenance"], "plain")), symbols(row["reference"]),
        )
        for row in attribute(dataset, "parameters", [])
    ]  # fmt: skip
    heads = ("parameter", "meaning", "value", "unit", "range", "source", "reference")
    return section("parameters", _SECTIONS["parameters"], table(heads, rows, "ttnwwts"))


def _material(dataset) -> Markup:
    material = attribute(dataset, "material", {})
    rows: list[tuple[str, object, str]] = []
    if material.get("two_phase"):
        poor, rich = material["binodal"]
        low, high = material["spinodal"]
        rows = [
            ("phases at rest (binodal)", f"{poor:.6f}, {rich:.6f}", "c/c_0"),
            ("limits of stability (spinodal)", f"{low:.6f}, {high:.6f}", "c/c_0"),
            ("potential of the plateau", number(material["plateau"], 6), "k_B T"),
        ]
        if material.get("critical_current") is not None:
            rows.append(("critical current, analytic", number(material["critical_current"]), "i_D"))
    elif "two_phase" in material:
        rows = [("phases", "one, at every composition", "")]
    else:
        rows = [
            (name.replace("_", " "), number(value) if isinstance(value, float) else str(value), "")
            for name, value in material.items()
        ]
    scales = [
        ("length", "thickness h", "m"), ("time", "diffusion time τ_D", "s"),
        ("voltage", "thermal voltage V_T", "V"), ("current_density", "unit of current density i_D", "A/m2"),
        ("current", "i_D S", "A"), ("resistance", "V_T/(i_D S)", "ohm"), ("energy", "V_T i_D S τ_D", "J"),
    ]  # fmt: skip
    left = table(("material", "value", "unit"), [(n, v, unit_text(u)) for n, v, u in rows], "tnw")
    sizes = [(unit_text(text), quantity(scale(dataset, kind), unit)) for kind, text, unit in scales]
    return section("material", _SECTIONS["material"], side_by_side(left, table(("scale", "value"), sizes, "tn")))


def _protocol(dataset) -> Markup:
    steps = attribute(dataset, "protocol", [])
    units = {"voltage": "V", "current": "A", "resistor": "V"}
    rows = []
    for k, step in enumerate(steps[:MOST_STEPS]):
        start, end = (quantity(step[edge], units[step["mode"]]) for edge in ("start", "end"))
        held = start if step["start"] == step["end"] else Markup(f"{start} to {end}")
        rows.append((k + 1, step["label"], step["mode"], held, quantity(step["duration"], "s"), step["cycle"] + 1))
    more = len(steps) - len(rows)
    rest = [Markup(f"<p>and {more} more steps.</p>")] if more > 0 else []
    heads = ("step", "kind", "given", "value", "duration", "cycle")
    return section("protocol", _SECTIONS["protocol"], table(heads, rows, "nttnnn"), *rest)


def audit_section(dataset) -> Markup:
    rows = []
    for name, entry in attribute(dataset, "audit", {}).items():
        limited = entry["limit"] is not None
        verdict = badge("ok", "good") if entry["ok"] else badge("exceeded", "bad")
        verdict = verdict if limited else badge("reported", "plain")
        limit = Markup(f"&le; {number(entry['limit'])}") if limited else ""
        rows.append((name.replace("_", " "), number(entry["value"], 3), limit, verdict, symbols(entry["meaning"])))
    heads = ("check", "value", "limit", "verdict", "meaning")
    return section("audit", _SECTIONS["audit"], table(heads, rows, "wnnts"))


def _settings(dataset) -> Markup:
    settings = attribute(dataset, "settings", {})
    left = table(
        ("setting", "value"), [(name.replace("_", " "), plain_value(value)) for name, value in settings.items()]
    )
    right = table(("software", "version"), list(attribute(dataset, "versions", {}).items()))
    convention = symbols(dataset.attrs.get("sign_convention", ""))
    return section(
        "settings", _SECTIONS["settings"], side_by_side(left, right),
        Markup(f"<h3>Signs</h3><p>{convention}</p>"),
    )  # fmt: skip


def plain_value(value: object) -> Markup:
    return number(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else html(value)
