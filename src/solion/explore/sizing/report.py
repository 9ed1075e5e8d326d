"""Tables of a design for the command line."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from solion.explore.sizing.number_text import si_range, si_text
from solion.explore.sizing.search import Candidate, Design
from solion.explore.sizing.speeds import Speed
from solion.explore.sizing.warming import LARGE


def speed_table(rows: list[Speed], thickness: float, ratio: float, temperature: float) -> Table:
    """The table of Tian and Bazant, Fig. 5."""
    table = _table(
        f"h = {si_text(thickness, 'm')}, T = {temperature:.4g} K, τ_switch = {ratio:.2g} τ_D",
        "material",
        "paths",
        "D (m²/s)",
        "τ_D = h²/D",
        "τ_switch",
        "of the range",
    )
    for row in rows:
        kinds = {sourced.source.provenance for name, sourced in row.host.sources if name in ("low", "high")}
        low, high = row.diffusivity
        table.add_row(
            f"{row.host.label} ({row.host.ion})",
            f"{row.host.paths}D",
            f"{low:.2g} … {high:.2g}",
            si_range(row.diffusion, "s"),
            si_range(row.switching, "s"),
            ", ".join(sorted(kinds)),
        )
    return table


def design_table(answer: Design) -> Table:
    """A line for each candidate of an answer."""
    kind = "both contacts" if answer.full else "one contact"
    table = _table(
        f"{kind} switched within {si_text(answer.time, 's')} at {si_text(answer.voltage, 'V')} and {answer.temperature:.4g} K; "
        f"films from {si_text(answer.floor, 'm')} hold both phases",
        "material",
        "switches in time",
        "film",
        "its switching time",
        "peak current",
        "energy",
        "R_s",
        "contacts",
        "V at i_c",
        "warms by",
    )
    for row in answer.candidates:
        table.add_row(
            f"{row.host.label} ({row.host.ion}, {row.host.paths}D)",
            verdict(row, answer),
            si_text(row.film, "m"),
            si_range(row.time, "s"),
            si_range(row.peak_current, "A"),
            si_range(row.energy, "J"),
            si_range(row.series_resistance, "Ω"),
            si_range(row.exchange_current, "A"),
            si_text(row.voltage, "V"),
            si_range(row.warming, "K"),
        )
    return table


def verdict(row: Candidate, answer: Design) -> str:
    """Which thicknesses switch in time, for how much of what the diffusivity may be."""
    if row.thickness[0] >= answer.floor:
        return f"up to {si_text(row.thickness[0], 'm')}"
    if row.chance > 0:
        return f"in {max(row.chance, 0.001):.1%} of its range"
    return f"no: {si_text(row.thickness[2], 'm')} at best, too thin"


def notes(answer: Design) -> Iterator[str]:
    """What the table means, what it rests on, and what must be known of each host."""
    area = {si_text(row.area * 1e12, "µm²") if row.area < 1e-9 else f"{row.area * 1e6:.3g} mm²" for row in answer.candidates}
    yield (
        f"Low, median and high draws of what is known of each host; electrodes of {' or '.join(sorted(area))}. "
        "R_s: series resistance, contacts: smaller exchange current, both as the device has them in its own units; V at i_c: "
        "voltage of the critical current through the film at rest, an estimate of the least that switches."
    )
    yield from answer.basis
    for row in answer.candidates:
        if row.host.remark:
            yield f"{row.host.label}: {row.host.remark}."
    if hot := [row.host.label for row in answer.candidates if row.warming[1] > LARGE]:
        yield (
            f"{', '.join(hot)}: a switch may warm the film by more than {LARGE:g} K, where its isothermal numbers do not hold; a "
            "smaller area, a slower switch or a better conductor below helps, and a study with heat = LumpedHeat tells."
        )


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left", show_edge=False, pad_edge=False)
    for heading in headings:
        table.add_column(heading, no_wrap=heading == "switches in time")
    return table
