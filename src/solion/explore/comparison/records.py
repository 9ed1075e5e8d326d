"""What a comparison takes of a run or of a measured file: its curves by what they are, its numbers and its settings."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from solion.analysis.data import Data, plain
from solion.base.errors import InputError
from solion.readers.images.picture import Picture
from solion.readers.opened import LaboratoryFile, read
from solion.readers.series import MeasuredSpectrum, TimeRecord
from solion.result.result import FILE, Result, load
from solion.study.folder import RESULTS

SHOWN = ("terminal", "response", "surface")  # roles of what is compared over time
ENDINGS = (".nc", ".zarr")
STATED = ("device", "experiment", "engine", "status", "message")  # attributes that two runs may differ in


class CurveKind(NamedTuple):
    """What a curve is: the names of its axes with their units. Curves of one kind are drawn over one another."""

    x: str
    x_unit: str
    y: str
    y_unit: str


class ComparedCurve(NamedTuple):
    """A curve in SI units."""

    kind: CurveKind
    x: np.ndarray
    y: np.ndarray


@dataclasses.dataclass(frozen=True)
class ComparedRecord:
    """A run or a measured file. ``tables``: heading -> name -> value in words or a number; ``units``: of those numbers.

    ``accuracy``: the share by which the run's numbers may be off, by its own audit and tolerance.
    """

    name: str
    title: str
    measured: bool
    curves: tuple[ComparedCurve, ...]
    tables: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    units: Mapping[str, str] = dataclasses.field(default_factory=dict)
    meanings: Mapping[str, str] = dataclasses.field(default_factory=dict)
    notes: tuple[str, ...] = ()
    accuracy: float = 0.0


def record_from(source: str | PathLike | Result, name: str = "", **reading: Any) -> ComparedRecord:
    """A record of a result, of the file or folder of one, or of a laboratory's file; ``reading`` are the words of
    :func:`solion.read` for the last. Raises InputError where it is none of these."""
    if isinstance(source, Result):
        return of_result(source, name or source.dataset.attrs["title"])
    path = Path(source)
    name = name or (path.parent.name if path.name == FILE and path.parent.name else path.name) or str(path)
    if (path / RESULTS).is_dir():
        raise InputError(f"{path}: this is a sweep, which has a report of its own; compare folders of single runs.")
    if (path / FILE).is_file() or path.suffix in ENDINGS:
        return of_result(load(path), name)
    if not path.exists():
        raise InputError(f"{path}: there is no such file or folder; give a run's folder, its {FILE} or a measured file.")
    if path.is_dir() and any((path / word).is_file() for word in ("study.toml", "report.html")):
        raise InputError(f"{path}: it holds no {FILE}; give the folder of a run that is complete.")
    return of_file(read(path, **reading), name)


def of_result(result: Result, name: str) -> ComparedRecord:
    """The curves, metrics, parameters and settings of a result."""
    from solion.views import metrics

    data, found = Data.of(result), metrics(result.dataset)
    rows = data.attribute("parameters", [])
    steps = data.steps
    stated = {key: str(data.dataset.attrs[key]) for key in STATED if key in data.dataset.attrs}
    if steps:
        stated["protocol"] = f"{len(steps)} steps, {sum(step['duration'] for step in steps):.6g} s"
    return ComparedRecord(
        name,
        data.dataset.attrs["title"],
        False,
        tuple(_curves(data)),
        {
            "Runs": stated,
            "Parameters": {row["path"]: row["value"] for row in rows},
            "Settings": {key: _one(value) for key, value in result.settings.items() if "seconds" not in key},
            "Metrics": {metric.alike or metric.name: metric.value for metric in found},
        },
        {row["path"]: row["unit"] for row in rows} | {metric.alike or metric.name: metric.unit for metric in found},
        {row["path"]: row["doc"] for row in rows} | {metric.alike or metric.name: metric.meaning for metric in found},
        accuracy=max(float(data.attribute("audit", {}).get("time error", {}).get("value", 0.0)), _tolerance(result)),
    )


def _tolerance(result: Result) -> float:
    """The relative tolerance of a run's steps, 0 where it has none."""
    stated = result.settings.get("relative", 0.0)
    return float(stated) if isinstance(stated, (int, float)) else 0.0


