"""Folder of an identification: an HTML page with its figure, numbers as JSON, and the curves of every law."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from solion.explore.identify.figures import overview
from solion.explore.identify.identification import Identification, arrest_text
from solion.explore.identify.least_squares import ProfileInterval
from solion.explore.identify.posterior import MECHANISMS
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

FILE, CURVES = "identify.json", "curves.csv"
TONES = {"not decided": "warn"}
_FIGURE = (
    "Rows and the laws that fit best, residuals over the error of a row (the band holds 95 %), weights of "
    "the laws, and the probability "
    "that a mechanism takes the largest share of the time."
)


def write_identification(found: Identification, folder: Path) -> None:
    """Fill a folder: ``report.html``, ``identify.json``, ``curves.csv`` and ``figures/``."""
    place = folder / "figures"
    place.mkdir(parents=True, exist_ok=True)
    image = drawn(overview(found), place, "identification")
    (folder / FILE).write_text(json.dumps(numbers(found), indent=2) + "\n", encoding="utf-8")
    series, names = found.series, list(found.fits)
    unit = series.meaning.unit
    heads = ",".join(["time [s]", f"{series.meaning.name} [{unit}]", *(f"{name} [{unit}]" for name in names)])
    rows = np.column_stack([series.time, series.value, *(found.fits[name].fitted for name in names)])
    np.savetxt(folder / CURVES, rows, delimiter=",", header=heads, comments="", fmt="%.12g")
    title = f"{Path(series.name).name}: what limits the front"
    s = series.specimen
    size = f", radius {1e9 * s.radius:.4g} nm" if s.finite else ""
    body = [
        header(title, f"{len(series)} rows of {series.meaning.name.replace('_', ' ')} · {s.shape}{size} · {found.seconds:.3g} s"),
        verdict(badge(found.verdict.word, TONES.get(found.verdict.word, "good")), html(" ".join(found.verdict.sentences))),
        warning_box(found.warnings),
        section("figure", "Data, laws, weights", picture(image, "identification", _FIGURE)),
        section("laws", "Laws", _laws(found)),
        section("rates", "Rates", html(found.crossover.sentence), _rates(found)),
        section("resolved", "Resolved particle", html(found.transient.sentence)) if found.transient else Markup(""),
        section("limits", "What limits", _limits(found)) if found.mechanisms else Markup(""),
        section("next", "Next experiment", _next(found)) if found.proposals else Markup(""),
    ]
    write_page(folder, title, body)


def numbers(found: Identification) -> dict[str, Any]:
    """All numbers, as JSON takes them."""
    return {
        "series": found.series.name,
        "meaning": found.series.meaning.name,
        "shape": found.series.specimen.shape,
        "radius": _plain(found.series.specimen.radius),
        "volume_ratio": found.series.specimen.volume_ratio,
        "verdict": found.verdict.word,
        "exponent_verdict": found.verdict.exponent_word,
        "sentences": list(found.verdict.sentences),
        "confidence": found.confidence,
        "exponent": _interval(found.exponent),
        "laws": {
            name: {
                "values": {key: _plain(value) for key, value in fit.values.items()},
                "aicc": fit.corrected_criterion,
                "weight": found.weights[name],
                "evidence": found.evidence.get(name),
                "sum_of_squares": fit.cost,
            }
            for name, fit in found.fits.items()
        },
        "crossover": {
            "known": found.crossover.known,
            "sentence": found.crossover.sentence,
            "length": _interval(found.crossover.length),
            "interface_speed": _interval(found.crossover.interface_speed),
            "layer_constant": _interval(found.crossover.layer_constant),
            "two_S_D": found.crossover.parabolic,
        },
        "gamma_of_arrest": _interval(found.arrest),
        "resolved": None
        if found.transient is None
        else {
            "material": found.transient.device.material.name,
            "potential": found.transient.potential,
            "aicc": found.transient.corrected_criterion,
            "stefan": found.transient.stefan,
            "numbers": {name: _interval(entry) for name, entry in found.transient.numbers.items()},
        },
        "mechanisms": found.mechanisms,
        "shares_of_time": found.shares,
        "entropy_bits": found.entropy,
        "proposals": [{"experiment": entry.words, "bits": entry.information} for entry in found.proposals],
        "warnings": list(found.warnings),
    }


def _laws(found: Identification) -> Markup:
    rows = []
    for name, fit in sorted(found.fits.items(), key=lambda entry: entry[1].corrected_criterion):
        values = ", ".join(f"{key.replace('_', ' ')} {value:.4g}" for key, value in fit.values.items())
        evidence = number(found.evidence[name], 3) if name in found.evidence else "out"
        rows.append(
            (code(name), fit.law.text, number(fit.corrected_criterion, 5), number(found.weights[name], 3), evidence, values)
        )
    return table(("law", "meaning", "AICc", "weight", "evidence", "numbers (SI; driving force in kT)"), rows, "ttnnnt")


def _rates(found: Identification) -> Markup:
    rates = found.crossover
    named = (
        ("l* = D/k (m, product)", rates.length),
        ("v_k = k dc/N0 (m/s)", rates.interface_speed),
        ("K = D dc/N0 (m²/s)", rates.layer_constant),
    )
    rows = [(name, number(entry.value), Markup(f"{number(entry.low)} … {number(entry.high)}")) for name, entry in named if entry]
    if rates.parabolic is not None:
        rows.append(("2 S D (m²/s)", number(rates.parabolic), Markup("")))
    if found.arrest is not None:
        rows.append((arrest_text(found.arrest), number(found.arrest.value), Markup("")))
    return table(("rate", "value", f"{found.confidence:.0%}"), rows, "tnw") if rows else Markup("")


def _limits(found: Identification) -> Markup:
    rows = [(MECHANISMS[name], number(found.mechanisms[name], 3), number(found.shares[name], 3)) for name in MECHANISMS]
    return table(("mechanism", "probability", "mean share of the time"), rows, "tnn")


def _next(found: Identification) -> Markup:
    rows = [(entry.words, number(entry.information, 3)) for entry in found.proposals[:6]]
    return table(("experiment", f"bits of {found.entropy:.2f}"), rows, "tn")


def _interval(entry: ProfileInterval | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    ends = {"low": _plain(entry.low), "high": _plain(entry.high)}
    return {"value": _plain(entry.value), **ends, "open_low": entry.open_low, "open_high": entry.open_high}


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
