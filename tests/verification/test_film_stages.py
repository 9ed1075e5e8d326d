"""Several stages in a film: the lower convex hull, critical currents of each gap, and a run that starts in one."""

import dataclasses

import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

from solion import thermodynamics
from solion.base.errors import InputError
from solion.cli import app
from solion.devices.start import PhaseSeparated, Profile
from solion.explore import distinct_levels, pulse_levels, resting_levels
from solion.laws import Staged
from solion.materials import lithium_titanate
from solion.papers.film.setup import memristor


def staged(enthalpy):
    """The numbers of lithium titanate with an enthalpy Omega and stages of 0.6 k_B T; film_physics.md, section 3."""
    law = Staged(enthalpy - 20.0, 20.0, 0.6, exponent=0.7, electron_sites=5 / 3, defects=0.01)
    return dataclasses.replace(lithium_titanate(), name="staged solid", free_energy=law)


@pytest.mark.parametrize(
    ("enthalpy", "binodals", "plateaus"),
    [
        (-6.0, (0.128643, 0.422265, 0.572773, 0.885066), (-5.141442, -3.913982)),
        (-8.0, (0.094049, 0.471958, 0.532273, 0.910099), (-5.948344, -5.508223)),
        (-9.152840, (0.076389, 0.505130, 0.505130, 0.923256), (-6.419898, -6.419898)),
    ],
)
def test_gaps_are_those_of_an_independent_hull(enthalpy, binodals, plateaus):
    diagram = thermodynamics.phase_diagram(staged(enthalpy))
    np.testing.assert_allclose(diagram.binodal, binodals, rtol=0, atol=1e-6)
    np.testing.assert_allclose([gap.plateau for gap in diagram.stages], plateaus, rtol=0, atol=1e-6)


def test_a_middle_phase_above_the_hull_is_metastable():
    """Below the degenerate enthalpy the plateaus change order: one gap skips the middle phase, both of its own are flagged."""
    diagram = thermodynamics.phase_diagram(staged(-9.3))
    assert [gap.stable for gap in diagram.gaps] == [True, False, False]
    (whole,) = diagram.stages
    poor, middle = diagram.gaps[1].binodal
    assert diagram.gaps[1].plateau > whole.plateau > diagram.gaps[2].plateau  # each tangent alone would fall below the other
    assert whole.binodal[0] < poor < middle < whole.binodal[1]


@pytest.mark.parametrize(
    ("filling", "current"),
    [(0.25, 0.05676), (0.3, 0.07997), (0.35, 0.08789), (0.65, 0.12497), (0.7, 0.15873), (0.75, 0.19170), (0.5, 0.5725)],
)
def test_critical_current_of_each_gap_and_of_the_phase_between(filling, current):
    assert thermodynamics.critical_current(staged(-6.0), filling) == pytest.approx(current, rel=1e-3)


def test_answers_for_two_phases_say_that_there_are_more():
    with pytest.raises(InputError, match=r"has 2 gaps, 0\.1286 to 0\.4223, 0\.5728 to 0\.8851"):
        thermodynamics.surface_pull(staged(-6.0), 80e-9)
    assert thermodynamics.interface(staged(-6.0), composition=0.3).composition[-1] == pytest.approx(0.422265, abs=1e-5)


def test_a_film_starts_in_the_gap_that_holds_its_filling_and_knows_when_an_end_has_switched():
    """Runs of it: benchmarks/film_physics.py, thresholds within 1.5 % of an independent program's (table 3.6)."""
    device = memristor(0.3)
    device = dataclasses.replace(device, film=dataclasses.replace(device.film, material=staged(-6.0)))
    profile = np.asarray(device.profile(PhaseSeparated(), 100), float)
    np.testing.assert_allclose((profile[0], profile[-1]), (0.422265, 0.128643), atol=1e-4)
    assert device.switching_level == pytest.approx((0.187841 + 0.351770) / 2, abs=1e-5)
    assert device.facts()["plateaus"] == pytest.approx((-5.141442, -3.913982), abs=1e-6)


@pytest.mark.parametrize(
    ("enthalpy", "runs"), [(-6.0, (0.1966, 0.2008)), (-8.0, (0.6478, 0.6315)), (-8.4, (1.0233, 0.9890)), (-8.6, (1.4096, 1.3597))]
)
def test_life_of_three_phases_beside_runs(enthalpy, runs):
    """Thirds of A, B and C at rest; runs of 200 cells, decision 0061."""
    life = thermodynamics.stage_life(staged(enthalpy), 80e-9, (1 / 3, 1 / 3, 1 / 3))
    np.testing.assert_allclose(life[:2], runs, rtol=0.1)
    shorter = thermodynamics.stage_life(staged(enthalpy), 80e-9, (0.2, 0.6, 0.2))
    assert shorter.poorest < life.poorest


