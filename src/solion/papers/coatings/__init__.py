"""The perspective on lithium-metal coatings: what its table and statements come to in a model of plating."""

from __future__ import annotations

from solion.papers.case import Paper, PaperFigure
from solion.papers.coatings import electrode, verdict

PAPER = Paper(
    "coatings",
    "A perspective on interfacial engineering of lithium metal anodes and beyond",
    "Q. Yan, G. Whang, Z. Wei, S.-T. Ko, P. Sautet, S. H. Tolbert, B. S. Dunn and J. Luo",
    "Appl. Phys. Lett. 117, 080504 (2020), doi:10.1063/5.0018417",
    (*electrode.CASES, *verdict.CASES),
    (
        PaperFigure("electrode", "Underneath or on top", (("coating-ranking", "plating-switch", "nucleation-time"),), (18, 4.6)),
        PaperFigure("verdict", "Ranking with intervals, checklist", (("coating-verdict",),), (13, 6.5)),
        PaperFigure("closed-forms", "Composites and stability", (("closed-forms",),), (9, 4.2)),
    ),
)
