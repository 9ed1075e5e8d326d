"""What is printed wrongly in Table I and the text (E3 to E9); E1 and E2 stand with the equations, E10 with the checklist."""

from __future__ import annotations

import re

import numpy as np

from solion.materials import coating_table
from solion.materials.lithium_coatings import handbook_factors
from solion.papers.case import CHECKED, INPUT, PAPER_CONTRADICTED, Between, Case, Claim, Equal, around, at_least, at_most

CHARGES = {"Li": 1, "Al": 3, "Ge": 4, "O": -2, "P": 5}
ANTIMONIDE = (2e-5, 2e-4)  # cm2/s at 360 C; abstract of the row's own source: 2e-5, and about tenfold with excess lithium
VALENCE = {"Rb": 1, "Cs": 1}  # of the first group
WORKS = {26: "Tu, hybrid anodes of tin", 31: "Yan, nucleation on gold and other seeds"}  # of the paper's own list


def charge(phosphorus_oxygens: int, x: float = 0.5) -> float:
    """Net charge of Li(1+x) Al(x) Ge(2-x) (P O_n)_3, in e."""
    cations = (1 + x) * CHARGES["Li"] + x * CHARGES["Al"] + (2 - x) * CHARGES["Ge"]
    return cations + 3 * (CHARGES["P"] + phosphorus_oxygens * CHARGES["O"])


def misprints(run_pool):
    """Rows of the table as printed and as used, and what the text's formulas come to."""
    rows, book = coating_table(), handbook_factors()
    printed = {key: [float(word) for word in re.findall(r"\d[\d.]*e-\d+", row.printed)] for key, row in rows.items()}
    return {"rows": rows, "printed": printed, "book": {name: entry[2] * 1e4 for name, entry in book.items()}}


def _used(evidence, key):
    row = evidence["rows"][key]
    return np.array([row.low, row.high]) * 1e4


def _faithful(evidence, key):
    ends = sorted(evidence["printed"][key])
    return bool(np.allclose(_used(evidence, key), (ends[0], ends[-1]), rtol=1e-9))


def draw_misprints(figure, evidence):
    axes = figure.subplots()
    keys = ("LiZn-25C-GITT", "Li4.7Ag-25C-GITT", "Li13Sn5-415C-GITT", "Li3Sb-360C-GITT")
    shown = {f"{key.split('-')[0]} (E{number})": key for number, key in enumerate(keys, 3)}
    for place, key in enumerate(keys):
        axes.plot(_used(evidence, key), (place, place), lw=6, color="#3b6fb6", label="" if place else "used")
        formula = evidence["rows"][key].formula
        if formula in evidence["book"]:
            axes.plot(evidence["book"][formula], place, "k|", ms=16, label="largest of the handbook" if place == 2 else "")
    axes.plot(ANTIMONIDE, (3.2, 3.2), lw=3, color="#d9822b", label="abstract of Li3Sb's own source")
    axes.set(xscale="log", xlabel="chemical diffusivity (cm²/s)", ylim=(-0.6, 4.6))
    axes.set_yticks(range(4), list(shown))
    axes.legend(loc="upper left")


