"""One look for all figures: colours safe for colour-blind readers, readable type, a scaled axis beside each SI one.

Figures are built from the Figure class and never through pyplot: no global state, no window.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogFormatter, LogLocator, NullFormatter

from solion.analysis.data import Data
from solion.base.errors import InputError
from solion.views.moments import mark_time
from solion.views.screen_axes import ScreenAxes, is_read_off

P = ParamSpec("P")
R = TypeVar("R")

INK, MUTED, FAINT = "#1f2933", "#697586", "#d5dbe3"
TOP, BOTTOM = "#7b3294", "#008a6b"  # the two contacts; red and blue are kept for the phases
VOLTAGE, CURRENT = "#334e68", "#c2570c"
CHANNEL, RISING, FALLING = "#2f6f4f", "#c2570c", "#2b6cb0"  # a gated channel, and pulses up and down
COLOURS = ("#3b6fb6", "#d9822b", "#2f8f6b", "#8a4fa3", "#b8404f", "#6b7280")  # of series in the figures of papers
RICH, POOR = "#b2182b", "#2166ac"
PICTURES = (".png", ".pdf", ".svg")
PHASES = "RdBu_r"  # red ion-rich, blue ion-poor
LOSSES = ("#56b4e9", "#e69f00", TOP, BOTTOM, "#a3acb9", "#c2570c", "#3b6fb6", "#8fbc5a")  # of what dissipates, in turn
_PREFIXES = {-15: "f", -12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G"}
_SETTINGS: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 9.5,
    "axes.labelcolor": INK,
    "axes.edgecolor": "#9aa5b1",
    "axes.linewidth": 0.8,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e6eaef",
    "grid.linewidth": 0.7,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "lines.linewidth": 1.5,
    "lines.solid_capstyle": "round",
    "mathtext.default": "it",
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """The same drawing function in this style; logarithmic axes of the figures it returns get :func:`plain_decades`."""

    @wraps(draw)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        with matplotlib.rc_context(_SETTINGS):
            drawn = draw(*args, **kwargs)
            for figure in drawn.values() if isinstance(drawn, dict) else [drawn]:
                if isinstance(figure, Figure):
                    plain_decades(figure)
            return drawn

    return inner


def plain_decades(figure: Figure) -> None:
    """Labels of logarithmic axes that do not run into one another.

    Over less than two decades 1, 2 and 5 times powers of ten are labelled, in plain numbers where these are short; over more,
    powers alone. Axes that were given labels of their own stay.
    """
    for axes in figure.axes:
        for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            if axis.get_scale() != "log" or not isinstance(axis.get_major_formatter(), LogFormatter):
                continue
            low, high = sorted(limits)
            if 0 < low < high < 100 * low:
                axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
                if low >= 1e-3 and high <= 1e5:
                    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
            axis.set_minor_formatter(NullFormatter())


class Drawing(Figure):
    """A matplotlib figure that a notebook shows without pyplot. Its ``axes`` are matplotlib's own, to be restyled as any."""

    def add_subplot(self, *args: Any, **settings: Any) -> Any:
        """As matplotlib's; with :class:`ScreenAxes` where the figure is read off."""
        if is_read_off() and not settings.keys() & {"projection", "polar", "axes_class"}:
            settings["axes_class"] = ScreenAxes
        return super().add_subplot(*args, **settings)

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=90)
        return buffer.getvalue()


def blank(width: float, height: float) -> Figure:
    """An empty figure of this size in inches that lays out its axes by itself."""
    return Drawing(figsize=(width, height), layout="constrained")


def prefixed(values, unit: str) -> tuple[float, str]:
    """Factor and unit with the SI prefix that brings the largest magnitude among values to 1 ... 1000."""
    finite = np.abs(np.asarray(values, float))
    largest = finite[np.isfinite(finite)].max(initial=0.0)
    power = 3 * int(np.floor(np.log10(largest) / 3 + 1e-9)) if largest > 0 else 0
    power = min(max(power, min(_PREFIXES)), max(_PREFIXES))
    return 10.0**-power, _PREFIXES[power] + unit


