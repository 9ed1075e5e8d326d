"""The page of a circuit export: curves of the device, of its model and of the simulator, and their differences."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from solion.export.measure import LEAST_SIGNAL, Deviation, Signal
from solion.export.model import CompactModel
from solion.protocols.protocol import Protocol
from solion.views.interactive.artists import as_picture
from solion.views.page import RESOLUTION, header, number, page, picture, section, table
from solion.views.style import COLOURS, blank, prefixed, styled, time_unit

DEVICE, MODEL = "device", "model"
LOOKS = {DEVICE: ("#9aa5b1", 4.0, "-"), MODEL: (COLOURS[0], 1.6, "-")}  # colour, width, line; a simulator's are the last
SIMULATOR = (COLOURS[1], 1.3, ":")
LEAST_SHOWN = 1e-8  # of the largest, below which a difference is none
CAPTION = (
    "Left, as it is; in the middle, the logarithm of its size; right, what the model is off the device and a simulator off the"
    " model, over the largest. A jump that comes late is a spike."
)


@dataclasses.dataclass(frozen=True)
class Compared:
    """One protocol: the device at full resolution, the model and, where it was run, a simulator; the model's difference from the
    device, the simulator's from the model.
    """

    label: str
    protocol: Protocol
    signals: Mapping[str, Signal]
    deviations: Mapping[str, Deviation]

    def beside(self, simulator: str, signal: Signal, found: Deviation) -> Compared:
        """The same with the run of a simulator."""
        return Compared(self.label, self.protocol, {**self.signals, simulator: signal}, {**self.deviations, simulator: found})


def export_report(model: CompactModel, title: str, compared: Sequence[Compared], names: Sequence[str]) -> str:
    """A self-contained page on a model and the files ``names`` that hold it."""
    lead = f"{type(model.device).__name__}, {model.cells} cells, {len(model.states)} states; {', '.join(names)}"
    body = [header(f"{title}: a compact model", lead)]
    for k, one in enumerate(compared):
        heading = one.label[:1].upper() + one.label[1:]
        shown = picture(as_picture(drawn_over(one), RESOLUTION), f"compared-{k + 1}", f"{heading}. {CAPTION}")
        body.append(section(f"protocol-{k + 1}", heading, shown, _differences(one)))
    return page(f"{title} · Solion", body)


def against(name: str) -> str:
    """What a curve is compared with."""
    return DEVICE if name == MODEL else MODEL


def _differences(one: Compared):
    heads = ["", "relative (L2)", "log10, rms", "instants of switching", "late by, of the run", "contents at the end"]
    rows = []
    for label, found in one.deviations.items():
        late = found.switching if found.events else math.nan
        numbers = (number(size, 2) for size in (found.relative, found.logarithmic, late, found.final))
        square, logarithm, instants, end = numbers
        rows.append([f"{label} from the {against(label)}", square, logarithm, found.events, instants, end])
    return table(heads, rows, "tnnnnn")


@styled
def drawn_over(one: Compared) -> Figure:
    """The curves of one protocol over one another: as they are, the logarithm of their size, and their differences."""
    canvas = blank(12.0, 3.4)
    plain, sizes, off = canvas.subplots(1, 3)
    first = one.signals[DEVICE]
    slower, second = time_unit(first.time)
    factor, unit = prefixed(first.value, first.unit)
    largest = float(np.max(np.abs(first.value), initial=0.0)) or 1.0
    for name, signal in one.signals.items():
        colour, width, line = LOOKS.get(name, SIMULATOR)
        look, time, size = {"color": colour, "lw": width, "ls": line}, slower * signal.time, np.abs(signal.value)
        plain.plot(time, factor * signal.value, label=name, **look)
        sizes.plot(time, factor * np.where(size > LEAST_SIGNAL * largest, size, np.nan), **look)
        if name != DEVICE:
            other = one.signals[against(name)]
            wrong = np.abs(signal.value - np.interp(signal.time, other.time, other.value)) / largest
            off.plot(time, np.maximum(wrong, LEAST_SHOWN), color=colour, lw=1.0, label=f"{name} off the {against(name)}")
    for axes, label in (
        (plain, f"{first.what} ({unit})"),
        (sizes, f"|{first.what}| ({unit})"),
        (off, "difference over the largest"),
    ):
        axes.set_xlabel(f"time ({second})")
        axes.set_ylabel(label)
    for axes in (sizes, off):
        axes.set_yscale("log")
    off.set_ylim(bottom=LEAST_SHOWN / 100)  # room for the legend
    plain.legend()
    off.legend(loc="lower right")
    return canvas
