"""The gate's circuit of an ionic synapse: interfaces with and without double layers, electrolyte, leak, series resistance.

    V_cell = U + i rho + eta_s + eta_c + eta_r,       U = [mu_c(surface) - mu_r(surface)]/z
    i_ext  = i + leak(V_cell),                V = V_cell + R_s i_ext

with i the ionic current density from the reservoir into the channel and eta_s the polarisation of the salt (scaled). The
voltage rises strictly with i, so one current fits any drive.
"""

from __future__ import annotations

from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.balances.electrode import Junction, join, overpotential
from solion.devices.circuit import AbstractTerminalCircuit
from solion.protocols.drive import Drive


class SynapseCircuit(AbstractTerminalCircuit):
    """All that the gate's circuit needs to know at one instant: both films, the salt, the ``states`` of the double layers."""

    system: Any  # the SynapseSystem that this circuit is a part of
    channel: tuple[Float[Array, " n"], Float[Array, " n"]]
    reservoir: tuple[Float[Array, " m"], Float[Array, " m"]]
    states: Float[Array, " d"]
    salt: Float[Array, " k"]

    def drop(self, current):
        """Drop of an ionic current in the electrolyte: Ohm's law and the polarisation of the salt."""
        s = self.system
        return s.salt.ohmic(s.electrolyte, self.salt, current) + s.salt.polarisation(self.salt, current)

    def surfaces(self, inserted):
        """((x, mu) of the channel's surface, (x, mu) of the reservoir's) while these currents are inserted and extracted."""
        s = self.system
        return s.channel.surface(*self.channel, inserted[0]), s.reservoir.surface(*self.reservoir, -inserted[1])

    def interfaces(self, surfaces) -> tuple[Junction, Junction]:
        """The kinetics at both surfaces."""
        s, (channel, reservoir) = self.system, surfaces
        return (
            join(s.channel_kinetics, s.surface(*channel, s.sites)),
            join(s.reservoir_kinetics, s.surface(*reservoir, s.reservoir_sites)),
        )

    def at_rest(self):
        """Both surfaces while nothing is inserted."""
        return self.surfaces((jnp.zeros(()), jnp.zeros(())))

    def drops(self, surfaces):
        """Potential drops of both interfaces in equilibrium with their surfaces; their sum is U."""
        return surfaces[0][1] / self.system.charge, -surfaces[1][1] / self.system.charge

    def voltages(self, w):
        """(V at the terminal, V of the cell, total current) at w."""
        s, current = self.system, w[0]
        eta_c, eta_r = s.junctions.overpotentials(self, w)
        drop_c, drop_r = self.drops(self.surfaces(s.junctions.inserted(self, w)))
        cell = drop_c + eta_c + drop_r + eta_r + self.drop(current)
        total = current + s.electrolyte.leaking(cell)
        return cell + s.series_resistance * total, cell, total

    def constraint(self, drive: Drive, t, w):
        """The gate obeys the drive, and the interfaces what they must."""
        voltage, _, total = self.voltages(w)
        return jnp.concatenate([drive.excess(t, voltage, total)[None], self.system.junctions.excess(self, w)])

    def bare(self):
        s, unit, none = self.system, self.unit(), jnp.zeros(())
        return self.voltages(s.junctions.carrying(self, none))[1], (self.drop(unit) - self.drop(none)) / unit

    def carrying(self, current):
        return self.system.junctions.carrying(self, current)

    def leaking(self, voltage):
        return self.system.electrolyte.leaking(voltage)

    def series(self):
        return self.system.series_resistance

    def unit(self):
        """The smaller exchange current, above which the circuit is no longer ohmic."""
        channel, reservoir = self.interfaces(self.at_rest())
        return jnp.minimum(channel.exchange, reservoir.exchange)


class Direct(eqx.Module):
    """Interfaces without a double layer insert at once what the electrolyte brings; w = (i, eta_c, eta_r)."""

    states: ClassVar[int] = 0

    def rest(self, drops):
        """None."""
        return jnp.zeros(0)

    def overpotentials(self, circuit: SynapseCircuit, w):
        """eta at the channel and at the reservoir."""
        return w[1], w[2]

    def inserted(self, circuit: SynapseCircuit, w):
        """Current densities that enter the channel's lattice and leave the reservoir's."""
        return w[0], w[0]

    def excess(self, circuit: SynapseCircuit, w):
        """Zero where both interfaces carry the current, out of the one and into the other."""
        current, eta_c, eta_r = w
        channel, reservoir = circuit.interfaces(circuit.surfaces((current, current)))
        return jnp.stack([channel.excess(eta_c, current), -reservoir.excess(-eta_r, -current)])

    def carrying(self, circuit: SynapseCircuit, current):
        """w at an ionic current."""
        channel, reservoir = circuit.interfaces(circuit.surfaces((current, current)))
        return jnp.stack([current, overpotential(channel, current), -overpotential(reservoir, -current)])

    def stored(self, states):
        """Charges and energy of the double layers."""
        return states, jnp.zeros(())


class Charged(eqx.Module):
    """Interfaces behind double layers, C d(psi)/dt = i - inserted current; w = (i,).

    The states are the potential drops psi_c = eta_c + mu_c/z and psi_r = eta_r - mu_r/z, so that what a layer stores is
    C psi^2/2. The kinetics take the cell at the surface, which the inserted current does not feel at once.
    """

    capacitance: Any  # of each interface, scaled

    states: ClassVar[int] = 2

    def rest(self, drops):
        """The states at rest."""
        return jnp.stack(drops)

    def overpotentials(self, circuit: SynapseCircuit, w):
        """eta at the channel and at the reservoir."""
        return self._beyond(circuit, circuit.surfaces(self.inserted(circuit, w)))

    def _beyond(self, circuit, surfaces):
        drop_c, drop_r = circuit.drops(surfaces)
        return circuit.states[0] - drop_c, circuit.states[1] - drop_r

    def inserted(self, circuit: SynapseCircuit, w):
        """Current densities that enter the channel's lattice and leave the reservoir's."""
        surfaces = circuit.at_rest()
        eta_c, eta_r = self._beyond(circuit, surfaces)
        channel, reservoir = circuit.interfaces(surfaces)
        return channel.current(eta_c), -reservoir.current(-eta_r)

    def excess(self, circuit: SynapseCircuit, w):
        """Nothing."""
        return jnp.zeros(0)

    def carrying(self, circuit: SynapseCircuit, current):
        """w at an ionic current."""
        return current[None]

    def stored(self, states):
        """Charges and energy of the double layers."""
        return self.capacitance * states, 0.5 * self.capacitance * jnp.sum(states**2)
