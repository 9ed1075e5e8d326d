"""A measured record of voltage, current and whatever is compared, and the drive that its waveform makes."""

from __future__ import annotations

import dataclasses
from os import PathLike

import numpy as np

from solion.base.errors import InputError
from solion.explore.fitting.observed import Observed
from solion.protocols.protocol import Protocol, Step
from solion.protocols.straight_lines import straight_lines
from solion.readers.recognise import read_table
from solion.readers.series import record_of

STRAIGHT = 1e-3  # of the drive's span: points nearer to a straight line than this are taken to lie on it
JUMP = 1e-2  # of a column's span: rows that share their time and differ by more are the two ends of a jump
OUTLYING = 20.0  # standard deviations of the noise, beyond which a single row is an outlier
MOST_OUTLIERS = 0.02  # share of the rows: more spikes than that are the signal
PIECES = 8  # the drive has this many straight pieces, or twice, ..., so that few programs serve all measurements
NOISE = 5.0  # standard deviations of the drive's noise: points nearer to a straight line than this are taken to lie on it, too


@dataclasses.dataclass(frozen=True)
class Measurement:
    """Time from the first row in s, and columns in SI by the names of quantities, nan where a row holds no number.

    ``notes`` of its reading.

    ``keep_outliers``: whether single rows far off both neighbours are compared.
    """

    name: str
    time: np.ndarray
    columns: dict[str, np.ndarray]
    notes: tuple[str, ...] = ()
    keep_outliers: bool = False

    def __len__(self) -> int:
        return len(self.time)

    @property
    def jumps(self) -> np.ndarray:
        """Rows at the two ends of a jump, where the value at an instant is not one number."""
        jump = np.zeros(len(self.time) - 1, bool)
        for values in self.columns.values():
            jump |= np.abs(np.diff(values)) > JUMP * (np.nanmax(values) - np.nanmin(values))
        jump &= np.diff(self.time) == 0
        return np.concatenate([[False], jump]) | np.concatenate([jump, [False]])

    def column(self, name: str) -> np.ndarray:
        """A quantity at every row."""
        if name not in self.columns:
            raise InputError(f"{self.name}: the column {name!r} is missing; this fit needs it.")
        return self.columns[name]

    def compared(self, name: str) -> np.ndarray:
        """Rows at which a quantity is one number, and no outlier."""
        rows = np.isfinite(self.column(name)) & ~self.jumps
        return rows if self.keep_outliers else rows & ~outliers(self.column(name))


def read(
    path: str | PathLike,
    scales=None,
    *,
    observed: Observed | None = None,
    columns: str | None = None,
    rate: float | None = None,
    interval: float | None = None,
    cycle: int | None = None,
    keep_outliers: bool = False,
) -> Measurement:
    """Time, voltage and current of a laboratory's file, and the quantity ``observed``, by :func:`solion.readers.read_table`.

    With the ``scales`` of a device a current may be given per area (``[A/m^2]``) and numbers in its V_T, tau_D and
    i_D. ``columns`` names columns ("time=3 ms,voltage=4"); ``rate`` (V/s) or ``interval`` (s) makes the time of a
    file without one; ``cycle`` takes one of several. Two rows may share a time where the drive jumps.

    Raises :class:`InputError`, one sentence naming file, column or row, and what is wrong.
    """
    known, area = None, None
    if scales is not None:
        known = {
            "tau_D": ("time", float(scales.time)),
            "V_T": ("voltage", float(scales.voltage)),
            "i_D": ("current_density", float(scales.current_density)),
        }
        area = float(scales.area)
    table = read_table(path, columns, known=known)
    names = {"voltage": ("voltage",), "current": ("current", "current_density")}
    there = [name for name, columns_of in names.items() if any(column in table for column in columns_of)]
    more = observed.column if observed is not None and observed.column not in ("", *names) else ""
    record = record_of(
        table, [*there, *([more] if more else [])] or ["voltage"], rate=rate, interval=interval, cycle=cycle, area=area
    )
    held = dict(record.columns)
    if observed is not None and observed.name not in held and observed.column in held:
        held[observed.name] = held.pop(observed.column)
    made = measurement(record.time, name=record.name, notes=record.notes, **held)
    return dataclasses.replace(made, keep_outliers=keep_outliers)


