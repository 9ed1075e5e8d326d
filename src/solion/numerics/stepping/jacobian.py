"""The Jacobian of a system by coloured automatic differentiation, in the bands-and-border form the solver wants."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from solion.numerics import system as traced
from solion.numerics.banded import BorderedFactors, factor_bordered
from solion.numerics.system import AbstractSystem


class Linearisation(NamedTuple):
    """Derivatives of a system at one point; the border holds the lumped unknowns, then w."""

    capacity: Float[Array, " n"]  # dq/dy, diagonal
    capacity_rate: Float[Array, " n"]  # d(dq/dy)/dt, as y moves with dq/dt = f
    bands: Float[Array, "b c"]  # df/dy among the cells' unknowns
    columns: Float[Array, "c k"]  # df/d(border) in the cells
    rows: Float[Array, "k c"]  # d(lumped f, g)/dy in the cells
    corner: Float[Array, "k k"]
    slope: Float[Array, " n"]  # df/dt
    constraint_slope: Float[Array, " m"]  # dg/dt


def linearise(system: AbstractSystem, t, y, w, drive) -> Linearisation:
    """Differentiate ``system`` at (t, y, w). Cost: 2 p + 3 + k forward tangents and k reverse ones, whatever n.

    The equations are traced once: every derivative is a direction of one linear map, pushed or pulled.
    """
    n, m, border = y.shape[0], w.shape[0], system.border
    cells, width, k = n - border, 2 * system.bandwidth + 1, border + m
    t = jnp.asarray(t, float)
    (rate, _), push = jax.linearize(lambda t, y, w: traced.balance(system, t, y, w, drive), t, y, w)

    index, lumped = np.arange(cells), np.arange(border)
    colours = np.zeros((width + k + 1, n))
    colours[index % width, index] = 1.0
    colours[width + lumped, cells + lumped] = 1.0
    outer = np.zeros((width + k + 1, m))
    outer[width + border : width + k] = np.eye(m)
    time = np.zeros(width + k + 1)
    time[-1] = 1.0
    f, g = jax.vmap(push)(jnp.asarray(time), jnp.asarray(colours), jnp.asarray(outer))
    bands = _unmix(f[:width, :cells], system.bandwidth)
    columns = f[width:-1].T

    pull = jax.linear_transpose(lambda y: push(jnp.zeros_like(t), y, jnp.zeros_like(w)), y)

    def row(direction):
        return pull((jnp.concatenate([jnp.zeros(cells), direction[:border]]), direction[border:]))[0]

    rows = jax.lax.map(row, jnp.eye(k))
    corner = jnp.concatenate([columns[cells:], g[width:-1].T])
    capacity, curvature = jax.jvp(lambda y: capacities(system, y), (y,), (jnp.ones_like(y),))
    capacity_rate = curvature * rate / jnp.where(capacity == 0, 1.0, capacity)
    return Linearisation(capacity, capacity_rate, bands, columns[:cells], rows[:, :cells], corner, f[-1], g[-1])


def capacities(system: AbstractSystem, y) -> Float[Array, " n"]:
    """dq/dy, entry by entry, and the least that the system allows it."""
    return jax.jvp(system.conserved, (y,), (jnp.ones_like(y),))[1] + system.floor


def _unmix(images, bandwidth):
    """Bands from the images of the colours; by selections, which vectorise where a gather does not."""
    width, cells = images.shape
    index = np.arange(cells)
    bands = []
    for offset in range(-bandwidth, bandwidth + 1):
        column = index + offset
        inside = (column >= 0) & (column < cells)
        band = jnp.zeros(cells)
        for colour in range(width):
            band = jnp.where(inside & (column % width == colour), images[colour], band)
        bands.append(band)
    return jnp.stack(bands)


def factor(point: Linearisation, shift) -> BorderedFactors:
    """Factor the matrix of (dq/dy) dy/dt - (f, g) where dy/dt changes by ``shift`` times y: one stage of a step."""
    width, cells = point.bands.shape
    diagonal = shift * point.capacity + point.capacity_rate
    bands = (-point.bands).at[width // 2].add(diagonal[:cells])
    lumped = jnp.concatenate([diagonal[cells:], jnp.zeros(point.constraint_slope.shape)])
    return factor_bordered(bands, -point.columns, -point.rows, jnp.diag(lumped) - point.corner)
