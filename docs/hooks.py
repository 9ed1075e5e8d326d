"""Hooks of mkdocs: references of docstrings, :class:`Surface`, appear as code without their role; tables of verdicts."""

import json
import re
from pathlib import Path

ROLE = re.compile(r":(?:class|func|meth|mod|data|attr):<code>~?([^<]*)</code>")
MARK = re.compile(r"^<!-- (?P<what>verdicts|choices|summary) (?P<paper>[\w-]+)(?: (?P<case>[\w-]+))? -->$", re.M)
INDEX = re.compile(r"\b(Da|[^\W\d_])_(\w+)")
WORDS = {"holds": "holds", "FAILS": "**fails**", "input": "input", "calibrated": "calibrated"}  # others are missed


def on_page_content(html, **_):
    """Strip the roles from a rendered page."""
    return ROLE.sub(r"<code>\1</code>", html)


def on_page_markdown(markdown, config, **_):
    """Put the tables of ``solion reproduce`` in the place of ``<!-- verdicts film 2a -->`` and its like."""
    return MARK.sub(lambda match: _table(Path(config["docs_dir"]), **match.groupdict()), markdown)


def _table(docs, what, paper, case):
    kept = json.loads((docs / paper / "verdicts.json").read_text(encoding="utf-8"))
    cases = kept["cases"]
    if what == "summary":
        rows = [(entry["name"], entry["title"], entry["place"], entry["counts"]) for entry in cases]
        table = _rows(("case", "what", "in the paper", "claims"), rows)
        sorts = _rows(("a claim is", "if it"), kept["sorts"].items())
        return f"**{kept['counts'][0].upper()}{kept['counts'][1:]}.**\n\n{sorts}\n\n{table}"
    (entry,) = (entry for entry in cases if entry["name"] == case)  # a page that names another case must not be built
    if what == "choices":
        rows = [[choice[key] for key in ("what", "chosen", "why", "range")] for choice in entry["choices"]]
        return _rows(("not in the text", "chosen", "why", "range over which the claims hold"), rows)
    rows = []
    for verdict in entry["verdicts"]:
        cells = [
            verdict[large] + (f"<br><small>{verdict[small]}</small>" if verdict[small] else "")
            for large, small in (("found", "note"), ("band", "reason"), ("sort", "basis"))
        ]
        word = verdict["verdict"]
        rows.append((verdict["claim"], *cells, WORDS.get(word, f"*{word}*")))
    says = INDEX.sub(r"\1<sub>\2</sub>", f"{entry['says']} ({entry['place']}.)\n\nRun: {entry['runs']}.\n\n")
    return says + _rows(("claim", "found", "band, and why", "is, by", "verdict"), rows)


def _rows(heads, rows):
    lines = [heads, ["---"] * len(heads), *rows]
    cells = [[INDEX.sub(r"\1<sub>\2</sub>", str(cell).replace("|", "\\|")) for cell in line] for line in lines]
    return "\n".join("| " + " | ".join(line) + " |" for line in cells)
