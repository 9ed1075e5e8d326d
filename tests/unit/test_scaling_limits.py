"""Limits of pulses and demands on materials, against the numbers worked out by hand for scaled devices."""

import dataclasses
import math

import pytest

from solion.base.errors import InputError
from solion.compact.cell import CompactCell, voltage_drive
from solion.compact.integrate import Segment, run_through, sequence
from solion.devices.ionic_synapse import ElectrolyteFilm, Gap, InsertionFilm, IonicSynapse, PinnedReservoir
from solion.explore.synapse_figures import requirement_figure
from solion.explore.synapse_limits import (
    Stack,
    charging_energy,
    diffusivity_needed,
    ions_of,
    limits,
    pulse_energy,
    settling_time,
    transit_time,
)
from solion.explore.synapse_requirements import Goal, holding_time, leak_resistance_needed, requirements, scan
from solion.laws import InsertionButlerVolmer, Transfer
from solion.materials import magnesium_tungsten_oxide, succinonitrile_magnesium

HOST = magnesium_tungsten_oxide()


def stack(**changed):
    numbers = {
        "charge": 2.0,
        "concentration": HOST.concentration,
        "channel_thickness": 10e-9,
        "electrolyte_thickness": 10e-9,
        "ionic_conductivity": 2.8e-3,
        "exchange_current": 0.1,
        "diffusivity": 1e-15,
        "reservoir_diffusivity": 1e-15,
        "composition": 0.0126,
        "reservoir_composition": 0.0136,
        "area": 1e-14,
    }
    return Stack(**numbers | changed)


@pytest.mark.parametrize(
    ("pulse", "current", "conductivity", "exchange", "diffusivity"),
    [(1e-9, 3.03e6, 0.030, 6.2e4, 3.2e-14), (5e-9, 6.06e5, 6.1e-3, 1.24e4, 6.4e-15), (1e-6, 3.03e3, 3.0e-5, 62, 3.2e-17)],
)
def test_what_a_pulse_needs(pulse, current, conductivity, exchange, diffusivity):
    """dx = 5e-5 in 10 nm through 10 nm: 1 V across the electrolyte, 0.2 V at each interface, 0.1 at the surface."""
    found = limits(stack(), 5e-5, pulse, electrolyte_voltage=1.0, interface_voltage=0.2)
    assert found.current == pytest.approx(current, rel=2e-3)
    assert found["electrolyte"].needed == pytest.approx(conductivity, rel=0.02)
    assert found["interfaces"].needed == pytest.approx(exchange, rel=0.01)
    assert diffusivity_needed(10e-9, 5e-5, 0.1, pulse) == pytest.approx(diffusivity, rel=0.01)


def test_the_bottleneck_is_named():
    """The plastic crystal at 10 nm: 11 ns by Ohm's law at 1 V, but 32 ns to relax; ten times slower at 100 nm."""
    fast = stack(exchange_current=1e6)
    found = limits(fast, 5e-5, 1e-9, electrolyte_voltage=1.0)
    assert found["electrolyte"].shortest == pytest.approx(10.8e-9, rel=0.01)
    assert found.bottleneck.name == "dielectric"
    assert found.shortest == pytest.approx(32e-9, rel=0.02)
    assert not found.met
    assert "bottleneck: dielectric" in str(found)
    thick = limits(dataclasses.replace(fast, electrolyte_thickness=100e-9), 5e-5, 1e-9, electrolyte_voltage=1.0)
    assert thick["electrolyte"].shortest == pytest.approx(10 * found["electrolyte"].shortest)
    assert limits(stack(), 5e-5, 1e-3).bottleneck.name == "interfaces"
    slow = dataclasses.replace(fast, line_resistance=1e9, line_capacitance=1e-15)
    assert limits(slow, 5e-5, 1e-9)["circuit"].shortest == pytest.approx(1e9 * (1e-15 + 88.5e-18), rel=1e-3)


def test_a_limit_met_exactly():
    """Each material at exactly what its limit needs has that pulse as its shortest."""
    big = stack(channel_thickness=80e-9)
    found = limits(big, 0.02, 1e-3)
    for name, field in (
        ("electrolyte", "ionic_conductivity"),
        ("interfaces", "exchange_current"),
        ("channel", "diffusivity"),
        ("reservoir", "reservoir_diffusivity"),
    ):
        exact = dataclasses.replace(big, **{field: found[name].needed})
        assert limits(exact, 0.02, 1e-3)[name].shortest == pytest.approx(1e-3)


