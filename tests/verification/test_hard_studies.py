"""Legal studies that once ended without an answer: loops of thousands of V_T, films filled to 1e-6 or 1 - 1e-6, pulses cut short
and leaks of 1e40 in synapses, films that wet, grains whose currents did not balance.

Of those drawn at random, the ones that share a device and its cells, and so their compiled programs (the other kinds of contacts
of synapses and films are run by benchmarks/hard_studies.py); of the films with wetting two, on 20 cells and with a wetting of
strength zero at the bottom, as others of the suite have them.
"""

import copy
import json
import math
import re
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solion as so
from solion.analysis.data import Data
from solion.base import compiled
from solion.laws.conduction import ExponentialLeak
from solion.views.view import AbstractView, numbers_of

DATA = Path(__file__).parents[1] / "data"
FILMS = json.loads((DATA / "hard_films.json").read_text())
OTHERS = json.loads((DATA / "hard_studies.json").read_text())
PHYSICAL = {"depleted": "depleted at the", "saturated": "sites full at the", "stopped": "reached the limit"}


@pytest.mark.parametrize("study", FILMS, ids=range(len(FILMS)))
def test_hard_films_finish(study):  # of one shape, so that all of them share one compilation
    run = so.study.interpret(study).run()
    assert run.status == "finished", run.message
    assert run.audit["ion drift"]["ok"]
    for name, values in run.dataset.data_vars.items():
        assert values.dtype.kind != "f" or np.all(np.isfinite(values)), name


def answered(study):
    """The result of a study that runs to its end, or to a physical reason that its message names, with a sound audit."""
    result = so.study.interpret(study).run()
    assert result.status == "finished" or PHYSICAL.get(result.status, "no answer") in result.message, result.message
    assert all(entry["ok"] for entry in result.audit.values())
    assert all(math.isfinite(entry["value"]) for entry in result.audit.values())
    for name, values in result.dataset.data_vars.items():
        assert values.dtype.kind != "f" or "missing" in values.attrs or np.all(np.isfinite(values)), name
    for text in (result.message, result.summary()):
        assert not re.search(r"= *(nan|-?inf)\b", text)
    return result


@pytest.mark.parametrize("name", OTHERS)
def test_hard_studies_end_with_an_answer(name):
    answered(copy.deepcopy(OTHERS[name]))


def test_what_the_message_of_an_exhausted_film_advises_is_done_and_runs():
    study = copy.deepcopy(OTHERS["synapse 15"])
    assert "set a voltage compliance to go on beyond it" in answered(copy.deepcopy(study)).message
    for step in study["protocol"]:
        if "current" in step:
            step["compliance"] = {"voltage": "1 V"}
    assert answered(study).status == "finished"


def test_an_open_circuit_is_open_whatever_its_compliance():
    """With a leak, ions and electrons cancel to some digits; what was left was taken for a compliance that holds."""
    study, voltages = copy.deepcopy(OTHERS["synapse 17"]), []
    for limit in ("1 V", "30 V", None):
        open_circuit = {"kind": "open_circuit", "duration": "1 s", "samples": 5}
        study["protocol"] = [open_circuit | ({"compliance": {"voltage": limit}} if limit else {})]
        voltages.append(answered(copy.deepcopy(study)).dataset["voltage"].values)
    np.testing.assert_allclose(voltages[:2], [voltages[2]] * 2, rtol=1e-9)


def test_numbers_of_a_synapse_do_not_depend_on_its_samples():
    """Pulses are read by the run's own steps: with 2 samples a step their median was off by 4 %, the endurance by all of it."""
    study, found = copy.deepcopy(OTHERS["synapse 13"]), []
    for samples in (2, 6):
        study["protocol"] = [
            {"kind": "pulses", "voltage": "0.2 V", "width": "1 s", "gap": "20 s", "count": 2, "samples": samples},
            {"kind": "ramp", "voltage": ["0 V", "0.25 V"], "duration": "7 s", "samples": samples},
            {"kind": "open_circuit", "duration": "3e4 s", "samples": samples},
        ]
        found.append({metric.name: metric.value for metric in so.views.metrics(answered(copy.deepcopy(study)).dataset)})
    assert {"median_step", "energy_per_pulse", "conductance_ratio"} <= found[0].keys()
    assert found[0] == pytest.approx(found[1], rel=1e-9, nan_ok=True)
    study["protocol"], found = study["protocol"][-1:], []
    for samples in (2, 20):
        study["protocol"][0]["samples"] = samples
        found.append({metric.name: metric.value for metric in so.views.metrics(answered(copy.deepcopy(study)).dataset)})
    assert "drift_exponent" in found[0]
    assert found[0] == pytest.approx(found[1], rel=1e-9, nan_ok=True)


def test_an_exponential_leak_is_finite_and_increasing_at_any_voltage():
    voltage = jnp.array([-1e4, -1e2, -1.0, 0.0, 1e-3, 1.0, 1e2, 1e4])
    current = np.asarray(ExponentialLeak(voltage=0.01).current(voltage, 1e-6))
    assert np.all(np.isfinite(current))
    assert np.all(np.diff(current) > 0)
    assert current[4] == pytest.approx(1e-6 * 0.01 * np.sinh(0.1), rel=1e-12)


def test_the_slope_of_an_exponential_leak_is_the_same_forwards_and_backwards():
    """Taken backwards it was lost in 1e43 - 1e43, so that a forced current that leaks took 100 times the steps."""
    leak = ExponentialLeak(voltage=0.05)
    for voltage in (0.0, 0.3, -4.9, 5.1, -20.0):
        _, forwards = jax.jvp(lambda v: leak.current(v, 1e-6), (voltage,), (1.0,))
        assert float(jax.grad(lambda v: leak.current(v, 1e-6))(voltage)) == pytest.approx(float(forwards), rel=1e-14)


def test_a_view_that_fails_costs_its_numbers_and_not_the_result():
    class Failing:
        name = "failing"

        def metrics(self, data):
            yield from ()
            raise ZeroDivisionError("float division by zero")

    view: AbstractView = Failing()  # pyright: ignore[reportAssignmentType]
    data: Data = None  # pyright: ignore[reportAssignmentType]
    (number,) = numbers_of(view, data)
    assert number.value == "not available (float division by zero)"


def test_kept_programs_follow_the_source_of_the_whole_package(monkeypatch):
    read = []

    def note(path):
        read.append(path)
        return b""

    monkeypatch.setattr(Path, "read_bytes", note)
    compiled.source_digest.__wrapped__()
    assert {"laws", "numerics", "devices"} <= {path.relative_to(Path(so.__file__).parent).parts[0] for path in read}
