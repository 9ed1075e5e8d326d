"""How fast a reaction front runs along each direction of a cubic crystal, from its speeds on {110}, {100} and {111}.

    smooth:   g = C0 + C1 K4 + C2 K6,  K4 = n1^4 + n2^4 + n3^4 - 3/5,  K6 = n1^2 n2^2 n3^2 + K4/22 - 1/105
    faceted:  g = max over <110> of the tents that fall from g(110) to the floor g(111) at the neighbouring directions

with n a unit vector along the crystal's axes. In silicon {110} is fastest (Pharr et al., Nano Lett. 12, 5039 (2012),
doi:10.1021/nl302841y).
"""

from __future__ import annotations

import numpy as np

from solion.base.errors import InputError

FACETS = {"110": (1, 1, 0), "100": (1, 0, 0), "111": (1, 1, 1)}
AXES = {
    "100": ((0, 1, 0), (0, 0, 1)), "110": ((0, 0, 1), (1, -1, 0)), "111": ((1, -1, 0), (1, 1, -2)),
    "112": ((1, -1, 0), (1, 1, -1)),
}  # fmt: skip
_DODECAHEDRON = np.array([(1, 1, 0), (1, -1, 0), (1, 0, 1), (1, 0, -1), (0, 1, 1), (0, 1, -1)]) / np.sqrt(2)


def harmonics(direction) -> np.ndarray:
    """(..., 3) of 1, K4 and K6 at unit vectors (..., 3)."""
    square = np.asarray(direction, float) ** 2
    quartic = np.sum(square**2, -1) - 3 / 5
    return np.stack([np.ones_like(quartic), quartic, np.prod(square, -1) + quartic / 22 - 1 / 105], axis=-1)


def harmonic_coefficients(speed_110: float, speed_100: float, speed_111: float) -> np.ndarray:
    """C0, C1, C2 in the unit of the speeds. Raises InputError where g would not be positive along every direction."""
    normals = np.array([np.array(facet) / np.linalg.norm(facet) for facet in FACETS.values()])
    found = np.linalg.solve(harmonics(normals), np.array([speed_110, speed_100, speed_111], float))
    least = float(np.min(harmonics(_sphere()) @ found))
    if not least > 0:
        raise InputError(
            f"speeds {speed_110:g}, {speed_100:g}, {speed_111:g} on {{110}}, {{100}}, {{111}} make the "
            f"smooth law fall to {least:.3g} "
            "between them; all directions need a positive speed: use the faceted law, or speeds nearer to one another."
        )
    return found


def smooth_speed(direction, coefficients) -> np.ndarray:
    """Speed along unit vectors (..., 3)."""
    return harmonics(direction) @ np.asarray(coefficients)


def faceted_speed(direction, speed_110: float, speed_111: float) -> np.ndarray:
    """Speed with sharp maxima on {110}: it falls evenly with the angle, to the floor at 30 degrees or more from all of them.

    <110> are 60 degrees apart, so that neighbouring tents meet at their feet.
    """
    angle = np.arccos(np.clip(np.max(np.abs(np.asarray(direction, float) @ _DODECAHEDRON.T), -1), 0, 1))
    return speed_111 + (speed_110 - speed_111) * np.clip(1 - angle / (np.pi / 6), 0, 1)


def plane_of(axis: str) -> np.ndarray:
    """(2, 3): unit vectors e1, e2 across a wire along <axis>, one of 100, 110, 111, 112."""
    if axis not in AXES:
        raise InputError(f"axis = {axis!r} is none of {', '.join(AXES)}; say along which the wire lies.")
    return np.array([np.array(vector) / np.linalg.norm(vector) for vector in AXES[axis]])


def _sphere() -> np.ndarray:
    height = np.linspace(-1, 1, 101)
    turn = np.linspace(0, 2 * np.pi, 181)
    z, phi = np.meshgrid(height, turn, indexing="ij")
    ring = np.sqrt(1 - z**2)
    return np.stack([ring * np.cos(phi), ring * np.sin(phi), z], axis=-1)
