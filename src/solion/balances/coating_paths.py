"""How lithium shares itself between the paths through a coating: underneath, on top, through pores, all under one overpotential.

    path:  eta = offset + R i/A + sum_k eta_k(i/A),     sum over paths i = I

Every path is resistances and interfaces in series on a share A of the area. Each question is one monotone equation solved inside
a bracket (:mod:`solion.numerics.roots`), so nothing overflows, and numbers of eight decades keep their digits. SI; arrays of
any shapes that broadcast.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from solion.balances.electrode import LIMIT, join, overpotential
from solion.base.parameters import as_arrays
from solion.laws.charge_transfer import (
    AbstractChargeTransfer,
    exchange_current,
    metal_surface,
    symmetric_current,
    symmetric_overpotential,
)
from solion.numerics.roots import increasing_root

MOST = 1400.0  # k_B T/e; sinh of half of it is still a number


class SymmetricExchange(eqx.Module):
    """Butler-Volmer with alpha = 1/2 in closed form both ways: eta = 2 V_T asinh(i/2 i_0)."""

    exchange: Any  # A/m2
    thermal_voltage: Any  # V

    def overpotential(self, current):
        """eta, V."""
        return symmetric_overpotential(current, self.exchange, self.thermal_voltage)

    def current(self, eta):
        """i, A/m2."""
        bounded = jnp.clip(eta, -MOST * self.thermal_voltage, MOST * self.thermal_voltage)
        return symmetric_current(bounded, self.exchange, self.thermal_voltage)


class LawExchange(eqx.Module):
    """Any law of charge transfer on a surface without a composition; 1e4 V_T says that it cannot carry a current."""

    law: AbstractChargeTransfer
    thermal_voltage: Any  # V

    @property
    def exchange(self):
        """i_0, A/m2."""
        return exchange_current(self.law, metal_surface(self.thermal_voltage))

    def overpotential(self, current):
        """eta, V."""
        return self.thermal_voltage * overpotential(join(self.law, metal_surface(self.thermal_voltage)), current)

    def current(self, eta):
        """i, A/m2."""
        most = 0.5 * MOST * self.thermal_voltage
        return self.law.current(jnp.clip(eta, -most, most), metal_surface(self.thermal_voltage))


PROBES = np.array([-20.0, -4.0, -0.5, 0.5, 4.0, 20.0])  # V_T


def exchange_of(law: AbstractChargeTransfer, thermal_voltage) -> LawExchange | SymmetricExchange:
    """A law at an interface; in closed form, quicker to compile, where its currents are those of 2 i_0 sinh(eta/2 V_T)."""
    general = LawExchange(law, thermal_voltage)
    if any(isinstance(leaf, Tracer) for leaf in jax.tree.leaves(general)):
        return general
    closed = SymmetricExchange(general.exchange, thermal_voltage)
    eta = PROBES * float(thermal_voltage)
    same = np.allclose(general.current(eta), closed.current(eta), rtol=1e-12, atol=0.0)
    return closed if same else general


class PorePath(eqx.Module):
    """Lithium plated at the foot of pores (share ``area``) whose salt gives out at ``limit``; their ohmic drop is left out.

    i = i_0 [(1 - i/i_lim) e^x - e^-x], x = eta/2 V_T, in closed form both ways; ``limit`` and i_0 per area of pores, A/m2.
    """

    exchange: Any
    limit: Any
    thermal_voltage: Any  # V
    area: Any = 0.0

    def overpotential(self, current):
        """eta at which it carries a current density of the electrode, V; infinite from the limit on, and of no pores."""
        own = current / jnp.where(self.area > 0, self.area, 1.0)
        left, half = 1 - own / self.limit, 0.5 * own / self.exchange
        some = (left > 0) & (self.area > 0)
        left = jnp.where(some, left, 1.0)
        rise = jnp.arcsinh(half / jnp.sqrt(left)) - 0.5 * jnp.log(left)
        return jnp.where(some, 2 * self.thermal_voltage * rise, jnp.inf)

    def current(self, eta):
        """Current density of the electrode at eta, A/m2."""
        x = jnp.clip(0.5 * eta / self.thermal_voltage, -0.5 * MOST, 0.5 * MOST)
        forth, back = jnp.maximum(x, 0.0), jnp.minimum(x, 0.0)  # each way in powers that do not overflow
        plated = -jnp.expm1(-2 * forth) / (jnp.exp(-forth) + self.exchange / self.limit)
        stripped = 2 * jnp.sinh(back) / (1 + self.exchange / self.limit * jnp.exp(back))
        return jnp.where(self.area > 0, self.area * self.exchange * jnp.where(x > 0, plated, stripped), 0.0)


class Path(eqx.Module):
    """Interfaces and a ``resistance`` (ohm m2 of its own area) in series, on a share ``area`` of the electrode."""

    resistance: Any
    exchanges: tuple[Any, ...]
    offset: Any = 0.0  # V, as work against a pressure, V_Li p/F
    area: Any = 1.0

    def overpotential(self, current):
        """eta at which it carries a current density of the electrode, V; infinite of a path that is not there."""
        own = current / jnp.where(self.area > 0, self.area, 1.0)
        eta = self.offset + self.resistance * own + sum(item.overpotential(own) for item in self.exchanges)
        return jnp.where(self.area > 0, eta, jnp.inf)

    def current(self, eta):
        """Current density of the electrode at eta, A/m2; none where eta does not reach the ``offset``."""
        drop = eta - self.offset
        there = (self.area > 0) & (drop * jnp.sign(eta) > 0)
        drop = jnp.where(there, drop, 1.0)
        bounds = jnp.stack([jnp.abs(drop / self.resistance), *(jnp.abs(item.current(drop)) for item in self.exchanges)])
        bound = jnp.min(bounds)
        unit = jnp.min(jnp.stack([bound, *(jnp.broadcast_to(item.exchange, bound.shape) for item in self.exchanges)]))
        most = jnp.arcsinh(bound / unit)
        found = unit * jnp.sinh(increasing_root(_carried, (self, jnp.sign(drop) * unit, drop), 0.0, most, most))
        return jnp.where(there, self.area * jnp.sign(drop) * found, 0.0)


def _carried(x, parameters):
    """As in :mod:`solion.devices.circuit`: the overpotential is nearly linear in x of i = unit sinh(x), whatever the current."""
    path, unit, drop = parameters
    own = unit * jnp.sinh(x)
    return (path.resistance * own + sum(item.overpotential(own) for item in path.exchanges)) / drop - 1


class Shared(NamedTuple):
    """eta (V) common to all paths and the current density of each (A/m2, the last axis)."""

    overpotential: Any
    currents: Any


def threshold(path: Path, barrier) -> Any:
    """Current (A/m2) of a ``path`` at a ``barrier`` or other overpotential (V); leave out what that does not see."""
    return _threshold(as_arrays(path), jnp.asarray(barrier, float))


def share(paths: tuple[Path | PorePath, ...], current) -> Shared:
    """How parallel paths share a current density, and at which eta; see :func:`carried` for what they cannot carry."""
    return _share(as_arrays(paths), jnp.asarray(current, float))


def alone(exchange: SymmetricExchange | LawExchange, current) -> Any:
    """Overpotential (V) of one interface at currents (A/m2)."""
    return _alone(as_arrays(exchange), jnp.asarray(current, float))


def carried(eta, thermal_voltage) -> Any:
    """Whether an overpotential is one at which interfaces carry their current."""
    return jnp.abs(eta) < 0.99 * LIMIT * thermal_voltage


@eqx.filter_jit
def _threshold(path, barrier):
    return _each(lambda path, barrier: path.current(barrier), path, barrier)


@eqx.filter_jit
def _alone(exchange, current):
    return _each(lambda exchange, current: exchange.overpotential(current), exchange, current)


@eqx.filter_jit
def _share(paths, current):
    return Shared(*_each(_share_one, paths, current))


def _share_one(paths, current):
    some = current != 0
    current = jnp.where(some, current, 1.0)
    alone = jnp.stack([path.overpotential(current) for path in paths])
    top = jnp.sign(current) * jnp.min(jnp.abs(alone))
    eta = top * increasing_root(_together, (paths, current, top), 0.0, 1.0, 1.0)
    currents = jnp.stack([path.current(eta) for path in paths])
    return jnp.where(some, eta, 0.0), jnp.where(some, currents, 0.0)


def _together(x, parameters):
    paths, current, top = parameters
    return sum(path.current(top * x) for path in paths) / current - 1


def _each(function, *arguments):
    """``function`` for each entry of arguments whose numbers are broadcast against each other."""
    leaves, tree = jax.tree.flatten(arguments)
    shape = np.broadcast_shapes(*(np.shape(leaf) for leaf in leaves))
    flat = [jnp.broadcast_to(leaf, shape).ravel() for leaf in leaves]
    found = jax.vmap(lambda *values: function(*jax.tree.unflatten(tree, values)))(*flat)
    return jax.tree.map(lambda part: part.reshape(shape + part.shape[1:]), found)
