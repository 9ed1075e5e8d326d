"""Numbers with units as people write them in a study file: "80 nm", "50 mV/s", "-100 V_T", "0.12 i_D".

Pint reads the units, here and nowhere else; it takes half a second to begin, which products of the commonest units, read by a
table, need not wait for. The units of the device itself (V_T, tau_D, i_D, k_BT) are known once
the device is, so that a file may give a sweep rate as "125 V_T/tau_D" and a contact's rate as "1e-3 i_D".
"""

from __future__ import annotations

import dataclasses
import functools
import math
import re
from pathlib import Path
from typing import Any

from pydantic_core import PydanticCustomError, core_schema

from solion.base.constants import ELEMENTARY_CHARGE
from solion.base.errors import nearest
from solion.base.parameters import allowed_range

SCALED = ("V_T", "tau_D", "i_D", "k_BT")
EXAMPLES = {
    "m": "80 nm",
    "m^2": "0.25 mm^2",
    "K": "298 K",
    "V": "-100 V_T",
    "A": "0.12 i_D",
    "s": "10 tau_D",
    "V/s": "50 mV/s",
    "A/s": "1 uA/s",
    "ohm": "1 kohm",
    "k_B T": "10 k_BT",
    "eV": "0.5 eV",
    "A/m^2": "0.1 A/m^2",
    "ohm m^2": "20 ohm m^2",
    "S": "10 uS",
    "S/m": "1e-3 S/m",
    "m^2/s": "1e-15 m^2/s",
    "Pa": "0.21 atm",
    "1/s": "0.05 1/s",
    "Hz": "10 kHz",
}
_OWN_UNIT = re.compile(rf"\b(?:{'|'.join(SCALED)})\b")
LONGEST_UNIT = 60  # characters
LARGEST_POWER = 12
_POWER = re.compile(r"(?:\*\*|\^)\s*\(?\s*([+-]?[\d.]*)")
_TOWER = re.compile(r"(?:\*\*|\^)[\s(]*[+-]?[\d.]+[\s)]*(?:\*\*|\^)")
_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*", re.DOTALL)


def split(text: str) -> tuple[float, str] | None:
    """Number and unit of a text such as "80 nm", the unit empty where there is none; None where it is no number."""
    match = _NUMBER.fullmatch(text)
    return None if match is None else (float(match[1]), match[2])


def problem(reason: str, **context: Any) -> PydanticCustomError:
    """An error of one value; ``reason`` continues the sentence that begins with the key and the value."""
    return PydanticCustomError("study", "{reason}", {"reason": reason, **context})


@functools.cache
def registry():
    """Pint's units, and each unit of a device as a dimension of its own."""
    import pint

    units = pint.UnitRegistry()
    for name in SCALED:
        units.define(f"{name} = [{name}]")
    return units


def spelled(unit: str) -> str:
    """A unit as pint spells it: k_BT for k_B T, m^2 for m2."""
    return re.sub(r"(?<=[A-Za-z])(?=\d)", "^", re.sub(r"\bk_B\s+T\b", "k_BT", unit))


