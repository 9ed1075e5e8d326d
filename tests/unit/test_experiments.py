"""Experiments: what takes which device, how they are refused, and that a study file reaches each of them."""

import copy
import json
from pathlib import Path

import numpy as np
import pytest

import solion as so
from solion.base.errors import InputError
from solion.devices import FilamentMemristor, SymmetricCell, lu2021
from solion.devices.lithium_cell import LithiumInterface
from solion.experiments import FilamentCycling, Transient
from solion.experiments.cell_test import CellTest, run_cell, stable, staircase
from solion.experiments.filament_cycling import run_filament
from solion.laws import LocalCurrent
from solion.protocols import cyclic_voltammetry, hold
from solion.study import builtin_studies, execute, interpret, load
from solion.study.files import parse

EXTENSION = Path(__file__).parents[1] / "extension"
REPORTED = {"title", "device", "experiment", "status", "message", "audit", "warnings", "parameters", "settings", "versions"}
LOOP = cyclic_voltammetry(limits=(-0.25, 0.25), rate=0.2, cycles=2, samples=60)
CELL = SymmetricCell(LithiumInterface(14e-4, 1.05))


def told(call, *words):
    """One sentence with these words."""
    with pytest.raises(InputError) as refusal:
        call()
    text = str(refusal.value)
    assert text.endswith(".")
    assert "\n" not in text
    for word in words:
        assert word in text


def test_each_verb_refuses_a_device_it_cannot_take_and_says_what_can_be_done_with_it():
    protocol = hold(voltage=0.1, duration=1.0)
    told(lambda: so.simulate(FilamentMemristor(), protocol), "simulate", "FilamentMemristor", "filament_cycling")
    told(lambda: so.simulate(lu2021(), protocol), "Polycrystal", "conduction")
    told(lambda: so.simulate(3, protocol), "int", "solion.devices")
    told(lambda: so.conduct(CELL, None), "SymmetricCell", "cell_test")
    told(lambda: run_filament(CELL, LOOP), "SymmetricCell")
    told(lambda: run_cell(FilamentMemristor(), 1.0, staircase()), "filament_cycling")
    told(lambda: Transient(protocol).run(lu2021(), resume=False), "conduction")
    told(lambda: FilamentCycling(LOOP).run(FilamentMemristor(), resume=True), "nothing to resume")


def test_experiments_return_results_whose_variables_are_declared(tmp_path):
    cell = CellTest(staircase(30.0, 5.0, 600.0), LocalCurrent(18.9)).run(CELL, title="mine")
    found = FilamentCycling(LOOP, devices=2, formed=True).run(FilamentMemristor())
    for result, experiment in ((cell, CellTest), (found, FilamentCycling)):
        assert result.dataset.attrs.keys() >= REPORTED
        assert result.dataset.attrs["experiment"] == experiment.__name__
        declared = {item.name: item for item in experiment.quantities}
        for name, variable in result.dataset.data_vars.items():
            assert variable.attrs == declared[name].attributes()
        again = so.load(result.save(tmp_path / f"{experiment.__name__}.nc"))
        assert again.summary() == result.summary()
        assert result.report(tmp_path / experiment.__name__).is_file()
    assert not stable(cell)
    assert float(cell.dataset["critical_current_density"]) == 15.0
    assert "mine" in cell.summary()


def test_built_in_studies_of_filaments_and_cells(tmp_path):
    study = load("filament-memristor", ["protocol.0.cycles=3", "experiment.devices=2"])
    result = execute(study, tmp_path / "filament")
    assert result.dataset.sizes == {"run": 3, "device": 2, "time": result.dataset.sizes["time"]}
    assert "experiment.read" in {row["path"] for row in so.load(tmp_path / "filament").parameters}
    cell = execute(load("lithium-cell-staircase"), tmp_path / "cell")
    assert float(cell.dataset["critical_current_density"]) == pytest.approx(18.0)
    assert float(cell.dataset["failed_current_density"]) == pytest.approx(20.0)
    with pytest.raises(InputError, match="nothing to resume"):
        execute(study, tmp_path / "again", resume=True)


@pytest.mark.parametrize(
    ("name", "key", "value", "words"),
    [
        ("filament-memristor", "experiment.kind", "filament_cyclng", "did you mean 'filament_cycling'"),
        ("filament-memristor", "experiment.device", 3, "did you mean 'devices'"),
        ("filament-memristor", "experiment.read", 0.1, "has no unit"),
        ("filament-memristor", "experiment.kind", "transient", "FilamentMemristor"),
        ("filament-memristor", "device.gap", "-1 nm", "outside its allowed range"),
        ("filament-memristor", "sources", {"experiment.reed": "stated: here"}, "did you mean 'experiment.read'"),
        ("lithium-cell-staircase", "experiment", {}, "experiment.initiation is missing"),
        ("lithium-cell-staircase", "experiment.initiation", "local_curent", "did you mean 'local_current'"),
        ("lithium-cell-staircase", "protocol.0.current", ["1 V"], "give it in A or A/m^2"),
        ("lithium-cell-staircase", "numerics", {}, "numerics is not a known key"),
    ],
)
def test_files_of_filaments_and_cells_are_refused_in_one_sentence(name, key, value, words):
    data = parse(builtin_studies()[name].read_text(encoding="utf-8"), name)
    del data["sources"]
    so.study.files.put(data, key, value, "test")
    told(lambda: interpret(data, shown="mine.toml"), "mine.toml: ", words)


