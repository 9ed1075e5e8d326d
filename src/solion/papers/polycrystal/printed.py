"""Numbers that the text prints, held against arithmetic and the model: the honesty panel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import FigureBase

from solion.analysis.contact_fraction import decompose
from solion.devices.filament_memristor import FilamentMemristor
from solion.devices.lithium_cell import layer_resistance
from solion.devices.polycrystal import ChargeTransfer
from solion.laws.indentation import Tip, modulus_for_area
from solion.laws.initiation import Griffith, Local, ShearStability, toughness_ratio
from solion.materials.llzo import llzo_grain
from solion.papers.case import (
    CHECKED,
    INPUT,
    MODEL_LIMIT,
    PAPER_CONTRADICTED,
    Between,
    Case,
    Choice,
    Claim,
    Equal,
    Found,
    around,
    at_least,
    at_most,
)
from solion.papers.polycrystal import cells, samples
from solion.papers.run_pool import RunPool
from solion.result.standing import Entry, Panel
from solion.views.style import INK

PER_CM = 0.01
COLOURS = {
    "calibrated": "#2a788e",
    "predicted": "#2f8f6b",
    "contradicted": "#b8404f",
    "assumed": "#8a6d1d",
    "input": "#6b7280",
    "model limit": "#b45f06",
}


@dataclass(frozen=True)
class PrintedNumbers:
    """H(100 nm) at Lambda = 1 over a uniform interfacial resistance (ohm m^2), and the panel.

    The panel takes the depth of homogenisation from the layers of case 4g, critical currents from the cells of 6d-f.
    """

    factors: dict[float, float]
    panel: Panel


def run(run_pool: RunPool) -> PrintedNumbers:
    """One sample of grains under several interfacial resistances."""
    resistances = (0.0, 1e-3, 0.1) if run_pool.quick else (0.0, 1e-5, 1e-4, 1e-3, 0.1)

    def one(resistance: float) -> float:
        if not resistance:
            return samples.one_hot_spot(run_pool, 1.0)
        electrode = ChargeTransfer(resistance)
        return samples.one_hot_spot(run_pool, 1.0, electrode)

    factors = dict(zip(resistances, map(one, resistances), strict=True))
    layers = samples.covered(run_pool, 1.0, samples.QUICK_SEEDS if run_pool.quick else samples.SEEDS)
    depth = samples.falls_below(np.median(layers.profile, axis=0))
    return PrintedNumbers(factors, panel(factors, depth, cells.run_tests(run_pool)))


def panel(factors: dict[float, float], depth: float, tests: cells.Tests) -> Panel:
    """What is calibrated, predicted or contradicted, number by number.

    ``factors`` as in :class:`PrintedNumbers`; ``depth`` of homogenisation in m; ``tests`` of the cells.
    """
    return Panel((*_of_the_tip(), *_of_the_grains(factors, depth), *_of_the_cells(tests), *_of_the_memristor()))


def _of_the_tip() -> tuple[Entry, ...]:
    """Contact, trigger bias and strength under the tip."""
    tip, law, electrode = Tip(), Griffith(), FilamentMemristor().electrode
    return (
        Entry(
            "contact area of the tip",
            "~30 nm²",
            f"{tip.contact_area() * 1e18:.1f} nm²",
            "contradicted",
            f"the formula printed, with the numbers printed; 30 nm² takes E* = "
            f"{float(modulus_for_area(30e-18, 400e-9, 20e-9)) / 1e9:.0f} GPa, "
            "and 60 GPa is the shear modulus of LLZO",
        ),
        Entry("conductivity of LLZO", "1e3 S/cm", "1e-3 S/cm", "contradicted", "a misprint of the sign"),
        Entry(
            "trigger bias at a boundary",
            "-0.12 V",
            "-0.12 V",
            "calibrated",
            f"a flaw of {float(law.critical_flaw(0.12)) * 1e9:.0f} nm",
        ),
        Entry(
            "trigger bias in a grain",
            "below -9 V",
            f"{float(law.pressure(9.0)) / 1e9:.0f} GPa if it were all pressure",
            "model limit",
            f"theoretical strength, 15 GPa, is reached at {law.largest:.1f} V: at a flawless surface the bias is not "
            f"turned into pressure",
        ),
        Entry("ratio of the two", "100", "75", "input", "9/0.12"),
        Entry(
            "current before the trigger",
            "not measurable",
            f"{abs(float(electrode.current(-0.12))) * 1e12:.1f} pA",
            "predicted",
            f"kinetics limits: σ R_ct is {electrode.wagner:.0f} contact radii",
        ),
        Entry(
            "modulus lower at boundaries",
            "-17 %",
            f"toughness {float(toughness_ratio(120 / 145)) - 1:+.0%}",
            "input",
            "softening is not the cause by itself, as the paper says",
        ),
        Entry(
            "stable by shear modulus",
            "claim of earlier work",
            "stable at any current" if np.isinf(ShearStability().critical_current(Local(1e-7, 1e-3))) else "unstable",
            "contradicted",
            "by every short circuit: the historical control",
        ),
    )


def _of_the_grains(factors: dict[float, float], depth: float) -> tuple[Entry, ...]:
    """Hot spots and the layer."""
    film = decompose(0.1, 1e-6, 0.05)
    return (
        Entry(
            "largest current density",
            "over 10 times the mean",
            f"{factors[0.0]:.1f} (Λ = 1, one sample, 100 nm)",
            "calibrated",
            "Λ = 1 to 2 is inferred from it; the pointwise maximum has no value",
        ),
        Entry("depth of homogenisation", "~3 µm", f"{depth * 1e6:.1f} µm at Λ = 1", "predicted", "with the same Λ"),
        Entry(
            "1000 Ω cm² and hot spots at once",
            "both",
            f"H = {factors[0.1]:.2f} if the resistance is uniform",
            "assumed",
            f"hot spots need contact in patches; were it all constriction at spots of 1 µm, {film.fraction:.1e} of the "
            f"area would touch, with "
            f"{film.concentration:.0f} times the mean current",
        ),
        Entry(
            "layer after cycling",
            "14 Ω cm²",
            f"{layer_resistance(10e-6, 1e-2) * 1e4:.0f} Ω cm² of layer alone",
            "input",
            "leaves 4 for two contacts",
        ),
    )


def _of_the_cells(tests: cells.Tests) -> tuple[Entry, ...]:
    """Critical currents."""
    laws = cells.by_law(tests)
    return (
        Entry(
            "critical current, gold",
            "~0.2 mA/cm²",
            f"{tests.critical['Au'] / 10:.2g} mA/cm²",
            "calibrated",
            f"from 1.8 of the layered cell, H = {float(tests.interfaces['Au'].hot_spot):.3g} against "
            f"{float(tests.interfaces['H.L.'].hot_spot):.3g}",
        ),
        Entry(
            "the same, if flaws of one depth open",
            "~0.2 mA/cm²",
            f"{laws['griffith']['Au'] / 10:.2g} mA/cm²",
            "model limit",
            "Griffith (Porz), the depth calibrated to the layered cell: by overpotentials, "
            "gold with four times the resistance (assumed), should bear less",
        ),
        Entry(
            "the same, by an interfacial pressure",
            "~0.2 mA/cm²",
            f"{laws['pressure']['Au'] / 10:.2g} mA/cm²",
            "model limit",
            "after Li and Monroe, calibrated to the layered cell: an overpotential as well",
        ),
        Entry(
            "critical current, bare",
            "<0.1, elsewhere ~0.2",
            f"{tests.critical['bare'] / 10:.2g} mA/cm²",
            "assumed",
            f"contact fraction {cells.CONTACT} chosen",
        ),
    )


def _of_the_memristor() -> tuple[Entry, ...]:
    """The filament under the tip."""
    filament = FilamentMemristor()
    return (
        Entry(
            "on/off of the tip",
            "1e5",
            f"{filament.ideal_ratio():.2g}, {filament.ratio(-0.1):.2g} with the floor",
            "predicted",
            "spreading resistance over that of a lithium wire of 20 nm",
        ),
        Entry(
            "set at -0.25 V and a window to -0.2 V",
            "both",
            f"a threshold of {filament.threshold:g} V lies beyond the window",
            "contradicted",
            "the threshold must be lower in that window",
        ),
        Entry("resistance on setting", "becomes orders of magnitude higher", "lower", "contradicted", "a slip of the text"),
    )


def _hertz(evidence: PrintedNumbers) -> Found:
    return Found(Tip().contact_area() * 1e18, "67.7 nm²" if round(Tip().contact_area() * 1e18, 1) == 67.7 else "", "")


def _uniform(resistance: float):
    def find(evidence: PrintedNumbers) -> Found:
        words = ", ".join(f"{r * 1e4:g} Ω cm²: {factor:.2f}" for r, factor in evidence.factors.items())
        return Found(
            evidence.factors[resistance], words, "the paper does not say uniform: only contact in patches keeps the hot spots"
        )

    return find


def _strength(evidence: PrintedNumbers) -> Found:
    value = float(Griffith().pressure(9.0)) / 1e9
    return Found(value, f"{value:.0f} GPa", "the criterion of pressurised flaws is not what decides in a grain")


def _layer(evidence: PrintedNumbers) -> Found:
    return Found(layer_resistance(10e-6, 1e-2) * 1e4)


def _conducts(evidence: PrintedNumbers) -> Found:
    value = float(llzo_grain().conductivity) * PER_CM
    return Found(value, f"{value:.0e} S/cm", "'over 10³ S/cm' lacks the sign of its exponent")


def _set(evidence: PrintedNumbers) -> Found:
    value = 1 / float(FilamentMemristor().ratio(-0.1))
    return Found(value, f"{value:.1e} of what it was", "'becomes orders of magnitude higher' has to read lower")


def _bare_limit(evidence: PrintedNumbers) -> Found:
    return Found(0.2, "'from ~0.2' to 1.8, beside ~1000 to 14 Ω cm²: 0.2 is the current of gold, 1000 the resistance of bare")


def _unplasticised(evidence: PrintedNumbers) -> Found:
    value = 16e3 * 1.8e-3
    return Found(value, f"{value:.0f} V across 16 kΩ cm² at 1.8 mA/cm²", "so the layer works only with its plasticiser")


def draw(canvas: FigureBase, evidence: PrintedNumbers) -> None:
    """The panel as a table: number, printed, model, standing."""
    axes = canvas.subplots()
    axes.axis("off")
    entries = list(evidence.panel)
    for k, entry in enumerate(entries):
        y = 1 - (k + 1.5) / (len(entries) + 1)
        for x, text in ((0.0, entry.name), (0.33, entry.printed), (0.56, entry.found)):
            axes.text(x, y, text, transform=axes.transAxes, fontsize=8.5, color=INK, va="center")
        axes.text(
            0.9,
            y,
            entry.standing,
            transform=axes.transAxes,
            fontsize=8.5,
            color=COLOURS[entry.standing],
            va="center",
            weight="bold",
        )
    for x, text in ((0.0, "number"), (0.33, "printed"), (0.56, "model"), (0.9, "standing")):
        axes.text(x, 1 - 0.3 / (len(entries) + 1), text, transform=axes.transAxes, fontsize=9, weight="bold", va="center")


CASE = Case(
    "numbers",
    "Numbers of the text",
    "Numbers that the text prints and that arithmetic or the model can check.",
    "text and methods",
    "Hertz's formula, uniform interfacial resistances on one sample of grains, layer arithmetic",
    run,
    (
        Claim(
            "contact area by the formula printed, nm²", _hertz, around(67.68, 1e-3, "the formula by hand"), INPUT, "arithmetic"
        ),
        Claim(
            "the contact area printed, ~30 nm², in nm²",
            _hertz,
            around(30.0, 0.2, "'~30'"),
            PAPER_CONTRADICTED,
            instead=around(67.68, 1e-3, "the formula and the numbers printed beside it"),
        ),
        Claim(
            "hot spots under a uniform 1000 Ω cm²", _uniform(0.1), around(1.0, 0.01, "1.00 there"), CHECKED, "independent program"
        ),
        Claim(
            "hot spots under a uniform 10 Ω cm²",
            _uniform(1e-3),
            around(1.13, 0.05, "1.13 there, on other grains: two fifths of the excess"),
            CHECKED,
            "independent program",
        ),
        Claim(
            "pressure at -9 V were it all in a flaw, below the theoretical strength, GPa",
            _strength,
            at_most(15.0, "a tenth of Young's modulus"),
            MODEL_LIMIT,
            "theory",
            around(66.8, 1e-3, "9 V over the molar volume of lithium, times F"),
        ),
        Claim(
            "two interfaces of 14 Ω cm² hold a layer of, Ω cm²",
            _layer,
            around(10.0, 1e-9, "10 µm over 1e-4 S/cm"),
            INPUT,
            "arithmetic",
        ),
        Claim(
            "16 kΩ cm² of a layer without plasticiser, V at 1.8 mA/cm²",
            _unplasticised,
            around(28.8, 1e-9, "their product"),
            INPUT,
            "arithmetic",
        ),
        Claim(
            "conductivity of LLZO in the introduction, S/cm",
            _conducts,
            at_least(1e3, "'over 10³ S cm⁻¹'"),
            PAPER_CONTRADICTED,
            instead=Between(1e-4, 2e-3, "what is measured of doped LLZO"),
        ),
        Claim(
            "resistance on setting, over that before",
            _set,
            at_least(10.0, "'orders of magnitude higher'"),
            PAPER_CONTRADICTED,
            instead=at_most(0.1, "the low resistance state"),
        ),
        Claim(
            "critical current of the bare interface in the introduction, mA/cm²",
            _bare_limit,
            at_most(0.1, "'<0.1' with Fig. 6d"),
            PAPER_CONTRADICTED,
            instead=Equal(0.2, "'from ~0.2' of the introduction"),
        ),
    ),
    draw,
    (
        Choice(
            "Λ",
            "1",
            "inferred",
            lambda evidence: f"{evidence.panel.count('contradicted')} of {len(evidence.panel.entries)} numbers are contradicted",
        ),
    ),
)
