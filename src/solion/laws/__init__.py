"""Pointwise physics: state in, rate or energy out, sign stated; no grid, no solver, no configuration."""

from solion.laws.conductivity import AbstractConductivity, Conductivity, MetalInsulator
from solion.laws.coupled_transfer import CoupledIonElectronTransfer
from solion.laws.free_energy import (
    AbstractFreeEnergy,
    FreeEnergy,
    RegularSolution,
    chemical_potentials,
    mixing,
    total_potential,
)
from solion.laws.insertion import (
    AbstractInsertion,
    HostPotential,
    Insertion,
    InsertionButlerVolmer,
    LatticeButlerVolmer,
    LatticeHost,
    LinearInsertion,
    MarcusInsertion,
)
from solion.laws.linear import LinearTransfer
from solion.laws.marcus import MarcusHushChidsey, marcus_factor
from solion.laws.mobility import AbstractMobility, Dilute, ExcludedVolume, Mobility
from solion.laws.transfer import AbstractTransfer, ButlerVolmer, Surface, Transfer, exchange_current
from solion.laws.wetting import AbstractWetting, LinearWetting, NeutralWetting

__all__ = [
    "AbstractConductivity",
    "AbstractFreeEnergy",
    "AbstractInsertion",
    "AbstractMobility",
    "AbstractTransfer",
    "AbstractWetting",
    "ButlerVolmer",
    "Conductivity",
    "CoupledIonElectronTransfer",
    "Dilute",
    "ExcludedVolume",
    "FreeEnergy",
    "HostPotential",
    "Insertion",
    "InsertionButlerVolmer",
    "LatticeButlerVolmer",
    "LatticeHost",
    "LinearInsertion",
    "LinearTransfer",
    "LinearWetting",
    "MarcusHushChidsey",
    "MarcusInsertion",
    "MetalInsulator",
    "Mobility",
    "NeutralWetting",
    "RegularSolution",
    "Surface",
    "Transfer",
    "chemical_potentials",
    "exchange_current",
    "marcus_factor",
    "mixing",
    "total_potential",
]
