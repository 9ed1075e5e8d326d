"""Whether a fit describes its record: how much of the signal it leaves, and whether the record's sign is reversed."""

from __future__ import annotations

import dataclasses

import numpy as np

from solion.explore.fitting.residual import Weighting

LEAST_SHARE = 0.9  # of the signal's variance that a description explains: what is left is then below a third of the signal
AGAINST = -0.5  # correlation below which two signals run against one another


@dataclasses.dataclass(frozen=True)
class Quality:
    """How the run agrees with the record, on the scale of the fit.

    ``explained``: R2, the share of the record's variance that the run explains. ``misfit``: root mean square of what is left,
    over the deviation of the record from its mean. ``correlation``: of run and record, the least before and after the search,
    with and without their means.
    """

    explained: float
    misfit: float
    correlation: float

    @property
    def describes(self) -> bool:
        """Whether the run is a description of the record."""
        return self.explained >= LEAST_SHARE

    def words(self, observed: str, convention: str) -> tuple[str, ...]:
        """What a reader must know of it before anything else."""
        if self.describes:
            return ()
        found = [
            f"the fitted run does not describe the record: what is left is {self.misfit:.3g} times the signal (R2 ="
            f" {self.explained:.3g}), so that the numbers are no calibration; see whether the record is of this device, and what"
            " else differs."
        ]
        if self.correlation < AGAINST:
            found.append(
                f"the measured {observed} runs against the simulated one (correlation {self.correlation:.2f}): its sign is"
                f" probably reversed. Here {convention[:1].lower()}{convention[1:].rstrip('.')}."
            )
        return tuple(found)


def quality(measured: np.ndarray, after: np.ndarray, before: np.ndarray, weighting: Weighting) -> Quality:
    """How well the run ``after`` the search describes the record; ``before``: the run at the start, whose sign counts too."""
    record, run, start = (np.asarray(weighting.transform(values), float) for values in (measured, after, before))
    spread = float(np.std(record))
    left = float(np.sqrt(np.mean((run - record) ** 2)))
    if spread == 0:
        return Quality(1.0 if left == 0 else -np.inf, 0.0 if left == 0 else np.inf, 0.0)
    against = min(_alike(*pair) for either in (run, start) for pair in ((either, record), (_varying(either), _varying(record))))
    return Quality(1 - (left / spread) ** 2, left / spread, against)


def _varying(values: np.ndarray) -> np.ndarray:
    return values - values.mean()


def _alike(first: np.ndarray, second: np.ndarray) -> float:
    """1 for signals of one shape, -1 for those of one shape and opposite sign."""
    size = float(np.sqrt(np.mean(first**2) * np.mean(second**2)))
    return float(np.mean(first * second) / size) if size > 0 else 0.0
