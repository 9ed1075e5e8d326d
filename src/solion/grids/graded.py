"""A line of finite-volume cells of unequal width, finest where fields are steepest, scaled to unit length."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float


class GradedLine(eqx.Module):
    """Cells of the given ``widths``, which sum to 1, on 0 <= x <= 1; the first lies at x = 0. One cell is a mixed volume.

    The gradient at a face is the difference of two centres over their distance: second order where widths change by a
    constant ratio, exact for straight lines always. ``depth`` is how far the first cell's mean lies below its surface.
    """

    widths: Float[Array, " n"]
    depth: Float[Array, ""]

    @property
    def cells(self) -> int:
        """How many there are."""
        return self.widths.shape[0]

    @property
    def centres(self) -> Float[Array, " n"]:
        """Positions of the cell centres."""
        return jnp.cumsum(self.widths) - 0.5 * self.widths

    @property
    def distances(self) -> Float[Array, " n-1"]:
        """Distances between neighbouring centres."""
        return 0.5 * (self.widths[1:] + self.widths[:-1])

    def gradient(self, values: Float[Array, " n"]) -> Float[Array, " n-1"]:
        """Gradient at the inner faces."""
        return (values[1:] - values[:-1]) / self.distances

    def divergence(self, flux: Float[Array, " n-1"], left=0.0, right=0.0) -> Float[Array, " n"]:
        """Divergence in each cell of a flux given at the inner faces and at the two ends."""
        faces = jnp.concatenate([jnp.reshape(left, 1) * 1.0, flux, jnp.reshape(right, 1) * 1.0])
        return (faces[1:] - faces[:-1]) / self.widths

    def integral(self, values: Float[Array, " n"]) -> Float[Array, ""]:
        """Integral over the line, which is also the mean."""
        return jnp.sum(values * self.widths)


def graded(cells: int, finest: float, plane: float = 0.0) -> GradedLine:
    """``cells`` cells in a geometric row whose first has the width ``finest`` (of a line of length 1), or equal ones where
    equal ones are finer.

    ``plane`` is the width of a lattice plane, of which the line holds a whole number: no cell is narrower, and the first is
    one plane where equal cells would have fewer than two. One plane as the first cell is a lattice gas, filled evenly, so
    that its surface is as its mean; a wider cell is a continuum whose mean lies at half its width. Between them the ``depth``
    is sqrt(w^2 - a^2)/2, that of an even spread with the variance of the cell's planes, (w^2 - a^2)/12.
    """
    if plane > 0:
        cells, finest = min(cells, round(1 / plane)), max(finest, plane)
        finest = plane if cells * 2 * plane > 1 else finest
    if cells * finest >= 1 - 1e-12:
        return _line(np.full(cells, 1.0 / cells), plane)
    low, high, ratio = 1.0, 1e3, 1.0
    for _ in range(200):  # ratio r with finest (r^n - 1)/(r - 1) = 1
        ratio = 0.5 * (low + high)
        with np.errstate(over="ignore"):
            length = finest * np.expm1(cells * np.log(ratio)) / (ratio - 1) if ratio > 1 else finest * cells
        low, high = (ratio, high) if length < 1 else (low, ratio)
    widths = finest * ratio ** np.arange(cells)
    return _line(widths / widths.sum(), plane)


def graded_to_both_ends(cells: int, finest: float) -> GradedLine:
    """An even number of cells, at least ``cells``, in geometric rows from both ends, where they have the width ``finest``."""
    half = np.asarray(graded((cells + 1) // 2, 2 * finest).widths)
    return _line(0.5 * np.concatenate([half, half[::-1]]), 0.0)


def mixed() -> GradedLine:
    """A line without gradients, one cell whose surface is as the rest."""
    return GradedLine(jnp.ones(1), jnp.zeros(()))


def _line(widths: np.ndarray, plane: float) -> GradedLine:
    square = widths[0] ** 2 - plane**2
    even = square < 1e-9 * widths[0] ** 2  # one plane, but for round-off
    return GradedLine(jnp.asarray(widths), jnp.asarray(0.0 if even else 0.5 * np.sqrt(square)))
