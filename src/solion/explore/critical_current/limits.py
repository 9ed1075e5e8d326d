"""What bounds the current from above: the end that the current empties of ions, or the one it fills.

The steady state after switching carries a current only with a slope of composition, and every bit more of it costs the
emptied end most of what it has left: c there falls as exp(-i h_0/c_d), h_0 the length of the ion-poor phase and c_d the
electrons that fixed defects leave in it, the only ones that still conduct. There is no largest current, but one at which the
content is no longer worth the name.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from solion.base.errors import InputError, RunError
from solion.devices.film_memristor import FilmMemristor
from solion.devices.start import PhaseSeparated
from solion.explore.critical_current.steady import SteadyFilm

STRIDE = 1.0  # largest change of ln(c / (c_max - c)) at the end from one state to the next


class LargestCurrent(NamedTuple):
    """``current`` in i_D at which an end of the switched film reaches the content asked for, and ``end``: emptied or filled."""

    current: float
    end: str


def largest_current(device: FilmMemristor, *, cells: int = 200, content: float = 1e-6) -> LargestCurrent:
    """The current that the switched film (state III) carries at rest before an end has only ``content`` ions or vacancies left.

    The default is where a run counts as depleted or saturated. Raises :class:`InputError` for input that cannot be and
    :class:`RunError` where the steady states cannot be followed.
    """
    if not 1e-12 <= content <= 1e-2:
        raise InputError(f"largest_current: content = {content!r} is outside its allowed range [1e-12, 0.01].")
    if not isinstance(device, FilmMemristor):
        raise InputError(f"largest_current: device = {type(device).__name__} is not a FilmMemristor, whose ends it empties.")
    film = SteadyFilm(device, cells, PhaseSeparated("bottom"))
    y, current = film.relaxed(), 0.0
    limit = float(np.log(content / (float(device.film.material.free_energy.capacity) - content)))
    top, bottom = _end(film, 0), _end(film, film.cells - 1)
    while True:
        target = max(limit, float(top @ y) - STRIDE)
        following, reached = _at(film, y, current, top, target)
        if bottom @ following >= -limit:
            return LargestCurrent(_at(film, y, current, bottom, -limit)[1], "filled")
        if target == limit:
            return LargestCurrent(reached, "emptied")
        y, current = following, reached


def _end(film: SteadyFilm, cell: int) -> np.ndarray:
    """The row that gives u at the flat end beside ``cell``."""
    row, each = np.zeros(film.start.size), film.start.size // film.cells
    row[each * cell], row[each * (1 if cell == 0 else cell - 1)] = 9 / 8, -1 / 8
    return row


def _at(film: SteadyFilm, y: np.ndarray, current: float, row: np.ndarray, target: float) -> tuple[np.ndarray, float]:
    """The steady state with ``row`` u = ``target``, and its current, from one nearby."""
    border = np.append(row, 0.0)
    for _ in range(50):
        change, _ = film.solve_with_current(film.point(y, current), border, float(row @ y) - target)
        largest = float(np.max(np.abs(change[:-1])))
        change = change / max(1.0, 0.5 * largest)
        y, current = y + change[:-1], float(current + change[-1])
        if largest < 1e-8:
            return y, current
    raise RunError(f"largest_current: the steady states cannot be followed beyond {current:g} i_D; use more cells.")
