"""Numbers of a study by their keys, and the bounds within which they are fitted."""

import numpy as np
import pytest

import solion as so
from solion.base.errors import InputError
from solion.explore.fitting.free_parameters import read_parameters
from solion.explore.fitting.levenberg import NumberBounds
from solion.explore.fitting.numbers import at, every, find

STUDY = so.study.load("lto7-voltammogram", ["numerics.cells=20"])


def test_a_number_of_the_file_with_its_unit_range_and_meaning():
    number = find(STUDY, "device.thickness")
    assert (number.value, number.unit, number.meaning) == (80.0, "nm", "h")
    assert number.low == pytest.approx(0.1)
    assert number.high == pytest.approx(1e7)
    assert number.spelled(90) == "90.0 nm"


def test_a_number_that_the_file_leaves_at_its_default():
    number = find(STUDY, "device.material.exponent")
    assert (number.value, number.unit, number.high) == (0.7, "", 10.0)
    changed = at(STUDY, [number], {number.key: 0.8})
    assert float(changed.device.film.material.free_energy.exponent) == 0.8
    assert changed.experiment.cells == 20


def test_entries_of_lists_and_protocol_numbers():
    number = find(STUDY, "protocol.0.limits.1")
    assert (number.value, number.unit) == (100.0, "V_T")
    changed = at(STUDY, [number], {number.key: 50.0})
    scales = STUDY.device.scales()
    assert float(changed.experiment.protocol.steps[0].end) == pytest.approx(50 * float(scales.voltage))


def test_replacing_a_number_drops_its_source_and_keeps_the_others():
    number = find(STUDY, "device.top.rate")
    sources = at(STUDY, [number], {number.key: 0.2}).data["sources"]
    assert number.key not in sources
    assert "device.thickness" in sources


def test_every_number_of_the_device_is_found_under_a_key_of_the_study():
    found = {number.key: number for number in every(STUDY)}
    for key in ("device.top.asymmetry", "device.material.ion_diffusivity", "device.series_resistance", "protocol.0.rate"):
        assert key in found
    assert "protocol.0.cycles" not in found
    assert "numerics.cells" not in found


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("device.thicknes", ["no number of the study", "did you mean 'device.thickness'"]),
        ("device.material.exponant", ["did you mean 'device.material.exponent'"]),
        ("device.top", ["a table"]),
        ("device.top.law", ["'butler_volmer'"]),
        ("protocol.0.cycles", ["whole number"]),
        ("protocol.1.rate", ["no number of the study"]),
        ("numerics.relative", ["device, initial, protocol"]),
        ("", ["no number of the study"]),
    ],
)
def test_keys_that_name_no_number_are_refused(key, words):
    with pytest.raises(InputError) as caught:
        find(STUDY, key)
    for word in ["lto7-voltammogram", *words]:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("text", "low", "high", "logarithmic"),
    [
        ("device.top.rate=1e-3..1", 1e-3, 1.0, True),
        ("device.top.rate", 1e-3, 10.0, True),
        ("device.thickness=0.04 um..160 nm", 40.0, 160.0, False),
        ("device.thickness=40..160", 40.0, 160.0, False),
        ("device.filling", 0.009, 0.999, False),
        ("device.top.asymmetry", 1e-3, 0.999, False),
        ("device.material.gradient_energy", 7.04e-20, 7.04e-16, True),
        ("device.material.ion_interaction", -3200.0, -0.32, False),
    ],
)
def test_bounds(text, low, high, logarithmic):
    (entry,) = read_parameters(STUDY, [text])
    assert entry.range.low == pytest.approx(low, rel=1e-3)
    assert entry.range.high == pytest.approx(high, rel=1e-3)
    assert entry.range.logarithmic == logarithmic


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ([], ["at least one number"]),
        (["device.top.rate", "device.top.rate"], ["twice"]),
        (["device.top.rate=1..0.01"], ["1..0.01 are reversed"]),
        (["device.top.rate=0.2..1"], ["the start 0.1 is not between the bounds 0.2..1", "--set device.top.rate"]),
        (["device.top.rate=0.01"], ["low..high"]),
        (["device.top.rate=low..high"], ["'low' is not a number"]),
        (["device.top.rate=0.01 V..1"], ["has a unit, and the number has none"]),
        (["device.thickness=40 s..160 nm"], ["'40 s'", "wrong unit"]),
        (["device.filling=0.5..1.5"], ["leave the allowed range [0, 1]"]),
    ],
)
def test_bounds_that_cannot_be(texts, words):
    with pytest.raises(InputError) as caught:
        read_parameters(STUDY, texts)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("logarithmic", [False, True])
def test_the_bijection_and_its_slope(logarithmic):
    bounds = NumberBounds(0.1, 30.0, logarithmic)
    for value in (0.2, 3.0, 29.0):
        free = bounds.free(value)
        theta, slope = bounds.bound(free)
        assert bounds.value(theta) == pytest.approx(value, rel=1e-9)
        beside = [bounds.bound(free + step)[0] for step in (-1e-5, 1e-5)]
        assert slope == pytest.approx((beside[1] - beside[0]) / 2e-5, rel=1e-6)
    assert np.isfinite(bounds.free(0.1))
    assert bounds.value(bounds.bound(1e6)[0]) <= 30.0 * (1 + 1e-12)