def measurement(time, *, name: str = "the measurement", notes: tuple[str, ...] = (), **columns) -> Measurement:
    """A measurement from arrays in SI, checked as a file would be: ``measurement(time, voltage=, current=)``, or any other
    quantity of a device by its name, such as ``conductance=``; nan where a row holds no number.

    Raises :class:`InputError` for columns that differ in length, times that fall, and numbers that are infinite.
    """
    time = np.asarray(time, float)
    columns = {key: np.asarray(value, float) for key, value in columns.items() if value is not None}
    if not columns:
        raise InputError(f"{name}: a column of what was measured is needed beside the time.")
    for key, value in {"time": time, **columns}.items():
        if value.shape != time.shape or value.ndim != 1:
            raise InputError(f"{name}: {key} has {value.size} values, and time has {time.size}.")
        good = np.isfinite(value) | (np.isnan(value) & (key != "time"))
        if not np.all(good) or not np.any(np.isfinite(value)):
            row = int(np.argmin(good))
            raise InputError(f"{name}: {key} = {value[row]} in data row {row + 1} is not a finite number.")
    if time.size < 2:
        raise InputError(f"{name}: {time.size} rows are too few; at least two are needed.")
    falls = np.flatnonzero(np.diff(time) < 0)
    if falls.size:
        k = int(falls[0])
        raise InputError(
            f"{name}: time falls from {time[k]:g} s to {time[k + 1]:g} s at "
            f"data row {k + 2}; the rows are not one record in order of time."
        )
    if time[-1] == time[0]:
        raise InputError(f"{name}: all rows have the same time.")
    return Measurement(name, time - time[0], columns, notes)


def outliers(value: np.ndarray) -> np.ndarray:
    """Single rows far off both neighbours, which lie near one another: glitches of an instrument.

    Far is OUTLYING times the noise, and five of the steps that nine in ten rows do not exceed.
    """
    found = np.zeros(value.size, bool)
    if value.size < 16:
        return found
    steps, beside = np.abs(np.diff(value)), value[2:] - value[:-2]
    off = np.abs(value[1:-1] - value[:-2] - beside / 2)
    far = max(OUTLYING * noise_of(value[np.isfinite(value)]), 5 * float(np.nanquantile(steps, 0.9)))
    found[1:-1] = (off > far) & (np.abs(beside) < 0.2 * off)
    return found if found.sum() <= MOST_OUTLIERS * value.size else np.zeros(value.size, bool)


def noise_of(value: np.ndarray) -> float:
    """Standard deviation of the noise of evenly spaced rows: the median of fourth differences, which a smooth curve
    leaves small."""
    return 0.0 if value.size < 16 else float(1.4826 * np.median(np.abs(np.diff(value, 4))) / np.sqrt(70))


def drive(data: Measurement, quantity: str, straight: float | None = None) -> Protocol:
    """The measured waveform of ``voltage`` or ``current`` as straight ramps, sampled at the rows where these are evenly spaced.

    Rows nearer than ``straight`` times the span to the line between two others are taken to lie on it, so that a triangle
    wave becomes as many ramps as it has, whatever its rows. Unless said, ``straight`` is STRAIGHT, or NOISE times the
    drive's own noise where that is more.
    """
    known = np.isfinite(data.column(quantity))
    time, value = data.time[known], data.column(quantity)[known]
    span = max(np.ptp(value), 1e-300)
    tolerance = straight * span if straight is not None else max(STRAIGHT * span, NOISE * noise_of(value))
    corners = straight_lines(time, value, tolerance)
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
