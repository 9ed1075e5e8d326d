"""How the energy of an interface passes from clean to wetted as a film thickens: f(h) with f(0) = 0 and f(infinity) = 1.

The excess grand potential of a film of thickness h is Phi(h) = gamma_0 + dgamma f(h) + forces(h) + dG h (Yan et al., doi:
10.1063/5.0018417, Eq. 3). Derivatives are automatic.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from solion.base.errors import InputError
from solion.base.parameters import Part, parameter, positive_parameter


class AbstractInterfacialCoefficient(Part):
    """f(h) of a thickness in m, a pure number.

    ``finest``: no structure of f is shorter than this (m); ``reach``: beyond it f is 1 or a smooth tail (m). A search for minima
    steps by ``finest`` up to ``reach``, and by ratios beyond.
    """

    @abstractmethod
    def value(self, thickness) -> Any:
        """f(h)."""

    @property
    @abstractmethod
    def finest(self) -> Any:
        """The step (m) that resolves f."""

    @property
    @abstractmethod
    def reach(self) -> Any:
        """Where structure ends, m."""

    def slope(self, thickness):
        """df/dh, 1/m."""
        return jax.jvp(self.value, (thickness,), (jnp.ones_like(thickness),))[1]


class ExponentialCoefficient(AbstractInterfacialCoefficient):
    """f = 1 - exp(-h/xi): structures that overlap, as in metals. h = xi ln(D/(xi G)) for D = -dgamma > xi G, else none."""

    decay_length: float = positive_parameter(3e-10, unit="m", high=1e-7, doc="xi, some 0.2 to 0.5 nm")

    def value(self, thickness):
        return -jnp.expm1(-thickness / self.decay_length)

    @property
    def finest(self):
        return self.decay_length / 20

    @property
    def reach(self):
        return 40 * self.decay_length


class DispersionCoefficient(AbstractInterfacialCoefficient):
    """f = h^2/(h^2 + h_0^2): smooth, with the inverse-square tail of dispersion; first order, 0 to h_0 at D/(2 h_0)."""

    cutoff: float = positive_parameter(3e-10, unit="m", high=1e-7, doc="h_0, where f is one half")

    def value(self, thickness):
        return thickness**2 / (thickness**2 + self.cutoff**2)

    @property
    def finest(self):
        return self.cutoff / 40

    @property
    def reach(self):
        return 20 * self.cutoff


class CutDispersionCoefficient(AbstractInterfacialCoefficient):
    """f = 1 - (h_0/h)^2 above h_0, 0 below: exactly h = (2 D h_0^2/G)^(1/3); 0 to sqrt(3) h_0 at 2 D/(3 sqrt(3) h_0)."""

    cutoff: float = positive_parameter(3e-10, unit="m", high=1e-7, doc="h_0, below which there is no film")

    def value(self, thickness):
        inside = thickness > self.cutoff
        return jnp.where(inside, 1 - (self.cutoff / jnp.where(inside, thickness, self.cutoff)) ** 2, 0.0 * thickness)

    @property
    def finest(self):
        return self.cutoff / 40

    @property
    def reach(self):
        return 20 * self.cutoff


class LayeredCoefficient(AbstractInterfacialCoefficient):
    """f = 1 - (1 + B) exp(-h/xi) + B cos(2 pi h/sigma) exp(-h/xi_s): a film prefers whole layers, minima near h = n sigma.

    Bonding between lithium and metals need not give the ideal series: B and xi_s are to be fitted. Raises InputError for xi_s >
    xi.
    """

    decay_length: float = positive_parameter(3e-10, unit="m", high=1e-7, doc="xi, some 0.2 to 0.5 nm")
    layer: float = positive_parameter(3e-10, unit="m", high=1e-8, doc="sigma, thickness of a monolayer")
    amplitude: float = parameter(0.3, low=0, high=1, doc="B")
    layering_length: float = positive_parameter(3e-10, unit="m", high=1e-7, doc="xi_s, over which layering fades, at most xi")

    def __check_init__(self):
        both = self.layering_length, self.decay_length
        if not any(isinstance(value, Tracer) for value in both) and both[0] > both[1] * (1 + 1e-12) > 0:
            raise InputError(
                f"LayeredCoefficient.layering_length = {both[0]:g} m is above decay_length = {both[1]:g} m: layers would outlast "
                "the film's own decay and f would leave [0, 1 + B] for good; its allowed range is (0, decay_length]."
            )

    def value(self, thickness):
        wave = 2 * jnp.sin(jnp.pi * thickness / self.layer) ** 2  # 1 - cos, without the loss of digits at small h
        fading = jnp.expm1(-thickness / self.layering_length)
        return -(1 + self.amplitude) * jnp.expm1(-thickness / self.decay_length) + self.amplitude * (fading * (1 - wave) - wave)

    @property
    def finest(self):
        return jnp.minimum(self.layer, self.layering_length) / 40

    @property
    def reach(self):
        return 40 * self.layering_length


class TabulatedCoefficient(AbstractInterfacialCoefficient):
    """f from a table (molecular dynamics, density functionals): a cubic that keeps its rises and falls, 1 beyond its end.

    Raises InputError for thicknesses that do not rise from 0, for f(0) that is not 0, and for a last f that is not 1.
    """

    thicknesses: tuple[float, ...] = eqx.field(static=True)  # m
    values: tuple[float, ...] = eqx.field(static=True)

    def __check_init__(self):
        h, f = np.asarray(self.thicknesses, float), np.asarray(self.values, float)
        if h.ndim != 1 or h.shape != f.shape or len(h) < 3 or not np.all(np.isfinite(h) & np.isfinite(f)):
            raise InputError("TabulatedCoefficient: give as many finite values of f as thicknesses (m), three or more.")
        if h[0] != 0 or np.any(np.diff(h) <= 0):
            raise InputError("TabulatedCoefficient.thicknesses: they have to rise from 0 m.")
        if abs(f[0]) > 1e-9 or abs(f[-1] - 1) > 1e-3:
            raise InputError(
                f"TabulatedCoefficient.values run from {f[0]:g} to {f[-1]:g}; f(0) has to be 0 and the last 1: subtract the "
                "clean interface and divide by dgamma."
            )

    def value(self, thickness):
        from scipy.interpolate import PchipInterpolator

        h, f = np.asarray(self.thicknesses, float), np.asarray(self.values, float)
        f = f / f[-1]
        slopes = np.append(PchipInterpolator(h, f).derivative()(h[:-1]), 0.0)  # flat at the end, where 1 goes on
        place = jnp.clip(jnp.searchsorted(h, thickness, side="right") - 1, 0, len(h) - 2)
        left, width, rise = jnp.asarray(h)[place], jnp.asarray(np.diff(h))[place], jnp.asarray(np.diff(f))[place]
        t = jnp.clip((thickness - left) / width, 0.0, 1.0)
        a, b = jnp.asarray(slopes)[place] * width, jnp.asarray(slopes)[place + 1] * width
        return jnp.asarray(f)[place] + t * (a + t * ((3 * rise - 2 * a - b) + t * (a + b - 2 * rise)))

    @property
    def finest(self):
        return float(np.min(np.diff(self.thicknesses))) / 4

    @property
    def reach(self):
        return float(self.thicknesses[-1])


class InterfacialCoefficient(AbstractInterfacialCoefficient):
    """A user's own f(h), h in m, written with ``jax.numpy``; ``shortest`` and ``longest`` are lengths over which it varies."""

    function: Callable = eqx.field(static=True)  # pyright: ignore[reportGeneralTypeIssues]
    shortest: float = positive_parameter(1e-11, unit="m", doc="a step that resolves f")
    longest: float = positive_parameter(1e-8, unit="m", doc="beyond it f is 1 or a smooth tail")

    def value(self, thickness):
        return self.function(thickness)

    @property
    def finest(self):
        return self.shortest

    @property
    def reach(self):
        return self.longest
