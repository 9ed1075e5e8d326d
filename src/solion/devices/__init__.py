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
    "ElectrolyteFilm",
    "Equipotential",
    "Film",
    "FilmMemristor",
    "Gap",
    "InsertionFilm",
    "IonicSynapse",
    "Layer",
    "PhaseSeparated",
    "PinnedReservoir",
    "Polycrystal",
    "Profile",
    "ResistanceField",
    "Resolved",
    "Uniform",
    "WellMixed",
    "at_composition",
    "at_conductance",
    "charge_per_electron",
    "composition_at",
    "hydrogen_synapse",
    "lu2021",
    "magnesium_synapse",
    "magnesium_synapse_60nm",
    "magnesium_synapse_100nm",
    "magnesium_synapse_thin",
    "with_leak",
]
