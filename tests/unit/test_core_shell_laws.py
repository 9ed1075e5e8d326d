"""Closed forms of a core that reacts into a shell, against printed digits, quadrature and one another."""

import numpy as np
import pytest
from scipy.integrate import quad

from solion.laws.core_shell import arrest, front_growth, front_reaction, kinematics, resistances, stress_diffusion
from solion.laws.core_shell.amorphisation import CoreRelaxation
from solion.laws.core_shell.kinematics import CoreShell
from solion.laws.core_shell.shell import ElasticReversal, RateDependentShell, RigidPlastic, StressFree
from solion.laws.core_shell.stress_work import Eshelby, Formula, MeanStress, Traction

BETA, VOLT = 3.81, 0.02569
FORMULA = Formula(3.75, 2.0026e-29, 0.28)
RIGID, REVERSED = RigidPlastic(yield_stress=1e9), ElasticReversal(yield_stress=1e9, shear_modulus=15e9)
PLATE, WIRE, BALL = range(3)


def shape(fraction, order, radius=1.0, ratio=BETA):
    return CoreShell(kinematics.core_radius(fraction, radius, order), radius, ratio, order)


def test_kinematics_of_the_arrested_wire():
    wire = shape(0.55, WIRE, 64.5e-9)
    assert [wire.core * 1e9, wire.outer * 1e9] == pytest.approx([43.3, 102.9], abs=0.05)
    assert float(kinematics.log_thickness(0.55, BETA, WIRE)) == pytest.approx(0.8664, abs=5e-5)
    ball = shape(0.5, BALL)
    assert float(ball.outer) == pytest.approx(1.3398, abs=5e-5)
    assert float(kinematics.log_thickness(0.5, BETA, BALL)) == pytest.approx(0.5236, abs=5e-5)
    for order in range(3):
        s = shape(0.4, order)
        assert float(kinematics.birth_radius(s.core, s.core, BETA, order)) == pytest.approx(float(s.core))
        assert float(kinematics.birth_radius(s.outer, s.core, BETA, order)) == pytest.approx(1)


def test_neumann():
    stefan = np.array([0.01, 0.05, 0.1, 0.2, 0.5, 1, 2])
    growth = np.array([0.070593, 0.156821, 0.220016, 0.306424, 0.464786, 0.620063, 0.800601])
    np.testing.assert_allclose(front_growth.neumann_growth(stefan), growth, atol=6e-7)
    ends = front_growth.neumann_profile(np.array([0.0, 2 * growth[3] * 10]), 100.0, 0.2, 1.0)
    np.testing.assert_allclose(ends, [1, 0], atol=1e-5)


def test_deal_grove():
    linear, parabolic = front_growth.deal_grove_constants(2e-7, 1e-14, np.inf, 0.05)
    thickness = np.array([1e-9, 1e-7, 1e-5])
    time = front_growth.deal_grove_time(thickness, linear, parabolic)
    np.testing.assert_allclose(front_growth.deal_grove_thickness(time, linear, parabolic), thickness, rtol=1e-13)
    shares = np.array([0.3, 0.5, 1, 2, 5, 10]) * linear / 2
    expected = [0.885, 0.833, 0.750, 0.667, 0.583, 0.5455]
    np.testing.assert_allclose(front_growth.deal_grove_exponent(shares, linear), expected, atol=6e-4)


@pytest.mark.parametrize("order", range(3))
@pytest.mark.parametrize("ratio", [1.0, 1.0 + 1e-9, 3.81])
def test_quasi_steady_time_is_the_integral_of_its_resistances(order, ratio):
    given = {"rate": 0.7, "diffusivity": 1.3, "conductance": 2.1}

    def slowness(core):
        outer = kinematics.outer_radius(core, 1.0, ratio, order)
        return float(resistances.resistances(core, outer, order, **given).total) / 0.1

    time = front_growth.quasi_steady_time(0.2, 1.0, ratio, order, **given, excess=0.1)
    assert float(time) == pytest.approx(quad(slowness, 0.2, 1, epsabs=1e-13)[0], rel=1e-11)


def test_full_conversion_limited_by_diffusion():
    np.testing.assert_allclose(
        [front_growth.full_layer_area(BETA, order) for order in range(3)], [1.9050, 0.4534, 0.2439], atol=6e-5
    )
    np.testing.assert_allclose([front_growth.full_layer_area(1.0, order) for order in range(3)], [1 / 2, 1 / 4, 1 / 6])


