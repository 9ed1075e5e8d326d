"""What a run leaves: a labelled dataset with units, sources, a ledger, and its status in words."""

from solion.result.result import Result, load

__all__ = ["Result", "load"]
