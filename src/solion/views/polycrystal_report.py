"""The report of a polycrystal's run: one HTML page that holds everything, and its figures as PNG."""

from __future__ import annotations

import json
import math
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from solion.analysis.metric import Metric
from solion.analysis.polycrystal_metrics import FACES, PARTS, metrics
from solion.analysis.recorded import attribute
from solion.views import polycrystal
from solion.views.page import (
    Markup,
    badge,
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
)
from solion.views.report import audit_section, parameters_section, plain_value, status_section, warnings_section
from solion.views.style import BOTTOM, INK, TOP, blank, styled

FIELD = ("map", "slices")  # figures that need the field in the volume, which no file keeps
MOST_GRAINS = 12
CAPTIONS = {
    "map": "Current density over its mean, on a logarithmic scale, with streamlines; black: boundaries between grains.",
    "slices": "Current density over its mean in slices of the volume; above the faces the largest of one voxel, and its width.",
    "faces": "Current density normal to each plane over its mean, and the windows of the hot-spot factors at their maxima.",
    "decay": "Unevenness of the current against the distance from the ceramic, and its spectrum: fine spikes die out first.",
    "shares": "Mean current density through each grain at the faces of the ceramic, over the mean of the face, against the size "
    "of its contact.",
    "dissipation": "Where the power goes.",
    "impedance": "Impedance spectrum, area-specific, with decades of frequency marked.",
}
_SECTIONS = {
    "figures": "Figures", "hot-spots": "Hot spots", "conductivity": "Conductivity", "power": "Power", "grains": "Grains",
    "printed": "Printed and found", "metrics": "Metrics", "parameters": "Parameters", "audit": "Audit",
    "settings": "Settings and versions",
}  # fmt: skip
_STANDINGS = {"calibrated": "violet", "predicted": "good", "contradicted": "bad", "assumed": "warn"}
_TILES = ("decay_depth_top", "decay_depth_bottom", "boundary_ratio", "share_boundaries")
_CENTIMETRE = {"S/m": (10, "mS/cm"), "ohm m2": (1e4, "Ω cm²"), "A/m2": (0.1, "mA/cm²")}  # as the field writes them


def write_polycrystal_report(dataset: xr.Dataset, directory: str | PathLike, fields: Any = None) -> Path:
    """Write ``report.html`` and ``figures/*.png`` of a run; returns the path of the page, which needs nothing beside itself.

    Without ``fields`` the figures that need them are those which lie in the folder already.
    """
    directory = Path(directory)
    folder = directory / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    images = {name: (folder / f"{name}.png").read_bytes() for name in FIELD if (folder / f"{name}.png").is_file()}
    images |= {name: drawn(canvas, folder, name) for name, canvas in _figures(dataset, fields).items()}
    path = directory / "report.html"
    path.write_text(_compose(dataset, images), encoding="utf-8")
    return path


def _figures(dataset: xr.Dataset, fields: Any) -> dict[str, Figure]:
    found = polycrystal.figures(dataset, fields)
    found["shares"] = _shares_figure(dataset)
    found["dissipation"] = _dissipation_figure(dataset)
    if "frequency" in dataset:
        found["impedance"] = polycrystal.nyquist(dataset)
    return found


def _compose(dataset: xr.Dataset, images: dict[str, bytes]) -> str:
    title, found = dataset.attrs["title"], metrics(dataset)
    shown = [picture(images[name], name, CAPTIONS[name]) for name in CAPTIONS if name in images]
    parts = {
        "hot-spots": _hot_spots(dataset), "conductivity": _conductivity(dataset), "power": _power(dataset),
        "grains": _grains(dataset), "printed": _printed(dataset, found),
    }  # fmt: skip
    kept = {name: part for name, part in parts.items() if part}
    links = "".join(
        f'<a href="#{name}">{html(text)}</a>' for name, text in _SECTIONS.items() if name not in parts or name in kept
    )
    described = dataset.attrs.get("description", "")
    lead = f"polycrystal · {dataset.attrs.get('engine', '')} · Solion {dataset.attrs['solion_version']}"
    body = [
        Markup(f'<header><h1>{html(title)}</h1><p class="lead">{html(lead)}</p></header>\n<nav>{links}</nav>'),
        status_section(dataset), warnings_section(dataset), _tiles(found),
        Markup(f"<p>{symbols(described)}</p>") if described else Markup(""),
        section("figures", _SECTIONS["figures"], *shown),
        *(section(name, _SECTIONS[name], part) for name, part in kept.items()),
        section("metrics", _SECTIONS["metrics"], _metrics(found)),
        parameters_section(dataset), audit_section(dataset), _settings(dataset),
    ]  # fmt: skip
    return page(f"{title} · Solion", [part for part in body if part])


