"""The critical current as the fold of the steady states: where the branch that starts at rest turns back.

A film in state I has a steady state for each current up to i_c, where it meets an unstable one and both vanish (a
saddle-node); above it the film must switch. The fold is found without any time stepping: the branch is
followed from rest by its arc length to the turn, and the turn itself is the root of

    steady equations F(z; i) = 0,    g(z; i) = 0,    with  [F_z  b; a' 0] [v; g] = [0; 1]

for fixed vectors a and b, by Newton's method (Govaerts, Numerical Methods for Bifurcations of Dynamical Equilibria, SIAM
2000, section 4.1). The null vectors v of F_z and w of its transpose give how slow the film is beside the fold:
with x the amplitude of v, w'v dx/dt = w'F_i (i - i_c) + (w'F_zz v v / 2) x^2, so that the passage through the bottleneck
takes tau = A / sqrt(i - i_c), A = pi / sqrt(product of both coefficients); and how i_c moves with any number p of the
film: di_c/dp = -w'F_p / w'F_i.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from solion.base.compiled import Program
from solion.base.errors import RunError
from solion.base.parameters import as_arrays, table, without_sources
from solion.devices.device import AbstractDevice
from solion.devices.start import AbstractInitial
from solion.explore.critical_current.steady import SOUND, SteadyFilm, SteadyPoint, equations

STEP, SHORTEST = 0.1, 1e-6  # arc length of the first step along the branch and of the last tried
BESIDE = 1e-3  # slope of the current along the branch at which Newton's method takes over


@dataclass(frozen=True)
class Fold:
    """Where the steady states of a film end.

    ``current`` (i_c, in i_D; negative where a negative current switches the start state), ``composition`` (c/c_0 in each
    cell, top to bottom) of the last steady state, ``slowing`` (A in tau_D i_D^(1/2): just above i_c the first switch takes
    A / sqrt(|i - i_c|) tau_D and a time that stays finite), ``mode`` (the change of composition that grows there, a
    number for each cell, largest magnitude 1), ``left`` (null vector w of the equations, scaled to w'F_i = 1) and ``state`` (all
    unknowns of the last steady state, scaled).
    """

    current: float
    composition: np.ndarray
    slowing: float
    mode: np.ndarray
    left: np.ndarray
    state: np.ndarray

    def delay(self, current: float) -> float:
        """Time in tau_D that the bottleneck takes at a current in i_D; infinite up to i_c."""
        excess = abs(current) - abs(self.current)
        return self.slowing / np.sqrt(excess) if excess > 0 else np.inf


def fold(device: AbstractDevice, *, cells: int = 200, initial: AbstractInitial | None = None) -> Fold:
    """The critical current of ``device`` from ``initial`` (state I unless given), exact for this number of cells.

    Raises :class:`InputError` for another device and :class:`RunError` where the steady states have no fold to be found.
    """
    film = SteadyFilm(device, cells, initial)
    return _refine(film, *_follow(film, film.relaxed()))


def sensitivities(device: AbstractDevice, *, cells: int = 200, initial: AbstractInitial | None = None) -> dict[str, float]:
    """How the critical current moves with each number of ``device``: d ln i_c / d ln p, by the path of p.

    From the null vector at the fold, so that all cost no more than one. Numbers without effect are left out; i_c is in
    units of i_D, and what a number does to i_D itself is not counted.
    """
    film = SteadyFilm(device, cells, initial)
    found = _refine(film, *_follow(film, film.relaxed()))
    plain = as_arrays(without_sources(device))
    arguments = (jnp.asarray(value) for value in (found.state, float(found.current), found.left, film.counted))
    leaves = evaluate_slopes(plain, *arguments, film.cells)
    slopes = jax.tree.unflatten(jax.tree.structure(plain), leaves)
    rows = zip(table(plain), table(slopes), strict=True)
    shares = {row.path: -slope.value * row.value / found.current for row, slope in rows}
    return {path: share for path, share in shares.items() if abs(share) > 1e-9}


def _slopes(device: Any, state, current, left, counted, cells: int):
    """Derivative of left'F in every number of the device, in the order of its leaves."""
    held, size = counted.shape

    def contracted(device: Any):
        system, (y, w) = device.system(cells), (state[:size], state[size:])
        each = counted[:, : size - system.border].reshape(held, cells, -1).sum(axis=1)
        fillings = jnp.stack(device.film.fillings())
        excess = system.invariants(system.conserved(y)) - each[:, : fillings.size] @ fillings
        return left[: state.size] @ equations(system, y, w, current) + left[state.size :] @ excess

    return jax.tree.leaves(jax.grad(contracted)(device))


