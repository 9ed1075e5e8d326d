"""First-order transitions between films: along a path by bisection, in a plane by arc-length continuation to critical points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from solion.base.constants import BOLTZMANN
from solion.base.errors import InputError
from solion.thermodynamics.complexions.branches import Branches, branches
from solion.thermodynamics.complexions.film_energy import FilmEnergy
from solion.thermodynamics.complexions.minima import NANOMETRE, WETTING, lowest, minima
from solion.thermodynamics.complexions.prewetting import continuous

BARRIER = 40.0  # k_B T; a barrier below it is crossed within the time of an experiment


class Transition(NamedTuple):
    """A jump on a path: where, thicknesses (m) and compositions before and after."""

    temperature: float
    control: float
    thickness: tuple[float, float]
    composition: tuple[float, float]


def transitions(
    film: FilmEnergy, temperature: Any, control: Any, *, tables: Branches | None = None, tolerance: float = 1e-7
) -> list[Transition]:
    """Every first-order jump of the stable film on a path of states; each is halved until the path's parameter is known to
    ``tolerance``, relative. Controls that are positive are halved in their logarithm. A jump to an infinite film counts."""
    temperature, control = np.broadcast_arrays(np.asarray(temperature, float), np.asarray(control, float))
    tables = branches(film) if tables is None else tables
    state = lowest(minima(film, temperature, control, tables))
    places = np.flatnonzero(~continuous(state) | (state.kind[1:] != state.kind[:-1]))
    logarithmic = bool(np.all(control > 0))
    scaled = np.log(control) if logarithmic else control
    low, high = (np.stack([temperature[k], scaled[k]]) for k in (places, places + 1))
    left, right = (_pick(state, k) for k in (places, places + 1))

    def at(place):
        return lowest(minima(film, place[0], np.exp(place[1]) if logarithmic else place[1], tables))

    size = np.abs(high - low).max(axis=0) if len(places) else np.zeros(0)
    steps = int(np.ceil(np.log2(max(size.max() / tolerance if len(places) else 1, 2)))) if logarithmic else 40
    for _ in range(steps if len(places) else 0):
        middle = (low + high) / 2
        here = at(middle)
        same = np.array([_same(left, here, k) for k in range(len(places))])
        low, high = np.where(same, middle, low), np.where(same, high, middle)
        left = _merge(same, here, left)
        right = _merge(~same, here, right)
    found = []
    for k in range(len(places)):
        t, c = (low[:, k] + high[:, k]) / 2
        h = float(left.thickness[k]), float(right.thickness[k])
        smooth = h[0] == h[1] or (bool(np.isfinite(h).all()) and abs(h[0] - h[1]) < 1e-3 * film.finest + 1e-6 * max(h))
        if smooth and (min(h) == 0 or _near(left, right, k)):
            continue  # it goes over without a jump
        x = float(left.composition[k]), float(right.composition[k])
        found.append(Transition(float(t), float(np.exp(c)) if logarithmic else float(c), h, x))
    return found


def _pick(state, places):
    return type(state)(*(each[places] for each in state))


def _merge(chosen, one, other):
    return type(one)(*(np.where(chosen, a, b) for a, b in zip(one, other, strict=True)))


def _near(one, other, k):
    return abs(float(one.composition[k]) - float(other.composition[k])) < 1e-3


def _same(one, other, k):
    pair = type(one)(*(np.array([a[k], b[k]]) for a, b in zip(one, other, strict=True)))
    return bool(continuous(pair)[0] and pair.kind[0] == pair.kind[1])


class CriticalPoint(NamedTuple):
    """Where two states become one: the order parameters there and the two controls."""

    place: np.ndarray
    controls: np.ndarray


class Line(NamedTuple):
    """A first-order line: coexisting places (n, order parameters), controls (n, 2), and its critical end, if reached."""

    one: np.ndarray
    other: np.ndarray
    controls: np.ndarray
    critical: CriticalPoint | None


Energy = Callable[[Any, Any], Any]  # of order parameters (n,) and two controls (2,), in units of order one


def trace(
    energy: Energy, one: Any, other: Any, controls: Any, *, step: float = 0.05, most: int = 400, inside: Any = None
) -> Line:
    """Follow a first-order line from two places that nearly coexist, by arc length, to its critical end or out of ``inside``.

    Unknowns are both places and both controls; equations say that both are stationary and of one energy. All have to be of order
    one: scale the energy, lengths and controls. ``inside``: (low, high) of the controls. It goes the way on which the two places
    come nearer; where they meet, grad, the soft curvature and the third derivative along it vanish, which gives the end itself.
    """
    n = len(np.atleast_1d(one))
    gradient = jax.grad(energy)

    def equations(z):
        a, b, p = z[:n], z[n : 2 * n], z[2 * n :]
        return jnp.concatenate([gradient(a, p), gradient(b, p), jnp.array([energy(a, p) - energy(b, p)])])

    value, slope = jax.jit(equations), jax.jit(jax.jacfwd(equations))
    z = np.concatenate([np.atleast_1d(one), np.atleast_1d(other), np.asarray(controls, float)]).astype(float)
    z = _corrected(value, slope, z, None, step)
    if z is None:
        raise InputError("trace: no two states coexist near the start; give both minima and the controls of a transition.")
    kept, tangent = [z], None
    while len(kept) < most:
        direction = np.linalg.svd(np.asarray(slope(z)))[2][-1]
        if tangent is None:
            gap = z[:n] - z[n : 2 * n]
            tangent = direction * (-1.0 if gap @ (direction[:n] - direction[n : 2 * n]) > 0 else 1.0)
        else:
            tangent = direction * (1.0 if direction @ tangent > 0 else -1.0)
        gap = np.linalg.norm(z[:n] - z[n : 2 * n])
        length = min(step, 0.3 * gap)
        following = _corrected(value, slope, z + length * tangent, tangent, length)
        if following is None or np.linalg.norm(following[:n] - following[n : 2 * n]) < 2 * step:
            break
        z = following
        if inside is not None and not np.all((z[2 * n :] >= inside[0]) & (z[2 * n :] <= inside[1])):
            break
        kept.append(z)
    path = np.array(kept)
    z = path[-1]
    near = np.linalg.norm(z[:n] - z[n : 2 * n]) < 20 * step
    end = critical_point(energy, (z[:n] + z[n : 2 * n]) / 2, z[:n] - z[n : 2 * n], z[2 * n :]) if near else None
    return Line(path[:, :n], path[:, n : 2 * n], path[:, 2 * n :], end)


def _corrected(value, slope, start, tangent, length):
    """Newton on the equations, on the plane across the tangent where there is one; least squares for the first point."""
    z = start
    for _ in range(20):
        residual, matrix = np.asarray(value(z)), np.asarray(slope(z))
        if tangent is not None:
            residual, matrix = np.append(residual, tangent @ (z - start)), np.vstack([matrix, tangent])
        move = np.linalg.lstsq(matrix, -residual, rcond=None)[0]
        if not np.all(np.isfinite(move)):
            return None
        z = z + move * min(1.0, 2 * length / max(np.linalg.norm(move), 1e-300)) if tangent is not None else z + move
        if np.linalg.norm(move) < 1e-10 * (1 + np.linalg.norm(z)):
            return z
    return None


def critical_point(energy: Energy, place: Any, direction: Any, controls: Any) -> CriticalPoint | None:
    """Where grad E = 0, H v = 0 and D3E[v, v, v] = 0, |v| = 1, by Newton's method; None where it does not converge."""
    n = len(place)

    def along(u, v, p):
        return jax.grad(lambda s: energy(u + s * v, p))

    def equations(z):
        u, v, p = z[:n], z[n : 2 * n], z[2 * n :]
        soft = jax.jvp(lambda u: jax.grad(energy)(u, p), (u,), (v,))[1]
        third = jax.grad(jax.grad(along(u, v, p)))(0.0)
        return jnp.concatenate([jax.grad(energy)(u, p), soft, jnp.array([v @ v - 1, third])])

    value, slope = jax.jit(equations), jax.jit(jax.jacfwd(equations))
    z = np.concatenate([place, direction / np.linalg.norm(direction), controls])
    for _ in range(50):
        move = np.linalg.lstsq(np.asarray(slope(z)), -np.asarray(value(z)), rcond=None)[0]
        if not np.all(np.isfinite(move)):
            return None
        z = z + move
        if np.linalg.norm(move) < 1e-12 * (1 + np.linalg.norm(z)):
            return CriticalPoint(z[:n], z[2 * n :])
    return None


