"""The critical current of a film: by the fold of its steady states, by simulation, and the switching times above it.

``fold`` is exact for its grid and takes milliseconds; ``threshold`` finds the same by simulation, with a plateau of finite
length as an experiment has; ``switching_times`` and ``switching_map`` tell how fast a film switches above it.
"""

from solion.explore.critical_current.bisection import Threshold, threshold
from solion.explore.critical_current.fold import Fold, fold, sensitivities
from solion.explore.critical_current.limits import LargestCurrent, largest_current
from solion.explore.critical_current.runs import StepRun, switching_map, switching_times
from solion.explore.critical_current.slowing import SaddleNode, Separatrix

__all__ = [
    "Fold",
    "LargestCurrent",
    "SaddleNode",
    "Separatrix",
    "StepRun",
    "Threshold",
    "fold",
    "largest_current",
    "sensitivities",
    "switching_map",
    "switching_times",
    "threshold",
]
