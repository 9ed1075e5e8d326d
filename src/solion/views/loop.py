"""Current against voltage, linear and logarithmic, each cycle in its colour with arrows along time; what each cycle gave."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solion.analysis.data import Data, integral, plain
from solion.analysis.hysteresis import loops
from solion.analysis.metric import Metric, pure
from solion.analysis.resistance import on_off_ratio
from solion.base.errors import InputError
from solion.views.moments import mark_moving
from solion.views.style import MUTED, blank, cycle_colours, direction_arrow, prefixed, scaled_axis, styled
from solion.views.view import AbstractView

LEGEND_CYCLES = 6  # more of them are named by the title, from light to dark
READ_FRACTIONS = (0.2, 0.4, 0.6, 0.8)  # of the highest and the lowest voltage of a sweep
MOST_CYCLES = 4  # a longer run lists its first two cycles and its last one


class LoopView(AbstractView):
    """The current-voltage loop of a swept voltage."""

    name = "loop"
    title = "Loop"
    rank = 10.0
    caption = (
        "Current against voltage on a linear and a logarithmic axis; arrows point along time in the last cycle. "
        "Axes on the far edges are in the scales of the model."
    )

    def applies(self, data: Data) -> bool:
        return data.swept

    @styled
    def draw(self, data: Data) -> Figure:
        canvas = blank(10.0, 4.3)
        linear, logarithmic = canvas.subplots(1, 2)
        draw_loop(linear, data, logarithmic=False)
        draw_loop(logarithmic, data, logarithmic=True)
        linear.set_title("linear", fontweight="normal", color=MUTED)
        logarithmic.set_title("logarithmic", fontweight="normal", color=MUTED)
        return canvas

    def metrics(self, data: Data) -> Iterator[Metric]:
        """Extremes, loop areas, on/off ratios and energy of each cycle."""
        time, current, powers = data.time, data.terminal("current"), data.having(role="work", kind="power")
        parts, areas = data.cycles(), {loop.cycle: loop for loop in loops(data)}
        chosen = list(parts) if len(parts) <= MOST_CYCLES else [*list(parts)[:2], list(parts)[-1]]
        for cycle in chosen:
            part, name, last = parts[cycle], f"cycle_{cycle + 1}", cycle == chosen[-1]
            for word, most, sampled in (("maximum", "highest", current[part].max()), ("minimum", "lowest", current[part].min())):
                value, meaning = data.summary(most, "current").get(cycle, sampled), f"{most} current"
                yield data.metric(f"{name}_current_{word}", value, "current", meaning, headline=last)
            if cycle in areas:
                loop = areas[cycle]
                yield data.metric(f"{name}_loop_area", loop.area, "power", "area of both lobes of the loop")
                for side, value in (("positive", loop.positive), ("negative", loop.negative)):
                    meaning = f"contour integral of i dV at {side} V; below zero: more conductive after the peak"
                    yield data.metric(f"{name}_lobe_{side}", value, "power", meaning)
            if powers:
                energy = data.summary("work", "energy").get(cycle) if len(powers) == 1 else None
                energy = integral(time[part], plain(powers[0])[part]) if energy is None else energy
                yield data.metric(f"{name}_energy", energy, "energy", "work done by the source in this cycle")
        yield from _on_off(data, max(areas, default=None))


def _on_off(data: Data, cycle: int | None) -> Iterator[Metric]:
    """On/off ratios of one cycle, or of the whole run where no cycle is closed."""
    voltage, found = data.terminal("voltage"), []
    for side, extreme in (("highest", voltage.max()), ("lowest", voltage.min())):
        if abs(extreme) < 1e-9 * np.abs(voltage).max():
            continue  # zero but for round-off: the sweep has one sign
        for fraction in READ_FRACTIONS:
            read = float(fraction * extreme)
            try:
                ratio = on_off_ratio(data, read, cycle)
            except InputError:
                continue  # this cycle does not pass that voltage twice
            where = "" if cycle is None else f" of cycle {cycle + 1}"
            symbol = data.symbol("voltage")
            at = f"{read / data.scale('voltage'):.4g} {symbol}, " if symbol else ""
            meaning = f"largest over smallest current at {at}{fraction:g} of the {side} voltage, among the branches{where}"
            alike = f"on_off_ratio_at_{fraction:g}_of_{side}_voltage"
            found.append((f"on_off_ratio_at_{read:+.3g}_V", ratio, meaning, alike))
    best = max((ratio for _, ratio, *_ in found), default=None)
    for name, ratio, meaning, alike in found:
        yield pure(name, ratio, meaning, alike=alike, headline=ratio == best)


def draw_loop(axes: Axes, data: Data, *, logarithmic: bool, legend: bool = True) -> None:
    """Draw i(V), or |i|(V) on a logarithmic axis, with scaled axes on the far edges."""
    voltage, current = data.terminal("voltage"), data.terminal("current")
    volts, volt_unit = prefixed(voltage, "V")
    amperes, ampere_unit = prefixed(current, "A")
    x, y = voltage * volts, current * amperes
    if logarithmic:
        axes.set_yscale("log")
        y = np.where(np.abs(y) > 0, np.abs(y), np.nan)
        axes.set_ylim(*_decades(y))
    else:
        axes.axhline(0, color=MUTED, lw=0.7)
    axes.axvline(0, color=MUTED, lw=0.7)
    mark_moving(axes, data.time, x, y)
    parts = data.cycles()
    colours = cycle_colours(len(parts))
    for (cycle, part), colour in zip(parts.items(), colours, strict=True):
        axes.plot(x[part], y[part], color=colour, label=f"cycle {cycle + 1}")
    axes.margins(x=0.03)
    axes.autoscale_view()
    last = list(parts.values())[-1] if parts else slice(0)
    for branch in _branches(voltage, last):
        direction_arrow(axes, x[branch], y[branch], colours[-1])
    name = r"|current| $|i|$" if logarithmic else "current $i$"
    axes.set_xlabel(f"voltage $V$ ({volt_unit})")
    axes.set_ylabel(f"{name} ({ampere_unit})")
    scaled_axis(axes, "x", data, "voltage", volts, "V")
    scaled_axis(axes, "y", data, "current", amperes, "|i|" if logarithmic else "i")
    if legend and 1 < len(parts) <= LEGEND_CYCLES:
        axes.legend(loc="best", handlelength=1.4)
    elif legend and len(parts) > LEGEND_CYCLES:
        axes.set_title(f"cycles 1 (light) to {len(parts)} (dark)", loc="right", fontweight="normal", color=MUTED)


def _decades(magnitude) -> tuple[float, float]:
    """Limits of a logarithmic axis: the largest value and at most nine decades below, without the dip through zero."""
    known = magnitude[np.isfinite(magnitude)]
    if not known.size:
        return 1e-3, 1.0
    highest = known.max()
    lowest = max(np.percentile(known, 1.0), highest * 1e-9)
    return lowest / 2, highest * 2


def _branches(voltage, part: slice) -> list[np.ndarray]:
    """Samples of each stretch of a cycle on which the voltage rises or falls and keeps its sign."""
    index = np.arange(voltage.size)[part]
    if index.size < 3:
        return []
    rise = np.diff(voltage[index])
    kind = np.sign(rise) * 2 + (voltage[index[:-1]] + rise / 2 > 0)
    return [group for group in np.split(index[:-1], np.flatnonzero(np.diff(kind)) + 1) if group.size > 2]
