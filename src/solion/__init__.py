"""Solion: a simulator of solid-state ionic devices.

Names are loaded on first use (PEP 562), so that ``solion --help`` costs nothing; the first one switches JAX to double
precision, which the whole package computes in.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from solion import (
        analysis,
        design,
        devices,
        fitting,
        laws,
        materials,
        plotting,
        protocols,
        study,
        synapse,
        tangents,
        thermodynamics,
        units,
    )
    from solion.devices import Contact, Film, FilmMemristor, PhaseSeparated, Profile, Uniform
    from solion.errors import InputError, RunError, SolionError
    from solion.materials import MixedConductor
    from solion.numerics.integrate import Tolerance
    from solion.protocols import Protocol
    from solion.result import Result, load
    from solion.simulation import Progress, simulate

_MODULES = (
    "analysis", "design", "devices", "fitting", "laws", "materials", "plotting", "protocols", "study", "synapse",
    "tangents", "thermodynamics", "units",
)  # fmt: skip
_NAMES = {
    "Contact": "solion.devices",
    "Film": "solion.devices",
    "FilmMemristor": "solion.devices",
    "InputError": "solion.errors",
    "MixedConductor": "solion.materials",
    "PhaseSeparated": "solion.devices",
    "Profile": "solion.devices",
    "Progress": "solion.simulation",
    "Protocol": "solion.protocols",
    "Result": "solion.result",
    "RunError": "solion.errors",
    "SolionError": "solion.errors",
    "Tolerance": "solion.numerics.integrate",
    "Uniform": "solion.devices",
    "load": "solion.result",
    "simulate": "solion.simulation",
}

__all__ = [
    "Contact",
    "Film",
    "FilmMemristor",
    "InputError",
    "MixedConductor",
    "PhaseSeparated",
    "Profile",
    "Progress",
    "Protocol",
    "Result",
    "RunError",
    "SolionError",
    "Tolerance",
    "Uniform",
    "analysis",
    "design",
    "devices",
    "fitting",
    "laws",
    "load",
    "materials",
    "plotting",
    "protocols",
    "simulate",
    "study",
    "synapse",
    "tangents",
    "thermodynamics",
    "units",
]


def __getattr__(name: str):
    if name in _MODULES:
        return importlib.import_module(f"solion.{name}")
    if name in _NAMES:
        value = getattr(importlib.import_module(_NAMES[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'solion' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])
