"""Tetrahedra fill the grains and layers they are made for, conform, and are found again."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.spatial import KDTree

from solion.base.errors import InputError
from solion.grids.grains.polyhedra import faults, polyhedra, star, volumes
from solion.grids.grains.tessellation import Tessellation, voronoi
from solion.grids.meshes.tetrahedra import SIDES, tetrahedralise

BOX = (24e-6, 20e-6, 18e-6)
KINDS = [{}, {"surface": "mirror", "sides": "mirror"}, {"sides": "mirror", "spread": 0.4}, {"spread": 0.4, "lloyd": 3}]
BOTTOM, TOP = (3e-6, 0.4e-6), (9e-6,)


def grains(**words):
    return voronoi(BOX, 8e-6, seed=3, **words)


def two(middle=9e-6, **words):
    """Two grains side by side, with the boundary at ``middle``."""
    seeds = np.array([[middle - 3e-6, 1e-5, 9e-6], [middle + 3e-6, 1e-5, 9e-6]])
    return Tessellation(BOX, seeds, np.zeros(2), surface="mirror", sides="mirror", **words)


def lattice(shift, centred):
    """Seeds on a lattice: many corners in which more than four grains meet."""
    line = (np.arange(-2, 5) + shift) * 1e-5
    seeds = np.stack(np.meshgrid(line, line, line, indexing="ij"), axis=-1).reshape(-1, 3)
    if centred:
        seeds = np.concatenate((seeds, seeds + 5e-6))
    return Tessellation((2e-5, 2e-5, 2e-5), seeds, np.zeros(len(seeds)))


def areas(mesh, facets):
    corners = mesh.points[facets.nodes[:, 0]]
    return np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2


@pytest.mark.parametrize("words", KINDS, ids=str)
def test_polyhedra_fill_the_box_and_hold_what_the_labels_say(words):
    cells = grains(**words)
    points, tetrahedra, grain = star(polyhedra(cells))
    content = volumes(points, tetrahedra)
    assert content.min() > 0
    assert content.sum() == pytest.approx(np.prod(BOX), rel=1e-12)
    count = 100_000
    labels = cells.labels(np.random.default_rng(0).uniform(size=(count, 3)) * BOX)
    share = np.bincount(grain, content, cells.grains) / np.prod(BOX)
    deviation = np.sqrt(np.maximum(share * (1 - share), 1 / count) / count)
    assert np.all(np.abs(np.bincount(labels, minlength=cells.grains) / count - share) < 5 * deviation)


@pytest.mark.parametrize("weld", [0.0, 20e-9, 600e-9])
def test_polyhedra_of_many_grains_close_however_much_is_welded(weld):
    for seed in range(6):
        shape = polyhedra(voronoi(BOX, 8e-6, seed=seed, spread=0.3), weld)
        assert not len(faults(shape))
        points, tetrahedra, _ = star(shape)
        assert volumes(points, tetrahedra).sum() == pytest.approx(np.prod(BOX), rel=1e-12)


def test_welding_leaves_no_near_corners_but_where_a_grain_would_fold():
    """And moves no corner further than the extent of what was welded."""
    cells = voronoi((5e-5, 5e-5, 5e-5), 8e-6, seed=1)
    near = {}
    for weld in (20e-9, 60e-9):
        raw, welded = polyhedra(cells, 0.0), polyhedra(cells, weld)
        assert len(KDTree(raw.corners).query_pairs(weld)) > 10
        near[weld] = KDTree(welded.corners).query_pairs(weld)
        assert KDTree(raw.corners).query(welded.corners)[0].max() < weld
    assert not near[20e-9]
    assert len(near[60e-9]) == 1
    one, other = next(iter(near[60e-9]))
    forced = welded._replace(loop=np.where(welded.loop == other, one, welded.loop))
    ahead = [np.roll(loop, -1) for loop in np.split(forced.loop, np.flatnonzero(np.diff(forced.face)) + 1)]
    kept = forced.loop != np.concatenate(ahead)
    kept &= (np.bincount(forced.face, kept) >= 3)[forced.face]
    full, face = np.unique(forced.face[kept], return_inverse=True)
    assert len(faults(forced._replace(loop=forced.loop[kept], face=face, cells=forced.cells[full])))


def test_a_mean_of_corners_that_lies_near_another_is_welded_too():
    welded = polyhedra(voronoi(BOX, 8e-6, seed=6), 200e-9)
    assert not KDTree(welded.corners).query_pairs(200e-9)


@pytest.mark.parametrize("shift", [0.0, 0.25, 0.5])
@pytest.mark.parametrize("centred", [False, True])
def test_lattices_with_more_than_four_grains_in_a_corner(shift, centred):
    cells = lattice(shift, centred)
    points, tetrahedra, grain = star(polyhedra(cells))
    content = np.bincount(grain, volumes(points, tetrahedra), cells.grains)
    assert content.sum() == pytest.approx(8e-15, rel=1e-12)
    assert content.max() == pytest.approx(1e-15 / (2 if centred else 1), rel=1e-9)  # a cell of the lattice lies inside


def test_faults_are_seen():
    shape = polyhedra(grains())
    assert not len(faults(shape))
    lost = 4  # one face missing opens both its grains
    kept = shape.face != lost
    opened = shape._replace(
        loop=shape.loop[kept], face=shape.face[kept] - (shape.face[kept] > lost), cells=np.delete(shape.cells, lost, axis=0)
    )
    assert set(shape.cells[lost][shape.cells[lost] >= 0]) <= set(faults(opened))
    corners = shape.corners.copy()
    corners[0] = corners.mean(axis=0)  # a corner torn away turns tetrahedra inside out
    assert len(faults(shape._replace(corners=corners)))


def test_boundary_between_two_seeds_is_a_plane_in_its_place():
    mesh = tetrahedralise(two(), size=5e-6)
    np.testing.assert_allclose(mesh.points[mesh.between.nodes[:, 0], 0], 9e-6, rtol=1e-14)
    assert areas(mesh, mesh.between).sum() == pytest.approx(BOX[1] * BOX[2], rel=1e-12)
    assert np.bincount(mesh.region, mesh.volume) == pytest.approx([9e-6 * 3.6e-10, 15e-6 * 3.6e-10], rel=1e-12)
    weights = np.array([0.0, 12e-12])  # |x - a|^2 = |x - b|^2 - w moves the plane by w/(2 |b - a|) towards a
    moved = two()
    moved = Tessellation(BOX, moved.seeds, weights, "mirror", "mirror")
    mesh = tetrahedralise(moved, size=5e-6)
    np.testing.assert_allclose(mesh.points[mesh.between.nodes[:, 0], 0], 8e-6, rtol=1e-12)


@pytest.mark.parametrize("words", KINDS, ids=str)
def test_mesh_conforms_and_layers_are_exact(words):
    cells = grains(**words)
    mesh = tetrahedralise(cells, bottom=BOTTOM, top=TOP, size=3e-6)
    assert mesh.volume.min() > 0
    ground = BOX[0] * BOX[1]
    content = np.bincount(mesh.region, mesh.volume)
    assert content[: cells.grains].sum() == pytest.approx(np.prod(BOX), rel=1e-12)
    assert content[cells.grains :] == pytest.approx(np.array([*BOTTOM, *TOP]) * ground, rel=1e-12)
    for facets, level in ((mesh.bottom, -sum(BOTTOM)), (mesh.top, BOX[2] + sum(TOP))):
        assert areas(mesh, facets).sum() == pytest.approx(ground, rel=1e-12)
        np.testing.assert_allclose(mesh.points[facets.nodes, 2], level, rtol=1e-14)
    # every side of a tetrahedron has one partner, or lies on the outside
    sides = np.sort(mesh.cells[:, SIDES], axis=2).reshape(-1, 3)
    _, where, times = np.unique(sides, axis=0, return_inverse=True, return_counts=True)
    assert times.max() == 2
    single = np.flatnonzero(times[where] == 1)
    low, high = mesh.points.min(axis=0), mesh.points.max(axis=0)
    corners = mesh.points[sides[single]]
    assert ((corners == low).all(axis=1) | (corners == high).all(axis=1)).any(axis=1).all()
    # facets: what they say of themselves
    for facets in (mesh.between, mesh.bottom, mesh.top):
        own = np.sort(mesh.cells[facets.cell[..., None], SIDES[facets.side]], axis=2)
        np.testing.assert_array_equal(own, facets.nodes)
    np.testing.assert_array_equal(mesh.between.nodes[:, 0], mesh.between.nodes[:, 1])
    one, other = mesh.region[mesh.between.cell].T
    assert (one < other).all()
    assert len(mesh.between) == _different(where, mesh.region)
    part = mesh.between[one == cells.grains]
    assert len(part) == len(mesh.bottom)  # between the two layers below: a column each
    assert {*mesh.region[part.cell[:, 1]]} == {cells.grains + 1}


def _different(where, region):
    order = np.argsort(where, kind="stable")
    return sum(int(where[a] == where[b] and region[a // 4] != region[b // 4]) for a, b in pairwise(order))


def test_cells_of_layers_grow_outward_and_are_no_higher_than_wide():
    mesh = tetrahedralise(grains(), bottom=BOTTOM, top=TOP, size=3e-6)
    z = mesh.points[:, 2]
    above = np.diff(np.unique(z[z >= BOX[2]]))
    assert above[0] < above[1] < above[2]
    assert above.max() <= 3e-6
    below = -np.unique(z[z <= 0])[::-1]
    assert below == pytest.approx([0, 1e-6, 2e-6, 3e-6, 3e-6 + 0.4e-6 / 3, 3e-6 + 0.8e-6 / 3, 3.4e-6])


def test_refinement_makes_eight_of_each_and_keeps_the_grains():
    cells = grains()
    coarse, fine = (tetrahedralise(cells, size=size) for size in (3e-6, 1.7e-6))
    assert len(fine.cells) == 8 * len(coarse.cells)
    assert np.bincount(fine.region, fine.volume) == pytest.approx(np.bincount(coarse.region, coarse.volume), rel=1e-12)
    assert fine.quality.min() > 0.3 * coarse.quality.min()
    assert fine.quality.mean() > coarse.quality.mean()  # the octahedra are split along their shortest diagonal
    assert all(0 < mesh.quality.min() < mesh.quality.max() <= 1 for mesh in (coarse, fine))


def test_mean_edge_is_as_short_as_asked_for():
    for size in (6e-6, 3e-6):
        mesh = tetrahedralise(grains(), size=size)
        ends = np.sort(mesh.cells[:, [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]].reshape(-1, 2))
        a, b = np.unique(ends, axis=0).T
        mean = np.linalg.norm(mesh.points[a] - mesh.points[b], axis=1).mean()
        assert 0.45 * size < mean <= size


def test_quality_of_a_regular_and_of_a_right_angled_tetrahedron():
    mesh = tetrahedralise(two(), size=1e-5)
    regular = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1.0]])
    corner = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1.0]])
    points, cells = np.concatenate((regular, corner)), np.arange(8).reshape(2, 4)[:, [1, 0, 2, 3]]
    shaped = type(mesh)(
        points, cells, *(getattr(mesh, key) for key in ("region", "grains", "between", "bottom", "top", "box", "size", "length"))
    )
    assert np.abs(shaped.quality) == pytest.approx([1, 12 * 0.5 ** (2 / 3) / 9])


@pytest.mark.parametrize("words", KINDS, ids=str)
def test_points_are_found_in_their_grain(words):
    cells = grains(**words)
    mesh = tetrahedralise(cells, bottom=BOTTOM, top=TOP, size=3e-6)
    random = np.random.default_rng(4)
    low, high = mesh.points.min(axis=0), mesh.points.max(axis=0)
    points = low + random.uniform(size=(20_000, 3)) * (high - low)
    found = mesh.find(points)
    assert found.min() >= 0
    corners = mesh.points[mesh.cells[found]]
    share = np.linalg.solve((corners[:, :3] - corners[:, 3:]).transpose(0, 2, 1), (points - corners[:, 3])[..., None])
    assert min(share.min(), 1 - share.sum(axis=1).max()) > -1e-8
    region, z = mesh.region[found], points[:, 2]
    layer = np.select([z < -BOTTOM[0], z < 0, z > BOX[2]], cells.grains + np.array([1, 0, 2]), -1)
    np.testing.assert_array_equal(region[layer >= 0], layer[layer >= 0])
    inside = layer < 0
    wrong = np.flatnonzero(inside & (region != cells.labels(points)))
    around = points[wrong, None] + 40e-9 * random.normal(size=(len(wrong), 200, 3))
    assert all(region[k] in cells.labels(near) for k, near in zip(wrong, around, strict=True))
    assert len(wrong) < 1e-3 * inside.sum()
    np.testing.assert_array_equal(mesh.find([low - 1e-9, high + 1e-9, [np.nan] * 3]), -1)
    assert (mesh.find(mesh.points) >= 0).all()
    centres = mesh.points[mesh.cells].mean(axis=1)
    np.testing.assert_array_equal(mesh.find(centres), np.arange(len(mesh.cells)))


def test_refusals_name_the_remedy():
    for words in ({"sides": "periodic"}, {"surface": "periodic"}):
        with pytest.raises(InputError, match="cut or mirrored sides; use Voxels for periodic ones"):
            tetrahedralise(grains(**words), size=3e-6)
    with pytest.raises(InputError, match="box of three lengths"):
        tetrahedralise(voronoi((2e-5, 2e-5), 1e-5, seed=1), size=3e-6)
    with pytest.raises(InputError, match="more than 400000; take a larger size or smaller box, or Voxels"):
        tetrahedralise(grains(), size=0.1e-6)
    with pytest.raises(InputError, match="more than 400000"):
        tetrahedralise(grains(), size=3e-6, top=(3e-3,))
    for size in (0.0, -1e-6, np.nan):
        with pytest.raises(InputError, match="must be positive"):
            tetrahedralise(grains(), size=size)
    for layers in ((0.0,), (1e-6, 10e-9), (np.inf,)):
        with pytest.raises(InputError, match=r"top = .* thicker than weld"):
            tetrahedralise(grains(), size=3e-6, top=layers)
    for weld in (-1e-9, 5e-6, np.nan):
        with pytest.raises(InputError, match=r"weld = .* allowed range"):
            tetrahedralise(grains(), size=3e-6, weld=weld)
    beyond = Tessellation(BOX, np.array([[1e-5, 1e-5, 1e-5], [-1e-6, 1e-5, 1e-5]]), np.zeros(2), sides="mirror")
    with pytest.raises(InputError, match="beyond a mirrored face"):
        tetrahedralise(beyond, size=3e-6)
