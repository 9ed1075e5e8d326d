"""Units as they stand in the headings of laboratory files: ms, mV, µA, mA/cm², kOhm, deg, ampere."""

from __future__ import annotations

import re
from collections.abc import Mapping

SI = {
    "time": "s",
    "voltage": "V",
    "current": "A",
    "current_density": "A/m^2",
    "resistance": "ohm",
    "conductance": "S",
    "frequency": "Hz",
    "angular_frequency": "rad/s",
    "angle": "rad",
    "charge": "C",
    "area_resistance": "ohm m^2",
    "number": "1",
    "length": "m",
    "fraction": "1",
}
PREFIXES = {
    "f": 1e-15,
    "p": 1e-12,
    "n": 1e-9,
    "u": 1e-6,
    "m": 1e-3,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "femto": 1e-15,
    "pico": 1e-12,
    "nano": 1e-9,
    "micro": 1e-6,
    "milli": 1e-3,
    "kilo": 1e3,
    "mega": 1e6,
    "giga": 1e9,
}
# symbol: kind, words, prefixes that are read; mega is no prefix of V, A, s and S, where M is as likely to mean milli
_BASES = {
    "s": ("time", ("sec", "secs", "second", "seconds"), "fpnum"),
    "V": ("voltage", ("volt", "volts"), "numk"),
    "A": ("current", ("amp", "amps", "ampere", "amperes"), "fpnumk"),
    "ohm": ("resistance", ("ohms",), "umkMG"),
    "S": ("conductance", ("siemens",), "pnum"),
    "Hz": ("frequency", ("hertz",), "mkMG"),
    "C": ("charge", ("coulomb", "coulombs"), "pnum"),
}
_LENGTHS = {"m": 1.0, "cm": 1e-2, "mm": 1e-3, "um": 1e-6, "nm": 1e-9}
_PER_AREA = re.compile(r"(?P<unit>[A-Za-z]+?)(?:/|\s*[*·.]?\s*(?=[cmun]?m\^?-2))(?P<length>cm|mm|um|nm|m)\^?-?2")
_TIMES_AREA = re.compile(r"(?P<unit>[A-Za-z]+)\s*[*·. ]?\s*(?P<length>cm|mm|um|nm|m)\^?2")


def _table() -> dict[str, tuple[str, float]]:
    found = {}
    for symbol, (kind, words, prefixes) in _BASES.items():
        for word in (symbol, *words):
            found[word] = kind, 1.0
            for prefix, size in PREFIXES.items():
                short = len(prefix) == 1
                if (prefix in prefixes if short else size in {PREFIXES[p] for p in prefixes}) and (
                    not short or word in (symbol, "amp", "amps", "volt", "volts", "sec", "siemens", "ohms")
                ):
                    found[prefix + word] = kind, size
    for words, size in ((("min", "mins", "minute", "minutes"), 60.0), (("h", "hr", "hrs", "hour", "hours"), 3600.0)):
        found |= dict.fromkeys(words, ("time", size))
    degree = 3.141592653589793 / 180
    found |= dict.fromkeys(("deg", "degs", "degree", "degrees", "°"), ("angle", degree))
    found |= {"rad": ("angle", 1.0), "radian": ("angle", 1.0), "mrad": ("angle", 1e-3)}
    found |= dict.fromkeys(("rad/s", "rad s^-1", "rad*s^-1", "1/s", "s^-1", "s-1"), ("angular_frequency", 1.0))
    found |= {"Ah": ("charge", 3600.0), "mAh": ("charge", 3.6), "As": ("charge", 1.0)}
    for words, size in ((("m", "metre", "meter"), 1.0), (("Å", "angstrom", "Angstrom"), 1e-10)):
        found |= dict.fromkeys(words, ("length", size))
    found |= {
        prefix + "m": ("length", size) for prefix, size in (("c", 1e-2), ("m", 1e-3), ("u", 1e-6), ("n", 1e-9), ("p", 1e-12))
    }
    found |= dict.fromkeys(("%", "percent"), ("fraction", 0.01)) | {"1": ("fraction", 1.0), "-": ("fraction", 1.0)}
    return found | {"A.h": ("charge", 3600.0), "mA.h": ("charge", 3.6)}


_EXACT = _table()


def _spelled(text: str) -> str:
    """The text with one spelling of micro, ohm and squares."""
    for old, new in (("µ", "u"), ("μ", "u"), ("Ω", "ohm"), ("Ω", "ohm"), ("²", "^2"), ("⁻", "-"), ("**", "^"), ("−", "-")):
        text = text.replace(old, new)
    text = re.sub(r"[Oo]hm", "ohm", re.sub(r"\s+vs\.?\s.*$", "", text.strip()))  # "V vs. Ref."
    return text.strip()


def unit_of(text: str, wanted: str = "", known: Mapping[str, tuple[str, float]] | None = None) -> tuple[str, float] | None:
    """(kind, factor to SI) of a unit, None where it is none; ``known`` holds units of a device.

    Capitals are forgiven (``TIME [S]``) where the ``wanted`` kind leaves one meaning; ``MV`` is milli or mega and so none.
    """
    text = _spelled(text)
    if known and text in known:
        return known[text]
    exact = _EXACT.get(text)
    if exact and (not wanted or exact[0] == wanted):
        return exact
    for pattern, kinds, power in (
        (_PER_AREA, {"current": "current_density"}, -2),
        (_TIMES_AREA, {"resistance": "area_resistance"}, 2),
    ):
        match = pattern.fullmatch(text.replace(" ", "") if power < 0 else text)
        base = match and _EXACT.get(match["unit"])
        if match and base and base[0] in kinds:
            return kinds[base[0]], float(f"{base[1] * _LENGTHS[match['length']] ** power:.12g}")
    folded = text.casefold()
    same = {(key, entry) for key, entry in _EXACT.items() if key.casefold() == folded and wanted in ("", entry[0])}
    if len({entry for _, entry in same}) != 1:
        return exact
    (_, entry), *_ = same
    return exact if text.startswith("M") and entry[1] in (1e-3, 1e6) else entry
