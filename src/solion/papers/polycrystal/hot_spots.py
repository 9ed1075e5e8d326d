"""Fig. 4f: how much larger than its mean the current at an electrode is, and how that depends on Lambda."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import FigureBase

from solion.analysis.extremes import Extremes, fit_extremes, sample_quantile
from solion.papers.case import Between, Case, Choice, Claim, Found, Shape, around, at_least, at_most
from solion.papers.polycrystal.samples import LAMBDA, SEEDS, SWEEP_SEEDS, WINDOW, Bare, bare
from solion.papers.polycrystal.setup import median_words
from solion.papers.run_pool import RunPool
from solion.views.style import COLOURS, MUTED, title

# H(100 nm), 10 to 90 % of 20 samples of an independent program, and medians of z(max < 1.1) in um where it is below 10
BANDS = {
    0.05: (2.2, 2.5), 0.1: (2.7, 3.4), 0.2: (3.4, 4.6), 0.5: (4.3, 7.3), 1.0: (4.9, 10.1), 2.0: (5.7, 14.0), 5.0: (6.8, 19.0),
    10.0: (7.3, 22.0), 50.0: (7.7, 29.0),
}  # fmt: skip
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
    shares = [np.mean(part.factor > 10) for part in (evidence.one, evidence.two)]
    return Found(
        float(largest), f"{largest:.3g}; above 10 on {shares[0]:.0%} of the faces at Λ = 1, {shares[1]:.0%} at 2"
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
    right.fill_between(
        lengths * 1e3, [b.low for b in bands], [b.high for b in bands], color=COLOURS[1], alpha=0.2, lw=0
    )
    right.loglog(lengths * 1e3, [b.value for b in bands], color=COLOURS[1], label="Λ = 2, median and 90 % band")
    right.set(xlabel="width of the electrode (mm)", ylabel="largest H(100 nm)")
    right.legend()
    title(right, "", "wider electrodes")


def run_sweep(run_pool: RunPool) -> dict[float, Bare]:
    """Bare faces over Lambda."""
    return {
        ratio: bare(run_pool, ratio, SWEEP_SEEDS) for ratio in ((0.1, 1.0, 2.0) if run_pool.quick else tuple(BANDS))
    }


def _in_bands(evidence) -> Found:
    medians = {ratio: float(np.median(found.factor)) for ratio, found in evidence.items() if ratio >= 0.1}
    outside = [ratio for ratio, value in medians.items() if not BANDS[ratio][0] <= value <= BANDS[ratio][1]]
    words = ", ".join(f"{ratio:g}: {value:.3g}" for ratio, value in medians.items())
    return Found(not outside, words, f"outside at {outside}" if outside else "")


def _smallest(evidence) -> Found | None:
    if 0.05 not in evidence:
        return None
    return Found(
        float(np.median(evidence[0.05].factor)),
        median_words(evidence[0.05].factor),
        "the same on ten other samples, 2.58. Here the window slides freely; windows side by side give 2.1, and steps of a "
        "part of a window lie between: where spikes are as narrow as the window, H depends on how it is moved",
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
        list(BANDS),
        *np.array(list(BANDS.values())).T,
        color=MUTED,
        alpha=0.2,
        lw=0,
        label="independent program, 10 to 90 %",
    )
    left.errorbar(
        ratios, mid, (mid - low, high - mid), fmt="o", color=COLOURS[0], capsize=2, label="median, 10 to 90 %"
    )
    left.axhline(10, color=MUTED, ls=":")
    left.set(xscale="log", yscale="log", xlabel="Λ", ylabel="H(100 nm)")
    left.legend()
    title(left, "", "hot spots over Λ")
    line = np.geomspace(0.03, 80, 100)
    right.loglog(line, 1 / (1 + line), color=MUTED, label="brick layer")
    right.loglog(
        ratios, [np.mean(found.conductivity) for found in evidence.values()], "o", color=COLOURS[0], label="solved"
    )
    right.set(xlabel="Λ", ylabel="$\\sigma_\\mathrm{eff}/\\sigma_g$")
    right.legend()
    title(right, "", "effective conductivity")


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
            Claim("median of H(100 nm) at Λ = 1", _median("one"), around(7.3, 0.2), "independent program"),
            Claim("median of H(100 nm) at Λ = 2", _median("two"), around(9.8, 0.2), "independent program"),
            Claim("largest of all faces", _tenfold, at_least(10.0)),
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
                "medians of H(100 nm) within the bands from Λ = 0.1 on",
                _in_bands,
                Shape("10 to 90 % of an independent program"),
                "independent program",
            ),
            Claim(
                "median at Λ = 0.05 within its band",
                _smallest,
                Between(*BANDS[0.05]),
                "independent program",
                must=False,
            ),
            Claim(
                "effective conductivity, largest relative difference", _conducts, at_most(0.05), "independent program"
            ),
        ),
        draw_sweep,
    ),
)
