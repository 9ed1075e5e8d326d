"""The one current through parts in series under any drive, found with certainty.

    V_cell = V_rest + R i + (overpotentials),      i_ext = i + leak(V_cell),      V = V_cell + R_s i_ext

The voltage rises strictly with i and every overpotential has the sign of i, so i lies between zero and what the bare
resistance would let through, and one search finds it. Where an interface levels off at a limiting current, i says nothing of
its overpotential: Newton's method on all equations then gives it what is left of the voltage.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.numerics.roots import increasing_root, near_root
from solion.protocols.drive import Drive

REACHED = 1e-6  # of a current, by which it is told from one that is not reached
CANCELLED, NONE = 1e-10, 1e-25  # what is left of two currents that add up to none: of them, and of the smallest exchange current


class AbstractTerminalCircuit(eqx.Module):
    """Parts in series as their terminal sees them at one instant (scaled)."""

    @abstractmethod
    def bare(self) -> tuple[Any, Any]:
        """(V_rest, R): voltage of the cell without a current, and a lower bound of its resistance."""

    @abstractmethod
    def unit(self) -> Float[Array, ""]:
        """The smallest exchange current, above which the circuit is no longer ohmic."""

    @abstractmethod
    def carrying(self, current) -> Float[Array, " w"]:
        """The circuit's unknowns w at a current i."""

    @abstractmethod
    def voltages(self, w) -> tuple[Any, Any, Any]:
        """(V at the terminal, V of the cell, i_ext) at w."""

    @abstractmethod
    def constraint(self, drive: Drive, t, w) -> Float[Array, " w"]:
        """The equations of the terminal and of the interfaces, zero at w."""

    @abstractmethod
    def leaking(self, voltage) -> Any:
        """Current beside the cell at a voltage of the cell."""

    @abstractmethod
    def series(self) -> Any:
        """R_s."""


def solve(circuit: AbstractTerminalCircuit, drive: Drive, t) -> Float[Array, " w"]:
    """w under a drive of the terminal."""
    unit, (rest, resistance), series = circuit.unit(), circuit.bare(), circuit.series()
    leak = circuit.leaking(rest)

    def bare(a, b, source):
        pull = a * series + b
        return (source - a * rest - pull * leak) / (a * resistance + pull)

    def clamped(limit, a, b):
        return [jnp.where(jnp.isfinite(limit), bare(a, b, sign * limit), 0.0) for sign in (-1, 1)]

    limits = jnp.stack(
        [
            bare(drive.voltage_weight, drive.current_weight, drive.source(t)),
            *clamped(drive.voltage_compliance, 1.0, 0.0),
            *clamped(drive.current_compliance, 0.0, 1.0),
        ]
    )
    bounds = jnp.arcsinh(limits / unit) * (1 + 1e-12)
    low, high = jnp.minimum(jnp.min(bounds), 0.0), jnp.maximum(jnp.max(bounds), 0.0)
    found = circuit.carrying(unit * jnp.sinh(increasing_root(_excess, (circuit, drive, t), low, high, bounds[0])))
    active = _active(drive, t, circuit, found)
    exact = near_root(lambda w: circuit.constraint(active, t, w), jax.lax.stop_gradient(found))
    return jnp.where(jnp.all(jnp.isfinite(exact)), exact, found)


def _active(drive: Drive, t, circuit: AbstractTerminalCircuit, found) -> Drive:
    """The drive without the limits that its current does not reach: where an interface levels off, the voltage that was found
    does not tell which of them holds. An open circuit's current is what the search leaves of the ions and the leak."""
    _, cell, total = circuit.voltages(found)
    leak = circuit.leaking(cell)
    left = CANCELLED * (jnp.abs(leak) + jnp.abs(total - leak)) + NONE * circuit.unit()
    holds = jnp.abs(total) >= (1 - REACHED) * drive.current_compliance
    forced = drive.source(t) / jnp.where(drive.current_weight == 0, 1.0, drive.current_weight)
    short = (drive.voltage_weight == 0) & jnp.isfinite(drive.voltage_compliance)
    short &= jnp.abs(total - forced) > REACHED * jnp.abs(forced) + left
    limit = jnp.where(short, jnp.sign(forced - total) * drive.voltage_compliance, 0.0)
    return drive._replace(
        voltage_weight=jnp.where(short, 1.0, drive.voltage_weight),
        current_weight=jnp.where(short, 0.0, drive.current_weight),
        start=jnp.where(short, limit, drive.start),
        end=jnp.where(short, limit, drive.end),
        current_compliance=jnp.where(holds, drive.current_compliance, jnp.inf),
    )


def _excess(x, parameters):
    """i = unit sinh(x): the voltage is nearly linear in x whatever the current."""
    circuit, drive, t = parameters
    voltage, _, total = circuit.voltages(circuit.carrying(circuit.unit() * jnp.sinh(x)))
    return drive.excess(t, voltage, total)
