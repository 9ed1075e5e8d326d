"""Resistance of states of phases: closed forms, both routes, mirror images, and a real run frozen in its tracks."""

import numpy as np
import pytest

import solion as so
from solion.analysis import frozen_current, frozen_resistance, low_bias_resistance, phase_profile
from solion.base.errors import InputError
from solion.thermodynamics import ion_poor_fraction, phase_diagram

TITANATE = so.materials.lithium_titanate()
POOR, RICH = phase_diagram(TITANATE).binodal


def device(rates=(1e-2, 1e-2), asymmetries=(0.5, 0.5), filling=0.5, series=100.0):
    film = so.Film(TITANATE, 80e-9, filling)
    i_D, V_T = film.units.i_D, film.units.V_T
    top, bottom = (
        so.Contact(so.laws.ButlerVolmer(rate=rate * i_D, asymmetry=alpha)) for rate, alpha in zip(rates, asymmetries, strict=True)
    )
    return so.FilmMemristor(top=top, film=film, bottom=bottom, series_resistance=series * V_T / i_D)


def factor(composition, alpha):
    """f of Eq. 4b of the paper: exchange current over Da."""
    fraction = (composition + 0.01) / (5 / 3)
    alpha = alpha + (0.5 - alpha) * composition
    return fraction**alpha * (1 - fraction) ** (1 - alpha) * np.exp(alpha * 20 * composition**0.7)


def bulk(poor_share):
    """R_b by the lever rule, with the mobility c_n (1 - c_n/c_n_max) of the electrons."""
    mobility = [(c + 0.01) * (1 - (c + 0.01) / (5 / 3)) for c in (POOR, RICH)]
    return poor_share / mobility[0] + (1 - poor_share) / mobility[1]


@pytest.mark.parametrize("state", [(RICH, POOR), (POOR, RICH), (RICH, RICH)])
def test_low_bias_resistance_is_the_sum_of_the_paper(state):
    made = device((1e-2, 1e-4), (0.3, 0.1))
    expected = 1 / (1e-2 * factor(state[0], 0.3)) + 1 / (1e-4 * factor(state[1], 0.1))
    expected += bulk(ion_poor_fraction(TITANATE, 0.5)) + 100
    assert low_bias_resistance(made, *state) / made.scales().resistance == pytest.approx(expected, rel=1e-12)


def test_symmetric_contacts_carry_the_current_of_the_closed_form():
    """V = 4 asinh(i / (2 Da f)) + i (R_b + R_s) where both contacts meet the same phase."""
    made = device((1e-4, 1e-4), filling=0.5)
    profile = phase_profile(made.film, "poor", "poor")
    volts = np.array([-60.0, -1.0, 0.3, 5.0, 60.0])
    current = frozen_current(made, profile, volts * made.scales().voltage) / made.scales().current
    exchange = 1e-4 * factor(profile[0], 0.5)
    assert exchange == pytest.approx(1e-4 * factor(POOR, 0.5), rel=1e-3)
    film = frozen_resistance(made, profile, 0.0) / made.scales().resistance - 2 / exchange
    np.testing.assert_allclose(4 * np.arcsinh(current / (2 * exchange)) + current * film, volts, rtol=1e-5)
    assert film == pytest.approx(100 + bulk(ion_poor_fraction(TITANATE, 0.5)), rel=0.03)  # diffuse interfaces


@pytest.mark.parametrize("ends", [("rich", "poor"), ("poor", "rich"), ("rich", "rich"), ("poor", "poor")])
def test_both_routes_agree_at_low_bias(ends):
    made = device((1e-3, 1e-4), (0.3, 0.2))
    contents = {"rich": RICH, "poor": POOR}
    exact = low_bias_resistance(made, contents[ends[0]], contents[ends[1]])
    profile = phase_profile(made.film, *ends)
    for volts in (0.0, 1e-3, -1e-3):
        assert frozen_resistance(made, profile, volts * made.scales().voltage) == pytest.approx(exact, rel=0.02)


def test_the_mirror_image_of_a_film_between_identical_contacts_reverses_the_current():
    made = device((1e-3, 1e-3), (0.1, 0.1), filling=0.3)
    volts = np.array([-20.0, -2.0, 2.0, 20.0]) * made.scales().voltage
    one = frozen_current(made, phase_profile(made.film, "rich", "poor"), volts)
    other = frozen_current(made, phase_profile(made.film, "poor", "rich"), -volts)
    np.testing.assert_allclose(one, -other, rtol=1e-10)
    assert abs(one[0]) != pytest.approx(abs(one[-1]), rel=0.5)  # the contacts rectify


@pytest.mark.parametrize("filling", [0.15, 0.3, 0.5, 0.8])
@pytest.mark.parametrize("ends", [("rich", "poor"), ("poor", "rich"), ("rich", "rich"), ("poor", "poor")])
def test_profiles_have_their_phases_at_the_contacts_and_the_exact_mean(filling, ends):
    film = so.Film(TITANATE, 80e-9, filling)
    profile = phase_profile(film, *ends, cells=200)
    contents = {"rich": RICH, "poor": POOR}
    assert profile.mean() == pytest.approx(filling, abs=1e-14)
    assert profile[0] == pytest.approx(contents[ends[0]], abs=0.02)
    assert profile[-1] == pytest.approx(contents[ends[1]], abs=0.02)


def test_what_cannot_be_is_refused():
    made = device()
    with pytest.raises(InputError, match=r"top = 1.5 is outside its allowed range \(0, 1\)"):
        low_bias_resistance(made, 1.5, 0.5)
    with pytest.raises(InputError, match="top = 'full' is unknown; it is 'rich' or 'poor'"):
        phase_profile(made.film, "full", "poor")
    with pytest.raises(InputError, match="outside it the film has one phase"):
        phase_profile(so.Film(TITANATE, 80e-9, 0.99), "rich", "poor")
    with pytest.raises(InputError, match="too thin to hold"):
        phase_profile(so.Film(TITANATE, 4e-9, 0.5), "rich", "rich")
    with pytest.raises(InputError, match="at least 8 cells"):
        frozen_current(made, [0.5, 0.5], 0.1)
    with pytest.raises(InputError, match="is outside its allowed range"):
        frozen_resistance(made, np.full(20, 1.2), 0.1)


def test_a_sudden_voltage_drives_the_frozen_current():
    """A run whose voltage rises within 1e-7 tau_D: the ions have not moved."""
    made = device((1e-2, 1e-4), (0.3, 0.2), filling=0.3)
    scales = made.scales()
    rise = so.protocols.ramp(voltage=(0.0, 20 * scales.voltage), duration=1e-7 * scales.time, samples=200)
    result = so.simulate(made, rise.repeat(6), cells=200)  # in the shape of a voltammogram
    data = result.dataset
    last = int(np.flatnonzero(data["segment"].values == 0)[-1])
    profile = data["composition"].values[last]
    expected = frozen_current(made, profile, data["voltage"].values[last])
    assert data["current"].values[last] == pytest.approx(float(expected), rel=1e-6)
