"""The ionic synapse against closed forms: conservation, diffusion, relaxation through the leak, kinetics, losses, energy."""

import dataclasses
import json

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import quad
from synapse_cases import (
    AREA,
    BALANCED,
    BLOCK,
    HOST,
    RESISTANCE,
    THICKNESS,
    TRANSFER,
    VOLT,
    at,
    charge,
    composition,
    synapse,
    train,
)

import solion as so
from solion import laws
from solion import protocols as steps
from solion.balances.ambipolar import Ambipolar
from solion.devices.ionic_synapse import LAYER, DoubleLayer, IonicSynapse, Resolved, WellMixed
from solion.devices.patched_synapse import PatchedSynapse
from solion.experiments.assembly import assemble
from solion.result.ledger import audit

DIFFUSION_TIME = THICKNESS**2 / 1e-15
SLOPE = 2.0  # V per x, of the straight potential
EASY = laws.AreaResistance(VOLT / 1e9)


def straight_host(free_energy=None):
    """A host whose potential is a straight line, phi = SLOPE x."""
    return dataclasses.replace(HOST, free_energy=free_energy or laws.FreeEnergy(_parabola))


def _parabola(ion, electron):
    return 0.5 * (2 * SLOPE / VOLT) * electron**2


def test_pulses_up_and_down_return_to_round_off():
    """Without leak the charge of a pulse is exact; so are the ions it moves, and the way back."""
    data = so.simulate(synapse(composition(10e-6), leak=False), train(3), cells=16).dataset
    moved = data.charge_ions.values / AREA / charge()
    start = data.composition_channel.values[0]
    np.testing.assert_allclose(data.composition_channel.values - start, moved, atol=1e-9 * 1.72e-3)
    assert at(data, "composition_channel", 3 * 10.5) - start == pytest.approx(3 * 5e-6 / AREA / charge(), rel=1e-12)
    assert data.conductance.values[-1] == pytest.approx(data.conductance.values[0], rel=1e-9)
    total = data.ion_inventory.values
    assert np.max(np.abs(total - total[0])) < 1e-15


def test_the_energy_of_a_train_with_leak_is_accounted_for():
    run = so.simulate(synapse(composition(5e-6)), train(3), cells=16)
    data = run.dataset
    heats = {name: data[name].values for name in map(str, data.data_vars) if name.startswith("heat_")}
    stored = data.free_energy.values - data.free_energy.values[0]
    missing = data.gate_energy.values - stored - sum(heats.values())
    assert np.max(np.abs(missing)) < 1e-6 * np.max(data.gate_energy.values)
    assert all(np.min(np.diff(heat)) >= -1e-20 for heat in heats.values())
    assert all(entry["ok"] for entry in run.audit.values())


class BackwardLeak(IonicSynapse):
    """Electrons leak against the voltage: the same equations with a sign planted in a law's number."""

    def system(self, cells):
        whole = super().system(cells)
        return eqx.tree_at(lambda system: system.electrolyte.electronic_conductance, whole, replace_fn=lambda value: -value)


def test_the_audit_of_a_synapse_sees_loose_tolerances_a_wrong_sign_and_a_lost_flux(monkeypatch):
    """Each planted in the synapse whose audit is clean above, so that no program is new."""
    device = synapse(composition(5e-6))
    loose = so.simulate(device, train(3), cells=16, tolerance=so.Tolerance(relative=0.1, absolute=1e-2, guard=0.1))
    assert loose.status == "doubtful"
    assert not loose.audit["energy balance"]["ok"], loose.audit
    backward = BackwardLeak(**{field.name: getattr(device, field.name) for field in dataclasses.fields(device)})
    wrong = so.simulate(backward, train(3), cells=16)
    assert wrong.status == "doubtful"
    assert not wrong.audit["smallest dissipation"]["ok"], wrong.audit

    system = device.system(16)
    y = system.unknowns(0.02 + 0.01 * jnp.cos(jnp.arange(32.0)))
    plan = assemble(device, steps.hold(current=1e-5, duration=1.0), 16, {})
    drive = jax.tree.map(lambda entry: entry[0], plan.schedule.drive)
    w = system.start(0.0, y, drive)

    def leak():
        rates = system.balance(0.0, y, w, drive)[0]
        return float(jnp.max(jnp.abs(system.invariants(rates)))) / float(jnp.max(jnp.abs(rates)))

    assert audit(loose.dataset, device.scales(), leak(), 0.0, 0.0)["conservation"]["ok"], leak()
    rate = Ambipolar.rate
    monkeypatch.setattr(Ambipolar, "rate", lambda *given: rate(*given).at[3].multiply(0.9))
    assert not audit(loose.dataset, device.scales(), leak(), 0.0, 0.0)["conservation"]["ok"], leak()


