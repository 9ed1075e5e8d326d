"""What a heading says: which quantity a column holds, in which unit, and with which sign."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping

from solion.readers.units import SI, unit_of

# quantity: kind of its unit, and names in lower case
NAMES: dict[str, tuple[str, tuple[str, ...]]] = {
    "time": ("time", ("time", "t", "elapsed time", "test time", "total time", "timestamp", "zeit", "corrected time")),
    "voltage": (
        "voltage",
        (
            "voltage",
            "v",
            "u",
            "volt",
            "volts",
            "potential",
            "e",
            "ewe",
            "<ewe>",
            "vf",
            "av",
            "bias",
            "bias voltage",
            "vbias",
            "applied voltage",
            "measured voltage",
            "we(1).potential",
            "cell voltage",
            "ecell",
            "gate voltage",
            "drain voltage",
            "spannung",
            "potential applied",
        ),
    ),
    "set_voltage": ("voltage", ("control", "vu", "set voltage", "programmed voltage", "source voltage")),
    "current": (
        "current",
        (
            "current",
            "i",
            "<i>",
            "im",
            "ai",
            "amps",
            "measured current",
            "we(1).current",
            "gate current",
            "drain current",
            "strom",
        ),
    ),
    "current_density": ("current_density", ("current density", "j", "<j>", "areal current")),
    "resistance": ("resistance", ("resistance", "r")),
    "conductance": ("conductance", ("conductance", "g", "channel conductance")),
    "charge": ("charge", ("charge", "q", "(q-qo)", "capacity")),
    "frequency": ("frequency", ("frequency", "freq", "f", "freq.", "frequenz")),
    "angular_frequency": ("angular_frequency", ("angular frequency", "omega", "ω", "w")),
    "log_frequency": (
        "number",
        (
            "log f",
            "log10 f",
            "log10(f)",
            "log(f)",
            "lg f",
            "lg(f)",
            "log freq",
            "log frequency",
            "log10 frequency",
            "log10(frequency)",
            "log(freq)",
            "log(frequency)",
            "log10(freq)",
            "log10(f/hz)",
            "log(f/hz)",
            "log10(freq/hz)",
            "log (f/hz)",
            "log10 (f/hz)",
        ),
    ),
    "real": (
        "resistance",
        (
            "z'",
            "zreal",
            "re(z)",
            "re z",
            "z re",
            "zre",
            "z real",
            "re",
            "real",
            "z'(a)",
            "z prime",
            "real(z)",
            "zr",
            "impedance real",
        ),
    ),
    "imaginary": (
        "resistance",
        (
            "z''",
            "zimag",
            "zimg",
            "im(z)",
            "im z",
            "z im",
            "zim",
            "z imag",
            "imag",
            "imaginary",
            "z''(b)",
            "z double prime",
            "imag(z)",
            "zi",
            "impedance imaginary",
        ),
    ),
    "minus_imaginary": (
        "resistance",
        (
            "-z''",
            "-zimag",
            "-im(z)",
            "-im z",
            "-z im",
            "-zim",
            "-z imag",
            "-im",
            "-imag",
            "- z''",
            "- im(z)",
            "minus imaginary",
            "-imag(z)",
        ),
    ),
    "modulus": (
        "resistance",
        ("|z|", "zmod", "mod z", "mod(z)", "abs(z)", "z abs", "impedance modulus", "magnitude", "z mod", "z"),
    ),
    "phase": ("angle", ("phase", "phase(z)", "theta", "θ", "zphz", "phz", "arg(z)", "phase angle", "phi", "φ", "z phase")),
    "minus_phase": ("angle", ("-phase", "-phase(z)", "-theta", "-phase angle", "-arg(z)", "-phi")),
    "host_depth": ("length", ("host depth", "consumed host depth", "reacted depth")),
    "product_thickness": ("length", ("product thickness", "layer thickness", "shell thickness", "product layer thickness")),
    "core_radius": ("length", ("core radius", "radius of the core")),
    "core_diameter": ("length", ("core diameter", "diameter of the core")),
    "outer_diameter": ("length", ("outer diameter", "total diameter")),
    "axial_front": ("length", ("axial front", "axial position", "front position", "axial length")),
    "reacted_volume_fraction": (
        "fraction",
        (
            "reacted volume fraction",
            "reacted fraction",
            "volume fraction",
            "lithiated fraction",
            "lithiated volume fraction",
            "fraction reacted",
        ),
    ),
    "length": ("length", ("length", "l", "d", "x", "depth", "thickness", "diameter", "radius", "distance", "size")),
    "uncertainty": ("length", ("uncertainty", "sigma", "σ", "error", "std", "standard deviation", "sigma l")),
    "fraction_uncertainty": ("fraction", ("sigma f", "uncertainty of f", "fraction uncertainty", "error of f")),
    "cycle": (
        "number",
        ("cycle", "cycle number", "cycle index", "cycle count", "cycle no", "sweep", "loop", "repeat", "cycle dimensionless"),
    ),
    "pulse": ("number", ("pulse", "pulse number", "pulse index", "pulse no")),
    "sign": ("number", ("sign", "polarity", "direction")),
    "index": ("number", ("index", "point", "pt", "#", "no", "n", "row", "sample", "point number", "idx", "unnamed: 0")),
    "step": ("number", ("step", "ns", "step index", "step count")),
}
_KNOWN = {name: quantity for quantity, (_, names) in NAMES.items() for name in names}
_TERMINAL = re.compile(
    r"(?:a|anode|cathode|drain|gate|source|bulk|top|bottom|smu\d*|ch\d+|channel \d+)?[ .]?(v|i|voltage|current)[ ]?\d*"
)


@dataclasses.dataclass(frozen=True)
class Heading:
    """Quantity, unit as it stands there and factor to SI; ``problem`` says why the unit cannot be used, "" where it can."""

    quantity: str
    unit: str = ""
    factor: float | None = None
    problem: str = ""


def unquoted(text: str) -> str:
    """The text without spaces and without quotes around the whole of it; Z" keeps its own, which is no quote."""
    text = text.strip()
    return text[1:-1].strip() if len(text) > 1 and text[0] == text[-1] == '"' else text


