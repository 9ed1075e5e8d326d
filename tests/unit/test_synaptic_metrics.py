"""Metrics of synapses on records whose answers are known."""

import json

import numpy as np
import pytest
import xarray as xr

from solion.analysis.synaptic import (
    PulseRecord,
    branches,
    charge_linearity,
    cycle_to_cycle,
    deviation_from_line,
    disturb_ratio,
    dynamic_range,
    endurance,
    energy_of_slope,
    loop_asymmetry,
    nonlinearity,
    normalised_energy,
    percentiles,
    progress,
    pulses_of,
    recoverable,
    retention,
    states,
    symmetry_factor,
    symmetry_point,
    synaptic_metrics,
    time_to_lose_a_state,
    update_map,
    verdict,
)
from solion.analysis.synaptic.energy import PRACTICAL
from solion.base.errors import InputError

LOW, HIGH = 10e-6, 110e-6


def soft_bounds(cycles, each, step=0.02, noise=0.0, seed=0):
    """Soft bounds: dG+ = s (HIGH - G), dG- = -s (G - LOW), whose symmetry point is halfway; with relative noise."""
    draw = np.random.default_rng(seed).standard_normal
    signs = np.tile(np.repeat([1.0, -1.0], each), cycles)
    g = [LOW + 0.1 * (HIGH - LOW)]
    for sign in signs:
        move = step * (HIGH - g[-1]) if sign > 0 else -step * (g[-1] - LOW)
        g.append(g[-1] + move * (1 + noise * draw()))
    return PulseRecord.of_conductance(signs, g, charge=1e-9 * signs, width=1e-3, energy=1e-12)


@pytest.mark.parametrize("true", [-6.0, -0.3, -1e-5, 0.0, 1e-5, 0.17, 2.5, 12.0])
def test_nonlinearity_is_recovered_in_both_directions(true):
    g = LOW + (HIGH - LOW) * progress(true, np.linspace(0, 1, 101))
    for branch in (g, HIGH + LOW - g):
        found, quality = nonlinearity(branch)
        assert found == pytest.approx(true, abs=2e-6 * max(1, abs(true)))
        assert quality == pytest.approx(1, abs=1e-10)


def test_series_meets_exponentials():
    p = np.linspace(0, 1, 11)
    below, above = progress(0.999e-3, p), progress(1.001e-3, p)
    assert np.max(np.abs(above - below)) == pytest.approx(2e-6 / 8, rel=1e-2)
    assert deviation_from_line(p) == 0


def test_soft_bounds_have_their_symmetry_point_halfway():
    record = soft_bounds(20, 100)
    updates = update_map(record, bins=25)
    assert symmetry_point(updates) == pytest.approx((LOW + HIGH) / 2, rel=5e-3)
    shared, half_bin = updates.shared, np.diff(updates.conductance)[0] / 2
    assert updates.up[shared] == pytest.approx(0.02 * (HIGH - updates.conductance[shared]), abs=0.02 * half_bin)
    assert updates.down[shared] == pytest.approx(-0.02 * (updates.conductance[shared] - LOW), abs=0.02 * half_bin)
    assert 0 < symmetry_factor(updates) < 1
    assert cycle_to_cycle(record) < 1e-9


def test_a_linear_symmetric_synapse():
    signs = np.repeat([1.0, -1.0], 100)
    record = PulseRecord.of_conductance(signs, LOW + 1e-6 * np.concatenate([[0], np.cumsum(signs)]))
    assert symmetry_factor(update_map(record)) == pytest.approx(1, abs=1e-9)
    up, down = branches(record)
    assert loop_asymmetry(up, down) == pytest.approx(0, abs=1e-12)
    assert nonlinearity(up)[0] == pytest.approx(0, abs=1e-6)
    assert states(record) == pytest.approx(100)
    assert dynamic_range(record) == pytest.approx((LOW, HIGH))
    named = {metric.name: metric.value for metric in synaptic_metrics(record)}
    assert named["return_error"] == pytest.approx(0, abs=1e-12)
    assert named["bits"] == pytest.approx(np.log2(100))


def test_loop_asymmetry_of_a_known_area():
    """A straight way up and a way down that drops at once to the bottom enclose half the range."""
    up, down = np.linspace(0, 1, 5001), np.concatenate([[1.0], np.zeros(5000)])
    assert loop_asymmetry(up, down) == pytest.approx(0.5, abs=1e-3)


def test_noise_of_a_step_is_found_and_a_slope_is_not_noise():
    assert cycle_to_cycle(soft_bounds(40, 100, noise=0.3)) == pytest.approx(0.3, rel=0.15)
    noisy = soft_bounds(40, 100, step=0.002, noise=3.0)
    low, high = dynamic_range(noisy)
    expected = (high - low) / (2 * cycle_to_cycle(noisy) * np.mean(np.abs(noisy.change)))
    assert states(noisy) == pytest.approx(expected)  # noise, not the step, sets the number of states


def test_endurance_of_fading_pulses():
    number = np.arange(1, 10001)
    signs = np.tile(np.repeat([1.0, -1.0], 50), 100)
    before = LOW + 1e-6 * np.tile(np.concatenate([np.arange(50), np.arange(50, 0, -1)]), 100)
    after = before + 1e-6 * signs * (1 - 0.1 * np.log10(number))
    unknown = np.full(number.size, np.nan)
    fading = PulseRecord(signs, unknown, before, after, number, unknown, unknown)
    typical = 1 - 0.1 * np.log10(5000)  # the step in the middle of the record, which its map is made of
    assert endurance(fading) == pytest.approx(-0.1 / typical, rel=0.1)
    assert endurance(soft_bounds(20, 100)) == pytest.approx(0, abs=3e-3)  # steps that differ, but do not age


