"""Voxels and our tetrahedra against those of gmsh and scikit-fem on the same grains: the effective conductivity.

Cut Poisson-Voronoi grains of 10 um in a cube, meshed by gmsh so that every boundary is a sheet of triangles; quadratic
tetrahedra of scikit-fem, each grain with unknowns of its own, and jumps [phi] = R j.n between them. The mesher, the
elements and the solver are those of others: nothing is shared with either engine but the seeds.

    python benchmarks/polycrystal_tetrahedra.py [--edge 30] [--seeds 1 2 3] [--sizes 3.0 2.2] [--spacings 1.0 0.5] [--edges 3.0]

Lengths in um. Needs ``pip install gmsh`` beside the extra ``benchmarks``; a machine without a desktop lacks libraries that
gmsh loads (decision 0016), which is why this is no test.
"""

from __future__ import annotations

import argparse

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array
from scipy.spatial import HalfspaceIntersection, cKDTree

UM = 1e-6
GRAIN = 10.0
SIGMA = 0.05
RATIOS = (0.1, 1.0, 10.0)
# of the quadratic functions of a triangle over its area: corners, then the edges 01, 12, 02
MASS = np.array([[6, -1, -1, 0, -4, 0], [-1, 6, -1, 0, 0, -4], [-1, -1, 6, -4, 0, 0],
                 [0, 0, -4, 32, 16, 16], [-4, 0, 0, 16, 32, 16], [0, -4, 0, 16, 16, 32]]) / 180  # fmt: skip


def polyhedra(seeds: np.ndarray, edge: float) -> tuple[np.ndarray, list[dict[int, np.ndarray]]]:
    """Corners (n, 3) and, for each cell in the box, its faces: the neighbour (or -1 to -6) and the corners in order."""
    box = np.concatenate((np.column_stack((-np.eye(3), np.zeros(3))), np.column_stack((np.eye(3), np.full(3, -edge)))))
    corners, cells = [], []
    for seed in seeds:
        normal = 2 * (seeds - seed)
        planes = np.column_stack((normal, -(seeds**2).sum(axis=1) + (seed**2).sum()))
        other = np.flatnonzero(normal.any(axis=1))
        half = np.concatenate((planes[other], box))
        size = np.linalg.norm(half[:, :3], axis=1)
        half = half / size[:, None]
        found = linprog(
            [0, 0, 0, -1],
            np.column_stack((half[:, :3], np.ones(len(half)))),
            -half[:, 3],
            bounds=[(None, None)] * 3 + [(0, None)],
        )
        if found.status != 0 or found.x[3] < 1e-6:
            continue  # the cell lies beyond the box
        points = HalfspaceIntersection(half, found.x[:3]).intersections
        points = points[cKDTree(points).query(points)[1] == np.arange(len(points))]
        faces = {}
        for name, plane in zip((*other, -1, -2, -3, -4, -5, -6), half, strict=True):
            on = np.flatnonzero(np.abs(points @ plane[:3] + plane[3]) < 1e-7)
            if len(on) >= 3:
                flat = points[on] - points[on].mean(axis=0)
                first = np.linalg.svd(flat)[2][:2]
                faces[int(name)] = on[np.argsort(np.arctan2(*(flat @ first.T).T))] + sum(map(len, corners))
        corners.append(points)
        cells.append(faces)
    every = np.concatenate(corners)
    close = cKDTree(every).query_ball_point(every, 1e-6)
    same = np.array([min(group) for group in close])
    kept, number = np.unique(same, return_inverse=True)
    merged = []
    for faces in cells:
        whole = {}
        for name, loop in faces.items():
            loop = number[loop]
            loop = loop[loop != np.roll(loop, 1)]
            if len(loop) >= 3:
                whole[name] = loop
        merged.append(whole)
    return every[kept], merged


def meshed(corners: np.ndarray, cells: list[dict[int, np.ndarray]], size: float):
    """Nodes (n, 3), tetrahedra (m, 4) and the cell of each."""
    import gmsh

    gmsh.initialize()
    try:
        gmsh.option.setNumber("General.Terminal", 0)
        model = gmsh.model.geo
        names = [model.addPoint(*point, size) for point in corners]
        lines: dict[tuple[int, int], int] = {}
        surfaces: dict[tuple[int, ...], int] = {}
        for faces in cells:
            shell = []
            for loop in faces.values():
                key = tuple(sorted(loop))
                if key not in surfaces:
                    edges = []
                    for a, b in zip(loop, np.roll(loop, -1), strict=True):
                        low, high = int(min(a, b)), int(max(a, b))
                        if (low, high) not in lines:
                            lines[low, high] = model.addLine(names[low], names[high])
                        edges.append(lines[low, high] if a == low else -lines[low, high])
                    surfaces[key] = model.addPlaneSurface([model.addCurveLoop(edges)])
                shell.append(surfaces[key])
            model.addVolume([model.addSurfaceLoop(shell)])
        model.synchronize()
        gmsh.option.setNumber("Mesh.MeshSizeExtendFromBoundary", 1)
        gmsh.model.mesh.generate(3)
        tags, places, _ = gmsh.model.mesh.getNodes()
        place = np.zeros(int(tags.max()) + 1, int)
        place[tags] = np.arange(len(tags))
        tetrahedra, owner = [], []
        for cell, (_, tag) in enumerate(gmsh.model.getEntities(3)):
            _, _, nodes = gmsh.model.mesh.getElements(3, tag)
            tetrahedra.append(place[nodes[0].reshape(-1, 4)])
            owner.append(np.full(len(tetrahedra[-1]), cell))
        return places.reshape(-1, 3), np.concatenate(tetrahedra), np.concatenate(owner)
    finally:
        gmsh.finalize()


