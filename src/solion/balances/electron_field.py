"""The potential of the electrons in a film in space, between two metals of one potential each.

    0 = div i,    i = (M_n + r M_p) grad mu_n - r M_p grad mu
    n.i = i_k(mu_n,s - mu_e) at contact k (n into the film),  mu_e = -phi at the top, 0 at the bottom;  I = mean of n.i at the top
    the terminal obeys its drive with V = phi + R_s I and I

The half cell beside a contact resists in series with its law: each point of a contact is one increasing function of the
potential in the cell beside it. All together is the stationary point of a convex functional, so that Newton's method with
halved steps finds it from anywhere. Its linear systems are symmetric and solved by conjugate gradients, preconditioned by
an inverse that is exact for a film without lateral variation (:mod:`solion.numerics.layered`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.scipy.sparse.linalg import cg
from jaxtyping import Array, Float

from solion.grids.line import Line
from solion.grids.sides import AbstractSides, Faces, divergence, gradients
from solion.numerics.layered import LateralModes, layered, second_difference

NEWTONS, HALVINGS, PASSES = 40, 12, 400  # iterations; of conjugate gradients the last
UNSOLVED = 1e-4  # of the imbalance that a Newton step is to undo: the next one undoes the rest
BALANCED, ROUND_OFF = 1e-13, 2e-16  # imbalance of the currents around, and of a potential, that is round-off


class ElectronField(NamedTuple):
    """All that the potential follows from. Faces are (across x, y, z); ``contacts`` maps mu_n - mu_e of the cells beside them,
    (2, y, z), to n.i."""

    line: Line
    sides: AbstractSides
    modes: LateralModes
    conductance: Faces
    in_cells: Float[Array, "x y z"]  # the same in the cells
    ion_current: Float[Array, "x y z"]  # div(r M_p grad mu)
    contacts: Callable
    spreads: tuple[bool, bool]  # whether a contact passes the same everywhere, so that only its mean potential counts
    series_resistance: Any

    def felt(self, contact: int, change):
        """What a contact knows of a potential in the cells beside it."""
        return jnp.mean(change) if self.spreads[contact] else change


class Terminal(NamedTuple):
    """The contacts and the terminal at some potential, with their slopes."""

    currents: Float[Array, "2 y z"]
    slopes: Float[Array, "2 y z"]
    current: Float[Array, ""]
    excess: Float[Array, ""]
    pull: tuple[Float[Array, ""], Float[Array, ""]]  # of phi and of I on the excess

    @property
    def slope(self):
        """dI/dphi at a fixed potential in the film."""
        return jnp.mean(self.slopes[0])

    @property
    def stiffness(self):
        """d(excess)/dphi at a fixed potential in the film."""
        return self.pull[0] + self.pull[1] * self.slope


def conducted(field: ElectronField, potential):
    """-div((M_n + r M_p) grad v), nothing passing the contacts."""
    slopes = gradients(field.line, field.sides, potential)
    current = tuple(faces * slope for faces, slope in zip(field.conductance, slopes, strict=True))
    return -divergence(field.line, field.sides, current)


def _terminal(field: ElectronField, potential, phi, t, drive) -> Terminal:
    drops = jnp.stack([potential[0] + phi, potential[-1]])
    currents, slopes = jax.jvp(field.contacts, (drops,), (jnp.ones_like(drops),))
    current = jnp.mean(currents[0])

    def excess(phi, current):
        return drive.excess(t, phi + field.series_resistance * current, current)

    value, pull = jax.value_and_grad(excess, (0, 1))(phi, current)
    return Terminal(currents, slopes, current, value, pull)


def _imbalance(field: ElectronField, potential, terminal: Terminal):
    """-div i in each cell."""
    edges = terminal.currents / field.line.spacing
    return (conducted(field, potential) + field.ion_current).at[0].add(edges[0]).at[-1].add(edges[1])


def _size(field: ElectronField, imbalance, terminal: Terminal):
    """Imbalance of cells and terminal together, as a current density."""
    cells = jnp.sqrt(jnp.sum(imbalance**2) / imbalance[0].size) * field.line.spacing
    return cells + jnp.abs(terminal.excess) * terminal.slope / terminal.stiffness


def _newton_step(field: ElectronField, terminal: Terminal, imbalance):
    """Changes of the potential and of phi that undo the imbalance, to first order."""
    spacing = field.line.spacing
    (first, last), (of_phi, of_current), stiff = terminal.slopes, terminal.pull, terminal.stiffness

    def operator(change):
        follows = of_current / stiff * jnp.mean(first * change[0])  # -phi, as the terminal answers
        edges = first * (field.felt(0, change[0]) - follows) / spacing, last * field.felt(1, change[-1]) / spacing
        return conducted(field, change).at[0].add(edges[0]).at[-1].add(edges[1])

    along = jnp.mean(field.conductance[0], axis=(1, 2))[:, None, None] * jnp.ones_like(field.modes.squares)
    within = jnp.mean(field.in_cells, axis=(1, 2))[:, None, None] * field.modes.squares
    even = terminal.slope * of_phi / stiff  # of the mean over the contact, whose potential the terminal moves
    flat = jnp.arange(field.modes.squares.size).reshape(field.modes.squares.shape) == 0
    bands = second_difference(along, spacing).at[1].add(within)
    uneven = [0.0 if spread else jnp.mean(slopes) for spread, slopes in zip(field.spreads, terminal.slopes, strict=True)]
    bands = bands.at[1, 0].add(jnp.where(flat, even, uneven[0]) / spacing)
    bands = bands.at[1, -1].add(jnp.where(flat, jnp.mean(last), uneven[1]) / spacing)
    right = -imbalance.at[0].add(-first * terminal.excess / stiff / spacing)
    change, _ = cg(operator, right, tol=UNSOLVED, maxiter=PASSES, M=layered(field.modes, bands))
    phi = -(terminal.excess + of_current * jnp.mean(first * change[0])) / stiff
    return change, phi


class _NewtonSearch(NamedTuple):
    """Where Newton's method stands: the last point taken, the change from it, the share of that to be tried, what was left."""

    potential: Float[Array, "x y z"]
    phi: Float[Array, ""]
    current: Float[Array, ""]  # at the point that the whole change leads to, to first order
    change: Float[Array, "x y z"]
    rise: Float[Array, ""]
    share: Float[Array, ""]
    left: Float[Array, ""]
    last: Float[Array, ""]  # change over 1 + |w|; infinite before the first
    count: Any


