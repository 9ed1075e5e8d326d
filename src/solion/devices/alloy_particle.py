"""A particle, wire or plate of an alloying anode: a sharp front turns its host into a product that swells, yields and conducts.

Choi, Scanlon and Lee, "Extending the performance limit of anodes"; the equations are those of
:mod:`solion.balances.shell_front` and :mod:`solion.laws.core_shell`. Reaction, diffusion and surface film act in series; which
of them limits is an outcome, stress another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from solion.balances.shell_front import ShellFront
from solion.base.constants import FARADAY, thermal_voltage
from solion.base.errors import InputError
from solion.base.parameters import assumed, build, parameter
from solion.base.reference_temperature import temperatures_apart
from solion.base.scaling import Scales
from solion.devices.alloy_shapes import AbstractShape
from solion.devices.alloy_system import AlloySystem
from solion.devices.device import AbstractDevice
from solion.devices.start import AbstractInitial, Region, Uniform
from solion.grids.moving_shell import MovingShell
from solion.laws.charge_transfer import AbstractChargeTransfer, AreaResistance
from solion.laws.core_shell.front_growth import quasi_steady_time
from solion.laws.core_shell.kinematics import core_radius, outer_radius
from solion.laws.core_shell.surface_film import AbstractSurfaceFilm, BareSurface
from solion.materials.alloy_host import AlloyHost
from solion.numerics.stepping.integrate import Tolerance

HOUR = 3600.0
GONE = 1e-6  # of the host left, at which the core counts as gone
MOST_CONTENT = 10.0  # of excess carriers over N_p in a start state


class AlloyParticle(AbstractDevice):
    """One particle against the carrier metal. A positive current takes carriers out; direct contact is a voltage near zero.

    The unit of current, C (``i_D`` in a study file), is that of full conversion in an hour.
    """

    material: AlloyHost
    shape: AbstractShape
    film: AbstractSurfaceFilm = BareSurface()
    transfer: AbstractChargeTransfer = build(
        AreaResistance, resistance=assumed(1e-13, "the surface transfers charge at once, unless given")
    )
    series_resistance: float = parameter(
        0.0, unit="ohm m2", low=0, doc="R_s, of the surface at the start", source=assumed(0.0, "none unless given")
    )
    pressure: float = parameter(
        0.0, unit="Pa", low=-1e10, high=1e10, doc="p_ext on the particle", source=assumed(0.0, "a free particle")
    )
    surface_stress: float = parameter(
        0.0,
        unit="N/m",
        low=-100,
        high=100,
        doc="gamma_s; of the order of 1, and then negligible above a few nm",
        source=assumed(0.0, "off unless given"),
    )
    creep_rate: float = parameter(
        1e-12,
        unit="1/s",
        low=1e-20,
        high=1e3,
        doc="strain rate below which the shell creeps instead of holding its stress",
        source=assumed(1e-12, "none within a year; a larger one makes arrest a slowing"),
    )
    creep_exponent: float = parameter(
        0.0, low=0, high=4, doc="creep rate as radius to minus this, from 100 nm", source=assumed(0.0, "no size in it")
    )
    start_fraction: float = parameter(
        1e-3, low=1e-5, high=0.9, doc="f of host that is product at the start", source=assumed(1e-3, "a thin shell")
    )
    start_excess: float = parameter(
        0.3,
        low=0,
        open_low=True,
        high=MOST_CONTENT,
        doc="excess carriers in the shell at the start, over those at 0 V",
        source=assumed(0.3, "of no consequence once the thin shell has filled"),
    )
    temperature: float = parameter(298.15, unit="K", low=100, high=1500, doc="T", source=assumed(298.15, "room temperature"))

    experiments: ClassVar[tuple[str, ...]] = (
        "transient",
        "quasi_steady",
        "alloy_cycling",
        "design_map",
        "anisotropic_front",
        "two_steps",
    )
    terminals: ClassVar[tuple[str, ...]] = ("electrode",)
    sign_convention: ClassVar[str] = (
        "Voltages are against the carrier metal; a positive current takes carriers out of the particle (oxidation), a negative "
        "one puts them in; stress is positive in tension."
    )
    initial: ClassVar[AbstractInitial] = Uniform()
    # runs that turn over next to nothing, as one that saturates at once, need more than 1e-6 for their balance of energy
    tolerance: ClassVar[Tolerance] = Tolerance(relative=1e-7, absolute=1e-10)
    watch: ClassVar[Mapping[str, float]] = {"reacted_fraction": 0.5}

    @property
    def charge(self):
        """Charge of full conversion, C."""
        return FARADAY * self.material.concentration * self.shape.volume

    def current_at(self, c_rate):
        """Current (A) at which the whole particle would react in 1/``c_rate`` hours; positive, as a number."""
        return c_rate * self.charge / HOUR

    def scales(self) -> Scales:
        """a_0, the time in which 1C moves N_0 a_0 through the surface, V_T and the current of 1C."""
        radius, order = self.shape.radius, self.shape.order
        time = HOUR * (order + 1)
        return Scales(
            length=radius,
            time=time,
            voltage=thermal_voltage(self.temperature),
            current_density=FARADAY * self.material.concentration * radius / time,
            concentration=self.material.concentration,
            area=self.shape.surface,
            symbols=(("current", "C"), ("current_density", "C")),
        )

    def front(self, cells: int) -> ShellFront:
        """The scaled balance of the shell."""
        material, radius, time = self.material, self.shape.radius, self.scales().time
        start = self._start_core()
        thickness = outer_radius(start, 1.0, material.ratio, self.shape.order) - start
        return ShellFront(
            grid=MovingShell(cells, self.shape.order),
            shell=material.shell,
            stress_work=material.stress_work,
            amorphisation=material.amorphisation,
            diffusion=material.diffusion,
            formula=material.formula,
            ratio=material.ratio,
            diffusivity=material.diffusivity * time / radius**2,
            rate=material.rate_at(self.temperature) * time / radius,
            equilibrium=material.excess(material.plateau, self.temperature),
            saturation=material.saturation / material.ratio,
            asymmetry=material.asymmetry,
            relief=material.relief,
            speedup=material.speedup,
            pressure=self.pressure,
            surface_stress=self.surface_stress,
            creep=self.creep_rate * (radius / 1e-7) ** -self.creep_exponent * time,
            thinnest=0.5 * thickness,
            length=radius,
            time=time,
            thermal_voltage=thermal_voltage(self.temperature),
            temperature=self.temperature,
        )

    def _start_core(self):
        """a/a_0 at the start."""
        return core_radius(self.start_fraction, 1.0, self.shape.order)

    def system(self, cells: int) -> AlloySystem:
        scales, material = self.scales(), self.material
        return AlloySystem(
            self.front(cells),
            self.film,
            self.transfer,
            self.series_resistance * scales.current_density / scales.voltage,
            material.plateau / scales.voltage,
            self.start_fraction,
            scales.current_density,
            material.concentration,
            scales.stress,
        )

    def regions(self, cells: int) -> tuple[Region, ...]:
        mean = float(self.start_excess * self.material.saturation)
        return (Region("shell", cells, mean, MOST_CONTENT + 1, ("front", "surface")),)

    def start_time(self, potential: float) -> float:
        """Time (s) that a front takes, by the quasi-steady solution without stress, to make the shell a run starts with.

        Add it to the time of a run at this potential (V) before a power law is read from it. Raises InputError above the plateau.
        """
        if potential >= float(self.material.plateau):
            raise InputError(
                f"start_time: potential = {potential:g} V is outside its allowed range (-inf, {float(self.material.plateau):g}) "
                "V: above the plateau no shell grows."
            )
        return float(self.shell_time(potential))

    def shell_time(self, potential):
        """The same, whatever the potential, of numbers that may be traced."""
        material, radius = self.material, self.shape.radius
        rest, held = (material.excess(value, self.temperature) for value in (material.plateau, potential))
        return quasi_steady_time(
            radius * self._start_core(),
            radius,
            material.ratio,
            self.shape.order,
            rate=material.rate_at(self.temperature),
            diffusivity=material.diffusivity,
            conductance=self.film.conductance(self.film.film_thickness),  # pyright: ignore[reportAttributeAccessIssue]
            excess=held - rest,
        )

    def facts(self):
        """Which formulas a run used, and its numbers of regime at rest."""
        material = self.material
        return {
            "name": material.name,
            "carrier": material.carrier,
            "geometry": type(self.shape).__name__.lower(),
            "stress": type(material.shell).__name__,
            "work_of_stress": type(material.stress_work).__name__,
            "amorphisation": type(material.amorphisation).__name__,
            "capacity_mAh_per_g": float(material.capacity) / 3600,
            "start_fraction": float(self.start_fraction),
        }

    def temperature_notes(self) -> list[str]:
        """What to say where the host's numbers hold at another temperature than the particle's."""
        known = float(self.material.front_energy) > 0
        rate = "the front's rate alone follows front_energy" if known else "front_energy takes the front's rate there"
        return [f"{sentence} Of them {rate}." for sentence in temperatures_apart(self)]

    def warnings(self, dataset):
        found, material = [], self.material
        diameter = 2 * float(self.shape.radius)
        if diameter > float(material.fracture_diameter):
            found.append(
                f"{diameter:.3g} m across, the particle is above the {float(material.fracture_diameter):.3g} m at which "
                f"{material.name} is said to crack; cracks are not in the model."
            )
        fraction, out = dataset["reacted_fraction"].values, dataset["current"].values > 0
        if np.any((fraction > 1 - GONE) & out):
            found.append(
                "carriers were taken out after the core was gone: a front cannot return from nothing, so the host does not come "
                'back here; experiments.cycle_particle (kind = "alloy_cycling") lets a new front enter from the surface.'
            )
        if float(material.ratio) < 1:
            found.append(
                f"ratio = {float(material.ratio):.3g} is below 1: the product is smaller than its host, as where carriers leave; "
                "ratio is V_product/V_host, not its inverse."
            )
        return [*found, *self.temperature_notes()]
