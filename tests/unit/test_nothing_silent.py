"""What a run says of itself: temperatures that its numbers do not have, and starts from which nothing can happen."""

import dataclasses

import pytest

import solion as so
from solion.base.errors import InputError
from solion.base.parameters import table
from solion.base.reference_temperature import temperatures_apart
from solion.devices.polycrystal import KineticElectrode, lu2021
from solion.study import load

SMALL = ["numerics.cells=20", "protocol.0.samples=3", "protocol.1.samples=5", "protocol.1.duration=0.5 tau_D"]


def told(result):
    return [text for text in result.warnings if "the device is at" in text]


def test_a_film_at_another_temperature_than_its_material():
    study = load("step-current", [*SMALL, "device.temperature=320 K"])
    (sentence,) = told(study.run())
    assert "device.top.activation_energy, device.bottom.activation_energy are zero" in sentence
    device = study.device
    film = dataclasses.replace(device.film, material=so.materials.at_temperature(device.film.material, 320.0))
    warm = dataclasses.replace(device, film=film)
    assert not told(dataclasses.replace(study, device=warm).run())
    assert not told(load("step-current", SMALL).run())


def warm(part):
    """The part with numbers that are said to hold at 350 K."""
    return dataclasses.replace(part, reference_temperature=350.0)


def test_a_synapse_away_from_room_temperature():
    """The remedy that the sentence gives, applied, ends it."""
    synapse = dataclasses.replace(so.devices.magnesium_synapse_100nm(), temperature=350.0)
    rest = so.protocols.open_circuit(duration=1.0, samples=2)
    (sentence,) = [text for text in so.simulate(synapse, rest, cells=8).warnings if "350 K" in text]
    assert "temperature is 350 K, but the numbers of reservoir.host, electrolyte.material, channel.host hold at" in sentence
    films = {side: getattr(synapse, side) for side in ("channel", "reservoir")}
    films = {side: dataclasses.replace(film, host=warm(film.host)) for side, film in films.items()}
    between = dataclasses.replace(synapse.electrolyte, material=warm(synapse.electrolyte.material))
    given = dataclasses.replace(synapse, **films, electrolyte=between)
    assert not [text for text in so.simulate(given, rest, cells=8).warnings if "350 K" in text]
    assert {row.holds_at for row in table(given)} == {350.0, None}


def test_a_uniform_film_between_the_limits_of_stability_says_that_it_needs_a_seed():
    device = load("step-current", SMALL).device
    film = dataclasses.replace(device.film, filling=0.4)
    device, rest = dataclasses.replace(device, film=film), so.protocols.open_circuit(duration=1.0, samples=2)
    words = "between the limits of stability"
    still = so.simulate(device, rest, initial=so.Uniform(), cells=20)
    assert any(words in text for text in still.warnings)
    seeded = so.simulate(device, 100 * rest, initial=so.Profile((0, 1), (1.01, 0.99)), cells=20)
    assert not any(words in text for text in seeded.warnings)


def test_every_number_says_at_which_temperature_it_holds():
    film = load("step-current", SMALL).device
    rows = {row.path: row.holds_at for row in table(film)}
    assert rows["film.material.ion_diffusivity"] == 298.15
    assert rows["film.thickness"] is None
    assert {row.holds_at for row in table(so.materials.at_temperature(film.film.material, 320.0))} == {320.0, None}
    assert {row.holds_at for row in table(so.devices.magnesium_synapse_100nm())} == {298.15, None}


def test_a_warm_electrode_on_a_polycrystal_is_told():
    face = KineticElectrode(so.laws.InsertionButlerVolmer(exchange_current=10.0), temperature=350.0)
    cells = so.voronoi((2e-6, 2e-6), 2e-6, seed=1, surface="mirror", sides="mirror")
    device = dataclasses.replace(lu2021(1.0), bottom=face)
    assert "bottom.temperature is 350 K" in so.conduct(device, cells, engine=so.Elements()).warnings[0]
    half = dataclasses.replace(device, grain=warm(device.grain))
    (sentence,) = temperatures_apart(half)
    assert "but the numbers of boundary hold" in sentence
    assert not list(temperatures_apart(dataclasses.replace(half, boundary=warm(device.boundary))))


def test_a_kind_without_a_temperature_says_what_to_give_instead():
    with pytest.raises(InputError, match="give those that hold at yours, with the reference_temperature"):
        load("llzo-polycrystal", ["device.temperature=350 K"])
    for study, other in {
        "lithium-cell-staircase": "give those that hold at yours",
        "filament-memristor": "electrode.temperature",
        "film-critical-point": "coldest and hottest",
    }.items():
        with pytest.raises(InputError, match=other):
            load(study, ["device.temperature=350 K"])
    with pytest.raises(InputError) as refused:
        load("llzo-polycrystal", ["device.grain.temperature=350 K"])
    assert "no temperature acts" not in str(refused.value)
    assert load("filament-memristor", ["device.electrode.temperature=350 K"]).device.electrode.temperature == 350.0
    assert load("magnesium-synapse-100nm", ["device.electrolyte.material.reference_temperature=350 K"]).device


def test_particles_and_coatings_away_from_their_numbers_temperature():
    particle = load("silicon-wire").device
    assert not particle.temperature_notes()
    (sentence,) = dataclasses.replace(particle, temperature=350.0).temperature_notes()
    assert "the numbers of material hold at 298.15 K" in sentence
    assert not dataclasses.replace(particle, temperature=350.0, material=warm(particle.material)).temperature_notes()
    coated = load("li-sn-coating").device
    assert not list(temperatures_apart(coated))
    hot = dataclasses.replace(coated, temperature=350.0)
    (sentence,) = temperatures_apart(hot)
    assert "the numbers of layers.0 hold at" in sentence
    assert not list(temperatures_apart(dataclasses.replace(hot, layers=tuple(map(warm, hot.layers)))))
