"""Disk, tip and contact against closed forms and independent finite elements."""

import numpy as np
import pytest

from solion.balances.disk import Disk, equivalent_radius
from solion.base.errors import InputError
from solion.devices.nano_electrode import NanoElectrode
from solion.laws.indentation import Tip, effective_modulus, modulus_for_area

# a/L: R sigma L and the largest potential left for dissolution, by axisymmetric finite elements
RESISTANCE = {
    0.001: 249.84, 0.01: 24.885, 0.03: 8.2213, 0.1: 2.3894, 0.3: 0.72493, 0.5: 0.39499, 0.94: 0.17109, 1.5: 0.08516,
    2: 0.05361, 3: 0.02691, 5: 0.01075,
}  # fmt: skip
SHORTING = {
    1.5e-5: 0.994, 0.001: 0.950, 0.003: 0.914, 0.01: 0.845, 0.03: 0.737, 0.1: 0.544, 0.3: 0.289, 0.5: 0.163, 0.94: 0.047,
    1.5: 0.0094, 2: 0.0022,
}  # fmt: skip


@pytest.mark.parametrize(("ratio", "value"), RESISTANCE.items())
def test_resistance_of_a_disk_on_a_slab(ratio, value):
    """Finite elements lie below by their 0.02 to 0.05 %, as an upper estimate of the conductance does."""
    assert Disk(ratio, 1.0).shape / ratio == pytest.approx(value, rel=1e-3)


@pytest.mark.parametrize(("ratio", "value"), SHORTING.items())
def test_what_a_metallic_filament_leaves_for_dissolution(ratio, value):
    assert Disk(ratio, 1.0).shorting_factor() == pytest.approx(value, abs=5e-4 if value > 0.01 else 5e-5)


def test_limits_of_a_small_and_a_wide_disk():
    small = Disk(1e-6, 1.0)
    assert small.shape == pytest.approx(0.25, rel=1e-5)
    assert small.shorting_factor() == pytest.approx(1 - 2 * np.sqrt(2e-6 / np.pi), rel=1e-4)
    wide = Disk(8.0, 1.0)
    edge = 2 * np.log(2) / np.pi  # L, by which the fringe widens a large disk's radius (two-dimensional edge)
    assert wide.resistance(1.0) == pytest.approx(1 / (np.pi * (8 + edge) ** 2), rel=1e-2)


def test_potential_of_a_small_disk():
    disk, x = Disk(1.0, 1e5), np.array([1.01, 1.5, 2.0, 5.0, 20.0])
    np.testing.assert_allclose(disk.potential(x), 2 / np.pi * np.arcsin(1 / x), rtol=2e-4)
    z = np.array([0.01, 0.1, 1.0, 10.0])
    np.testing.assert_allclose(disk.on_axis(z), 2 / np.pi * np.arctan(1 / z), rtol=2e-4)


def test_the_potential_off_and_on_the_axis_agree_and_vanish_at_the_far_electrode():
    disk = Disk(0.8, 1.0)
    depth = np.array([0.3, 0.5, 0.9])
    np.testing.assert_allclose(disk.potential(np.zeros(3), depth), disk.on_axis(depth), rtol=1e-6)
    assert float(disk.on_axis(1.0)) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("wagner", [0.0, 0.3, 10.0])
def test_the_current_density_adds_up_and_grows_towards_the_edge(wagner):
    disk = Disk(1.0, 0.7, wagner)
    angle = (np.arange(4000) + 0.5) / 4000 * np.pi / 2
    r, e = np.sin(angle), np.cos(angle)
    mean = np.sum(disk.current_density(r) * r * e) * (np.pi / 2 / 4000) * 2
    assert mean == pytest.approx(1.0, rel=1e-4)
    assert disk.current_density(np.array([0.0]))[0] < 1 < disk.current_density(np.array([0.99]))[0]
    assert disk.current_density(np.array([1.2]))[0] == 0


def test_charge_transfer_flattens_the_current_and_adds_its_own_resistance():
    """R -> R_ct/(pi a^2) + 8/(3 pi^2 sigma a): the spreading resistance of an even current density."""
    slow = Disk(1.0, 1e6, 1e3)
    assert slow.shape - 1e3 / np.pi == pytest.approx(8 / (3 * np.pi**2), rel=1e-3)
    np.testing.assert_allclose(slow.current_density(np.linspace(0, 0.95, 9)), 1.0, rtol=1e-3)
    series = [Disk(1.0, 1e6, w).shape - w / np.pi for w in (0.0, 0.01, 0.1, 1.0, 10.0)]
    assert np.all(np.diff(series) > 0)  # the even current spreads less easily than the primary one
    assert series[0] == pytest.approx(0.25, rel=1e-5)


def test_contact_of_the_tip():
    tip = Tip()
    assert tip.contact_area() == pytest.approx(67.68e-18, rel=1e-3)
    assert tip.contact_radius() == pytest.approx(4.642e-9, rel=1e-3)
    assert Tip(modulus=150e9).contact_area() == pytest.approx(36.7e-18, rel=2e-3)
    assert float(modulus_for_area(30e-18, 400e-9, 20e-9)) == pytest.approx(203e9, rel=2e-3)
    assert effective_modulus((150e9, 0.26), (168e9, 0.38)) == pytest.approx(88e9, rel=1e-2)
    stiff = Tip(modulus=203e9, hardness=6.3e9)
    assert stiff.contact_area() == pytest.approx(400e-9 / 6.3e9)
    assert stiff.pressure() == pytest.approx(6.3e9)


def test_the_tip_is_limited_by_kinetics_at_small_bias_and_by_the_electrolyte_at_large():
    tip = NanoElectrode()
    assert tip.spreading_resistance == pytest.approx(1.08e9, rel=5e-3)
    assert tip.wagner > 100
    assert float(tip.current(-0.12)) == pytest.approx(-1.8e-12, rel=0.05)
    assert float(tip.ohmic_limit(-0.12)) == pytest.approx(-0.111e-9, rel=5e-3)
    assert float(tip.ohmic_limit(-9.0)) == pytest.approx(-8.4e-9, rel=1e-2)
    volts = np.array([-9.0, -1.0, -0.01, 0.0, 0.3, 12.0])
    eta = tip.overpotential(volts)
    np.testing.assert_allclose(eta + tip.current(volts) * tip.spreading_resistance, volts, rtol=1e-12, atol=1e-15)


def test_equivalent_radius_of_a_pad():
    assert equivalent_radius(500e-6) / 300e-6 == pytest.approx(0.94, rel=1e-3)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Disk(0.0, 1.0), "radius = 0.0 m is outside its allowed range"),
        (lambda: Disk(100.0, 1.0), "a disk that wide is a planar cell"),
        (lambda: Disk(1.0, 1.0, -1.0), "wagner"),
        (lambda: Disk(1.0, 1.0).resistance(0.0), "conductivity"),
        (lambda: equivalent_radius(-1.0), "side"),
        (lambda: Tip(force=-1.0), "Tip.force"),
    ],
)
def test_refusals(make, sentence):
    with pytest.raises(InputError, match=sentence):
        make()
