"""Figs. 6a-c, 6d-f and 6g: impedance, staircases and long cycling of symmetric cells."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from matplotlib.figure import FigureBase

from solion.analysis.equivalent_circuit import CircuitFit, Resistor, Zarc, fit_circuit
from solion.analysis.kramers_kronig import kramers_kronig
from solion.analysis.relaxation_times import RelaxationTimes, relaxation_times
from solion.conduction import Elements, Sizes, conduct
from solion.conduction.conduct import pose
from solion.devices.polycrystal import ChargeTransfer, Polycrystal
from solion.failure import (
    Cell,
    CellTest,
    Griffith,
    Interface,
    alternating,
    calibrate,
    calibrate_pressure,
    critical_current,
    implied_flaw,
    run_cell,
    staircase,
)
from solion.materials.llzo import llzo_boundary, llzo_grain
from solion.papers.bench import Bench
from solion.papers.case import Between, Case, Choice, Claim, Found, Shape, around, at_most
from solion.papers.polycrystal.samples import QUICK_SEEDS, SEEDS, bare, covered
from solion.papers.polycrystal.setup import PELLET, grains, median_words
from solion.plotting.style import COLOURS, MUTED, title

RESISTANCES = {"bare": 0.1, "Au": 200e-4, "H.L.": 50e-4, "H.L., cycled": 14e-4}  # ohm m^2; stated but for gold
RATIO = 0.1  # Lambda of the pellet whose impedance is taken
CAPACITANCE = 0.01  # F/m^2 of the interfaces
FREQUENCY = np.logspace(0, 9.5, 96)
HOT_RATIO, EVEN_RATIO = 2.0, 1.0  # Lambda of the bare ceramic and of that under a layer
CONTACT = 0.45  # contact fraction of the untreated interface
STEP = 0.2  # A/m^2
PRINTED = {"bare": 1.0, "Au": 2.0, "H.L.": 18.0}  # A/m^2

# ---------------------------------------------------------------------------------------------------------------- impedance


@dataclass(frozen=True)
class Spectrum:
    """Impedance (ohm m^2) of one cell, what is made of it, and its resistance for direct current with that of the ceramic."""

    impedance: np.ndarray
    fit: CircuitFit
    relaxation: RelaxationTimes
    deviation: float
    direct: float
    ceramic: float


def run_spectra(bench: Bench) -> dict[str, Spectrum]:
    """Finite-element spectra of four cells, fitted by three arcs."""
    engine = Elements(sizes=Sizes(junctions=0.2e-6, faces=1e-6, bulk=2.5e-6), order=1)
    grain, boundary = llzo_grain(), llzo_boundary(RATIO)
    ceramic = conduct(Polycrystal(grain, boundary), grains(1), engine=engine)
    bench.count(1 + 2 * len(RESISTANCES))

    def one(label):
        electrode = ChargeTransfer(RESISTANCES[label], capacitance=CAPACITANCE)
        device = Polycrystal(grain, boundary, electrode, electrode)
        z, _ = engine.spectrum(pose(device, grains(1), None, None), FREQUENCY)
        direct = float(conduct(device, grains(1), engine=engine).dataset["resistance"])
        bulk = 100e-6 / float(grain.conductivity)
        start = (
            Resistor(bulk * 1e-3)
            + Zarc(bulk, 8.9e-9)
            + Zarc(RATIO * bulk, 1.8e-6)
            + Zarc(2 * RESISTANCES[label], RESISTANCES[label] * CAPACITANCE)
        )
        fixed = ("Resistor0.resistance", "Zarc1.exponent", "Zarc3.exponent")
        return Spectrum(
            np.asarray(z), fit_circuit(start, FREQUENCY, z, fixed=fixed), relaxation_times(FREQUENCY, z),
            kramers_kronig(FREQUENCY, z).largest, direct, float(ceramic.dataset["resistance"]),
        )  # fmt: skip

    return {label: one(label) for label in RESISTANCES}


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
            fitted = s.fit.circuit.impedance(2 * np.pi * FREQUENCY)
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


# --------------------------------------------------------------------------------------------------------------- staircases


@dataclass(frozen=True)
class Tests:
    """By interface: the critical current by the model (A/m^2), the staircase and the long cycling; and the calibrated limit.

    ``factor``: H(100 nm) of each bare face at Lambda = 2; ``few``: whether they are too few for a median, in the quick form.
    """

    factor: np.ndarray
    few: bool
    interfaces: dict[str, Interface]
    limit: float
    critical: dict[str, float]
    stairs: dict[str, CellTest]
    cycling: dict[str, CellTest]


def run_tests(bench: Bench) -> Tests:
    """Staircases and cycling at 0.8 mA/cm2, once for both cases."""
    return bench.once("cells", lambda: _tests(bench))


def interfaces(hot: float, even: float) -> dict[str, Interface]:
    """The three interfaces of the paper, before any test: hot-spot factors on the bare ceramic and under a layer."""
    return {
        "bare": Interface(RESISTANCES["bare"], hot, CONTACT),
        "Au": Interface(RESISTANCES["Au"], hot),
        "H.L.": Interface(RESISTANCES["H.L."], even),
    }


def _tests(bench: Bench) -> Tests:
    seeds = QUICK_SEEDS if bench.quick else SEEDS
    ceramic = bare(bench, HOT_RATIO, seeds)
    chosen = interfaces(float(np.median(ceramic.factor)), float(np.median(covered(bench, EVEN_RATIO, seeds).outer)))
    effective = float(np.mean(ceramic.conductivity))
    law = calibrate(PRINTED["H.L."], chosen["H.L."], "1.8 mA/cm2 with the layer, Lu et al., fig. 6f")
    critical = {label: critical_current(law, interface) for label, interface in chosen.items()}
    cells = {
        label: Cell(interface, thickness=PELLET, conductivity=effective * 0.05) for label, interface in chosen.items()
    }
    stairs = {label: run_cell(cell, critical[label], staircase(30.0, STEP, 600.0)) for label, cell in cells.items()}
    cycling = {label: run_cell(cell, critical[label], alternating(8.0, 1800.0, 1000)) for label, cell in cells.items()}
    bench.count(6)
    return Tests(ceramic.factor.ravel(), bench.quick, chosen, float(law.limit), critical, stairs, cycling)


def by_law(tests: Tests) -> dict[str, dict[str, float]]:
    """Critical currents (A/m^2) of each interface by criteria other than the local current, each calibrated to the layer.

    Griffith: one depth of flaw for all; interfacial pressure: one screening length.
    """
    layer = tests.interfaces["H.L."]
    flaw = implied_flaw(Griffith(), PRINTED["H.L."], layer)
    pressure = calibrate_pressure(PRINTED["H.L."], layer, "1.8 mA/cm2 with the layer, Lu et al., fig. 6f")
    return {
        law: {
            label: critical_current(criterion, replace(interface, flaw=flaw))
            for label, interface in tests.interfaces.items()
        }
        for law, criterion in (("griffith", Griffith()), ("pressure", pressure))
    }


def _critical(label: str, why: str):
    def find(evidence: Tests) -> Found | None:
        if evidence.few and label != "H.L.":
            return None
        borne = evidence.stairs[label].critical / 10
        words = f"{borne:.3g} mA/cm² borne, model {evidence.critical[label] / 10:.3g}"
        return Found(borne, words, why.format(hot=float(evidence.interfaces[label].hot_spot)))

    return find


def _needed(evidence: Tests) -> Found:
    """Whether the hot-spot factor that the two printed currents take is one that faces have."""
    needed = PRINTED["H.L."] / PRINTED["Au"] * float(evidence.interfaces["H.L."].hot_spot)
    low, high = np.quantile(evidence.factor, [0.1, 0.9])
    currents = evidence.limit / np.quantile(evidence.factor, [0.9, 0.1]) / 10
    return Found(
        bool(low <= needed <= high), f"H = {needed:.2f} is needed; faces have {median_words(evidence.factor)}",
        f"from face to face {currents[0]:.2g} to {currents[1]:.2g} mA/cm²; an electrode wider than these 100 µm has a larger H, "
        "see 4f",
    )  # fmt: skip


def _overpotential(evidence: Tests) -> Found:
    flaws = {
        label: implied_flaw(Griffith(), PRINTED[label], Interface(interface.resistance))
        for label, interface in evidence.interfaces.items()
    }
    words = ", ".join(f"{label} {flaw * 1e6:.2g} µm" for label, flaw in flaws.items())
    return Found(
        max(flaws.values()) / min(flaws.values()), words, "the same electrolyte should have the same flaws: an "
            "overpotential criterion with the "
        "measured resistances needs flaws of different depth, the current criterion does not",
    )  # fmt: skip


def draw_staircases(canvas: FigureBase, evidence: Tests) -> None:
    """Voltage over time of the three cells."""
    panels = canvas.subplots(1, 3)
    for axes, (label, test), colour, letter in zip(
        panels, evidence.stairs.items(), COLOURS, ("6d", "6e", "6f"), strict=False
    ):
        hours = test.dataset["time"].values / 3600
        axes.plot(hours, test.dataset["voltage"] * 1e3, color=colour)
        second = axes.twinx()
        second.plot(hours, test.dataset["current"] / 10, color=MUTED, lw=0.8)
        second.grid(False)
        axes.set(xlabel="time (h)", ylabel="voltage (mV)" if letter == "6d" else None)
        second.set_ylabel("current density (mA/cm²)" if letter == "6f" else "", color=MUTED)
        last = hours[np.flatnonzero(test.dataset["shorted"].values)[0]] * 2 if not test.stable else hours[-1]
        axes.set_xlim(0, min(max(last, 2.0), hours[-1]))
        title(axes, letter, f"{label}: {test.critical / 10:.3g} mA/cm²")


def _stable(evidence: Tests) -> Found:
    words = ", ".join(
        f"{label} {'stable' if test.stable else 'shorts at once'}" for label, test in evidence.cycling.items()
    )
    expected = {"bare": False, "Au": False, "H.L.": True}
    return Found({label: test.stable for label, test in evidence.cycling.items()} == expected, words)


def draw_cycling(canvas: FigureBase, evidence: Tests) -> None:
    """Voltage of the first hours of cycling."""
    axes = canvas.subplots()
    for (label, test), colour in zip(evidence.cycling.items(), COLOURS, strict=False):
        part = test.dataset["time"].values < 8 * 3600
        axes.plot(
            test.dataset["time"].values[part] / 3600,
            test.dataset["voltage"].values[part] * 1e3,
            color=colour,
            label=label,
        )
    axes.set(xlabel="time (h)", ylabel="voltage (mV)")
    axes.legend()
    title(axes, "6g", "0.8 mA/cm², first hours of 1000")


CASES = (
    Case(
        "6a-c", "Impedance of Li | LLZO | Li", "The interfacial resistance falls from 1000 to 50 and, after cycling, to 14 "
            "Ω cm².", "Fig. 6a-c",
        "finite-element spectra of 100 µm of grains at Λ = 0.1 between four kinds of contacts, fitted by three arcs", run_spectra,
        (
            Claim("interfacial resistances from the arcs, relative error", _arcs, at_most(0.02)),
            Claim("grains and boundaries against direct current, relative error", _bulk, at_most(0.02)),
            Claim("time of the interface's peak, decades off R C", _peaks, at_most(0.1)),
            Claim("largest Kramers-Kronig residual", _consistent, at_most(1e-3), "theory"),
        ), draw_spectra,
        (
            Choice("Λ", f"{RATIO}", "at Λ = 1 the boundaries' relaxation time, 18 µs, meets that of 14 Ω cm²",
                lambda _: "0.02 to 0.3"),
            Choice("capacitance of the interfaces", "1 µF/cm²", "customary double layer", lambda _: "0.5 to 10 µF/cm²"),
            Choice("gold", "200 Ω cm²", "the text says only that 14 is below it", lambda _: "any"),
        ),
    ),
    Case(
        "6d-f", "Staircases", "Critical currents are below 0.1 (bare), 0.2 (gold) and 1.8 mA/cm² (layer).", "Fig. 6d-f",
        "steps of 0.02 mA/cm² to 3 mA/cm²; one limit of the local current, calibrated to the layered cell", run_tests,
        (
            Claim("bare, mA/cm²", _critical("bare", "contact fraction 0.45 chosen for it"), Between(0.08 * 0.85, 0.1 * 1.15)),
            Claim("gold, mA/cm²", _critical("Au", "predicted: H(100 nm) = {hot:.3g}, median at Λ = 2"), around(0.2, 0.15)),
            Claim("layer, mA/cm²", _critical("H.L.", "calibrated"), around(1.8, 0.15)),
            Claim("the H that 0.2 of gold and 1.8 of the layer take is within 10 to 90 % of the faces", _needed,
                  Shape("within")),
            Claim("an overpotential criterion needs flaws alike within 2", _overpotential, at_most(2.0), must=False),
        ), draw_staircases,
        (
            Choice("hot-spot factors", "medians over the faces of cases 4f, Λ = 2, and 4b, Λ = 1", "found by the same run",
                lambda evidence: f"{1.8 * float(evidence.interfaces['H.L.'].hot_spot) / 0.23:.3g} to "
                    f"{1.8 * float(evidence.interfaces['H.L.'].hot_spot) / 0.17:.3g} under gold; here "
                    f"{float(evidence.interfaces['Au'].hot_spot):.3g} and {float(evidence.interfaces['H.L.'].hot_spot):.3g}"),
            Choice("contact fraction of the bare interface", f"{CONTACT}", "free: nothing in the text fixes it",
                lambda _: "0.4 to 0.5"),
        ),
    ),
    Case(
        "6g", "0.8 mA/cm² for 1000 h", "With the layer the cell cycles for over 1000 h; gold and bare cells fail in the "
            "first cycles.", "Fig. 6g",
        "alternating 0.8 mA/cm², half an hour each way, 1000 times", run_tests,
        (Claim("who survives", _stable, Shape("the layered cell alone")),), draw_cycling,
    ),
)  # fmt: skip
