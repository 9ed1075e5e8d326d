"""Stress in a shell that a swelling front feeds: plastic flow, the elastic layer at the front, rate, and their means.

Equilibrium d(sigma_r)/dr = m tau/r with tau = sigma_theta - sigma_r; sigma_r(b) = 0 here, and external pressure is added by who
holds it. Stress in Pa, tension positive. Each law gives tau of a shell whose front moves inward; one that moves outward, as the
host comes back, has the opposite. A product smaller than its host (beta < 1, as of carriers taken out) is drawn inward by it: tau
is negative there, and the front is pulled. Zhao et al. (2012), doi:10.1016/j.nanoen.2012.03.009; Cui, Gao and Qu (2013),
doi:10.1016/j.jmps.2012.11.001.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from solion.base.elementary import log
from solion.base.parameters import Part, assumed, parameter
from solion.laws.core_shell.arrest import shell_yield
from solion.laws.core_shell.kinematics import CoreShell, birth_radius

NODES, WEIGHTS = (part / 2 for part in np.polynomial.legendre.leggauss(12))
NODES = NODES + 0.5  # on [0, 1]
MEAN_SHARE = (2 / 3, 1 / 2, 2 / 3)  # of tau in the mean stress, beyond sigma_r
YIELD = {"unit": "Pa", "low": 5e6, "high": 2e10, "doc": "sigma_Y, uniaxial yield stress of the product"}


class AbstractShell(Part):
    """tau and sigma_r of the product; ``strain_rate`` is that of the hoop at the front, 1/s. ``viscous``: whether it counts."""

    viscous: ClassVar[bool] = False

    @property
    @abstractmethod
    def strength(self) -> Any:
        """sigma_Y in Pa."""

    @abstractmethod
    def deviator(self, shape: CoreShell, place: Float[Array, "..."], strain_rate) -> Float[Array, "..."]:
        """tau at r."""

    @abstractmethod
    def radial(self, shape: CoreShell, place: Float[Array, "..."], strain_rate) -> Float[Array, "..."]:
        """sigma_r at r, zero at the outside."""

    def elastic_energy(self, shape: CoreShell):
        """Elastic energy of the product at the front, J/m3."""
        return 0.0

    def mean(self, shape: CoreShell, place, strain_rate):
        """Mean stress at r."""
        share = MEAN_SHARE[shape.order]
        return self.radial(shape, place, strain_rate) + share * self.deviator(shape, place, strain_rate)


class StressFree(AbstractShell):
    """No stress: a product that gives way to anything."""

    @property
    def strength(self) -> Any:
        return 0.0

    def deviator(self, shape, place, strain_rate):
        return jnp.zeros_like(place)

    radial = deviator


class RigidPlastic(AbstractShell):
    """tau = tau_Y throughout: sigma_r = -m tau_Y ln(b/r). It depends on b/a alone, hence on no size."""

    yield_stress: float = parameter(**YIELD)

    @property
    def strength(self) -> Any:
        return self.yield_stress

    def deviator(self, shape, place, strain_rate):
        return _flowing(self.yield_stress, shape) + 0 * place

    def radial(self, shape, place, strain_rate):
        if shape.order == 0:
            return jnp.zeros_like(place)
        return -shape.order * _flowing(self.yield_stress, shape) * log(shape.outer / place)


class ElasticReversal(AbstractShell):
    """New product is born at tau = chi tau_Y and strains elastically until it flows in hoop tension.

    tau = clip(chi tau_Y + C ln(r/a_1), -tau_Y, tau_Y), C = 6 G (sphere) or 4 G (wire), a_1 the place where it was made.
    chi = -1: born at yield in compression, as the core holds it back; chi = 1 is :class:`RigidPlastic`. Right where E/sigma_Y
    is far above 1.
    """

    yield_stress: float = parameter(**YIELD)
    shear_modulus: float = parameter(unit="Pa", low=1e8, high=1e12, doc="G of the product")
    birth: float = parameter(
        -1.0, low=-1, high=1, doc="chi", source=assumed(-1.0, "the core blocks what the new product would gain in its plane")
    )

    @property
    def strength(self) -> Any:
        return self.yield_stress

    def _elastic(self, shape):
        """C, and ln(r/a) of the place from which on the product flows."""
        order, power = shape.order, shape.order + 1
        limit = shell_yield(self.yield_stress, order)
        modulus = (1.0, 4.0, 6.0)[order] * self.shear_modulus
        grown = jnp.minimum(jnp.exp(power * (1 - self.birth) * limit / modulus), shape.ratio * (1 - 1e-12))
        place = grown * (shape.ratio - 1) / (shape.ratio - grown)
        whole = jnp.log(shape.outer / shape.core)
        return limit, modulus, jnp.minimum(jnp.log(place) / power, whole), whole

    def _strain(self, shape, logarithm):
        """ln(r/a_1) at ln(r/a)."""
        grown = jnp.expm1((shape.order + 1) * logarithm) / shape.ratio
        return logarithm - jnp.log1p(grown) / (shape.order + 1)

    def deviator(self, shape, place, strain_rate):
        if shape.order == 0:
            return shell_yield(self.yield_stress, 0) + 0 * place
        limit, modulus, _, _ = self._elastic(shape)
        born = birth_radius(place, shape.core, shape.ratio, shape.order)
        return jnp.clip(self.birth * limit + modulus * jnp.log(place / born), -limit, limit)

    def radial(self, shape, place, strain_rate):
        if shape.order == 0:
            return jnp.zeros_like(place)
        limit, modulus, flows, whole = self._elastic(shape)
        here = jnp.log(place / shape.core)
        begin = jnp.minimum(here, flows)
        span = flows - begin
        inside = begin[..., None] + span[..., None] * NODES if jnp.ndim(begin) else begin + span * NODES
        elastic = span * jnp.sum((self.birth * limit + modulus * self._strain(shape, inside)) * WEIGHTS, axis=-1)
        return -shape.order * (elastic + limit * (whole - jnp.maximum(here, flows)))

    def elastic_energy(self, shape):
        return self.deviator(shape, shape.core, 0.0) ** 2 / (self.shear_modulus * (6.0, 8.0, 6.0)[shape.order])


class RateDependentShell(AbstractShell):
    """tau = tau_Y [1 + (rate/rate_0)^(1/n)], the rate of the hoop falling as r^-p from the front outward.

    It makes small particles stiffer, the wrong way round for what is seen of silicon. To be taken with work that flows
    (:class:`Traction`): what a rate adds to stress is lost and cannot be stored.
    """

    viscous: ClassVar[bool] = True

    yield_stress: float = parameter(**YIELD)
    reference_rate: float = parameter(unit="1/s", low=1e-12, high=1e6, doc="rate_0 of strain at which tau is twice tau_Y")
    exponent: float = parameter(5.0, low=1, high=100, doc="n", source=assumed(5.0, "of the order of creeping alloys"))

    @property
    def strength(self) -> Any:
        return self.yield_stress

    def _excess(self, strain_rate):
        """(rate/rate_0)^(1/n) at the front; finite in its slope at rest."""
        return (jnp.abs(strain_rate) / self.reference_rate + 1e-30) ** (1 / self.exponent)

    def deviator(self, shape, place, strain_rate):
        falling = (shape.core / place) ** ((shape.order + 1) / self.exponent)
        return _flowing(self.yield_stress, shape) * (1 + self._excess(strain_rate) * falling)

    def radial(self, shape, place, strain_rate):
        if shape.order == 0:
            return jnp.zeros_like(place)
        power = (shape.order + 1) / self.exponent
        viscous = ((shape.core / place) ** power - (shape.core / shape.outer) ** power) / power
        whole = jnp.log(shape.outer / place) + self._excess(strain_rate) * viscous
        return -shape.order * _flowing(self.yield_stress, shape) * whole


def _flowing(yield_stress, shape: CoreShell):
    """tau of a shell that flows: hoop tension where the product is larger than its host, compression where smaller."""
    return shell_yield(yield_stress, shape.order) * jnp.sign(shape.ratio - 1)


def core_mean_stress(traction, order: int, poisson):
    """Mean stress of the elastic core under sigma_r(a): itself (sphere), (2/3)(1 + nu) of it (wire, plane strain), 0 (plate)."""
    return traction * (0.0, 2 / 3 * (1 + poisson), 1.0)[order]
