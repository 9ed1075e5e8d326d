"""Films along a path of states: first-order jumps and limits of metastability by bisection, hysteresis."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from solion.base.constants import BOLTZMANN
from solion.thermodynamics.complexions.branches import FLOOR, Branches, branches, stretch_of
from solion.thermodynamics.complexions.film_energy import FilmEnergy
from solion.thermodynamics.complexions.minima import NANOMETRE, WETTING, lowest, minima, polished
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
    ``tolerance``, relative. Controls that are positive are halved in their logarithm. A jump to an infinite film counts. Arrays
    of two dimensions are many paths, one a row."""
    temperature, control, following = _paths(temperature, control)
    tables = branches(film) if tables is None else tables
    state = lowest(minima(film, temperature, control, tables))
    jumps = ~continuous(state) | (state.kind[1:] != state.kind[:-1])
    places = np.flatnonzero(jumps & following[:-1])
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


def _near(one, other, k):
    return abs(float(one.composition[k]) - float(other.composition[k])) < 1e-3


def _same(one, other, k):
    pair = type(one)(*(np.array([a[k], b[k]]) for a, b in zip(one, other, strict=True)))
    return bool(continuous(pair)[0] and pair.kind[0] == pair.kind[1])


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
    grows without bound has no limit. The path has to be fine enough that a film keeps its stretch of thickness and, within a
    factor of e, its odds of solute. Arrays of two dimensions are many paths, one a row."""
    temperature, control, following = _paths(temperature, control)
    tables = branches(film) if tables is None else tables
    films = minima(film, temperature, control, tables)
    here, there, last = [], [], []
    for way, inside in ((1, following), (-1, np.append(False, following[:-1]))):
        for k in np.flatnonzero(inside[films.state]):
            own = slice(*np.searchsorted(films.state, [films.state[k] + way, films.state[k] + way + 1]))
            if not np.any((films.branch[own] == films.branch[k]) & (np.abs(films.logit[own] - films.logit[k]) < 1.0)):
                here.append(films.state[k])
                there.append(films.state[k] + way)
                last.append(k)
    path = np.stack([temperature, control])
    low, high = path[:, here], path[:, there]
    branch, place = films.branch[last], np.stack([films.thickness[last] / NANOMETRE, films.logit[last]], axis=1)
    for _ in range(halvings if last else 0):
        middle = (low + high) / 2
        found, good = polished(film, place, *middle)
        good &= stretch_of(tables, found[:, 0] * NANOMETRE, found[:, 1]) == branch
        good &= np.abs(found[:, 1] - place[:, 1]) < 1.0
        low, high = np.where(good, middle, low), np.where(good, high, middle)
        place = np.where(good[:, None], found, place)
    share = 1 / (1 + np.exp(-place[:, 1]))
    bulk = np.array([float(film.penalty.density(low[0, k], low[1, k], share[k])) for k in range(len(last))])
    real = (place[:, 0] * NANOMETRE > 1e-2 * film.finest) & (bulk > 10 * FLOOR)
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
            there, energy = len(near) > 0, 0.0
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
