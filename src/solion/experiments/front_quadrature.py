"""The front of an alloying particle by quadrature: time as a function of the fraction reacted, for small Stefan numbers.

    v = (c* - c_rest)/(N_0 R),   R = 1/k + G/D + (a/b)^m/h,   t(f) = integral of df/(p a^m v/a_0^p)

Nothing is stepped and nothing can stall: the fraction runs to where the front arrests, or to one. The error against the resolved
shell is about S/3 in time. One function serves one particle, and by ``jax.vmap`` a population of ten thousand.
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import xarray as xr
from jaxtyping import Array, Float

from solion.base.compiled import Program
from solion.base.constants import FARADAY, thermal_voltage
from solion.base.parameters import as_arrays, parameter, table, without_sources
from solion.base.quantity import Quantity
from solion.devices.alloy_particle import AlloyParticle
from solion.devices.alloy_quantities import OBSERVABLES
from solion.experiments.experiment import AbstractExperiment, refuse_resume, require
from solion.laws.core_shell.front_reaction import slowing
from solion.laws.core_shell.kinematics import CoreShell, core_radius, diffusion_length
from solion.laws.core_shell.resistances import Resistances
from solion.result.description import describe, row_values
from solion.result.result import Result

POINTS = 96  # along the fraction; with three nodes between them, times are right to 1e-6
DEEP = 22.0  # the last point is exp(-DEEP) short of the end
NODES, WEIGHTS = np.polynomial.legendre.leggauss(6)
NODES, WEIGHTS = 0.5 * (NODES + 1), 0.5 * WEIGHTS
INNER, INNER_WEIGHTS = np.polynomial.legendre.leggauss(3)
INNER, INNER_WEIGHTS = 0.5 * (INNER + 1), 0.5 * INNER_WEIGHTS


class QuasiSteadyFront(NamedTuple):
    """One instant; speeds in m/s, densities in N_0, resistances in s/m, dG_m in V."""

    speed: Float[Array, "..."]
    work: Float[Array, "..."]
    outside: Float[Array, "..."]
    rest: Float[Array, "..."]
    resistances: Resistances
    core: Float[Array, "..."]
    outer: Float[Array, "..."]


def quasi_steady_front(device: AlloyParticle, potential, fraction) -> QuasiSteadyFront:
    """The front at a fraction reacted, of a particle held at a potential (V)."""
    material, radius, order = device.material, device.shape.radius, device.shape.order
    volt = thermal_voltage(device.temperature)
    core = core_radius(fraction, radius, order)
    shape = CoreShell(core, radius, material.ratio, order)
    outer = shape.outer
    outside = material.excess(potential, device.temperature)
    energy = material.formula.stoichiometry * (material.plateau - potential)
    theta = material.amorphisation.share(core, energy)
    left = 1 - material.relief * theta
    work = left * material.stress_work.work(shape, material.shell, material.formula, 0.0)
    pressed = device.pressure + order * device.surface_stress / outer
    work = work + material.stress_work.pressure_work(pressed, material.ratio, material.formula)
    rest = material.excess(material.plateau, device.temperature) * jnp.exp(work / volt)
    rate = material.rate_at(device.temperature) * (1 + theta * (material.speedup - 1))
    rate = rate * slowing(work, material.asymmetry, volt)
    share = jnp.reshape(jnp.asarray(NODES), (-1,) + (1,) * jnp.ndim(core))
    if order == 0:
        place = core + (outer - core) * share
    else:
        place = core * (outer / core) ** share if order == 1 else 1 / (1 / core - share * (1 / core - 1 / outer))
    factor = material.diffusion.factor(left * material.shell.mean(shape, place, 0.0), device.temperature)
    slower = jnp.tensordot(jnp.asarray(WEIGHTS), 1 / factor, 1)
    thickness = device.film.film_thickness  # pyright: ignore[reportAttributeAccessIssue]
    series = Resistances(
        1 / rate + 0 * core,
        slower * diffusion_length(core, outer, order) / material.diffusivity,
        (core / outer) ** order / device.film.conductance(thickness),
    )
    speed = jnp.maximum(outside - rest, 0.0) / series.total
    return QuasiSteadyFront(speed, work, outside + 0 * core, rest, series, core, outer)


def arrest(device: AlloyParticle, potential):
    """Fraction at which the front of a particle held at a potential rests for good; 1 where it never does."""
    grid = jnp.concatenate([jnp.linspace(0, 0.98, 99), 1 - 0.02 * 0.7 ** jnp.arange(1, 60)])
    stands = quasi_steady_front(device, potential, grid).speed <= 0
    first = jnp.argmax(stands)
    low = jnp.where(first > 0, grid[first - 1], 0.0)

    def halve(_, bracket):
        low, high = bracket
        middle = 0.5 * (low + high)
        moves = quasi_steady_front(device, potential, middle).speed > 0
        return jnp.where(moves, middle, low), jnp.where(moves, high, middle)

    low, high = jax.lax.fori_loop(0, 50, halve, (low, grid[first]))
    return jnp.where(jnp.any(stands), 0.5 * (low + high), 1.0)


def fraction_in_time(device: AlloyParticle, potential):
    """(f, t): fractions up to arrest or one, and the times (s) at which they are reached; ``POINTS`` of each."""
    order, end = device.shape.order, arrest(device, potential)

    def progress(place):
        fraction = -end * jnp.expm1(-DEEP * place)
        front = quasi_steady_front(device, potential, fraction)
        power = order + 1
        rate = power * front.core**order * front.speed / device.shape.radius**power
        return end * DEEP * jnp.exp(-DEEP * place) / rate

    grid = jnp.linspace(0, 1, POINTS)
    step = grid[1]
    inside = grid[:-1, None] + step * jnp.asarray(INNER)
    pieces = step * jnp.sum(progress(inside) * jnp.asarray(INNER_WEIGHTS), axis=1)
    time = jnp.concatenate([jnp.zeros(1), jnp.cumsum(pieces)])
    return -end * jnp.expm1(-DEEP * grid), time


def _one(device, potential):
    fraction, time = fraction_in_time(device, potential)
    return fraction, time, quasi_steady_front(device, potential, fraction)


_compiled_one = Program(_one)
KEPT = (
    "voltage",
    "current",
    "reacted_fraction",
    "core",
    "outer",
    "thickness",
    "host_depth",
    "front_speed",
    "potential_plateau",
    "potential_stress",
    "potential_reaction",
    "potential_diffusion",
    "potential_film",
    "share_interface",
    "share_layer",
    "share_film",
    "damkohler",
    "biot",
    "stefan",
    "driving",
    "crossover",
)


class QuasiSteady(AbstractExperiment):
    """A particle held at a potential, by quadrature over the fraction reacted; to be taken where S < 0.1."""

    potential: float = parameter(unit="V", low=-2, high=3, doc="against the carrier metal, held")

    takes: ClassVar = AlloyParticle
    verb: ClassVar = "quasi_steady"
    quantities: ClassVar[tuple[Quantity, ...]] = tuple(item for item in OBSERVABLES if item.name in KEPT)

    def run(self, device, *, on_progress=None, checkpoint=None, resume=False, title=""):
        refuse_resume(resume)
        require(self.verb, device, AlloyParticle)
        return quasi_steady(device, float(self.potential), title=title)


def quasi_steady(device: AlloyParticle, potential: float, *, title: str = "") -> Result:
    """Hold a particle at a potential (V) by :class:`QuasiSteady`; the result has the quantities of a resolved run."""
    require("quasi_steady", device, AlloyParticle)
    known = as_arrays(without_sources(device))
    fraction, time, front = jax.tree.map(np.asarray, _compiled_one(known, jnp.asarray(potential, float)))
    values = _values(device, potential, fraction, front)
    kept = np.isfinite(time)
    variables = {
        item.name: ("time", np.broadcast_to(values[item.name], fraction.shape)[kept], item.attributes())
        for item in QuasiSteady.quantities
    }
    dataset = xr.Dataset(variables, {"time": ("time", time[kept], {"units": "s", "long_name": "time", "kind": "time"})})
    stefan, end = float(np.max(values["stefan"])), float(fraction[-1])
    warnings = device.temperature_notes()
    if stefan > 0.1:
        warnings.append(
            f"the Stefan number reaches {stefan:.2g}, above 0.1, so that times are some {100 * stefan / 3:.0f} % short: run the "
            "resolved shell with simulate()."
        )
    if end == 0 or not np.any(front.speed > 0):
        warnings.append("the front does not move: the potential is at or above the plateau.")
    dataset.attrs = describe(
        title=title or "Quasi-steady front",
        device=type(device).__name__,
        experiment="QuasiSteady",
        status="finished",
        message=f"f = {end:.4g} at the end" + (", where stress arrests the front." if end < 0.9999 else "."),
        sign_convention=device.sign_convention,
        parameters=[row_values(row) for row in table(device)],
        settings={"potential": potential, "points": POINTS},
        audit={},
        warnings=warnings,
        material=device.facts(),
    )
    return Result(dataset)


def _values(device: AlloyParticle, potential, fraction, front: QuasiSteadyFront) -> dict[str, Any]:
    material, radius, order = device.material, float(device.shape.radius), device.shape.order
    volt, flux = float(thermal_voltage(device.temperature)), front.speed
    inner = front.rest + flux * front.resistances.interface
    surface = np.asarray(front.outside) - flux * front.resistances.film
    equilibrium = float(material.excess(material.plateau, device.temperature))
    shares = front.resistances.shares
    film = front.resistances.film * (front.outer / front.core) ** order
    strength = float(material.shell.strength) * float(material.formula.per_stress)
    plateau = float(material.plateau)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "voltage": potential,
            "current": -FARADAY * float(material.concentration) * float(device.shape.measure) * front.core**order * flux,
            "reacted_fraction": fraction,
            "core": front.core,
            "outer": front.outer,
            "thickness": front.outer - front.core,
            "host_depth": radius - front.core,
            "front_speed": flux,
            "potential_plateau": plateau,
            "potential_stress": -front.work,
            "potential_reaction": -(volt * np.log(inner / equilibrium) - front.work),
            "potential_diffusion": -volt * np.log(surface / inner),
            "potential_film": -volt * np.log(front.outside / surface),
            "share_interface": shares.interface,
            "share_layer": shares.layer,
            "share_film": shares.film,
            "damkohler": radius / (front.resistances.interface * float(material.diffusivity)),
            "biot": radius / (film * float(material.diffusivity)),
            "stefan": (surface - inner) / (1 / float(material.ratio) + inner),
            "driving": (plateau - potential) / strength if strength else np.inf,
            "crossover": float(material.diffusivity) * (front.resistances.interface + film),
        }
