"""Heat in a film: closed forms, the temperature's part in every law, and a run away; numbers of film_physics.md, section 2."""

import dataclasses
import math

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest

import solion as so
from solion import laws, thermodynamics
from solion.base.parameters import as_arrays, without_sources
from solion.devices import LumpedHeat
from solion.materials import at_temperature, critical_temperature, lithium_titanate
from solion.papers.film.setup import memristor
from solion.protocols.drive import Drive

ROOM = 298.15
TITANATE = lithium_titanate()


@pytest.mark.parametrize(
    ("side", "solid", "resistances"),
    [
        (500e-6, (148, 8.8e-5), (1.082e-7, 1.450e-6, 1.927e-6, 1.943e-6)),
        (500e-6, (48, 1.4e-5), (1.246e-7, 2.686e-6, 5.789e-6, 5.914e-6)),
        (500e-6, (1.4, 8.7e-7), (7.884e-7, 2.381e-5, 1.844e-4, 2.015e-4)),
        (50e-9, (148, 8.8e-5), (3.686e-8, 3.686e-8, 3.686e-8, 3.686e-8)),
        (50e-9, (1.4, 8.7e-7), (5.664e-8, 5.681e-8, 5.682e-8, 5.682e-8)),
    ],
)
def test_heat_spreads_from_a_disc(side, solid, resistances):
    """An 80 nm film of 1.5 W/(m K) behind a boundary of 1e-8 m2 K/W, after 1 us, 1 ms, 1 s, and in the end."""
    found = [
        laws.film_resistance(80e-9, 1.5, 1e-8, laws.spreading_resistance(side / math.sqrt(math.pi), *solid, time))
        for time in (1e-6, 1e-3, 1.0, math.inf)
    ]
    assert found == pytest.approx(resistances, rel=1e-3)


def test_runaway_at_a_fixed_voltage():
    for energy, at, voltage in ((0.5, 315.28, 2.439359), (0.3, 329.30, 3.212788), (0.2, 351.33, 4.045851)):
        end = laws.runaway(energy)
        assert end.voltage == pytest.approx(voltage, rel=1e-6)
        assert end.temperature == pytest.approx(at, abs=0.01)
    for energy, bound, voltage in ((0.5, 0.03977, 2.5907), (0.3, 0.03426, 3.4248), (0.2, 0.02679, 4.3424)):
        assert laws.safe_series_resistance(energy) == pytest.approx(bound, rel=1e-3)
        assert laws.runaway(energy, series=0.02).voltage == pytest.approx(voltage, rel=1e-4)
        assert laws.runaway(energy, series=1.01 * bound) is None
    assert laws.runaway(0.1027) is None  # below 4 k T_0
    limit = (2 - math.sqrt(3)) * math.exp(-math.sqrt(3))
    assert laws.safe_series_resistance(50.0) == pytest.approx(limit, rel=5e-3)
    assert laws.heat_limited_time(4e-8, 10, 0.1, 0.025693, 22e3, 50e-9, 1e-5) == pytest.approx(11e-6, rel=0.02)


@pytest.mark.parametrize(
    ("kelvin", "binodal", "spinodal", "currents"),
    [
        (273.15, (0.0196, 0.9771), (0.12624, 0.83551), (0.03348, 0.01642)),
        (348.15, (0.07682, 0.91072), (0.20143, 0.75523), (0.35681, 1.09133)),
        (423.15, (0.23109, 0.73209), (0.32531, 0.62565), (0.41902, 4.17744)),
    ],
)
def test_phases_and_critical_current_of_a_warm_film(kelvin, binodal, spinodal, currents):
    """i_c in i_D of 298.15 K, for electrons of 0.3 and 0.5 eV."""
    diagram = thermodynamics.phase_diagram(at_temperature(TITANATE, kelvin))
    assert diagram.binodal == pytest.approx(binodal, rel=5e-3 if kelvin < 280 else 5e-4)  # of four digits the first has three
    assert diagram.spinodal == pytest.approx(spinodal, rel=5e-4)
    for energy, current in zip((0.3, 0.5), currents, strict=True):
        device = dataclasses.replace(memristor(0.3), temperature=kelvin)
        material = dataclasses.replace(TITANATE, electron_activation_energy=energy)
        device = dataclasses.replace(device, film=dataclasses.replace(device.film, material=material))
        unit = device.scales().current_density / memristor(0.3).scales().current_density
        assert device.facts()["critical_current"] * unit == pytest.approx(current, rel=5e-4)
    assert critical_temperature(TITANATE) / ROOM == pytest.approx(1.518037, rel=1e-5)


