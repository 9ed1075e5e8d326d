"""The numbers of a study that can be varied: their values and units as the file has them, and their allowed ranges."""

from __future__ import annotations

import copy
import dataclasses
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from solion.base import parameters
from solion.base.errors import InputError, nearest
from solion.explore.tangents import Run
from solion.study import files
from solion.study.quantities import Units, split
from solion.study.sources import path_of
from solion.study.study import Study, driven, interpret, units_of

VARIED = ("device", "initial", "protocol")  # tables of a study whose numbers the physics feels


@dataclasses.dataclass(frozen=True)
class StudyNumber:
    """A number of a study: its dotted key, its value in its unit ("" for a plain number), range and meaning.

    ``low`` and ``high`` are the ends of the allowed range in the same unit, infinite where there are none.
    """

    key: str
    value: float
    unit: str
    low: float = -math.inf
    high: float = math.inf
    meaning: str = ""

    def spelled(self, value: float) -> float | str:
        """A value of this number as a study file holds it."""
        return f"{float(value)!r} {self.unit}" if self.unit else float(value)

    def shown(self, value: float, digits: int = 5) -> str:
        """A value with its unit, for people."""
        return f"{value:.{digits}g} {self.unit}".strip()


def find(study: Study, key: str) -> StudyNumber:
    """The number at a dotted key of a study, also one that the file leaves at its default.

    Raises :class:`InputError` naming the nearest key where there is none, or where it is not a number to vary.
    """
    rows = _rows(study, key)
    value = _value(study.data, key)
    if value is None:
        if not rows or key.split(".")[0] != "device":
            known = [number.key for number in every(study)]
            raise InputError(f"{study.shown}: {key} is no number of the study{nearest(key, known)}.")
        row = rows[0]
        value = row.value if _plain(row.unit) else f"{row.value!r} {row.unit}"
    magnitude, unit = _parsed(study, key, value)
    low, high, meaning = _range(study, rows, unit)
    number = StudyNumber(key, magnitude, unit, low, high, meaning)
    try:
        at(study, [number], {key: magnitude * (1 - 1e-7) if magnitude else -1e-7})
    except InputError as error:
        if "whole number" in str(error):
            raise InputError(f"{study.shown}: {key} = {value} is a whole number, which cannot be varied.") from None
        if magnitude:
            raise
    return number


def every(study: Study) -> list[StudyNumber]:
    """All numbers of a study that can be varied: those its file states and those of the device it leaves at their defaults."""
    keys = [key for table in VARIED for key in _numeric_keys(study.data.get(table), table)]
    covered = {row.path for key in keys for row in _rows(study, key)[:1]}
    keys += [key for row in parameters.table(study.device) if row.path not in covered and (key := _key(study, row))]
    numbers = []
    for key in keys:
        try:
            numbers.append(find(study, key))
        except InputError:
            continue  # a whole number, or text that begins with a digit
    return numbers


def at(study: Study, numbers: Iterable[StudyNumber], values: Mapping[str, float]) -> Study:
    """The study with some of its numbers replaced; sources of the old values are dropped."""
    data = copy.deepcopy(study.data)
    known = {number.key: number for number in numbers}
    settings = [f"{key}={json.dumps(known[key].spelled(value))}" for key, value in values.items()]
    files.override(data, settings)
    if "sources" in data:
        data["sources"] = {key: text for key, text in data["sources"].items() if key not in values}
    return fitted(interpret(data, name=study.name, shown=study.shown, folder=study.folder))


def fitted(study: Study) -> Study:
    """The study where it can be fitted: one of a device under a protocol, or of a spectrum; raises InputError elsewhere."""
    return study if study.experiment.spectral else driven(study, "a fit")


def sized(text: str, unit: str, name: str) -> float:
    """A text with a unit, in ``unit``; ``name``: what it is, for messages."""
    parts = split(text)
    if parts is None:
        raise InputError(f"{name} = {text!r} is not a number with a unit; give it in {unit}, such as '1 {unit}'.")
    try:
        return Units().convert(*parts, (unit,))
    except ValueError as error:
        raise InputError(f"{name} = {text!r} {error}.") from None


def run_of(study: Study) -> Run:
    """The run that a study describes."""
    run = study.experiment
    return Run(study.device, run.protocol, run.initial, run.cells, run.tolerance, run.watch, study.title)


def _value(data: Any, key: str) -> Any:
    for part in key.split("."):
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and part.isdecimal() and int(part) < len(data):
            data = data[int(part)]
        else:
            return None
    return data


def _parsed(study: Study, key: str, value: Any) -> tuple[float, str]:
    varied = key.split(".")[0] in VARIED
    if varied and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value), ""
    found = split(value) if isinstance(value, str) else None
    if found is None or not varied:
        shown = repr(value) if not isinstance(value, (dict, list)) else "a table"
        raise InputError(f"{study.shown}: {key} is {shown}, not a number of {', '.join(VARIED)} that can be varied.")
    return found


def _rows(study: Study, key: str) -> list[parameters.Row]:
    """The row of the device's table that a key names, or none."""
    rows = {row.path: row for row in parameters.table(study.device)}
    path = path_of(key, rows)
    return [] if path is None else [rows[path]]


def _range(study: Study, rows: list[parameters.Row], unit: str) -> tuple[float, float, str]:
    """Allowed range, in ``unit``, and meaning of the number in the first of the rows."""
    if not rows:
        return -math.inf, math.inf, ""
    row = rows[0]
    factor = 1.0
    if unit:
        factor = units_of(study).convert(1.0, unit, (row.unit,))
    low, high = (float(end) / factor for end in row.range.strip("([])").split(","))
    return low, high, row.doc


def _plain(unit: str) -> bool:
    return unit == "1" or any(name in unit for name in ("V_T", "i_D", "k_B T", "tau_D"))


def _numeric_keys(data: Any, path: str) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _numeric_keys(value, f"{path}.{key}")
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _numeric_keys(value, f"{path}.{index}")
    elif (isinstance(data, str) and split(data)) or (isinstance(data, (int, float)) and not isinstance(data, bool)):
        yield path


def _key(study: Study, row: parameters.Row) -> str | None:
    """A key under which a study file takes the number of a row: ``device.``, perhaps a table, and its name."""
    *tables, name = row.path.split(".")
    value = row.value if _plain(row.unit) else f"{row.value!r} {row.unit}"
    for key in (f"device.{name}", *(f"device.{table}.{name}" for table in tables)):
        data = copy.deepcopy(study.data)
        try:
            files.override(data, [f"{key}={json.dumps(value)}"])
            changed = fitted(interpret(data, name=study.name, shown=study.shown, folder=study.folder))
        except InputError:
            continue
        if any(other.path == row.path for other in parameters.table(changed.device)) and _rows(study, key)[0] == row:
            return key
    return None
