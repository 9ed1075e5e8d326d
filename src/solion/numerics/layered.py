"""Approximate inverses for fields in a box whose coefficients vary mostly along x: exact where they vary along x alone.

Coefficients are replaced by their means over the cross-section. Across it the modes of the grid (cosines or waves) then
separate, and each mode is a banded system along x: of three bands for -div(s grad v), of five for the product that a gradient
energy makes. All modes are factored and solved side by side.
"""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.numerics.banded import BandedFactors, factor_banded, solve_banded


class LateralModes(eqx.Module):
    """LateralModes across a box: orthonormal ``waves`` along y and z, in columns, and k^2 of each."""

    waves: tuple[Float[Array, "y y"], Float[Array, "z z"]]
    squares: Float[Array, "y z"]

    def of(self, field: Float[Array, "x y z"]) -> Float[Array, "x y z"]:
        """A field by its modes."""
        return self._turned(field, *self.waves)

    def field(self, modes: Float[Array, "x y z"]) -> Float[Array, "x y z"]:
        """The field with these modes."""
        return self._turned(modes, self.waves[0].T, self.waves[1].T)

    def _turned(self, values, along_y, along_z):
        if values.shape[2] == 1:  # a plane: one product of matrices
            return (values[..., 0] @ along_y)[..., None]
        return along_y.T @ (values @ along_z)


def second_difference(faces: Float[Array, "n-1 *many"], spacing: Any) -> Float[Array, "3 n *many"]:
    """Bands of -d/dx(s d/dx) with ``faces`` s between cells and nothing through the ends; ``bands[d, j]`` is A[j, j + d - 1]."""
    none = jnp.zeros((1, *faces.shape[1:]))
    below, above = jnp.concatenate([none, faces]) / spacing**2, jnp.concatenate([faces, none]) / spacing**2
    return jnp.stack([-below, below + above, -above])


def product(left: Float[Array, "3 n *many"], right: Float[Array, "3 n *many"]) -> Float[Array, "5 n *many"]:
    """Bands of the product of two matrices of three bands."""
    bands = [jnp.zeros_like(left[0] + right[0]) for _ in range(5)]
    for d in range(3):
        for e in range(3):
            bands[d + e] = bands[d + e] + left[d] * _row(right[e], d - 1)
    return jnp.stack(bands)


def _row(band, offset: int):
    """Entry j + offset at place j; zero where there is none."""
    shifted = jnp.roll(band, -offset, 0)
    return shifted if offset == 0 else shifted.at[-1 if offset > 0 else 0].set(0.0)


class Layered(eqx.Module):
    """An approximate inverse, factored."""

    modes: LateralModes
    factors: BandedFactors

    def __call__(self, field: Float[Array, "x y z"]) -> Float[Array, "x y z"]:
        return self.modes.field(solve_banded(self.factors, self.modes.of(field)))


def layered(modes: LateralModes, bands: Float[Array, "w x y z"]) -> Layered:
    """The inverse of what has these bands along x, mode by mode."""
    return Layered(modes, factor_banded(bands))
