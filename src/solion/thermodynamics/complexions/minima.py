"""All films of an interface, stable and metastable: local minima of Phi over thickness and composition, of many states."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from solion.base.errors import InputError
from solion.thermodynamics.complexions.branches import COARSE, EXTREME, FINE, FLOOR, LONGEST, Branches, branches, stretch_of
from solion.thermodynamics.complexions.film_energy import FilmEnergy

NANOMETRE = 1e-9
CLEAN, FILM, PARTIAL, WETTING = range(4)
STATES = ("clean", "film", "film beside drops of its bulk phase", "wetting")
SHORT, LONG = 6, 60  # Newton steps for all, and for the few that need more
MANY = 10_000  # states from which on the coarse tables serve: they miss films that are within half a step of vanishing
FLAT = 0.1  # least eigenvalue of a curvature scaled to ones on its diagonal, below which another film may be near
TIE = 1e-15  # J/m2; at the transition itself, where only rounding decides, the film is taken
THINNEST, NOTHING = 1e-12, 1e-15  # m; what vanishes is no film, and what is thinner than a nucleus only rounding tells from none
FEW = 16  # films that are followed at a time, most often
SIZES = (64, 1024)  # of the pieces in which states are searched; the pieces of minima are four times as large


class Minima(NamedTuple):
    """The films of many states, flat in the order of their states, each state's lowest first.

    ``state`` of a film: which of the states; ``thickness`` m, ``composition``, ``logit`` of it, ``energy`` Phi - gamma_0 in J/m2,
    ``branch``: which convex stretch. Over the states: ``clean``: whether h = 0 is a local minimum; ``penalty``: the least dG over
    film compositions, J/m3, at ``saturating``; ``far``: Phi - gamma_0 at infinite thickness there; ``bound``: no film of the
    state is thicker (m), the largest -U/dG over thicknesses and compositions.
    """

    state: np.ndarray
    thickness: np.ndarray
    composition: np.ndarray
    logit: np.ndarray
    energy: np.ndarray
    branch: np.ndarray
    clean: np.ndarray
    penalty: np.ndarray
    saturating: np.ndarray
    far: np.ndarray
    bound: np.ndarray


class Equilibrium(NamedTuple):
    """The lowest state at each place: ``kind`` an index of STATES, thickness (m, infinite where it wets), composition, energy.

    ``branch``: -1 where there is no film; ``number``: local minima there are, the clean interface among them.
    """

    kind: np.ndarray
    thickness: np.ndarray
    composition: np.ndarray
    energy: np.ndarray
    branch: np.ndarray
    number: np.ndarray


def potential(film: FilmEnergy, place, temperature, control):
    """Phi - gamma_0 (J/m2) at place (h in nm, logit of x); a film that cannot mix stays at one composition."""
    held = 0.0 if type(film.penalty).mixes else 0.5 * place[1] ** 2
    return film.excess(place[0] * NANOMETRE, jax.nn.sigmoid(place[1]), temperature, control) + held


@jax.jit
def _lowest(film: FilmEnergy, tables: Branches, temperature, control):
    """The bound of thickness, and which nodes of composition are local minima of a stretch's energy, and of dG itself."""
    compositions = jax.nn.sigmoid(jnp.asarray(tables.logits))

    def one(t, c):
        penalty = jax.vmap(lambda x: film.penalty.density(t, c, x))(compositions)
        log = jnp.log(jnp.maximum(penalty, FLOOR))
        step = tables.log_penalties[1] - tables.log_penalties[0]
        place = (log - tables.log_penalties[0]) / step
        low = jnp.clip(jnp.floor(place).astype(int), 0, len(tables.log_penalties) - 2)
        share = (place - low)[:, None]
        rows = jnp.arange(len(compositions))

        def read(table):
            left, right = table[rows, low], table[rows, low + 1]
            inside = jnp.where(jnp.isnan(left), right, jnp.where(jnp.isnan(right), left, left + share * (right - left)))
            return jnp.where(share > 1, jnp.nan, inside)

        thickness, energy = read(tables.thickness), read(tables.energy)
        total = energy + jnp.maximum(penalty, 0.0)[:, None] * thickness
        total = jnp.where(jnp.isnan(total), jnp.inf, total)
        edge = jnp.full((1, total.shape[1]), jnp.inf)
        before, after = jnp.concatenate([edge, total[:-1]]), jnp.concatenate([total[1:], edge])
        bottom = jnp.isfinite(total) & (total <= before) & (total < after)
        wall = jnp.full(1, jnp.inf)
        well = (penalty <= jnp.concatenate([wall, penalty[:-1]])) & (penalty < jnp.concatenate([penalty[1:], wall]))
        bound = jnp.max(jnp.where(penalty > 0, -tables.deepest / jnp.maximum(penalty, 1e-300), jnp.inf))
        return bound, thickness, bottom, well, jnp.min(tables.clean + penalty) > 0

    return jax.vmap(one)(temperature, control)


