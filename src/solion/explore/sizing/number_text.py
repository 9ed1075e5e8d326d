"""Numbers with SI prefixes, in words for tables and refusals."""

from __future__ import annotations

from collections.abc import Iterable

from solion.views.style import prefixed


def si_text(value: float, unit: str) -> str:
    """A number with an SI prefix: 3.6 µm."""
    factor, prefix = prefixed([value], unit)
    return f"{value * factor:.3g} {prefix}"


def si_range(values: Iterable[float], unit: str) -> str:
    """Numbers from low to high: 1.8 nm … 31 nm … 650 nm, or one where all are the same."""
    return " … ".join(dict.fromkeys(si_text(value, unit) for value in values))
