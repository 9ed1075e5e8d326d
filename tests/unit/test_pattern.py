"""The pattern of a loop around zero voltage, on loops made of known branches and on real ones."""

from itertools import pairwise

import numpy as np
import pytest
from test_analysis import run, step, sweep

from solion.analysis import pattern
from solion.base.errors import InputError


def loop(outward, back, peak=2.0, cycles=2, samples=80):
    """Voltammograms whose rising branch carries ``outward(V)`` and whose falling branch ``back(V)``."""
    corners = [0.0, *([peak, -peak, 0.0] * cycles)]
    voltage, current, segment = [np.zeros(1)], [np.zeros(1)], [np.zeros(1, int)]
    for k, (a, b) in enumerate(pairwise(corners)):
        v = np.linspace(a, b, samples + 1)[1:]
        voltage.append(v)
        current.append(outward(v) if b > a else back(v))
        segment.append(np.full(samples, k))
    voltage, current, segment = (np.concatenate(rows) for rows in (voltage, current, segment))
    steps = [step(start=a, end=b, cycle=k // 3) for k, (a, b) in enumerate(pairwise(corners))]
    return run(np.arange(voltage.size, dtype=float), voltage, current, steps=steps, segment=segment, cycle=segment // 3)


def forward(v):
    """A contact that carries more current at positive voltage."""
    return np.exp(3 * v) - 1


def backward(v):
    return 1 - np.exp(-3 * v)


def test_two_conductances_are_separated():
    found = pattern(loop(lambda v: v, lambda v: 4 * v))
    assert found.kind == "separated"
    assert found.positive == pytest.approx(np.log(4), rel=1e-9)
    assert found.negative == pytest.approx(np.log(4), rel=1e-9)
    assert found.factors == pytest.approx((4.0, 4.0))
    assert np.isnan(found.crossing)
    assert found.cycle == 1


def test_a_less_conductive_way_back_is_separated_with_the_other_sign():
    found = pattern(loop(lambda v: 4 * v, lambda v: v))
    assert found.kind == "separated"
    assert found.positive == pytest.approx(-np.log(4), rel=1e-9)


def test_two_rectifiers_of_opposite_sense_cross_at_zero():
    found = pattern(loop(backward, forward, samples=400), window=0.8)
    assert found.kind == "crossed"
    # the ratio of the two is exp(3 V): the gap is 3 V, its median over the geometric mean of the window
    middle = 0.8 * np.sqrt(0.05)
    assert found.positive == pytest.approx(3 * middle, rel=0.02)
    assert found.negative == pytest.approx(-3 * middle, rel=0.02)
    assert found.crossing == pytest.approx(0.0, abs=1e-3)


def test_a_crossing_beside_zero_is_found_where_it_is():
    # ln of the ratio is 3 (V - 0.1)
    found = pattern(loop(lambda v: v, lambda v: v * np.exp(3 * (v - 0.1)), samples=400), window=1.0, ratio=1.1)
    assert found.kind == "crossed"
    assert found.crossing == pytest.approx(0.1, abs=2e-3)


def test_one_side_alone_and_neither_side():
    def diode(v):
        return np.where(v > 0, 3 * v, v)

    assert pattern(loop(lambda v: v, diode)).kind == "one-sided"
    assert pattern(loop(lambda v: v, lambda v: v)).kind == "closed"
    assert pattern(loop(lambda v: v, lambda v: 1.2 * v)).kind == "closed"  # below the factor that counts
    assert pattern(loop(lambda v: v, lambda v: 1.2 * v), ratio=1.1).kind == "separated"


def test_each_cycle_has_its_own_pattern():
    # low on the way out, high on the way back, on either side: what a pinched, crossed loop does
    made = sweep(cycles=2, low=1.0, high=3.0)
    for cycle in (0, 1):
        found = pattern(made, cycle)
        assert (found.cycle, found.kind) == (cycle, "crossed")
        assert found.positive == pytest.approx(np.log(3), rel=0.05)
        assert found.negative == pytest.approx(-np.log(3), rel=0.05)
        assert abs(found.crossing) < 0.02


def test_what_has_no_pattern_is_refused():
    made = loop(lambda v: v, lambda v: 2 * v)
    with pytest.raises(InputError, match=r"ratio = 1 is outside its allowed range \(1, inf\)"):
        pattern(made, ratio=1.0)
    with pytest.raises(InputError, match="window = 5 V is outside its allowed range"):
        pattern(made, window=5.0)
    with pytest.raises(InputError, match=r"cycle = 7 is not in this run, which has cycles \[0, 1\]"):
        pattern(made, cycle=7)
    ramp = run([0.0, 1.0, 2.0], [0.0, 1.0, 2.0], [0.0, 1.0, 2.0], steps=[step(end=2.0)])
    with pytest.raises(InputError, match="a loop that passes zero is needed"):
        pattern(ramp)
    once = run([0.0, 1.0, 2.0], [-2.0, 0.5, 2.0], [-1.0, 1.0, 2.0], steps=[step(end=2.0)])
    with pytest.raises(InputError, match="both rising and falling"):
        pattern(once)
