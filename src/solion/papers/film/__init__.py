"""The film paper: interfacial resistive switching by multiphase polarization, figure by figure."""

from __future__ import annotations

from solion.papers.case import Paper, PaperFigure
from solion.papers.film import (
    contacts,
    future_fields,
    future_work,
    hosts,
    resistance_ratio,
    space_loop,
    space_retention,
    space_states,
    space_thresholds,
    statements,
    step_current,
    thresholds,
    voltammetry,
)

PAPER = Paper(
    "film",
    "Interfacial resistive switching by multiphase polarization in ion-intercalation nanofilms",
    "H. Tian and M. Z. Bazant",
    "Nano Letters (2022), doi:10.1021/acs.nanolett.2c01765",
    (
        step_current.CASE,
        *thresholds.CASES,
        *resistance_ratio.CASES,
        *voltammetry.CASES,
        hosts.CASE,
        *statements.CASES,
        *contacts.CASES,
        future_work.CASE,
        future_fields.CASE,
        *space_thresholds.CASES,
        space_states.CASE,
        space_loop.CASE,
        space_retention.CASE,
    ),
    (
        PaperFigure("figure-2", "Figure 2: switching current and time", (("2a",), ("2b", "2c")), (12.5, 9.6), heights=(5.6, 4.0)),
        PaperFigure("figure-3", "Figure 3: resistance ratios", (("3a", "3b", "3c"),), (14, 4.4)),
        PaperFigure(
            "figure-4",
            "Figure 4: voltammograms",
            (("4a", "4b", "4c", "4d-lto4", "4d-lto7"),),
            (16, 6.6),
            ((1.12, 1.0, 1.0, 1.0, 1.0),),
        ),
        PaperFigure("figure-5", "Figure 5: hosts", (("5",),), (10.5, 4.6)),
        PaperFigure(
            "statements",
            "Statements of the text",
            (("lto4-vs-lto7", "switching-time"), ("omega-n", "bias-limits"), ("retention",)),
            (12.5, 11.6),
            heights=(4.0, 4.0, 3.6),
        ),
        PaperFigure(
            "in-space",
            "In space",
            (("in-space-thresholds",), ("in-space-nuclei",), ("in-space-retention",)),
            (12.5, 11.4),
            heights=(4.2, 2.6, 4.6),
        ),
        PaperFigure("in-space-states", "In space: states that pulses leave", (("in-space-states",),), (12.5, 6.0)),
        PaperFigure("in-space-loop", "In space: a fast loop", (("in-space-loop",),), (8, 4.4)),
        PaperFigure(
            "future-work",
            "Named as future work: what the model says",
            (("future-work",), ("future-fields",)),
            (12.5, 7.6),
            heights=(4.0, 3.6),
        ),
    ),
)
