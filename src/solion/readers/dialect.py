"""Numbers and cells of delimited text: separators, decimal commas, thousands, and the marks of missing values."""

from __future__ import annotations

import csv
import dataclasses
import math
import re
from collections import Counter
from collections.abc import Sequence

SEPARATORS = ("\t", ";", ",", "|", " ")
WORDS = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "bars", " ": "spaces"}
OVERFLOW = 9e36  # instruments write 9.9E37, 9.91E37 or more where a value is out of range
MISSING = frozenset(
    ("", "nan", "-nan", "#n/a", "n/a", "na", "null", "none", "-", "--", "inf", "-inf", "+inf", "#num!", "#div/0!")
)
_POINT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?")
_COMMA = re.compile(r"[+-]?(?:\d+,?\d*|,\d+)(?:[eEdD][+-]?\d+)?")
_GROUPS = {
    ".": re.compile(r"[+-]?[1-9]\d{0,2}(?:[,' ]\d{3})+(?:\.\d+)?(?:[eE][+-]?\d+)?"),
    ",": re.compile(r"[+-]?[1-9]\d{0,2}(?:[.' ]\d{3})+(?:,\d+)?(?:[eE][+-]?\d+)?"),
}
# a comma with three digits behind it and one to three before, not all zero, may stand for thousands
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")


@dataclasses.dataclass(frozen=True)
class Dialect:
    """What stands between cells, and what before the decimals."""

    separator: str
    decimal: str = "."

    def cells(self, line: str) -> list[str]:
        """The cells of a line, quotes removed. Raises csv.Error where a quotation is not closed."""
        if self.separator == " ":
            return line.split()
        return [
            cell.strip() for cell in next(csv.reader([line], delimiter=self.separator, skipinitialspace=True, strict=True), [])
        ]

    def number(self, cell: str) -> float | None:
        """The number in a cell, nan for a mark of a missing value, None for other text."""
        text = cell.strip().strip('"').strip().replace("−", "-")
        if text.casefold() in MISSING:
            return math.nan
        if (_POINT if self.decimal == "." else _COMMA).fullmatch(text):
            return float(text.replace(",", ".").replace("D", "E").replace("d", "e"))
        if _GROUPS[self.decimal].fullmatch(text):
            text = re.sub(r"[' ]", "", text)
            return float(text.replace(",", "") if self.decimal == "." else text.replace(".", "").replace(",", "."))
        return None


def tell(lines: Sequence[str]) -> Dialect | None:
    """The separator and decimal sign under which most cells are numbers; None where no line holds one."""
    best, score = None, 0
    for separator in SEPARATORS:
        for decimal in (".", ","):
            if separator == decimal or (decimal == "," and not any("," in line for line in lines)):
                continue
            dialect, found = Dialect(separator, decimal), 0
            for line in lines:
                try:
                    cells = dialect.cells(line)
                except csv.Error:
                    continue
                numbers = [dialect.number(cell) for cell in cells if cell]
                found += max(0, sum(1 if entry is not None else -1 for entry in numbers))
            if found > score:
                best, score = dialect, found
    return best


def doubtful(dialect: Dialect, rows: Sequence[Sequence[str]]) -> str:
    """A cell such as 1,900 where no other cell tells whether its comma stands for thousands or decimals; "" where one does."""
    either = ""
    for row in rows:
        for cell in row:
            text = cell.strip().strip('"')
            if "," not in text and not ("." in text and dialect.decimal == "."):
                continue
            if dialect.number(text) is None:
                continue
            if "." in text or not _EITHER.fullmatch(text):
                return ""
            either = either or text
    return either


def modal_width(rows: Sequence[Sequence[str]]) -> int:
    """The number of cells that most rows have."""
    return Counter(len(row) for row in rows).most_common(1)[0][0] if rows else 0
