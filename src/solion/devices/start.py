"""How a film starts: separated into its two phases, uniform, or with a profile of the user's."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from solion.base.errors import InputError
from solion.base.parameters import Part
from solion.thermodynamics import interface, phase_diagram

if TYPE_CHECKING:
    from solion.devices.film_memristor import Film


class AbstractInitial(Part):
    """A start state; its mean is the film's filling exactly."""

    @abstractmethod
    def profile(self, film: Film, cells: int) -> np.ndarray:
        """Composition c/c_0 in each of ``cells`` equal cells, from top to bottom."""


class Uniform(AbstractInitial):
    """The same composition everywhere."""

    def profile(self, film, cells):
        return np.full(cells, float(film.filling))


class PhaseSeparated(AbstractInitial):
    """Both phases side by side, the ion-rich one at ``rich_at``: state I has it at the top, state III at the bottom.

    A hyperbolic tangent of the equilibrium interface's width between the two binodal compositions, placed so that
    the mean is exact. A filling outside the miscibility gap starts uniform, as it would be at rest.
    """

    rich_at: str = "top"

    def __check_init__(self):
        if self.rich_at not in ("top", "bottom"):
            raise InputError(f"PhaseSeparated.rich_at = {self.rich_at!r} is unknown; it is 'top' or 'bottom'.")

    def profile(self, film, cells):
        phases = phase_diagram(film.material)
        filling = float(film.filling)
        if not phases.two_phase or not phases.binodal[0] < filling < phases.binodal[-1]:
            return np.full(cells, filling)
        poor, rich = phases.binodal[0], phases.binodal[-1]
        half_width = max(0.5 * interface(film.material).width / float(film.thickness), 0.5 / cells)
        x = (np.arange(cells) + 0.5) / cells
        if self.rich_at == "bottom":
            x = 1 - x

        def shape(position):
            return poor + (rich - poor) * 0.5 * (1 - np.tanh((x - position) / half_width))

        low, high = -1.0 - 20 * half_width, 2.0 + 20 * half_width
        for _ in range(200):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if shape(middle).mean() < filling else (low, middle)
        profile = shape(0.5 * (low + high))
        return profile + (filling - profile.mean())


class Profile(AbstractInitial):
    """A profile of the user's: compositions (c/c_0) at positions x/h, joined by straight lines, scaled to the filling."""

    position: tuple[float, ...]
    composition: tuple[float, ...]

    def __check_init__(self):
        x, c = np.asarray(self.position, float), np.asarray(self.composition, float)
        if x.shape != c.shape or x.size < 2 or not np.all(np.diff(x) > 0) or x[0] < 0 or x[-1] > 1:
            raise InputError(
                "Profile: position and composition need equally many values, positions rising within [0, 1]."
            )
        if not np.all(np.isfinite(c)) or np.any(c <= 0):
            raise InputError("Profile: every composition must be a finite number above 0.")

    def profile(self, film, cells):
        x = (np.arange(cells) + 0.5) / cells
        shape = np.interp(x, np.asarray(self.position, float), np.asarray(self.composition, float))
        scaled = shape * (float(film.filling) / shape.mean())
        limit = float(film.material.free_energy.capacity)
        if scaled.max() >= limit:
            raise InputError(
                f"Profile: scaled to the filling it reaches {scaled.max():g}, outside its allowed range (0, {limit:g})."
            )
        return scaled
