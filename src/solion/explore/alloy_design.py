"""Rate and design of alloying particles: how much of them a current uses, where they arrest, how large they may be.

All by quadrature or in closed form (see :mod:`solion.experiments.front_quadrature`), so that a map or a population is one call.
"""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from scipy.optimize import brentq

from solion.base.compiled import Program
from solion.base.errors import InputError
from solion.base.parameters import as_arrays, without_sources
from solion.devices.alloy_particle import AlloyParticle
from solion.experiments.front_quadrature import arrest, fraction_in_time, quasi_steady_front

__all__ = ["arrested_fraction", "largest_radius", "mechanical_hysteresis", "population", "time_to"]
FULL = 0.99  # of the host; what a microscope calls full


def _population(device, potential, sizes):
    def one(size):
        return fraction_in_time(dataclasses.replace(device, shape=device.shape.resized(size)), potential)

    return jax.vmap(one)(sizes)


def _flow_work(device, fraction):
    front = quasi_steady_front(device, 0.0, fraction)
    pressed = device.pressure + device.shape.order * device.surface_stress / front.outer
    material = device.material
    return front.work - material.stress_work.pressure_work(pressed, material.ratio, material.formula)


_work_program = Program(_flow_work)
_population_program, _arrest_program = Program(_population), Program(arrest)


def arrested_fraction(device: AlloyParticle, potential: float) -> float:
    """Fraction at which the front of a particle held at a potential (V) rests for good, its own laws of stress included."""
    return float(_arrest_program(as_arrays(without_sources(device)), jnp.asarray(potential, float)))


class Population(NamedTuple):
    """Particles of many sizes held at one potential: radii (m), and on common times (s) the fraction of each and of all."""

    radius: np.ndarray
    time: np.ndarray
    fraction: np.ndarray  # (particle, time)
    whole: np.ndarray  # of the volume of all


def population(
    device: AlloyParticle, potential: float, *, spread: float, count: int, duration: float, seed: int = 0, samples: int = 100
) -> Population:
    """``count`` particles with log-normal radii, ``spread`` the deviation of ln a_0, held at ``potential`` (V).

    One compiled call for all.
    """
    if not (0 <= spread <= 3 and duration > 0 and count >= 1):
        raise InputError("population: spread is outside its allowed range [0, 3], or count or duration is not positive.")
    draw = np.random.default_rng(seed).standard_normal(count)
    radius = float(device.shape.radius) * np.exp(spread * draw)
    known = as_arrays(without_sources(device))
    fraction, time = _population_program(known, jnp.asarray(potential, float), jnp.asarray(radius))
    common = np.linspace(0, duration, samples)
    rows = np.array([np.interp(common, t, f) for t, f in zip(np.asarray(time), np.asarray(fraction), strict=True)])
    weight = radius ** (device.shape.order + 1)
    return Population(radius, common, rows, weight @ rows / weight.sum())


def time_to(device: AlloyParticle, potential: float, fraction: float = FULL) -> float:
    """Time (s) to a fraction, infinite where stress arrests the front before."""
    known = as_arrays(without_sources(device))
    found, time = (
        np.asarray(part)[0]
        for part in _population_program(known, jnp.asarray(potential, float), jnp.asarray([float(device.shape.radius)]))
    )
    return float(np.interp(fraction, found, time)) if found[-1] >= fraction else np.inf


def largest_radius(device: AlloyParticle, potential: float, duration: float, fraction: float = FULL) -> float:
    """Largest a_0 (m, up to 1 mm) of which a fraction has reacted within a time (s); nan where not even 1 nm has.

    A particle that arrests by rigid-plastic stress does so at every size: nan, or 1 mm, is then the answer.
    """
    known = as_arrays(without_sources(device))

    def spare(logarithm: float) -> float:
        found, time = _population_program(known, jnp.asarray(potential, float), jnp.asarray([np.exp(logarithm)]))
        found, time = np.asarray(found)[0], np.asarray(time)[0]
        needed = np.interp(fraction, found, time) if found[-1] >= fraction else 1e30
        return float(np.log(duration) - np.log(needed))

    low, high = np.log(1e-9), np.log(1e-3)
    if spare(low) < 0:
        return float("nan")
    return 1e-3 if spare(high) > 0 else float(np.exp(brentq(spare, low, high, xtol=1e-6)))  # pyright: ignore


def mechanical_hysteresis(device: AlloyParticle, fraction) -> np.ndarray:
    """Part of the voltage between lithiation and delithiation (V) that plastic flow takes at fractions reacted, 2 |dG_m|/e.

    The shell flows the other way as the front returns. Without flow in the work of stress there is none.
    """
    known = as_arrays(without_sources(device))
    if not device.material.stress_work.flows:
        return np.zeros_like(np.asarray(fraction, float))
    return 2 * np.abs(np.asarray(_work_program(known, jnp.asarray(fraction, float))))
