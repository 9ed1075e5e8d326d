"""Pulse maps as files of network simulators: their laws in NumPy, maps at nodes, retention, ramps, and what is refused."""

import json

import jax.numpy as jnp
import numpy as np
import pytest

from solion.analysis.synaptic import PulseRecord
from solion.base.errors import InputError
from solion.compact import CompactCell, Segment, current_drive, pulse_map, run_through, sequence
from solion.compact.integrate import filling_of, logit_of
from solion.export import measure, network_files, networks
from solion.export.inference import nearest_levels, read_weights, to_aihwkit_inference
from solion.export.map_nodes import invariant_range, logits, misfit, pulse_nodes, stepper, trains
from solion.export.network_laws import PRESETS, WeightDevices, device_to_device, replay
from solion.materials import magnesium_tungsten_oxide
from solion.study import load

HOST = magnesium_tungsten_oxide()
CELL = CompactCell(
    free_energy=HOST.free_energy,
    reservoir_energy=HOST.free_energy,
    conductivity=HOST.conductivity,
    charge=2.0,
    offset=HOST.offset,
    concentration=HOST.concentration,
    thickness=80e-9,
    area=6e-5,
    transfer_area=6e-5,
    share=0.0,
    supply=0.0136155,
    ionic_resistance=2e-3 / 2.8e-3,
    leak=1 / 20,
    channel_exchange=0.1,
    reservoir_exchange=0.1,
    aspect=5.0,
).ready()
START = 0.0130


def period(current):
    return sequence(Segment(current_drive(current, 6e-5), jnp.asarray(0.5)), Segment(current_drive(0.0), jnp.asarray(10.0)))


@pytest.fixture(scope="module")
def maps():
    return tuple(pulse_map(CELL, period(current), (0.003, 0.06), 1e-9) for current in (1e-5, -1e-5))


def followed(maps, order):
    """Conductances by the maps alone, between no walls."""
    steps, y, found = [stepper(part) for part in maps], float(logit_of(CELL, START)), []
    for way in order:
        y = float(steps[way](y))
        found.append(y)
    return np.asarray(CELL.conductance(filling_of(CELL, jnp.asarray(found))))


@pytest.fixture(scope="module")
def nodes(maps):
    g = followed(maps, trains()["cycles"])
    return pulse_nodes(CELL, maps[0], maps[1], (0.98 * g.min(), 1.001 * g.max()))


def test_linear_steps_are_a_geometric_series():
    given = {"device": "LinearStepDevice", "dw_min": 0.05, "w_max": 1.2, "w_min": -0.8, "gamma_up": 0.6, "gamma_down": 0.5}
    up = 1 - 0.05 * 0.6 / 1.2
    w = replay(given, np.zeros(20, int), -0.3)[:, 0]
    fixed = 1.2 / 0.6
    assert w == pytest.approx(fixed + (-0.3 - fixed) * up ** np.arange(1, 21), rel=1e-13)
    down = replay(given, np.ones(3, int), np.array([0.5, 0.1]))
    assert down[0] == pytest.approx(np.array([0.5, 0.1]) - 0.05 * (1 - 0.5 * np.array([0.5, 0.1]) / -0.8), rel=1e-13)


def test_piecewise_steps_interpolate_between_nodes_and_stop_at_walls():
    given = {"device": "PiecewiseStepDevice", "dw_min": 0.1, "w_max": 1.0, "w_min": -1.0}
    given |= {"piecewise_up": [1.0, 2.0, 4.0], "piecewise_down": [3.0, 1.0, 2.0]}
    device = WeightDevices(given)
    assert device.step(np.array([-1.0, -0.5, 0.0, 0.25, 1.0]), 0) == pytest.approx([0.1, 0.15, 0.2, 0.25, 0.4])
    assert device.pulse(np.array([0.9]), 0) == pytest.approx([1.0])
    assert device.pulses(np.array([0.0, 0.0]), np.array([1, -2])) == pytest.approx([0.2, -0.1 - 0.12])


def test_spreads_and_noise_are_drawn_where_they_are_asked_for():
    true = PRESETS["GokmenVlasovPresetDevice"]
    device = WeightDevices(true, (4000,), seed=3)
    assert np.std(device.high) == pytest.approx(0.3, rel=0.05)
    assert np.std(device.step(np.zeros(4000), 0)) / true["dw_min"] == pytest.approx(0.3, rel=0.05)
    still = WeightDevices(true | dict.fromkeys(("dw_min_dtod", "up_down_dtod", "w_max_dtod", "w_min_dtod"), 0.0), (50,))
    assert np.std(still.pulse(np.zeros(50), 0)) / true["dw_min"] == pytest.approx(0.3, rel=0.4)
    with pytest.raises(InputError, match="PowStepDevice"):
        WeightDevices({"device": "PowStepDevice"})


