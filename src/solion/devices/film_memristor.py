"""An intercalation film between two ion-blocking electrodes: the memristor of multiphase polarization.

Source: Tian and Bazant, "Interfacial resistive switching by multiphase polarization in ion-intercalation nanofilms".
The top contact is at x = 0 and carries the applied voltage through a series resistance, the bottom one at x = h is
grounded. A positive current runs from top to bottom, and drives the ions to the bottom.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from solion.base.constants import AVOGADRO, SAME_TEMPERATURE
from solion.base.errors import InputError
from solion.base.parameters import assumed, inline, parameter
from solion.base.scaling import Scales
from solion.devices.device import AbstractDevice, RunDefaults
from solion.devices.extent import AbstractExtent, Alike
from solion.devices.film_layer import SIGNS_OF_A_FILM, Film
from solion.devices.film_region import Contact, FilmRegion
from solion.devices.film_space import FilmInSpace, modes_of
from solion.devices.fluctuations import AbstractFluctuations, Still
from solion.devices.heated_line import AbstractHeat, HeatedLine, Isothermal
from solion.devices.line import Interface, LineSystem
from solion.devices.local_laws import LocalWetting
from solion.devices.series import AbstractSeries, InLead
from solion.devices.start import AbstractInitial, PhaseSeparated, Region
from solion.devices.start_in_space import Wavy
from solion.grids.sides import AbstractSides
from solion.laws.charge_transfer import AbstractChargeTransfer, ActivatedTransfer
from solion.laws.wetting import NeutralWetting
from solion.materials.temperature import arrhenius
from solion.numerics.stepping.integrate import Tolerance
from solion.thermodynamics import (
    cells_that_let_go,
    complete_wetting,
    critical_current,
    front_pinning,
    interface,
    phase_diagram,
    surface_pull,
)

PINNING = 0.9  # cells in kappa^(1/2) h, fewer of which hold a front between phases where it is
PINNED = 0.1  # of what the tension does to the longest wave across, above which the hold of a grid on a front is told
FELT = 0.01  # B above which a clamped film's critical current differs by more than 0.3 %
SEEDED = 1e-9  # difference of composition across that is no round-off
MOST_WETTING = 25.0  # k_B T per site of the cell at a contact; its composition falls to e^-25 then


class FilmMemristor(AbstractDevice):
    """Film between two contacts, in series with a resistance. Initial states are in :mod:`solion.devices.start`."""

    top: Contact
    film: Film = inline()
    bottom: Contact  # pyright: ignore[reportGeneralTypeIssues]
    series_resistance: float = parameter(
        0.0, unit="ohm m2", printed="V_T/i_D", low=0, doc="R_s, area-specific", source=assumed(0.0, "none unless given")
    )
    area: float = parameter(
        (500e-6) ** 2,
        unit="m2",
        low=0,
        open_low=True,
        doc="S, electrode area",
        source=assumed((500e-6) ** 2, "the electrodes of Tian and Bazant, 500 um x 500 um"),
    )
    temperature: float = parameter(
        298.15, unit="K", low=1, high=3000, doc="T, uniform", source=assumed(298.15, "room temperature")
    )
    extent: AbstractExtent = Alike()
    heat: AbstractHeat = Isothermal()
    fluctuations: AbstractFluctuations = Still()
    series: AbstractSeries = InLead()

    terminals: ClassVar[tuple[str, ...]] = ("top",)
    sign_convention: ClassVar[str] = SIGNS_OF_A_FILM

    initial: ClassVar[AbstractInitial] = PhaseSeparated()
    watch: ClassVar[Mapping[str, float]] = {"composition_top": 0.5, "composition_bottom": 0.5}

    def unless_given(self):
        """In space the front is wavy, or round-off would decide what grows in its plane; a contact is also watched for where it
        first changes phase; and steps are of order 3, which suits 2e-5."""
        level = self.switching_level
        watch = dict.fromkeys(self.watch, level)
        if not self.extent.resolved:
            return RunDefaults(self.initial, self.tolerance, watch)
        first = {"least_composition_top": level, "greatest_composition_bottom": level}
        return RunDefaults(Wavy(), Tolerance(2e-5, 2e-5), {**watch, **first})

    @property
    def switching_level(self) -> float:
        """Composition c/c_0 at an end that counts as its change of phase: 0.5 in a film of one gap (Tian and Bazant, Fig. 2a),
        else the middle of the unstable states in the gap that holds the filling."""
        if any(isinstance(leaf, Tracer) for leaf in jax.tree.leaves((self.film, self.temperature))):
            return 0.5  # inside JAX phases are not known; whoever traces a film of several stages names its levels
        phases = phase_diagram(self.here.solid)
        gap = phases.at(float(self.film.filling))
        return 0.5 if gap is None or len(phases.stages) == 1 else sum(gap.spinodal) / 2

    @property
    def here(self) -> Film:
        """Its film at the device's temperature."""
        return self.film.at(self.temperature)

    def scales(self) -> Scales:
        """h, tau_D, V_T, i_D and the area of this device."""
        return self.here.scales(self.area, self.temperature)

    def region(self, cells: int) -> FilmRegion:
        """The scaled equations of its film on a uniform grid."""
        return self.here.region(cells, self.scales(), wettings=(self.wetting_law(self.top), self.wetting_law(self.bottom)))

    def require_line(self, asks: str) -> None:
        """Refuse, in the name of what ``asks``, a film that is not of one dimension."""
        if self.extent.resolved:
            raise InputError(
                f"{asks}: device.extent = {type(self.extent).__name__} makes it a film in space, and this is an answer for one"
                " dimension; leave the extent out, or ask runs of it and solion.explore.lateral_growth."
            )

    def wetting_law(self, contact: Contact) -> Any:
        """The law of a contact's wetting on this film."""
        return contact.wetting.of(lambda: surface_pull(self.here.solid, self.film.thickness))

    def transfer(self, contact: Contact) -> AbstractChargeTransfer:
        """The law of a contact at the device's temperature."""
        energy, reference = contact.activation_energy, self.film.material.reference_temperature
        if not isinstance(energy, Tracer) and energy == 0:
            return contact.transfer
        return ActivatedTransfer(contact.transfer, arrhenius(energy, self.temperature, reference))  # pyright: ignore

    def _in_space(self, cells: int) -> FilmInSpace:
        """The scaled equations where the film has an extent."""
        if self.film.mechanics.acts:
            raise InputError(
                f"device.mechanics = {type(self.film.mechanics).__name__}: the stress of a film in space is not followed; leave"
                " the extent out, or the mechanics."
            )
        scales, sides = self.scales(), self.extent.sides(cells, self.film.thickness)
        width, depth = (float(length * self.film.thickness) for length in sides.lengths)

        for name, contact in (("top", self.top), ("bottom", self.bottom)):
            if isinstance(contact.wetting, NeutralWetting) and not contact.wettings.even:
                raise InputError(
                    f"device.{name}.wettings: a neutral contact has no wetting that could differ from place to place; give it one"
                    ", such as contact_angle, or leave the pattern out."
                )
            if contact.transfer.spreads and not contact.rates.even:
                raise InputError(
                    f"device.{name}.rates: a contact that passes the same current everywhere has no rate that could differ from"
                    " place to place; give it a law of transfer, or leave the pattern out."
                )

        def wetting(contact: Contact) -> Any:
            law = self.wetting_law(contact)
            return law if contact.wettings.even else LocalWetting(law, contact.wettings.factors(sides.cells, (width, depth)))

        resistance, local = self.series_resistance * scales.current_density / scales.voltage, self.series.shares()
        return FilmInSpace(  # pyright: ignore[reportCallIssue]
            self.here.region(cells, scales, wettings=(wetting(self.top), wetting(self.bottom))),
            sides,
            modes_of(sides),
            (self.transfer(self.top), self.transfer(self.bottom)),
            np.stack([contact.rates.factors(sides.cells, (width, depth)) for contact in (self.top, self.bottom)]),
            resistance * (1 - sum(local)),
            resistance * jnp.stack([jnp.asarray(share, float) for share in local]),
            scales.current_density,
            self._noise(sides, cells),
            self.extent.spread(sides),
            method=self.fluctuations.method(float(scales.time)),
        )

    def _noise(self, sides: AbstractSides, cells: int) -> Any:
        """The noise of its ions; of a poor phase there are the fewest."""
        phases, filling = self.here._phases(), float(self.film.filling)
        leanest = min(filling, phases.poor) if phases else filling
        sites = float(self.film.material.concentration) * AVOGADRO
        return self.fluctuations.noise(sides, cells, float(self.film.thickness), sites, leanest)

    def system(self, cells: int) -> LineSystem | HeatedLine | FilmInSpace:
        """The scaled equations on a uniform grid."""
        material = self.film.material
        energies = material.ion_activation_energy, material.electron_activation_energy
        contacts = self.top.activation_energy, self.bottom.activation_energy
        return self.heat.of(self._system(cells), self.scales(), self.temperature, *energies, contacts)

    def _system(self, cells: int) -> LineSystem | FilmInSpace:
        scales = self.scales()
        if self.extent.resolved:
            return self._in_space(cells)
        if not self.fluctuations.plain:
            raise InputError(
                "device.fluctuations: noise is of a film in space, and so are steps of another kind; give the device an"
                ' extent, such as [device.extent] kind = "mirrored", width = "160 nm", or take Still().'
            )
        if self.series.local:
            raise InputError(
                "device.series: in one dimension the whole current is that of every point, and where R_s lies makes no difference"
                "; leave it out, or give the device an extent."
            )
        for name, contact in (("top", self.top), ("bottom", self.bottom)):
            if not (contact.rates.even and contact.wettings.even):
                raise InputError(
                    f"device.{name}: its rates or wettings differ from place to place, which a film in one dimension cannot have;"
                    ' give the device an extent, such as [device.extent] kind = "mirrored", width = "160 nm".'
                )
        return LineSystem(  # pyright: ignore[reportCallIssue]
            regions=(self.region(cells),),
            interfaces=(
                Interface("top", self.transfer(self.top), "after"),
                Interface("bottom", self.transfer(self.bottom), "before"),
            ),
            series_resistance=self.series_resistance * scales.current_density / scales.voltage,
            current_unit=scales.current_density,
        )

    def regions(self, cells: int) -> tuple[Region, ...]:
        for name, steepest in self.wetting_slopes().items():
            if steepest * cells > MOST_WETTING:
                raise InputError(
                    f"device.{name}.wetting: its energy changes with composition by up to {steepest:.3g} k_B T h, all of it in"
                    f" one of {cells} cells; allowed there is at most {MOST_WETTING / cells:.3g}. Take a weaker wetting."
                )
        here = self.here.start_region(cells)
        if self.extent.resolved:
            sides = self.extent.sides(cells, self.film.thickness)
            width, depth = map(float, sides.lengths)
            here = here._replace(across=sides.cells, reach=(width, depth), repeats=self.extent.repeats)
        return (here,)

    def _activation_energies(self) -> dict[str, float]:
        """Activation energies (eV) of what a film's rates are made of, by the names of their keys."""
        material = self.film.material
        return {
            "device.material.ion_activation_energy": float(material.ion_activation_energy),
            "device.material.electron_activation_energy": float(material.electron_activation_energy),
            "device.top.activation_energy": float(self.top.activation_energy),
            "device.bottom.activation_energy": float(self.bottom.activation_energy),
        }

    def wetting_slopes(self) -> dict[str, float]:
        """|d(energy)/dc| at its steepest, by the name of each contact that is not neutral."""
        composition = np.linspace(0, float(self.film.material.free_energy.capacity), 101)[1:-1]
        return {
            name: float(np.max(np.abs(jax.vmap(self.wetting_law(contact).slope)(jnp.asarray(composition)))))
            for name, contact in (("top", self.top), ("bottom", self.bottom))
            if not isinstance(contact.wetting, NeutralWetting)
        }

    def fewest_cells(self):
        material = self.here.solid
        if not phase_diagram(material).two_phase:
            return 8
        width = float(material.gradient_energy) ** 0.5  # kappa^(1/2) h
        return max(8, math.ceil(PINNING * float(self.film.thickness) / width))

    def facts(self):
        material = self.here.solid
        phases = phase_diagram(material)
        try:
            critical = critical_current(material, float(self.film.filling))
        except InputError:
            critical = None
        return {
            "name": material.name,
            "two_phase": phases.two_phase,
            "spinodal": phases.spinodal,
            "binodal": phases.binodal,
            "plateau": phases.plateau if phases.two_phase else None,
            "plateaus": tuple(gap.plateau for gap in phases.stages),
            "critical_current": critical,
        }

    def warnings(self, dataset):
        found = []
        own, held = float(self.temperature), float(self.film.material.reference_temperature)
        unmoved = [name for name, energy in self._activation_energies().items() if energy == 0]
        if abs(own - held) > SAME_TEMPERATURE and unmoved:
            found.append(
                f"the device is at {own:g} K, its material's numbers hold at {held:g} K: energies and ideal mixing were taken to"
                f" the device's temperature, but {', '.join(unmoved)} {'is' if len(unmoved) == 1 else 'are'} zero, so that these"
                " rates do not change with it; give activation energies where they are known."
            )
        stiff = float(self.film.material.misfit.coefficient(self.film.material.concentration, held))
        if stiff > FELT and not self.film.mechanics.acts:
            found.append(
                f"the material swells: held in its plane it would have B = {stiff:.2g} k_B T, which changes its gap and its"
                " critical current, but no stress acts, since device.mechanics is left out; give clamped, flat, bending or"
                " on_substrate."
            )
        least = float(dataset["composition"].min())
        if least < 1e-6:
            found.append(
                f"ions are depleted below 1e-6 of the sites in part of the film (down to {least:.1e}); there the"
                " electroneutral model is at its limit."
            )
        material, thickness = self.here.solid, float(self.film.thickness)
        for name, slope in self.wetting_slopes().items():
            limit = complete_wetting(material, thickness, float(self.film.filling))
            if slope > limit:
                found.append(
                    f"the {name} contact wets completely: its energy changes by {slope:.2g} k_B T h with composition, more"
                    f" than the {limit:.2g} that a profile can balance; ions empty or fill a layer thinner than a cell"
                    " there, whose resistance depends on the grid."
                )
        seeds = *self._without_seed(dataset), *self._without_wiggle(dataset)
        return [*found, *self._coarse(dataset.sizes["x"]), *seeds, *self.fluctuations.notes()]

    def _coarse(self, cells: int) -> Iterator[str]:
        """A grid whose cells are coarse for the interface, or hold a front against what slow waves across the film would do."""
        material, thickness, filling = self.here.solid, float(self.film.thickness), float(self.film.filling)
        phases = phase_diagram(material)
        gap = phases.at(filling) or next(iter(phases.stages), None)
        if gap is None:
            return
        content, sides = gap.binodal[0], self.extent.sides(cells, self.film.thickness)
        width = interface(material, composition=content).width
        fewest = int(4 * thickness / width) + 1
        if not self.extent.resolved:
            if thickness / cells > 0.25 * width:
                yield (
                    f"cells of {thickness / cells:.2g} m are coarse for an interface {width:.2g} m wide, which needs four or"
                    f" more; use at least {fewest} cells."
                )
            return
        across = [(n, float(h)) for n, h in zip(sides.cells, sides.spacing, strict=True) if n > 1]
        longest = min(np.pi / (n * h) for n, h in across) * (1 + self.extent.repeats) / thickness
        widest = max(h for _, h in across) * thickness
        lies = front_pinning(material, thickness / cells, content) / longest**2
        stands = front_pinning(material, widest, content) / (np.pi / thickness) ** 2
        if max(lies, stands) > PINNED:
            fewest = max(fewest, cells_that_let_go(material, thickness, longest, PINNED, content))
            along = " and ".join(str(math.ceil(n * h * fewest - 1e-9)) for n, h in across)
            yield (
                f"{cells} cells across hold a front that lies along the film with up to {lies:.2g} times the force of its tension"
                f" on the longest wave, {2 * np.pi / longest:.2g} m, and those of {widest:.2g} m along it one that stands, such"
                f" as the flank of an island or a hole, with up to {stands:.2g} times that on a wave as long as the film is"
                f" thick: what is slow moves at another rate, or not at all. Use at least {fewest} cells, and {along} along the"
                " film."
            )

    def _without_wiggle(self, dataset) -> Iterator[str]:
        """A film with an extent in which nothing differed across: whether it would, is then not said by the run."""
        unseeded = self.alike and self.fluctuations.still
        if self.extent.resolved and unseeded and float(dataset["lateral_spread"].values[0]) < SEEDED:
            yield (
                "the film began the same everywhere across, and nothing in it differs from place to place: fingers and patches"
                " then grow from round-off or not at all, so that the run does not say whether they would. Start it with"
                " Wavy(...) or Rough(...)."
            )

    @property
    def alike(self) -> bool:
        """Whether its contacts are the same everywhere."""
        return all(pattern.even for contact in (self.top, self.bottom) for pattern in (contact.rates, contact.wettings))

    def _without_seed(self, dataset) -> Iterator[str]:
        """A uniform film between the limits of stability that stayed so: nothing in the model makes it begin to separate."""
        phases = phase_diagram(self.here.solid)
        ends = dataset["composition"].values[[0, -1]].reshape(2, -1)
        if not phases.two_phase or np.ptp(ends, axis=1).max() > 1e-6:
            return
        mean = float(ends[0].mean())
        if any(low < mean < high for low, high in zip(phases.spinodal[::2], phases.spinodal[1::2], strict=False)):
            yield (
                f"the film began and stayed uniform at c = {mean:.3g}, between the limits of stability, where any unevenness"
                " would grow: start it uneven, with PhaseSeparated() or a Profile((0, 1), ...) that leans."
            )