def solve(field: ElectronField, t, potential, phi, drive, enough: float = 1e-8):
    """(mu_n, phi, I) from a guess of mu_n and phi; not numbers where it is not found.

    The last change is at most ``enough`` of 1 + |w|, of which the square is left, or what was left to undo was round-off.
    """
    largest = jnp.max(field.in_cells) * field.line.cells  # of a potential's last digit on the imbalance, per area

    def proceed(search):
        return (search.last > enough) & (search.count < NEWTONS)

    def refine(search):
        # one look for all purposes, so that the contacts' laws are compiled once
        tried = search.potential + search.share * search.change, search.phi + search.share * search.rise
        terminal = _terminal(field, *tried, t, drive)
        imbalance = _imbalance(field, tried[0], terminal)
        left = _size(field, imbalance, terminal)
        taken = (left <= (1 - 1e-4 * search.share) * search.left) | (search.share <= 0.5**HALVINGS)
        whole = 1 + jnp.maximum(jnp.max(jnp.abs(tried[0])), jnp.abs(tried[1]))
        around = jnp.mean(jnp.abs(terminal.currents))
        done = left <= BALANCED * around + ROUND_OFF * largest * whole

        def further():
            change, rise = jax.tree.map(lambda step: jnp.where(done, 0.0, step), _newton_step(field, terminal, imbalance))
            last = jnp.maximum(jnp.max(jnp.abs(change)), jnp.abs(rise)) / whole
            current = terminal.current + jnp.mean(terminal.slopes[0] * (change[0] + rise))
            return _NewtonSearch(*tried, current, change, rise, jnp.ones(()), left, last, search.count + 1)

        def shorter():
            return search._replace(share=0.5 * search.share, count=search.count + 1)

        return jax.lax.cond(taken, further, shorter)

    zero, infinite = jnp.zeros(()), jnp.asarray(jnp.inf)
    start = _NewtonSearch(potential, phi, zero, jnp.zeros_like(potential), zero, zero + 1, infinite, infinite, jnp.asarray(0))
    found = jax.lax.while_loop(proceed, refine, start)
    w = found.potential + found.change, found.phi + found.rise, found.current
    return tuple(jnp.where(found.last <= enough, value, jnp.nan) for value in w)
