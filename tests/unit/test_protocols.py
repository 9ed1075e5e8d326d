"""Protocols as data: values, joints, repetition, refusals; and the equation a drive puts on a terminal."""

import jax.numpy as jnp
import numpy as np
import pytest

from solion import protocols
from solion.base.errors import InputError
from solion.devices import Plate
from solion.protocols.drive import Drive


def corners(protocol):
    """(time, value) at both ends of every step."""
    t, found = 0.0, []
    for step in protocol.steps:
        found += [(t, step.start), (t + step.duration, step.end)]
        t += step.duration
    return np.array(found)


def test_cyclic_voltammetry_is_a_closed_triangle_wave():
    wave = protocols.cyclic_voltammetry(limits=(-1.0, 2.0), rate=0.5, cycles=3)
    assert len(wave.steps) == 9
    assert wave.duration == pytest.approx(3 * 12.0)
    points = corners(wave)
    np.testing.assert_allclose(points[1:-1:2, 1], points[2::2, 1])  # no jumps
    assert points[:, 1].max() == 2.0
    assert points[:, 1].min() == -1.0
    assert [step.cycle for step in wave.steps] == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert all(abs(step.end - step.start) / step.duration == pytest.approx(0.5) for step in wave.steps)


def test_cyclic_voltammetry_from_a_limit_has_no_empty_step():
    wave = protocols.cyclic_voltammetry(limits=(-1.0, 2.0), rate=0.5, start=2.0)
    assert [(step.start, step.end) for step in wave.steps] == [(2.0, -1.0), (-1.0, 2.0)]


def test_joining_and_repeating():
    up, rest = protocols.ramp(voltage=(0.0, 1.0), rate=0.1), protocols.rest(duration=5.0)
    joined = (up + rest).repeat(2)
    assert joined.steps == (2 * up.then(rest)).steps
    assert joined.duration == pytest.approx(30.0)
    assert [step.cycle for step in joined.repeat(2).steps] == [0, 0, 1, 1, 2, 2, 3, 3]


def test_modes():
    assert protocols.hold(voltage=1.0, duration=1.0).steps[0].mode == "voltage"
    assert protocols.hold(current=1.0, duration=1.0).steps[0].mode == "current"
    assert protocols.open_circuit(duration=1.0).steps[0].mode == "current"
    assert protocols.resistor(source_voltage=1.0, resistance=5.0, duration=1.0).steps[0].mode == "resistor"


def test_pulses_with_reads():
    train = protocols.pulses(voltage=2.0, width=1.0, gap=9.0, count=3, read=0.1)
    assert train.duration == pytest.approx(30.0)
    assert [step.label for step in train.steps] == ["pulse", "gap", "read"] * 3
    assert [step.start for step in train.steps[:3]] == [2.0, 0.0, 0.1]
    quiet = protocols.pulses(current=1e-3, width=1.0, gap=1.0, count=2)
    assert {step.mode for step in quiet.steps} == {"current"}  # open between current pulses


def test_step_train():
    train = protocols.step_train(voltage=[1.0, -1.0, 0.5], duration=2.0)
    assert [step.start for step in train.steps] == [1.0, -1.0, 0.5]


