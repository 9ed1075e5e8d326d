"""Polycrystals by conforming finite elements: statistics of hot spots over seeds, and times beside plain scikit-fem.

    python benchmarks/polycrystal_elements.py                 both parts
    python benchmarks/polycrystal_elements.py statistics 10   H(w), decay and conductivity for Lambda = 1 and 2 over 10 seeds
    python benchmarks/polycrystal_elements.py times           100 and 1000 grains; a spectrum of 61 frequencies

Statistics: 100 x 100 um of Poisson-Voronoi grains of 10 um, cut faces, mirrored sides, both faces counted, junctions of 5 nm;
a layer of 10 um and 1e-4 S/cm on one face for the decay. Printed as median [10 to 90 %].
"""

from __future__ import annotations

import sys
import time

import numpy as np

import solion as so
from solion.experiments.conduction import Elements, Problem, Sizes, hot_spot, section
from solion.experiments.conduction.conduct import pose

FINE = Elements(Sizes(5e-9, 0.25e-6, 1.2e-6))
WINDOWS = (20e-9, 100e-9, 500e-9, 1e-6)
DEPTHS = (0.02e-6, 0.1e-6, 0.5e-6, 1e-6, 2e-6, 3e-6, 5e-6)


def statistics(seeds: int = 10, width: float = 100e-6) -> None:
    """The table of hot spots."""
    for ratio in (1.0, 2.0):
        factors, shares, conductivities, decays, lengths, outer = [], [], [], [], [], []
        for seed in range(seeds):
            grains = so.voronoi((width, width), 10e-6, seed=seed, sides="mirror")
            bare = FINE.solve(pose(so.devices.lu2021(ratio), grains, 0.1, None))
            conductivities.append(bare.current_bottom * width / 0.1 / 0.05)
            for plane in bare.sections.values():
                factors.append([hot_spot(plane, window).factor for window in WINDOWS])
                shares.append(grain_maximum(plane))
            both = tuple(so.devices.Layer(10e-6, 1e-2, face) for face in ("bottom", "top"))
            device = so.devices.lu2021(ratio)
            covered = FINE.solve(pose(so.Polycrystal(device.grain, device.boundary, layers=both), grains, 0.1, None))
            fine = np.concatenate((DEPTHS, np.arange(0.25, 9.8, 0.25) * 1e-6))
            for sign, base, name in ((-1, 0.0, "bottom_electrode"), (1, width, "top_electrode")):
                maxima = []
                for depth in fine:
                    plane = covered.section(base + sign * depth)
                    maxima.append(plane.current_density.max() / plane.mean)
                decays.append(maxima[: len(DEPTHS)])
                later = np.array(maxima[len(DEPTHS) :])
                below = np.flatnonzero(later < 1.1)
                lengths.append(fine[len(DEPTHS) :][below[0]] * 1e6 if below.size else 10.0)
                section = covered.sections[name]
                outer.append(section.current_density.max() / section.mean)
        print(f"Lambda = {ratio:g}, {seeds} seeds, {len(factors)} faces of {width * 1e6:g} um")
        print(f"  sigma_eff/sigma_g {np.mean(conductivities):.3f} +- {np.std(conductivities, ddof=1):.3f}")
        for window, column in zip(WINDOWS, np.array(factors).T, strict=True):
            print(f"  H({window * 1e9:g} nm) {median(column)}, largest {column.max():.3g}")
        print(f"  largest mean of a grain wider than 1 um {median(shares)}")
        medians = zip(DEPTHS, np.median(decays, axis=0), strict=True)
        words = ", ".join(f"{depth * 1e6:g} um: {value:.3g}" for depth, value in medians)
        print(f"  with the layer, max j_z/mean at {words}")
        print(f"  depth where it has fallen below 1.1: {median(lengths)} um; outer face {median(outer)}", flush=True)


def median(values) -> str:
    """Median and the range between the 10 and 90 % quantiles."""
    low, middle, high = np.quantile(values, (0.1, 0.5, 0.9))
    return f"{middle:.3g} [{low:.3g}, {high:.3g}]"


def grain_maximum(plane) -> float:
    """Largest mean current density of a grain with more than 1 um of contact, over the mean."""
    _, where = np.unique(section.grain, return_inverse=True)
    size = np.bincount(where, section.size)
    means = np.bincount(where, section.size * section.current_density) / size
    return float((means[size > 1e-6] / section.mean).max())


