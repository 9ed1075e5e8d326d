"""Ions counted: Poisson pulses, fluctuations at rest as thermodynamics has them, and the mean of the smooth cell."""

import numpy as np
import pytest

from solion.base.errors import InputError
from solion.compact.cell import CompactCell, voltage_drive
from solion.compact.counting import count
from solion.compact.integrate import Segment, run_through, sequence
from solion.materials import magnesium_tungsten_oxide

HOST = magnesium_tungsten_oxide()
SITES = HOST.formula_density * 30e-9 * 60e-9 * 10e-9


def cell(**changed):
    numbers = {
        "free_energy": HOST.free_energy,
        "reservoir_energy": HOST.free_energy,
        "conductivity": HOST.conductivity,
        "charge": 2.0,
        "concentration": HOST.concentration,
        "thickness": 10e-9,
        "area": 1.8e-15,
        "transfer_area": 1.8e-15,
        "share": 0.0,
        "supply": 0.0126,
        "ionic_resistance": 10e-9 / 2.8e-3,
        "leak": 0.0,
        "channel_exchange": 0.1,
        "reservoir_exchange": 0.1,
        "aspect": 0.5,
        "offset": HOST.offset,
    }
    return CompactCell(**numbers | changed)


def test_a_pulse_of_few_ions_is_poisson():
    """T13: 0.3 V for 1 ms moves ten ions on average; variance over mean is 1, and the mean is that of the smooth cell."""
    pulse = sequence(Segment(voltage_drive(0.3), 1e-3))
    start = round(0.0126 * SITES)
    found = count(cell(), pulse, 0.0126, devices=4000, seed=7).ions[:, 0] - start
    smooth = (run_through(cell(), pulse, start / SITES)[0][0]) * SITES - start
    assert found.mean() == pytest.approx(smooth, abs=4 * np.sqrt(smooth / 4000))
    assert smooth == pytest.approx(10, abs=1)
    assert found.var(ddof=1) / found.mean() == pytest.approx(1, abs=4 * np.sqrt(2 / 4000))
    assert found.std() / found.mean() == pytest.approx(1 / np.sqrt(smooth), rel=0.05)


def test_fluctuations_at_rest_are_those_of_the_free_energy():
    """var N = sites/(d mu/dx), mu in k_B T: what no choice of rates may change."""
    resting = sequence(Segment(voltage_drive(0.0), 20.0), Segment(voltage_drive(0.0), 20.0))
    found = count(cell(), resting, 0.0126, devices=2000, seed=11, leaps=200).ions[:, -1]
    stiffness = 3 / 0.0126 + HOST.free_energy.slope
    assert found.mean() / SITES == pytest.approx(0.0126, rel=2e-3)
    assert found.var(ddof=1) == pytest.approx(SITES / stiffness, rel=0.12)


def test_the_same_seed_counts_the_same():
    pulse = sequence(Segment(voltage_drive(0.3), 1e-3))
    first, again, other = (count(cell(), pulse, 0.0126, devices=50, seed=seed).ions for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_conductance_goes_with_the_ions():
    found = count(cell(), sequence(Segment(voltage_drive(0.3), 1e-3)), 0.0126, devices=50, seed=3)
    smooth = np.asarray(cell().conductance(found.ions / float(SITES)))
    assert found.conductance == pytest.approx(smooth, rel=1e-9)


def test_what_cannot_be_counted():
    with pytest.raises(InputError, match=r"A leap moves .* more than a tenth; set leaps above"):
        count(
            cell(channel_exchange=1e4, reservoir_exchange=1e4),
            sequence(Segment(voltage_drive(0.3), 1e-4)),
            0.0126,
            devices=2,
            seed=1,
            leaps=1,
        )
    with pytest.raises(InputError, match="is 0 ions, outside the allowed range"):
        count(cell(), sequence(Segment(voltage_drive(0.3), 1e-3)), 1e-9, devices=2, seed=1)
