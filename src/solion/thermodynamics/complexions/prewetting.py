"""Whether a film can be: -dgamma f(h) > dG h for some h, the bound on its thickness, and names of complexions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from solion.base.constants import ROOM_TEMPERATURE
from solion.base.errors import InputError
from solion.thermodynamics.complexions.film_energy import FilmEnergy
from solion.thermodynamics.complexions.minima import FILM, PARTIAL, WETTING, Equilibrium, lowest, minima

NAMES = ("clean", "monolayer", "bilayer", "trilayer", "nanolayer", "wetting")  # Dillon and Harmer's series, I to VI


def prewets(change: Any, penalty: Any, thickness: Any = 1.0, coefficient: Any = 1.0) -> Any:
    """-dgamma f > dG h. The paper prints Eq. (2) with the sign reversed, by which a larger penalty would favour a film; Eq. (3)
    needs this one."""
    return -np.asarray(change) * coefficient > np.asarray(penalty) * thickness


def check_condition(condition: Callable[[float, float], bool]) -> None:
    """Refuse a user's own ``condition(dgamma f, dG h)`` (J/m2 both) that does not let films form as :func:`prewets` does.

    Raises InputError, which says so where it is the printed Eq. (2).
    """
    cases = [(-0.3, 0.1), (-0.3, 0.29), (-0.3, 0.31), (-0.3, 0.9), (-0.05, 0.2), (0.2, 0.1)]
    given = [bool(condition(*case)) for case in cases]
    right = [bool(prewets(*case)) for case in cases]
    if given == right:
        return
    if given == [-change < cost for change, cost in cases]:
        raise InputError(
            "condition: this is Eq. (2) as printed, -dgamma < dG h, whose sign is reversed: by Eq. (3) a film lowers the energy "
            "where -dgamma f(h) > dG h. Give the other sign, or leave the condition out."
        )
    change, cost = next(case for case, one, other in zip(cases, given, right, strict=True) if one != other)
    raise InputError(
        f"condition: it says {given[cases.index((change, cost))]} for dgamma f = {change:g} and dG h = {cost:g} J/m2, where Phi "
        f"- gamma_0 = {change + cost:.3g} J/m2; a film exists where that is negative."
    )


def bound(film: FilmEnergy, penalty: Any, composition: Any = 1.0) -> Any:
    """lambda = -dgamma/dG (m): no film is thicker where f <= 1; infinite without a penalty, 0 where dgamma > 0."""
    pull = np.maximum(-np.asarray(film.far(np.asarray(composition, float)), float), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.asarray(penalty) > 0, pull / np.asarray(penalty, float), np.inf)


def required_penalty(film: FilmEnergy, thickness: float, composition: float = 1.0) -> float:
    """dG (J/m3) at which this thickness is stationary: -dU/dh. Raises InputError where the film would have to be pulled together,
    as for dgamma > 0."""
    import jax

    change = float(film.far(np.asarray(composition, float)))
    if change > 0:
        raise InputError(
            f"dgamma = {change:g} J/m2 is above 0: this film raises the energy of the interface, and no penalty makes one of "
            f"{thickness:g} m; give a dgamma below 0."
        )
    found = -float(jax.grad(film.interfacial)(float(thickness), float(composition)))
    if found <= 0:
        raise InputError(
            f"thickness = {thickness:g} m is no minimum for any penalty above 0 (dPhi/dh wants {found:.3g} J/m3); give another."
        )
    return found


def classify(state: Equilibrium, layer: float) -> np.ndarray:
    """Names of complexions by layers of thickness ``layer`` (m), along a path of states: below half a layer clean, one to three
    by number, a nanolayer beyond, wetting where infinite. Only what a jump separates is another complexion, see
    :func:`continuous`."""
    number = np.rint(np.where(np.isfinite(state.thickness), state.thickness, 0.0) / layer)
    name = np.asarray(NAMES[:5], object)[np.minimum(number, 4).astype(int)]
    name = np.where((state.kind == FILM) | (state.kind == PARTIAL), name, NAMES[0])
    return np.where(state.kind == WETTING, NAMES[5], name)


def continuous(state: Equilibrium) -> np.ndarray:
    """Of each pair of neighbours on a path, whether the film goes over without a jump (one stretch, one composition)."""
    same = state.branch[1:] == state.branch[:-1]
    logit = np.log(np.clip(state.composition, 1e-300, None)) - np.log1p(-np.clip(state.composition, 0, 1 - 1e-15))
    return same & (np.abs(np.diff(logit)) < 1.0)


def clamped(film: FilmEnergy, temperature: Any, control: Any) -> tuple[np.ndarray, np.ndarray]:
    """Bulk compositions no further than where another phase precipitates, and which of them are beyond: there a film is that of
    the limit, since its chemical potentials go no higher."""
    import jax.numpy as jnp

    temperature, control = np.broadcast_arrays(np.asarray(temperature, float), np.asarray(control, float))
    beyond = np.asarray(film.penalty.oversaturation(jnp.asarray(temperature), jnp.asarray(control))) > 0
    if not beyond.any():
        return control.copy(), beyond
    shares = type(film.penalty).controlled.kind is None  # halved in their logarithm
    onto, back = (np.log, np.exp) if shares else (np.asarray, np.asarray)
    t, high = temperature[beyond], onto(control[beyond])
    low = high - (80.0 if shares else 1e6)
    for _ in range(60):
        middle = (low + high) / 2
        over = np.asarray(film.penalty.oversaturation(jnp.asarray(t), jnp.asarray(back(middle)))) > 0
        low, high = np.where(over, low, middle), np.where(over, middle, high)
    limit = control.copy()
    limit[beyond] = back(low)
    return limit, beyond


def universal_map(film: FilmEnergy, changes: Any, penalties: Any) -> Equilibrium:
    """Films over the plane (dgamma, dG): since Phi = dgamma f(h) + dG h, thickness depends on dG/|dgamma| alone.

    ``changes`` (J/m2, below 0) and ``penalties`` (J/m3) broadcast; f is that of ``film``. In units of its length, h/xi over
    dG xi/|dgamma|. Raises InputError for a film with forces or with a composition, which this scaling does not hold for.
    """
    if film.forces or type(film.penalty).mixes:
        raise InputError("universal_map: only a film without forces and without a composition scales with dgamma; use minima.")
    changes, penalties = np.broadcast_arrays(np.asarray(changes, float), np.asarray(penalties, float))
    if not np.all(changes < 0):
        raise InputError("universal_map: every dgamma has to be below 0; a film that raises the energy is clean everywhere.")
    unit = float(film.far(np.asarray(0.5)))  # a film without a composition has one dgamma
    own = FilmEnergy(film.change, film.coefficient)
    state = lowest(minima(own, ROOM_TEMPERATURE, np.ravel(penalties * unit / changes)))
    return state._replace(energy=state.energy * np.ravel(changes) / unit)