def time_unit(seconds) -> tuple[float, str]:
    """Factor and unit for times: with a prefix below a second, hours above three of them."""
    last = np.max(seconds, initial=0.0)
    if last >= 3 * 3600:
        return 1 / 3600, "h"
    return prefixed(seconds, "s") if last < 1 else (1.0, "s")


def time_axis(axes: Axes, data: Data, *, label: bool = True, scaled: bool = True) -> None:
    """Limits and labels of an axis of time: in SI along the lower edge, in tau_D along the upper one."""
    seconds = data.time
    factor, unit = time_unit(seconds)
    if seconds.size > 1:
        axes.set_xlim(seconds[0] * factor, seconds[-1] * factor)
    mark_time(axes, factor, seconds)
    if label:
        axes.set_xlabel(f"time ({unit})")
    else:
        axes.tick_params(labelbottom=False)
    if scaled:
        scaled_axis(axes, "x", data, "time", factor, "t")


def outer_legend(axes: Axes, *, turned: bool = False) -> None:
    """The legend to the right of the axes; ``turned``: from the top down as a stack lies."""
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        order = slice(None, None, -1) if turned else slice(None)
        axes.legend(handles[order], labels[order], loc="upper left", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.6)


def scaled_axis(axes: Axes, direction: str, data: Data, kind: str, factor: float, name: str) -> None:
    """A second axis on the opposite edge, in the scale of a kind of quantity; none where the model has no name for it.

    ``factor`` is that of the first axis, ``name`` what is drawn, as in a formula.
    """
    unit, symbol = (factor * data.scale(kind), data.symbol(kind).replace(" S", ""))  # a current over the area is a density
    if not (symbol and np.isfinite(unit) and unit > 0):
        return
    functions = (lambda value: value / unit, lambda value: value * unit)
    below = re.sub(r"_(\w+)", r"_\\mathrm{\1}", symbol).replace("τ", r"\tau")
    label = f"${name}/({below})$" if "/" in below else f"${name}/{below}$"
    if direction == "x":
        axes.secondary_xaxis("top", functions=functions).set_xlabel(label, color=MUTED)
    else:
        axes.secondary_yaxis("right", functions=functions).set_ylabel(label, color=MUTED)


def cycle_colours(count: int) -> list:
    """Colours of successive cycles, from light to dark."""
    shades = np.linspace(0.82, 0.18, count) if count > 1 else [0.3]
    return [matplotlib.colormaps["viridis"](shade) for shade in shades]


def direction_arrow(axes: Axes, x, y, colour) -> None:
    """An arrow head halfway along a curve, as the eye sees it on these axes."""
    points = axes.transData.transform(np.column_stack((x, y)))
    box = axes.bbox
    inside = (points >= np.array(box.min) - 1).all(axis=1) & (points <= np.array(box.max) + 1).all(axis=1)
    points = points[inside & np.isfinite(points).all(axis=1)]
    length = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T)))) if len(points) > 1 else [0.0]
    if length[-1] < 30:  # pixels; a shorter piece has no room for a head
        return
    middle = length[-1] / 2
    ends = [[np.interp(middle + shift, length, points[:, k]) for k in (0, 1)] for shift in (-4.0, 4.0)]
    tail, head = axes.transData.inverted().transform(ends)
    axes.annotate(
        "",
        xy=head,
        xytext=tail,
        arrowprops={"arrowstyle": "-|>,head_width=0.28,head_length=0.55", "color": colour, "lw": 0.0, "shrinkB": 0},
    )


def title(axes: Axes, letter: str, text: str) -> None:
    """The letter of a panel in bold, where it has one, then what it shows."""
    head = rf"$\bf{{{letter}}}$  " if letter else ""
    axes.set_title(f"{head}{text}", loc="left", fontweight="normal", fontsize=9.5)


def require_picture(path: Path, what: str) -> None:
    """Refuse a file that no picture can be drawn into, in the name of ``what``."""
    if path.suffix.lower() not in PICTURES:
        raise InputError(f"{path}: a {what} is a file of the kinds {', '.join(PICTURES)}; give it such an ending.")
    if not path.parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}; make it first.")
