"""Fig. 4f: how much larger than its mean the current at an electrode is, and how that depends on Lambda."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import FigureBase

from solion.analysis.extremes import Extremes, fit_extremes, sample_quantile
from solion.papers.case import (
    CALIBRATED,
    CHECKED,
    SPECIFICATION_CORRECTED,
    Between,
    Case,
    Choice,
    Claim,
    Found,
    around,
    at_least,
    at_most,
)
from solion.papers.polycrystal.samples import LAMBDA, SEEDS, SWEEP_SEEDS, WINDOW, Bare, bare
from solion.papers.polycrystal.setup import median_words
from solion.papers.run_pool import RunPool
from solion.views.style import COLOURS, MUTED, title

# H(100 nm), 10 to 90 % of 20 samples of an independent program, and medians of z(max < 1.1) in um where it is below 10
BANDS = {
    0.05: (2.2, 2.5), 0.1: (2.7, 3.4), 0.2: (3.4, 4.6), 0.5: (4.3, 7.3), 1.0: (4.9, 10.1), 2.0: (5.7, 14.0), 5.0: (6.8, 19.0),
    10.0: (7.3, 22.0), 50.0: (7.7, 29.0),
}  # fmt: skip
MEDIANS = {0.1: 3.0, 0.2: 3.9, 0.5: 5.5, 1.0: 7.3, 2.0: 9.8, 5.0: 13.8, 10.0: 16.0, 50.0: 19.0}
CONDUCTIVITY = {
    0.05: 0.954, 0.1: 0.912, 0.2: 0.841, 0.5: 0.684, 1.0: 0.526, 2.0: 0.362, 5.0: 0.189, 10.0: 0.105, 50.0: 0.023,
}  # fmt: skip


@dataclass(frozen=True)
class HotSpots:
    """Samples at Lambda = 1 and 2, and the extreme-value fit at 2."""

    one: Bare
    two: Bare
    extremes: Extremes


def run_hot_spots(run_pool: RunPool) -> HotSpots:
    """Both Lambda."""
    seeds = SWEEP_SEEDS if run_pool.quick else SEEDS
    one, two = bare(run_pool, 1.0, seeds), bare(run_pool, 2.0, seeds)
    return HotSpots(one, two, fit_extremes(two.factor, 100e-6, resamples=100))


def _median(which: str):
    def find(evidence: HotSpots) -> Found:
        values = getattr(evidence, which).factor.ravel()
        return Found(
            float(np.median(values)),
            f"{median_words(values)}; median {sample_quantile(values, 0.5)}",
            f"{values.size} faces of 100 µm, window {WINDOW * 1e9:g} nm",
        )

    return find


def _tenfold(evidence: HotSpots) -> Found:
    largest = max(evidence.one.factor.max(), evidence.two.factor.max())
    shares = [float(np.mean(part.factor > 10)) for part in (evidence.one, evidence.two)]
    return Found(
        shares[1],
        f"{shares[1]:.0%} at Λ = 2, {shares[0]:.0%} at 1; the largest is {largest:.3g}",
        "Λ = 1 to 2 was inferred from this factor of ten, so that the depth of 4g, not this, is what it predicts",
    )


def _per_area(evidence: HotSpots) -> str:
    centimetre = evidence.extremes.median(1e-2)
    return f"plane model, Λ = 2: median of the largest over a line of 1 cm {centimetre} (90 %), tail {evidence.extremes.tail}"


def draw_hot_spots(canvas: FigureBase, evidence: HotSpots) -> None:
    """Distribution of H(100 nm), and of its largest value over larger electrodes by the extreme-value fit."""
    left, right = canvas.subplots(1, 2)
    for part, colour, text in ((evidence.one, COLOURS[0], "Λ = 1"), (evidence.two, COLOURS[1], "Λ = 2")):
        values = np.sort(part.factor.ravel())
        left.plot(values, (np.arange(values.size) + 0.5) / values.size, "o-", ms=3, color=colour, label=text)
    left.axvline(10, color=MUTED, ls=":")
    left.set(xscale="log", xlabel="H(100 nm) of a face of 100 µm", ylabel="share of faces below")
    left.set_xticks([4, 6, 10, 20, 40], ["4", "6", "10", "20", "40"])
    left.minorticks_off()
    left.legend()
    title(left, "4f", "largest over mean current")
    lengths = np.geomspace(1e-4, 1e-2, 20)
    bands = [evidence.extremes.median(length) for length in lengths]
    right.fill_between(lengths * 1e3, [b.low for b in bands], [b.high for b in bands], color=COLOURS[1], alpha=0.2, lw=0)
    right.loglog(lengths * 1e3, [b.value for b in bands], color=COLOURS[1], label="Λ = 2, median and 90 % band")
    right.set(xlabel="width of the electrode (mm)", ylabel="largest H(100 nm)")
    right.legend()
    title(right, "", "wider electrodes")


def run_sweep(run_pool: RunPool) -> dict[float, Bare]:
    """Bare faces over Lambda."""
    return {ratio: bare(run_pool, ratio, SWEEP_SEEDS) for ratio in ((0.1, 1.0, 2.0) if run_pool.quick else tuple(BANDS))}


def _in_bands(evidence) -> Found:
    medians = {ratio: float(np.median(found.factor)) for ratio, found in evidence.items() if ratio >= 0.1}
    off = {ratio: value / MEDIANS[ratio] - 1 for ratio, value in medians.items()}
    words = ", ".join(f"{ratio:g}: {value:.3g} ({off[ratio]:+.0%})" for ratio, value in medians.items())
    outside = [ratio for ratio, value in medians.items() if not BANDS[ratio][0] <= value <= BANDS[ratio][1]]
    note = f"outside its 10 to 90 % of faces at {outside}" if outside else "all within its 10 to 90 % of faces"
    return Found(max(map(abs, off.values())), words, note)


def _smallest(evidence) -> Found | None:
    if 0.05 not in evidence:
        return None
    return Found(
        float(np.median(evidence[0.05].factor)),
        median_words(evidence[0.05].factor),
        "the program took the current as the gradient in the triangles at the electrode, which misses part of spikes as narrow "
        "as they: with a flux that is consistent with its own solution its 2.364 becomes 2.542",
    )


def _conducts(evidence) -> Found:
    means = {ratio: float(np.mean(found.conductivity)) for ratio, found in evidence.items()}
    off = max(abs(value / CONDUCTIVITY[ratio] - 1) for ratio, value in means.items())
    return Found(off, ", ".join(f"{ratio:g}: {value:.3f}" for ratio, value in means.items()), f"{off:.1%} off at most")


def draw_sweep(canvas: FigureBase, evidence) -> None:
    """H and effective conductivity over Lambda."""
    left, right = canvas.subplots(1, 2)
    ratios = np.array(list(evidence))
    low, mid, high = np.array([np.quantile(found.factor, [0.1, 0.5, 0.9]) for found in evidence.values()]).T
    left.fill_between(
        list(BANDS), *np.array(list(BANDS.values())).T, color=MUTED, alpha=0.2, lw=0, label="independent program, 10 to 90 %"
    )
    left.errorbar(ratios, mid, (mid - low, high - mid), fmt="o", color=COLOURS[0], capsize=2, label="median, 10 to 90 %")
    left.axhline(10, color=MUTED, ls=":")
    left.set(xscale="log", yscale="log", xlabel="Λ", ylabel="H(100 nm)")
    left.legend()
    title(left, "", "hot spots over Λ")
    line = np.geomspace(0.03, 80, 100)
    right.loglog(line, 1 / (1 + line), color=MUTED, label="brick layer")
    right.loglog(ratios, [np.mean(found.conductivity) for found in evidence.values()], "o", color=COLOURS[0], label="solved")
    right.set(xlabel="Λ", ylabel="$\\sigma_\\mathrm{eff}/\\sigma_g$")
    right.legend()
    title(right, "", "effective conductivity")


_ERRORS = "two standard errors of both medians: faces scatter by 28 %, its are 20, ours 40"
_SIZE = Choice("domain", "100 µm square, plane", "not in the text", _per_area)
CASES = (
    Case(
        "4f",
        "Hot spots at the electrode",
        "The largest current density is over ten times the mean.",
        "Fig. 4f",
        f"{len(SEEDS)} samples of grains, two faces each, at Λ = 1 and 2",
        run_hot_spots,
        (
            Claim("median of H(100 nm) at Λ = 1", _median("one"), around(7.3, 0.2, _ERRORS), CHECKED, "independent program"),
            Claim("median of H(100 nm) at Λ = 2", _median("two"), around(9.8, 0.2, _ERRORS), CHECKED, "independent program"),
            Claim(
                "share of the faces with more than ten times the mean, Λ = 2",
                _tenfold,
                at_least(0.25, "'over 10 times' on the one domain of the paper; Λ was chosen for it"),
                CALIBRATED,
            ),
        ),
        draw_hot_spots,
        (LAMBDA, _SIZE),
    ),
    Case(
        "4-sweep",
        "Hot spots over Λ",
        "(Not in the paper: what its unpublished conductivities decide.)",
        "Fig. 4f, any conductivities",
        f"{len(BANDS)} values of Λ, {len(SWEEP_SEEDS)} samples each",
        run_sweep,
        (
            Claim(
                "medians of H(100 nm) from Λ = 0.1 on, largest relative difference",
                _in_bands,
                at_most(0.25, "two standard errors, 18 %, and up to 7 % that its flux lacks, see the next row"),
                CHECKED,
                "independent program",
            ),
            Claim(
                "median at Λ = 0.05 within its band",
                _smallest,
                Between(*BANDS[0.05], "10 to 90 % of its faces"),
                SPECIFICATION_CORRECTED,
                "independent program",
                around(2.542, 0.03, "the program's own with a consistent flux; two standard errors of both medians"),
            ),
            Claim(
                "effective conductivity, largest relative difference",
                _conducts,
                at_most(0.05, "its seeds scatter by 0.2 to 4 %, means of ten by a third of that, and grains differ"),
                CHECKED,
                "independent program",
            ),
        ),
        draw_sweep,
    ),
)
