"""Charge transfer between two phases: overpotential in, current density out, in SI; one law a file."""

from solion.laws.charge_transfer.activated import ActivatedTransfer
from solion.laws.charge_transfer.butler_volmer import ButlerVolmer, symmetric_current, symmetric_overpotential
from solion.laws.charge_transfer.coupled import CoupledIonElectronTransfer
from solion.laws.charge_transfer.family import AbstractChargeTransfer, Surface, exchange_current, metal_surface
from solion.laws.charge_transfer.function import Transfer
from solion.laws.charge_transfer.ideal import EvenCurrent, EvenPotential
from solion.laws.charge_transfer.insertion import InsertionButlerVolmer
from solion.laws.charge_transfer.linear import AreaResistance, LinearTransfer
from solion.laws.charge_transfer.marcus import MarcusHushChidsey, marcus_factor
from solion.laws.charge_transfer.prefactor import AbstractPrefactor, IonModulated, LatticeSites, Unmodulated

__all__ = [
    "AbstractChargeTransfer",
    "AbstractPrefactor",
    "ActivatedTransfer",
    "AreaResistance",
    "ButlerVolmer",
    "CoupledIonElectronTransfer",
    "EvenCurrent",
    "EvenPotential",
    "InsertionButlerVolmer",
    "IonModulated",
    "LatticeSites",
    "LinearTransfer",
    "MarcusHushChidsey",
    "Surface",
    "Transfer",
    "Unmodulated",
    "exchange_current",
    "marcus_factor",
    "metal_surface",
    "symmetric_current",
    "symmetric_overpotential",
]