def quantity_of(name: str) -> str:
    """The quantity that a name without its unit stands for, or ""."""
    name = re.sub(r"[′’´]", "'", unquoted(name)).replace("″", "''").replace('"', "''").replace("−", "-")
    name = re.sub(r"\s+", " ", name.replace("_", " ").casefold()).strip(" :")
    if name in _KNOWN:
        return _KNOWN[name]
    if match := _TERMINAL.fullmatch(name):
        return "voltage" if match[1].startswith("v") else "current"
    return ""


def _splits(text: str) -> Iterator[tuple[str, str, bool]]:
    """(name, unit, whether the form leaves no doubt that the second part is a unit)."""
    for pattern, sure in (
        (r"(.*?)\s*\[([^\]]*)\]", True),
        (r"(.*?)\s*\(([^()]*)\)", True),
        (r"([^/]+?)\s*/\s*(.+)", True),
        (r"(.+?)\s*,\s*(\S+)", False),
        (r"(.+?)\s+in\s+(\S.*)", False),
    ):
        if match := re.fullmatch(pattern, text):
            yield match[1], match[2].strip(), sure
    for mark in ("_", " "):
        words = text.split(mark)
        for k in range(len(words) - 1, 0, -1):
            yield mark.join(words[:k]), " ".join(words[k:]) if mark == " " else "/".join(words[k:]), False


def recognise(text: str, known: Mapping[str, tuple[str, float]] | None = None) -> Heading:
    """The quantity, unit and factor of a heading; an empty quantity where it is unknown."""
    text = unquoted(text)
    if quantity := quantity_of(text):
        return Heading(quantity, factor=1.0 if NAMES[quantity][0] == "number" else None)
    for name, unit, sure in _splits(text):
        quantity = quantity_of(name)
        if not quantity:
            continue
        found = with_unit(quantity, unit, text, known)
        if sure or not found.problem:
            return found
    return Heading("")


def with_unit(quantity: str, unit: str, shown: str, known: Mapping[str, tuple[str, float]] | None = None) -> Heading:
    """A quantity in a unit; a current per area is a current density, an impedance may be per area."""
    kind = NAMES[quantity][0]
    if kind == "number":
        return Heading(quantity, unit, 1.0)
    if not unit:
        return Heading(quantity)
    found = unit_of(unit, kind, known)
    if found is None:
        hint = " (M is mega or milli)" if unit.startswith("M") and unit_of("m" + unit[1:], kind) else ""
        return Heading(quantity, unit, None, f"the column {shown!r} has an unknown unit {unit!r}{hint}; give it in {SI[kind]}")
    if quantity == "current" and found[0] in ("resistance", "area_resistance") and shown.casefold().startswith("im"):
        return Heading("imaginary", unit, found[1])  # Im is a measured current or an imaginary part
    if found[0] == "current_density" and quantity == "current":
        return Heading("current_density", unit, found[1])
    if found[0] == kind or (kind == "resistance" and found[0] == "area_resistance"):
        return Heading(quantity, unit, found[1])
    return Heading(quantity, unit, None, f"the column {shown!r} has the wrong unit {unit!r}; give it in {SI[kind]}")