def test_energy_normalised_as_the_paper_does():
    """0.2 V x 5 uC for 1 uS on 0.6 cm2 and w/l = 5 is 83 aJ um^-2 nS^-1; V/s gives the same without a size."""
    energy = normalised_energy(0.2 * 5e-6, 1e-6, 6e-5, 5.0) / PRACTICAL
    assert energy == pytest.approx(83.3, rel=1e-3)
    assert energy_of_slope(1.0, 100.0, 1.89036e28) / PRACTICAL == pytest.approx(3.029e4, rel=1e-3)  # s = 1 S/cm
    assert energy_of_slope(1.0, 33700.0, 1.89036e28) / PRACTICAL == pytest.approx(90, rel=2e-3)


def test_charge_linearity_of_a_power_law():
    charge = np.logspace(-7, -5, 9)
    exponent, quality = charge_linearity(charge, 3 * charge**1.12)
    assert exponent == pytest.approx(1.12)
    assert 0.98 < quality < 1
    assert charge_linearity(charge, -3 * charge)[1] == pytest.approx(1)
    assert percentiles(-np.arange(1.0, 102.0)) == pytest.approx((16, 51, 86))
    assert disturb_ratio(1e-6, -1e-7) == pytest.approx(10)


def test_retention_of_a_power_law_and_of_a_decay():
    t = np.logspace(0, 6, 6001)
    law = retention(t, t**-0.05)
    assert law.drift_exponent == pytest.approx(0.05, rel=2e-3)
    t = np.linspace(0, 7200, 72001)
    decay = retention(t, 1e-4 * np.exp(-t / 3600))
    assert decay.time_to_half == pytest.approx(3600 * np.log(2), rel=1e-6)
    assert decay.time_to_lose_tenth == pytest.approx(3600 * np.log(1 / 0.9), rel=1e-6)
    assert decay.after_hour == pytest.approx(np.exp(-1), rel=1e-6)
    assert np.isnan(decay.after_day)
    assert time_to_lose_a_state(1e-4, 1000, decay.drift_rate) == pytest.approx(3.6, rel=1e-4)
    assert recoverable(-1e-6, 1e9, 4e-16) == pytest.approx((6e-7, 4e-7))


def test_verdict_names_what_is_remembered():
    found = {entry.demand.quantity: entry for entry in verdict({"pulse_width": 5e-9, "states": 300.0})}
    assert found["pulse_width"].met is False
    assert found["states"].met is True
    assert found["retention"].met is None
    assert "as remembered" in str(found["asymmetry"])
    assert "remembered" not in str(found["pulse_voltage"])
    with pytest.raises(InputError, match=r"No demand is on 'pulse_widht' \(did you mean 'pulse_width'\?\)"):
        verdict({"pulse_widht": 1.0})


def test_pulses_are_read_from_a_run():
    """Two pulses of 2 s, each followed by a read of 10 s in which the conductance settles; the last 5 s count."""
    rows = []
    steps = [{"label": label, "cycle": k} for k, label in enumerate(["read", "pulse", "read", "pulse", "pulse", "read"])]
    edges = np.concatenate([[0], np.cumsum([10, 2, 10, 2, 2, 10])])
    level, current = [1e-6, 1e-6, 2e-6, 2e-6, 2.5e-6, 3e-6], [0, 1e-6, 0, -1e-6, 3e-6, 0]
    for k in range(6):
        for t in np.linspace(edges[k], edges[k + 1], 201):
            settling = 1e-6 if t < edges[k] + 5 - 1e-9 and k in (2, 5) else 0.0
            rows.append((t, k, 0.2 * np.sign(current[k]), current[k], level[k] + settling))
    t, segment, voltage, i, g = np.array(rows).T
    dataset = xr.Dataset(
        {
            "voltage": ("time", voltage, {"role": "terminal", "kind": "voltage"}),
            "current": ("time", i, {"role": "terminal", "kind": "current"}),
            "conductance": ("time", g, {"role": "response", "kind": "conductance"}),
        },
        {"time": t, "segment": ("time", segment.astype(int))},
        {"protocol": json.dumps(steps)},
    )
    record = pulses_of(dataset)
    assert record.sign.tolist() == [1, -1, 1]
    assert record.charge == pytest.approx([2e-6, -2e-6, 6e-6])
    assert record.energy == pytest.approx([0.4e-6, 0.4e-6, 1.2e-6])
    assert record.before == pytest.approx([1e-6, 2e-6, 2.5e-6], rel=1e-2)
    assert record.after == pytest.approx([2e-6, 2e-6, 3e-6], rel=1e-2)
    with pytest.raises(InputError, match="labelled 'puls'; its labels are"):
        pulses_of(dataset, label="puls")
    cut = dataset.isel(time=slice(0, 202))  # ended as the first pulse began
    with pytest.raises(InputError, match="the run ended as the first one began"):
        pulses_of(cut)


def test_a_record_that_does_not_fit():
    with pytest.raises(InputError, match="3 pulses need 4 conductances, the first before any pulse; there are 3"):
        PulseRecord.of_conductance([1, 1, -1], [1.0, 2.0, 3.0])
    with pytest.raises(InputError, match="There are no pulses to measure"):
        synaptic_metrics(soft_bounds(1, 5)[:0])
