"""Pointwise physics: state in, rate or energy out, sign stated; no grid, no solver, no configuration."""

from solion.laws.coupled_transfer import CoupledIonElectronTransfer
from solion.laws.free_energy import (
    AbstractFreeEnergy,
    FreeEnergy,
    RegularSolution,
    chemical_potentials,
    mixing,
    total_potential,
)
from solion.laws.grain_boundary import (
    AbstractGrainBoundary,
    GrainBoundary,
    LogNormalBoundary,
    MisorientationBoundary,
    TransparentBoundary,
    UniformBoundary,
)
from solion.laws.linear import LinearTransfer
from solion.laws.marcus import MarcusHushChidsey, marcus_factor
from solion.laws.mobility import AbstractMobility, Dilute, ExcludedVolume, Mobility
from solion.laws.transfer import AbstractTransfer, ButlerVolmer, Surface, Transfer, exchange_current
from solion.laws.wetting import AbstractWetting, LinearWetting, NeutralWetting

__all__ = [
    "AbstractFreeEnergy",
    "AbstractGrainBoundary",
    "AbstractMobility",
    "AbstractTransfer",
    "AbstractWetting",
    "ButlerVolmer",
    "CoupledIonElectronTransfer",
    "Dilute",
    "ExcludedVolume",
    "FreeEnergy",
    "GrainBoundary",
    "LinearTransfer",
    "LinearWetting",
    "LogNormalBoundary",
    "MarcusHushChidsey",
    "MisorientationBoundary",
    "Mobility",
    "NeutralWetting",
    "RegularSolution",
    "Surface",
    "Transfer",
    "TransparentBoundary",
    "UniformBoundary",
    "chemical_potentials",
    "exchange_current",
    "marcus_factor",
    "mixing",
    "total_potential",
]
