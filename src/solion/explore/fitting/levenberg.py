"""Levenberg-Marquardt of optimistix around a model that is run outside JAX: bounds, failed runs, when to stop.

The solver looks at residual and Jacobian only at the point it is about to judge, and these enter as an affine function that
has just that value and slope there. Only their triangular factor is handed over, so that the solver's own program does
not depend on the number of rows.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optimistix

CLOSE = 1e-2  # standard errors: a Gauss-Newton step shorter than this ends the search
NEARLY = 0.3  # the same, where the steps it tries are refused: the runs do not resolve so small a gain
EDGE = 1e-3  # of the distance between bounds: nearer than this a number is at its bound
STALLED = 12  # steps refused in a row
NEAR = 1e-6  # how close to its bounds a number may start, as a share of their distance


@dataclasses.dataclass(frozen=True)
class NumberBounds:
    """Bounds of one number, and whether it is searched in its logarithm.

    The search runs in u with theta = low + (high - low)/(1 + exp(-u)), theta the number or its logarithm.
    """

    low: float
    high: float
    logarithmic: bool

    def theta(self, value: float) -> float:
        """The number, or its logarithm."""
        return float(np.log(value)) if self.logarithmic else float(value)

    @property
    def ends(self) -> tuple[float, float]:
        """Both bounds as theta."""
        return self.theta(self.low), self.theta(self.high)

    def value(self, theta: float) -> float:
        """The number at theta."""
        return float(np.exp(theta)) if self.logarithmic else float(theta)

    def free(self, value: float) -> float:
        """u of a number."""
        low, high = self.ends
        share = np.clip((self.theta(value) - low) / (high - low), NEAR, 1 - NEAR)
        return float(np.log(share / (1 - share)))

    def bound(self, free: float) -> tuple[float, float]:
        """theta at u, and d theta / d u."""
        low, high = self.ends
        share = 1 / (1 + np.exp(-np.clip(free, -40, 40)))
        return low + (high - low) * share, (high - low) * share * (1 - share)


class SearchPoint(NamedTuple):
    """Weighted residuals at some numbers, and their Jacobian with respect to theta (None where it was not asked for)."""

    theta: np.ndarray
    residual: np.ndarray
    jacobian: np.ndarray | None

    @property
    def cost(self) -> float:
        """Sum of squares."""
        return float(self.residual @ self.residual)


class Search(NamedTuple):
    """Where a search ended, and how: ``converged`` within a hundredth of the standard errors, or not, and why in words."""

    best: SearchPoint
    converged: bool
    reason: str
    iterations: int
    refused: int
    failed: int


_CONVERGED = "the next step would be far below the standard errors"
_STALLED = f"{STALLED} trials in a row led uphill"

Evaluate = Callable[[np.ndarray, bool], SearchPoint | None]  # theta and whether the Jacobian is wanted; None: the run failed


def search(
    evaluate: Evaluate,
    ranges: list[NumberBounds],
    start: np.ndarray,
    *,
    known_noise: bool,
    floor: float = 0.0,
    most: int = 60,
    close: float = CLOSE,
    on_step: Callable[[int, SearchPoint | None, bool], None] | None = None,
) -> Search | None:
    """Least squares from ``start`` (theta); None where not even the start can be run.

    A trial whose run fails counts as a step that leads uphill: it is refused and the next one is shorter. With
    ``known_noise`` the residuals are in standard deviations; otherwise their own variance is the measure for ``close``.
    ``floor`` is the length of residuals that the runs themselves do not resolve.
    """
    first = evaluate(start, True)
    if first is None:
        return None
    best: SearchPoint = first
    size = np.sqrt(best.cost) or 1.0  # the damping of the solver is meant for residuals of order one
    free = np.array([entry.free(entry.value(theta)) for entry, theta in zip(ranges, start, strict=True)])
    solver = _solver()
    model = _affine(best, free, ranges, size)
    y = jnp.asarray(free)
    state = _begin(solver, y, model)
    refused = failed = in_a_row = 0
    for iteration in range(most):
        y, state = _step(solver, y, model, state)
        trial = np.asarray(state.y_eval)
        reach, deviation = _reach(best, ranges, known_noise)
        if reach <= max(close * deviation, floor):
            return Search(best, True, _CONVERGED, iteration, refused, failed)
        theta = np.array([entry.bound(u)[0] for entry, u in zip(ranges, trial, strict=True)])
        point = evaluate(theta, False)
        if point is not None and point.cost < best.cost:
            point = evaluate(theta, True)  # only a trial that may be taken is worth its slopes
        better = point is not None and point.jacobian is not None and point.cost < best.cost
        failed += point is None
        if on_step is not None:
            on_step(iteration, point, better)
        if better and point is not None:
            best, in_a_row = point, 0
            model = _affine(best, trial, ranges, size)
        else:
            refused, in_a_row = refused + 1, in_a_row + 1
            if in_a_row >= STALLED:
                near = reach <= NEARLY * deviation
                return Search(best, near, _CONVERGED if near else _STALLED, iteration + 1, refused, failed)
            model = _uphill(best, trial, ranges, size)
    return Search(best, False, f"{most} trials were not enough", most, refused, failed)


class Affine(NamedTuple):
    """residual + slope (y - at)."""

    at: jax.Array
    residual: jax.Array
    slope: jax.Array


@functools.cache
def _solver() -> optimistix.LevenbergMarquardt:
    """Levenberg-Marquardt that trusts a step of half the foretold gain; its own default of 0.99 creeps from afar."""
    solver = optimistix.LevenbergMarquardt(rtol=1e-14, atol=1e-14)
    constants = lambda solver: (solver.search.high_cutoff, solver.search.high_constant)  # noqa: E731
    return eqx.tree_at(constants, solver, (0.5, 10.0))


def _value(y, model: Affine):
    return model.residual + model.slope @ (y - model.at), None


# Both are traced: a state that was made outside holds functions of its own, for which every fit would compile its step anew.


@eqx.filter_jit
def _begin(solver, y, model: Affine):
    shape = jax.ShapeDtypeStruct((y.shape[0] + 1,), float)
    return solver.init(_value, y, model, {}, shape, None, frozenset())


@eqx.filter_jit
def _step(solver, y, model, state):
    y, state, _ = solver.step(_value, y, model, {}, state, frozenset())
    return y, state


def _affine(point: SearchPoint, free: np.ndarray, ranges: list[NumberBounds], size: float) -> Affine:
    """Triangular factor of (Jacobian, residual) in u: the same sums of squares and products as all rows."""
    assert point.jacobian is not None
    chain = np.array([entry.bound(u)[1] for entry, u in zip(ranges, free, strict=True)])
    together = np.column_stack([point.jacobian * chain, point.residual]) / size
    factor: np.ndarray = np.linalg.qr(together, mode="r")  # pyright: ignore[reportAssignmentType]
    whole = np.zeros((len(ranges) + 1, len(ranges) + 1))
    whole[: factor.shape[0]] = factor
    return Affine(jnp.asarray(free), jnp.asarray(whole[:, -1]), jnp.asarray(whole[:, :-1]))


def _uphill(best: SearchPoint, free: np.ndarray, ranges: list[NumberBounds], size: float) -> Affine:
    """A point that the solver will refuse."""
    count = len(ranges)
    residual = np.full(count + 1, 2 * np.sqrt(best.cost) / size + 1)
    return Affine(jnp.asarray(free), jnp.asarray(residual), jnp.zeros((count + 1, count)))


def _reach(point: SearchPoint, ranges: list[NumberBounds], known_noise: bool) -> tuple[float, float]:
    """Change of the residuals along the Gauss-Newton step, and their standard deviation; numbers pressed to a bound stay."""
    assert point.jacobian is not None
    rows, count = point.jacobian.shape
    deviation = 1.0 if known_noise else np.sqrt(point.cost / max(rows - count, 1))
    uphill = point.jacobian.T @ point.residual
    ends = np.array([entry.ends for entry in ranges])
    share = (point.theta - ends[:, 0]) / (ends[:, 1] - ends[:, 0])
    free = ~(((share < EDGE) & (uphill > 0)) | ((share > 1 - EDGE) & (uphill < 0)))
    if not free.any():
        return 0.0, float(deviation)
    step, *_ = np.linalg.lstsq(point.jacobian[:, free], point.residual, rcond=1e-10)
    return float(np.linalg.norm(point.jacobian[:, free] @ step)), float(deviation)
