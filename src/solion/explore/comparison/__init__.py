"""Runs and measured files side by side: their curves over one another and a table of what differs."""

from solion.explore.comparison.compare import Difference, Overlay, RunComparison, compare
from solion.explore.comparison.records import ComparedCurve, ComparedRecord, record_from

__all__ = ["ComparedCurve", "ComparedRecord", "Difference", "Overlay", "RunComparison", "compare", "record_from"]
