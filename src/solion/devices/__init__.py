"""Devices: what is simulated, put together from parts."""

from solion.devices.film_memristor import Contact, Film, FilmMemristor
from solion.devices.initial import PhaseSeparated, Profile, Uniform
from solion.devices.ionic_synapse import (
    ElectrolyteFilm,
    Gap,
    InsertionFilm,
    IonicSynapse,
    PinnedReservoir,
    Resolved,
    WellMixed,
)
from solion.devices.synapses import (
    at_composition,
    at_conductance,
    charge_per_electron,
    composition_at,
    hydrogen_synapse,
    magnesium_synapse,
    magnesium_synapse_60nm,
    magnesium_synapse_100nm,
    magnesium_synapse_thin,
    with_leak,
)

__all__ = [
    "Contact",
    "ElectrolyteFilm",
    "Film",
    "FilmMemristor",
    "Gap",
    "InsertionFilm",
    "IonicSynapse",
    "PhaseSeparated",
    "PinnedReservoir",
    "Profile",
    "Resolved",
    "Uniform",
    "WellMixed",
    "at_composition",
    "at_conductance",
    "charge_per_electron",
    "composition_at",
    "hydrogen_synapse",
    "magnesium_synapse",
    "magnesium_synapse_60nm",
    "magnesium_synapse_100nm",
    "magnesium_synapse_thin",
    "with_leak",
]
