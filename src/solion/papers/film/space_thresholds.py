"""In space: which currents switch a film, by focusing, at a patch, by fingers and by heat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import FigureBase

from solion.explore.critical_current.runs import StepRun
from solion.explore.nucleus import CriticalNucleus, critical_nucleus
from solion.papers.case import CHECKED, PREDICTED, Between, Case, Choice, Claim, Found, Shape, around, at_least, at_most
from solion.papers.film.setup import memristor
from solion.papers.film.space_setup import CELLS, COLUMNS, FILLING, PROGRAM, THICKNESS, step, transferring, wetted
from solion.papers.run_pool import RunPool
from solion.thermodynamics import (
    critical_current,
    critical_current_diffuse,
    current_potential,
    finger_current,
    focusing_current,
    ion_poor_fraction,
    phase_diagram,
)
from solion.views.style import COLOURS, MUTED, title

DWELL, LONG = 80.0, 150.0  # tau_D
RATE, SLOW = 1e-3, 1e-5  # i_D
# (kind, number of the kind, current in i_D, dwell in tau_D)
RUNS = (
    *(("focusing", RATE, current, LONG) for current in (0.067, 0.070, 0.075, 0.09)),
    *(("focusing", SLOW, current, LONG) for current in (0.070, 0.072, 0.075)),
    *(("patch", 10.0, current, DWELL) for current in (0.02, 0.03, 0.05, 0.09)),
    *(("wetting", -0.02, current, DWELL) for current in (0.035, 0.040, 0.05, 0.09)),
    *(("wetting", -0.01, current, DWELL) for current in (0.06, 0.08)),
    *(("fingers", 0.0, current, 300.0) for current in (0.05, 0.07)),
)
NUCLEI = (0.05, 0.08, 0.10, 0.12)


@dataclass(frozen=True)
class SpaceRuns:
    """Runs in space by (kind, number, current); none in the quick form."""

    runs: dict[tuple[str, float, float], StepRun]

    def time(self, kind: str, number: float, current: float) -> float:
        """When the bottom is first ion-rich, in tau_D; nan where it is not."""
        return self.runs[kind, number, current].bottom

    def bracket(self, kind: str, number: float) -> tuple[float, float]:
        """The largest current that does not switch the bottom, the smallest that does."""
        mine = {current: np.isfinite(run.bottom) for (k, n, current), run in self.runs.items() if (k, n) == (kind, number)}
        return max(c for c, yes in mine.items() if not yes), min(c for c, yes in mine.items() if yes)


def run_thresholds_in_space(run_pool: RunPool) -> SpaceRuns:
    """All runs; the quick form makes none."""

    def one(job):
        kind, number, current, dwell = job
        device = {
            "focusing": lambda: transferring(number),
            "patch": lambda: transferring(RATE, number),
            "wetting": lambda: wetted(number),
            "fingers": lambda: wetted(number),
        }[kind]()
        return (kind, number, current), step(run_pool, device, current, dwell)

    return SpaceRuns(dict(run_pool.map(one, () if run_pool.quick else RUNS)))


def _reduced(evidence: SpaceRuns) -> Found:
    formula = critical_current(memristor(FILLING).film.material, FILLING)
    focusing = focusing_current(memristor(FILLING).film.material, transferring(RATE).bottom.transfer, FILLING, THICKNESS)
    words = f"{focusing.current:.4f} in an endless film without any defect, against {formula:.4f} i_D of Eq. 5"
    return Found(focusing.current / formula, words, "closed form; the rate itself drops out")


def _bracket(kind: str, number: float):
    def find(evidence: SpaceRuns) -> Found | None:
        if not evidence.runs:
            return None
        low, high = evidence.bracket(kind, number)
        time = evidence.time(kind, number, high)
        return Found(0.5 * (low + high), f"none at {low:g}, τ_B = {time:.3g} τ_D at {high:g} i_D")

    return find


def _time(kind: str, number: float, current: float):
    def find(evidence: SpaceRuns) -> Found | None:
        return Found(evidence.time(kind, number, current)) if evidence.runs else None

    return find


def _share(evidence: SpaceRuns) -> Found | None:
    if not evidence.runs:
        return None
    high = evidence.bracket("patch", 10.0)[1]
    line = critical_current_diffuse(memristor(FILLING).film.material, FILLING, THICKNESS)
    return Found(high / line, f"{high:g} i_D on a patch of ten times the rate, {line:.3f} i_D in one dimension")


def _early_top(evidence: SpaceRuns) -> Found | None:
    if not evidence.runs:
        return None
    pairs = [(evidence.runs["fingers", 0.0, i].top, evidence.runs["fingers", 0.0, i].bottom) for i in (0.05, 0.07)]
    return Found(all(top < bottom for top, bottom in pairs), "; ".join(f"τ_T = {t:.0f}, τ_B = {b:.0f} τ_D" for t, b in pairs))


def draw_thresholds(canvas: FigureBase, evidence: SpaceRuns) -> None:
    """Time to the first ion-rich place at the bottom over the current, by mechanism; triangles where there is none."""
    axes = canvas.subplots()
    names = {
        ("focusing", RATE): "focusing, Da = 1e-3",
        ("focusing", SLOW): "focusing, Da = 1e-5",
        ("patch", 10.0): "patch, 10 × Da",
        ("wetting", -0.02): "wetting patch, w = −0.02",
        ("wetting", -0.01): "wetting patch, w = −0.01",
        ("fingers", 0.0): "fingers, even current",
    }
    for k, ((kind, number), label) in enumerate(names.items()):
        runs = sorted((current, run) for (a, b, current), run in evidence.runs.items() if (a, b) == (kind, number))
        times = [(current, run.bottom) for current, run in runs if np.isfinite(run.bottom)]
        axes.plot([c for c, _ in times], [time for _, time in times], "o-", ms=4, color=COLOURS[k], label=label)
        none = [current for current, run in runs if not np.isfinite(run.bottom)]
        axes.plot(none, [2.5 * LONG] * len(none), "^", ms=5, mfc="none", color=COLOURS[k])
    axes.set_yscale("log")
    line = critical_current_diffuse(memristor(FILLING).film.material, FILLING, THICKNESS)
    axes.axvline(line, color=MUTED, ls=":", lw=1.0)
    axes.text(0.995 * line, 0.06, "one dimension", rotation=90, fontsize=8, ha="right", color=MUTED)
    axes.set_xlim(0.015, 0.105)
    axes.set_ylim(4e-3, 1000)
    axes.set_xlabel(r"$i/i_\mathrm{D}$")
    axes.set_ylabel(r"$\tau_\mathrm{B}/\tau_\mathrm{D}$")
    axes.legend(fontsize=7.5, loc="lower left")
    title(axes, "", "what switches a film 2 h wide (triangles: nothing while it was held)")


# ---------------------------------------------------------------------------------------------------------------- nuclei


def run_nuclei(run_pool: RunPool) -> dict[float, CriticalNucleus]:
    """Critical nuclei at a neutral contact by the composition of the poor phase there."""
    run_pool.count(0)
    chosen = NUCLEI[3:] if run_pool.quick else NUCLEI
    material = memristor(FILLING).film.material
    return dict(zip(chosen, run_pool.map(lambda c: critical_nucleus(material, c), chosen), strict=True))


def _barrier(composition: float):
    def find(evidence: dict[float, CriticalNucleus]) -> Found | None:
        nucleus = evidence.get(composition)
        return None if nucleus is None else Found(nucleus.barrier, f"{nucleus.barrier:.4g} k_B T")

    return find


def _heat(evidence: dict[float, CriticalNucleus]) -> Found:
    """How much of the way to the spinodal is left where a barrier of 30 k_B T is met, extrapolated as (s_0 - c)^2.5."""
    material = memristor(FILLING).film.material
    spinodal = phase_diagram(material).spinodal[0]
    at = max(evidence)
    met = spinodal - (spinodal - at) * (30 / evidence[at].barrier) ** 0.4
    limits = [reaching(c) for c in (met, spinodal)]
    words = f"30 k_B T at c = {met:.3f} of {spinodal:.3f}: the current there is {limits[0] / limits[1]:.3f} of Eq. 5"
    return Found(limits[0] / limits[1], words, "the barrier does not depend on the thickness")


def reaching(composition: float) -> float:
    """Current (i_D) that raises the poor phase at the bottom to a composition, in one dimension."""
    material = memristor(FILLING).film.material
    low = phase_diagram(material).binodal[0]
    return current_potential(material, low, composition) / ion_poor_fraction(material, FILLING)


def draw_nuclei(canvas: FigureBase, evidence: dict[float, CriticalNucleus]) -> None:
    """Profiles of the nuclei, the contact below."""
    rows = canvas.subplots(1, len(evidence), sharey=True, squeeze=False)[0]
    for axes, (composition, nucleus) in zip(rows, evidence.items(), strict=True):
        nm = nucleus.length * 1e9
        radius = np.concatenate([-nucleus.radius[::-1], nucleus.radius])
        both = np.concatenate([nucleus.composition[:, ::-1], nucleus.composition], axis=1)
        axes.contourf(radius * nm, nucleus.height * nm, both, levels=np.linspace(0, 1, 21), cmap="magma")
        axes.set_xlim(-25, 25)
        axes.set_ylim(0, 25)
        axes.set_aspect("equal")
        axes.set_xlabel("nm")
        axes.set_title(f"c = {composition:g}\n{nucleus.barrier:.0f} $k_\\mathrm{{B}}T$", fontsize=8.5)
    rows[0].set_ylabel("nm above the contact")


_SAYS = "section 'Discussion and perspectives'"
_FORM = f"{CELLS} x {COLUMNS} cells on h x 2 h between mirrors, c_m = {FILLING:g}, state I with a wave of 1 % of h"
_BRACKET = "the program's bracket: its largest current that does not switch and its smallest that does"
_TIMES = "72 cells are within 2 to 3 % on either side, and both programs use them"
CASES = (
    Case(
        "in-space-thresholds",
        "In space a film switches at smaller currents",
        "Nucleation in two or three dimensions may reduce the switching current significantly.",
        _SAYS,
        f"{_FORM}; a forced current, held for {DWELL:g} τ_D ({LONG:g} for focusing, 300 for fingers)",
        run_thresholds_in_space,
        (
            Claim(
                "threshold by focusing of electron transfer over Eq. 5, a film without any defect",
                _reduced,
                at_most(0.8, "'significantly' is read as by a fifth or more"),
                PREDICTED,
            ),
            Claim(
                "the smallest current that switches a film with a better patch, over that of one dimension",
                _share,
                at_most(0.5, "'significantly', with the heterogeneity of a real contact: by half or more"),
                PREDICTED,
            ),
            Claim(
                "threshold by focusing, Da = 1e-3, in i_D",
                _bracket("focusing", RATE),
                Between(0.067, 0.070, _BRACKET),
                CHECKED,
                PROGRAM,
            ),
            Claim(
                "threshold by focusing, Da = 1e-5, in i_D",
                _bracket("focusing", SLOW),
                Between(0.070, 0.072, _BRACKET),
                CHECKED,
                PROGRAM,
            ),
            Claim(
                "threshold on a patch of 10 × Da, in i_D",
                _bracket("patch", 10.0),
                Between(0.02, 0.03, _BRACKET),
                CHECKED,
                PROGRAM,
            ),
            Claim(
                "threshold on a wetting patch of w = −0.02, in i_D",
                _bracket("wetting", -0.02),
                Between(0.035, 0.040, _BRACKET),
                CHECKED,
                PROGRAM,
            ),
            Claim(
                "threshold on a wetting patch of w = −0.01, in i_D",
                _bracket("wetting", -0.01),
                Between(0.06, 0.08, _BRACKET),
                CHECKED,
                PROGRAM,
            ),
            Claim("τ_B by focusing at 0.09 i_D", _time("focusing", RATE, 0.09), around(1.42, 0.1, _TIMES), CHECKED, PROGRAM),
            Claim(
                "τ_B by focusing at 0.075 i_D, Da = 1e-5",
                _time("focusing", SLOW, 0.075),
                around(3.48, 0.1, _TIMES),
                CHECKED,
                PROGRAM,
            ),
            Claim("τ_B by fingers at 0.07 i_D", _time("fingers", 0.0, 0.07), around(117.6, 0.05, _TIMES), CHECKED, PROGRAM),
            Claim("τ_B by fingers at 0.05 i_D", _time("fingers", 0.0, 0.05), around(164.5, 0.05, _TIMES), CHECKED, PROGRAM),
            Claim(
                "fingers open the top before they reach the bottom, against one dimension",
                _early_top,
                Shape("τ_T below τ_B", "the program's runs; in one dimension the bottom is first"),
                CHECKED,
                PROGRAM,
            ),
        ),
        draw_thresholds,
        (
            Choice(
                "how long the current is held, and the seed",
                f"{DWELL:g} τ_D; a wave of 1 % of h, half a period wide",
                "the paper gives neither; without them a threshold in space has no meaning",
                lambda evidence: (
                    "not run in the quick form"
                    if not evidence.runs
                    else f"fingers take {evidence.time('fingers', 0.0, 0.05):.0f} τ_D at 0.05 i_D, and none below "
                    f"{finger_current(memristor(FILLING).film.material, FILLING, THICKNESS, 2.0, ('evenly', 'evenly')):.3f} i_D"
                ),
            ),
        ),
    ),
    Case(
        "in-space-nuclei",
        "Heat does not nucleate the ion-rich phase",
        "Retention and thresholds may be limited by thermal fluctuation.",
        _SAYS,
        "critical nuclei with an axis at a neutral contact, by Newton's method on 0.13 l",
        run_nuclei,
        (
            *(
                Claim(
                    f"barrier at c = {composition:g}, in k_B T",
                    _barrier(composition),
                    around(value, share, "the grids of both programs are within 1 % below 0.1 and 2 % above"),
                    CHECKED,
                    PROGRAM,
                )
                for composition, value, share in ((0.05, 4073, 0.01), (0.08, 629, 0.01), (0.10, 234, 0.02), (0.12, 70, 0.02))
            ),
            Claim(
                "by how much heat lowers the threshold: current where the barrier is 30 k_B T, over Eq. 5",
                _heat,
                at_least(0.95, "within 5 % of Eq. 5: heat is no reason for a significantly smaller current"),
                PREDICTED,
                "theory",
            ),
        ),
        draw_nuclei,
    ),
)
