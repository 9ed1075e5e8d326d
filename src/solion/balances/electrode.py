"""An interface that transfers charge: a law on the surface it meets, its current and its overpotential.

Two questions are solved for the overpotential, each by one search that is certain and differentiable: which eta carries a
given current, and how a drop is shared between eta and a resistance in series. Currents are compared as asinh(i/i_0), in
which all laws of interest are nearly linear from the ohmic range to the exponential one, so that Newton's method converges
at once; and as laws are monotone, a bracket makes it certain.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from solion.base.parameters import as_arrays, without_sources
from solion.laws.charge_transfer import AbstractChargeTransfer, Surface, exchange_current, metal_surface
from solion.numerics.roots import increasing_root

LIMIT = 1e4  # k_B T/e; an overpotential beyond it means that the law cannot carry the current
TINY = 1e-300  # in place of a series resistance of zero


class Junction(NamedTuple):
    """A law on the surface it meets at one instant: overpotentials in k_B T/e, currents in units of ``unit`` (A/m2).

    Here the SI of a law meets the scaled numbers of a balance. ``exchange``: the exchange current i_0.
    """

    law: AbstractChargeTransfer
    surface: Surface
    unit: Any
    exchange: Float[Array, "..."]

    def current(self, eta):
        """Current at an overpotential."""
        return self.law.current(eta * self.surface.thermal_voltage, self.surface) / self.unit

    def excess(self, eta, current):
        """asinh of the law's current minus asinh of a current, both over i_0; increases with eta."""
        return jnp.arcsinh(self.current(eta) / self.exchange) - jnp.arcsinh(current / self.exchange)


def join(law: AbstractChargeTransfer, surface: Surface, unit: Any = 1.0) -> Junction:
    """The junction that a law makes with a surface."""
    return Junction(law, surface, unit, exchange_current(law, surface) / unit)


def overpotential(interface: Junction, current):
    """eta at which the interface carries ``current``, within +-1e4 k_B T/e."""
    start = jnp.arcsinh(current / interface.exchange)
    return increasing_root(_carried, (interface, current), -LIMIT, LIMIT, start)


def _carried(eta, parameters):
    interface, current = parameters
    return interface.excess(eta, current)


def shared(interface: Junction, drop, resistance):
    """eta of the interface in series with a ``resistance`` (k_B T/e per unit of current): eta + r i(eta) = ``drop``."""
    resistance = jnp.maximum(resistance, TINY)
    start = jnp.arcsinh(drop / (resistance * interface.exchange))
    start = jnp.where(jnp.abs(start) < jnp.abs(drop), start, drop)
    low, high = jnp.minimum(drop, 0.0), jnp.maximum(drop, 0.0)
    return increasing_root(_balanced, (interface, drop, resistance), low, high, start)


def _balanced(eta, parameters):
    interface, drop, resistance = parameters
    return interface.excess(eta, (drop - eta) / resistance)