def _value(value: float | str, unit: str) -> Markup:
    if isinstance(value, str):
        return html(value)
    if value != value:
        return Markup("never")
    if unit in _CENTIMETRE:
        factor, name = _CENTIMETRE[unit]
        return Markup(f"{number(value * factor)} {html(name)}")
    return quantity(value, unit)


def _tiles(found: list[Metric]) -> Markup:
    """The few numbers that a reader looks for first: H over the finest windows or the usual ones, and beyond a layer."""
    known = {metric.name: metric for metric in found}
    bare = [name for name in known if name.startswith("hot_spot_") and name.split("_")[2].isdecimal()]
    usual = [name for name in ("hot_spot_100_nm", "hot_spot_1_um") if name in known] or bare[:2]
    beyond = [name for name in known if name.startswith("outer_")]
    chosen = ["effective_conductivity", *usual, *[f"outer_{name}" for name in usual if f"outer_{name}" in beyond][:1]]
    chosen += [name for name in _TILES if name in known]
    tiles = "".join(
        f'<div class="tile"><span>{html(_title(name))}</span><b>{_value(known[name].value, known[name].unit)}</b></div>'
        for name in chosen[:6]
    )
    return Markup(f'<div class="tiles">{tiles}</div>')


def _title(name: str) -> str:
    return name.replace("_", " ").replace(" um", " µm").replace("boundary ratio", "Λ = R σ/d")


def _metrics(found: list[Metric]) -> Markup:
    rows = [(_title(metric.name), _value(metric.value, metric.unit), symbols(metric.meaning)) for metric in found]
    return table(("metric", "value", "meaning"), rows, "wns")


def _hot_spots(dataset: xr.Dataset) -> Markup:
    """H(w) with window, place, mesh and whether it has converged."""
    rows = []
    for plane in map(str, dataset["plane"].values):
        spacing = float(dataset[f"{plane}_current_density"].attrs["spacing"])
        for window in dataset["window"].values:
            at = dataset.sel(plane=plane, window=window)
            value, change = float(at["hot_spot"]), float(at["hot_spot_change"])
            if value != value:
                verdict = badge("mesh too coarse", "plain")
            elif change != change:
                verdict = badge("not checked", "plain")
            else:
                verdict = badge("converged", "good") if change <= 0.05 else badge("not converged", "warn")
            rows.append((
                plane.replace("_", " "), quantity(float(window), "m"), number(value, 3),
                quantity(float(at["hot_spot_position"]), "m") if value == value else "",
                quantity(spacing, "m"), Markup(f"{number(100 * change, 2)} %") if change == change else "", verdict,
            ))  # fmt: skip
    heads = ("plane", "window w", "H(w)", "at x", "mesh there", "change", "verdict")
    note = Markup(
        "<p>H(w) is the largest mean of j<sub>z</sub> over a window w, over the mean of the plane. Without a window it has no "
        "value: where a resistive boundary meets an equipotential face the density has no bound. Change: against a less accurate "
        "flux on the same mesh, which overstates the error; above 5 % the factor counts as not converged.</p>"
    )
    return Markup(note + table(heads, rows, "wnnnnnt"))


def _conductivity(dataset: xr.Dataset) -> Markup:
    names = ("effective_conductivity", "brick_layer", "uniform_current_bound", "blocking_bound")
    found = float(dataset["effective_conductivity"])
    rows = []
    for name in names:
        if name in dataset and math.isfinite(value := float(dataset[name])):
            rows.append((name.replace("_", " "), _value(value, "S/m"), number(value / found, 4) if math.isfinite(found) else "",
                         symbols(dataset[name].attrs["long_name"])))  # fmt: skip
    grain = next((row for row in attribute(dataset, "parameters", []) if row["path"] == "grain.conductivity"), None)
    if grain is not None:
        rows.append(("grain", _value(grain["value"], "S/m"), number(grain["value"] / found, 4), "interior of a grain"))
    return table(("", "value", "over the effective one", "meaning"), rows, "wnns")


def _power(dataset: xr.Dataset) -> Markup:
    parts = {part: float(dataset[f"dissipation_{part}"]) for part in PARTS}
    total = sum(parts.values())
    parts = {part: value if abs(value) > 1e-12 * total else 0.0 for part, value in parts.items()}  # round-off
    rows = [
        (part, quantity(value, "W/m2"), Markup(f"{number(100 * value / total, 3)} %")) for part, value in parts.items()
    ]
    return table(("lost in", "per area of face", "share"), rows, "wnn")


