"""What a current uses of an alloying particle and where stress stops it, over rate, size, yield stress and driving force.

Utilisation is by quadrature of the quasi-steady front, the fraction at which the C-rate would plate metal; the arrested fraction
is that of a rigid-plastic shell, which holds no size. Fracture is right in its order of magnitude only, and says so.
"""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

import jax.numpy as jnp
import numpy as np
import xarray as xr

from solion.base.compiled import Program
from solion.base.errors import InputError
from solion.base.parameters import as_arrays, assumed, parameter, positive_parameter, table, without_sources
from solion.base.quantity import Quantity
from solion.devices.alloy_particle import HOUR, AlloyParticle
from solion.experiments.experiment import AbstractExperiment, refuse_resume, require
from solion.experiments.front_quadrature import quasi_steady_front
from solion.laws.core_shell.arrest import arrest_fraction, driving_number
from solion.result.description import describe, row_values
from solion.result.result import Result

FRACTIONS = np.concatenate([np.geomspace(1e-6, 0.5, 400), 1 - np.geomspace(0.5, 1e-9, 600)[1:]])
HERMITE = np.polynomial.hermite_e.hermegauss(9)
RATE: dict[str, Any] = {"unit": "1/h", "low": 1e-9, "high": 1e9}
STRESS: dict[str, Any] = {"unit": "Pa", "low": 5e6, "high": 2e10}
DRIVE: dict[str, Any] = {"unit": "V", "low": 1e-6, "high": 3}
COUNT: dict[str, Any] = {"low": 1, "high": 1000}


def _limits(device, fraction):
    front = quasi_steady_front(device, 0.0, fraction)
    power = device.shape.order + 1
    return HOUR * power * front.core**device.shape.order * front.speed / device.shape.radius**power


_limit_program = Program(_limits)


def limiting_c_rate(device: AlloyParticle, fraction) -> np.ndarray:
    """C-rate (1/h) at which the surface just reaches the excess that rests with the carrier metal, at fractions reacted.

    It may rise with the fraction where a film on a growing surface limits.
    """
    known = as_arrays(without_sources(device))
    return np.asarray(_limit_program(known, jnp.asarray(fraction, float)))


def utilisation(device: AlloyParticle, c_rate) -> np.ndarray:
    """Fraction that reacts before a constant C-rate (1/h) would plate metal: the first at which the limit falls below it.

    0 where the rate is above the limit from the start (of a film), 1 where it never is.
    """
    limit = limiting_c_rate(device, FRACTIONS)
    return np.array([_first_below(limit, float(rate)) for rate in np.atleast_1d(np.asarray(c_rate, float))])


def _first_below(limit: np.ndarray, rate: float) -> float:
    if not rate > 0:
        raise InputError(f"utilisation: c_rate = {rate:g} 1/h is outside its allowed range (0, inf) 1/h.")
    below = np.flatnonzero(limit < rate)
    if not below.size:
        return 1.0
    k = int(below[0])
    if k == 0:
        return 0.0
    high, low = np.log(limit[k - 1]), np.log(max(limit[k], 1e-300))
    share = (high - np.log(rate)) / (high - low)
    return float(FRACTIONS[k - 1] + share * (FRACTIONS[k] - FRACTIONS[k - 1]))


def arrest_map(device: AlloyParticle, yield_stress, drive) -> np.ndarray:
    """Arrested fraction over yield stresses (Pa, first axis) and driving forces (V, second), rigid-plastic, by traction."""
    stress, force = np.meshgrid(np.asarray(yield_stress, float), np.asarray(drive, float), indexing="ij")
    formula = device.material.formula
    gamma = driving_number(force, stress, formula.stoichiometry, formula.host_volume)
    return np.asarray(arrest_fraction(gamma, device.material.ratio, device.shape.order))


def fracture_diameter(toughness: float, modulus: float, yield_stress: float, shape: float = 1.0) -> float:
    """d = G_c E/(Z sigma_Y^2) in m, above which a shell in hoop tension can crack: right in its order of magnitude only.

    G_c in J/m2, E and sigma_Y in Pa, Z of the order of 1.
    """
    return toughness * modulus / (shape * yield_stress**2)