def test_cottrell():
    """A surface whose composition is stepped takes up ions as sqrt(D/(pi t)), until the back is felt."""
    step, thickness = 0.002, 400e-9
    device = synapse(
        0.1, 0.1, pinned=True, leak=False, host=straight_host(), kinetics=EASY, electrolyte=1e-9, thickness=thickness
    )
    hold = steps.hold(voltage=SLOPE * step, duration=4.0, samples=40)
    data = so.simulate(device, hold, cells=200).dataset
    for time in (0.5, 1.0, 3.0):
        taken = 2 * charge(thickness=1.0) * step * np.sqrt(1e-15 * time / np.pi)
        assert at(data, "charge_ions", time) / AREA == pytest.approx(taken, rel=2e-3)
        now = charge(thickness=1.0) * step * np.sqrt(1e-15 / (np.pi * time))
        assert at(data, "ion_current_density", time) == pytest.approx(now, rel=1e-3)


def test_a_slab_fills_as_its_series_says():
    """Spec T3: the mean composition at 0.05, 0.2 and 0.8 of t^2/D, of a continuum (planes of 0.01 nm)."""
    step = 0.002
    device = synapse(
        0.1, 0.1, pinned=True, leak=False, host=straight_host(), kinetics=EASY, electrolyte=1e-9, depth=Resolved(plane=1e-11)
    )
    data = so.simulate(device, steps.hold(voltage=SLOPE * step, duration=DIFFUSION_TIME, samples=20), cells=200).dataset
    odd = np.arange(1, 400, 2)
    for share, known in ((0.05, 0.25231), (0.2, 0.50409), (0.8, 0.88740)):
        series = 1 - 8 / np.pi**2 * np.sum(np.exp(-(odd**2) * np.pi**2 * share / 4) / odd**2)
        assert series == pytest.approx(known, abs=1e-5)
        found = (at(data, "composition_channel", share * DIFFUSION_TIME) - 0.1) / step
        assert found == pytest.approx(series, abs=2e-4)


def test_surface_of_a_film_that_fills_steadily():
    """Spec T4: x_s - <x> = i t/(3 z F c D) once the profile moves as a whole, second order in the width of a cell."""
    current = 1e-6
    expected = current / AREA * THICKNESS / (3 * charge(thickness=1.0) * 1e-15)
    errors = []
    for cells in (8, 16):
        device = synapse(0.1, 0.1, pinned=True, leak=False)
        data = so.simulate(device, steps.hold(current=current, duration=4 * DIFFUSION_TIME, samples=4), cells=cells).dataset
        found = data.composition_channel_surface.values[-1] - data.composition_channel.values[-1]
        errors.append(abs(found / expected - 1))
    assert errors[1] < 4e-3
    assert np.log2(errors[0] / errors[1]) > 1.8