def _grains(dataset: xr.Dataset) -> Markup:
    """The grains through which the most current passes, at either face."""
    tables = []
    for face in FACES:
        factor = dataset[f"{face}_grain_factor"].values
        order = np.argsort(factor)[::-1][:MOST_GRAINS]
        contact = dataset[f"{face}_grain_contact"]
        rows = [
            (int(dataset[f"{face}_grain_number"].values[k]), _contact(float(contact.values[k]), contact.attrs["units"]),
             Markup(f"{number(100 * float(dataset[f'{face}_grain_share'].values[k]), 3)} %"), number(float(factor[k]), 3))
            for k in order
        ]  # fmt: skip
        heading = Markup(f"<h3>{face} face, {len(factor)} grains</h3>")
        tables.append(Markup(heading + table(("grain", "contact", "share", "mean over mean"), rows, "nnnn")))
    return side_by_side(*tables)


def _contact(size: float, unit: str) -> Markup:
    return quantity(size, unit) if unit == "m" else Markup(f"{number(size * 1e12)} µm²")


def _printed(dataset: xr.Dataset, found: list[Metric]) -> Markup:
    """What the source of the study prints against what is found: calibrated, predicted, contradicted or assumed."""
    known, rows = {metric.name: metric for metric in found}, []
    for entry in attribute(dataset, "printed", []):
        metric = known.get(entry["metric"])
        text = _value(metric.value, metric.unit) if metric else html(entry["found"] or "not in this run")
        standing = badge(entry["standing"], _STANDINGS[entry["standing"]])
        rows.append((entry["name"], entry["printed"], text, standing, symbols(entry["why"])))
    return table(("number", "printed", "found", "standing", "why"), rows, "tttts") if rows else Markup("")


def _settings(dataset: xr.Dataset) -> Markup:
    grains = {name: value for name, value in json.loads(dataset.attrs["microstructure"]).items()}
    lengths = " × ".join(f"{length * 1e6:.4g}" for length in grains.pop("box"))
    rows = [("box", html(f"{lengths} µm"))] + [
        (name.replace("_", " "), quantity(value, "m") if name == "grain_size" else html(value))
        for name, value in grains.items()
    ]
    mesh = [(name, plain_value(value)) for name, value in json.loads(dataset.attrs["mesh"]).items()]
    left, right = table(("microstructure", "value"), rows), table(("mesh and solution", "value"), mesh)
    signs = Markup(f"<h3>Signs</h3><p>{symbols(dataset.attrs['sign_convention'])}</p>")
    return section("settings", _SECTIONS["settings"], side_by_side(left, right), signs)


@styled
def _shares_figure(dataset: xr.Dataset) -> Figure:
    """Mean current density of each grain at the faces of the ceramic against the size of its contact."""
    drawing = blank(6.4, 3.6)
    axes = drawing.add_subplot()
    for face, colour in zip(FACES, (BOTTOM, TOP), strict=True):
        contact = dataset[f"{face}_grain_contact"]
        size = contact.values if contact.attrs["units"] == "m" else np.sqrt(contact.values)
        axes.plot(size * 1e6, dataset[f"{face}_grain_factor"].values, "o", color=colour, ms=4.5, mec="white", mew=0.5,
                  label=f"{face} face")  # fmt: skip
    axes.axhline(1, color=INK, lw=0.8, ls=":")
    axes.set(xscale="log", xlabel="width of the contact (µm)", ylabel=r"mean $j_z$ of the grain over that of the face")
    axes.set_ylim(0, None)
    axes.legend()
    return drawing


@styled
def _dissipation_figure(dataset: xr.Dataset) -> Figure:
    """Shares of the power in the parts of the cell."""
    drawing = blank(7.2, 1.5)
    axes = drawing.add_subplot()
    values = np.array([float(dataset[f"dissipation_{part}"]) for part in PARTS])
    shares, left = 100 * values / values.sum(), 0.0
    colours = ("#56b4e9", "#c2570c", "#008a6b", "#7b3294", "#a3acb9")
    for part, share, colour in zip(PARTS, shares, colours, strict=True):
        if share > 0.05:
            axes.barh(0, share, left=left, color=colour, label=f"{part} {share:.3g} %", height=0.6)
            left += share
    axes.set(xlim=(0, 100), ylim=(-0.5, 0.5), yticks=[], xlabel="share of the power (%)")
    axes.grid(False)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=5)
    return drawing
