"""Half-selected cells, pairs of pulses and spike timing against closed forms of linear and of Butler-Volmer cells."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from synapse_cases import BLOCK, HOST, RESISTANCE, THICKNESS, TRANSFER, VOLT, charge, synapse

import solion as so
from solion import laws
from solion.base.constants import thermal_voltage
from solion.devices.ionic_synapse import WellMixed
from solion.explore.plasticity import decay_time, disturb, pair_pulse, timing_window
from solion.study import load

SLOPE = 2.0  # V per x of a straight potential
STRAIGHT = dataclasses.replace(HOST, free_energy=laws.HostPotential(releases=1e-12, slope=2 * SLOPE / VOLT))
LINEAR = laws.AreaResistance(float(thermal_voltage(298.15)) / 0.1)
FAST = (RESISTANCE + TRANSFER) * charge() / SLOPE  # s, towards a voltage
SLOW = (RESISTANCE + TRANSFER + BLOCK) * charge() / SLOPE  # s, through the leak
EVEN = THICKNESS**2 / (np.pi**2 * 1e-15)  # s, of the slowest gradient


METALLIC: Any = HOST.conductivity
STEEPNESS = 5 * THICKNESS * 2 * METALLIC.metallic  # S per x where the channel is metallic


def linear(leak: Any = BLOCK, **changes):
    """A cell at rest at x = 0.1, where the conductance is a straight line."""
    kinetics: Any = LINEAR
    return synapse(0.1, 0.1, pinned=True, leak=leak, host=STRAIGHT, kinetics=kinetics, **changes)


def test_a_linear_cell_is_disturbed_in_proportion():
    found = disturb(linear(depth=WellMixed()), 0.1, 10.0, cells=16)
    assert found.ratio(1 / 2) == pytest.approx(2.0, rel=1e-5)
    assert found.ratio(1 / 3) == pytest.approx(3.0, rel=1e-5)
    left = np.exp(-10.0 / SLOW)  # of the change, after the wait at open circuit
    wanted = STEEPNESS * 0.1 / SLOPE * (1 - np.exp(-10.0 / FAST)) * left
    assert found.changes[1.0] == pytest.approx(wanted, rel=1e-4)


@pytest.mark.parametrize("voltage", [0.05, 0.5])
def test_butler_volmer_interfaces_protect_neighbours(voltage):
    """i = 2 i0 sinh(V/4V_T) of two equal interfaces in series: V against V/2 is 2 cosh(V/8V_T)."""
    cell = synapse(0.02, 0.02, pinned=True, leak=False, electrolyte=1e-9, depth=WellMixed())
    found = disturb(cell, voltage, 1e-5, cells=16)
    assert found.ratio(1 / 2) == pytest.approx(2 * np.cosh(voltage / (8 * VOLT)), rel=2e-4)


def test_pairs_of_pulses_on_a_leaky_linear_cell():
    """A_2/A_1 = 1 - (1 - exp(-w/tau)) exp(-t/tau_leak): what the first pulse left has leaked for t."""
    intervals = np.geomspace(1.0, 3 * SLOW, 9)
    found = pair_pulse(linear(depth=WellMixed()), 0.1, 20.0, intervals, cells=16)
    wanted = 1 - (1 - np.exp(-20.0 / FAST)) * np.exp(-intervals / SLOW)
    np.testing.assert_allclose(found.ratio, wanted, rtol=2e-5)


def test_spike_timing_on_a_leaky_linear_cell():
    """Pre then post: (1 - e)(1 - e exp(-t/tau_leak)) of what +V gives in the end, e = exp(-w/tau); post first: minus that."""
    delays, width, settle = np.array([1.0, 100.0, 1000.0]), 20.0, 5.0
    found = timing_window(linear(depth=WellMixed()), 0.1, width, delays, settle=settle, cells=16)
    e = np.exp(-width / FAST)
    wanted = STEEPNESS * 0.1 / SLOPE * (1 - e) * (1 - e * np.exp(-delays / SLOW)) * np.exp(-settle / SLOW)
    np.testing.assert_allclose(found.side(1)[1], wanted, rtol=1e-4)
    np.testing.assert_allclose(found.side(-1)[1], -wanted, rtol=1e-4)


def test_what_a_pulse_leaves_in_the_film_evens_out_by_diffusion():
    """Without a leak both windows fade with t^2/(pi^2 D) of the film, on either side alike."""
    cell = linear(leak=False)
    intervals = np.concatenate([np.geomspace(0.02, 0.5, 4), np.linspace(0.7, 3.0, 8), [20.0]])
    pairs = pair_pulse(cell, 0.1, 0.05, intervals)
    assert pairs.time_constant == pytest.approx(EVEN, rel=0.02)
    window = timing_window(cell, 0.1, 0.05, intervals, settle=30.0)
    before, after = window.side(1)[1], window.side(-1)[1]
    np.testing.assert_allclose(before, -after, atol=5e-14)  # round-off of a conductance of 11 mS
    assert np.all(np.diff(before) < 0)  # the sooner, the more
    assert window.time_constant(1) == pytest.approx(EVEN, rel=0.02)


def test_definitions_travel_with_the_numbers():
    found = disturb(linear(depth=WellMixed()), 1.0, 0.5, cells=16)
    rows = {metric.name: metric for metric in found.metrics()}
    assert rows["disturb_ratio_2"].value == pytest.approx(found.changes[1.0] / found.changes[1 / 2])
    assert "V/3" in rows["disturb_ratio_3"].meaning


def test_a_decay_is_read_from_its_late_part():
    times = np.linspace(0, 40, 161)
    assert decay_time(times, 1 + 3 * np.exp(-times / 2)) == pytest.approx(2.0, rel=1e-3)
    assert np.isnan(decay_time(times, np.ones(81)))


def test_what_cannot_be_measured_is_refused():
    with pytest.raises(so.InputError, match=r"outside its allowed range \(0, 1\]"):
        disturb(linear(), 0.1, 1.0, parts=(1.5,))
    with pytest.raises(so.InputError, match="intervals: give one or more positive times"):
        pair_pulse(linear(), 0.1, 1.0, [-1.0])
    with pytest.raises(so.InputError, match="conductance between source and drain"):
        pair_pulse(load("lto4-voltammogram").device, 0.1, 1e-3, [1e-3], cells=16)