@pytest.mark.parametrize("pinned", [True, False])
def test_a_leaky_cell_relaxes_as_an_rc_circuit(pinned):
    """Spec T5: with a straight potential and linear kinetics x - x_r falls as exp(-t/tau)."""
    linear, line = laws.AreaResistance(VOLT / 0.1), laws.HostPotential(releases=1e-12, slope=2 * SLOPE / VOLT)
    device = synapse(0.11, 0.10, pinned=pinned, host=straight_host(line), kinetics=linear, depth=WellMixed(), leak=BLOCK)
    tau = (BLOCK + RESISTANCE + TRANSFER) * charge() / SLOPE / (1 if pinned else 2)
    data = so.simulate(device, steps.open_circuit(duration=2 * tau, samples=10), cells=16).dataset
    difference = data.composition_channel.values - data.composition_reservoir.values
    times = data.time.values
    np.testing.assert_allclose(difference, 0.01 * np.exp(-times / tau), atol=2e-6 * 0.01)


def test_open_circuit_voltage_is_that_of_a_divider():
    """Spec T6 and section 1.5: V = U r_e/(r_e + rho_i + rho_ct), since electrons feel V and ions V - U."""
    linear = laws.AreaResistance(VOLT / 0.1)
    device = synapse(0.1, BALANCED, pinned=True, kinetics=linear, depth=WellMixed(), leak=BLOCK)
    data = so.simulate(device, steps.open_circuit(duration=1.0, samples=1), cells=16).dataset
    share = BLOCK / (BLOCK + RESISTANCE + TRANSFER)
    assert data.voltage.values[0] == pytest.approx(share * data.open_circuit_voltage.values[0], rel=1e-12)
    assert data.current.values[0] == pytest.approx(0.0, abs=1e-18)


def test_nernst_limit():
    """Spec T7: without interaction U is nu RT/zF ln(x_c/x_r); equal films have none."""
    ideal = dataclasses.replace(HOST, free_energy=laws.HostPotential(releases=3.0, slope=0.0))
    device = synapse(0.1, 0.01, pinned=True, leak=False, host=ideal, depth=WellMixed())
    data = so.simulate(device, steps.open_circuit(duration=1.0, samples=1), cells=16).dataset
    assert data.voltage.values[0] == pytest.approx(1.5 * VOLT * np.log(10), rel=1e-9)
    even = so.simulate(synapse(0.02, 0.02, leak=False, depth=WellMixed()), steps.open_circuit(duration=1.0, samples=1), cells=16)
    assert even.dataset.voltage.values[0] == 0


@pytest.mark.parametrize("current", [1e-9, 1e-3])
def test_overpotentials_of_the_interfaces(current):
    """Spec T8: eta = (2RT/F) asinh(i/(2 i_0)) at each, from ohmic to Tafel."""
    device = synapse(0.05, 0.05, pinned=True, leak=False, depth=WellMixed())
    data = so.simulate(device, steps.hold(current=current, duration=1e-3, samples=1), cells=16).dataset
    eta = 2 * VOLT * np.arcsinh(current / AREA / 0.2)
    for side in ("channel", "reservoir"):
        assert data[f"overpotential_{side}"].values[0] == pytest.approx(eta, rel=1e-9)
    assert data.electrolyte_drop.values[0] == pytest.approx(current / AREA * RESISTANCE, rel=1e-12)


@pytest.mark.parametrize("protocol", ["open circuit", "rest"])
def test_retention_is_a_quadrature(protocol):
    """Spec T5, general: t = z F c t_c R int dx/U, with R that of the loop the ions close; kinetics linear."""
    linear = laws.AreaResistance(VOLT / 0.1)
    start, end = 0.06, 0.04
    resistance = RESISTANCE + TRANSFER + (BLOCK if protocol == "open circuit" else 0.0)
    device = synapse(start, BALANCED, pinned=True, kinetics=linear, depth=WellMixed(), leak=BLOCK)

    def potential(x):
        return 1.5 * VOLT * np.log(x / BALANCED) + 0.6319 * (x - BALANCED)

    expected = charge() * resistance * quad(lambda x: 1 / potential(x), end, start)[0]
    wait = steps.open_circuit if protocol == "open circuit" else steps.rest
    run = so.simulate(
        device, wait(duration=2 * expected, samples=2).until("composition_channel_surface", below=end, end_run=True), cells=16
    )
    assert run.status == "stopped"
    assert run.dataset.time.values[-1] == pytest.approx(expected, rel=1e-5)