CASES = (
    Case(
        "misprints",
        "What is printed wrongly (E3 to E9)",
        "Table I and the text as printed.",
        "Table I, text",
        "rows read as printed; the handbook's table; sums of charges",
        misprints,
        (
            Claim(
                "LiZn: the second end of the printed range over the first (E3)",
                lambda e: e["printed"]["LiZn-25C-GITT"][1] / e["printed"]["LiZn-25C-GITT"][0],
                at_least(1.0, "a range is printed from its lower end, as in the other rows"),
                PAPER_CONTRADICTED,
                instead=around(0.1, 1e-9, "4.0e-7 - 4.0e-8: reversed; the row is used in order"),
            ),
            Claim(
                "LixAg: mantissa of the printed lower end (E4)",
                lambda e: float(e["rows"]["Li4.7Ag-25C-GITT"].printed.split("e")[0]),
                Between(1.0, 10.0, "a number in powers of ten has a mantissa from 1 to 10, as in the other rows"),
                PAPER_CONTRADICTED,
                instead=around(0.12, 1e-9, "0.12e-8, which is 1.2e-9"),
            ),
            Claim(
                "ranges that are used rise and are those printed, order and mantissa apart (rows)",
                lambda e: sum(_faithful(e, key) for key in e["rows"]),
                Equal(14, "every row of the table"),
                INPUT,
            ),
            Claim(
                "Li13Sn5: printed upper end over the handbook's largest, which says whether the phase is a misprint (E5)",
                lambda e: e["printed"]["Li13Sn5-415C-GITT"][1] / e["book"]["Li13Sn5"],
                around(1.0, 0.01, "7.59e-4 printed, 7.6e-4 in the handbook, of the same measurement: a real phase, kept"),
                CHECKED,
                "handbook",
            ),
            Claim(
                "Li3Sb: printed upper end over the handbook's largest at the same temperature (E6)",
                lambda e: e["printed"]["Li3Sb-360C-GITT"][1] / e["book"]["Li3Sb"],
                at_most(1.1, "a largest value is not exceeded beyond rounding"),
                PAPER_CONTRADICTED,
                instead=around(5.7, 0.02, "4e-4 against 7e-5: kept as printed, flagged as a conflict"),
            ),
            Claim(
                "Li3Sb: printed lower end over that of the abstract of its own source (E6)",
                lambda e: e["printed"]["Li3Sb-360C-GITT"][0] / ANTIMONIDE[0],
                around(1.0, 0.1, "the row cites that source"),
                PAPER_CONTRADICTED,
                instead=around(10.0, 1e-9, "2e-5 there, 2e-4 printed; 2e-5 to 2e-4 is the alternative range"),
            ),
            Claim(
                "whose row of the table has the 7.65e-11 cm2/s that the text takes from Dologlou (E7)",
                lambda e: next(
                    row.reference.split()[0] for row in e["rows"].values() if abs(row.low * 1e4 / 7.65e-11 - 1) < 1e-6
                ),
                Equal("Dologlou,", "as the text cites it"),
                PAPER_CONTRADICTED,
                instead=Equal("Messer", "the row of Dologlou has 6.12e-11; the table is used"),
            ),
            Claim(
                "net charge of Li(1+x)Al(x)Ge(2-x)(PO3)3 as printed (E8)",
                lambda e: charge(3),
                around(0.0, 0.0, "a compound is neutral"),
                PAPER_CONTRADICTED,
                instead=Equal(6.0, "six charges too many: it is (PO4)3"),
            ),
            Claim("net charge with (PO4)3 instead", lambda e: charge(4), Equal(0.0, "neutral for every x"), CHECKED, "theory"),
            Claim(
                "charge of rubidium's ion, printed Rb2+ beside Cs+ (E8)",
                lambda e: VALENCE["Rb"] - VALENCE["Cs"],
                Equal(0, "one group, one charge: Rb+"),
                INPUT,
            ),
            Claim(
                "work that the text cites for Li-Sn, 31, against the one on it (E8)",
                lambda e: next(number for number, work in WORKS.items() if "tin" in work),
                Equal(26, "reference 31 is on nucleation; the text says Li-Sn [31], and lithophilic for lithiophilic"),
                INPUT,
            ),
            Claim(
                "rows of the table that are not chemical diffusivities and stand beside those that are (E9)",
                lambda e: sum(row.quantity == "self" for row in e["rows"].values()),
                Equal(0, "what a table compares is one quantity"),
                PAPER_CONTRADICTED,
                instead=Equal(2, "both of lithium itself; without W they do not compare"),
            ),
        ),
        draw_misprints,
    ),
)