def _newton(function, place, limit, steps: int):
    """Minimise in two variables by Newton's method with steps within ``limit`` and curvatures made positive."""

    def step(_, carry):
        u, _ = carry
        gradient, hessian = jax.grad(function)(u), jax.jacfwd(jax.grad(function))(u)
        scale = 1 / jnp.sqrt(jnp.maximum(jnp.abs(jnp.diag(hessian)), 1e-300))
        scaled = hessian * scale[:, None] * scale[None, :]
        middle, half = (scaled[0, 0] + scaled[1, 1]) / 2, jnp.hypot((scaled[0, 0] - scaled[1, 1]) / 2, scaled[0, 1])
        values = jnp.stack([middle - half, middle + half])
        low, high = 1 / jnp.maximum(jnp.abs(values), 1e-9)  # inverse of |H| is their mean and slope times H
        slope = (high - low) / jnp.maximum(2 * half, 1e-30)
        pull = gradient * scale
        turn = -scale * ((low - slope * values[0]) * pull + slope * (scaled @ pull))
        largest = jnp.max(jnp.abs(turn) / limit(u))
        turn = turn / jnp.maximum(largest, 1.0)
        return u + turn, (jnp.max(jnp.abs(turn) / limit(u)), jnp.min(values))

    return jax.lax.fori_loop(0, steps, step, (place, (jnp.inf, 0.0)))


def _polish(film, place, temperature, control, finest, steps):
    def limit(u):
        return jnp.array([jnp.maximum(0.3 * u[0], jnp.minimum(finest, 0.9 * u[0])), 0.7])

    def one(u, t, c):
        u, (moved, curvature) = _newton(lambda u: potential(film, u, t, c), u, limit, steps)
        inside = (u[0] > 0) & (u[0] < LONGEST / NANOMETRE) & (jnp.abs(u[1]) < EXTREME + 6)  # a longer one is bulk
        good = (moved < 1e-6) & (curvature > 0) & inside
        return u, potential(film, u, t, c), good, curvature

    return jax.vmap(one)(place, temperature, control)


_polish = jax.jit(_polish, static_argnames="steps")