def test_sand_time_of_a_poor_reservoir():
    """i sqrt(t) = z F c_W x_r sqrt(pi D_r)/2; a reservoir of x_r = 0.0136 starves long before a channel with room 0.1."""
    found = limits(stack(channel_thickness=80e-9), 0.02, 1e-3)
    i = stack(channel_thickness=80e-9).charge_per_filling * 0.02 / found["reservoir"].shortest
    sand = 2 * 96485.33 * HOST.concentration * 0.0136 * math.sqrt(math.pi * 1e-15) / 2
    assert i * math.sqrt(found["reservoir"].shortest) == pytest.approx(sand, rel=1e-6)
    assert found["reservoir"].shortest > 50 * found["channel"].shortest


def test_below_one_layer_diffusion_is_no_limit():
    """3 mC/m2 fit into a first layer that takes 0.69 C/m2; a larger change does not, and must spread."""
    small = limits(stack(diffusivity=1e-21), 5e-5, 1e-9)
    assert small["channel"].shortest == 0
    assert math.isnan(small["channel"].needed)
    assert 2 * 96485.33 * HOST.concentration * 0.38e-9 * 0.3 == pytest.approx(0.69, rel=0.01)
    assert limits(stack(diffusivity=1e-21), 0.05, 1e-9)["channel"].shortest > 1.0


def test_charge_ions_and_energy():
    device = stack()
    assert pulse_energy(device, 0.5e-4, 0.2) == pytest.approx(6e-18, rel=0.02)
    assert ions_of(device, 0.5e-4) == pytest.approx(94.5, rel=1e-3)
    assert device.geometric_capacitance == pytest.approx(89e-18, rel=0.01)
    assert charging_energy(device, 0.5) == pytest.approx(22e-18, rel=0.01)
    assert settling_time(80e-9, 1e-15) == pytest.approx(0.65, rel=0.01)
    assert transit_time(device, 1e3, 0.2) == pytest.approx(1e-16 * 2 * 96485.33 * 1e3 / (2.8e-3 * 0.2), rel=1e-6)


def test_leak_that_holds_a_state_for_a_day():
    """1.4e5 ohm m2, or 7e-14 S/m at 10 nm, for dx = 1e-3 over a day under 0.1 V: no area in it."""
    assert leak_resistance_needed(stack(), 1e-3, 86400.0, 0.1) == pytest.approx(1.43e5, rel=0.01)
    assert holding_time(stack(), 7e-14, 1e-3, 0.1) == pytest.approx(86400.0, rel=0.01)
    assert holding_time(stack(), 0.0, 1e-3, 0.1) == math.inf
    assert leak_resistance_needed(stack(area=1e-4), 1e-3, 86400.0, 0.1) == leak_resistance_needed(stack(), 1e-3, 86400.0, 0.1)


def test_requirements_of_a_goal():
    """1 ns, 1 V, 1000 states over gamma 0.1, ten years, in (100 nm)^2 x 10 nm."""
    found = requirements(stack(), Goal())
    assert found.change == pytest.approx(5e-5)
    assert found.ionic_conductivity == pytest.approx(0.0606, rel=1e-3)
    assert found.relaxing_conductivity == pytest.approx(0.0885, rel=1e-3)
    assert found.exchange_current == pytest.approx(6.2e4, rel=0.01)
    assert found.leak_resistance == pytest.approx(0.1 * 3.15576e8 / (60.57 * 5e-5), rel=1e-3)
    assert found.counting_noise == pytest.approx(1 / math.sqrt(94.5), rel=1e-3)
    thin, thick = scan(stack(), Goal(), electrolyte=[5e-9, 50e-9])
    assert thick.ionic_conductivity == pytest.approx(10 * thin.ionic_conductivity)
    assert thick.electronic_conductivity == pytest.approx(10 * thin.electronic_conductivity)
    assert scan(stack(), Goal(), pulse=[1e-6])[0].exchange_current == pytest.approx(62, rel=0.01)
    with pytest.raises(InputError, match=r"0.4 V leave nothing for the electrolyte"):
        requirements(stack(), Goal(voltage=0.4))
    with pytest.raises(InputError, match="give exactly one of thickness, electrolyte and pulse"):
        scan(stack(), Goal(), pulse=[1e-9], thickness=[1e-8])


