"""Cells of a shell between two radii that both move, in plane, cylindrical and spherical geometry; geometry only.

r = a + xi (b - a) with xi in equal steps on [0, 1]. Volumes are r^m dr without the factor of the geometry (1, 2 pi, 4 pi).
"""

from __future__ import annotations

from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.base.elementary import log, log1p

NEAR = 0.05**2  # (difference over sum)^2 below which the series is exact to round-off


class ShellCells(NamedTuple):
    """Where the cells of one instant are, and what lies between their centres.

    ``gaps``: the integral of dr/r^m from the front to the first centre, from centre to centre, and from the last one to the
    surface: a steady flux r^m J is D times a difference over it, exactly.
    """

    faces: Float[Array, " n+1"]
    centres: Float[Array, " n"]
    volumes: Float[Array, " n"]
    areas: Float[Array, " n+1"]  # r^m of the faces
    gaps: Float[Array, " n+1"]


class MovingShell(eqx.Module):
    """``cells`` equal cells in a <= r <= b of geometry m = ``order``."""

    cells: int = eqx.field(static=True)
    order: int = eqx.field(static=True)

    def place(self, inner, outer) -> ShellCells:
        """The cells between two radii."""
        m, n = self.order, self.cells
        width = (outer - inner) / n
        faces = inner + width * jnp.arange(n + 1)
        centres = inner + width * (jnp.arange(n) + 0.5)
        near, far = faces[:-1], faces[1:]
        volumes = width * sum(near**k * far ** (m - k) for k in range(m + 1)) / (m + 1)
        points = jnp.concatenate([faces[:1], centres, faces[-1:]])
        return ShellCells(faces, centres, volumes, faces**m, _gap(points[:-1], points[1:], m))

    def swept(self, shell: ShellCells, inner_speed, outer_speed, flow):
        """r^m (v - w) of the faces: material that crosses them, where r^m v = ``flow`` everywhere and the ends move so."""
        share = jnp.arange(self.cells + 1) / self.cells
        return flow - shell.areas * (inner_speed + (outer_speed - inner_speed) * share)


def _gap(near, far, order: int):
    """Integral of dr/r^m."""
    if order == 0:
        return far - near
    return log1p((far - near) / near) if order == 1 else (far - near) / (near * far)


def logarithmic_mean(first, second):
    """(y - x)/(ln y - ln x) of positive numbers, by a series where they are nearly equal: what keeps entropy in convection."""
    total, change = first + second, second - first
    square = (change / total) ** 2
    near = square < NEAR
    series = 1 + square * (1 / 3 + square * (1 / 5 + square * (1 / 7 + square * (1 / 9 + square * (1 / 11 + square / 13)))))
    logarithm = log(jnp.where(near, jnp.e, second / first))
    return jnp.where(near, 0.5 * total / series, change / logarithm)
