"""Folder of verdicts on coatings: a page with its figure, numbers as JSON with provenance and seed, and a table as CSV."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure, FigureBase

from solion.base.parameters import USER
from solion.explore.coating.candidate import CoatingCandidate
from solion.explore.coating.maps import AXES, PlatingMap
from solion.explore.coating.ranking import CoatingRanking
from solion.explore.coating.verdict import MEASURES, CoatingVerdict
from solion.result.result import FILE as RESULT
from solion.views.page import (
    Markup,
    badge,
    code,
    drawn,
    header,
    html,
    number,
    picture,
    section,
    table,
    verdict,
    warning_box,
    write_page,
)
from solion.views.style import COLOURS, INK, blank, styled

FILE, TABLE = "coating.json", "coating.csv"
TONES = {"under": "good", "on top": "bad", "not decided": "warn"}
MANY = 6  # candidates, beyond which bars would be too thin
NAMES = {
    "onset": "onset, with interfaces",
    "range_limit": "homogeneity range",
    "naive": "F D c/L",
    "tolerated": "tolerated share",
}
SHOWN = (*MEASURES, "tolerated")
CAPTION = (
    "Left: 5 to 95 % of three measures of the threshold, dots at the medians, the line at the operating current. Right: scores "
    "of the checklist; pale where nothing is known."
)


def write_verdicts(ranking: CoatingRanking, folder: Path) -> None:
    """Fill a folder with what was found of one candidate or several."""
    place = folder / "figures"
    place.mkdir(parents=True, exist_ok=True)
    image = drawn(ranking_figure(ranking), place, "ranking")
    (folder / FILE).write_text(json.dumps(verdict_numbers(ranking), indent=2) + "\n", encoding="utf-8")
    with (folder / TABLE).open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["candidate", "verdict", "probability", *(f"{m} {q} [A/m2]" for m in SHOWN for q in ("5%", "50%", "95%"))])
        for one in ranking.verdicts:
            rows.writerow([one.candidate.name, one.word, one.probability, *(v for m in SHOWN for v in one.bands[m])])
    several = len(ranking.verdicts) > 1
    first = ranking.verdicts[0]
    title = "Coatings side by side" if several else first.candidate.name
    body = [
        header(title, f"{first.samples} samples, seed {first.seed}"),
        verdict(
            badge(first.word, TONES[first.word]) if not several else badge("ordered" if ranking.order else "not ordered", "info"),
            html(ranking.sentence if several else first.sentence),
        ),
        warning_box([f"{one.candidate.name}: {words}" for one in ranking.verdicts for words in _warnings(one)]),
        section("figure", "Thresholds and checklist", picture(image, "ranking", CAPTION)),
        section("thresholds", "Thresholds (mA/cm²)", _thresholds(ranking), _correlations(ranking) if several else Markup("")),
        *([] if several else [section("checklist", "Checklist of an ideal layer", _checklist(first))]),
        *(section(f"inputs-{k}", f"{one.candidate.name}: what decides", _inputs(one)) for k, one in enumerate(ranking.verdicts)),
    ]
    write_page(folder, title, body)


def _warnings(one: CoatingVerdict) -> list[str]:
    """What a reader has to know before the numbers; the other notes stand beside their inputs."""
    return [*one.caveats, *(note for note in one.notes if "extrapolated" in note)]


def _checklist(one: CoatingVerdict) -> Markup:
    rows = []
    for row in one.checklist.rows:
        unknown = row.metric != row.metric
        score = "unknown: measure it" if unknown else f"{row.score[0]:.2f}"
        rows.append((row.name, Markup("&mdash;") if unknown else number(row.metric, 3), row.unit, *row.ends, score))
    ends = " to ".join(f"{value:.3f}" for value in dict.fromkeys(one.checklist.overall))
    flags = "".join(f", {flag}" for flag in one.checklist.flags)
    said = f"<p>Overall {html(ends + flags)}: the geometric mean of the rows, an unknown one taken as 0.01 and as 0.99.</p>"
    shown = table(("attribute", "metric at the medians", "unit", "full score", "none", "score"), rows, "wntnnn")
    return Markup(f"{said}{shown}")


def verdict_numbers(ranking: CoatingRanking) -> dict[str, Any]:
    """All numbers, as JSON takes them."""
    return {
        "order": ranking.order,
        "measure": ranking.measure,
        "above": ranking.above,
        "correlations": {f"{a}, {b}": _plain(value) for (a, b), value in ranking.correlations.items()},
        "candidates": [_one(entry) for entry in ranking.verdicts],
    }


def _one(found: CoatingVerdict) -> dict[str, Any]:
    listed = found.checklist
    return {
        "name": found.candidate.name,
        "file": Path(found.candidate.file).name,
        "verdict": found.word,
        "probability_under": found.probability,
        "current": found.current,
        "samples": found.samples,
        "seed": found.seed,
        "bands": {name: [_plain(value) for value in ends] for name, ends in found.bands.items()},
        "largest_thickness": [_plain(value) for value in found.thickness],
        "smallest_electronic_resistance": [_plain(value) for value in found.blocking],
        "log_slopes": found.slopes,
        "sobol": found.sobol,
        "measure_first": found.measure_first,
        "probability_of_cracks": _plain(found.cracks),
        "outlook": found.outlook,
        "score": list(listed.overall),
        "flags": listed.flags,
        "checklist": {row.name: {"metric": _plain(row.metric), "unit": row.unit, "score": row.score} for row in listed.rows},
        "inputs": {
            path: {
                "low": value.low,
                "high": value.high,
                "distribution": "log-normal" if value.sigma else "log-uniform",
                "provenance": value.source.provenance,
                "reference": value.source.reference,
            }
            for path, value in found.candidate.numbers.items()
        },
        "tables": {
            path: {"what": str(value), "provenance": value.source.provenance, "reference": value.source.reference}
            for path, value in found.candidate.tables.items()
        },
        "notes": found.notes,
    }


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _thresholds(ranking: CoatingRanking) -> Markup:
    rows = []
    for one in ranking.verdicts:
        cells = [Markup(" … ".join(number(value / 10, 3) for value in one.bands[m])) for m in SHOWN]
        ends = " to ".join(f"{value:.2f}" for value in dict.fromkeys(one.checklist.overall))
        score = ", ".join([ends, *one.checklist.flags])
        rows.append((one.candidate.name, badge(one.word, TONES[one.word]), number(one.probability, 3), *cells, score))
    return table(("candidate", "plates", "P(under)", *(NAMES[m] for m in SHOWN), "score"), rows, "wwnnnnnn")


def _correlations(ranking: CoatingRanking) -> Markup:
    rows = [(NAMES[a], NAMES[b], number(value, 3)) for (a, b), value in ranking.correlations.items()]
    return table(("measure", "measure", "rank correlation of medians"), rows, "ttn")


def _inputs(one: CoatingVerdict) -> Markup:
    rows = []
    for path, (first, total) in sorted(one.sobol.items(), key=lambda entry: -entry[1][1]):
        value = one.candidate.numbers[path]
        ends = Markup(f"{number(value.low)} … {number(value.high)}")
        rows.append(
            (
                code(path),
                ends,
                "given" if value.source == USER else f"{value.source.provenance}: {value.source.reference}",
                number(one.slopes.get(path, 0.0), 3),
                number(first, 3),
                number(total, 3),
            )
        )
    shown = table(("input (SI)", "interval", "source", "dln i/dln", "first", "total"), rows, "wntnnn")
    lines = [f"Measure {one.measure_first} first."] if one.measure_first else []
    words = "".join(f"<p>{html(line)}</p>" for line in [*lines, *one.outlook])
    notes = "".join(f"<li>{html(note)}</li>" for note in one.notes)
    return Markup(f"{words}{f'<ul>{notes}</ul>' if notes else ''}{shown if rows else ''}")


@styled
def ranking_figure(ranking: CoatingRanking) -> Figure:
    """Intervals of the measures beside bars of the checklist."""
    canvas = blank(12.0, 1.8 + 0.62 * max(len(ranking.verdicts), 3))
    draw_ranking(canvas, ranking)
    return canvas


def draw_ranking(canvas: FigureBase, ranking: CoatingRanking) -> None:
    """The same on a figure or a part of one."""
    found = ranking.verdicts
    left, right = canvas.subplots(1, 2, width_ratios=(1.0, 1.15))
    for k, one in enumerate(found):
        for shift, measure, colour in zip((-0.2, 0.0, 0.2), MEASURES, COLOURS, strict=False):
            low, middle, high = (value / 10 for value in one.bands[measure])
            if np.isfinite([low, middle, high]).all() and low > 0:
                left.plot([low, high], [k + shift] * 2, color=colour, lw=3, label=NAMES[measure] if not k else None)
                left.plot(middle, k + shift, "o", color=colour, mec="white", ms=6)
        left.plot([one.current / 10] * 2, [k - 0.4, k + 0.4], color=INK, lw=1.2, label=None if k else "operating current")
    left.set(xscale="log", xlabel="threshold (mA/cm²)", yticks=range(len(found)), yticklabels=[v.candidate.name for v in found])
    left.invert_yaxis()
    left.legend(loc="lower right")
    names = [row.name for row in found[0].checklist.rows]
    if len(found) > MANY:
        shown = [[row.score[0] if row.metric == row.metric else math.nan for row in v.checklist.rows] for v in found]
        right.imshow(shown, vmin=0, vmax=1, cmap="RdYlGn", aspect="auto")
        right.set(xticks=range(len(names)), yticks=[])
        right.set_xticklabels(names, rotation=35, ha="right")
        right.grid(False)
        right.set_title("score: red 0, green 1, white unknown")
        return
    height = 0.8 / len(found)
    for k, one in enumerate(found):
        for place, row in enumerate(one.checklist.rows):
            at, colour = place + (k + 0.5) * height - 0.4, COLOURS[k % len(COLOURS)]
            label = one.candidate.name if not place else None
            right.barh(at, row.score[1], height, color=colour, alpha=1.0 if row.metric == row.metric else 0.2, label=label)
    right.set(xlim=(0, 1), xlabel="score", yticks=range(len(names)), yticklabels=names)
    right.invert_yaxis()
    if len(found) > 1:
        right.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))


@styled
def map_figure(found: PlatingMap) -> Figure:
    """The threshold in colours, hatched where lithium plates on top."""
    canvas = blank(6.4, 4.8)
    draw_map(canvas, found)
    return canvas


def draw_map(canvas: FigureBase, found: PlatingMap) -> None:
    """The same on a figure or a part of one."""
    axes = canvas.subplots()
    (_, _, _, fx, name_x), (_, _, _, fy, name_y) = (AXES[name] for name in found.plane)
    x, y, onset = found.x * fx, found.y * fy, np.maximum(found.onset / 10, 1e-6)
    middle, half = np.sqrt(onset.min() * onset.max()), max(np.sqrt(onset.max() / onset.min()), 3.0)  # a decade at least
    norm = LogNorm(middle / half, middle * half)
    mesh = axes.pcolormesh(x, y, onset, norm=norm, cmap="viridis", rasterized=True)
    if (~found.under).any():
        hatched = axes.contourf(x, y, (~found.under).astype(float), levels=[0.5, 1.5], colors="none", hatches=["//"])
        hatched.set(edgecolor="white", linewidth=0)
    axes.set(xscale="log", yscale="log", xlabel=name_x, ylabel=name_y)
    canvas.colorbar(mesh, label="threshold (mA/cm²); hatched: on top")


def write_map(found: PlatingMap, folder: Path, candidate: CoatingCandidate) -> None:
    """``result.nc``, its picture and a page."""
    place = folder / "figures"
    place.mkdir(parents=True, exist_ok=True)
    image = drawn(map_figure(found), place, "map")
    found.result(candidate).save(folder / RESULT)
    title = found.title(candidate)
    said = (
        "Colours: the threshold above which the top is supersaturated enough to nucleate. Hatched: lithium plates on top, since "
        "the current is above it and a nucleated top takes more than its tolerated share. Underneath on "
        f"{found.under.mean():.0%}."
    )
    body = [header(title, "at the medians of all other numbers"), section("map", "Map", picture(image, "map", said))]
    write_page(folder, title, body)
