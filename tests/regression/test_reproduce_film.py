"""The film paper in the quick form of its cases, and the table, page, folder and refusals of ``solion reproduce``.

The full form is ``solion reproduce film``; its verdicts are kept in docs/film/verdicts.json.
"""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from solion.base.errors import InputError, RunError
from solion.cli import app
from solion.papers import (
    CALIBRATED,
    CHECKED,
    INPUT,
    MODEL_LIMIT,
    PAPER_CONTRADICTED,
    PREDICTED,
    SORTS,
    SPECIFICATION_CORRECTED,
    Case,
    Claim,
    Equal,
    Paper,
    PaperFigure,
    Shape,
    around,
    at_least,
    at_most,
    load,
    names,
    reproduce,
)
from solion.papers.report import record, verdict_table, write, written

DOCS = Path(__file__).parents[2] / "docs" / "film"
WANTED = (
    "2a",
    "2b",
    "2c",
    "3a",
    "3b",
    "3c",
    "4a",
    "4b",
    "4c",
    "4d-lto4",
    "4d-lto7",
    "5",
    "lto4-vs-lto7",
    "switching-time",
    "retention",
    "omega-n",
    "bias-limits",
    "future-work",
    "future-fields",
    "in-space-thresholds",
    "in-space-nuclei",
    "in-space-states",
    "in-space-loop",
    "in-space-retention",
)


@pytest.fixture(scope="module")
def outcome():
    seen = []
    found = reproduce(load("film"), quick=True, on_progress=lambda case, done, total: seen.append((done, total)))
    assert seen == [(k + 1, len(WANTED)) for k in range(len(WANTED))]
    return found


def test_every_case_has_a_verdict_and_nothing_fails(outcome):
    assert tuple(entry.case.name for entry in outcome.cases) == WANTED
    assert all(entry.verdicts for entry in outcome.cases)
    assert [(v.case, v.claim, v.found) for v in outcome.verdicts if v.verdict == "FAILS"] == []
    assert outcome.reproduced
    assert outcome.runs > 20


def test_what_the_paper_says_and_its_own_model_does_not_is_shown(outcome):
    """A larger Omega_n lowers the ratio at Da = 1e-3; the stated diffusivity makes LTO7 conduct 66 times what is assumed."""
    shown = {v.claim: v.number for v in outcome.verdicts if v.verdict == "paper contradicted"}
    assert len(shown) == 4
    (omega,) = (number for claim, number in shown.items() if "grows with Ω_n" in claim)
    assert omega == pytest.approx(18.72 / 28.36, rel=1e-3)
    (conductivity,) = (number for claim, number in shown.items() if "conductivity of LTO7" in claim)
    assert conductivity == pytest.approx(96485.33 * 22e3 * 1e-11 / 0.025693 * 0.971964 * (1 - 0.971964 / (5 / 3)), rel=1e-3)
    assert outcome.tally.of("model limit") == 3
    assert outcome.sentence.startswith("33 of 36 predictions hold (3 model limit); 27 of 27 checks hold; not counted: ")


def test_numbers_of_an_independent_program(outcome):
    numbers = {(v.case, v.claim): v.number for v in outcome.verdicts}
    assert numbers["2a", "τ_B at 0.12 i_D, in τ_D"] == pytest.approx(0.993, rel=3e-3)
    assert numbers["4d-lto7", "smallest current of the second cycle, in i_D"] == pytest.approx(-0.945, rel=5e-3)
    assert numbers["2b", "threshold at c_m = 0.5, in i_D"] == pytest.approx(0.152, rel=2e-2)


def test_the_folder_holds_figures_verdicts_and_a_page(outcome, tmp_path):
    write(outcome, tmp_path)
    kept = json.loads((tmp_path / "verdicts.json").read_text())
    assert len(kept["cases"]) == len(WANTED)
    assert sum(len(case["verdicts"]) for case in kept["cases"]) == len(outcome.verdicts)
    figures = [figure.name for figure in load("film").figures]
    assert sorted(path.stem for path in (tmp_path / "figures").iterdir()) == sorted(figures)
    text = (tmp_path / "report.html").read_text()
    assert text.count("data:image/png;base64,") == len(figures)
    assert "<script" not in text
    words = re.sub(r"data:image/png;base64,[^\"']*", "", text)  # an image may spell anything
    assert "http" not in words.replace("https://doi.org", "")
    for entry in outcome.verdicts:
        assert entry.verdict in text
    assert text.index(outcome.tally.words) < text.index("<table")  # the counts come first
    assert kept["counts"] == outcome.tally.words


