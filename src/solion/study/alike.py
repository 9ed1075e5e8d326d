"""The metrics of a run, named alike in all runs of a sweep."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from solion.analysis.metric import Metric
from solion.analysis.metrics import READ_FRACTIONS, metrics
from solion.analysis.recorded import values


def alike(dataset) -> Iterator[Metric]:
    """Metrics with on/off ratios named by their share of the extreme voltage of either sign."""
    reads = _reads(dataset)
    for metric in metrics(dataset):
        if metric.name.startswith("on_off_ratio_at_") and metric.name not in reads:
            continue  # at a share of a lowest voltage that is zero but for rounding, or not negative
        name, meaning = reads.get(metric.name, (metric.name, metric.meaning))
        yield dataclasses.replace(metric, name=name, meaning=meaning)


def _reads(dataset) -> dict[str, tuple[str, str]]:
    """New name and meaning of each on/off ratio, whose name holds a voltage that differs from run to run."""
    voltage = values(dataset, "voltage")
    names: dict[str, tuple[str, str]] = {}
    for side, extreme in (("highest", voltage.max(initial=0.0)), ("lowest", voltage.min(initial=0.0))):
        for share in READ_FRACTIONS:
            meaning = (
                f"largest over smallest current at {share:g} of the {side} voltage among the branches of the last cycle"
            )
            new = (f"on_off_ratio_at_{share:g}_of_{side}_voltage", meaning)
            names.setdefault(f"on_off_ratio_at_{share * extreme:+.3g}_V", new)
    return names
