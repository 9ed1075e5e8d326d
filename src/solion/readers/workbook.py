"""Excel workbooks (.xlsx), through openpyxl: the sheet that holds a table, its cells as they are stored."""

from __future__ import annotations

import dataclasses
import re
import warnings
from pathlib import Path

from solion.base.errors import InputError
from solion.base.extras import missing
from solion.readers.delimited import sheet_of
from solion.readers.table import Sheet

TAB = "\t"


def excel(path: Path, sheet: str | None = None) -> Sheet:
    """The one sheet with numbers, or the one asked for. Raises InputError where several hold numbers or the file is damaged."""
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise missing(f"{path}: a workbook, unless it is saved as CSV,", "openpyxl", "files") from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(path, read_only=True, data_only=True)
            content = {name: [list(row) for row in book[name].iter_rows(values_only=True)] for name in book.sheetnames}
    except Exception as error:  # openpyxl lets the errors of zip and XML through
        raise InputError(f"{path}: this workbook cannot be read ({type(error).__name__}); it is cut off or damaged.") from None
    full = [name for name, rows in content.items() if sum(isinstance(cell, (int, float)) for row in rows for cell in row) > 3]
    if sheet is not None and sheet not in content:
        raise InputError(f"{path}: there is no sheet {sheet!r}; it has {', '.join(content)}.")
    if sheet is None and len(full) != 1:
        raise InputError(
            f"{path}: {len(full)} sheets hold numbers ({', '.join(full) or 'none'}); "
            f"choose one, as in --sheet {(full or ['data'])[0]}."
        )
    name = sheet or full[0]
    found = sheet_of(path, [TAB.join(_text(cell) for cell in row).rstrip() for row in content[name]])
    return dataclasses.replace(found, format=f"Excel, sheet {name!r}")


def _text(cell) -> str:
    """A cell as text, numbers with all their digits and a decimal point."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell)
    return repr(float(cell)) if isinstance(cell, (int, float)) else re.sub(r"\s+", " ", str(cell))
