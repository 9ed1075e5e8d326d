"""Figs. 4b, 4f and 4g: what a homogenising layer makes of hot spots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import FigureBase

from solion.experiments.conduction import Sizes, section
from solion.experiments.conduction.problem import CrossSection
from solion.papers.case import CHECKED, MODEL_LIMIT, PREDICTED, Between, Case, Choice, Claim, Found, around, at_most
from solion.papers.polycrystal.samples import (
    DEPTHS,
    LAMBDA,
    LAYER,
    LEVEL,
    QUICK_SEEDS,
    SEEDS,
    WIDE_SEEDS,
    Covered,
    covered,
    falls_below,
    solve,
)
from solion.papers.polycrystal.setup import median_words
from solion.papers.run_pool import RunPool
from solion.views.style import COLOURS, MUTED, title

MODES = 15  # waves whose decay is compared


@dataclass(frozen=True)
class Modes:
    """The longest waves cos(kx) of the current in a layer: ``k`` (1/m), their amplitudes over the mean at the ceramic, what
    is left of each at the outer face, and what 1/cosh(kt) says."""

    k: np.ndarray
    amplitude: np.ndarray
    left: np.ndarray
    law: np.ndarray


@dataclass(frozen=True)
class Layers:
    """Faces under layers at Lambda = 1 and 2, 100 um wide and, where run, 200 um, and the decay of modes in a layer."""

    one: Covered
    two: Covered
    wide: dict[float, Covered]
    modes: Modes


def run_layers(run_pool: RunPool) -> Layers:
    """Once for both cases."""
    return run_pool.once("layers", lambda: _layers(run_pool))


def _layers(run_pool: RunPool) -> Layers:
    seeds = QUICK_SEEDS if run_pool.quick else SEEDS
    wide = {} if run_pool.quick else {ratio: covered(run_pool, ratio, WIDE_SEEDS, 200e-6) for ratio in (1.0, 2.0)}
    return Layers(covered(run_pool, 1.0, seeds), covered(run_pool, 2.0, seeds), wide, _modes(run_pool))


def _modes(run_pool: RunPool) -> Modes:
    """Of one sample, by the conservative flux through both faces of the layer at its top."""
    run = solve(run_pool, 1.0, 2, True, sizes=Sizes(junctions=40e-9, faces=0.2e-6, bulk=0.8e-6))
    k = np.pi / 100e-6 * np.arange(1, MODES + 1)
    inner, outer = (_amplitudes(k, section(run, name)) for name in ("top_ceramic", "top_electrode"))
    return Modes(k, inner, outer / inner, 1 / np.cosh(k * LAYER[0]))


def _amplitudes(k: np.ndarray, plane: CrossSection) -> np.ndarray:
    """Of the cosine waves of a plane over its mean; cos(kx) is integrated exactly over each piece."""
    edges = np.concatenate(([0.0], np.cumsum(plane.size)))
    weights = np.diff(np.sin(k[:, None] * edges), axis=1) / k[:, None]
    return 2 / edges[-1] * weights @ plane.current_density / plane.mean


def _outer(which: str):
    def find(evidence: Layers) -> Found:
        values = getattr(evidence, which).outer
        return Found(float(np.median(values)), median_words(values))

    return find


def _wide(ratio: float):
    def find(evidence: Layers) -> Found | None:
        if not evidence.wide:
            return None
        values = evidence.wide[ratio].outer
        return Found(float(np.median(values)), median_words(values))

    return find


def _depth(which: str):
    """Where the median over faces of the maximum falls below 1.1, um."""

    def find(evidence: Layers) -> Found:
        part: Covered = getattr(evidence, which)
        found = falls_below(np.median(part.profile, axis=0)) * 1e6
        low, mid, high = np.quantile(np.minimum(part.depth, LAYER[0]), [0.1, 0.5, 0.9]) * 1e6
        return Found(found, f"{found:.2f} µm; by face {mid:.2f} [{low:.2f} to {high:.2f}] µm")

    return find


def _fluctuates(evidence: Layers) -> Found:
    both = [float(np.median(part.outer)) for part in (evidence.one, evidence.two)]
    return Found(max(both), f"{both[0]:.3f} at Λ = 1, {both[1]:.3f} at 2")


def _three(evidence: Layers) -> Found:
    values = evidence.one.profile[:, int(np.argmin(np.abs(DEPTHS - 3e-6)))]
    return Found(float(np.median(values)), median_words(values))


def _law(evidence: Layers) -> Found:
    off = np.abs(evidence.modes.left / evidence.modes.law - 1)
    worst = int(np.argmax(off))
    return Found(
        float(off.max()),
        f"{off.max():.2%} for the wave of {2 * np.pi / evidence.modes.k[worst] * 1e6:.0f} µm, whose amplitude at the ceramic is "
        f"{abs(evidence.modes.amplitude[worst]):.1%} of the mean; median {np.median(off):.3%} of {MODES}",
    )


def draw_outer(canvas: FigureBase, evidence: Layers) -> None:
    """Largest over mean current at the layer's outer face, by width."""
    axes = canvas.subplots()
    rows = [("Λ = 1, 100 µm", evidence.one.outer), ("Λ = 2, 100 µm", evidence.two.outer)]
    rows += [(f"Λ = {ratio:g}, 200 µm", found.outer) for ratio, found in evidence.wide.items()]
    axes.boxplot([values for _, values in rows], orientation="horizontal", tick_labels=[label for label, _ in rows], widths=0.5)
    axes.set(xlabel="H(100 nm) at the layer's outer face")
    title(axes, "4f", "with a layer")


