"""Orders in space and in time of what stress, heat and a second kind of layers add to a film, by manufactured solutions.

    python benchmarks/film_orders.py                    everything
    python benchmarks/film_orders.py bent across        parts: clamped, bent, lumped, across, layers

Smooth contents, flat at both ends, and temperatures are made solutions by a source in each row: their rate of change less what
the equations say of them, from the formulas of the model written here once more. Prints largest errors and their orders; that in
time on 8 cells, since finer grids are stiff.
"""

from __future__ import annotations

import dataclasses
import sys
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import solion as so
from solion.base.constants import GAS_CONSTANT
from solion.base.parameters import as_arrays, without_sources
from solion.devices import Bending, Clamped, ConductedHeat, LayeredFilm, LayeredMemristor, LumpedHeat
from solion.laws import BiaxialMisfit, RegularSolution, Transfer, TwoLayer
from solion.numerics.stepping.rosenbrock import project, rosenbrock_step
from solion.numerics.system import AbstractSystem
from solion.protocols.drive import Drive

KAPPA, RATIO, DEFECTS, SITES, OMEGA, RHO, STRENGTH = 0.02, 1e-6, 0.01, 5 / 3, -12.0, 0.7, 1.5
IONS, ELECTRONS, CONTACTS = 5.0, 3.0, 2.0  # activation energies, k_B T_0
CONDUCTANCE, OUT, WITHIN, CONDUCTING = 2.0, (3.0, 5.0), 2.0, 0.1  # of heat across, at the ends, R'' of a lumped film; of contacts
END, CURRENT, H = 0.05, 0.3, 80e-9  # the current rises to CURRENT at END (tau_D)
NODES, WEIGHTS = (np.asarray(part) for part in np.polynomial.legendre.leggauss(40))
PLACES = (NODES + 1) / 2


def slope(function, x):
    """df/dx of a function of places."""
    return jax.jvp(function, (x,), (jnp.ones_like(x),))[1]


def contents(x, t):
    """c*(x, t)."""

    def hump(x):
        return (1 - x) ** 2 * (1 + 2 * x)

    return 0.5 + 0.2 * jnp.cos(8 * t) * hump(x) - 0.15 * jnp.exp(-5 * t) * hump(1 - x)


def layers(x, t):
    """(c_1*, c_2*)(x, t)."""
    first = 0.5 + 0.2 * jnp.exp(-3 * t) * jnp.cos(jnp.pi * x)
    return jnp.stack([first, 0.4 - 0.15 * jnp.cos(8 * t) * jnp.cos(2 * jnp.pi * x)], axis=-1)


class Case(NamedTuple):
    """What acts: bending or clamping, and how the temperature is an unknown."""

    bends: bool = False
    strength: float = 0.0  # B
    heat: str = ""

    def warmth(self, x, t):
        """theta*(x, t)."""
        across = jnp.cos(2 * x) if self.heat == "across" else jnp.ones_like(x)
        return 1 + (0.1 * jnp.sin(10 * t + 1) * across if self.heat else 0.0 * x)


def fields(case: Case, x, t):
    """theta, (M_p, M_n, dmu_p/dx) and g_mix' at places."""
    place = jnp.asarray(PLACES)
    moment = jnp.sum(WEIGHTS / 2 * (place - 0.5) * contents(place, t)) if case.bends else 0.0

    def mixing(x):
        c = contents(x, t)
        return jnp.log(c / (1 - c)) + jnp.log((c + DEFECTS) / (SITES - c - DEFECTS))

    def potential(x):
        c = contents(x, t)
        curved = slope(lambda x: slope(lambda x: contents(x, t), x), x)
        stress = 2 * case.strength * (c - 12 * (x - 0.5) * moment)
        return case.warmth(x, t) * mixing(x) + OMEGA * c**RHO - 2 * KAPPA * curved + stress

    c, theta = contents(x, t), case.warmth(x, t)
    faster = [jnp.exp(-energy * (1 / theta - 1)) / theta for energy in ((IONS, ELECTRONS) if case.heat else (0.0, 0.0))]
    ions, electrons = faster[0] * c * (1 - c), faster[1] * (c + DEFECTS) * (1 - (c + DEFECTS) / SITES)
    force = (electrons * slope(potential, x) - CURRENT * t / END) / (electrons + RATIO * ions)
    return theta, (ions, electrons, force), mixing(x)


