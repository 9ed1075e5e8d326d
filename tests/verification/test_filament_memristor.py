"""The filament memristor: charges and rates against closed forms, refinement of the step, statistics of many devices."""

import dataclasses

import numpy as np
import pytest

from solion import analysis, protocols
from solion.balances.disk import equivalent_radius
from solion.base.constants import FARADAY, GAS_CONSTANT
from solion.base.errors import InputError
from solion.devices.filament_memristor import FilamentMemristor
from solion.devices.nano_electrode import NanoElectrode
from solion.experiments.filament_cycling import draw, run_filament

TIP = FilamentMemristor(jitter=0.0, radius_jitter=0.0, gap_jitter=0.0)
RATE = 0.2
THERMAL = 2 * GAS_CONSTANT * 298.15 / FARADAY


def loop(low, high, cycles=1, samples=400):
    return protocols.cyclic_voltammetry(limits=(low, high), rate=RATE, cycles=cycles, samples=samples).with_compliance(
        current=1e-3
    )


def test_numbers_of_the_filament():
    assert TIP.metallic_resistance() == pytest.approx(22.2e3, rel=3e-3)
    assert TIP.metallic_resistance(200e-9) == pytest.approx(222, rel=3e-3)
    assert TIP.metallic_resistance(1e-6) == pytest.approx(8.9, rel=5e-3)
    assert TIP.forming_charge() == pytest.approx(2.8e-9, rel=2e-3)
    assert TIP.shorting_factor() == pytest.approx(0.994, abs=5e-4)
    thin = FilamentMemristor(mean_free_path=11e-9)
    assert thin.metallic_resistance() / TIP.metallic_resistance() == pytest.approx(1 + 0.375 * 11 / 20)


@pytest.mark.parametrize(
    ("diameter", "ratio"), [(9.284e-9, 4.9e4), (1e-6, 450), (10e-6, 41), (50e-6, 8.7), (100e-6, 4.6), (500e-6, 1.5)]
)
def test_ideal_ratio_against_electrode_size(diameter, ratio):
    """The 1 um electrode is a disk, the pads are squares."""
    radius = diameter / 2 if diameter <= 1e-6 else equivalent_radius(diameter)
    device = dataclasses.replace(TIP, electrode=NanoElectrode(radius=radius))
    assert device.ideal_ratio() == pytest.approx(ratio, rel=0.02)


def test_the_metallic_state_is_ohmic():
    """A slow ramp forms the filament; the way back is a straight line of slope 1/R."""
    there = protocols.ramp(voltage=(0.0, -0.2), rate=1e-4, samples=4001)
    back = protocols.ramp(voltage=(-0.2, 0.0), rate=1e-2, samples=200)
    run = run_filament(TIP, there + back).dataset
    v, i = (run[name].values[run["metallic_trace"].values & (np.arange(run.time.size) > 4001)] for name in ("voltage", "current"))
    slope, rest = np.polyfit(v, i, 1)
    assert slope == pytest.approx(1 / TIP.metallic_resistance(), rel=1e-3)
    assert 1 - np.var(i - slope * v - rest) / np.var(i) > 0.999999


def test_the_charge_that_forms_it_is_that_of_its_lithium():
    """Length against time while forming at a constant bias: the head's current plates pi r^2 of lithium per length."""
    run = run_filament(TIP, protocols.hold(voltage=-0.3, duration=20.0, samples=8001)).dataset
    gap, t = run["gap"].values, run.time.values
    steady = (gap > 100e-6) & (gap < 250e-6)
    speed = -np.polyfit(t[steady], gap[steady], 1)[0]
    grown = 300e-6 - gap[steady].mean()
    eta = 0.3 - 0.12 * np.sqrt(307.2e-9 / (307.2e-9 + grown))
    kinetic = 2 * 2570 * np.sinh(eta / THERMAL)
    assert speed == pytest.approx(13e-6 / FARADAY * kinetic, rel=0.02)


@pytest.mark.parametrize("rate", [0.2, 0.02])
def test_reset_follows_from_the_kinetics_of_dissolution(rate):
    """(V_m/F) 2 i_s int sinh((S V - eta_s)/2V_T) dV/rate = r at the reset."""
    run = run_filament(TIP, protocols.ramp(voltage=(0.0, 0.4), rate=rate, samples=4001), formed=True).dataset
    depth = 13e-6 / FARADAY * 2 * TIP.stripping_current * THERMAL / (rate * TIP.shorting_factor())
    expected = (THERMAL * np.arccosh(1 + TIP.radius / depth) + TIP.dissolution) / TIP.shorting_factor()
    assert float(run["reset_bias"].values[0, 0]) == pytest.approx(expected, abs=3e-4)