def conductivities(nodes, tetrahedra, owner, edge: float) -> tuple[list[float], int]:
    """sigma_eff/sigma_g at each ratio, with quadratic elements, and the number of unknowns."""
    from skfem import Basis, BilinearForm, ElementTetP2, MeshTet
    from skfem.helpers import dot, grad

    from solion.numerics.elliptic.direct import Factors

    keys, copies = np.unique(tetrahedra * (owner.max() + 1) + owner[:, None], return_inverse=True)
    node = keys // (owner.max() + 1)  # each grain has a copy of the nodes it touches
    mesh = MeshTet(nodes[node].T, copies.reshape(tetrahedra.shape).T)
    basis = Basis(mesh, ElementTetP2())
    stiff = csr_array(BilinearForm(lambda u, v, _: dot(grad(u), grad(v))).assemble(basis))
    assert abs(mesh.p[:, mesh.t].shape[-1] - len(owner)) == 0

    # facets of two grains that are one in space, with their corners and edges in the same order
    outer = mesh.boundary_facets()
    corners = mesh.facets[:, outer]
    corners = np.take_along_axis(corners, np.argsort(node[corners], axis=0), axis=0)
    _, group, number = np.unique(node[corners].T, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(group, kind="stable")
    inner = order[number[group[order]] == 2].reshape(-1, 2)
    assert number.max() == 2
    edges = np.sort(mesh.edges, axis=0)
    ends = edges[0] * len(node) + edges[1]
    rank = np.argsort(ends)

    def unknowns(facets):
        c = corners[:, facets]
        sides = np.sort(np.stack((c[[0, 1]], c[[1, 2]], c[[0, 2]])), axis=1)
        found = rank[np.searchsorted(ends, sides[:, 0] * len(node) + sides[:, 1], sorter=rank)]
        return np.concatenate((basis.nodal_dofs[0][c], basis.edge_dofs[0][found])).T

    a, b = unknowns(inner[:, 0]), unknowns(inner[:, 1])
    assert np.allclose(basis.doflocs[:, a], basis.doflocs[:, b])
    points = mesh.p[:, corners[:, inner[:, 0]]]
    area = np.linalg.norm(np.cross((points[:, 1] - points[:, 0]).T, (points[:, 2] - points[:, 0]).T), axis=1) / 2
    block = np.block([[MASS, -MASS], [-MASS, MASS]])
    every = np.concatenate((a, b), axis=1)
    rows, columns = np.repeat(every, 12, axis=1).ravel(), np.tile(every, (1, 12)).ravel()
    jump = csr_array(coo_array(((area[:, None, None] * block).ravel(), (rows, columns)), shape=stiff.shape))

    height = basis.doflocs[2]
    phi = np.where(height < 1e-7, 1.0, 0.0)
    free = np.flatnonzero((height > 1e-7) & (height < edge - 1e-7))
    found = []
    for ratio in RATIOS:
        system = csr_array(stiff + jump / (ratio * GRAIN))  # 1/(R sigma_g), R = Lambda d/sigma_g
        phi[free] = 0
        phi[free] = Factors(system[free][:, free], basis.doflocs[:, free].T).solve(-(system @ phi)[free])
        found.append(float(phi @ (system @ phi) / edge))
    return found, len(free)


def main() -> None:
    """A table: grains by seed, tetrahedra of two sizes, voxels of two spacings."""
    import time

    from solion.devices.polycrystal import lu2021
    from solion.experiments.conduction import Elements, Voxels, conduct
    from solion.grids.grains.tessellation import voronoi

    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--edge", type=float, default=30.0)
    arguments.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    arguments.add_argument("--sizes", type=float, nargs="+", default=[3.0, 2.2])
    arguments.add_argument("--spacings", type=float, nargs="+", default=[1.0, 0.5])
    arguments.add_argument("--edges", type=float, nargs="+", default=[3.0])
    given = arguments.parse_args()
    print("| seed | by | " + " | ".join(f"Lambda = {ratio:g}" for ratio in RATIOS) + " |\n|---|---|" + "---|" * len(RATIOS))
    for seed in given.seeds:
        grains = voronoi((given.edge * UM,) * 3, GRAIN * UM, seed=seed)
        corners, cells = polyhedra(np.asarray(grains.seeds) / UM, given.edge)
        for size in given.sizes:
            nodes, tetrahedra, owner = meshed(corners, cells, size)
            sides = nodes[tetrahedra[:, 1:]] - nodes[tetrahedra[:, :1]]
            volume = np.abs(np.linalg.det(sides)) / 6
            assert abs(volume.sum() / given.edge**3 - 1) < 1e-9
            assert grains.labels(nodes[tetrahedra].mean(axis=1) * UM).max() < grains.grains
            found, unknowns = conductivities(nodes, tetrahedra, owner, given.edge)
            text = " | ".join(f"{value:.4f}" for value in found)
            print(f"| {seed}, {len(cells)} grains | tetrahedra of {size:g} um, {unknowns} unknowns | {text} |", flush=True)
        engines = [(f"Elements({edge:g} um)", Elements(size=edge * UM)) for edge in given.edges]
        engines += [(f"voxels of {spacing:g} um", Voxels(spacing=spacing * UM)) for spacing in given.spacings]
        for name, engine in engines:
            began = time.perf_counter()
            found = [
                float(conduct(lu2021(ratio), grains, engine=engine).dataset["effective_conductivity"]) / SIGMA for ratio in RATIOS
            ]
            text = " | ".join(f"{value:.4f}" for value in found)
            each = (time.perf_counter() - began) / len(RATIOS)
            print(f"| {seed} | {name}, {each:.1f} s | {text} |", flush=True)


if __name__ == "__main__":
    main()
