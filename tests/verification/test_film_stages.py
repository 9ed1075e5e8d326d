"""Several stages in a film: the lower convex hull, critical currents of each gap, and a run that starts in one."""

import dataclasses

import numpy as np
import pytest

from solion import thermodynamics
from solion.base.errors import InputError
from solion.devices.start import PhaseSeparated
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
