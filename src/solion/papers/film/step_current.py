"""Fig. 2a: response to a step of current below and above the threshold."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from matplotlib.figure import FigureBase

from solion.analysis import polarization, states, switches, switching_times
from solion.analysis.data import Data
from solion.papers.case import CHECKED, PREDICTED, Case, Choice, Claim, Equal, Found, Shape, around, at_most
from solion.papers.film.panels import CURRENT, STATES, TIME, name_states, phase_map
from solion.papers.film.setup import CELLS, column, current_pulse, memristor, scaled_time
from solion.papers.run_pool import RunPool
from solion.result.result import Result
from solion.views.style import BOTTOM, INK, TOP, title

LOW, HIGH = 0.08, 0.12
FILLING, RISE, PLATEAU, REST = 0.3, 0.01, 8.0, 4.0
RISES, MORE_CELLS = (0.001, 0.1), 400


@dataclass(frozen=True)
class Steps:
    """Runs at both currents, and the upper one with other rise times and with twice the cells."""

    low: Result
    high: Result
    others: dict[float, Result] = field(default_factory=dict)
    fine: Result | None = None


def run(run_pool: RunPool) -> Steps:
    """Both steps, and the variations unless in a hurry."""
    device = memristor(FILLING)

    def once(job):
        current, rise, cells = job
        protocol = current_pulse(device, current, PLATEAU, REST, rise)
        return run_pool.simulate(device, protocol, cells=cells, title=f"step to {current} i_D")

    jobs = [(LOW, RISE, CELLS), (HIGH, RISE, CELLS)]
    if not run_pool.quick:
        jobs += [(HIGH, rise, CELLS) for rise in RISES] + [(HIGH, RISE, MORE_CELLS)]
    low, high, *rest = run_pool.map(once, jobs)
    others = dict(zip(RISES, rest, strict=False))
    return Steps(low, high, others, rest[-1] if rest else None)


def _no_change(evidence: Steps) -> Found:
    inside = column(evidence.low, "composition_bottom").max()
    return Found(len(switches(evidence.low)), f"none; bottom reaches c = {inside:.3f}, below its spinodal 0.148")


def _steady(evidence: Steps) -> Found:
    """Largest change of composition per tau_D at the end of the plateau."""
    rates = []
    for result in (evidence.low, evidence.high):
        t, c = scaled_time(result), column(result, "composition")
        last = int(np.flatnonzero(result.dataset["segment"].values <= 3)[-1])
        rates.append(np.max(np.abs(c[last] - c[last - 20])) / (t[last] - t[last - 20]))
    return Found(float(max(rates)), f"|dc/dt| τ_D = {rates[0]:.1e} and {rates[1]:.1e} at the end of the plateau")


def _order(evidence: Steps) -> Found:
    seen = [(s.contact, s.rising, s.scaled_time) for s in switches(evidence.high)]
    words = ", ".join(f"{contact} {'rich' if up else 'poor'} at {t:.3f} τ_D" for contact, up, t in seen)
    return Found([(c, up) for c, up, _ in seen] == [("bottom", True), ("top", False)], words)


def _time(contact: str):
    def find(evidence: Steps) -> Found:
        value = getattr(switching_times(evidence.high), f"scaled_{contact}")
        words = f"{value:.4f}"
        if evidence.fine is not None:
            words += f" ({getattr(switching_times(evidence.fine), f'scaled_{contact}'):.4f} with {MORE_CELLS} cells)"
        return Found(value, words)

    return find


def _kept(evidence: Steps) -> Found:
    ends = [int(states(result)[-1]) for result in (evidence.low, evidence.high)]
    return Found(ends == [1, 3], f"state {STATES[ends[0]]} after {LOW}, state {STATES[ends[1]]} after {HIGH}")


def _rises(evidence: Steps) -> str:
    if not evidence.others:
        return "not run in the quick form"
    parts = [
        f"{polarization(result)} switching with a rise of {rise:g} τ_D "
        f"(τ_B = {switching_times(result).scaled_bottom:.3f}, τ_T = {switching_times(result).scaled_top:.3f})"
        for rise, result in evidence.others.items()
    ]
    return "; ".join(parts)


def draw(canvas: FigureBase, evidence: Steps) -> None:
    """Two columns, from top to bottom: current, phases, boundary compositions, electrochemical potential drop."""
    grid = canvas.subplots(4, 2, sharex="col", sharey="row", height_ratios=(0.8, 1.2, 1.2, 1.0))
    for k, (result, current) in enumerate(((evidence.low, LOW), (evidence.high, HIGH))):
        t = scaled_time(result)
        drive, phases, ends, drop = grid[:, k]
        drive.plot(t, column(result, "scaled_current"), color=INK)
        drive.set_ylim(-0.01, 0.14)
        title(drive, "a" if k == 0 else "", rf"$c_\mathrm{{m}}$ = {FILLING}, $i_\mathrm{{max}}$ = {current} $i_\mathrm{{D}}$")
        phase_map(phases, result)
        name_states(phases, result)
        ends.plot(t, column(result, "composition_top"), color=TOP, label="$c$ at T")
        ends.plot(t, column(result, "composition_bottom"), color=BOTTOM, ls=(0, (5, 1.2)), label="$c$ at B")
        ends.axhline(0.5, color="#9aa5b1", lw=0.7, ls=":")
        ends.set_ylim(-0.05, 1.05)
        volt = Data.of(result).scale("voltage")
        drop.plot(t, column(result, "electron_potential_drop") / volt, color="#7c5c00")
        drop.set_xlabel(TIME)
        drop.set_xlim(0, t[-1])
        times = switching_times(result)
        for value, name, height in ((times.scaled_bottom, "B", 0.62), (times.scaled_top, "T", 0.62)):
            if np.isfinite(value):
                colour = BOTTOM if name == "B" else TOP
                ends.annotate(
                    rf"$\tau^\mathrm{{{name}}}$ = {value:.3g}",
                    (value, 0.5),
                    (value + 0.35, height),
                    fontsize=8,
                    color=colour,
                    va="center",
                )
    grid[0, 0].set_ylabel(CURRENT)
    grid[1, 0].set_ylabel("phases")
    grid[2, 0].set_ylabel("$c$ at contacts")
    grid[2, 1].legend(loc="center right", handlelength=1.6)
    grid[3, 0].set_ylabel(r"$\mu_n^\mathrm{B}-\mu_n^\mathrm{T}$  ($k_\mathrm{B}T$)")


PROGRAM = "independent finite-volume program"
_DIGITS = "its 200 and 400 cells differ by 0.1 %, and its third digit is another 0.1 %"
CASE = Case(
    "2a",
    "Step current below and above the threshold",
    "Of two currents through a film of mean composition 0.3 both lead to a steady state, but only the larger one moves phases:"
    " first at the bottom contact, later at the top one.",
    "Fig. 2a and section 'Dimensionless Results'",
    f"c_m = {FILLING} from state I; {LOW} and {HIGH} i_D for {PLATEAU:g} τ_D, then {REST:g} τ_D without current; {CELLS} cells",
    run,
    (
        Claim(f"{LOW} i_D changes no phase", _no_change, Equal(0, "no contact may change its phase"), PREDICTED),
        Claim(
            f"{HIGH} i_D: the bottom turns rich first (pMP), the top poor later (fMP)",
            _order,
            Shape("B rich, then T poor", "the order of Fig. 2a"),
            PREDICTED,
        ),
        Claim(
            "both reach a steady state under the current",
            _steady,
            at_most(1e-6, "at that rate a change of one part in 1e4 takes 100 τ_D, ten plateaus"),
            PREDICTED,
        ),
        Claim(f"τ_B at {HIGH} i_D, in τ_D", _time("bottom"), around(0.993, 3e-3, _DIGITS), CHECKED, PROGRAM),
        Claim(f"τ_T at {HIGH} i_D, in τ_D", _time("top"), around(3.256, 3e-3, _DIGITS), CHECKED, PROGRAM),
        Claim(
            "the state is kept when the current is taken away",
            _kept,
            Shape("I below, III above the threshold", "the states that Fig. 2a ends in"),
            PREDICTED,
        ),
    ),
    draw,
    (Choice("rise time of the current", f"{RISE:g} τ_D", "short against every switching time", _rises),),
)
