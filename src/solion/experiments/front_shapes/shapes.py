"""Core and outer shape of a wire whose reaction front runs at the speed of each crystal direction."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np

from solion.base.errors import InputError
from solion.experiments.front_shapes.plastic import ViscoplasticSwelling
from solion.experiments.front_shapes.swelling import darcy
from solion.grids.receding_body import circle, receding_radius
from solion.laws.facet_speed import harmonic_coefficients, plane_of, smooth_speed

NORMALS = 10  # a direction: the front's own
THIN = 0.004  # reacted fraction at which the flow in the shell begins; before it product moves straight out
LAST = 0.985
NECKED = 0.5  # of its largest, thinnest part of a yielding shell at which it is taken to tear


@dataclasses.dataclass(frozen=True)
class FrontShapes:
    """``core`` and ``outer`` radius (in a0) by (fraction, direction), at ``time`` (in a0/v110) and reacted ``fraction``.

    ``angles`` are counted from e1 of the wire's plane towards e2.
    """

    axis: str
    volume_ratio: float
    angles: np.ndarray
    time: np.ndarray
    fraction: np.ndarray
    core: np.ndarray
    outer: np.ndarray
    pressed: np.ndarray | None = None  # -sigma_nn/sigma_Y on the front, of a viscoplastic shell

    @property
    def ratio(self) -> np.ndarray:
        """Largest over smallest outer radius, by fraction."""
        return self.outer.max(1) / self.outer.min(1)

    @property
    def area_error(self) -> np.ndarray:
        """Area of the whole over core + beta (host consumed), less one: sums over the directions."""
        whole = 1 + (self.volume_ratio - 1) * (1 - np.mean(self.core**2, 1))
        return np.mean(self.outer**2, 1) / whole - 1

    def maxima(self, row: int = -1) -> np.ndarray:
        """Angles (degrees) at which the outer radius is largest nearby, by a parabola through three directions."""
        b = self.outer[row]
        before, after = np.roll(b, 1), np.roll(b, -1)
        top = np.flatnonzero((b > before) & (b >= after) & (b > b.min() + 0.5 * np.ptp(b)))
        shift = 0.5 * (before[top] - after[top]) / (before[top] - 2 * b[top] + after[top])
        return np.degrees(self.angles[top] + shift * (self.angles[1] - self.angles[0])) % 360

    def retimed(self, factor) -> np.ndarray:
        """Times where the driving force slows all directions alike: ``factor(ln(b/a))`` of the mean radii multiplies the speed.

        This is the stress of an isotropic shell of the same filling: it moves the clock, not the shape. Infinite once it stops.
        """
        strain = np.log(np.sqrt(np.mean(self.outer**2, 1) / np.mean(self.core**2, 1)))
        speed = np.maximum(np.asarray(factor(strain), float), 0)
        slow = 1 / np.maximum(speed, 1e-300)
        steps = np.diff(self.time) * (slow[1:] + slow[:-1]) / 2
        time = self.time[0] * slow[0] + np.concatenate([[0], np.cumsum(steps)])
        return np.where(np.cumsum(speed <= 0) > 0, np.inf, time)


def wire_shapes(
    axis: str,
    *,
    volume_ratio: float,
    speeds: tuple[float, float, float] = (6.0, 2.0, 1.0),
    amorphised: float = 0.0,
    directions: int = 144,
    steps: int = 100,
    viscoplastic: bool = False,
) -> FrontShapes:
    """A wire along <axis> (100, 110, 111, 112) with speeds on {110}, {100}, {111}, swelling as a Darcy flow (closure W2).

    ``viscoplastic``: as a yielding shell instead (W3, :mod:`.plastic`), with the stress on the front;
    then 40 steps do. It ends where the shell's thinnest part has lost half of its thickness: a neck that perfect plasticity
    does not heal.

    The front is exact (:mod:`solion.grids.receding_body`); the shell's flow carries what it makes to the outside, area kept to
    round-off. ``amorphised``: share theta of the front without anisotropy, v = v110 [(1 - theta) g(n) + theta]. Raises InputError
    for speeds that are not positive along every direction, an axis that is not known, a share outside 0 to 1.
    """
    if not 0 <= amorphised <= 1:
        raise InputError(f"amorphised = {amorphised!r} is outside its allowed range 0 to 1; it is a share of the front.")
    if directions < 24 or steps < 10:
        raise InputError(f"directions = {directions}, steps = {steps}: give at least 24 directions and 10 steps.")
    law = harmonic_coefficients(*(speed / speeds[0] for speed in speeds))
    normals, along = circle(NORMALS * directions), circle(directions)
    speed = (1 - amorphised) * smooth_speed(normals @ plane_of(axis), law) + amorphised

    def core_at(time: float) -> np.ndarray:
        return receding_radius(along, normals, 1 - time * speed)

    turn = 2 * np.pi / directions
    clock = np.linspace(0, 1 / speed.max(), 200)
    clock = np.concatenate([clock, clock[-1] * np.linspace(1.01, speed.max() / speed.min(), 100)])
    filled = np.array([1 - np.mean(core_at(t) ** 2) for t in clock])
    filled = np.maximum.accumulate(filled)
    rising = np.concatenate([[True], np.diff(filled) > 0])
    fraction = np.concatenate([[THIN], np.linspace(0, LAST, steps)[1:]])
    time = np.interp(fraction, filled[rising], clock[rising])
    swelling = ViscoplasticSwelling() if viscoplastic else darcy
    core = [core_at(time[0])]
    outer = [np.sqrt(1 + (volume_ratio - 1) * (1 - core[0] ** 2))]
    pressed, thinnest = [], np.zeros(0)
    for before, after in pairwise(time):
        middle, last = core_at((before + after) / 2), core_at(after)
        area = (volume_ratio - 1) * turn / 2
        leaving = swelling(core[-1], outer[-1], area * (core[-1] ** 2 - middle**2), turn)
        pressed.append(swelling.pressed if isinstance(swelling, ViscoplasticSwelling) else None)
        half = np.sqrt(outer[-1] ** 2 + 2 * leaving / turn)
        leaving = swelling(middle, half, area * (core[-1] ** 2 - last**2), turn)
        reached = outer[-1] ** 2 + 2 * leaving / turn
        thinnest = np.append(thinnest, np.min(np.sqrt(np.maximum(reached, 0)) - last))
        if viscoplastic and thinnest[-1] < NECKED * thinnest.max():
            break
        outer.append(np.sqrt(reached))
        core.append(last)
    core, outer = np.array(core), np.array(outer)
    time = time[: len(core)]
    stress = np.array([*pressed, pressed[-1]])[: len(core)] if viscoplastic else None
    return FrontShapes(axis, volume_ratio, turn * np.arange(directions), time, 1 - np.mean(core**2, 1), core, outer, stress)
