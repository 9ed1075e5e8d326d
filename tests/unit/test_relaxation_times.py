"""Relaxation times, circuits and the Kramers-Kronig test on synthetic spectra of three arcs, with and without noise."""

from importlib.util import find_spec

import numpy as np
import pytest

from solion.analysis.spectra.circuit_fit import fit_circuit
from solion.analysis.spectra.circuits import (
    Capacitor,
    ConstantPhase,
    FiniteLengthWarburg,
    FiniteSpaceWarburg,
    Inductor,
    Resistor,
    Zarc,
    custom_circuit,
    impedance_py,
)
from solion.analysis.spectra.consistency import kramers_kronig
from solion.analysis.spectra.relaxation import relaxation_times
from solion.base.errors import InputError

FREQUENCY = np.logspace(0, 9, 91)
OMEGA = 2 * np.pi * FREQUENCY
AREAS, TIMES = (2.000e-3, 1.915e-4, 2.000e-3), (8.85e-9, 1.77e-6, 1.0e-3)  # ohm m^2, s: grains, boundaries, electrode
ARCS = Resistor(1e-5) + Zarc(AREAS[0], TIMES[0]) + Zarc(AREAS[1], TIMES[1]) + Zarc(AREAS[2], TIMES[2])


def spectrum(noise=0.0, seed=0):
    z, random = ARCS.impedance(OMEGA), np.random.default_rng(seed)
    return z + noise * np.abs(z) * (random.standard_normal(z.size) + 1j * random.standard_normal(z.size))


@pytest.mark.parametrize("noise", [0.0, 1e-3])
@pytest.mark.parametrize("choice", ["gcv", "l-curve", 1e-6])
def test_three_arcs_are_found_with_their_times_and_areas(noise, choice):
    found = relaxation_times(FREQUENCY, spectrum(noise), regularisation=choice)
    peaks = found.peaks(0.01)
    assert len(peaks) == 3
    np.testing.assert_allclose(np.log10([peak.time for peak in peaks]), np.log10(TIMES), atol=0.1)
    # a chosen penalty may be coarser than the one that cross-validation finds, and noise moves the smallest arc
    np.testing.assert_allclose([peak.area for peak in peaks], AREAS, rtol=0.03 if choice == "gcv" and not noise else 0.06)
    assert found.polarisation == pytest.approx(sum(AREAS), rel=5e-3)
    assert found.residual < 5e-3
    assert np.all(found.gamma >= 0)


def test_one_relaxation_has_the_area_of_its_resistance():
    """On the grid or between its points; a depressed arc is as wide as its exponent says."""
    for time in (1e-4, 1.13e-4, 1.2e-4):
        z = (Resistor(2.0) + Zarc(5.0, time)).impedance(OMEGA / 1e3)
        (peak,) = relaxation_times(FREQUENCY / 1e3, z).peaks(0.01)
        assert peak.area == pytest.approx(5.0, rel=5e-3)
        assert np.log10(peak.time / time) == pytest.approx(0.0, abs=0.03)
    wide = relaxation_times(FREQUENCY / 1e3, (Resistor(2.0) + Zarc(5.0, 1e-4, 0.8)).impedance(OMEGA / 1e3))
    x = np.log(wide.time / 1e-4)
    exact = 5 * np.sin(0.2 * np.pi) / (2 * np.pi * (np.cosh(0.8 * x) - np.cos(0.2 * np.pi)))
    inside = np.abs(x) < 4
    np.testing.assert_allclose(wide.gamma[inside], exact[inside], atol=0.05 * exact.max())


def test_an_inductance_of_the_leads_is_told_apart():
    z = spectrum() + 1j * OMEGA * 1e-12
    found = relaxation_times(FREQUENCY, z, inductance=True)
    assert found.inductance == pytest.approx(1e-12, rel=0.05)
    assert found.residual < 5e-3


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"regularisation": "gvc"}, "did you mean 'gcv'"),
        ({"regularisation": 0.0}, "outside its allowed range"),
        ({"frequency": FREQUENCY[:10]}, "give one impedance for each"),
        ({"frequency": np.linspace(1, 2, 91)}, "span 0.3 decades"),
        ({"frequency": -FREQUENCY}, "must be finite and positive"),
    ],
)
def test_refusals(change, sentence):
    given = {"frequency": FREQUENCY, "impedance": spectrum()} | change
    with pytest.raises(InputError, match=sentence):
        relaxation_times(given.pop("frequency"), given.pop("impedance"), **given)


