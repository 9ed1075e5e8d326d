"""Tessellations fill their box and are what their words say; meshes conform, and no sliver is left."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from solion.base.errors import InputError
from solion.grids.grains.tessellation import Tessellation, polygon_area, voronoi
from solion.grids.meshes.triangles import Sizes, triangulate

BOX = (50e-6, 40e-6)
KINDS = [
    {},
    {"surface": "mirror", "sides": "mirror"},
    {"sides": "periodic"},
    {"surface": "periodic", "sides": "periodic"},
    {"lloyd": 5},
    {"spread": 0.4},
    {"spread": 0.4, "lloyd": 3, "sides": "periodic", "surface": "mirror"},
]
COARSE = Sizes(100e-9, 0.5e-6, 2e-6)


@pytest.mark.parametrize("words", KINDS, ids=str)
def test_polygons_fill_the_box_and_hold_what_the_labels_say(words):
    grains = voronoi(BOX, 1e-5, seed=2, **words)
    polygons, owner = grains.cells()
    areas = np.array([polygon_area(polygon) for polygon in polygons])
    assert areas.min() > 0
    assert areas.sum() == pytest.approx(BOX[0] * BOX[1], rel=1e-12)
    points = np.random.default_rng(0).uniform(size=(500, 2)) * BOX
    labels = grains.labels(points)
    for polygon, grain in zip(polygons, owner, strict=True):
        following = np.roll(polygon, -1, axis=0) - polygon
        offset = points[:, None] - polygon
        inside = (following[:, 0] * offset[..., 1] - following[:, 1] * offset[..., 0] > 0).all(axis=1)
        assert np.all(labels[inside] == grain)


def test_labels_are_the_nearest_seed_by_power():
    grains = voronoi((3e-5, 3e-5, 2e-5), 1e-5, seed=1, spread=0.3)
    points = np.random.default_rng(1).uniform(size=(200, 3)) * grains.box
    power = ((points[:, None] - grains.seeds) ** 2).sum(axis=-1) - grains.weights
    np.testing.assert_array_equal(grains.labels(points), power.argmin(axis=1))


def test_same_seed_same_grains_and_mean_size():
    first, second, other = (voronoi((2e-4, 2e-4), 1e-5, seed=seed, sides="periodic", surface="periodic") for seed in (5, 5, 6))
    np.testing.assert_array_equal(first.seeds, second.seeds)
    assert not np.array_equal(first.seeds, other.seeds)
    assert first.grain_size == pytest.approx(1e-5, rel=1e-3)
    assert len(first.polygons()) >= 400


def test_lloyd_brings_seeds_to_the_centres():
    """The mean distance from seed to centroid falls; distances between neighbours become even."""
    evenness = []
    for steps in (0, 20):
        grains = voronoi((1e-4, 1e-4), 1e-5, seed=1, lloyd=steps, sides="periodic", surface="periodic")
        points, _ = grains.images
        distance = cKDTree(points).query(grains.seeds, k=2)[0][:, 1]
        evenness.append(distance.std() / distance.mean())
    assert evenness[1] < 0.4 * evenness[0]


def test_spread_widens_the_sizes():
    sizes = []
    for spread in (0.0, 0.5):
        grains = voronoi((2e-4, 2e-4), 1e-5, seed=1, lloyd=10, spread=spread, sides="periodic", surface="periodic")
        polygons, owner = grains.cells()
        area = np.bincount(owner, [polygon_area(polygon) for polygon in polygons], grains.grains)
        sizes.append(np.std(np.sqrt(area)) / np.mean(np.sqrt(area)))
    assert sizes[1] > 2 * sizes[0]


def test_mirrored_faces_slice_no_grain():
    """With seeds mirrored in the faces every grain holds its seed; cut faces slice grains whose seeds lie beyond them."""
    for surface, sliced in (("mirror", False), ("cut", True)):
        grains = voronoi(BOX, 1e-5, seed=3, surface=surface, sides="mirror")
        _, owner = grains.cells()
        seeds = grains.seeds[np.unique(owner)]
        assert ((seeds < 0) | (seeds > BOX)).any() == sliced


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("words", [{}, {"sides": "periodic"}], ids=str)
def test_meshes_conform(seed, words):
    """Areas and facets are checked by the mesher itself; here: sizes, no flat triangle, layers, facets that match."""
    grains = voronoi(BOX, 1e-5, seed=seed, **words)
    mesh = triangulate(grains, bottom=(1e-6,), top=(2e-6, 3e-6), sizes=COARSE)
    assert mesh.quality.min() > 0.01
    assert np.mean(mesh.quality < 0.3) < 0.01
    assert np.mean(mesh.quality) > 0.85
    corners = mesh.points[mesh.cells]
    sides = corners[:, 1:] - corners[:, :1]
    areas = (sides[:, 0, 0] * sides[:, 1, 1] - sides[:, 0, 1] * sides[:, 1, 0]) / 2
    assert areas.min() > 0
    layers = np.bincount(mesh.region, areas)[grains.grains :]
    np.testing.assert_allclose(layers, BOX[0] * np.array([1e-6, 2e-6, 3e-6]), rtol=1e-9)
    one, two = (mesh.points[mesh.between.nodes[:, side]] for side in (0, 1))
    shift = one - two
    assert np.all((shift == 0) | (np.abs(shift[..., :1]) == BOX[0]) * np.array([True, False]))
    assert (mesh.points[mesh.bottom.nodes[..., 0], 1] == -1e-6).all()
    assert np.isclose(mesh.points[mesh.top.nodes[..., 0], 1], BOX[1] + 5e-6, rtol=1e-12).all()
    inside = np.random.default_rng(seed).uniform(size=(200, 2)) * BOX
    agree = mesh.region[mesh.find(inside)] == grains.labels(inside)
    assert agree.mean() > 0.99  # welded corners move by up to 20 nm
    assert mesh.find([[-1e-6, 0.0]])[0] == -1


def test_sizes_are_kept():
    grains = voronoi(BOX, 1e-5, seed=1)
    mesh = triangulate(grains, sizes=Sizes(10e-9, 0.25e-6, 1e-6))
    edges = mesh.points[mesh.cells] - np.roll(mesh.points[mesh.cells], -1, axis=1)
    longest = np.sqrt((edges**2).sum(axis=-1)).max(axis=1)
    assert longest.max() < 2.2e-6
    bottom = mesh.points[mesh.bottom.nodes[:, 0], 0]
    length = np.abs(np.diff(bottom, axis=1))[:, 0]
    assert length.max() <= 0.25e-6
    assert length.min() <= 10e-9


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"surface": "cutt"}, "surface = 'cutt' is unknown.*did you mean 'cut'"),
        ({"sides": "free"}, "sides = 'free' is unknown"),
        ({"lloyd": -1}, "lloyd = -1 is outside its allowed range"),
        ({"spread": 2.0}, "spread = 2.0 is outside its allowed range"),
        ({"grain_size": 0.0}, "grain_size = 0 m must be a positive length"),
        ({"grain_size": 1e-3}, "grains in a box"),
        ({"box": (1e-5, -1e-5)}, r"box\[1\] = -1e-05 m must be a positive length"),
        ({"box": 1e-5}, "must be two or three positive lengths"),
        ({"box": (30, 30), "grain_size": 10}, r"box\[0\] = 30 m is outside .* metres: 30 um are 3e-05 m"),
        ({"grain_size": 10}, "grain_size = 10 m is outside .* metres: 10 um are 1e-05 m"),
        ({"grain_size": "10 um"}, "not one number"),
    ],
)
def test_impossible_tessellations_are_refused(words, message):
    arguments = {"box": BOX, "grain_size": 1e-5, "seed": 0} | words
    with pytest.raises(InputError, match=message):
        voronoi(**arguments)


def test_impossible_meshes_are_refused():
    grains = voronoi(BOX, 1e-5, seed=0)
    with pytest.raises(InputError, match=r"ask for over 3000000 points"):
        triangulate(grains, sizes=Sizes(1e-9, 5e-9, 5e-9))
    with pytest.raises(InputError, match=r"a layer of 1e-09 m is thinner than two cells of 1e-07 m"):
        triangulate(grains, top=(1e-9,), sizes=COARSE)
    with pytest.raises(InputError, match=r"Sizes.bulk = 0 m must be a positive length"):
        Sizes(bulk=0)
    with pytest.raises(InputError, match="two-dimensional"):
        triangulate(voronoi((3e-5, 3e-5, 3e-5), 1e-5, seed=0))


def test_seeds_and_weights_are_checked():
    with pytest.raises(InputError, match=r"seeds must be a finite array of shape \(grains, 2\)"):
        Tessellation(BOX, np.zeros((3, 3)), np.zeros(3))
    with pytest.raises(InputError, match="seeds is empty"):
        Tessellation(BOX, np.zeros((0, 2)), np.zeros(0))
    with pytest.raises(InputError, match="weights must hold one number"):
        Tessellation(BOX, np.zeros((3, 2)), np.zeros(2))
