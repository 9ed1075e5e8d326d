"""Voxels of a polycrystal: times, iterations and memory against size and against Lambda, beside the obvious alternatives.

For every size and Lambda the same matrix is solved to the same residual by

``ours``       conjugate gradients, multigrid (direct interpolation, single precision) and deflation by grains;
``ruge``       pyamg.ruge_stuben_solver as it comes, with acceleration by conjugate gradients;
``smoothed``   pyamg.smoothed_aggregation_solver as it comes, likewise;
``superlu``    scipy.sparse.linalg.splu, up to 32^3 voxels only: its fill grows with the 4/3rd power.

    python benchmarks/polycrystal_voxels.py [--sizes 32 64 132] [--ratios 0.1 1 10 100] [--alone] [--statistics]

``--sizes 252`` is 16 million voxels: some 10 GB. ``--alone`` leaves the alternatives out. ``--statistics`` gives instead
sigma_eff and hot spots of cubes of 80 um with voxels of 1 um, 3 seeds, with and without a layer. Each case runs in a
process of its own, whose largest resident memory is what the table shows. Times of the processor (of one core: nothing
here runs on several) stand beside those of the clock, which other work on the machine lengthens.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time

import numpy as np

UM = 1e-6
GRAIN = 10 * UM
SOLVERS = ("ours", "ruge", "smoothed", "superlu")


def prepared(edge: int, ratio: float):
    """The matrix, right-hand side and groups of a cube of ``edge`` voxels of 1 um; seconds taken by each part."""
    from solion.balances.conduction_voxels import assemble, groups
    from solion.devices.polycrystal import lu2021
    from solion.experiments.conduction.problem import Problem
    from solion.experiments.conduction.voxels import Voxels
    from solion.grids.grains.tessellation import voronoi

    clock = Clock()
    cells = voronoi((edge * UM,) * 3, GRAIN, seed=1)
    net, ends, *_ = Voxels(spacing=1 * UM)._ready(Problem(lu2021(ratio), cells, 0.1, None))
    conductance = [end.conductance(half) for end, half in zip(ends, net.half, strict=True)]
    clock.lap("grid")
    matrix = assemble(net, *conductance)
    right = np.zeros(net.shape)
    right[..., 0] = conductance[0] * 0.1
    clock.lap("assemble")
    return matrix, right.reshape(-1), groups(net), clock


class Clock:
    """Seconds of the clock and of the processor between laps."""

    def __init__(self):
        self.wall, self.processor, self.laps = time.perf_counter(), time.process_time(), {}

    def lap(self, name: str):
        wall, processor = time.perf_counter(), time.process_time()
        self.laps[name] = (wall - self.wall, processor - self.processor)
        self.wall, self.processor = wall, processor


def case(solver: str, edge: int, ratio: float) -> dict:
    """One solve."""
    matrix, right, group, clock = prepared(edge, ratio)
    if solver == "ours":
        from solion.numerics.elliptic.iterative import Elliptic

        made = Elliptic(matrix, group)
        clock.lap("setup")
        x, status = made.solve(right)
        iterations = status.iterations
    elif solver == "superlu":
        from scipy.sparse.linalg import splu

        factors = splu(matrix.tocsc())
        clock.lap("setup")
        x, iterations = factors.solve(right), 1
    else:
        import pyamg

        setup = pyamg.ruge_stuben_solver if solver == "ruge" else pyamg.smoothed_aggregation_solver
        hierarchy = setup(matrix)
        clock.lap("setup")
        history: list[float] = []
        x = hierarchy.solve(right, tol=1e-10, accel="cg", maxiter=300, residuals=history)
        iterations = len(history) - 1
    clock.lap("solve")
    plane = right.reshape(edge, edge, edge)[..., 0]
    resistance = 0.1 / plane.mean()  # of half a voxel
    potential = x.reshape(edge, edge, edge)
    entering, leaving = (0.1 - potential[..., 0]) / resistance, potential[..., -1] / resistance
    return {
        "solver": solver,
        "voxels": edge**3,
        "ratio": ratio,
        "iterations": iterations,
        **clock.laps,
        "residual": float(np.linalg.norm(right - matrix @ x) / np.linalg.norm(right)),
        "sigma": float(entering.mean() * edge * UM / 0.1 / 0.05),
        "imbalance": float(entering.mean() / leaving.mean() - 1),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    }


def whole(edge: int, ratio: float) -> dict:
    """``conduct``'s engine from tessellation to sections and heat, as a user meets it."""
    from solion.devices.polycrystal import lu2021
    from solion.experiments.conduction.problem import Problem
    from solion.experiments.conduction.voxels import Voxels
    from solion.grids.grains.tessellation import voronoi

    clock = Clock()
    cells = voronoi((edge * UM,) * 3, GRAIN, seed=1)
    fields = Voxels(spacing=1 * UM).solve(Problem(lu2021(ratio), cells, 0.1, None))
    clock.lap("all")
    return {
        "solver": "whole",
        "voxels": edge**3,
        "ratio": ratio,
        "iterations": fields.mesh["iterations"],
        **clock.laps,
        "sigma": fields.current_bottom * edge * UM / 0.1 / 0.05,
        "imbalance": fields.current_bottom / fields.current_top - 1,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    }


