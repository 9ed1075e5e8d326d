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


@pytest.mark.parametrize("size", [10, 40])
@pytest.mark.parametrize("shape", [-0.2, 0.1, 0.3])
@pytest.mark.parametrize("larger", [1.0, 50.0])
def test_intervals_hold_the_truth_as_often_as_they_say(size, shape, larger):
    truth = genextreme(-shape, 7.0, 1.5).ppf(0.5 ** (1 / larger))
    fits = [fit_extremes(sample(shape, size, seed), seed=seed).median(larger) for seed in range(150)]
    assert np.mean([fit.low <= truth <= fit.high for fit in fits]) >= 0.82  # 0.9 but for three of its standard errors
    assert all(fit.low <= fit.value <= fit.high for fit in fits)


def test_wider_intervals_hold_narrower_ones():
    bands = [fit_extremes(sample(0.1, 40, 0)).median(area=50.0, confidence=c) for c in (0.5, 0.9)]
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
        (lambda: fit_extremes(["a"] * 12), "must be numbers"),
        (lambda: fit_extremes([1.0, 2.0]), "at least 10"),
        (lambda: fit_extremes([1.0] * 11), "not all alike"),
        (lambda: fit_extremes(np.arange(11.0), frechet=True), "Frechet"),
        (lambda: fit_extremes(np.arange(11.0), area=0.0), "area"),
        (lambda: fit_extremes(np.arange(11.0), resamples=30).quantile(1.0), "probability"),
        (lambda: sample_quantile([1.0], 0.5), "at least 2"),
    ],
)
def test_refusals(call, sentence):
    with pytest.raises(InputError, match=sentence):
        call()
