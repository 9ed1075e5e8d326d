"""What spectra's data do not tell is said: signs, ranks, side lobes, limits of direct current, circuits that do not describe."""

import numpy as np
import pytest

from solion.analysis.spectra.circuit_fit import CircuitNumber, fit_circuit
from solion.analysis.spectra.circuits import Capacitor, ConstantPhase, FiniteLengthWarburg, Inductor, Resistor, Zarc
from solion.analysis.spectra.consistency import kramers_kronig
from solion.analysis.spectra.relaxation import relaxation_times
from solion.base.errors import InputError

F = np.logspace(-2, 6, 81)
W = 2 * np.pi * F
ARC = Resistor(10.0) + Zarc(100.0, 1e-4, 0.9)
TWO = ARC + Zarc(200.0, 1e-1, 0.9)


def noisy(z, share, seed=0):
    random = np.random.default_rng(seed)
    return z * (1 + share * (random.standard_normal(z.size) + 1j * random.standard_normal(z.size)))


@pytest.mark.parametrize("analyse", [relaxation_times, lambda f, z: fit_circuit(ARC, f, z)])
def test_reversed_signs_and_direct_currents_are_refused(analyse):
    z = TWO.impedance(W)
    for wrong, sentence in (
        (np.conj(z), "imaginary part has the wrong sign"),
        (np.conj(noisy(z, 0.02)), "imaginary part has the wrong sign"),
        (-z, "real part is negative at 81 of 81"),
    ):
        with pytest.raises(InputError, match=sentence):
            analyse(F, wrong)
    with pytest.raises(InputError, match="1 rows are at 0 Hz"):
        analyse(np.concatenate(([0.0], F)), np.concatenate(([310.0], z)))
    with pytest.raises(InputError, match="must be numbers"):
        analyse(["a"] * 81, z)


def test_an_inductive_loop_and_leads_are_no_wrong_sign():
    loop = (ARC + (Resistor(50.0) | Inductor(50.0))).impedance(W)
    assert any("inductive loop" in text for text in relaxation_times(F, loop).warnings)
    leads = (ARC + Inductor(1e-5)).impedance(W)
    found = relaxation_times(F, leads)
    assert found.inductance == pytest.approx(1e-5, rel=0.01)
    assert found.polarisation == pytest.approx(100, rel=0.01)
    assert not found.warnings


def test_kramers_kronig_says_the_sign_and_refuses_too_few_points():
    assert any("wrong sign" in text for text in kramers_kronig(F, np.conj(TWO.impedance(W))).warnings)
    assert kramers_kronig(F, TWO.impedance(W)).warnings == ()
    random = np.random.default_rng(0)
    with pytest.raises(InputError, match="4 points cannot decide"):
        kramers_kronig(F[:4], random.standard_normal(4) + 1j * random.standard_normal(4))
    held = 0
    for _ in range(200):
        held += kramers_kronig(F[::10][:8], random.standard_normal(8) + 1j * random.standard_normal(8)).holds()
    assert held == 0


def test_two_sweeps_in_one_file_are_told():
    z = TWO.impedance(W)
    found = kramers_kronig(np.concatenate((F, F)), np.concatenate((z, 1.3 * z)))
    assert any("two sweeps" in text for text in found.warnings)


@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_two_exact_arcs_have_two_peaks(noise):
    found = relaxation_times(F, noisy(TWO.impedance(W), noise))
    peaks = found.peaks()
    assert len(peaks) == 2
    np.testing.assert_allclose([peak.area for peak in peaks], [100, 200], rtol=0.04)
    np.testing.assert_allclose(np.log10([peak.time for peak in peaks]), [-4, -1], atol=0.2 if noise else 0.02)
    assert all(peak.significance > 20 for peak in peaks)


def test_noise_makes_no_peak_beyond_the_data():
    for seed in range(3):
        times = [peak.time for peak in relaxation_times(F, noisy(TWO.impedance(W), 0.05, seed)).peaks()]
        assert all(1 / W.max() <= time <= 1 / W.min() for time in times)
        assert len(times) == 2


def test_a_resistor_beside_a_capacitor_without_a_series_resistance():
    found = relaxation_times(F[:71], 1 / (1 / 200 + 1j * W[:71] * 1e-3))
    (peak,) = found.peaks()
    assert peak.area == pytest.approx(200, rel=2e-3)
    assert peak.time == pytest.approx(0.200, rel=0.01)


