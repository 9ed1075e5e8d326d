"""Extreme-value fits on samples drawn from known distributions."""

import numpy as np
import pytest
from scipy.stats import genextreme

from solion.analysis.extremes import fit_extremes, sample_quantile
from solion.base.errors import InputError


def sample(shape, size, seed):
    return genextreme.rvs(-shape, loc=7.0, scale=1.5, size=size, random_state=seed)


@pytest.mark.parametrize("shape", [0.25, 0.0, -0.25])
def test_a_large_sample_returns_its_numbers(shape):
    found = fit_extremes(sample(shape, 4000, 2), resamples=20)
    assert (found.shape, found.location, found.scale) == pytest.approx((shape, 7.0, 1.5), abs=0.06)
    exact = genextreme(-shape, 7.0, 1.5)
    assert found.quantile(0.9).value == pytest.approx(exact.ppf(0.9), rel=0.02)
    assert found.exceeding(10.0) == pytest.approx(exact.sf(10.0), rel=0.1)


def test_a_larger_electrode_takes_the_power_of_the_distribution():
    """The largest of blocks of a hundred, against the fit of single ones."""
    drawn = sample(0.1, 200_000, 3)
    found = fit_extremes(drawn[:4000], area=2.0, resamples=20)
    blocks = drawn.reshape(-1, 100).max(axis=1)
    assert found.median(area=200.0).value == pytest.approx(np.median(blocks), rel=0.05)
    assert found.exceeding(15.0, area=200.0) == pytest.approx(np.mean(blocks > 15.0), abs=0.06)
    assert found.median(area=2.0).value == found.median().value


def test_intervals_hold_the_truth_as_often_as_they_say():
    truth = genextreme(-0.1, 7.0, 1.5).ppf(0.5 ** (1 / 50))
    fits = [fit_extremes(sample(0.1, 40, seed), resamples=40) for seed in range(16)]
    inside = [(e := fit.median(area=50.0, confidence=0.8)).low <= truth <= e.high for fit in fits]
    assert np.mean(inside) >= 0.55  # some below 0.8 in samples this small
    bands = [fit.median(area=50.0, confidence=c) for fit in fits[:1] for c in (0.5, 0.9)]
    assert bands[1].low < bands[0].low < bands[0].high < bands[1].high


def test_few_positive_values_by_two_numbers():
    x = np.exp(2.0 + 0.2 * -np.log(-np.log(np.random.default_rng(5).random(4000))))  # Frechet, xi = 0.2
    found = fit_extremes(x, frechet=True, resamples=20)
    assert (found.shape, found.location) == pytest.approx((0.2, np.exp(2.0)), rel=0.03)
    assert found.location == pytest.approx(found.scale / found.shape)
    assert found.tail == "heavy"


def test_tails_are_named():
    assert fit_extremes(sample(0.3, 400, 1), resamples=40).tail == "heavy"
    assert fit_extremes(sample(-0.4, 400, 1), resamples=40).tail == "bounded"
    assert fit_extremes(sample(0.0, 20, 4), resamples=40).tail == "undecided"


def test_quantiles_of_a_sample_without_a_distribution():
    inside = []
    for seed in range(200):
        found = sample_quantile(np.random.default_rng(seed).standard_normal(20), 0.5, 0.9)
        inside.append(found.low <= 0 <= found.high)
    assert 0.85 <= np.mean(inside) <= 1.0
    assert str(sample_quantile([1.0, 2.0, 3.0], 0.5)) == "2 [1, 3]"


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: fit_extremes([1.0, 2.0]), "at least 8"),
        (lambda: fit_extremes([1.0] * 9), "not all alike"),
        (lambda: fit_extremes(np.arange(9.0), frechet=True), "Frechet"),
        (lambda: fit_extremes(np.arange(9.0), area=0.0), "area"),
        (lambda: fit_extremes(np.arange(9.0), resamples=30).quantile(1.0), "probability"),
        (lambda: sample_quantile([1.0], 0.5), "at least 2"),
    ],
)
def test_refusals(call, sentence):
    with pytest.raises(InputError, match=sentence):
        call()
