"""How an electrolyte carries ions, and how electrons leak through it: current densities in A/m2, fields in V/m."""

from __future__ import annotations

from abc import abstractmethod

import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.base.constants import BOLTZMANN, ELEMENTARY_CHARGE
from solion.base.elementary import bounded_sinh
from solion.base.parameters import Part, positive_parameter


class AbstractIonicConduction(Part):
    """Field that drives an ionic current: odd, increasing, equal to i/sigma for small currents."""

    @abstractmethod
    def field(self, current: Float[Array, ""], conductivity, charge, temperature) -> Float[Array, ""]:
        """E in V/m at a current density in A/m2; ``charge`` is the ion's charge number, ``temperature`` in K."""


class OhmicConduction(AbstractIonicConduction):
    """E = i/sigma."""

    def field(self, current, conductivity, charge, temperature):
        return current / conductivity


class HoppingConduction(AbstractIonicConduction):
    """Thermally activated hops in a strong field, i = sigma E_0 sinh(E/E_0) with E_0 = 2 k_B T/(z e a).

    In films of nanometres fields of 1e7 V/m and more tilt the barriers (Verwey 1935, doi:10.1016/S0031-8914(35)90193-8).
    """

    distance: float = positive_parameter(unit="m", high=1e-8, doc="a, length of a hop")

    def field(self, current, conductivity, charge, temperature):
        scale = 2 * BOLTZMANN * temperature / (jnp.abs(charge) * ELEMENTARY_CHARGE * self.distance)
        return scale * jnp.arcsinh(current / (conductivity * scale))


class AbstractLeak(Part):
    """Electrons that pass through an electrolyte: odd, increasing in the voltage across it."""

    @abstractmethod
    def current(self, voltage: Float[Array, ""], conductance) -> Float[Array, ""]:
        """Current density, A/m2, at a voltage in V; ``conductance`` is that of small voltages, S/m2."""


class OhmicLeak(AbstractLeak):
    """i = g V."""

    def current(self, voltage, conductance):
        return conductance * voltage


class ExponentialLeak(AbstractLeak):
    """i = g V_e sinh(V/V_e): ohmic up to V_e, exponential beyond (and linear again beyond 100 V_e, so as to stay finite)."""

    voltage: float = positive_parameter(unit="V", doc="V_e, where the leak becomes exponential")

    def current(self, voltage, conductance):
        return conductance * self.voltage * bounded_sinh(voltage / self.voltage)
