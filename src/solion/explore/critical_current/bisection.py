"""The critical current by simulation: the smallest current that switches a film within a plateau of given length.

Bisection between a current that does not switch the film and one that does. Close above the threshold the first switch is
slow, by one of the laws of :mod:`.critical_current.slowing`. The law serves twice: the slowest runs that did switch tell
where the threshold of this plateau lies, so that two runs beside that place close the bracket; and the threshold of an
infinite plateau follows by extrapolation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solion.base.errors import InputError, RunError
from solion.devices.film_memristor import FilmMemristor
from solion.devices.start import AbstractInitial
from solion.explore.critical_current.runs import RISE, StepRun, StepRuns
from solion.explore.critical_current.slowing import AbstractSlowingDown, fitted
from solion.numerics.stepping.integrate import Tolerance
from solion.thermodynamics import critical_current

GUESS = 0.1  # i_D, first current tried where the material has no two phases to tell
LARGEST = 1e3  # i_D


@dataclass(frozen=True)
class Threshold:
    """The smallest current that switches a film within ``plateau`` tau_D; currents in i_D, of either sign.

    The film does not switch at ``low`` and does at ``high``; ``current`` is midway. ``extrapolated`` is the threshold of an
    infinite plateau by the ``law`` of slowing down that the runs obey; ``bias`` how far the finite plateau lifts the
    threshold above it. ``runs`` are all runs made, in their order.
    """

    low: float
    high: float
    plateau: float
    law: AbstractSlowingDown | None
    runs: tuple[StepRun, ...]

    @property
    def current(self) -> float:
        """The middle of the bracket, i_D."""
        return 0.5 * (self.low + self.high)

    @property
    def extrapolated(self) -> float:
        """The threshold of an infinite plateau, i_D; nan where too few runs switched to tell."""
        return float("nan") if self.law is None else float(np.copysign(self.law.critical, self.high))

    @property
    def bias(self) -> float:
        """Threshold of this plateau over that of an infinite one, less 1."""
        return self.current / self.extrapolated - 1


def threshold(
    device: FilmMemristor,
    *,
    plateau: float = 80.0,
    accuracy: float = 1e-3,
    cells: int | None = None,
    initial: AbstractInitial | None = None,
    tolerance: Tolerance | None = None,
    rise: float = RISE,
) -> Threshold:
    """The threshold of switching of ``device`` by simulation from ``initial`` (state I unless given).

    A film has switched when the composition of either end passes 0.5 within ``plateau`` tau_D; the bracket is closed to
    ``accuracy`` of the current. The current takes ``rise`` tau_D to its plateau: a sudden one may switch a film that a
    slow one of the same size does not, so that the threshold lies below :func:`fold`. A start with more ions at the
    bottom than at the top is driven by negative currents. In space the end that fills need do so at one place only; the
    threshold is then one for this dwell, this seed and this width, all of which belong to it. ``cells`` across the film: 200, 72
    in space.
    Raises :class:`InputError` for input that cannot be, :class:`RunError` where no current switches the film.
    """
    if not 1e-8 <= accuracy <= 0.1:
        raise InputError(f"threshold: accuracy = {accuracy!r} is outside its allowed range [1e-8, 0.1].")
    run = StepRuns(device, plateau, cells, tolerance, rise)
    profile = run.profile(initial)
    first, last = (float(end.mean()) for end in profile.reshape(run.cells, -1)[[0, -1]])
    sign = 1.0 if first >= last else -1.0
    runs: list[StepRun] = []

    def switches(size: float) -> bool:
        runs.append(run(profile, sign * size))
        if runs[-1].polarization == "none" and runs[-1].status != "finished":
            raise RunError(
                f"threshold: at {sign * size:.4g} i_D the run is {runs[-1].status} before any end changes phase: no current"
                " switches this film from this start."
            )
        return runs[-1].polarization != "none"

    low, high = _bracket(switches, _guess(device))
    tried = 0
    while high - low > accuracy * high:
        law = _law(runs)
        size = 0.5 * (low + high)
        if law is not None and tried % 3 < 2:  # every third run halves the bracket, whatever the law says
            aim, margin = law.threshold(plateau), 0.4 * accuracy * high
            beside = aim + margin if high - aim > aim - low else aim - margin
            size = beside if low < beside < high else size
        tried += 1
        low, high = (low, size) if switches(size) else (size, high)
    return Threshold(sign * low, sign * high, run.plateau, _law(runs), tuple(runs))


def _guess(device: FilmMemristor) -> float:
    try:
        return critical_current(device.here.solid, float(device.film.filling))
    except InputError:
        return GUESS


def _bracket(switches, guess: float) -> tuple[float, float]:
    """A current that does not switch the film and one that does, from a guess outwards."""
    size, factor = guess, 1.25
    if switches(size):
        while switches(size / factor):
            size, factor = size / factor, factor**1.5
            if size < 1e-6 * guess:
                raise RunError(f"threshold: the start switches by itself, even at {size:.2g} i_D.")
        return size / factor, size
    while not switches(size * factor):
        size, factor = size * factor, factor**1.5
        if size > LARGEST:
            raise RunError(f"threshold: no current up to {size:.4g} i_D switches this film.")
    return size, size * factor


def _law(runs: list[StepRun]) -> AbstractSlowingDown | None:
    switched = [run for run in runs if np.isfinite(run.first)]
    return fitted([abs(run.current) for run in switched], [run.first for run in switched])
