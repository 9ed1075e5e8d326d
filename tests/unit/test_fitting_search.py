"""The search and its statistics on models in closed form: bounds, failures, what data cannot tell."""

import numpy as np
import pytest

import solion as so
from solion.explore.fitting.levenberg import NumberBounds, SearchPoint, search
from solion.explore.fitting.numbers import StudyNumber
from solion.explore.fitting.problem import FreeParameter
from solion.explore.fitting.statistics import statistics

X = np.linspace(0, 4, 60)


class Decay:
    """y = a exp(-b x) with noise, a and b searched in their logarithms; runs fail where ``fails`` says so."""

    def __init__(self, seed=0, noise=1e-3, fails=lambda a, b: False):
        self.data = 2.0 * np.exp(-0.7 * X) + noise * np.random.default_rng(seed).standard_normal(X.size)
        self.noise, self.fails, self.failed = noise, fails, 0

    def __call__(self, theta, slopes):
        a, b = np.exp(theta)
        if self.fails(a, b):
            self.failed += 1
            return None
        model = a * np.exp(-b * X)
        jacobian = np.column_stack([model, -b * X * model]) / self.noise
        return SearchPoint(theta, (model - self.data) / self.noise, jacobian if slopes else None)


RANGES = [NumberBounds(1e-3, 1e3, True), NumberBounds(1e-3, 1e3, True)]


@pytest.mark.parametrize("start", [(2.0, 0.7), (20.0, 7.0), (0.05, 0.02), (300.0, 0.1)])
def test_far_starts_converge_to_the_least_squares(start):
    from scipy.optimize import least_squares

    model = Decay()
    found = search(model, RANGES, np.log(start), known_noise=True)
    assert found is not None
    assert found.converged
    exact = least_squares(lambda theta: model(theta, False).residual, np.log([2.0, 0.7]), xtol=1e-14, ftol=1e-14)
    errors = np.sqrt(np.diag(np.linalg.inv(exact.jac.T @ exact.jac)))
    assert np.all(np.abs(found.best.theta - exact.x) < 0.02 * errors)


def test_a_run_that_fails_is_a_refused_step_and_a_start_that_fails_is_no_search():
    model = Decay(fails=lambda a, b: b > 0.75 or a > 2.2)
    found = search(model, RANGES, np.log([0.3, 0.6]), known_noise=True)
    assert found is not None
    assert found.converged
    assert found.failed == model.failed >= 1
    assert found.refused >= found.failed
    assert np.exp(found.best.theta) == pytest.approx([2.0, 0.7], rel=1e-2)
    assert search(model, RANGES, np.log([0.1, 2.0]), known_noise=True) is None


def test_data_without_noise_end_at_the_accuracy_of_the_runs():
    model = Decay(noise=1.0)
    model.data = 2.0 * np.exp(-0.7 * X)
    found = search(model, RANGES, np.log([5.0, 0.2]), known_noise=False, floor=1e-6)
    assert found is not None
    assert found.converged
    assert np.exp(found.best.theta) == pytest.approx([2.0, 0.7], rel=1e-6)


def test_an_optimum_outside_the_bounds_is_met_at_the_bound():
    ranges = [NumberBounds(1e-3, 1e3, True), NumberBounds(0.9, 10.0, False)]
    model = Decay()

    def bounded(theta, slopes):
        point = model(np.array([theta[0], np.log(theta[1])]), slopes)
        jacobian = None if point.jacobian is None else point.jacobian / [1.0, theta[1]]
        return SearchPoint(theta, point.residual, jacobian)

    found = search(bounded, ranges, np.array([0.0, 2.0]), known_noise=True)
    assert found is not None
    assert 0.9 <= found.best.theta[1] < 0.91
    words = statistics(found.best, entries(ranges), known_noise=True).warnings
    assert any("lower bound, 0.9" in text for text in words)
    assert any("times the noise given" in text for text in words)


def entries(ranges, keys="ab"):
    return [FreeParameter(StudyNumber(key, 1.0, ""), entry) for key, entry in zip(keys, ranges, strict=True)]


def test_errors_and_correlation_are_those_of_the_normal_matrix():
    point = Decay()(np.log([2.0, 0.7]), True)
    found = statistics(point, entries(RANGES), known_noise=True)
    exact = np.linalg.inv(point.jacobian.T @ point.jacobian)
    np.testing.assert_allclose(found.covariance, exact, rtol=1e-10)
    assert found.correlation[0, 1] == pytest.approx(exact[0, 1] / np.sqrt(exact[0, 0] * exact[1, 1]))
    assert found.warnings == ()
    free = statistics(SearchPoint(point.theta, 3 * point.residual, point.jacobian), entries(RANGES), known_noise=False)
    np.testing.assert_allclose(free.covariance, exact * 9 * found.reduced, rtol=1e-10)


def test_what_the_data_cannot_tell_is_said_in_plain_words():
    rng = np.random.default_rng(1)
    residual, one = rng.standard_normal(80), np.linspace(1, 2, 80)
    ranges = [NumberBounds(0.0, 2.0, False)] * 4
    jacobian = np.column_stack([30 * one, 30 * one * (1 + 1e-3 * rng.standard_normal(80)), np.zeros(80), 1e-2 * one[::-1]])
    found = statistics(SearchPoint(np.ones(4), residual, jacobian), entries(ranges, "abcd"), known_noise=True)
    text = " ".join(found.warnings)
    assert "the data hardly tell a from b" in text
    assert "the data do not feel c at all" in text
    assert "cannot identify d" in text
    assert np.isinf(found.errors[2])
    assert np.isinf(found.condition)
    same = np.column_stack([one, one])
    found = statistics(SearchPoint(np.ones(2), residual, same), entries(ranges[:2]), known_noise=True)
    assert any("nearly dependent" in text for text in found.warnings)
    assert found.errors[0] > 1e3


def test_a_misfit_and_residuals_that_follow_one_another_are_named():
    point = Decay()(np.log([2.0, 0.7]), True)
    wave = SearchPoint(point.theta, 5 * np.sin(3 * X), point.jacobian)
    text = " ".join(statistics(wave, entries(RANGES), known_noise=True).warnings)
    assert "times the noise given" in text
    assert "residuals of neighbouring rows are alike" in text
    small = SearchPoint(point.theta, 0.01 * point.residual, point.jacobian)
    assert "overstated" in " ".join(statistics(small, entries(RANGES), known_noise=True).warnings)


def test_intervals_of_a_number_searched_in_its_logarithm():
    entry = so.explore.fitting.ParameterEstimate(StudyNumber("a", 1.0, ""), 1.0, 2.0, 0.2, 0.1, 0.1, 10.0, True)
    low, high = entry.interval
    assert low * high == pytest.approx(4.0)
    assert high / 2.0 == pytest.approx(np.exp(0.196))
