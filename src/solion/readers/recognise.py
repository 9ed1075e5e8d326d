"""Which format a file is in, by what stands in it, and the reader of that format."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path

from solion.base.errors import InputError
from solion.readers import instruments
from solion.readers.delimited import sheet_of
from solion.readers.dialect import Dialect, tell
from solion.readers.table import Sheet, Table, table_of
from solion.readers.text import bytes_of, decode, lines_of
from solion.readers.workbook import excel

REFUSED = (  # what a file begins with, and what to do instead
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a workbook of Excel 97-2003; save it as .xlsx or CSV"),
    (b"PAR1", "a Parquet file; save it as CSV"),
    (b"MATLAB 5.0 MAT-file", "a MATLAB file; save it as CSV"),
)


def read_table(
    path: str | PathLike,
    columns: str | Mapping[str, int | str] | None = None,
    *,
    sheet: str | None = None,
    bare: Sequence[str] = (),
    known: Mapping[str, tuple[str, float]] | None = None,
) -> Table:
    """The columns of a laboratory's file of numbers, known by name and unit or named by ``columns``: "time=3 ms,voltage=4".

    Reads delimited text in any dialect (Keithley's among them), EC-Lab .mpt (.mpr through yadg), Gamry .DTA, EasyEXPERT (B1500),
    ZPlot and ZView .z, BDF and Excel. ``sheet`` of a workbook; ``bare`` and ``known``: see :func:`.table.table_of`. Raises
    InputError, one sentence, for what cannot be read without a guess.
    """
    path = Path(path)
    return table_of(sheet_in(path, sheet), columns, bare=bare, known=known)


def sheet_in(path: Path, sheet: str | None = None) -> Sheet:
    """The cells of a file by the reader of its format."""
    content = bytes_of(path)
    for mark, what in REFUSED:
        if content.startswith(mark):
            raise InputError(f"{path}: this is {what}.")
    if content.startswith(b"BIO-LOGIC MODULAR FILE"):
        from solion.readers.converted import mpr

        return mpr(path)
    if content.startswith(b"PK") or path.suffix.lower() in (".xlsx", ".xlsm"):
        return excel(path, sheet)
    if sheet is not None:
        raise InputError(f"{path}: it is no workbook and has no sheet {sheet!r}.")
    text, encoding = decode(path, content)
    lines = lines_of(text)
    start = next((line for line in lines if line.strip()), "")
    if start.startswith("EC-Lab ASCII FILE"):
        return instruments.eclab(path, lines)
    if start.startswith("EXPLAIN") or path.suffix.lower() == ".dta":
        return instruments.gamry(path, lines)
    if any(line.startswith("DataName,") for line in lines[:2000]):
        return instruments.easyexpert(path, lines)
    if path.suffix.lower() == ".z" or start.strip(' "').casefold().startswith(("zplot", "zview", "z60w")):
        return instruments.zview(path, lines)
    return sheet_of(path, lines, encoding)


def rows_of(path: str | PathLike) -> tuple[list[tuple[int, list[str]]], str]:
    """(line number and cells of every row that is not empty, decimal sign) of a table of texts, such as points of a sweep.

    The separator is the one that divides the first line into most cells, a decimal comma that of numbers beside
    semicolons or tabs.
    """
    path = Path(path)
    text, _ = decode(path, bytes_of(path))
    lines = [(n, line) for n, line in enumerate(lines_of(text), 1) if line.strip()]
    if not lines:
        return [], "."
    separator = max(",;\t", key=lines[0][1].count)
    dialect = Dialect(separator)
    rows = []
    for n, line in lines:
        try:
            rows.append((n, dialect.cells(line)))
        except csv.Error as error:
            raise InputError(f"{path}: line {n} cannot be read as CSV ({error}).") from None
    rows = [(n, row) for n, row in rows if any(row)]
    told = None if separator == "," else tell([line for _, line in lines[1:]])
    return rows, "." if told is None else told.decimal
