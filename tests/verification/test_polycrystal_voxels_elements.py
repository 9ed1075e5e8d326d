"""Voxels against finite elements that follow the same grains, and the solver's iterations against size and ratio."""

import numpy as np
import pytest

from solion.devices.polycrystal import ChargeTransfer, Layer, Polycrystal, lu2021
from solion.experiments.conduction import Elements, HotSpotNorm, conduct, hot_spot, planes, profile, section, sensitivity
from solion.experiments.conduction.problem import Problem
from solion.experiments.conduction.voxels import Voxels
from solion.grids.grains.image_files import from_array
from solion.grids.grains.labels import LabelImage
from solion.grids.grains.tessellation import Tessellation, voronoi

UM = 1e-6


def sigma(result) -> float:
    return float(result.dataset["effective_conductivity"])


@pytest.mark.parametrize("ratio", [0.1, 1.0, 10.0])
def test_voronoi_grains(ratio):
    """Effective conductivity within 3 %, with exact normals and with those of the image alone; heat by parts."""
    cells = voronoi((60 * UM, 60 * UM), 10 * UM, seed=1)
    reference = conduct(lu2021(ratio), cells)
    voxels = conduct(lu2021(ratio), cells, engine=Voxels(spacing=0.5 * UM))
    assert sigma(voxels) == pytest.approx(sigma(reference), rel=0.01)
    image = LabelImage(LabelImage.of(cells, 0.5 * UM).cleaned().labels, 0.5 * UM)
    assert sigma(conduct(lu2021(ratio), image, engine=Voxels())) == pytest.approx(sigma(reference), rel=0.03)
    for name in ("grains", "boundaries"):
        ours, theirs = (float(result.dataset[f"dissipation_{name}"]) for result in (voxels, reference))
        assert ours == pytest.approx(theirs, rel=0.05)


# sigma_eff/sigma_g at Lambda = 0.1, 1, 10 of conforming quadratic tetrahedra, benchmarks/polycrystal_tetrahedra.py --edge 32
TETRAHEDRA = {1: (0.9163, 0.5520, 0.1244), 2: (0.9162, 0.5481, 0.1224), 3: (0.9185, 0.5593, 0.1331)}


@pytest.mark.parametrize("seed", TETRAHEDRA)
def test_voronoi_grains_in_space(seed):
    """Effective conductivity within 3 % of conforming tetrahedra on the same grains, with ten voxels along a grain."""
    cells = voronoi((32 * UM,) * 3, 10 * UM, seed=seed)
    for ratio, reference in zip((0.1, 1.0, 10.0), TETRAHEDRA[seed], strict=True):
        fields = Voxels(spacing=1 * UM).solve(Problem(lu2021(ratio), cells, 0.1, None))
        found = fields.current_bottom * 32 * UM / 0.1 / 0.05
        assert found == pytest.approx(reference, rel=0.03)
        if ratio <= 1:
            assert found == pytest.approx(reference, rel=0.01)


def factor(run, plane):
    """H over 2 um."""
    return hot_spot(section(run, plane), 2 * UM).factor


def test_hot_spots_rise_to_those_of_finite_elements_as_voxels_shrink():
    """Voxels cut the peaks of the current at an electrode off: 15 to 25 % of H(4 h), 5 % of H(16 h), and they say so."""
    cells = voronoi((60 * UM, 60 * UM), 10 * UM, seed=1)
    reference = conduct(lu2021(1.0), cells)
    missing = []
    for spacing in (0.5 * UM, 0.125 * UM):
        voxels = conduct(lu2021(1.0), cells, engine=Voxels(spacing=spacing))
        missing.append(
            [
                1 - hot_spot(section(voxels, p), 2 * UM).factor / hot_spot(section(reference, p), 2 * UM).factor
                for p in planes(voxels)
            ]
        )
    assert 0.1 < max(missing[0]) < 0.25
    assert min(missing[1]) > -0.01
    assert max(missing[1]) < 0.06
    assert any("fall short" in text for text in voxels.warnings)


@pytest.mark.parametrize("angle", [15, 37])
@pytest.mark.parametrize("ratio", [0.1, 1.0, 10.0])
def test_bricks_turned_against_the_voxels(angle, ratio):
    """Square grains of 10 um turned by an angle: every boundary is a staircase, whose area is up to 1.4 times too large."""
    turn = np.array(
        [[np.cos(np.radians(angle)), -np.sin(np.radians(angle))], [np.sin(np.radians(angle)), np.cos(np.radians(angle))]]
    )
    lattice = np.stack(np.meshgrid(np.arange(-6, 7), np.arange(-6, 7)), axis=-1).reshape(-1, 2) * 10 * UM
    random = np.random.default_rng(0).uniform(-1, 1, lattice.shape) * 0.01 * UM  # four grains never meet in one point
    cells = Tessellation((40 * UM, 40 * UM), lattice @ turn.T + np.array([20.3, 23.1]) * UM + random, np.zeros(len(lattice)))
    reference = conduct(lu2021(ratio), cells)
    assert sigma(conduct(lu2021(ratio), cells, engine=Voxels(spacing=0.25 * UM))) == pytest.approx(sigma(reference), rel=0.01)


