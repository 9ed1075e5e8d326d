"""A protocol as a small picture for notebooks: what is given against time, as SVG without any library."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

WIDTH, HEIGHT, LEFT, LOW = 460, 110, 70, 22  # px, with room for the labels
MOST_STEPS = 1000  # that are drawn
SHOWN = {"voltage": ("voltage", "V", "#334e68"), "current": ("current", "A", "#c2570c"), "resistor": ("source", "V", "#2f6f4f")}


def sketch(steps: Sequence[Any]) -> str:
    """A panel for each of what the steps give (voltage, current, the source behind a resistor), over one axis of time."""
    drawn = list(steps[:MOST_STEPS])
    ends, clock = [], 0.0
    for step in drawn:
        ends.append((clock, clock + float(step.duration)))
        clock += float(step.duration)
    panels = [mode for mode in SHOWN if any(step.mode == mode for step in drawn)]
    parts = "".join(_panel(mode, k, drawn, ends, clock) for k, mode in enumerate(panels))
    height = len(panels) * HEIGHT + LOW
    words = f"{clock:.4g} s" + (f", the first {MOST_STEPS} of {len(steps)} steps" if len(steps) > MOST_STEPS else "")
    axis = f'<text x="{WIDTH}" y="{height - 6}" text-anchor="end">time, {escape(words)}</text>'
    label = f"{len(steps)} steps against time: {', '.join(SHOWN[mode][0] for mode in panels)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(label)}" width="{WIDTH + 10}" height="{height}" '
        f'font-size="11" font-family="sans-serif" fill="currentColor">{parts}{axis}</svg>'
    )


def _panel(mode: str, place: int, steps: list[Any], ends: list[tuple[float, float]], last: float) -> str:
    name, unit, colour = SHOWN[mode]
    values = [float(value) for step in steps if step.mode == mode for value in (step.start, step.end)]
    low, high = min(values), max(values)
    span = high - low or abs(high) or 1.0
    low, high = (low, high) if high > low else (low - span / 2, high + span / 2)
    top, bottom = place * HEIGHT + 12, (place + 1) * HEIGHT - 4

    def at(time: float, value: float) -> str:
        x = LEFT + (WIDTH - LEFT) * (time / last if last > 0 else 0.0)
        return f"{x:.1f},{bottom - (bottom - top) * (value - low) / (high - low):.1f}"

    lines, points = [], []
    for step, (begin, end) in zip(steps, ends, strict=True):
        if step.mode == mode:
            points += [at(begin, float(step.start)), at(end, float(step.end))]
        elif points:
            lines, points = [*lines, points], []
    lines += [points] if points else []
    drawn = "".join(f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" points="{" ".join(line)}"/>' for line in lines)
    marks = "".join(
        f'<text x="{LEFT - 6}" y="{y}" text-anchor="end">{value:.3g} {unit}</text>'
        for y, value in ((top + 4, high), (bottom, low))
    )
    frame = f'<path d="M{LEFT} {top}V{bottom}H{WIDTH}" fill="none" stroke="currentColor" stroke-opacity="0.4"/>'
    middle = (top + bottom) // 2
    return f'{frame}{drawn}{marks}<text x="{LEFT - 6}" y="{middle}" text-anchor="end" fill="{colour}">{name}</text>'
