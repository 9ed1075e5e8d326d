"""Critical nuclei of the ion-rich phase at a contact, their barriers and their stability, with the interface as wide as it is.

A critical nucleus is a saddle of the grand potential over the supersaturated film far away, of composition c_inf,

    G = int [g(c) - g(c_inf) - mu (c - c_inf) + kappa |grad c|^2] dV + int gamma_w dA,    mu = mu_h(c_inf),

with the contact's energy dgamma_w/dc = -2 sqrt(kappa W(c)) cos(theta) between the binodals, which gives Young's angle theta for
the rich phase. Solved by Newton's method on a half plane (a ridge along the contact) or with an axis (a cap), from a sharp cap
where that is good, followed from there in c_inf. In lengths l = sqrt(kappa) nothing but the material and c_inf is left, so that a
barrier in k_B T does not depend on the film's thickness. Under a current there is no grand potential: these are barriers at
rest, of a film whose composition at the contact a current has raised to c_inf. Derived for Solion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import scipy.sparse as sparse
from scipy.interpolate import CubicSpline
from scipy.sparse.linalg import eigsh, splu

from solion.base.constants import AVOGADRO
from solion.base.errors import InputError
from solion.materials.mixed_conductor import MixedConductor
from solion.thermodynamics.flat_interface import interface, surface_pull
from solion.thermodynamics.nuclei import rich_composition, sharp_nucleus, wetting_limit
from solion.thermodynamics.phases import _evaluate, _two_phases, above_tangent, phase_diagram

NEWTONS = 40
MARGIN, DECAYS = 5.0, 8.0  # l, and lengths over which a disturbance dies out, that a box reaches beyond the nucleus
CLEAR = 0.7  # radius of a sharp cap in units of the interface's width from which on it is a good guess


class CriticalNucleus(NamedTuple):
    """A saddle at a contact. Lengths are in l = sqrt(kappa h^2) (m), compositions in c_0.

    ``barrier``: of a cap in k_B T; of a ridge in k_B T per length l along the contact. ``scaled``: the same over c_0 R T l^3.
    ``largest``: content in the middle; ``negative``: unstable directions, one in a transition state; ``lowest``: the lowest
    eigenvalues of the Hessian per volume (k_B T); ``detached``: the barrier of the drop that touches nothing; ``ions``: how many
    more than without it (of a ridge per l); ``slope``: d(barrier)/d(composition), by the envelope theorem -mu_h' times them.
    """

    barrier: float
    scaled: float
    largest: float
    negative: int
    lowest: tuple[float, ...]
    detached: float
    ions: float
    slope: float
    length: float
    height: np.ndarray
    radius: np.ndarray
    composition: np.ndarray

    @property
    def is_transition_state(self) -> bool:
        """Whether a nucleus forms here: one unstable direction, and no cheaper one that is detached."""
        return self.negative == 1 and self.barrier <= self.detached * (1 + 1e-6)


class _Grid(NamedTuple):
    """Points on a quarter of the plane through a nucleus, wall and axis included, in lengths l."""

    height: np.ndarray
    radius: np.ndarray
    volume: np.ndarray
    wall: np.ndarray  # area of the contact that each point stands for
    stiffness: sparse.csc_matrix  # c . stiffness c is int |grad c|^2


class _Wall(NamedTuple):
    """gamma_w and its derivatives against the composition, over c_0 R T l."""

    energy: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]
    bend: Callable[[np.ndarray], np.ndarray]


def critical_nucleus(
    material: MixedConductor, composition: float, angle: float = 90.0, dimensions: int = 3, spacing: float = 0.13
) -> CriticalNucleus:
    """The critical nucleus at a contact beside a poor phase of this composition.

    ``angle`` in degrees, of the rich phase; ``dimensions`` 3 for a cap, 2 for a ridge; ``spacing`` of the grid in l, whose error
    is of second order: at 0.13 it is 0.1 % of a neutral contact's barrier, 1 % of one at 60 degrees. Raises InputError where the
    poor phase is not supersaturated, where an attractive contact is beyond its wetting limit (there is no barrier), for an angle
    outside (0, 180) and for a nucleus that is not found.
    """
    rich_composition(material, composition)  # refuses what is not supersaturated
    if not 0 < angle < 180:
        raise InputError(f"critical_nucleus: angle = {angle!r} is outside its allowed range (0, 180) degrees.")
    if dimensions not in (2, 3):
        raise InputError(f"critical_nucleus: dimensions = {dimensions!r} is not 2 or 3.")
    if angle < 90:
        limit = wetting_limit(material, sum(_two_phases(material).binodal) / 2, 1e-7, angle=angle).composition
        if composition >= limit:
            raise InputError(
                f"critical_nucleus: composition = {composition:g} is beyond the wetting limit {limit:.4g} of a contact of"
                f" {angle:g} degrees, where the rich phase forms without a barrier."
            )
    scaled, problem, profile = _saddle(material, composition, angle, dimensions, spacing)
    grid, lowest = problem.grid, problem.lowest(profile)
    detached = 2 * (_saddle(material, composition, 90.0, dimensions, spacing)[0] if angle != 90 else scaled)
    length = float(np.sqrt(material.gradient_energy))
    ions = float(material.concentration * AVOGADRO * length**3)
    shape = grid.height.size, grid.radius.size
    more = float(grid.volume @ (profile - problem.flat())) * ions
    return CriticalNucleus(
        scaled * ions,
        scaled,
        float(profile.max()),
        int(np.sum(np.asarray(lowest) < 0)),
        lowest,
        detached * ions,
        more,
        -more * float(_evaluate(material)(composition).slope),
        length,
        grid.height,
        grid.radius,
        profile.reshape(shape),
    )


def _saddle(material, composition: float, angle: float, dimensions: int, spacing: float):
    """(barrier over c_0 R T l^3, problem, profile) of the nucleus, followed from where a cap is a good guess."""
    wall = _wall(material, angle)
    width = interface(material).width
    guess = None
    for here in _path(material, composition, dimensions, width):
        sharp = sharp_nucleus(material, here, np.sqrt(material.gradient_energy), angle, dimensions)
        grid = _grid(material, here, sharp.radius, angle, dimensions, spacing)
        starts = _caps(material, here, sharp.radius, angle, grid, width) if guess is None else [_moved(guess, grid)]
        problem = _Problem(material, here, grid, wall)
        flat = problem.flat()
        found = next(filter(lambda c: _is_nucleus(c, flat), filter(lambda c: c is not None, map(problem.newton, starts))), None)
        if found is None:
            raise InputError(
                f"critical_nucleus: no nucleus is found at composition {here:.5g} and {angle:g} degrees; take a composition"
                f" nearer to the binodal {phase_diagram(material).binodal[0]:.4g} or a finer spacing than {spacing:g}."
            )
        guess = grid, found, here
    assert guess is not None
    return problem.energy(found) - problem.energy(flat), problem, found


def _is_nucleus(profile, flat) -> bool:
    return float(np.max(profile - flat)) > 1e-3 and bool(np.min(profile - flat) > -0.05) and float(np.mean(profile - flat)) < 0.5


def _path(material, composition: float, dimensions: int, width: float) -> Iterator[float]:
    """Compositions from one whose sharp cap is large enough to be a good guess to the one asked for."""
    low, high = phase_diagram(material).binodal[0], phase_diagram(material).spinodal[0]
    length = np.sqrt(material.gradient_energy)

    def clear(c):
        return sharp_nucleus(material, c, length, 90.0, dimensions).radius * length >= CLEAR * width

    start = composition
    while not clear(start):
        start = low + (start - low) * 0.9
    steps = max(1, int(np.ceil((composition - start) / (0.03 * (high - low)))))
    return iter(np.linspace(start, composition, steps + 1) if start < composition else [composition])


def _grid(material, composition: float, radius: float, angle: float, dimensions: int, spacing: float) -> _Grid:
    slope = float(_evaluate(material)(composition).slope)
    beyond = MARGIN + DECAYS * np.sqrt(2 / max(slope, 0.5))
    top, side = radius * max(1 - np.cos(np.deg2rad(angle)), 0.5) + beyond, radius + beyond
    x, r = (spacing * np.arange(int(np.ceil(size / spacing)) + 1) for size in (top, side))
    edges = [np.concatenate([[0.0], 0.5 * (nodes[1:] + nodes[:-1]), nodes[-1:]]) for nodes in (x, r)]
    thick = np.diff(edges[0])
    ring = np.pi * np.diff(edges[1] ** 2) if dimensions == 3 else 2 * np.diff(edges[1])  # a ridge has two sides
    reach = 2 * np.pi * edges[1][1:-1] if dimensions == 3 else np.full(r.size - 1, 2.0)
    steps = [sparse.diags([-np.ones(n), np.ones(n - 1)], [0, 1], shape=(n - 1, n)) for n in (x.size, r.size)]  # pyright: ignore
    up = sparse.kron(steps[0].T @ steps[0] / spacing, sparse.diags(ring))
    out = sparse.kron(sparse.diags(thick), steps[1].T @ sparse.diags(reach / spacing) @ steps[1])
    wall = np.zeros((x.size, r.size))
    wall[0] = ring
    return _Grid(x, r, np.outer(thick, ring).ravel(), wall.ravel(), sparse.csc_matrix(up + out))


def _wall(material, angle: float) -> _Wall:
    """The contact's energy: a spline through int sqrt(W) dc, without any outside the binodals."""
    c, steepest = surface_pull(material, np.sqrt(material.gradient_energy), points=2001)
    low, high = c[0], c[-1]
    pull = CubicSpline(c, -np.cos(np.deg2rad(angle)) * steepest)
    whole, bend = pull.antiderivative(), pull.derivative()

    def within(values, function):
        return np.where((values > low) & (values < high), function(values), 0.0)

    return _Wall(lambda v: whole(np.clip(v, low, high)), lambda v: within(v, pull), lambda v: within(v, bend))