def test_ions_lost_to_air():
    """Spec T16: x = x_0 exp(-k t), all of it booked as lost; none where there is no oxygen."""
    leaving = dataclasses.replace(HOST, loss_rate=0.05)
    for pressure, rate in ((21278.0, 0.05), (4 * 21278.0, 0.1), (0.0, 0.0)):
        device = synapse(0.05, 0.05, pinned=True, leak=False, host=leaving, depth=WellMixed(), oxygen_pressure=pressure)
        run = so.simulate(device, steps.open_circuit(duration=20.0, samples=4), cells=16)
        data = run.dataset
        left = 0.05 * np.exp(-rate * data.time.values)
        np.testing.assert_allclose(data.composition_channel.values, left, rtol=1e-6)
        np.testing.assert_allclose(data.ions_lost.values, 0.05 - left, atol=1e-7)
        assert run.audit["energy balance"]["ok"]


def test_equal_devices_in_reduced_time():
    """Spec T12: area a, thickness and lattice b, current a b, with rho/b, b i_0 and b^2 D: the same compositions."""
    a, b = 0.1, 0.25
    plain = synapse(0.02, BALANCED, leak=BLOCK)
    small = synapse(
        0.02,
        BALANCED,
        leak=BLOCK / b,
        area=a * AREA,
        thickness=b * THICKNESS,
        electrolyte=2e-3 / b,
        host=dataclasses.replace(HOST, diffusivity=b**2 * 1e-15),
        kinetics=laws.InsertionButlerVolmer(exchange_current=0.1 * b),
        depth=Resolved(plane=LAYER * b),
    )
    runs = [so.simulate(plain, train(3), cells=16), so.simulate(small, train(3, current=10e-6 * a * b), cells=16)]
    first, second = (run.dataset for run in runs)
    np.testing.assert_allclose(second.composition_channel.values, first.composition_channel.values, rtol=1e-8)
    np.testing.assert_allclose(second.voltage.values, first.voltage.values, atol=1e-8)
    np.testing.assert_allclose(second.conductance.values, b * first.conductance.values, rtol=1e-8)


def test_well_mixed_films_are_the_limit_of_fast_diffusion():
    """The compact device against the resolved one with a thousandfold diffusivity: within a percent at every read."""
    fast = dataclasses.replace(HOST, diffusivity=1e-12)
    resolved = so.simulate(synapse(composition(5e-6), host=fast), train(3), cells=16).dataset
    compact = so.simulate(synapse(composition(5e-6), depth=WellMixed()), train(3), cells=16).dataset
    np.testing.assert_allclose(compact.conductance.values, resolved.conductance.values, rtol=1e-3)
    np.testing.assert_allclose(compact.gate_energy.values[-1], resolved.gate_energy.values[-1], rtol=1e-3)


def test_a_graded_film_needs_fewer_cells():
    """A short pulse into a film of cells that widen from the electrolyte, against eight times as many equal ones."""
    pulse = steps.pulses(current=2e-3, width=1e-4, gap=1e-3, count=2, samples=1)
    fine = so.simulate(synapse(0.05, 0.05, leak=False), pulse, cells=128).dataset
    few = so.simulate(synapse(0.05, 0.05, leak=False, depth=Resolved(finest=0.38e-9)), pulse, cells=16).dataset
    coarse = so.simulate(synapse(0.05, 0.05, leak=False), pulse, cells=16).dataset
    surface = [run.composition_channel_surface.values for run in (few, coarse, fine)]
    errors = [np.max(np.abs(one - surface[2])) for one in surface[:2]]
    assert errors[0] < 0.2 * errors[1]