_PREFIXES = {"": 1.0, "f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6, "µ": 1e-6, "m": 1e-3, "c": 1e-2, "k": 1e3, "M": 1e6, "G": 1e9}
_COMMON = {  # powers of m, kg, s, A and K
    "m": (1, 0, 0, 0, 0),
    "s": (0, 0, 1, 0, 0),
    "A": (0, 0, 0, 1, 0),
    "K": (0, 0, 0, 0, 1),
    "V": (2, 1, -3, -1, 0),
    "C": (0, 0, 1, 1, 0),
    "F": (-2, -1, 4, 2, 0),
    "S": (-2, -1, 3, 2, 0),
    "J": (2, 1, -2, 0, 0),
    "W": (2, 1, -3, 0, 0),
    "Pa": (-1, 1, -2, 0, 0),
    "Hz": (0, 0, -1, 0, 0),
    "ohm": (2, 1, -3, -2, 0),
}
_FACTOR = re.compile(
    rf"(1|(?:{'|'.join(filter(None, _PREFIXES))})?(?:{'|'.join(_COMMON)})|{'|'.join(SCALED)})(?:(?:\^|\*\*)(-?\d))?"
)


def common(unit: str) -> list[tuple[str, int]] | None:
    """The factors of a product of common units with their powers, as ("nm", 1) and ("s", -1); None where pint has to read it."""
    over, *under = [part.strip() for part in spelled(unit).split("/")]
    if any(" " in part or "*" in part.replace("**", "") for part in under):
        return None  # what stands behind such a product is pint's to say
    found = []
    for way, part in [(1, part) for part in re.split(r"\s*(?<!\*)\*(?!\*)\s*|\s+", over)] + [(-1, part) for part in under]:
        match = _FACTOR.fullmatch(part)
        if match is None:
            return None
        found.append((match[1], way * int(match[2] or 1)))
    return found


@dataclasses.dataclass(frozen=True)
class Units:
    """Units a file may use: those of pint and, where ``scales`` are known, those of the device; ``absent``: why not.

    ``area`` (m2) turns what is given per area into what the whole device has; that of the scales where they are known.
    """

    scales: Any = None
    absent: str = "which is a unit of the device and is not known before the device is"
    area: float | None = None

    def quantity(self, magnitude: float, unit: str) -> Any:
        """``magnitude`` of ``unit`` in the base units of the SI."""
        units = registry()
        base: Any = units.Quantity(magnitude, units.parse_units(spelled(unit))).to_base_units()
        value: Any = units.Quantity(base.magnitude)
        for name, power in base.unit_items():
            value = value * (self._size(name) if name in SCALED else units.Quantity(1.0, name)) ** power
        return value.to_base_units()

    def _size(self, name: str):
        size, unit = self._scale(name)
        return registry().Quantity(size, unit)

    def _scale(self, name: str) -> tuple[float, str]:
        """A unit of the device in SI; refused where it is not known."""
        if self.scales is None:
            raise problem(f"uses {name}, {self.absent}")
        size = {
            "V_T": (self.scales.voltage, "V"),
            "tau_D": (self.scales.time, "s"),
            "i_D": (self.scales.current_density, "A/m^2"),
            "k_BT": (self.scales.voltage * ELEMENTARY_CHARGE, "J"),
        }[name]
        return float(size[0]), size[1]

    def _plain(self, magnitude: float, unit: str) -> tuple[float, tuple[int, ...]] | None:
        """Magnitude in SI and powers of m, kg, s, A and K of so much of a product of common units; None for other units."""
        factors = common(unit)
        if factors is None:
            return None
        size, powers = float(magnitude), [0] * 5
        for name, power in factors:
            if name == "1":
                continue
            if name in SCALED:
                found = self._plain(*self._scale(name))
                assert found is not None  # V, s, A/m^2 and J are common
                factor, own = found
            else:
                symbol = next(symbol for symbol in _COMMON if name.endswith(symbol) and name[: -len(symbol)] in _PREFIXES)
                factor, own = _PREFIXES[name[: -len(symbol)]], _COMMON[symbol]
            size *= factor**power
            powers = [total + power * entry for total, entry in zip(powers, own, strict=True)]
        return size, tuple(powers)

    def _sized(self, magnitude: float, unit: str, plain: bool) -> tuple[float, Any]:
        """Magnitude in SI and dimension of so much of a unit, by the table where it is ``plain`` and by pint otherwise."""
        found = self._plain(magnitude, unit) if plain else None
        if found is None:
            given = self.quantity(magnitude, unit)
            return given.magnitude, given.dimensionality
        return found

    def convert(self, magnitude: float, unit: str, wanted: tuple[str, ...], printed: str = "") -> float:
        """The number in the first of the ``wanted`` units, or in another of them times or over the device's area.

        ``printed``: a unit of the device in which papers print it, for refusals.
        """
        if not _readable(unit):
            raise problem(f"has a unit that is too long or has too large a power; {_wants(wanted, printed)}")
        plain = all(common(name) is not None for name in (unit, *wanted))  # dimensions of the two kinds cannot be compared
        try:
            given, dimension = self._sized(magnitude, unit, plain)
        except PydanticCustomError:
            raise
        except Exception:  # pint raises errors of many kinds for text that is not a unit
            known = (*SCALED, "V", "mV", "mV/s", "nm", "um", "s", "ms", "A", "uA", "K", "ohm", "kohm", "mol/L", "eV")
            raise problem(f"has an unknown unit {unit!r}{nearest(unit, known)}; {_wants(wanted, printed)}") from None
        whole = self.area if self.scales is None else self.scales.area
        for number, name in enumerate(wanted if whole is not None else wanted[:1]):
            target, own = self._sized(1.0, name, plain)
            if dimension == own:
                factor = 1.0 if number == 0 or whole is None else whole ** (-1.0 if name.startswith("ohm") else 1.0)
                return _tidy(given / target * factor)
        if not wanted:
            return _tidy(given)
        raise problem(f"has the wrong unit {unit!r}; {_wants(wanted, printed)}")


def _readable(unit: str) -> bool:
    """Whether a unit can be worked out at once: short, its powers small numbers and no powers of powers."""
    powers = _POWER.findall(unit)
    small = all(re.fullmatch(r"[+-]?\d+(\.\d*)?", power) and abs(float(power)) <= LARGEST_POWER for power in powers)
    return len(unit) <= LONGEST_UNIT and small and not _TOWER.search(unit)


def _tidy(number) -> float:
    """The number without the last digit that conversion leaves: 100 for 99.99999999999999."""
    return float(f"{float(number):.15g}")


def _wants(wanted: tuple[str, ...], printed: str = "") -> str:
    if not wanted:
        return 'give a number and a unit, such as "1 V"'
    names = " or ".join((*wanted, *([printed] if printed else [])))
    return f'give it in {names}, such as "{EXAMPLES.get(spelled(wanted[0]), f"1 {wanted[0]}")}"'


@dataclasses.dataclass
class Context:
    """What the sections of a file must know of their surroundings while they are read.

    ``preliminary``: the device is read for its scales only, so a number in its own units stays open.
    ``monitors``: unit of each quantity of the device that a step may watch. ``samples``: of steps that name none.
    ``executed``: the Python files that were, by their path below the folder, with the digests of their content.
    """

    folder: Path
    units: Units = Units()
    preliminary: bool = True
    monitors: dict[str, str] = dataclasses.field(default_factory=dict)
    terminals: tuple[str, ...] = ()
    samples: int | None = None
    executed: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class File:
    """A path relative to the study file."""

    def __get_pydantic_core_schema__(self, _source, _handler):
        return core_schema.with_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, _schema, _handler) -> dict[str, Any]:
        return {"type": "string", "format": "path"}

    def read(self, value: Any, info) -> Path:
        """The path, from the folder of the study."""
        if not isinstance(value, str) or not value or "\0" in value:
            raise problem("is not the name of a file")
        path = info.context.folder / value
        if not path.is_file():
            raise problem(f"is not a file ({path})")
        return path


