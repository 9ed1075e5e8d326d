"""Coated electrode: closed forms, the solver against them, diffusion in time, impedance, and what must be refused."""

import dataclasses
import functools
import operator
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq

import solion
from solion.analysis.nucleation_statistics import nucleus_count
from solion.analysis.spectra.circuits import Capacitor, Resistor, TerminatedWarburg
from solion.analysis.spectra.coating import fit_coating
from solion.balances.coating_paths import Path, PorePath, SymmetricExchange, share, threshold
from solion.balances.electrode import shared
from solion.base.constants import FARADAY, thermal_voltage
from solion.base.errors import InputError
from solion.devices import ClassicalNucleation, CoatedElectrode, CoatingLayer, ConnectedPores
from solion.devices.coating_region import CoatingRegion
from solion.experiments import CoatingSpectrum, Plating
from solion.explore.coating.spectrum import layer_of_spectrum
from solion.laws import (
    AlloyTransport,
    InsertionButlerVolmer,
    IonTransport,
    MarcusHushChidsey,
    Unmodulated,
    WagnerTransport,
    coating,
)
from solion.materials import coating_row, coating_table, handbook_factors
from solion.protocols import hold

VOLT = thermal_voltage(298.15)
ALLOY = AlloyTransport(concentration=7e4, diffusivity=1e-11, thermodynamic_factor=100.0)
QUICK = InsertionButlerVolmer(exchange_current=1e9)


def reference(**more):
    chosen: dict[str, Any] = {"into": QUICK, "bottom": QUICK} | more
    return CoatedElectrode((CoatingLayer(ALLOY, 1e-5, 1e7),), **chosen)


def exchange(value):
    return SymmetricExchange(value, VOLT)


def test_conductivity_and_the_measures():
    sigma = coating.alloy_conductivity(7e4, 1e-11, 100, 298.15)
    assert sigma == pytest.approx(0.026287642, rel=1e-7)
    onset = coating.onset_current(1e-5 / sigma, 0.02)
    excess = coating.critical_excess(7e4, 0.02, 100, 298.15)
    assert onset == pytest.approx(52.57528, rel=1e-6)
    assert coating.range_current(1e-11, excess, 1e-5) == pytest.approx(onset, rel=1e-12)  # T10: F D dc_crit/L is the onset
    naive = coating.range_current(1e-11, 7e4, 1e-5)
    assert naive / onset == pytest.approx(100 * VOLT / 0.02, rel=1e-12)
    assert excess == pytest.approx(544.904, rel=1e-5)
    times = coating.sand_nucleation_time(1e-11, excess, onset * np.array([1.05, 1.5, 3, 10]))
    np.testing.assert_allclose(times, [7.124, 3.4907, 0.87266, 0.078540], rtol=1e-4)
    assert coating.tolerated_current(1.0, 1.0, 10.0, 0.01) == pytest.approx(1.1236, abs=5e-5)
    assert coating.tolerated_current(1.0, 1.0, 10.0, 0.05) == pytest.approx(2.2222, abs=5e-5)
    assert np.all(np.isinf(coating.tolerated_current(1.0, 1.0, 1e3, np.array([0.01, 0.05]))))
    assert coating.needed_resistance_ratio(0.01) == pytest.approx(99.0)  # sigma_e/sigma_Li below 0.0101
    mixed = coating.mixed_diffusivity(sigma, 1e9, 7e4, 100, 298.15)
    assert mixed == pytest.approx(1e-11, rel=1e-9)  # Wagner's D_chem of an alloy is its own
    of_potential = coating.solid_solution_current(lambda eta: sigma * (1 + eta), 0.02, 1e-5)
    assert of_potential == pytest.approx(sigma * (0.02 + 0.0002) / 1e-5, rel=1e-12)


def test_threshold_of_the_solver_and_eight_decades():
    diffusivity, length = np.geomspace(1e-16, 1e-8, 9)[:, None], np.geomspace(1e-8, 1e-4, 5)
    resistance = length / np.asarray(coating.alloy_conductivity(7e4, diffusivity, 100, 298.15))
    found = threshold(Path(resistance, (exchange(1e30),)), 0.02)
    np.testing.assert_allclose(found, 0.02 / resistance, rtol=1e-12)
    slope = np.diff(np.log(found), axis=0) / np.log(10)
    np.testing.assert_allclose(slope, 1.0, rtol=1e-9)  # +1 in D; -1 in L and W by R_U, +1 in eta_nuc:
    np.testing.assert_allclose(threshold(Path(resistance, (exchange(1e30),)), 0.04), 2 * np.asarray(found), rtol=1e-12)


