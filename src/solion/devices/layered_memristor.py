"""A film with two kinds of layers between two ion-blocking electrodes: stages that hold one another, and what contacts see of it.

The line of :class:`solion.devices.FilmMemristor` with another region. With closed layers both inventories stay, so that stage 2
can form only where the layers were filled differently; with exchange the layers share their ions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from jax.core import Tracer

from solion.balances.layered_conduction import LayeredConduction
from solion.base.constants import SAME_TEMPERATURE
from solion.base.errors import InputError
from solion.base.parameters import assumed, inline, parameter
from solion.base.scaling import Scales
from solion.devices.device import AbstractDevice
from solion.devices.film_layer import SIGNS_OF_A_FILM, AbstractFilm
from solion.devices.layered_region import LAYERS, LayeredRegion
from solion.devices.line import Interface, LineSystem
from solion.devices.start import AbstractInitial, ByRegion, Phases, PhaseSeparated, Region
from solion.grids.line import Line
from solion.laws.charge_transfer import AbstractChargeTransfer
from solion.materials.layered_conductor import LayeredConductor
from solion.thermodynamics.layered_phases import layered_gaps

PINNING = 0.9  # cells in kappa^(1/2) h, as for one kind of layers


class LayeredFilm(AbstractFilm):
    """A film of two kinds of layers; each is given its own mean filling, from 0 to 1."""

    material: LayeredConductor
    thickness: float = parameter(unit="m", low=1e-10, high=1e-2, doc="h")
    first_filling: float = parameter(low=0, high=1, open_low=True, open_high=True, doc="mean of c_1")
    second_filling: float = parameter(low=0, high=1, open_low=True, open_high=True, doc="mean of c_2")

    def fillings(self):
        return self.first_filling, self.second_filling


class LayeredMemristor(AbstractDevice):
    """Film of two kinds of layers between two contacts, in series with a resistance.

    A start state is of each kind of layers by itself: ``ByRegion({"first": ..., "second": ...})``, ``first`` and ``second``.
    """

    top: AbstractChargeTransfer
    film: LayeredFilm = inline()
    bottom: AbstractChargeTransfer  # pyright: ignore[reportGeneralTypeIssues]
    series_resistance: float = parameter(
        0.0, unit="ohm m2", printed="V_T/i_D", low=0, doc="R_s, area-specific", source=assumed(0.0, "none unless given")
    )
    area: float = parameter(
        (500e-6) ** 2,
        unit="m2",
        low=0,
        open_low=True,
        doc="S, electrode area",
        source=assumed((500e-6) ** 2, "as of the films of one kind of layers"),
    )
    temperature: float = parameter(
        298.15, unit="K", low=1, high=3000, doc="T, uniform", source=assumed(298.15, "room temperature")
    )

    terminals: ClassVar[tuple[str, ...]] = ("top",)
    sign_convention: ClassVar[str] = SIGNS_OF_A_FILM
    initial: ClassVar[AbstractInitial] = ByRegion({name: PhaseSeparated() for name in LAYERS})
    watch: ClassVar[Mapping[str, float]] = {"composition_top": 0.5, "composition_bottom": 0.5}

    @property
    def here(self) -> LayeredFilm:
        """Its film at the device's temperature."""
        return self.film.at(self.temperature)

    def scales(self) -> Scales:
        """h, tau_D, V_T, i_D and the area of this device."""
        return self.here.scales(self.area, self.temperature)

    def system(self, cells: int) -> LineSystem:
        """The scaled equations on a uniform grid."""
        scales, film = self.scales(), self.here
        material = film.material
        rate = material.exchange * scales.time
        balance = LayeredConduction(
            grid=Line(cells),
            free_energy=material.free_energy,
            ion_law=material.ion_mobility,
            electron_law=material.electron_mobility,
            gradient_energy=material.gradient_energy / film.thickness**2,
            diffusivity_ratio=material.ion_diffusivity / material.electron_diffusivity,
            exchange_rate=rate,
        )
        open_layers = isinstance(rate, Tracer) or bool(rate != 0)
        return LineSystem(  # pyright: ignore[reportCallIssue]
            regions=(LayeredRegion(balance, scales.voltage, open_layers),),  # pyright: ignore[reportCallIssue]
            interfaces=(Interface("top", self.top, "after"), Interface("bottom", self.bottom, "before")),
            series_resistance=self.series_resistance * scales.current_density / scales.voltage,
            current_unit=scales.current_density,
        )

    def regions(self, cells: int) -> tuple[Region, ...]:
        film, law = self.film, self.film.material.free_energy
        if not float(law.electron_sites) > 1 + float(law.defects):
            raise InputError(
                f"device.film.material.electron_sites = {float(law.electron_sites):g} must exceed 1 + defects ="
                f" {1 + float(law.defects):g}, or full layers find no electrons."
            )
        each = zip(LAYERS, film.fillings(), strict=True)
        return tuple(Region(name, cells, float(mean), 1.0, ("top", "bottom"), self._phases) for name, mean in each)

    def arranged(self, parts):
        """Cell by cell, the first layer's content before the second's."""
        return np.stack(parts, axis=-1).ravel()

    def _phases(self) -> Phases | None:
        """An empty and a full layer at rest, as a start of each by itself."""
        gaps = layered_gaps(self.here.material.free_energy)
        if not gaps:
            return None
        width = 2 * math.sqrt(float(self.here.material.gradient_energy)) / float(self.film.thickness)
        return Phases(min(gaps[0].poor), max(gaps[-1].rich), width)

    def fewest_cells(self):
        material = self.here.material
        if not layered_gaps(material.free_energy):
            return 8
        return max(8, math.ceil(PINNING * float(self.film.thickness) / float(material.gradient_energy) ** 0.5))

    def facts(self):
        material = self.here.material
        gaps = layered_gaps(material.free_energy)
        return {
            "name": material.name,
            "two_phase": bool(gaps),
            "binodal": tuple(content for gap in gaps for content in gap.binodal),
            "plateaus": tuple(gap.plateau for gap in gaps),
        }

    def warnings(self, dataset):
        own, held = float(self.temperature), float(self.film.material.reference_temperature)
        material = self.film.material
        if abs(own - held) <= SAME_TEMPERATURE:
            return []
        energies = material.ion_activation_energy, material.electron_activation_energy
        still = [name for name, energy in zip(("ions", "electrons"), energies, strict=True) if float(energy) == 0]
        still += ["layers' exchange"] * (float(material.exchange) > 0)
        return [
            f"the device is at {own:g} K, its material's numbers hold at {held:g} K: energies, ideal mixing and rates with an"
            f" activation energy were taken to the device's temperature; those of {', '.join([*still, 'contacts'])} were not."
        ]