def test_layers_and_electrodes():
    """Currents of a ceramic between a layer with a resistive interface and a charge transfer, periodic sides."""
    cells = voronoi((60 * UM, 40 * UM), 10 * UM, seed=2, sides="periodic")
    plain = lu2021(1.0)
    layer = Layer(6 * UM, 1e-2, "top", interface_resistance=2e-4)
    device = Polycrystal(plain.grain, plain.boundary, bottom=ChargeTransfer(1e-4), layers=(layer,))
    reference, voxels = (conduct(device, cells, engine=Elements()), conduct(device, cells, engine=Voxels(spacing=0.5 * UM)))
    assert float(voxels.dataset["current_density"]) == pytest.approx(float(reference.dataset["current_density"]), rel=0.01)
    for part in ("layers", "interfaces", "electrodes"):
        ours, theirs = (float(result.dataset[f"dissipation_{part}"]) for result in (voxels, reference))
        assert ours == pytest.approx(theirs, rel=0.02)
    for depth in (1 * UM, 3 * UM):
        ours, theirs = (profile(result, 40 * UM + depth) for result in (voxels, reference))
        spread = [float(np.sqrt((s.current_density / s.mean - 1) ** 2 @ s.size / s.size.sum())) for s in (ours, theirs)]
        assert spread[0] == pytest.approx(spread[1], rel=0.1)


def test_the_same_boundaries_matter():
    """Adjoint derivatives by boundary and by grain, of the mean current and of the unevenness over pieces of 5 um."""
    cells = voronoi((40 * UM, 40 * UM), 10 * UM, seed=5)
    for measure, close in ((None, 0.995), (HotSpotNorm(8.0, "top", 5 * UM), 0.98)):
        theirs = sensitivity(lu2021(1.0), cells, measure=measure).dataset
        ours = sensitivity(lu2021(1.0), cells, measure=measure, engine=Voxels(spacing=0.25 * UM)).dataset
        assert float(ours["value"]) == pytest.approx(float(theirs["value"]), rel=0.02)
        names = [[tuple(pair) for pair in found["boundary_grains"].values] for found in (ours, theirs)]
        common = sorted(set(names[0]) & set(names[1]))
        assert len(common) > 0.9 * len(names[1])
        pairs = [
            found["relative_to_resistance"].values[[n.index(c) for c in common]]
            for found, n in zip((ours, theirs), names, strict=True)
        ]
        assert np.corrcoef(*pairs)[0, 1] > close
        shared = np.intersect1d(ours["grain"], theirs["grain"])
        grains = [found["by_conductivity"].sel(grain=shared).values for found in (ours, theirs)]
        assert np.corrcoef(*grains)[0, 1] > close


def test_an_array_of_labels_is_enough():
    """The same numbers from a plain array with other labels, turned by the reader."""
    cells = voronoi((40 * UM, 30 * UM), 10 * UM, seed=3)
    image = LabelImage.of(cells, 0.5 * UM).cleaned()
    picture = np.flip(image.labels.T, 0) * 7
    again = from_array(picture, 0.5 * UM, through="rows")
    first, second = (conduct(lu2021(1.0), LabelImage(i.labels, i.spacing), engine=Voxels()) for i in (image, again))
    assert sigma(first) == pytest.approx(sigma(second), rel=1e-12)


def test_iterations_depend_neither_on_size_nor_on_ratio():
    """Multigrid with deflation by grains: within a few iterations of each other over a factor 27 in size and 1e5 in ratio."""
    iterations = {}
    for edge in (16, 48):
        cells = voronoi((edge * UM,) * 3, 8 * UM, seed=1)
        for ratio in (0.1, 10.0, 1e4):
            fields = Voxels(spacing=1 * UM).solve(Problem(lu2021(ratio), cells, 0.1, None))
            iterations[edge, ratio] = fields.mesh["iterations"]
    assert max(iterations.values()) <= 16
    assert max(iterations[48, ratio] - iterations[16, ratio] for ratio in (0.1, 10.0, 1e4)) <= 4
