"""The verdict's cases of the coatings paper: nothing fails in their quick form."""

from solion.papers import load, reproduce


def test_verdict_and_closed_forms():
    outcome = reproduce(load("coatings"), ("coating-verdict", "closed-forms"), quick=True)
    assert outcome.reproduced, [v for v in outcome.verdicts if v.verdict == "FAILS"]
