"""A measured current-voltage record from a CSV file with units in its header, and the drive that its waveform makes."""

from __future__ import annotations

import csv
import dataclasses
import math
import re
from itertools import pairwise
from os import PathLike
from pathlib import Path

import numpy as np

from solion.base.errors import InputError, nearest
from solion.protocols.protocol import Protocol, Step
from solion.study.files import text_of
from solion.study.quantities import Units

COLUMNS = {"time": ("s",), "voltage": ("V",), "current": ("A", "A/m^2")}
SEPARATORS = ",;\t"
STRAIGHT = 1e-3  # of the drive's span: points nearer to a straight line than this are taken to lie on it
PIECES = 8  # the drive has this many straight pieces, or twice, ..., so that few programs serve all measurements
_HEADER = re.compile(r"\s*([^\[(]+?)\s*[\[(]\s*([^\])]*?)\s*[\])]\s*")


@dataclasses.dataclass(frozen=True)
class Measurement:
    """Time from the first row in s, and the columns in V and A; ``jumps`` marks rows that share their time with another."""

    name: str
    time: np.ndarray
    columns: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.time)

    @property
    def jumps(self) -> np.ndarray:
        """Rows at the two ends of a jump, where the value at an instant is not one number."""
        same = np.diff(self.time) == 0
        return np.concatenate([[False], same]) | np.concatenate([same, [False]])

    def column(self, name: str) -> np.ndarray:
        """Voltage or current at every row."""
        if name not in self.columns:
            raise InputError(f"{self.name}: the column {name!r} is missing; this fit needs it.")
        return self.columns[name]


def read(path: str | PathLike, scales=None) -> Measurement:
    """Read ``time [s], voltage [V], current [A]``, in any order and units; other columns are ignored.

    With the ``scales`` of a device a current may be given per area (``[A/m^2]``) and times in its tau_D. Lines that begin with #
    are comments. Rows must be in order of time; two rows may share a time where the drive jumps.

    Raises :class:`InputError`, one sentence naming file, column or row, and what is wrong.
    """
    path = Path(path)
    text = text_of(path, "the file", "save the measurement as CSV", encoding="utf-8-sig")
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and not line.startswith("#")]
    if not lines:
        raise InputError(f"{path}: the file is empty; it needs a header, time [s], voltage [V], current [A], and rows.")
    separator = max(SEPARATORS, key=lines[0][1].count)
    try:
        rows = [next(csv.reader([line], delimiter=separator, strict=True)) for _, line in lines]
    except csv.Error as error:
        raise InputError(
            f"{path}: a row is no CSV ({error}); a quoted text ends with a quote, in the same line."
        ) from None
    wanted = _header(path, rows[0], Units(scales))
    values = {name: np.empty(len(rows) - 1) for name in wanted}
    for k, ((line, _), row) in enumerate(zip(lines[1:], rows[1:], strict=True)):
        for name, (position, factor) in wanted.items():
            values[name][k] = factor * _number(path, line, row, position, rows[0])
    return measurement(values.pop("time"), name=str(path), **values)


def measurement(time, *, voltage=None, current=None, name: str = "the measurement") -> Measurement:
    """A measurement from arrays in s, V and A, checked as a file would be."""
    time = np.asarray(time, float)
    columns = {"voltage": voltage, "current": current}
    columns = {key: np.asarray(value, float) for key, value in columns.items() if value is not None}
    if not columns:
        raise InputError(f"{name}: a column of voltage or current is needed beside the time.")
    for key, value in {"time": time, **columns}.items():
        if value.shape != time.shape or value.ndim != 1:
            raise InputError(f"{name}: {key} has {value.size} values, and time has {time.size}.")
        if not np.all(np.isfinite(value)):
            row = int(np.argmin(np.isfinite(value)))
            raise InputError(f"{name}: {key} = {value[row]} in data row {row + 1} is not a finite number.")
    if time.size < 2:
        raise InputError(f"{name}: {time.size} rows are too few; at least two are needed.")
    falls = np.flatnonzero(np.diff(time) < 0)
    if falls.size:
        k = int(falls[0])
        raise InputError(
            f"{name}: time falls from {time[k]:g} s to {time[k + 1]:g} s at data row {k + 2}; sort the rows by time."
        )
    if time[-1] == time[0]:
        raise InputError(f"{name}: all rows have the same time.")
    return Measurement(name, time - time[0], columns)


