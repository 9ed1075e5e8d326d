"""A user's own laws, each as a script of a few lines, and every law of the library in a contact, run to the end."""

import jax.numpy as jnp
import numpy as np
import pytest

import solion as so
from solion import laws
from solion.base.constants import FARADAY, thermal_voltage

CELLS = 40
HEIGHT, KAPPA = 20.0, 6.4e-3


def double_well(ion, electron):
    return HEIGHT * ion**2 * (1 - ion) ** 2


i_D = 1e-11 * 22e3 * FARADAY / 80e-9  # A/m2, of both films here
V_T = float(thermal_voltage(298.15))


def ohmic_top(eta, surface):
    return 0.02 * i_D * eta / V_T


def ohmic_bottom(eta, surface):
    return 0.005 * i_D * eta / V_T


@pytest.fixture(scope="module")
def device():
    """A user's free energy between a user's contacts."""
    material = so.MixedConductor(
        name="double well",
        free_energy=laws.FreeEnergy(double_well),
        gradient_energy=KAPPA * (80e-9) ** 2,
        concentration=22e3,
        ion_diffusivity=1e-16,
        electron_diffusivity=1e-11,
    )
    return so.FilmMemristor(
        top=so.Contact(laws.Transfer(ohmic_top)),
        film=so.Film(material, 80e-9, 0.5),
        bottom=so.Contact(laws.Transfer(ohmic_bottom)),
        series_resistance=100.0 * V_T / i_D,
    )


def test_a_double_well_of_the_users(device):
    """G = A c^2 (1-c)^2 relaxes to c(x) = 1/(1 + exp(sqrt(A/kappa) x)), of energy sqrt(kappa A)/3."""
    scales = device.scales()
    x = (np.arange(CELLS) + 0.5) / CELLS
    steep = so.Profile(tuple(x), tuple(0.5 - 0.45 * np.tanh((x - 0.5) / 0.05)))
    run = so.simulate(device, so.protocols.open_circuit(duration=2 * scales.time, samples=20), initial=steep, cells=CELLS)
    assert run.status == "finished"
    exact = 1 / (1 + np.exp((x - 0.5) * np.sqrt(HEIGHT / KAPPA)))
    np.testing.assert_allclose(run.dataset["composition"].values[-1], exact, atol=0.02)
    energy = float(run.dataset["free_energy"][-1]) / scales.energy / 1e-5  # 1e-5 is D_p0/D_n0
    assert energy == pytest.approx(np.sqrt(KAPPA * HEIGHT) / 3, rel=0.02)


def test_a_transfer_law_of_the_users(device):
    """Ohmic contacts in series with the film: V = (1/g_T + 1/g_B + R_s) I + drop of the film, to round-off."""
    scales = device.scales()
    run = so.simulate(device, so.protocols.hold(voltage=scales.voltage, duration=0.1 * scales.time, samples=20), cells=CELLS)
    assert run.status == "finished"
    current = run.dataset["scaled_current"].values
    drop = run.dataset["electron_potential_drop"].values / scales.voltage
    assert np.all(drop > 0)
    np.testing.assert_allclose(current * (1 / 0.02 + 1 / 0.005 + 100) + drop, 1.0, rtol=1e-10)


def sinh_law(eta, surface):
    return 1e-2 * i_D * surface.composition * jnp.sinh(0.5 * eta / surface.thermal_voltage)


PAIRS = {
    "Marcus-Hush-Chidsey and coupled": (
        so.Contact(laws.MarcusHushChidsey(rate=1e-2 * i_D, reorganization=20.0 * V_T)),
        so.Contact(laws.CoupledIonElectronTransfer(rate=1e-2 * i_D, reorganization=20.0 * V_T)),
    ),
    "linear with wetting and the user's": (
        so.Contact(laws.LinearTransfer(rate=1e-2 * i_D, asymmetry=0.3), laws.LinearWetting(strength=-0.005)),
        so.Contact(laws.Transfer(sinh_law)),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_every_law_runs_in_a_device(name):
    top, bottom = PAIRS[name]
    film = so.Film(so.materials.lithium_titanate(), 80e-9, 0.3)
    device = so.FilmMemristor(top=top, film=film, bottom=bottom, series_resistance=100.0 * V_T / i_D)
    scales = device.scales()
    sweep = so.protocols.cyclic_voltammetry(
        limits=(-5 * scales.voltage, 5 * scales.voltage), rate=125 * scales.voltage / scales.time, samples=40
    )
    run = so.simulate(device, sweep, cells=CELLS)
    assert run.status == "finished"
    assert all(entry["ok"] for entry in run.audit.values()), run.audit
    data = run.dataset
    volts, current = data["scaled_voltage"].values, data["scaled_current"].values
    assert np.all(current[volts > 0.5] > 0)
    assert np.all(current[volts < -0.5] < 0)
    if "user" in name:  # the law as it is written, at every sample
        eta = data["overpotential_bottom"].values / scales.voltage
        composition = data["composition_bottom"].values
        np.testing.assert_allclose(-1e-2 * composition * np.sinh(0.5 * eta), current, rtol=1e-9, atol=1e-14)
