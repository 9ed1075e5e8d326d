"""Boundaries as jumps against boundaries 5 nm wide that are meshed: some twelve grains in a square of 30 um.

The mesh of the jumps is opened: each grain's corners move inward by half the width, and what lies between the two sides of
a facet is filled by two triangles, what lies between the grains of a triple junction by one. So both models have the same
mesh in the grains, and boundaries of 5 nm need no cells of 5 nm along them.
"""

import dataclasses

import numpy as np
import pytest
from scipy.sparse import block_diag, csr_array
from scipy.sparse.linalg import splu

from solion.analysis.hot_spots import windowed_maximum
from solion.balances.conduction_elements import BrokenSpace
from solion.balances.conduction_solve import ConductionBalance, Face
from solion.balances.electrode import Electrode
from solion.grids.grains.tessellation import voronoi
from solion.grids.meshes.mesh import Facets
from solion.grids.meshes.triangles import Sizes, triangulate

SIGMA, WIDTH, GRAIN, BOX = 0.05, 5e-9, 11e-6, 30e-6
WINDOWS = (10e-9, 50e-9, 100e-9, 500e-9)
SIZES = Sizes(0.1e-9, 0.25e-6, 0.8e-6)  # the meshed boundary is singular where it meets the electrode: 1 nm leaves 3 % in H


def twice_area(corners):
    """Of triangles (t, 3, 2), positive where anticlockwise."""
    one, two = (corners[:, k] - corners[:, 0] for k in (1, 2))
    return one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]


def quartered(points, triangles, marked):
    """Each triangle cut into four at the middles of its edges."""
    edges = np.sort(np.stack((triangles, np.roll(triangles, -1, axis=1)), axis=-1).reshape(-1, 2), axis=1)
    edges, middle = np.unique(edges, axis=0, return_inverse=True)
    d = len(points) + middle.reshape(triangles.shape)
    a = triangles
    parts = [(a[:, 0], d[:, 0], d[:, 2]), (d[:, 0], a[:, 1], d[:, 1]), (d[:, 2], d[:, 1], a[:, 2]), (d[:, 0], d[:, 1], d[:, 2])]
    new = np.concatenate([np.column_stack(part) for part in parts])
    return np.concatenate((points, points[edges].mean(axis=1))), new, np.tile(marked, 4)


def opened(mesh, width, refine):
    """The mesh with its boundaries opened to a width (m), ``refine`` times quartered, and which triangles lie in them."""
    owner, region = mesh.region.max() + 1, mesh.region[:, None]
    keys, copies = np.unique(mesh.cells * owner + region, return_inverse=True)
    triangles = copies.reshape(mesh.cells.shape)
    node = keys // owner
    # half the width along the inward normal of each facet, nothing across the box's sides
    ends = mesh.between.nodes[:, 0]  # the same two nodes for both sides
    along = mesh.points[ends[:, 1]] - mesh.points[ends[:, 0]]
    normal = np.column_stack((along[:, 1], -along[:, 0])) / np.hypot(*along.T)[:, None]
    rows, wanted, normals = [], [], []
    for side in (0, 1):
        own = mesh.region[mesh.between.cell[:, side]]
        inside = mesh.points[mesh.cells[mesh.between.cell[:, side]]].mean(axis=1) - mesh.points[ends[:, 0]]
        inward = normal * np.sign((normal * inside).sum(axis=1))[:, None]
        for end in (0, 1):
            rows.append(np.searchsorted(keys, ends[:, end] * owner + own))
            normals.append(inward)
            wanted.append(np.full(len(own), width / 2))
    for axis in (0, 1):
        still = np.flatnonzero((mesh.points[node, axis] == 0) | (mesh.points[node, axis] == mesh.box[axis]))
        rows.append(still)
        normals.append(np.tile(np.eye(2)[axis], (len(still), 1)))
        wanted.append(np.zeros(len(still)))
    rows, normals, wanted = np.concatenate(rows), np.concatenate(normals), np.concatenate(wanted)
    # the rest follows smoothly, small cells as if stiff: least sum of k |grad u|^2 with n.u = h at the facets
    space = BrokenSpace(mesh, 1, np.zeros(len(mesh.between), bool))
    assert np.array_equal(space.dofs, triangles)
    stiff = space.stiffness(space.geometry[0] ** -0.5)
    columns = np.column_stack((rows, rows + len(keys)))
    hold = csr_array((normals.ravel(), (np.repeat(np.arange(len(rows)), 2), columns.ravel())), (len(rows), 2 * len(keys)))
    penalty = 1e6 * stiff.diagonal().max()
    system = block_diag((stiff, stiff)) + penalty * hold.T @ hold
    shift = splu(system.tocsc()).solve(penalty * hold.T @ wanted).reshape(2, -1).T
    for axis in (0, 1):
        shift[(mesh.points[node, axis] == 0) | (mesh.points[node, axis] == mesh.box[axis]), axis] = 0.0
    points = mesh.points[node] + shift

    sides = [
        np.stack([np.searchsorted(keys, ends[:, end] * owner + mesh.region[mesh.between.cell[:, side]]) for end in (0, 1)])
        for side in (0, 1)
    ]
    (a, b), (c, d) = sides
    strips = np.concatenate((np.column_stack((a, b, d)), np.column_stack((a, d, c))))
    number = np.bincount(node)
    three = np.flatnonzero(number == 3)
    joints = np.searchsorted(node, three)[:, None] + np.arange(3)
    assert number.max() == 3  # four grains in one point would need two triangles
    filled = np.concatenate((strips, joints))
    area = twice_area(points[filled])
    filled[area < 0] = filled[area < 0][:, ::-1]
    assert np.all(area != 0)
    every = np.concatenate((triangles, filled))
    assert twice_area(points[every]).min() > 0
    within = np.arange(len(every)) >= len(triangles)
    for _ in range(refine):
        points, every, within = quartered(points, every, within)

    none = Facets(np.zeros((0, 2), int), np.zeros((0, 2), int), np.zeros((0, 2, 2), int))
    faces = []
    edges = np.stack((every, np.roll(every, -1, axis=1)), axis=-1)
    for level in (0.0, mesh.box[1]):
        triangle, edge = np.nonzero((points[edges][..., 1] == level).all(axis=2))
        order = np.argsort(points[edges[triangle, edge], 0].mean(axis=1))
        triangle, edge = triangle[order, None], edge[order, None]
        faces.append(Facets(triangle, edge, edges[triangle, edge]))
    whole = dataclasses.replace(
        mesh, points=points, cells=every, region=np.zeros(len(every), int), grains=1, between=none, bottom=faces[0], top=faces[1]
    )
    return whole, within


