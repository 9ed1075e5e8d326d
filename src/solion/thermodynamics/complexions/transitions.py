"""Films along a path of states: first-order jumps and limits of metastability by bisection, hysteresis."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import numpy as np

from solion.base.constants import BOLTZMANN
from solion.thermodynamics.complexions.branches import FLOOR, Branches, branches
from solion.thermodynamics.complexions.film_energy import FilmEnergy
from solion.thermodynamics.complexions.minima import CLEAN, FILM, NANOMETRE, PARTIAL, WETTING, lowest, minima, polished, potential

STEP, SMOOTH, SAME = 0.05, 0.01, 1e-3  # of the logarithm of odds: worth halving, shrunk, one film
HALVINGS = 20  # of a step: the change of a film near its end shrinks as their root, by a thousand
_CLEAN, _WET = -1, -2  # states that are no film of the list
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
    """Every first-order jump of the stable film on a path of states, halved until the path's parameter is known to ``tolerance``,
    relative. Controls that are positive are halved in their logarithm. A jump to an infinite film counts. A film that keeps its
    stretch of thickness and changes its odds of solute by less than a twentieth between neighbours passes over; what changes by
    more is halved until it shrinks, as what is smooth does, or stays, as a jump. Arrays of two dimensions are many paths, one a
    row."""
    temperature, control, following = _paths(temperature, control)
    tables = branches(film) if tables is None else tables
    state = lowest(minima(film, temperature, control, tables))
    changed = (np.diff(state.branch) != 0) | (np.diff(_kind(state)) != 0) | (np.abs(np.diff(_logit(state))) > STEP)
    places = np.flatnonzero(changed & following[:-1])
    if not len(places):
        return []
    logarithmic = bool(np.all(control > 0))
    scaled = np.log(control) if logarithmic else control
    low, high = (np.stack([temperature[k], scaled[k]]) for k in (places, places + 1))
    left, right = (_pick(state, k) for k in (places, places + 1))
    size = float(np.abs(high - low).max())
    live = np.arange(len(places))  # what has not shrunk yet
    for _ in range(int(np.ceil(np.log2(max(size / tolerance, 2)))) if logarithmic else 40):
        middle = (low[:, live] + high[:, live]) / 2
        here = lowest(minima(film, middle[0], np.exp(middle[1]) if logarithmic else middle[1], tables))
        before, after = _pick(left, live), _pick(right, live)
        same = _apart(before, here) < _apart(here, after)
        low[:, live], high[:, live] = np.where(same, middle, low[:, live]), np.where(same, high[:, live], middle)
        for old, new in zip((*left, *right), (*_merge(same, here, before), *_merge(~same, here, after)), strict=True):
            old[live] = new
        live = live[_apart(_pick(left, live), _pick(right, live)) > SMOOTH]
        if not len(live):
            break
    found = []
    for k in live:
        t, c = (low[:, k] + high[:, k]) / 2
        h = float(left.thickness[k]), float(right.thickness[k])
        if min(h) == 0 and (h[0] == h[1] or (np.isfinite(max(h)) and max(h) < 1e-3 * film.finest)):
            continue  # it thins to nothing
        x = float(left.composition[k]), float(right.composition[k])
        found.append(Transition(float(t), float(np.exp(c)) if logarithmic else float(c), h, x))
    return found


def _paths(temperature, control) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Flat temperatures and controls of paths in rows, and which states have one that follows."""
    temperature, control = np.broadcast_arrays(np.asarray(temperature, float), np.asarray(control, float))
    following = np.ones(control.shape or (1,), bool)
    following[..., -1] = False
    return temperature.ravel(), control.ravel(), following.ravel()


def _pick(state, places):
    return type(state)(*(each[places] for each in state))


def _merge(chosen, one, other):
    return type(one)(*(np.where(chosen, a, b) for a, b in zip(one, other, strict=True)))


def _logit(state):
    share = np.clip(state.composition, 1e-300, 1 - 1e-15)
    return np.log(share) - np.log1p(-share)


def _kind(state):
    """A film beside drops is a film: it is told so within rounding of coexistence."""
    return np.where(state.kind == PARTIAL, FILM, state.kind)