@pytest.fixture(scope="module")
def synapse():
    data = load("magnesium-synapse").data
    return {name: copy.deepcopy(data[name]) for name in ("device", "protocol", "numerics")}


def test_double_layers_and_patches_are_reached_from_a_file(synapse):
    charged = copy.deepcopy(synapse)
    charged["device"]["double_layer"] = {"kind": "double_layer", "capacitance": "10 uF/cm^2"}
    assert float(interpret(charged).device.double_layer.capacitance) == pytest.approx(0.1)
    patched = copy.deepcopy(synapse)
    inner = {name: value for name, value in patched["device"].items() if name != "kind"} | {"depth": "well_mixed"}
    patched["device"] = {
        "kind": "patched_synapse",
        "synapse": inner,
        "coverage": [0.7, 0.3],
        "contact_resistance": ["1 ohm cm^2", "1 kohm cm^2"],
    }
    study = interpret(patched)
    np.testing.assert_allclose(study.device.contact_resistance, [1e-4, 0.1])
    assert "contact_resistance.1" in {row.path for row in study.rows()}


STRANGER = '''
"""A device and an experiment of a stranger, in one file."""
import numpy as np
import xarray as xr
from solion.base.parameters import parameter, table
from solion.base.quantity import Quantity
from solion.devices.specimen import AbstractSpecimen
from solion.experiments.experiment import AbstractExperiment
from solion.result.description import describe, row_values
from solion.result.result import Result

class Resistor(AbstractSpecimen):
    """A resistor that noise heats."""
    resistance: float = parameter(unit="ohm", low=0, open_low=True, doc="R")
    experiments = ("noise.py:Noise",)
    sign_convention = "A positive voltage drives a positive current."

class Noise(AbstractExperiment):
    """Johnson noise over a bandwidth."""
    bandwidth: float = parameter(unit="Hz", low=0, open_low=True, doc="band")
    temperature: float = parameter(300.0, unit="K", low=0, doc="T")
    takes = Resistor
    verb = "noise"
    quantities = (Quantity("noise", "voltage", "root mean square"),)

    def run(self, device, *, on_progress=None, checkpoint=None, resume=False, title=""):
        self.check(device)
        noise = np.sqrt(4 * 1.380649e-23 * self.temperature * device.resistance * self.bandwidth)
        dataset = xr.Dataset({item.name: ((), noise, item.attributes()) for item in self.quantities})
        dataset.attrs = describe(
            title=title, device="Resistor", experiment="Noise", status="finished", message="finished.",
            sign_convention=device.sign_convention, parameters=[row_values(row) for row in table(device)],
            settings={}, audit={}, warnings=[],
        )
        return Result(dataset)
'''
NOISE = """
[sources]
"experiment.bandwidth" = "stated: a test"
[device]
kind = "noise.py:Resistor"
resistance = "1 kohm"
[experiment]
kind = "noise.py:Noise"
bandwidth = "1 MHz"
"""


def test_a_strangers_device_and_experiment_by_study_file(tmp_path):
    (tmp_path / "noise.py").write_text(STRANGER)
    (tmp_path / "mine.toml").write_text(NOISE)
    study = load(tmp_path / "mine.toml")
    result = execute(study, tmp_path / "run")
    assert float(result.dataset["noise"]) == pytest.approx(4.07e-6, rel=1e-3)
    rows = {row["path"]: row for row in so.load(tmp_path / "run").parameters}
    assert rows["experiment.bandwidth"]["provenance"] == "stated"
    assert rows["resistance"]["value"] == 1000.0
    again = load(tmp_path / "run")
    assert float(again.run().dataset["noise"]) == float(result.dataset["noise"])
    told(lambda: load(tmp_path / "mine.toml", ["experiment.bandwith='1 Hz'"]), "did you mean 'bandwidth'")
    swept = so.explore.sweep(str(tmp_path / "mine.toml"), {"device.resistance": ["1 kohm", "2 kohm"]})
    assert list(swept["status"].values) == ["finished", "finished"]


def test_a_device_with_a_moving_front_by_study_file(tmp_path):
    (tmp_path / "front_device.py").write_text((EXTENSION / "front_device.py").read_text(encoding="utf-8"))
    data = {
        "device": {
            "kind": "front_device.py:AlloyingFilm",
            "thickness": "1 um",
            "diffusivity": "1e-14 m^2/s",
            "concentration": "1e4 mol/m^3",
            "front_content": 2.0,
        },
        "protocol": [{"kind": "hold", "voltage": "10 mV", "duration": "0.01 s", "samples": 3}],
        "numerics": {"cells": 20},
        "output": {"watch": {"front": "0.1 um"}},
    }
    study = interpret(data, folder=tmp_path)
    assert study.experiment.watch == {"front": pytest.approx(1e-7)}
    result = study.run()
    assert json.loads(result.dataset.attrs["settings"])["cells"] == 20
