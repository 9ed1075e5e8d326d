"""Columns of a file as numbers in SI, and what was noticed while reading them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from solion.base.errors import InputError, nearest
from solion.readers.dialect import OVERFLOW as MARK
from solion.readers.dialect import Dialect, doubtful
from solion.readers.headings import NAMES, Heading, quantity_of, recognise, with_unit
from solion.readers.units import SI, unit_of

NEUTRAL = ("value", "values", "signal", "level", "amplitude", "y")
UNITLESS = 'has no unit; say it, as in --columns "{quantity}={position} {unit}" or columns = in a script'
NAMED = '--columns "time=1 s,voltage=2 V"'
COMMAS = Dialect(",")


@dataclasses.dataclass(frozen=True)
class Sheet:
    """Cells of a file before their meaning: one heading a column, rows of texts, the line of each, the block it belongs to.

    ``si``: the format always writes SI. ``prefer``: of several columns of a quantity, the heading that is taken. ``units``:
    a row of units below the headings, empty where there is none.
    """

    path: Path
    format: str
    headings: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    lines: Sequence[int]
    dialect: Dialect = COMMAS
    units: tuple[str, ...] = ()
    blocks: tuple[int, ...] = ()
    si: bool = False
    prefer: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def shown(self, position: int) -> str:
        """The heading of a column as it stands in the file, or its number."""
        text = self.headings[position] if position < len(self.headings) else ""
        return text.strip() or f"column {position + 1}"


@dataclasses.dataclass(frozen=True)
class Column:
    """A column: ``values`` in SI, nan where there is none; ``position`` counts from 1; ``unit`` as found in the file.

    ``problem`` is the sentence that refuses the column where it is asked for, "" where nothing is wrong; ``chosen``: whether
    the user named it.
    """

    quantity: str
    heading: str
    position: int
    unit: str
    values: np.ndarray
    overflow: int = 0
    missing: int = 0
    problem: str = ""
    chosen: bool = False

    @property
    def si(self) -> str:
        """Unit of ``values``."""
        kind = NAMES[self.quantity][0]
        found = unit_of(self.unit) if kind == "resistance" else None
        return SI[found[0] if found else kind]


@dataclasses.dataclass(frozen=True)
class Table:
    """What a file of columns holds. ``ignored``: headings that are not known; ``notes``: sentences of what was noticed."""

    path: Path
    format: str
    columns: tuple[Column, ...]
    rows: int
    lines: tuple[int, ...]
    blocks: tuple[int, ...] = ()
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return self.rows

    def __contains__(self, quantity: str) -> bool:
        return any(column.quantity == quantity for column in self.columns)

    def find(self, quantity: str) -> Column:
        """The one column of a quantity. Raises InputError where there is none, more than one, or it cannot be read."""
        found = [column for column in self.columns if column.quantity == quantity]
        sound = [column for column in found if not column.problem]
        found = sound if len(sound) == 1 else found  # T [K] beside time [s] is no time
        if len(found) > 1:
            shown = ", ".join(f"{column.heading!r} (column {column.position})" for column in found)
            raise InputError(
                f"{self.path}: {shown} are all {quantity}; choose one, as in --columns {quantity}={found[0].position}."
            )
        if not found:
            heads = ", ".join([*(column.heading for column in self.columns), *self.ignored])
            hint = nearest(quantity, self.ignored)
            named = f"; name it, as in --columns {quantity}=2" if self.ignored or not heads else ""
            raise InputError(
                f"{self.path}: the column {quantity!r} is missing{hint}; the headings are {heads or 'absent'!r}{named}."
            )
        if found[0].problem:
            raise InputError(f"{self.path}: {found[0].problem}.")
        return found[0]

    def __getitem__(self, quantity: str) -> np.ndarray:
        return self.find(quantity).values

    def taken(
        self, quantities: Iterable[str], needed: Iterable[str] = ()
    ) -> tuple[dict[str, np.ndarray], np.ndarray, tuple[str, ...]]:
        """(columns in SI, indices of the rows that are kept, notes on rows without a number).

        Rows without a number in a ``needed`` column are left out, and rows without one in any of the others. Half of the rows
        of each column must hold numbers.
        """
        needed = tuple(needed)
        columns = [self.find(quantity) for quantity in quantities]
        good, some = np.ones(self.rows, bool), np.zeros(self.rows, bool)
        notes = []
        for column in columns:
            finite = np.isfinite(column.values)
            good &= finite | (column.quantity not in needed)
            some |= finite & (column.quantity not in needed)
            for count, what in ((column.overflow, "the mark of an overflow (9.9E37)"), (column.missing, "no number")):
                if count:
                    first = self.lines[int(np.argmin(finite))]
                    notes.append(
                        f"{count} of {self.rows} rows hold {what} in {column.heading!r}, first line {first}, and do not count."
                    )
            if finite.sum() < max(1, self.rows / 2):
                few = notes[-1].removesuffix(", and do not count.") if notes else "there are no rows"
                raise InputError(f"{self.path}: {few}, which leaves too few.")
        rows = np.flatnonzero(good & some)
        return {column.quantity: column.values[rows] for column in columns}, rows, tuple(notes)


def table_of(
    sheet: Sheet,
    columns: str | Mapping[str, int | str] | None = None,
    *,
    bare: Sequence[str] = (),
    known: Mapping[str, tuple[str, float]] | None = None,
) -> Table:
    """The columns of a sheet by name and unit, or as ``columns`` say (``"time=3 ms,voltage=4"``).

    ``bare``: quantities of the first columns, in SI, of a file without headings; where it is given, names without a unit
    are in SI too. ``known``: units of a device.
    """
    width = max([len(sheet.headings), *map(len, sheet.rows[:1])], default=0)
    chosen = _chosen(sheet, columns, known)
    _checked_width(sheet, bool(chosen))
    found: list[tuple[int, Heading]] = []
    ignored, notes = [], list(sheet.notes)
    named = {heading.quantity for heading in chosen.values()}
    if not any(text.strip() for text in sheet.headings) and not chosen:
        used = [k for k in range(width) if any(k < len(row) and row[k].strip() for row in sheet.rows)]
        if not bare or len(used) != len(bare):
            raise InputError(
                f"{sheet.path}: line {sheet.lines[0]} holds numbers and no "
                f"line above names the {len(used)} columns; name them, as in {NAMED}."
            )
        found = [(k, Heading(quantity, "", 1.0)) for k, quantity in zip(used, bare, strict=True)]
        notes.append(
            f"The columns have no headings; they were read as {' and '.join(f'{q} in {SI[NAMES[q][0]]}' for q in bare)}."
        )
    for position in range(width if not found else 0):
        text = sheet.headings[position] if position < len(sheet.headings) else ""
        if position in chosen:
            found.append((position, chosen[position]))
            continue
        heading = recognise(text, known)
        if (
            bare
            and not heading.quantity
            and (word := text.strip().casefold().split(" ")[0].split("[")[0].split("/")[0]) in NEUTRAL
        ):
            heading = recognise(bare[-1] + text.strip()[len(word) :], known)  # the caller says what the value is
        if (
            heading.quantity
            and not heading.unit
            and heading.factor is None
            and position < len(sheet.units)
            and sheet.units[position]
        ):
            heading = with_unit(heading.quantity, sheet.units[position], f"{text.strip()} [{sheet.units[position]}]", known)
        if not heading.quantity:
            if text.strip():
                ignored.append(text.strip())
        elif heading.quantity not in named:
            found.append((position, heading))
    doubt = doubtful(sheet.dialect, sheet.rows)
    made = tuple(_column(sheet, position, heading, bool(bare), position in chosen, doubt) for position, heading in found)
    return Table(
        sheet.path,
        sheet.format,
        _preferred(sheet, made, notes),
        len(sheet.rows),
        tuple(sheet.lines),
        sheet.blocks,
        tuple(ignored),
        tuple(notes),
    )


def _column(sheet: Sheet, position: int, heading: Heading, bare: bool, chosen: bool, doubt: str) -> Column:
    shown, factor, problem = sheet.shown(position), heading.factor, heading.problem
    if factor is None and not problem and (sheet.si or bare):
        factor = 1.0
    if factor is None and not problem:
        unit = SI[NAMES[heading.quantity][0]].replace("rad", "deg")
        problem = f"the column {shown!r} " + UNITLESS.format(quantity=heading.quantity, position=position + 1, unit=unit)
    values = np.full(len(sheet.rows), np.nan)
    texts = []
    for k, row in enumerate(sheet.rows):
        if position >= len(row):
            problem = problem or (
                f"line {sheet.lines[k]} has {len(row)} cells and none for the column {shown!r}; the file may be cut off there"
            )
            break
        texts.append(row[position])
        number = sheet.dialect.number(row[position])
        if number is None:
            problem = problem or f"line {sheet.lines[k]}, column {shown!r}: {row[position]!r} is not a number"
            break
        values[k] = number
    if not problem and doubt and any("," in text for text in texts):
        problem = f"in the column {shown!r} the comma of {doubt!r} may stand for thousands or for decimals; write it without"
    above = np.abs(values) >= MARK
    values[above] = np.nan
    missing = 0 if problem else int(np.count_nonzero(np.isnan(values) & ~above))
    unit = heading.unit or ("" if factor is None else SI[NAMES[heading.quantity][0]])
    return Column(
        heading.quantity, shown, position + 1, unit, values * (factor or 1.0), int(above.sum()), missing, problem, chosen
    )


def _preferred(sheet: Sheet, columns: tuple[Column, ...], notes: list[str]) -> tuple[Column, ...]:
    """Of several columns of one quantity the one that the format names first; said."""
    keep = list(columns)
    for quantity in {column.quantity for column in columns}:
        same = [column for column in columns if column.quantity == quantity]
        best = [column for text in sheet.prefer for column in same if column.heading.strip() == text]
        if len(same) > 1 and best:
            keep = [column for column in keep if column.quantity != quantity or column is best[0]]
            others = ", ".join(repr(column.heading) for column in same if column is not best[0])
            notes.append(f"{quantity} is read from {best[0].heading!r}, not from {others}.")
    return tuple(keep)


def _checked_width(sheet: Sheet, named: bool) -> None:
    """Refuse rows with more cells than the heading names, and split decimals (1,5 as 1 and 5) even where columns are named."""
    headed = any(text.strip() for text in sheet.headings)
    pointed = any(re.search(r"\d\.|\.\d|\d[eE]", cell) for row in sheet.rows for cell in row)
    for line, row in zip(sheet.lines, sheet.rows, strict=True):
        surplus = headed and any(cell.strip() for cell in row[len(sheet.headings) :])
        split = surplus or (not headed and any(re.fullmatch(r"[+-]?0\d+", cell.strip()) for cell in row))
        many = f"{sheet.path}: line {line} has {len(row)} cells" + (f" and the heading {len(sheet.headings)}" if headed else "")
        if split and sheet.dialect.separator == "," and not pointed:
            raise InputError(
                f"{many}; its commas may be decimals as well as separators, and no choice of columns tells them "
                "apart; export it with a decimal point, or with semicolons between the columns."
            )
        if surplus and not named:
            raise InputError(f"{many}; a heading may be missing; name the columns, as in {NAMED}.")


def _chosen(sheet: Sheet, columns, known) -> dict[int, Heading]:
    """Heading by position, as the user names the columns."""
    found: dict[int, Heading] = {}
    for quantity, place, unit in choices(columns):
        width = max(map(len, sheet.rows), default=0)
        if place.isdecimal():
            position = int(place) - 1
            if not 0 <= position < width:
                raise InputError(f"{sheet.path}: there is no column {place}; it has {width}, counted from 1.")
        else:
            heads = [text.strip() for text in sheet.headings]
            if heads.count(place) != 1:
                raise InputError(f"{sheet.path}: no one column is headed {place!r}{nearest(place, heads)}; give its number.")
            position = heads.index(place)
        text = sheet.headings[position] if position < len(sheet.headings) else ""
        row = sheet.units[position] if position < len(sheet.units) else ""
        own = recognise(text, known)
        unit = unit or own.unit or row
        if unit:
            heading = with_unit(quantity, unit, text.strip() or f"column {position + 1}", known)
            if heading.problem:
                raise InputError(f"{sheet.path}: {heading.problem}.")
        else:
            heading = Heading(quantity, "", 1.0 if NAMES[quantity][0] == "number" else None)
        found[position] = heading
    return found


def choices(columns: str | Mapping[str, int | str] | None) -> list[tuple[str, str, str]]:
    """(quantity, number or heading of the column, unit) of each choice. Raises InputError for what is no quantity."""
    if not columns:
        return []
    pairs = columns.items() if isinstance(columns, Mapping) else [part.partition("=")[::2] for part in columns.split(",")]
    found = []
    for name, value in pairs:
        name, place = str(name).strip(), str(value).strip()
        quantity = name if name in NAMES else quantity_of(name)
        if not quantity or not place:
            raise InputError(
                f"columns: {name!r} is no quantity{nearest(name, NAMES)} with a "
                f"column, as in time=3,voltage=4; known are {', '.join(NAMES)}."
            )
        number, _, unit = place.partition(" ")
        found.append((quantity, number, unit.strip()) if number.isdecimal() else (quantity, place, ""))
    return found
