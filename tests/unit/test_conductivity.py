"""Conductivity of tungsten oxide against every statement of Schwacke et al. that it was calibrated to."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solion.base.errors import InputError
from solion.laws import Conductivity, MetalInsulator
from solion.materials import hydrogen_tungsten_oxide, magnesium_tungsten_oxide, magnesium_tungsten_oxide_thin

PER_CM = 100.0  # S/m in S/cm


def siemens_per_cm(host, gamma):
    return np.asarray(host.conductivity.conductivity(jnp.asarray(gamma, float))) / PER_CM


def slope(host, gamma):
    return np.asarray(jax.vmap(jax.grad(host.conductivity.conductivity))(jnp.asarray(gamma, float))) / PER_CM


def test_magnesium_80_nm():
    host = magnesium_tungsten_oxide()
    assert siemens_per_cm(host, [0, 0.36, 0.42]) == pytest.approx([5.5e-3, 48.5, 56.4], rel=1e-3)
    gamma = np.linspace(0, 0.1, 20001)
    slopes = slope(host, gamma)
    assert gamma[slopes.argmax()] == pytest.approx(0.0338, abs=1e-4)
    assert slopes.max() == pytest.approx(505, rel=1e-3)
    assert slope(host, [0.42]) == pytest.approx(131, rel=1e-6)
    assert np.interp(1.0, siemens_per_cm(host, gamma), gamma) == pytest.approx(0.02608, rel=1e-3)


def test_magnesium_15_nm():
    host = magnesium_tungsten_oxide_thin()
    assert siemens_per_cm(host, [0, 0.42]) == pytest.approx([0.015, 229.9], rel=1e-3)
    gamma = np.linspace(0, 0.1, 20001)
    slopes = slope(host, gamma)
    assert (gamma[slopes.argmax()], slopes.max()) == (pytest.approx(0.0360, abs=1e-4), pytest.approx(2155, rel=1e-3))


def test_hydrogen_crosses_magnesium_where_the_paper_says():
    host, magnesium = hydrogen_tungsten_oxide(), magnesium_tungsten_oxide()
    assert siemens_per_cm(host, [0, 0.03, 0.1, 0.36]) == pytest.approx([1.9e-6, 5.5e-3, 0.438, 48.57], rel=1e-3)
    assert slope(magnesium, [0.0338]).item() / slope(host, [0.03]).item() == pytest.approx(950, rel=2e-3)
    gamma = np.linspace(0.14, 0.42, 28001)
    richer = siemens_per_cm(host, gamma) > siemens_per_cm(magnesium, gamma)
    assert gamma[richer.argmax()] == pytest.approx(0.359, abs=1e-3)
    steeper = slope(host, gamma) > slope(magnesium, gamma)
    assert gamma[steeper.argmax()] == pytest.approx(0.156, abs=1e-3)


def test_one_pulse_of_the_same_electrons_in_any_film():
    """The change of sigma depends on electrons alone: 5 uC in 80 nm, 0.208 fC in (100 nm)^2 x 20 nm (Fig. S6)."""
    host = magnesium_tungsten_oxide()
    change = np.diff(siemens_per_cm(host, [0.025, 0.025 + 3.44e-4])).item()
    assert change == pytest.approx(0.0566954, rel=1e-5)
    for area, thickness, charge in ((6e-5, 80e-9, 5e-6), (6e-5, 15e-9, 0.938e-6), (1e-14, 20e-9, 0.208e-15)):
        assert host.charge_density * area * thickness * 3.44e-4 == pytest.approx(charge, rel=3e-3)


@pytest.mark.parametrize("host", [magnesium_tungsten_oxide(), magnesium_tungsten_oxide_thin(), hydrogen_tungsten_oxide()])
def test_smooth_below_zero(host):
    """Every value and slope is finite and none is negative where an integrator may look for a moment."""
    gamma = jnp.concatenate([-jnp.logspace(1, -9, 200), jnp.zeros(1), jnp.logspace(-9, 0.5, 200)])
    value, slopes = host.conductivity.conductivity(gamma), jax.vmap(jax.grad(host.conductivity.conductivity))(gamma)
    assert np.all(np.isfinite(value))
    assert np.all(np.isfinite(slopes))
    assert np.all(value >= 0)
    assert np.all(np.diff(value) >= 0)
    near = jnp.asarray([-1e-9, 1e-9])
    assert np.ptp(jax.vmap(jax.grad(host.conductivity.conductivity))(near)) < 1e-2 * float(slopes[200])


def test_derivative_against_differences():
    law = hydrogen_tungsten_oxide().conductivity
    for gamma in (1e-4, 0.03, 0.2):
        step = 1e-5 * gamma
        difference = (law.conductivity(jnp.asarray(gamma + step)) - law.conductivity(jnp.asarray(gamma - step))) / (2 * step)
        assert float(jax.grad(law.conductivity)(gamma)) == pytest.approx(float(difference), rel=1e-7)


def test_a_law_of_ones_own_and_a_wrong_number():
    assert Conductivity(lambda gamma: 5.0 + gamma**2).conductivity(2.0) == 9.0
    with pytest.raises(InputError, match=r"MetalInsulator.sharpness = -1 is outside its allowed range \(0, 100\]"):
        MetalInsulator(insulating=1.0, onset=0.01, metallic=1e4, offset=0.0, sharpness=-1.0)
