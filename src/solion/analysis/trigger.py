"""The bias that starts a filament: against distance to grain boundaries, size of the electrode, a layer under it.

The surface potential of a disk of radius a at the bias V is V (2/pi) asin(a/x) at a distance x > a from its centre. A
filament starts at a boundary where that potential reaches the boundary's own critical overpotential, or in the grain at
the grain's. Biases are magnitudes of a negative bias.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from solion.base.parameters import Part, assumed, calibrated, parameter
from solion.laws.indentation import DEFAULT_RADIUS


class Trigger(Part):
    """Where and when a filament starts under a disk electrode."""

    boundary: float = parameter(
        0.12,
        unit="V",
        low=0,
        open_low=True,
        doc="eta_gb, at a grain boundary",
        source=calibrated(0.12, "Lu et al., fig. 1e: trigger bias at a grain boundary"),
    )
    interior: float = parameter(
        9.0,
        unit="V",
        low=0,
        open_low=True,
        doc="V_int, bias that starts one in a grain",
        source=calibrated(9.0, "Lu et al., fig. 1e: lowest seen in a grain's interior"),
    )
    radius: float = parameter(4.642e-9, unit="m", low=0, open_low=True, doc="a, of the contact", source=DEFAULT_RADIUS)
    weibull: float = parameter(
        1e9,
        low=1,
        doc="modulus m of the scaling of a boundary's strength with the electrode's area",
        source=assumed(1e9, "no scaling unless given; 3 to 8 in ceramics"),
    )

    def share(self, distance: ArrayLike, radius: ArrayLike | None = None) -> NDArray:
        """Surface potential over the bias at a distance (m) from the centre of a disk; 1 on it."""
        a = self.radius if radius is None else np.asarray(radius, float)
        return 2 / np.pi * np.arcsin(np.minimum(a / np.maximum(np.asarray(distance, float), 1e-30), 1.0))

    def boundary_strength(self, radius: ArrayLike) -> NDArray:
        """eta_gb in V under an electrode of a radius (m): that of the tip times (area ratio)^(-1/m)."""
        return self.boundary * (np.asarray(radius, float) / self.radius) ** (-2 / self.weibull)

    def bias(self, distance: ArrayLike, radius: ArrayLike | None = None) -> NDArray:
        """V_trig in V at a distance (m) of the disk's centre from the nearest of all boundaries.

        min(V_int, eta_gb/share): linear in the distance far from the disk, with :attr:`slope`, until the grain itself
        gives way. The nearest boundary sees the highest potential, so others do not matter.
        """
        a = self.radius if radius is None else np.asarray(radius, float)
        return np.minimum(self.boundary_strength(a) / self.share(distance, a), self.interior)

    @property
    def slope(self) -> float:
        """dV_trig/dx far from the disk, V/m."""
        return float(self.boundary * np.pi / (2 * self.radius))

    @property
    def saturation(self) -> float:
        """Distance in m beyond which the grain gives way before any boundary."""
        return float(self.radius / np.sin(np.pi / 2 * self.boundary / self.interior))

    def bias_over_layer(self, thickness: ArrayLike) -> NDArray:
        """V_trig in V on a layer (m) over a boundary: the potential at that depth is V (2/pi) atan(a/t).

        The layer itself is taken to hold. Above the compliance of an instrument the value says: none seen.
        """
        return self.boundary / (2 / np.pi * np.arctan(self.radius / np.asarray(thickness, float)))


def touch_probability(diameter: ArrayLike, density: float) -> NDArray:
    """Chance that a disk (m) placed at random touches a boundary, 1 - exp(-L_A D), L_A the boundary length per area (1/m).

    Exact to first order in the diameter; :meth:`BoundaryMap.touched` counts on a map.
    """
    return 1 - np.exp(-density * np.asarray(diameter, float))


def poisson_voronoi_density(grain_size: float, *, section: bool = False) -> float:
    """L_A in 1/m of a Poisson-Voronoi tessellation: 2/d in the plane, (pi/4) 2.910/d for a plane ``section`` of one in space."""
    return (np.pi / 4 * 2.910 if section else 2.0) / grain_size
