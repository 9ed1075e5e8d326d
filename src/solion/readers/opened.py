"""What a laboratory's file is, what it holds, and what can be done with it next."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import cast

import numpy as np

from solion.base.errors import InputError
from solion.readers.headings import NAMES
from solion.readers.images.picture import Picture, check_blends, whole
from solion.readers.images.read import is_picture, read_picture
from solion.readers.recognise import read_table
from solion.readers.series import MeasuredSpectrum, TimeRecord, cycles_of, record_of, spectrum_of
from solion.readers.table import Table
from solion.readers.units import SI
from solion.readers.waves import describe_wave

NEXT = {
    "record": 'solion fit STUDY {path} --fit KEY; a waveform of a study: kind = "waveform", source = "{path}"',
    "sweep": 'say its rate or the interval of its rows (--rate "50 mV/s", '
    '--interval "0.1 s"), then solion fit STUDY {path} --fit KEY',
    "spectrum": 'so.read("{path}").data has frequency and impedance for '
    "analysis.spectra: kramers_kronig, relaxation_times, fit_circuit",
    "pulses": 'analysis.synaptic.PulseRecord.of_conductance(sign, so.read("{path}")["conductance"]), then update_map',
    "front": 'solion identify {path}{meaning} --shape wire --diameter "100 nm" --volume-ratio 3.81',
    "labels": 'so.read_labels("{path}"{spacing}), or image = "{path}" under [microstructure] in a study of a polycrystal',
}
FRONT = (
    "host_depth",
    "product_thickness",
    "core_radius",
    "core_diameter",
    "outer_diameter",
    "axial_front",
    "reacted_volume_fraction",
    "length",
)
POLAR = ({"modulus"}, {"phase", "minus_phase"})
CARTESIAN = ({"real"}, {"imaginary", "minus_imaginary"})


@dataclasses.dataclass(frozen=True)
class LaboratoryFile:
    """A file that was read. ``kind``: record, sweep, spectrum, pulses, front or labels; ``reading["voltage"]`` is a column in SI.

    ``content``: all columns (:class:`.table.Table`) or the labels as they lie in the file
    (:class:`.images.picture.Picture`); ``data``: the record in time or the spectrum, None where a choice is needed
    first; ``found``: what stands in it, ``notes``: what was left out, changed or is in doubt, as sentences.
    """

    path: Path
    format: str
    kind: str
    content: Table | Picture
    data: TimeRecord | MeasuredSpectrum | None
    found: tuple[str, ...]
    notes: tuple[str, ...]

    def __getitem__(self, quantity: str) -> np.ndarray:
        if isinstance(self.content, Picture):
            raise InputError(f"{self.path}: it holds labels and no columns; so.read_labels reads them.")
        return self.content[quantity]

    @property
    def next(self) -> str:
        """What can be done with it."""
        spacing = ", spacing=..." if isinstance(self.content, Picture) and self.content.spacing is None else ""
        meaning = " --meaning host_depth" if self.kind == "front" and "length" in cast(Table, self.content) else ""
        return NEXT[self.kind].format(path=self.path, spacing=spacing, meaning=meaning)

    def summary(self) -> str:
        """Format, columns with units and ranges, what was found, notes and the next step, line by line."""
        lines = [f"{self.path}: {self.kind}, {self.format}"]
        if isinstance(self.content, Table):
            lines += _columns(self.content)
        lines += [f"  {sentence}" for sentence in self.found]
        lines += [f"  note: {note}" for note in self.notes]
        return "\n".join([*lines, f"  next: {self.next}"])


def _columns(table: Table) -> list[str]:
    rows = []
    for column in table.columns:
        if column.problem:
            rows.append((str(column.position), column.quantity, column.heading, f"not used: {column.problem}"))
            continue
        finite = column.values[np.isfinite(column.values)]
        span = f"{finite.min():.4g} to {finite.max():.4g} {column.si.removeprefix('1')}" if finite.size else "no numbers"
        rows.append((str(column.position), column.quantity, column.heading, span))
    widths = [max(len(row[k]) for row in rows) for k in range(3)] if rows else []
    lines = [f"  {table.rows} rows"]
    lines += [
        "  " + "  ".join([*(cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)), row[3]]) for row in rows
    ]
    return lines + ([f"  not used: {', '.join(table.ignored)}"] if table.ignored else [])


def read(
    path: str | PathLike,
    columns: str | Mapping[str, int | str] | None = None,
    *,
    rate: float | None = None,
    interval: float | None = None,
    cycle: int | None = None,
    area: float | None = None,
    sheet: str | None = None,
    unit: float = 1e-6,
) -> LaboratoryFile:
    """Recognise and read a laboratory's file: current-voltage and pulse records, impedance spectra, pictures of grains.

    Columns are known by name and unit, or named by ``columns``: ``"time=3 ms,voltage=4"`` or a mapping. ``rate``
    (V/s) or ``interval`` (s) makes the time of a sweep without one, ``cycle`` takes one of several cycles or spectra,
    ``area`` (m2) turns a current density into a current, ``sheet`` is that of a workbook, ``unit`` (m) that of
    rasters without one. Nothing is guessed: raises InputError, one sentence with the remedy, for what cannot be told.
    ``docs/laboratory-files.md`` lists the formats.
    """
    path = Path(path)
    if is_picture(path) and columns is None:
        return _labels(read_picture(path, unit=unit))
    try:
        table = read_table(path, columns, sheet=sheet)
    except InputError as error:
        if columns is None and path.suffix.lower() in (".csv", ".txt", ".dat", ".tsv") and (grid := _grid(path)) is not None:
            return _labels(grid)
        raise error
    return _classified(table, rate, interval, cycle, area)


def _grid(path: Path) -> Picture | None:
    """A grid of labels as text: whole numbers without headings, at least 8 by 8; None where it is none."""
    try:
        picture = read_picture(path)
        return picture if min(picture.values.shape) >= 8 and whole(path, picture.values) is not None else None
    except InputError:
        return None


def _labels(picture: Picture) -> LaboratoryFile:
    values = whole(picture.path, picture.values)
    check_blends(dataclasses.replace(picture, values=values))
    names, counts = np.unique(values, return_counts=True)
    if names.size < 2:
        raise InputError(f"{picture.path}: every voxel is {names[0]}; there are no grains to tell apart.")
    found = [
        f"{' x '.join(map(str, values.shape))} voxels along {', '.join(picture.axes)}; "
        f"{names.size} values from {names[0]} to {names[-1]}."
    ]
    if picture.spacing is not None:
        found.append(f"Edges of a voxel: {' x '.join(f'{edge:g}' for edge in picture.spacing)} m.")
    if names[0] <= 0:
        shares = ", ".join(
            f"{name} fills {count / values.size:.1%}" for name, count in zip(names[:3], counts[:3], strict=False) if name <= 0
        )
        found.append(f"Of values that are often no grain {shares}.")
    if picture.orientations is not None:
        found.append(f"Orientations of {int(np.isfinite(picture.orientations[:, 0]).sum())} grains.")
    return LaboratoryFile(picture.path, picture.format, "labels", picture, None, tuple(found), picture.notes)


def _classified(table: Table, rate, interval, cycle, area) -> LaboratoryFile:
    def there(*names: str) -> bool:
        return any(name in table for name in names)

    current = there("current", "current_density")
    if there("frequency", "angular_frequency", "log_frequency") and any(
        all(there(*names) for names in form) for form in (CARTESIAN, POLAR)
    ):
        spectrum = spectrum_of(table, cycle=cycle)
        low, high = spectrum.frequency.min(), spectrum.frequency.max()
        real = np.real(spectrum.impedance)
        sign = "negative (capacitive)" if np.mean(np.imag(spectrum.impedance) < 0) > 0.5 else "positive (inductive)"
        found = (
            f"{spectrum.frequency.size} frequencies from {low:.4g} to {high:.4g} Hz; Re Z {real.min():.4g} to {real.max():.4g} "
            f"{spectrum.unit}; Im Z mostly {sign}.",
        )
        return LaboratoryFile(table.path, table.format, "spectrum", table, spectrum, found, spectrum.notes)
    quantities = [name for name in ("voltage", "current") if there(name) or (name == "current" and current)]
    if quantities and (there("time") or rate is not None or interval is not None):
        return _record(table, quantities, rate, interval, cycle, area)
    if there("voltage") and current:
        for name in ("voltage", "current" if there("current") else "current_density"):
            table.find(name)
        return LaboratoryFile(table.path, table.format, "sweep", table, None, ("There is no column of time.",), table.notes)
    if there("conductance", "resistance") and there("pulse", "index", "cycle"):
        table.find("conductance" if there("conductance") else "resistance")
        return LaboratoryFile(table.path, table.format, "pulses", table, None, (f"{table.rows} rows, one a pulse.",), table.notes)
    lengths = [name for name in FRONT if there(name)]
    if lengths and there("time"):
        table.find("time")
        found = [f"{table.rows} rows of {', '.join(lengths)} in time."]
        if lengths == ["length"]:
            found.append(f"The heading {table.find('length').heading!r} does not say what the length is of a front.")
        return LaboratoryFile(table.path, table.format, "front", table, None, tuple(found), table.notes)
    names = ", ".join([*(f"{column.heading!r} ({column.quantity})" for column in table.columns), *map(repr, table.ignored)])
    raise InputError(
        f"{table.path}: its columns ({names}) are neither a record (time "
        f"with voltage or current), a spectrum (frequency with Z) nor pulses "
        '(pulse with conductance), nor a front (time with a length); name them, as in --columns "time=1 s,voltage=2 V".'
    )


def _record(table: Table, quantities: list[str], rate, interval, cycle, area) -> LaboratoryFile:
    notes = list(table.notes)
    for name in ("time", *(name for name in quantities if name in table)):
        if name in table:
            table.find(name)
    if "current" in quantities and "current" not in table and area is None:
        table.find("current_density")
        notes.append("The current is per area; give the area of the electrode to read it as a current.")
        quantities = [name for name in quantities if name != "current"] or ["current_density"]
    numbers = cycles_of(table)
    found = []
    if numbers is not None and cycle is None:
        known = np.unique(numbers)
        found.append(f"{known.size} cycles: {', '.join(map(str, known[:20]))}{', ...' if known.size > 20 else ''}.")
        begins_anew = "time" in table and np.any(np.diff(table["time"]) < 0)
        if begins_anew:
            notes.append(f"Time begins anew in each cycle; choose one, as in --cycle {known[0]}.")
            return LaboratoryFile(table.path, table.format, "record", table, None, tuple(found), tuple(notes))
    record = record_of(table, quantities, rate=rate, interval=interval, cycle=cycle, area=area)
    found.append(f"{record.time.size} rows over {record.time[-1]:.6g} s.")
    for name in quantities:
        if sentence := describe_wave(record.time, record.columns[name], name, SI[NAMES[name][0]]):
            found.append(sentence)
    extra = [note for note in record.notes if note not in notes]
    return LaboratoryFile(table.path, table.format, "record", table, record, tuple(found), (*notes, *extra))
