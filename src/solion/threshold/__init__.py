"""The critical current of a film: by the fold of its steady states, by simulation, and the switching times above it.

``fold`` is exact for its grid and takes milliseconds; ``threshold`` finds the same by simulation, with a plateau of finite
length as an experiment has; ``switching_times`` and ``switching_map`` tell how fast a film switches above it.
"""

from solion.threshold.bisection import SlowingDown, Threshold, threshold
from solion.threshold.fold import Fold, fold
from solion.threshold.runs import StepRun, switching_map, switching_times

__all__ = [
    "Fold",
    "SlowingDown",
    "StepRun",
    "Threshold",
    "fold",
    "switching_map",
    "switching_times",
    "threshold",
]
