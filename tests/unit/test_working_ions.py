"""What the magnesium paper states of each ion, and the verdict on it."""

import math

import pytest

import solion as so
from solion.analysis.synaptic import quoted_verdict
from solion.materials import oxygen_tungsten_oxide, working_ions


def test_every_quoted_number_says_where_it_stands():
    ions = working_ions()
    assert set(ions) == {"hydrogen", "lithium", "oxygen", "magnesium", "copper"}
    for ion in ions.values():
        for entry in ion.quoted:
            assert entry.number.source.provenance in ("stated", "derived")
            assert "10.1002/aelm.202300577" in entry.number.source.reference


def test_oxide_conductors_are_consistent_with_their_activation():
    oxygen = working_ions()["oxygen"]
    cold, hot = (oxygen[name].number.value for name in ("ionic_conductivity", "hot_ionic_conductivity"))
    factor = math.exp(oxygen["activation"].number.value / 8.617333e-5 * (1 / 298.15 - 1 / 573.15))
    assert hot / cold == pytest.approx(factor, rel=1e-5)
    assert float(oxygen_tungsten_oxide().diffusivity) == oxygen["diffusivity"].number.value


def test_a_lower_bound_meets_a_demand_or_says_nothing():
    found = {line.demand.quantity: line.met for line in quoted_verdict(working_ions()["magnesium"])}
    assert found["states"] is True
    assert found["pulse_width"] is False
    assert found["pulses_endured"] is None  # 20 000 pulses without change are no proof of 1e10, nor against it
    assert {line.met for line in quoted_verdict(working_ions()["copper"])} == {None}


def test_a_number_that_is_not_stated_is_refused_with_those_that_are():
    with pytest.raises(so.InputError, match="no 'states' of it, but pulse_voltage, transition"):
        working_ions()["lithium"]["states"]
