"""Records in time, and spectra, out of a table: order, clocks, cycles, signs."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import numpy as np

from solion.base.errors import InputError
from solion.readers.recognise import read_table
from solion.readers.table import Table

COARSE = 0.1  # share of rows that share their time with another, above which the clock is coarse and no jump is meant
PHASE_LIMIT = 0.5  # share of points of the other sign, above which the sign of an imaginary part is asked for


@dataclasses.dataclass(frozen=True)
class TimeRecord:
    """Time in s from the first row, and columns in SI by quantity; ``notes``: what was left out or changed, in sentences."""

    name: str
    time: np.ndarray
    columns: dict[str, np.ndarray]
    notes: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class MeasuredSpectrum:
    """Frequency in Hz and complex impedance (Im Z < 0 where capacitive), in ``unit`` ohm or ohm m^2; ``notes`` as sentences."""

    name: str
    frequency: np.ndarray
    impedance: np.ndarray
    unit: str = "ohm"
    notes: tuple[str, ...] = ()


def cycles_of(table: Table) -> np.ndarray | None:
    """The number of the cycle of every row: a column of that name, tables of their own, or times that begin anew;
    None for one."""
    if "cycle" in table and not table.find("cycle").problem:
        numbers = np.nan_to_num(table["cycle"], nan=-1).astype(int)
    elif table.blocks:
        numbers = np.asarray(table.blocks)
    elif "time" in table and not table.find("time").problem:
        time = table["time"]
        falls = np.diff(time) < 0
        restarts = falls & (
            time[1:] - np.nanmin(time) <= 0.02 * np.ptp(time[np.isfinite(time)]) if np.isfinite(time).any() else False
        )
        if not restarts.any() or np.any(falls & ~restarts):
            return None
        numbers = np.concatenate([[1], 1 + np.cumsum(restarts)])
    else:
        return None
    return numbers if np.unique(numbers).size > 1 else None


def record_of(
    table: Table,
    quantities: Sequence[str],
    *,
    rate: float | None = None,
    interval: float | None = None,
    cycle: int | None = None,
    area: float | None = None,
    corners: bool = False,
) -> TimeRecord:
    """A record of ``quantities`` in time. Without a column of time, ``rate`` (V/s) of a sweep or ``interval`` (s) makes it.

    Rows without time or any number are left out (a column may hold nan beside others), rows that stand twice are
    taken once, and times of a clock too coarse for the rows are spread evenly between its ticks; each is noted.
    ``corners``: the rows are the corners of a drive, two at one time a jump. A current per area is taken times
    ``area`` (m2). Raises InputError where time falls or begins anew and no ``cycle`` is chosen.
    """
    per_area = "current" in quantities and "current" not in table and "current_density" in table
    if per_area and area is None:
        heading = table.find("current_density").heading
        raise InputError(
            f'{table.path}: the current {heading!r} is per area; give the area of the electrode, as in --area "0.1 mm^2".'
        )
    quantities = ["current_density" if per_area and name == "current" else name for name in quantities]
    timed = "time" in table
    if timed and (rate is not None or interval is not None):
        raise InputError(f"{table.path}: it has a column of time; leave out the {'rate' if rate is not None else 'interval'}.")
    if not timed and rate is None and interval is None:
        table.find("voltage" if "voltage" in table or "current" not in table else "current")
        raise InputError(
            f"{table.path}: there is no column of time; name it, as in "
            f"--columns time=1, or say the rate of the sweep or the interval of "
            'the rows, as in --rate "50 mV/s" or --interval "0.1 s".'
        )
    columns, rows, notes = table.taken(["time", *quantities] if timed else quantities, ["time"])
    numbers = cycles_of(table)
    if cycle is not None:
        if numbers is None or cycle not in numbers:
            known = "one record only" if numbers is None else f"the cycles {', '.join(map(str, np.unique(numbers)[:20]))}"
            raise InputError(f"{table.path}: there is no cycle {cycle}; it holds {known}.")
        chosen = numbers[rows] == cycle
        columns = {name: values[chosen] for name, values in columns.items()}
        rows = rows[chosen]
    if per_area and area is not None:
        columns["current"] = area * columns.pop("current_density")
        notes = (*notes, f"The current density was taken times the area of {area:g} m2.")
    time = columns.pop("time") if timed else _made(columns, rate, interval, table.path)
    if not timed:
        notes = (*notes, f"Time was made from {'the rate of the sweep' if rate is not None else 'the interval of the rows'}.")
    if len(time) < 2:
        raise InputError(f"{table.path}: {len(time)} rows are too few; at least two are needed.")
    _ordered(table, time, rows, numbers if cycle is None else None)
    time, columns, clock = _clock(time, columns, corners)
    if time[-1] == time[0]:
        raise InputError(f"{table.path}: all rows have the same time.")
    return TimeRecord(str(table.path), time - time[0], columns, (*table.notes, *notes, *clock))


def _made(columns: dict[str, np.ndarray], rate: float | None, interval: float | None, path: Path) -> np.ndarray:
    if rate is not None and "voltage" not in columns:
        raise InputError(f"{path}: a rate of the sweep needs a column of voltage; say the interval of the rows.")
    for name, value in (("rate", rate), ("interval", interval)):
        if value is not None and not (np.isfinite(value) and value > 0):
            raise InputError(f"{name} = {value!r} is outside its allowed range; it is a positive number.")
    if rate is None:
        assert interval is not None
        return interval * np.arange(len(next(iter(columns.values()))), dtype=float)
    if np.isnan(columns["voltage"]).any():
        raise InputError(f"{path}: rows without a voltage leave no time by a rate; say the interval of the rows.")
    return np.concatenate([[0.0], np.cumsum(np.abs(np.diff(columns["voltage"])))]) / rate


def _ordered(table: Table, time: np.ndarray, rows: np.ndarray, cycles: np.ndarray | None) -> None:
    falls = np.flatnonzero(np.diff(time) < 0)
    if not falls.size:
        return
    k = int(falls[0])
    where = f"time falls from {time[k]:g} s to {time[k + 1]:g} s at line {table.lines[rows[k + 1]]}"
    if cycles is not None:
        known = np.unique(cycles)
        raise InputError(
            f"{table.path}: {where}: it begins anew in each of {known.size} cycles; choose one, as in --cycle {known[0]}."
        )
    raise InputError(f"{table.path}: {where}; the rows are not one record in order of time.")


def _clock(
    time: np.ndarray, columns: dict[str, np.ndarray], corners: bool
) -> tuple[np.ndarray, dict[str, np.ndarray], tuple[str, ...]]:
    """Rows that stand twice once, and rows of one tick of a coarse clock spread over it."""
    same = np.diff(time) == 0
    if not same.any():
        return time, columns, ()
    notes = []
    twice = np.concatenate([[False], same & np.all([_equal(values) for values in columns.values()], axis=0)])
    if twice.any():
        time, columns = time[~twice], {name: values[~twice] for name, values in columns.items()}
        notes.append(f"{int(twice.sum())} rows repeat the row before them and were taken once.")
        same = np.diff(time) == 0
    shared = np.concatenate([[False], same]) | np.concatenate([same, [False]])
    ticks, first, counts = np.unique(time, return_index=True, return_counts=True)
    pairs = counts.max() <= 2
    if len(ticks) < 2 or shared.mean() <= COARSE or (pairs and (corners or not _smooth(columns, same))):
        return time, columns, tuple(notes)
    steps = np.diff(ticks)
    tick = float(np.median(steps))
    widths = np.append(steps, min(tick, float(steps[-1])) if counts[-1] > 1 else 0.0)
    spread = time.copy()
    for start, count, width in zip(first, counts, np.minimum(widths, tick), strict=True):
        spread[start : start + count] += width * np.arange(count) / count
    notes.append(
        f"The clock has ticks of {tick:g} s and {shared.mean():.0%} of the "
        f"rows share one; they were spread evenly over each tick, so times "
        f"are known to {tick:g} s only."
    )
    return spread, columns, tuple(notes)


def _smooth(columns: dict[str, np.ndarray], same: np.ndarray) -> bool:
    """Whether values change between rows that share a time no more than between others: no jumps."""
    steps = [np.abs(np.diff(values)) for values in columns.values()]
    return all(np.nanmedian(step[same]) <= 3 * np.nanmedian(step[~same]) for step in steps)


def _equal(values: np.ndarray) -> np.ndarray:
    """Whether a row holds what the row before it holds, nothing included."""
    return (np.diff(values) == 0) | (np.isnan(values[1:]) & np.isnan(values[:-1]))


def spectrum_of(table: Table, *, cycle: int | None = None) -> MeasuredSpectrum:
    """The spectrum of a table: frequency (or its logarithm, or angular), and Z' with Z'' or -Z'', or |Z| with the phase.

    The sign is that of the heading. Where most points of a column headed Z'' are positive (or of one headed -Z'' negative),
    the file contradicts itself and the sign is asked for; columns that the user named are taken as named.
    """
    kind = next((name for name in ("frequency", "angular_frequency", "log_frequency") if name in table), "frequency")
    polar = "modulus" in table and ("phase" in table or "minus_phase" in table)
    cartesian = "real" in table and ("imaginary" in table or "minus_imaginary" in table)
    if not cartesian and not polar:
        table.find("real")
        table.find("imaginary")
    second = _second(table, ("phase", "minus_phase") if polar and not cartesian else ("imaginary", "minus_imaginary"))
    first = "modulus" if polar and not cartesian else "real"
    columns, rows, notes = table.taken([kind, first, second], [kind, first])
    frequency = columns[kind]
    if kind == "log_frequency":
        frequency, notes = 10.0**frequency, (*notes, "Frequencies are ten to the power of the column.")
    elif kind == "angular_frequency":
        frequency, notes = frequency / (2 * np.pi), (*notes, "Angular frequencies were divided by 2 pi.")
    sign = -1.0 if second.startswith("minus") else 1.0
    part = sign * columns[second]
    impedance = columns["real"] + 1j * part if first == "real" else columns["modulus"] * np.exp(1j * part)
    zero = frequency == 0
    if zero.any():
        frequency, impedance, rows = frequency[~zero], impedance[~zero], rows[~zero]
        notes = (*notes, f"{int(zero.sum())} rows at frequency 0 were left out.")
    numbers = _sweeps(table, frequency, rows)
    if numbers is not None:
        known = np.unique(numbers)
        if cycle is None or cycle not in known:
            raise InputError(
                f"{table.path}: the frequency begins anew: {known.size} spectra "
                f"in one file; choose one of {', '.join(map(str, known[:20]))}, "
                f"as in --cycle {known[0]}."
            )
        frequency, impedance = frequency[numbers == cycle], impedance[numbers == cycle]
    elif cycle not in (None, 1):
        raise InputError(f"{table.path}: there is no spectrum {cycle}; it holds one.")
    if frequency.size < 2 or np.any(frequency < 0):
        raise InputError(f"{table.path}: {frequency.size} positive frequencies are too few or some are negative; no spectrum.")
    _signed(table, impedance, second)
    areal = table.find(first).si == "ohm m^2"
    if sign < 0:
        notes = (*notes, f"The column {table.find(second).heading!r} has its sign turned.")
    return MeasuredSpectrum(str(table.path), frequency, impedance, "ohm m^2" if areal else "ohm", (*table.notes, *notes))


def _second(table: Table, names: tuple[str, str]) -> str:
    both = [name for name in names if name in table]
    if len(both) == 2:
        raise InputError(
            f"{table.path}: it has {both[0]} and {both[1]}; choose one, as in --columns {both[0]}={table.find(both[0]).position}."
        )
    return both[0]


def _sweeps(table: Table, frequency: np.ndarray, rows: np.ndarray) -> np.ndarray | None:
    """The number of the spectrum of every row: by cycle, or where the frequency returns to its first value; None for one."""
    numbers = cycles_of(table) if "cycle" in table or table.blocks else None
    if numbers is not None:
        return numbers[rows]
    steps = np.sign(np.diff(np.log(np.abs(frequency) + 1e-300)))
    way = np.sign(np.median(steps)) or 1.0
    back = (steps == -way) | (steps == 0)
    return np.concatenate([[1], 1 + np.cumsum(back)]) if back.any() else None


def _signed(table: Table, impedance: np.ndarray, second: str) -> None:
    """Refuse a spectrum most of whose points are inductive by its heading: -Z'' headed Z'', or the other way round."""
    if table.find(second).problem or table.find(second).chosen:
        return
    inductive = float(np.mean(np.imag(impedance) > 0))
    if inductive > PHASE_LIMIT:
        other = second.removeprefix("minus_") if second.startswith("minus") else f"minus_{second}"
        column = table.find(second)
        raise InputError(
            f"{table.path}: by its heading {column.heading!r} {inductive:.0%} "
            f"of the points are inductive (Im Z > 0), so the sign may be the "
            f"other one; say which, as in --columns {other}={column.position} or {second}={column.position}."
        )


def points_of(path: str | PathLike, quantity: str, columns: str | None = None) -> list[tuple[float, float]]:
    """(time, value) of every row of a file, for a drive; rows without a number are refused, for a drive has no holes.

    Two columns without headings, and names without units, are in SI. Raises InputError where the file has no such columns.
    """
    table = read_table(path, columns, bare=("time", quantity))
    for name in ("time", quantity):
        column = table.find(name)
        if column.missing + column.overflow:
            row = int(np.argmin(np.isfinite(column.values)))
            raise InputError(
                f"{table.path}: line {table.lines[row]} holds no number in "
                f"{column.heading!r}; a waveform has no holes, remove the row."
            )
    record = record_of(table, [quantity], corners=True)
    for note in record.notes[len(table.notes) :]:
        warnings.warn(f"{table.path}: {note}", UserWarning, stacklevel=3)
    return [(float(t), float(v)) for t, v in zip(record.time, record.columns[quantity], strict=True)]
