"""Fig. 3: what the moduli and the surface potential at grain boundaries can account for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import FigureBase

from solion.laws.initiation import toughness_ratio
from solion.papers.case import INPUT, MODEL_LIMIT, Case, Claim, Found, around, at_least, at_most
from solion.papers.polycrystal.samples import one_hot_spot
from solion.papers.polycrystal.setup import GRAIN
from solion.papers.run_pool import RunPool
from solion.views.style import COLOURS, MUTED, title

INTERIOR, BOUNDARY, LOWEST = 145e9, 120e9, 0.30  # Pa, stated; the largest local decrease
DROP = 10e-3  # V, stated: surface potential at a boundary below that of the grain
THERMAL = 25.7e-3  # V
WIDTH = 5e-9  # m, stated: of a boundary
RATIOS = (1e-2, 1e-1, 1.0)  # Lambda shown beside that of the drop


@dataclass(frozen=True)
class SpaceCharge:
    """Lambda of boundaries that are resistive by their space charge alone, and H(100 nm) by Lambda of one sample."""

    ratio: float
    factors: dict[float, float]


def run(run_pool: RunPool) -> SpaceCharge:
    """One sample of grains, boundaries of 5 nm with ions depleted by exp(-e dphi/k_BT)."""
    ratio = WIDTH / GRAIN * float(np.exp(DROP / THERMAL))
    ratios = (ratio, *(RATIOS[-1:] if run_pool.quick else RATIOS))
    return SpaceCharge(ratio, {value: one_hot_spot(run_pool, value) for value in ratios})


def _softening(evidence: SpaceCharge) -> Found:
    value = float(toughness_ratio(BOUNDARY / INTERIOR))
    return Found(
        value,
        f"toughness {value:.2f} of the grain's for -{1 - BOUNDARY / INTERIOR:.0%}; "
        f"{float(toughness_ratio(1 - LOWEST)):.2f} for the largest local decrease, -{LOWEST:.0%}",
        "not the sole factor, as the paper says: the bias falls to 1/75",
    )


def _depleted(evidence: SpaceCharge) -> Found:
    share = float(np.exp(-DROP / THERMAL))
    return Found(share, f"{share:.2f} of the grain's ions", f"Λ = {evidence.ratio:.1e} in {WIDTH * 1e9:g} nm")


def _hot(evidence: SpaceCharge) -> Found:
    words = ", ".join(f"{factor:.2f} at Λ = {ratio:.2g}" for ratio, factor in evidence.factors.items())
    return Found(
        evidence.factors[evidence.ratio],
        words,
        "the depletion that 10 mV stand for is a thousand times too weak: tenfold currents take a resistive core",
    )


def draw(canvas: FigureBase, evidence: SpaceCharge) -> None:
    """H over Lambda, with that of the space charge."""
    axes = canvas.subplots()
    ratios = sorted(evidence.factors)
    axes.loglog(ratios, [evidence.factors[ratio] for ratio in ratios], "o-", color=COLOURS[0])
    axes.axvline(evidence.ratio, color=MUTED, ls=":")
    axes.text(evidence.ratio * 1.1, 6, "-10 mV", color=MUTED, fontsize=8)
    axes.axhline(10, color=MUTED, ls="--", lw=0.8)
    axes.set(xlabel="Λ", ylabel="H(100 nm)", ylim=(0.9, 20))
    title(axes, "3j", "space charge alone")


CASE = Case(
    "3",
    "Moduli and surface potential at boundaries",
    "At boundaries the modulus is 120 instead of 145 GPa and the potential 10 mV lower: less lithium, less conductivity,"
    " and from that a detour of the flux.",
    "Fig. 3e, 3j",
    "toughness by K² = 2γE; one sample of grains whose boundaries are depleted by exp(-eΔφ/k_BT)",
    run,
    (
        Claim(
            "toughness at a boundary by its modulus alone, over that in a grain",
            _softening,
            around(0.91, 5e-3, "√(120/145)"),
            INPUT,
            "arithmetic",
        ),
        Claim("lithium left at a boundary 10 mV lower", _depleted, around(0.68, 0.01, "exp(-10/25.7)"), INPUT, "arithmetic"),
        Claim(
            "hot spots of ten times the mean by that depletion, H(100 nm)",
            _hot,
            at_least(10.0, "'over 10 times', Fig. 4f"),
            MODEL_LIMIT,
            instead=at_most(1.5, "c of a weak boundary grows with √Λ: 2.6 at 0.05, some 1.2 at 7e-4"),
        ),
    ),
    draw,
)
