"""The synapse paper: electrochemical ionic synapses with magnesium as the working ion, figure by figure.

Only its text was at hand; numbers called those of an independent program were computed apart from this library.
"""

from __future__ import annotations

from solion.papers.case import Case, Paper, PaperFigure
from solion.papers.synapse import (
    charges,
    composition,
    contradictions,
    cycling,
    filling,
    hydrogen,
    retention,
    scaling,
    steps,
    updates,
)

_BY_NAME: dict[str, Case] = {
    case.name: case
    for module in (steps, filling, updates, charges, cycling, composition, hydrogen, retention, scaling)
    for case in module.CASES
}
_ORDER = (
    "1c",
    "1d",
    "3a",
    "3a-leak",
    "3b",
    "3c",
    "3d",
    "3e",
    "3de-asym",
    "4a",
    "4b",
    "4-endur",
    "5a",
    "5b",
    "5-lin",
    "6a-d",
    "7a",
    "7b",
    "7c",
    "8a",
    "8a-blocking",
    "S8",
    "8b",
    "S6",
    "E",
    "scaled",
    "DFT",
)

PAPER = Paper(
    "synapse",
    "Electrochemical Ionic Synapses with Mg2+ as the Working Ion",
    "M. Schwacke, P. Zguns, J. del Alamo, J. Li and B. Yildiz",
    "Advanced Electronic Materials (2024), doi:10.1002/aelm.202300577",
    (*(_BY_NAME[name] for name in _ORDER), contradictions.CASE),
    (
        PaperFigure("figure-1", "Figure 1: single pulses", (("1c", "1d"),), (11, 4.4)),
        PaperFigure(
            "figure-3",
            "Figure 3: filling and steps of conductance",
            (("3a", "3b", "3c"), ("3d", "3e", "3de-asym"), ("3a-leak",)),
            (14, 11.4),
        ),
        PaperFigure("figure-4", "Figure 4: change against charge", (("4a", "4b", "4-endur"),), (14, 4.3)),
        PaperFigure("figure-5", "Figure 5: cycling by voltage pulses", (("5a", "5b", "5-lin"),), (15, 4.3), ((1.5, 1.0, 1.0),)),
        PaperFigure("figure-6", "Figure 6: composition and phase", (("6a-d",),), (7, 4.6)),
        PaperFigure("figure-7", "Figure 7: magnesium and hydrogen", (("7a", "7b", "7c"),), (14, 4.3)),
        PaperFigure("figure-8", "Figure 8: retention", (("8a", "8a-blocking"), ("S8", "8b")), (11, 8.4)),
        PaperFigure("scaling", "Energy, volume and scaled cells", (("S6", "E"), ("scaled",)), (12, 8.4)),
        PaperFigure("thermochemistry", "Oxidation in air", (("DFT",),), (7, 4.2)),
        PaperFigure("contradictions", "Statements that cannot all be met", (("contradictions",),), (11, 4.2)),
    ),
)
