"""Solion against an independent implementation of the same semi-discrete film, in NumPy and SUNDIALS.

Same grid, same start, tight tolerances: what differs is everything but the equations. All runs have one shape.
"""

from itertools import pairwise

import independent_film as independent
import numpy as np
import pytest

import solion as so

pytest.importorskip("sksundae")

CELLS = 60
TIGHT = so.Tolerance(relative=1e-8, absolute=1e-9)
CASES = {
    "LTO7": dict(da_top=0.1, da_bottom=1e-3, alpha_top=0.05, alpha_bottom=0.2),
    "LTO4": dict(da_top=1e-3, da_bottom=1e-6, alpha_top=0.3, alpha_bottom=0.08),
    "step": dict(da_top=1e-2, da_bottom=1e-4, alpha_top=0.5, alpha_bottom=0.5),
}


def memristor(case, filling):
    film = so.Film(so.materials.lithium_titanate(), 80e-9, filling)
    i_D, V_T = film.units.i_D, film.units.V_T
    top, bottom = (
        so.Contact(so.laws.ButlerVolmer(rate=case[f"da_{end}"] * i_D, asymmetry=case[f"alpha_{end}"]))
        for end in ("top", "bottom")
    )
    return so.FilmMemristor(top=top, film=film, bottom=bottom, series_resistance=100.0 * V_T / i_D)


def compare(name, filling, corners, mode):
    """Run both through straight lines between (time, value) corners, in tau_D and V_T or i_D; returns their tables."""
    device = memristor(CASES[name], filling)
    scales = device.scales()
    unit = scales.voltage if mode == "voltage" else scales.current
    protocol = so.Protocol(
        sum(
            (
                so.protocols.ramp(**{mode: (v0 * unit, v1 * unit)}, duration=(t1 - t0) * scales.time, samples=60).steps
                for (t0, v0), (t1, v1) in pairwise(corners)
            ),
            (),
        )
    )
    result = so.simulate(device, protocol, cells=CELLS, tolerance=TIGHT)
    assert result.status == "finished"
    data = result.dataset
    start = device.profile(so.PhaseSeparated(), CELLS)
    times, values = map(np.array, zip(*corners, strict=True))
    samples = np.concatenate([[0.0], *(np.linspace(a, b, 61)[1:] for a, b in pairwise(times))])
    np.testing.assert_allclose(data["scaled_time"].values, samples, atol=1e-12)
    other = independent.simulate(
        CASES[name],
        samples,
        lambda t: float(np.interp(t, times, values)),
        start,
        kinks=times[1:-1],
        mode=mode,
        rtol=1e-9,
        atol=1e-11,
    )
    return data, other


def assert_alike(data, other):
    np.testing.assert_allclose(data["composition"].values, other.composition, atol=1e-5)
    current = data["scaled_current"].values
    np.testing.assert_allclose(current, other.current, atol=1e-5 * np.max(np.abs(current)))
    voltage = data["scaled_voltage"].values
    np.testing.assert_allclose(voltage, other.voltage, atol=1e-5 * np.max(np.abs(voltage)))
    print(
        "composition",
        np.max(np.abs(data["composition"].values - other.composition)),
        "current",
        np.max(np.abs(current - other.current)) / np.max(np.abs(current)),
        "voltage",
        np.max(np.abs(voltage - other.voltage)) / np.max(np.abs(voltage)),
        "evaluations",
        other.evaluations,
        "least",
        other.composition.min(),
    )


def test_lto7_voltammogram():
    data, other = compare("LTO7", 0.9, [(0, 0), (0.8, 100), (2.4, -100), (3.2, 0)], "voltage")
    assert_alike(data, other)


def test_lto4_voltammogram_with_depletion():
    data, other = compare("LTO4", 0.1, [(0, 0), (1.2, 150), (3.6, -150), (4.8, 0)], "voltage")
    assert other.composition.min() < 1e-8
    assert_alike(data, other)


def test_step_current():
    data, other = compare("step", 0.3, [(0, 0), (0.01, 0.12), (3, 0.12), (6, 0.12)], "current")
    assert_alike(data, other)
