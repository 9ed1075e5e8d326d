"""Analysis of recorded runs, on made-up ones whose numbers are known in closed form."""

import json

import numpy as np
import pytest
import xarray as xr

from solion.analysis import loops, on_off_ratio, polarization, read_pulses, readings, states, switches, switching_times
from solion.base.errors import InputError
from solion.base.scaling import MIXED_CONDUCTION
from solion.views import metrics

TAU, V_T, I_D, AREA = 64.0, 0.025, 1e5, 1e-6
ROLES = {
    "voltage": ("terminal", "voltage"),
    "current": ("terminal", "current"),
    "current_density": ("terminal", "current_density"),
    "composition_top": ("surface", ""),
    "composition_bottom": ("surface", ""),
    "electrical_power": ("work", "power"),
    "free_energy": ("stored", "energy"),
}
LOSSES = ("top", "bottom", "electrons", "ions", "series")


def step(mode="voltage", start=0.0, end=0.0, duration=1.0, label="ramp", cycle=0):
    """One entry of the protocol of a run."""
    return {
        "label": label,
        "terminal": "top",
        "mode": mode,
        "start": start,
        "end": end,
        "duration": duration,
        "cycle": cycle,
        "voltage_compliance": None,
        "current_compliance": None,
    }


def run(time, voltage, current, *, steps, segment=None, cycle=None, top=None, bottom=None, events=(), cells=16, **attrs):
    """A run in the layout that simulate records, of these terminals and boundary compositions."""
    time, voltage, current = (np.asarray(row, float) for row in (time, voltage, current))
    top = np.full(time.size, 0.9) if top is None else top
    bottom = np.full(time.size, 0.1) if bottom is None else bottom
    zero = np.zeros(time.size, int)
    x = (np.arange(cells) + 0.5) / cells
    composition = np.asarray(top)[:, None] * (1 - x) + np.asarray(bottom)[:, None] * x
    power = voltage * current
    rows = {
        "voltage": voltage,
        "current": current,
        "current_density": current / AREA,
        "composition_top": top,
        "composition_bottom": bottom,
        "electrical_power": power,
        "free_energy": 0 * power,
        **{f"dissipation_{name}": power / len(LOSSES) for name in LOSSES},
    }
    parameter = {
        "path": "film.thickness",
        "value": 8e-8,
        "unit": "m",
        "range": "(0, inf)",
        "provenance": "stated",
        "reference": "a <b>book</b>",
        "doc": "h",
    }
    scales = {"length": 8e-8, "time": TAU, "voltage": V_T, "current_density": I_D, "concentration": 2e4, "area": AREA}
    audit = {"ion drift": {"value": 1e-15, "limit": 1e-12, "meaning": "ions", "ok": True}}
    kept = {
        "scales": scales,
        "symbols": dict(MIXED_CONDUCTION),
        "protocol": steps,
        "parameters": [parameter],
        "audit": audit,
        "warnings": [],
        "settings": {"cells": cells},
        "versions": {"solion": "0"},
        "material": {"two_phase": True, "binodal": [0.03, 0.96], "spinodal": [0.15, 0.81], "plateau": -8.0},
    }
    told = {"title": "made up", "device": "Film", "status": "finished", "message": "done.", "sign_convention": "top down"}
    declared = {
        name: {
            "role": "loss" if name.startswith("dissipation_") else ROLES[name][0],
            "kind": ROLES.get(name, ("", "power"))[1],
            "place": name.partition("composition_")[2],
            "long_name": name.replace("_", " "),
        }
        for name in rows
    }
    field = {"role": "field", "kind": "", "units": "1", "long_name": "composition c/c_0"}
    return xr.Dataset(
        {
            **{name: ("time", row, declared[name]) for name, row in rows.items()},
            "composition": (("time", "x"), composition, field),
            "event_time": ("event", np.array([e[0] for e in events], float)),
            "event_name": ("event", np.array([e[1] for e in events], dtype=str)),
            "event_rising": ("event", np.array([e[2] for e in events], bool)),
        },
        {
            "time": time,
            "x": ("x", 8e-8 * x, {"units": "m", "long_name": "distance from the top contact", "role": "coordinate"}),
            "segment": ("time", zero if segment is None else segment),
            "cycle": ("time", zero if cycle is None else cycle),
        },
        {name: json.dumps(value) for name, value in kept.items()} | told | attrs,
    )


