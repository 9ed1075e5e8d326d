"""A sweep over a synapse's pulses: current and width of pulses up and down together, what is kept, what is drawn."""

import pytest

from solion.explore.sweeps import sweep
from solion.explore.sweeps.figure_data import shown_axes, shown_metrics
from solion.explore.sweeps.figures import curves_figure

OVER = {"protocol.0.current, -protocol.1.current": "5 uA, 10 uA", "protocol.0.width, protocol.1.width": "0.25 s, 0.5 s"}
SETTINGS = ["protocol.0.count=2", "protocol.1.count=2", "numerics.cells=16", "protocol.0.samples=4", "protocol.1.samples=4"]


@pytest.fixture(scope="module")
def swept():
    return sweep("magnesium-synapse", OVER, settings=SETTINGS, curves=True)


def test_steps_follow_the_charge(swept):
    """5 uA for 0.5 s and 10 uA for 0.25 s are one charge, and one step but for the leak."""
    step = swept["median_step"].values
    assert step[0, 1] == pytest.approx(step[1, 0], rel=0.02)
    assert step[1, 1] == pytest.approx(2 * step[1, 0], rel=0.1)
    assert step[1, 1] > step[1, 0] > step[0, 0]


def test_what_matters_for_a_gated_channel_is_shown(swept):
    assert [metric.name for metric in shown_metrics(swept)][:4] == [
        "conductance_end",
        "median_step",
        "states",
        "energy_per_pulse",
    ]
    assert [axis.label for axis in shown_axes(swept)] == ["current (µA)", "width (s)"]


def test_curves_tell_both_axes_apart_and_show_the_conductance(swept):
    figure = curves_figure(swept)
    assert figure is not None
    panel = figure.axes[2]
    assert panel.get_ylabel() == "conductance (µS)"
    looks = {(str(line.get_color()), line.get_linestyle()) for line in panel.get_lines()}
    assert len(looks) == 4
    legend = panel.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["width 0.25 s", "width 0.5 s"]
