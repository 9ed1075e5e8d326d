"""D(T, x), sigma(T) and E(x) of a candidate's layer as tables, in its file or in a CSV beside it, looked up at each sample.

    diffusivity = {temperature = ["0 degC", "60 degC"], composition = [0.90, 0.95], values = [["1e-9 cm^2/s", ...], [...]]}
    ion_conductivity = {file = "sigma.csv"}                      voltage = {composition = [...], values = ["30 mV", ...]}

Between nodes ln(value) is linear in 1/T and in x, as an Arrhenius law is; beyond them nothing is taken. A voltage against
lithium gives W = -(F x/R T) dE/dx by a smoothing spline (its roughness by generalised cross-validation). x is that of the table:
share of lithium, or lithium per host atom where the host keeps its volume. All tables of a layer are read at its ``composition``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.interpolate import RegularGridInterpolator, make_smoothing_spline

from solion.base.constants import thermal_voltage
from solion.base.errors import InputError, nearest
from solion.base.parameters import USER, Source
from solion.explore.coating.candidate_keys import LAYER, TEMPERATURE
from solion.explore.coating.inputs import NumberKey, UncertainNumber, read_number

TABLED = ("diffusivity", "ion_conductivity", "electron_conductivity")
VOLTAGE = NumberKey("V", -1, 5, "against lithium")
FEWEST = 5  # points of a voltage: a smoothing spline needs them
_HEADING = re.compile(r"\s*([A-Za-z_]+)\s*(?:[\[(](.*)[\])])?\s*")


@dataclass(frozen=True)
class LayerTable:
    """Values over temperatures (K) and compositions, either of one node where it does not count; ``at`` looks them up."""

    temperature: np.ndarray
    composition: np.ndarray
    values: np.ndarray
    at: Callable[[Any, Any], Any]
    source: Source = USER

    def __str__(self) -> str:
        spans = [f"{self.temperature[0]:g} to {self.temperature[-1]:g} K"] if len(self.temperature) > 1 else []
        spans += [f"x {self.composition[0]:g} to {self.composition[-1]:g}"] if len(self.composition) > 1 else []
        return f"table of {self.values.size} values, {' and '.join(spans)}"

    def covers(self, temperature: UncertainNumber, composition: UncertainNumber | None, shown: str, where: str) -> None:
        """Raise InputError where a number that it is read at may lie outside."""
        for nodes, number, path, unit in (
            (self.temperature, temperature, "temperature", " K"),
            (self.composition, composition, f"{where}.composition", ""),
        ):
            if np.isnan(nodes[0]):
                continue
            ends = f"{nodes[0]:g} to {nodes[-1]:g}{unit}" if len(nodes) > 1 else f"{nodes[0]:g}{unit} only"
            if number is None:
                raise InputError(f"{shown}: {path} is missing; the table holds x from {ends}: give the x next to lithium.")
            if number.sigma or number.low < nodes[0] - 1e-9 or number.high > nodes[-1] + 1e-9:
                spread = "a log-normal one has no ends" if number.sigma else f"{number.low:g} to {number.high:g}{unit}"
                raise InputError(f"{shown} holds {ends}, but {path} is {spread}; give one within it, or a longer table.")


def table_of(raw: dict, key: str, unit: str, number: NumberKey, shown: str, folder: Path) -> LayerTable:
    """A table of a file for ``key``; ``unit`` of numbers without one. Raises InputError."""
    columns = _of_file(raw, key, shown, folder) if "file" in raw else _of_lists(raw, shown)
    if "composition" not in columns and (key == "voltage" or "temperature" not in columns):
        raise InputError(f"{shown} is a table over nothing; give temperature or composition beside its values.")

    def read(name, of, own=""):
        raws = columns.get(name, [])
        return np.array([_one(value, own, of, f"{shown}.{name}") for value in raws])

    temperature, composition = read("temperature", TEMPERATURE), read("composition", LAYER["composition"])
    values = read("values", VOLTAGE if key == "voltage" else number, unit)
    temperature, composition, values = _grid(temperature, composition, values, shown, scattered="file" in raw)
    make = _voltage if key == "voltage" else _logarithmic
    return make(temperature, composition, values, shown)


def _one(value, unit: str, key: NumberKey, shown: str) -> float:
    number = read_number(value, unit, key, shown)
    if not number.known:
        raise InputError(f"{shown} = {value!r}: a table holds single values; give the spread of x or of the temperature instead.")
    return number.low


def _of_lists(raw: dict, shown: str) -> dict[str, list]:
    for name in raw:
        if name not in ("temperature", "composition", "values"):
            known = ("temperature", "composition", "values", "file")
            raise InputError(f"{shown}.{name} is not a known key{nearest(name, known)}; known: {', '.join(known)}.")
    if not all(isinstance(column, list) and column for column in raw.values()) or "values" not in raw:
        raise InputError(f"{shown} needs values and their temperature or composition as lists.")
    rows, both = raw["values"], "temperature" in raw and "composition" in raw
    if both:
        size = len(raw["composition"])
        if len(rows) != len(raw["temperature"]) or not all(isinstance(row, list) and len(row) == size for row in rows):
            raise InputError(f"{shown}.values: give a row for each temperature, in it a value for each composition.")
        rows = [value for row in rows for value in row]
    return raw | {"values": rows}


def _of_file(raw: dict, key: str, shown: str, folder: Path) -> dict[str, list]:
    """Columns "temperature (K)", "composition" and the key's own with its unit, in any order and dialect."""
    from solion.readers.recognise import sheet_in

    if set(raw) != {"file"} or not isinstance(raw["file"], str):
        raise InputError(f"{shown} = {raw} has a file and other keys; give the file alone.")
    sheet = sheet_in(folder / raw["file"])
    found: dict[str, list] = {}
    for place, heading in enumerate(sheet.headings):
        match = _HEADING.fullmatch(heading)
        name = match[1] if match else heading.strip()
        name = "values" if name == key else name
        if match is None or name not in ("temperature", "composition", "values") or name in found:
            wanted = f'"temperature (K)", "composition" and "{key} ({"V" if key == "voltage" else "unit"})"'
            raise InputError(f"{sheet.path}: the column {heading!r} is not one of {wanted}, each at most once.")
        cells = [row[place] if place < len(row) else "" for row in sheet.rows]
        numbers = [sheet.dialect.number(cell) for cell in cells]
        bad = next((k for k, value in enumerate(numbers) if value is None or not np.isfinite(value)), None)
        if bad is not None:
            raise InputError(f"{sheet.path}: line {sheet.lines[bad]} holds no number in {heading.strip()!r}.")
        found[name] = [f"{value} {match[2] or ''}".strip() for value in numbers]
    if "values" not in found:
        raise InputError(f"{sheet.path}: no column is called {key}.")
    return found