def test_elements():
    w = np.array([1e-6, 1.0, 1e6])
    space, length = FiniteSpaceWarburg(2.0, 3.0), FiniteLengthWarburg(2.0, 3.0)
    low = space.impedance(w)[0]
    assert low.real == pytest.approx(2 / 3, rel=1e-6)  # R/3 in series with the capacitance tau/R
    assert -1 / (1e-6 * low.imag) == pytest.approx(1.5, rel=1e-6)
    assert length.impedance(w)[0] == pytest.approx(2.0, rel=1e-5)
    high = 2 / np.sqrt(3j * 1e6)
    assert space.impedance(w)[2] == pytest.approx(high)
    assert length.impedance(w)[2] == pytest.approx(high)
    np.testing.assert_allclose(ConstantPhase(2.0, 1.0).impedance(w), Capacitor(2.0).impedance(w))
    zarc, parallel = Zarc(3.0, 0.5, 0.8), Resistor(3.0) | ConstantPhase(0.5**0.8 / 3.0, 0.8)
    np.testing.assert_allclose(zarc.impedance(w), parallel.impedance(w))
    np.testing.assert_allclose((Resistor(1.0) + Inductor(2.0)).impedance(w), 1 + 2j * w)


def test_a_fit_returns_the_circuit_and_its_errors_cover_it():
    start = Resistor(3e-5) + Zarc(1e-3, 3e-8) + Zarc(1e-3, 1e-6, 0.9) + Zarc(1e-3, 1e-2)
    exact = fit_circuit(start, FREQUENCY, spectrum())
    np.testing.assert_allclose([exact[f"Zarc{k}.resistance"].value for k in (1, 2, 3)], AREAS, rtol=1e-4)
    fixed = [f"Zarc{k}.exponent" for k in (1, 3)]
    noisy = [fit_circuit(start, FREQUENCY, spectrum(5e-3, seed), fixed=fixed) for seed in range(20)]
    off = np.array(
        [
            [
                (f["Zarc2.resistance"].value - AREAS[1]) / f["Zarc2.resistance"].error,
                (f["Zarc3.time"].value - TIMES[2]) / f["Zarc3.time"].error,
            ]
            for f in noisy
        ]
    )
    assert 0.6 < np.sqrt(np.mean(off**2)) < 1.6
    assert noisy[0]["Zarc1.exponent"].error == 0.0
    assert "Zarc3.time = 0.00" in str(noisy[0]["Zarc3.time"])


def test_fit_refusals():
    with pytest.raises(InputError, match=r"did you mean 'Zarc1\.time'"):
        fit_circuit(ARCS, FREQUENCY, spectrum(), fixed=["Zarc1.tiem"])
    with pytest.raises(InputError, match="too few"):
        fit_circuit(ARCS, FREQUENCY[:4], spectrum()[:4])
    with pytest.raises(InputError, match="is unknown; its numbers"):
        fit_circuit(Resistor(1.0), FREQUENCY, np.full(91, 2.0 + 0j))["R"]


def test_the_string_for_another_package():
    circuit = Resistor(1.0) + (Resistor(2.0) | ConstantPhase(0.1, 0.9) | Capacitor(3.0)) + FiniteSpaceWarburg(4.0, 5.0)
    assert impedance_py(circuit) == ("R0-p(R1,CPE2,C3)-Wo4", [1.0, 2.0, 0.1, 0.9, 3.0, 4.0, 5.0])
    if find_spec("impedance") is None:
        with pytest.raises(InputError, match="the extra 'circuits' of solion"):
            custom_circuit(circuit)
    else:
        predicted = custom_circuit(circuit).predict(FREQUENCY, use_initial=True)
        np.testing.assert_allclose(predicted, circuit.impedance(OMEGA), rtol=1e-9)


def test_kramers_kronig():
    assert kramers_kronig(FREQUENCY, spectrum()).largest < 1e-4
    assert kramers_kronig(FREQUENCY, spectrum(1e-3)).holds()
    drifting = spectrum() * (1 + 0.2 * np.linspace(0, 1, 91) ** 2)  # the cell changed while it was measured
    late = np.where(FREQUENCY < 1e4, 1.1, 1.0) * spectrum()
    assert not kramers_kronig(FREQUENCY, late).holds()
    assert kramers_kronig(FREQUENCY, drifting).largest > 3e-3