def statistics(seed: int, ratio: float) -> dict:
    """sigma_eff, H(2 voxels) at bare electrodes, and the maximum over one voxel through a layer of 10 um."""
    from solion.devices.polycrystal import lu2021
    from solion.experiments.conduction import hot_spot
    from solion.experiments.conduction.problem import Problem
    from solion.experiments.conduction.voxels import Voxels
    from solion.grids.grains.tessellation import voronoi

    cells = voronoi((80 * UM,) * 3, GRAIN, seed=seed)
    bare = Voxels(spacing=1 * UM).solve(Problem(lu2021(ratio), cells, 0.1, None))
    layered = Voxels(spacing=1 * UM).solve(Problem(lu2021(ratio, layer=True), cells, 0.1, None))
    faces = [bare.sections[f"{face}_electrode"] for face in ("bottom", "top")]
    depths = [layered.section((80 + depth) * UM) for depth in (1, 2, 3, 5, 10)]
    return {
        "ratio": ratio,
        "seed": seed,
        "sigma": bare.current_bottom * 80 * UM / 0.1 / 0.05,
        "voxel": [float(s.current_density.max() / s.mean) for s in faces],
        "window": [hot_spot(s, 2 * UM).factor for s in faces],
        "layer": [float(s.current_density.max() / s.mean) for s in depths],
    }


def apart(function: str, *arguments) -> dict:
    """The same in a process of its own."""
    command = [sys.executable, __file__, "--run", json.dumps([function, *arguments])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1] if done.stderr else f"exit {done.returncode}"}
    return json.loads(done.stdout)


def compare(sizes, ratios, solvers) -> None:
    print(
        "    voxels  Lambda solver    its   setup s (cpu)   solve s (cpu)   memory GB  residual  sigma/sigma_g  imbalance"
        "  cpu/ours"
    )
    for edge in sizes:
        for ratio in ratios:
            ours = None
            for solver in solvers:
                if solver == "superlu" and edge > 32:
                    continue
                row = apart("case", solver, edge, ratio)
                if "failed" in row:
                    print(f"{edge**3:10d}  {ratio:6g} {solver:9s} failed: {row['failed']}", flush=True)
                    continue
                processor = row["setup"][1] + row["solve"][1]
                ours = ours or processor
                print(
                    f"{row['voxels']:10d}  {ratio:6g} {solver:9s} {row['iterations']:3d}  "
                    f"{row['setup'][0]:6.2f} ({row['setup'][1]:6.2f}) {row['solve'][0]:6.2f} ({row['solve'][1]:6.2f})  "
                    f"{row['memory']:8.2f}   {row['residual']:8.1e}  {row['sigma']:.6f}  {row['imbalance']:9.1e}  "
                    f"{processor / ours:6.2f}",
                    flush=True,
                )
        row = apart("whole", edge, 1.0)
        if "failed" in row:
            print(f"{edge**3:10d}  everything failed: {row['failed']}", flush=True)
        else:
            print(
                f"{edge**3:10d}       1 everything, tessellation to fields: {row['all'][0]:.1f} s (cpu {row['all'][1]:.1f} s), "
                f"{row['memory']:.2f} GB, {row['iterations']:.0f} iterations",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[32, 64, 132], help="voxels along each edge of the cube")
    parser.add_argument("--ratios", type=float, nargs="+", default=[0.1, 1.0, 10.0, 100.0], help="Lambda")
    parser.add_argument("--alone", action="store_true", help="without the alternatives")
    parser.add_argument("--statistics", action="store_true", help="cubes of 80 um, 3 seeds, instead")
    parser.add_argument("--run", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        function, *arguments = json.loads(given.run)
        print(json.dumps({"case": case, "whole": whole, "statistics": statistics}[function](*arguments)))
    elif given.statistics:
        print(
            "Lambda seed  sigma/sigma_g  max over a voxel, bare (bottom, top)   H(2 um)   max/mean at 1, 2, 3, 5, 10 um of layer"
        )
        for ratio in (0.1, 1.0, 10.0):
            for seed in (0, 1, 2):
                row = apart("statistics", seed, ratio)
                lists = "   ".join(" ".join(f"{value:.2f}" for value in row[key]) for key in ("voxel", "window", "layer"))
                print(f"{ratio:6g} {seed:4d}  {row['sigma']:.4f}   {lists}", flush=True)
    else:
        compare(given.sizes, given.ratios, ("ours",) if given.alone else SOLVERS)


if __name__ == "__main__":
    main()
