"""What an ion-insertion film is: a host lattice, its open-circuit potential, its doping, how fast ions move and leave."""

from __future__ import annotations

from typing import ClassVar

import equinox as eqx

from solion.base.constants import AVOGADRO, FARADAY
from solion.base.parameters import Part, assumed, parameter, positive_parameter
from solion.base.reference_temperature import reference_temperature
from solion.laws.ambipolar import AbstractAmbipolar, ChemicalDiffusion
from solion.laws.conductivity import AbstractConductivity
from solion.laws.free_energy import AbstractFreeEnergy


class InsertionHost(Part):
    """A host that takes up ``x`` ions of charge number z per formula unit, each with z electrons.

    The free energy is per formula unit, of ion = x and electron = (electrons per formula unit)/z, so that neutrality reads
    ion == electron and its total potential is z F phi/RT of the host's potential phi(x). ``conductivity`` is a law of
    gamma = z (x - x_off). Counts are turned into charge by q_W = F n_W/N_A, C/m3 per unit of gamma.
    ``diffusion`` is the law of the flux that ``diffusivity`` goes with. Both are replaced by
    ``dataclasses.replace(host, diffusivity=...)``.
    """

    holds_at: ClassVar[float | str | None] = "reference_temperature"
    name: str = eqx.field(static=True)
    ion: str = eqx.field(static=True)
    formula_density: float = parameter(unit="1/m^3", low=1e26, high=1e31, doc="n_W, formula units per volume")
    charge: float = parameter(low=-4, high=4, doc="z, charge number of the ion (of the vacancy, for oxygen)")
    conductivity: AbstractConductivity  # pyright: ignore[reportGeneralTypeIssues]
    free_energy: AbstractFreeEnergy  # pyright: ignore[reportGeneralTypeIssues]
    diffusivity: float = positive_parameter(unit="m^2/s", high=1e-4, doc="D, chemical diffusivity of the neutral pair")
    diffusion: AbstractAmbipolar = ChemicalDiffusion()
    offset: float = parameter(
        0.0,
        low=-1,
        high=1,
        doc="x_off, ions per formula unit where gamma is counted as zero",
        source=assumed(0.0, "no doping before the experiment"),
    )
    loss_rate: float = parameter(
        0.0,
        unit="1/s",
        low=0,
        doc="k, part of the ions lost to the surroundings per second, with their electrons",
        source=assumed(0.0, "nothing leaves the film"),
    )
    reference_temperature: float = reference_temperature()

    @property
    def concentration(self):
        """Formula units, mol/m3."""
        return self.formula_density / AVOGADRO

    @property
    def charge_density(self):
        """q_W, charge per volume and unit of gamma, C/m3."""
        return FARADAY * self.concentration

    def electrons(self, composition):
        """gamma = z (x - x_off) of composition x."""
        return self.charge * (composition - self.offset)
