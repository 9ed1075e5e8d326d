"""Measured records: what is read, what is refused and in which words, and the drive that a waveform makes."""

import dataclasses
import time
from itertools import pairwise

import numpy as np
import pytest

import solion as so
from solion.base.errors import InputError
from solion.explore.fitting.data import drive, measurement, read
from solion.explore.fitting.residual import weighting

GOOD = "time [ms], voltage [mV], current [uA]\n0, 0, 0\n500, 100, 2\n1000, 200, 4\n"


def write(tmp_path, text):
    path = tmp_path / "loop.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        "# made by hand\nCurrent (uA);note;Voltage (mV);Time (ms)\n0;x;0;0\n2;y;100;500\n4;z;200;1000\n",
        "time [s];voltage [V];current [A]\n0;0;0\n0,5;0,1;2e-6\n1;0,2;4e-6\n",
        "\ufefftime [s]\tvoltage [V]\tcurrent [mA]\n7\t0\t0\n7.5\t0.1\t0.002\n8\t0.2\t0.004\n",
    ],
)
def test_columns_in_any_order_unit_and_separator(tmp_path, text):
    data = read(write(tmp_path, text))
    np.testing.assert_allclose(data.time, [0, 0.5, 1])
    np.testing.assert_allclose(data.column("voltage"), [0, 0.1, 0.2])
    np.testing.assert_allclose(data.column("current"), [0, 2e-6, 4e-6])


def test_units_of_the_device(tmp_path):
    study = so.study.load("lto7-voltammogram")
    scales = study.device.scales()
    data = read(write(tmp_path, "time [tau_D],voltage [V_T],current [A/m^2]\n0,0,0\n1,100,4\n"), scales)
    assert data.time[-1] == pytest.approx(64)
    assert data.column("voltage")[-1] == pytest.approx(100 * float(scales.voltage))
    assert data.column("current")[-1] == pytest.approx(4 * 0.25e-6)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["empty"]),
        ("when [s],voltage [V],current [A]\n0,0,0\n", ["no column of time", "--columns time=1", "--rate"]),
        (
            "time [s],volt. [V],amp. [A]\n0,0,0\n",
            ["'voltage' is missing", "'time [s], volt. [V], amp. [A]'", "--columns voltage=2"],
        ),
        ("time,voltage [V]\n0,0\n1,1\n", ["'time' has no unit", "time=1 s"]),
        ("time [s],voltage [A],current [A]\n0,0,0\n", ["'voltage [A]'", "wrong unit 'A'"]),
        ("time [s],voltage [Volt s],current [A]\n0,0,0\n", ["'voltage [Volt s]'", "unknown unit"]),
        ("time [s],voltage [V]\n0,0\n1,high\n", ["line 3", "'voltage [V]'", "'high' is not a number"]),
        ("time [s],voltage [V]\n0,0\n1\n", ["line 3", "none for the column 'voltage [V]'"]),
        ("time [s],voltage [V]\n0,0\n2,1\n1,2\n", ["time falls from 2 s to 1 s", "line 4"]),
        ("time [s],voltage [V]\n0,0\n", ["1 rows are too few"]),
        ("time [s],voltage [V]\n1,0\n1,2\n", ["all rows have the same time"]),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(tmp_path, text, words):
    with pytest.raises(InputError) as caught:
        read(write(tmp_path, text))
    message = str(caught.value)
    assert "loop.csv" in message
    assert len(message.splitlines()) == 1
    for word in words:
        assert word in message


