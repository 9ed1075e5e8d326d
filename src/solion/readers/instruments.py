"""Text files of instruments with a heading of their own: EC-Lab .mpt, Gamry .DTA, EasyEXPERT (B1500), ZPlot and ZView .z."""

from __future__ import annotations

import re
from pathlib import Path

from solion.base.errors import InputError
from solion.readers.dialect import Dialect, tell
from solion.readers.table import Sheet

EC_LAB = ("Ewe/V", "<Ewe>/V", "Ewe-Ece/V", "I/mA", "<I>/mA", "Phase(Z)/deg", "time/s")  # taken where several would do


def eclab(path: Path, lines: list[str]) -> Sheet:
    """EC-Lab's export as text: the heading is the last of its ``Nb header lines``; columns are ``name/unit`` between tabs."""
    match = re.search(r"Nb header lines\s*:\s*(\d+)", "\n".join(lines[:5]))
    if match is None or not 0 < int(match[1]) <= len(lines):
        raise InputError(f"{path}: an EC-Lab file without its header ('Nb header lines'); it is cut off or damaged.")
    count = int(match[1])
    headings = tuple(text.strip() for text in lines[count - 1].rstrip("\t ").split("\t"))
    rows = [(n, line.rstrip("\t ").split("\t")) for n, line in enumerate(lines[count:], count + 1) if line.strip()]
    _complete(path, rows, len(headings))
    notes = [line.strip() + "." for line in lines[:count] if re.match(r"Electrode surface area\s*:", line)]
    return Sheet(
        path,
        "EC-Lab text (.mpt)",
        headings,
        [row for _, row in rows],
        [n for n, _ in rows],
        _decimal(rows),
        prefer=EC_LAB,
        notes=tuple(notes),
    )


def gamry(path: Path, lines: list[str]) -> Sheet:
    """Gamry's .DTA: tables CURVE, CURVE1, ... (one a cycle) or ZCURVE, each with a heading and a line of units."""
    starts = [k for k, line in enumerate(lines) if re.match(r"Z?CURVE\d*\tTABLE", line)]
    if not starts:
        raise InputError(f"{path}: a Gamry file without a table of data (CURVE TABLE, ZCURVE TABLE); it is cut off or damaged.")
    rows, blocks, headings, units = [], [], (), ()
    for number, start in enumerate(starts, 1):
        if len(lines) < start + 4:
            raise InputError(f"{path}: the table {lines[start].split(chr(9))[0]} ends before its first row; the file is cut off.")
        heads, below = (tuple(text.strip() for text in lines[start + k].split("\t")[1:]) for k in (1, 2))
        if headings and heads != headings:
            raise InputError(
                f"{path}: its tables have different columns, {lines[start].split(chr(9))[0]} others than the first; keep one."
            )
        headings, units, before = heads, below, len(rows)
        for n, line in enumerate(lines[start + 3 :], start + 4):
            if re.match(r"[\s]*[-+.\d]", line) and not line.startswith("\t"):
                raise InputError(f"{path}: line {n} ({line[:40]!r}) is no whole row of a table; the file is damaged.")
            if not line.startswith("\t"):
                break
            rows.append((n, line.split("\t")[1:]))
        blocks += [number] * (len(rows) - before)
        declared = lines[start].split("\t")[2:3]
        if declared and declared[0].strip().isdecimal() and int(declared[0]) != len(rows) - before:
            raise InputError(
                f"{path}: the table {lines[start].split(chr(9))[0]} holds "
                f"{len(rows) - before} rows and says {declared[0].strip()}; "
                "the file is cut off."
            )
    _complete(path, rows, len(headings))
    notes = []
    for line in lines:
        words = line.split("\t")
        if words[0] == "AREA" and len(words) > 2:
            notes.append(f"The file says an area of {words[2].strip()} cm^2.")
        elif words[0] == "EXPERIMENTABORTED":
            notes.append("The experiment was aborted.")
    units = tuple(re.sub(r"\s+vs\.?.*$", "", unit) for unit in units)
    return Sheet(
        path,
        "Gamry (.DTA)",
        headings,
        [row for _, row in rows],
        [n for n, _ in rows],
        _decimal(rows),
        units,
        tuple(blocks) if len(starts) > 1 else (),
        prefer=("Vf", "Im"),
        notes=tuple(notes),
    )


