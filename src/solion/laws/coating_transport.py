"""How lithium moves in a layer of a coating: an alloy, an ion conductor, a conductor of both."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from solion.base.parameters import Part, parameter, positive_parameter
from solion.laws.coating import alloy_conductivity, mixed_diffusivity


class AbstractCoatingTransport(Part):
    """sigma_Li and what a layer stores. What is not known is None."""

    @abstractmethod
    def conductivity(self, temperature) -> Any:
        """sigma_Li, S/m: i = sigma_Li grad(mu_Li)/F at rest."""

    def chemical_diffusivity(self, temperature, electron_conductivity) -> Any:
        """D_chem, m2/s; None of a layer that stores no lithium worth counting, whose steady state comes at once."""
        return None

    @property
    def width(self) -> Any:
        """dc of the phase field, mol/m3, over which a flux can spread without a second phase."""
        return None

    @property
    def content(self) -> Any:
        """All lithium, mol/m3."""
        return None


class AlloyTransport(AbstractCoatingTransport):
    """sigma_Li = F^2 c D_chem/(W R T) of an alloy, in which electrons are quick."""

    concentration: float = positive_parameter(unit="mol/m3", high=2e5, doc="c_Li, all lithium of the phase")
    diffusivity: float = positive_parameter(unit="m2/s", high=1e-7, doc="D_chem; liquids at room temperature have 1e-9")
    thermodynamic_factor: float = positive_parameter(high=1e7, doc="W = dln a_Li/dln c_Li at lithium saturation; 1 of a tracer")
    phase_width: float = parameter(0.0, unit="mol/m3", low=0, high=2e5, doc="dc of the phase field; 0 where it is not known")

    def conductivity(self, temperature):
        return alloy_conductivity(self.concentration, self.diffusivity, self.thermodynamic_factor, temperature)

    def chemical_diffusivity(self, temperature, electron_conductivity):
        return self.diffusivity

    @property
    def width(self):
        return self.phase_width or None

    @property
    def content(self):
        return self.concentration


class IonTransport(AbstractCoatingTransport):
    """An ion conductor: sigma_Li is its ionic conductivity."""

    ion_conductivity: float = positive_parameter(unit="S/m", high=1e4, doc="sigma_i")

    def conductivity(self, temperature):
        return self.ion_conductivity


class WagnerTransport(AbstractCoatingTransport):
    """A conductor of both: at rest sigma_i counts, in time D_chem = (R T/F^2)(W/c) sigma_i sigma_e/(sigma_i + sigma_e)."""

    ion_conductivity: float = positive_parameter(unit="S/m", high=1e4, doc="sigma_i")
    concentration: float = positive_parameter(unit="mol/m3", high=2e5, doc="c_Li")
    thermodynamic_factor: float = positive_parameter(high=1e7, doc="W at lithium saturation")

    def conductivity(self, temperature):
        return self.ion_conductivity

    def chemical_diffusivity(self, temperature, electron_conductivity):
        return mixed_diffusivity(
            self.ion_conductivity, electron_conductivity, self.concentration, self.thermodynamic_factor, temperature
        )

    @property
    def content(self):
        return self.concentration