def polished(film: FilmEnergy, place: np.ndarray, temperature: np.ndarray, control: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The minimum that each place (h in nm, logit of x) leads to at its state, and whether there is one."""
    finest = film.finest / NANOMETRE
    sizes = (FEW, *(16 * size for size in SIZES))
    found, _, good, _ = _in_pieces(lambda u, t, c: _polish(film, u, t, c, finest, LONG), sizes, place, temperature, control)
    return found, good


@jax.jit
def _saturate(film, logit, temperature, control):
    """The composition of least dG near each place."""

    def one(s, t, c):
        def density(u):
            return film.penalty.density(t, c, jax.nn.sigmoid(u[0])) + 0.5 * u[1] ** 2

        u, _ = _newton(density, jnp.array([s, 0.0]), lambda u: jnp.array([0.5, 1.0]), SHORT)
        better = density(u) < density(jnp.array([s, 0.0]))
        s = jnp.where(better, u[0], s)
        return s, film.penalty.density(t, c, jax.nn.sigmoid(s)), film.far(jax.nn.sigmoid(s))

    return jax.vmap(one)(logit, temperature, control)


def _in_pieces(function: Any, sizes: tuple[int, ...], *arrays: np.ndarray) -> tuple[np.ndarray, ...]:
    """A compiled function over long arrays in pieces of few sizes, the last one filled up with its first entry."""
    total, found, begin = len(arrays[0]), [], 0
    while begin < total:
        size = next((size for size in sizes if size >= total - begin), sizes[-1])
        pieces = [array[begin : begin + size] for array in arrays]
        short = size - len(pieces[0])
        filled = [np.concatenate([piece, np.repeat(piece[:1], short, axis=0)]) for piece in pieces] if short else pieces
        found.append([np.asarray(each)[: size - short] for each in function(*filled)])
        begin += size
    return tuple(np.concatenate(each) for each in zip(*found, strict=True))


def minima(film: FilmEnergy, temperature: Any, control: Any, tables: Branches | None = None) -> Minima:
    """All films at these temperatures (K) and controls (what the penalty asks for: dG, an offset, a bulk composition).

    Raises InputError for temperatures or bulk compositions that cannot be.
    """
    temperature, control = (np.ravel(np.asarray(each, float)) for each in np.broadcast_arrays(temperature, control))
    mixed = type(film.penalty).controlled.kind is None
    if not np.all(np.isfinite(temperature) & (temperature > 0)):
        raise InputError("temperature: a film's temperatures are in K, finite and above 0.")
    if not np.all(np.isfinite(control)) or (mixed and not np.all((control > 0) & (control < 1))):
        wanted = "between 0 and 1, both excluded" if mixed else "finite, in J/m3"
        raise InputError(f"{type(film.penalty).controlled.name}: it has to be {wanted}.")
    tables = branches(film, FINE if len(control) < MANY else COARSE) if tables is None else tables
    state, place, seeds, wells, clean, bound = [], [], [], [], [], []
    sizes = SIZES
    for begin in range(0, len(control), sizes[-1]):
        part = slice(begin, begin + sizes[-1])
        most, thickness, bottom, well, bare = _in_pieces(
            lambda t, c: _lowest(film, tables, t, c), sizes, temperature[part], control[part]
        )
        cell, node, stretch = np.nonzero(bottom)
        state.append(cell + begin)
        place.append(np.stack([thickness[cell, node, stretch] / NANOMETRE, tables.logits[node]], axis=1))
        cell, node = np.nonzero(well)
        wells.append(cell + begin)
        seeds.append(tables.logits[node])
        clean.append(bare)
        bound.append(most)
    state, place, wells, seeds, clean, bound = map(np.concatenate, (state, place, wells, seeds, clean, bound))
    place[:, 0] = np.maximum(place[:, 0], 1e-6)
    finest, more = film.finest / NANOMETRE, tuple(16 * size for size in sizes)

    def polished(steps, place, at):
        run = lambda u, t, c: _polish(film, u, t, c, finest, steps)  # noqa: E731
        return _in_pieces(run, more, place, temperature[at], control[at])

    energy, good = np.zeros(len(state)), np.zeros(len(state), bool)
    if len(state):
        place, energy, good, curvature = polished(SHORT, place, state)
        rest = np.flatnonzero(~good & (place[:, 0] > 0) & np.all(np.isfinite(place), axis=1))
        if len(rest):
            place[rest], energy[rest], good[rest], curvature[rest] = polished(LONG, place[rest], state[rest])
        flat = np.flatnonzero(good & (curvature < FLAT)) if len(tables.logits) > 1 else np.zeros(0, int)
        if len(flat):  # near a critical point, where two films lie between two nodes: one of them has been found
            beside = (tables.logits[1] - tables.logits[0]) * np.array([[0.0, 1.0], [0.0, -1.0]])
            seeds_beside, at = np.concatenate([place[flat] + way for way in beside]), np.tile(state[flat], 2)
            more_place, more_energy, more_good, _ = polished(LONG, seeds_beside, at)
            state, place = np.concatenate([state, at]), np.concatenate([place, more_place])
            energy, good = np.concatenate([energy, more_energy]), np.concatenate([good, more_good])
    state, place, energy = state[good], place[good], energy[good]
    keep = _distinct(state, place, energy)
    state, place, energy = state[keep], place[keep], energy[keep]
    branch = stretch_of(tables, place[:, 0] * NANOMETRE, place[:, 1])
    logit, least, far = _in_pieces(lambda s, t, c: _saturate(film, s, t, c), more, seeds, temperature[wells], control[wells])
    order = np.lexsort((least, wells))
    first = order[np.unique(wells[order], return_index=True)[1]]
    composition, saturating = 1 / (1 + np.exp(-place[:, 1])), 1 / (1 + np.exp(-logit[first]))
    least, far = least[first], far[first]
    pull = -np.interp(logit[first], tables.logits, tables.deepest)
    there = np.divide(pull, least, out=np.full_like(pull, np.inf), where=least > 0)
    bound = np.maximum(np.maximum(bound, there), 0.0)
    return Minima(state, place[:, 0] * NANOMETRE, composition, place[:, 1], energy, branch, clean, least, saturating, far, bound)


def _distinct(state, place, energy):
    """Order by state and energy, each film once, though more than one seed may have led to it."""
    order = np.lexsort((energy, state))
    s, p = state[order], place[order]
    same = np.zeros(len(order), bool)
    for back in (1, 2, 3):
        if len(order) > back:
            near = np.abs(p[back:] - p[:-back]) < 1e-5 * np.maximum(np.abs(p[back:]), 1e-3)
            same[back:] |= (s[back:] == s[:-back]) & near.all(axis=1)
    return order[~same]


def lowest(films: Minima) -> Equilibrium:
    """Which of its films each state has: none, the lowest, that beside drops, or an infinite one where its material is stable.

    A penalty within FLOOR of zero is coexistence. No thickness is ever that of the search: a film is infinite, or a minimum.
    """
    total = len(films.clean)
    kind, branch = np.zeros(total, int), np.full(total, -1)
    thickness, composition, energy = np.zeros(total), np.zeros(total), np.zeros(total)
    count = np.bincount(films.state, minlength=total) + films.clean
    at, first = np.unique(films.state, return_index=True)
    thick = films.thickness[first]
    better = (thick > NOTHING) & (films.energy[first] < np.where(thick > THINNEST, TIE, 0.0))
    first, at = first[better], at[better]
    kind[at], branch[at] = FILM, films.branch[first]
    thickness[at], composition[at], energy[at] = films.thickness[first], films.composition[first], films.energy[first]
    stable = films.penalty < FLOOR
    kind[stable & (kind == FILM)] = PARTIAL
    infinite = stable & ((films.far < energy) | (films.penalty < -FLOOR))
    kind[infinite], branch[infinite], thickness[infinite] = WETTING, -1, np.inf
    composition[infinite], energy[infinite] = films.saturating[infinite], films.far[infinite]
    return Equilibrium(kind, thickness, composition, energy, branch, count)
