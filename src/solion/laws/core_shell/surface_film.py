"""The film that an electrolyte leaves on a swelling surface: how thick it is, what it resists, and what its growth costs.

Carriers pass it by J_s = (D K/d)(c* - c_s) and, where it has a conductivity, with an ohmic drop i d/sigma. D is not well known:
1.8e-17 to 7.6e-15 m2/s are quoted, tracers gave 1e-20 to 7e-19. Run a sweep over it.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import jax.numpy as jnp
import numpy as np

from solion.base.parameters import Part, assumed, parameter


class AbstractFilmGrowth(Part):
    """What becomes of a film as the surface under it swells."""

    @abstractmethod
    def growth(self, thickness, order: int, stretching):
        """(dd/dt, thickness made anew per second, which takes carriers for good), m/s.

        ``stretching``: (db/dt)/b of the surface, 1/s.
        """


class Conformal(AbstractFilmGrowth):
    """The same thickness however large the surface: fresh film forms where it grows."""

    def growth(self, thickness, order, stretching):
        return 0.0 * stretching, order * thickness * jnp.maximum(stretching, 0.0)


class FixedVolume(AbstractFilmGrowth):
    """The same volume: d = d_0 (a_0/b)^m."""

    def growth(self, thickness, order, stretching):
        return -order * thickness * stretching, 0.0 * stretching


class Fracturing(AbstractFilmGrowth):
    """The film cracks whenever the surface has stretched by eps, over a share of the area, and grows again by d^2 ~ 2 K t.

    As a mean over the surface: dd/dt = K/d - (share/eps) d (db/dt)^+/b.
    """

    growth_rate: float = parameter(unit="m2/s", low=0, high=1e-15, doc="K of d^2 = d_0^2 + 2 K t")
    tolerated: float = parameter(
        0.05, low=1e-4, high=1, doc="eps, strain between two cracks", source=assumed(0.05, "a brittle film")
    )
    cracked: float = parameter(0.3, low=0, high=1, doc="share of the area that a crack bares", source=assumed(0.3, "a guess"))

    def growth(self, thickness, order, stretching):
        made = self.growth_rate / thickness
        return made - self.cracked / self.tolerated * thickness * jnp.maximum(stretching, 0.0), made


class AbstractSurfaceFilm(Part):
    """What carriers pass between electrolyte and product."""

    @abstractmethod
    def conductance(self, thickness):
        """h = D K/d, m/s; inf of no film."""

    @abstractmethod
    def resistance(self, thickness):
        """d/sigma, ohm m2."""


class BareSurface(AbstractSurfaceFilm):
    """No film."""

    film_thickness: ClassVar[float] = 0.0
    carriers: ClassVar[float] = 0.0
    formation: ClassVar[float] = 0.0
    swelling: ClassVar[AbstractFilmGrowth] = FixedVolume()

    def conductance(self, thickness):
        return np.inf

    def resistance(self, thickness):
        return 0.0


class SurfaceFilm(AbstractSurfaceFilm):
    """A film of thickness d: h = D K/d, and d/sigma."""

    film_thickness: float = parameter(
        20e-9, unit="m", low=1e-10, high=1e-6, doc="d_0", source=assumed(20e-9, "5 to 50 nm, from memory")
    )
    film_diffusivity: float = parameter(
        1.8e-17,
        unit="m2/s",
        low=1e-24,
        high=1e-8,
        doc="D of carriers in the film",
        source=assumed(1.8e-17, "the lower end of what Choi, Scanlon and Lee quote (line 728); uncertain by decades"),
    )
    partition: float = parameter(
        1.0,
        low=1e-6,
        high=1e6,
        doc="K, carriers in the film over those of the product at rest with it",
        source=assumed(1.0, "as many as in the product"),
    )
    film_conductivity: float = parameter(
        1e6,
        unit="S/m",
        low=1e-15,
        high=1e6,
        doc="sigma of the ohmic drop",
        source=assumed(1e6, "no ohmic drop beside that of diffusion, unless given"),
    )
    carriers: float = parameter(
        2e4,
        unit="mol/m3",
        low=0,
        high=1e5,
        doc="carriers bound in new film",
        source=assumed(2e4, "lithium carbonate and fluoride hold 6e4 and 1e5, organic films a third"),
    )
    formation: float = parameter(
        0.8,
        unit="V",
        low=0,
        high=4,
        doc="potential below which new film forms, against the carrier metal",
        source=assumed(0.8, "where carbonates are reduced on lithium"),
    )
    swelling: AbstractFilmGrowth = Conformal()

    def conductance(self, thickness):
        return self.film_diffusivity * self.partition / thickness

    def resistance(self, thickness):
        return thickness / self.film_conductivity
