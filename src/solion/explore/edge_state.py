"""Edge states of a film in space under a current: steady states between one that stays and one that switches.

A contact whose electron transfer answers to the ions holds, below its threshold, two steady states beside one another: the one
without an island, and an unstable one with the beginning of an island, of one unstable direction. What begins beyond it
switches, what begins before it goes back. It is no barrier: a film under current has no energy of which it could be a maximum.

Found by Newton's method on the whole equations in space, electrons and contacts solved for at every look, its linear systems
by GMRES with the film's own approximate inverse; from the critical ridge (in space: cap) of the composition at the contact,
then followed in the current. Growth rates are eigenvalues of the linearised equations, by Arnoldi's method on their inverse: of
that the unstable ones are the only positive ones, and the slowest of the others the largest.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from scipy.interpolate import RegularGridInterpolator
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigs, gmres

from solion.base.errors import InputError
from solion.devices.extent import Alike
from solion.devices.film_memristor import FilmMemristor
from solion.experiments.assembly import assemble
from solion.explore.lateral_growth import steady_state
from solion.explore.nucleus import critical_nucleus
from solion.protocols import hold
from solion.thermodynamics.phases import phase_diagram

NEWTONS, STEEPEST = 30, 0.2  # iterations, and the largest change of a composition in one
STILL = 1e-7  # largest rate of a composition, per tau_D, of a steady state
TILT = 1e-5  # of the composition, of which differences are taken
SHIFT = 1.0  # per tau_D, of the approximate inverse, so that the mean has one too
SOUGHT = 2  # growth rates of either kind, unstable and slowest
CLOSE, PASSES = 1e-3, 3  # of their inverses; rounds of Arnoldi's method, after which what is not found is none of them
UNSOLVED, DIRECTIONS = 1e-7, 150  # of GMRES


class EdgeState(NamedTuple):
    """A steady state under ``current`` (i_D). ``composition``: (x, y) or (x, y, z); ``greatest`` and ``least``: in the
    cells at the bottom contact.

    ``rates``: real parts of growth rates (1/tau_D), the unstable ones and the slowest of the others; ``unstable`` of them are
    positive (two are looked for), one in an edge state;
    ``voltage`` of the film (V_T), without a series resistance in the lead.
    """

    current: float
    composition: np.ndarray
    greatest: float
    least: float
    voltage: float
    rates: tuple[float, ...]
    unstable: int


def edge_states(device: FilmMemristor, currents: Sequence[float], *, cells: int = 64) -> list[EdgeState]:
    """The edge state at each of the currents (i_D, positive, in turn), followed from the first.

    ``device`` has an extent; ``cells`` across the film. Above the current at which its front fingers the front
    answers to the island more than Newton's method follows: take a film narrower than that. Raises InputError for a film in one
    dimension, and for a current at which no edge state is found.
    """
    if not device.extent.resolved:
        raise InputError("edge_states: the device is no film in space; give it an extent, with a width or a width and a depth.")
    sides = device.extent.sides(cells, device.film.thickness)
    scales, found, guess = device.scales(), [], None
    for current in map(float, currents):
        drive = hold(current=current * scales.current_density * scales.area, duration=scales.time)
        model = assemble(device, drive, cells, {})
        row = jax.tree.map(lambda entry: entry[0], model.schedule.drive)
        if guess is None:
            guess = _island(device, steady_state(dataclasses.replace(device, extent=Alike()), current, cells), sides)
        steady = _Steady(model.system, row)
        state = steady.newton(guess.ravel())
        shape = (cells, *(n for n in sides.cells if n > 1))
        ends = None if state is None else state.reshape(shape)[-1]
        if state is None or ends is None or np.ptp(ends) < 1e-3:
            raise InputError(
                f"edge_states: no edge state is found at {current:g} i_D. Take a current nearer to that at which the film"
                " switches, currents nearer to one another, or a narrower film, whose front does not finger."
            )
        guess = state
        rates = steady.rates(state)
        found.append(
            EdgeState(
                current,
                state.reshape(shape),
                float(ends.max()),
                float(ends.min()),
                float(steady.near[0]),
                rates,
                int(np.sum(np.asarray(rates) > 0)),
            )
        )
    return found


def _island(device: FilmMemristor, base: np.ndarray, sides) -> np.ndarray:
    """The film without an island, with the critical ridge or cap of its composition at the bottom, its layer thinner."""
    material, thickness, mean = device.here.solid, float(device.film.thickness), float(device.film.filling)
    places = (np.arange(base.size) + 0.5) / base.size
    edge = min(float(base[-1]), 0.95 * phase_diagram(material).spinodal[0])
    nucleus = critical_nucleus(material, edge, 90.0, 3 if sides.cells[1] > 1 else 2, 0.26)
    axes = (nucleus.height * nucleus.length / thickness, nucleus.radius * nucleus.length / thickness)
    shape = RegularGridInterpolator(axes, nucleus.composition - edge, bounds_error=False, fill_value=0.0)
    along, across = ((np.arange(n) + 0.5 * (n > 1)) * float(h) for n, h in zip(sides.cells, sides.spacing, strict=True))
    far = np.hypot(along[:, None], across[None]).ravel()
    more = shape(tuple(np.meshgrid(1 - places, far, indexing="ij")))
    whole = np.interp(places + more.mean() / np.ptp(base), places, base)[:, None] + more
    room = whole * (1 - whole)
    return whole + (mean - whole.mean()) * room / room.mean()


class _Steady:
    """Newton's method on the rates of a film at a drive; ``near`` is the potential of the electrons that was found last."""

    def __init__(self, system, drive):
        self.system, self.drive = system, drive
        self.near: Any = None

    def newton(self, c: np.ndarray) -> np.ndarray | None:
        """The steady state near ``c``, its ions kept; none where it does not settle."""
        self.near = self.system.start(0.0, self.system.unknowns(jnp.asarray(c)), self.drive)
        for _ in range(NEWTONS):
            rate, near = _rate(self.system, self.drive, c, self.near)
            if not np.all(np.isfinite(rate)):
                return None
            self.near = near
            if np.max(np.abs(rate)) < STILL:
                return np.asarray(c)
            step = self.undone(c, np.asarray(rate))
            share = min(1.0, STEEPEST / np.max(np.abs(step)))
            while np.any((moved := c - share * step) <= 0) or np.any(moved >= float(self.system.region.sites)):
                share *= 0.5
            c = moved
        return None

    def undone(self, c, rate: np.ndarray) -> np.ndarray:
        """The change whose rate this is, to first order."""

        def operator(change):
            return -np.asarray(_nearly(self.system, c, _push(self.system, self.drive, c, self.near, change)))

        size = (rate.size,) * 2
        right = -np.asarray(_nearly(self.system, c, rate))
        return gmres(LinearOperator(size, operator), right, rtol=UNSOLVED, restart=DIRECTIONS, maxiter=3)[0]  # pyright: ignore

    def rates(self, c) -> tuple[float, ...]:
        """Real parts of growth rates, without that of the mean, which stays: the unstable, then the slowest of the others."""

        def inverse(rate):
            change = self.undone(c, np.ravel(rate) - np.mean(rate))
            return change - np.mean(change)

        operator = LinearOperator((c.size,) * 2, inverse)  # pyright: ignore[reportCallIssue]
        start = np.random.default_rng(0).standard_normal(c.size)
        found = []
        for which in ("LR", "LM"):
            try:
                values = eigs(operator, SOUGHT, which=which, v0=start, tol=CLOSE, maxiter=PASSES, return_eigenvectors=False)  # pyright: ignore
            except ArpackNoConvergence as stopped:
                values = stopped.eigenvalues
            found += [float(np.real(1 / value)) for value in np.asarray(values)]
        unstable = sorted({round(rate, 6) for rate in found if rate > 0}, reverse=True)
        return *unstable, max(rate for rate in found if rate <= 0)


@jax.jit
def _rate(system, drive, c, near):
    """dc/dt, and the potential of the electrons."""
    y = system.unknowns(c)
    w = system.solved(0.0, y, near, drive, 1e-12)
    return system.rate(0.0, y, w, drive), w


@jax.jit
def _push(system, drive, c, near, change):
    """Change of dc/dt with a change of c."""
    tilt = TILT / jnp.maximum(jnp.max(jnp.abs(change)), 1e-30)
    ahead, behind = jax.lax.map(lambda sign: _rate(system, drive, c + sign * tilt * change, near)[0], jnp.array([1.0, -1.0]))
    return (ahead - behind) / (2 * tilt)


@jax.jit
def _nearly(system, c, rate):
    """The approximate inverse of what :func:`_push` does, but for its sign."""
    return system.preconditioner(system.unknowns(c), SHIFT)(rate)
