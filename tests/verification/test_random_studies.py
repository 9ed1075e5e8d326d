"""Random legal studies of all families: all are legal; those that are cheap run, and end with an answer without inf or nan.

The 10^4 of each family run in benchmarks/hard_studies.py; here 200 are checked and a few structures share their programs.
"""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from hard_studies import GOOD, outcome  # pyright: ignore[reportMissingImports]
from random_studies import FAMILIES, random_study  # pyright: ignore[reportMissingImports]


@pytest.mark.parametrize("family", FAMILIES)
def test_draws_are_legal(family):
    for seed in range(50):
        found = outcome(random_study(family, seed), check=True)
        assert found["class"] == "finished", (seed, found["message"])


def test_random_polycrystals_end_with_an_answer():
    found = {seed: outcome(random_study("polycrystal", seed)) for seed in range(24)}
    bad = {seed: entry["message"] for seed, entry in found.items() if entry["class"] not in GOOD}
    assert not bad
    assert sum(entry["class"] == "finished" for entry in found.values()) > 12
