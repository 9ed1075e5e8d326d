"""What an engine is asked and what it answers: the only things that :func:`solion.conduct` and an engine share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import equinox as eqx
import numpy as np

from solion.base.errors import InputError
from solion.devices.polycrystal import Polycrystal
from solion.experiments.experiment import require
from solion.grids.grains.lengths import one_number


@dataclass(frozen=True)
class Problem:
    """A ceramic with its grains, and how it is driven: ``voltage`` (V) at the bottom against the top, or the mean
    ``current`` density (A/m2, along +z); the other is None."""

    polycrystal: Polycrystal
    microstructure: Any
    voltage: float | None
    current: float | None


def pose(verb: str, polycrystal: Polycrystal, microstructure: Any, voltage: float | None, current: float | None) -> Problem:
    """A problem, checked; ``verb`` is what asks, for refusals."""
    require(verb, polycrystal, Polycrystal)
    if voltage is not None and current is not None:
        raise InputError(f"{verb}: give voltage or current, not both.")
    drive: dict[str, float | None] = {"voltage": voltage, "current": current}
    for key, value in drive.items():
        if value is None:
            continue
        drive[key] = number = one_number(f"{verb}: {key}", value)
        if not (np.isfinite(number) and number != 0):
            raise InputError(f"{verb}: {key} = {value!r} must be a finite number other than zero.")
    return Problem(polycrystal.in_double_precision(), microstructure, **drive)


@dataclass(frozen=True)
class CrossSection:
    """Normal current density through a plane z = ``height``, in pieces.

    ``position`` (m, d - 1): centres in metres; ``size`` (m,): length or area of each piece; ``current_density`` (m,): its mean
    j_z in A/m2; ``grain`` (m,): the grain there, -1 in a layer; ``spacing``: the mesh size that limits windows, m, unless the
    current is ``smooth``, which varies over lengths far above the mesh. In 3D the pieces form a regular grid of ``shape``
    (nx, ny), x the slower. ``second_density``: a second estimate of the current density, less accurate, whose difference shows
    the error of the mesh; None where the engine has none.
    ``contacts``: grains, their sizes and their currents (A, in 2D A/m), where pieces lie across several grains.
    """

    height: float
    position: np.ndarray
    size: np.ndarray
    current_density: np.ndarray
    grain: np.ndarray
    spacing: float
    periodic: bool = False
    shape: tuple[int, int] | None = None
    second_density: np.ndarray | None = None
    smooth: bool = False
    contacts: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None

    @property
    def mean(self) -> float:
        """Mean current density, A/m2."""
        return float(self.current_density @ self.size / self.size.sum())


@dataclass(frozen=True)
class Boundaries:
    """Facets between grains: ``grains`` (m, 2); ``size`` in m or m2, ``resistance`` in ohm m2 and ``tilt`` = |n_z|, all (m,)."""

    grains: np.ndarray
    size: np.ndarray
    resistance: np.ndarray
    tilt: np.ndarray


@dataclass(frozen=True)
class Fields:
    """Answer of an engine.

    ``voltage``: bottom against top, V. ``current_bottom``, ``current_top``: mean current density through the electrodes by
    the engine's conservative flux, A/m2. ``sections``: ``bottom_electrode`` and ``top_electrode``, and, where layers lie between,
    ``bottom_ceramic`` and ``top_ceramic``. ``dissipation``: W per m2 of face in ``grains``, ``boundaries``, ``layers``,
    ``interfaces``, ``electrodes``. ``section(height)``: a plane anywhere. ``sample(points)``: phi (V) and current density
    (A/m2, (m, d)) at points, NaN outside; ``grain(points)``: the grain there, -1 in a layer, -2 in a pore or outside.
    ``mesh``: its numbers, for the record. ``outlines`` (m, 2, 2): lines between grains, for a map in 2D. ``windows``: of the
    hot-spot factors that the mesh allows, m; None for the usual ones. ``resolution``: the least distance from the ceramic at
    which the decay through a layer is given, m. ``dense``: whether the ceramic has neither pores nor second phases, as an
    estimate assumes. ``tolerance``: how well conservation must hold, relative. ``problems``: sentences on what is doubtful.
    """

    voltage: float
    current_bottom: float
    current_top: float
    sections: dict[str, CrossSection]
    dissipation: dict[str, float]
    section: Callable[[float], CrossSection]
    sample: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
    grain: Callable[[np.ndarray], np.ndarray]
    mesh: dict[str, float]
    boundaries: Boundaries | None = None
    outlines: np.ndarray | None = None
    windows: tuple[float, ...] | None = None
    resolution: float = 0.0
    dense: bool = True
    tolerance: float = 1e-9
    problems: tuple[str, ...] = field(default=())


class Derivatives(NamedTuple):
    """``value`` of a measure, and its derivatives at constant voltage.

    ``by_resistance``: by the ``resistance`` of each facet between two ``grains``, with ``position`` and ``size``;
    ``by_conductivity``: by that of each grain number, whose ``presence`` says whether the sample holds any of it.
    """

    value: float
    by_resistance: np.ndarray
    resistance: np.ndarray
    grains: np.ndarray
    position: np.ndarray
    size: np.ndarray
    by_conductivity: np.ndarray
    presence: np.ndarray


class AbstractEngine(eqx.Module):
    """Solves div(sigma grad phi) = 0 with resistive boundaries. One object per method, its settings as fields."""

    @abstractmethod
    def solve(self, problem: Problem) -> Fields:
        """The stationary field. Raises InputError for what it cannot take and RunError where it finds no solution."""

    @abstractmethod
    def spectrum(self, problem: Problem, frequencies: np.ndarray) -> tuple[np.ndarray, dict[str, float]]:
        """Complex area-specific impedance (ohm m2) at frequencies (Hz), and numbers for the record."""

    @abstractmethod
    def sensitivity(self, problem: Problem, measure: Any) -> Derivatives:
        """Derivatives of an :class:`~solion.experiments.conduction.measures.AbstractMeasure` by every boundary and grain."""