def test_a_file_that_is_not_there_or_not_text(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / "none.csv")
    (tmp_path / "loop.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="neither text"):
        read(tmp_path / "loop.csv")


def test_a_triangle_becomes_its_ramps_sampled_at_its_rows():
    time = np.linspace(0, 8, 161)
    data = measurement(time, voltage=np.interp(time, [0, 2, 6, 8], [0, 1, -1, 0]), current=np.zeros(161))
    steps = drive(data, "voltage").steps
    assert len(steps) == 8  # three ramps, halved to the next number for which a program is kept
    assert sum(step.duration for step in steps) == pytest.approx(8)
    assert {round(step.samples * 0.05, 9) for step in steps} == {round(float(step.duration), 9) for step in steps}
    slopes = {round((step.end - step.start) / step.duration, 9) for step in steps}
    assert slopes == {0.5, -0.5}


def test_noise_on_the_voltage_makes_no_ramps_and_a_jump_stays_one():
    time = np.concatenate([np.linspace(0, 1, 51), np.linspace(1, 2, 51)])
    voltage = np.where(np.arange(102) < 51, 0.0, 1.0) + 2e-4 * np.sin(1e3 * time)
    data = measurement(time, voltage=voltage, current=np.zeros(102))
    assert data.jumps.sum() == 2
    steps = drive(data, "voltage").steps
    assert len(steps) == 8
    for before, after in pairwise(steps):
        jump = abs(float(after.start) - float(before.end))
        assert jump == pytest.approx(1, abs=1e-3) or jump < 1e-12
    assert max(abs(float(step.end) - float(step.start)) for step in steps) < 1e-3


def test_uneven_rows_are_sampled_finely_enough():
    time = np.array([0, 1, 1.5, 4, 5.0])
    (step,) = drive(measurement(time, voltage=2 * time, current=time), "voltage").steps[:1]
    assert step.duration / step.samples <= 1.5


def test_asinh_is_chosen_where_decades_are_spanned_and_agrees_with_linear_for_small_noise():
    flat, steep = np.linspace(0.5, 1, 50), np.geomspace(1e-6, 1, 50)
    assert weighting(flat, scale=None, noise=0, relative=0).scale == "linear"
    assert weighting(steep, scale=None, noise=0, relative=0).scale == "asinh"
    near = steep * (1 + 1e-4 * np.cos(np.arange(50)))
    linear, asinh = (weighting(steep, scale=scale, noise=1e-5, relative=0.05) for scale in ("linear", "asinh"))
    np.testing.assert_allclose(asinh.residual(near, steep), linear.residual(near, steep), rtol=1e-3)
    assert "asinh" in asinh.describe("A")
    assert "5 %" in asinh.describe("A")


@pytest.mark.parametrize(
    ("options", "word"),
    [({"scale": "log"}, "known: linear, asinh"), ({"noise": -1.0}, "allowed range"), ({"relative": np.nan}, "allowed range")],
)
def test_weightings_that_cannot_be(options, word):
    with pytest.raises(InputError, match=word.replace("[", r"\[")):
        weighting(np.ones(3), **{"scale": None, "noise": 0.0, "relative": 0.0} | options)
    with pytest.raises(InputError, match="zero in every row"):
        weighting(np.zeros(3), scale=None, noise=0.0, relative=0.0)


def test_glitches_of_an_instrument_are_not_compared():
    time = np.linspace(0, 8, 1201)
    voltage = np.interp(time, [0, 2, 6, 8], [0, 1, -1, 0])
    current = 1e-6 * voltage**3 + np.random.default_rng(3).normal(0, 1e-9, time.size)
    assert measurement(time, voltage=voltage, current=current).compared("current").all()
    assert measurement(time, voltage=voltage, current=1e-6 * voltage).compared("current").all()
    steps = np.where(np.arange(1201) // 100 % 2, 1e-6, 0.0)
    assert measurement(time, voltage=voltage, current=steps).compared("current").all()
    current[[100, 500, 900]] += [1e-3, -2e-5, 4e-4]
    data = measurement(time, voltage=voltage, current=current)
    assert np.flatnonzero(~data.compared("current")).tolist() == [100, 500, 900]
    assert dataclasses.replace(data, keep_outliers=True).compared("current").all()


def test_samples_at_boundaries_of_steps_cost_no_square_of_their_number():
    from types import SimpleNamespace

    from solion.experiments.samples import distinct

    count = 100_000
    wave = so.protocols.waveform([(float(k), float(k % 7)) for k in range(count + 1)])
    steps, kinds = wave.distinct
    model = SimpleNamespace(steps=list(wave.steps), kinds=np.arange(count))
    segment = np.repeat(np.arange(count), 2)
    began = time.perf_counter()
    keep = distinct(model, segment, np.repeat(np.arange(count + 1.0), 2)[1:-1])
    assert time.perf_counter() - began < 5
    assert keep.sum() == count + 1
    assert len(steps) <= count
    assert kinds.size == count
