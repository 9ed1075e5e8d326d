"""What is shown of a reproduction: a table on the terminal, and a folder with figures, verdicts and one HTML page."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from solion import __version__
from solion.papers.case import FAILS, HOLDS, NOT_RUN, SORTS, Tally
from solion.papers.figures import paper_figures
from solion.papers.runner import CaseOutcome, Reproduction
from solion.study.folder import whole_folder
from solion.views.page import Markup, badge, drawn, html, page, picture, section, symbols, table

RESOLUTION = 140  # dots per inch
VERDICTS, PAGE, FIGURES = "verdicts.json", "report.html", "figures"
_TONES = {HOLDS: "good", FAILS: "bad", NOT_RUN: "plain", "input": "plain", "calibrated": "plain"}
_STYLES = {HOLDS: "green", FAILS: "bold red", NOT_RUN: "dim", "input": "dim", "calibrated": "dim"}
_MISSED = "warn", "yellow"  # tone and style of what the model is not expected to give


def verdict_table(outcome: Reproduction) -> Table:
    """Case, claim, what it is, found, band, verdict: a row for each claim."""
    shown = Table(show_edge=False, pad_edge=False, header_style="bold", row_styles=("", "dim"))
    for head in ("case", "claim", "is", "found", "band", "verdict"):
        shown.add_column(head, overflow="fold", no_wrap=head in ("case", "verdict"))
    last = ""
    for entry in outcome.verdicts:
        case = entry.case if entry.case != last else ""
        last = entry.case
        mark = Text(entry.verdict, style=_STYLES.get(entry.verdict, _MISSED[1]))
        shown.add_row(*(Text(part) for part in (case, entry.claim, entry.sort, entry.found, entry.band)), mark)
    return shown


def record(outcome: Reproduction) -> dict[str, Any]:
    """All of it as plain numbers and words, for JSON."""
    return {
        "paper": outcome.paper.name,
        "title": outcome.paper.title,
        "reference": f"{outcome.paper.authors}, {outcome.paper.reference}",
        "version": __version__,
        "quick": outcome.quick,
        "reproduced": outcome.reproduced,
        "counts": outcome.tally.words,
        "sorts": {sort.name: sort.meaning for sort in SORTS},
        "runs": outcome.runs,
        "seconds": round(outcome.seconds, 1),
        "cases": [
            {
                "name": entry.case.name,
                "title": entry.case.title,
                "says": entry.case.says,
                "place": entry.case.place,
                "runs": entry.case.runs,
                "counts": Tally(entry.verdicts).words,
                "verdicts": [dataclasses.asdict(verdict) for verdict in entry.verdicts],
                "choices": [dict(zip(("what", "chosen", "why", "range"), choice, strict=True)) for choice in entry.choices],
            }
            for entry in outcome.cases
        ],
    }


def written(folder: Path, force: bool) -> contextlib.AbstractContextManager[Path]:
    """The folder that a reproduction fills, see :func:`solion.study.folder.whole_folder`."""
    return whole_folder(folder, force, (VERDICTS, PAGE), "reproduction of a paper")


def write(outcome: Reproduction, folder: Path) -> None:
    """Write figures, ``verdicts.json`` and ``report.html`` into an empty ``folder``."""
    place = folder / FIGURES
    place.mkdir()
    images = {name: drawn(canvas, place, name, RESOLUTION) for name, canvas in paper_figures(outcome).items()}
    (folder / VERDICTS).write_text(json.dumps(record(outcome), indent=1, ensure_ascii=False), encoding="utf-8")
    (folder / PAGE).write_text(_page(outcome, images), encoding="utf-8")


def _page(outcome: Reproduction, images: dict[str, bytes]) -> str:
    paper = outcome.paper
    parts = [(figure, [c for c in outcome.cases if any(c.case.name in row for row in figure.rows)]) for figure in paper.figures]
    parts = [(figure, cases) for figure, cases in parts if cases]
    links = "".join(f'<a href="#{figure.name}">{html(figure.title)}</a>' for figure, _ in parts)
    lead = html(f"{paper.authors}, {paper.reference}. Solion {__version__}{', quick form' if outcome.quick else ''}.")
    header = Markup(f'<header><h1>{html(paper.title)}</h1><p class="lead">{lead}</p></header>\n<nav>{links}</nav>')
    tone, word = ("good", "reproduced") if outcome.reproduced else ("bad", "not reproduced")
    status = Markup(f'<section class="status">{badge(word, tone)}<p>{html(outcome.sentence)}.</p></section>')
    body = [header, status, _summary(outcome)]
    for figure, cases in parts:
        shown = [picture(images[figure.name], figure.name, figure.title)] if figure.name in images else []
        body.append(section(figure.name, figure.title, *shown, *(_case(entry) for entry in cases)))
    return page(f"{paper.name} · Solion", body)


def _summary(outcome: Reproduction) -> Markup:
    rows = []
    for entry in outcome.cases:
        tally = Tally(entry.verdicts)
        tone = "bad" if tally.of(FAILS) else "good" if tally.of(HOLDS) else "plain"
        marks = Markup(" ".join(badge(part, tone) for part in tally.words.split("; ")))
        rows.append((entry.case.name, entry.case.title, marks, f"{entry.seconds:.1f} s"))
    sorts = table(("a claim is", "if it"), [(sort.name, sort.meaning) for sort in SORTS], "wt")
    return section("cases", "Cases", table(("case", "what", "claims", "done after"), rows, "wtwn"), sorts)


def _case(entry: CaseOutcome) -> Markup:
    case = entry.case
    said = Markup(
        f"<h3>{html(case.name)}: {html(case.title)}</h3><p>{symbols(case.says)} "
        f"<small>({html(case.place)}. Run: {symbols(case.runs)}.)</small></p>"
    )
    verdicts = table(
        ("claim", "found", "band, and why", "is, by", "verdict"),
        [
            (
                symbols(v.claim),
                _beside(v.found, v.note),
                _beside(v.band, v.reason),
                _beside(v.sort, v.basis),
                badge(v.verdict, _TONES.get(v.verdict, _MISSED[0])),
            )
            for v in entry.verdicts
        ],
        "ttttw",
    )
    chosen = [(symbols(what), symbols(value), symbols(why), symbols(over)) for what, value, why, over in entry.choices]
    if not chosen:
        return Markup("\n".join((said, verdicts)))
    heads = ("not in the text", "chosen", "why", "range over which the claims hold")
    return Markup("\n".join((said, verdicts, "<h3>Chosen where the text is silent</h3>", table(heads, chosen))))


def _beside(words: str, small: str) -> Markup:
    return Markup(symbols(words) + (f"<br><small>{symbols(small)}</small>" if small else ""))
