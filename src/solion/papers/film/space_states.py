"""In space: the states that pulses of one polarity leave behind, how long they live, and what limits retention."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import FigureBase
from scipy.optimize import brentq

from solion.devices import Holed, Island
from solion.explore.retention import retention
from solion.papers.case import (
    CHECKED,
    PAPER_CONTRADICTED,
    PREDICTED,
    SPECIFICATION_CORRECTED,
    Between,
    Case,
    Claim,
    Found,
    Shape,
    around,
    at_least,
    at_most,
)
from solion.papers.film.setup import memristor
from solion.papers.film.space_setup import (
    CELLS,
    COLUMNS,
    FILLING,
    PROGRAM,
    THICKNESS,
    Course,
    course,
    pulse,
    pulsed,
    transferring,
)
from solion.papers.run_pool import RunPool
from solion.result.result import Result
from solion.thermodynamics import finger_current, flat_layer_width, island_life
from solion.views.style import COLOURS, PHASES, title

CURRENT, WAIT = 0.07, 40.0  # i_D; tau_D that the current has to raise an island
AFTER = (0.05, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0)  # tau_D that it stays on once there is one
LASTS = (1.0, 10.0, 100.0, 1000.0)
RADII = (0.10, 0.15, 0.20)
REST_WIDTH = 0.06  # of the fronts of an island, over h: tanh(d/0.03), as the program has it
FRONT_ENERGY = 0.01495  # state I less a quarter disc in a corner, 2 h wide, in c_0 R T h^2

# ---------------------------------------------------------------------------------------------------------------- states


@dataclass(frozen=True)
class States:
    """By pulse length after the first island: its course at rest, and what it starts from; none in the quick form."""

    courses: dict[float, Course]
    starts: dict[float, np.ndarray]
    drained: float = float("nan")  # tau_D until the top is poor everywhere at 0.03 i_D on a patch of ten times the rate
    kept: float = float("nan")  # coverage of the bottom 60 tau_D after the nucleation there


def run_states(run_pool: RunPool) -> States:
    """Pulses of seven lengths, each with 1000 tau_D of rest; and a film with a patch under current."""
    if run_pool.quick:
        return States({}, {})

    def one(after):
        result = pulsed(run_pool, transferring(), pulse(CURRENT, WAIT, after))
        first = int(np.flatnonzero(result.dataset["segment"].values >= 2)[0]) - 1
        return course(transferring(), result), result.dataset["composition"].values[first]

    made = run_pool.map(one, AFTER)
    patched = pulsed(run_pool, transferring(1e-3, 10.0), pulse(0.03, 2.0, 60.0, (1e-3,) * 4))
    events = dict(zip(patched.dataset["event_name"].values, patched.dataset["event_time"].values, strict=True))
    drained = float(events.get("greatest_composition_top crosses 0.5", np.nan)) / float(transferring().scales().time)
    kept = float(patched.dataset["coverage_bottom"].values[np.flatnonzero(patched.dataset["segment"].values == 1)[-1]])
    return States(
        dict(zip(AFTER, (c for c, _ in made), strict=True)), dict(zip(AFTER, (p for _, p in made), strict=True)), drained, kept
    )


def _distinct(evidence: States) -> Found | None:
    if not evidence.courses:
        return None
    seen = sorted(c.at(1.0)[0] for c in evidence.courses.values())
    gaps = np.diff(np.log([LOWEST, *seen]))
    count = 1 + int(np.sum(gaps > 0.05))
    return Found(count, f"{', '.join(f'{g:.3g}' for g in seen)} i_D/V_T 1 τ_D after the pulse, {LOWEST:.3g} before")


LOWEST = 3.94e-4  # i_D/V_T, conductance of state I


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
    if not evidence.starts:
        return
    for axes, (after, picture) in zip(right.subplots(len(evidence.starts), 1), evidence.starts.items(), strict=True):
        axes.imshow(picture, cmap=PHASES, vmin=0, vmax=1, aspect="auto", extent=(0, 2, 1, 0))
        axes.grid(False)
        axes.set_yticks([0.1, 0.9], ["T", "B"])
        axes.set_xticks([])
        axes.text(1.97, 0.5, f"{after:g}", va="center", ha="right", fontsize=8, color="white")


# -------------------------------------------------------------------------------------------------------------- retention


@dataclass(frozen=True)
class SpaceKept:
    """Lives (tau_D) of islands by radius with the fronts at rest, and with fronts half as wide; the film around a hole; and the
    energy of state I less that of a quarter disc; empty in the quick form."""

    lives: dict[float, float]
    sharp: float
    hole: Result | None
    energy: float


def run_kept(run_pool: RunPool) -> SpaceKept:
    """Islands, a hole in a layer and a quarter disc, left alone."""
    if run_pool.quick:
        return SpaceKept({}, np.nan, None, np.nan)
    narrow, wide = transferring(width=1.0), transferring()

    def life(job):
        radius, width = job
        foretold = island_life(memristor(FILLING).film.material, FILLING, THICKNESS, radius, 2)
        rests = (0.3 * foretold,) * 4
        result = pulsed(run_pool, narrow, pulse(0.0, 1e-3, 1e-3, rests), Island(radius, width=width))
        data = result.dataset
        gone = (data["event_name"].values == "greatest_composition_bottom crosses 0.5") & ~data["event_rising"].values
        return float(data["event_time"].values[gone][0]) / float(narrow.scales().time)

    jobs = [(radius, REST_WIDTH) for radius in RADII] + [(RADII[0], REST_WIDTH / 2)]
    found = run_pool.map(life, jobs)

    def rest(job):
        return pulsed(run_pool, wide, pulse(0.0, 1e-3, 1e-3), job)

    flat, disc, hole = run_pool.map(rest, (None, Island(0.84, width=REST_WIDTH), Holed(0.2, width=REST_WIDTH)))
    energies = [course(wide, result).energy[-1] for result in (flat, disc)]
    return SpaceKept(dict(zip(RADII, found, strict=False)), found[-1], hole, 2 * float(energies[0] - energies[1]))


def _life(radius: float):
    def find(evidence: SpaceKept) -> Found | None:
        if not evidence.lives:
            return None
        seconds = evidence.lives[radius] * float(memristor(FILLING).scales().time)
        return Found(evidence.lives[radius], f"{evidence.lives[radius]:.3f} ({seconds:.0f} s)")

    return find


def _law(evidence: SpaceKept) -> Found | None:
    """Life over that of a sharp island, the closed form, as it grows."""
    if not evidence.lives:
        return None
    material = memristor(FILLING).film.material
    ratios = [life / island_life(material, FILLING, THICKNESS, radius, 2) for radius, life in evidence.lives.items()]
    words = ", ".join(f"{ratio:.2f} at R = {radius:g}" for radius, ratio in zip(evidence.lives, ratios, strict=True))
    return Found(bool(np.all(np.diff(ratios) > 0) and ratios[-1] < 1), words)


def _narrow(evidence: SpaceKept) -> Found | None:
    return Found(evidence.sharp, f"{evidence.sharp:.3f}") if evidence.lives else None


def _gap(evidence: SpaceKept) -> Found | None:
    return Found(evidence.energy, f"{evidence.energy:.5f}") if evidence.lives else None


def _dewets(evidence: SpaceKept) -> Found | None:
    if evidence.hole is None:
        return None
    c = course(transferring(), evidence.hole)
    seen = [c.at(time)[2] for time in (0.0, 10.0, 100.0, 1000.0)]
    words = ", ".join(f"{cover:.2f}" for cover in seen)
    return Found(seen[-1], f"{words} of the bottom covered after 0, 10, 100 and 1000 τ_D")


def _hole(evidence: SpaceKept) -> Found:
    found = retention(memristor(FILLING)).limiting
    return Found(found.barrier, f"{found.barrier:.3g} k_B T", found.sentence)


def _scale(evidence: SpaceKept) -> Found:
    """Width at which a front fingers at the current that switches a film in one dimension."""
    material = memristor(FILLING).film.material

    def above(width):
        return finger_current(material, FILLING, THICKNESS, width, ("evenly", "evenly")) - 0.100

    width = float(brentq(above, 0.2, 5.0))  # pyright: ignore[reportArgumentType]
    flat = flat_layer_width(material, FILLING, THICKNESS)
    nm = THICKNESS * 1e9
    words = f"{width:.3f} h ({width * nm:.0f} nm); a flat layer is the lowest state below {flat:.3f} h ({flat * nm:.0f} nm)"
    return Found(width, words)


def draw_kept(canvas: FigureBase, evidence: SpaceKept) -> None:
    """Lives of islands over their radius beside the closed form; the film around a hole in time."""
    left, right = canvas.subfigures(1, 2, squeeze=False)[0]
    axes = left.subplots()
    material = memristor(FILLING).film.material
    radii = np.linspace(0.06, 0.3, 40)
    forms = [island_life(material, FILLING, THICKNESS, radius, 2) for radius in radii]
    axes.loglog(radii, forms, color=COLOURS[0], label="sharp island, closed form")
    if evidence.lives:
        axes.loglog(list(evidence.lives), list(evidence.lives.values()), "o", color=COLOURS[1], label="runs")
        axes.loglog(RADII, [0.497, 1.904, 4.373], "x", color=COLOURS[4], label="independent program")
    axes.set_xlabel("radius $R/h$")
    axes.set_ylabel(r"life/$\tau_\mathrm{D}$")
    axes.legend(fontsize=7.5)
    title(axes, "", "islands dissolve")
    if evidence.hole is None:
        return
    data = evidence.hole.dataset
    times = (0.0, 10.0, 100.0, 1000.0)
    for picture, time in zip(right.subplots(len(times), 1), times, strict=True):
        k = int(np.argmin(np.abs(data["scaled_time"].values - time)))
        picture.imshow(data["composition"].values[k], cmap=PHASES, vmin=0, vmax=1, aspect="auto", extent=(0, 2, 1, 0))
        picture.grid(False)
        picture.set_yticks([0.1, 0.9], ["T", "B"])
        picture.set_xticks([])
        picture.text(1.97, 0.3, rf"{time:g} $\tau_\mathrm{{D}}$", va="center", ha="right", fontsize=8, color="white")


_SAYS = "section 'Discussion and perspectives'"
_FORM = f"{CELLS} x {COLUMNS} cells on h x 2 h between mirrors, c_m = {FILLING:g}"
_LIVES = "the program's own 72 and 96 cells differ by 0.4 %, its steps by the rest"
CASES = (
    Case(
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
    ),
    Case(
        "in-space-retention",
        "Retention is finite by capillarity, not by heat",
        "Retention may end by detachment of the rich phase, by heterogeneity, surface wetting or thermal fluctuation; scaling"
        " down avoids part of it.",
        _SAYS,
        f"{CELLS} x {COLUMNS} cells on h x h (islands) and h x 2 h (a hole of 0.2 h, a quarter disc), no current, "
        f"c_m = {FILLING:g}",
        run_kept,
        (
            *(
                Claim(
                    f"life of an island of R = {radius:g}, in τ_D", _life(radius), around(value, 0.05, _LIVES), CHECKED, PROGRAM
                )
                for radius, value in zip(RADII, (0.497, 1.904, 4.373), strict=True)
            ),
            Claim(
                "life of an island of R = 0.1 whose fronts begin half as wide as at rest, in τ_D",
                _narrow,
                around(0.497, 0.05, "the specification's 'tanh width 0.03' read as the whole width of the front"),
                SPECIFICATION_CORRECTED,
                PROGRAM,
                instead=around(0.458, 0.02, "that front holds 5 % fewer ions: the number belongs to tanh(d/0.03)"),
            ),
            Claim(
                "lives approach the closed form of a sharp island from below as R grows",
                _law,
                Shape("the ratio grows and stays below 1", "a sharp interface is the limit of a large island"),
                CHECKED,
                "theory",
            ),
            Claim(
                "energy of state I less that of a quarter disc, in c_0 R T h^2",
                _gap,
                around(FRONT_ENERGY, 0.02, "the program's two relaxed states; sharp: 0.01481"),
                CHECKED,
                PROGRAM,
            ),
            Claim(
                "coverage of the bottom 1000 τ_D after a hole of 0.2 h in its layer",
                _dewets,
                around(0.438, 0.05, "the quarter disc that is left, whose edge is a column or two"),
                CHECKED,
                PROGRAM,
            ),
            Claim(
                "barrier of the hole that heat must open in a flat layer, in k_B T",
                _hole,
                at_most(60.0, "what is met within years on an electrode of 500 um: 'thermal fluctuation' would need it"),
                PAPER_CONTRADICTED,
                "paper",
                instead=Between(1e3, 1e5, "a sharp hole as a catenoid; within a decade of the specification's 1.3e4"),
            ),
            Claim(
                "width of a film that does not finger below its critical current of one dimension, in h",
                _scale,
                around(0.71, 0.02, "specification, from the same closed form"),
                CHECKED,
                "closed form",
            ),
        ),
        draw_kept,
    ),
)
