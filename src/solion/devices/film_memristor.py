"""An intercalation film between two ion-blocking electrodes: the memristor of multiphase polarization.

Source: Tian and Bazant, "Interfacial resistive switching by multiphase polarization in ion-intercalation nanofilms".
The top contact is at x = 0 and carries the applied voltage through a series resistance, the bottom one at x = h is
grounded. A positive current runs from top to bottom, and drives the ions to the bottom.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from solion.balances.electrode import Junction, join, overpotential
from solion.balances.mixed_conduction import Faces, MixedConduction
from solion.base.errors import InputError
from solion.base.parameters import Part, assumed, inline, parameter
from solion.base.quantity import Quantity
from solion.base.scaling import Scales, mixed_conductor_scales
from solion.devices.device import AbstractDevice, AbstractDeviceSystem, Guard, first_terminal
from solion.devices.start import AbstractInitial, Phases, PhaseSeparated, Region
from solion.grids.line import Line, materialise
from solion.laws.charge_transfer import AbstractChargeTransfer, Surface
from solion.laws.free_energy import chemical_potentials
from solion.laws.wetting import AbstractWetting, NeutralWetting
from solion.materials.mixed_conductor import MixedConductor
from solion.numerics.roots import increasing_root
from solion.protocols.drive import Drive
from solion.thermodynamics import critical_current, interface, phase_diagram, steepest_gradient

EDGE = 1e-6  # c/c_0; a surface this near to empty or full is exhausted
SAME_TEMPERATURE = 0.5  # K; numbers of a material do not tell temperatures this near apart
MOST_WETTING = 25.0  # k_B T per site of the cell at a contact; its composition falls to e^-25 then


class FilmUnits(NamedTuple):
    """The units in which the numbers of a film are printed, in SI, to multiply with: ``rate=1e-3 * film.units.i_D``.

    ``tau_D`` = h^2/D_p0 (s), ``V_T`` = k_B T/e (V), ``i_D`` = D_n0 c_0 F/h (A/m2). A resistance of 100 is
    ``100 * units.V_T / units.i_D`` (ohm m2).
    """

    tau_D: Any
    V_T: Any
    i_D: Any


class Film(Part):
    """A film of a mixed conductor."""

    material: MixedConductor
    thickness: float = parameter(unit="m", low=1e-10, high=1e-2, doc="h")
    filling: float = parameter(low=0, high=1, open_low=True, open_high=True, doc="mean composition c_m of the ions")

    @property
    def units(self) -> FilmUnits:
        """i_D, V_T, tau_D of this film at its material's reference temperature."""
        return self.units_at(self.material.reference_temperature)

    def units_at(self, temperature) -> FilmUnits:
        """i_D, V_T, tau_D of this film at a temperature (K)."""
        material = self.material
        scales = mixed_conductor_scales(
            thickness=self.thickness, area=1.0, concentration=material.concentration,
            ion_diffusivity=material.ion_diffusivity, electron_diffusivity=material.electron_diffusivity,
            temperature=temperature,
        )  # fmt: skip
        return FilmUnits(scales.time, scales.voltage, scales.current_density)


class Contact(Part):
    """An electrode that exchanges electrons, but no ions, with the film."""

    transfer: AbstractChargeTransfer = inline()
    wetting: AbstractWetting = NeutralWetting()