class Followed(NamedTuple):
    """Thickness (m) and composition that a film has on a path in which it follows its own minimum, and where it jumped."""

    thickness: np.ndarray
    composition: np.ndarray
    jumped: np.ndarray


def follow(film: FilmEnergy, temperature: Any, control: Any, *, line_tension: float = 1e-11) -> Followed:
    """Hysteresis: each state keeps its minimum until that is gone, or until the barrier of a nucleus in the plane,
    pi tau^2/|dPhi|, is below 40 k_B T; then it goes to the lowest. ``line_tension`` tau (J/m, assumed 1e-11); 0 is equilibrium,
    infinity goes to the limits of stability. The path begins in equilibrium; the clean interface is a minimum like the others."""
    temperature, control = np.broadcast_arrays(np.asarray(temperature, float), np.asarray(control, float))
    films = minima(film, temperature, control)
    best = lowest(films)
    count = len(control)
    starts = np.searchsorted(films.state, np.arange(count + 1))
    thickness, composition, jumped = np.zeros(count), np.zeros(count), np.zeros(count, bool)
    branch, h, x = int(best.branch[0]), float(best.thickness[0]), float(best.composition[0])
    thickness[0], composition[0] = h, x
    for k in range(1, count):  # few states, and each needs the one before
        own = slice(starts[k], starts[k + 1])
        logit = np.log(x) - np.log1p(-x) if 0 < x < 1 else 0.0
        if branch < 0 and np.isfinite(h):
            there, energy, x = bool(films.clean[k]), 0.0, 0.0
        elif np.isinf(h):
            there, energy, x = bool(best.kind[k] == WETTING), float(best.energy[k]), float(best.composition[k])
        else:
            near = np.flatnonzero((films.branch[own] == branch) & (np.abs(films.logit[own] - logit) < 2.0))
            there = len(near) > 0
            if there:
                pick = starts[k] + near[np.argmin(np.abs(films.logit[own][near] - logit))]
                h, x, _, energy = (float(each[pick]) for each in films[1:5])
        gain = energy - float(best.energy[k]) if there else np.inf
        barrier = np.inf if gain <= 0 else np.pi * line_tension**2 / gain
        if not there or barrier < BARRIER * BOLTZMANN * temperature[k]:
            before = branch, h
            branch, h, x = int(best.branch[k]), float(best.thickness[k]), float(best.composition[k])
            jumped[k] = before[0] != branch or not there
        thickness[k], composition[k] = h, x
    return Followed(thickness, composition, jumped)


def film_energy_scaled(film: FilmEnergy, temperature_scale: float = 100.0, energy_scale: float = 1e-3) -> Energy:
    """Phi for :func:`trace`: places (h in nm, logit of x), controls (T over ``temperature_scale``, logarithm of the control)."""

    def energy(u, p):
        h = u[0] * NANOMETRE
        return film.excess(h, jax.nn.sigmoid(u[1]), p[0] * temperature_scale, jnp.exp(p[1])) / energy_scale

    return energy