def film_source(case: Case, system, t):
    """The source of a film of one kind of layers, in the order of its unknowns."""
    line = system.line if case.heat else system
    grid, current = line.regions[0].film.grid, CURRENT * t / END
    faces, centres = jnp.arange(1, grid.cells) * grid.spacing, jnp.asarray(grid.centres)
    _, (ions, _, force), _ = fields(case, faces, t)
    rate = -grid.divergence(-ions * force)
    change = slope(lambda t: contents(centres, t), t)
    of_content = change - rate
    if not case.heat:
        return of_content

    def made(x):
        _, (ions, electrons, force), _ = fields(case, x, t)
        return RATIO * ions * force**2 + (current + RATIO * ions * force) ** 2 / electrons

    theta, _, mixing = fields(case, centres, t)
    reversible = RATIO * theta * mixing * rate
    ends = case.warmth(jnp.array([0.0, 1.0]), t)
    at_contacts = current**2 / (CONDUCTING * jnp.exp(-CONTACTS * (1 / ends - 1)))
    warming = slope(lambda t: case.warmth(centres, t), t)
    if case.heat == "lumped":
        whole = jnp.sum(WEIGHTS / 2 * made(jnp.asarray(PLACES))) + grid.integral(reversible) + jnp.sum(at_contacts)
        return jnp.append(of_content, warming[0] - (whole - (theta[0] - 1) / WITHIN))
    first, last = at_contacts - jnp.asarray(OUT) * (ends - 1)
    conducted = -grid.divergence(-CONDUCTANCE * slope(lambda x: case.warmth(x, t), faces), first, -last)
    return jnp.stack([of_content, warming - conducted - made(centres) - reversible], axis=-1).ravel()


def layered_source(case: Case, system, t):
    """The source of a film of two kinds of layers."""
    film = system.regions[0].film
    grid, law = film.grid, film.free_energy
    faces, centres = jnp.arange(1, grid.cells) * grid.spacing, jnp.asarray(grid.centres)

    def potentials(x):
        c = layers(x, t)
        d, electrons = c[..., ::-1], c.mean(axis=-1) + DEFECTS
        ions = jnp.log(c / (1 - c)) + law.within * (1 - 2 * c) + law.between * d + law.ordering * d * (1 - d) * (1 - 2 * c)
        curved = slope(lambda x: slope(lambda x: layers(x, t), x), x)
        return ions + jnp.log(electrons / (SITES - electrons))[..., None] - KAPPA * curved

    def flux(x):
        c, driving = layers(x, t), slope(potentials, x)
        electrons, mobile = c.mean(axis=-1) + DEFECTS, c * (1 - c)
        pushed = CURRENT * t / END + RATIO * (mobile * driving).mean(axis=-1)
        force = pushed / (electrons * (1 - electrons / SITES) + RATIO * mobile.mean(axis=-1))
        return -mobile * (driving - force[..., None])

    apart = film.exchange_rate * (potentials(centres)[:, 0] - potentials(centres)[:, 1])
    exchanged = jnp.stack([apart, -apart], axis=-1)
    return (slope(lambda t: layers(centres, t), t) + grid.divergence(flux(faces)) + exchanged).ravel()


class Sourced(AbstractSystem):
    """A system with a source."""

    inner: Any
    case: Case = eqx.field(static=True)
    source: Any = eqx.field(static=True)
    method: Any = eqx.field(static=True)
    bandwidth: int = eqx.field(static=True)
    border: int = eqx.field(static=True)

    def balance(self, t, y, w, drive):
        rates, excess = self.inner.balance(t, y, w, drive)
        return rates + self.source(self.case, self.inner, t), excess

    @property
    def floor(self):
        return self.inner.floor

    def conserved(self, y):
        return self.inner.conserved(y)

    def invariants(self, q):
        return self.inner.invariants(q)

    def start(self, t, y, drive):
        return self.inner.start(t, y, drive)

    def admissible(self, y):
        return self.inner.admissible(y)

    def monitors(self, t, y, w, drive):
        return self.inner.monitors(t, y, w, drive)

    def integrands(self, t, y, w, drive):
        return self.inner.integrands(t, y, w, drive)


def ohmic(eta, surface):
    """i = eta/10, scaled."""
    return CONDUCTING * eta


