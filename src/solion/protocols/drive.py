"""How a protocol acts on a terminal: one linear equation of its voltage and current, with limits.

    a V + b I = s(t),    s from ``start`` to ``end`` in a straight line over ``duration``

(a, b) = (1, 0) gives the voltage, (0, 1) the current (open circuit: I = 0), (1, R) a source V_s behind a resistor R. A
compliance holds |V| or |I| at its limit where the equation would exceed it, as a source-measure unit does.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.base.elementary import array_module


class Drive(NamedTuple):
    """The equation of one terminal during one segment (scaled units)."""

    voltage_weight: Float[Array, "..."]
    current_weight: Float[Array, "..."]
    start: Float[Array, "..."]
    end: Float[Array, "..."]
    duration: Float[Array, "..."]
    voltage_compliance: Float[Array, "..."]
    current_compliance: Float[Array, "..."]

    def source(self, t):
        """s(t)."""
        return self.start + (self.end - self.start) * t / self.duration

    def excess(self, t, voltage, current):
        """Left side minus right side, limits included; increases with the current of a passive terminal."""
        either = array_module(t, voltage, current, *self)
        equation = self.voltage_weight * voltage + self.current_weight * current - self.source(t)
        above = either.maximum(voltage - self.voltage_compliance, current - self.current_compliance)
        below = either.minimum(voltage + self.voltage_compliance, current + self.current_compliance)
        return either.minimum(either.maximum(equation, above), below)

    def across(self, t, conductance):
        """The voltage of a terminal behind which there is nothing but a conductance, limits included."""
        conductance = jnp.maximum(conductance, 1e-300)  # an empty channel conducts nothing
        bare = self.source(t) / (self.voltage_weight + self.current_weight * conductance)
        limit = jnp.minimum(self.voltage_compliance, self.current_compliance / conductance)
        return jnp.clip(bare, -limit, limit)

    @staticmethod
    def of_voltage(voltage: Float[Array, "..."]) -> Drive:
        """A voltage that is held, or one of each of several terminals, without limits."""
        one = jnp.ones_like(voltage)
        return Drive(one, 0 * one, voltage, voltage, one, jnp.inf * one, jnp.inf * one)

    @staticmethod
    def of_current(current: Float[Array, "..."]) -> Drive:
        """A current that is forced, or one through each of several terminals, without limits."""
        one = jnp.ones_like(current)
        return Drive(0 * one, one, current, current, one, jnp.inf * one, jnp.inf * one)

    def holding_first(self, voltage):
        """The same drives of several terminals with the first one held at a voltage and without limits."""
        held = Drive.of_voltage(jnp.asarray(voltage))
        return jax.tree.map(lambda first, entries: jnp.concatenate([first[None], entries[1:]]), held, self)
