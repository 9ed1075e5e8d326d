"""What a film with two kinds of layers is made of: a free energy of both fillings, mobilities, exchange, and scales."""

from __future__ import annotations

from typing import ClassVar

import equinox as eqx

from solion.base.parameters import Part, assumed, parameter, positive_parameter
from solion.laws.layered_energy import AbstractLayeredEnergy
from solion.laws.mobility import AbstractMobility, ExcludedVolume
from solion.materials.mixed_conductor import activation_energy_parameter, reference_temperature_parameter


class LayeredConductor(Part):
    """A solid whose ions lie in two kinds of layers, half of the sites in each, and which conducts electrons too.

    Ions carry the gradient term -kappa lap c_i, kappa = ``gradient_energy`` / thickness^2. They pass from layer to layer at the
    rate ``exchange`` (mu_1 - mu_2), zero where the layers are closed. Other numbers as in
    :class:`solion.materials.MixedConductor`.
    """

    holds_at: ClassVar[float | str | None] = "reference_temperature"
    name: str = eqx.field(static=True)
    free_energy: AbstractLayeredEnergy
    gradient_energy: float = positive_parameter(
        unit="m^2", high=1e-10, doc="kappa h^2, gradient penalty of the ions, k_B T per site"
    )
    concentration: float = positive_parameter(unit="mol/m^3", high=1e6, doc="c_0, concentration of ion sites in all layers")
    ion_diffusivity: float = positive_parameter(unit="m^2/s", high=1e-2, doc="D_p0, ion diffusivity at infinite dilution")
    electron_diffusivity: float = positive_parameter(
        unit="m^2/s", high=1e2, doc="D_n0, electron diffusivity at infinite dilution"
    )
    exchange: float = parameter(
        0.0,
        unit="1/s",
        low=0,
        high=1e12,
        doc="k_x, rate of exchange between the layers per k_B T of difference",
        source=assumed(0.0, "whole layers let no ions through"),
    )
    ion_mobility: AbstractMobility = ExcludedVolume()
    electron_mobility: AbstractMobility = ExcludedVolume()
    reference_temperature: float = reference_temperature_parameter()
    ion_activation_energy: float = activation_energy_parameter("E_p", "ion")
    electron_activation_energy: float = activation_energy_parameter("E_n", "electron")
