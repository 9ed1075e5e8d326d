"""Devices: what is simulated, put together from parts."""

from solion.devices.film_memristor import Contact, Film, FilmMemristor
from solion.devices.initial import PhaseSeparated, Profile, Uniform
from solion.devices.polycrystal import (
    ButlerVolmerElectrode,
    ChargeTransfer,
    ContactPatches,
    Equipotential,
    Layer,
    Polycrystal,
    ResistanceField,
    lu2021,
)

__all__ = [
    "ButlerVolmerElectrode",
    "ChargeTransfer",
    "Contact",
    "ContactPatches",
    "Equipotential",
    "Film",
    "FilmMemristor",
    "Layer",
    "PhaseSeparated",
    "Polycrystal",
    "Profile",
    "ResistanceField",
    "Uniform",
    "lu2021",
]
