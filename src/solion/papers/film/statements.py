"""Statements of the text: LTO4 against LTO7, the switching time and diffusion, retention."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import FigureBase

from solion.analysis import frozen_resistance, phase_profile
from solion.devices import PhaseSeparated, Profile
from solion.papers.case import CHECKED, MODEL_LIMIT, PREDICTED, Between, Case, Choice, Claim, Found, around, at_least, at_most
from solion.papers.film.panels import CURRENT, STATES, TIME, phase_map
from solion.papers.film.setup import CELLS, column, held, memristor, scaled_time
from solion.papers.film.thresholds import Times, faster, run_times
from solion.papers.run_pool import RunPool
from solion.result.result import Result
from solion.views.style import COLOURS, INK, MUTED, title

LTO4, LTO7 = 0.1, 0.9
ENDS = {1: ("rich", "poor"), 2: ("rich", "rich"), 3: ("poor", "rich")}
RETENTION = 120.0  # tau_D; the first sixth lets the phases settle on the grid
FILLING, RATES = 0.3, (1e-2, 1e-4)
FILLINGS = (0.1, 0.5, 0.9)

# -------------------------------------------------------------------------------------------------------- LTO4 and LTO7


def _less(evidence: Times) -> Found:
    found = evidence.thresholds
    low, high = found.simulated[LTO4].current, found.simulated[LTO7].current
    scale = float(memristor(LTO4).scales().current)
    words = f"{low:.4f} against {high:.4f} i_D ({low * scale * 1e3:.3g} against {high * scale * 1e3:.3g} mA)"
    note = f"Eq. 5: {found.formula[LTO4]:.4f} against {found.formula[LTO7]:.4f}; both with the same electron diffusivity"
    return Found(low / high, words, note)


def draw_comparison(canvas: FigureBase, evidence: Times) -> None:
    """Time of full polarization over current for both films, their thresholds dotted; seconds on the right."""
    axes = canvas.subplots()
    for k, (c, name) in enumerate(((LTO4, "LTO4"), (LTO7, "LTO7"))):
        last = np.maximum(evidence.top[c], evidence.bottom[c])
        axes.loglog(evidence.current[c], last, marker="o", ms=3.5, color=COLOURS[k], label=rf"{name}, $c_\mathrm{{m}}$ = {c:g}")
        axes.axvline(evidence.thresholds.simulated[c].current, color=COLOURS[k], ls=":", lw=1.2)
    axes.set_xlabel(CURRENT)
    axes.set_ylabel(r"$\tau_\mathrm{fMP}/\tau_\mathrm{D}$")
    axes.legend()
    _seconds(axes)
    title(axes, "", "LTO4 against LTO7")


def _seconds(axes) -> None:
    tau = float(memristor(LTO4).scales().time)
    second = axes.secondary_yaxis("right", functions=(lambda y: y * tau, lambda y: y / tau))
    second.set_ylabel(rf"$\tau_\mathrm{{fMP}}$ (s) at $\tau_\mathrm{{D}}$ = {tau:.0f} s", color=MUTED)


# -------------------------------------------------------------------------------------------------------- switching time


def _last(evidence: Times, filling: float) -> np.ndarray:
    return np.maximum(evidence.top[filling], evidence.bottom[filling])


def _order(evidence: Times) -> Found:
    """Time of full polarization at twice the threshold: the one farthest from tau_D."""
    times = {c: evidence.at(c, 2 * evidence.thresholds.simulated[c].current)[1] for c in evidence.current}
    words = f"{min(times.values()):.2g} to {max(times.values()):.2g} τ_D at twice the threshold"
    return Found(max(times.values(), key=lambda time: abs(np.log(time))), words)


def _tenth(evidence: Times) -> Found:
    least = {c: float(np.nanmin(_last(evidence, c))) for c in (LTO4, LTO7)}
    return Found(
        least[LTO4],
        f"{least[LTO4]:.3f} τ_D (c_m = 0.1), {least[LTO7]:.3f} τ_D (0.9), 1 i_D above the threshold",
        "held on after it has switched, so large a current empties the top of the film: pulses must end",
    )


def _in_seconds(evidence: Times) -> Found:
    tau = float(memristor(LTO4).scales().time)
    least = [float(np.nanmin(_last(evidence, c)) * tau) for c in (LTO4, LTO7)]
    return Found(least[1], f"{least[1]:.2g} s 1 i_D above the threshold; LTO4 takes {least[0]:.2g} s")


def draw_times(canvas: FigureBase, evidence: Times) -> None:
    """Time of full polarization over the current above the threshold, with tau_D and a tenth of it."""
    axes = canvas.subplots()
    for k, c in enumerate(FILLINGS):
        excess = evidence.current[c] - evidence.thresholds.simulated[c].current
        axes.loglog(excess, _last(evidence, c), marker="o", ms=3.5, color=COLOURS[k], label=rf"$c_\mathrm{{m}}$ = {c:g}")
    for level, name in ((1.0, r"$\tau_\mathrm{D}$"), (0.1, r"$\tau_\mathrm{D}/10$")):
        axes.axhline(level, color=INK, lw=0.9, ls=(0, (4, 3)))
        axes.text(axes.get_xlim()[0] * 1.05, level * 1.07, name, fontsize=8.5)
    axes.set_xlabel(r"$(i-i_\mathrm{c})/i_\mathrm{D}$")
    axes.set_ylabel(r"$\tau_\mathrm{fMP}/\tau_\mathrm{D}$")
    axes.legend()
    _seconds(axes)
    title(axes, "", "diffusion sets the scale, current shortens it")


# -------------------------------------------------------------------------------------------------------------- retention


@dataclass(frozen=True)
class Kept:
    """A run at V = 0 from each of the three states."""

    runs: dict[int, Result]

    def drift(self, state: int) -> tuple[np.ndarray, np.ndarray]:
        """(time, largest change of composition since the first sixth), in tau_D."""
        result = self.runs[state]
        t, c = scaled_time(result), column(result, "composition")
        settled = int(np.searchsorted(t, RETENTION / 6))
        return t[settled:] - t[settled], np.max(np.abs(c[settled:] - c[settled]), axis=1)


def run_retention(run_pool: RunPool) -> Kept:
    """States I, II and III at V = 0."""
    device = memristor(FILLING, RATES)
    x = tuple((np.arange(CELLS) + 0.5) / CELLS)

    def one(state):
        profile = phase_profile(device.film, *ENDS[state], cells=CELLS)
        start = Profile(x, tuple(profile)) if state == 2 else PhaseSeparated("top" if state == 1 else "bottom")
        return run_pool.simulate(device, held(device, RETENTION), initial=start, cells=CELLS)

    return Kept(dict(zip(ENDS, run_pool.map(one, ENDS), strict=True)))


def _drift(evidence: Kept) -> Found:
    found = {state: float(evidence.drift(state)[1].max()) for state in ENDS}
    words = ", ".join(f"{value:.1e} (state {STATES[state]})" for state, value in found.items())
    days = 5 / 6 * RETENTION * float(memristor(FILLING).scales().time) / 3600
    return Found(max(found.values()), words, f"over {5 / 6 * RETENTION:.0f} τ_D, {days:.1f} h for an 80 nm film of LTO")


def _resistance(evidence: Kept) -> Found:
    device, changes = memristor(FILLING, RATES), {}
    for state, result in evidence.runs.items():
        t, c = scaled_time(result), column(result, "composition")
        pair = [float(frozen_resistance(device, c[k], 0.0)) for k in (int(np.searchsorted(t, RETENTION / 6)), -1)]
        changes[state] = abs(pair[1] / pair[0] - 1)
    return Found(max(changes.values()), ", ".join(f"{value:.1e} ({STATES[state]})" for state, value in changes.items()))


def draw_retention(canvas: FigureBase, evidence: Kept) -> None:
    """Phases against time from each state, and the largest change of composition."""
    maps, drifts = canvas.subfigures(1, 2, width_ratios=(1.25, 1.0), squeeze=False)[0]
    rows = maps.subplots(len(ENDS), 1, sharex=True)
    for k, (axes, (state, result)) in enumerate(zip(rows, evidence.runs.items(), strict=True)):
        phase_map(axes, result, name=STATES[state])
        if k == 0:
            title(axes, "", "phases at V = 0")
    rows[-1].set_xlabel(TIME)
    axes = drifts.subplots()
    for k, state in enumerate(ENDS):
        t, drift = evidence.drift(state)
        axes.semilogy(t[1:], np.maximum(drift[1:], 1e-17), color=COLOURS[k], label=f"state {STATES[state]}")
    axes.set_ylim(1e-17, 1e-5)
    axes.set_xlabel(TIME)
    axes.set_ylabel("largest change of $c$")
    axes.legend()
    title(axes, "", "drift of the settled profile")


_TEXT = "section 'Comparison with experiments'"
CASES = (
    Case(
        "lto4-vs-lto7",
        "LTO4 switches faster and with less current than LTO7",
        "A film that starts nearly empty (LTO4) switches faster and with less current than one nearly full (LTO7).",
        f"{_TEXT}, second aspect",
        "the runs of Fig. 2b and 2c at c_m = 0.1 and 0.9",
        run_times,
        (
            Claim(
                "threshold of LTO4 over that of LTO7",
                _less,
                at_most(1.0, "less current, at the same electron diffusivity"),
                PREDICTED,
            ),
            Claim("LTO4 switches faster", faster, at_least(1.0, "the shorter time at every current compared"), PREDICTED),
        ),
        draw_comparison,
        (Choice("c_m of LTO4 and LTO7", "0.1 and 0.9", "stated with Fig. 4d", lambda _: "compared at every common current"),),
    ),
    Case(
        "switching-time",
        "Diffusion limits the switching time, current shortens it",
        "The switching time is set by the diffusion time of the ions, though a larger current shortens it more than ten times.",
        f"{_TEXT}, first aspect; abstract",
        "the runs of Fig. 2b and 2c",
        run_times,
        (
            Claim(
                "τ of fMP at twice the threshold, the farthest from τ_D",
                _order,
                Between(1 / 3, 3.0, "of the order of τ_D: half a decade either way"),
                PREDICTED,
            ),
            Claim(
                "current shortens it to below a tenth of τ_D in LTO4, in τ_D",
                _tenth,
                at_most(0.1, "'over ten times', from τ_D"),
                PREDICTED,
            ),
            Claim(
                "LTO7 switches within seconds",
                _in_seconds,
                Between(1.0, 10.0, "'on the order of seconds', at the largest current that was tried"),
                MODEL_LIMIT,
                instead=around(18.4, 0.03, "0.29 τ_D of 64 s, to the accuracy of the threshold that the current starts from"),
            ),
        ),
        draw_times,
    ),
    Case(
        "retention",
        "Retention without decay in 1D",
        "Without a voltage the states do not decay by diffusion.",
        "section 'Discussion and perspectives'",
        f"states I, II and III at c_m = {FILLING}, V = 0, {RETENTION:g} τ_D, of which the first sixth settles the grid",
        run_retention,
        (
            Claim(
                "largest change of composition",
                _drift,
                at_most(
                    1e-8, "a hundredth of the solver's relative tolerance: nothing but round-off may move a stationary state"
                ),
                CHECKED,
                "equilibrium",
            ),
            Claim(
                "largest relative change of resistance",
                _resistance,
                at_most(1e-8, "as for the composition, to which it is linear"),
                PREDICTED,
            ),
        ),
        draw_retention,
        (
            Choice(
                "c_m and contacts",
                f"c_m = {FILLING}, Da = {RATES[0]:g} and {RATES[1]:g}",
                "states with three resistances",
                lambda _: "states I, II and III alike",
            ),
        ),
    ),
)
