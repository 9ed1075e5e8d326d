"""Order of accuracy of the elements across a resistive boundary, and how fast the current through grains settles."""

import numpy as np
import pytest

from solion.balances.conduction_elements import BrokenSpace
from solion.balances.conduction_solve import ConductionBalance, Face
from solion.balances.electrode import Electrode
from solion.devices.polycrystal import lu2021
from solion.experiments.conduction import Elements, conduct
from solion.grids.grains.tessellation import Tessellation, voronoi
from solion.grids.meshes.triangles import Sizes, triangulate
from solion.numerics.elliptic.direct import Factors

SIGMA, SIDE, RESISTANCE = 0.05, 10e-6, 2e-4


def wave(order: int, size: float) -> tuple[float, float]:
    """Error of the potential, and power, of a wave across a boundary at half height, on cells of one size.

    phi = cos(kx) cosh(kz) below; above, cos(kx) [(C + R sigma k S) cosh(k(z - c)) + S sinh(k(z - c))], C and S those of kc: the
    same current on both sides, and a jump R j. The potential is given at the lower and the upper edge; the sides insulate.
    """
    k, middle = np.pi / SIDE, SIDE / 2
    seeds = np.array([[middle, 0.4 * SIDE], [middle, 0.6 * SIDE]])
    mesh = triangulate(Tessellation((SIDE, SIDE), seeds, np.zeros(2)), sizes=Sizes(size, size, size))
    space = BrokenSpace(mesh, order, np.zeros(len(mesh.between), bool))
    faces = [Face(f, Electrode(np.full(len(f), np.inf), np.zeros(len(f)), np.ones(len(f)))) for f in (mesh.bottom, mesh.top)]
    jumps = np.full(len(space.jumps), RESISTANCE)
    matrix = ConductionBalance(space, np.full(len(mesh.cells), SIGMA), jumps, *faces).bulk
    x, z = space.places.T
    cosh, sinh = np.cosh(k * middle), np.sinh(k * middle)
    above = (cosh + RESISTANCE * SIGMA * k * sinh) * np.cosh(k * (z - middle)) + sinh * np.sinh(k * (z - middle))
    exact = np.cos(k * x) * np.cosh(k * z)
    upper = np.unique(space.dofs[mesh.region == 1])
    exact[upper] = (np.cos(k * x) * above)[upper]
    given = (z <= 0) | (z >= SIDE * (1 - 1e-12))
    inner, outer = np.flatnonzero(~given), np.flatnonzero(given)
    phi = exact.copy()
    phi[inner] = Factors(matrix[inner][:, inner], space.places[inner]).solve(-(matrix[inner][:, outer] @ exact[outer]))
    return float(np.sqrt(np.mean((phi - exact) ** 2)) / np.abs(exact).max()), float(phi @ (matrix @ phi))


@pytest.mark.parametrize("order", [1, 2])
def test_order_across_a_resistive_boundary(order):
    """Potentials to order p + 1, the power (so the resistance) to order 2p: 2 and 2 for linear elements, 3 and 4."""
    errors, powers = np.array([wave(order, size * 1e-6) for size in (1.0, 0.5, 0.25, 0.125)]).T
    observed = np.log2(errors[1:-1] / errors[2:])
    assert observed == pytest.approx(order + 1, abs=0.2)
    assert np.log2((powers[1] - powers[2]) / (powers[2] - powers[3])) == pytest.approx(2 * order, abs=0.15)
    assert (np.diff(powers) < 0).all()  # the least power is that of the solution


@pytest.mark.parametrize("seed", [1, 2])
def test_current_through_grains_settles(seed):
    """All cells halved three times, junctions from 80 to 10 nm. Corners of grains limit the order; the constants stay small:
    the current falls to within 1e-5 at the default mesh, and linear elements, at their finest, are where quadratic ones
    begin."""
    grains, currents = voronoi((40e-6, 40e-6), 1e-5, seed=seed), {}
    for order in (1, 2):
        currents[order] = np.array(
            [
                float(
                    conduct(lu2021(1.0), grains, engine=Elements(Sizes(20e-9 * m, 0.25e-6 * m, 1.2e-6 * m), order)).dataset[
                        "current_density"
                    ]
                )
                for m in (4, 2, 1, 0.5)
            ]
        )
    steps = {order: -np.diff(values) / values[-1] for order, values in currents.items()}
    assert all((step > 0).all() for step in steps.values())  # from above
    assert steps[2][-1] < 1e-5
    assert np.log2(steps[2][1] / steps[2][2]) > 1
    assert currents[1][-1] > currents[2][0]
