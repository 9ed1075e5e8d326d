"""Core and outer shape of a wire whose reaction front runs at the speed of each crystal direction."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq

from solion.base.errors import InputError
from solion.experiments.front_shapes.plastic import ViscoplasticSwelling
from solion.experiments.front_shapes.swelling import darcy
from solion.grids.receding_body import circle, receding_radius
from solion.laws.facet_speed import harmonic_coefficients, plane_of, smooth_speed

NORMALS = 10  # a direction: the front's own
THIN = 0.004  # reacted fraction at which the flow in the shell begins; before it product moves straight out
LAST = 0.985
FACET = 2e-2  # of its distance by which a point may lie below a facet and count to it
RELAXED, ROUNDS, SETTLED = 0.35, 10, 0.02  # of the factors: share of a change, how often, and when it is enough
LONGEST = 1e6  # a0/v110 after which a front has stopped
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


class StressFeedback(NamedTuple):
    """How a viscoplastic shell slows the front under it: by exp(-alpha w+)(1 - exp(w - g))/(1 - exp(-g)), w = ``work`` pressed.

    ``work``: sigma_Y (beta - 1) Omega_M/x and ``drive``: g, the driving force, both in kT; ``asymmetry``: alpha. A facet moves as
    one, by the mean of the pressure over it.
    """

    work: float
    drive: float
    asymmetry: float = 0.5

    def factor(self, pressed: np.ndarray) -> np.ndarray:
        """Speed under ``pressed`` over that without stress; zero where the work exceeds the drive."""
        work = self.work * pressed
        slowed = np.exp(-self.asymmetry * np.maximum(work, 0)) / -np.expm1(-self.drive)
        return -np.expm1(np.minimum(work - self.drive, 0.0)) * slowed


class _Body:
    """A core that recedes by the speed of each normal, and by what the stress on it leaves of that."""

    def __init__(self, directions: int, axis: str, law, amorphised: float):
        self.normals, self.along = circle(NORMALS * directions), circle(directions)
        self.speed = (1 - amorphised) * smooth_speed(self.normals @ plane_of(axis), law) + amorphised
        self.support = np.ones(len(self.normals))
        self.time, self.factor = 0.0, np.ones(len(self.normals))

    def core(self, after: float) -> np.ndarray:
        """Its radii that much later."""
        return receding_radius(self.along, self.normals, self.support - after * self.factor * self.speed)

    def until(self, fraction: float) -> float:
        """Time to a reacted fraction; infinite where stress stops the front before it."""

        def left(after: float) -> float:
            return float(1 - np.mean(self.core(after) ** 2) - fraction)

        longest = 2 / max(float(np.max(self.factor * self.speed)), 1e-12)
        while left(longest) < 0:
            longest *= 4
            if longest > LONGEST:
                return np.inf
        return float(brentq(left, 0.0, longest, xtol=1e-10))  # pyright: ignore[reportArgumentType]

    def advance(self, after: float) -> None:
        """Go on by a time."""
        self.support = self.support - after * self.factor * self.speed
        self.time += after

    def slow(self, feedback: StressFeedback, pressed: np.ndarray) -> tuple[float, float]:
        """Bring the factors nearer to those of the pressure by direction, its mean over each normal's facet: (their change, their
        largest). A flow without rate answers to differences of speed alone, so that a whole step to them would swing."""
        reach = self.core(0.0)[:, None] * (self.along @ self.normals.T)
        touching = reach >= reach.max(0) * (1 - FACET)
        wanted = feedback.factor(pressed @ touching / touching.sum(0))
        change, self.factor = wanted - self.factor, self.factor + RELAXED * (wanted - self.factor)
        return float(np.max(np.abs(change))), float(np.max(wanted))


def _settle(body: _Body, feedback: StressFeedback, swelling, fraction, half, before, area, turn) -> bool:
    """Speeds and stress of one step that belong together; False where no direction would move."""
    for _ in range(ROUNDS):
        change, fastest = body.slow(feedback, swelling.pressed)
        if fastest < 1e-3:
            return False
        if change < SETTLED:
            break
        after = body.until(fraction)
        swelling(body.core(after / 2), half, area * (before**2 - body.core(after) ** 2), turn)
    return True


def wire_shapes(
    axis: str,
    *,
    volume_ratio: float,
    speeds: tuple[float, float, float] = (6.0, 2.0, 1.0),
    amorphised: float = 0.0,
    directions: int = 144,
    steps: int = 100,
    viscoplastic: bool = False,
    feedback: StressFeedback | None = None,
) -> FrontShapes:
    """A wire along <axis> (100, 110, 111, 112) with speeds on {110}, {100}, {111}, swelling as a Darcy flow (closure W2).

    ``viscoplastic``: as a yielding shell instead (W3, :mod:`.plastic`), with the stress on the front;
    then 40 steps do. It ends where the shell's thinnest part has lost half of its thickness: a neck that perfect plasticity
    does not heal. ``feedback``: how the stress of that shell slows the front, which may arrest; steps end there.

    The front is exact (:mod:`solion.grids.receding_body`); the shell's flow carries what it makes to the outside, area kept to
    round-off. ``amorphised``: share theta of the front without anisotropy, v = v110 [(1 - theta) g(n) + theta]. Raises InputError
    for speeds that are not positive along every direction, an axis that is not known, a share outside 0 to 1.
    """
    if not 0 <= amorphised <= 1:
        raise InputError(f"amorphised = {amorphised!r} is outside its allowed range 0 to 1; it is a share of the front.")
    if directions < 24 or steps < 10:
        raise InputError(f"directions = {directions}, steps = {steps}: give at least 24 directions and 10 steps.")
    if feedback is not None and not viscoplastic:
        raise InputError("feedback needs viscoplastic = True: only a yielding shell has a stress by direction.")
    body = _Body(directions, axis, harmonic_coefficients(*(speed / speeds[0] for speed in speeds)), amorphised)
    turn, swelling = 2 * np.pi / directions, ViscoplasticSwelling() if viscoplastic else darcy
    body.advance(body.until(THIN))
    time, core = [body.time], [body.core(0.0)]
    outer = [np.sqrt(1 + (volume_ratio - 1) * (1 - core[0] ** 2))]
    pressed, thinnest, area = [], np.zeros(0), (volume_ratio - 1) * turn / 2
    for fraction in np.linspace(0, LAST, steps)[1:]:
        after = body.until(fraction)
        middle, last = body.core(after / 2), body.core(after)
        leaving = swelling(core[-1], outer[-1], area * (core[-1] ** 2 - middle**2), turn)
        half = np.sqrt(outer[-1] ** 2 + 2 * leaving / turn)
        leaving = swelling(middle, half, area * (core[-1] ** 2 - last**2), turn)
        if feedback is not None and not _settle(body, feedback, swelling, fraction, half, core[-1], area, turn):
            break
        if feedback is not None:
            after = body.until(fraction)
            last = body.core(after)
            leaving = swelling(body.core(after / 2), half, area * (core[-1] ** 2 - last**2), turn)
        pressed.append(swelling.pressed if viscoplastic else None)
        reached = outer[-1] ** 2 + 2 * leaving / turn
        thinnest = np.append(thinnest, np.min(np.sqrt(np.maximum(reached, 0)) - last))
        if viscoplastic and thinnest[-1] < NECKED * thinnest.max():
            break
        outer.append(np.sqrt(reached))
        core.append(last)
        body.advance(after)
        time.append(body.time)
    core, outer, time = np.array(core), np.array(outer), np.array(time)
    stress = np.array([*pressed, pressed[-1]])[: len(core)] if viscoplastic else None
    return FrontShapes(axis, volume_ratio, turn * np.arange(directions), time, 1 - np.mean(core**2, 1), core, outer, stress)
