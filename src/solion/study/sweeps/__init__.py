"""Sweeps: a study run over a grid, a list or a sample of its parameters, into one labelled store."""

from solion.study.sweeps.file import plan_of, sweep_schema
from solion.study.sweeps.folder import execute_sweep, finished_runs, sweep
from solion.study.sweeps.plan import Plan, make_plan
from solion.study.sweeps.progress import any_result, outcome_lines, sweep_reporter
from solion.study.sweeps.report import write_sweep_report
from solion.study.sweeps.runner import SweepProgress
from solion.study.sweeps.store import load_sweep

__all__ = [
    "Plan",
    "SweepProgress",
    "any_result",
    "execute_sweep",
    "finished_runs",
    "load_sweep",
    "make_plan",
    "outcome_lines",
    "plan_of",
    "sweep",
    "sweep_reporter",
    "sweep_schema",
    "write_sweep_report",
]