class FilmMemristor(AbstractDevice):
    """Film between two contacts, in series with a resistance. Initial states are in :mod:`solion.devices.start`."""

    top: Contact
    film: Film = inline()
    bottom: Contact  # pyright: ignore[reportGeneralTypeIssues]
    series_resistance: float = parameter(
        0.0,
        unit="ohm m2",
        printed="V_T/i_D",
        low=0,
        doc="R_s, area-specific",
        source=assumed(0.0, "none unless given"),
    )
    area: float = parameter(
        (500e-6) ** 2, unit="m2", low=0, open_low=True, doc="S, electrode area",
        source=assumed((500e-6) ** 2, "the electrodes of Tian and Bazant, 500 um x 500 um"),
    )  # fmt: skip
    temperature: float = parameter(
        298.15, unit="K", low=1, high=3000, doc="T, uniform", source=assumed(298.15, "room temperature")
    )

    terminals: ClassVar[tuple[str, ...]] = ("top",)
    sign_convention: ClassVar[str] = (
        "A positive voltage at the top drives a positive current from top to bottom through the film, and ions to the"
        " bottom, which is grounded; x runs from top to bottom; an overpotential is positive where it drives current"
        " from the electrode into the film."
    )

    initial: ClassVar[AbstractInitial] = PhaseSeparated()
    watch: ClassVar[Mapping[str, float]] = {"composition_top": 0.5, "composition_bottom": 0.5}

    def scales(self) -> Scales:
        """h, tau_D, V_T, i_D and the area of this device."""
        material = self.film.material
        return mixed_conductor_scales(
            thickness=self.film.thickness, area=self.area, concentration=material.concentration,
            ion_diffusivity=material.ion_diffusivity, electron_diffusivity=material.electron_diffusivity,
            temperature=self.temperature,
        )  # fmt: skip

    def system(self, cells: int) -> FilmSystem:
        """The scaled equations on a uniform grid."""
        material = self.film.material
        balance = MixedConduction(
            grid=Line(cells), free_energy=material.free_energy, ion_law=material.ion_mobility,
            electron_law=material.electron_mobility,
            gradient_energy=material.gradient_energy / self.film.thickness**2,
            diffusivity_ratio=material.ion_diffusivity / material.electron_diffusivity,
        )  # fmt: skip
        scales = self.scales()
        return FilmSystem(
            balance, self.top, self.bottom, self.series_resistance * scales.current_density / scales.voltage,
            material.free_energy.capacity, scales.voltage, scales.current_density,
        )  # fmt: skip

    def regions(self, cells: int) -> tuple[Region, ...]:
        capacity, filling = float(self.film.material.free_energy.capacity), float(self.film.filling)
        if not capacity > 0:
            raise InputError("device.material.electron_sites must exceed defects, or no ion finds an electron.")
        if not filling < capacity:
            raise InputError(
                f"device.filling = {filling:g} is outside its allowed range (0, {capacity:g}), the sites of the film."
            )
        for name, steepest in self._wetting_slopes().items():
            if steepest * cells > MOST_WETTING:
                raise InputError(
                    f"device.{name}.wetting: its energy changes with composition by up to {steepest:.3g} k_B T h, all of it in"
                    f" one of {cells} cells; allowed there is at most {MOST_WETTING / cells:.3g}. Take a weaker wetting."
                )
        return (Region("film", cells, filling, capacity, ("top", "bottom"), self._phases),)

    def _phases(self) -> Phases | None:
        """The two phases at rest, where the material has them."""
        material = self.film.material
        phases = phase_diagram(material)
        if not phases.two_phase:
            return None
        width = interface(material).width / float(self.film.thickness)
        return Phases(phases.binodal[0], phases.binodal[-1], width)

    def _wetting_slopes(self) -> dict[str, float]:
        """|d(energy)/dc| at its steepest, by the name of each contact that is not neutral."""
        composition = np.linspace(0, float(self.film.material.free_energy.capacity), 101)[1:-1]
        return {
            name: float(np.max(np.abs(jax.vmap(contact.wetting.slope)(jnp.asarray(composition)))))
            for name, contact in (("top", self.top), ("bottom", self.bottom))
            if not isinstance(contact.wetting, NeutralWetting)
        }

    def facts(self):
        material = self.film.material
        phases = phase_diagram(material)
        try:
            critical = critical_current(material, float(self.film.filling))
        except InputError:
            critical = None
        return {
            "name": material.name, "two_phase": phases.two_phase, "spinodal": phases.spinodal, "binodal": phases.binodal,
            "plateau": phases.plateau if phases.two_phase else None, "critical_current": critical,
        }  # fmt: skip

    def warnings(self, dataset):
        found = []
        own, held = float(self.temperature), float(self.film.material.reference_temperature)
        if abs(own - held) > SAME_TEMPERATURE:
            found.append(
                f"the device is at {own:g} K, but every number of its material holds at {held:g} K and is used as it is; take"
                f" solion.materials.at_temperature(material, {own:g}), where the material's laws allow it."
            )
        least = float(dataset["composition"].min())
        if least < 1e-6:
            found.append(
                f"ions are depleted below 1e-6 of the sites in part of the film (down to {least:.1e}); there the"
                " electroneutral model is at its limit."
            )
        material, thickness = self.film.material, float(self.film.thickness)
        for name, slope in self._wetting_slopes().items():
            limit = (
                2 * float(material.gradient_energy) / thickness * steepest_gradient(material, float(self.film.filling))
            )
            if slope > limit:
                found.append(
                    f"the {name} contact wets completely: its energy changes by {slope:.2g} k_B T h with composition, more"
                    f" than the {limit:.2g} that a profile can balance; ions empty or fill a layer thinner than a cell"
                    " there, whose resistance depends on the grid."
                )
        spacing = thickness / dataset.sizes["x"]
        if phase_diagram(material).two_phase:
            width = interface(material).width
            if spacing > 0.25 * width:
                found.append(
                    f"cells of {spacing:.2g} m are coarse for an interface {width:.2g} m wide, which needs four or more;"
                    f" use at least {int(4 * thickness / width) + 1} cells."
                )
        return [*found, *self._without_seed(dataset)]

    def _without_seed(self, dataset) -> Iterator[str]:
        """A uniform film between the limits of stability that stayed so: nothing in the model makes it begin to separate."""
        phases = phase_diagram(self.film.material)
        ends = dataset["composition"].values[[0, -1]]
        if not phases.two_phase or np.ptp(ends, axis=1).max() > 1e-6:
            return
        mean = float(ends[0].mean())
        if any(low < mean < high for low, high in zip(phases.spinodal[::2], phases.spinodal[1::2], strict=False)):
            yield (
                f"the film began and stayed uniform at c = {mean:.3g}, between the limits of stability, where any unevenness"
                " would grow: start it uneven, with Profile((0, 1), (1.01, 0.99)) or PhaseSeparated()."
            )


