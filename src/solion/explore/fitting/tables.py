"""Tables of fits and sensitivities for the command line."""

from __future__ import annotations

from rich.table import Table

from solion.explore.fitting.figures import slope_text
from solion.explore.fitting.fit import Fit
from solion.explore.fitting.sensitivity import Sensitivities
from solion.study.console import wide_console


def show_fit(fit: Fit) -> None:
    """Print the numbers with their errors, the weighting and the warnings."""
    console = wide_console()
    table = Table(show_edge=False, pad_edge=False)
    for heading in ("number", "start", "value", "standard error", "95 %", "unit"):
        table.add_column(heading, no_wrap=True, justify="left" if heading in ("number", "unit") else "right")
    for entry in fit.estimates:
        low, high = entry.interval
        table.add_row(
            entry.number.key,
            f"{entry.start:.5g}",
            f"{entry.value:.6g}",
            f"{entry.error:.2g}",
            f"{low:.5g} ... {high:.5g}",
            entry.number.unit,
        )
    console.print(table, markup=False)
    keys = [entry.number.key for entry in fit.estimates]
    pairs = [(fit.statistics.correlation[a, b], keys[b], keys[a]) for a in range(len(keys)) for b in range(a)]
    if pairs:
        value, one, other = max(pairs, key=lambda pair: abs(pair[0]))
        print(f"strongest correlation: {value:.3f} between {one} and {other}")
    for record in fit.records:
        of = "" if len(fit.records) == 1 else f" of {record.data.name}"
        print(f"weighting{of}: {record.weighting.describe(record.unit)}")
        if of:
            print(f"misfit{of}: {record.quality.misfit:.3g} of the signal, R2 = {record.quality.explained:.4g}")
    print(f"reduced sum of squares: {fit.statistics.reduced:.4g} over {fit.rows} rows")
    state = "converged" if fit.search.converged else "NOT converged"
    print(f"search: {state} after {fit.search.iterations} trials ({fit.search.refused} refused), {fit.seconds:.3g} s")
    for warning in fit.warnings:
        print(f"warning: {warning}")


def show_sensitivities(found: Sensitivities) -> None:
    """Print a table for each metric, the strongest sensitivities first."""
    console = wide_console()
    for metric in found.metrics:
        table = Table(show_edge=False, pad_edge=False)
        for heading in ("number", "value", "d metric / d p", "d ln metric / d ln p"):
            table.add_column(heading, no_wrap=True, justify="left" if heading == "number" else "right")
        for row in found.of(metric.name):
            relative = "" if row.relative != row.relative else f"{row.relative:.4g}"
            table.add_row(row.number.key, row.number.shown(row.number.value), slope_text(row), relative)
        console.print(str(metric), style="bold", markup=False, highlight=False)
        console.print(table, markup=False)
    if found.left_out:
        console.print(f"Left out, since other equations hold beside them: {', '.join(found.left_out)}.", markup=False)
