"""Salt between two films that take up one of its ions: what polarises an electrolyte of transference number t_+ < 1.

With s the salt over its mean and xi from the channel's face (0) to the reservoir's (1), both scaled,

    ds/dt + dJ/dxi = 0,    J = -D ds/dxi,    J = -k i at both faces,

where i is the current density of working ions from the reservoir to the channel and k i the part of it that diffusion must
carry, (1 - t_+) i/(z F c_0 L). The voltage is the sum of Ohm's law with sigma_i s and of g ln[s(1)/s(0)].
"""

from __future__ import annotations

from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.grids.graded import GradedLine

MOST = 600.0  # of ln s at a face: beyond, a double overflows


class NoSalt(eqx.Module):
    """Only the working ion moves; it has no cells, and otherwise answers as :class:`Salt`."""

    cells: ClassVar[int] = 0

    def ohmic(self, electrolyte, salt, current):
        """i rho, V_T."""
        return electrolyte.drop(current)

    def polarisation(self, salt, current):
        """None."""
        return jnp.zeros(())

    def faces(self, salt, current):
        """s at the channel's and at the reservoir's face: as everywhere."""
        return jnp.ones(()), jnp.ones(())

    def kept(self, salt):
        """Nothing."""
        return jnp.zeros(0)

    def rate(self, salt, current):
        """None."""
        return salt

    def energy(self, salt):
        """None."""
        return jnp.zeros(())

    def energy_rate(self, salt, current):
        """None."""
        return jnp.zeros(())

    def dissipation(self, salt, current):
        """None."""
        return jnp.zeros(())


class Salt(eqx.Module):
    """The scaled balance of a binary salt."""

    grid: GradedLine
    diffusivity: Any  # D_s over (thickness squared per unit of time)
    share: Any  # k
    voltage: Any  # g, V_T

    @property
    def cells(self) -> int:
        """How many the electrolyte is cut into."""
        return self.grid.cells

    def ohmic(self, electrolyte, salt: Float[Array, " n"], current):
        """Sum of i L/(sigma_i s) over the cells, V_T."""
        return self.grid.integral(electrolyte.drop(current, salt))

    def _logarithms(self, salt, current):
        """ln s at both faces, extrapolated straight in ln s: equal to second order, and never empty."""
        change = self.share * current / self.diffusivity * self.grid.depth
        return jnp.log(salt[0]) - change / salt[0], jnp.log(salt[-1]) + change / salt[-1]

    def faces(self, salt, current):
        """s at the channel's and at the reservoir's face; finite at any current, also one that ends the run."""
        near, far = self._logarithms(salt, current)
        return jnp.exp(jnp.minimum(near, MOST)), jnp.exp(jnp.minimum(far, MOST))

    def polarisation(self, salt, current):
        """Voltage beyond Ohm's law, positive where it opposes the current, V_T."""
        near, far = self._logarithms(salt, current)
        return self.voltage * (far - near)

    def kept(self, salt) -> Float[Array, " 1"]:
        """The salt of the whole electrolyte, which never changes."""
        return self.grid.integral(salt)[None]

    def _flux(self, salt):
        return -self.diffusivity * self.grid.gradient(salt)

    def rate(self, salt, current):
        """ds/dt in each cell."""
        through = -self.share * current
        return -self.grid.divergence(self._flux(salt), left=through, right=through)

    def energy(self, salt):
        """Free energy of mixing of the salt, zero where it is even."""
        return self.voltage / self.share * self.grid.integral(salt * jnp.log(salt) - salt + 1)

    def energy_rate(self, salt, current):
        """Rate of the free energy while ``current`` flows."""
        return self.voltage / self.share * self.grid.integral(jnp.log(salt) * self.rate(salt, current))

    def dissipation(self, salt, current):
        """Power lost to diffusion of the salt, never negative."""
        logs, (near, far) = jnp.log(salt), self._logarithms(salt, current)
        inside = jnp.sum(self._flux(salt) * (logs[:-1] - logs[1:]))
        return self.voltage * (inside / self.share + current * (far - logs[-1] + logs[0] - near))
