"""What a series of lengths tells: the exponent's word, the start that was not recorded, the crossover thickness."""

from __future__ import annotations

import numpy as np

from solion.explore.identify import Noise, front_series, identify
from solion.papers.case import CHECKED, Between, Case, Claim, Shape, around

NM = 1e-9
TIME = np.linspace(2.0, 120.0, 40)
RATIO = 3.81
LAYER = 20.0  # nm, l* of the mixed series
EARLY = 5.0  # s
WORDS = {"reaction": "ICR", "diffusion": "DCR"}


def _seen(thickness: np.ndarray, seed: int):
    """A plate's product thickness (nm), with an error of 1 nm, and what it is said to be; its start is not told."""
    length = (thickness + np.random.default_rng(seed).normal(0, 1.0, TIME.size)) * NM
    given = front_series(
        TIME, length, meaning="product_thickness", shape="planar", volume_ratio=RATIO, noise=Noise(pixel=1.0 * NM)
    )
    return identify(given, posterior=False)


def _deal_grove(crossover: float, end: float) -> np.ndarray:
    """Thickness (nm) of l^2 + 2 l* l = B t that ends at ``end``."""
    return crossover * (np.sqrt(1 + (end**2 + 2 * crossover * end) * TIME / TIME[-1] / crossover**2) - 1)


def _straight(power: float) -> float:
    """Slope of a straight line on log-log axes where the reaction began EARLY s before the clock."""
    return float(np.polyfit(np.log(TIME), power * np.log(TIME + EARLY), 1)[0])


def series(run_pool):
    """Synthetic series of one law each, and what a start that was not recorded does to a straight line."""
    return {
        "reaction": _seen(200.0 * TIME / TIME[-1], 1),
        "diffusion": _seen(60.0 * np.sqrt(TIME / TIME[-1]), 2),
        "both": _seen(_deal_grove(LAYER, 200.0), 3),
        "thin": _seen(_deal_grove(2000.0, 60.0), 4),
        "thick": _seen(_deal_grove(0.5, 60.0), 5),
        "straight": (_straight(1.0), _straight(0.5)),
    }


def draw(figure, evidence):
    axes = figure.subplots()
    for place, name in enumerate(("reaction", "diffusion", "both")):
        exponent = evidence[name].exponent
        axes.errorbar(
            [place], [exponent.value], [[exponent.value - exponent.low], [exponent.high - exponent.value]], fmt="o", capsize=4
        )
    axes.axhspan(0.9, 1.1, color="0.9")
    axes.axhspan(0.4, 0.6, color="0.9")
    axes.set_xticks(range(3), ["reaction", "diffusion", "both"])
    axes.set_ylabel("exponent with its 95 % interval")
    axes.set_ylim(0.3, 1.2)


def _length(evidence) -> float:
    return evidence["both"].crossover.length.value / (LAYER * NM)


CASE = Case(
    "series",
    "What a series tells",
    "L ~ t means reaction control, L^2 ~ t diffusion control; both are read off log-log plots.",
    "lines 103 to 110, 165 to 181",
    "synthetic series of 40 rows with an error of 1 nm, start and offset not told",
    series,
    (
        Claim(
            "series of reaction and of diffusion are called so",
            lambda e: all(e[name].verdict.word == word for name, word in WORDS.items()),
            Shape("ICR and DCR", "each was made by that law"),
            CHECKED,
            "theory",
        ),
        Claim(
            "exponent of reaction",
            lambda e: e["reaction"].exponent.value,
            Between(0.9, 1.1, "the range that is called ICR"),
            CHECKED,
            "theory",
        ),
        Claim(
            "exponent of diffusion",
            lambda e: e["diffusion"].exponent.value,
            Between(0.4, 0.6, "the range that is called DCR"),
            CHECKED,
            "theory",
        ),
        Claim(
            "slope of a log-log plot of reaction that began 5 s before the clock",
            lambda e: e["straight"][0],
            around(0.785, 0.001 / 0.785, "an independent program: such plots do not tell the laws apart"),
            CHECKED,
            "independent program",
        ),
        Claim(
            "slope of a log-log plot of diffusion that began 5 s before the clock",
            lambda e: e["straight"][1],
            around(0.393, 0.001 / 0.393, "an independent program"),
            CHECKED,
            "independent program",
        ),
        Claim(
            "l* of a series over 0.2 to 10 l*, over the true one",
            _length,
            around(1.0, 0.1, "the specification's 10 %"),
            CHECKED,
            "theory",
        ),
        Claim(
            "outside that range only one rate is said to be known",
            lambda e: (e["thin"].crossover.known, e["thick"].crossover.known) == ("interface", "layer"),
            Shape("k alone of a thin layer, K alone of a thick one", "the other is not in the data"),
            CHECKED,
            "theory",
        ),
    ),
    draw,
)