def draw_decay(canvas: FigureBase, evidence: Layers) -> None:
    """The maximum over depth, and the decay of single waves."""
    left, right = canvas.subplots(1, 2)
    for part, colour, text in ((evidence.one, COLOURS[0], "Λ = 1"), (evidence.two, COLOURS[1], "Λ = 2")):
        low, mid, high = np.quantile(part.profile, [0.1, 0.5, 0.9], axis=0)
        left.plot(DEPTHS * 1e6, mid, color=colour, label=text)
        left.fill_between(DEPTHS * 1e6, low, high, color=colour, alpha=0.18, lw=0)
    left.axhline(LEVEL, color=MUTED, ls=":")
    left.axvline(3.0, color=MUTED, ls=":")
    left.set(yscale="log", ylim=(1, 8), xlabel="distance from the ceramic (µm)", ylabel="largest over mean current")
    left.set_yticks([1, 1.1, 1.5, 2, 3, 5], ["1", "1.1", "1.5", "2", "3", "5"])
    left.minorticks_off()
    left.legend()
    title(left, "4g", "decay in the layer, median and 10 to 90 %")
    modes, line = evidence.modes, np.linspace(0, evidence.modes.k[-1] * 1.05, 200)
    right.plot(line * 1e-6, 1 / np.cosh(line * LAYER[0]), color=MUTED, label="1/cosh(kt)")
    right.plot(modes.k * 1e-6, modes.left, "o", color=COLOURS[0], ms=5, label="solved")
    right.set(xlabel="wave number (1/µm)", ylabel="left at the outer face", ylim=(0, 1.05))
    right.legend()
    title(right, "", "single waves")


_MICROMETRES = around(3.0, 1 / 3, "'~3 µm': a micrometre either way")
_SIZE = Choice(
    "domain", "100 µm square, plane", "not in the text", lambda _: "largest values grow with the width; see the row of 200 µm"
)
CASES = (
    Case(
        "4b",
        "The layer's outer face",
        "With the layer there is almost no fluctuation at its outer face.",
        "Fig. 4b, 4f",
        f"the samples of 4f under 10 µm of layer, and {len(WIDE_SEEDS)} of 200 µm",
        run_layers,
        (
            Claim(
                "almost no fluctuation at the outer face: H(100 nm), the larger of Λ = 1 and 2",
                _fluctuates,
                at_most(1.1, "a tenth of the mean, the level by which 4g judges as well"),
                PREDICTED,
            ),
            Claim(
                "H(100 nm) at the outer face, Λ = 1",
                _outer("one"),
                Between(1.02, 1.08, "its 1.05, and the spread of its faces"),
                CHECKED,
                "independent program",
            ),
            Claim(
                "the same at Λ = 2",
                _outer("two"),
                Between(1.04, 1.12, "its 1.08, and the spread of its faces"),
                CHECKED,
                "independent program",
            ),
            Claim(
                "faces of 200 µm, Λ = 1",
                _wide(1.0),
                Between(1.05, 1.13, "1.07 and 1.10, its two faces, a fifth and a third beyond"),
                CHECKED,
                "independent program",
            ),
            Claim(
                "faces of 200 µm, Λ = 2",
                _wide(2.0),
                Between(1.09, 1.22, "1.12 and 1.18, its two faces, a quarter beyond"),
                CHECKED,
                "independent program",
            ),
        ),
        draw_outer,
        (LAMBDA, _SIZE),
    ),
    Case(
        "4g",
        "Decay through the layer",
        "The largest current density falls to the mean within some 3 µm.",
        "Fig. 4g",
        "the layers of 4b, planes parallel to the ceramic",
        run_layers,
        (
            Claim("largest current within a tenth of the mean from, µm, Λ = 1", _depth("one"), _MICROMETRES, PREDICTED),
            Claim(
                "the same at Λ = 2, where half of the faces exceed ten times the mean",
                _depth("two"),
                _MICROMETRES,
                MODEL_LIMIT,
                instead=around(5.6, 0.3, "5.6 µm of the independent program; two standard errors of both medians"),
            ),
            Claim(
                "depth at Λ = 1 against that of the program, µm",
                _depth("one"),
                around(2.8, 0.3, "two standard errors of both medians: faces scatter by 40 %, its are 20, ours 40"),
                CHECKED,
                "independent program",
            ),
            Claim(
                "maximum at 3 µm, Λ = 1",
                _three,
                Between(1.06, 1.12, "its 1.09, and the spread of its faces"),
                CHECKED,
                "independent program",
            ),
            Claim(
                "each wave decays by 1/cosh(kt), largest relative deviation",
                _law,
                at_most(0.01, "its mesh of 0.2 µm against waves of 13 µm, and amplitudes of 0.1 % of the mean"),
                CHECKED,
                "theory",
            ),
        ),
        draw_decay,
        (LAMBDA, _SIZE),
    ),
)
