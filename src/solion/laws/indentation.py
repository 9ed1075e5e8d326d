"""The contact of a sharp tip: Hertz, limited by hardness."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from solion.base.parameters import Part, assumed, derived, positive_parameter, stated


class Tip(Part):
    """A spherical tip pressed on a flat solid (Hertz; K. L. Johnson, *Contact Mechanics*, 1985, section 4.2).

    a = (3 P r/(4 E*))^(1/3) is the radius of contact. Where the mean pressure would exceed the hardness H the solid
    yields and the area is P/H instead, whichever is larger.
    """

    force: float = positive_parameter(400e-9, unit="N", doc="P", source=stated(400e-9, "Lu et al., methods"))
    radius: float = positive_parameter(20e-9, unit="m", doc="r", source=stated(20e-9, "Lu et al., methods"))
    modulus: float = positive_parameter(
        60e9,
        unit="Pa",
        doc="E*, effective modulus",
        source=stated(60e9, "Lu et al., methods; 60 GPa is the shear modulus of LLZO, its E* against platinum is 88 GPa"),
    )
    hardness: float = positive_parameter(
        1e13,
        unit="Pa",
        doc="H; LLZO 6.3 to 11.3 GPa",
        source=assumed(1e13, "no yielding unless given, as in the paper's formula"),
    )

    def elastic_area(self) -> float:
        """Hertz's area of contact, m^2."""
        return float(np.pi * (3 * self.force * self.radius / (4 * self.modulus)) ** (2 / 3))

    def contact_area(self) -> float:
        """The area of contact, m^2: Hertz's or P/H, the larger of the two."""
        return max(self.elastic_area(), float(self.force / self.hardness))

    def contact_radius(self) -> float:
        """Radius of the disk of that area, m."""
        return float(np.sqrt(self.contact_area() / np.pi))

    def pressure(self) -> float:
        """Mean pressure over the contact, Pa."""
        return float(self.force / self.contact_area())


def effective_modulus(first: tuple[float, float], second: tuple[float, float]) -> float:
    """E* in Pa of two bodies, each given as (Young's modulus in Pa, Poisson's ratio): 1/E* = sum (1 - nu^2)/E."""
    return 1 / sum((1 - ratio**2) / modulus for modulus, ratio in (first, second))


def modulus_for_area(area: ArrayLike, force: float, radius: float):
    """E* in Pa at which Hertz's formula gives an area of contact (m^2)."""
    return 0.75 * force * radius / (np.asarray(area, float) / np.pi) ** 1.5


DEFAULT_RADIUS = derived(4.642e-9, "Hertz's contact radius with the paper's force, tip radius and modulus")