class Circuit(NamedTuple):
    """All that the circuit needs to know of the film at one instant.

    V = eta_T - eta_B + mu_n(B) - mu_n(T) + i R_s rises strictly with i, so one current fits any drive. The unknowns
    are w = (i, eta_T, eta_B).
    """

    top: Junction
    bottom: Junction
    offset: Float[Array, ""]
    resistance: Float[Array, ""]

    def voltage(self, w):
        """Terminal voltage."""
        current, top, bottom = w
        return top - bottom + self.offset + self.resistance * current

    def constraint(self, drive: Drive, t, w):
        """The terminal obeys the drive; both contacts carry the current."""
        current, top, bottom = w
        return jnp.stack([
            drive.excess(t, self.voltage(w), current), self.top.excess(top, current), self.bottom.excess(bottom, -current)
        ])  # fmt: skip

    def solve(self, drive: Drive, t) -> Float[Array, " 3"]:
        """w under a drive, with certainty: the current lies between zero and that of the bare resistance."""
        a, b = drive.voltage_weight, drive.current_weight
        bare = (drive.source(t) - a * self.offset) / (a * self.resistance + b)
        bound = jnp.arcsinh(bare / self._ohmic()) * (1 + 1e-12)
        low, high = jnp.minimum(bound, 0.0), jnp.maximum(bound, 0.0)
        return self._carrying(increasing_root(_excess, (self, drive, t), low, high, bound))

    def _ohmic(self):
        """The smaller exchange current, above which the circuit is no longer ohmic."""
        return jnp.minimum(self.top.exchange, self.bottom.exchange)

    def _carrying(self, x):
        """w at the current i = i_0 sinh(x): the voltage is nearly linear in x whatever the current."""
        current = self._ohmic() * jnp.sinh(x)
        return jnp.stack([current, overpotential(self.top, current), overpotential(self.bottom, -current)])


