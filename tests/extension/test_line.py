"""A stranger's device composed from regions, interfaces and a leak: nothing of it is packed by hand."""

import numpy as np
import pytest
from bilayer_device import Bilayer

import solion as so

CELLS = 24
TIGHT = so.Tolerance(relative=1e-8, absolute=1e-8)


def bilayer(leak=0.0, thickness=60e-9):
    upper = so.Film(so.materials.lithium_titanate(), thickness=80e-9, filling=0.3)
    lower = so.Film(so.materials.lithium_titanate(), thickness=thickness, filling=0.6)
    i_D = upper.units.i_D
    contact = so.Contact(so.laws.ButlerVolmer(rate=1e-2 * i_D))
    between = so.laws.ButlerVolmer(rate=1.0 * i_D)
    return Bilayer(top=contact, upper=upper, between=between, lower=lower, bottom=contact, leak=leak)


@pytest.fixture(scope="module")
def pulse():
    scales = bilayer().scales()
    return so.protocols.hold(current=0.05 * scales.current, duration=0.02 * scales.time, samples=6)


@pytest.fixture(scope="module")
def sealed(pulse):
    start = so.ByRegion({"upper": so.PhaseSeparated("top"), "lower": so.PhaseSeparated("bottom")})
    return so.simulate(bilayer(), pulse, cells=CELLS, initial=start)


def test_two_films_in_series_run_and_balance(sealed):
    data = sealed.dataset
    assert sealed.status == "finished", sealed.message
    assert all(entry["ok"] for entry in sealed.audit.values()), sealed.audit
    assert data.sizes["x"] == 2 * CELLS
    np.testing.assert_allclose(data["x"].values[[0, -1]], [80e-9 / 48, 140e-9 - 60e-9 / 48], rtol=1e-12)
    parts = sum(data[f"electron_potential_drop_{name}"] for name in ("upper", "lower"))
    overpotentials = data["overpotential_top"] + data["overpotential_middle"] - data["overpotential_bottom"]
    np.testing.assert_allclose(parts + overpotentials, data["voltage"], rtol=1e-12)


def test_each_film_keeps_its_own_ions(sealed):
    for name, filling in (("upper", 0.3), ("lower", 0.6)):
        np.testing.assert_allclose(sealed.dataset[f"ion_inventory_{name}"], filling, rtol=1e-13)


def test_a_film_cut_in_units_of_another_is_the_film_itself(pulse):
    """The lower film alone, in its own units, drops the same potential for the same current and history."""
    device = bilayer()
    single = so.FilmMemristor(top=device.bottom, film=device.lower, bottom=device.bottom, area=device.area)
    alone = so.simulate(single, pulse, cells=CELLS, initial=so.PhaseSeparated("bottom"), tolerance=TIGHT)
    start = so.ByRegion({"upper": so.PhaseSeparated("top"), "lower": so.PhaseSeparated("bottom")})
    both = so.simulate(device, pulse, cells=CELLS, initial=start, tolerance=TIGHT)
    np.testing.assert_allclose(both.dataset["electron_potential_drop_lower"], alone.dataset["electron_potential_drop"], rtol=1e-6)


def test_a_leak_beside_the_films_carries_its_share(pulse):
    scales = bilayer().scales()
    leak = 0.02 * scales.current_density / scales.voltage
    run = so.simulate(bilayer(leak), pulse, cells=CELLS)
    data = run.dataset
    assert all(entry["ok"] for entry in run.audit.values()), run.audit
    np.testing.assert_allclose(data["dissipation_leak"], leak * 1e-8 * data["voltage"] ** 2, rtol=1e-9)


def test_every_region_has_its_own_start_state(sealed):
    content = sealed.dataset["composition"].values[0]
    upper, lower = content[:CELLS], content[CELLS:]
    assert upper[0] > upper[-1]
    assert lower[0] < lower[-1]