def _header(path: Path, cells: list[str], units: Units) -> dict[str, tuple[int, float]]:
    """Position and factor to SI of each column that is wanted and present."""
    found: dict[str, tuple[int, float]] = {}
    names = []
    for position, cell in enumerate(cells):
        match = _HEADER.fullmatch(cell)
        name = (match[1] if match else cell.strip()).lower()
        names.append(name)
        if name not in COLUMNS:
            continue
        if name in found:
            raise InputError(f"{path}: there are two columns of {name}; keep one.")
        if match is None or not match[2]:
            raise InputError(f"{path}: the column {name!r} has no unit; head it {name} [{COLUMNS[name][0]}].")
        try:
            factor = units.convert(1.0, match[2], COLUMNS[name])
        except ValueError as error:  # pydantic's error of one value
            raise InputError(f"{path}: the column {cell.strip()!r} {error}.") from None
        found[name] = position, factor
    missing = [name for name in ("time",) if name not in found]
    missing += [] if {"voltage", "current"} & set(found) else ["voltage", "current"]
    if missing:
        shown = ", ".join(cell.strip() for cell in cells)
        hint = nearest(missing[0], [name for name in names if name not in COLUMNS])
        raise InputError(
            f"{path}: the column {missing[0]!r} is missing{hint}; the header is {shown!r}, and should hold "
            "time [s], voltage [V], current [A]."
        )
    return found


def _number(path: Path, line: int, row: list[str], position: int, heads: list[str]) -> float:
    head = heads[position].strip()
    if position >= len(row):
        raise InputError(f"{path}: line {line} has {len(row)} cells and none for the column {head!r}.")
    try:
        number = float(row[position])
    except ValueError:
        point = "; write it with a decimal point" if "," in row[position] else ""
        raise InputError(f"{path}: line {line}, column {head!r}: {row[position]!r} is not a number{point}.") from None
    if not math.isfinite(number):
        raise InputError(f"{path}: line {line}, column {head!r}: {row[position].strip()} is not a finite number.")
    return number


def drive(data: Measurement, quantity: str, straight: float = STRAIGHT) -> Protocol:
    """The measured waveform of ``voltage`` or ``current`` as straight ramps, sampled at the rows where these are evenly spaced.

    Rows nearer than ``straight`` times the span to the line between two others are taken to lie on it (Ramer, Comput.
    Graphics Image Process. 1, 244 (1972)), so that a triangle wave becomes as many ramps as it has, whatever its rows.
    """
    time, value = data.time, data.column(quantity)
    tolerance = straight * max(np.ptp(value), 1e-300)
    cuts = [0, *(np.flatnonzero(np.diff(time) == 0) + 1), len(time)]
    corners: list[tuple[int, int]] = []
    for first, stop in pairwise(cuts):
        kept = _corners(time, value, int(first), int(stop) - 1, tolerance)
        corners += list(pairwise(kept))
    weights = (1.0, 0.0) if quantity == "voltage" else (0.0, 1.0)
    return Protocol(
        tuple(
            Step(
                float(time[b] - time[a]),
                float(value[a]),
                float(value[b]),
                *weights,
                label="measured",
                samples=_samples(time[a : b + 1]),
            )
            for a, b in _padded(corners)
        )
    )


def _corners(time, value, first: int, last: int, tolerance: float) -> list[int]:
    """Rows between which straight lines pass all others within the tolerance."""
    kept, pending = {first, last}, [(first, last)]
    while pending:
        a, b = pending.pop()
        if b - a < 2:
            continue
        inside = slice(a + 1, b)
        line = value[a] + (value[b] - value[a]) * (time[inside] - time[a]) / (time[b] - time[a])
        off = np.abs(value[inside] - line)
        worst = int(np.argmax(off))
        if off[worst] > tolerance:
            middle = a + 1 + worst
            kept.add(middle)
            pending += [(a, middle), (middle, b)]
    return sorted(kept)


def _padded(corners: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same pieces with the longest ones halved until their number is PIECES, or twice, and so on."""
    wanted = PIECES
    while wanted < len(corners):
        wanted *= 2
    corners = list(corners)
    while len(corners) < wanted:
        k = max(range(len(corners)), key=lambda k: corners[k][1] - corners[k][0])
        a, b = corners[k]
        if b - a < 2:
            break
        corners[k : k + 1] = [(a, (a + b) // 2), ((a + b) // 2, b)]
    return corners


def _samples(time: np.ndarray) -> int:
    """Equal parts of a piece: its rows where they are evenly spaced, else so many that the closest rows are apart."""
    steps = np.diff(time)
    finest = max(steps.min(), 0.25 * np.median(steps))
    return round(float(time[-1] - time[0]) / float(finest))
