"""A film of a mixed conductor as a region of a line: ions stay in it, electrons cross its ends.

Unknown u = ln(c/(c_max - c)) in each cell, conserved c. Own units: h, tau_D, V_T and i_D (Tian and Bazant, "Interfacial
resistive switching by multiphase polarization in ion-intercalation nanofilms"); those of the line differ from them where
other films stand beside it.
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.balances.mixed_conduction import Faces, MixedConduction
from solion.base.parameters import Part, assumed, inline, parameter
from solion.base.quantity import Quantity
from solion.devices.device import Guard
from solion.devices.film_stress import FilmStress, NoStress
from solion.devices.line import AbstractRegion
from solion.devices.pattern import AbstractPattern, Even
from solion.grids.line import materialise
from solion.laws.charge_transfer import AbstractChargeTransfer, Surface
from solion.laws.free_energy import chemical_potentials
from solion.laws.wetting import AbstractWetting, NeutralWetting

TOLD = 25.0  # |u| up to which laws are asked, c or its vacancies 1e-11: beyond, ln(1 - c) of a double has no digits
FLOOR = 1e-14  # of the sites; an ion content or vacancies below it are as good as none
EDGE = 1e-6  # c/c_0; a surface this near to empty or full is exhausted


class Contact(Part):
    """An electrode that exchanges electrons, but no ions, with the film.

    ``rates`` and ``wettings``: how its rate of transfer and its wetting differ from place to place of a film with an extent.
    """

    transfer: AbstractChargeTransfer = inline()
    wetting: AbstractWetting = NeutralWetting()
    rates: AbstractPattern = Even()
    wettings: AbstractPattern = Even()
    activation_energy: float = parameter(
        0.0,
        unit="eV",
        low=0,
        high=10,
        doc="E_a, activation energy of its rate, which holds at the material's reference temperature",
        source=assumed(0.0, "unknown: the rate is taken as constant in temperature"),
    )


class RegionUnits(NamedTuple):
    """Units of the line over those of the film: of length, of time and of current density."""

    length: Any = 1.0
    time: Any = 1.0
    current: Any = 1.0


class FilmState(NamedTuple):
    """Fields between the cells, compositions and M_n at the ends, the drop, and the moment of a film that bends."""

    faces: Faces
    ends: tuple[Any, Any]
    mobile: tuple[Any, Any]
    drop: tuple[Any, Any]
    moment: tuple[Any, ...] = ()


class FilmRegion(AbstractRegion):
    """The scaled equations of the film; ``wettings`` are those of its first and last end."""

    film: MixedConduction
    wettings: tuple[AbstractWetting, AbstractWetting]
    sites: Any  # the material's capacity, found once: as an expression in every cell it costs a fifth of a run
    thermal_voltage: Any  # V
    ends: tuple[str, str] = eqx.field(static=True, default=("top", "bottom"))
    name: str = eqx.field(static=True, default="film")
    units: RegionUnits = RegionUnits()
    held: NoStress | FilmStress = NoStress()
    warmth: Any = None  # T over the device's, where it is an unknown
    edges: tuple[MixedConduction, MixedConduction] | None = None  # the laws at the two ends, where those of the cells differ

    bandwidth: ClassVar[int] = 2
    own: ClassVar[tuple[Quantity, ...]] = (
        Quantity("electron_potential_drop", "voltage", "(mu_n(last end) - mu_n(first end)) / e"),
        Quantity("ion_inventory", None, "mean composition of the film", "inventory"),
        Quantity("dissipation_ions", "power", "power lost by ions moving in the film", "loss", "ions"),
        Quantity("dissipation_electrons", "power", "power lost by electrons moving in the film", "loss", "electrons"),
    )

    @property
    def quantities(self):
        return (*self.own, *self.held.quantities)

    @property
    def fields(self):
        return self.held.fields

    @property
    def lumped(self):
        return self.held.lumped

    def closing(self, y):
        return self.held.moment(self.conserved(y), self.film.grid)

    def profile(self, y):
        return self.held.profile(self.conserved(y), self.film.grid)

    @property
    def cells(self):
        return self.film.grid.cells

    @property
    def length(self):
        return 1 / self.units.length

    @property
    def surfaces(self):
        return tuple(
            Quantity(f"composition_{end}", None, f"composition c/c_0 at {end}", "surface", end, monitored=True)
            for end in self.ends
        )

    def guards(self):
        return {f"composition_{end}": Guard(f"{end} contact", EDGE, self.sites) for end in self.ends}

    def unknowns(self, content):
        """u of a composition; c stays between zero and the capacity whatever u."""
        x = content / self.sites
        return jnp.log(x) - jnp.log1p(-x)

    def conserved(self, y):
        return self.sites * jax.nn.sigmoid(y)

    @property
    def floor(self):
        return FLOOR * self.sites

    def places(self):
        return self.film.grid.centres * self.length

    def invariants(self, q):
        """The ions, which no end lets through."""
        return self.film.grid.integral(q)[None]

    def admissible(self, y):
        return jnp.all(jnp.isfinite(y))

    def _told(self, composition):
        """A composition that laws can be asked for: 1e-11 from empty or full where it is nearer."""
        least = self.sites * jax.nn.sigmoid(-TOLD)
        return jnp.clip(composition, least, self.sites - least)

    def boundary(self, y, times: int = 2):
        """Compositions at both ends, and the gradients along +x that wetting sets there.

        A slope depends on the end value that it changes: found twice it is of second order.
        """
        kappa, grid, sites = self.film.gradient_energy, self.film.grid, self.sites
        first, last = map(self.conserved, grid.flat_ends(y))
        for _ in range(times):
            first, last = self._told(first), self._told(last)
            left = self.wettings[0].slope(first) / (2 * kappa)
            right = -self.wettings[1].slope(last) / (2 * kappa)
            left_u = self._bent(left * sites / (first * (sites - first)))
            right_u = self._bent(right * sites / (last * (sites - last)))
            first, last = map(self.conserved, grid.flat_ends(y, left_u, right_u))
        return self._told(first), self._told(last), left, right

    def _bent(self, slope):
        """A slope of u at an end, bounded where a cell does not resolve it: the same to third order in the spacing.

        A contact that empties (or fills) asks for a slope that no composition in (0, 1) can have.
        """
        spacing = self.film.grid.spacing
        return jnp.arcsinh(slope * spacing) / spacing

    def state(self, y, *moment):
        (composition,) = materialise(self.conserved(y))
        first, last, left, right = self.boundary(y)
        mixing = y - jnp.clip(y, -TOLD, TOLD)
        beyond = (mixing if self.warmth is None else self.warmth * mixing) + self.held.beyond(self.film.grid.centres, *moment)
        faces = self.film.faces(composition, self._told(composition), beyond, left, right)
        mobile = self._edge(0).electron_mobility(first), self._edge(-1).electron_mobility(last)
        return FilmState(faces, (first, last), mobile, self.film.electron_drop(faces, *mobile), moment)

    def _edge(self, end: int) -> MixedConduction:
        """The laws at its first (0) or last (-1) end."""
        return self.film if self.edges is None else self.edges[end]

    def rate(self, state, current):
        return self.units.time * self.film.ion_balance(state.faces, self.units.current * current)

    def drop(self, state):
        offset, resistance = state.drop
        return offset, self.units.current * resistance

    def surface(self, state, end):
        there = self.surface_at(state.ends[end], self.film.grid.ends(state.faces.laplacian)[end], end)
        if not self.held.lumped:
            return there
        held: Any = self.held
        bent = held.electron_share * held.beyond(-float(end), *state.moment)
        return there._replace(activity=there.activity + bent)

    def surface_at(self, composition, laplacian, end: int = 0) -> Surface:
        """What a contact's law may know of the film where its composition and the scaled lap c are these."""
        energy = self._edge(end).free_energy
        _, electron = chemical_potentials(energy, composition)
        fraction = (composition + energy.defects) / energy.electron_sites
        activity = electron - self.film.gradient_energy * laplacian
        return Surface(composition, fraction, activity, self.sites, self.thermal_voltage)

    def contents(self, state, current):
        return state.ends

    def observe(self, y, state, current) -> dict[str, Float[Array, ""]]:
        own = self.units.current * current
        offset, resistance = state.drop
        ions, electrons = self.film.dissipation(state.faces, own, *state.mobile)
        held = self.held.observe(self.conserved(y), state.ends, self.film.grid, *state.moment)
        if held:
            held["elastic_energy"] *= self._per_site
        return held | {
            "electron_potential_drop": offset + resistance * own,
            "ion_inventory": self.film.grid.integral(self.conserved(y)),
            "dissipation_ions": ions / self.units.current,
            "dissipation_electrons": electrons / self.units.current,
        }

    def energy(self, y, state, current):
        film, units, r = self.film, self.units, self.film.diffusivity_ratio
        surfaces = sum(wetting.energy(end) for wetting, end in zip(self.wettings, state.ends, strict=True))
        stored = film.energy(self._told(self.conserved(y))) + surfaces + self.held.energy(*state.moment)
        rate = r * film.grid.integral(state.faces.potential * film.ion_balance(state.faces, units.current * current))
        return stored * self._per_site, rate / units.current

    def energy_slope(self, y, state, rates):
        def inside(content):
            return self.film.energy(self._told(content)) + self.held.energy(*self.held.moment(content, self.film.grid))

        slope = jax.jvp(inside, (self.conserved(y),), (rates,))[1]
        beyond = self.film.grid.integral(self.untold(y, state.faces.potential * rates))
        return self._per_site * (slope + beyond + self.surface_slope(y, rates))

    def untold(self, y, values):
        """Values of the cells so near to empty or full that the energy is told of no change there, while its slope goes on; zero
        in all others."""
        content = self.conserved(y)
        return jnp.where(content == self._told(content), 0.0, values)

    def surface_slope(self, y, rates):
        """The same of the two surfaces, each of which takes part in the changes of the cell at it; of the compositions at which
        the equations ask for their slopes. The potential of a cell that is :meth:`untold` holds its surface's part already."""
        rates = rates - self.untold(y, rates)
        triples = zip(self.wettings, self.boundary(y, times=1)[:2], (rates[0], rates[-1]), strict=True)
        return sum(jnp.mean(jax.jvp(wetting.energy, (end,), (rate,))[1]) for wetting, end, rate in triples)

    def entropy_rates(self, state, current):
        """-ds/dt of mixing in each cell at constant temperature, over r; of a film whose temperature is an unknown."""
        (mixing,) = state.faces.mixing
        return mixing * self.film.ion_balance(state.faces, self.units.current * current)

    def entropy_rate(self, state, current):
        """The same of the whole film, in the line's units of power."""
        rate = self.film.grid.integral(self.entropy_rates(state, current))
        return self.film.diffusivity_ratio * rate / self.units.current

    @property
    def _per_site(self):
        """An energy in k_B T c_0 h, in the line's units."""
        return self.film.diffusivity_ratio / (self.units.current * self.units.time)
