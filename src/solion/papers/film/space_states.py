"""In space: the states that pulses of one polarity leave behind, how long they live, and what a patch does under current."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from matplotlib.figure import FigureBase

from solion.analysis import frozen_resistance
from solion.base.constants import GAS_CONSTANT
from solion.devices import EarlierState, SolvedSteps, Still
from solion.papers.case import CHECKED, PREDICTED, Case, Claim, Found, Shape, around, at_least
from solion.papers.film.space_retention import FRONT_ENERGY
from solion.papers.film.space_setup import CELLS, COLUMNS, FILLING, PROGRAM, THICKNESS, WIDTH, pulsed, transferring
from solion.papers.run_pool import RunPool
from solion.protocols import hold
from solion.protocols.protocol import Protocol
from solion.result.result import Result
from solion.views.style import COLOURS, PHASES, title

CURRENT, WAIT, HELD = 0.07, 40.0, 0.03  # i_D; tau_D that a current has to raise an island; i_D on a patch
AFTER = (0.05, 0.2, 0.5, 1.0, 2.0, 4.0)  # tau_D that it stays on once there is one
SPARSE, DENSE = 20, 160  # samples of a step: of all runs alike, so that they share a program
RESTS = (10.0, 960.0)  # tau_D at open circuit, sampled every half and every six
LASTS = (1.0, 10.0, 100.0, sum(RESTS))
LOWEST = 3.94e-4  # i_D/V_T, conductance of state I


class Course(NamedTuple):
    """A state in time (tau_D since the pulse): conductance (i_D/V_T) for a small signal with the ions frozen, coverage of top
    and bottom, when the last ion-rich place at the bottom goes (nan where it stays), the composition that it starts from and
    its energy in the end (c_0 R T h^2)."""

    time: np.ndarray
    conductance: np.ndarray
    top: np.ndarray
    bottom: np.ndarray
    gone: float
    start: np.ndarray
    energy: float

    def at(self, time: float) -> tuple[float, float, float]:
        """(conductance, coverage of the top, of the bottom) at the sample nearest to a time."""
        k = int(np.argmin(np.abs(self.time - time)))
        return float(self.conductance[k]), float(self.top[k]), float(self.bottom[k])


def course(result: Result) -> Course:
    """The rest after a pulse, at samples spread over the decades of its time."""
    device, data = transferring(), result.dataset
    time, second = data["scaled_time"].values, float(device.scales().time)
    seen = np.unique([int(np.argmin(np.abs(time - t))) for t in (0, *np.geomspace(0.5, time[-1], 22), *LASTS)])
    states = data["composition"].values[seen]
    conductance = np.array([float(device.scales().resistance / frozen_resistance(device, c, 0.0)) for c in states])
    fell = (data["event_name"].values == "greatest_composition_bottom crosses 0.5") & ~data["event_rising"].values
    gone = (
        float(data["event_time"].values[fell][-1]) / second
        if np.any(fell) and data["coverage_bottom"].values[-1] == 0
        else np.nan
    )
    material = device.film.material
    unit = float(material.concentration) * GAS_CONSTANT * float(device.temperature) * float(device.area) * THICKNESS
    energy = float(data["free_energy"].values[-1]) / unit * WIDTH
    top, bottom = (data[f"coverage_{end}"].values[seen] for end in ("top", "bottom"))
    return Course(time[seen], conductance, top, bottom, gone, states[0], energy)


@dataclass(frozen=True)
class States:
    """By pulse length after the first island: its course at rest; none in the quick form."""

    courses: dict[float, Course]
    drained: float = float("nan")  # tau_D until the top is poor everywhere at 0.03 i_D on a patch of ten times the rate
    kept: float = float("nan")  # coverage of the bottom 60 tau_D after the nucleation there


def raised(current: float, lasts: float, after: float) -> Protocol:
    """A current (i_D) until the bottom is ion-rich anywhere, and ``after`` tau_D more."""
    scales = transferring().scales()
    first = hold(current=current * scales.current, duration=lasts * scales.time, samples=SPARSE)
    more = hold(current=current * scales.current, duration=after * scales.time, samples=DENSE)
    return first.until("greatest_composition_bottom", above=0.5).then(more)


def run_states(run_pool: RunPool) -> States:
    """A pulse whose states are left alone from six of its samples on, for 970 tau_D; and a film with a patch under current.

    What is left alone creeps, which steps with solved stages follow six times faster (decision 0087).
    """
    if run_pool.quick:
        return States({})
    second = transferring().scales().time
    pulsing, patched = run_pool.map(
        lambda job: pulsed(run_pool, *job),
        [(transferring(), raised(CURRENT, WAIT, AFTER[-1])), (transferring(1e-3, 10.0), raised(HELD, 2.0, 60.0))],
    )
    resting = hold(current=0.0, duration=RESTS[0] * second, samples=SPARSE)
    resting = resting.then(hold(current=0.0, duration=RESTS[1] * second, samples=DENSE))
    alone = dataclasses.replace(transferring(), fluctuations=Still(steps=SolvedSteps()))
    late = np.flatnonzero(pulsing.dataset["segment"].values == 1)
    since = pulsing.dataset["scaled_time"].values[late] - pulsing.dataset["scaled_time"].values[late[0] - 1]

    def left(after):
        initial = EarlierState.of(pulsing, int(late[np.argmin(np.abs(since - after))]))
        return course(pulsed(run_pool, alone, resting, initial))

    courses = run_pool.map(left, AFTER[::-1])[::-1]  # the longest first, so that no thread waits for it
    data = patched.dataset
    drained = data["event_time"].values[data["event_name"].values == "greatest_composition_top crosses 0.5"]
    first = float(drained[0] / second) if drained.size else np.nan
    return States(dict(zip(AFTER, courses, strict=True)), first, float(data["coverage_bottom"].values[-1]))


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
    return Found(not left, f"coverage (top, bottom) after {', '.join(f'{t:g}' for t in LASTS)} τ_D: {words}")


def _steep(evidence: States) -> Found | None:
    """Life of an island against its coverage: the exponent between the smallest and the largest that dissolve."""
    if not evidence.courses:
        return None
    pairs = []
    for c in evidence.courses.values():
        if c.bottom[0] < 0.3 and np.isfinite(c.gone):
            pairs.append((float(c.bottom[0]), c.gone))
    (a, first), (b, last) = min(pairs), max(pairs)
    words = ", ".join(f"{t:.3g} τ_D from a coverage of {cover:.2f}" for cover, t in pairs)
    return Found(float(np.log(last / first) / np.log(b / a)), words)


def _gap(evidence: States) -> Found | None:
    """Energy of state I, where the smallest islands end, less the lowest that a pulse leaves."""
    if not evidence.courses:
        return None
    flat, *_, least = (evidence.courses[d] for d in sorted(evidence.courses, key=lambda d: -evidence.courses[d].energy))
    words = f"coverage (top, bottom) {flat.top[-1]:.2f}, {flat.bottom[-1]:.2f} and {least.top[-1]:.2f}, {least.bottom[-1]:.2f}"
    return Found(flat.energy - least.energy, f"{flat.energy - least.energy:.5f}", words)


def _number(name: str):
    def find(evidence: States) -> Found | None:
        return Found(getattr(evidence, name)) if evidence.courses else None

    return find


def draw_states(canvas: FigureBase, evidence: States) -> None:
    """Conductance and coverage after pulses of six lengths, and what each leaves."""
    left, right = canvas.subfigures(1, 2, width_ratios=(1.2, 1.0), squeeze=False)[0]
    upper, lower = left.subplots(2, 1, sharex=True)
    for k, (after, c) in enumerate(evidence.courses.items()):
        seen = c.time > 0.01
        colour = COLOURS[k % len(COLOURS)]
        upper.loglog(c.time[seen], c.conductance[seen], color=colour, label=f"{after:g}")
        lower.semilogx(c.time[seen], c.bottom[seen], color=colour)
        lower.semilogx(c.time[seen], c.top[seen], color=colour, ls=":")
    upper.set_ylabel(r"$G$ ($i_\mathrm{D}/V_\mathrm{T}$)")
    if evidence.courses:
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
    f"times after it, then open circuit for {sum(RESTS):g} τ_D; the small-signal conductance with the ions frozen",
    run_states,
    (
        Claim(
            "distinct conductances 1 τ_D after the pulse, that of state I included",
            _distinct,
            at_least(6.0, "the program's pulses give six distinct ones; 'distinct' by 5 % or more"),
            PREDICTED,
        ),
        Claim(
            f"no state that covers both contacts is left after {LASTS[-1]:g} τ_D",
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
            "energy of state I less that of the quarter disc in a corner that long pulses leave, in c_0 R T h^2",
            _gap,
            around(FRONT_ENERGY, 0.02, "the program's two relaxed states, whose interface is not sharp"),
            CHECKED,
            PROGRAM,
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
