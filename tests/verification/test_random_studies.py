"""Random legal studies of all families: 200 of all structures are legal; 200 of one structure each run, and end with an answer
without inf or nan. Ten thousand of all structures run in benchmarks/hard_studies.py."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from hard_studies import GOOD, outcome  # pyright: ignore[reportMissingImports]
from random_studies import FAMILIES, random_study  # pyright: ignore[reportMissingImports]


@pytest.mark.parametrize("family", FAMILIES)
def test_draws_are_legal(family):
    for seed in range(34):
        found = outcome(random_study(family, seed), check=True)
        assert found["class"] == "finished", (seed, found["message"])


def test_a_coating_that_stores_lithium_needs_electrons():
    study = random_study("coating", 0)
    study["device"]["layers"] = [
        {"thickness": "1 um", "electron_conductivity": "0 S/m", "transport": {"law": "wagner_transport",
         "ion_conductivity": "1e-4 S/m", "concentration": "1e4 mol/m^3", "thermodynamic_factor": 10.0}}
    ]  # fmt: skip
    found = outcome(study, check=True)
    assert found["class"] == "refused"
    assert "electron_conductivity = 0 S/m" in found["message"]


RUN = {"film": 46, "synapse": 34, "alloy": 34, "polycrystal": 34, "coating": 34, "interface": 18}  # 200


@pytest.mark.parametrize("family", FAMILIES)
def test_draws_end_with_an_answer(family):
    """Of one structure each, so that a family compiles once; films on the cells of others of the suite."""
    found = {}
    for seed in range(RUN[family]):
        study = random_study(family, seed, structures=1)
        if family == "film":
            study["numerics"] = {"cells": 40}
        found[seed] = outcome(study)
    assert not {seed: entry["message"] for seed, entry in found.items() if entry["class"] not in GOOD}
    assert sum(entry["class"] != "refused" for entry in found.values()) > len(found) / 2