def test_thresholds_with_interfaces():
    assert reference(bottom=InsertionButlerVolmer(exchange_current=1e3)).thresholds().onset_up / 10 == pytest.approx(
        4.92493, rel=2e-6
    )
    for exchange_current, expected in ((100.0, 3.14324), (10.0, 0.689338)):
        device = reference(into=InsertionButlerVolmer(exchange_current=exchange_current))
        assert device.thresholds().onset_electrolyte / 10 == pytest.approx(expected, rel=2e-6)
    pressed = reference(pressure=1e6)
    assert pressed.offset == pytest.approx(0.134425e-3, rel=2e-4)
    assert pressed.thresholds().onset_up == pytest.approx(52.57528 * (1 - pressed.offset / 0.02), rel=1e-5)


def test_a_nucleated_top_takes_the_electrons_share():
    ratio = np.array([1e-8, 1e-4, 1e-2, 0.1, 1, 10, 1e8])
    resistance, current = 1e-5 / 0.026287642, 5 * 52.57528
    both = (Path(resistance, (exchange(1e12),) * 2), Path(resistance / ratio, (exchange(1e12),)))
    found = share(both, current)
    np.testing.assert_allclose(found.currents[:, 1] / current, ratio / (1 + ratio), rtol=1e-6)
    assert found.overpotential[1] == pytest.approx(99.99e-3, rel=1e-5)
    np.testing.assert_allclose(found.currents.sum(-1), current, rtol=1e-12)


def test_extreme_interfaces_stay_finite():
    paths = (Path(1e-12, (exchange(1e-12), exchange(1e12))), Path(np.array([1e-12, 1e12]), (exchange(1e-9),)))
    found = share(paths, np.array([1e8, 1e-8]))
    assert np.all(np.isfinite(found.overpotential))
    assert np.all(np.asarray(found.currents) >= 0)
    pores = PorePath(1e2, 5e3, VOLT, 0.05)
    for current in (1e-6, 1.0, 249.0):
        assert pores.current(pores.overpotential(current)) == pytest.approx(current, rel=1e-9)
    assert np.isinf(pores.overpotential(251.0))
    for current in (-1e-6, -1.0, -1e9):  # stripped, which no limit bounds
        assert pores.current(pores.overpotential(current)) == pytest.approx(current, rel=1e-9)
    none = PorePath(1e2, 5e3, VOLT, 0.0)
    assert (none.current(-60.0), none.current(60.0)) == (0.0, 0.0)


def test_table_of_diffusivities():
    table = coating_table()
    assert len(table) == 14
    assert all(row.low <= row.high for row in table.values())
    assert len(handbook_factors()) == 16
    assert table["LiZn-25C-GITT"].flag == "order"
    assert table["LiZn-25C-GITT"].low == pytest.approx(4e-12)
    assert table["Li4.7Ag-25C-GITT"].low == pytest.approx(1.2e-13)
    assert "Li13Sn5-415C-GITT" in table
    hot = coating_row("Li22Sn5-415C-GITT")
    scaled = hot.at(298.15)
    assert scaled.extrapolated == pytest.approx(688.15)
    assert hot.extrapolated is None
    assert scaled.middle == pytest.approx(coating_row("Li22Sn5-25C-GITT").middle, rel=2e-3)
    source = dict(scaled.transport().sources)["diffusivity"].source
    assert source.provenance == "derived"
    assert "extrapolated" in source.reference
    assert coating_row("Li3Sb-360C-GITT").factor.low == pytest.approx(70.0)
    assert "measure it first" in coating_row("LiZn-25C-GITT").factor.said
    with pytest.raises(InputError, match="did you mean"):
        coating_row("Li22Sn5-25C-GIT")


