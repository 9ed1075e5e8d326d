"""First-order lines in a plane of two controls, by arc-length continuation to their critical points; those of films."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from solion.base.errors import InputError
from solion.thermodynamics.complexions.branches import Branches, branches
from solion.thermodynamics.complexions.film_energy import FilmEnergy
from solion.thermodynamics.complexions.minima import NANOMETRE, lowest, minima, potential
from solion.thermodynamics.complexions.transitions import Transition

CRITICAL, EDGE, LOST, HIDDEN = "a critical point", "the edge of the plane", "a lost state", "a lower film or phase"  # ends
STEP = 0.1  # of lines of films, in units of a plane five wide, nanometres and logits
NEAR = 0.02  # of a plane five wide and of a nanometre: two jumps this near are of one line


class CriticalPoint(NamedTuple):
    """Where two states become one: the order parameters there and the two controls."""

    place: np.ndarray
    controls: np.ndarray


class CoexistenceLine(NamedTuple):
    """A first-order line: coexisting places (n, order parameters; none of a bare state), controls (n, 2), its critical end if
    reached, and ``end``: why it ended."""

    one: np.ndarray
    other: np.ndarray
    controls: np.ndarray
    critical: CriticalPoint | None
    end: str


Energy = Callable[[Any, Any], Any]  # of order parameters (n,) and two controls (2,), in units of order one


@functools.lru_cache(maxsize=8)
def _coexisting(energy: Energy, n: int, bare: bool) -> tuple[Any, Any]:
    """That all places are stationary and of one energy, and the derivatives of it; compiled once for all lines of an energy."""
    gradient = jax.grad(energy)

    def equations(z):
        b, p = z[-n - 2 : -2], z[-2:]
        if bare:
            return jnp.concatenate([gradient(b, p), jnp.array([energy(b, p)])])
        return jnp.concatenate([gradient(z[:n], p), gradient(b, p), jnp.array([energy(z[:n], p) - energy(b, p)])])

    return jax.jit(equations), jax.jit(jax.jacfwd(equations))


def trace(
    energy: Energy,
    one: Any,
    other: Any,
    controls: Any,
    *,
    step: float = 0.05,
    most: int = 400,
    inside: Any = None,
    backwards: bool = False,
) -> CoexistenceLine:
    """Follow a first-order line from two places that nearly coexist, by arc length, to its critical end or out of ``inside``.

    Unknowns are both places and both controls; equations say that both are stationary and of one energy. All have to be of order
    one: scale the energy, lengths and controls. ``inside``: (low, high) of the controls. It goes the way on which the two places
    come nearer, or the other one (``backwards``); where they meet, grad, the soft curvature and the third derivative along it
    vanish, which gives the end itself. ``one`` = None: a bare state of energy 0 that no order parameter describes, such as a
    clean interface; such a line has no critical end and goes the way of a falling first control.
    """
    n, bare = len(np.atleast_1d(other)), one is None
    value, slope = _coexisting(energy, n, bare)

    def gap(z):
        return z[:n] - z[n : 2 * n]

    starts = ([] if bare else [np.atleast_1d(one)]) + [np.atleast_1d(other), np.asarray(controls, float)]
    z = _corrected(value, slope, np.concatenate(starts).astype(float), None, step)
    if z is None:
        raise InputError("trace: no two states coexist near the start; give both minima and the controls of a transition.")
    kept, tangent, end = [z], None, "as many points as were asked for"
    while len(kept) < most:
        direction = np.linalg.svd(np.asarray(slope(z)))[2][-1]
        if tangent is None:
            way = direction[-2] if bare else gap(z) @ gap(direction)
            tangent = direction * (-1.0 if (way > 0) != backwards else 1.0)
        else:
            tangent = direction * (1.0 if direction @ tangent > 0 else -1.0)
        length = step if bare else min(step, 0.3 * np.linalg.norm(gap(z)))
        following = _corrected(value, slope, z + length * tangent, tangent, length)
        if following is None or (not bare and np.linalg.norm(gap(following)) < 2 * step):
            end = LOST
            break
        if inside is not None and not np.all((following[-2:] >= inside[0]) & (following[-2:] <= inside[1])):
            end = EDGE
            break
        z = following
        kept.append(z)
    path, critical = np.array(kept), None
    if not bare and end == LOST and np.linalg.norm(gap(z)) < 20 * step:
        critical = critical_point(energy, (z[:n] + z[n : 2 * n]) / 2, gap(z), z[-2:])
    return CoexistenceLine(
        path[:, : 0 if bare else n], path[:, -n - 2 : -2], path[:, -2:], critical, "critical" if critical else end
    )


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


class FilmLine(NamedTuple):
    """A first-order line of films: temperature (K) and control (n,), thickness (m) and composition (n, 2) of its two sides, the
    critical ends as (temperature, control, thickness, composition), and in words how it ends."""

    temperature: np.ndarray
    control: np.ndarray
    thickness: np.ndarray
    composition: np.ndarray
    critical: tuple[tuple[float, ...], ...]
    ends: tuple[str, ...]


def film_energy_scaled(film: FilmEnergy, temperatures: tuple[float, float], controls: tuple[float, float]) -> tuple[Energy, Any]:
    """Phi for :func:`trace` in mJ/m2: places (h in nm, logit of x); controls that make the plane some five units wide, and the
    function from (temperature, control) to them. Controls above 0 go by their logarithm."""
    (cold, hot), (low, high) = temperatures, controls
    scale = (hot - cold) / 5, (np.log(high / low) if low > 0 else high - low) / 5

    def energy(u, p):
        control = jnp.exp(p[1] * scale[1]) if low > 0 else p[1] * scale[1]
        return potential(film, u, p[0] * scale[0], control) / 1e-3

    def scaled(temperature, control):
        return np.array([temperature / scale[0], (np.log(control) if low > 0 else np.asarray(control)) / scale[1]])

    def plain(p):
        return p[0] * scale[0], np.exp(p[1] * scale[1]) if low > 0 else p[1] * scale[1]

    return energy, (scaled, plain)


def film_lines(
    film: FilmEnergy, jumps: list[Transition], temperatures: tuple[float, float], controls: tuple[float, float]
) -> list[FilmLine]:
    """The first-order lines on which jumps lie, each followed both ways to its critical end or the edge of the plane.

    A jump to an infinite film lies on the line of bulk coexistence, which is not followed; what lies beyond the bulk's limit of
    solubility, or where a third film is lower, is left out. ``temperatures`` and ``controls``: (low, high) of the plane.
    """
    tables = branches(film)
    energy, (scaled, plain) = film_energy_scaled(film, temperatures, controls)
    inside = np.stack([scaled(temperatures[k], controls[k]) for k in (0, 1)])
    found: list[FilmLine] = []
    for jump in jumps:
        at = scaled(jump.temperature, jump.control)
        if not np.all(np.isfinite(jump.thickness)) or any(_on(line, scaled, at, jump.thickness) for line in found):
            continue
        places = [
            np.array([h / NANOMETRE, np.log(x) - np.log1p(-x) if type(film.penalty).mixes else 0.0])
            for h, x in zip(jump.thickness, np.clip(jump.composition, 1e-15, 1 - 1e-15), strict=True)
        ]
        bare = min(jump.thickness) == 0
        one, other = (None, places[int(np.argmax(jump.thickness))]) if bare else places
        halves = [trace(energy, one, other, at, step=STEP, inside=inside, backwards=way) for way in (True, False)]
        sides, controlled = [], []
        for half, order in zip(halves, (slice(None, 0, -1), slice(None)), strict=True):
            clean = np.tile([0.0, 0.0], (len(half.other), 1))
            sides.append(np.stack([clean if bare else half.one, half.other], axis=1)[order])
            controlled.append(half.controls[order])
        place = np.concatenate(sides)
        temperature, control = plain(np.concatenate(controlled).T)
        beyond = np.asarray(film.penalty.oversaturation(jnp.asarray(temperature), jnp.asarray(control))) > 0
        kept = ~beyond & _stable(film, tables, place[:, 1], temperature, control)
        if not kept.any():
            continue
        ends = [half.critical for half, k in zip(halves, (0, -1), strict=True) if half.critical is not None and kept[k]]
        shares = [float(1 / (1 + np.exp(-end.place[1]))) for end in ends]
        critical = tuple(
            (*map(float, plain(end.controls)), float(end.place[0]) * NANOMETRE, share)
            for end, share in zip(ends, shares, strict=True)
        )
        share = 1 / (1 + np.exp(-place[kept, :, 1]))
        share[place[kept, :, 0] == 0] = 0.0
        words = tuple(half.end if kept[k] else HIDDEN for half, k in zip(halves, (0, -1), strict=True))
        found.append(FilmLine(temperature[kept], control[kept], place[kept, :, 0] * NANOMETRE, share, critical, words))
    return found


def _stable(film: FilmEnergy, tables: Branches, place: np.ndarray, temperature: np.ndarray, control: np.ndarray) -> np.ndarray:
    """Whether nothing is lower than the film at each place, which coexists with another."""
    own = jax.vmap(lambda u, t, c: potential(film, u, t, c))(jnp.asarray(place), jnp.asarray(temperature), jnp.asarray(control))
    least = lowest(minima(film, temperature, control, tables)).energy
    return np.asarray(own) <= least + 1e-6 * np.abs(least) + 1e-9


def _on(line: FilmLine, scaled: Any, at: np.ndarray, thickness: tuple[float, float]) -> bool:
    """Whether a jump lies on a line that is known."""
    points = scaled(line.temperature, line.control)
    away = np.hypot(*(points - at[:, None]))
    k = int(np.argmin(away))
    same = np.allclose(np.sort(line.thickness[k]), np.sort(thickness), atol=2 * NEAR * NANOMETRE)
    return bool(away[k] < 3 * NEAR and same)
