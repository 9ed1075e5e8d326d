"""The compact synapse against closed forms, golden numbers and an independent integrator; its maps against integration."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from solion import protocols, simulate
from solion.analysis.synaptic import pulses_of
from solion.base.errors import InputError
from solion.compact.batch import integrated_train, spread, train
from solion.compact.cell import CompactCell, current_drive, voltage_drive
from solion.compact.integrate import Segment, filling_of, logit_of, run_through, sequence
from solion.compact.pulse_maps import compose, conductance_after, iterate, leaves, pulse_map, record_of, repeat
from solion.devices.ionic_synapse import (
    DoubleLayer,
    ElectrolyteFilm,
    Gap,
    InsertionFilm,
    IonicSynapse,
    PinnedReservoir,
    WellMixed,
)
from solion.explore.synapse_figures import pulse_figure
from solion.laws import HostPotential, InsertionButlerVolmer
from solion.materials import hydrogen_tungsten_oxide, magnesium_tungsten_oxide, succinonitrile_magnesium

AREA, ROOM, THERMAL = 6e-5, 298.15, 0.0256926
REST = 0.0136155


def standard(**changed):
    host = magnesium_tungsten_oxide()
    numbers = {
        "free_energy": host.free_energy,
        "reservoir_energy": host.free_energy,
        "conductivity": host.conductivity,
        "charge": 2.0,
        "offset": host.offset,
        "concentration": host.concentration,
        "thickness": 80e-9,
        "area": AREA,
        "transfer_area": AREA,
        "share": 0.0,
        "supply": REST,
        "ionic_resistance": 2e-3 / 2.8e-3,
        "leak": 1 / 20,
        "channel_exchange": 0.1,
        "reservoir_exchange": 0.1,
        "aspect": 5.0,
    }
    return CompactCell(**numbers | changed)


def filling_at(cell, conductance):
    return brentq(lambda x: float(cell.conductance(x)) / conductance - 1, 1e-4, 0.3, xtol=1e-15)


def period(current=None, voltage=None, gap=10.0):
    drive = current_drive(current, AREA) if voltage is None else voltage_drive(voltage)
    return sequence(Segment(drive, jnp.asarray(0.5)), Segment(current_drive(0.0), jnp.asarray(gap)))


UP, DOWN = period(1e-5), period(-1e-5)


def joined(*periods):
    return jax.tree.map(lambda *leaves: jnp.concatenate(leaves), *periods)


TEN_AND_BACK = joined(*[UP] * 10, *[DOWN] * 10)


@pytest.mark.parametrize(
    ("start", "top", "top_leaky", "end_leaky"),
    [
        (1, 1.989, 2.213, 1.331),
        (4, 7.955, 8.164, 4.561),
        (10, 19.851, 19.582, 10.553),
        (20, 39.447, 37.951, 20.066),
        (40, 76.945, 72.629, 38.366),
    ],
)
def test_ten_pulses_up_and_down(start, top, top_leaky, end_leaky):
    """Conductances (uS) of the resolved device. Those with leak belong to a reservoir as large as the channel.

    Films mix at once here, so that a leak driven by the surface filling differs by less than half a percent.
    """
    tight = standard(leak=0.0)
    x = filling_at(tight, start * 1e-6)
    after, _ = run_through(tight, TEN_AND_BACK, x)
    found = np.asarray(tight.conductance(after)) * 1e6
    assert found[19] == pytest.approx(top, rel=3e-4)
    assert found[-1] == pytest.approx(start, rel=1e-9)  # T15
    leaky = standard(share=1.0, supply=REST + x)
    found = np.asarray(leaky.conductance(run_through(leaky, TEN_AND_BACK, x)[0])) * 1e6
    assert found[19] == pytest.approx(top_leaky, rel=5e-3)
    assert found[-1] == pytest.approx(end_leaky, rel=5e-3)


def test_against_an_independent_integrator():
    """The same equations written again, in SciPy: a scalar root for the current inside a stiff integrator."""
    cell, x = standard(share=0.5, supply=0.02), 0.012
    per_filling = 2 * 96485.33212 * float(cell.concentration) * 80e-9

    def open_voltage(c):
        r = 0.02 - 0.5 * c
        return THERMAL_EXACT / 2 * (3 * np.log(c / r) + cell.free_energy.slope * (c - r))

    def gate_voltage(i, c):
        return open_voltage(c) + i * 2e-3 / 2.8e-3 + 4 * THERMAL_EXACT * np.arcsinh(i / 0.2)

    def rate(forced):
        def of_time(_, c):
            return [brentq(lambda i: i + gate_voltage(i, c[0]) / 20 - forced, -10, 10, xtol=1e-15, rtol=1e-14) / per_filling]

        return of_time

    c = [x]
    for forced, time in ((1e-5 / AREA, 50.0), (0.0, 500.0), (-1e-5 / AREA, 20.0)):
        c = solve_ivp(rate(forced), (0, time), c, method="LSODA", rtol=1e-11, atol=1e-15).y[:, -1]
    segments = sequence(*(Segment(current_drive(i, AREA), t) for i, t in ((1e-5, 50.0), (0.0, 500.0), (-1e-5, 20.0))))
    assert run_through(cell, segments, x)[0][-1] == pytest.approx(c[0], rel=1e-8)


THERMAL_EXACT = 8.31446261815324 * ROOM / 96485.33212331001


def test_retention_open_and_at_rest():
    """Fig. 8a: open circuit is slower by (r_e + rho_i + rho_ct)/(rho_i + rho_ct) = 17.3; both end at 40 uS (T6, T10)."""
    cell = standard()
    x = filling_at(cell, 0.95e-3)
    transfer = 4 * THERMAL / 0.2
    resistance = 2e-3 / 2.8e-3 + transfer
    idle = cell.flow(x, current_drive(0.0))
    assert float(idle.voltage) == pytest.approx(0.110, abs=2e-4)
    assert float(idle.voltage) == pytest.approx(float(cell.open_voltage(x)) * 20 / (20 + resistance), rel=1e-3)
    times = {}
    for name, drive, guess in (("rest", voltage_drive(0.0), 1093.0), ("open", current_drive(0.0), 18860.0)):
        after, _ = run_through(cell, sequence(Segment(drive, jnp.asarray(guess))), x)
        slope = float(jax.jvp(cell.conductance, (after[0],), (cell.rate(after[0], cell.flow(after[0], drive)),))[1])
        times[name] = guess + (50e-6 - float(cell.conductance(after[0]))) / slope
        late, _ = run_through(cell, sequence(Segment(drive, jnp.asarray(100 * guess))), x)
        assert float(cell.conductance(late[0])) == pytest.approx(40e-6, abs=1e-7)
    assert times["rest"] == pytest.approx(1093, rel=0.01)
    assert times["open"] == pytest.approx(18860, rel=0.01)
    assert times["open"] / times["rest"] == pytest.approx((20 + resistance) / resistance, rel=0.01)


def linear_cell(slope=0.6, share=0.0):
    """U = g (x_c - x_r) and interfaces without resistance: everything decays exponentially."""
    energy = HostPotential(releases=1e-9, slope=2 * slope / THERMAL_EXACT)
    return standard(
        free_energy=energy,
        reservoir_energy=energy,
        share=share,
        supply=0.1 * (1 + share),
        channel_exchange=1e9,
        reservoir_exchange=1e9,
    )


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_leaky_cell_decays_as_a_resistor_and_a_capacitor(share):
    """T5: tau = (r_e + rho_i) z F c_W t_c/g, shorter by 1 + share where the reservoir is finite."""
    cell = linear_cell(share=share)
    tau = (20 + 2e-3 / 2.8e-3) * float(cell.capacity) / 0.6 / (1 + share)
    after, _ = run_through(cell, sequence(Segment(current_drive(0.0), jnp.asarray(0.7 * tau))), 0.15)
    assert after[0] - 0.1 == pytest.approx(0.05 * np.exp(-0.7), rel=1e-6)


def test_pulses_up_and_down_contract_to_a_fixed_cycle():
    """T11: top and bottom approach by exp(-2 N t_p/tau) a cycle, and the amplitude ends at (V/g) tanh(N t_p/2 tau)."""
    cell = linear_cell()
    tau = float(cell.ionic_resistance * cell.capacity) / 0.6
    up = sequence(Segment(voltage_drive(0.05), jnp.asarray(0.02 * tau)))
    down = sequence(Segment(voltage_drive(-0.05), jnp.asarray(0.02 * tau)))
    maps = [(pulse_map(cell, half, (0.01, 0.19)), 20) for half in (up, down)]
    low, high = maps[0][0].low, maps[0][0].high
    cycle = compose(maps, low, high, 64)
    y = logit_of(cell, jnp.asarray([0.05, 0.12]))
    x = [filling_of(cell, jax.vmap(cycle.next)(y))]
    for _ in range(2):
        x.append(filling_of(cell, jax.vmap(cycle.next)(logit_of(cell, x[-1]))))
    apart = [float(pair[1] - pair[0]) for pair in x]
    assert apart[1] / apart[0] == pytest.approx(np.exp(-2 * 0.4), rel=1e-6)
    bottom = iterate(repeat(cycle, 40), y[0], 1)
    top = iterate(maps[0][0], bottom, 20)
    amplitude = 0.5 * float(filling_of(cell, top) - filling_of(cell, bottom))
    assert amplitude == pytest.approx(0.05 / 0.6 * np.tanh(0.2), rel=1e-6)


def test_five_steps_of_a_voltage_pulse_and_a_read_are_figure_5():
    """Row 5a: bottoms 417, 454, 481 uS after the first three cycles, 524 after the sixth, rising; tops 1530 ... 1657."""
    cell = standard(supply=0.10)

    def five(voltage):
        short = Segment(voltage_drive(voltage), jnp.asarray(0.5))
        gap, read = (Segment(current_drive(0.0), jnp.asarray(t)) for t in (1.0, 10.0))
        return sequence(*[short, gap] * 4, short, read)

    rising, falling = (pulse_map(cell, five(voltage), (0.005, 0.3)) for voltage in (1.0, -1.0))
    low, high = (logit_of(cell, jnp.asarray(x)) for x in (0.01, 0.15))
    cycle = compose([(rising, 20), (falling, 20)], low, high, 32)
    assert cycle.error < 1e-9
    bottoms = conductance_after(cell, cycle, 0.03, [1, 2, 3, 6]) * 1e6
    assert bottoms == pytest.approx([417, 454, 481, 524], rel=0.03)
    y = logit_of(cell, jnp.asarray(0.03))
    tops = [float(cell.conductance(filling_of(cell, iterate(rising, start, 20)))) * 1e6 for start in (y, iterate(cycle, y, 5))]
    assert tops == pytest.approx([1530, 1657], rel=0.03)


def test_a_map_is_integration_to_within_its_error():
    """200 pulses by maps and by integration differ by far less than 1e-3 of G, and so does a map of a map."""
    cell = standard()
    x = filling_at(cell, 20e-6)
    rising, falling = (pulse_map(cell, part, (0.008, 0.03)) for part in (UP, DOWN))
    assert max(float(rising.error), float(falling.error)) < 1e-11
    y, worst = logit_of(cell, jnp.asarray(x)), 0.0
    for _ in range(2):
        segments = joined(*[UP] * 50, *[DOWN] * 50)
        exact = np.asarray(cell.conductance(run_through(cell, segments, filling_of(cell, y), 1e-11)[0]))[1::2]
        found = []
        for part in [rising] * 50 + [falling] * 50:
            y = iterate(part, y, 1)
            found.append(float(cell.conductance(filling_of(cell, y))))
        worst = max(worst, float(np.max(np.abs(np.array(found) / exact - 1))))
    assert worst < 1e-8
    wide = compose([(rising, 50), (falling, 50)], *(logit_of(cell, jnp.asarray(c)) for c in (0.0085, 0.017)), 32)
    assert leaves(wide) == 0
    one_by_one = iterate(wide, y, 1000)
    assert float(iterate(repeat(wide, 1000), y, 1)) == pytest.approx(float(one_by_one), rel=1e-9)


def test_a_record_of_maps_has_the_metrics_of_its_pulses():
    cell = standard()
    maps = [pulse_map(cell, part, (0.008, 0.03)) for part in (UP, DOWN)]
    record = record_of(cell, maps, np.repeat([0, 1], 10), filling_at(cell, 20e-6), width=0.5)
    assert record.sign.tolist() == [1.0] * 10 + [-1.0] * 10
    assert record.charge == pytest.approx(5e-6 * record.sign, rel=1e-9)
    assert record.before[0] == pytest.approx(20e-6, rel=1e-9)
    assert record.after[9] * 1e6 == pytest.approx(38.454, rel=1e-4)
    figure = pulse_figure(record)
    assert [axes.get_title("left") for axes in figure.axes] == ["Pulses", "Update map", "Linearity of the first run"]


def test_charge_and_work_of_a_map():
    """Charge of a current pulse is exact, and the work is what is dissipated and stored: V i summed over both films."""
    cell = standard()
    x = filling_at(cell, 20e-6)
    part = pulse_map(cell, UP, (0.008, 0.03))
    _, passed = part(logit_of(cell, jnp.asarray(x)))
    assert float(passed.charge) * AREA == pytest.approx(5e-6, rel=1e-9)
    after, direct = run_through(cell, UP, x, 1e-11)
    ions = (after[-1] - x) * float(cell.capacity)
    assert float(passed.charge - passed.leak) == pytest.approx(ions, rel=1e-7)
    assert float(passed.work) == pytest.approx(float(np.sum(direct.work)), rel=1e-9)


def test_a_hundred_million_pulses_without_a_leak_return():
    """T15 without end: 10 up and 10 down conserve the charge, so that G comes back; the maps keep it within 1e-3."""
    cell = standard(leak=0.0)
    x = filling_at(cell, 20e-6)
    rising, falling = (pulse_map(cell, part, (0.009, 0.02), 1e-12) for part in (UP, DOWN))
    cycle = compose([(rising, 10), (falling, 10)], *(logit_of(cell, jnp.asarray(c)) for c in (0.0105, 0.0155)), 32)
    end = conductance_after(cell, cycle, x, [5_000_000])[0]
    assert end == pytest.approx(20e-6, rel=1e-3)


def test_a_hundred_million_pulses_with_a_leak_find_their_cycle():
    """The end is the fixed point of one cycle, found here by integrating a cycle from it and coming back."""
    cell = standard()
    rising, falling = (pulse_map(cell, part, (0.008, 0.03)) for part in (UP, DOWN))
    cycle = compose([(rising, 10), (falling, 10)], *(logit_of(cell, jnp.asarray(c)) for c in (0.0105, 0.017)), 32)
    y = iterate(repeat(cycle, 5_000_000), logit_of(cell, jnp.asarray(0.0126)), 1)
    x = float(filling_of(cell, y))
    assert run_through(cell, TEN_AND_BACK, x)[0][-1] == pytest.approx(x, rel=1e-8)


def test_many_devices_at_once():
    cells = spread(standard(), 24, 3, thickness=0.03, channel_exchange=0.2, leak=0.3, aspect=0.05)
    order = np.tile(np.repeat([0, 1], 10), 3)
    found = train(cells, (UP, DOWN), order, 0.0126, (0.010, 0.020))
    assert found.shape == (24, 60)
    few = jax.tree.map(lambda leaf: leaf[:3], cells)
    assert found[:3] == pytest.approx(np.asarray(integrated_train(few, (UP, DOWN), order, 0.0126)), rel=1e-6)
    assert 0.05 < np.std(found[:, -1]) / np.mean(found[:, -1]) < 0.5
    again = spread(standard(), 24, 3, thickness=0.03, channel_exchange=0.2, leak=0.3, aspect=0.05)
    assert np.array_equal(again.thickness, cells.thickness)
    with pytest.raises(InputError, match="leaves the range of fillings"):
        train(cells, (UP, DOWN), np.zeros(60, int), 0.0126, (0.010, 0.020))
    with pytest.raises(InputError, match=r"no number 'thicknes' \(did you mean 'thickness'\?\)"):
        spread(standard(), 3, 1, thicknes=0.1)


def test_hydrogen_is_lost_to_air():
    """T16 and row 8b: x = x_0 exp(-k t); G/G0 = 0.80, 0.52, 0.34, 0.13 after 1, 3, 5, 10 s; flat in an inert gas."""
    host = hydrogen_tungsten_oxide()
    cell = standard(
        free_energy=host.free_energy,
        reservoir_energy=host.free_energy,
        conductivity=host.conductivity,
        charge=1.0,
        offset=0.0,
        leak=0.0,
        loss_rate=0.05,
        supply=0.1,
    )
    waits = sequence(*(Segment(current_drive(0.0), t) for t in (1.0, 2.0, 2.0, 5.0)))
    after, _ = run_through(cell, waits, 0.1)
    assert after == pytest.approx(0.1 * np.exp(-0.05 * np.array([1, 3, 5, 10])), rel=1e-8)
    left = np.asarray(cell.conductance(after) / cell.conductance(0.1))
    assert left == pytest.approx([0.80, 0.52, 0.34, 0.13], abs=0.01)
    inert = dataclasses.replace(cell, loss_rate=0.0)
    assert run_through(inert, waits, 0.1)[0] == pytest.approx(0.1, rel=1e-12)
    with pytest.raises(InputError, match="loss_rate is positive while share > 0"):
        run_through(dataclasses.replace(cell, share=1.0), waits, 0.05)


def device(**changed):
    """The standard device with films that mix at once, and a channel of a filling of its own."""
    host, kinetics = magnesium_tungsten_oxide(), InsertionButlerVolmer(exchange_current=0.1)
    films = {
        "reservoir": InsertionFilm(host, 80e-9, AREA, REST, kinetics),
        "channel": InsertionFilm(host, 40e-9, AREA, 0.0118, kinetics),
        "electrolyte": ElectrolyteFilm(succinonitrile_magnesium(), 2e-3),
        "gap": Gap(500e-6, 100e-6, contact_resistance=50.0),
        "depth": WellMixed(),
        "series_resistance": 500.0,
    }
    return IonicSynapse(**films | changed)


def test_a_cell_of_a_device_does_what_the_device_does():
    whole = device()
    cell = CompactCell.of(whole)
    pulses = protocols.pulses("gate", current=1e-5, width=0.5, gap=10.0, count=2)
    run = simulate(whole, pulses.then(protocols.rest("gate", duration=100.0, voltage=0.05)))
    last = np.searchsorted(run.dataset["segment"], np.arange(5), side="right") - 1
    still = sequence(Segment(voltage_drive(0.05), jnp.asarray(100.0)))
    after, passed = run_through(cell, joined(UP, UP, still), 0.0118)
    assert run.dataset["composition_channel"].values[last] == pytest.approx(after, rel=1e-6)
    assert run.dataset["conductance"].values[last] == pytest.approx(np.asarray(cell.conductance(after)), rel=2e-6)
    work = run.dataset["gate_energy"].values[last]
    assert np.diff(work, prepend=0.0) == pytest.approx(np.asarray(passed.work) * AREA, rel=1e-5)
    record = pulses_of(run)
    assert record.charge == pytest.approx([5e-6, 5e-6], rel=1e-9)
    assert record.energy == pytest.approx(np.asarray(passed.work)[[0, 2]] * AREA, rel=1e-5)


def test_a_device_without_a_closed_overpotential():
    bent = InsertionButlerVolmer(exchange_current=0.1, asymmetry=0.3)
    with pytest.raises(InputError, match=r"device.channel.kinetics = InsertionButlerVolmer has no closed form"):
        CompactCell.of(device(channel=InsertionFilm(magnesium_tungsten_oxide(), 40e-9, AREA, 0.0118, bent)))
    with pytest.raises(InputError, match="double_layer holds charge between pulses"):
        CompactCell.of(device(double_layer=DoubleLayer()))
    endless = PinnedReservoir(magnesium_tungsten_oxide(), AREA, REST, InsertionButlerVolmer(exchange_current=0.1))
    assert CompactCell.of(device(reservoir=endless)).share == 0
    assert CompactCell.of(device()).share == pytest.approx(0.5)


def test_exponential_regime():
    """T9: ln G rises in a straight line with charge, 0.01376 per uC of the standard film, while no metallic branch is near."""
    law = dataclasses.replace(magnesium_tungsten_oxide().conductivity, metallic=1e15)
    cell = standard(leak=0.0, conductivity=law)
    after, _ = run_through(cell, joined(*[UP] * 8), 0.006)
    rise = np.diff(np.log(np.asarray(cell.conductance(after[1::2]))))
    assert rise / 5 == pytest.approx(0.01376, rel=1e-3)


def test_kinetics_of_the_interfaces():
    """T8: small currents see 2RT/(nF i_0) of both interfaces, large ones 118 mV per decade at each."""
    cell = standard(leak=0.0, ionic_resistance=1e-12)
    voltage = [float(cell.flow(REST, current_drive(i)).voltage) for i in (1e-6, 1e3, 1e4)]
    assert voltage[0] / 1e-6 == pytest.approx(2 * THERMAL / 0.1, rel=1e-4)
    assert voltage[2] - voltage[1] == pytest.approx(2 * 0.1183, rel=1e-3)


def test_what_cannot_be():
    cell = standard(share=1.0, supply=0.0136155 + 0.0126)
    with pytest.raises(InputError, match="Segment 1 of 2 forces a current into an empty or a full film"):
        run_through(cell, period(1e-2), 0.0126)
    with pytest.raises(InputError, match=r"must rise and lie inside \(0, 0.026"):
        pulse_map(cell, UP, (0.01, 0.03))
    rising = pulse_map(standard(), UP, (0.010, 0.012))
    with pytest.raises(InputError, match="leaves its own range"):
        repeat(rising, 10)
    with pytest.raises(InputError, match="build the map of a single period over a wider range"):
        compose([(rising, 1000)], rising.low, rising.high, 16)
