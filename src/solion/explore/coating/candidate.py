"""A candidate coating of a file: layers from lithium upward, composite, interfaces, electrolyte, operation, whatever else.

TOML with units in text ("10 um"), or YAML with the unit in the key (thickness_um); ``[low, high]`` is log-uniform,
``{mean, sigma_log}`` log-normal. What is missing and cannot be left out becomes an interval, and the candidate says so.
``[sources]`` says where numbers come from, as in a study; ``row`` of a layer takes one of Table I with its sources.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from solion.base.errors import InputError, nearest
from solion.base.extras import missing
from solion.base.parameters import Source
from solion.explore.coating.candidate_film import FILMS, film_numbers
from solion.explore.coating.candidate_keys import (
    BARRIER,
    COMPOSITE,
    ELECTRONS,
    LAYER,
    LOG_W,
    MODELS,
    SECTIONS,
    TEMPERATURE,
    UNITS,
)
from solion.explore.coating.candidate_tables import TABLED, LayerTable, single_phase, table_of
from solion.explore.coating.inputs import ASSUMED, NumberKey, UncertainNumber, read_number
from solion.materials.lithium_coatings import HANDBOOK, PAPER, coating_row
from solion.study.files import parse, text_of
from solion.study.sources import sources_of

COLD, LIQUID = 400.0, 1e-9  # K, m2/s


@dataclass(frozen=True)
class CoatingCandidate:
    """A coating with what is known of each number, by its path, as a number or a table; ``notes`` say what was assumed."""

    name: str
    file: str
    layers: tuple[str, ...]
    numbers: dict[str, UncertainNumber]
    tables: dict[str, LayerTable]
    shares: dict[str, float]
    model: str
    pore_connected: bool | None
    self_diffusion: tuple[bool, ...]
    notes: tuple[str, ...]

    @property
    def uncertain(self) -> list[str]:
        """Paths of the numbers that are not known."""
        return [path for path, number in self.numbers.items() if not number.known]


@dataclass
class Reading:
    """What has been read of a file: numbers by path, the paths of keys as they were written, notes."""

    file: str
    found: dict[str, UncertainNumber] = field(default_factory=dict)
    tables: dict[str, LayerTable] = field(default_factory=dict)
    spelled: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def table(self, raw: dict, keys: dict[str, NumberKey], where: str, source: Source | None = None) -> None:
        """The numbers of one table, and defaults of those that it leaves out."""
        aliases = {key.alias: name for name, key in keys.items() if key.alias}
        before = f"{where}." if where else ""
        for given, value in raw.items():
            base, unit = _base(given, [*keys, *aliases])
            name = aliases.get(base, base)
            known([name], {*keys, *aliases}, self.file, before)
            path, shown = before + name, f"{self.file}: {before}{given}"
            if path in self.spelled.values():
                raise InputError(f"{shown} gives {name} a second time; keep one of them.")
            if value is not None:
                number = read_number(value, unit, keys[name], shown)
                self.found[path] = dataclasses.replace(number, source=source) if source else number
                self.spelled[before + given] = path
        for name, key in keys.items():
            if before + name not in self.found and key.default is not None:
                self.assume(before + name, key.default)

    def assume(self, path: str, ends: Any, said: str = "") -> None:
        """A number that the file leaves out, as an interval or one value; ``said`` becomes a note."""
        low, high = ends if isinstance(ends, (list, tuple)) else (ends, ends)
        self.found[path] = UncertainNumber(low, high, source=ASSUMED)
        if said:
            self.notes.append(f"{path}: {said}")

    def sources(self, raw: Any) -> None:
        """Put the sources of the file to the numbers that it gives."""
        if not isinstance(raw, dict) or not all(isinstance(text, str) for entry in raw.items() for text in entry):
            raise InputError(f'{self.file}: sources is not a table of texts, such as "layers.0.diffusivity" = "stated: Table I".')
        paths = {self.spelled.get(str(key), str(key)): text for key, text in raw.items()}
        given = set(self.spelled.values())
        for path, source in sources_of([*self.found, *self.tables], paths, f"{self.file}: sources", "candidate").items():
            if path not in given:
                raise InputError(
                    f"{self.file}: sources: {path} is not given in this file, so that its value has no other source."
                )
            holder: dict[str, Any] = self.tables if path in self.tables else self.found
            holder[path] = dataclasses.replace(holder[path], source=source)


def load_candidate(path: str | Path) -> CoatingCandidate:
    """A candidate of a file in TOML or YAML. Raises InputError with file, key and range."""
    path = Path(path)
    text = text_of(path, "the candidate", "a candidate is a TOML file")
    if path.suffix in (".yaml", ".yml"):
        try:
            import yaml
        except ImportError:
            raise missing("A candidate in YAML", "pyyaml", "yaml") from None
        try:
            raw = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise InputError(f"{path}: this is not YAML: {' '.join(str(error).split())}.") from None
        if not isinstance(raw, dict):
            raise InputError(f"{path}: a candidate is a table of keys.")
    else:
        raw = parse(text, str(path))
    return read_candidate(raw, str(path))


def read_candidate(raw: dict[str, Any], file: str = "candidate") -> CoatingCandidate:
    """A candidate of nested tables, as a file has them."""
    reading = Reading(file)
    warm = {key for key in raw if _base(key, ["temperature"])[0] == "temperature"}
    known(set(raw) - warm, {"name", "title", "layers", "composite", "temperature", "sources", *FILMS, *SECTIONS}, file)
    reading.table({key: raw[key] for key in warm}, {"temperature": TEMPERATURE}, "")
    layers = raw.get("layers")
    if not isinstance(layers, list) or not layers or not all(isinstance(layer, dict) for layer in layers):
        raise InputError(f"{file}: layers is missing; give a list of tables, the layer on lithium first.")
    names, own = zip(*(_layer(reading, number, layer) for number, layer in enumerate(layers)), strict=True)
    shares, model, connected = _composite(raw.get("composite"), reading)
    for section, keys in SECTIONS.items():
        table = raw.get(section, {})
        if not isinstance(table, dict):
            raise InputError(f"{file}: {section} is not a table.")
        reading.table(table, keys, section)
    for section, keys in SECTIONS.items():
        for name, key in keys.items():
            number = reading.found.get(f"{section}.{name}")
            if number is not None and number.assumed and not number.known:
                reading.notes.append(f"{section}.{name}: not given, {number.low:g} to {number.high:g} {key.unit} assumed")
    if "operation.current" not in reading.found:
        raise InputError(f'{file}: operation.current is missing; give the plating current, such as "1 mA/cm^2".')
    _barrier(reading, raw)
    reading.sources(raw.get("sources", {}))
    name = str(raw.get("name", Path(file).stem))
    return CoatingCandidate(name, file, names, reading.found, reading.tables, shares, model, connected, own, tuple(reading.notes))


def _barrier(reading: Reading, raw: dict) -> None:
    """What the barrier of nucleation comes from: a measurement, an angle or energies with or without films, or an interval."""
    measured, angle, *energies = (
        f"interfaces.{name}" for name in ("nucleation_overpotential", "contact_angle", "outer_energy", "buried_energy")
    )
    films, notes = film_numbers(raw, reading.found["temperature"], reading.file)
    given = [path for path in (angle, *energies) if path in reading.found]
    if measured in reading.found:
        reading.notes += [f"{path}: not used, since a measured nucleation_overpotential is given" for path in [*given, *films]]
        return
    reading.found |= films
    reading.notes += notes
    whole = all(path in reading.found for path in energies)
    if whole and angle in given:
        reading.notes.append(f"{angle}: not used, since both energies are given")
    elif not whole and any(path in given for path in energies):
        raise InputError(f"{reading.file}: interfaces: give outer_energy and buried_energy together, or a contact_angle.")
    elif films and not given:
        raise InputError(
            f"{reading.file}: {' and '.join(table for table in FILMS if table in raw)}: a film turns the contact angle of "
            "lithium; give interfaces.contact_angle without it, or outer_energy and buried_energy."
        )
    elif not given:
        reading.assume(measured, BARRIER, "neither it nor a contact angle given, 1 to 50 mV assumed")


def _layer(reading: Reading, number: int, layer: dict) -> tuple[str, bool]:
    """(name, whether its diffusivity is one of self-diffusion) of a layer whose numbers are read."""
    where, file = f"layers.{number}", reading.file
    name, kind = str(layer.get("name", f"layer {number}")), layer.get("quantity", "chemical")
    if kind not in ("chemical", "self"):
        raise InputError(f"{file}: {where}.quantity = {kind!r} is unknown; known: chemical, self.")
    given = {key: value for key, value in layer.items() if key not in ("name", "quantity", "row")}
    tabled = _tables(reading, where, given)
    if "row" in layer:
        kind = _table_row(reading, where, str(layer["row"]), given)
    reading.table({key: value for key, value in given.items() if key not in tabled}, LAYER, where)
    _read_at(reading, where)
    own = kind == "self"
    found, factor = reading.found, f"{where}.thermodynamic_factor"
    if f"{where}.thickness" not in found:
        raise InputError(f'{file}: {where}.thickness is missing; give it, such as "10 um".')
    known_of = {*found, *reading.tables}
    ionic = f"{where}.ion_conductivity" in known_of
    if not ionic:
        if f"{where}.diffusivity" not in known_of or f"{where}.concentration" not in found:
            raise InputError(f"{file}: {where} needs an ion_conductivity, or a diffusivity and a concentration of lithium.")
        temperature = found["temperature"]
        at = found.get(f"{where}.diffusivity_temperature", temperature)
        if at.high < COLD and (quickest := _quickest(reading, where, temperature)) > LIQUID:
            raise InputError(
                f"{file}: {where}.diffusivity = {quickest:g} m^2/s is outside its allowed range [1e-24, {LIQUID:g}] "
                f"m^2/s below {COLD:g} K, where no solid is quicker than a liquid; was cm^2/s meant?"
            )
        if at.high != temperature.high:
            energy = found[f"{where}.activation_energy"]
            reading.notes.append(
                f"{name}: diffusivity extrapolated from {at.high:g} K to {temperature.high:g} K with "
                f"{energy.low:g}{'' if energy.known else f' to {energy.high:g}'} eV"
            )
        if own:
            if factor in reading.tables:
                raise InputError(f"{file}: {where}.voltage: self-diffusion has W = 1; leave the voltage out, or the quantity.")
            found[factor] = UncertainNumber(1.0, 1.0, source=Source("derived", "1: self-diffusion"))
        elif factor not in known_of:
            peak = found.get(f"{where}.thermodynamic_factor_max")
            low, high = (peak.low / 10, peak.high) if peak else LOG_W
            reading.assume(factor, (low, high), f"no W, {low:g} to {high:g} assumed; measure it at lithium saturation")
    electrons = f"{where}.electron_conductivity"
    if electrons not in known_of:
        low, high = ELECTRONS[ionic]
        said = f"not given, {low:g} to {high:g} S/m assumed for {'an ion conductor' if ionic else 'a metal'}"
        reading.assume(electrons, (low, high), said)
    return name, own


def _quickest(reading: Reading, where: str, temperature: UncertainNumber) -> float:
    """The largest diffusivity of a layer at the temperatures of the coating, m2/s."""
    path = f"{where}.diffusivity"
    if path not in reading.tables:
        return reading.found[path].high
    table = reading.tables[path]
    return float(np.max(table.at(temperature.high, table.composition)))


def _tables(reading: Reading, where: str, given: dict) -> set[str]:
    """Keys of a layer that are tables, which are read; a voltage becomes the thermodynamic factor."""
    found = set()
    for key, value in given.items():
        base, unit = _base(key, LAYER)
        base = next((name for name, entry in LAYER.items() if entry.alias == base), base)
        if not isinstance(value, dict) or not ({"values", "file"} & set(value) or base == "voltage"):
            continue
        known([base], [*TABLED, "voltage"], reading.file, f"{where}.")
        name, shown = ("thermodynamic_factor" if base == "voltage" else base), f"{reading.file}: {where}.{key}"
        if any(_base(other, LAYER)[0] in (name, LAYER[name].alias) for other in given if other != key):
            raise InputError(f"{shown} gives {name} a second time; keep one of them.")
        path = f"{where}.{name}"
        reading.tables[path] = table_of(value, base, unit, LAYER[name], shown, Path(reading.file).parent)
        reading.spelled[f"{where}.{key}"] = path
        found.add(key)
    return found


def _read_at(reading: Reading, where: str) -> None:
    """Check that the tables of a layer hold its temperature and composition, and say what they are."""
    composition, shown = reading.found.get(f"{where}.composition"), {path: key for key, path in reading.spelled.items()}
    own = {path: table for path, table in reading.tables.items() if path.startswith(f"{where}.")}
    for path, table in own.items():
        words = f"{reading.file}: {shown[path]}"
        table.covers(reading.found["temperature"], composition, words, where)
        note = str(table)
        if path.endswith("thermodynamic_factor") and composition is not None:
            note += f"; {single_phase(table, reading.found['temperature'], composition, words)}"
        reading.notes.append(f"{shown[path]}: {note}")
    if f"{where}.diffusivity" in own and f"{where}.diffusivity_temperature" in reading.found:
        raise InputError(f"{reading.file}: {where}.diffusivity_temperature: the table has its own; leave it out.")
    if composition is not None and not any(len(table.composition) > 1 for table in own.values()):
        reading.notes.append(f"{where}.composition: not used, since no table of the layer holds compositions")


def _table_row(reading: Reading, where: str, key: str, given: dict) -> str:
    """Numbers of a row of Table I with their sources, where the file does not give its own; (self or chemical)."""
    try:
        row = coating_row(key)
    except InputError as error:
        raise InputError(f"{reading.file}: {where}.row: {error}") from None
    paper = Source(
        "literature", f"{PAPER}: {row.printed} cm2/s at {row.temperature - 273.15:g} C by {row.method}, {row.reference}"
    )
    own = {_base(name, LAYER)[0] for name in given}
    own = {name for name, entry in LAYER.items() if {name, entry.alias} & own or f"{where}.{name}" in reading.tables}

    def put(name, low, high, source):
        if name not in own:
            reading.found[f"{where}.{name}"] = UncertainNumber(low, high, source=source)

    put("diffusivity", row.low, row.high, paper)
    put("concentration", row.concentration, row.concentration, Source("literature", "cell volume of the crystal"))
    if abs(row.temperature - TEMPERATURE.default) > 1 and "diffusivity" not in own:
        put("diffusivity_temperature", row.temperature, row.temperature, paper)
    if row.phase_width:
        known_width = Source("literature", HANDBOOK) if row.width else ASSUMED
        put("phase_width", row.phase_width, row.phase_width, known_width)
    low, high, said = row.factor
    path = f"{where}.thermodynamic_factor"
    put("thermodynamic_factor", low, high, Source("derived" if low == high else "assumed", said))
    if "thermodynamic_factor" not in own and low < high:
        reading.notes.append(f"{path}: {said} ({low:g} to {high:g})")
    if row.flag in ("order", "norm", "conflict", "approx"):
        reading.notes.append(f"{where}.diffusivity: {row.flag} in Table I{f' ({row.note})' if row.note else ''}")
    return row.quantity


def _composite(raw: Any, reading: Reading) -> tuple[dict[str, float], str, bool | None]:
    file = reading.file
    if raw is None:
        return {}, "", None
    if not isinstance(raw, dict):
        raise InputError(f"{file}: composite is not a table.")
    known({_base(key, COMPOSITE)[0] for key in raw}, {"phi", "model", "pore_connected", *COMPOSITE}, file, "composite.")
    model = raw.get("model", "bruggeman")
    if model not in MODELS:
        raise InputError(
            f"{file}: composite.model = {model!r} is unknown{nearest(str(model), MODELS)}; known: {', '.join(MODELS)}."
        )
    phi, linked = raw.get("phi"), raw.get("pore_connected")
    if not isinstance(phi, dict) or not all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in phi.values()):
        raise InputError(f"{file}: composite.phi = {phi!r} is not a table of shares of alloy, salt and pore, which sum to 1.")
    if linked is not None and not isinstance(linked, bool):
        raise InputError(
            f"{file}: composite.pore_connected = {linked!r} is neither true nor false; leave it out for the threshold."
        )
    known(phi, {"alloy", "salt", "pore"}, file, "composite.phi.")
    shares = {name: float(phi.get(name, 0.0)) for name in ("alloy", "salt", "pore")}
    total = sum(shares.values())
    if not abs(total - 1) <= 1e-6 or min(shares.values()) < 0 or shares["pore"] == 1:
        raise InputError(f"{file}: composite.phi sums to {total:g}; shares of alloy, salt and pore are 0 or more and sum to 1.")
    table = {key: value for key, value in raw.items() if key not in ("phi", "model", "pore_connected")}
    reading.table(table, COMPOSITE, "composite")
    for name in ("salt_ion", "salt_electron"):
        number = reading.found[f"composite.{name}"]
        if shares["salt"] and number.assumed:
            reading.notes.append(f"composite.{name}: not given, {number.low:g} to {number.high:g} S/m assumed")
    if model == "network":
        if "composite.grain" not in reading.found:
            raise InputError(f'{file}: composite.grain is missing; a network needs the size of its grains, such as "2 um".')
        reading.assume("composite.arrangement", (1.0, 2.0), "grains lie by chance; its quantiles are those of 12 arrangements")
    return shares, model, linked


def _base(key: str, names) -> tuple[str, str]:
    """The key without the unit in its end, and that unit."""
    for end, unit in UNITS.items():
        if key.endswith(end) and key not in names:
            return key.removesuffix(end), unit
    return key, ""


def known(given, allowed, file: str, inside: str = "") -> None:
    """Refuse keys that are not among the allowed ones."""
    for key in given:
        if key not in allowed:
            raise InputError(
                f"{file}: {inside}{key} is not a known key{nearest(key, allowed)}; known: {', '.join(sorted(allowed))}."
            )