class DesignMap(AbstractExperiment):
    """Axes from a first to a last value in equal ratios: C-rate and radius for utilisation, yield stress and drive for arrest."""

    smallest: float = positive_parameter(unit="m", high=1e-2, doc="first a_0")
    largest: float = positive_parameter(unit="m", high=1e-2, doc="last a_0")
    slowest: float = parameter(0.1, **RATE, doc="first C-rate", source=assumed(0.1, "a rate table from C/10"))
    fastest: float = parameter(100.0, **RATE, doc="last C-rate", source=assumed(100.0, "to 100C"))
    rates: float = parameter(4.0, **COUNT, doc="number of C-rates", source=assumed(4.0, "decades"))
    sizes: float = parameter(2.0, **COUNT, doc="number of radii", source=assumed(2.0, "the ends"))
    spread: float = parameter(
        0.0, low=0, high=2, doc="deviation of ln a_0 of a log-normal population", source=assumed(0.0, "one size unless given")
    )
    softest: float = parameter(1e8, **STRESS, doc="first yield stress", source=assumed(1e8, "soft alloys"))
    hardest: float = parameter(2e9, **STRESS, doc="last yield stress", source=assumed(2e9, "the upper end of what is reported"))
    stresses: float = parameter(40.0, **COUNT, doc="number of yield stresses", source=assumed(40.0, "a picture"))
    weakest: float = parameter(0.02, **DRIVE, doc="first driving force", source=assumed(0.02, "below k_B T"))
    strongest: float = parameter(0.5, **DRIVE, doc="last driving force", source=assumed(0.5, "above every plateau here"))
    drives: float = parameter(40.0, **COUNT, doc="number of driving forces", source=assumed(40.0, "a picture"))
    toughness: float = positive_parameter(
        8.0, unit="J/m2", high=1e4, doc="G_c", source=assumed(8.0, "of the order of lithiated silicon, from memory")
    )
    modulus: float = positive_parameter(
        4e10, unit="Pa", high=1e13, doc="E of the product", source=assumed(4e10, "lithiated silicon, from memory, +-50 %")
    )

    takes: ClassVar = AlloyParticle
    verb: ClassVar = "design_map"
    quantities: ClassVar = (
        Quantity("utilisation", None, "fraction used before metal plates", "field", dimensions=("radius", "c_rate")),
        Quantity("arrested_fraction", None, "fraction at which stress arrests", "field", dimensions=("yield_stress", "drive")),
        Quantity(
            "fracture_diameter", "length", "diameter at which it may crack, order of magnitude", dimensions=("yield_stress",)
        ),
    )

    def run(self, device, *, on_progress=None, checkpoint=None, resume=False, title=""):
        refuse_resume(resume)
        require(self.verb, device, AlloyParticle)
        rate, radius, stress, drive = (
            np.geomspace(float(low), float(high), int(count))
            for low, high, count in (
                (self.slowest, self.fastest, self.rates),
                (self.smallest, self.largest, self.sizes),
                (self.softest, self.hardest, self.stresses),
                (self.weakest, self.strongest, self.drives),
            )
        )
        values = (
            np.stack([self._used(device, size, rate) for size in radius]),
            arrest_map(device, stress, drive),
            np.array([fracture_diameter(float(self.toughness), float(self.modulus), float(entry)) for entry in stress]),
        )
        axes = {
            "c_rate": (rate, "1/h", "C-rate"),
            "radius": (radius, "m", "radius"),
            "yield_stress": (stress, "Pa", "yield stress"),
            "drive": (drive, "V", "driving force"),
        }
        dataset = xr.Dataset(
            {item.name: (item.dimensions, found, item.attributes()) for item, found in zip(self.quantities, values, strict=True)},
            {name: (name, axis, {"units": unit, "long_name": text}) for name, (axis, unit, text) in axes.items()},
        )
        dataset.attrs = describe(
            title=title or "Design map of an alloying particle",
            device=type(device).__name__,
            experiment=type(self).__name__,
            status="finished",
            message=f"at {rate[-1]:g}C radii of {radius[0]:.3g} and {radius[-1]:.3g} m use {values[0][0, -1]:.3f} and "
            f"{values[0][-1, -1]:.3f} of the host.",
            sign_convention=device.sign_convention,
            parameters=[row_values(row) for row in (*table(device), *table(self, "experiment"))],
            settings={},
            audit={},
            warnings=[
                *device.temperature_notes(),
                "fracture diameters are right in their order of magnitude only: d = G_c E/(Z sigma_Y^2), Z of the order of 1.",
            ],
            material=device.facts(),
        )
        return Result(dataset)

    def _used(self, device: AlloyParticle, radius: float, rate: np.ndarray) -> np.ndarray:
        """Utilisation of one size, or of a log-normal population about it, by volume."""
        if not float(self.spread):
            return utilisation(_sized(device, radius), rate)
        nodes, weights = HERMITE
        sizes = radius * np.exp(float(self.spread) * nodes)
        weights = weights * sizes ** (device.shape.order + 1)
        shares = np.stack([utilisation(_sized(device, size), rate) for size in sizes])
        return weights @ shares / weights.sum()


def _sized(device: AlloyParticle, radius: float) -> AlloyParticle:
    return dataclasses.replace(device, shape=device.shape.resized(float(radius)))
