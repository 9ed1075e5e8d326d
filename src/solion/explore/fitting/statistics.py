"""What data say about fitted numbers: standard errors, correlation, and a warning where they say nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np

from solion.explore.fitting.levenberg import EDGE, SearchPoint
from solion.explore.fitting.problem import FreeParameter

COLLINEAR = 0.98  # of a correlation
CONDITION = 1e10  # of the scaled J^T J: errors of a run's 1e-6 then reach the numbers
CORRELATED = 0.5  # of the residuals of neighbouring rows


@dataclasses.dataclass(frozen=True)
class Statistics:
    """Of a fit, in theta (a number, or its logarithm where it is searched in that).

    ``covariance`` = s^2 (J^T J)^-1 with s^2 = ``reduced`` (sum of squares over degrees of freedom) where the noise is not
    known and 1 where it is; infinite for numbers that the data do not feel. ``condition`` is that of J^T J scaled to a unit
    diagonal.
    """

    covariance: np.ndarray
    correlation: np.ndarray
    condition: float
    reduced: float
    warnings: tuple[str, ...]

    @property
    def errors(self) -> np.ndarray:
        """Standard errors of theta."""
        return np.sqrt(np.diag(self.covariance))


def statistics(best: SearchPoint, free: Sequence[FreeParameter], *, known_noise: bool, floor: float = 0.0) -> Statistics:
    """Errors from the Jacobian at the best point, and plain words on what it cannot tell.

    ``floor`` is the length of residuals that runs do not resolve; noise that is not known is taken to be no smaller.
    """
    assert best.jacobian is not None
    rows, count = best.jacobian.shape
    reduced = best.cost / max(rows - count, 1)
    length = np.linalg.norm(best.jacobian, axis=0)
    felt = length > 0
    inverse = np.zeros((count, count))
    condition = np.inf
    if felt.any():
        _, singular, right = np.linalg.svd(best.jacobian[:, felt] / length[felt], full_matrices=False)
        if felt.all() and singular[-1] > 0:
            condition = float((singular[0] / singular[-1]) ** 2)
        blunt = right.T / np.maximum(singular, 1e-14 * singular[0])
        inverse[np.ix_(felt, felt)] = (blunt @ blunt.T) / np.outer(length[felt], length[felt])
    inverse[~felt, ~felt] = np.inf
    covariance = inverse * (1.0 if known_noise else max(reduced, floor**2 / rows))
    size = np.sqrt(np.where(np.isfinite(np.diag(inverse)) & (np.diag(inverse) > 0), np.diag(inverse), 1.0))
    correlation = np.where(np.isfinite(inverse), inverse, 0.0) / np.outer(size, size)
    np.fill_diagonal(correlation, 1.0)
    errors = np.sqrt(np.diag(covariance))
    words = [
        *_blind(best, free, errors, felt),
        *_correlated_pairs(free, correlation, felt, condition),
        *_misfit(best, reduced, known_noise, rows - count),
    ]
    return Statistics(covariance, correlation, condition, float(reduced), tuple(words))


def _blind(best, free, errors, felt) -> Iterator[str]:
    for k, entry in enumerate(free):
        key = entry.number.key
        low, high = entry.range.ends
        if not felt[k]:
            yield f"the data do not feel {key} at all: it cannot be identified and stays where it was."
            continue
        if errors[k] > 0.5 * (high - low):
            yield (
                f"the data cannot identify {key}: its standard error is wider than half the distance between its bounds; fix "
                "it, or add data that feel it."
            )
        for end, name in ((low, "lower"), (high, "upper")):
            if abs(best.theta[k] - end) <= EDGE * (high - low):
                bound = entry.number.shown(entry.range.value(end))
                yield f"{key} ends at its {name} bound, {bound}: its standard error means little; widen the bounds."


def _correlated_pairs(free, correlation, felt, condition) -> Iterator[str]:
    keys = [entry.number.key for entry in free]
    for a in range(len(keys)):
        for b in range(a):
            if felt[a] and felt[b] and abs(correlation[a, b]) > COLLINEAR:
                yield (
                    f"the data hardly tell {keys[b]} from {keys[a]} (correlation {correlation[a, b]:.4f}): only a combination of "
                    "them is known; fix one of them."
                )
    if felt.all() and condition > CONDITION:
        yield f"the numbers are nearly dependent (condition {condition:.1e} of the scaled normal matrix); fit fewer of them."


def _misfit(best, reduced, known_noise, freedom) -> Iterator[str]:
    spread = np.sqrt(2 / max(freedom, 1))
    if known_noise and reduced > 1 + 5 * spread:
        yield (
            f"the fit misses the data by {np.sqrt(reduced):.3g} times the noise given, so that the model or the noise is wrong "
            "and the standard errors are too small."
        )
    if known_noise and reduced < 1 - 5 * spread:
        yield (
            f"the residuals are only {np.sqrt(reduced):.2g} of the noise given: it is overstated, and so are the standard errors."
        )
    r = best.residual - best.residual.mean()
    total = float(r @ r)
    along = float(r[1:] @ r[:-1]) / total if total > 0 else 0.0
    if along > CORRELATED and len(r) > 20:
        yield (
            f"residuals of neighbouring rows are alike (correlation {along:.2f}), so that the model misses something and the "
            "standard errors are too small."
        )
