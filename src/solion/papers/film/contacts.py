"""Statements on the contacts: a larger Omega_n, and what sets the current at low and at high bias."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import FigureBase

from solion.analysis import frozen_resistance, phase_profile
from solion.devices import FilmMemristor
from solion.papers.case import MODEL_LIMIT, PAPER_CONTRADICTED, PREDICTED, Case, Choice, Claim, Found, Shape, around, at_least
from solion.papers.film.resistance_ratio import FILLING, PARTIAL, formula
from solion.papers.film.setup import ELECTRODES, memristor
from solion.papers.film.voltammogram_runs import LTO4_PEAKS, PEAK
from solion.papers.run_pool import RunPool
from solion.views.style import COLOURS, title

INTERACTIONS = (15.0, 20.0, 25.0)  # Omega_n; Omega stays -12
RATES = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2)  # Da of both contacts
STATES = {"I": ("rich", "poor"), "III": ("poor", "rich")}
PEAKS = {"LTO4": max(LTO4_PEAKS), "LTO7": PEAK}
LOW = 0.1  # V_T
STEP = 1.02  # factor of the numbers whose share is taken

# --------------------------------------------------------------------------------------------------------------- Omega_n


def interacting(interaction: float, rate: float) -> FilmMemristor:
    """Identical symmetric contacts on a film with this Omega_n, and Omega_p = Omega - Omega_n."""
    device = memristor(FILLING, (rate, rate))
    material = device.film.material
    total = float(material.free_energy.ion_interaction + material.free_energy.electron_interaction)  # pyright: ignore
    energy = dataclasses.replace(material.free_energy, electron_interaction=interaction, ion_interaction=total - interaction)
    film = dataclasses.replace(device.film, material=dataclasses.replace(material, free_energy=energy))
    return dataclasses.replace(device, film=film)


def run_interactions(run_pool: RunPool) -> np.ndarray:
    """Ratio of partial polarization at low bias, [rate, Omega_n], by the paper's R(c_T, c_B)."""
    run_pool.count(0)
    return np.array([[formula(interacting(omega, rate), PARTIAL) for omega in INTERACTIONS] for rate in RATES])


def _grows(rate: float):
    def find(evidence: np.ndarray) -> Found:
        row = evidence[RATES.index(rate)]
        words = ", ".join(f"{value:.4g} at Ω_n = {omega:g}" for value, omega in zip(row, INTERACTIONS, strict=True))
        return Found(bool(np.all(np.diff(row) > 0)), words)

    return find


def _at_paper_rate(evidence: np.ndarray) -> Found:
    row = evidence[RATES.index(1e-3)]
    words = ", ".join(f"{value:.3g} at Ω_n = {omega:g}" for value, omega in zip(row, INTERACTIONS, strict=True))
    return Found(
        float(row[-1] / row[0]),
        words,
        "a larger Ω_n makes the better contact better still, until R_s is what is left of the lower resistance, while the "
        "poor contact improves as well",
    )


def draw_interactions(canvas: FigureBase, evidence: np.ndarray) -> None:
    """Ratio over Da for each Omega_n."""
    axes = canvas.subplots()
    for k, omega in enumerate(INTERACTIONS):
        axes.loglog(RATES, evidence[:, k], "o-", ms=4, color=COLOURS[k], label=rf"$\Omega_\mathrm{{n}}$ = {omega:g}")
    axes.set_xlabel("Da of both contacts")
    axes.set_ylabel(r"resistance ratio $\mathcal{R}$ of pMP")
    axes.legend()
    title(axes, "", r"a larger $\Omega_\mathrm{n}$")


# ---------------------------------------------------------------------------------------------------- low and high bias


@dataclass(frozen=True)
class Shares:
    """By film and state: bias (V_T), and the shares d ln i/d ln Da (both contacts) and -d ln i/d ln R_s at each."""

    bias: dict[str, np.ndarray]
    rate: dict[tuple[str, str], np.ndarray]
    series: dict[tuple[str, str], np.ndarray]


def run_shares(run_pool: RunPool) -> Shares:
    """Central differences of the current through settled states, ions frozen."""
    run_pool.count(0)
    bias = {name: np.concatenate([[-peak, -LOW], np.geomspace(LOW, peak, 16)]) for name, peak in PEAKS.items()}
    rate, series = {}, {}
    for name, numbers in ELECTRODES.items():
        for state, ends in STATES.items():

            def resistance(da: float, resistor: float, name=name, numbers=numbers, ends=ends) -> np.ndarray:
                device = memristor(**numbers | {"rates": (numbers["rates"][0] * da, numbers["rates"][1] * da)})
                device = dataclasses.replace(device, series_resistance=device.series_resistance * resistor)
                volts = bias[name] * float(device.scales().voltage)
                return np.log(frozen_resistance(device, phase_profile(device.film, *ends), volts))

            span = 2 * np.log(STEP)
            rate[name, state] = (resistance(1 / STEP, 1.0) - resistance(STEP, 1.0)) / span
            series[name, state] = (resistance(1.0, STEP) - resistance(1.0, 1 / STEP)) / span
    return Shares(bias, rate, series)