@pytest.mark.parametrize("choice", ["gcv", "l-curve"])
def test_two_arcs_over_eleven_decades(choice):
    f = np.logspace(0, 11, 111)
    z = (Zarc(2e-3, 8.85e-9) + Zarc(2e-3, 1e-3)).impedance(2 * np.pi * f)
    found = relaxation_times(f, z, regularisation=choice)
    assert [peak.area for peak in found.peaks()] == pytest.approx([2e-3, 2e-3], rel=0.01)
    assert found.residual < 5e-3


def test_a_limit_of_direct_current_that_is_not_reached_is_told():
    blocking = (ARC + Capacitor(1e-2)).impedance(W)
    told = relaxation_times(F, blocking)
    assert any("limit of direct current" in text and "blocking=True" in text for text in told.warnings)
    found = relaxation_times(F, blocking, blocking=True)
    assert found.warnings == ()
    assert found.capacitance == pytest.approx(1e-2, rel=1e-3)
    assert found.polarisation == pytest.approx(100, rel=1e-3)
    warburg = relaxation_times(F, (ARC + FiniteLengthWarburg(500.0, 1e4)).impedance(W))
    assert any("limit of direct current" in text for text in warburg.warnings)
    assert [peak.area for peak in warburg.peaks()] == pytest.approx([100], rel=0.02)
    assert relaxation_times(F, TWO.impedance(W)).warnings == ()


@pytest.mark.parametrize("noise", [0.0, 1e-3])
def test_numbers_that_the_data_cannot_tell(noise):
    z = noisy(ARC.impedance(W), noise)
    sum_only = fit_circuit(Resistor(3.0) + Resistor(5.0) + Zarc(80.0, 1e-4, 0.8), F, z)
    assert [sum_only[f"Resistor{k}.resistance"].determined for k in (0, 1)] == [False, False]
    assert "not determined" in str(sum_only["Resistor0.resistance"])
    assert any("only their sum is known, 10" in text or "only their sum is known, 9.99" in text for text in sum_only.warnings)
    assert sum_only["Zarc2.resistance"].determined
    many = fit_circuit(Resistor(3.0) + Zarc(30.0, 1e-4, 0.8) + Zarc(80.0, 1e-3, 0.8), F, z)
    assert any("do not determine" in text for text in many.warnings)
    errors = np.array([number.error for number in many.numbers])
    assert not np.any(np.isnan(errors))
    assert np.all(errors > 0)


def test_a_circuit_that_does_not_describe_the_data():
    z = noisy((ARC + Inductor(3e-6)).impedance(W), 1e-3)
    found = fit_circuit(ARC, F, z)
    assert any("add + Inductor" in text for text in found.warnings)
    assert fit_circuit(ARC + Inductor(1e-6), F, z).warnings == ()


def test_a_far_start_is_left():
    def nested(r0, q1, n1, r1, q2, n2, r2):
        return Resistor(r0) + (ConstantPhase(q1, n1) | (Resistor(r1) + (ConstantPhase(q2, n2) | Resistor(r2))))

    z = nested(10.0, 1e-6, 0.9, 100.0, 1e-3, 0.8, 300.0).impedance(W)
    found = fit_circuit(nested(1e3, 1.0, 0.5, 1.0, 1e-9, 0.5, 1e5), F, z)
    assert found["Resistor4.resistance"].value == pytest.approx(300, rel=1e-4) or found.warnings
    assert found.residual < 1e-6 or any("does not describe" in text for text in found.warnings)


def test_any_allowed_exponent_is_a_start():
    found = fit_circuit(Resistor(3.0) + (Resistor(80.0) | ConstantPhase(1e-3, 1e-4)), F, ARC.impedance(W))
    assert found["ConstantPhase2.exponent"].value == pytest.approx(0.9, rel=1e-6)


@pytest.mark.parametrize(
    ("value", "error", "unit", "text"),
    [
        (0.9, 0.11, "1", "n = 0.90 ± 0.11"),
        (0.9, 0.001, "1", "n = 0.9000 ± 0.0010"),
        (1000.0, 12.0, "ohm m^2", "n = 1000 ± 12 ohm m^2"),
        (2.5e-7, 1e-9, "s", "n = 2.500e-07 ± 1.0e-09 s"),
        (0.9, 0.0, "", "n = 0.9, fixed"),
    ],
)
def test_a_fitted_number_keeps_its_digits(value, error, unit, text):
    assert str(CircuitNumber("n", value, error, unit)) == text
