"""Lithium on top of a coating in time: classical nucleation, growth over a nucleated share of the area, and its return.

    dN/dt = J (1 - theta) - N max(-i_T, 0)/q,     J = J_c exp[L (1 - (eta_nuc/eta)^2)],     dq/dt = i_T = theta g(eta)
    theta = s {1 - exp[-pi N^(1/3) (3 v/2 pi)^(2/3)]},     v = (q + N q_n) V_Li/F

N nuclei per area are half spheres of charge q (Avrami's overlap), g the current of the path on top once it is nucleated, at the
whole overpotential; the barrier of classical nucleation goes with 1/eta^2, so that J needs no more than J_c at eta_nuc and L =
ln(J_0/J_c). Lithium once there grows at any plating overpotential: the latch. Nuclei go with the lithium that is stripped from
them, and with the last of it the barrier is back. N is an expectation: a tenth of a nucleus grows as a tenth of one. Unknowns
are ln(1 + N A) and ln(1 + q A/q_n).
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from solion.balances.electrode import Junction, join, overpotential, shared
from solion.base.constants import FARADAY
from solion.base.parameters import Part, assumed, parameter, positive_parameter
from solion.base.quantity import Quantity
from solion.devices.line import NoLeak
from solion.laws.charge_transfer import AbstractChargeTransfer, metal_surface
from solion.laws.nucleation import RATE_RATIO, critical_radius, nucleation_rate

PLACE = "deposit"
LEAST = 1e-6  # nuclei on the whole area that count as none


class TopGrowth(eqx.Module):
    """The top in units of its line: R_U, V_T and a time; charge per area in nuclei of the critical size on the whole area."""

    into: Junction
    above: Junction
    resistance: Any  # R_e
    barrier: Any
    sharpness: Any  # L
    rate: Any  # J_c A
    seed: Any  # q_n/A
    reach: Any  # of theta
    exposed: Any
    film: Any  # thickness of lithium, of the line's length, over that charge
    whole: bool = eqx.field(static=True)  # driven by the whole overpotential

    cells: ClassVar[int] = 2

    def nuclei(self, extra):
        """N A."""
        return jnp.expm1(extra[1])

    def thickness(self, extra):
        """Lithium on top as a film, q V_Li/F."""
        return self.film * jnp.expm1(extra[0])

    def coverage(self, extra):
        """theta, share of the electrode on which lithium grows."""
        count = jnp.maximum(self.nuclei(extra), 0.0) + LEAST
        size = jnp.maximum(jnp.expm1(extra[0]), 0.0) + count
        return -self.exposed * jnp.expm1(-self.reach * jnp.cbrt(count) * jnp.cbrt(size) ** 2)

    def current(self, voltage):
        """g, of a top that is nucleated all over."""
        over = shared(self.above, voltage, self.resistance)
        rest = voltage - over
        return jnp.where(jnp.abs(over) > jnp.abs(rest), self.above.current(over), rest / jnp.maximum(self.resistance, 1e-300))

    def voltage(self, top, current):
        """The whole overpotential where the coating's top has ``top`` and lets a ``current`` in."""
        return top + overpotential(self.into, current)

    def rates(self, extra, coverage, top, current):
        """d/dt of ln(1 + q/q_n A) and of ln(1 + N A)."""
        voltage = self.voltage(top, current)
        drive = voltage if self.whole else top
        born = nucleation_rate(drive, self.barrier, self.rate, self.sharpness) * (1 - coverage)
        flow = coverage * self.current(voltage) / self.seed
        lost = jnp.maximum(-flow, 0.0) * jnp.exp(-extra[0]) * -jnp.expm1(-extra[1])
        return jnp.stack([flow * jnp.exp(-extra[0]), born * jnp.exp(-extra[1]) - lost])

    def observe(self, extra, coverage, top, current):
        """Values of its quantities, in their order."""
        return coverage, coverage * self.current(self.voltage(top, current)), self.nuclei(extra), self.thickness(extra)

    def path(self):
        """What passes beside the line."""
        return TopPath(self)

    @property
    def quantities(self):
        words = "current density that grows lithium on top"
        return (
            Quantity("top_coverage", None, "share of the electrode on which lithium grows on top", place=PLACE, monitored=True),
            Quantity("current_density_top", "current_density", words, place=PLACE, monitored=True),
            Quantity("nuclei", None, "expected nuclei on top of the whole electrode, N A", place=PLACE, monitored=True),
            Quantity("top_thickness", "length", "lithium on top, as a film", place=PLACE, monitored=True, headline=True),
        )