def test_forty_one_nodes_follow_the_map_over_full_cycles(maps, nodes):
    """E9 and E10: 0.5 % over full cycles, 0.1 % on random pulses; nothing is left to a default that spreads."""
    found = networks.piecewise_step(nodes)
    for name, limit in (("cycles", 5e-3), ("random", 1e-3)):
        order = trains()[name]
        true = followed(maps, order)
        start = networks.weight_of(found, float(CELL.conductance(START)))
        mine = networks.conductance_of(found, replay(found, order, start)[:, 0])
        assert misfit(mine, true, nodes.high - nodes.low)["max"] < limit
        assert found["deviation"][name]["max"] < limit
    assert all(found[name] == 0 for name in networks.ZERO)
    assert len(found["piecewise_up"]) == 41
    noisy = networks.piecewise_step(nodes, {"dw_min_dtod": 0.1})
    assert (noisy["dw_min_dtod"], noisy["w_max_dtod"]) == (0.1, 0.0)
    with pytest.raises(InputError, match="spread 'dtod' is unknown"):
        networks.piecewise_step(nodes, {"dtod": 0.1})


def test_no_pulse_leads_out_of_the_range_between_the_maps_own_walls():
    """E10: from 0.2 uS, where the leak brings back what a pulse down takes, to 1.4 mS, where it takes what a pulse up brings."""
    wide = tuple(pulse_map(CELL, period(current), (0.0003, 0.2), 1e-6) for current in (1e-5, -1e-5))
    low, high = invariant_range(CELL, wide[0], wide[1])
    assert (low, high) == (pytest.approx(2.0e-7, rel=0.1), pytest.approx(1.39e-3, rel=0.01))
    inside = pulse_nodes(CELL, wide[0], wide[1], (low, high))
    assert inside.walls == pytest.approx((0, 0), abs=1e-9)
    y, ends = logits(CELL, np.linspace(low, high, 201)), logits(CELL, np.array([low, high]))
    for part in wide:
        after = stepper(part)(y)
        assert ends[0] - 1e-9 <= after.min() < after.max() <= ends[1] + 1e-9


def test_straight_lines_say_how_wrong_they_are(maps):
    with pytest.raises(InputError, match="do not cross"):
        networks.linear_step(pulse_nodes(CELL, maps[0], maps[1], (2.5e-6, 335e-6)))
    found = networks.linear_step(pulse_nodes(CELL, maps[0], maps[1], (8e-6, 150e-6)))
    assert found["deviation"]["cycles"]["max"] > 0.05
    assert found["gamma_up_dtod"] == 0.0


def test_retention_is_that_of_a_run(nodes):
    """E11: the table of states against the integration of one of them."""
    times = [60.0, 3600.0, 86400.0]
    table = networks.retention_map(CELL, nodes.conductance, times)
    g0 = 120e-6
    x0 = float(filling_of(CELL, jnp.asarray(logits(CELL, np.array([g0]))[0])))
    rest = sequence(*(Segment(current_drive(0.0), jnp.asarray(span)) for span in np.diff(times, prepend=0.0)))
    x, _ = run_through(CELL, rest, x0, 1e-10)
    alone = networks.retention_map(CELL, np.full(41, g0), times)[:, 0]
    assert alone == pytest.approx(np.asarray(CELL.conductance(jnp.asarray(x))), rel=1e-6)
    assert table[-1] == pytest.approx(np.full(41, 40e-6), rel=0.01)  # every state ends where the reservoir rests
    between = networks.retained(np.array(times), nodes.conductance, table, np.array([g0]), 3600.0)
    assert between == pytest.approx(alone[1], rel=2e-3)
    with pytest.raises(InputError, match="outside the table"):
        networks.retained(np.array(times), nodes.conductance, table, np.array([g0]), 1e6)


def test_ramps_of_crosssim_hold_the_map(nodes):
    files = networks.crosssim([nodes, nodes])
    for name, steps in (("set.csv", nodes.up), ("reset.csv", nodes.down)):
        head, *rows = files[name].split()
        assert head == "rmp1,rmp2"
        g = np.array([[float(x) for x in row.split(",")] for row in rows])[:, 0] / networks.READ
        change = np.diff(g[:-1])
        law = np.interp(g[:-2], nodes.conductance, steps) * (1 if name == "set.csv" else -1)
        assert np.max(np.abs(change - law)) < 0.01 * (nodes.high - nodes.low)


def test_measured_devices_of_neurosim_are_monotone_with_equal_ends(nodes):
    found = networks.neurosim(nodes)
    up, down = np.array(found["dataConductanceLTP"]), np.array(found["dataConductanceLTD"])
    assert np.all(np.diff(up) > 0)
    assert np.all(np.diff(down) < 0)
    assert (up[0], up[-1]) == (pytest.approx(down[-1]), pytest.approx(down[0]))
    assert found["NL"]["LTP"]["max"] > 0.1  # an exponential cannot hold the S-shape, and it is told


