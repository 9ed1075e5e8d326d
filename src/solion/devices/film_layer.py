"""The layer of a film memristor by itself: its material, its thickness, how full it is, and what holds it in its plane."""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from typing import Any, NamedTuple, Self

import equinox as eqx

from solion.balances.mixed_conduction import MixedConduction
from solion.base.errors import InputError
from solion.base.parameters import Part, parameter
from solion.base.scaling import Scales, mixed_conductor_scales
from solion.devices.film_region import FilmRegion, RegionUnits
from solion.devices.film_stress import AbstractMechanics, Unstressed
from solion.devices.start import Phases, Region
from solion.grids.line import Line
from solion.laws.wetting import AbstractWetting, NeutralWetting
from solion.materials.mixed_conductor import MixedConductor
from solion.materials.temperature import at_temperature
from solion.thermodynamics import interface, phase_diagram

SIGNS_OF_A_FILM = (
    "A positive voltage at the top drives a positive current from top to bottom through the film, and ions to the"
    " bottom, which is grounded; x runs from top to bottom; an overpotential is positive where it drives current"
    " from the electrode into the film."
)


class FilmUnits(NamedTuple):
    """The units in which the numbers of a film are printed, in SI, to multiply with: ``rate=1e-3 * film.units.i_D``.

    ``tau_D`` = h^2/D_p0 (s), ``V_T`` = k_B T/e (V), ``i_D`` = D_n0 c_0 F/h (A/m2). A resistance of 100 is
    ``100 * units.V_T / units.i_D`` (ohm m2).
    """

    tau_D: Any
    V_T: Any
    i_D: Any


class AbstractFilm(Part):
    """A film by what its scales need: what it is made of, and how thick it is."""

    material: eqx.AbstractVar[Any]
    thickness: eqx.AbstractVar[float]

    @abstractmethod
    def fillings(self) -> tuple[Any, ...]:
        """Mean contents of what its ions are in: one kind of sites, or each kind of layers."""

    def at(self, temperature) -> Self:
        """The film with its material at a temperature (K), itself where the material's numbers hold there."""
        material = at_temperature(self.material, temperature)
        return self if material is self.material else dataclasses.replace(self, material=material)

    @property
    def units(self) -> FilmUnits:
        """i_D, V_T, tau_D of this film at its material's reference temperature."""
        return self.units_at(self.material.reference_temperature)

    def units_at(self, temperature) -> FilmUnits:
        """i_D, V_T, tau_D of this film at a temperature (K)."""
        scales = self.at(temperature).scales(1.0, temperature)
        return FilmUnits(scales.time, scales.voltage, scales.current_density)

    def scales(self, area, temperature) -> Scales:
        """h, tau_D, V_T, i_D and an area."""
        material = self.material
        return mixed_conductor_scales(
            thickness=self.thickness,
            area=area,
            concentration=material.concentration,
            ion_diffusivity=material.ion_diffusivity,
            electron_diffusivity=material.electron_diffusivity,
            temperature=temperature,
        )


class Film(AbstractFilm):
    """A film of a mixed conductor."""

    material: MixedConductor
    thickness: float = parameter(unit="m", low=1e-10, high=1e-2, doc="h")
    filling: float = parameter(low=0, high=1, open_low=True, open_high=True, doc="mean composition c_m of the ions")
    mechanics: AbstractMechanics = Unstressed()

    def fillings(self):
        return (self.filling,)

    @property
    def solid(self) -> MixedConductor:
        """The material as this film holds it: with the elastic energy of a flat film, where it is held."""
        return self.mechanics.solid(self.material, self.filling)

    def region(
        self,
        cells: int,
        own: Scales,
        line: Scales | None = None,
        name: str = "film",
        ends: tuple[str, str] = ("top", "bottom"),
        wettings: tuple[AbstractWetting, AbstractWetting] = (NeutralWetting(), NeutralWetting()),
    ) -> FilmRegion:
        """Its scaled equations between two ends of a line whose scales are ``line``, or its ``own``."""
        material, grid = self.material, Line(cells)
        law, held = self.mechanics.stressed(material, self.filling, self.thickness, grid)
        balance = MixedConduction(
            grid=grid,
            free_energy=law,
            ion_law=material.ion_mobility,
            electron_law=material.electron_mobility,
            gradient_energy=material.gradient_energy / self.thickness**2,
            diffusivity_ratio=material.ion_diffusivity / material.electron_diffusivity,
        )
        units = RegionUnits()
        if line is not None:
            units = RegionUnits(line.length / own.length, line.time / own.time, line.current_density / own.current_density)
        sites = material.free_energy.capacity
        return FilmRegion(balance, wettings, sites, own.voltage, ends, name, units, held)  # pyright: ignore[reportCallIssue]

    def start_region(
        self, cells: int, name: str = "film", ends: tuple[str, str] = ("top", "bottom"), key: str = "device"
    ) -> Region:
        """What a start state may know of it; refuses a filling beyond its sites, at the film's ``key``."""
        capacity, filling = float(self.material.free_energy.capacity), float(self.filling)
        if not capacity > 0:
            raise InputError(f"{key}.material.electron_sites must exceed defects, or no ion finds an electron.")
        if not filling < capacity:
            raise InputError(
                f"{key}.filling = {filling:g} is outside its allowed range (0, {capacity:g}), the sites of the film."
            )
        return Region(name, cells, filling, capacity, ends, self._phases)

    def _phases(self) -> Phases | None:
        """The two phases at rest, where the material has them at this filling."""
        filling, solid = float(self.filling), self.solid
        gap = phase_diagram(solid).at(filling)
        if gap is None:
            return None
        width = interface(solid, composition=filling).width / float(self.thickness)
        return Phases(*gap.binodal, width)