def _excess(x, parameters):
    circuit, drive, t = parameters
    w = circuit._carrying(x)
    return drive.excess(t, circuit.voltage(w), w[0])


OBSERVABLES = (
    Quantity(
        "voltage",
        "voltage",
        "terminal voltage, top against grounded bottom, series resistance included",
        "terminal",
        "top",
        monitored=True,
    ),
    Quantity(
        "current",
        "current",
        "current into the top contact, positive from top to bottom",
        "terminal",
        "top",
        monitored=True,
    ),
    Quantity("current_density", "current_density", "current density, positive from top to bottom", "terminal", "top"),
    Quantity(
        "overpotential_top",
        "voltage",
        "overpotential at the top, positive where it drives current into the film",
        place="top",
    ),
    Quantity(
        "overpotential_bottom",
        "voltage",
        "overpotential at the bottom, positive where it drives current into the film",
        place="bottom",
    ),
    Quantity("electron_potential_drop", "voltage", "(mu_n(bottom) - mu_n(top)) / e"),
    Quantity("composition_top", None, "composition c/c_0 at the top contact", "surface", "top", monitored=True),
    Quantity(
        "composition_bottom", None, "composition c/c_0 at the bottom contact", "surface", "bottom", monitored=True
    ),
    Quantity("ion_inventory", None, "mean composition of the film", "inventory"),
    Quantity("free_energy", "energy", "free energy of the film and its surfaces", "stored"),
    Quantity("energy_rate", "power", "rate of change of the free energy", "stored"),
    Quantity("electrical_power", "power", "power from the source, V I", "work"),
    Quantity("dissipation_ions", "power", "power lost by ions moving in the film", "loss", "ions"),
    Quantity("dissipation_electrons", "power", "power lost by electrons moving in the film", "loss", "electrons"),
    Quantity("dissipation_top", "power", "power lost in electron transfer at the top", "loss", "top"),
    Quantity("dissipation_bottom", "power", "power lost in electron transfer at the bottom", "loss", "bottom"),
    Quantity("dissipation_series", "power", "power lost in the series resistance", "loss", "series"),
)
SPATIAL = (
    Quantity("x", "length", "distance from the top contact", "coordinate", dimensions=("x",)),
    Quantity("composition", None, "composition c/c_0", "field", dimensions=("x",)),
)


