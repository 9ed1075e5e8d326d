"""The corrected formula of the critical current against the fold, and the parts it is made of."""

import dataclasses

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import minimize_scalar
from test_threshold import TITANATE, film

from solion import thermodynamics
from solion.base.errors import InputError
from solion.explore.critical_current import fold
from solion.explore.critical_current.steady import SteadyFilm
from solion.thermodynamics import critical_current, critical_current_diffuse, two_phase_fillings, ways_to_switch
from solion.thermodynamics.diffuse import END_CONTENT, END_SHIFT

CELLS = 100


def deviation(formula, filling, thickness=80e-9):
    """Formula over fold, less 1, at 0.8 nm per cell, where the fold is exact to 1e-3."""
    return formula / fold(film(filling, thickness), cells=round(thickness / 0.8e-9)).current - 1


@pytest.mark.parametrize(
    ("filling", "error", "of_equation_5"),
    [
        (0.1, 0.003, 0.18),
        (0.2, 0.007, -0.07),
        (0.3, 0.008, -0.09),
        (0.4, 0.010, -0.11),
        (0.5, 0.013, -0.14),
        (0.6, 0.019, -0.19),
        (0.7, 0.037, -0.31),
        (0.75, 0.004, -0.36),
        (0.8, 0.002, -0.10),
        (0.9, 0.022, 0.60),
    ],
)
def test_formula_against_the_fold_over_filling(filling, error, of_equation_5):
    corrected = critical_current_diffuse(TITANATE, filling, 80e-9)
    assert abs(deviation(corrected, filling)) < error
    assert deviation(critical_current(TITANATE, filling), filling) == pytest.approx(of_equation_5, abs=0.02)


@pytest.mark.parametrize("filling", [0.3, 0.6])
def test_formula_becomes_exact_for_thick_films_and_equation_5_does_not(filling):
    """What is left out falls as kappa^(3/5), so by 2^(6/5) for each doubling of the thickness."""
    thickness = np.array([80e-9, 160e-9, 320e-9])
    errors = [deviation(critical_current_diffuse(TITANATE, filling, h), filling, h) for h in thickness]
    assert np.all(np.diff(np.abs(errors)) < 0)
    assert abs(errors[2]) < 3e-3
    sharp = critical_current_diffuse(TITANATE, filling, 1e-3)
    assert critical_current(TITANATE, filling) / sharp - 1 > 0.02  # the phases are not at their binodals


@pytest.mark.parametrize("factor", [0.25, 4.0])
def test_only_kappa_over_the_square_of_the_thickness_matters(factor):
    other = dataclasses.replace(TITANATE, gradient_energy=factor * TITANATE.gradient_energy)
    scaled = critical_current_diffuse(other, 0.4, 80e-9 * np.sqrt(factor))
    assert scaled == pytest.approx(critical_current_diffuse(TITANATE, 0.4, 80e-9), rel=1e-6)


def test_each_way_out_of_state_I_rules_somewhere():
    first = {c: min(ways := ways_to_switch(TITANATE, c, 80e-9), key=ways.__getitem__) for c in (0.1, 0.3, 0.8, 0.9)}
    assert first == {
        0.1: "ion-rich phase dissolving",
        0.3: "ion-poor phase unstable at its end",
        0.8: "ion-rich phase unstable at its end",
        0.9: "ion-poor phase dissolving",
    }


def test_limits_of_two_phases_in_a_thin_film():
    """Just inside them the relaxed film keeps two phases, just outside it has become uniform."""
    low, high = two_phase_fillings(TITANATE, 80e-9)
    binodal = thermodynamics.phase_diagram(TITANATE).binodal
    assert binodal[0] < low < 0.1
    assert 0.9 < high < binodal[1]
    for filling, separated in ((1.05 * low, True), (0.95 * low, False), (high - 0.005, True), (high + 0.005, False)):
        relaxed = SteadyFilm(film(filling), CELLS, None)
        rest = relaxed.relaxed()
        spread = np.ptp(relaxed.composition(rest, 0 * rest)[0])
        assert spread > 0.5 if separated else spread < 1e-6


def test_constants_of_the_unstable_end():
    """y'' = -y^2 - x from the stable branch -sqrt(-x), flat at its end: the largest x of an end, by shooting backwards."""

    def leaves(x, y):
        """Zero where a solution is 3 below the branch or has gone up beyond 2, from where neither comes back."""
        return min(y[0] + np.sqrt(max(-x, 0)) + 3, 2 - y[0])

    leaves.terminal = True

    def shoot(end, value):
        """The solution with y(end) = value, y'(end) = 0 towards x = -8, where it leaves the branch on one side or the other."""
        return solve_ivp(
            lambda x, y: (y[1], -(y[0] ** 2) - x),
            (end, -8.0),
            (value, 0.0),
            method="DOP853",
            rtol=1e-12,
            atol=1e-13,
            events=leaves,
            dense_output=True,
        )

    def end_of(value):
        low, high = 0.5, 2.0
        for _ in range(42):
            middle = 0.5 * (low + high)
            path = shoot(middle, value)
            low, high = (middle, high) if path.y[0, -1] > -np.sqrt(-path.t[-1]) else (low, middle)
        return 0.5 * (low + high)

    best = minimize_scalar(lambda value: -end_of(value), bounds=(0.4, 0.55), method="bounded", options={"xatol": 1e-3})
    assert -best.fun == pytest.approx(END_SHIFT, abs=2e-6)
    path = shoot(-best.fun, best.x)
    x = np.linspace(-4.0, -best.fun, 20001)
    stable = np.where(x < 0, -np.sqrt(np.maximum(-x, 0)), 0.0)
    content = np.trapezoid(path.sol(x)[0] - stable, x) + 1 / (8 * 4.0)
    assert content == pytest.approx(END_CONTENT, abs=2e-3)


def test_refusals():
    with pytest.raises(InputError, match=r"mean_composition = 0\.05 is outside its allowed range \(0\.07184, 0\.9193\)"):
        critical_current_diffuse(TITANATE, 0.05, 80e-9)
    with pytest.raises(InputError, match="thickness = 0 m is outside"):
        two_phase_fillings(TITANATE, 0)
    law = dataclasses.replace(TITANATE.free_energy, ion_interaction=-20.0)
    with pytest.raises(InputError, match="ideal is stable as one phase"):
        critical_current_diffuse(dataclasses.replace(TITANATE, name="ideal", free_energy=law), 0.3, 80e-9)