def test_waveform_from_pairs_and_file(tmp_path):
    points = [(0.0, 0.0), (1.0, 2.0), (1.0, -1.0), (3.0, -1.0)]
    wave = protocols.waveform(points)
    assert [(step.duration, step.start, step.end) for step in wave.steps] == [(1.0, 0.0, 2.0), (2.0, -1.0, -1.0)]
    file = tmp_path / "wave.csv"
    file.write_text("time,voltage\n# a remark\n" + "\n".join(f"{t},{v}" for t, v in points))
    assert protocols.waveform(file).steps == wave.steps
    file.write_text("\ufefftime [s];voltage [V]\n" + "".join(f"{t};{v}\n" for t, v in points))
    assert protocols.waveform(file).steps == wave.steps


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: protocols.cyclic_voltammetry(limits=(1.0, -1.0), rate=1.0), "reversed"),
        (lambda: protocols.cyclic_voltammetry(limits=(-1.0, 1.0), rate=0.0), r"rate = 0"),
        (lambda: protocols.cyclic_voltammetry(limits=(-1.0, 1.0), rate=1.0, cycles=0), "cycles|count"),
        (lambda: protocols.cyclic_voltammetry(limits=(0.5, 1.0), rate=1.0), "start"),
        (lambda: protocols.cyclic_voltammetry(limits=3.0, rate=1.0), "pair"),
        (lambda: protocols.hold(voltage=1.0, current=1.0, duration=1.0), "not both"),
        (lambda: protocols.hold(duration=1.0), "either"),
        (lambda: protocols.hold(voltage=np.nan, duration=1.0), "not finite"),
        (lambda: protocols.hold(voltage="high", duration=1.0), "not a number"),
        (lambda: protocols.hold(voltage=1.0, duration=-1.0), "outside its allowed range"),
        (lambda: protocols.hold(voltage=1.0, duration=np.inf), "not finite"),
        (lambda: protocols.hold(voltage=1.0, duration=1.0, samples=0), "samples"),
        (lambda: protocols.ramp(voltage=1.0, rate=1.0), "pair"),
        (lambda: protocols.ramp(voltage=(0.0, 1.0)), "duration or rate"),
        (lambda: protocols.ramp(voltage=(1.0, 1.0), rate=1.0), "duration"),
        (lambda: protocols.pulses(voltage=1.0, width=1.0, gap=1.0, count=1, read=0.1, read_width=2.0), "read_width"),
        (lambda: protocols.step_train(voltage=[], duration=1.0), "empty"),
        (lambda: protocols.waveform([(0.0, 1.0)]), "too few"),
        (lambda: protocols.waveform([(1.0, 1.0), (0.0, 1.0)]), "falls"),
        (lambda: protocols.waveform([(0.0, np.nan), (1.0, 1.0)]), "not finite"),
        (lambda: protocols.waveform("no/such/file.csv"), "cannot be read"),
        (lambda: protocols.rest(duration=1.0).with_compliance(current=-1.0), "compliance"),
        (lambda: protocols.rest(duration=1.0).repeat(0), "count"),
    ],
)
def test_refusals_name_the_number(make, words):
    with pytest.raises(InputError, match=words):
        make()


def drive(a, b, source, *, voltage=np.inf, current=np.inf):
    return Drive(*map(jnp.asarray, (a, b, source, source, 1.0, voltage, current)))


def settle(terminal, resistance=2.0):
    """(V, I) at which a resistor obeys the drive: its excess rises with the current, so bisect."""
    low, high = -100.0, 100.0
    for _ in range(100):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if float(terminal.excess(0.0, resistance * middle, middle)) < 0 else (low, middle)
    return resistance * middle, middle


@pytest.mark.parametrize(
    ("terminal", "expected"),
    [
        (drive(1.0, 0.0, 3.0), (3.0, 1.5)),
        (drive(0.0, 1.0, 3.0), (6.0, 3.0)),
        (drive(1.0, 4.0, 3.0), (1.0, 0.5)),  # behind a resistor of 4
        (drive(1.0, 0.0, 3.0, current=1.0), (2.0, 1.0)),
        (drive(1.0, 0.0, -3.0, current=1.0), (-2.0, -1.0)),
        (drive(0.0, 1.0, 3.0, voltage=5.0), (5.0, 2.5)),
        (drive(0.0, 1.0, -3.0, voltage=5.0), (-5.0, -2.5)),
        (drive(1.0, 0.0, 3.0, voltage=2.0), (2.0, 1.0)),
    ],
)
def test_a_drive_and_its_compliance(terminal, expected):
    assert settle(terminal) == pytest.approx(expected)


@pytest.mark.parametrize("count", [-3, 0, 2.7, True])
def test_repetitions_that_are_no_count_are_refused(count):
    once = protocols.hold(voltage=0.1, duration=1.0)
    with pytest.raises(InputError, match="whole number"):
        count * once
    with pytest.raises(InputError, match="whole number"):
        once.repeat(count)


@pytest.mark.parametrize("level", [{"above": float("nan")}, {"below": "0.5"}, {}, {"above": float("inf")}])
def test_levels_that_never_come_are_refused(level):
    with pytest.raises(InputError, match="until"):
        protocols.hold(voltage=0.1, duration=1.0).until("current", **level)


def test_a_noisy_record_is_as_many_steps_as_its_drive_has():
    time = np.linspace(0.0, 4.0, 4001)
    value = np.interp(time, [0, 1, 3, 4], [0, 1, -1, 0]) + 1e-3 * np.sin(1e5 * time)
    points = list(zip(time, value, strict=True))
    assert len(protocols.waveform(points).steps) == 4000
    steps = protocols.waveform(points, straight=5e-3).steps
    assert 3 <= len(steps) <= 6
    assert sum(step.duration for step in steps) == pytest.approx(4.0)
    with pytest.raises(InputError, match="straight"):
        protocols.waveform(points, straight=-1.0)


def test_yes_is_no_number():
    with pytest.raises(InputError, match="True is not a number"):
        protocols.hold(voltage=True, duration=1.0)
    with pytest.raises(InputError, match="True is not a number"):
        Plate(True)