def _apart(one, other):
    """How far two states are from one another, in logarithms of their odds of solute and of thickness; infinite across kinds."""
    kinds = _kind(one) == _kind(other)
    films = kinds & (_kind(one) == FILM)
    with np.errstate(divide="ignore", invalid="ignore"):
        thickness = np.where(films, np.abs(np.log(one.thickness / other.thickness)), 0.0)
        away = np.where(films, np.abs(_logit(one) - _logit(other)), 0.0)
    return np.where(kinds, thickness + away, np.inf)


class _Chain(NamedTuple):
    """Films of a path and what each becomes at the next state: its ``place`` (h in nm, logit of x) at its ``state``, the place
    ``found`` there, whether it is the ``same`` film; ``lost``: it is not, and the path goes on."""

    state: np.ndarray
    place: np.ndarray
    found: np.ndarray
    same: np.ndarray
    lost: np.ndarray


def _near(one, other):
    return (np.abs(one - other) < np.stack([1e-3 * other[:, 0] + 1e-6, np.full(len(other), SAME)], axis=1)).all(axis=1)


def _change(one, other):
    """How far two places (h in nm, logit of x) are apart, in logarithms of thickness and of odds."""
    return np.abs(np.log(one[:, 0] / other[:, 0])) + np.abs(one[:, 1] - other[:, 1])


def _there_and_back(film, place, here, there):
    """The minimum that films at states ``here`` become at ``there``, and whether each, followed back, is where it was: one that
    is gone leads to another film, and that one back to itself."""
    found, good = polished(film, place, *there)
    back, again = polished(film, found, *here)
    return found, good & again & _near(back, place)


def _followed(film, place, here, there):
    """The same, and of those that change much, whether no jump narrower than the step lies within it."""
    if not len(place):
        return place, np.zeros(0, bool)
    found, same = _there_and_back(film, place, here, there)
    wide = np.flatnonzero(same & (_change(place, found) > STEP))
    if len(wide):
        same[wide] = _smooth(film, place[wide], here[:, wide], there[:, wide])
    return found, same


def _smooth(film, left, low, high):
    """Whether films pass over from ``low`` to ``high`` without a jump: the half of the step with more of the change is halved
    again until the change has shrunk, as what is smooth does; until the film is not found on the way back; or to no avail."""
    left, low, high = left.copy(), low.copy(), high.copy()
    smooth, live = np.ones(len(left), bool), np.arange(len(left))
    for _ in range(HALVINGS):
        middle = (low[:, live] + high[:, live]) / 2
        there, good = _there_and_back(film, left[live], low[:, live], middle)
        beyond, well = _there_and_back(film, there, middle, high[:, live])
        before, after = _change(left[live], there), _change(there, beyond)
        first = before > after
        left[live] = np.where(first[:, None], left[live], there)
        low[:, live], high[:, live] = np.where(first, low[:, live], middle), np.where(first, middle, high[:, live])
        smooth[live] = good & well
        live = live[good & well & (np.maximum(before, after) > SMOOTH)]
        if not len(live):
            break
    smooth[live] = False
    return smooth


def _chained(film, films, path, inside, way: int) -> _Chain:
    """Follow every film of a path by one state, and those that the search missed there, near their end, further."""
    listed = np.stack([films.thickness / NANOMETRE, films.logit], axis=1)
    starts = np.searchsorted(films.state, np.arange(path.shape[1] + 1))
    state, place, parts = films.state, listed, []
    while len(state):
        goes = inside[state]
        found, same = place.copy(), np.zeros(len(state), bool)
        found[goes], same[goes] = _followed(film, place[goes], path[:, state[goes]], path[:, state[goes] + way])
        parts.append(_Chain(state, place, found, same, goes & ~same))
        known = [listed[starts[k] : starts[k + 1]] for k in state[same] + way]
        alone = [not _near(own, one[None]).any() for own, one in zip(known, found[same], strict=True)]
        missed = np.flatnonzero(same)[np.array(alone, bool)]
        state, place = state[missed] + way, found[missed]
    empty = _Chain(np.zeros(0, int), np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0, bool), np.zeros(0, bool))
    return _Chain(*(np.concatenate(each) for each in zip(empty, *parts, strict=True)))


