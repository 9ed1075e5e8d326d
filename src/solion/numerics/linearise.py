"""The Jacobian of a system by coloured automatic differentiation, in the bands-and-border form the solver wants."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from solion.numerics.banded import BorderedFactors, factor_bordered
from solion.numerics.system import AbstractSystem


class Linearisation(NamedTuple):
    """Derivatives of a system at one point; the border holds the lumped unknowns, then the couplings w."""

    capacity: Float[Array, " n"]  # dq/dy, diagonal
    bands: Float[Array, "w c"]  # df/dy among the cells' unknowns
    columns: Float[Array, "c k"]  # df/d(border) in the cells
    rows: Float[Array, "k c"]  # d(border rows)/dy in the cells; for w the rows of W
    corner: Float[Array, "k k"]
    slope: Float[Array, " n"]  # df/dt with w following
    w: Float[Array, " m"]


def linearise(system: AbstractSystem, t, y, drive, guess) -> Linearisation:
    """Differentiate ``system`` at (t, y). Cost: 2 p + 1 + k forward tangents and k reverse ones, whatever n."""
    n, border = y.shape[0], system.border
    cells, width = n - border, 2 * system.bandwidth + 1
    m = system.couplings

    w, w_slope, coupling_rows = _couplings(system, t, y, drive, guess)

    _, push = jax.linearize(lambda y, active: system.rate(t, y, w.at[:m].set(active), drive), y, w[:m])
    index = np.arange(cells)
    colours = np.zeros((width + border + m, n + m))
    colours[index % width, index] = 1.0
    for k in range(border + m):
        colours[width + k, cells + k] = 1.0
    images = jax.vmap(lambda seed: push(seed[:n], seed[n:]))(jnp.asarray(colours))

    offsets = np.arange(width)[:, None] - system.bandwidth
    column = index + offsets
    valid = (column >= 0) & (column < cells)
    bands = jnp.where(valid, images[column % width, index], 0.0)
    border_images = images[width:]

    _, time_slope = jax.jvp(lambda t: system.rate(t, y, w, drive), (t,), (jnp.ones_like(t),))
    slope = time_slope + w_slope @ border_images[border:]

    lumped_rows = _lumped_rows(system, t, y, w, drive)
    rows = jnp.concatenate([lumped_rows[:, :cells], coupling_rows[:, :cells]])
    corner = jnp.concatenate([
        jnp.concatenate([lumped_rows[:, cells:], border_images[border:, cells:].T], axis=1),
        jnp.concatenate([coupling_rows[:, cells:], jnp.zeros((m, m))], axis=1),
    ])  # fmt: skip
    _, capacity = jax.jvp(system.conserved, (y,), (jnp.ones_like(y),))
    return Linearisation(capacity, bands, border_images[:, :cells].T, rows, corner, slope, w)


def _couplings(system, t, y, drive, guess):
    """w, the time derivative at fixed y of those that act, and their rows over y."""
    m = system.couplings

    def acting(t, y):
        w = system.coupling(t, y, drive, guess)
        return w[:m], w

    _, pull, w = jax.vjp(acting, t, y, has_aux=True)
    slope, rows = jax.vmap(pull)(jnp.eye(m))
    return w, slope, rows


def _lumped_rows(system, t, y, w, drive):
    """Rows of df/dy that belong to the lumped unknowns, dense over all of y."""
    border = system.border
    if border == 0:
        return jnp.zeros((0, y.shape[0]))
    _, pull = jax.vjp(lambda y: system.rate(t, y, w, drive)[-border:], y)
    return jax.vmap(lambda weight: pull(weight)[0])(jnp.eye(border))


def factor(point: Linearisation, shift, border: int) -> BorderedFactors:
    """Factor (shift dq/dy - df/dy) with the couplings' rows w - W appended to the border."""
    cells = point.bands.shape[1]
    bandwidth = point.bands.shape[0] // 2
    bands = (-point.bands).at[bandwidth].add(shift * point.capacity[:cells])
    diagonal = jnp.concatenate([shift * point.capacity[cells:], jnp.ones(point.rows.shape[0] - border)])
    return factor_bordered(bands, -point.columns, -point.rows, jnp.diag(diagonal) - point.corner)