def test_the_figure_of_what_a_goal_asks():
    """Its lines are the requirements: sigma_i over the pulse for 100 nm, and the leak allowed over the hold."""
    ionic, _, leak, bottleneck = requirement_figure(stack(exchange_current=1e4)).axes
    thick = dataclasses.replace(stack(), electrolyte_thickness=100e-9)
    for axes, index, value in ((ionic, 2, "ionic_conductivity"), (leak, 2, "electronic_conductivity")):
        x, y = axes.lines[index].get_data()
        goal = Goal(pulse=x[40]) if axes is ionic else Goal(hold=x[40])
        assert y[40] == pytest.approx(getattr(requirements(thick, goal), value))
    named = [text.get_text() for text in bottleneck.get_legend().get_texts()]
    assert "electrolyte" in named
    assert "dielectric" in named


@pytest.mark.parametrize(
    ("pulse", "volts", "sigma", "exchange", "energy"),
    [(1e-3, 0.3, 2.8e-3, 0.1, 69), (1e-7, 0.5, 1e-2, 1e4, 107), (5e-9, 0.5, 0.1, 1e5, 111), (1e-9, 1.0, 0.1, 1e5, 226)],
)
def test_scaled_devices(pulse, volts, sigma, exchange, energy):
    """Energy per change of sheet conductance (aJ um^-2 nS^-1) of devices of 100 nm, the same for those of 30 x 60 nm."""
    area = 1e-14
    cell = CompactCell(
        free_energy=HOST.free_energy,
        reservoir_energy=HOST.free_energy,
        conductivity=HOST.conductivity,
        charge=2.0,
        concentration=HOST.concentration,
        thickness=10e-9,
        area=area,
        transfer_area=area,
        share=0.0,
        supply=0.0126,
        ionic_resistance=10e-9 / sigma,
        leak=0.0,
        channel_exchange=exchange,
        reservoir_exchange=exchange,
        aspect=1.0,
        offset=HOST.offset,
    )
    assert float(cell.conductance(0.0126)) == pytest.approx(665e-9, rel=0.01)
    after, passed = run_through(cell, sequence(Segment(voltage_drive(volts), pulse)), 0.0126)
    change = float(cell.conductance(after[0]) - cell.conductance(0.0126))
    assert float(passed.work[0]) / change * 1e-3 == pytest.approx(energy, rel=0.02)
    if pulse == 1e-3:
        ions = (after[0] - 0.0126) * HOST.formula_density * 1e-22
        assert ions == pytest.approx(56, rel=0.05)


def test_the_stack_of_a_device():
    kinetics = InsertionButlerVolmer(exchange_current=0.1)
    whole = IonicSynapse(
        reservoir=PinnedReservoir(HOST, 6e-5, 0.0136, InsertionButlerVolmer(exchange_current=0.02)),
        electrolyte=ElectrolyteFilm(succinonitrile_magnesium(), 2e-3),
        channel=InsertionFilm(HOST, 80e-9, 6e-5, 0.0126, kinetics),
        gap=Gap(500e-6, 100e-6),
    )
    found = Stack.of(whole)
    assert (found.exchange_current, found.area, found.diffusivity) == (0.02, pytest.approx(6e-5), 1e-15)
    pulse = limits(found, 1.72e-4, 0.5)
    charge = 2 * 96485.33 * HOST.concentration * 80e-9 * 1.72e-4
    assert pulse["electrolyte"].shortest == pytest.approx(charge * 2e-3 / (0.6 * 2.8e-3), rel=1e-6)
    assert pulse["interfaces"].shortest == pytest.approx(charge / (2 * 0.02 * math.sinh(0.2 / 0.0513852)), rel=1e-4)
    assert pulse.bottleneck.name == "electrolyte"
    assert pulse.met
    law = Transfer(lambda overpotential, surface: 0.3 * surface.composition * overpotential)
    other = Stack.of(dataclasses.replace(whole, channel=dataclasses.replace(whole.channel, kinetics=law)))
    assert other.exchange_current == pytest.approx(0.3 * whole.channel.composition * 0.0256926, rel=1e-5)


def test_wrong_numbers():
    with pytest.raises(InputError, match=r"limits: pulse = 0.0 is outside its allowed range \(0, inf\)"):
        limits(stack(), 5e-5, 0.0)
