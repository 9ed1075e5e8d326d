"""The report of a sweep: one HTML page with its figures, its axes, what its runs gave and how they ended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from os import PathLike
from pathlib import Path

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from solion.explore.sweeps.figure_data import metric_names, plan_data
from solion.explore.sweeps.figures import curves_figure, sweep_figures
from solion.explore.sweeps.layers import LayerMap, has_map
from solion.explore.sweeps.progress import exceeding
from solion.explore.sweeps.seed_figures import extremes_figure, seed_table
from solion.explore.sweeps.seeds import typical
from solion.views.interactive.document import Document, document
from solion.views.page import (
    Markup,
    badge,
    code,
    drawn,
    header,
    html,
    number,
    picture,
    quantity,
    section,
    side_by_side,
    symbols,
    table,
    unit_text,
    verdict,
    write_page,
)
from solion.views.report import TONES

MOST_ROWS = 60  # runs that did not finish, listed with their messages
_SECTIONS = {
    "figures": "Figures",
    "seeds": "Over seeds",
    "layers": "Layers",
    "metrics": "Metrics",
    "axes": "Axes",
    "runs": "Runs that did not finish",
    "study": "Study and versions",
}
_DESIGNS = {"grid": "a grid", "list": "points one by one", "latin_hypercube": "a Latin hypercube", "sobol": "a Sobol sequence"}


def write_sweep_report(dataset: xr.Dataset, directory: str | PathLike) -> Path:
    """Write ``report.html`` and ``figures/*.png`` of a sweep; returns the path of the page, which needs nothing beside itself."""
    directory = Path(directory)
    folder = directory / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    drawings: dict[str, tuple[Figure, str]] = {}
    drawn_over, words = typical(dataset)
    for name, (canvas, caption) in sweep_figures(drawn_over).items():
        title = dataset[name].attrs.get("long_name", name) if name in dataset else name
        drawings[name] = (canvas, f"{name.replace('_', ' ')}: {title}. {caption}{words}")
    if (extremes := extremes_figure(dataset)) is not None:
        drawings["extremes"] = extremes
    if (curves := curves_figure(dataset)) is not None:
        drawings["curves"] = (curves, "Voltage and current of the terminals in all runs, and the conductance of gated channels.")
    for name, (canvas, _) in drawings.items():
        drawn(canvas, folder, name.replace("/", "-"))
    together = document({name: canvas for name, (canvas, _) in drawings.items()}, {n: text for n, (_, text) in drawings.items()})
    return _compose(dataset, directory, together, _layers(dataset, folder))


def _layers(dataset: xr.Dataset, folder: Path) -> Markup | None:
    """The map of layers, and for each conductivity the thinnest one on the limit; None where the sweep is no such map."""
    if not has_map(dataset):
        return None
    layers = LayerMap.of(dataset)
    caption = "Dashed: equal area-specific resistance, thickness over conductivity. The star: least of it below the limit."
    drawing = _picture(layers.figure(), folder, "layers", caption)
    rows = [
        (number(choice.conductivity * 1e-2, 3), number(choice.thickness * 1e6, 3), number(choice.resistance * 1e4, 3))
        for choice in layers.frontier()[:: max(1, len(layers.frontier()) // 12)]
    ]
    if not rows:
        return Markup(f"{drawing}<p>No layer of this map brings the current beyond it below the limit.</p>")
    found = table(("conductivity (S/cm)", "thinnest layer (µm)", "resistance (Ω cm²)"), rows, "nnn")
    return Markup(f"{drawing}<p>Least resistance: {html(layers.least())}.</p>{found}")


def _picture(canvas: Figure, folder: Path, name: str, caption: str) -> Markup:
    return picture(drawn(canvas, folder, name.replace("/", "-")), name, caption)


def _compose(dataset: xr.Dataset, directory: Path, together: Document, layers: Markup | None) -> Path:
    plan, title = plan_data(dataset), dataset.attrs["title"]
    versions = json.loads(dataset.attrs["versions"])
    lead = f"sweep of {plan['study']} over {_DESIGNS[plan['design']]} · {plan['runs']} runs · Solion {versions['solion']}"
    extra = {name: part for name, part in (("seeds", seed_table(dataset)), ("layers", layers)) if part is not None}
    shown = {name: text for name, text in _SECTIONS.items() if name in extra or name not in ("seeds", "layers")}
    empty = [Markup("<p>Nothing varies, so there is nothing to draw.</p>")]
    body = [
        header(title, lead, shown),
        _status(dataset),
        section("figures", _SECTIONS["figures"], *(together.figures.values() or empty)),
        *(section(name, _SECTIONS[name], part) for name, part in extra.items()),
        section("metrics", _SECTIONS["metrics"], _metrics(dataset)),
        section("axes", _SECTIONS["axes"], _axes(plan)),
        section("runs", _SECTIONS["runs"], *_unfinished(dataset)),
        _study(dataset, versions),
        together.script,
    ]
    return write_page(directory, f"{title} · sweep", body)


def _status(dataset: xr.Dataset) -> Markup:
    names, numbers = np.unique(dataset["status"].values.astype(str), return_counts=True)
    pills = " ".join(
        badge(f"{count} {name or 'not run yet'}", TONES.get(str(name), "plain"))
        for name, count in zip(names, numbers, strict=True)
    )
    seconds = float(np.nansum(dataset["wall_time"].values)) if "wall_time" in dataset else 0.0
    exceeded = exceeding(dataset)
    if exceeded:
        pills += " " + badge(f"audit: {exceeded} runs exceed a limit", "bad")
    return verdict(Markup(f"<p>{pills}</p>"), Markup(f"{quantity(seconds, 's')} of work in all."))


def _metrics(dataset: xr.Dataset) -> Markup:
    rows = []
    for name in metric_names(dataset):
        values, meaning = dataset[name].values.ravel(), symbols(dataset[name].attrs["long_name"])
        if values.dtype.kind == "O":
            words, counts = np.unique([word for word in values if word], return_counts=True)
            found = ", ".join(f"{word} ({count})" for word, count in zip(words, counts, strict=True))
            rows.append((name.replace("_", " "), html(found), "", int((values == "").sum()), meaning))
            continue
        known, unit = values[np.isfinite(values)], dataset[name].attrs["units"]
        ends = [quantity(float(end), unit) for end in (known.min(), known.max())] if known.size else [Markup("never"), ""]
        rows.append((name.replace("_", " "), *ends, values.size - known.size, meaning))
    return table(("metric", "lowest", "highest", "runs without", "meaning"), rows, "wnnns")


def _axes(plan: dict) -> Markup:
    rows = []
    for axis in plan["axes"]:
        values, words = axis["values"], axis["unit"] == ""
        if words:
            shown = html(", ".join(dict.fromkeys(map(str, values))))
        else:
            shown = Markup(f"{number(min(values), 6)} &hellip; {number(max(values), 6)}")
        keys = Markup("<br>".join(code(key) for key in axis["keys"]))
        rows.append((keys, symbols(axis["meaning"]), shown, unit_text(axis["unit"]), len(values), "log" if axis["log"] else ""))
    return table(("key", "meaning", "values", "unit", "number", "spacing"), rows, "ttnwnw")


def _unfinished(dataset: xr.Dataset) -> Iterator[Markup]:
    plan = plan_data(dataset)
    status = dataset["status"].values
    places = np.argwhere((status != "finished") & (status != ""))
    names = [axis["keys"][0] for axis in plan["axes"]]
    rows = []
    for place in places[:MOST_ROWS]:
        spot = dict(zip(map(str, dataset["status"].dims), place, strict=True))
        run = dataset.isel({name: int(k) for name, k in spot.items()})
        values = [run[name].item() for name in names]
        texts = [number(value, 5) if isinstance(value, (int, float)) else html(value) for value in values]
        state = str(run["status"].item())
        rows.append((*texts, badge(state, TONES.get(state, "plain")), symbols(str(run["message"].item()))))
    if not rows:
        yield Markup("<p>Every run finished.</p>")
        return
    yield table((*names, "status", "message"), rows, "n" * len(names) + "ts")
    if len(places) > MOST_ROWS:
        yield Markup(f"<p>and {len(places) - MOST_ROWS} more, in the results.</p>")


def _study(dataset: xr.Dataset, versions: dict[str, str]) -> Markup:
    text = Markup(f'<div class="scroll"><pre>{html(dataset.attrs["study"])}</pre></div>')
    signs = Markup(f"<h3>Signs</h3><p>{symbols(dataset.attrs['sign_convention'])}</p>")
    software = table(("software", "version"), list(versions.items()))
    heading = Markup("<h3>The study of the first run</h3>")
    return section("study", _SECTIONS["study"], side_by_side(signs, software), heading, text)