def test_a_film_that_separates_into_phases():
    """A lattice host with attraction keeps two phases side by side, at rest, in a channel that diffuses down its potential."""
    energy = laws.LatticeHost(releases=2.0, interaction=6.0)
    diffusion = laws.PotentialDiffusion(gradient_energy=4e-18, mobility=laws.ExcludedVolume())
    host = dataclasses.replace(HOST, free_energy=energy, diffusion=diffusion)
    device = synapse(0.3, 0.3, pinned=True, leak=False, host=host)
    run = so.simulate(device, steps.hold(current=20e-6, duration=60.0, samples=30), cells=64)
    profile = run.dataset.composition.values[-1]
    low, high = profile.min(), profile.max()
    assert low < 0.12
    assert high > 0.88
    assert run.audit["ion drift"]["ok"]
    assert run.audit["power balance"]["ok"]


def test_surfaces_never_leave_the_lattice():
    """A current beyond what a nearly empty reservoir can give ends in a sentence, not in a number outside its range."""
    run = so.simulate(synapse(0.02, 1e-4, leak=False), steps.hold(current=1e-3, duration=100.0, samples=5), cells=16)
    assert run.status == "depleted"
    assert "reservoir" in run.message
    for name in ("composition_channel_surface", "composition_reservoir_surface", "composition"):
        values = run.dataset[name].values
        assert np.all((values > 0) & (values < 1))


def test_hopping_reduces_to_ohm_and_runs_off_in_strong_fields():
    law = laws.HoppingConduction(distance=0.38e-9)
    weak, strong = (float(law.field(jnp.asarray(i), 1e-3, 2.0, 298.15)) for i in (1.0, 1e7))
    assert weak == pytest.approx(1.0 / 1e-3, rel=1e-4)
    assert strong < 0.1 * 1e7 / 1e-3


def test_exponential_leak():
    leak = laws.ExponentialLeak(voltage=0.5)
    assert float(leak.current(jnp.asarray(1e-3), 0.05)) == pytest.approx(5e-5, rel=1e-5)
    assert float(leak.current(jnp.asarray(-2.0), 0.05)) == pytest.approx(-0.025 * np.sinh(4), rel=1e-12)


@pytest.mark.parametrize("capacitance", [1e-6, 0.1])
def test_a_double_layer_charges_before_ions_enter(capacitance):
    """V rises with rho_ct C/2 of two interfaces in series; energy closes; a thin layer changes nothing of the train."""
    linear = laws.AreaResistance(VOLT / 0.1)
    device = synapse(0.05, 0.05, leak=False, kinetics=linear, depth=WellMixed(), double_layer=DoubleLayer(capacitance))
    tau = VOLT / 0.1 * capacitance
    run = so.simulate(device, steps.hold(current=1e-6, duration=5 * tau, samples=50), cells=16)
    data, each = run.dataset, 1e-6 / AREA * VOLT / 0.1
    expected = 1e-6 / AREA * RESISTANCE + 2 * each * (1 - np.exp(-data.time.values / tau))
    drift = data.open_circuit_voltage.values - data.open_circuit_voltage.values[0]
    np.testing.assert_allclose(data.voltage.values - drift, expected, atol=2e-4 * expected[-1])
    assert all(entry["ok"] for entry in run.audit.values())


def test_patches_of_even_contact_are_one_device_and_of_uneven_contact_spread():
    base = synapse(composition(10e-6), depth=WellMixed())
    one = so.simulate(base, train(3), cells=16).dataset
    shares = (0.25, 0.25, 0.5)
    even = so.simulate(PatchedSynapse(base, shares, np.zeros(3)), train(3), cells=16)
    for name in ("conductance", "voltage", "gate_energy", "composition_channel"):
        np.testing.assert_allclose(even.dataset[name].values, one[name].values, rtol=1e-7, atol=1e-15)
    uneven = so.simulate(PatchedSynapse(base, shares, np.array([0.0, 1.0, 10.0])), train(3), cells=16)
    filled = uneven.dataset.composition.values[6 * 2]  # after some pulses up
    assert np.all(np.diff(filled) < 0)
    assert all(entry["ok"] for run in (even, uneven) for entry in run.audit.values())


