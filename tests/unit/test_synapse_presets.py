"""Ionic synapses of the literature as devices, and the same as study files."""

import dataclasses
import json

import numpy as np
import pytest

from solion.base.errors import InputError
from solion.base.parameters import table
from solion.devices import (
    at_composition,
    at_conductance,
    charge_per_electron,
    composition_at,
    hydrogen_synapse,
    magnesium_synapse,
    magnesium_synapse_60nm,
    magnesium_synapse_100nm,
    magnesium_synapse_thin,
    with_leak,
)
from solion.study import listing, load

PRESETS = (magnesium_synapse, magnesium_synapse_thin, hydrogen_synapse, magnesium_synapse_100nm, magnesium_synapse_60nm)
STUDIES = (
    "hydrogen-synapse-air",
    "hydrogen-synapse-argon",
    "magnesium-synapse",
    "magnesium-synapse-100nm",
    "magnesium-synapse-cycling",
    "magnesium-synapse-retention-open",
    "magnesium-synapse-retention-rest",
)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.__name__)
def test_every_number_of_a_preset_has_a_source(preset):
    rows = list(table(preset()))
    assert len(rows) > 30
    assert [row.path for row in rows if row.provenance == "user" or not row.reference] == []


def test_charge_of_a_pulse_follows_from_the_geometry():
    """5 uC on 0.6 cm2 x 80 nm is 3.44e-4 electrons per W, from the unit cell alone."""
    cell = 7.30e-10 * 7.54e-10 * 7.69e-10 * np.sin(np.radians(90.9))  # m3, with 8 W
    expected = 1.602176634e-19 * 8 / cell * 0.6e-4 * 80e-9
    assert charge_per_electron(magnesium_synapse()) == pytest.approx(expected, rel=1e-9)
    assert 5e-6 / expected == pytest.approx(3.4395e-4, rel=1e-4)
    assert 2.5e-9 / charge_per_electron(hydrogen_synapse()) == pytest.approx(5e-6 / expected, rel=1e-9)


@pytest.mark.parametrize("conductance", [1e-6, 4e-5, 9.5e-4])
def test_a_start_at_a_conductance(conductance):
    """kG of 80 nm is 40 uS per S/cm; the composition found conducts what was asked for, contacts included."""
    device = magnesium_synapse(conductance)
    host, x = device.channel.host, device.channel.composition
    sigma = float(host.conductivity.conductivity(host.electrons(x)))
    assert sigma * 5 * 80e-9 == pytest.approx(conductance, rel=1e-9)
    gap = dataclasses.replace(device.gap, contact_resistance=200.0)
    behind = at_conductance(dataclasses.replace(device, gap=gap), conductance)
    alone = float(host.conductivity.conductivity(host.electrons(behind.channel.composition))) * 5 * 80e-9
    assert 1 / (1 / alone + 200.0) == pytest.approx(conductance, rel=1e-9)
    assert behind.channel.composition > x


def test_rest_is_where_the_paper_puts_it():
    """No voltage at 40 uS, 112 nS for the empty film of 15 nm, 333 nS for half the width at 30 x 60 nm."""
    assert composition_at(magnesium_synapse(), 40e-6) == pytest.approx(0.0136155, rel=2e-4)
    thin = magnesium_synapse_thin()
    assert composition_at(thin, 0.1125e-6) == pytest.approx(float(thin.channel.composition), abs=2e-7)
    large, small = magnesium_synapse_100nm(), magnesium_synapse_60nm()
    assert float(small.gap.width / small.gap.length) == 0.5
    assert float(large.area) == 1e-14


def test_what_cannot_be_is_refused():
    with pytest.raises(InputError, match=r"conductance = 1 S is outside its allowed range \(.* S of this channel"):
        composition_at(magnesium_synapse(), 1.0)
    with pytest.raises(InputError, match="leak = -1"):
        magnesium_synapse(leak=-1.0)