def test_finer_steps_converge():
    found = []
    for refine in (1, 2, 4, 8):
        run = run_filament(TIP, loop(-0.3, 0.3, 2, 100), formed=True, refine=refine, traces=False).dataset
        found.append([float(run[name].values[1, 0]) for name in ("set_bias", "reset_bias")])
    changes = np.abs(np.diff(found, axis=0))
    assert np.all(np.abs(found[0] - np.array(found[-1])) < 2 * 0.3 / 99)  # within two samples
    assert np.all(changes[2] <= changes[0] + 1e-12)


def test_traces_suit_the_analysis_of_loops():
    """One device: resistances at a read voltage, as of any recorded run."""
    run = run_filament(TIP, loop(-0.25, 0.25, 3), formed=True).dataset
    ratio = analysis.on_off_ratio(run, -0.1, cycle=2)
    assert ratio == pytest.approx(float(run["on_off"].values[2, 0]), rel=1e-3)
    assert ratio == pytest.approx(TIP.ratio(-0.1), rel=0.01)


def test_the_compliance_holds_the_current():
    run = run_filament(TIP, loop(-0.25, 0.25).with_compliance(current=2e-6), formed=True).dataset
    assert np.abs(run["current"].values).max() <= 2e-6 * (1 + 1e-12)
    metallic = run["metallic_trace"].values
    assert np.abs(run["device_voltage"].values[metallic]).max() == pytest.approx(2e-6 * TIP.metallic_resistance(), rel=1e-6)


def test_a_tip_resets_and_a_wide_pad_does_not():
    pad = dataclasses.replace(TIP, electrode=NanoElectrode(radius=equivalent_radius(500e-6)))
    for device, resets in ((TIP, True), (pad, False)):
        run = run_filament(device, loop(-0.25, 1.0, 5), formed=True, traces=False).dataset
        assert np.all(np.isfinite(run["reset_bias"].values)) == resets
        assert np.any(np.isfinite(run["reset_bias"].values)) == resets


def test_thickening_conserves_lithium():
    """pi L d(r^2) is chi V_m/F times the ionic charge passed under a negative bias in the metallic state."""
    pad = dataclasses.replace(TIP, electrode=NanoElectrode(radius=equivalent_radius(500e-6)), thickening=0.01)
    run = run_filament(pad, protocols.hold(voltage=-0.1, duration=10.0, samples=1001), formed=True).dataset
    grown = np.pi * 300e-6 * (run["radius"].values[-1] ** 2 - run["radius"].values[0] ** 2)
    ionic = abs(float(pad.electrode.current(-0.1)))
    assert grown == pytest.approx(0.01 * 13e-6 / FARADAY * ionic * 10.0, rel=2e-3)


def test_many_devices_over_many_cycles():
    """200 cycles of 100 devices: stationary after ten cycles, seeded, each different, every one set and reset."""
    device = FilamentMemristor()
    runs = [
        run_filament(device, loop(-0.25, 0.25, 200, 120), devices=100, seed=seed, formed=True, traces=False).dataset
        for seed in (1, 1, 2)
    ]
    first, again, other = (run["set_bias"].values for run in runs)
    np.testing.assert_array_equal(first, again)
    assert np.any(first != other)
    assert np.isfinite(first).mean() > 0.995
    assert np.isfinite(runs[0]["reset_bias"].values).mean() > 0.995
    early, late = np.nanmean(first[:3]), np.nanmean(first[10:])
    assert early > late + 0.02  # the threshold grows over the first cycles
    assert np.nanmean(first[10:100]) == pytest.approx(np.nanmean(first[100:]), abs=1e-3)
    assert np.nanstd(np.log10(runs[0]["on_off"].values[10:])) < 0.2


def test_random_numbers_have_the_given_jitters():
    device = FilamentMemristor(jitter=0.1, radius_jitter=0.07, gap_jitter=0.3, spread=0.2, settling=2.0)
    found = draw(device, 400, 200, 0)
    assert np.std(np.log(found.threshold[50:]).mean(0)) == pytest.approx(0.2, rel=0.15)
    assert np.std(np.log(found.threshold[50:]), axis=0).mean() == pytest.approx(0.1, rel=0.05)
    assert np.std(np.log(found.radius[50:])) == pytest.approx(0.07, rel=0.03)
    assert np.std(np.log(found.gap)) == pytest.approx(0.3, rel=0.03)
    quiet = draw(TIP, 5, 1, 0).threshold[:, 0]
    np.testing.assert_allclose(np.diff(np.log(quiet / TIP.threshold)) / np.log(quiet / TIP.threshold)[:-1], np.exp(-1 / 3) - 1)


def test_protocols_of_currents_are_refused():
    with pytest.raises(InputError, match="step 1 of the protocol gives the current"):
        run_filament(TIP, protocols.hold(current=1e-9, duration=1.0))
    with pytest.raises(InputError, match="devices"):
        run_filament(TIP, loop(-0.1, 0.1), devices=0)
    with pytest.raises(InputError, match="cannot be read"):
        TIP.ratio(0.0)
