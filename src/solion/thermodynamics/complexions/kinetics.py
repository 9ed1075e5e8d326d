"""What a film does: the angle of its drops, how fast it relaxes and heals, creep and conduction along a premelted boundary."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from solion.base.constants import ROOM_TEMPERATURE
from solion.base.errors import InputError
from solion.thermodynamics.complexions.film_energy import FilmEnergy
from solion.thermodynamics.complexions.minima import NANOMETRE, WETTING, lowest, minima


def contact_angle(film: FilmEnergy, film_tension: float, temperature: float = ROOM_TEMPERATURE, control: float = 0.0) -> float:
    """Contact angle (rad) of drops of its bulk phase: cos(theta) = 1 + (Phi_min - Phi(infinity))/gamma_bg; 0 where it wets.

    Phi_min is that of the clean interface where no film is lower, and then this is Young's equation. Drops exist at coexistence:
    ``control`` is the bulk composition there, or dG = 0. ``film_tension``: gamma_bg, J/m2. Raises InputError for a tension that
    is not positive, or below what cos(theta) >= -1 needs.
    """
    if not film_tension > 0:
        raise InputError(f"film_tension = {film_tension:g} J/m2 is outside its allowed range (0, inf) J/m2.")
    films = minima(film, temperature, control)
    state = lowest(films)
    if state.kind[0] == WETTING:
        return 0.0
    far = float(films.far[0])
    cosine = 1 + (float(state.energy[0]) - far) / film_tension
    if cosine < -1:
        raise InputError(
            f"film_tension = {film_tension:g} J/m2 with dgamma = {far:g} J/m2 is beyond complete drying, cos(theta) = "
            f"{cosine:.3g}; the tension has to be at least {far / 2:.3g} J/m2."
        )
    return math.acos(min(1.0, cosine))


def excess_of(thickness: Any, composition: Any, bulk: Any, molar_volume: Any) -> Any:
    """Gamma = h (x - X)/V, mol/m2: what a film holds beyond the bulk."""
    return np.asarray(thickness) * (np.asarray(composition) - bulk) / molar_volume


def healing_time(excess: Any, concentration: Any, diffusivity: Any) -> Any:
    """Time (s) in which the alloy below supplies a film again: t = pi/(4 D) (Gamma/c)^2, from Gamma = 2 c sqrt(D t/pi).

    ``excess`` mol/m2, ``concentration`` of the solute in the alloy mol/m3, ``diffusivity`` of the solute m2/s. Raises InputError
    where one is not positive.
    """
    for name, value in (("excess", excess), ("concentration", concentration), ("diffusivity", diffusivity)):
        if not np.all(np.asarray(value, float) > 0):
            raise InputError(f"{name} = {value} is outside its allowed range (0, inf).")
    return math.pi / 4 / np.asarray(diffusivity) * (np.asarray(excess) / np.asarray(concentration)) ** 2


def heals(time: float, rest: float, new_area_rate: float = 0.0) -> bool:
    """Whether a film heals within the rest, or, while plating makes area at this rate (1/s), faster than that grows."""
    return time < rest or 0 < new_area_rate * time < 1


def creep_gain(thickness: float, melt_diffusivity: float, boundary_product: float) -> float:
    """Coble creep through a liquid-like film over that through the clean boundary: h D_melt/(delta D_gb). A ratio only; assumed
    that grain size and stress stay what they are."""
    return thickness * melt_diffusivity / boundary_product


def film_conduction(thickness: Any, conductivity: Any, boundary_area: Any, share: float = 2 / 3) -> Any:
    """What films on boundaries add to the conductivity of a solid, S/m: share S_v h sigma_film, S_v their area per volume (1/m).

    ``share``: of them that lie along the current, 2/3 of cubes (brick layers, S_v = 3/d), down to 1/3; assumed. Dilute films.
    """
    return share * np.asarray(boundary_area) * np.asarray(thickness) * np.asarray(conductivity)


def relaxation(
    film: FilmEnergy,
    start: float,
    times: Any,
    mobility: float,
    temperature: float = ROOM_TEMPERATURE,
    control: float = 0.0,
    composition: float = 0.5,
) -> np.ndarray:
    """Thickness (m) at times (s, from 0 on) of a film that starts at ``start`` and follows dh/dt = -M dPhi/dh at one composition.

    ``mobility`` M in m5/(J s), of an interface; where supply from the bulk is slower, see :func:`healing_time`. It ends in the
    minimum on its side of the next barrier, which need not be the stable one. Raises InputError where a number is not positive.
    """
    from scipy.integrate import solve_ivp

    times = np.asarray(times, float)
    if not (start >= 0 and mobility > 0 and np.all(np.diff(times) > 0) and times[0] >= 0):
        raise InputError("relaxation: start is 0 m or more, the mobility above 0, and times rise from 0 s on.")
    import jax

    slope = jax.jit(jax.grad(lambda h: film.excess(h, composition, temperature, control)))

    def rate(_, u):
        return [-mobility * float(slope(max(u[0], 0.0) * NANOMETRE)) / NANOMETRE if u[0] > 0 or slope(0.0) < 0 else 0.0]

    span = (0.0, float(times[-1]))
    found = solve_ivp(rate, span, [start / NANOMETRE], method="LSODA", t_eval=times, rtol=1e-9, atol=1e-9)
    return np.maximum(found.y[0], 0.0) * NANOMETRE
