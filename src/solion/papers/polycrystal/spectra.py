"""Figs. 6a-c: impedance of symmetric cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import FigureBase

from solion.analysis.spectra.circuit_fit import CircuitFit, fit_circuit
from solion.analysis.spectra.circuits import Resistor, Zarc
from solion.analysis.spectra.consistency import kramers_kronig
from solion.analysis.spectra.relaxation import RelaxationTimes, relaxation_times
from solion.devices.polycrystal import ChargeTransfer, Polycrystal
from solion.experiments.conduction import Elements, Sizes, conduct
from solion.experiments.conduction.problem import pose
from solion.materials.llzo import llzo_boundary, llzo_grain
from solion.papers.case import CHECKED, Case, Choice, Claim, Found, at_most
from solion.papers.polycrystal.cells import RESISTANCES
from solion.papers.polycrystal.setup import grains
from solion.papers.run_pool import RunPool
from solion.views.style import COLOURS, title

RATIO = 0.1  # Lambda of the pellet whose impedance is taken
CAPACITANCE = 0.01  # F/m^2 of the interfaces
FREQUENCY = np.logspace(0, 9.5, 96)


@dataclass(frozen=True)
class CellSpectrum:
    """Impedance (ohm m^2) of one cell by frequency (Hz), what is made of it, and its resistance for direct current with that
    of the ceramic.
    """

    frequency: np.ndarray
    impedance: np.ndarray
    fit: CircuitFit
    relaxation: RelaxationTimes
    deviation: float
    direct: float
    ceramic: float


def run_spectra(run_pool: RunPool) -> dict[str, CellSpectrum]:
    """Finite-element spectra of four cells, fitted by three arcs; in the quick form of the first and the last."""
    sizes = (0.5e-6, 2e-6, 5e-6) if run_pool.quick else (0.2e-6, 1e-6, 2.5e-6)
    engine = Elements(sizes=Sizes(*sizes), order=1)
    frequency = FREQUENCY[::2] if run_pool.quick else FREQUENCY
    labels = [label for label in RESISTANCES if not run_pool.quick or label in ("bare", "H.L., cycled")]
    grain, boundary = llzo_grain(), llzo_boundary(RATIO)
    ceramic = conduct(Polycrystal(grain, boundary), grains(1), engine=engine)
    run_pool.count(1 + 2 * len(labels))

    def one(label):
        electrode = ChargeTransfer(RESISTANCES[label], capacitance=CAPACITANCE)
        device = Polycrystal(grain, boundary, electrode, electrode)
        z, _ = engine.spectrum(pose("impedance", device, grains(1), 1.0, None), frequency)
        direct = float(conduct(device, grains(1), engine=engine).dataset["resistance"])
        bulk = 100e-6 / float(grain.conductivity)
        start = (
            Resistor(bulk * 1e-3)
            + Zarc(bulk, 8.9e-9)
            + Zarc(RATIO * bulk, 1.8e-6)
            + Zarc(2 * RESISTANCES[label], RESISTANCES[label] * CAPACITANCE)
        )
        fixed = ("Resistor0.resistance", "Zarc1.exponent", "Zarc3.exponent")
        return CellSpectrum(
            frequency,
            np.asarray(z),
            fit_circuit(start, frequency, z, fixed=fixed),
            relaxation_times(frequency, z),
            kramers_kronig(frequency, z).largest,
            direct,
            float(ceramic.dataset["resistance"]),
        )

    return dict(zip(labels, run_pool.map(one, labels), strict=True))


def _arcs(evidence) -> Found:
    found = {label: s.fit["Zarc3.resistance"].value / 2 for label, s in evidence.items()}
    off = max(abs(found[label] / RESISTANCES[label] - 1) for label in found)
    return Found(off, ", ".join(f"{label} {value * 1e4:.4g} Ω cm²" for label, value in found.items()))


def _bulk(evidence) -> Found:
    off = {
        label: (s.fit["Zarc1.resistance"].value + s.fit["Zarc2.resistance"].value + s.fit["Resistor0.resistance"].value)
        / s.ceramic
        - 1
        for label, s in evidence.items()
    }
    return Found(max(map(abs, off.values())), ", ".join(f"{label} {value:+.2%}" for label, value in off.items()))


def _peaks(evidence) -> Found:
    off = {}
    for label, s in evidence.items():
        slowest = s.relaxation.peaks(1e-4)[-1]
        off[label] = float(np.log10(slowest.time / (RESISTANCES[label] * CAPACITANCE)))
    return Found(max(map(abs, off.values())), ", ".join(f"{label} {value:+.3f}" for label, value in off.items()))


def _consistent(evidence) -> Found:
    return Found(max(s.deviation for s in evidence.values()))


def draw_spectra(canvas: FigureBase, evidence) -> None:
    """Nyquist plots, near the origin and whole, and the distributions of relaxation times."""
    axes = canvas.subplots(1, 3)
    for (label, s), colour in zip(evidence.items(), COLOURS, strict=False):
        for panel in axes[:2]:
            panel.plot(s.impedance.real * 1e4, -s.impedance.imag * 1e4, "o", ms=2.5, color=colour, label=label)
            fitted = s.fit.circuit.impedance(2 * np.pi * s.frequency)
            panel.plot(fitted.real * 1e4, -fitted.imag * 1e4, color=colour, lw=0.8)
        axes[2].loglog(s.relaxation.time, np.maximum(s.relaxation.gamma * 1e4, 1e-2), color=colour, label=label)
    axes[0].set(xlabel="Z′ (Ω cm²)", ylabel="-Z″ (Ω cm²)", aspect="equal")
    axes[1].set(xlabel="Z′ (Ω cm²)", ylabel="-Z″ (Ω cm²)", xlim=(0, 160), ylim=(0, 80))
    axes[2].set(xlabel="relaxation time (s)", ylabel="γ (Ω cm²)", ylim=(1e-1, 1e5))
    axes[0].legend()
    for panel, letter, text in zip(
        axes, ("6a", "6b", ""), ("Li | LLZO | Li", "near the origin", "relaxation times"), strict=True
    ):
        title(panel, letter, text)


CASE = Case(
    "6a-c",
    "Impedance of Li | LLZO | Li",
    "The interfacial resistance falls from 1000 to 50 and, after cycling, to 14 Ω cm².",
    "Fig. 6a-c",
    "finite-element spectra of 100 µm of grains at Λ = 0.1 between four kinds of contacts, fitted by three arcs",
    run_spectra,
    (
        Claim(
            "interfacial resistances from the arcs, relative error",
            _arcs,
            at_most(0.02, "arcs overlap by a decade and a half: what three of them leave of one"),
            CHECKED,
            "round trip",
        ),
        Claim(
            "grains and boundaries against direct current, relative error",
            _bulk,
            at_most(0.02, "the same"),
            CHECKED,
            "round trip",
        ),
        Claim(
            "time of the interface's peak, decades off R C",
            _peaks,
            at_most(0.1, "one step of the axis of relaxation times"),
            CHECKED,
            "round trip",
        ),
        Claim(
            "largest Kramers-Kronig residual",
            _consistent,
            at_most(1e-3, "what a passive, linear cell leaves at ten elements a decade"),
            CHECKED,
            "theory",
        ),
    ),
    draw_spectra,
    (
        Choice(
            "Λ", f"{RATIO}", "at Λ = 1 the boundaries' relaxation time, 18 µs, meets that of 14 Ω cm²", lambda _: "0.02 to 0.3"
        ),
        Choice("capacitance of the interfaces", "1 µF/cm²", "customary double layer", lambda _: "0.5 to 10 µF/cm²"),
        Choice("gold", "200 Ω cm²", "the text says only that 14 is below it", lambda _: "any"),
    ),
)
