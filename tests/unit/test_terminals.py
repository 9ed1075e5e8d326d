"""Terminals beside the driven one: a drain held or read while the gate is pulsed."""

import numpy as np
import pytest

import solion as so

CELLS = 8


@pytest.fixture(scope="module")
def synapse():
    return so.devices.magnesium_synapse_100nm()


def pulses(voltage=0.05):
    return so.protocols.pulses("gate", voltage=voltage, width=0.5, gap=10.0, count=2, samples=4)


@pytest.fixture(scope="module")
def read(synapse):
    protocol = pulses().then(pulses(-0.05)).reading("drain", bias=0.05, window=4.0)
    return so.simulate(synapse, protocol, cells=CELLS)


def test_a_drain_is_read_in_the_windows_at_its_bias_and_off_otherwise(read):
    data = read.dataset
    assert read.status == "finished", read.message
    labels = np.array([step["label"] for step in __import__("json").loads(data.attrs["protocol"])])[data["segment"]]
    inside = labels == "read"
    assert set(labels) == {"pulse", "gap", "read"}
    np.testing.assert_allclose(data["drain_voltage"].values[inside], 0.05, rtol=1e-12)
    np.testing.assert_array_equal(data["drain_voltage"].values[~inside], 0.0)
    np.testing.assert_allclose(data["read_current"], data["drain_voltage"] * data["conductance"], rtol=1e-12)


def test_the_read_does_not_change_what_the_gate_does(synapse, read):
    plain = so.simulate(synapse, pulses().then(pulses(-0.05)), cells=CELLS).dataset
    assert float(plain["drain_voltage"][0]) == pytest.approx(float(synapse.gap.voltage))
    assert float(read.dataset["conductance"][-1]) == pytest.approx(float(plain["conductance"][-1]), rel=1e-5)


def test_the_work_of_the_reads_is_that_of_the_windows(read):
    data = read.dataset
    power = float(np.mean(data["conductance"].values[data["drain_voltage"].values > 0])) * 0.05**2
    assert float(data["read_energy"][-1]) == pytest.approx(4 * 4.0 * power, rel=0.05)


def test_a_drain_is_driven_while_the_gate_floats(synapse):
    run = so.simulate(synapse, so.protocols.hold("drain", voltage=0.2, duration=5.0, samples=3), cells=CELLS)
    np.testing.assert_allclose(run.dataset["drain_voltage"], 0.2, rtol=1e-12)
    np.testing.assert_allclose(run.dataset["current"], 0.0, atol=1e-18)
    limited = so.protocols.hold("drain", voltage=0.2, duration=5.0, samples=3).with_compliance(current=1e-9)
    run = so.simulate(synapse, limited, cells=CELLS)
    np.testing.assert_allclose(run.dataset["read_current"], 1e-9, rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda p: p.reading("drian", bias=0.1, window=1.0), "did you mean 'drain'"),
        (lambda p: p.reading("drain", bias=float("nan"), window=1.0), "bias"),
        (lambda p: p.reading("drain", bias=0.1, window=0.0), "window"),
        (lambda p: so.protocols.hold("gate", voltage=0.1, duration=1.0).reading("drain", bias=1, window=1), "no rest"),
    ],
)
def test_readings_that_cannot_be(synapse, change, words):
    with pytest.raises(so.InputError, match=words):
        so.simulate(synapse, change(pulses()), cells=CELLS)