@pytest.mark.parametrize(
    ("shell", "order", "fractions", "expected"),
    [
        (RIGID, WIRE, [0.05, 0.2, 0.5, 0.55, 0.8], [-0.1055, -0.3863, -0.9068, -1.0005, -1.6094]),
        (RIGID, BALL, [0.05, 0.2, 0.5, 0.55, 0.8], [-0.1218, -0.4461, -1.0471, -1.1552, -1.8583]),
        (REVERSED, WIRE, [0.05, 0.2, 0.5, 0.55, 0.8], [-0.0447, -0.3255, -0.8460, -0.9396, -1.5485]),
        (REVERSED, BALL, [0.05, 0.2, 0.5, 0.55, 0.8], [-0.0611, -0.3853, -0.9864, -1.0945, -1.7976]),
    ],
)
def test_radial_stress_at_the_front(shell, order, fractions, expected):
    found = [float(shell.radial(s, s.core, 0.0)) / 1e9 for s in (shape(f, order) for f in fractions)]
    np.testing.assert_allclose(found, expected, atol=6e-5)


@pytest.mark.parametrize("shell", [RIGID, REVERSED, RateDependentShell(1e9, reference_rate=1e-3)])
@pytest.mark.parametrize("order", [WIRE, BALL])
def test_shells_are_in_equilibrium(shell, order):
    s = shape(0.3, order)
    place = np.linspace(float(s.core), float(s.outer), 7)[1:-1]
    whole = [
        -order * quad(lambda r: float(shell.deviator(s, r, 2e-3)) / r, r, float(s.outer), limit=200, epsabs=1)[0] for r in place
    ]
    np.testing.assert_allclose(shell.radial(s, place, 2e-3), whole, rtol=1e-6)


def test_a_shell_born_in_tension_is_rigid_plastic_and_a_plate_bears_nothing_on_its_front():
    s = shape(0.4, WIRE)
    born = ElasticReversal(yield_stress=1e9, shear_modulus=15e9, birth=1.0)
    assert float(born.radial(s, s.core, 0)) == pytest.approx(float(RIGID.radial(s, s.core, 0)), rel=1e-12)
    plate = shape(0.4, PLATE)
    for shell in (RIGID, REVERSED, RateDependentShell(1e9, reference_rate=1.0), StressFree()):
        assert float(Traction().work(plate, shell, FORMULA, 1.0)) == 0
    assert float(RIGID.mean(plate, plate.core, 0)) == pytest.approx(-2e9 / 3)


@pytest.mark.parametrize(
    ("fraction", "order", "shell", "mode", "expected"),
    [
        (0.55, WIRE, RIGID, MeanStress(), 0.0253),
        (0.55, WIRE, REVERSED, MeanStress(), 0.1659),
        (0.55, WIRE, RIGID, Traction(), 0.0937),
        (0.55, WIRE, REVERSED, Traction(), 0.0880),
        (0.5, BALL, RIGID, MeanStress(), 0.0134),
        (0.5, BALL, REVERSED, MeanStress(), 0.1770),
        (0.5, BALL, RIGID, Traction(), 0.0981),
        (0.5, BALL, REVERSED, Traction(), 0.0924),
    ],
)
def test_work_of_stress(fraction, order, shell, mode, expected):
    assert float(mode.work(shape(fraction, order), shell, FORMULA)) == pytest.approx(expected, abs=6e-5)


def test_closed_forms_of_the_printed_equation_with_mean_stresses():
    per = FORMULA.per_stress * 1e9
    for f in (0.05, 0.6):
        ball, log = shape(f, BALL), float(kinematics.log_thickness(f, BETA, BALL))
        closed = per * (2 * (BETA - 1) * log - 2 * BETA / 3)
        assert float(MeanStress().work(ball, RIGID, FORMULA)) == pytest.approx(closed)
        wire, log = shape(f, WIRE), float(kinematics.log_thickness(f, BETA, WIRE))
        closed = per * 2 / np.sqrt(3) * ((BETA - 2 / 3 * 1.28) * log - BETA / 2)
        assert float(MeanStress().work(wire, RIGID, FORMULA)) == pytest.approx(closed)


def test_eshelby_adds_elastic_energy():
    s = shape(0.55, BALL)
    added = float(Eshelby().work(s, REVERSED, FORMULA) - Traction().work(s, REVERSED, FORMULA)) / FORMULA.per_stress
    traction = float(REVERSED.radial(s, s.core, 0))
    bulk = 160e9 / 3 / (1 - 0.56)
    assert added == pytest.approx(BETA * (1e9) ** 2 / (6 * 15e9) - traction**2 / (2 * bulk))


def test_arrest_fractions():
    gamma = np.array([0.5, 1, 2, 2.811, 4, 6, 10])
    wire, ball = (arrest.arrest_fraction(gamma, BETA, order) for order in (WIRE, BALL))
    np.testing.assert_allclose(wire, [0.0865, 0.1828, 0.3895, 0.5499, 0.7387, 0.9118, 0.9920], atol=6e-5)
    np.testing.assert_allclose(ball, [0.0743, 0.1562, 0.3337, 0.4777, 0.6619, 0.8610, 0.9819], atol=6e-5)
    np.testing.assert_allclose(arrest.driving_of_arrest(wire, BETA, WIRE), gamma)
    assert float(arrest.arrest_fraction(1e9, BETA, BALL)) == 1
    assert float(arrest.arrest_fraction(1e-9, BETA, PLATE)) == 1
    number = arrest.driving_number(0.0955, 1e9, FORMULA.stoichiometry, FORMULA.host_volume)
    assert float(number) == pytest.approx(2.865, abs=5e-4)
    for order in (WIRE, BALL):
        f = arrest.mean_stress_arrest_fraction(0.0272 / 0.0955 * 2.865, BETA, order)
        assert float(MeanStress().work(shape(f, order), RIGID, FORMULA)) == pytest.approx(0.0272, abs=1e-5)