def test_a_folder_is_replaced_only_by_force(tmp_path):
    made = reproduce(paper(claim(at_most(3.0, "x"))))

    def again(force=False):
        with written(tmp_path / "out", force) as partial:
            write(made, partial)

    again()
    before = (tmp_path / "out" / "figures" / "one.png").read_bytes()
    with pytest.raises(InputError, match="it exists already"):
        again()
    (tmp_path / "out" / "figures" / "one.png").write_bytes(b"")
    again(force=True)
    assert (tmp_path / "out" / "figures" / "one.png").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]  # nothing half-written is left


def test_the_documentation_shows_the_claims_that_are_made(outcome):
    """docs/film/verdicts.json comes from the full form; its cases and claims are those of the code."""
    kept = json.loads((DOCS / "verdicts.json").read_text())
    assert not kept["quick"]
    assert kept["reproduced"]
    shown = [(case["name"], verdict["claim"]) for case in kept["cases"] for verdict in case["verdicts"]]
    assert shown == [(v.case, v.claim) for v in outcome.verdicts]
    assert all("quick form" not in choice["range"] for case in kept["cases"] for choice in case["choices"])
    for figure in load("film").figures:
        assert (DOCS / f"{figure.name}.png").stat().st_size < 250_000


# ------------------------------------------------------------------------------------------------------- the machinery


def claim(band, sort=PREDICTED, find=lambda x: x, **more):
    return Claim("c", find, band, sort, **more)


def paper(*claims, work=lambda run_pool: 2.0):
    """A made-up paper of one case."""
    case = Case(
        "1", "made up", "says", "nowhere", "nothing", work, claims, lambda canvas, evidence: canvas.subplots().plot([1, 2])
    )
    return Paper("made", "Made up", "Nobody", "no reference", (case,), (PaperFigure("one", "One", (("1",),), (4, 3)),))


@pytest.mark.parametrize(
    ("band", "inside", "outside", "words"),
    [
        (around(-2.0, 0.1, "x"), -2.2, -1.7, "-2.2 to -1.8"),
        (at_least(3.0, "x"), 3.0, 2.9, "at least 3"),
        (at_most(3.0, "x"), 3.0, 3.1, "at most 3"),
        (Equal("crossed", "x"), "crossed", "separated", "crossed"),
        (Shape("falls", "x"), True, False, "falls"),
    ],
)
def test_bands(band, inside, outside, words):
    assert band.words == words
    assert band.holds(inside)
    assert not band.holds(outside)
    assert not band.holds(np.nan) or isinstance(band, Shape)


LOW, HIGH = at_most(1.0, "x"), at_least(1.0, "x")  # the evidence is 2


def test_a_missed_prediction_fails_and_so_does_a_missed_check():
    for sort in (PREDICTED, CHECKED):
        missed = reproduce(paper(claim(LOW, sort), claim(HIGH, sort)))
        assert [v.verdict for v in missed.verdicts] == ["FAILS", "holds"]
        assert not missed.reproduced
        assert missed.sentence.startswith(f"1 of 2 {sort.counted} hold; 1 FAILS. 1 case")


def test_an_input_is_no_prediction_and_no_check():
    """However many numbers are repeated, no count of what holds changes; one that is not repeated is a fault."""
    alone = reproduce(paper(claim(HIGH)))
    repeated = reproduce(paper(claim(HIGH), *[claim(HIGH, INPUT)] * 5, *[claim(HIGH, CALIBRATED)] * 4))
    assert alone.tally.held("predictions") == repeated.tally.held("predictions") == (1, 1)
    assert repeated.tally.held("checks") == (0, 0)
    assert {v.verdict for v in repeated.verdicts} == {"holds", "input", "calibrated"}
    assert "1 of 1 predictions hold; not counted: 4 calibrated, 5 input" in repeated.sentence
    assert reproduce(paper(claim(HIGH, INPUT))).sentence.startswith("not counted: 1 input. ")
    assert not reproduce(paper(claim(LOW, INPUT))).reproduced


def test_a_limit_of_the_model_is_a_prediction_that_is_missed():
    found = reproduce(paper(claim(HIGH), claim(LOW, MODEL_LIMIT, instead=HIGH)))
    assert found.reproduced
    assert found.tally.held("predictions") == (1, 2)
    assert "1 of 2 predictions hold (1 model limit)" in found.sentence


