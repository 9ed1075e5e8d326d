"""Closed forms of coatings against the numbers of an independent calculation, and against solvers of their own."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.linalg import solve_banded

from solion.balances import mixture, resistor_network
from solion.base.constants import FARADAY
from solion.base.errors import InputError
from solion.laws import interface_stability as stability
from solion.laws import interphase_growth, nucleation, plated_volume, salt_limit

SALT = (3e-10, 1000.0, 0.38)  # D m2/s, c0 mol/m3, t+
mAh_cm2 = 36000.0


def test_nucleation():
    found = [
        nucleation.nucleation_overpotential(energy, np.cos(np.radians(angle)), 298.15)
        for energy, angle in ((0.5, 30), (0.5, 90), (0.5, 180), (0.25, 60), (0.25, 90))
    ]
    assert_allclose(1e3 * np.array(found), [54.37, 339.0, 479.4, 67.0, 119.9], rtol=5e-4)
    assert_allclose(1e9 * nucleation.critical_radius(np.array([0.01, 0.04, 0.1]), 0.5), [13.44, 3.361, 1.344], rtol=3e-4)
    eta = nucleation.nucleation_overpotential(0.5, 0.2, 298.15)
    barrier = nucleation.nucleation_barrier(eta, 0.5, 0.2)
    assert_allclose(barrier / (1.380649e-23 * 298.15), 40.0, rtol=1e-12)
    assert_allclose(nucleation.wetting_share_of(eta, 0.5, 298.15), nucleation.wetting_share(0.2), rtol=1e-12)
    assert nucleation.contact_cosine(1.5, 0.4, 0.5) == 1
    assert nucleation.nucleation_overpotential(0.5, 1.0, 298.15) == 0
    assert_allclose(nucleation.nucleation_chance(1e20, 40 * 1.380649e-23 * 298.15, 1e-4, 3.0, 298.15), 0.11958, rtol=1e-3)


def test_sand_and_its_not_reached():
    currents = np.array([1, 5, 10, 50]) * 10.0
    assert_allclose(salt_limit.sand_time(currents, *SALT), [57062, 2282.5, 570.62, 22.825], rtol=1e-4)
    free = salt_limit.limiting_current(*SALT, 25e-6) / 10
    porous = salt_limit.limiting_current(salt_limit.porous_diffusivity(SALT[0], 0.4), *SALT[1:], 25e-6) / 10
    assert_allclose([free, porous], [373.5, 94.49], rtol=1e-4)
    assert np.all(np.isinf(salt_limit.depletion_time(currents, *SALT, 25e-6)))
    assert np.isfinite(salt_limit.depletion_time(100.0, *SALT, 25e-6, hot_spot=40.0))
    pores = salt_limit.pore_limit(np.array([0.01, 0.05, 0.1]), *SALT, 10e-6) / 10
    assert_allclose(pores, [0.467, 5.22, 14.8], rtol=3e-3)
    assert_allclose(salt_limit.desolvation_exchange(10.0, 6e4, 298.15, 4000.0), 20.0)


@pytest.mark.parametrize("times", [3.0, 5.0])
def test_sand_against_a_diffusion_solver(times):
    """Crank-Nicolson with two first steps of backward Euler between a plated and a stripped electrode."""
    diffusivity, start, transference, length, count = *SALT, 1e-3, 600
    current = times * float(salt_limit.limiting_current(*SALT, length))
    tau = float(salt_limit.depletion_time(current, *SALT, length))
    flux, h, dt = current * (1 - transference) / 96485.33212, length / count, tau / 2000
    r = diffusivity * dt / h**2
    c, middle = np.full(count, start), np.full(count, 2.0)
    middle[[0, -1]] = 1.0
    source = np.zeros(count)
    source[0], source[-1] = -flux * dt / h, flux * dt / h
    surface, time = [], []
    for step in range(2040):
        share = 1.0 if step < 2 else 0.5
        laplace = np.diff(c, prepend=c[0], append=c[-1])
        right = c + (1 - share) * r * np.diff(laplace) + source
        bands = np.array([np.full(count, -share * r), 1 + share * r * middle, np.full(count, -share * r)])
        c = solve_banded((1, 1), bands, right)
        surface.append(c[0] - flux * h / (2 * diffusivity))
        time.append((step + 1) * dt)
    found = np.interp(0.0, -np.array(surface), time)
    assert abs(found / tau - 1) < 5e-3


def test_interphase_and_cycles():
    thickness = interphase_growth.parabolic_thickness(5e-9, 1e-20, np.array([1, 10, 100]) * 86400)
    assert_allclose(1e9 * thickness, [41.87, 131.55, 415.72], rtol=1e-4)
    efficiency = interphase_growth.coulombic_efficiency(np.array([0, 0.01, 0.1, 1]), mAh_cm2)
    assert_allclose(interphase_growth.cycles_of_excess(efficiency), [200, 183.5, 105.3, 20], rtol=5e-4)
    assert np.isinf(interphase_growth.cycles_of_excess(1.0))
    slower = interphase_growth.wagner_constant(1e-5, 1e-6, 1e-3, np.linspace(0, FARADAY, 5))
    assert_allclose(slower, 1e-5 / FARADAY * 1e-9 / 1.001e-3, rtol=1e-12)


def test_volume_and_cracks():
    assert_allclose(1e6 * plated_volume.plated_thickness(mAh_cm2), 4.83928, rtol=2e-6)
    assert_allclose(1e3 * plated_volume.pressure_overpotential(1e6), 0.134425, rtol=4e-6)
    limit = plated_volume.capacity_limit(np.array([0.003, 0.005, 0.01, 0.3]), 0.2, 50e-6) / mAh_cm2
    assert_allclose(limit, [0.901, 1.163, 1.644, 9.007], rtol=5e-4)
    assert_allclose(plated_volume.capacity_limit(0.005, 0.2, 10e-6) / mAh_cm2, 0.2326, rtol=5e-4)
    cracks = plated_volume.griffith_strain(5.0, 77e9, np.array([1e-7, 1e-6, 1e-5]))
    assert_allclose(cracks, [1.282e-2, 4.05e-3, 1.28e-3], rtol=2e-3)
    lithium_phosphorus_oxynitride = plated_volume.critical_strain(0.01, 5.0, 77e9, 1e-6)
    assert_allclose(plated_volume.capacity_limit(lithium_phosphorus_oxynitride, 0.2, 50e-6) / mAh_cm2, 1.05, rtol=5e-3)
    assert_allclose(plated_volume.bending_strain(0.2 * limit[1] * mAh_cm2 * 12.97e-6 / 96485.33212, 50e-6), 0.005, rtol=1e-6)


def test_composites():
    good = np.array([0.34, 0.4, 0.5, 0.7, 0.9, 0.3])
    share = np.stack([good, 1 - good], axis=-1)
    assert_allclose(mixture.bruggeman([1.0, 0.0], share), [0.01, 0.1, 0.25, 0.55, 0.85, 0.0], atol=1e-12)
    assert_allclose(mixture.bruggeman([1e5, 1e-11], [0.34, 0.66]), 1e3, rtol=1e-6)
    assert_allclose(mixture.general_medium(0.0, 1.0, good[:5]), ((3 * good[:5] - 1) / 2) ** 2, rtol=1e-10)
    contrast = np.array([1.0, 0.02, 1e-6])
    shares = np.array([0.5, 0.3, 0.2])
    low, high = mixture.hashin_shtrikman(contrast, shares)
    middle = mixture.bruggeman(contrast, shares)
    assert mixture.series(contrast, shares) < low < middle < high < mixture.parallel(contrast, shares)
    assert mixture.series([1.0, 0.0], [0.5, 0.5]) == 0
    assert abs(mixture.hashin_shtrikman([1.0, 0.0], [0.5, 0.5])[0]) < 1e-12
    with pytest.raises(InputError, match=r"sum to 0\.9"):
        mixture.bruggeman([1.0, 2.0], [0.5, 0.4])
    slope = jax.grad(lambda phi: mixture.bruggeman(jnp.array([1.0, 0.0]), jnp.stack([phi, 1 - phi])))(0.5)
    assert_allclose(slope, 1.5, rtol=1e-9)


@pytest.mark.parametrize("poisson", [0.0, 0.24, 0.42])
def test_fields_of_a_ripple_obey_navier(poisson):
    slip, lift, wave = 0.3, 1.0, 2.0
    amplitude = (lift - slip) / (3 - 4 * poisson)

    def field(point):
        return jnp.stack(stability.displacement(point[0], point[1], wave, slip, lift, amplitude))

    def navier(point):
        second = jax.hessian(field)(point)
        return second[:, 0, 0] + second[:, 1, 1] + jnp.einsum("iij->j", second) / (1 - 2 * poisson)

    points = jnp.array(np.random.default_rng(1).uniform(0, 2, (20, 2)))
    assert np.abs(jax.vmap(navier)(points)).max() < 1e-12


def test_stresses_are_those_of_the_fields():
    metal, solid = stability.LITHIUM, stability.Solid(7e9, 0.3)
    slip, below, above = stability.amplitudes(metal, solid)
    shear = []
    for side, lift, amplitude in ((metal, -1.0, below), (solid, 1.0, above)):
        strain = jax.jacfwd(lambda p, lift=lift, b=amplitude: jnp.stack(stability.displacement(p[0], p[1], 2.0, slip, lift, b)))
        crest, flank = strain(jnp.array([0.0, 0.0])), strain(jnp.array([np.pi / 4, 0.0]))
        dilation = crest[0, 0] + crest[1, 1]
        normal = 2 * side.modulus * (crest[1, 1] + side.poisson / (1 - 2 * side.poisson) * dilation)
        bulk = 2 * side.modulus * (1 + side.poisson) / (3 * (1 - 2 * side.poisson))
        pressure, tau = side.stresses(slip, amplitude, 2.0)
        assert_allclose([pressure, tau], [-bulk * dilation, normal - bulk * dilation], rtol=1e-12)
        shear.append(side.modulus * (flank[0, 1] + flank[1, 0]))
    assert_allclose(shear[0], -shear[1], rtol=1e-12)  # of the mirrored half-space


@pytest.mark.parametrize(
    ("poisson", "volumes", "ratio", "where"),
    [
        (0.33, 1e9, 2.172, "above"),
        (0.33, 100, 2.198, "above"),
        (0.33, 12.86, 2.396, "above"),
        (0.24, 12.86, 3.569, "above"),
        (0.25, 12.86, 3.414, "above"),
        (0.30, 12.86, 2.738, "above"),
        (0.40, 12.86, 1.735, "above"),
        (0.45, 12.86, 1.354, "above"),
        (0.33, 0.1, 0.6045, "below"),
        (0.33, 0.5, 0.2897, "below"),
    ],
)
def test_critical_moduli(poisson, volumes, ratio, where):
    [(found, side)] = stability.critical_ratios(0.42, poisson, volumes)
    assert abs(found / ratio - 1) < 1e-3
    assert side == where


def test_equal_volumes_never_change_sign_and_capillarity_is_irrelevant():
    assert stability.critical_ratios(0.42, 0.33, 1.0) == []
    wave = stability.critical_wave(stability.LITHIUM, stability.Solid(31e9, 0.25), 13e-6, 1.3e-6, 0.5)
    assert_allclose(wave, 7.2e10, rtol=5e-3)


def test_grains_by_chance():
    """Layers in series, columns side by side, a film a grain thick, the threshold of a simple cubic lattice."""
    bricks = np.zeros((4, 4, 6), int)
    bricks[:, :, ::2] = 1
    assert_allclose(resistor_network.network_conductivity(bricks, [1.0, 1e-6]), 2 / (1 + 1e6), rtol=1e-9)
    assert_allclose(resistor_network.network_conductivity(bricks.transpose(2, 1, 0), [1.0, 1e-6]), 0.5 * (1 + 1e-6), rtol=1e-9)
    assert resistor_network.network_conductivity(bricks, [1.0, 0.0]) == 0
    chance = [resistor_network.spanning_probability(share, 16, 16, 40) for share in (0.26, 0.36)]
    assert chance[0] < 0.1 < 0.9 < chance[1]
    assert resistor_network.spanning_probability(0.2, 2) > 0.9 > 0.1 > resistor_network.spanning_probability(0.2, 8)
    table = resistor_network.network_table(0.5, 0.4, 0.1, 2)
    drawn = resistor_network.arrangements([0.5, 0.4, 0.1], 2)
    exact = np.sort([resistor_network.network_conductivity(one, [2.0, 1.0, 0.0]) for one in drawn])[6]
    assert_allclose(table.conductivity(2.0, 1.0, 0.5), exact, rtol=0.01)
    with pytest.raises(InputError, match="sum to 1"):
        resistor_network.arrangements([0.5, 0.4], 2)