def _grid(temperature, composition, values, shown: str, scattered: bool):
    """Rising nodes of both axes and the values on them; every pair once."""
    axes = [axis if len(axis) else np.array([np.nan]) for axis in (temperature, composition)]
    nodes, places = zip(*(np.unique(axis, return_inverse=True) for axis in axes), strict=True)
    if scattered:
        pairs = tuple(np.broadcast_arrays(*(place.ravel() for place in places)))
    else:
        pairs = tuple(place.ravel() for place in np.meshgrid(*places, indexing="ij"))
    size = tuple(map(len, nodes))
    if len(values) != np.prod(size) or len(set(zip(*pairs, strict=True))) != len(values):
        raise InputError(f"{shown}: {len(values)} values for {size[0]} temperatures and {size[1]} compositions; give one a pair.")
    filled = np.empty(size)
    filled[pairs] = values
    return (*nodes, filled)


def _logarithmic(temperature, composition, values, shown: str) -> LayerTable:
    used = [len(temperature) > 1, len(composition) > 1]
    axes = [axis for axis, use in zip((1 / temperature[::-1], composition), used, strict=True) if use]
    with np.errstate(divide="ignore"):
        logs = np.log(values[::-1]).reshape([len(axis) for axis in axes])
    if not np.all(np.isfinite(logs)):
        raise InputError(f"{shown} holds 0, which has no logarithm; give a small value, or the number 0 in place of the table.")
    if not axes:
        return LayerTable(temperature, composition, values, lambda *_: float(values.ravel()[0]))
    found = RegularGridInterpolator(axes, logs, bounds_error=False, fill_value=None)  # pyright: ignore[reportArgumentType]

    def at(t, x):
        points = [np.asarray(one, float) for one, use in zip((1 / np.asarray(t, float), x), used, strict=True) if use]
        return np.exp(found(np.stack(np.broadcast_arrays(*points), axis=-1)))

    return LayerTable(temperature, composition, values, at)


def _voltage(temperature, composition, values, shown: str) -> LayerTable:
    if len(temperature) > 1 or len(composition) < FEWEST:
        raise InputError(f"{shown} has {values.size} values; give {FEWEST} or more over composition, at one temperature.")
    slope = make_smoothing_spline(composition, values[0]).derivative()
    return LayerTable(temperature, composition, values, lambda t, x: -np.asarray(x) * slope(x) / thermal_voltage(t))


def single_phase(table: LayerTable, temperature: UncertainNumber, composition: UncertainNumber, shown: str) -> str:
    """W at the ends of a composition, in words. Raises InputError where E does not fall with x, as in two phases."""
    x = np.linspace(composition.low, composition.high, 101)
    found = np.asarray(table.at(temperature.low, x))
    if not np.all(found >= LAYER["thermodynamic_factor"].low):
        worst = x[int(np.argmin(found))]
        raise InputError(
            f"{shown}: E does not fall with x at x = {worst:.4g} (W = {found.min():.3g}): two phases, or noise. "
            "Give a composition within one phase, or the thermodynamic_factor."
        )
    return f"W from E(x), {found.min():.3g} to {found.max():.3g}" if not composition.known else f"W from E(x), {found[0]:.3g}"
