"""What a film material is: a free energy, two mobilities, and the scales that give them units."""

from __future__ import annotations

from typing import ClassVar

import equinox as eqx

from solion.base.parameters import Part, assumed, parameter, positive_parameter
from solion.laws.free_energy import AbstractFreeEnergy
from solion.laws.misfit import AbstractMisfit, NoMisfit
from solion.laws.mobility import AbstractMobility, ExcludedVolume


class MixedConductor(Part):
    """A solid that conducts ions and electrons, and may separate into ion-poor and ion-rich phases.

    Contents are counted in units of ``concentration``, c = c_p/c_0. With kappa = ``gradient_energy`` / thickness^2,
    each of mu_p and mu_n carries the gradient term -kappa lap c, and diffusivities enter as D_k = D_k0 M_k(c)/c.
    Numbers are replaced by ``dataclasses.replace(material, concentration=...)``, or deeper with ``eqx.tree_at``; the
    table of parameters then reports them as the user's.

    All numbers hold at ``reference_temperature``; :func:`solion.materials.at_temperature` gives them at another one, where
    diffusivities follow Arrhenius with these activation energies.
    """

    holds_at: ClassVar[float | str | None] = "reference_temperature"
    name: str = eqx.field(static=True)
    free_energy: AbstractFreeEnergy
    gradient_energy: float = positive_parameter(
        unit="m^2", high=1e-12, doc="kappa h^2, gradient penalty, k_B T per reference site"
    )
    concentration: float = positive_parameter(unit="mol/m^3", high=1e6, doc="c_0, reference concentration of ion sites")
    ion_diffusivity: float = positive_parameter(unit="m^2/s", high=1e-2, doc="D_p0, ion diffusivity at infinite dilution")
    electron_diffusivity: float = positive_parameter(
        unit="m^2/s", high=1e2, doc="D_n0, electron diffusivity at infinite dilution"
    )
    ion_mobility: AbstractMobility = ExcludedVolume()
    electron_mobility: AbstractMobility = ExcludedVolume()
    misfit: AbstractMisfit = NoMisfit()
    reference_temperature: float = parameter(
        298.15,
        unit="K",
        low=1,
        high=3000,
        doc="T_ref, temperature of all numbers of the material",
        source=assumed(298.15, "room temperature, where the source names none"),
    )
    ion_activation_energy: float = parameter(
        0.0,
        unit="eV",
        low=0,
        high=10,
        doc="E_p, activation energy of the ion diffusivity",
        source=assumed(0.0, "unknown: the ion diffusivity is taken as constant in temperature"),
    )
    electron_activation_energy: float = parameter(
        0.0,
        unit="eV",
        low=0,
        high=10,
        doc="E_n, activation energy of the electron diffusivity",
        source=assumed(0.0, "unknown: the electron diffusivity is taken as constant in temperature"),
    )
