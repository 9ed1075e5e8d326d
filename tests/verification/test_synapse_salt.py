"""Salt of an electrolyte with t_+ < 1 against closed forms: steady polarisation, limiting current, Sand's time, energy."""

import dataclasses

import numpy as np
import pytest

import solion as so
from solion import protocols as steps
from solion.base.constants import FARADAY, thermal_voltage
from solion.compact.cell import CompactCell
from solion.devices import magnesium_synapse
from solion.devices.ionic_synapse import WellMixed
from solion.devices.patched_synapse import PatchedSynapse
from solion.laws import BinarySalt

VOLT = thermal_voltage(298.15)
PART, DIFFUSIVITY, SALT, LENGTH, AREA = 0.4, 1e-12, 125.0, 20e-6, 0.6e-4
LIMIT = 2 * 2 * FARADAY * DIFFUSIVITY * SALT / ((1 - PART) * LENGTH)  # A/m2
SIGMA = 2.8e-3


def salted(transference=PART, salt=None, **others):
    """The magnesium synapse with 20 um of a salt, its films large and mixed, so that the electrolyte rules."""
    device = magnesium_synapse(leak=0.0, pinned=True)
    material = dataclasses.replace(device.electrolyte.material, transference=transference)
    salt = BinarySalt(concentration=SALT, diffusivity=DIFFUSIVITY) if salt is None else salt
    electrolyte = dataclasses.replace(device.electrolyte, material=material, thickness=LENGTH, salt=salt)
    channel = dataclasses.replace(device.channel, thickness=1e-4)
    return dataclasses.replace(device, electrolyte=electrolyte, channel=channel, depth=WellMixed(), **others)


def hold(part, duration):
    """A forced part of the limiting current."""
    return steps.hold(current=part * LIMIT * AREA, duration=duration, samples=40)


def test_steady_polarisation():
    """s = 1 -+ i/i_lim at the faces, eta = (1 - t)(1 + z)(RT/zF) ln[(1 + r)/(1 - r)], ohmic i L/sigma artanh(r)/r."""
    run = so.simulate(salted(), hold(0.8, 4 * LENGTH**2 / DIFFUSIVITY), cells=32)
    data = run.dataset.isel(time=-1)
    assert float(data.salt_channel) == pytest.approx(0.2, abs=2e-3)
    assert float(data.salt_reservoir) == pytest.approx(1.8, abs=2e-3)
    assert float(data.concentration_overpotential) == pytest.approx((1 - PART) * 1.5 * VOLT * np.log(1.8 / 0.2), rel=5e-3)
    ohmic = 0.8 * LIMIT * LENGTH / SIGMA * np.arctanh(0.8) / 0.8
    assert float(data.electrolyte_drop) == pytest.approx(ohmic, rel=5e-3)
    assert run.audit["energy balance"]["ok"]
    assert run.audit["power balance"]["ok"]
    assert run.audit["smallest dissipation"]["ok"]


def test_sand_time():
    """Beyond the limiting current the salt at the channel is used up at pi D (z F c/(2 (1 - t) i))^2, and the run says so."""
    current = 10 * LIMIT
    sand = salted().electrolyte.salt.sand_time(current, 2.0, PART)
    assert sand == pytest.approx(np.pi * DIFFUSIVITY * (2 * FARADAY * SALT / (2 * (1 - PART) * current)) ** 2)
    run = so.simulate(salted(), hold(10.0, 2 * sand), cells=32)
    assert run.status == "depleted"
    assert "electrolyte's face to the channel" in run.message
    assert float(run.dataset.time.values[-1]) == pytest.approx(sand, rel=0.01)
    before = run.dataset.sel(time=0.5 * sand, method="nearest")
    assert float(before.salt_channel) == pytest.approx(1 - np.sqrt(float(before.time) / sand), abs=0.01)
    assert f"{LIMIT:.3g} A/m2" in " ".join(run.dataset.attrs["warnings"].splitlines())


def test_a_voltage_cannot_draw_more_than_the_limiting_current():
    data = so.simulate(salted(), steps.hold(voltage=3.0, duration=4 * LENGTH**2 / DIFFUSIVITY, samples=40), cells=32).dataset
    assert float(data.ion_current_density.values[0]) > 5 * LIMIT
    assert float(data.ion_current_density.values[-1]) == pytest.approx(LIMIT, rel=0.01)


def test_what_cannot_be_is_refused():
    with pytest.raises(so.InputError, match=r"transference = 0.4 leaves counter-ions"):
        salted(salt=magnesium_synapse().electrolyte.salt)
    with pytest.raises(so.InputError, match="polarises only where"):
        salted(transference=1.0)
    with pytest.raises(so.InputError, match="BinarySalt has no closed form"):
        CompactCell.of(salted())
    with pytest.raises(so.InputError, match="patches share no salt"):
        PatchedSynapse(salted(), (0.5, 0.5), np.zeros(2))
