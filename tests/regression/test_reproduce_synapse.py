"""The synapse paper in the quick form of its cases. The full form is ``solion reproduce synapse``, its verdicts docs/synapse/."""

import json
from pathlib import Path

import pytest

from solion.papers import load, reproduce
from solion.papers.report import write

DOCS = Path(__file__).parents[2] / "docs" / "synapse"
WANTED = (
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
    "contradictions",
)


@pytest.fixture(scope="module")
def outcome():
    return reproduce(load("synapse"), quick=True)


def test_every_case_has_a_verdict_and_nothing_fails(outcome):
    assert tuple(entry.case.name for entry in outcome.cases) == WANTED
    assert all(entry.verdicts for entry in outcome.cases)
    assert [(v.case, v.claim, v.found) for v in outcome.verdicts if v.verdict == "FAILS"] == []
    assert outcome.reproduced


def test_what_cannot_all_be_true_is_shown(outcome):
    """Each of C1 to C15 is held against the paper's other numbers (C8 and C12 are no contradictions), with its evidence."""
    found = {v.claim.partition(":")[0]: v for v in outcome.verdicts if v.case == "contradictions"}
    assert list(found) == [f"C{k}" for k in range(1, 16) if k not in (8, 12)]
    assert {v.verdict for v in found.values()} == {"paper contradicted"}
    assert found["C1"].number == pytest.approx(27.78e-3, rel=1e-3)  # V, 1 nA through 27.8 megohm
    assert found["C2"].number == pytest.approx(3.44e-4, rel=1e-3)
    assert found["C6"].number == pytest.approx(8.4, rel=0.02)  # all ions of both films in one
    assert found["C10"].number == pytest.approx(0.199, abs=5e-4)
    assert found["C14"].number == pytest.approx(1.5, rel=0.03)  # mS, where the leak takes the mean current of the pulses


def test_three_days_against_the_stated_leak(outcome):
    """The strongest tension of the paper: its leak takes 37 % in an hour and all but 4 % in three days."""
    (entry,) = (v for v in outcome.verdicts if v.case == "S8")
    assert entry.verdict == "paper contradicted"
    assert entry.number == pytest.approx(40 / 950, rel=0.01)
    assert "37% is lost within the first hour" in entry.note


def test_what_was_put_in_is_not_counted(outcome):
    sorts = {(v.case, v.claim): v.sort for v in outcome.verdicts}
    for case in ("7b", "7c", "8b", "DFT"):
        assert not any(sort == "predicted" for (name, _), sort in sorts.items() if name == case)
    assert sorts["E", "at 10 µS, without the leak"] == "calibrated"
    held, judged = outcome.tally.held("predictions")
    assert (held, judged) == (8, 12)


def test_numbers_of_an_independent_program(outcome):
    numbers = {(v.case, v.claim): v.number for v in outcome.verdicts}
    assert numbers["3b", "from 10 to 100 S/cm, mV"] == pytest.approx(109.8, abs=0.3)
    assert numbers["3e", "mean step from 20 µS with the leak, µS"] == pytest.approx(1.795, rel=1e-3)
    assert numbers["8a", "open circuit is slower by"] == pytest.approx(17.25, rel=5e-3)
    assert numbers["E", "at 10 µS, with the leak"] == pytest.approx(79.4, rel=1e-3)


def test_the_folder_holds_a_figure_for_each_plate(outcome, tmp_path):
    write(outcome, tmp_path)
    figures = [figure.name for figure in load("synapse").figures]
    assert sorted(path.stem for path in (tmp_path / "figures").iterdir()) == sorted(figures)
    assert (tmp_path / "report.html").read_text().count("data:image/png;base64,") == len(figures)


def test_every_case_is_on_a_plate_and_in_the_documentation():
    paper = load("synapse")
    drawn = {name for figure in paper.figures for row in figure.rows for name in row}
    assert drawn == set(WANTED)
    kept = json.loads((DOCS / "verdicts.json").read_text())
    assert [case["name"] for case in kept["cases"]] == list(WANTED)
    assert not kept["quick"]
    assert kept["reproduced"]
    text = "".join(path.read_text() for path in DOCS.glob("*.md"))
    assert [name for name in WANTED if f"<!-- verdicts synapse {name} -->" not in text] == []