def _one(value: Any) -> Any:
    """A setting as one number or text."""
    return value if isinstance(value, (bool, int, float, str)) else str(value)


def _curves(data: Data) -> Iterator[ComparedCurve]:
    """The loop, then all that is measured over time, with frequency or along another single axis."""
    if data.driven:
        voltage, current = data.terminal("voltage"), data.terminal("current")
        if data.swept:
            yield ComparedCurve(CurveKind("voltage", "V", "current", "A"), voltage, current)
        yield ComparedCurve(CurveKind("time", "s", "voltage", "V"), data.time, voltage)
        yield ComparedCurve(CurveKind("time", "s", "current", "A"), data.time, current)
    spectrum = data.having(dimensions=("frequency",))[:2]
    if len(spectrum) == 2:
        real, imaginary = (plain(part) for part in spectrum)
        unit = spectrum[0].attrs.get("units", "1").replace("m2", "m^2")
        yield ComparedCurve(CurveKind("real part", unit, "minus imaginary part", unit), real, -imaginary)
    taken = {"voltage", "current"} if data.driven else set()  # and the density of a current says what the current does
    for variable in data.having():
        unit, dims = variable.attrs.get("units", "1"), variable.dims
        again = variable.name in taken or (bool(taken) and variable.attrs.get("kind") == "current_density")
        if len(dims) != 1 or variable.dtype.kind != "f" or variable.size < 2 or again:
            continue
        timed = dims == ("time",)
        if dims == ("frequency",) or (timed and variable.attrs.get("role") not in SHOWN):
            continue
        along = data.time if timed else plain(variable[dims[0]]) if dims[0] in variable.coords else np.arange(variable.size)
        if along.dtype.kind == "f" and np.isfinite(along).all():
            axis = data.dataset[dims[0]].attrs.get("units", "1") if dims[0] in data.dataset else "1"
            kind = CurveKind(str(dims[0]), "s" if timed else axis, _meant(data, variable), unit)
            yield ComparedCurve(kind, along, plain(variable))


def _meant(data: Data, variable: Any) -> str:
    """The name of a variable as a measured file has it: the conductance of a device that is read once is one."""
    if variable.attrs.get("role") == "response" and len(data.responses) == 1:
        return variable.attrs.get("kind", str(variable.name))
    return str(variable.name)


def of_file(file: LaboratoryFile, name: str) -> ComparedRecord:
    """The curves of a measured file."""
    if isinstance(file.content, Picture):
        raise InputError(f"{file.path}: it is a picture of grains, which has no curve; run a study of it and compare that.")
    curves = tuple(_measured(file))
    return ComparedRecord(name, f"{file.kind}, {file.format}", True, curves, notes=(*file.found, *file.notes))


def _measured(file: LaboratoryFile) -> Iterator[ComparedCurve]:
    data, table = file.data, file.content
    assert not isinstance(table, Picture)
    if isinstance(data, MeasuredSpectrum):
        unit, value = data.unit, np.asarray(data.impedance, complex)
        kind = CurveKind("real part", unit, "minus imaginary part", unit)
        yield ComparedCurve(kind, np.real(value), -np.imag(value))
        return
    columns = {column.quantity: column.values for column in table.columns if not column.problem}
    time = columns.get("time")
    if isinstance(data, TimeRecord):
        columns, time = data.columns, data.time
    if {"voltage", "current"} <= columns.keys():
        yield ComparedCurve(CurveKind("voltage", "V", "current", "A"), columns["voltage"], columns["current"])
    if time is None:
        return
    for quantity, values in columns.items():
        if quantity not in ("time", "cycle"):
            unit = next((column.si for column in table.columns if column.quantity == quantity), "A")
            yield ComparedCurve(CurveKind("time", "s", quantity, unit), time - time[0], values)