def solved(mesh, conductivity, resistance, sheet=0.0):
    """Current (A/m) at 0.1 V, and H of the bottom face at each window."""
    space = BrokenSpace(mesh, 2, np.zeros(len(mesh.between), bool))
    faces = [Face(f, Electrode(np.full(len(f), np.inf), np.zeros(len(f)), np.ones(len(f)))) for f in (mesh.bottom, mesh.top)]
    balance = ConductionBalance(
        space,
        conductivity,
        np.full(len(space.jumps), resistance),
        *faces,
        along=space.along(mesh.between, np.full(len(mesh.between), sheet)) if sheet else None,
    )
    solution = balance.solve(voltage=0.1)
    factors = []
    for facets, sign in ((mesh.bottom, 1), (mesh.top, -1)):
        means = sign * space.flux(facets, 0, balance.reaction(solution.phi)) @ [1 / 6, 1 / 6, 4 / 6]
        ends = np.sort(mesh.points[facets.nodes[:, 0], 0], axis=1)
        edges = np.append(ends[:, 0], ends[-1, 1])
        factors.append([windowed_maximum(edges, means, window).factor for window in WINDOWS])
    return solution.current_bottom, np.array(factors)


def both(seed, ratio, refine=1):
    """Currents and factors of jumps and of meshed boundaries, and the number of grains."""
    grains = voronoi((BOX, BOX), GRAIN, seed=seed)
    mesh = triangulate(grains, sizes=SIZES)
    resistance = ratio * GRAIN / SIGMA
    thin = solved(mesh, np.full(len(mesh.cells), SIGMA), resistance)
    whole, within = opened(mesh, WIDTH, refine)
    thick = solved(whole, np.where(within, WIDTH / resistance, SIGMA), 1.0)
    return thin, thick, len(np.unique(mesh.region))


@pytest.mark.parametrize("ratio", [0.1, 1.0, 10.0])
def test_jumps_stand_for_boundaries_of_five_nanometres(ratio):
    """The current to 2.2e-4, of which the grains that the boundaries displace are the most; H(w) to 1 % from 50 nm on."""
    thin, thick, grains = both(25, ratio)
    assert grains == 12
    assert thin[0] == pytest.approx(thick[0], rel=2.2e-4)
    assert thin[0] > thick[0]
    np.testing.assert_allclose(thin[1][:, 1:], thick[1][:, 1:], rtol=0.01)
    np.testing.assert_allclose(thin[1][:, 0], thick[1][:, 0], rtol=0.03)


@pytest.mark.parametrize("ratio", [20.0, 400.0])
def test_fast_boundaries_carry_current_along_themselves(ratio):
    """Boundaries that conduct ``ratio`` times as well as the grains: they take their share of the current in both models."""
    mesh = triangulate(voronoi((BOX, BOX), GRAIN, seed=25), sizes=SIZES)
    whole, within = opened(mesh, WIDTH, 1)
    thick, _ = solved(whole, np.where(within, ratio * SIGMA, SIGMA), 1.0)
    resistance = WIDTH / (ratio * SIGMA)
    thin, _ = solved(mesh, np.full(len(mesh.cells), SIGMA), resistance, (ratio - 1) * SIGMA * WIDTH)
    without, _ = solved(mesh, np.full(len(mesh.cells), SIGMA), resistance)
    assert thin == pytest.approx(thick, rel=1e-3)
    assert thick > without * (1 + 2e-4 * ratio)
