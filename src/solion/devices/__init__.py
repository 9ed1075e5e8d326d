"""Devices: what is simulated, put together from parts."""

from solion.devices.alloy_particle import AlloyParticle
from solion.devices.alloy_shapes import AbstractShape, Plate, Sphere, Wire
from solion.devices.coated_electrode import CoatedElectrode, CoatingLayer, ConnectedPores, NoPores, PlatingThresholds
from solion.devices.coating_top import ClassicalNucleation, WatchedNucleation
from solion.devices.extent import Mirrored, Periodic
from solion.devices.filament_memristor import FilamentMemristor
from solion.devices.film_layer import Film
from solion.devices.film_memristor import FilmMemristor
from solion.devices.film_region import Contact
from solion.devices.film_stress import Bending, Clamped, Flat, OnSubstrate, Unstressed
from solion.devices.fluctuations import Still, Thermal
from solion.devices.heated_across import ConductedHeat
from solion.devices.heated_line import Isothermal, LumpedHeat
from solion.devices.image_pattern import ImagePattern
from solion.devices.interfacial_film import InterfacialFilm
from solion.devices.ionic_synapse import (
    DoubleLayer,
    ElectrolyteFilm,
    Gap,
    InsertionFilm,
    IonicSynapse,
    NoDoubleLayer,
    PinnedReservoir,
    Resolved,
    WellMixed,
)
from solion.devices.layered_memristor import LayeredFilm, LayeredMemristor
from solion.devices.lithium_cell import SymmetricCell
from solion.devices.patched_synapse import PatchedSynapse
from solion.devices.pattern import Even, Patch, RandomPattern
from solion.devices.polycrystal import (
    ChargeTransfer,
    ConstantPhaseTransfer,
    ContactPatches,
    Equipotential,
    KineticElectrode,
    Layer,
    Polycrystal,
    RandomPatches,
    ResistanceField,
    lu2021,
)
from solion.devices.series import AtContacts, InLead
from solion.devices.start import ByRegion, PhaseSeparated, Profile, Uniform
from solion.devices.start_in_space import EarlierState, Holed, Island, Rough, Wavy
from solion.devices.synapse_start import at_composition, at_conductance, composition_at
from solion.devices.synapses import (
    charge_per_electron,
    hydrogen_synapse,
    magnesium_synapse,
    magnesium_synapse_60nm,
    magnesium_synapse_100nm,
    magnesium_synapse_thin,
    with_leak,
)

__all__ = [
    "AbstractShape",
    "AlloyParticle",
    "AtContacts",
    "Bending",
    "ByRegion",
    "ChargeTransfer",
    "Clamped",
    "ClassicalNucleation",
    "CoatedElectrode",
    "CoatingLayer",
    "ConductedHeat",
    "ConnectedPores",
    "ConstantPhaseTransfer",
    "Contact",
    "ContactPatches",
    "DoubleLayer",
    "EarlierState",
    "ElectrolyteFilm",
    "Equipotential",
    "Even",
    "FilamentMemristor",
    "Film",
    "FilmMemristor",
    "Flat",
    "Gap",
    "Holed",
    "ImagePattern",
    "InLead",
    "InsertionFilm",
    "InterfacialFilm",
    "IonicSynapse",
    "Island",
    "Isothermal",
    "KineticElectrode",
    "Layer",
    "LayeredFilm",
    "LayeredMemristor",
    "LumpedHeat",
    "Mirrored",
    "NoDoubleLayer",
    "NoPores",
    "OnSubstrate",
    "Patch",
    "PatchedSynapse",
    "Periodic",
    "PhaseSeparated",
    "PinnedReservoir",
    "Plate",
    "PlatingThresholds",
    "Polycrystal",
    "Profile",
    "RandomPatches",
    "RandomPattern",
    "ResistanceField",
    "Resolved",
    "Rough",
    "Sphere",
    "Still",
    "SymmetricCell",
    "Thermal",
    "Uniform",
    "Unstressed",
    "WatchedNucleation",
    "Wavy",
    "WellMixed",
    "Wire",
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
