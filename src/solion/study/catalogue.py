"""What a study file can name, found from what the library exports; nothing is registered here, and nothing is imported.

A class LinearTransfer is ``linear_transfer`` in a file. To add a law, a material, a device, an experiment or a protocol,
export it.
"""

from __future__ import annotations

import functools
import re
from importlib.resources import files
from importlib.resources.abc import Traversable

from solion.base.exports import Export, exports, makers, subclasses
from solion.base.extras import install
from solion.base.names import snake

LAWS = {  # what is pointwise physics, by the class that its laws derive from: heading, package
    "AbstractChargeTransfer": ("Charge transfer", "laws"),
    "AbstractPrefactor": ("How an exchange current follows the surface", "laws"),
    "AbstractFreeEnergy": ("Free energies", "laws"),
    "AbstractLayeredEnergy": ("Free energies of two layers", "laws"),
    "AbstractMobility": ("Mobilities", "laws"),
    "AbstractMisfit": ("Misfits of lattices", "laws"),
    "AbstractWetting": ("Wetting laws", "laws"),
    "AbstractConductivity": ("Conductivities", "laws"),
    "AbstractAmbipolar": ("Diffusion in a host", "laws"),
    "AbstractIonicConduction": ("Conduction of electrolytes", "laws"),
    "AbstractLeak": ("Leaks", "laws"),
    "AbstractSalt": ("Salts of electrolytes", "laws"),
    "AbstractGrainBoundary": ("Grain boundaries", "laws"),
    "AbstractInitiation": ("Initiation of filaments", "laws"),
    "AbstractShell": ("Stress in a shell of product", "laws"),
    "AbstractStressWork": ("What stress costs a front", "laws"),
    "AbstractAmorphisation": ("Amorphisation of a front", "laws"),
    "AbstractSurfaceFilm": ("Films on a swelling surface", "laws"),
    "AbstractFilmGrowth": ("What becomes of a film on a swelling surface", "laws"),
    "AbstractCoatingTransport": ("Lithium through a layer of a coating", "laws"),
    "AbstractInterfacialCoefficient": ("From a clean interface to a wetted one", "laws"),
    "AbstractInterfacialChange": ("What a film does to an interface", "laws"),
    "AbstractFilmPenalty": ("Bulk penalties of interfacial films", "laws"),
    "AbstractFilmForce": ("Forces across an interfacial film", "laws"),
    "AbstractElectrode": ("Electrodes of a polycrystal", "devices"),
    "AbstractCover": ("Where an electrode touches", "devices"),
}


def by_name(found: dict[str, Export]) -> dict[str, Export]:
    """Classes by the names they have in a file, without those that are not complete and those that hold a user's function."""
    return {
        snake(name): entry for name, entry in found.items() if not name.startswith("Abstract") and "function" not in entry.fields
    }


def laws_of(base: str) -> dict[str, Export]:
    """The laws that derive from a class of :data:`LAWS`, by the names they have in a file."""
    return by_name(subclasses(LAWS[base][1], base))


def wrapper_of(base: str, package: str = "laws") -> Export | None:
    """The law of this kind that holds a user's function, or None."""
    found = subclasses(package, base)
    return next((entry for entry in found.values() if "function" in entry.fields), None)


def devices() -> dict[str, Export]:
    """Everything that an experiment can be done with."""
    return by_name(subclasses("devices", "AbstractSpecimen"))


def experiments() -> dict[str, Export]:
    """What can be done with devices."""
    return by_name(subclasses("experiments", "AbstractExperiment"))


def start_states() -> dict[str, Export]:
    """The states that a device can start from."""
    return by_name(subclasses("devices", "AbstractInitial"))


def protocols() -> dict[str, Export]:
    """The functions that make a protocol."""
    return {name: entry for name, entry in exports("protocols").items() if entry.function and entry.bases == ("Protocol",)}


def materials(*kinds: str) -> dict[str, Export]:
    """The functions that make a material of one of these classes, of any unless some are named."""
    known = exports("materials")
    wanted = kinds or [name for name, entry in known.items() if not entry.function and name != "Diffusivity"]
    return {
        name: entry for name, entry in known.items() if entry.function and not entry.fields and set(entry.bases) & set(wanted)
    }


def hosts() -> dict[str, Export]:
    """The functions that say how fast ions move in a host, by the names of the hosts."""
    found = {name: entry for name, entry in exports("materials").items() if entry.bases == ("Diffusivity",)}
    return {name.removesuffix("_host"): entry for name, entry in found.items()}


@functools.cache
def builtin_studies() -> dict[str, Traversable]:
    """The studies that come with Solion."""
    folder = files("solion.study") / "builtin"
    found = (entry for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return {entry.name.removesuffix(".toml"): entry for entry in sorted(found, key=lambda entry: entry.name)}


def builtin_title(study: Traversable) -> str:
    """Title of a built-in study, and the extra that it needs."""
    import tomllib

    data = tomllib.loads(study.read_text(encoding="utf-8"))
    needs = f" ({install('polycrystal')})" if data.get("numerics", {}).get("engine") == "voxels" else ""
    return data.get("title", "") + needs


def listing() -> dict[str, dict[str, str]]:
    """Everything a file can name, with a line each: heading -> name -> line."""
    result = {"Studies": {name: builtin_title(study) for name, study in builtin_studies().items()}}
    result |= {"Devices": _lines(devices()), "Experiments": _lines(experiments()), "Materials": _lines(materials())}
    result |= {"Ion diffusivities": _lines(hosts()), "Working ions": _lines(makers("materials.working_ions", "WorkingIon"))}
    result |= {heading: _lines(laws_of(base)) for base, (heading, _) in LAWS.items()}
    return result | {"Protocols": _lines(protocols()), "Start states": _lines(start_states())}


def _lines(found: dict[str, Export]) -> dict[str, str]:
    return {name: re.sub(r"``", "", entry.line) for name, entry in found.items()}