@dataclasses.dataclass(frozen=True, eq=False)
class Measure:
    """How one key of a file is read: the units it may have, its range, and whether it may be a list.

    ``units``: the first is the one of the library, the others are per area; ``("1",)`` is a plain number, ``()`` any.
    ``per_second``: the key is the rate of whichever of voltage and current the same section gives.
    """

    units: tuple[str, ...]
    metadata: Any = None
    many: bool = False
    per_second: bool = False

    def __get_pydantic_core_schema__(self, _source, _handler):
        return core_schema.with_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, _schema, _handler) -> dict[str, Any]:
        one: dict[str, Any] = {"type": "string", "examples": [EXAMPLES.get(unit, f"1 {unit}") for unit in self.units[:1]]}
        if self.plain:
            one = {"type": "number"} if self.units == ("1",) else {"type": ["number", "string"]}
        return {"anyOf": [one, {"type": "array", "items": one}]} if self.many else one

    @property
    def scaled(self) -> bool:
        """Whether the library holds this number in units of the device."""
        return any(name in spelled(unit) for unit in self.units for name in SCALED)

    @property
    def printed(self) -> str:
        """The unit of the device that a number without one has, where papers print it so."""
        return (self.metadata or {}).get("printed", "")

    @property
    def plain(self) -> bool:
        """Whether a number may stand alone."""
        return self.units == ("1",) or self.scaled or bool(self.printed)

    def read(self, value: Any, info) -> Any:
        """The number, or the tuple of numbers, in the units of the library."""
        if self.many and isinstance(value, (list, tuple)):
            if not value:
                raise problem("is an empty list")
            return tuple(self._one(entry, info) for entry in value)
        return self._one(value, info)

    def _one(self, value: Any, info) -> float:
        context: Context = info.context
        units = self.units
        if self.per_second and info.data.get("current") is not None:
            units = ("A/s", "A/m^2/s")
        if isinstance(value, str):
            number = self._text(value, units, context)
        elif isinstance(value, bool) or not isinstance(value, (int, float)):
            raise problem(f"is not {'a number' if self.plain else 'a number with a unit'}; {_wants(units)}")
        elif not self.plain:
            raise problem(f"has no unit; {_wants(units)}")
        else:
            try:
                number = float(value)
            except OverflowError:
                number = math.inf
            if self.printed:
                number = self._converted(number, self.printed, units, context)
        self._check(number)
        return number

    def _text(self, value: str, units: tuple[str, ...], context: Context) -> float:
        given = split(value)
        if units == ("1",):
            raise problem("is text where a plain number is needed")
        if given is None:
            raise problem(f"is not a number with a unit; {_wants(units)}")
        magnitude, unit = given
        if not unit:
            if not self.plain:
                raise problem(f"has no unit; {_wants(units)}")
            if not self.printed:
                return magnitude
        return self._converted(magnitude, unit or self.printed, units, context)

    def _converted(self, magnitude: float, unit: str, units: tuple[str, ...], context: Context) -> float:
        if context.preliminary and (self.scaled or any(_OWN_UNIT.search(spelled(name)) for name in (unit, *units))):
            return self._placeholder()
        return context.units.convert(magnitude, unit, units, self.printed)

    def _placeholder(self) -> float:
        """Some allowed number, for one that is read once the units of the device are known."""
        low, high = (self.metadata["low"], self.metadata["high"]) if self.metadata else (-math.inf, math.inf)
        return 1.0 if low < 1 < high else 0.5 * (low + high)

    def _check(self, number: float) -> None:
        if not math.isfinite(number):
            raise problem("is not a finite number")
        meta = self.metadata
        if meta is None:
            return
        above = number > meta["low"] if meta["open_low"] else number >= meta["low"]
        below = number < meta["high"] if meta["open_high"] else number <= meta["high"]
        if not (above and below):
            unit = "" if meta["unit"] == "1" else f" {meta['unit']}"
            raise problem(f"is outside its allowed range {allowed_range(meta)}{unit}")


@dataclasses.dataclass(frozen=True)
class Whole:
    """A whole number within bounds."""

    low: int
    high: int

    def __get_pydantic_core_schema__(self, _source, _handler):
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, _schema, _handler) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}

    def read(self, value: Any) -> int:
        """The number itself."""
        if isinstance(value, bool) or not isinstance(value, int) or not self.low <= value <= self.high:
            raise problem(f"is outside its allowed range: a whole number in [{self.low}, {self.high}]")
        return value


def bounds(low: float, high: float) -> dict[str, Any]:
    """Closed bounds of a plain number, as :class:`Measure` reads them."""
    return {"unit": "1", "low": low, "high": high, "open_low": False, "open_high": False}