class FilmSystem(AbstractDeviceSystem):
    """Scaled equations of the film; unknown u = ln(c / (c_max - c)) in each cell, conserved c, and the circuit's w."""

    film: MixedConduction
    top: Contact
    bottom: Contact  # pyright: ignore[reportGeneralTypeIssues]
    series_resistance: Any
    sites: Any  # the material's capacity, found once: as an expression in every cell it costs a fifth of a run
    thermal_voltage: Any  # V
    current_unit: Any  # i_D, A/m2

    bandwidth: ClassVar[int] = 2
    border: ClassVar[int] = 0
    observables: ClassVar[tuple[Quantity, ...]] = OBSERVABLES
    spatial: ClassVar[tuple[Quantity, ...]] = SPATIAL

    @property
    def guards(self):
        return {
            f"composition_{contact}": Guard(f"{contact} contact", EDGE, self.sites) for contact in ("top", "bottom")
        }

    def unknowns(self, composition: Float[Array, " n"]) -> Float[Array, " n"]:
        """u of a composition; c stays between zero and the capacity whatever u."""
        x = composition / self.sites
        return jnp.log(x) - jnp.log1p(-x)

    def composition(self, y):
        return self.sites * jax.nn.sigmoid(y)

    def conserved(self, y):
        return self.composition(y)

    def profiles(self, y):
        return {"x": self.film.grid.centres, "composition": self.composition(y)}

    def invariants(self, q):
        """The ions, which no contact lets through."""
        return self.film.grid.integral(q)[None]

    def admissible(self, y):
        composition = self.composition(y)
        return (jnp.min(composition) > 0) & (jnp.max(composition) < self.sites)

    def ends(self, y):
        """Compositions at top and bottom, and the gradients along +x that wetting sets there."""
        kappa, grid = self.film.gradient_energy, self.film.grid
        sites = self.sites
        top, bottom = map(self.composition, grid.flat_ends(y))
        for _ in range(2):  # the slope depends on the end value it changes: twice gives second order
            left = self.top.wetting.slope(top) / (2 * kappa)
            right = -self.bottom.wetting.slope(bottom) / (2 * kappa)
            left_u = self._bent(left * sites / (top * (sites - top)))
            right_u = self._bent(right * sites / (bottom * (sites - bottom)))
            top, bottom = map(self.composition, grid.flat_ends(y, left_u, right_u))
        return top, bottom, left, right

    def _bent(self, slope):
        """A slope of u at an end, bounded where a cell does not resolve it: the same to third order in the spacing.

        A contact that empties (or fills) asks for a slope that no composition in (0, 1) can have.
        """
        spacing = self.film.grid.spacing
        return jnp.arcsinh(slope * spacing) / spacing

    def fields(self, y) -> tuple[Faces, Circuit]:
        """Faces of the film and the circuit seen from its terminals."""
        film = self.film
        (composition,) = materialise(self.composition(y))
        top, bottom, left, right = self.ends(y)
        faces = film.faces(composition, left, right)
        laplacians = film.grid.ends(faces.laplacian)
        offset, resistance = film.electron_drop(faces, top, bottom)
        return faces, Circuit(
            join(self.top.transfer, self.surface(top, laplacians[0]), self.current_unit),
            join(self.bottom.transfer, self.surface(bottom, laplacians[1]), self.current_unit),
            offset,
            resistance + self.series_resistance,
        )

    def surface(self, composition, laplacian) -> Surface:
        """What a contact's law may know of the film where its composition and the scaled lap c are these."""
        energy = self.film.free_energy
        _, electron = chemical_potentials(energy, composition)
        fraction = (composition + energy.defects) / energy.electron_sites
        activity = electron - self.film.gradient_energy * laplacian
        return Surface(composition, fraction, activity, self.sites, self.thermal_voltage)

    def start(self, t, y, drive: Drive):
        _, circuit = self.fields(y)
        return circuit.solve(first_terminal(drive), t)

    def balance(self, t, y, w, drive):
        faces, circuit = self.fields(y)
        return self.film.ion_balance(faces, w[0]), circuit.constraint(first_terminal(drive), t, w)

    def monitors(self, t, y, w, drive):  # as in observe(), but a tenth quicker to compile
        _, circuit = self.fields(y)
        top, bottom, _, _ = self.ends(y)
        return jnp.stack([circuit.voltage(w), w[0], top, bottom])

    def observe(self, t, y, w, drive) -> dict[str, Float[Array, ""]]:
        """Scaled numbers of one instant, by the names of :data:`OBSERVABLES`."""
        faces, circuit = self.fields(y)
        top, bottom, _, _ = self.ends(y)
        film, r = self.film, self.film.diffusivity_ratio
        current, eta_top, eta_bottom = w
        film_resistance = circuit.resistance - self.series_resistance
        ions, electrons = film.dissipation(faces, current, top, bottom)
        surface_energy = self.top.wetting.energy(top) + self.bottom.wetting.energy(bottom)
        return {
            "voltage": circuit.voltage(w),
            "current": current,
            "current_density": current,
            "overpotential_top": eta_top,
            "overpotential_bottom": eta_bottom,
            "electron_potential_drop": circuit.offset + film_resistance * current,
            "composition_top": top,
            "composition_bottom": bottom,
            "ion_inventory": film.grid.integral(self.composition(y)),
            "free_energy": r * (film.energy(self.composition(y)) + surface_energy),
            "energy_rate": r * film.grid.integral(faces.potential * film.ion_balance(faces, current)),
            "electrical_power": current * circuit.voltage(w),
            "dissipation_ions": ions,
            "dissipation_electrons": electrons,
            "dissipation_top": current * eta_top,
            "dissipation_bottom": -current * eta_bottom,
            "dissipation_series": self.series_resistance * current**2,
        }
