"""Sweeps: a study run over a grid, a list or a sample of its parameters, into one labelled store."""

from solion.study.sweeps.file import is_sweep_file, read_sweep_file, sweep_schema
from solion.study.sweeps.folder import execute_sweep, finished_runs, sweep
from solion.study.sweeps.plan import Plan, make_plan
from solion.study.sweeps.report import write_sweep_report
from solion.study.sweeps.runner import SweepProgress
from solion.study.sweeps.store import RESULTS, load_sweep

__all__ = [
    "RESULTS",
    "Plan",
    "SweepProgress",
    "execute_sweep",
    "finished_runs",
    "is_sweep_file",
    "load_sweep",
    "make_plan",
    "read_sweep_file",
    "sweep",
    "sweep_schema",
    "write_sweep_report",
]
