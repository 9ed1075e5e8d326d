"""Where films can be: on the stretches of thickness over which the interfacial energy U(h; x) is convex.

A film of composition x is a local minimum in h where dU/dh = -dG and U'' > 0, so each convex stretch holds one film for each
penalty between its ends, and no other. The joint minima in h and x are those in x of a stretch's energy R(x) = min over h,
found as rises through zero of dR/dx = dPhi/dx on a coarse grid in the logit of x.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from solion.base.errors import InputError
from solion.thermodynamics.complexions.film_energy import FilmEnergy

FLOOR = 10.0  # J/m3; a smaller penalty is none: rounding of chemical potentials, gravity and supply are above it
LINEAR, RATIOS = 3072, 1024  # thicknesses: evenly up to the reach of the structure, by ratios beyond
PENALTIES = 512  # nodes of the tables
FINE, COARSE = 128, 64  # compositions: of some states, and of the many of a plane
EXTREME = 27.6  # logit of the largest composition, 1 - 1e-12
LONGEST = 1e-3  # m; a film this thick is bulk


class Branches(NamedTuple):
    """Tables of the stretches: ``thickness`` and ``energy`` U by composition, ln(penalty) and stretch, NaN where it has no film.

    ``ends``: least and greatest thickness of each stretch, infinite where a composition lacks it; ``clean``: dU/dh at h = 0 by
    composition; ``deepest``: least U over all thicknesses by composition; ``logits`` of the compositions.
    """

    logits: np.ndarray
    log_penalties: np.ndarray
    thickness: np.ndarray
    energy: np.ndarray
    clean: np.ndarray
    ends: np.ndarray
    deepest: np.ndarray


@jax.jit
def _derivatives(film: FilmEnergy, thicknesses, compositions):
    def both(h, x):
        first = jax.grad(film.interfacial)
        return film.interfacial(h, x), *jax.jvp(lambda h: first(h, x), (h,), (1.0,))

    return jax.vmap(lambda x: jax.vmap(lambda h: both(h, x))(thicknesses))(compositions)


def _thicknesses(film: FilmEnergy, longest: float) -> np.ndarray:
    reach = min(float(film.coefficient.reach), longest)
    if reach > LINEAR * film.finest:
        raise InputError(
            f"The film varies over lengths from {film.finest:.3g} m to {reach:.3g} m; a search has {LINEAR} steps. Leave out"
            " the shortest, or give longer ones."
        )
    return np.concatenate([np.linspace(0, reach, LINEAR + 1), np.geomspace(reach, max(longest, 1.001 * reach), RATIOS + 1)[1:]])


def branches(film: FilmEnergy, compositions: int = FINE) -> Branches:
    """The tables of a film. They follow from dgamma, f and the forces alone and serve every temperature and bulk."""
    from scipy import ndimage

    mixes = type(film.penalty).mixes
    logits = np.linspace(-EXTREME, EXTREME, compositions) if mixes else np.zeros(1)
    shares = jnp.asarray(1 / (1 + np.exp(-logits)))
    longest = 4 * float(film.coefficient.reach)
    while True:  # until no film at the least penalty is longer
        h = _thicknesses(film, longest)
        energy, slope, curvature = (np.asarray(each) for each in _derivatives(film, jnp.asarray(h), shares))
        if np.all(-slope[:, -1] < FLOOR) or longest > LONGEST:
            break
        longest *= 4
    if not np.all(np.isfinite(slope[:, 1:])):
        raise InputError(f"{type(film.coefficient).__name__}: f or its derivative is not finite between 0 and {longest:.3g} m.")
    marks: Any = ndimage.label((curvature > 0) & (-slope > 0))
    marks = marks[0]
    runs: list[tuple[int, np.ndarray, tuple[int, int]]] = []
    for row, line in enumerate(marks):
        ends = np.flatnonzero(np.diff(line)) + 1
        seen: dict[int, int] = {}
        for places in np.split(np.arange(len(h)), ends):
            if (mark := int(line[places[0]])) and np.max(-slope[row, places]) > FLOOR:
                seen[mark] = seen.get(mark, -1) + 1  # a region that bends back is met twice at one composition
                runs.append((row, places, (mark, seen[mark])))
    columns = {key: place for place, key in enumerate(sorted({key for *_, key in runs}))}
    size = 1 if len(columns) < 2 else 8 * -(-len(columns) // 8)  # few shapes, few compilations
    steepest = max(float(np.max(-slope)), 10 * FLOOR)
    penalties = np.linspace(np.log(FLOOR), np.log(steepest), PENALTIES)
    step = penalties[1] - penalties[0]
    thickness, value = (np.full((len(logits), PENALTIES, size), np.nan) for _ in range(2))
    ends = np.full((2, len(logits), size), np.inf)
    for row, places, key in runs:
        ends[:, row, columns[key]] = h[places[0]], h[places[-1]]
        pull, last = np.log(-slope[row, places])[::-1], min(places[-1] + 1, len(h) - 1)
        low = pull[0] - step if curvature[row, last] <= 0 else -np.inf  # it ends by curvature, or at dU/dh = 0 with all penalties
        here = (penalties >= low) & (penalties <= pull[-1] + step)
        table = np.interp(penalties[here], pull, h[places][::-1])
        thickness[row, here, columns[key]] = table
        value[row, here, columns[key]] = np.interp(table, h, energy[row])
    return Branches(logits, penalties, thickness, value, slope[:, 0], ends, energy.min(axis=1))


def stretch_of(tables: Branches, thickness: np.ndarray, logit: np.ndarray) -> np.ndarray:
    """In which stretch films of these thicknesses (m) and compositions lie."""
    step = tables.logits[1] - tables.logits[0] if len(tables.logits) > 1 else 1.0
    row = np.clip(np.rint((np.nan_to_num(logit) - tables.logits[0]) / step), 0, len(tables.logits) - 1).astype(int)
    low, high = tables.ends[0, row], tables.ends[1, row]
    return np.maximum(low - thickness[:, None], thickness[:, None] - np.where(np.isinf(high), -np.inf, high)).argmin(axis=1)