def _low(*which: tuple[str, str]):
    def find(evidence: Shares) -> Found:
        found = {key: evidence.rate[key][np.isclose(np.abs(evidence.bias[key[0]]), LOW)] for key in which}
        words = "; ".join(f"{name} in state {state}: {share.min():.2f}" for (name, state), share in found.items())
        least = min(float(share.min()) for share in found.values())
        others = [float(evidence.series[key][np.isclose(np.abs(evidence.bias[key[0]]), LOW)].max()) for key in which]
        return Found(least, words, f"R_s has at most {max(others):.2f}")

    return find


def _high(evidence: Shares) -> Found:
    found = {key: evidence.series[key][[0, -1]] for key in evidence.series}
    words = "; ".join(f"{n} in state {s}: {share[0]:.2f} and {share[1]:.2f}" for (n, s), share in found.items())
    return Found(min(float(share.min()) for share in found.values()), f"{words} at −V_max and +V_max")


def draw_shares(canvas: FigureBase, evidence: Shares) -> None:
    """Share of Da and of R_s over the positive bias, for both films and states."""
    axes = canvas.subplots()
    for k, key in enumerate(evidence.rate):
        up = evidence.bias[key[0]] > 0
        axes.semilogx(evidence.bias[key[0]][up], evidence.rate[key][up], color=COLOURS[k], label=f"Da, {key[0]}, state {key[1]}")
        axes.semilogx(evidence.bias[key[0]][up], evidence.series[key][up], color=COLOURS[k], ls=(0, (4, 2)))
    axes.plot([], [], color="#6b7280", ls=(0, (4, 2)), label=r"$R_\mathrm{s}$, dashed")
    axes.axhline(0.5, color="#9aa5b1", lw=0.7)
    axes.set_xlabel(r"$V/V_\mathrm{T}$")
    axes.set_ylabel(r"share in $\mathrm{d}\ln i$")
    axes.legend(fontsize=7.5, loc="center left", bbox_to_anchor=(0.0, 0.67))  # clear of the line at a half
    title(axes, "", "what sets the current")


_MAINLY = "'mainly': more than half of d ln i"
CASES = (
    Case(
        "omega-n",
        "A larger Ω_n is preferred",
        "To get a larger resistance ratio, a larger Ω_n is preferred.",
        "section 'Dimensionless Results'",
        f"R of partial polarization by R(c_T, c_B), identical contacts, Ω_n = {', '.join(f'{v:g}' for v in INTERACTIONS)}"
        " at Ω = −12",
        run_interactions,
        (
            Claim(
                "it grows with Ω_n where transfer dominates (Da = 1e-6)",
                _grows(1e-6),
                Shape("grows with Ω_n", "the statement, under the condition that the paper names before it"),
                PREDICTED,
            ),
            Claim(
                "it grows with Ω_n at the Da of the paper's contacts (1e-3), ratio at 25 over that at 15",
                _at_paper_rate,
                at_least(1.0, "larger is preferred"),
                PAPER_CONTRADICTED,
                instead=around(18.7 / 28.3, 0.02, "28.3 and 18.7 of the paper's own formula, by an independent evaluation"),
            ),
        ),
        draw_interactions,
        (
            Choice(
                "what is kept while Ω_n varies",
                "Ω = −12, hence both phases",
                "Ω_n is to change the contacts alone",
                lambda evidence: ", ".join(
                    f"Da = {rate:.0e}: {'grows' if np.all(np.diff(row) > 0) else 'does not'}"
                    for rate, row in zip(RATES, evidence, strict=True)
                ),
            ),
        ),
    ),
    Case(
        "bias-limits",
        "Da sets the current at low voltage, R_s at high",
        "The dimensionless current at low and at high voltage is mainly determined by Da and R_s, respectively.",
        "section 'Comparison with experiments', third aspect",
        "contacts of Fig. 4d, settled states I and III with the ions frozen; Da of both contacts and R_s varied by 2 %",
        run_shares,
        (
            Claim(
                f"share of Da in d ln i at {LOW:g} V_T, LTO4 and the high resistance of LTO7",
                _low(("LTO4", "I"), ("LTO4", "III"), ("LTO7", "I")),
                at_least(0.5, _MAINLY),
                PREDICTED,
            ),
            Claim(
                f"share of Da in d ln i at {LOW:g} V_T, the low resistance of LTO7",
                _low(("LTO7", "III")),
                at_least(0.5, _MAINLY),
                MODEL_LIMIT,
                instead=around(0.101, 0.03, "both contacts' share in R(c_T, c_B) of the paper, whose R_b is 1.6 % off"),
            ),
            Claim("share of R_s in d ln i at V_max, the least", _high, at_least(0.5, _MAINLY), PREDICTED),
        ),
        draw_shares,
        (
            Choice(
                "V_max",
                ", ".join(f"{name} {peak:g} V_T" for name, peak in PEAKS.items()),
                "those of Fig. 4d here",
                lambda evidence: (
                    "at 30 V_T R_s has "
                    + ", ".join(
                        f"{np.interp(30.0, evidence.bias[n], share):.2f} ({n}, {s})" for (n, s), share in evidence.series.items()
                    )
                ),
            ),
        ),
    ),
)
