"""The perspective on coatings and complexions of lithium metal: what its equations, table and statements come to."""

from __future__ import annotations

from solion.papers.case import Paper, PaperFigure
from solion.papers.coatings import complexions, diagrams, electrode, errata, maps, verdict

PAPER = Paper(
    "coatings",
    "A perspective on interfacial engineering of lithium metal anodes and beyond",
    "Q. Yan, G. Whang, Z. Wei, S.-T. Ko, P. Sautet, S. H. Tolbert, B. S. Dunn and J. Luo",
    "Appl. Phys. Lett. 117, 080504 (2020), doi:10.1063/5.0018417",
    (*complexions.CASES, *diagrams.CASES, *errata.CASES, *electrode.CASES, *maps.CASES, *verdict.CASES),
    (
        PaperFigure("thickness", "Thickness against penalty", (("thickness", "series"),), (12.0, 4.4)),
        PaperFigure("diagram", "Complexion diagram", (("diagram", "hysteresis", "critical"),), (16.0, 4.4)),
        PaperFigure("signs", "Equation (2), a nanometre film, healing", (("sign", "nanometre", "healing"),), (15.0, 4.0)),
        PaperFigure("misprints", "What is printed wrongly", (("misprints",),), (8.0, 3.6)),
        PaperFigure("electrode", "Underneath or on top", (("coating-ranking", "plating-switch", "nucleation-time"),), (18, 4.6)),
        PaperFigure("maps", "Plating maps", (("plating-maps",),), (18, 4.8)),
        PaperFigure("verdict", "Ranking with intervals, checklist", (("coating-verdict",),), (13, 8)),
        PaperFigure("closed-forms", "Composites and stability", (("closed-forms",),), (9, 4.2)),
    ),
)
