"""Thermal noise of the ions of a film in space, that neither makes nor loses any: Langevin's term of their balance.

    dc/dt = div(M grad mu + sqrt(2 M/N) xi),    <xi xi'> = delta(r - r') delta(t - t') per component

with N ions in h^3 of a full film, so that states occur at rest as exp(-N G). On cells of volume v the flux through a face has
sqrt(2 M_f/(N v dt)) xi_f. M_f, the mean of both cells', changes with them, and Ito's rule then asks for -grad(M')/(2 N v) in the
flux, without which exp(-N G) is not what the equations keep. The noise of the electrons is smaller by sqrt(D_p0/D_n0), 3e-3 in
lithium titanate, and is left out.
"""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from solion.grids.line import Line
from solion.grids.sides import AbstractSides, Faces, averages, divergence, gradients
from solion.numerics.layered import LateralModes


class IonNoise(eqx.Module):
    """``ions``: N v, those of a full cell. Modes where ``passes`` is zero are at rest, which needs their ``waves`` along x."""

    ions: Any
    waves: Float[Array, "x x"]
    passes: Float[Array, "x y z"]

    def rate(
        self, line: Line, sides: AbstractSides, modes: LateralModes, mobility: Any, content: Float[Array, "x y z"], random: Faces
    ) -> Float[Array, "x y z"]:
        """dc/dt of ``random`` numbers at the faces, of variance 1/dt each; ``mobility`` is M of a composition."""
        values, slopes = jax.jvp(mobility, (content,), (jnp.ones_like(content),))
        drift = gradients(line, sides, slopes)
        flux = tuple(
            jnp.sqrt(2 * moved / self.ions) * xi - steep / (2 * self.ions)
            for moved, steep, xi in zip(averages(line, sides, values), drift, random, strict=True)
        )
        return self._passed(modes, divergence(line, sides, flux))

    def draw(self, line: Line, sides: AbstractSides, shape: tuple[int, int, int], h, key) -> Faces:
        """Numbers for :meth:`rate` of a step h."""
        faces = jax.eval_shape(lambda: gradients(line, sides, jnp.zeros(shape)))
        keys = jax.random.split(key, len(faces))
        return tuple(jax.random.normal(one, face.shape) / jnp.sqrt(h) for one, face in zip(keys, faces, strict=True))

    def _passed(self, modes: LateralModes, rate):
        """What is left of a rate without the modes that do not pass."""
        along = jnp.tensordot(self.waves.T, modes.of(rate), 1) * self.passes
        return modes.field(jnp.tensordot(self.waves, along, 1))