def test_scan_latches_and_strips():
    row = coating_row("Li22Sn5-25C-GITT")
    law = InsertionButlerVolmer(exchange_current=1e4)
    sigma = float(row.transport().conductivity(298.15))
    device = CoatedElectrode((CoatingLayer(row.transport(), 1e-5, 1e6 * sigma),), into=law, bottom=law, above=law)
    data = Plating(lowest=10.0, highest=200.0, points=30, hold=1.0, strip=200.0).run(device).dataset
    assert float(data["onset_closed"]) == pytest.approx(56.67, rel=1e-4)
    top, nucleated, current = (data[name].values for name in ("share_top", "nucleated", "current_density"))
    assert top[0] == 0
    assert top[29] == pytest.approx(0.9929, abs=5e-5)
    assert nucleated[58] == 1
    assert top[58] > 0.9
    assert nucleated[-1] == 0
    assert data["top_thickness"].values[-1] == 0
    assert current[-1] == -200
    parts = sum(data[name] for name in ("part_transfer", "part_layers", "part_lithium", "part_pressure"))
    np.testing.assert_allclose(parts, data["voltage"], rtol=1e-9, atol=1e-12)


def test_no_electrons_no_top_and_a_law_that_levels_off():
    blocked = CoatedElectrode((CoatingLayer(IonTransport(ion_conductivity=2e-4), 1e-6, 0.0),))
    result = Plating(lowest=1.0, highest=200.0, points=30).run(blocked)
    assert np.isinf(result.dataset["onset_up"])
    assert np.all(result.dataset["share_top"] == 0)
    assert any("no electrons" in text for text in result.warnings)
    with pytest.raises(InputError, match="nothing changes in time"):
        solion.simulate(blocked, hold(current=1e-4, duration=1.0), cells=10)
    levelling = MarcusHushChidsey(rate=1.0, reorganization=0.1, prefactor=Unmodulated())
    with pytest.raises(InputError, match="no path carries"):
        Plating(lowest=1.0, highest=1e6, points=2).run(reference(into=levelling, above=levelling))


def exact_time(factor):
    """t at which 1 - (8/pi^2) sum exp(-(2n+1)^2 pi^2 D t/4 L^2)/(2n+1)^2 is 1/factor; L^2/D = 10 s."""
    odd = (2 * np.arange(4000) + 1) ** 2

    def short(t):
        return factor * (1 - 8 / np.pi**2 * np.sum(np.exp(-odd * np.pi**2 * t / 40) / odd)) - 1

    return brentq(short, 1e-3, 30.0)


@pytest.mark.parametrize(("factor", "printed"), [(1.05, 11.513), (1.5, 3.6056), (3.0, 0.87322), (10.0, 0.078591)])
def test_time_to_nucleation(factor, printed):
    steps = hold(current=factor * 52.57528e-4, duration=20.0, samples=3).until("supersaturation", above=0.02)
    run = solion.simulate(reference(), steps, cells=200)
    found = float(run.dataset["time"][-1])
    assert found == pytest.approx(exact_time(factor), rel=2e-4)
    assert found == pytest.approx(printed, rel=0.01)
    assert run.status == "finished"
    assert all(entry["ok"] for entry in run.audit.values())


class WrongPressure(CoatingRegion):
    """The metal's pressure pulls lithium where it pushes."""

    def state(self, y):
        fields = super().state(y)
        drop, resistance = fields.potential[-1] + self.offset, self.resistances[-1]
        over = shared(self.metal, drop, resistance)
        return fields._replace(joining=(drop - over) / resistance, overpotential=over)


class LostFlux(CoatingRegion):
    """One cell receives a tenth less than its neighbour gives."""

    def _net(self, state, current):
        return super()._net(state, current).at[4].add(-0.1 * state.inner[3])


def planted(fault):
    class Planted(CoatedElectrode):
        def _region(self, cells, scales, top):
            whole = super()._region(cells, scales, top)
            return fault(**{field.name: getattr(whole, field.name) for field in dataclasses.fields(whole)})

    return Planted((CoatingLayer(ALLOY, 1e-5, 1e7),), into=QUICK, bottom=QUICK, pressure=2e7)


