"""What a run of an ionic synapse shows: its metrics, its figures, its report; nothing of a film's."""

import numpy as np
import pytest

from solion.analysis.synaptic import pulses_of
from solion.study import load
from solion.views import Data, figure, figures, kinds, metrics, write_report
from solion.views.energy import losses


@pytest.fixture(scope="module")
def pulsed():
    return load("magnesium-synapse").run()


@pytest.fixture(scope="module")
def kept():
    return load("magnesium-synapse-retention-rest").run()


def test_metrics_of_pulses(pulsed):
    found = {metric.name: metric.value for metric in metrics(pulsed)}
    assert found["pulses"] == 20
    assert found["conductance_maximum"] == pytest.approx(19.582e-6, rel=1e-3)  # an independent program
    assert found["conductance_end"] == pytest.approx(10.566e-6, rel=1e-3)
    assert found["charge"] == pytest.approx(0.0, abs=1e-12)
    assert found["charge_ions"] == pytest.approx(-found["charge_leak"], rel=1e-9)
    assert not {"polarization", "retention_second", "switching_time_top"} & set(found)
    assert all(value == value for value in found.values())


def test_energy_of_the_gate_is_split_without_rest(pulsed):
    dataset = pulsed.dataset
    lost = sum(row[-1] for row in losses(Data.of(dataset)).values())
    gained = float(dataset["free_energy"].values[-1] - dataset["free_energy"].values[0])
    assert float(dataset["gate_energy"].values[-1]) == pytest.approx(lost + gained, rel=1e-4)


def test_metrics_of_a_state_left_alone(kept):
    found = {metric.name: metric.value for metric in metrics(kept)}
    assert found["conductance_end"] == pytest.approx(40e-6, rel=1e-3)
    assert found["time_to_half"] == pytest.approx(310.0, rel=0.05)
    assert "pulses" not in found
    assert "retention_day" not in found  # the run ends before


def test_figures_are_chosen_by_what_the_run_holds(pulsed, kept):
    every = ["spacetime", "profiles", "boundary", "energy"]
    assert kinds(pulsed) == ["overview", "conductance", "pulses", "updates", *every]
    assert kinds(kept) == ["overview", "conductance", "retention", *every]


def test_figures_show_the_numbers_of_the_run(pulsed, kept):
    steps = figure(pulsed, "pulses").axes[0]
    shown = np.concatenate([line.get_ydata() for line in steps.lines if len(line.get_ydata()) == 10])
    record = pulses_of(pulsed)
    assert np.sort(shown) == pytest.approx(np.sort(record.after * 1e6), rel=1e-9)
    part = figure(kept, "retention").axes[0].lines[0].get_ydata()
    assert part[-1] == pytest.approx(40 / 950, rel=1e-3)
    assert set(figures(pulsed)) == set(kinds(pulsed))


def test_the_report_has_a_caption_for_each_figure(pulsed, tmp_path):
    page = write_report(pulsed, tmp_path)
    text = page.read_text()
    assert text.count("<figcaption>") == len(kinds(pulsed)) - 1  # the overview's parts all follow
    assert "Conductance read after each pulse" in text
    tiles = text.partition('<div class="tiles">')[2].partition("<section")[0]
    for name in ("conductance start", "conductance end", "states", "asymmetry", "energy per pulse", "charge leak"):
        assert name in tiles