def _caps(material, composition: float, radius: float, angle: float, grid: _Grid, width: float) -> Iterator[np.ndarray]:
    """Sharp caps with a smooth edge, from the critical size outwards and inwards."""
    rich, cosine = rich_composition(material, composition), np.cos(np.deg2rad(angle))
    half = 0.5 * width / np.sqrt(material.gradient_energy)
    for size in (1.0, 0.95, 1.05, 0.9, 1.1, 0.85, 1.15, 0.8, 0.75, 0.7):
        far = np.hypot(grid.height[:, None] + size * radius * cosine, grid.radius)
        share = 0.5 * (1 - np.tanh((far - size * radius) / half))
        yield (composition + (rich - composition) * share).ravel()


def _moved(guess, grid: _Grid) -> np.ndarray:
    """A nucleus on another grid of the same spacing: cut, or continued by what is far away."""
    old, profile, far = guess
    whole = np.full((grid.height.size, grid.radius.size), far)
    x, r = min(old.height.size, grid.height.size), min(old.radius.size, grid.radius.size)
    whole[:x, :r] = profile.reshape(old.height.size, old.radius.size)[:x, :r]
    return whole.ravel()


class _Problem(NamedTuple):
    """The grand potential on a grid, its gradient and its Hessian."""

    material: MixedConductor
    far: float
    grid: _Grid
    wall: _Wall

    def energy(self, c) -> float:
        evaluate, grid = _evaluate(self.material), self.grid
        bulk = above_tangent(evaluate(c), evaluate(self.far), c - self.far)
        return float(grid.volume @ bulk + c @ (grid.stiffness @ c) + grid.wall @ self.wall.energy(c))

    def gradient(self, c):
        """Its derivatives, and the Hessian."""
        evaluate, grid = _evaluate(self.material), self.grid
        there = evaluate(c)
        slope = grid.volume * (there.potential - evaluate(self.far).potential)
        diagonal = grid.volume * there.slope + grid.wall * self.wall.bend(c)
        first = slope + 2 * (grid.stiffness @ c) + grid.wall * self.wall.slope(c)
        return first, sparse.csc_matrix(2 * grid.stiffness + sparse.diags(diagonal))

    def newton(self, c) -> np.ndarray | None:
        """The stationary state near ``c``; none where Newton's method does not settle."""
        top = float(self.material.free_energy.capacity)
        for _ in range(NEWTONS):
            first, second = self.gradient(c)
            step = -splu(second).solve(first)
            largest = np.max(np.abs(step))
            if not np.isfinite(largest):
                return None
            if largest < 1e-10:
                return c + step
            step *= min(1.0, 0.25 / largest)
            moved = c + step
            c = np.where(moved <= 0, 0.5 * c, np.where(moved >= top, 0.5 * (c + top), moved))
        return None

    def flat(self) -> np.ndarray:
        """The metastable state without a nucleus, which a contact that is not neutral bends near itself."""
        found = self.newton(np.full(self.grid.volume.shape, self.far))
        if found is None:
            raise InputError(f"critical_nucleus: the state without a nucleus is not found at composition {self.far:g}.")
        return found

    def lowest(self, c) -> tuple[float, ...]:
        """Lowest eigenvalues of the Hessian over volumes."""
        _, second = self.gradient(c)
        volume = sparse.diags(self.grid.volume)
        below = float(np.min(second.diagonal() / self.grid.volume - 2 * self.grid.stiffness.diagonal() / self.grid.volume)) - 1
        values = eigsh(second, k=3, M=volume, sigma=below, which="LM", return_eigenvectors=False)
        return tuple(float(value) for value in np.sort(values))
