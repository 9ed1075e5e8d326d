"""A film of a mixed conductor in two or three dimensions between two metals: the equations of the memristor in space.

    dc/dt = div(M_p grad mu_p),    mu_p = mu - mu_n,    mu = mu_h - 2 kappa lap c          ions, which nothing lets out
    0 = div i,    i = (M_n + r M_p) grad mu_n - r M_p grad mu                              charge
    n.i = i_k(c, eta) at every point of a contact,   eta = mu_n - mu_e,   mu_e one number a contact

Scaled as in one dimension (:mod:`solion.devices.film_region`), whose region gives what depends on a point or on x alone, so
that a film without lateral variation is the same film. Electrons carry the field: mu_n is solved for at each instant.
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.balances.electrode import join
from solion.balances.electron_field import ElectronField, solve
from solion.balances.mixed_conduction import MixedConduction
from solion.base.quantity import Quantity
from solion.base.spread import Spread
from solion.devices.circuit import solve as solve_circuit
from solion.devices.device import AbstractDeviceSystem, Guard, first_terminal
from solion.devices.film_region import EDGE, TOLD, FilmRegion
from solion.devices.line import LineCircuit, NoLeak
from solion.devices.local_laws import LocalTransfer, contact_currents
from solion.grids.line import materialise
from solion.grids.sides import AXES, AbstractSides, Faces, averages, divergence, gradients, wavenumbers
from solion.laws.charge_transfer import AbstractChargeTransfer, Surface
from solion.laws.free_energy import chemical_potentials
from solion.numerics.layered import LateralModes, Layered, layered, product, second_difference
from solion.numerics.stepping.jacobian import capacities
from solion.numerics.stepping.method import AbstractMethod

COVERED = 0.5  # c/c_0 above which a point of a contact counts as covered by the ion-rich phase


class SpaceFields(NamedTuple):
    """What follows from a composition: of cells, of faces (across x, y, z), and of the two contacts."""

    composition: Float[Array, "x y z"]
    potential: Float[Array, "x y z"]  # mu
    driving: Faces  # grad mu
    ions: Faces  # M_p
    electrons: Faces  # M_n
    in_cells: Float[Array, "x y z"]  # M_n + r M_p
    ends: tuple[Array, Array]  # compositions at the contacts
    surfaces: tuple[Surface, Surface]
    halves: tuple[Array, Array]  # resistances of the half cells at the contacts


class FilmInSpace(AbstractDeviceSystem):
    """The scaled equations; ``transfers`` are the laws of the first and the last contact."""

    region: FilmRegion
    sides: AbstractSides
    modes: LateralModes
    transfers: tuple[AbstractChargeTransfer, AbstractChargeTransfer]
    shares: Float[Array, "2 y z"]  # of the rates of both contacts at each point
    series_resistance: Any  # in the lead
    contact_resistance: Float[Array, "2"]  # at each point of both contacts
    current_unit: Any  # A/m2
    method: AbstractMethod = eqx.field(kw_only=True)  # pyright: ignore[reportIncompatibleVariableOverride]
    fluctuates: Any  # the noise of its ions, where the method asks for it
    spread: Spread  # over devices

    bandwidth: ClassVar[int] = 0
    border: ClassVar[int] = 0

    @property
    def film(self) -> MixedConduction:
        """The laws of its material and the line across it."""
        return self.region.film

    @property
    def shape(self) -> tuple[int, int, int]:
        """Cells along x, y and z."""
        return (self.film.grid.cells, *self.sides.cells)

    def box(self, values) -> Float[Array, "x y z"]:
        """A vector of all cells as a field."""
        return self.spread.box(values, self.shape)

    @property
    def across(self) -> tuple[str, ...]:
        """The axes it has beside x."""
        return ("y",) if self.sides.cells[1] == 1 else ("y", "z")

    @property
    def observables(self):
        ends, of = self.region.ends, self.region.ends[0]
        side = "positive where it drives current into the film"
        return (
            Quantity(
                "voltage",
                "voltage",
                f"voltage of {of} against the grounded end, series resistance included",
                "terminal",
                of,
                monitored=True,
            ),
            Quantity("current", "current", f"current into {of}, positive to the grounded end", "terminal", of, monitored=True),
            Quantity("current_density", "current_density", f"mean current density into {of}", "terminal", of),
            Quantity("electrical_power", "power", "power from the source, V I", "work"),
            *(Quantity(f"overpotential_{end}", "voltage", f"mean overpotential at {end}, {side}", place=end) for end in ends),
            *(
                Quantity(f"composition_{end}", None, f"mean composition c/c_0 at {end}", "surface", end, monitored=True)
                for end in ends
            ),
            *(
                Quantity(f"{which}_composition_{end}", None, f"{which} composition c/c_0 at {end}", place=end, monitored=True)
                for end in ends
                for which in ("least", "greatest")
            ),
            *(Quantity(f"coverage_{end}", None, f"share of {end} that is ion-rich", "coverage", end) for end in ends),
            Quantity("lateral_spread", None, "largest difference of composition at equal depth"),
            Quantity("electron_potential_drop", "voltage", "mean (mu_n(last end) - mu_n(first end)) / e"),
            Quantity("ion_inventory", None, "mean composition of the film", "inventory"),
            Quantity("dissipation_ions", "power", "power lost by ions moving in the film", "loss", "ions"),
            Quantity("dissipation_electrons", "power", "power lost by electrons moving in the film", "loss", "electrons"),
            Quantity("free_energy", "energy", "free energy of the film and its surfaces", "stored"),
            Quantity("energy_rate", "power", "rate of change of the free energy", "stored"),
            Quantity("energy_slope", "power", "the same as the derivative of the free energy along the rates", "check"),
            *(Quantity(f"dissipation_{end}", "power", f"power lost in electron transfer at {end}", "loss", end) for end in ends),
            Quantity("dissipation_series", "power", "power lost in the series resistance", "loss", "series"),
        )

    @property
    def spatial(self):
        names = ("x", *self.across)
        where = (f"distance from {self.region.ends[0]}", "distance along the film", "distance along the film, across y")
        return (
            *(
                Quantity(name, "length", meaning, "coordinate", dimensions=(name,))
                for name, meaning in zip(names, where, strict=False)
            ),
            Quantity("composition", None, "content of each cell, c/c_0", "field", dimensions=names),
            *(
                Quantity(f"current_density_{axis}", "current_density", f"current density along {axis}", "flow", axis, names)
                for axis in names
            ),
        )

    @property
    def guards(self):
        return {
            f"{which}_composition_{end}": Guard(f"{end} contact", EDGE, self.region.sites)
            for end in self.region.ends
            for which in ("least", "greatest")
        }

    def unknowns(self, content):
        return self.region.unknowns(content)

    def conserved(self, y):
        return self.region.conserved(y)

    @property
    def floor(self):
        return self.region.floor

    def profiles(self, y):
        spacing = self.sides.spacing
        places = {axis: (jnp.arange(n) + 0.5) * h for axis, n, h in zip(("y", "z"), self.sides.cells, spacing, strict=True)}
        content = self.conserved(y).reshape(self.shape[: 1 + len(self.across)])
        return {"x": jnp.asarray(self.region.places()), "composition": content} | {name: places[name] for name in self.across}

    def flows(self, y, w):
        """The current density in each cell: the mean of that through its faces, those at the contacts included."""
        fields, mu, r = self.fields(y), self.box(w[2:]), self.film.diffusivity_ratio
        parts = zip(fields.electrons, fields.ions, gradients(self.film.grid, self.sides, mu), fields.driving, strict=True)
        along, *across = ((n + r * p) * own - r * p * whole for n, p, own, whole in parts)
        first, last = self._electron_field(fields).contacts(jnp.stack([mu[0] + w[0], mu[-1]]))
        along = jnp.concatenate([first[None], along, -last[None]])
        centred = (0.5 * (along[1:] + along[:-1]), *(self.sides.centred(*pair) for pair in zip(across, AXES, strict=True)))
        parts = zip(("x", *self.across), centred, strict=False)
        return {f"current_density_{axis}": part.reshape(self.shape[: 1 + len(self.across)]) for axis, part in parts}

    def invariants(self, q):
        """The ions, which nothing lets out."""
        return jnp.mean(q)[None]

    def fields(self, y) -> SpaceFields:
        """Everything that a composition determines."""
        region, film, grid, sides = self.region, self.film, self.film.grid, self.sides
        y = self.box(y)
        (composition,) = materialise(self.conserved(y))
        first, last, left, right = region.boundary(y)
        laplacian = divergence(grid, sides, gradients(grid, sides, composition), left, right)
        told = region._told(composition)
        beyond = y - jnp.clip(y, -TOLD, TOLD)
        (homogeneous,), (ions, electrons) = film.potentials(told), film.mobilities(composition, told)
        potential, ions, electrons = materialise(homogeneous + beyond - 2 * film.gradient_energy * laplacian, ions, electrons)
        driving = gradients(grid, sides, potential)
        moved, carried = (averages(grid, sides, values) for values in (ions, electrons))
        pairs = zip((first, last), grid.ends(laplacian), strict=True)
        first_surface, last_surface = (region.surface_at(end, bent) for end, bent in pairs)
        halves = 0.5 * grid.spacing / film.electron_mobility(first), 0.5 * grid.spacing / film.electron_mobility(last)
        in_cells = electrons + film.diffusivity_ratio * ions
        ends, surfaces = (first, last), (first_surface, last_surface)
        return SpaceFields(composition, potential, driving, moved, carried, in_cells, ends, surfaces, halves)

    def _electron_field(self, fields: SpaceFields) -> ElectronField:
        r = self.film.diffusivity_ratio
        conductance: Any = tuple(n + r * p for n, p in zip(fields.electrons, fields.ions, strict=True))
        ion_current = self._divergence(tuple(r * p * grad for p, grad in zip(fields.ions, fields.driving, strict=True)))
        behind = tuple(half + own for half, own in zip(fields.halves, self.contact_resistance, strict=True))
        contacts = contact_currents(self.transfers, self.shares, fields.surfaces, behind, self.current_unit)
        spreads = (self.transfers[0].spreads, self.transfers[1].spreads)
        place, series = (self.film.grid, self.sides, self.modes), self.series_resistance
        return ElectronField(*place, conductance, fields.in_cells, ion_current, contacts, spreads, series)

    def _divergence(self, faces):
        return divergence(self.film.grid, self.sides, faces)

    def _ion_forces(self, fields: SpaceFields, w):
        """grad mu_p at the faces."""
        grads = gradients(self.film.grid, self.sides, self.box(w[2:]))
        return tuple(whole - own for whole, own in zip(fields.driving, grads, strict=True))

    def _ion_balance(self, fields: SpaceFields, w):
        return self._divergence(tuple(m * f for m, f in zip(fields.ions, self._ion_forces(fields, w), strict=True)))

    def rate(self, t, y, w, drive):
        """dc/dt."""
        return self.spread.flat(self._ion_balance(self.fields(y), w))

    def balance(self, t, y, w, drive):
        """The rate alone: the matrix-free method asks for w itself (:meth:`solved`), never for what is left of its equations."""
        return self.rate(t, y, w, drive), jnp.zeros_like(w)

    def noise(self, y, h, key):
        """dc/dt of the ions' thermal noise over a step h."""
        here, content = (self.film.grid, self.sides), self.box(self.conserved(y))
        random = self.fluctuates.draw(*here, self.shape, h, key)
        return self.spread.flat(self.fluctuates.rate(*here, self.modes, self._ion_mobility, content, random))

    def _ion_mobility(self, content):
        return self.film.ion_law.mobility(content, self.film.free_energy.ion_sites)

    def preconditioner(self, y, shift):
        """shift + (-div M_p grad)(mu_h' - 2 kappa lap) with coefficients meant over y and z: nearly undone.

        mu_h' is weighed by dc/du, where its own mean would be that of the emptiest cell.
        """
        film, grid = self.film, self.film.grid
        composition = self.region._told(self.box(self.conserved(y)))
        energy = film.free_energy

        def potential(c):
            ion, electron = chemical_potentials(energy, c)
            return ion + electron

        capacity = self.box(capacities(self, y))
        stiffness = jax.jvp(potential, (composition,), (capacity,))[1]
        meant = stiffness, self._ion_mobility(composition), capacity
        stiffness, mobility, capacity = (jnp.mean(values, axis=(1, 2))[:, None, None] for values in meant)
        squares = self.modes.squares
        one = jnp.ones_like(squares)
        moves = second_difference(grid.average(mobility) * one, grid.spacing).at[1].add(mobility * squares)
        holds = 2 * film.gradient_energy * second_difference(jnp.ones((grid.cells - 1, 1, 1)) * one, grid.spacing)
        holds = holds.at[1].add(stiffness / capacity + 2 * film.gradient_energy * squares)
        inverse: Layered = layered(self.modes, product(moves, holds).at[2].add(shift))
        return lambda change: self.spread.flat(inverse(self.box(change)))

    def solved(self, t, y, near, drive, enough):
        """mu_n and the terminal from near: (phi, I, mu_n)."""
        field = self._electron_field(self.fields(y))
        potential, phi, current = solve(field, t, self.box(near[2:]), near[0], first_terminal(drive), enough)
        return jnp.concatenate([phi[None], current[None], potential.ravel()])

    def start(self, t, y, drive):
        return self.solved(t, y, self.guess(t, y, drive), drive, 1e-8)

    def guess(self, t, y, drive):
        """(phi, I, mu_n) of a film that is everywhere as it is on average."""
        fields, spacing = self.fields(y), self.film.grid.spacing
        share = 1 / jnp.mean(fields.electrons[0], axis=(1, 2))
        half = [jnp.mean(values) + own for values, own in zip(fields.halves, self.contact_resistance, strict=True)]
        surfaces = [jax.tree.map(jnp.mean, surface) for surface in fields.surfaces]
        laws: Any = map(LocalTransfer, self.transfers, jnp.mean(self.shares, axis=(1, 2)))
        junctions = tuple(join(law, surface, self.current_unit) for law, surface in zip(laws, surfaces, strict=True))
        resistance = jnp.sum(share) * spacing + half[0] + half[1]
        circuit = LineCircuit(junctions, (1, -1), 0.0, resistance, NoLeak(), self.series_resistance)
        w = solve_circuit(circuit, first_terminal(drive), t)
        phi = circuit.voltages(w)[1]
        potential = w[1] - phi + w[0] * jnp.cumsum(jnp.concatenate([half[0][None], share * spacing]))
        return jnp.concatenate([phi[None], w[:1], jnp.repeat(potential, self.sides.cells[0] * self.sides.cells[1])])

    def _contents(self, fields: SpaceFields):
        """Of each end: the mean, then the least and greatest."""
        means = [jnp.mean(end) for end in fields.ends]
        return means, [reach(end) for end in fields.ends for reach in (jnp.min, jnp.max)]

    def monitors(self, t, y, w, drive):
        means, reaches = self._contents(self.fields(y))
        return jnp.stack([w[0] + self.series_resistance * w[1], w[1], *means, *reaches])

    def observe(self, t, y, w, drive) -> dict[str, Float[Array, ""]]:
        fields, r = self.fields(y), self.film.diffusivity_ratio
        phi, current, mu = w[0], w[1], self.box(w[2:])
        field = self._electron_field(fields)
        cells = mu.size
        seen = {
            "voltage": phi + self.series_resistance * current,
            "current": current,
            "current_density": current,
            "electrical_power": (phi + self.series_resistance * current) * current,
            "ion_inventory": jnp.mean(fields.composition),
            "lateral_spread": jnp.max(jnp.max(fields.composition, axis=(1, 2)) - jnp.min(fields.composition, axis=(1, 2))),
            "dissipation_series": self.series_resistance * current**2,  # what the contacts hold of it is added below
        }
        means, reaches = self._contents(fields)
        lost, drops = 0.0, []
        metals = jnp.stack([-phi, 0.0 * phi])
        into = field.contacts(jnp.stack([mu[0], mu[-1]]) - metals[:, None, None])
        for k, end in enumerate(self.region.ends):
            outside = mu[-k] - into[k] * fields.halves[k]  # mu_n at the contact itself
            eta = outside - metals[k] - into[k] * self.contact_resistance[k]
            drops.append(jnp.mean(outside))
            lost = lost + jnp.mean(into[k] ** 2 * fields.halves[k])
            seen["dissipation_series"] += self.contact_resistance[k] * jnp.mean(into[k] ** 2)
            seen |= {
                f"overpotential_{end}": jnp.mean(eta),
                f"dissipation_{end}": jnp.mean(into[k] * eta),
                f"composition_{end}": means[k],
                f"least_composition_{end}": reaches[2 * k],
                f"greatest_composition_{end}": reaches[2 * k + 1],
                f"coverage_{end}": jnp.mean(jnp.where(fields.ends[k] > COVERED, 1.0, 0.0)),
            }
        forces = self._ion_forces(fields, w)
        fall = tuple(whole - own for whole, own in zip(fields.driving, forces, strict=True))
        seen["electron_potential_drop"] = drops[1] - drops[0]
        moved = sum(jnp.sum(m * f**2) for m, f in zip(fields.ions, forces, strict=True))
        carried = sum(jnp.sum(m * f**2) for m, f in zip(fields.electrons, fall, strict=True))
        seen |= {"dissipation_ions": r * moved / cells, "dissipation_electrons": carried / cells + lost}
        rates = self._ion_balance(fields, w)
        inside, slope = jax.jvp(self._energy, (fields.composition,), (rates,))
        surfaces = sum(jnp.mean(law.energy(end)) for law, end in zip(self.region.wettings, fields.ends, strict=True))
        seen |= {"energy_rate": r * jnp.mean(fields.potential * rates), "free_energy": r * (inside + surfaces)}
        beyond = jnp.mean(self.region.untold(self.box(y), fields.potential * rates))
        seen["energy_slope"] = r * (slope + beyond + self.region.surface_slope(self.box(y), rates))
        return seen

    def _energy(self, composition):
        """Of its inside."""
        film = self.film
        told = self.region._told(composition)
        energy = jnp.mean(film.free_energy.energy(told, told))
        slopes = gradients(film.grid, self.sides, told)
        return energy + film.gradient_energy * sum(jnp.sum(slope**2) for slope in slopes) / told.size


def modes_of(sides: AbstractSides) -> LateralModes:
    """The modes across a box with these sides."""
    waves = tuple(jnp.asarray(sides.modes(axis)[0]) for axis in AXES)
    return LateralModes(waves, jnp.asarray(wavenumbers(sides)))  # pyright: ignore[reportArgumentType]