@pytest.mark.parametrize(
    ("fault", "tolerance", "check"),
    [
        (CoatingRegion, None, ""),
        (CoatingRegion, solion.Tolerance(relative=0.1, absolute=0.1), "time error"),
        (WrongPressure, None, "power balance"),
        (LostFlux, None, "conservation"),
    ],
)
def test_the_audit_of_a_coating_can_fail(fault, tolerance, check):
    """A wrong sign, a lost flux and loose tolerances, each found by the check that is about it, and a right run by none."""
    settings = {"tolerance": tolerance} if tolerance else {}
    steps = functools.reduce(operator.add, [hold(current=sign * 4e-3, duration=5.0, samples=5) for sign in (1, -1, 1)])
    run = solion.simulate(planted(fault), steps, cells=200, **settings)  # as many as where a time is taken: one program
    wrong = [name for name, entry in run.audit.items() if not entry["ok"]]
    assert (run.status == "doubtful") == bool(check)
    assert (check in wrong) if check else not wrong, run.audit


def test_layers_and_pressure_in_time_and_a_top_that_nucleates_latches_and_is_stripped():
    """Never below the onset; above it late by what N = 1 takes, there to stay at a fifth of it, gone in reverse, and not back."""
    row = WagnerTransport(ion_conductivity=0.05, concentration=5e4, thermodynamic_factor=50.0)
    law = InsertionButlerVolmer(exchange_current=1e4)
    device = CoatedElectrode(
        (
            CoatingLayer(ALLOY, 1e-5, 1e7),
            CoatingLayer(row, 2e-6, 1e3),
            CoatingLayer(IonTransport(ion_conductivity=1e-3), 1e-8, 1e3),
        ),
        into=law,
        above=law,
        bottom=InsertionButlerVolmer(exchange_current=1e3),
        pressure=2e6,
        nucleation=ClassicalNucleation(),
    )
    onset = device.thresholds().onset_up
    levels = ((0.7, 300.0, 31), (0.0, 300.0, 4), (3.0, 20.0, 201), (0.2, 100.0, 11), (-1.0, 150.0, 31), (0.2, 100.0, 4))
    steps = [hold(current=share * onset * 1e-4, duration=duration, samples=samples) for share, duration, samples in levels]
    run = solion.simulate(device, functools.reduce(operator.add, steps), cells=20)
    data = run.dataset
    time, nuclei, top, joined, film, drive = (
        data[name].values
        for name in ("time", "nuclei", "current_density_top", "joining_current_density", "top_thickness", "supersaturation")
    )
    ends = [int(np.argmin(np.abs(time - t + 1e-6))) for t in np.cumsum([duration for _, duration, _ in levels])]
    known = Path(device.ion_resistance, (exchange(1e3),), device.offset)
    assert drive[ends[0]] == pytest.approx(float(known.overpotential(0.7 * onset)), rel=1e-4)
    assert nuclei[ends[1]] < 1
    assert drive[ends[1]] == pytest.approx(device.offset, rel=1e-2)
    rising = slice(ends[1] + 2, ends[2] + 1)
    first = time[rising][np.argmax(nuclei[rising] > 1)] - 600
    assert 0 < first < 3
    assert 0.02 < drive.max() < 0.03
    assert top[ends[2]] > 0.9 * 3 * onset
    assert film[ends[2]] == pytest.approx(np.trapezoid(top[rising], time[rising]) * 12.97e-6 / FARADAY, rel=0.01)
    assert top[ends[3]] > 0.9 * 0.2 * onset, "latched far below the onset"
    assert film[ends[3]] > film[ends[2]]
    assert film[ends[4]] < 1e-6 * film[ends[3]], "stripped"
    assert top[ends[5]] < 1e-3 * joined[ends[5]], "underneath again: the barrier is back"
    assert all(entry["ok"] for entry in run.audit.values()), run.audit
    count = nucleus_count(time[rising], drive[rising], 0.02, 1e-4)
    assert count.first - 600 == pytest.approx(first, abs=0.1)
    assert count.probability[-1] == pytest.approx(1.0)
    with pytest.raises(InputError, match="times in order"):
        nucleus_count([1.0, 0.0], [0.1, 0.1], 0.02, 1e-4)