def times() -> None:
    """Wall and processor times."""
    default = Elements()
    device = so.devices.lu2021(1.0)
    for count in (100, 1000):
        width = 10e-6 * np.sqrt(count)
        grains = so.voronoi((width, width), 10e-6, seed=1)
        wall, processor = time.perf_counter(), time.process_time()
        run = so.conduct(device, grains, engine=default)
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        factor = hot_spot(section(run), 100e-9)
        problem = Problem(device, grains, 0.1, None)
        assembled = default.assemble(problem)
        began = time.process_time()
        current = assembled.solution().current_bottom / width
        ours = time.process_time() - began
        print(f"{count} grains: mesh, solve, check with linear elements, H(100 nm) = {factor.factor:.3g}: {wall:.1f} s, ")
        print(f"    {processor:.1f} s of processor; {assembled.space.size} unknowns, factors and solution {ours:.2f} s")
        began = time.process_time()
        theirs, share = plain(assembled)
        rest = time.process_time() - began - share
        print(f"    plain scikit-fem and SuperLU with its defaults: assembly {share:.2f} s, solution {rest:.2f} s")
        print(f"    current the same to {abs(theirs / current - 1):.1e}", flush=True)
        began = time.process_time()
        assembled = default.assemble(problem)
        _ = assembled.balance.bulk
        print(f"    our assembly {time.process_time() - began:.2f} s", flush=True)
    grains = so.voronoi((100e-6, 100e-6), 10e-6, seed=1)
    contact = so.devices.ChargeTransfer(1e-3)
    device = so.Polycrystal(device.grain, device.boundary, bottom=contact, top=contact)
    for engine in (Elements(order=1), default):
        wall, processor = time.perf_counter(), time.process_time()
        found = so.impedance(device, grains, np.logspace(0, 9, 61), engine=engine).dataset
        print(
            f"spectrum of 61 frequencies, order {engine.order}: {time.perf_counter() - wall:.1f} s, "
            f"{time.process_time() - processor:.1f} s of processor, {found.attrs['solution']}",
            flush=True,
        )


def plain(assembled) -> tuple[float, float]:
    """The same problem by scikit-fem on a mesh with a copy of each vertex for each grain: mean current, seconds to assemble."""
    from scipy.sparse.linalg import spsolve
    from skfem import Basis, BilinearForm, ElementTriP2, MeshTri
    from skfem.helpers import dot, grad

    mesh, space = assembled.mesh, assembled.space
    began = time.process_time()
    names, corners = np.unique(mesh.cells * (mesh.region.max() + 1) + mesh.region[:, None], return_inverse=True)
    broken = MeshTri(mesh.points[names // (mesh.region.max() + 1)].T, corners.reshape(-1, 3).T)
    basis = Basis(broken, ElementTriP2())
    form = BilinearForm(lambda u, v, w: w.sigma * dot(grad(u), grad(v)))
    sigma = basis.with_element(ElementTriP2()).zero_w() + assembled.balance.conductivity[:, None]
    matrix = form.assemble(basis, sigma=sigma)
    # dofs of facets by the facets of the broken mesh: the jump is not a form of scikit-fem, so ours is added
    facets = {tuple(sorted(pair)): number for number, pair in enumerate(broken.facets.T.tolist())}
    pairs = space.jumps
    dofs = np.empty((len(pairs), 2, 3), int)
    table = corners.reshape(-1, 3)
    for side in (0, 1):
        triangle, edge = pairs.cell[:, side], pairs.side[:, side]
        ends = np.stack((table[triangle, edge], table[triangle, (edge + 1) % 3]), axis=1)
        flipped = mesh.cells[triangle, edge] != pairs.nodes[:, side, 0]
        ends = np.where(flipped[:, None], ends[:, ::-1], ends)
        middle = basis.facet_dofs[0, [facets[tuple(sorted(pair))] for pair in ends.tolist()]]
        dofs[:, side] = np.column_stack((basis.nodal_dofs[0, ends], middle))
    from scipy.sparse import coo_array

    block = (space.sizes(pairs) / assembled.balance.resistance)[:, None, None] * np.kron([[1, -1], [-1, 1]], space.facet_mass)
    flat = dofs.reshape(len(dofs), 6)
    rows, columns = np.broadcast_to(flat[:, :, None], block.shape), np.broadcast_to(flat[:, None], block.shape)
    matrix = (matrix + coo_array((block.ravel(), (rows.ravel(), columns.ravel())), shape=matrix.shape)).tocsc()
    z = basis.doflocs[1]
    bottom, top = np.flatnonzero(z == 0), np.flatnonzero(z == mesh.box[1])
    free = np.setdiff1d(np.arange(len(z)), np.concatenate((bottom, top)))
    phi = np.zeros(len(z))
    phi[bottom] = 0.1
    seconds = time.process_time() - began
    phi[free] = spsolve(matrix[free][:, free].tocsc(), -(matrix @ phi)[free])
    return float((matrix @ phi)[bottom].sum()) / mesh.box[0], seconds


if __name__ == "__main__":
    part = sys.argv[1] if len(sys.argv) > 1 else ""
    if part in ("", "times"):
        times()
    if part in ("", "statistics"):
        statistics(*(int(word) for word in sys.argv[2:]))
