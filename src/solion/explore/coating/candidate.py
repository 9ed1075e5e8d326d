"""A candidate coating of a file: layers from lithium upward, composite, interfaces, electrolyte, operation, whatever else.

TOML with units in text ("10 um"), or YAML with the unit in the key (thickness_um); ``[low, high]`` is log-uniform,
``{mean, sigma_log}`` log-normal. What is missing and cannot be left out becomes an interval, and the candidate says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solion.base.errors import InputError, nearest
from solion.base.extras import missing
from solion.explore.coating.inputs import NumberKey, UncertainNumber, read_number
from solion.study.files import parse, text_of

ACTIVATION = 0.2636  # eV, from Li22Sn5 at 25 and 415 C, geometric means
UNITS = {  # ends of the keys of a YAML
    "_cm2_s": "cm^2/s", "_m2_s": "m^2/s", "_mol_m3": "mol/m^3", "_S_m": "S/m", "_J_m2": "J/m^2", "_A_m2": "A/m^2", "_K": "K",
    "_mA_cm2": "mA/cm^2", "_mAh_cm2": "mA hour/cm^2", "_um": "um", "_nm": "nm", "_GPa": "GPa", "_MPa": "MPa", "_mV": "mV",
    "_eV": "eV", "_deg": "degree", "_s": "s",
}  # fmt: off
K = NumberKey
LAYER = {
    "thickness": K("m", 1e-10, 1e-2, "thickness"),
    "diffusivity": K("m^2/s", 1e-24, 1e-7, "chemical diffusivity of lithium", alias="D_chem"),
    "diffusivity_temperature": K("K", 150, 1500, "temperature of the diffusivity", alias="D_temperature"),
    "activation_energy": K("eV", 0, 3, "Arrhenius energy of the diffusivity", ACTIVATION),
    "thermodynamic_factor": K("1", 1e-3, 1e7, "W = dln a/dln c", alias="W"),
    "thermodynamic_factor_max": K("1", 1e-3, 1e7, "peak of W over composition", alias="W_max"),
    "concentration": K("mol/m^3", 1, 2e5, "lithium", alias="c_Li"),
    "phase_width": K("mol/m^3", 1e-2, 2e5, "width of the phase field", alias="dc_range"),
    "ion_conductivity": K("S/m", 1e-18, 1e3, "of lithium ions", alias="sigma_ion"),
    "electron_conductivity": K("S/m", 1e-20, 1e9, "of electrons", alias="sigma_e"),
    "modulus": K("Pa", 1e3, 2e12, "Young's modulus", alias="E"),
    "toughness": K("J/m^2", 1e-4, 1e5, "fracture energy", alias="Gc"),
    "fracture_strain": K("1", 1e-6, 10, "own strain at fracture", 0.3, alias="eps_f"),
}
COMPOSITE = {
    "salt_ion": K("S/m", 1e-18, 1e3, "ions in the salt", [1e-8, 1e-5]),
    "salt_electron": K("S/m", 1e-20, 1e3, "electrons in the salt", [1e-12, 1e-9]),
    "threshold": K("1", 0.01, 0.99, "share from which pores connect", 1 / 3),
}
SECTIONS = {
    "interfaces": {
        "i01": K("A/m^2", 1e-8, 1e9, "exchange current of electrolyte | coating", [1.0, 1000.0]),
        "i02": K("A/m^2", 1e-8, 1e9, "exchange current of coating | lithium", [10.0, 1e4]),
        "i0T": K("A/m^2", 1e-8, 1e9, "exchange current of lithium on top", 100.0),
        "nucleation_overpotential": K("V", 0, 2, "eta_nuc measured on the coating", alias="eta_nuc"),
        "contact_angle": K("rad", 0, 3.1416, "of lithium on the coating"),
        "lithium_energy": K("J/m^2", 1e-3, 5, "free energy of lithium's surface", 0.5),
    },
    "electrolyte": {
        "diffusivity": K("m^2/s", 1e-14, 1e-8, "of the salt", 3e-10, alias="D"),
        "transference": K("1", 0, 0.999, "t_+", 0.38, alias="t_plus"),
        "concentration": K("mol/m^3", 1, 2e4, "of the salt", 1000.0, alias="c0"),
        "distance": K("m", 1e-8, 1e-2, "between the electrodes", 25e-6, alias="L"),
        "porosity": K("1", 0.01, 1, "of the separator", 0.4, alias="eps"),
    },
    "operation": {
        "current": K("A/m^2", 1e-6, 1e7, "plating", alias="i"),
        "capacity": K("C/m^2", 1, 1e8, "per half cycle", 36000.0, alias="Q"),
        "pressure": K("Pa", 0, 1e9, "on the stack", 1e5),
        "rest": K("s", 1e-3, 1e9, "between half cycles", 3600.0),
        "tolerated_share": K("1", 1e-6, 0.5, "of lithium on top", 0.01, alias="share"),
    },
    "lithium": {
        "reaction_energy": K("1", -5000, 0, "of the coating with lithium, meV/atom"),
        "healing_time": K("s", 1e-6, 1e12, "of an interfacial film"),
        "shear_ratio": K("1", 1e-6, 1e4, "G of the coating over that of lithium"),
        "poisson": K("1", 0, 0.49, "of the coating", 0.25),
        "volume_ratio": K("1", 1e-3, 1e3, "V_+/V_M of the coating", 0.1),
        "unevenness": K("1", 1e-4, 1, "chi of plating", 0.2),
        "wavelength": K("m", 1e-8, 1e-2, "of uneven plating", 50e-6),
    },
}  # fmt: skip
LOG_W, ELECTRONS, BARRIER = [1.0, 1000.0], {True: [1e-12, 1e-8], False: [1e4, 1e7]}, [0.001, 0.05]


@dataclass(frozen=True)
class CoatingCandidate:
    """A coating with what is known of each number, by its path; ``notes`` say what was assumed or extrapolated."""

    name: str
    file: str
    layers: tuple[str, ...]
    numbers: dict[str, UncertainNumber]
    shares: dict[str, float]
    pore_connected: bool | None
    self_diffusion: tuple[bool, ...]
    notes: tuple[str, ...]

    @property
    def uncertain(self) -> list[str]:
        """Paths of the numbers that are not known."""
        return [path for path, number in self.numbers.items() if not number.known]


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
    found: dict[str, UncertainNumber] = {}
    notes: list[str] = []
    top = {"name", "title", "layers", "composite", "temperature", *SECTIONS}
    _known({_base(key, ["temperature"])[0] for key in raw}, top, file)
    found |= _table(
        {k: v for k, v in raw.items() if _base(k, ["temperature"])[0] == "temperature"},
        {"temperature": K("K", 150, 1500, "temperature", 298.15)},
        "",
        file,
    )
    layers = raw.get("layers")
    if not isinstance(layers, list) or not layers or not all(isinstance(layer, dict) for layer in layers):
        raise InputError(f"{file}: layers is missing; give a list of tables, the layer on lithium first.")
    names, own = [], []
    for number, layer in enumerate(layers):
        names.append(str(layer.get("name", f"layer {number}")))
        own.append(layer.get("quantity") == "self")
        table = {key: value for key, value in layer.items() if key not in ("name", "quantity", "source")}
        part = _table(table, LAYER, f"layers.{number}", file)
        _complete(part, f"layers.{number}", names[-1], own[-1], found["temperature"], file, notes)
        found |= part
    shares, connected = _composite(raw.get("composite"), found, notes, file)
    for section, keys in SECTIONS.items():
        table = raw.get(section, {})
        if not isinstance(table, dict):
            raise InputError(f"{file}: {section} is not a table.")
        part = _table(table, keys, section, file)
        notes += [
            f"{path}: not given, {number.low:g} to {number.high:g} {keys[path.split('.')[1]].unit} assumed"
            for path, number in part.items()
            if number.assumed and not number.known
        ]
        found |= part
    if "operation.current" not in found:
        raise InputError(f'{file}: operation.current is missing; give the plating current, such as "1 mA/cm^2".')
    if "interfaces.nucleation_overpotential" not in found and "interfaces.contact_angle" not in found:
        found["interfaces.nucleation_overpotential"] = UncertainNumber(*BARRIER, assumed=True)
        notes.append("interfaces.nucleation_overpotential: neither it nor a contact angle given, 1 to 50 mV assumed")
    return CoatingCandidate(
        str(raw.get("name", Path(file).stem)), file, tuple(names), found, shares, connected, tuple(own), tuple(notes)
    )


def _complete(part: dict, where: str, name: str, own: bool, temperature: UncertainNumber, file: str, notes: list[str]) -> None:
    """The numbers that a layer cannot do without, as intervals that are told; D above that of a liquid is refused."""
    if f"{where}.thickness" not in part:
        raise InputError(f'{file}: {where}.thickness is missing; give it, such as "10 um".')
    ionic, factor = f"{where}.ion_conductivity" in part, f"{where}.thermodynamic_factor"
    if not ionic:
        diffusivity = part.get(f"{where}.diffusivity")
        if diffusivity is None or f"{where}.concentration" not in part:
            raise InputError(f"{file}: {where} needs an ion_conductivity, or a diffusivity and a concentration of lithium.")
        at = part.get(f"{where}.diffusivity_temperature", temperature)
        if at.high < 400 and diffusivity.high > 1e-9:
            raise InputError(
                f"{file}: {where}.diffusivity = {diffusivity.high:g} m^2/s is outside its allowed range [1e-24, 1e-09] m^2/s "
                "below 400 K, where no solid is quicker than a liquid; was cm^2/s meant?"
            )
        if at.high != temperature.high:
            notes.append(f"{name}: diffusivity extrapolated from {at.high:g} K to {temperature.high:g} K")
        if own:
            part[factor] = UncertainNumber(1.0, 1.0)
        elif factor not in part:
            peak = part.get(f"{where}.thermodynamic_factor_max")
            low, high = (peak.low / 10, peak.high) if peak else LOG_W
            part[factor] = UncertainNumber(low, high, assumed=True)
            notes.append(f"{where}.thermodynamic_factor: no W, {low:g} to {high:g} assumed; measure it at lithium saturation")
    electrons = f"{where}.electron_conductivity"
    if electrons not in part:
        low, high = ELECTRONS[ionic]
        part[electrons] = UncertainNumber(low, high, assumed=True)
        notes.append(f"{electrons}: not given, {low:g} to {high:g} S/m assumed for {'an ion conductor' if ionic else 'a metal'}")


def _composite(raw: Any, found: dict, notes: list[str], file: str) -> tuple[dict[str, float], bool | None]:
    if raw is None:
        return {}, None
    _known(raw, {"phi", "model", "pore_connected", *COMPOSITE, *(k + "_S_m" for k in COMPOSITE)}, file, "composite.")
    if raw.get("model", "bruggeman") != "bruggeman":
        raise InputError(f"{file}: composite.model = {raw['model']!r} is unknown; known: bruggeman.")
    phi = raw.get("phi", {})
    _known(phi, {"alloy", "salt", "pore"}, file, "composite.phi.")
    shares = {name: float(phi.get(name, 0.0)) for name in ("alloy", "salt", "pore")}
    total = sum(shares.values())
    if abs(total - 1) > 1e-6 or min(shares.values()) < 0:
        raise InputError(f"{file}: composite.phi sums to {total:g}; shares of alloy, salt and pore are 0 or more and sum to 1.")
    table = {key: value for key, value in raw.items() if key not in ("phi", "model", "pore_connected")}
    found |= _table(table, COMPOSITE, "composite", file)
    if shares["salt"] and "salt_ion" not in raw:
        notes.append("composite.salt_ion: not given, 1e-8 to 1e-5 S/m assumed")
    return shares, raw.get("pore_connected")


def _base(key: str, names) -> tuple[str, str]:
    """The key without the unit in its end, and that unit."""
    for end, unit in UNITS.items():
        if key.endswith(end) and key not in names:
            return key.removesuffix(end), unit
    return key, ""


def _known(given, known, file: str, inside: str = "") -> None:
    for key in given:
        if key not in known:
            raise InputError(f"{file}: {inside}{key} is not a known key{nearest(key, known)}; known: {', '.join(sorted(known))}.")


def _table(raw: dict, keys: dict[str, NumberKey], where: str, file: str) -> dict[str, UncertainNumber]:
    aliases = {key.alias: name for name, key in keys.items() if key.alias}
    found: dict[str, UncertainNumber] = {}
    for given, value in raw.items():
        base, unit = _base(given, [*keys, *aliases])
        name = aliases.get(base, base)
        shown = f"{file}: {where + '.' if where else ''}{given}"
        _known([name], {*keys, *aliases}, file, f"{where}." if where else "")
        if value is not None:
            found[f"{where}.{name}" if where else name] = read_number(value, unit, keys[name], shown)
    for name, key in keys.items():
        path = f"{where}.{name}" if where else name
        if path not in found and key.default is not None:
            ends = key.default if isinstance(key.default, list) else [key.default] * 2
            found[path] = UncertainNumber(*ends, assumed=True)
    return found