@pytest.mark.parametrize(
    ("changes", "words"),
    [(dict(depth=None), "WellMixed"), (dict(shares=(0.5, 0.6)), "sum to 1"), (dict(resistance=np.zeros(3)), "needs 2 values")],
)
def test_patches_that_cannot_be_are_refused(changes, words):
    depth = WellMixed() if "depth" not in changes else Resolved()
    with pytest.raises(so.InputError, match=words):
        PatchedSynapse(synapse(depth=depth), changes.get("shares", (0.5, 0.5)), changes.get("resistance", np.zeros(2)))


def test_runs_out_of_the_model_say_so_with_the_number_that_matters():
    """A pulse shorter than the dielectric time, cells too wide for it, and a leak larger than what moves ions."""
    device = synapse(0.02, leak=0.01)
    short = so.simulate(device, steps.pulses(current=1e-8, width=5e-8, gap=1.0, count=1, samples=1), cells=16)
    said = " ".join(json.loads(short.dataset.attrs["warnings"]))
    for words in ("3.2e-08 s", "steps of 9.5e-08 s or more", "Resolved(finest=3.8e-10)", "more electrons leak"):
        assert words in said
    forced = so.simulate(synapse(0.02), steps.hold(current=1.0, duration=1e-6, samples=2), cells=16)
    assert forced.status in ("depleted", "saturated")
    assert all(np.all(np.isfinite(forced.dataset[name].values)) for name in ("voltage", "current", "open_circuit_voltage"))
    ohmic = 1 / AREA / (1 / RESISTANCE + 1 / BLOCK)  # 1 A through ions and leak side by side; interfaces add some 20 V
    assert f"the forced current of 1 A takes {ohmic + 20:.3g} V" in forced.dataset.attrs["warnings"]
    assert f"the ohmic drop of the electrolyte, {ohmic:.3g} V" in forced.dataset.attrs["warnings"]
    usual = so.simulate(synapse(0.02), train(1), cells=16)
    assert json.loads(usual.dataset.attrs["warnings"]) == []


def test_an_empty_reservoir_is_refused_and_a_poor_one_says_what_it_held():
    """x = 1e-6 in 80 nm of 0.6 cm2 is 2.9e-8 C of ions, of which a pulse asks for 5e-6 C."""
    with pytest.raises(so.InputError, match=r"composition = 0 is outside its allowed range \[1e-09"):
        synapse(0.02, 0.0)
    with pytest.raises(so.InputError, match=r"reservoir.composition = 1.2 is outside its allowed range \(0, 1\)"):
        so.simulate(synapse(0.02, 1.2), train(1), cells=16)
    run = so.simulate(synapse(0.02, 1e-6), train(1), cells=16)
    assert run.status == "depleted"
    said = " ".join(json.loads(run.dataset.attrs["warnings"]))
    held = 1e-6 * charge() * AREA
    for words in ("reservoir started at x = 1e-06", f"ions for {held:.2g} C", "asks for 5e-06 C", "start the reservoir fuller"):
        assert words in said
    assert all(np.all(np.isfinite(run.dataset[name].values)) for name in ("voltage", "conductance", "ion_current_density"))


def test_a_voltage_empties_a_reservoir_and_holds_it_so():
    """A slow ramp draws all ions over; both surfaces stay in equilibrium with it, nu ln(x_c/x_r) + G (x_c - x_r) = z V."""
    run = so.simulate(synapse(0.02), steps.ramp(voltage=(0.0, 1.0), duration=1e3, samples=40), cells=16)
    assert run.status == "finished", run.message
    assert run.audit["energy balance"]["value"] < 1e-6  # 6e-5 while the emptied reservoir took up the error of the count
    last = run.dataset.isel(time=-1)
    into, left = float(last.composition_channel_surface), float(last.composition_reservoir_surface)
    assert into == pytest.approx(0.02 + BALANCED, abs=1e-6)
    assert 1.5 * VOLT * np.log(into / left) + 0.6319 * (into - left) == pytest.approx(1.0, abs=1e-3)
    assert abs(float(last.ion_current_density)) < 1e-9


