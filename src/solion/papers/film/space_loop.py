"""In space: the voltammogram of a film whose front is rough, and of one with a patch, beside that of one dimension."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np
from matplotlib.figure import FigureBase

from solion.analysis.hysteresis import loops
from solion.base.scaling import Scales
from solion.devices import Mirrored, Patch, Rough
from solion.papers.case import CHECKED, PREDICTED, Case, Choice, Claim, Found, around, at_most
from solion.papers.film.panels import VOLTAGE
from solion.papers.film.setup import column, memristor, voltammogram
from solion.papers.film.space_setup import PATCH, PROGRAM, THICKNESS
from solion.papers.run_pool import RunPool
from solion.result.result import Result
from solion.views.style import COLOURS, title

PEAK, CELLS, COLUMNS, ROUGH = 100.0, 64, 24, 0.02  # V_T; cells; of h
NAMES = {"line": "one dimension", "rough": "h wide, rough front", "patch": "the same, 100 × Da on a fifth"}


class FastLoop(NamedTuple):
    """Second cycle of a voltammogram: V over V_T, I over i_D, and the area of both lobes in i_D V_T."""

    voltage: np.ndarray
    current: np.ndarray
    area: float

    def at(self, voltage: float) -> tuple[float, float]:
        """Current while V rises to its peak, and while it falls from it."""
        top = int(np.argmax(self.voltage))
        up, down = slice(0, top + 1), slice(top, int(np.argmin(self.voltage)) + 1)
        return (
            float(np.interp(voltage, self.voltage[up], self.current[up])),
            float(np.interp(-voltage, -self.voltage[down], self.current[down])),
        )


def run_loops(run_pool: RunPool) -> dict[str, FastLoop]:
    """Loops by name; none in the quick form."""
    if run_pool.quick:
        return {}
    line = memristor(0.1, (1e-2, 1e-4))
    plane = dataclasses.replace(line, extent=Mirrored(width=THICKNESS, columns=COLUMNS))
    patch = Patch(end=PATCH * THICKNESS, factor=100)
    patched = dataclasses.replace(plane, bottom=dataclasses.replace(plane.bottom, rates=patch))

    def one(name):
        device = {"line": line, "rough": plane, "patch": patched}[name]
        start = None if name == "line" else Rough(amplitude=ROUGH)
        return _second(run_pool.simulate(device, voltammogram(device, PEAK), cells=CELLS, initial=start), device.scales())

    return dict(zip(NAMES, run_pool.map(one, NAMES), strict=True))


def _second(result: Result, scales: Scales) -> FastLoop:
    area = loops(result)[1].area / float(scales.current * scales.voltage)
    return FastLoop(column(result, "scaled_voltage", 1), column(result, "scaled_current", 1), area)


def _reach(name: str, largest: bool):
    def find(evidence: dict[str, FastLoop]) -> Found | None:
        if not evidence:
            return None
        current = evidence[name].current
        return Found(float(current.max() if largest else current.min()))

    return find


def _area(name: str):
    def find(evidence: dict[str, FastLoop]) -> Found | None:
        return Found(evidence[name].area) if evidence else None

    return find


def _window(evidence: dict[str, FastLoop]) -> Found | None:
    if not evidence:
        return None
    ratios = {name: loop.at(10.0)[1] / loop.at(10.0)[0] for name, loop in evidence.items()}
    words = ", ".join(f"{ratio:.3g} ({NAMES[name]})" for name, ratio in ratios.items())
    return Found(ratios["patch"] / ratios["line"], f"I down over up at 10 V_T: {words}")


def draw_loops(canvas: FigureBase, evidence: dict[str, FastLoop]) -> None:
    """|I| over V of the three."""
    axes = canvas.subplots()
    for k, (name, loop) in enumerate(evidence.items()):
        size = np.abs(loop.current)
        axes.semilogy(loop.voltage, np.where(size > 1e-6, size, np.nan), color=COLOURS[k], label=NAMES[name])
    axes.set_ylim(1e-4, 1)
    axes.set_xlabel(VOLTAGE)
    axes.set_ylabel(r"$|i|/i_\mathrm{D}$")
    if evidence:
        axes.legend(fontsize=7.5)
    title(axes, "", "a fast loop in space")


_I = "3 %, the specification's tolerance of a grid of 64 x 24 cells"
_A = "8 %, as the program's area is not converged with its grid"
CASE = Case(
    "in-space-loop",
    "A fast loop hardly feels the plane; a patch closes its window",
    "Heterogeneity of the material may explain the states and the retention of real devices.",
    "section 'Discussion and perspectives'",
    f"two cycles to ±{PEAK:g} V_T at 125 V_T/τ_D, Da = 1e-2 and 1e-4, c_m = 0.1, R_s = 100 V_T/i_D; {CELLS} x {COLUMNS} cells on"
    f" h x h, the front rough by {ROUGH:g} h",
    run_loops,
    (
        *(
            Claim(f"{words}, {NAMES[name]}", _reach(name, largest), around(value, 0.03, _I), CHECKED, PROGRAM)
            for name, pair in (("line", (0.483, -0.437)), ("rough", (0.476, -0.435)), ("patch", (0.482, -0.447)))
            for words, largest, value in zip(("largest current", "smallest current"), (True, False), pair, strict=True)
        ),
        *(
            Claim(f"area of the loop, {NAMES[name]}", _area(name), around(value, 0.08, _A), CHECKED, PROGRAM)
            for name, value in (("line", 11.27), ("rough", 11.95), ("patch", 12.90))
        ),
        Claim(
            "what a patch leaves of the ratio of currents at 10 V_T",
            _window,
            at_most(0.25, "the program's window falls from 8.0 to 1.15: a patch shorts the state of high resistance"),
            PREDICTED,
            "theory",
        ),
    ),
    draw_loops,
    (
        Choice(
            "the unevenness of a film",
            f"a front rough by {100 * ROUGH:g} % of h, seed 0",
            "the paper names no number",
            lambda evidence: (
                f"the area grows from {evidence['line'].area:.4g} to {evidence['rough'].area:.4g} i_D V_T"
                if evidence
                else "not run in the quick form"
            ),
        ),
    ),
)
