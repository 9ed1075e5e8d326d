"""Hooks of mkdocs: references of docstrings, :class:`Surface`, appear as code without their role; tables of verdicts."""

import json
import re
from pathlib import Path

ROLE = re.compile(r":(?:class|func|meth|mod|data|attr):<code>~?([^<]*)</code>")
MARK = re.compile(r"^<!-- (?P<what>verdicts|choices|summary) (?P<paper>[\w-]+)(?: (?P<case>[\w-]+))? -->$", re.M)
INDEX = re.compile(r"\b(Da|[^\W\d_])_(\w+)")
WORDS = {"holds": "holds", "FAILS": "**fails**", "contradicted": "*contradicted*"}


def on_page_content(html, **_):
    """Strip the roles from a rendered page."""
    return ROLE.sub(r"<code>\1</code>", html)


def on_page_markdown(markdown, config, **_):
    """Put the tables of ``solion reproduce`` in the place of ``<!-- verdicts film 2a -->`` and its like."""
    return MARK.sub(lambda match: _table(Path(config["docs_dir"]), **match.groupdict()), markdown)


def _table(docs, what, paper, case):
    cases = json.loads((docs / paper / "verdicts.json").read_text(encoding="utf-8"))["cases"]
    if what == "summary":
        rows = []
        for entry in cases:
            words = [verdict["verdict"] for verdict in entry["verdicts"]]
            counts = ", ".join(f"{words.count(word)} {WORDS[word]}" for word in WORDS if word in words)
            rows.append((entry["name"], entry["title"], entry["place"], counts))
        return _rows(("case", "what", "in the paper", "claims"), rows)
    (entry,) = (entry for entry in cases if entry["name"] == case)  # a page that names another case must not be built
    if what == "choices":
        rows = [[choice[key] for key in ("what", "chosen", "why", "range")] for choice in entry["choices"]]
        return _rows(("not in the text", "chosen", "why", "range over which the claims hold"), rows)
    rows = []
    for verdict in entry["verdicts"]:
        note = f"<br><small>{verdict['note']}</small>" if verdict["note"] else ""
        rows.append(
            (verdict["claim"], verdict["found"] + note, verdict["band"], verdict["basis"], WORDS[verdict["verdict"]])
        )
    says = INDEX.sub(r"\1<sub>\2</sub>", f"{entry['says']} ({entry['place']}.)\n\nRun: {entry['runs']}.\n\n")
    return says + _rows(("claim", "found", "must be", "basis", "verdict"), rows)


def _rows(heads, rows):
    lines = [heads, ["---"] * len(heads), *rows]
    cells = [[INDEX.sub(r"\1<sub>\2</sub>", str(cell).replace("|", "\\|")) for cell in line] for line in lines]
    return "\n".join("| " + " | ".join(line) + " |" for line in cells)
