"""The polycrystal paper: nano-inhomogeneity of garnet, homogenising layers, filaments and a memristor, figure by figure."""

from __future__ import annotations

from solion.papers.case import Paper, PaperFigure
from solion.papers.polycrystal import (
    bias,
    boundaries,
    cells,
    flux_map,
    hot_spots,
    layers,
    memory,
    pad,
    placements,
    printed,
    spectra,
)

_DISTANCE, _SIZE, _LAYERED = placements.CASES
_FACES, _SWEEP = hot_spots.CASES
PAPER = Paper(
    "polycrystal",
    "Modulating nano-inhomogeneity at electrode-solid electrolyte interfaces for dendrite-proof solid-state batteries and "
    "long-life memristors",
    "Z. Lu, Z. Yang, C. Li, K. Wang, J. Han, P. Tong, G. Li, B. S. Vishnugopi, P. P. Mukherjee, C. Yang and W. Li",
    "arXiv:2010.01624 (Advanced Energy Materials, 2021)",
    (
        *bias.CASES,
        _DISTANCE,
        _SIZE,
        boundaries.CASE,
        *flux_map.CASES,
        _FACES,
        *layers.CASES,
        _SWEEP,
        _LAYERED,
        spectra.CASE,
        *cells.CASES,
        pad.CASE,
        *memory.CASES,
        printed.CASE,
    ),
    (
        PaperFigure(
            "figure-2",
            "Figures 1 and 2: trigger bias",
            (("1e",), ("2c", "2d", "2e"), ("2f",)),
            (12.5, 11.0),
            heights=(3.6, 3.6, 3.6),
        ),
        PaperFigure(
            "figure-4",
            "Figure 4: hot spots and the layer",
            (("4a",), ("4f", "4b"), ("4g",), ("4-sweep",)),
            (12.5, 15.5),
            ((1.0,), (2.0, 1.0), (1.0,), (1.0,)),
            (4.0, 3.6, 3.6, 3.6),
        ),
        PaperFigure("figure-5", "Figures 3 and 5: boundaries, and trigger bias on the layer", (("3", "5h-i"),), (12.5, 3.8)),
        PaperFigure("figure-6", "Figure 6: cells", (("6a-c",), ("6d-f",), ("6g",)), (12.5, 10.5), heights=(4.0, 3.4, 3.2)),
        PaperFigure("figure-8", "Figure 8: the memristor", (("8f-g",), ("8e", "8h")), (12.5, 8.0), ((1.0,), (0.75, 1.6))),
        PaperFigure("numbers", "Numbers of the text", (("numbers",),), (12.5, 5.4)),
    ),
)