def film(case: Case, cells: int):
    """The system of a film of one kind of layers, and its start."""
    shares: Any = {"exponent": RHO, "electron_sites": SITES, "defects": DEFECTS}
    law = RegularSolution(ion_interaction=OMEGA - 20.0, electron_interaction=20.0, **shares)
    given: Any = {"concentration": 22e3, "ion_diffusivity": RATIO * 1e-11, "electron_diffusivity": 1e-11}
    material = so.MixedConductor(name="test", free_energy=law, gradient_energy=KAPPA * H**2, **given)
    mechanics: Any = {}
    if case.strength:
        misfit = BiaxialMisfit(0.01, case.strength * 22e3 * GAS_CONSTANT * 298.15 / 1e-4)
        material = dataclasses.replace(material, misfit=misfit)
        mechanics = {"mechanics": Bending() if case.bends else Clamped()}
    heat: Any = {"lumped": {"heat": LumpedHeat(1e-6)}, "across": {"heat": ConductedHeat(1e-6)}}.get(case.heat, {})
    contact = so.Contact(Transfer(ohmic))
    device = so.FilmMemristor(top=contact, film=so.Film(material, H, 0.5, **mechanics), bottom=contact, **heat)
    system: Any = device.system(cells)
    line: Any = system.line if case.heat else system
    region = dataclasses.replace(line.regions[0], thermal_voltage=1.0)
    line = dataclasses.replace(line, regions=(region,), series_resistance=0.0, current_unit=1.0)
    rates = {"ions": IONS, "electrons": ELECTRONS, "contacts": (CONTACTS, CONTACTS), "capacity": 1.0}
    if case.heat == "lumped":
        line = dataclasses.replace(system, line=line, heat=dataclasses.replace(system.heat, resistance=WITHIN, **rates))
    elif case.heat:
        flow = dataclasses.replace(system.heat, conductance=CONDUCTANCE, ends=OUT, **rates)
        line = dataclasses.replace(system, line=line, heat=flow)
    place = jnp.asarray((np.arange(cells) + 0.5) / cells)
    system = as_arrays(without_sources(line))

    def exact(t):
        c, rise = contents(place, t), case.warmth(place, t) - 1
        if case.heat == "lumped":
            return jnp.append(c, rise[0])
        return jnp.stack([c, rise], axis=-1).ravel() if case.heat else c

    y = system.unknowns(contents(place, 0.0))
    if case.heat == "lumped":
        y = y.at[-1].set(exact(0.0)[-1])
    elif case.heat:
        y = y.at[1::2].set(exact(0.0)[1::2])
    return system, film_source, exact, y


def layered(case: Case, cells: int):
    """The system of a film of two kinds of layers, and its start."""
    law = TwoLayer(within=2.5, between=1.4, ordering=3.0, electron_sites=SITES, defects=DEFECTS)
    given: Any = {"concentration": 22e3, "ion_diffusivity": RATIO * 1e-11, "electron_diffusivity": 1e-11}
    rate = 2.0 * RATIO * 1e-11 / H**2
    material = so.materials.LayeredConductor(name="test", free_energy=law, gradient_energy=KAPPA * H**2, exchange=rate, **given)
    contact = Transfer(ohmic)
    system: Any = LayeredMemristor(top=contact, film=LayeredFilm(material, H, 0.5, 0.4), bottom=contact).system(cells)
    region: Any = dataclasses.replace(system.regions[0], thermal_voltage=1.0)
    system = as_arrays(without_sources(dataclasses.replace(system, regions=(region,), current_unit=1.0)))
    place = jnp.asarray((np.arange(cells) + 0.5) / cells)

    def exact(t):
        return layers(place, t).ravel()

    return system, layered_source, exact, system.unknowns(exact(0.0))


CASES = {
    "clamped": (film, Case(strength=STRENGTH)),
    "bent": (film, Case(strength=STRENGTH, bends=True)),
    "lumped": (film, Case(heat="lumped")),
    "across": (film, Case(heat="across")),
    "layers": (layered, Case()),
}


@eqx.filter_jit
def integrate(system, drive, y, w, steps):
    """Contents and temperatures after equal steps."""
    h = END / steps

    def body(k, state):
        step = rosenbrock_step(system, k * h, state[0], state[1], h, drive)
        return step.y, project(system, (k + 1) * h, step.y, step.w, drive)

    return system.conserved(jax.lax.fori_loop(0, steps, body, (y, w))[0])


def problem(name: str, cells: int):
    """A case on a grid: system with its source, drive, start (y, w) and what it should be at the end."""
    make, case = CASES[name]
    system, source, exact, y = make(case, cells)
    one, none = jnp.ones(1), jnp.zeros(1)
    drive = Drive(none, one, none, CURRENT * one, END * one, jnp.inf * one, jnp.inf * one)
    whole = Sourced(system, case, source, system.method, system.bandwidth, system.border)  # pyright: ignore[reportCallIssue]
    w = eqx.filter_jit(lambda system: system.start(0.0, y, drive))(system)
    return whole, drive, y, w, exact


def main(parts: list[str]) -> None:
    """Run what is asked for."""
    for name in parts or CASES:
        errors = []
        for cells in (8, 16, 32):
            system, drive, y, w, exact = problem(name, cells)
            errors.append(float(jnp.max(jnp.abs(integrate(system, drive, y, w, jnp.asarray(80)) - exact(END)))))
            if cells == 8:
                ends = [integrate(system, drive, y, w, jnp.asarray(n)) for n in (4, 8, 640)]
        timed = [float(jnp.max(jnp.abs(end - ends[-1]))) for end in ends[:-1]]
        print(f"{name}: space {errors[1]:.2e} {errors[2]:.2e}, order {np.log2(errors[1] / errors[2]):.2f}; ", end="")
        print(f"time {timed[0]:.2e} {timed[1]:.2e}, order {np.log2(timed[0] / timed[1]):.2f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
