"""Quantities: every number and field that a device or an experiment reports, declared once as one object.

Results, their ledger, watched levels and stops, CSV files, units of study files, views and documentation read this
declaration. Nothing in the library looks a number up by its name to learn what it is.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from solion.base.errors import InputError, nearest

UNITS = {
    "length": "m",
    "area": "m2",
    "time": "s",
    "frequency": "Hz",
    "velocity": "m/s",
    "voltage": "V",
    "current": "A",
    "current_density": "A/m2",
    "resistance": "ohm",
    "area_resistance": "ohm m2",
    "conductance": "S",
    "conductance_time": "S s",
    "conductivity": "S/m",
    "charge": "C",
    "energy": "J",
    "energy_density": "J/m3",
    "molar_energy": "J/mol",
    "surface_energy": "J/m2",
    "power": "W",
    "power_density": "W/m2",
    "concentration": "mol/m3",
    "amount": "mol",
    "temperature": "K",
    "curvature": "1/m",
    "stress": "Pa",
}

Role = Literal[
    "terminal",  # voltage or current of a terminal, ``place``
    "response",  # what a read sees of the device, such as a conductance
    "surface",  # content where a region meets a contact or an interface, ``place``
    "coverage",  # share of a contact or an interface, ``place``, that a phase covers
    "state",  # anything else of the inside
    "part",  # a part of the voltage of a terminal, ``place``; all of them add up to it
    "share",  # part of a whole, ``place`` its name; all of them add up to one
    "inventory",  # content that only exchanges which are declared may change
    "work",  # energy from sources: kind "power" at an instant, kind "energy" over time
    "loss",  # energy turned into heat
    "stored",  # energy held: kind "energy" the content, kind "power" its rate
    "check",  # of kind "power": the rate of what is stored, found another way
    "carried",  # energy that leaves with matter
    "field",  # what each cell holds, over ``dimensions``
    "flow",  # component along the axis ``place`` of what passes each cell, over ``dimensions``
    "coordinate",  # where cells are
    "event",  # one of several places at which something jumps, over ``dimensions``
]


@dataclasses.dataclass(frozen=True)
class Quantity:
    """A number that is reported: its name, the kind that fixes its unit, its meaning and its role.

    ``kind`` is a key of :data:`UNITS`, None for a pure number. ``place`` says where: the terminal, contact or interface.
    ``dimensions`` are those beside time of a field, such as ``("x",)``; a coordinate that moves with time has ``("cell",)``.
    ``monitored`` numbers can be watched, and can end a step of a protocol. ``integral_of`` names the reported rate of
    which this is the integral over time, by the stepper's own quadrature. ``headline``: a reader of a result looks for it first.
    ``missing``: why a value may be infinite or no number; those of all others are finite.
    """

    name: str
    kind: str | None
    meaning: str
    role: Role = "state"
    place: str = ""
    dimensions: tuple[str, ...] = ()
    monitored: bool = False
    integral_of: str = ""
    headline: bool = False
    missing: str = ""

    def __post_init__(self):
        if self.kind is not None and self.kind not in UNITS:
            raise InputError(
                f"Quantity {self.name!r}: kind = {self.kind!r} is unknown{nearest(self.kind, UNITS)}; "
                f"it is None or one of {', '.join(UNITS)}."
            )

    @property
    def unit(self) -> str:
        """Its SI unit, ``"1"`` of a pure number."""
        return UNITS[self.kind] if self.kind else "1"

    def attributes(self) -> dict[str, str]:
        """What a variable of a dataset says of itself."""
        kind = {"kind": self.kind} if self.kind else {}
        place = {"place": self.place} if self.place else {}
        first = {"headline": "yes"} if self.headline else {}
        missing = {"missing": self.missing} if self.missing else {}
        return {"units": self.unit, "long_name": self.meaning, "role": self.role} | kind | place | first | missing


def having(quantities: Iterable[Quantity], **wanted: Any) -> list[Quantity]:
    """Those of the quantities whose fields are as wanted: ``having(observables, role="loss", kind="power")``."""
    return [item for item in quantities if all(getattr(item, name) == value for name, value in wanted.items())]


def variables(dataset: Any, **wanted: str) -> list[str]:
    """Names of a dataset's variables whose attributes are as wanted: ``variables(data, role="surface")``."""
    coordinates = set(dataset.coords)
    return [
        str(name)
        for name, variable in dataset.variables.items()
        if name not in coordinates and all(variable.attrs.get(key, "") == value for key, value in wanted.items())
    ]


def check_names(owner: str, quantities: Iterable[Quantity], reported: Mapping[str, Any]) -> None:
    """Refuse a report that lacks a declared quantity, or that has one which is not declared."""
    declared = {item.name for item in quantities}
    for what, names in (
        ("declares but does not report", declared - reported.keys()),
        ("reports but does not declare", reported.keys() - declared),
    ):
        if names:
            raise InputError(
                f"{owner} {what} {', '.join(sorted(names))}; each number that observe() returns needs a Quantity of its "
                "name in observables, and the other way round."
            )
