"""The polycrystal paper in the quick form of its cases. The full form is ``solion reproduce polycrystal``."""

import json
from pathlib import Path

import pytest

from solion.papers import load, reproduce
from solion.papers.figures import paper_figures
from solion.result.standing import Panel

DOCS = Path(__file__).parents[2] / "docs" / "polycrystal"
WANTED = (
    "1e",
    "2c",
    "2d",
    "2e",
    "2f",
    "3",
    "4a",
    "4f",
    "4b",
    "4g",
    "4-sweep",
    "5h-i",
    "6a-c",
    "6d-f",
    "6g",
    "8e",
    "8f-g",
    "8h",
    "numbers",
)
SLOW = ("4f", "4-sweep")  # ten samples for each number; in full form only


@pytest.fixture(scope="module")
def outcome():
    return reproduce(load("polycrystal"), [name for name in WANTED if name not in SLOW], quick=True)


def verdicts(outcome):
    return {(v.case, v.claim): v for v in outcome.verdicts}


def test_the_cases_are_those_of_the_acceptance_table():
    assert tuple(case.name for case in load("polycrystal").cases) == WANTED
    named = {name for figure in load("polycrystal").figures for row in figure.rows for name in row}
    assert named == set(WANTED)


def test_nothing_that_must_hold_fails(outcome):
    assert [(v.case, v.claim, v.found) for v in outcome.verdicts if v.verdict == "FAILS"] == []


def test_what_is_missed_is_shown(outcome):
    shown = {(v.case, v.claim): v.verdict for v in outcome.verdicts if v.verdict in ("model limit", "paper contradicted")}
    assert [case for (case, _), word in shown.items() if word == "model limit"] == [
        "1e",
        "3",
        "4g",
        "5h-i",
        "6d-f",
        "8f-g",
        "numbers",
    ]
    assert [case for (case, _), word in shown.items() if word == "paper contradicted"] == ["8f-g"] + ["numbers"] * 4
    held, judged = outcome.tally.held("predictions")
    assert judged - held == 7


def test_numbers_of_closed_forms(outcome):
    numbers = {key: v.number for key, v in verdicts(outcome).items()}
    assert numbers["1e", "ratio of the two"] == pytest.approx(70, abs=2)
    assert numbers["2e", "saturates at, nm"] == pytest.approx(222, abs=1)
    assert numbers["numbers", "contact area by the formula printed, nm²"] == pytest.approx(67.68, abs=0.01)
    assert numbers["numbers", "hot spots under a uniform 1000 Ω cm²"] == pytest.approx(1.0, abs=0.01)
    assert verdicts(outcome)["4a", "current in over current out, relative difference"].number < 1e-9


def test_the_panel_tells_calibrated_from_predicted(outcome):
    (entry,) = (entry for entry in outcome.cases if entry.case.name == "numbers")
    panel = entry.evidence.panel
    assert isinstance(panel, Panel)
    assert panel.count("contradicted") >= 4
    assert panel.count("calibrated") >= 2
    assert "| contact area of the tip | ~30 nm² | 67.7 nm² | contradicted |" in str(panel)


def test_every_plate_is_drawn(outcome):
    assert set(paper_figures(outcome)) == {figure.name for figure in load("polycrystal").figures}


def test_the_documentation_shows_the_claims_that_are_made(outcome):
    kept = json.loads((DOCS / "verdicts.json").read_text())
    assert not kept["quick"]
    assert kept["reproduced"]
    shown = {(case["name"], verdict["claim"]) for case in kept["cases"] for verdict in case["verdicts"]}
    assert shown >= {(v.case, v.claim) for v in outcome.verdicts}
    assert [case["name"] for case in kept["cases"]] == list(WANTED)
    for figure in load("polycrystal").figures:
        assert (DOCS / f"{figure.name}.png").stat().st_size < 400_000
