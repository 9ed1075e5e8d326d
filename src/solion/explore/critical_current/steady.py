"""Steady states of a film under a current, on the grid of its simulation: the equations, their Jacobian, and one solver.

At rest in a current no ions move, and the ion balance f(u; i) of every cell is zero while the mean composition keeps
the filling. Since f only moves ions, its rows add up to zero and one is spare; a source lambda, the same in every
cell, makes the system square, and is zero in its solution:

    f(u; i) + lambda = 0,    mean c(u) = c_m

Everything is scaled as in the film's simulation, whose own balance f is.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from scipy.sparse import csc_matrix
from scipy.sparse.linalg import SuperLU, splu

from solion.base.compiled import Program
from solion.base.errors import InputError, RunError
from solion.base.parameters import as_arrays, without_sources
from solion.devices.film_memristor import FilmMemristor
from solion.devices.film_region import FilmRegion
from solion.devices.start import AbstractInitial, PhaseSeparated

SOUND = 1e-9  # largest change of any u = ln(c / (c_max - c)) in the last iteration of a solution


class SteadyPoint(NamedTuple):
    """The equations at one state: residual, its derivatives, and the compositions."""

    residual: np.ndarray  # n + 1: the cells, then the mean
    bands: np.ndarray  # df/du by colours, w x n
    by_current: np.ndarray  # n
    composition: np.ndarray  # n
    slope: np.ndarray  # dc/du, n


class Curvature(NamedTuple):
    """Second derivatives of the equations contracted with a left vector and a right one v."""

    by_state: np.ndarray
    by_current: float
    along: float  # contracted with v twice


def balance(system: FilmRegion, y, current):
    """dc/dt in each cell."""
    return system.rate(system.state(y), current)


def _point(system: FilmRegion, y, current):
    n, width = y.shape[0], 2 * system.bandwidth + 1
    rate, push = jax.linearize(lambda y: balance(system, y, current), y)
    colours = np.zeros((width, n))
    colours[np.arange(n) % width, np.arange(n)] = 1.0
    _, by_current = jax.jvp(lambda i: balance(system, y, i), (current,), (jnp.ones_like(current),))
    composition, slope = jax.jvp(system.conserved, (y,), (jnp.ones_like(y),))
    return rate, jax.vmap(push)(jnp.asarray(colours)), by_current, composition, slope


def _curvature(system: FilmRegion, y, current, left, v):
    def along_v(y, current):
        def contracted(y):
            return left[:-1] @ balance(system, y, current) + left[-1] * jnp.mean(system.conserved(y))

        return jax.jvp(contracted, (y,), (v,))[1]

    by_state, by_current = jax.grad(along_v, (0, 1))(y, current)
    return by_state, by_current, by_state @ v


evaluate_point = Program(_point)
evaluate_curvature = Program(_curvature)


class SteadyFilm:
    """The steady equations of one film; ``start`` is its given start state, ``sign`` that of the current that switches it."""

    def __init__(self, device: FilmMemristor, cells: int, initial: AbstractInitial | None):
        if not isinstance(device, FilmMemristor):
            raise InputError(f"threshold: device = {type(device).__name__} is not a FilmMemristor.")
        device.require_line("threshold")
        if isinstance(cells, bool) or not isinstance(cells, (int, np.integer)) or not 16 <= cells <= 5000:
            raise InputError(f"threshold: cells = {cells!r} is outside its allowed range: a whole number in [16, 5000].")
        self.cells, self.filling = int(cells), float(device.film.filling)
        profile = np.asarray(device.profile(PhaseSeparated() if initial is None else initial, self.cells), float)
        self.sign = 1.0 if profile[0] >= profile[-1] else -1.0
        self.system: FilmRegion = as_arrays(without_sources(device).region(self.cells))
        if device.heat.followed:
            raise InputError(
                "threshold: device.heat makes the temperature depend on the current, and the fold of such steady states is not"
                " followed; bisect with threshold(), or leave heat out."
            )
        if self.system.lumped:
            raise InputError(
                f"threshold: device.mechanics = {type(device.film.mechanics).__name__} lets the film bend, which couples all"
                " cells, and the fold of such steady states is not followed; bisect with threshold(), or estimate with"
                " thermodynamics.critical_current_bent."
            )
        self.start = np.asarray(self.system.unknowns(jnp.asarray(profile)))
        width, index = 2 * self.system.bandwidth + 1, np.arange(self.cells)
        offsets = np.arange(width) - self.system.bandwidth
        column = np.broadcast_to(index, (width, self.cells))
        row = column + offsets[:, None]
        inside = (row >= 0) & (row < self.cells)
        self._row, self._column = row[inside], column[inside]
        self._colour = self._column % width

    def point(self, y: np.ndarray, current: float) -> SteadyPoint:
        """The equations at u = ``y`` and a current in i_D."""
        values = evaluate_point(self.system, jnp.asarray(y), jnp.asarray(current, float))
        rate, bands, by_current, composition, slope = map(np.asarray, values)
        return SteadyPoint(np.append(rate, composition.mean() - self.filling), bands, by_current, composition, slope)

    def curvature(self, y, current, left, v) -> Curvature:
        """Second derivatives at a state, contracted with ``left`` (n + 1) and ``v`` (n)."""
        arguments = (jnp.asarray(value) for value in (y, float(current), left, v))
        by_state, by_current, along = evaluate_curvature(self.system, *arguments)
        return Curvature(np.asarray(by_state), float(by_current), float(along))

    def factor(self, point: SteadyPoint, column=None, row=None, shift: float = 0.0) -> SuperLU:
        """Factors of the Jacobian in (u, lambda), less ``shift`` dc/du on its diagonal.

        With ``column`` (n + 1) and ``row`` (n + 2) it is bordered by one more unknown and one more equation.
        """
        n = self.cells
        every = np.arange(n)
        values = point.bands[self._colour, self._row]
        values = values - shift * point.slope[self._row] * (self._row == self._column)
        data = [values, np.ones(n), point.slope / n]
        rows, columns = [self._row, every, np.full(n, n)], [self._column, np.full(n, n), every]
        size = n + 1
        if row is not None:
            data += [column, row]
            rows += [np.arange(n + 1), np.full(n + 2, n + 1)]
            columns += [np.full(n + 1, n + 1), np.arange(n + 2)]
            size = n + 2
        matrix = csc_matrix((np.concatenate(data), (np.concatenate(rows), np.concatenate(columns))), (size, size))
        return splu(matrix, permc_spec="NATURAL")

    def solve_with_current(self, point: SteadyPoint, row: np.ndarray, value: float) -> tuple[np.ndarray, SuperLU]:
        """Newton's change of (u, i) under one more equation, whose gradient is ``row`` (over u and i), and the factors."""
        n = self.cells
        solver = self.factor(point, np.append(point.by_current, 0.0), np.insert(row, n, 0.0))
        return np.delete(solver.solve(-np.append(point.residual, value)), n), solver

    def relaxed(self) -> np.ndarray:
        """The state of rest that the start relaxes to without a current.

        Implicit Euler steps that grow as the residual falls, up to Newton's method: they follow the relaxation where it
        matters and do not leave for an unstable state. Raises :class:`RunError` where no rest is found.
        """
        y, step, before, largest = self.start, 1e-4, np.inf, np.inf
        for _ in range(200):
            point = self.point(y, 0.0)
            residual = float(np.max(np.abs(point.residual[:-1])))
            if largest < 1e-6:
                step *= 10.0
            elif before < np.inf:
                step *= float(np.clip(before / residual, 0.3, 10.0))
            before = residual
            change = self.factor(point, shift=1 / step).solve(-point.residual)[:-1]
            largest = float(np.max(np.abs(change)))
            y = y + change / max(1.0, largest)
            if largest < SOUND and step > 1e3:
                return y
        raise RunError(
            f"threshold: the start state finds no rest without a current at a filling of {self.filling:g} on "
            f"{self.cells} cells; give another start or more cells."
        )
