"""Folders of a fit and of sensitivities: an HTML page, figures, tables, and the fitted study."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from solion.explore.fitting.figures import correlation, curves, residuals, slope_text, tornado
from solion.explore.fitting.fit import Fit
from solion.explore.fitting.sensitivity import Sensitivities
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
    symbols,
    table,
    verdict,
    warning_box,
    write_page,
)

FIT, PAGE, SENSITIVITY = "fit.json", "report.html", "sensitivity.csv"


def write_fit(fit: Fit, folder: Path) -> None:
    """Fill a folder: ``report.html``, ``study.toml`` (fitted), ``fit.json``, ``curve.csv``, ``result.nc`` and ``figures/``."""
    images = _pictures(
        folder, {"curves": lambda: curves(fit), "residuals": lambda: residuals(fit), "correlation": lambda: correlation(fit)}
    )
    fit.fitted.save(folder)
    (folder / FIT).write_text(json.dumps(_numbers(fit), indent=2) + "\n", encoding="utf-8")
    fit.result.save(folder / "result.nc")
    heads = f"time [s],voltage [V],measured [{fit.unit}],fitted [{fit.unit}],residual [1]"
    rows = np.column_stack([fit.time, fit.voltage, fit.measured, fit.after, fit.residual])
    np.savetxt(folder / "curve.csv", rows, delimiter=",", header=heads, comments="", fmt="%.12g")
    title = f"{fit.study.title}: fit"
    body = [
        header(title, f"{Path(fit.data.name).name} · {len(fit.measured)} rows · {fit.seconds:.3g} s"),
        _verdict(fit),
        warning_box(fit.warnings),
        section("numbers", "Fitted numbers", _estimates(fit)),
        section("curves", "Measured and fitted", picture(images["curves"], "curves", _CURVES)),
        section("residuals", "Residuals", picture(images["residuals"], "residuals", _RESIDUALS)),
        section("correlation", "Correlation", picture(images["correlation"], "correlation", _CORRELATION)),
        section("settings", "How it was fitted", _settings(fit)),
    ]
    write_page(folder, title, body)


def write_sensitivities(found: Sensitivities, folder: Path) -> None:
    """Fill a folder: ``report.html``, ``sensitivity.csv``, the study and a tornado for each metric in ``figures/``."""
    draw = {metric.name: (lambda name=metric.name: tornado(found, name)) for metric in found.metrics}
    images = _pictures(folder, draw)
    found.study.save(folder)
    found.to_csv(folder / SENSITIVITY)
    title = f"{found.study.title}: sensitivities"
    lead = f"derivatives from runs in the same steps · {found.seconds:.3g} s"
    body = [header(title, lead), warning_box(json.loads(found.result.dataset.attrs["warnings"]))]
    for metric in found.metrics:
        rows = [
            (
                code(row.number.key),
                symbols(row.number.meaning),
                row.number.shown(row.number.value),
                slope_text(row),
                number(row.relative),
            )
            for row in found.of(metric.name)
        ]
        heads = ("number", "meaning", "value", "d metric / d p", "d ln metric / d ln p")
        body.append(
            section(
                metric.name,
                str(metric).replace("_", " "),
                Markup(f"<p>{symbols(metric.meaning)}</p>"),
                picture(images[metric.name], metric.name, _TORNADO),
                table(heads, rows, "ttnnn"),
            )
        )
    write_page(folder, title, body)


_CURVES = "Measured record (dots), the run at the starting numbers (dashed) and at the fitted ones (line)."
_RESIDUALS = "Residuals on the scale of the fit over their standard deviation; the band holds 95 % of normal ones."
_CORRELATION = "Correlation of the errors of the fitted numbers. Near 1 or -1 the data tell only a combination of two."
_TORNADO = "Relative sensitivities, the strongest first."


def _pictures(folder: Path, draw: dict[str, Callable[[], Any]]) -> dict[str, bytes]:
    place = folder / "figures"
    place.mkdir(parents=True, exist_ok=True)
    return {name: drawn(make(), place, name) for name, make in draw.items()}


def _verdict(fit: Fit) -> Markup:
    tone = ("good", "describes the record") if fit.quality.describes else ("bad", "does not describe the record")
    tone = tone if fit.search.converged else ("bad", "not converged")
    left = f"misfit {fit.quality.misfit:.3g} of the signal, R2 = {fit.quality.explained:.4g}"
    words = f"{left}; {fit.weighting.describe(fit.unit)}; reduced sum of squares {fit.statistics.reduced:.4g}."
    return verdict(badge(tone[1], tone[0]), html(words[:1].upper() + words[1:]))


def _estimates(fit: Fit) -> Markup:
    rows = []
    for entry in fit.estimates:
        low, high = entry.interval
        relative = f"{100 * entry.relative:.2g} %" if entry.relative < 1e3 else "unknown"
        rows.append(
            (
                code(entry.number.key),
                symbols(entry.number.meaning),
                number(entry.value, 6),
                number(entry.error, 2),
                relative,
                Markup(f"{number(low, 6)} … {number(high, 6)}"),
                entry.number.unit,
                number(entry.start),
                Markup(f"{number(entry.low)} … {number(entry.high)}{' (log)' if entry.logarithmic else ''}"),
                badge(*(("calibrated", "violet") if fit.calibrates else ("not calibrated", "bad"))),
            )
        )
    heads = ("number", "meaning", "value", "standard error", "relative", "95 %", "unit", "start", "bounds", "source")
    return table(heads, rows, "ttnnnwwnww")


def _settings(fit: Fit) -> Markup:
    drive = "the measured waveform" if fit.driven_by == "data" else "the study's own protocol"
    rows = [
        ("measurement", fit.data.name),
        ("driven by", drive),
        ("compared", fit.observed),
        ("weighting", fit.weighting.describe(fit.unit)),
        ("rows compared", str(len(fit.measured))),
        ("search", f"{fit.search.iterations} trials, {fit.search.refused} refused, of which {fit.search.failed} failed to run"),
        ("ended because", fit.search.reason),
        ("condition of the scaled normal matrix", number(fit.statistics.condition)),
        ("cells", str(fit.study.experiment.cells)),
        ("time", quantity(fit.seconds, "s")),
    ]
    return table(("", ""), rows, "tt")


def _numbers(fit: Fit) -> dict[str, Any]:
    return {
        "study": fit.study.shown,
        "measurement": fit.data.name,
        "driven_by": fit.driven_by,
        "observed": fit.observed,
        "weighting": fit.weighting.describe(fit.unit),
        "rows": len(fit.measured),
        "converged": fit.search.converged,
        "reason": fit.search.reason,
        "describes": fit.quality.describes,
        "misfit": _plain(fit.quality.misfit),
        "explained": _plain(fit.quality.explained),
        "trials": fit.search.iterations,
        "reduced_sum_of_squares": fit.statistics.reduced,
        "numbers": {
            entry.number.key: {
                "value": entry.value,
                "standard_error": _plain(entry.error),
                "unit": entry.number.unit or "1",
                "start": entry.start,
                "bounds": [entry.low, entry.high],
                "interval_95": [_plain(end) for end in entry.interval],
                "searched_in_logarithm": entry.logarithmic,
            }
            for entry in fit.estimates
        },
        "correlation": fit.statistics.correlation.tolist(),
        "condition": _plain(fit.statistics.condition),
        "warnings": list(fit.warnings),
    }


def _plain(value: float) -> float | None:
    """The number, or None where JSON has no word for it."""
    return float(value) if np.isfinite(value) else None
