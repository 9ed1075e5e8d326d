"""The body a reaction front runs through, and what a length measured on it means."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import numpy as np

from solion.base.errors import InputError, nearest
from solion.laws.core_shell.front_growth import film_time_length, layer_time_area
from solion.laws.core_shell.kinematics import core_radius, diffusion_length, log_thickness, outer_radius, reacted_fraction

SHAPES = {"planar": 1, "wire": 2, "sphere": 3}  # power p of K1
SMALL = 1e-12


@dataclasses.dataclass(frozen=True)
class Specimen:
    """A host of which a front makes a product ``volume_ratio`` (beta) times as large, from its surface inward.

    ``shape``: planar, wire or sphere. ``radius`` (m): a0 of a wire or sphere, half the thickness of a plate that reacts from
    both sides; may be infinite in a plane. With p = 1, 2, 3 and y the consumed host depth, the core is a = a0 - y, the outer
    surface b^p = a^p + beta (a0^p - a^p), the reacted fraction f = 1 - (a/a0)^p: plane strain in a wire, the core rigid.
    Raises InputError for another shape, a volume ratio outside 0.2 to 20, a radius that is not positive, or none where curved.
    """

    shape: str
    radius: float
    volume_ratio: float

    def __post_init__(self) -> None:
        if self.shape not in SHAPES:
            raise InputError(f"shape = {self.shape!r} is none of {', '.join(SHAPES)}{nearest(self.shape, SHAPES)}; say which.")
        if not 0.2 <= self.volume_ratio <= 20:
            raise InputError(
                f"volume_ratio = {self.volume_ratio!r} is outside its allowed range 0.2 to 20; it is the volume of the product "
                "over that of its host, 3.81 for lithium in silicon."
            )
        if not self.radius > 0 or (self.curved and not math.isfinite(self.radius)):
            raise InputError(
                f"radius = {self.radius!r} m is outside its allowed range; a {self.shape} needs the radius "
                "of its pristine host, a "
                "positive length."
            )

    @property
    def power(self) -> int:
        """p = m + 1."""
        return SHAPES[self.shape]

    @property
    def curved(self) -> bool:
        """Whether it is a wire or a sphere."""
        return self.power > 1

    @property
    def finite(self) -> bool:
        """Whether the front has an end to reach."""
        return math.isfinite(self.radius)

    @property
    def order(self) -> int:
        """m of :mod:`solion.laws.core_shell`."""
        return self.power - 1

    def fraction(self, depth):
        """Reacted fraction f of the volume."""
        return reacted_fraction(np.clip(self.core(depth), 0, None), self.radius, self.order)

    def core(self, depth):
        """Radius (half thickness) of the host left, m."""
        return self.radius - np.asarray(depth, float)

    def outer(self, depth):
        """Radius (half thickness) of the whole, m."""
        return outer_radius(np.clip(self.core(depth), 0, None), self.radius, self.volume_ratio, self.order)

    def product(self, depth):
        """Thickness of the product b - a, m."""
        return self.outer(depth) - self.core(depth) if self.curved else self.volume_ratio * np.asarray(depth, float)

    def depth_at(self, fraction):
        """Consumed host depth y at a reacted fraction, m."""
        return self.radius - core_radius(np.clip(np.asarray(fraction, float), 0, 1), self.radius, self.order)

    def arrest_ratio(self, fraction):
        """ln(b/a) at a reacted fraction: the strain that stress follows in a rigid-plastic shell."""
        return log_thickness(np.asarray(fraction, float), self.volume_ratio, self.order)

    def interface_time(self, depth):
        """Integral of dy: time x (k dc / N0) where the interface alone limits, m."""
        return np.asarray(depth, float)

    def layer_time(self, depth):
        """Integral of G_m dy: time x (D dc / N0) where diffusion through the product alone limits, m2."""
        if not self.curved:  # whatever its thickness, which may be infinite
            return layer_time_area(0.0, np.asarray(depth, float), self.volume_ratio, 0)
        return layer_time_area(np.clip(self.core(depth), 0, None), self.radius, self.volume_ratio, self.order)

    def film_time(self, depth):
        """Integral of (a/b)^m dy: time x (h dc / N0) where a film on the outer surface alone limits, m."""
        if not self.curved:
            return np.asarray(depth, float)
        return film_time_length(np.clip(self.core(depth), 0, None), self.radius, self.volume_ratio, self.order)

    def layer_resistance(self, depth):
        """G_m: thickness of a plane layer with the resistance of the product, per area of the front, m."""
        if not self.curved:
            return self.product(depth)
        return diffusion_length(np.maximum(self.core(depth), SMALL * self.radius), self.outer(depth), self.order)


@dataclasses.dataclass(frozen=True)
class Meaning:
    """What a column of lengths is: how it follows from the depth y, whether it grows, and what it needs to be known."""

    name: str
    text: str
    of_depth: Callable[[Specimen, np.ndarray], np.ndarray]
    grows: bool = True
    unit: str = "m"
    sized: bool = True  # whether the radius enters
    axial: bool = False


MEANINGS = {
    entry.name: entry
    for entry in (
        Meaning("host_depth", "depth of host consumed", lambda s, y: y, sized=False),
        Meaning("product_thickness", "thickness of the product", lambda s, y: s.product(y), sized=False),
        Meaning("core_radius", "radius of the host left", lambda s, y: s.core(y), grows=False),
        Meaning("core_diameter", "diameter of the host left", lambda s, y: 2 * s.core(y), grows=False),
        Meaning("outer_diameter", "diameter of the whole", lambda s, y: 2 * s.outer(y)),
        Meaning("axial_front", "position of a front along a wire", lambda s, y: y, sized=False, axial=True),
        Meaning("reacted_volume_fraction", "share of the host's volume reacted", lambda s, y: s.fraction(y), unit="1"),
    )
}


def meaning_of(name: str | None) -> Meaning:
    """The meaning of that name. Raises InputError where it is not one, or None: a length without a meaning is no data."""
    if name in MEANINGS:
        return MEANINGS[name]
    listed = ", ".join(MEANINGS)
    if not name:
        raise InputError(
            f"the meaning of the length is not declared; say which it is of {listed}: depth of host and "
            "thickness of product differ "
            "by the volume ratio, radius and diameter by two."
        )
    raise InputError(f"meaning = {name!r} is none of {listed}{nearest(name, MEANINGS)}; say which the length is.")