class NoTop(eqx.Module):
    """Nothing nucleates in the run, which says so where it would."""

    cells: ClassVar[int] = 0
    quantities: ClassVar[tuple[Quantity, ...]] = ()

    def coverage(self, extra):
        """None."""
        return 0.0

    def rates(self, extra, coverage, top, current):
        """Of no entries."""
        return jnp.zeros(0)

    def observe(self, extra, coverage, top, current):
        """Nothing."""
        return ()

    def path(self):
        """None."""
        return NoLeak()


class TopPath(eqx.Module):
    """The path on top beside a line: carries coverage times g."""

    growth: TopGrowth
    coverage: Any = 0.0

    losses: ClassVar[tuple[Quantity, ...]] = (
        Quantity("dissipation_top", "power", "power lost on the path on top", "loss", "top"),
    )

    def of(self, states):
        """At a state of the coating."""
        return eqx.tree_at(lambda path: path.coverage, self, states[0].coverage)

    def current(self, voltage):
        """Current density at a voltage of the cell, scaled."""
        return self.coverage * self.growth.current(voltage)


class AbstractTopNucleation(Part):
    """What a run in time does about nucleation on top; ``top`` is the class that its growth is of."""

    top: ClassVar[type[TopGrowth] | type[NoTop]]

    @abstractmethod
    def growth(self, electrode: Any, scales: Any) -> TopGrowth | NoTop:
        """The top of an electrode in the units of its line."""


class WatchedNucleation(AbstractTopNucleation):
    """The barrier is a level that the run watches; nothing grows on top."""

    top: ClassVar[type[NoTop]] = NoTop

    def growth(self, electrode, scales):
        return NoTop()


class ClassicalNucleation(AbstractTopNucleation):
    """Nuclei form at a rate J(eta), grow, latch, and are stripped again."""

    top: ClassVar[type[TopGrowth]] = TopGrowth
    rate_ratio: float = positive_parameter(RATE_RATIO, high=200, doc="ln(J_0/J_c)", source=assumed(RATE_RATIO, "its root enters"))
    critical_rate: float = positive_parameter(
        1e4, unit="1/(m2 s)", high=1e20, doc="J_c, at eta_nuc", source=assumed(1e4, "one nucleus per cm2 and second is seen")
    )
    energy: float = positive_parameter(0.5, unit="J/m2", high=10, doc="gamma of lithium", source=assumed(0.5, "0.46 to 0.53"))
    least_radius: float = parameter(
        1e-9, unit="m", low=1e-10, high=1e-6, doc="of a nucleus", source=assumed(1e-9, "a few atoms, where no barrier is")
    )

    def growth(self, electrode, scales):
        resistance = np.asarray(electrode.electron_resistance, float)
        conducts = bool(np.isfinite(resistance))
        unit = scales.current_density * scales.time  # C/m2
        volume, area = electrode.lithium_volume, electrode.area
        radius = self.least_radius
        if float(electrode.barrier) > 0:
            radius = jnp.maximum(critical_radius(electrode.barrier, self.energy, volume), radius)
        nucleus = 2 / 3 * np.pi * radius**3 * FARADAY / volume  # C
        surface = metal_surface(scales.voltage)

        def junction(law: AbstractChargeTransfer):
            return join(law, surface, scales.current_density)

        return TopGrowth(  # pyright: ignore[reportCallIssue]
            into=junction(electrode.into),
            above=junction(electrode.above),
            resistance=jnp.asarray(resistance if conducts else 1.0) * scales.current_density / scales.voltage,
            barrier=electrode.barrier / scales.voltage,
            sharpness=self.rate_ratio,
            rate=self.critical_rate * area * scales.time,
            seed=nucleus / area / unit,
            reach=np.pi * radius**2 / area,
            exposed=electrode.exposed if conducts else 0.0,
            film=nucleus / area * volume / FARADAY / scales.length,
            whole=electrode.drive == "electrolyte",
        )
