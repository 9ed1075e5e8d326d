"""What a study file can name, found from what the library exports: laws, materials, protocols, start states.

A class LinearTransfer is ``linear_transfer`` in a file. To add a law, a material or a protocol, export it; nothing is
registered here.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import re
import typing
from collections.abc import Callable
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from solion import devices, laws, materials, protocols
from solion.base.parameters import Part
from solion.devices import PhaseSeparated, Profile, Uniform
from solion.devices.polycrystal import AbstractCover, AbstractElectrode
from solion.protocols import Protocol

LAWS: dict[str, Any] = {
    "Charge transfer": laws.AbstractChargeTransfer,
    "How an exchange current follows the surface": laws.AbstractPrefactor,
    "Free energies": laws.AbstractFreeEnergy,
    "Mobilities": laws.AbstractMobility,
    "Wetting laws": laws.AbstractWetting,
    "Conductivities": laws.AbstractConductivity,
    "Diffusion in a host": laws.AbstractAmbipolar,
    "Conduction of electrolytes": laws.AbstractIonicConduction,
    "Leaks": laws.AbstractLeak,
    "Salts of electrolytes": laws.AbstractSalt,
    "Grain boundaries": laws.AbstractGrainBoundary,
    "Electrodes of a polycrystal": AbstractElectrode,
    "Where an electrode touches": AbstractCover,
}
LAW_KINDS: tuple[type[Part], ...] = tuple(LAWS.values())
INITIALS = (PhaseSeparated, Uniform, Profile)


def snake(name: str) -> str:
    """ButlerVolmer -> butler_volmer."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def is_wrapper(law: type) -> bool:
    """Whether a law stands for a function of the user's."""
    return any(field.name == "function" for field in dataclasses.fields(law))  # pyright: ignore[reportArgumentType]


def _exported(kind: Any) -> list[type[Part]]:
    exported: list[Any] = [getattr(module, name) for module in (laws, devices) for name in module.__all__]
    classes: list[Any] = [thing for thing in exported if inspect.isclass(thing)]
    return [law for law in classes if issubclass(law, kind) and not law.__name__.startswith("Abstract")]


@functools.cache
def laws_of(kind: Any) -> dict[str, type[Part]]:
    """The exported laws of one kind by the names they have in a file."""
    return {snake(law.__name__): law for law in _exported(kind) if not is_wrapper(law)}


@functools.cache
def wrapper_of(kind: Any) -> type[Part] | None:
    """The law of this kind that holds a user's function, or None."""
    return next((law for law in _exported(kind) if is_wrapper(law)), None)


@functools.cache
def protocol_functions() -> dict[str, Callable[..., Protocol]]:
    """The exported functions that return a protocol."""
    found = {name: getattr(protocols, name) for name in protocols.__all__}
    return {
        name: function
        for name, function in found.items()
        if inspect.isfunction(function) and typing.get_type_hints(function).get("return") is Protocol
    }


@functools.cache
def material_functions(kind: type[Part] = Part) -> dict[str, Callable[[], Part]]:
    """The exported materials of one kind, all of them unless one is named."""
    found = {name: function for name, (function, _) in materials.catalogue().items()}
    return {name: function for name, function in found.items() if isinstance(function(), kind)}


def first_line(thing: object) -> str:
    """First line of what a thing says of itself."""
    return (inspect.getdoc(thing) or "").partition("\n")[0]


@functools.cache
def builtin_studies() -> dict[str, Traversable]:
    """The studies that come with Solion."""
    folder = files("solion.study") / "builtin"
    found = (entry for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return {entry.name.removesuffix(".toml"): entry for entry in sorted(found, key=lambda entry: entry.name)}


def builtin_title(study: Traversable) -> str:
    """Title of a built-in study."""
    import tomllib

    return tomllib.loads(study.read_text(encoding="utf-8")).get("title", "")


def listing() -> dict[str, dict[str, str]]:
    """Everything a file can name, with a line each: heading -> name -> line."""
    result = {
        "Studies": {name: builtin_title(study) for name, study in builtin_studies().items()},
        "Materials": {name: line for name, (_, line) in materials.catalogue().items()},
        "Ion diffusivities": {name: _host_line(host) for name, host in materials.diffusivities().items()},
    }
    result["Working ions"] = {name: ion.line for name, ion in materials.working_ions().items()}
    for heading, kind in LAWS.items():
        result[heading] = {name: first_line(law) for name, law in laws_of(kind).items()}
    result["Protocols"] = {name: first_line(function) for name, function in protocol_functions().items()}
    result["Start states"] = {snake(state.__name__): first_line(state) for state in INITIALS}
    return result


def _host_line(host: materials.Diffusivity) -> str:
    return f"{host.ion} in {host.label}, {host.paths}D paths, {host.low:.2g} to {host.high:.2g} m^2/s"