def heated(resistance=1e-3, filling=0.3, energies=(0.4, 0.5, 0.2), **numbers):
    """Ions, electrons and contacts that are activated; R'' in T_0/(V_T i_D)."""
    device = dataclasses.replace(memristor(filling), **numbers)
    ions, electrons, contacts = energies
    material = dataclasses.replace(TITANATE, ion_activation_energy=ions, electron_activation_energy=electrons)
    ends = {name: dataclasses.replace(getattr(device, name), activation_energy=contacts) for name in ("top", "bottom")}
    heat = LumpedHeat(resistance=resistance * ROOM / float(device.scales().power_density))
    return dataclasses.replace(device, film=dataclasses.replace(device.film, material=material), heat=heat, **ends)


@eqx.filter_jit
def one_instant(system, y, drive):
    w = system.start(0.0, y, drive)
    return system.balance(0.0, y, w, drive)[0], system.observe(0.0, y, w, drive)


def voltage_of(volts, scales):
    one, none = jnp.ones(1), jnp.zeros(1)
    at = one * volts / float(scales.voltage)
    return Drive(one, none, at, at, one, jnp.inf * one, jnp.inf * one)


@pytest.mark.parametrize("warmth", [1.0, 348.15 / ROOM])
def test_every_law_of_a_heated_film_is_that_of_the_film_at_its_temperature(warmth):
    """Speeds, current and losses of one state, by the temperature as an unknown and by the material taken there (H4, H5)."""
    hot, cells = heated(), 16
    cold = dataclasses.replace(hot, temperature=ROOM * warmth, heat=so.devices.Isothermal())
    content = jnp.asarray(0.3 + 0.2 * np.cos(np.pi * (np.arange(cells) + 0.5) / cells))
    found = []
    for device in (hot, cold):
        scales, system = device.scales(), as_arrays(without_sources(device).system(cells))
        y = system.unknowns(content)
        y = y.at[-1].set(warmth - 1) if device is hot else y
        rate, seen = one_instant(system, y, voltage_of(0.5, scales))
        powers = [seen[name] * float(scales.power) for name in sorted(seen) if name.startswith("dissipation")]
        found.append([rate[:cells] / float(scales.time), seen["current"] * float(scales.current), *powers])
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-13 * float(np.max(np.abs(other))))


def test_a_voltage_above_the_bound_ends_in_a_named_runaway_and_one_below_it_settles():
    """Without a series resistance: the steady temperature below, and the event, not a small step, above."""
    device = heated(resistance=5e-3, energies=(0.5, 0.5, 0.5), series_resistance=0.0)
    scales = device.scales()

    def held(volts):
        protocol = so.protocols.hold(voltage=volts * float(scales.voltage), duration=1e-3 * float(scales.time), samples=3)
        return so.simulate(device, protocol, cells=24)

    calm, wild = held(2.0), held(60.0)
    assert calm.status == "finished"
    data = calm.dataset.isel(time=-1)
    assert float(data["heat_flow"]) == pytest.approx(float(data["heat_released"]), rel=1e-3)
    made, lost, capacity = float(data["heat_made"]), float(data["heat_lost"]), 0.52 * float(device.area)
    assert made - lost == pytest.approx(capacity * (float(data["temperature"]) - ROOM), rel=1e-4, abs=1e-6 * made)
    assert float(data["thermal_feedback"]) < 1
    assert wild.status == "runaway"
    for words in ("thermal runaway of the film at t = ", "temperature reached 600 K under V = ", "add series resistance"):
        assert words in wild.message