def test_impedance_and_its_fit(tmp_path):
    scan = CoatingSpectrum(np.geomspace(1e-4, 1e5, 46))
    values = scan.impedance(reference(), 2 * np.pi * np.array([1e-4, 1e-2, 1.0])) * 1e4
    np.testing.assert_allclose(values, [3.80405 - 0.00797j, 3.6160 - 0.7489j, 0.33934 - 0.33935j], atol=5e-5)
    high = scan.impedance(reference(), np.array([1e4]))
    assert -np.imag(high) / np.real(high) == pytest.approx(1.0, rel=1e-4)
    device = reference(into=InsertionButlerVolmer(exchange_current=100.0), bottom=InsertionButlerVolmer(exchange_current=1e3))
    spectrum = scan.run(device).dataset
    values = spectrum["impedance_real"].values + 1j * spectrum["impedance_imaginary"].values + 5e-4
    fit = fit_coating(spectrum["frequency"].values, values, 1e-5, bottom=VOLT / 1e3)
    assert fit.conductivity.value == pytest.approx(0.026287642, rel=1e-5)
    assert fit.diffusivity.value == pytest.approx(1e-11, rel=1e-5)
    file, rows = tmp_path / "mine.csv", np.column_stack([spectrum["frequency"], 1e4 * values.real, 1e4 * values.imag])
    np.savetxt(file, rows, delimiter=",", header="Frequency (Hz),Re(Z) (ohm),Im(Z) (ohm)", comments="")
    given = {"thickness": "10 um", "area": "1 cm^2", "i02": "1000 A/m^2", "barrier": "20 mV", "temperature": "298.15 K"}
    assert "nucleates from 5.26 mA/cm^2" in layer_of_spectrum(file, given)[-1]
    with pytest.raises(InputError, match="give the area"):
        layer_of_spectrum(file, given | {"area": ""})


def test_errors_of_a_fit_hold_where_noise_is_no_equal_share():
    """Noise of 1 % of each part of Z: errors from one variance of all rows are a factor of 1.4 too small (decision 0056)."""
    f = np.geomspace(1e-4, 1e5, 46)
    values = {"serial": 5e-4, "transfer": VOLT / 100, "double": 0.1, "layer": 1e-5 / 0.026287642, "time": 10.0}

    def impedance(logs):
        serial, transfer, double, layer, time = np.exp(logs)
        at = Resistor(serial) + (Resistor(transfer) | Capacitor(double)) + TerminatedWarburg(layer, time, VOLT / 1e3)
        return at.impedance(2 * np.pi * f)

    logs = np.log(list(values.values()))
    z, shifts = impedance(logs), 1e-5 * np.eye(5)
    slopes = np.array([(impedance(logs + shift) - impedance(logs - shift)) / 2e-5 / abs(z) for shift in shifts]).T
    inverse = np.linalg.pinv(np.concatenate([slopes.real, slopes.imag]))
    exact = np.sqrt(np.sum((inverse * 1e-2 * np.concatenate([z.real, z.imag]) / np.tile(abs(z), 2)) ** 2, axis=1))
    found = []
    for seed in range(8):
        noise = 1e-2 * np.random.default_rng(seed).standard_normal((2, f.size))
        fit = fit_coating(f, z + noise[0] * z.real + 1j * noise[1] * z.imag, 1e-5, bottom=VOLT / 1e3)
        found.append([fit.conductivity.error / fit.conductivity.value, fit.diffusivity.error / fit.diffusivity.value])
    np.testing.assert_allclose(np.mean(found, axis=0) / exact[3:], 1.0, atol=0.15)


def test_two_layers_are_a_line_of_finite_lengths():
    omega = np.geomspace(1e-3, 1e3, 7)
    whole = coating.stack_impedance([2.0], [4.0], 0.3, omega)
    halves = coating.stack_impedance([1.0, 1.0], [1.0, 1.0], 0.3, omega)  # a layer cut in two, tau goes with L^2
    np.testing.assert_allclose(whole, halves, rtol=1e-12)


def test_refusals():
    with pytest.raises(InputError, match="cm2/s"):
        CoatedElectrode((CoatingLayer(dataclasses.replace(ALLOY, diffusivity=1e-7), 1e-5),))
    with pytest.raises(InputError, match="allowed range"):
        AlloyTransport(concentration=7e4, diffusivity=1e-5, thermodynamic_factor=100.0)
    with pytest.raises(InputError, match="at least one CoatingLayer"):
        CoatedElectrode(())
    with pytest.raises(InputError, match="fraction"):
        ConnectedPores(1.2)
    with pytest.raises(InputError, match="not above lowest"):
        Plating(lowest=10.0, highest=1.0)
    assert ConnectedPores(0.05).limit(1e-5) / 10 == pytest.approx(5.22, rel=1e-3)
    assert pytest.approx(96485.33212) == FARADAY