class Electrode(NamedTuple):
    """What a metal is to a solid, facet by facet of its face.

    ``admittance``: S/m2 of each facet at small overpotential; inf equipotential, 0 no contact. ``capacitance``: F/m2; of a
    constant phase S s^n/m2, n the ``exponent``: the admittance of an alternating current is admittance + capacitance
    (i omega)^n. ``share``: part of each facet that touches. ``law``: None where linear; else that of a touching area, on a
    metal whose k_B T/e is ``thermal_voltage``, at the overpotential V_metal - phi + ``shift`` (V).
    """

    admittance: np.ndarray
    capacitance: np.ndarray
    share: np.ndarray
    exponent: float = 1.0
    law: AbstractChargeTransfer | None = None
    shift: float = 0.0
    thermal_voltage: float = 1.0

    def current(self, drop: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Current density (A/m2) of a touching area from metal into solid and its slope (S/m2), at V_metal - phi in V."""
        return current_and_slope(self.law, self.thermal_voltage, drop + self.shift)

    def overpotential(self, current: float) -> float:
        """V_metal - phi in V at which a touching area lets a current density (A/m2) in."""
        return overpotential_at(self.law, self.thermal_voltage, current) - self.shift

    def resistances(self, current: float, size: np.ndarray) -> tuple[float, float, float]:
        """Resistance (ohm m2 of the whole face) of facets of these sizes, and the share of the face that touches.

        The first is for a current as uniform as the contact (mean density ``current``, A/m2), the second for one that follows
        the facets' admittances.
        """
        area = self.share * size * (self.admittance != 0)
        touching = float(area.sum() / size.sum())
        if self.law is not None:
            own = self.overpotential(current / touching) * touching / current
            return own / touching, own / touching, touching
        some = area > 0
        own = np.where(np.isfinite(self.admittance[some]), self.share[some] / self.admittance[some], 0.0)
        even = float(own @ area[some] / area[some].sum()) / touching
        with np.errstate(divide="ignore"):
            return even, float(size.sum() / np.sum(area[some] / own)), touching

    def touching(self, resistance: np.ndarray) -> np.ndarray:
        """Facets through which current passes, ``resistance`` (ohm m2) being that of the solid behind each."""
        return (self.admittance != 0) & np.isfinite(resistance) & (self.share > 0)

    def conductance(self, resistance: np.ndarray) -> np.ndarray:
        """Conductance (S/m2) of each facet in series with the solid behind it, at small overpotentials."""
        touching = self.touching(resistance)
        resisting = touching & np.isfinite(self.admittance)
        series = np.where(resisting, self.share / np.where(resisting, self.admittance, 1.0), 0.0)
        total = np.where(touching, resistance, 1.0) + series
        return np.where(touching, self.share / total, 0.0)

    def current_behind(self, drop: np.ndarray, resistance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Current density of each facet (A/m2) and its slope, for a ``drop`` (V) across it and the solid behind it."""
        if self.law is None:
            conductance = self.conductance(resistance)
            return conductance * drop, conductance
        touching = self.touching(resistance)
        r = np.where(touching, resistance, 0.0)
        eta = overpotential_behind(self.law, self.thermal_voltage, drop + self.shift, r)
        current, slope = current_and_slope(self.law, self.thermal_voltage, eta)
        share = np.where(touching, self.share, 0.0)
        return share * current, share * slope / (1 + r * slope)


def current_and_slope(law: Any, thermal_voltage, overpotential) -> tuple[np.ndarray, np.ndarray]:
    """Current density (A/m2) of a law on a metal, and its slope (S/m2), at overpotentials in V."""
    numbers = np.asarray(thermal_voltage, float), np.asarray(overpotential, float)
    current, slope = _current(as_arrays(without_sources(law)), *numbers)
    return np.asarray(current), np.asarray(slope)


def overpotential_at(law: Any, thermal_voltage, current) -> float:
    """eta (V) at which a law on a metal lets a current density (A/m2) in."""
    numbers = np.asarray(thermal_voltage, float), np.asarray(current, float)
    return float(_carrying(as_arrays(without_sources(law)), *numbers))


def overpotential_behind(law: Any, thermal_voltage, drop, resistance) -> np.ndarray:
    """eta (V) of a law on a metal in series with a ``resistance`` (ohm m2), where the two share a ``drop`` (V)."""
    drop, resistance = np.broadcast_arrays(np.asarray(drop, float), np.asarray(resistance, float))
    return np.asarray(_sharing(as_arrays(without_sources(law)), np.asarray(thermal_voltage, float), drop, resistance))


# Numbers come as arrays: what is a number of Python is part of the program's name, and would compile it anew.


@eqx.filter_jit
def _current(law, thermal_voltage, eta):
    surface = metal_surface(thermal_voltage)
    return jax.jvp(lambda eta: law.current(eta, surface), (eta,), (jnp.ones_like(eta),))


@eqx.filter_jit
def _carrying(law, thermal_voltage, current):
    return thermal_voltage * overpotential(join(law, metal_surface(thermal_voltage)), current)


@eqx.filter_jit
def _sharing(law, thermal_voltage, drop, resistance):
    interface = join(law, metal_surface(thermal_voltage))
    solve = jnp.vectorize(lambda drop, resistance: shared(interface, drop, resistance))
    return thermal_voltage * solve(drop / thermal_voltage, resistance / thermal_voltage)
