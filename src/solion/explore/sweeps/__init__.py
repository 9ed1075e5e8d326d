"""Sweeps: a study run over a grid, a list or a sample of its parameters, into one labelled store."""

from solion.explore.sweeps.file import plan_of, sweep_schema
from solion.explore.sweeps.folder import execute_sweep, finished_runs, sweep
from solion.explore.sweeps.layers import CandidateLayer, LayerMap
from solion.explore.sweeps.plan import Plan, make_plan
from solion.explore.sweeps.progress import any_result, outcome_lines, sweep_reporter
from solion.explore.sweeps.report import write_sweep_report
from solion.explore.sweeps.runner import SweepProgress
from solion.explore.sweeps.seeds import hot_spot_extremes, seed_quantiles
from solion.explore.sweeps.store import load_sweep

__all__ = [
    "CandidateLayer",
    "LayerMap",
    "Plan",
    "SweepProgress",
    "any_result",
    "execute_sweep",
    "finished_runs",
    "hot_spot_extremes",
    "load_sweep",
    "make_plan",
    "outcome_lines",
    "plan_of",
    "seed_quantiles",
    "sweep",
    "sweep_reporter",
    "sweep_schema",
    "write_sweep_report",
]
