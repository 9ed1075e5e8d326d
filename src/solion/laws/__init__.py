"""Pointwise physics: state in, rate or energy out, sign stated; no grid, no solver, no configuration."""

from solion.laws.ambipolar import AbstractAmbipolar, ChemicalDiffusion, PotentialDiffusion
from solion.laws.conduction import (
    AbstractIonicConduction,
    AbstractLeak,
    ExponentialLeak,
    HoppingConduction,
    OhmicConduction,
    OhmicLeak,
)
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
from solion.laws.grain_boundary import (
    AbstractGrainBoundary,
    FastBoundary,
    GrainBoundary,
    LogNormalBoundary,
    MisorientationBoundary,
    TransparentBoundary,
    UniformBoundary,
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
    Site,
)
from solion.laws.linear import LinearTransfer
from solion.laws.marcus import MarcusHushChidsey, marcus_factor
from solion.laws.mobility import AbstractMobility, Dilute, ExcludedVolume, Mobility
from solion.laws.salt import AbstractSalt, BinarySalt, SingleIon
from solion.laws.transfer import AbstractTransfer, ButlerVolmer, Surface, Transfer, exchange_current
from solion.laws.wetting import AbstractWetting, LinearWetting, NeutralWetting

__all__ = [
    "AbstractAmbipolar",
    "AbstractConductivity",
    "AbstractFreeEnergy",
    "AbstractGrainBoundary",
    "AbstractInsertion",
    "AbstractIonicConduction",
    "AbstractLeak",
    "AbstractMobility",
    "AbstractSalt",
    "AbstractTransfer",
    "AbstractWetting",
    "BinarySalt",
    "ButlerVolmer",
    "ChemicalDiffusion",
    "Conductivity",
    "CoupledIonElectronTransfer",
    "Dilute",
    "ExcludedVolume",
    "ExponentialLeak",
    "FastBoundary",
    "FreeEnergy",
    "GrainBoundary",
    "HoppingConduction",
    "HostPotential",
    "Insertion",
    "InsertionButlerVolmer",
    "LatticeButlerVolmer",
    "LatticeHost",
    "LinearInsertion",
    "LinearTransfer",
    "LinearWetting",
    "LogNormalBoundary",
    "MarcusHushChidsey",
    "MarcusInsertion",
    "MetalInsulator",
    "MisorientationBoundary",
    "Mobility",
    "NeutralWetting",
    "OhmicConduction",
    "OhmicLeak",
    "PotentialDiffusion",
    "RegularSolution",
    "SingleIon",
    "Site",
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