@pytest.mark.parametrize("sort", [MODEL_LIMIT, PAPER_CONTRADICTED])
def test_a_miss_that_is_none_any_more_fails(sort):
    (verdict,) = reproduce(paper(claim(HIGH, sort, instead=LOW))).verdicts
    assert verdict.verdict == "FAILS"
    assert f"this is not a {sort.name}" in verdict.note
    beside = claim(LOW, sort, instead=around(3.0, 0.1, "x"))  # and so does one that is missed elsewhere than is said
    assert [v.verdict for v in reproduce(paper(beside)).verdicts] == ["FAILS"]


def test_a_claim_that_is_missed_says_where_the_value_lies():
    good = claim(LOW, SPECIFICATION_CORRECTED, instead=around(2.0, 0.1, "x"))
    (verdict,) = reproduce(paper(good)).verdicts
    assert (verdict.verdict, verdict.band) == ("specification corrected", "at most 1; here 1.8 to 2.2")
    for sort in (SPECIFICATION_CORRECTED, MODEL_LIMIT, PAPER_CONTRADICTED):  # on whichever side of the band
        with pytest.raises(InputError, match="needs 'instead', where the value lies, so that it can fail"):
            claim(LOW, sort)
    with pytest.raises(InputError, match="'instead' is for a claim that is missed"):
        claim(LOW, PREDICTED, instead=HIGH)


def test_every_band_has_a_reason():
    with pytest.raises(InputError, match="a band needs a reason"):
        claim(at_most(1.0, " "))
    for name in names():
        for case in load(name).cases:
            for entry in case.claims:
                assert len(entry.reason) > 5, (name, case.name, entry.words)
                assert entry.sort in SORTS
                assert entry.sort is not CHECKED or entry.basis != "paper", (name, case.name, entry.words)


def test_the_counts_are_printed_first(tmp_path):
    result = cli("film", "5", "--out", tmp_path / "five")
    assert result.stdout.startswith("not counted: 4 input. 1 case")
    assert "every host of the figure" in result.stdout


def test_a_quick_form_without_evidence_is_told():
    found = reproduce(paper(claim(HIGH), Claim("n", lambda x: None, HIGH, PREDICTED)))
    assert found.tally.held("predictions") == (1, 1)
    assert "1 not run in the quick form" in found.sentence


def test_a_case_that_breaks_off_fails_by_itself(tmp_path):
    def work(run_pool):
        raise RunError("the time step became too small.")

    broken = reproduce(paper(claim(LOW), work=work))
    (verdict,) = broken.verdicts
    assert (verdict.verdict, verdict.found) == ("FAILS", "the time step became too small.")
    assert record(broken)["cases"][0]["choices"] == []
    write(broken, tmp_path)  # no figure, yet a page
    assert verdict_table(broken).row_count == 1


def test_results_are_shared_between_cases_and_so_are_their_failures():
    made = []

    def work(run_pool):
        def make():
            made.append(1)
            raise RunError("no.")

        return run_pool.once("thing", make)

    one = paper(claim(LOW), work=work)
    both = Paper("made", "t", "a", "r", (one.cases[0], one.cases[0]), ())
    assert [v.found for v in reproduce(both).verdicts] == ["no.", "no."]
    assert made == [1]


def test_papers_are_found_by_their_folders():
    assert {"film", "polycrystal", "synapse"} <= set(names())
    with pytest.raises(InputError, match=r"paper 'flim' is unknown \(did you mean 'film'\?\); papers are "):
        load("flim")


def cli(*arguments):
    return CliRunner().invoke(app, ["reproduce", *map(str, arguments)])


def test_refusals_come_before_any_run(tmp_path):
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine")
    for arguments, sentence in (
        (("flim",), "did you mean 'film'?"),
        (("film", "2d"), "did you mean '2"),
        (("film", "LTO4"), "did you mean '4d-lto4'?"),
        (("film", "--out", full), "it exists already"),
        (("film", "--out", full, "--force"), "it holds no reproduction of a paper"),
    ):
        result = cli(*arguments)
        assert result.exit_code == 2
        assert sentence in result.stderr
    assert [path.name for path in tmp_path.rglob("*")] == ["full", "mine.txt"]


def test_the_command_prints_the_table_and_lists_the_cases(tmp_path):
    result = cli("film", "5", "--out", tmp_path / "five")
    assert result.exit_code == 0, result.stderr
    assert "τ_D of LTO at 50 nm" in result.stdout
    assert "5: " in result.stderr  # progress
    assert (tmp_path / "five" / "report.html").is_file()
    listed = cli("film", "--list")
    assert all(f"  {name} " in listed.stdout for name in WANTED)
