"""In space: the states that pulses of one polarity leave behind, how long they live, and what a patch does under current."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from matplotlib.figure import FigureBase

from solion.analysis import frozen_resistance
from solion.papers.case import CHECKED, PREDICTED, Case, Claim, Found, Shape, around, at_least
from solion.papers.film.space_setup import CELLS, COLUMNS, FILLING, PROGRAM, pulse, pulsed, transferring
from solion.papers.run_pool import RunPool
from solion.result.result import Result
from solion.views.style import COLOURS, PHASES, title

CURRENT, WAIT = 0.07, 40.0  # i_D; tau_D that the current has to raise an island
AFTER = (0.05, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0)  # tau_D that it stays on once there is one
LASTS = (1.0, 10.0, 100.0, 1000.0)
LOWEST = 3.94e-4  # i_D/V_T, conductance of state I


class Course(NamedTuple):
    """A state in time (tau_D since the pulse): conductance (i_D/V_T) for a small signal with the ions frozen, coverage of top
    and bottom, and the composition that it starts from."""

    time: np.ndarray
    conductance: np.ndarray
    top: np.ndarray
    bottom: np.ndarray
    start: np.ndarray

    def at(self, time: float) -> tuple[float, float, float]:
        """(conductance, coverage of the top, of the bottom) at the sample nearest to a time."""
        k = int(np.argmin(np.abs(self.time - time)))
        return float(self.conductance[k]), float(self.top[k]), float(self.bottom[k])


def course(result: Result) -> Course:
    """The rest after a pulse of two steps, its start included."""
    device, data = transferring(), result.dataset
    late = data.isel(time=slice(int(np.flatnonzero(data["segment"].values >= 2)[0]) - 1, None))
    time, states = late["scaled_time"].values, late["composition"].values
    conductance = np.array([float(device.scales().resistance / frozen_resistance(device, c, 0.0)) for c in states])
    return Course(time - time[0], conductance, late["coverage_top"].values, late["coverage_bottom"].values, states[0])


@dataclass(frozen=True)
class States:
    """By pulse length after the first island: its course at rest; none in the quick form."""

    courses: dict[float, Course]
    drained: float = float("nan")  # tau_D until the top is poor everywhere at 0.03 i_D on a patch of ten times the rate
    kept: float = float("nan")  # coverage of the bottom 60 tau_D after the nucleation there


def run_states(run_pool: RunPool) -> States:
    """Pulses of seven lengths, each with 1000 tau_D of rest; and a film with a patch under current."""
    if run_pool.quick:
        return States({})
    courses = run_pool.map(lambda after: course(pulsed(run_pool, transferring(), pulse(CURRENT, WAIT, after))), AFTER)
    patched = pulsed(run_pool, transferring(1e-3, 10.0), pulse(0.03, 2.0, 60.0, (1e-3,) * 4)).dataset
    drained = patched["event_time"].values[patched["event_name"].values == "greatest_composition_top crosses 0.5"]
    kept = float(patched["coverage_bottom"].values[patched["segment"].values == 1][-1])
    first = float(drained[0] / transferring().scales().time) if drained.size else np.nan
    return States(dict(zip(AFTER, courses, strict=True)), first, kept)


def _distinct(evidence: States) -> Found | None:
    if not evidence.courses:
        return None
    seen = sorted(c.at(1.0)[0] for c in evidence.courses.values())
    gaps = np.diff(np.log([LOWEST, *seen]))
    count = 1 + int(np.sum(gaps > 0.05))
    return Found(count, f"{', '.join(f'{g:.3g}' for g in seen)} i_D/V_T 1 τ_D after the pulse, {LOWEST:.3g} before")


def _transient(evidence: States) -> Found | None:
    if not evidence.courses:
        return None
    bridging = {d: [c.at(t)[1:] for t in LASTS] for d, c in evidence.courses.items()}
    left = [d for d, seen in bridging.items() if seen[-1][0] > 0 and seen[-1][1] > 0]
    words = "; ".join(f"{d:g}: " + ", ".join(f"({a:.2f}, {b:.2f})" for a, b in seen) for d, seen in bridging.items())
    return Found(not left, f"coverage (top, bottom) after 1, 10, 100 and 1000 τ_D: {words}")


def _steep(evidence: States) -> Found | None:
    """Life of an island against its coverage: the exponent between the smallest and the largest that dissolve."""
    if not evidence.courses:
        return None
    pairs = []
    for c in evidence.courses.values():
        gone = np.flatnonzero(c.bottom == 0)
        if c.bottom[0] < 0.3 and gone.size:
            pairs.append((float(c.bottom[0]), float(c.time[gone[0]])))
    (a, first), (b, last) = min(pairs), max(pairs)
    words = ", ".join(f"{t:.3g} τ_D from a coverage of {cover:.2f}" for cover, t in pairs)
    return Found(float(np.log(last / first) / np.log(b / a)), words)


def _number(name: str):
    def find(evidence: States) -> Found | None:
        return Found(getattr(evidence, name)) if evidence.courses else None

    return find


def draw_states(canvas: FigureBase, evidence: States) -> None:
    """Conductance and coverage after pulses of seven lengths, and what each leaves."""
    left, right = canvas.subfigures(1, 2, width_ratios=(1.2, 1.0), squeeze=False)[0]
    upper, lower = left.subplots(2, 1, sharex=True)
    for k, (after, c) in enumerate(evidence.courses.items()):
        seen = c.time > 0.01
        colour = COLOURS[k % len(COLOURS)]
        upper.loglog(c.time[seen], c.conductance[seen], color=colour, label=f"{after:g}")
        lower.semilogx(c.time[seen], c.bottom[seen], color=colour)
        lower.semilogx(c.time[seen], c.top[seen], color=colour, ls=":")
    upper.set_ylabel(r"$G$ ($i_\mathrm{D}/V_\mathrm{T}$)")
    upper.legend(title=r"$\tau_\mathrm{D}$ after the first island", fontsize=7, title_fontsize=7, ncols=2)
    lower.set_ylabel("coverage of B (T dotted)")
    lower.set_xlabel(r"$t/\tau_\mathrm{D}$ at open circuit")
    title(upper, "", "states after pulses of one polarity")
    if not evidence.courses:
        return
    rows = right.subplots(len(evidence.courses), 1)
    for axes, (after, c) in zip(rows, evidence.courses.items(), strict=True):
        axes.imshow(c.start, cmap=PHASES, vmin=0, vmax=1, aspect="auto", extent=(0, 2, 1, 0))
        axes.grid(False)
        axes.set_yticks([0.1, 0.9], ["T", "B"])
        axes.set_xticks([])
        axes.text(1.97, 0.5, f"{after:g}", va="center", ha="right", fontsize=8, color="white")


_SAYS = "section 'Discussion and perspectives'"
_FORM = f"{CELLS} x {COLUMNS} cells on h x 2 h between mirrors, c_m = {FILLING:g}"
CASE = Case(
    "in-space-states",
    "Pulses of one polarity leave many states, for a while",
    "The 1D picture cannot give the numerous resistance states of experiments, which 2D or 3D nucleation may explain.",
    _SAYS,
    f"{_FORM}, Da = 1e-3 at both contacts; {CURRENT:g} i_D until the first ion-rich place at the bottom and for {len(AFTER)} "
    "times after it, then open circuit for 1000 τ_D; the small-signal conductance with the ions frozen",
    run_states,
    (
        Claim(
            "distinct conductances 1 τ_D after the pulse, that of state I included",
            _distinct,
            at_least(6.0, "the program's pulses give six distinct ones; 'distinct' by 5 % or more"),
            PREDICTED,
        ),
        Claim(
            "no state that joins both contacts is left after 1000 τ_D",
            _transient,
            Shape("each ends in a state with one contact poor", "the program's runs; permanent states need pinning"),
            CHECKED,
            PROGRAM,
        ),
        Claim(
            "life of an island against its coverage, exponent",
            _steep,
            at_least(1.5, "capillarity gives R^3, a coverage in proportion to R; the smallest islands are all interface"),
            PREDICTED,
            "theory",
        ),
        Claim(
            "a patch of 10 × Da at 0.03 i_D: the top is drained, in τ_D",
            _number("drained"),
            around(11.9, 0.1, "the tolerance that the program's grid of 64 x 64 cells asks for"),
            CHECKED,
            PROGRAM,
        ),
        Claim(
            "coverage of the bottom 60 τ_D later",
            _number("kept"),
            around(0.55, 0.1, "the tolerance that the program's grid of 64 x 64 cells asks for"),
            CHECKED,
            PROGRAM,
        ),
    ),
    draw_states,
)