def test_options_change_what_they_name():
    device = magnesium_synapse(leak=0.0, pinned=True, reservoir=0.1)
    assert float(device.electrolyte.electronic_conductance) == 0
    assert type(device.reservoir).__name__ == "PinnedReservoir"
    assert float(with_leak(device, 1e-4).electrolyte.electronic_conductance) == pytest.approx(1 / 20)
    assert float(at_composition(device, 0.03).channel.composition) == 0.03
    assert float(hydrogen_synapse(air=False).oxygen_pressure) == 0


@pytest.mark.parametrize("name", STUDIES)
def test_a_built_in_study_is_in_order_and_says_where_its_numbers_are_from(name):
    assert name in listing()["Studies"]
    study = load(name)
    assert "the study is in order" in study.outline()
    unsourced = {row.path for row in table(study.device) if row.provenance == "user"}
    assert unsourced <= {"channel.composition"}  # found from a conductance


def test_a_study_is_the_preset():
    study = {row.path: row.value for row in table(load("magnesium-synapse").device)}
    preset = {row.path: row.value for row in table(magnesium_synapse(1e-5))}
    assert study.keys() == preset.keys()
    assert [path for path in preset if not np.isclose(study[path], preset[path], rtol=1e-9, atol=0)] == []


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("device.channel.thicknes=1", "device.channel.thicknes is not a known key (did you mean 'thickness'?)"),
        ("device.channel.composition=0.1", "composition stands beside conductance; give the start as one of"),
        ("device.channel.host=lithium_titanate", "host.name = 'lithium_titanate' is unknown"),
        ("device.channel.kinetics.law=insertion_buttler", "did you mean 'insertion_butler_volmer'?"),
        ('device.channel.kinetics.exchange_current="1 A"', "has the wrong unit 'A'; give it in A/m2"),
        ("device.reservoir.kind=film", "known: insertion_film, pinned_reservoir"),
        ('device.electrolyte.leak_resistance="3 ohm"', 'give it in ohm m2, such as "20 ohm m^2"'),
        ('device.channel.conductance="5 S"', "outside its allowed range"),
        ("device.depth=mixed", "known: resolved, well_mixed"),
        ("device.electrolyte.salt.law=none", "known: binary_salt, single_ion"),
        ('device.electrolyte.material={name="succinonitrile_magnesium", transference=0.4}', "give salt=BinarySalt"),
    ],
)
def test_a_wrong_study_is_refused_in_a_sentence(setting, words):
    with pytest.raises(InputError) as refused:
        load("magnesium-synapse", [setting])
    assert words in str(refused.value)


def test_laws_and_numbers_inside_a_study_reach_the_device():
    study = load(
        "magnesium-synapse",
        [
            "device.depth.kind=well_mixed",
            'device.electrolyte.leak={law = "exponential_leak", voltage = "0.1 V"}',
            'device.electrolyte.material={name = "succinonitrile_magnesium", electronic_conductivity = "1e-6 S/m"}',
            "device.electrolyte.material.transference=0.4",
            'device.electrolyte.salt={law = "binary_salt", concentration = "125 mol/m^3", diffusivity = "1e-12 m^2/s"}',
            'device.channel.host={name = "magnesium_tungsten_oxide", offset = 0, metallic = "2e4 S/m"}',
            'device.channel.host.diffusion={law = "potential_diffusion", mobility = "dilute", gradient_energy = "1e-20 m^2"}',
        ],
    )
    device = study.device
    assert type(device.depth).__name__ == "WellMixed"
    assert float(device.electrolyte.leak.voltage) == 0.1
    assert float(device.electrolyte.material.electronic_conductivity) == 1e-6
    assert float(device.electrolyte.salt.diffusivity) == 1e-12
    assert float(device.channel.host.offset) == 0  # of the host, not that of its conductivity
    assert float(device.channel.host.conductivity.offset) == 0.0105
    assert float(device.channel.host.conductivity.metallic) == 2e4
    assert type(device.channel.host.diffusion.mobility).__name__ == "Dilute"
    assert json.dumps(study.data)
