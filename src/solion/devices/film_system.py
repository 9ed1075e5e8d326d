"""The scaled equations of a film between two contacts: its cells, its contacts and the circuit at its terminal.

Units: h, tau_D, V_T and i_D (Tian and Bazant, "Interfacial resistive switching by multiphase polarization in
ion-intercalation nanofilms").
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.balances.electrode import Junction, join, overpotential
from solion.balances.mixed_conduction import Faces, MixedConduction
from solion.base.parameters import Part, inline
from solion.base.quantity import Quantity
from solion.devices.device import AbstractDeviceSystem, Guard, first_terminal
from solion.grids.line import materialise
from solion.laws.charge_transfer import AbstractChargeTransfer, Surface
from solion.laws.free_energy import chemical_potentials
from solion.laws.wetting import AbstractWetting, NeutralWetting
from solion.numerics.roots import increasing_root
from solion.protocols.drive import Drive

TOLD = (
    25.0  # |u| up to which laws are asked, c or its vacancies 1e-11: beyond, ln(1 - c) of a double has no digits left
)
FLOOR = 1e-14  # of the sites; an ion content or vacancies below it are as good as none
EDGE = 1e-6  # c/c_0; a surface this near to empty or full is exhausted


class Contact(Part):
    """An electrode that exchanges electrons, but no ions, with the film."""

    transfer: AbstractChargeTransfer = inline()
    wetting: AbstractWetting = NeutralWetting()


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

    @property
    def floor(self):
        return FLOOR * self.sites

    def conserved(self, y):
        return self.composition(y)

    def profiles(self, y):
        return {"x": self.film.grid.centres, "composition": self.composition(y)}

    def invariants(self, q):
        """The ions, which no contact lets through."""
        return self.film.grid.integral(q)[None]

    def _told(self, composition):
        """A composition that laws can be asked for: 1e-11 from empty or full where it is nearer."""
        least = self.sites * jax.nn.sigmoid(-TOLD)
        return jnp.clip(composition, least, self.sites - least)

    def ends(self, y):
        """Compositions at top and bottom, and the gradients along +x that wetting sets there."""
        kappa, grid = self.film.gradient_energy, self.film.grid
        sites = self.sites
        top, bottom = map(self.composition, grid.flat_ends(y))
        for _ in range(2):  # the slope depends on the end value it changes: twice gives second order
            top, bottom = self._told(top), self._told(bottom)
            left = self.top.wetting.slope(top) / (2 * kappa)
            right = -self.bottom.wetting.slope(bottom) / (2 * kappa)
            left_u = self._bent(left * sites / (top * (sites - top)))
            right_u = self._bent(right * sites / (bottom * (sites - bottom)))
            top, bottom = map(self.composition, grid.flat_ends(y, left_u, right_u))
        return self._told(top), self._told(bottom), left, right

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
        faces = film.faces(composition, self._told(composition), y - jnp.clip(y, -TOLD, TOLD), left, right)
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
            "free_energy": r * (film.energy(self._told(self.composition(y))) + surface_energy),
            "energy_rate": r * film.grid.integral(faces.potential * film.ion_balance(faces, current)),
            "electrical_power": current * circuit.voltage(w),
            "dissipation_ions": ions,
            "dissipation_electrons": electrons,
            "dissipation_top": current * eta_top,
            "dissipation_bottom": -current * eta_bottom,
            "dissipation_series": self.series_resistance * current**2,
        }