def sweep(cycles=2, peak=2.0, low=1.0, high=3.0, samples=50, **more):
    """Triangles of voltage through a conductance of ``low`` S on the way out and ``high`` S on the way back."""
    corners = [peak, 0.0, -peak, 0.0] * cycles
    pieces, start = [np.array([0.0])], 0.0
    segment, cycle, conductance = [np.array([0])], [np.array([0])], [np.array([low])]
    for k, corner in enumerate(corners):
        pieces.append(np.linspace(start, corner, samples + 1)[1:])
        segment.append(np.full(samples, k))
        cycle.append(np.full(samples, k // 4))
        conductance.append(np.full(samples, low if k % 2 == 0 else high))
        conductance[-1][-1] = (low + high) / 2  # at the peak the current steps from one branch to the other
        start = corner
    voltage = np.concatenate(pieces)
    steps = [step(start=a, end=b, cycle=k // 4) for k, (a, b) in enumerate(zip([0.0, *corners], corners, strict=False))]
    return run(
        np.arange(voltage.size, dtype=float),
        voltage,
        voltage * np.concatenate(conductance),
        steps=steps,
        segment=np.concatenate(segment),
        cycle=np.concatenate(cycle),
        **more,
    )


def test_the_loop_of_two_conductances_has_the_area_of_two_triangles():
    found = loops(sweep(cycles=2, samples=400))
    assert [loop.cycle for loop in found] == [0, 1]
    for loop in found:
        # on either side the area between i = V and i = 3 V up to 2 V is (3 - 1) 2^2 / 2 = 4
        assert loop.positive == pytest.approx(-4.0, rel=0.01)
        assert loop.negative == pytest.approx(-4.0, rel=0.01)
        assert loop.area == pytest.approx(8.0, rel=0.01)


def test_a_resistor_has_no_loop_and_an_ellipse_has_its_own_area():
    assert loops(sweep(low=2.0, high=2.0))[0].area == pytest.approx(0.0, abs=1e-12)
    phase = np.linspace(0, 2 * np.pi, 2001)
    ellipse = run(phase, 2 * np.sin(phase), 3 * np.cos(phase), steps=[step(end=2.0), step(end=-4.0), step(end=2.0)])
    assert loops(ellipse)[0].area == pytest.approx(np.pi * 2 * 3, rel=1e-5)


def test_a_cycle_cut_short_has_no_loop_area():
    cut = sweep(cycles=2).isel(time=slice(0, 300))
    assert [loop.cycle for loop in loops(cut)] == [0]
    assert not any("cycle_2_loop" in metric.name for metric in metrics(cut))


def test_the_on_off_ratio_is_that_of_the_branches():
    dataset = sweep(low=1.0, high=3.0)
    assert on_off_ratio(dataset, 0.77) == pytest.approx(3.0)
    assert on_off_ratio(dataset, -0.8, cycle=1) == pytest.approx(3.0)
    found = readings(dataset, 0.8)
    assert [reading.branch for reading in found] == ["rising", "falling"] * 2
    assert [reading.cycle for reading in found] == [0, 0, 1, 1]
    assert [reading.resistance for reading in found] == pytest.approx([1.0, 1 / 3] * 2)


def test_a_read_voltage_must_be_reached_twice_and_not_be_zero():
    dataset = sweep()
    with pytest.raises(InputError, match=r"5 V is never reached; the run covers -2 V to 2 V"):
        readings(dataset, 5.0)
    with pytest.raises(InputError, match="other than 0 V"):
        readings(dataset, 0.0)
    with pytest.raises(InputError, match="passed only once"):
        on_off_ratio(dataset.isel(time=slice(0, 40)), 0.5)
    with pytest.raises(InputError, match="not a recorded run"):
        readings({"voltage": 1}, 0.5)


def test_a_held_voltage_is_read_at_its_end_and_a_jump_not_at_all():
    time = [0, 1, np.nextafter(1, 2), 2, 3, np.nextafter(3, 4), 4]
    dataset = run(time, [0, 0, 2, 2, 2, 0, 0], [0, 0, 4, 5, 8, 0, 0], steps=[step(end=2.0, start=2.0)])
    held = readings(dataset, 2.0)
    assert [(reading.branch, reading.time, reading.current) for reading in held] == [("held", 3.0, 8.0)]
    with pytest.raises(InputError, match="never reached"):
        readings(dataset, 1.0)


def step_current(**more):
    time = np.linspace(0, 4 * TAU, 401)
    bottom = np.clip(0.1 + 0.8 * (time / TAU - 0.5), 0.1, 0.9)  # 0.5 at one tau_D
    top = np.clip(0.9 - 0.8 * (time / TAU - 2.5), 0.1, 0.9)  # 0.5 at three
    steps = [step(mode="current", start=0.1, end=0.1, duration=4 * TAU, label="hold")]
    return run(time, np.ones(401), np.full(401, 0.1), steps=steps, top=top, bottom=bottom, **more)


def test_switching_times_from_samples_and_from_events():
    times = switching_times(step_current())
    assert (times.scaled_bottom, times.scaled_top) == pytest.approx((1.0, 3.0))
    assert (times.bottom, times.top) == pytest.approx((TAU, 3 * TAU))
    events = [(63.0, "composition_bottom crosses 0.5", True), (9.0, "composition_bottom crosses 0.7", True)]
    located = step_current(events=events)
    assert switching_times(located).bottom == 63.0
    assert [(s.contact, s.rising) for s in switches(located)] == [("bottom", True), ("top", False)]
    assert np.isnan(switching_times(sweep()).top)


def test_polarization_is_partial_then_full():
    dataset = step_current()
    assert states(dataset)[[0, 200, 400]].tolist() == [1, 2, 3]
    assert polarization(dataset) == "full"
    assert polarization(dataset.isel(time=slice(0, 250))) == "partial"
    assert polarization(dataset.isel(time=slice(0, 50))) == "none"


def test_metrics_of_a_sweep_are_scaled_and_explained():
    found = {metric.name: metric for metric in metrics(sweep(samples=400))}
    assert all(metric.meaning for metric in found.values())
    assert found["cycle_2_current_maximum"].value == pytest.approx(6.0, rel=0.01)
    assert found["cycle_2_current_maximum"].scaled == pytest.approx(6.0 / (I_D * AREA), rel=0.01)
    assert found["on_off_ratio_at_+0.8_V"].value == pytest.approx(3.0)
    assert found["cycle_1_loop_area"].scaled == pytest.approx(8.0 / (V_T * I_D * AREA), rel=0.01)
    # int V i dt with V linear in time: (1 + 3) 2^2 / 3 per 400 s and side
    assert found["cycle_1_energy"].value == pytest.approx(2 * 400 * 16 / 3, rel=0.01)
    assert found["switching_time_top"].value != found["switching_time_top"].value
    assert str(found["switching_time_top"]) == "switching_time_top = never"
    assert str(found["final_state"]) == "final_state = I"


def test_metrics_of_a_step_of_current():
    found = {metric.name: metric for metric in metrics(step_current())}
    assert found["charge"].value == pytest.approx(0.1 * 4 * TAU)
    assert found["charge"].scaled == pytest.approx(0.1 * 4 / (I_D * AREA))
    assert found["final_state"].value == "III"
    assert str(found["phase_changes"]) == "phase_changes = 2"
    assert not any(name.startswith(("on_off", "cycle")) for name in found)


def pulse_train():
    """Three pulses, each read at 0.1 V; the conductance doubles from one to the next."""
    steps = [
        step(mode=mode, start=value, end=value, label=label, cycle=k)
        for k in range(3)
        for mode, value, label in (("current", 1.0, "pulse"), ("voltage", 0.1, "read"))
    ]
    segment = np.repeat(np.arange(6), 2)
    time = np.arange(12.0)
    read = segment % 2 == 1
    current = np.where(read, 0.1 * 2.0 ** (segment // 2), 1.0)
    return run(time, np.where(read, 0.1, 1.0), current, steps=steps, segment=segment, cycle=segment // 2)


def test_read_pulses_give_the_conductance():
    found = read_pulses(pulse_train())
    assert found["pulse"].tolist() == [1, 2, 3]
    assert found["conductance"] == pytest.approx([1.0, 2.0, 4.0])
    ratio = next(metric for metric in metrics(pulse_train()) if metric.name == "read_conductance_range")
    assert ratio.value == pytest.approx(4.0)


def test_a_run_of_one_sample_has_metrics_and_an_empty_one_has_none():
    assert any(metric.name == "final_state" for metric in metrics(sweep().isel(time=[0])))
    assert metrics(sweep().isel(time=[])) == []
