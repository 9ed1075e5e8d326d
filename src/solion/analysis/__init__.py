"""What a run shows: switching, resistance, hysteresis, and a table of metrics. Each takes a Result or its Dataset."""

from solion.analysis.hysteresis import Loop, loops
from solion.analysis.metrics import Metric, metrics
from solion.analysis.resistance import Reading, on_off_ratio, readings
from solion.analysis.switching import STATES, Switch, SwitchingTimes, polarization, states, switches, switching_times

__all__ = [
    "STATES",
    "Loop",
    "Metric",
    "Reading",
    "Switch",
    "SwitchingTimes",
    "loops",
    "metrics",
    "on_off_ratio",
    "polarization",
    "readings",
    "states",
    "switches",
    "switching_times",
]
