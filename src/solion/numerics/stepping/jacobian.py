"""The Jacobian of a system by coloured automatic differentiation, in the bands-and-border form the solver wants."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from solion.numerics import system as traced
from solion.numerics.banded import BorderedFactors, Sums, factor_bordered, solve_bordered
from solion.numerics.system import AbstractSystem


class Linearisation(NamedTuple):
    """Derivatives of a system at one point; the border holds the lumped unknowns, then w. Of the ``sums`` among the lumped ones
    (:attr:`AbstractSystem.sums`) there are rows and no columns, which would be zero."""

    capacity: Float[Array, " n"]  # dq/dy, diagonal
    capacity_rate: Float[Array, " n"]  # d(dq/dy)/dt, as y moves with dq/dt = f
    bands: Float[Array, "b c"]  # df/dy among the cells' unknowns
    columns: Float[Array, "c k"]  # df/d(border) in the cells
    rows: Float[Array, "k+s c"]  # d(lumped f, g)/dy in the cells
    corner: Float[Array, "k+s k"]
    slope: Float[Array, " n"]  # df/dt
    constraint_slope: Float[Array, " m"]  # dg/dt


def linearise(system: AbstractSystem, t, y, w, drive) -> Linearisation:
    """Differentiate ``system`` at (t, y, w). Cost: 2 p + 3 + k forward tangents, whatever n, and a reverse one for each row that
    is wide; where the system says which are, p forward ones more.

    The equations are traced twice: as a linear map of y, of which every derivative is a direction, pushed or pulled; and of
    (t, w), which reach few of them.
    """
    m, border = w.shape[0], system.border
    cells, acting = y.shape[0] - border, border - system.sums
    wide, ends = range(border + m) if system.wide is None else system.wide, 0 if system.wide is None else system.bandwidth
    t = jnp.asarray(t, float)
    (rate, _), push = jax.linearize(lambda y: traced.balance(system, t, y, w, drive), y)
    _, push_outer = jax.linearize(lambda t, w: traced.balance(system, t, y, w, drive), t, w)  # of which little moves

    colour = _colours(cells, system.bandwidth, ends)
    width = 2 * system.bandwidth + 1 + ends
    directions = np.zeros((width + acting, y.shape[0]))
    directions[colour, np.arange(cells)] = 1.0
    directions[width:, cells : cells + acting] = np.eye(acting)
    if system.wide is None:  # what the cells do to the lumped rows comes in reverse: left out here, half of a direction's cost
        images = jax.lax.map(lambda direction: push(direction)[0][:cells], jnp.asarray(directions[:width]))
        f, g = jax.lax.map(push, jnp.asarray(directions[width:]))
        at_border = ()
    else:
        f, g = jax.lax.map(push, jnp.asarray(directions))
        images, at_border = f[:width, :cells], (f[:width, cells:], g[:width])
        f, g = f[width:], g[width:]
    outer = jnp.asarray(np.eye(m + 1))
    by_outer, at_outer = jax.lax.map(lambda direction: push_outer(direction[m], direction[:m]), outer)
    bands = _unmix(images, colour, system.bandwidth)
    columns = jnp.concatenate([f, by_outer[:m]]).T

    # The lumped rows and the constraints apart, so that neither goes back through what only the other asks for.
    def pulled(part, count, which):
        if not which:
            return jnp.zeros((0, cells))
        pull = jax.linear_transpose(lambda y: part(push(y)), y)
        return jax.lax.map(lambda direction: pull(direction)[0][:cells], jnp.asarray(np.eye(count)[which]))

    lumped, constraints = [k for k in wide if k < border], [k - border for k in wide if k >= border]
    of_lumped = pulled(lambda images: images[0][cells:], border, lumped)
    rows = jnp.concatenate([of_lumped, pulled(lambda images: images[1], m, constraints)])
    if system.wide is not None:
        at_ends = jnp.concatenate(at_border, axis=1).T
        away = jnp.zeros((border + m, cells - 2 * ends))
        whole, rows = rows, jnp.concatenate([at_ends[:, :ends], away, at_ends[:, width - ends :]], axis=1)
        for k, place in enumerate(wide):
            rows = rows.at[place].set(whole[k])
    corner = jnp.concatenate([columns[cells:], jnp.concatenate([g, at_outer[:m]]).T])
    capacity, curvature = jax.jvp(lambda y: capacities(system, y), (y,), (jnp.ones_like(y),))
    capacity_rate = curvature * rate / jnp.where(capacity == 0, 1.0, capacity)
    return Linearisation(capacity, capacity_rate, bands, columns[:cells], rows, corner, by_outer[m], at_outer[m])


def _colours(cells, bandwidth, ends):
    """Colours of the cells, no two of one within reach of one another; the last ``ends`` cells have one of their own each."""
    width, index = 2 * bandwidth + 1, np.arange(cells)
    return np.where(index < cells - ends, index % width, width + index - (cells - ends))


def capacities(system: AbstractSystem, y) -> Float[Array, " n"]:
    """dq/dy, entry by entry, and the least that the system allows it."""
    return jax.jvp(system.conserved, (y,), (jnp.ones_like(y),))[1] + system.floor


def _unmix(images, colour, bandwidth):
    """Bands from the images of the colours; by selections, which vectorise where a gather does not."""
    cells = images.shape[1]
    index = np.arange(cells)
    bands = []
    for offset in range(-bandwidth, bandwidth + 1):
        column = index + offset
        inside = (column >= 0) & (column < cells)
        column = np.clip(column, 0, cells - 1)
        band = jnp.zeros(cells)
        for k in range(images.shape[0]):
            band = jnp.where(inside & (colour[column] == k), images[k], band)
        bands.append(band)
    return jnp.stack(bands)


def factor(system: AbstractSystem, point: Linearisation, shift) -> BorderedFactors:
    """Factor the matrix of (dq/dy) dy/dt - (f, g) where dy/dt changes by ``shift`` times y: one stage of a step."""
    cells = point.bands.shape[1]
    diagonal = shift * point.capacity + point.capacity_rate
    bands = (-point.bands).at[system.bandwidth].add(diagonal[:cells])
    lumped = jnp.concatenate([diagonal[cells:], jnp.zeros(point.constraint_slope.shape)])
    keeps, sums = _split(system, lumped)
    rows, of_sums = _split(system, -point.rows)
    corner, corner_of_sums = _split(system, -point.corner)
    return factor_bordered(bands, -point.columns, rows, jnp.diag(keeps) + corner, Sums(of_sums, corner_of_sums, 1 / sums))


def solve(system: AbstractSystem, factors: BorderedFactors, right: Float[Array, " n"], constraint: Float[Array, " m"]):
    """The change of (y, w) that answers right sides of f and g."""
    cells, acting = right.shape[0] - system.border, system.border - system.sums
    keeps, sums = _split(system, jnp.concatenate([right[cells:], constraint]))
    x, z, s = solve_bordered(factors, right[:cells], keeps, sums)
    return jnp.concatenate([x, z[:acting], s, z[acting:]])


def _split(system: AbstractSystem, border):
    """What belongs to the border without its sums, and to these."""
    acting = system.border - system.sums
    return jnp.concatenate([border[:acting], border[system.border :]]), border[acting : system.border]