evaluate_slopes = Program(_slopes, static=(5,))


def _norm(tangent: np.ndarray) -> float:
    return float(np.sqrt(np.mean(tangent[:-1] ** 2) + tangent[-1] ** 2))


def _follow(film: SteadyFilm, y: np.ndarray):
    """A steady state close to the fold, its current, and the null vectors there, nearly."""
    current, length, unit = 0.0, STEP, film.unit()

    def tangent_of(solver):
        tangent = film.moved(solver.solve(unit))
        return tangent / _norm(tangent)

    _, solver = film.solve_with_current(film.point(y, current), np.append(np.zeros(y.size), film.sign), 0.0)
    tangent = tangent_of(solver)
    while length > SHORTEST:
        found = _correct(film, np.append(y, current), tangent, length)
        if found is None:
            length *= 0.5
            continue
        z, solver, iterations = found
        following = tangent_of(solver)
        rise, fall = tangent[-1] * film.sign, -following[-1] * film.sign
        if -fall < BESIDE:  # at the fold or behind it
            if fall < BESIDE:
                along = np.append(following[:-1], np.zeros(film.size - y.size + film.held))
                return z[:-1], z[-1], along, solver.solve(unit, trans="T")[:-1]
            length *= rise / (rise + fall)
            continue
        y, current, tangent = z[:-1], z[-1], following
        length *= 2.0 if iterations <= 2 else 1.0
    raise RunError(
        f"threshold: the steady states of {film.described} cannot be followed beyond {current:g} i_D; use more cells, or find"
        " the threshold by simulation."
    )


def _correct(film: SteadyFilm, start: np.ndarray, tangent: np.ndarray, length: float):
    """The steady state ``length`` along the branch, the factors there and the iterations; None where it is not found."""
    row = np.append(tangent[:-1] / tangent[:-1].size, tangent[-1])
    z = start + length * tangent
    for iteration in range(6):
        change, solver = film.solve_with_current(film.point(z[:-1], z[-1]), row, float(row @ (z - start)) - length)
        largest = float(np.max(np.abs(change)))
        if not largest < 2.0:
            return None
        z = z + change
        if largest < 1e-4:
            return z, solver, iteration
    return None


def _refine(film: SteadyFilm, y, current, right, left) -> Fold:
    """The fold by Newton's method from a state nearby."""
    unit, a, b = film.unit(), right / np.linalg.norm(right), left / np.linalg.norm(left)
    for _ in range(30):
        point = film.point(y, current)
        bordered = film.factor(point, b, np.append(a, 0.0))
        v, w = bordered.solve(unit), bordered.solve(unit, trans="T")
        g, v, w = float(v[-1]), v[: film.size], w[:-1]
        by_state, by_current = film.curvature(y, current, w, v)
        change, _ = film.solve_with_current(point, -np.append(by_state, by_current), g)
        largest = float(np.max(np.abs(change)))
        if largest < SOUND:
            return _described(film, y, point, current, v, w, float(by_state @ v))
        if not np.isfinite(largest):
            break
        change = change / max(1.0, 2.0 * largest)
        y, current = y + change[:-1], current + change[-1]
    raise RunError(f"threshold: no fold is found near {current:g} i_D at {film.described}; use more cells.")


def _described(film: SteadyFilm, y, point: SteadyPoint, current: float, v, w, along: float) -> Fold:
    composition, mode = film.composition(y, v[: y.size])
    push = float(w[: film.size] @ point.by_current)
    inertia = float(w[: y.size] @ (point.slope * v[: y.size]))
    slowing = np.pi / np.sqrt(abs(push * along / 2)) * abs(inertia)
    state = np.append(y, point.w)
    return Fold(float(current), composition, slowing, mode / mode[np.argmax(np.abs(mode))], w / push, state)
