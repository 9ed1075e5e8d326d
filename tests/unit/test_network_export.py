"""Update maps as parameters of network simulators: a device of known parameters gives them back."""

import numpy as np
import pytest

from solion.analysis.synaptic import PulseRecord
from solion.base.errors import InputError
from solion.compact.network import PRESETS, device_to_device, linear_step, piecewise_step

G_MIN, G_MAX = 20e-6, 120e-6


def record_of(device, cycles=6, each=400, noise=0.0, seed=0):
    """Pulses of a linear-step device of these parameters, its weights as conductances."""
    draw = np.random.default_rng(seed).standard_normal
    half = 0.5 * (G_MAX - G_MIN)
    zero = G_MIN - device["w_min"] * half
    signs = np.tile(np.repeat([1.0, -1.0], each), cycles)
    w = [device["w_min"] + 1e-9]
    for sign in signs:
        wall, gamma = ("w_max", "gamma_up") if sign > 0 else ("w_min", "gamma_down")
        step = device["dw_min"] * (1 - device[gamma] * w[-1] / device[wall]) * (1 + noise * draw())
        w.append(np.clip(w[-1] + sign * step, device["w_min"], device["w_max"]))
    return PulseRecord.of_conductance(signs, zero + half * np.array(w))


@pytest.mark.parametrize("name", ["EcRamPresetDevice", "EcRamMOPresetDevice"])
def test_a_linear_step_device_is_recovered(name):
    true = PRESETS[name] | {"dw_min": 0.01}
    record = record_of(true)
    inside = (record.after > G_MIN) & (record.after < G_MAX * (1 - 1e-9)) & (np.abs(record.change) > 0)
    found = linear_step(record[inside], bins=200)
    width = (found["g_max"] - found["g_min"]) / (G_MAX - G_MIN)
    assert found["dw_min"] * width == pytest.approx(true["dw_min"], rel=0.01)
    for key in ("w_max", "w_min"):
        assert found[key] * width == pytest.approx(true[key], abs=0.02)
    assert found["gamma_up"] == pytest.approx(true["gamma_up"], abs=0.01)
    assert found["gamma_down"] == pytest.approx(true["gamma_down"], abs=0.01)
    assert found["up_down"] == 0.0


def test_noise_of_a_step_is_exported():
    found = linear_step(record_of(PRESETS["EcRamPresetDevice"] | {"dw_min": 0.004}, cycles=10, noise=0.3))
    assert found["dw_min_std"] == pytest.approx(0.3, rel=0.2)


def test_a_linear_device_has_no_slope_and_its_middle_at_zero():
    signs = np.repeat([1.0, -1.0], 100)
    record = PulseRecord.of_conductance(signs, 1e-5 + 1e-6 * np.concatenate([[0], np.cumsum(signs)]))
    found = linear_step(record)
    assert (found["gamma_up"], found["gamma_down"]) == (pytest.approx(0, abs=1e-6), pytest.approx(0, abs=1e-6))
    assert found["w_max"] == pytest.approx(1)
    assert found["dw_min"] == pytest.approx(0.02)


def test_piecewise_steps_follow_the_map():
    true = PRESETS["EcRamMOPresetDevice"] | {"dw_min": 0.01}
    found = piecewise_step(record_of(true), bins=50, nodes=5)
    w = np.linspace(true["w_min"], true["w_max"], 5)
    up, down = (1 - true[f"gamma_{way}"] * w / true[f"w_{end}"] for way, end in (("up", "max"), ("down", "min")))
    middle = 0.5 * (up[2] + down[2])
    assert found["piecewise_up"][1:-1] == pytest.approx(up[1:-1] / middle, rel=0.02)
    assert found["piecewise_down"][1:-1] == pytest.approx(down[1:-1] / middle, rel=0.02)


def test_spread_between_devices():
    draw = np.random.default_rng(5)
    order = np.tile(np.repeat([0, 1], 20), 2)
    step = 1e-6 * np.exp(0.1 * draw.standard_normal(500))
    walk = np.cumsum(np.where(order == 0, 1, -1))
    found = device_to_device(1e-5 + step[:, None] * walk, order)
    assert found["dw_min_dtod"] == pytest.approx(0.1, rel=0.1)
    assert found["up_down_dtod"] == pytest.approx(0, abs=1e-9)


def test_trains_that_cannot_be_exported():
    rising = PulseRecord.of_conductance(np.ones(10), np.linspace(1e-6, 2e-6, 11))
    with pytest.raises(InputError, match="this record has one sign only"):
        linear_step(rising)
    signs = np.tile([1.0, 1.0, -1.0], 40)
    unequal = PulseRecord.of_conductance(signs, 1e-5 + 1e-7 * np.concatenate([[0], np.cumsum(signs * np.tile([3, 3, 1], 40))]))
    with pytest.raises(InputError, match="nowhere equal in the range"):
        linear_step(unequal)