@pytest.mark.parametrize(
    ("mode", "drive", "alpha", "speed", "expected"),
    [
        (MeanStress(), 0.0272, 0.5, 0.0056, [0.076, 0.214, 0.379, 0.519, 0.550, 0.559]),
        (Traction(), 0.0955, 0.0, 0.0071, [0.064, 0.183, 0.331, 0.502, 0.550, 0.559]),
        (Traction(), 0.0955, 0.5, 0.0283, [0.173, 0.335, 0.446, 0.527, 0.550, 0.559]),
        (Traction(), 0.0955, 1.0, 0.1334, [0.299, 0.422, 0.489, 0.535, 0.550, 0.559]),
    ],
)
def test_fraction_against_time_of_the_arresting_wire(mode, drive, alpha, speed, expected):
    from scipy.integrate import solve_ivp

    radius = 64.5e-9

    def rate(_, core):
        s = CoreShell(core[0], radius, BETA, WIRE)
        return [
            -front_reaction.prototype_speed(
                s,
                speed=speed * 1e-9,
                drive=drive,
                work=lambda s: mode.work(s, RIGID, FORMULA),
                asymmetry=alpha,
                thermal_voltage=VOLT,
            )
        ]

    times = np.array([5, 15, 30, 60, 90, 180]) * 60.0
    run = solve_ivp(rate, (0, times[-1]), [radius * (1 - 1e-9)], "LSODA", times, rtol=1e-8, atol=1e-16)
    np.testing.assert_allclose(kinematics.reacted_fraction(run.y[0], radius, WIRE), expected, atol=2e-3)


def test_diffusion_under_stress():
    for order in (WIRE, BALL):
        s = shape(0.55, order)
        for volume in (2e-30, 5e-30, 1e-29):
            exponent = float(stress_diffusion.stress_exponent(1e9, order, volume, 298.15))
            factor = stress_diffusion.outer_diffusivity_factor(1e9, order, volume, 298.15)
            law = stress_diffusion.StressDiffusion(activation_volume=volume)

            def resisting(r, s=s, law=law, order=order):
                local = float(law.factor(RIGID.mean(s, r, 0), 298.15))
                return float(s.core**order / r**order) / local

            closed = float(stress_diffusion.rigid_plastic_length(s.core, s.outer, order, exponent, factor))
            assert closed == pytest.approx(quad(resisting, float(s.core), float(s.outer))[0], rel=1e-9)
    wire = shape(0.55, WIRE)
    plain = float(kinematics.diffusion_length(wire.core, wire.outer, WIRE))
    found, inner = [], []
    for volume in (2e-30, 5e-30, 1e-29):
        law = stress_diffusion.StressDiffusion(activation_volume=volume)
        exponent = float(stress_diffusion.stress_exponent(1e9, WIRE, volume, 298.15))
        factor = stress_diffusion.outer_diffusivity_factor(1e9, WIRE, volume, 298.15)
        found.append(float(stress_diffusion.rigid_plastic_length(wire.core, wire.outer, WIRE, exponent, factor)) / plain)
        inner.append(float(law.factor(RIGID.mean(wire, wire.core, 0), 298.15)))
    np.testing.assert_allclose(found, [0.97, 0.97, 1.05], atol=6e-3)
    np.testing.assert_allclose(inner, [0.81, 0.60, 0.36], atol=6e-3)


def test_drift_flux():
    a, b, s, order = 0.5, 1.2, 0.8, BALL
    surface, front = 2.0, 0.7
    flux = float(stress_diffusion.drift_flux(a, b, order, s, surface, front, 1.0))
    # c = r^s (A + B r^(1-m-s)) carries r^m (dc/dr - s c/r) = const
    whole = quad(lambda r: r ** (-order - s), a, b)[0]
    assert flux * a**order * whole == pytest.approx(surface * b**-s - front * a**-s)
    assert float(stress_diffusion.drift_flux(a, b, order, s, b**s, a**s, 1.0)) == pytest.approx(0, abs=1e-12)


def test_core_relaxation():
    gate = CoreRelaxation()
    np.testing.assert_allclose(gate.share(np.array([36.6e-9, 30.6e-9, 15e-9]), 0.0), [0.00247, 0.5, 1.0], atol=1e-5)