def test_life_refuses_what_has_no_three_phases():
    with pytest.raises(InputError, match=r"no stable gaps of .*which has 1; three phases side by side need two"):
        thermodynamics.stage_life(lithium_titanate(), 80e-9, (0.3, 0.4, 0.3))
    with pytest.raises(InputError, match="no three positive shares whose sum is 1"):
        thermodynamics.stage_life(staged(-6.0), 80e-9, (0.3, 0.3, 0.3))
    with pytest.raises(InputError, match=r"a layer of 0\.05 of the film is no thicker than an interface"):
        thermodynamics.stage_life(staged(-6.0), 80e-9, (0.05, 0.5, 0.45))


def test_five_levels_where_both_plateaus_coincide():
    """Film_physics.md, 3.5: resistances in V_T/i_D without the film's own, the state of each; A|B|C at first. 60 cells of 200."""
    cells = 60
    device = memristor(0.5, rates=(1e-2, 1e-4))
    device = dataclasses.replace(device, film=dataclasses.replace(device.film, material=staged(-9.152840)))
    poor, middle, _, rich = thermodynamics.phase_diagram(device.film.material).binodal
    x = (np.arange(cells) + 0.5) / cells
    thirds = np.interp(x, (0.31, 0.36, 0.64, 0.69), (poor, middle, middle, rich))
    start = Profile(tuple(x), tuple(thirds + 0.5 - thirds.mean()))
    scales = device.scales()
    pulses = 0.5 * float(scales.current) * np.array([-1.0, -1, -1, -1, 1, 1, 1, 1])
    found = pulse_levels(device, pulses, 0.25 * float(scales.time), cells=cells, initial=start)
    assert found["state"].values.tolist() == ["BC", "BB", "CA", "CA", "CB", "BB", "AC", "AC"]
    wanted = np.array([102.016, 146.493, 8741.01, 8742.06, 143.938, 146.493, 187.985, 187.996])
    own = np.array([3.443, 2.825, 3.889, 5.872, 3.736, 2.825, 3.889, 5.872])  # of the film itself; decision 0082
    np.testing.assert_allclose(found["resistance"] / float(scales.resistance), wanted + own, rtol=0.005)
    assert distinct_levels(found).size == 5
    assert found["resistance"].attrs["units"] == "ohm"
    with pytest.raises(InputError, match="apart = -1 is outside"):
        distinct_levels(found, -1)
    assert found["profile"].dims == ("pulse", "x")


def test_levels_on_the_command_line(monkeypatch, tmp_path):
    """What the command asks for, in SI, what it prints and writes, and what it refuses."""
    asked = {}

    def answer(device, currents, width, **rest):
        asked.update(rest, unit=float(device.scales().current), second=float(device.scales().time))
        asked.update(currents=np.asarray(currents) / asked["unit"], width=width)
        values = {name: ("pulse", [1.0, 1.002, 3.0]) for name in ("resistance", "resistance_at_once", "current")}
        return xr.Dataset(values | {"state": ("pulse", ["AB", "AB", "BA"]), "profile": (("pulse", "x"), np.ones((3, 2)))})

    monkeypatch.setattr(resting_levels, "pulse_levels", answer)
    pulses = ["--pulse", "0.5 i_D", "--pulse", "2 x -0.4 i_D"]
    found = CliRunner().invoke(app, ["levels", "step-current", *pulses, "--rest", "3 tau_D", "--out", str(tmp_path / "l.csv")])
    assert found.exit_code == 0, found.output
    np.testing.assert_allclose(asked["currents"], [0.5, -0.4, -0.4], rtol=1e-12)
    assert (asked["width"] / asked["second"], asked["rest"] / asked["second"]) == pytest.approx((0.25, 3.0))
    assert "2 levels that differ by more than 1 %: 1.001, 3 ohm" in found.output
    assert (tmp_path / "l.csv").read_text(encoding="utf-8").count("\n") == 4
    for wrong, said in (("0.5 V", "has the wrong unit 'V'"), ("a x 0.5 i_D", "begins with no number of pulses")):
        refused = CliRunner().invoke(app, ["levels", "step-current", "--pulse", wrong])
        assert refused.exit_code == 2
        assert said in refused.output + refused.stderr
    refused = CliRunner().invoke(app, ["levels", "layered-film", "--pulse", "1 i_D"])
    assert "levels are of a film_memristor" in refused.output + refused.stderr
