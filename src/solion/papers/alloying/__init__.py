"""The review of alloying anodes: what its numbers and statements come to in one model of a front."""

from __future__ import annotations

from solion.papers.alloying import arrest, contradictions, rates, series, shapes
from solion.papers.case import Paper, PaperFigure

PAPER = Paper(
    "alloying",
    "Extending the performance limit of anodes: insights from diffusion kinetics of alloying anodes",
    "Y.-S. Choi, D. O. Scanlon and J.-C. Lee",
    "review",
    (*arrest.CASES, *rates.CASES, series.CASE, shapes.CASE, contradictions.CASE),
    (
        PaperFigure("arrest", "Self-limiting", (("silicon-arrest", "germanium-full", "overpotential"),), (15, 4.4)),
        PaperFigure("rates", "Rates", (("growth-laws", "surface-film", "utilisation", "numbers-together"),), (18, 4.4)),
        PaperFigure("series-and-shapes", "Series and shapes", (("series", "shapes"),), (11, 4.4)),
    ),
)