def test_what_is_no_map_is_refused(maps, nodes):
    record = PulseRecord.of_conductance(np.ones(10), np.linspace(1e-6, 2e-6, 11))
    with pytest.raises(InputError, match="PulseRecord, where the map of a pulse belongs"):
        pulse_nodes(CELL, record, maps[1], (1e-5, 1e-4))  # pyright: ignore[reportArgumentType]
    with pytest.raises(InputError, match="leaves the range of the maps"):
        pulse_nodes(CELL, maps[0], maps[1], (1e-9, 1e-4))
    with pytest.raises(InputError, match=r"pulses down move on at .* S, the end of their map"):
        invariant_range(CELL, *maps)
    with pytest.raises(InputError, match=r"nodes = 100 .*\[5, 63\]"):
        pulse_nodes(CELL, maps[0], maps[1], (1e-5, 1e-4), nodes=100)
    with pytest.raises(InputError, match="swap them"):
        pulse_nodes(CELL, maps[1], maps[0], (1e-5, 1e-4))
    with pytest.raises(InputError, match=r"aihwkit or torch is not installed|work together"):
        networks.to_aihwkit(networks.piecewise_step(nodes))


def test_a_study_without_pulses_up_and_down_is_refused():
    study = load("magnesium-synapse")
    half = type(study.experiment.protocol)(study.experiment.protocol.steps[:6])
    with pytest.raises(InputError, match="0 down"):
        network_files.to_neurosim_files(study.device, half, title="")
    film = load("lto7-voltammogram")
    with pytest.raises(InputError, match="crosssim takes the map of a synapse's pulses"):
        network_files.to_crosssim_files(film.device, film.experiment.protocol)
    told = network_files.to_aihwkit_files(film.device, film.experiment.protocol, title="a 'title'\n")
    levels = json.loads(told.files["aihwkit.json"])
    assert levels["header"][1].startswith("written by solion ")
    assert "relative from the whole film at rest" in levels["header"][6]
    known = sorted(levels["levels"].values())
    assert read_weights(levels, [0.0, 1.01 * known[1], 1.0], 3600.0) == pytest.approx([known[0], known[1], known[3]], rel=1e-12)
    with pytest.raises(InputError, match="two or more different"):
        nearest_levels([1.0], [2.0, 2.0])
    with pytest.raises(InputError, match="neither levels nor retention"):
        to_aihwkit_inference({})
    with pytest.raises(InputError, match=r"aihwkit or torch is not installed|work together"):
        to_aihwkit_inference(levels)
    assert levels["title"] == "a 'title'\n"
    assert len(levels["levels"]) == 4
    assert min(levels["levels"].values()) > 0


def test_spread_between_devices():
    draw = np.random.default_rng(5)
    order = np.tile(np.repeat([0, 1], 20), 2)
    step = 1e-6 * np.exp(0.1 * draw.standard_normal(500))
    walk = np.cumsum(np.where(order == 0, 1, -1))
    found = device_to_device(1e-5 + step[:, None] * walk, order)
    assert found["dw_min_dtod"] == pytest.approx(0.1, rel=0.1)
    assert found["up_down_dtod"] == pytest.approx(0, abs=1e-9)


def test_what_a_header_says_of_a_map_is_how_far_a_run_is_from_it(monkeypatch):
    """A run whose conductance is 1 % above that of the map after each pulse, in whatever order, is 1 % from it."""
    study = load("magnesium-synapse")
    steps = study.experiment.protocol.steps
    train = type(study.experiment.protocol)((*steps[:4], *steps[-4:]))
    nodes = network_files.nodes_of_study(study.device, train)

    def run(device, protocol, *_):
        ways = np.array([0 if float(step.start) > 0 else 1 for step in protocol.steps if not step.rests])
        ends = np.cumsum([float(step.duration) for step in protocol.steps])[1::2]
        start = float(nodes.cell.conductance(device.channel.composition))
        found = 1.01 * nodes.followed(ways, start)
        return measure.Signal("", "", np.array([0.0, *ends]), np.array([start, *found]), {}, {})

    monkeypatch.setattr(network_files, "followed", run)
    told = network_files.to_crosssim_files(study.device, train, title="a\n'title'", cells=8)
    header = json.loads(told.files["crosssim.json"])["header"]
    assert header[0] == "CrossSim: a\n'title'"
    assert "stated: section 2" in "".join(header)
    for line in header[6:8]:
        assert "of 4 pulses 0.0099 relative (L2), log10 0.0043 rms" in line
    assert len(told.files["set.csv"].split()) > 2
