"""Folders of a fit and of sensitivities: an HTML page, figures, tables, and the fitted study."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from solion.explore.fitting.figures import correlation, residuals, slope_text, tornado
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
    """Fill a folder: ``report.html``, ``study.toml`` (fitted), ``fit.json``, and of each record ``curve.csv``, ``result.nc`` and
    figures in ``figures/``; those of a second record end in ``_2``, and so on."""
    named = list(zip(_endings(fit), fit.records, strict=True))
    draw: dict[str, Callable[[], Any]] = {"correlation": lambda: correlation(fit)}
    for end, record in named:
        draw[f"curves{end}"] = record.draw
        draw[f"residuals{end}"] = lambda record=record: residuals(record, fit.statistics.reduced)
    images = _pictures(folder, draw)
    fit.fitted.save(folder)
    (folder / FIT).write_text(json.dumps(_numbers(fit), indent=2) + "\n", encoding="utf-8")
    for end, record in named:
        record.result.save(folder / f"result{end}.nc")
        rows, heads = np.column_stack(list(record.columns.values())), ",".join(record.columns)
        np.savetxt(folder / f"curve{end}.csv", rows, delimiter=",", header=heads, comments="", fmt="%.12g")
    title = f"{fit.study.title}: fit"
    names = _names(fit)
    body = [
        header(title, f"{', '.join(names)} · {fit.rows} rows · {fit.seconds:.3g} s"),
        _verdict(fit, names),
        warning_box(fit.warnings),
        section("numbers", "Fitted numbers", _estimates(fit)),
    ]
    for (end, _), name in zip(named, names, strict=True):
        of = f": {name}" if len(named) > 1 else ""
        body += [
            section(f"curves{end}", f"Measured and fitted{of}", picture(images[f"curves{end}"], f"curves{end}", _CURVES)),
            section(f"residuals{end}", f"Residuals{of}", picture(images[f"residuals{end}"], f"residuals{end}", _RESIDUALS)),
        ]
    body += [
        section("correlation", "Correlation", picture(images["correlation"], "correlation", _CORRELATION)),
        section("settings", "How it was fitted", _settings(fit)),
    ]
    write_page(folder, title, body)


def _names(fit: Fit) -> list[str]:
    """Names of the records' files, with as many of their folders as tell them apart."""
    files = [Path(record.data.name).parts for record in fit.records]
    for depth in range(1, max(map(len, files)) + 1):
        names = ["/".join(parts[-depth:]) for parts in files]
        if len(set(names)) == len(names):
            return names
    return [f"{'/'.join(parts)} ({k})" for k, parts in enumerate(files, 1)]


def _endings(fit: Fit) -> list[str]:
    """What is added to the names of the files of each record: nothing for the first."""
    return [f"_{k + 1}" if k else "" for k in range(len(fit.records))]


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


DRIVEN = {
    "data": "the measured waveform",
    "study": "the study's own protocol",
    "spectrum": "nothing: spectra at the measured frequencies",
}
_CURVES = "Measured record (dots), the run at the starting numbers (dashed) and at the fitted ones (line)."
_RESIDUALS = "Residuals on the scale of the fit over their standard deviation; the band holds 95 % of normal ones."
_CORRELATION = "Correlation of the errors of the fitted numbers. Near 1 or -1 the data tell only a combination of two."
_TORNADO = "Relative sensitivities, the strongest first."


def _pictures(folder: Path, draw: dict[str, Callable[[], Any]]) -> dict[str, bytes]:
    place = folder / "figures"
    place.mkdir(parents=True, exist_ok=True)
    return {name: drawn(make(), place, name) for name, make in draw.items()}


def _verdict(fit: Fit, names: list[str]) -> Markup:
    what = "the record" if len(fit.records) == 1 else f"all {len(fit.records)} records"
    tone = ("good", f"describes {what}") if fit.describes else ("bad", f"does not describe {what}")
    tone = tone if fit.search.converged else ("bad", "not converged")
    words = []
    for record, name in zip(fit.records, names, strict=True):
        of = "" if len(fit.records) == 1 else f"Record {name}: "
        left = f"misfit {record.quality.misfit:.3g} of the signal, R2 = {record.quality.explained:.4g}"
        words.append(f"{of}{left}; {record.weighting.describe(record.unit)}.")
    marked = "marked calibrated" if fit.calibrates else "not marked calibrated"
    words.append(f"reduced sum of squares {fit.statistics.reduced:.4g}; in study.toml the numbers are {marked}.")
    return verdict(badge(tone[1], tone[0]), *(html(text[:1].upper() + text[1:]) for text in words))


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
            )
        )
    heads = ("number", "meaning", "value", "standard error", "relative", "95 %", "unit", "start", "bounds")
    return table(heads, rows, "ttnnnwwnw")


def _settings(fit: Fit) -> Markup:
    rows = [
        *(("measurement", record.data.name) for record in fit.records),
        ("driven by", DRIVEN[fit.driven_by]),
        ("compared", fit.observed),
        *(("weighting", record.weighting.describe(record.unit)) for record in fit.records),
        ("rows compared", " + ".join(str(len(record.residual)) for record in fit.records)),
        ("search", f"{fit.search.iterations} trials, {fit.search.refused} refused, of which {fit.search.failed} failed to run"),
        ("ended because", fit.search.reason),
        ("condition of the scaled normal matrix", number(fit.statistics.condition)),
        *((heading, text) for heading, text in fit.study.experiment.outline(fit.study.device).items()),
        ("time", quantity(fit.seconds, "s")),
    ]
    return table(("", ""), rows, "tt")


def _numbers(fit: Fit) -> dict[str, Any]:
    return {
        "study": fit.study.shown,
        "driven_by": fit.driven_by,
        "observed": fit.observed,
        "rows": fit.rows,
        "converged": fit.search.converged,
        "reason": fit.search.reason,
        "describes": fit.describes,
        "records": [
            {
                "measurement": record.data.name,
                "weighting": record.weighting.describe(record.unit),
                "rows": len(record.residual),
                "describes": record.quality.describes,
                "misfit": _plain(record.quality.misfit),
                "explained": _plain(record.quality.explained),
            }
            for record in fit.records
        ],
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
