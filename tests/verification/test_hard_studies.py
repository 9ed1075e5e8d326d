"""Legal studies that once ended without an answer: loops of thousands of V_T, films filled to 1e-6 or 1 - 1e-6."""

import json
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

FILMS = json.loads((Path(__file__).parents[1] / "data" / "hard_films.json").read_text())


@pytest.mark.parametrize("study", FILMS, ids=range(len(FILMS)))
def test_hard_films_finish(study):  # of one shape, so that all of them share one compilation
    run = so.study.interpret(study).run()
    assert run.status == "finished", run.message
    assert run.audit["ion drift"]["ok"]
    for name, values in run.dataset.data_vars.items():
        assert values.dtype.kind != "f" or np.all(np.isfinite(values)), name


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
