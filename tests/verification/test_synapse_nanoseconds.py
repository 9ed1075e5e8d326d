"""Pulses of nanoseconds on cells of 30 x 60 nm and of 100 nm, resolved by lattice planes: against an independent lattice gas."""

import dataclasses

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

import solion as so
from solion import protocols as steps
from solion.base.constants import FARADAY, thermal_voltage
from solion.devices import magnesium_synapse_60nm, magnesium_synapse_100nm
from solion.devices.ionic_synapse import Resolved, WellMixed
from solion.grids.graded import graded
from solion.laws import HostPotential

PLANES, VOLT = 26, thermal_voltage(298.15)  # 10 nm of planes of 0.385 nm
PULSE = steps.pulses(voltage=1.0, width=1e-9, gap=1e-6, count=1, samples=4)


def plane_charge(device):
    """Charge per area that fills one plane from x = 0 to 1, C/m2."""
    film = device.channel
    return float(film.host.charge * FARADAY * film.host.concentration * film.thickness / PLANES)


def lattice_gas(device, voltage, duration):
    """(charge per area, x of the planes) after a pulse: planes that ions hop between, the gate's circuit solved by bisection."""
    host, capacity = device.channel.host, plane_charge(device)
    i0, rho = float(device.channel.kinetics.exchange_current), float(device.electrolyte.ionic_resistance)
    hop = float(host.diffusivity) / (float(device.channel.thickness) / PLANES) ** 2

    def potential(x):
        return 1.5 * VOLT * np.log(x) + float(host.free_energy.slope) * VOLT / 2 * x

    def current(x):
        drive = voltage - potential(x) + potential(float(device.reservoir.composition))
        return brentq(lambda i: i * rho + 4 * VOLT * np.arcsinh(i / (2 * i0)) - drive, -abs(drive) / rho, abs(drive) / rho)

    def rates(_, state):
        x, i = state[1:], current(state[1])
        flux = hop * (x[:-1] - x[1:])
        return np.concatenate([[i], np.diff(-flux, prepend=-i / capacity, append=0.0)])

    start = np.concatenate([[0.0], np.full(PLANES, float(device.channel.composition))])
    state = solve_ivp(rates, (0, duration), start, method="LSODA", rtol=1e-9, atol=1e-12).y[:, -1]
    return state[0], state[1:]


@pytest.mark.parametrize(("make", "diffusivity"), [(magnesium_synapse_60nm, 1e-11), (magnesium_synapse_100nm, 1e-15)])
def test_a_pulse_of_a_nanosecond_fills_lattice_planes(make, diffusivity):
    """1 V for 1 ns: 33 ions into 30 x 60 nm; charge and planes are those of the independent lattice gas."""
    device = make(diffusivity=diffusivity)
    run = so.simulate(device, PULSE, cells=2 * PLANES)
    charge, planes = lattice_gas(device, 1.0, 1e-9)
    data = run.dataset
    assert at(data, "charge_ions", 1e-9) / float(device.area) == pytest.approx(charge, rel=2e-5)
    assert at(data, "composition_channel_surface", 1e-9) == pytest.approx(planes[0], rel=2e-5)
    profile = data.composition.values[int(np.argmin(np.abs(data.time.values - 1e-9)))]
    np.testing.assert_allclose(profile, planes, rtol=2e-5)
    assert run.audit["energy balance"]["ok"]
    if diffusivity == 1e-15:  # no ion leaves the first plane: its filling is the charge over its capacity
        filled = float(device.channel.composition) + charge / plane_charge(device)
        assert at(data, "composition_channel_surface", 1e-9) == pytest.approx(filled, rel=1e-5)


def test_a_full_plane_ends_the_pulse():
    """A forced current fills the first plane to x_max in z F c a (x_max - x)/i, and the run says where it ended."""
    device = magnesium_synapse_100nm(diffusivity=1e-19)
    host = device.channel.host
    limited = HostPotential(releases=3.0, slope=float(host.free_energy.slope), ion_sites=0.3)
    film = dataclasses.replace(device.channel, host=dataclasses.replace(host, free_energy=limited))
    device = dataclasses.replace(device, channel=film)
    current = 1e8  # A/m2
    full = plane_charge(device) * (0.3 - float(film.composition)) / current
    run = so.simulate(device, steps.hold(current=current * 1e-14, duration=2 * full, samples=4), cells=2 * PLANES)
    assert run.status == "saturated"
    assert "channel's surface" in run.message
    assert float(run.dataset.time.values[-1]) == pytest.approx(full, rel=1e-5)


def test_no_cell_is_narrower_than_a_plane():
    """Cells beyond the planes change nothing; the first cell is a plane before; a wide one is a continuum."""
    depth = Resolved()
    assert depth.grid(10e-9, 26).cells == depth.grid(10e-9, 500).cells == PLANES
    assert float(depth.grid(10e-9, 26).depth) == 0
    few = depth.grid(10e-9, 16)
    assert (few.cells, float(few.widths[0]), float(few.depth)) == (16, pytest.approx(1 / PLANES), 0.0)
    assert float(few.widths.sum()) == pytest.approx(1.0)
    fine = Resolved(finest=1e-12).grid(80e-9, 32)
    assert float(fine.widths[0]) == pytest.approx(1 / 211, rel=1e-9)
    wide = depth.grid(80e-9, 16)
    assert float(wide.depth) == pytest.approx(0.5 / 16 * np.sqrt(1 - (16 / 211) ** 2), rel=1e-9)
    assert float(graded(16, 1.0).depth) == 0.5 / 16
    assert depth.grid(0.3e-9, 16).cells == WellMixed().grid(80e-9, 16).cells == 1


def at(dataset, name, time):
    """A variable of a run at the sample nearest an instant, before a jump there."""
    return float(dataset[name].values[int(np.argmin(np.abs(dataset.time.values - time)))])