def easyexpert(path: Path, lines: list[str]) -> Sheet:
    """EasyEXPERT's CSV (B1500, B1505): DataName names the columns, each DataValue is a row, in SI; one DataName a test."""
    rows, blocks, headings, block = [], [], (), 0
    for n, line in enumerate(lines, 1):
        word, _, rest = line.partition(",")
        cells = [cell.strip() for cell in rest.split(",")]
        if word.strip() == "DataName":
            if headings and tuple(cells) != headings:
                raise InputError(f"{path}: line {n} begins a second test with other columns; keep one test a file.")
            headings, block = tuple(cells), block + 1
        elif word.strip() == "DataValue":
            if not headings:
                raise InputError(f"{path}: line {n} holds values before DataName names them; the file is damaged.")
            rows.append((n, cells))
            blocks.append(block)
    _complete(path, rows, len(headings))
    return Sheet(
        path,
        "Keysight EasyEXPERT (B1500)",
        headings,
        [row for _, row in rows],
        [n for n, _ in rows],
        Dialect(","),
        blocks=tuple(blocks) if block > 1 else (),
        si=True,
    )


def zview(path: Path, lines: list[str]) -> Sheet:
    """ZPlot's and ZView's .z: after ``End Comments`` rows of frequency, amplitude, bias, time, Z', Z'' (with its own
    sign), ..."""
    end = next((k for k, line in enumerate(lines) if line.strip().strip('"').startswith("End Comments")), None)
    if end is None:
        end = next((k for k, line in enumerate(lines) if re.match(r'\s*"?\s*Freq', line)), None)
    if end is None:
        raise InputError(f"{path}: a .z file without 'End Comments' or a line of headings; it is cut off or damaged.")
    body = [(n, line) for n, line in enumerate(lines[end + 1 :], end + 2) if line.strip()]
    dialect = tell([line for _, line in body]) or Dialect(",")
    rows = [(n, dialect.cells(line)) for n, line in body]
    if rows and dialect.number(rows[0][1][0]) is None:  # a line of headings of its own
        rows = rows[1:]
    if rows and len(rows[0][1]) < 6:
        raise InputError(
            f"{path}: line {rows[0][0]} has {len(rows[0][1])} columns; a .z file has frequency, amplitude, bias, time, Z', Z''."
        )
    _complete(path, rows, 6)
    headings = ("Freq (Hz)", "Ampl", "Bias", "Time (s)", "Z' (ohm)", "Z'' (ohm)", "GD", "Err", "Range")
    width = max(len(row) for _, row in rows)
    return Sheet(
        path,
        "ZPlot or ZView (.z)",
        headings[:width] + ("",) * (width - 9),
        [row for _, row in rows],
        [n for n, _ in rows],
        dialect,
    )


def _complete(path: Path, rows: list[tuple[int, list[str]]], width: int) -> None:
    if not rows:
        raise InputError(f"{path}: there are no rows after the heading; the file is cut off.")
    for n, row in rows:
        if len(row) < width and not (len(row) == width - 1 and n != rows[-1][0]):
            raise InputError(f"{path}: line {n} has {len(row)} cells and the heading {width}; the file is cut off there.")


def _decimal(rows: list[tuple[int, list[str]]]) -> Dialect:
    """Tabs, with a decimal comma where the numbers have one."""
    comma = any("," in cell and "." not in cell for _, row in rows[:50] for cell in row)
    return Dialect("\t", "," if comma else ".")
