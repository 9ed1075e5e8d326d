"""Steady states of a film under a current, on the grid of its simulation: the equations, their Jacobian, and one solver.

At rest in a current no ions move and no temperature changes. The rates f(y, w; i) of all unknowns are zero, the conditions
g(y, w; i) of the circuit hold, as in a simulation, and the inventories e'q(y) keep what the film was filled with. Since f only
moves ions, its rows add up to zero and one for each inventory is spare; a source lambda, the same in every cell that the
inventory counts, makes the system square, and is zero in its solution:

    f(y, w; i) + lambda = 0,    g(y, w; i) = 0,    e'q(y) = e'q(start)

y and w are those of the device's own system, of whatever the film feels beside its ions: stress, heat, a second kind of layers.
w, which follows from y, is found anew at every state.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from scipy.sparse import bmat, csc_matrix
from scipy.sparse.linalg import SuperLU, splu

from solion.base.compiled import Program
from solion.base.errors import InputError, RunError
from solion.base.parameters import as_arrays, without_sources
from solion.devices.device import AbstractDevice
from solion.devices.film_layer import AbstractFilm
from solion.devices.film_memristor import FilmMemristor
from solion.devices.start import AbstractInitial
from solion.numerics import system as traced
from solion.numerics.stepping.jacobian import linearise
from solion.numerics.system import AbstractSystem
from solion.protocols.drive import Drive

SOUND = 1e-9  # largest change of any unknown of the cells, such as ln(c / (c_max - c)), in the last iteration of a solution
BESIDE = 1e-5  # how far in u or in i_D a curvature is found from


class SteadyPoint(NamedTuple):
    """The equations at one state: residual, its derivatives, w, dq/dy, and the inventories."""

    residual: np.ndarray  # of f, then g
    bands: np.ndarray  # df/dy of the cells
    columns: np.ndarray  # of what is no cell: lumped unknowns, then w
    rows: np.ndarray
    corner: np.ndarray
    by_current: np.ndarray
    w: np.ndarray
    slope: np.ndarray  # dq/dy
    inventories: np.ndarray


def equations(system: AbstractSystem, y, w, current):
    """f and g in one array."""
    return jnp.concatenate(traced.balance(system, 0.0, y, w, Drive.of_current(current[None])))


def _point(system: AbstractSystem, y, current):
    drive = Drive.of_current(current[None])
    w = traced.start(system, 0.0, y, drive)  # what it leaves of g is in the residual
    found = linearise(system, 0.0, y, w, drive)
    moved = (current,), (jnp.ones_like(current),)
    residual, by_current = jax.jvp(lambda i: equations(system, y, w, i), *moved)
    content, slope = jax.jvp(system.conserved, (y,), (jnp.ones_like(y),))
    jacobian = found.bands, found.columns, found.rows, found.corner
    return residual, *jacobian, by_current, w, slope, system.invariants(content)


def _composition(system: AbstractSystem, y, direction):
    return jax.jvp(lambda y: system.profiles(y)["composition"], (y,), (direction,))  # pyright: ignore[reportAttributeAccessIssue]


evaluate_point = Program(_point)
evaluate_composition = Program(_composition)


class SteadyFilm:
    """The steady equations of one film; ``start`` is its given start state, ``sign`` that of the current that switches it."""

    def __init__(self, device: AbstractDevice, cells: int, initial: AbstractInitial | None):
        film = getattr(device, "film", None)
        if not isinstance(device, AbstractDevice) or not isinstance(film, AbstractFilm):
            raise InputError(
                f"threshold: device = {type(device).__name__} is not a film between two contacts; give a FilmMemristor or a"
                " LayeredMemristor."
            )
        if isinstance(device, FilmMemristor):
            device.require_line("threshold")
        if isinstance(cells, bool) or not isinstance(cells, (int, np.integer)) or not 16 <= cells <= 5000:
            raise InputError(f"threshold: cells = {cells!r} is outside its allowed range: a whole number in [16, 5000].")
        mean = " and ".join(f"{float(filling):g}" for filling in film.fillings())
        self.cells, self.described = int(cells), f"a filling of {mean} on {cells} cells"
        initial = device.unless_given().initial if initial is None else initial
        profile = jnp.asarray(np.asarray(device.profile(initial, self.cells), float))
        self.system: AbstractSystem = as_arrays(without_sources(device).system(self.cells))
        self.start = np.asarray(self.system.unknowns(profile))  # pyright: ignore[reportAttributeAccessIssue]
        composition, _ = self.composition(self.start, np.zeros(self.start.size))
        self.sign = 1.0 if composition[0] >= composition[-1] else -1.0
        self.counted = counted(self.system, self.start.size)
        first = self.point(self.start, 0.0)
        self.wanted = first.inventories
        self.size, self.held = first.residual.size, first.inventories.size  # of (y, w), and of lambda
        width, index = 2 * self.system.bandwidth + 1, np.arange(first.bands.shape[1])
        column = index + np.arange(width)[:, None] - self.system.bandwidth
        self._inside = (column >= 0) & (column < index.size)
        self._row, self._column = np.broadcast_to(index, column.shape)[self._inside], column[self._inside]

    def point(self, y: np.ndarray, current: float) -> SteadyPoint:
        """The equations at a state ``y`` and a current in i_D."""
        return SteadyPoint(*map(np.asarray, evaluate_point(self.system, jnp.asarray(y), jnp.asarray(current, float))))

    def residual(self, point: SteadyPoint) -> np.ndarray:
        """f, g, and what the inventories miss."""
        return np.append(point.residual, point.inventories - self.wanted)

    def curvature(self, y, current, left, v) -> tuple[np.ndarray, float]:
        """left'F_zz v over z = (y, w) and left'F_zi v, with v = (v_y, v_w) along the states whose w follows from y.

        By central differences of the Jacobian, which cost no program of their own; to 1e-9 or better.
        """
        along = v[: y.size]
        reach = BESIDE / max(1.0, float(np.max(np.abs(along))))
        ahead, behind = (self.jacobian(self.point(y + sign * reach * along, current)) for sign in (1, -1))
        more, less = (self.jacobian(self.point(y, current + sign * BESIDE)) for sign in (1, -1))
        by_state = left @ (ahead - behind) / (2 * reach)
        return by_state[: self.size], float(left @ ((more - less) @ np.append(v, np.zeros(self.held)))) / (2 * BESIDE)

    def composition(self, y, direction) -> tuple[np.ndarray, np.ndarray]:
        """c/c_0 from the first end to the last, and its change along a ``direction`` of y."""
        values = evaluate_composition(self.system, jnp.asarray(y), jnp.asarray(direction, float))
        return np.asarray(values[0]), np.asarray(values[1])

    def factor(
        self, point: SteadyPoint, column: np.ndarray | None = None, row: np.ndarray | None = None, shift: float = 0.0
    ) -> SuperLU:
        """Factors of the Jacobian, less ``shift`` dq/dy on the diagonal of y.

        With ``column`` and ``row`` (one longer) it is bordered by one more unknown and one more equation.
        """
        matrix = self.jacobian(point, shift)
        if row is not None and column is not None:
            matrix = bmat([[matrix, column[:, None]], [row[None, :-1], row[-1:, None]]], "csc")
        return splu(matrix, permc_spec="NATURAL")

    def jacobian(self, point: SteadyPoint, shift: float = 0.0) -> csc_matrix:
        """The Jacobian in (y, w, lambda), less ``shift`` dq/dy on the diagonal of y."""
        n, count, inner, border = self.start.size, self.size, point.bands.shape[1], point.corner.shape[0]
        every, beyond = np.arange(n), np.arange(inner, count)
        kept, values = np.nonzero(self.counted), point.bands[self._inside]
        data = [values, point.columns.ravel(), point.rows.ravel(), point.corner.ravel(), -shift * point.slope]
        rows = [self._row, np.repeat(np.arange(inner), border), np.repeat(beyond, inner), np.repeat(beyond, border), every]
        columns = [self._column, np.tile(beyond, inner), np.tile(np.arange(inner), border), np.tile(beyond, border), every]
        data += [np.ones(kept[0].size), self.counted[kept] * point.slope[kept[1]]]
        rows, columns = [*rows, kept[1], count + kept[0]], [*columns, count + kept[0], kept[1]]
        places = np.concatenate(rows), np.concatenate(columns)
        return csc_matrix((np.concatenate(data), places), (count + self.held, count + self.held))

    def unit(self) -> np.ndarray:
        """The right side that has nothing but the bordering equation."""
        return np.append(np.zeros(self.size + self.held), 1.0)

    def moved(self, answer: np.ndarray) -> np.ndarray:
        """(y, i) of a solution of the bordered system, whose w and lambda are found anew."""
        return np.append(answer[: self.start.size], answer[-1])

    def solve_with_current(self, point: SteadyPoint, row: np.ndarray, value: float) -> tuple[np.ndarray, SuperLU]:
        """Newton's change of (y, i) under one more equation, whose gradient is ``row`` (over y, w where it is given, and i), and
        the factors."""
        state = np.append(row[:-1], np.zeros(self.size - row[:-1].size + self.held))
        solver = self.factor(point, np.append(point.by_current, np.zeros(self.held)), np.append(state, row[-1]))
        return self.moved(solver.solve(-np.append(self.residual(point), value))), solver

    def relaxed(self) -> np.ndarray:
        """The state of rest that the start relaxes to without a current.

        Implicit Euler steps that grow as the residual falls, up to Newton's method: they follow the relaxation where it
        matters and do not leave for an unstable state. Raises :class:`RunError` where no rest is found.
        """
        y, step, before, largest = self.start, 1e-4, np.inf, np.inf
        for _ in range(200):
            point = self.point(y, 0.0)
            residual = float(np.max(np.abs(point.residual)))
            if largest < 1e-6:
                step *= 10.0
            elif before < np.inf:
                step *= float(np.clip(before / residual, 0.3, 10.0))
            before = residual
            change = self.factor(point, shift=1 / step).solve(-self.residual(point))[: y.size]
            largest = float(np.max(np.abs(change)))
            y = y + change / max(1.0, largest)
            if largest < SOUND and step > 1e3:
                return y
        raise RunError(
            f"threshold: the start state finds no rest without a current at {self.described}; give another start or more cells."
        )


def counted(system: AbstractSystem, size: int) -> np.ndarray:
    """e: how much each entry of q counts in each inventory."""
    _, pull = jax.vjp(system.invariants, jnp.zeros(size))
    return np.asarray(jax.vmap(pull)(jnp.eye(system.invariants(jnp.zeros(size)).size))[0])
