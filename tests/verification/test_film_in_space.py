"""Films in space: fingers, focusing, wetting limits and critical nuclei against a prototype's numbers and closed forms.

The numbers of the prototype are those of the specification of films in space: two-dimensional finite volumes, growth fitted to
runs, saddles by Newton's method on cells of 0.004 h.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import brentq

import solion as so
from solion.base.errors import InputError
from solion.explore.escape import escape
from solion.explore.nucleus import critical_nucleus
from solion.explore.nucleus_at_filling import nucleus_at_filling
from solion.thermodynamics import lateral, nuclei, phase_diagram
from solion.thermodynamics.phases import _evaluate

LTO, THICKNESS = so.materials.lithium_titanate(), 80e-9
FILM = so.Film(LTO, THICKNESS, 0.3)
EVEN: tuple[lateral.Passes, lateral.Passes] = ("evenly", "evenly")
EQUAL: tuple[lateral.Passes, lateral.Passes] = ("equipotential", "equipotential")
WAVES = np.pi / 4 * np.array([1, 2, 3, 4, 5, 6, 8])


def test_constants_of_the_front():
    front = lateral.front(LTO, THICKNESS)
    assert front.tension == pytest.approx(0.0225798, rel=1e-5)
    assert front.excess_ions == pytest.approx(0.011583, rel=1e-4)
    assert front.excess_electrons == pytest.approx(0.006950, rel=1e-4)
    assert nuclei.sites(LTO, THICKNESS) == pytest.approx(6.783e6, rel=1e-4)
    assert nuclei.complete_wetting(LTO, THICKNESS) == pytest.approx(0.03406, rel=1e-4)


@pytest.mark.parametrize(
    ("current", "passes", "runs", "apart"),
    [
        (0.0, EVEN, [np.nan, -0.00622, np.nan, -0.07994, np.nan, -0.33979, -0.92781], 0.06),
        (0.03, EVEN, [0.00545, 0.01269, 0.00596, -0.0296, -0.1098, -0.2521, -0.797], 0.12),
        (0.03, EQUAL, [0.00275, 0.00528, -0.00445, -0.0408, -0.1204, -0.2614, -0.803], 0.12),
        (0.06, EVEN, [0.0127, 0.0346, 0.0437, 0.0247, -0.0375, -0.1602, -0.661], 0.19),
    ],
)
def test_growth_of_fingers_against_runs(current, passes, runs, apart):
    """The closed form is the limit of small currents and a thin interface: it lies within the stated distance of runs."""
    formula = np.array([lateral.front_growth(LTO, 0.3, THICKNESS, k, current, passes) for k in WAVES])
    known = np.isfinite(runs)
    np.testing.assert_allclose(formula[known], np.array(runs)[known], rtol=apart)


def test_currents_at_which_fingers_begin():
    found = [lateral.finger_current(LTO, 0.3, THICKNESS, width, EVEN) for width in (0.5, 1, 2, 4, 8)]
    np.testing.assert_allclose(found, [0.2098, 0.04694, 0.0100, 0.00228, 0.00055], rtol=1e-2)  # as printed: two digits
    assert lateral.finger_current(LTO, 0.3, THICKNESS, 2.0) == pytest.approx(0.01875, rel=1e-3)
    one = lateral.finger_current(LTO, 0.3, THICKNESS, 2.0, sides="periodic")
    assert one == pytest.approx(lateral.finger_current(LTO, 0.3, THICKNESS, 1.0), rel=1e-12)
    growth = lateral.front_growth(LTO, 0.3, THICKNESS, np.pi, lateral.finger_current(LTO, 0.3, THICKNESS, 1.0))
    assert abs(growth) < 1e-14


def test_electron_transfer_focuses():
    """i_c falls from Eq. 5 to two thirds in a wide film, whatever the prefactor; runs at width 2: between 0.067 and 0.072."""
    law = so.laws.ButlerVolmer(rate=1e-3 * FILM.units.i_D, asymmetry=0.5)
    waves = [0.0, *(np.pi / width for width in (4, 2, 1, 0.5))]
    found = [lateral.focusing_current(LTO, law, 0.3, THICKNESS, k) for k in waves]
    np.testing.assert_allclose([at.current for at in found], [0.0582, 0.0610, 0.0673, 0.0787, 0.0871], rtol=1e-3)
    np.testing.assert_allclose([at.composition for at in found], [0.0754, 0.0784, 0.0858, 0.1029, 0.1230], rtol=1.5e-3)
    slower = so.laws.ButlerVolmer(rate=1e-6 * FILM.units.i_D, asymmetry=0.5)
    assert lateral.focusing_current(LTO, slower, 0.3, THICKNESS).current == pytest.approx(found[0].current, rel=1e-9)
    assert all(at.current < so.thermodynamics.critical_current(LTO, 0.3) for at in found)
    linear = so.laws.AreaResistance(1e-3)  # does not rise with the ions: only the spinodal is left
    assert lateral.focusing_current(LTO, linear, 0.3, THICKNESS).current == pytest.approx(
        so.thermodynamics.critical_current(LTO, 0.3), rel=1e-9
    )


def test_attractive_contacts_nucleate_without_a_barrier():
    by_strength = [nuclei.wetting_limit(LTO, 0.3, THICKNESS, strength=w) for w in (-0.005, -0.01, -0.02, -0.03)]
    np.testing.assert_allclose([at.composition for at in by_strength], [0.1015, 0.0801, 0.0539, 0.0378], rtol=1e-3)
    np.testing.assert_allclose([at.current for at in by_strength], [0.0780, 0.0625, 0.0334, 0.0087], rtol=4e-3)
    by_angle = [nuclei.wetting_limit(LTO, 0.3, THICKNESS, angle=np.rad2deg(np.arccos(c))) for c in (0.1, 0.25, 0.5)]
    np.testing.assert_allclose([at.composition for at in by_angle], [0.1193, 0.0954, 0.0675], rtol=1e-3)
    np.testing.assert_allclose([at.current for at in by_angle], [0.0860, 0.0743, 0.0501], rtol=1e-3)
    complete = nuclei.wetting_limit(LTO, 0.3, THICKNESS, strength=-0.035)
    assert complete.current == 0.0


def test_sharp_caps_and_the_life_of_islands():
    assert nuclei.sharp_nucleus(LTO, 0.05, THICKNESS).barrier == pytest.approx(6.760e-4, rel=1e-4)
    assert nuclei.sharp_nucleus(LTO, 0.05, THICKNESS, 120, 2).barrier == pytest.approx(3.412e-3, rel=1e-3)
    whole = nuclei.sharp_nucleus(LTO, 0.06, THICKNESS, 180.0)
    assert whole.barrier == pytest.approx(2 * nuclei.sharp_nucleus(LTO, 0.06, THICKNESS).barrier, rel=1e-12)
    assert nuclei.island_life(LTO, 0.3, THICKNESS, 0.1, 2) == pytest.approx(1.06, rel=1e-3)


@pytest.mark.parametrize(
    ("dimensions", "composition", "barrier", "lowest"),
    [(2, 0.06, 1.0961e-3, -1.562), (2, 0.08, 4.2464e-4, -2.055), (3, 0.06, 2.7131e-4, -0.6725), (3, 0.08, 9.271e-5, -1.459)],
)
def test_barriers_of_a_neutral_contact(dimensions, composition, barrier, lowest):
    found = critical_nucleus(LTO, composition, 90.0, dimensions)
    scale = (LTO.gradient_energy / THICKNESS**2) ** (dimensions / 2)
    assert found.scaled * scale == pytest.approx(barrier, rel=1e-3)
    assert found.lowest[0] == pytest.approx(lowest, rel=1e-3)
    assert found.negative == 1
    assert found.is_transition_state
    if dimensions == 3:
        assert found.barrier == pytest.approx(barrier * nuclei.sites(LTO, THICKNESS), rel=1e-3)


def test_a_barrier_falls_with_composition_by_its_ions():
    """The envelope theorem: the nucleus need not be found anew."""
    below, here, above = (critical_nucleus(LTO, c, 60.0, 3, 0.8) for c in (0.0499, 0.05, 0.0501))
    assert here.slope == pytest.approx((above.barrier - below.barrier) / 2e-4, rel=2e-4)
    assert here.ions > 0


def test_a_film_that_keeps_its_ions_has_a_higher_barrier_or_none():
    """d(barrier)/d(filling) by the envelope theorem is that of barriers; a large film has the barrier of a fixed composition."""
    small, large = (0.35 * THICKNESS) ** 2 * THICKNESS, (20 * THICKNESS) ** 2 * THICKNESS
    below, above = (nucleus_at_filling(LTO, filling, small, 0.7) for filling in (0.0998, 0.1002))
    assert (above.barrier - below.barrier) / 0.0004 == pytest.approx(0.5 * (above.slope + below.slope), rel=1e-4)
    held = critical_nucleus(LTO, 0.1002, spacing=0.7)
    assert held.barrier < above.barrier
    assert nucleus_at_filling(LTO, 0.1002, large, 0.7).barrier == pytest.approx(held.barrier, rel=1e-4)
    with pytest.raises(InputError, match=r"feeds no nucleus; it takes 0\.1"):
        nucleus_at_filling(LTO, 0.1, 1.15e-23, 0.7)


def test_the_rate_of_escape_tends_to_a_limit_beyond_first_order():
    """The first order grows as 1/cutoff and is left out; what remains, the growth rate and the zero mode are of a limit."""
    coarse, fine = (escape(LTO, 0.12, 90.0, spacing) for spacing in (0.8, 0.5))
    assert fine.first_order / coarse.first_order == pytest.approx(0.8 / 0.5, rel=0.15)
    assert fine.determinants == pytest.approx(coarse.determinants, rel=0.08)
    assert fine.growth == pytest.approx(coarse.growth, rel=0.05)
    assert fine.translation / coarse.translation == pytest.approx((0.5 / 0.8) ** 2, rel=0.05)  # zero but for the grid
    assert 0 < fine.translation < 0.02 * abs(fine.nucleus.lowest[0])
    assert 0 < fine.logarithm - fine.plain < 3  # D/l^4 exp(-N dG) is right within a factor of five
    assert fine.rate == pytest.approx(np.exp(fine.logarithm))
    assert fine.cutoff == pytest.approx(0.5 * fine.nucleus.length)


def test_a_barrier_does_not_know_the_films_thickness_and_is_of_order_two():
    coarse, middle, fine = (critical_nucleus(LTO, 0.06, 60.0, 2, spacing).scaled for spacing in (0.52, 0.26, 0.13))
    assert 1.8 < np.log2((coarse - middle) / (middle - fine)) < 2.2


def test_the_film_beside_an_attractive_contact_obeys_its_first_integral():
    """The surface before nucleation: kappa (dc/dx)^2 = W*(c_s) = cos^2(theta) W(c_s), of which 60 degrees at 0.06 has 0.11873."""
    evaluate, low = _evaluate(LTO), phase_diagram(LTO).binodal[0]
    plateau, far = phase_diagram(LTO).plateau, 0.06

    def left(c):
        point, here, base = evaluate(c), evaluate(far), evaluate(low)
        height = point.energy - base.energy - plateau * (c - low)
        return float(point.energy - here.energy - here.potential * (c - far) - 0.25 * height)

    found = critical_nucleus(LTO, far, 60.0, 2, 0.13)
    beside = found.composition[0, -1]  # at the wall, far from the nucleus
    assert beside == pytest.approx(brentq(left, 0.09, 0.2), rel=6e-3)


def test_what_cannot_be_is_refused():
    for refused, words in (
        (lambda: critical_nucleus(LTO, 0.2), "supersaturated"),
        (lambda: critical_nucleus(LTO, 0.06, 30.0), "wetting limit"),
        (lambda: critical_nucleus(LTO, 0.06, 180.0), "angle"),
        (lambda: nuclei.wetting_limit(LTO, 0.3, THICKNESS), "either strength"),
        (lambda: nuclei.wetting_limit(LTO, 0.3, THICKNESS, strength=0.1), "does not attract"),
        (lambda: nuclei.island_life(LTO, 0.3, THICKNESS, 0.9), "poor phase"),
        (lambda: lateral.front_growth(LTO, 0.3, THICKNESS, 0.0, 0.1), "wavenumber"),
        (lambda: lateral.finger_current(LTO, 0.3, THICKNESS, 1.0, sides="open"), "sides"),  # pyright: ignore[reportArgumentType]
        (lambda: lateral.front_growth(LTO, 0.3, THICKNESS, 1.0, 0.1, ("well", "evenly")), "evenly"),  # pyright: ignore[reportArgumentType]
    ):
        with pytest.raises(InputError, match=words):
            refused()


@pytest.mark.parametrize("angle", [30.0, 60.0, 90.0, 120.0])
def test_a_contact_angle_is_youngs(angle):
    """The two phases' energies on the contact differ by the tension of their interface times the cosine; no more inside them."""
    law = so.laws.ContactAngle(angle).of(lambda: so.thermodynamics.surface_pull(LTO, THICKNESS))
    low, high = phase_diagram(LTO).binodal
    tension = lateral.front(LTO, THICKNESS).tension
    difference = float(law.energy(jnp.asarray(low)) - law.energy(jnp.asarray(high)))
    assert difference == pytest.approx(tension * np.cos(np.deg2rad(angle)), rel=1e-4, abs=1e-15)
    c = jnp.linspace(0.001, 0.999, 37)
    np.testing.assert_allclose(jax.vmap(law.slope)(c), jax.vmap(jax.grad(law.energy))(c), atol=1e-12)
    assert float(law.slope(jnp.asarray(0.01))) == 0 == float(law.slope(jnp.asarray(0.99)))
    with pytest.raises(InputError, match="of a film"):
        so.laws.ContactAngle(angle).slope(jnp.asarray(0.5))
