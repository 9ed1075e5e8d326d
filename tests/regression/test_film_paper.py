"""The numbers of the film specification, section 4, and what the physics of the film demands of any run.

All runs here have one shape (cells, steps, samples), so that they share one compilation.
"""

import numpy as np
import pytest
from film_cases import CASES, branches, column, events, memristor, step_current, voltammogram

import solion as so
from solion.base.constants import AVOGADRO, BOLTZMANN

CELLS = 200


def run(device, protocol, **options):
    result = so.simulate(device, protocol, cells=CELLS, **options)
    assert result.audit["ion drift"]["value"] < 1e-12
    assert result.audit["smallest dissipation"]["value"] < 1e-12  # the most negative, relative
    assert result.audit["power balance"]["value"] < 1e-6  # of what the ions store, a millionth of the power
    assert np.all(np.isfinite(column(result, "composition")))
    return result


# ------------------------------------------------------------------------------------------------ figure 2, step current


def test_no_phase_change_below_the_critical_current():
    device = memristor(0.3)
    result = run(device, step_current(device, 0.08, 40.0))
    assert result.status == "finished"
    assert events(result) == []
    profiles = column(result, "composition")
    assert np.max(np.abs(profiles[-1] - profiles[-101])) < 1e-8  # steady over the last four tau_D
    assert column(result, "composition_top")[-1] > 0.9
    assert column(result, "composition_bottom")[-1] < 0.15  # below the spinodal


def test_switching_times_above_the_critical_current():
    device = memristor(0.3)
    result = run(device, step_current(device, 0.12, 6.0))
    (bottom, tau_bottom, up), (top, tau_top, down) = events(result)
    assert bottom.startswith("composition_bottom")
    assert top.startswith("composition_top")
    assert up
    assert not down
    assert tau_bottom == pytest.approx(0.993, rel=3e-3)
    assert tau_top == pytest.approx(3.256, rel=3e-3)


# -------------------------------------------------------------------------------------------- figure 4d, voltammograms


@pytest.fixture(scope="module")
def loops():
    """LTO7 at 100 V_T, LTO4 at 100 and 150 V_T."""
    wanted = (("LTO7", 100.0), ("LTO4", 100.0), ("LTO4", 150.0))
    devices = {name: memristor(**CASES[name]) for name, _ in wanted}
    return {(name, peak): run(devices[name], voltammogram(devices[name], peak)) for name, peak in wanted}


def test_extremes_of_the_lto7_loop(loops):
    current = column(loops["LTO7", 100.0], "scaled_current", cycle=1)
    assert current.max() == pytest.approx(0.766, rel=5e-3)
    assert current.min() == pytest.approx(-0.945, rel=5e-3)


def test_lto7_switches_fully_and_back_in_each_cycle(loops):
    names = [(name.split()[0].removeprefix("composition_"), rising) for name, _, rising in events(loops["LTO7", 100.0])]
    once = [("bottom", True), ("top", False), ("top", True), ("bottom", False)]
    assert names == once * 2


def test_lto4_does_not_switch_at_100(loops):
    result = loops["LTO4", 100.0]
    assert events(result) == []
    forward = column(result, "scaled_voltage") > 0
    assert np.max(np.abs(column(result, "scaled_current")[forward])) <= 0.011


def test_lto4_switches_at_150(loops):
    result = loops["LTO4", 150.0]
    assert len(events(result)) == 8
    for cycle in (0, 1):
        branch = branches(result, 60.0, cycle)
        assert branch["falling"] / branch["rising"] > 1e3


def test_lto4_is_faster_and_needs_less_current_than_lto7():
    """From the critical currents, for c_m = 0.1 and 0.9."""
    currents = [so.thermodynamics.critical_current(memristor(c).film.material, c) for c in (0.1, 0.9)]
    assert currents[0] < currents[1]


# ---------------------------------------------------------------------------------------------------------- symmetries


def test_exchange_of_identical_contacts_reverses_the_current():
    """Run A starts in state I and sweeps up first, run B is its mirror image."""
    device = memristor(0.2, rates=(1e-2, 1e-2))
    a = run(device, voltammogram(device, 60.0), initial=so.PhaseSeparated("top"))
    b = run(device, voltammogram(device, 60.0, first=-1), initial=so.PhaseSeparated("bottom"))
    assert len(events(a)) > 0  # something happens
    current = column(a, "scaled_current")
    assert np.max(np.abs(current + column(b, "scaled_current"))) < 1e-6 * np.max(np.abs(current))
    np.testing.assert_allclose(column(b, "composition")[:, ::-1], column(a, "composition"), atol=1e-6)


