"""A device away from the temperature of its materials' numbers says so, with what would make it right."""

import dataclasses

import solion as so
from solion.study import load

SMALL = ["numerics.cells=20", "protocol.0.samples=3", "protocol.1.samples=5", "protocol.1.duration=0.5 tau_D"]


def told(result):
    return [text for text in result.warnings if "the device is at" in text]


def test_a_film_at_another_temperature_than_its_material():
    study = load("step-current", [*SMALL, "device.temperature=320 K"])
    assert "at_temperature" in told(study.run())[0]
    device = study.device
    film = dataclasses.replace(device.film, material=so.materials.at_temperature(device.film.material, 320.0))
    warm = dataclasses.replace(device, film=film)
    assert not told(dataclasses.replace(study, device=warm).run())
    assert not told(load("step-current", SMALL).run())


def test_a_synapse_away_from_room_temperature():
    synapse = dataclasses.replace(so.devices.magnesium_synapse_100nm(), temperature=350.0)
    run = so.simulate(synapse, so.protocols.open_circuit(duration=1.0, samples=2), cells=8)
    assert "350 K" in told(run)[0]
