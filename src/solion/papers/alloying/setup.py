"""The particles of the paper, and how they are held.

Source: Choi, Scanlon and Lee, Extending the performance limit of anodes: insights from diffusion kinetics of alloying anodes.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from solion.devices import AlloyParticle, Plate, Sphere, Wire
from solion.laws import CoreRelaxation, GivenAmorphisation
from solion.materials import lithium_silicon
from solion.materials.alloy_host import AlloyHost
from solion.papers.run_pool import RunPool
from solion.protocols import hold
from solion.result.result import Result

HELD = 0.11 - 0.0955  # V; the calibrated driving force of 0.0955 eV of direct contact with silicon
HOURS = 3600.0
SPEED_AXIAL, SPEED_RADIAL = 1082e-9, 1.7e-9  # m/s, stated: lines 179 and 180
SILICON_DIFFUSIVITY = 5.1e-16  # m2/s, stated: line 713


def wire(diameter: float, host: AlloyHost | None = None) -> AlloyParticle:
    """A wire of a diameter (m), of silicon unless given."""
    return AlloyParticle(host or lithium_silicon(), Wire(diameter / 2))


def sphere(diameter: float, host: AlloyHost | None = None) -> AlloyParticle:
    """A sphere of a diameter (m), of silicon unless given."""
    return AlloyParticle(host or lithium_silicon(), Sphere(diameter / 2))


def relaxing(critical: float = 30.6e-9) -> AlloyHost:
    """Silicon whose core relaxes below a radius (m)."""
    return dataclasses.replace(lithium_silicon(), amorphisation=CoreRelaxation(critical))


def stress_free(host: AlloyHost, **numbers) -> AlloyHost:
    """A host whose product gives way, with numbers replaced."""
    return dataclasses.replace(host, amorphisation=GivenAmorphisation(1.0), **numbers)


def crossing_plate() -> AlloyParticle:
    """A plate in which reaction and diffusion resist alike when a quarter of it has reacted; c_eq is nothing."""
    radius, ratio, diffusivity = 1e-7, 3.81, 1e-16
    rate = diffusivity / (0.05 * ratio * radius)
    host = stress_free(lithium_silicon(), diffusivity=diffusivity, front_rate=rate, plateau=0.4)
    return AlloyParticle(host, Plate(radius))


def potential_of(device: AlloyParticle, stefan: float) -> float:
    """Potential (V) at which the surface holds this excess over N_p."""
    return float(-device.scales().voltage * np.log(stefan / float(device.material.saturation)))


def held(run_pool: RunPool, device: AlloyParticle, potential: float, duration: float, samples: int = 120) -> Result:
    """A resolved run at one potential."""
    return run_pool.simulate(device, hold(voltage=potential, duration=duration, samples=samples), cells=40)


def fraction_at(result: Result, time: float) -> float:
    """Fraction reacted at a time (s)."""
    return float(np.interp(time, result.dataset["time"], result.dataset["reacted_fraction"]))
