"""Patches of a coating: an even one is the electrode, thick ones nucleate first where transfer is slow, Weibull is recovered."""

import numpy as np
import pytest

from solion.base.errors import InputError
from solion.devices import CoatedElectrode, CoatingLayer
from solion.explore.coating_patches import first_nucleation, random_patches, weibull
from solion.laws import AlloyTransport, InsertionButlerVolmer

ALLOY = AlloyTransport(concentration=7e4, diffusivity=1e-11, thermodynamic_factor=100.0)


def test_patches():
    device = CoatedElectrode((CoatingLayer(ALLOY, 1e-5, 1e7),), into=InsertionButlerVolmer(exchange_current=10.0))
    even = first_nucleation(device, np.ones((2, 4)), np.ones((2, 4)))
    np.testing.assert_allclose(even.current, device.thresholds().onset_up, rtol=1e-9)
    assert even.even == pytest.approx(device.thresholds().onset_up, rel=1e-9)
    np.testing.assert_allclose(even.focus, 1.0, rtol=1e-12)
    uneven = np.array([[1.0, 2.0, 1.0, 0.5], [1.0, 1.0, 1.0, 1.0]])
    found = first_nucleation(device, uneven, np.ones((2, 4)))
    assert found.patch[0] == 1
    assert found.focus[0] > 1.05
    weak = first_nucleation(device, np.ones((2, 4)), np.array([[1.0, 1.0, 0.1, 1.0], [1.0, 1.0, 1.0, 1.0]]))
    assert weak.patch[0] == 2
    assert weak.current[0] < 0.2 * weak.current[1]


def test_weibull_and_its_scaling():
    draw = 40.0 * np.random.default_rng(1).weibull(3.0, 20000)
    fit = weibull(draw)
    assert fit.shape == pytest.approx(3.0, rel=0.03)
    assert fit.scale == pytest.approx(40.0, rel=0.02)
    groups = draw.reshape(-1, 10).min(1)  # ten cells make one of ten times the area
    assert fit.larger(10) == pytest.approx(np.median(groups), rel=0.05)
    with pytest.raises(InputError, match="at least three"):
        weibull([1.0, 2.0])
    with pytest.raises(InputError, match="random_patches"):
        random_patches(0)
