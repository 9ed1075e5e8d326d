"""Delimited text in any dialect: where the heading is, where the numbers begin and end."""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path

from solion.base.errors import InputError
from solion.readers.dialect import WORDS, Dialect, modal_width, tell
from solion.readers.headings import recognise
from solion.readers.table import Sheet
from solion.readers.units import unit_of

COMMENT = ("#", "%", "//", "!")
LOOKED_AT = 400  # lines from which the dialect is told
# instruments that always write SI, by words that their headings hold together
SI_HEADINGS = {
    "Keithley 2400": ({"voltage", "current", "resistance", "time", "status"},),
    "Keithley 2600": ({"repeat", "point", "voltage", "current", "time"},),
    "Keithley 4200": ({"av", "ai"}, {"gatev", "gatei"}, {"drainv", "draini"}, {"anodev", "anodei"}),
}


def sheet_of(path: Path, lines: list[str], encoding: str = "UTF-8") -> Sheet:
    """The sheet of a text of lines. Raises InputError where there are no rows of numbers or text stands among them."""
    plain = [(n, line) for n, line in enumerate(lines, 1) if line.strip() and not line.lstrip().startswith(COMMENT)]
    if not plain:
        raise InputError(f"{path}: the file is empty; it needs a heading such as time [s], voltage [V], current [A], and rows.")
    dialect = tell([line for _, line in plain[-LOOKED_AT:]]) or tell([line for _, line in plain[:LOOKED_AT]])
    if dialect is None:
        raise InputError(
            f"{path}: no line holds numbers; a heading such as time [s], voltage [V], current [A] and rows are needed."
        )
    try:
        cells = [(n, dialect.cells(line)) for n, line in plain]
    except csv.Error as error:
        raise InputError(f"{path}: a row is no CSV ({error}); a quoted text ends with a quote, in the same line.") from None
    data = [_is_data(dialect, row) for _, row in cells]
    if not any(data):
        raise InputError(f"{path}: no line holds numbers only; a heading and rows of numbers are needed.")
    first, last = data.index(True), len(data) - 1 - data[::-1].index(True)
    above, notes = [row for _, row in cells[:first]], []
    width = modal_width([row for _, row in cells[first : last + 1]])
    raw = [line for n, line in plain if n < cells[first][0]]
    comments = [line.strip().lstrip("#%!/").strip() for line in lines[: cells[first][0] - 1] if line.lstrip().startswith(COMMENT)]
    headings, units = _heading(dialect, above, raw, width)
    if not headings and comments:
        headings = _split_heading(dialect, comments[-1], width)
        if headings and not any(recognise(text).quantity for text in headings):
            headings = ()
    rows, numbers, blocks, block = [], [], [], 1
    for (n, row), good in zip(cells[first : last + 1], data[first : last + 1], strict=True):
        if good:
            rows.append(row)
            numbers.append(n)
            blocks.append(block)
        elif headings and tuple(row[: len(headings)]) == headings:
            block += 1
        elif not (units and tuple(row[: len(units)]) == units):
            raise InputError(f"{path}: line {n} ({dialect.separator.join(row)[:60]!r}) is not a number among rows of numbers.")
    for n, row in cells[last + 1 :]:
        if re.match(r"[+-]?\.?\d", row[0] if row else ""):
            raise InputError(
                f"{path}: line {n} ({dialect.separator.join(row)[:40]!r}) is "
                f"no whole row of numbers; the file may be cut off there."
            )
    if (beyond := len(cells) - 1 - last) > 0:
        notes.append(f"{beyond} line{'s' * (beyond > 1)} of text after the numbers left out, from line {cells[last + 1][0]}.")
    if above and (not headings or any(re.match(r"[+-]?\.?\d", text) for text in headings)):
        raise InputError(
            f"{path}: line {cells[first - 1][0]} ({', '.join(above[-1])[:60]!r}) "
            f"is neither a heading for {width} columns nor numbers; "
            "remove it or write a heading such as time [s], voltage [V]."
        )
    name = _instrument(headings)
    si = f", decimal sign {dialect.decimal!r}" if dialect.decimal != "." else ""
    form = f"{name or 'text'}, columns between {WORDS[dialect.separator]}{si}, {encoding}"
    return Sheet(
        path, form, headings, rows, numbers, dialect, units, tuple(blocks) if block > 1 else (), bool(name), (), tuple(notes)
    )


def _instrument(headings: tuple[str, ...]) -> str:
    names = {re.sub(r"[\s(\[].*", "", text.strip().casefold()) for text in headings}
    return next((name for name, sets in SI_HEADINGS.items() if any(words <= names for words in sets)), "")


def _is_data(dialect: Dialect, row: list[str]) -> bool:
    """Whether a row holds at least one number, and not more text than numbers."""
    numbers = [dialect.number(cell) for cell in row if cell]
    real = sum(1 for entry in numbers if entry is not None and not math.isnan(entry))
    return real > 0 and real >= sum(1 for entry in numbers if entry is None)


def _heading(dialect: Dialect, above: list[list[str]], raw: list[str], width: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(headings, row of units) from the lines above the numbers, empty where there are none."""
    if not above:
        return (), ()
    last = tuple(above[-1])
    units = tuple(cell.strip("()[]") for cell in last)
    if len(above) > 1 and all(_is_unit(cell) for cell in units) and any(units):
        upper = _split_heading(dialect, raw[-2], width)
        if upper:
            return upper, units
    return _split_heading(dialect, raw[-1], width), ()


def _is_unit(cell: str) -> bool:
    return cell in ("", "#", "1", "-") or unit_of(cell) is not None


def _split_heading(dialect: Dialect, line: str, width: int) -> tuple[str, ...]:
    """The headings of a line, by the separator of the numbers or, where that gives another count, by another."""
    best: tuple[str, ...] = ()
    grouped = tuple(re.findall(r"[^\s\[(]+(?:\s*[\[(][^\])]*[\])])?", line))
    for separator in (dialect.separator, "\t", ";", ","):
        try:
            cells = tuple(Dialect(separator).cells(line))
        except csv.Error:
            continue
        if len(cells) == width and (separator != " " or all(_plain(cell) for cell in cells)):
            return cells
        if separator == dialect.separator and separator != " " and len(cells) > 1:
            best = cells
    if dialect.separator == " " and len(grouped) == width:
        return grouped
    if best and any(recognise(cell).quantity for cell in best):
        return best
    return (line.strip(),) if width == 1 else ()


def _plain(cell: str) -> bool:
    return not (cell.startswith(("[", "(")) or unit_of(cell) is not None)