# ---------------------------------------------------------------------------------------------------- rest and the laws


def hold(device, duration, **drive):
    """Six equal parts of a rest, in the shape of the other runs."""
    scales = device.scales()
    return so.protocols.hold(**drive, duration=duration / 6 * scales.time, samples=200).repeat(6)


@pytest.fixture(scope="module")
def relaxed():
    """A film of c_m = 0.3 after 20 tau_D at zero voltage."""
    return run(memristor(0.3), hold(memristor(0.3), 20.0, voltage=0.0))


def test_a_relaxed_profile_is_kept_at_zero_voltage(relaxed):
    device = memristor(0.3)
    last = column(relaxed, "composition")[-1]
    x = tuple((np.arange(CELLS) + 0.5) / CELLS)
    kept = run(device, hold(device, 100.0, voltage=0.0), initial=so.Profile(x, tuple(last)))
    profiles = column(kept, "composition")
    np.testing.assert_allclose(profiles[0], last, atol=1e-15)
    assert np.max(np.abs(profiles - profiles[0])) < 1e-8


def test_the_relaxed_interface_and_its_energy(relaxed):
    """The profile and tension of the equilibrium interface, which come from an integral over compositions."""
    device = memristor(0.3)
    material, scales = device.film.material, device.scales()
    shape, phases = so.thermodynamics.interface(material), so.thermodynamics.phase_diagram(material)
    last = column(relaxed, "composition")[-1]
    x = column(relaxed, "scaled_x")
    middle = np.interp(-np.interp(0.0, shape.position, shape.composition), -last, x)
    expected = np.interp((middle - x) * 80e-9, shape.position, shape.composition)
    np.testing.assert_allclose(last, expected, atol=2e-3)

    poor, filling = phases.binodal[0], 0.3
    flat = float(material.free_energy.energy(poor, poor)) + phases.plateau * (filling - poor)
    thermal = BOLTZMANN * AVOGADRO * device.temperature * material.concentration * device.film.thickness  # J/m2
    energy = column(relaxed, "free_energy")[-1] / scales.energy / 1e-5  # of the film, D_p0/D_n0 = 1e-5
    assert energy - flat == pytest.approx(shape.tension / thermal, rel=2e-3)


@pytest.mark.parametrize("seed", [1, 2])
def test_free_energy_falls_from_a_rough_profile_at_open_circuit(seed):
    device = memristor(0.4)
    x = (np.arange(CELLS) + 0.5) / CELLS
    rng = np.random.default_rng(seed)
    rough = 0.4 + sum(0.07 * rng.normal() * np.cos(np.pi * k * x) for k in range(1, 12))
    rough = np.clip(rough, 0.02, 0.97)
    initial, tight = so.Profile(tuple(x), tuple(rough)), so.Tolerance(relative=1e-8, absolute=1e-8)
    result = run(device, hold(device, 3.0, current=0.0), initial=initial, tolerance=tight)
    energy = column(result, "free_energy")
    assert energy[0] - energy[-1] > 0.01 * abs(energy[0])
    assert np.max(np.diff(energy)) < 1e-11 * (energy[0] - energy[-1])
    assert np.max(column(result, "energy_rate")) <= 0
    assert np.max(np.abs(column(result, "scaled_current"))) < 1e-12


@pytest.mark.parametrize("filling", [0.1, 0.3, 0.9])
@pytest.mark.parametrize("current", [5.0, -5.0])
def test_too_large_a_current_is_said_so(filling, current):
    device = memristor(filling)
    result = run(device, step_current(device, current, 40.0))
    print(result.message)
    assert result.status in ("depleted", "saturated")
    emptied, filled = ("top", "bottom") if current > 0 else ("bottom", "top")
    contact = emptied if result.status == "depleted" else filled
    assert f"at the {contact} contact at t = " in result.message
    margin = min(column(result, f"composition_{contact}")[-1], 1 - column(result, f"composition_{contact}")[-1])
    assert margin == pytest.approx(1e-6, rel=1e-3)
    for name in result.dataset.data_vars:
        if result.dataset[name].dtype.kind == "f":
            assert np.all(np.isfinite(result.dataset[name].values)), name
