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


def test_random_interfaces_and_scans_of_plating_end_with_an_answer():
    """Those that compile nothing of their own: films in equilibrium, scans and spectra of coatings."""
    studies = {("interface", seed): random_study("interface", seed) for seed in range(2)}
    studies |= {("coating", seed): random_study("coating", seed) for seed in range(5)}
    steady = {key: study for key, study in studies.items() if study["experiment"]["kind"] != "transient"}
    found = {key: outcome(study) for key, study in steady.items()}
    assert not {key: entry["message"] for key, entry in found.items() if entry["class"] not in GOOD}


def test_random_polycrystals_end_with_an_answer():
    found = {seed: outcome(random_study("polycrystal", seed)) for seed in range(24)}
    bad = {seed: entry["message"] for seed, entry in found.items() if entry["class"] not in GOOD}
    assert not bad
    assert sum(entry["class"] == "finished" for entry in found.values()) > 12
