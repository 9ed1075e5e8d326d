"""What lies beside a line in its cross-section: equal cells along y and z between mirrors, or in periods.

A field in a box has the axes (x, y, z): x along the line (:mod:`solion.grids.line`), y and z across it; a plane has one
cell along z. Faces lie between neighbours; between mirrors nothing passes the outermost, in periods the last cell is the
first one's neighbour. The operators act on one axis, are second order, and have eigenvectors that are known: cosines
between mirrors, sines and cosines in periods.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from solion.grids.line import Line

AXES = (1, 2)
Faces = tuple[Float[Array, "..."], ...]  # across x, y and z


class AbstractSides(eqx.Module):
    """``cells`` along y and z, and their ``spacing`` in the line's unit of length."""

    cells: eqx.AbstractVar[tuple[int, int]]
    spacing: eqx.AbstractVar[tuple[Any, Any]]

    @property
    def lengths(self) -> tuple[Any, Any]:
        """Width and depth."""
        return self.cells[0] * self.spacing[0], self.cells[1] * self.spacing[1]

    @abstractmethod
    def difference(self, values: Float[Array, "x y z"], axis: int) -> Float[Array, "..."]:
        """Each cell's value taken from that of the next, at the faces across an axis (1 or 2)."""

    @abstractmethod
    def average(self, values: Float[Array, "x y z"], axis: int) -> Float[Array, "..."]:
        """Mean of the two cells at each face across an axis."""

    @abstractmethod
    def excess(self, flux: Float[Array, "..."], axis: int) -> Float[Array, "x y z"]:
        """What leaves each cell through its far face minus what enters through its near one."""

    @abstractmethod
    def centred(self, flux: Float[Array, "..."], axis: int) -> Float[Array, "x y z"]:
        """Mean in each cell of what passes its near and its far face across an axis."""

    @abstractmethod
    def modes(self, axis: int) -> tuple[Float[np.ndarray, "n n"], Float[np.ndarray, " n"]]:
        """Orthonormal eigenvectors of the second difference along an axis, in columns, and minus its eigenvalues."""


def gradients(line: Line, sides: AbstractSides, values: Float[Array, "x y z"]) -> Faces:
    """Gradient along x, y and z, each at the faces across it."""
    return line.gradient(values), *(sides.difference(values, axis) / sides.spacing[axis - 1] for axis in AXES)


def averages(line: Line, sides: AbstractSides, values: Float[Array, "x y z"]) -> Faces:
    """Mean of the two cells at each face across x, y and z."""
    return line.average(values), *(sides.average(values, axis) for axis in AXES)


def divergence(line: Line, sides: AbstractSides, flux: Faces, first: Any = 0.0, last: Any = 0.0) -> Float[Array, "x y z"]:
    """Divergence in each cell of a flux given at the faces across x, y and z, and at the ends of the line."""
    along, *across = flux
    total = line.divergence(along, first, last)
    for axis, faces in zip(AXES, across, strict=True):
        total = total + sides.excess(faces, axis) / sides.spacing[axis - 1]
    return total


def wavenumbers(sides: AbstractSides):
    """k^2 of each mode across the line: minus the eigenvalues of the Laplacian in y and z."""
    along = [sides.modes(axis)[1] / sides.spacing[axis - 1] ** 2 for axis in AXES]
    return along[0][:, None] + along[1][None, :]


class Mirrors(AbstractSides):
    """Nothing passes the sides, as if the box were mirrored in them."""

    cells: tuple[int, int] = eqx.field(static=True)
    spacing: tuple[Any, Any]

    def difference(self, values, axis):
        return jnp.diff(values, axis=axis)

    def average(self, values, axis):
        first, last = (jnp.take(values, np.arange(k, values.shape[axis] - 1 + k), axis=axis) for k in (0, 1))
        return 0.5 * (first + last)

    def excess(self, flux, axis):
        room = [(1, 1) if k == axis else (0, 0) for k in range(flux.ndim)]
        return jnp.diff(jnp.pad(flux, room), axis=axis)

    def centred(self, flux, axis):
        room = [(1, 1) if k == axis else (0, 0) for k in range(flux.ndim)]
        return self.average(jnp.pad(flux, room), axis)

    def modes(self, axis):
        n = self.cells[axis - 1]
        k, j = np.arange(n), np.arange(n) + 0.5
        waves = np.cos(np.pi * np.outer(j, k) / n) * np.where(k == 0, np.sqrt(1 / n), np.sqrt(2 / n))
        return waves, 2 - 2 * np.cos(np.pi * k / n)


class Periods(AbstractSides):
    """What leaves on one side comes in on the other."""

    cells: tuple[int, int] = eqx.field(static=True)
    spacing: tuple[Any, Any]

    def difference(self, values, axis):
        return jnp.roll(values, -1, axis) - values

    def average(self, values, axis):
        return 0.5 * (jnp.roll(values, -1, axis) + values)

    def excess(self, flux, axis):
        return flux - jnp.roll(flux, 1, axis)

    def centred(self, flux, axis):
        return 0.5 * (flux + jnp.roll(flux, 1, axis))

    def modes(self, axis):
        n = self.cells[axis - 1]
        k, j = np.arange(n), np.arange(n)
        angle = 2 * np.pi * np.outer(j, k) / n
        waves = (np.cos(angle) + np.sin(angle)) / np.sqrt(n)
        return waves, 2 - 2 * np.cos(2 * np.pi * k / n)
