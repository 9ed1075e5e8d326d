"""A stranger's device with a moving boundary, by script: events in metres, a coordinate that moves, words that are its own."""

import dataclasses
import re

import numpy as np
import pytest
from front_device import AlloyingFilm, FrontSystem
from scipy.optimize import brentq
from scipy.special import erf

import solion as so

CELLS = 20
FRONT, SURFACE, START = 2.0, 3.0, 0.05
GROWTH = brentq(lambda g: np.sqrt(np.pi) * g * np.exp(g * g) * erf(g) - (SURFACE - FRONT) / FRONT, 1e-3, 3)


@pytest.fixture(scope="module")
def device():
    share = (np.arange(CELLS) + 0.5) / CELLS
    mean = float(np.mean(SURFACE - (SURFACE - FRONT) * erf(share * GROWTH) / erf(GROWTH)))
    return AlloyingFilm(
        thickness=1e-6, diffusivity=1e-14, concentration=1e4, front_content=FRONT, surface_content=mean, start=START
    )


@pytest.fixture(scope="module")
def start():
    share = (np.arange(CELLS) + 0.5) / CELLS
    return so.Profile(tuple(share), tuple(SURFACE - (SURFACE - FRONT) * erf(share * GROWTH) / erf(GROWTH)))


def held(device, duration=0.25):
    scales = device.scales()
    return so.protocols.hold(voltage=np.log(SURFACE) * scales.voltage, duration=duration * scales.time, samples=10)


@pytest.fixture(scope="module")
def result(device, start):
    return so.simulate(device, held(device), cells=CELLS, initial=start, watch={"front": 1e-7})


def exact(device, time):
    begun = (START / (2 * GROWTH)) ** 2
    return 2 * GROWTH * np.sqrt(begun + time / device.scales().time) * device.thickness


def test_the_front_follows_neumann(device, result):
    data = result.dataset
    assert result.status == "finished"
    np.testing.assert_allclose(data["front"], exact(device, data["time"].values), rtol=2e-3)
    assert all(entry["ok"] for entry in result.audit.values())


def test_a_level_in_metres_is_crossed_where_the_front_is_there(device, result):
    data = result.dataset
    (crossed,) = data["event_time"].values
    assert exact(device, crossed) == pytest.approx(1e-7, rel=2e-3)


def test_a_stop_in_metres_ends_the_run_there(device, start):
    stopped = so.simulate(
        device, held(device).until("front", above=1e-7, end_run=True), cells=CELLS, initial=start, watch={"front": 1e-7}
    )
    assert stopped.status == "stopped"
    assert float(stopped.dataset["front"][-1]) == pytest.approx(1e-7, rel=1e-6)


def test_the_coordinate_moves_with_the_front(result):
    data = result.dataset
    assert data["content"].dims == ("time", "cell")
    assert data["x"].dims == ("time", "cell")
    np.testing.assert_allclose(data["x"][:, -1] + 0.5 * data["front"] / CELLS, data["front"], rtol=1e-12)
    assert data["front"].attrs["units"] == "m"


def test_its_results_have_no_words_of_another_device(result, tmp_path):
    text = result.summary() + result.report(tmp_path).read_text(encoding="utf-8") + repr(list(result.dataset.variables))
    header = result.to_csv(tmp_path / "table.csv").read_text().splitlines()[0]
    for word in ("film", "top", "bottom", "tau_D", "i_D", "τ_D", "gate", "channel"):
        assert not re.search(rf"(?<![\w-]){word}(?![\w-])", re.sub(r"(?s)<(style|script).*?</\1>", "", text + header)), word
    assert header == "time [s],voltage [V],current [A],surface_content [1]"


@pytest.mark.parametrize(
    ("dropped", "words"),
    [
        ("voltage", "voltage of the terminal 'electrode'"),
        ("balance_of_ions", "role 'inventory'"),
        ("power_lost", "role 'loss' and kind 'power'"),
        ("energy_rate", "role 'stored' and kind 'power'"),
        ("front", "reports but does not declare front"),
    ],
)
def test_a_device_that_lacks_a_declaration_is_refused_by_name_before_it_runs(device, start, dropped, words):
    class Lacking(FrontSystem):
        observables = tuple(item for item in FrontSystem.observables if item.name != dropped)

    class Device(AlloyingFilm):
        def system(self, cells):
            whole = super().system(cells)
            return Lacking(**{field.name: getattr(whole, field.name) for field in dataclasses.fields(whole)})

    values = {field.name: getattr(device, field.name) for field in dataclasses.fields(device)}
    with pytest.raises(so.InputError, match=re.escape(words)):
        so.simulate(Device(**values), held(device), cells=CELLS, initial=start)


@pytest.mark.parametrize("state", [so.Uniform(), so.PhaseSeparated(), so.PhaseSeparated(rich_at="front")])
def test_every_start_state_means_something_for_it(device, state):
    run = so.simulate(device, held(device, 0.01), cells=CELLS, initial=state)
    assert run.status == "finished", run.message


def test_a_start_state_of_an_end_that_it_has_not(device):
    with pytest.raises(so.InputError, match="'surface' or 'front'"):
        so.simulate(device, held(device), cells=CELLS, initial=so.PhaseSeparated(rich_at="top"))
