"""Numbers of a part as a table for notebooks: plain HTML that follows the notebook's own style, light or dark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

MOST_ROWS = 60


def html_table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; every cell is escaped. Rows beyond the first 60 are counted."""
    rows = list(rows)
    head = "".join(f'<th style="text-align:left">{escape(text)}</th>' for text in heads)
    body = "".join(
        "<tr>" + "".join(f'<td style="text-align:left">{escape(str(cell))}</td>' for cell in row) + "</tr>"
        for row in rows[:MOST_ROWS]
    )
    more = f"<p>and {len(rows) - MOST_ROWS} more.</p>" if len(rows) > MOST_ROWS else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def headed(title: str, line: str, content: str) -> str:
    """A title in bold, a line beside it, and what comes below."""
    return f"<div><b>{escape(title)}</b>{f': {escape(line)}' if line else ''}{content}</div>"
