"""Candidates side by side: three measures of the threshold with intervals, and an order only where intervals leave no doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from solion.base.errors import InputError
from solion.explore.coating.candidate import CoatingCandidate, load_candidate
from solion.explore.coating.verdict import MEASURES, CoatingVerdict, check_coating

ENDINGS = (".toml", ".yaml", ".yml")


@dataclass(frozen=True)
class CoatingRanking:
    """Verdicts from the best median of a measure down. ``order``: names, best first, or None where any two intervals overlap;
    ``above``: pairs (better, worse) whose intervals do not; ``correlations``: Spearman's, of medians, for pairs of measures.
    """

    verdicts: tuple[CoatingVerdict, ...]
    measure: str
    order: tuple[str, ...] | None
    above: tuple[tuple[str, str], ...]
    correlations: dict[tuple[str, str], float]

    @property
    def sentence(self) -> str:
        if self.order is not None:
            return "Order, best first: " + ", ".join(self.order) + "."
        pairs = len(self.verdicts) * (len(self.verdicts) - 1) // 2
        left = pairs - len(self.above)
        return f"No single order: the intervals of {left} of {pairs} pairs overlap; {len(self.above)} are decided."


def load_folder(folder: str | Path) -> list[CoatingCandidate]:
    """Every candidate of a folder. Raises InputError where there is none."""
    folder = Path(folder)
    files = sorted(path for path in folder.iterdir() if path.suffix in ENDINGS) if folder.is_dir() else []
    if not files:
        raise InputError(f"{folder}: this is no folder with candidates; put files {', '.join(ENDINGS)} there.")
    return [load_candidate(path) for path in files]


def rank_coatings(
    candidates: Sequence[CoatingCandidate], measure: str = "onset", samples: int = 8192, seed: int = 0, indices: bool = False
) -> CoatingRanking:
    """Candidates by one of the measures onset, range_limit, naive."""
    if measure not in MEASURES:
        raise InputError(f"rank: measure = {measure!r} is unknown; known: {', '.join(MEASURES)}.")
    found = [check_coating(candidate, samples, seed, indices=indices) for candidate in candidates]
    return ranking_of(found, measure)


def ranking_of(found: Sequence[CoatingVerdict], measure: str = "onset") -> CoatingRanking:
    """The ranking of verdicts."""
    found = sorted(found, key=lambda one: -np.nan_to_num(one.bands[measure][1], nan=-1.0))
    names = [one.candidate.name for one in found]
    ends = [one.bands[measure] for one in found]
    above = tuple((names[a], names[b]) for a in range(len(found)) for b in range(len(found)) if ends[a][0] > ends[b][2])
    decided = all(ends[k][0] > ends[k + 1][2] for k in range(len(found) - 1))
    correlations = {}
    for k, one in enumerate(MEASURES):
        for other in MEASURES[k + 1 :]:
            pairs = np.array([(v.bands[one][1], v.bands[other][1]) for v in found])
            pairs = pairs[np.isfinite(pairs).all(axis=1)]
            correlations[one, other] = float(np.asarray(spearmanr(pairs))[0]) if len(pairs) > 2 else np.nan
    return CoatingRanking(tuple(found), measure, tuple(names) if decided else None, above, correlations)