def test_a_voltage_overfills_only_where_no_potential_guards():
    """mu = nu ln x + G x does not rise towards full: such a host ends as saturated; a lattice host fills up and stays."""
    hold = steps.hold(voltage=20.0, duration=100.0, samples=5)
    run = so.simulate(synapse(0.9, 0.1, pinned=True, leak=False, electrolyte=2e-4), hold, cells=16)
    assert run.status == "saturated"
    assert "the voltage drives in more than it can hold; hold it nearer to rest" in run.message
    lattice = dataclasses.replace(HOST, free_energy=laws.LatticeHost(releases=2.0))
    full = so.simulate(
        synapse(0.9, 0.1, pinned=True, leak=False, electrolyte=2e-4, host=lattice),
        steps.hold(voltage=0.6, duration=1000.0, samples=5),
        cells=16,
    )
    assert full.status == "finished"
    x = float(full.dataset.composition_channel.values[-1])
    assert np.log(x / (1 - x) * 9.0) == pytest.approx(0.6 / VOLT, rel=1e-4)  # z V = nu [logit(x) - logit(0.1)], nu = z = 2


def test_the_balances_of_a_film_that_air_empties_close():
    """Nothing flows: power and losses are round-off, the free energy goes with the ions that are lost."""
    run = so.simulate(so.devices.hydrogen_synapse(), steps.open_circuit(duration=10.0, samples=20), cells=24)
    assert [name for name, entry in run.audit.items() if not entry["ok"]] == []


def test_areas_that_differ_and_resistances_in_line():
    """The smaller area carries the ions; each film fills by its own volume; R_s, R_c and the fringe enter where they should."""
    linear = laws.AreaResistance(VOLT / 0.1)
    even = synapse(0.02, 0.02, leak=False, kinetics=linear, depth=WellMixed(), series_resistance=500.0)
    device = dataclasses.replace(
        even,
        reservoir=dataclasses.replace(even.reservoir, area=3 * AREA),
        gap=dataclasses.replace(even.gap, fringe=1.3, contact_resistance=200.0),
    )
    current, length = 10e-6, 2.0
    data = so.simulate(device, steps.hold(current=current, duration=length, samples=4), cells=16).dataset
    assert data.electrolyte_drop.values[0] == pytest.approx(current / AREA * RESISTANCE, rel=1e-12)
    change = current * length / charge() / AREA
    assert data.composition_channel.values[-1] - 0.02 == pytest.approx(change, rel=1e-9)
    assert 0.02 - data.composition_reservoir.values[-1] == pytest.approx(change / 3, rel=1e-9)
    np.testing.assert_allclose(data.voltage.values - data.cell_voltage.values, 500.0 * current, rtol=1e-9)
    sigma = np.array([float(HOST.conductivity.conductivity(HOST.electrons(x))) for x in data.composition_channel.values])
    np.testing.assert_allclose(1 / data.conductance.values, 1 / (1.3 * 5 * THICKNESS * sigma) + 200.0, rtol=1e-9)


def test_a_gate_through_a_resistor():
    """I = (V_s - V)/R_g, and with nothing else that bends I = (V_s - U)/(R_g + (rho_i + rho_ct)/A) at once."""
    linear = laws.AreaResistance(VOLT / 0.1)
    device = synapse(0.02, 0.01, pinned=True, leak=False, kinetics=linear, depth=WellMixed())
    gate = steps.resistor(source_voltage=0.5, resistance=1e5, duration=1.0, samples=4)
    data = so.simulate(device, gate, cells=16).dataset
    np.testing.assert_allclose(data.current.values, (0.5 - data.voltage.values) / 1e5, rtol=1e-9)
    u = float(data.open_circuit_voltage.values[0])
    assert data.current.values[0] == pytest.approx((0.5 - u) / (1e5 + (RESISTANCE + TRANSFER) / AREA), rel=1e-9)
