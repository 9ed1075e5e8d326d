"""Points of a sweep given one by one: the rows of a CSV file, or tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from solion.base.errors import InputError, nearest
from solion.explore.sweeps.axes import MOST_VALUES, Axis, read_keys, read_values
from solion.readers.recognise import rows_of
from solion.study.files import value_of

_HEADING = re.compile(r"(?P<key>.*?)\s*(?:\[(?P<unit>[^\]]*)\])?", re.DOTALL)


def read_points(given: Any, wanted: Sequence[str]) -> tuple[Axis, ...]:
    """The axes of points, each with one value for each run; ``wanted`` are the keys to take, all where it is empty.

    ``given`` is the path of a CSV file, or a list of tables of keys and values. Raises
    :class:`InputError` naming file, line and column.
    """
    if isinstance(given, (str, Path)):
        shown, rows = str(given), _rows_of_file(Path(given))
    else:
        shown, rows = "points", _rows_of_tables(given)
    columns = list(rows[0])
    for key in wanted:
        if key not in columns:
            raise InputError(f"{shown}: there is no column {key!r}{nearest(key, columns)}; it has {', '.join(columns)}.")
    return tuple(_axis(shown, name, [row[name] for row in rows]) for name in (wanted or columns))


def _axis(shown: str, name: str, column: list[Any]) -> Axis:
    try:
        keys = read_keys(name)
        values, unit = read_values(name, column)
    except InputError as error:
        raise InputError(f"{shown}: {error}") from None
    return Axis(keys, tuple(values), unit)


def _rows_of_tables(tables: Any) -> list[dict[str, Any]]:
    if not isinstance(tables, Sequence) or not tables or not all(isinstance(table, Mapping) for table in tables):
        raise InputError("points: give the name of a CSV file or a list of tables of keys and values, one for each run.")
    columns = list(tables[0])
    if not columns:
        raise InputError("points: the first point has no keys.")
    for number, table in enumerate(tables, 1):
        for key in (*columns, *table):
            if key not in table or key not in columns:
                raise InputError(f"points: point {number} and point 1 do not have the same keys; {key!r} is in one only.")
    return _few([dict(table) for table in tables], "points")


def _rows_of_file(path: Path) -> list[dict[str, Any]]:
    shown = str(path)
    lines, decimal = rows_of(path)
    if len(lines) < 2:
        raise InputError(f"{shown}: it has no points; the first line names the keys, and each other line is a run.")
    headings = [_HEADING.fullmatch(cell.strip()) for cell in lines[0][1]]
    names = [match["key"] if match else "" for match in headings]
    units = [(match["unit"] or "").strip() if match else "" for match in headings]
    for column, name in enumerate(names, 1):
        if not name:
            raise InputError(f"{shown}: column {column} has no heading; the first line names a key for each column.")
        if name in names[: column - 1]:
            raise InputError(f"{shown}: the column {name!r} stands there twice.")
    rows = []
    for number, row in lines[1:]:
        if len(row) != len(names):
            raise InputError(f"{shown}: line {number} has {len(row)} columns where the first line names {len(names)}.")
        rows.append(
            {
                name: _cell(_pointed(cell.strip(), decimal), unit, f"{shown}: line {number}: {name}")
                for name, unit, cell in zip(names, units, row, strict=True)
            }
        )
    return _few(rows, shown)


def _pointed(text: str, decimal: str) -> str:
    """A cell whose number is written with a decimal point."""
    return re.sub(r"^([+-]?\d*),(\d)", r"\1.\2", text) if decimal == "," else text


def _cell(text: str, unit: str, where: str) -> Any:
    if not text:
        raise InputError(f"{where} is empty.")
    value = value_of(text)
    if not unit or unit == "1":
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InputError(f"{where} = {text!r} is no plain number; its unit stands in the first line.")
    return f"{value!r} {unit}"


def _few(rows: list[dict[str, Any]], shown: str) -> list[dict[str, Any]]:
    if len(rows) > MOST_VALUES:
        raise InputError(f"{shown}: {len(rows)} points are more than {MOST_VALUES}.")
    return rows
