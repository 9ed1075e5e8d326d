"""Dimensional design: there and back, the table of Fig. 5, and a designed film that does switch in time."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from solion import analysis, laws, materials, protocols, simulate
from solion.base.errors import InputError
from solion.base.parameters import table
from solion.base.scaling import mixed_conductor_scales
from solion.cli import app
from solion.devices import PhaseSeparated
from solion.explore import sizing as design
from solion.explore.sizing import warming as sizing_warming
from solion.explore.sizing.report import verdict
from solion.study import load
from solion.thermodynamics import critical_current

POSITIVE = st.floats(-2, 2).map(lambda x: 10.0**x)
LTO = ("lithium_titanate",)
DEVICE = design.reference_device()


@pytest.fixture(scope="module")
def answer():
    return design.design(5.0, 1.0, area=1e-12)


@settings(max_examples=50, deadline=None)
@given(POSITIVE, POSITIVE, POSITIVE)
def test_thickness_diffusivity_and_time_there_and_back(time, diffusivity, ratio):
    time, diffusivity = time * 1e-6, diffusivity * 1e-14
    thickness = design.thickness_for_time(time, diffusivity, ratio)
    assert ratio * design.diffusion_time(thickness, diffusivity) == pytest.approx(time, rel=1e-13)
    assert design.diffusivity_for_time(time, thickness, ratio) == pytest.approx(diffusivity, rel=1e-13)


@settings(max_examples=50, deadline=None)
@given(POSITIVE, POSITIVE, POSITIVE)
def test_area_from_current_and_energy_there_and_back(current, energy, thickness):
    response = design.Response(voltage=40.0, time=0.2, peak_current=0.3, charge=0.05, work=2.0)
    one = mixed_conductor_scales(
        thickness=thickness * 50e-9,
        area=1.0,
        concentration=22e3,
        ion_diffusivity=1e-16,
        electron_diffusivity=1e-11,
        temperature=298.15,
    )
    sized = dataclasses.replace(one, area=design.area_for_current(current, response, one))
    assert design.in_units(response, sized).peak_current == pytest.approx(current, rel=1e-12)
    sized = dataclasses.replace(one, area=design.area_for_energy(energy, response, one))
    assert design.in_units(response, sized).energy == pytest.approx(energy, rel=1e-12)


@pytest.mark.parametrize("wrong", [0.0, -1.0, np.nan, np.inf])
def test_numbers_that_cannot_be_are_refused(wrong):
    with pytest.raises(InputError, match=r"design: time = .* above 0, finite"):
        design.thickness_for_time(wrong, 1e-16)
    with pytest.raises(InputError, match=r"design: thickness = .* m is outside"):
        design.diffusion_time(np.array([1e-9, wrong]), 1e-16)


def test_table_of_figure_5():
    rows = {row.name: row for row in design.speeds()}
    assert rows["lithium_titanate"].diffusion[1] == pytest.approx(25.0)  # (50 nm)^2 / 1e-16 m^2/s; 64 s at 80 nm
    for row in rows.values():
        assert row.switching == pytest.approx(tuple(t / 10 for t in row.diffusion))
        assert row.diffusion[0] * row.diffusivity[1] == pytest.approx((50e-9) ** 2)
    assert design.speeds(thickness=80e-9)[0].diffusion[1] == pytest.approx(64.0)
    between = [row.name for row in rows.values() if row.switching[0] <= 1e-3 and row.switching[1] >= 1e-6]
    # the paper expects microseconds to milliseconds: in reach of these at the fast ends of their ranges
    assert between == ["lithium_iron_phosphate", "expanded_molybdenum_disulfide", "lithium_cobalt_oxide", "graphite"]
    hot = {row.name: row for row in design.speeds(temperature=350.0)}
    assert all(hot[name].switching[1] < row.switching[1] for name, row in rows.items())


def test_reference_device_has_the_conductivity_of_the_paper_and_says_so():
    material = DEVICE.film.material
    law = material.free_energy
    mobile = material.electron_mobility.mobility(0.9 + law.defects, law.electron_sites)
    conductivity = material.electron_diffusivity * material.concentration * 96485.33212 / 0.02569257912 * mobile
    assert float(conductivity) == pytest.approx(0.005, rel=1e-6)
    rows = {row.path: row for row in table(DEVICE)}
    assert rows["film.material.electron_diffusivity"].provenance == "calibrated"
    assert {row.provenance for row in rows.values()} <= {"stated", "derived", "literature", "assumed", "calibrated"}


def test_response_in_si_is_what_the_run_did():
    response = design.respond(DEVICE, 1.0)
    switch = design.in_units(response, DEVICE.scales())
    drive = protocols.hold(voltage=1.0, duration=1.2 * switch.time, samples=200)
    times = analysis.switching_times(simulate(DEVICE, drive, cells=100))
    assert times.bottom == pytest.approx(switch.time, rel=1e-3)
    assert switch.voltage == pytest.approx(1.0)
    assert switch.energy == pytest.approx(switch.charge * 1.0, rel=1e-9)  # at a constant voltage W = V Q
    assert 0.5 < switch.charge / (switch.peak_current * switch.time) <= 1
    assert design.respond(DEVICE, -1.0).time == pytest.approx(response.time, rel=1e-6)  # equal contacts
    full = design.respond(DEVICE, 1.0, full=True)
    assert full.time > 3 * response.time
    assert design.respond(DEVICE, 0.2) is None


def test_switching_voltage_is_that_of_a_current_step_at_the_critical_current():
    scales = DEVICE.scales()
    critical = critical_current(DEVICE.film.material, DEVICE.film.filling) * float(scales.current)
    start = simulate(DEVICE, protocols.hold(current=critical, duration=1e-6 * scales.time, samples=200), cells=100)
    assert design.switching_voltage(DEVICE) == pytest.approx(float(start.dataset["voltage"][0]), rel=1e-6)
    assert design.respond(DEVICE, 0.5 * design.switching_voltage(DEVICE)) is None
    assert design.respond(DEVICE, 1.1 * design.switching_voltage(DEVICE)).time < 5


@pytest.mark.parametrize("filling", [0.1, 0.3, 0.5])
def test_the_thinnest_film_holds_both_phases_and_one_of_a_third_dissolves_them(filling):
    device = dataclasses.replace(DEVICE, film=dataclasses.replace(DEVICE.film, filling=filling))
    floor = design.thinnest(device)

    def rested(thickness):
        film = dataclasses.replace(device.film, thickness=thickness)
        other = dataclasses.replace(device, film=film)
        drive = protocols.hold(voltage=0.0, duration=20 * other.scales().time, samples=200)
        return simulate(other, drive, initial=PhaseSeparated(), cells=100).dataset["composition"].values[-1]

    kept, lost = rested(floor), rested(floor / 3)
    assert kept.max() > 0.9
    assert kept.min() < 0.05
    assert np.ptp(lost) < 0.01


def test_the_designed_film_switches_in_time_and_a_thicker_one_does_not(answer):
    """The claim, by a real run in SI: a film of the material at the slow end of its range, at the voltage asked."""
    lto, graphite = by_name(answer)["lithium_titanate"], by_name(answer)["graphite"]

    def time(thickness, diffusivity):
        ratio = DEVICE.film.material.electron_diffusivity / DEVICE.film.material.ion_diffusivity
        material = dataclasses.replace(
            DEVICE.film.material, ion_diffusivity=diffusivity, electron_diffusivity=ratio * diffusivity
        )
        film = dataclasses.replace(DEVICE.film, material=material, thickness=thickness)
        device = design.same_multiples(dataclasses.replace(DEVICE, film=film), DEVICE)
        drive = protocols.hold(voltage=answer.voltage, duration=1.3 * answer.time, samples=200)
        return analysis.switching_times(simulate(device, drive, cells=100)).bottom

    slow, _, fast = lto.diffusivity
    thickness = lto.thickness[0]
    assert answer.floor < thickness < answer.thicknesses[-1]
    assert time(thickness, slow) == pytest.approx(answer.time, rel=0.02)
    assert time(0.95 * thickness, slow) < answer.time
    assert time(0.95 * thickness, fast) < 0.2 * answer.time
    assert time(1.08 * thickness, slow) > answer.time
    # beyond the thicknesses that are simulated the answer is on the safe side
    assert graphite.thickness[0] > answer.thicknesses[-1]
    assert 0.6 * answer.time < time(graphite.thickness[0], graphite.diffusivity[0]) < answer.time


def test_candidates_carry_the_uncertainty_of_the_diffusivity(answer):
    for entry in answer.candidates:
        low, middle, high = entry.diffusivity
        assert low <= middle <= high
        assert entry.time[0] <= entry.time[1] <= entry.time[2]
        assert entry.time[0] * high == pytest.approx(entry.time[2] * low, rel=0.02)  # the same film, only faster
        if entry.thickness[0] >= answer.floor:
            assert entry.film == entry.thickness[0]
            assert entry.chance == pytest.approx(0.95, abs=0.005)
            assert entry.time[2] == pytest.approx(answer.time, rel=1e-3)
        else:
            assert entry.film == answer.floor
    assert by_name(answer)["lithium_titanate"].thickness[0] > answer.floor
    assert 0 < by_name(answer)["lithium_iron_phosphate"].chance < 1
    assert [entry.diffusivity[1] for entry in answer.candidates] == sorted(
        (entry.diffusivity[1] for entry in answer.candidates), reverse=True
    )
    text = " ".join(answer.basis)
    assert all(word in text for word in ("simulated:", "assumed:", "calibrated: film.material.electron_diffusivity"))


def test_more_time_allows_thicker_films_and_wider_confidence_thinner_ones(answer):
    slower = design.design(50.0, 1.0, materials=LTO).candidates[0]
    wider = design.design(5.0, 1.0, materials=LTO, confidence=0.99).candidates[0]
    here = by_name(answer)["lithium_titanate"]
    assert all(more > less for more, less in zip(slower.thickness, here.thickness, strict=True))
    assert wider.thickness[0] < here.thickness[0]


def test_area_follows_from_current_or_energy():
    by_current = design.design(5.0, 1.0, materials=LTO, current=1e-6).candidates[0]
    by_energy = design.design(5.0, 1.0, materials=LTO, energy=1e-9).candidates[0]
    assert by_current.peak_current[1] == pytest.approx(1e-6, rel=1e-3)
    assert by_energy.energy[1] == pytest.approx(1e-9, rel=1e-3)


def test_temperature_speeds_up_and_narrows_the_gap():
    hot = design.device_at_temperature(DEVICE, 350.0)
    assert hot.film.material == materials.at_temperature(DEVICE.film.material, 350.0)
    assert float(hot.scales().voltage / DEVICE.scales().voltage) == pytest.approx(350 / 298.15)
    assert design.thinnest(hot) > design.thinnest(DEVICE)
    cold, warm = (design.design(5.0, 1.0, materials=LTO, temperature=t).candidates[0] for t in (298.15, 350.0))
    assert warm.thickness[1] > 3 * cold.thickness[1]
    # a device whose own temperature, at which its contacts' numbers hold, is not that of its material's
    other = dataclasses.replace(hot, film=DEVICE.film)
    own = design.design(5.0, 1.0, materials=LTO, device=other).candidates[0]
    assert own.thickness == pytest.approx(warm.thickness, rel=1e-9)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"time": 1e-12}, r"time = 1 ps is too short at 1 V .* bilayer graphene, needs .* ns"),
        ({"voltage": 0.2}, r"voltage = 200 mV does not change the phase at a contact .* critical current is 0.0907 i_D"),
        ({"voltage": 0.0}, "give a finite one other than 0 V"),
        ({"time": -1.0}, "time = -1 s"),
        ({"temperature": 500.0}, r"single phase.* closes at 452\.6 K"),
        ({"materials": ("grafite",)}, "did you mean 'graphite'"),
        ({"area": 1e-12, "current": 1e-6}, "give one of them"),
        ({"area": 0.0}, r"area = 0 m\^2"),
        ({"substrate": "Sio2"}, r"substrate = 'Sio2' is unknown \(did you mean 'SiO2'"),
        ({"confidence": 1.5}, r"confidence = 1.5 is outside its allowed range \[0.5, 0.999\]"),
        ({"device": load("retention").device}, "is enough"),
    ],
    ids=str,
)
def test_impossible_requests_are_refused_in_one_sentence(given, says):
    with pytest.raises(InputError, match=says) as refusal:
        design.design(**({"time": 1e-3, "voltage": 1.0} | given))
    assert "\n" not in str(refusal.value)


def test_a_switch_warms_the_film_by_its_peak_power_spread_into_the_substrate(answer):
    """Of a small electrode the spreading is that of a disc long before the switch is over."""
    row = next(entry for entry in answer.candidates if entry.name == "lithium_titanate")
    below = laws.film_resistance(row.film, 1.5, 1e-8, laws.spreading_resistance(np.sqrt(1e-12 / np.pi), 148.0))
    np.testing.assert_allclose(row.warming, below * 1.0 * np.array(row.peak_current) / 1e-12, rtol=1e-2)
    glass = sizing_warming.warming(sizing_warming.chosen_substrate("SiO2"), 50e-9, 1e-12, [1e-9, 1.0], [1e9, 1e9])
    assert 0 < glass[0] < glass[1] == pytest.approx(1e9 * (50e-9 / 3 + 1e-8 + np.sqrt(1e-12 / np.pi) / 1.4), rel=1e-2)


def test_the_table_says_for_which_part_of_its_range_a_host_switches(answer):
    said = {entry.name: verdict(entry, answer) for entry in answer.candidates}
    assert said["bilayer_graphene"].startswith("up to ")
    assert said["lithium_iron_phosphate"] == f"in {100 * by_name(answer)['lithium_iron_phosphate'].chance:.1f}% of its range"
    short = design.design(1e-2, 1.0)
    assert verdict(by_name(short)["lithium_titanate"], short).endswith("at best, too thin")


def by_name(answer):
    return {entry.name: entry for entry in answer.candidates}


def test_the_voltage_that_a_refusal_names_is_enough():
    with pytest.raises(InputError, match="is enough") as refusal:
        design.design(5.0, 0.3, materials=LTO)
    enough = float(str(refusal.value).rsplit("and ", 1)[1].split(" mV")[0]) * 1e-3
    assert design.design(50.0, 1.002 * enough, materials=LTO).candidates


def test_filling_outside_the_gap_is_refused():
    device = dataclasses.replace(DEVICE, film=dataclasses.replace(DEVICE.film, filling=0.99))
    with pytest.raises(InputError, match=r"filling = 0.99 .* choose one inside \(0.03295, 0.962\)"):
        design.design(1.0, 1.0, device=device)


def test_chart_shows_every_material(answer):
    for figure in (design.chart(), design.chart(answer)):
        left, right = figure.axes[:2]
        texts = " ".join(text.get_text() for axes in (left, right) for text in axes.texts)
        for host in materials.diffusivities().values():
            assert texts.count(host.label) == 2
        assert right.get_yscale() == "log"
    bars = [line for line in design.chart().axes[0].lines if len(line.get_xdata()) == 2]
    ranges = sorted(tuple(line.get_xdata()) for line in bars)
    assert ranges == sorted((host.low, host.high) for host in materials.diffusivities().values())


def invoke(*arguments):
    return CliRunner().invoke(app, ["design", *arguments])


def test_command_prints_the_table_of_the_figure():
    shown = invoke("--temperature", "298.15 K")
    assert shown.exit_code == 0
    assert "250 ms … 2.5 s" in shown.stdout  # LTO
    assert all(host.label in shown.stdout for host in materials.diffusivities().values())


def test_command_answers_and_draws(tmp_path):
    file = tmp_path / "chart.png"
    shown = invoke("5 s", "1 V", "--area", "1 um^2", "--chart", str(file))
    assert shown.exit_code == 0, shown.output
    assert "up to" in shown.stdout
    assert "calibrated: film.material.electron_diffusivity" in shown.stdout
    assert "1 µm²" in shown.stdout
    assert file.stat().st_size > 20_000


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("1 ms",), "give both a time and a voltage"),
        (("--substrate", "SiO2"), "give both a time and a voltage"),
        (("1 kg", "1 V"), "TIME = '1 kg' has the wrong unit 'kg'; give it in s, such as \"10 ms\""),
        (("0 ms", "1 V"), "TIME = '0 ms' is outside its allowed range (0, inf) s"),
        (("1 ms", "1 V", "--area", "3"), "--area = '3' has no unit"),
        (("1 ns", "1 V"), "too short"),
        (("5 s", "1 V", "--set", "device.filling=0.3"), "name one with --study"),
        (("5 s", "1 V", "--study", "retension"), "did you mean 'retention'"),
        (("5 s", "1 V", "--chart", "chart.txt"), "give it such an ending"),
        (("--material", "lead"), "material = 'lead' has no diffusivity entry"),
    ],
    ids=str,
)
def test_command_refuses_with_exit_code_2(arguments, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused = invoke(*arguments)
    assert refused.exit_code == 2
    assert says in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())
