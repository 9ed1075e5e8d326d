"""What a film material is: a free energy, two mobilities, and the scales that give them units."""

from __future__ import annotations

from typing import Any, ClassVar

import equinox as eqx

from solion.base.parameters import Part, assumed, parameter, positive_parameter
from solion.laws.free_energy import AbstractFreeEnergy
from solion.laws.misfit import AbstractMisfit, NoMisfit
from solion.laws.mobility import AbstractMobility, ExcludedVolume


def reference_temperature_parameter() -> Any:
    """The temperature at which a material's numbers hold."""
    return parameter(
        298.15,
        unit="K",
        low=1,
        high=3000,
        doc="T_ref, temperature of all numbers of the material",
        source=assumed(298.15, "room temperature, where the source names none"),
    )


def activation_energy_parameter(symbol: str, carrier: str) -> Any:
    """Of Arrhenius' law of a carrier's diffusivity; zero where it is unknown."""
    return parameter(
        0.0,
        unit="eV",
        low=0,
        high=10,
        doc=f"{symbol}, activation energy of the {carrier} diffusivity",
        source=assumed(0.0, f"unknown: the {carrier} diffusivity is taken as constant in temperature"),
    )


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
    reference_temperature: float = reference_temperature_parameter()
    ion_activation_energy: float = activation_energy_parameter("E_p", "ion")
    electron_activation_energy: float = activation_energy_parameter("E_n", "electron")