class StabilityLimit(NamedTuple):
    """A spinodal point of a path: where a film stops to be a minimum, and the film there."""

    temperature: float
    control: float
    thickness: float
    composition: float


def stability_limits(
    film: FilmEnergy, temperature: Any, control: Any, *, tables: Branches | None = None, halvings: int = 40
) -> list[StabilityLimit]:
    """Every place on a path of states at which a film, stable or not, stops to exist by a jump; one that thins to nothing or
    grows without bound has no limit. A film is the same at the next state where it is found again from there and, if it changes
    much, from every halving between: one that is lost is told from another that begins within the same step. Arrays of two
    dimensions are many paths, one a row."""
    temperature, control, following = _paths(temperature, control)
    tables = branches(film) if tables is None else tables
    films = minima(film, temperature, control, tables)
    path, ends = np.stack([temperature, control]), []
    for way, inside in ((1, following), (-1, np.append(False, following[:-1]))):
        chain = _chained(film, films, path, inside, way)
        ends.append((path[:, chain.state[chain.lost]], path[:, chain.state[chain.lost] + way], chain.place[chain.lost]))
    low, there, place = (np.concatenate(each, axis=axis) for each, axis in zip(zip(*ends, strict=True), (1, 1, 0), strict=True))
    high = there
    for _ in range(halvings):
        middle = (low + high) / 2
        found, good = _followed(film, place, low, middle)
        low, high = np.where(good, middle, low), np.where(good, high, middle)
        place = np.where(good[:, None], found, place)
    share = 1 / (1 + np.exp(-place[:, 1]))
    bulk = np.array([float(film.penalty.density(low[0, k], low[1, k], share[k])) for k in range(len(place))])
    real = (place[:, 0] * NANOMETRE > 1e-2 * film.finest) & (bulk > 10 * FLOOR)
    real &= np.any(high != there, axis=0)  # one that only a long step had lost is there to its end
    return [StabilityLimit(*map(float, (*low[:, k], place[k, 0] * NANOMETRE, share[k]))) for k in np.flatnonzero(real)]


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
    count, path = len(control), np.stack([temperature, control])
    chain = _chained(film, films, path, np.arange(count) < count - 1, 1)
    order = np.argsort(chain.state, kind="stable")  # what the search found first, its lowest first
    state, places, found, same, _ = (each[order] for each in chain)
    energies = np.asarray(jax.vmap(lambda u, t, c: potential(film, u, t, c))(places, *path[:, state])) if len(places) else places
    starts = np.searchsorted(state, np.arange(count + 1))
    stable = np.select([best.kind == WETTING, best.kind == CLEAN], [_WET, _CLEAN], starts[:-1])  # which film is the lowest
    thickness, composition, jumped = (np.zeros(count, kind) for kind in (float, float, bool))
    now = int(stable[0])
    thickness[0], composition[0] = best.thickness[0], best.composition[0]
    for k in range(1, count):  # few states, and each needs the one before
        there, energy = bool(films.clean[k]), 0.0
        if now == _WET:
            there, energy = bool(stable[k] == _WET), float(best.energy[k])
        elif now != _CLEAN:
            away = np.abs(places[starts[k] : starts[k + 1]] - found[now]).sum(axis=1)
            there = bool(same[now] and len(away) and away.min() < SAME * (1 + found[now][0]))
            if there:
                now = int(starts[k] + away.argmin())
                energy = float(energies[now])
        gain = energy - float(best.energy[k]) if there else np.inf
        barrier = np.inf if gain <= 0 else np.pi * line_tension**2 / gain
        if not there or barrier < BARRIER * BOLTZMANN * temperature[k]:
            jumped[k] = now != stable[k]
            now = int(stable[k])
        if now >= 0:
            thickness[k], composition[k] = places[now, 0] * NANOMETRE, 1 / (1 + np.exp(-places[now, 1]))
        elif now == _WET:
            thickness[k], composition[k] = np.inf, best.composition[k]
    return Followed(thickness, composition, jumped)
