"""Conduction of grains against closed forms: series, bricks, an inclined boundary, singular corners, waves in layers, a strip."""

import dataclasses

import numpy as np
import pytest
from scipy.special import ellipk

from solion.analysis.hot_spots import smoothing
from solion.balances.conduction_elements import BrokenSpace
from solion.balances.conduction_solve import ConductionBalance, Face
from solion.balances.electrode import Electrode
from solion.base.errors import InputError
from solion.devices.polycrystal import (
    ChargeTransfer,
    ConstantPhaseTransfer,
    ContactPatches,
    Equipotential,
    Layer,
    Polycrystal,
    ResistanceField,
)
from solion.experiments.conduction import Elements, Problem, Sizes, Voxels, conduct, impedance, profile, section
from solion.grids.grains.tessellation import Tessellation, voronoi
from solion.grids.meshes.triangles import triangulate
from solion.laws.grain_boundary import FastBoundary, MisorientationBoundary, TransparentBoundary, UniformBoundary
from solion.materials.conductor import AnisotropicConductor, Conductor
from solion.numerics.elliptic.frequency_response import Reduction

COARSE = Elements(Sizes(200e-9, 1e-6, 3e-6))
SIGMA = 0.05
GRAIN = Conductor(SIGMA)


def boundary(resistance, thickness=5e-9):
    return UniformBoundary(thickness, thickness / resistance)


def lattice(columns, rows, size, surface="mirror", sides="mirror"):
    x, z = (np.arange(columns) + 0.5) * size, (np.arange(rows) + 0.5) * size
    seeds = np.stack(np.meshgrid(x, z, indexing="ij"), axis=-1).reshape(-1, 2)
    return Tessellation((columns * size, rows * size), seeds, np.zeros(len(seeds)), surface, sides)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("sides", ["cut", "mirror", "periodic"])
def test_planes_in_series(order, sides):
    """j = V / (sum t/sigma + sum R): layers on both faces, interfaces, boundaries across, kinetics on both faces."""
    grains = lattice(1, 4, 5e-6, sides=sides)
    layers = (Layer(2e-6, 1e-2, "top", 3e-4), Layer(1e-6, 2e-3, "bottom"), Layer(1e-6, 4e-2, "top", 1e-4))
    device = Polycrystal(GRAIN, boundary(2e-4), ChargeTransfer(1e-4), ChargeTransfer(2e-4), layers)
    found = conduct(device, grains, voltage=0.1, engine=Elements(Sizes(200e-9, 1e-6, 3e-6), order=order))
    expected = 20e-6 / SIGMA + 3 * 2e-4 + 2e-6 / 1e-2 + 3e-4 + 1e-6 / 2e-3 + 1e-6 / 4e-2 + 1e-4 + 3e-4
    assert float(found.dataset["resistance"]) == pytest.approx(expected, rel=1e-11)
    np.testing.assert_allclose(section(found, "top_ceramic").current_density, 0.1 / expected, rtol=1e-8)
    assert float(found.dataset["effective_conductivity"]) == pytest.approx(20e-6 / (20e-6 / SIGMA + 6e-4), rel=1e-10)
    assert found.status == "finished"


@pytest.mark.parametrize("sides", ["cut", "mirror", "periodic"])
@pytest.mark.parametrize("surface", ["cut", "mirror"])
@pytest.mark.parametrize("heights", [(10e-6,), (5e-6, 15e-6), (3e-6, 10e-6, 17e-6)], ids=["one", "two", "three"])
def test_few_grains_on_top_of_each_other(heights, surface, sides):
    """A single crystal, a bicrystal and three in a row, whose boundaries end at the sides: V/j = h/sigma + (n - 1) R."""
    seeds = np.array([[10e-6, z] for z in heights])
    grains = Tessellation((20e-6, 20e-6), seeds, np.zeros(len(seeds)), surface, sides)
    found = conduct(Polycrystal(GRAIN, boundary(2e-4)), grains, engine=COARSE)
    assert found.status == "finished"
    assert float(found.dataset["resistance"]) == pytest.approx(20e-6 / SIGMA + 2e-4 * (len(seeds) - 1), rel=1e-11)


def test_scatter_from_grain_to_grain():
    """Grains in a row conduct by the harmonic mean, side by side by the arithmetic one; the medians and widths of many."""
    scattered = Conductor(SIGMA, scatter=0.8, seed=3)
    numbers = scattered.conductivities(np.arange(20000))
    assert np.median(numbers) == pytest.approx(SIGMA, rel=0.02)
    assert np.std(np.log(numbers)) == pytest.approx(0.8, rel=0.02)
    assert numbers.mean() == pytest.approx(SIGMA * np.exp(0.32), rel=0.03)
    assert np.all(Conductor(SIGMA).conductivities(np.arange(9)) == SIGMA)
    for columns, rows, mean in ((1, 6, lambda s: 1 / np.mean(1 / s)), (6, 1, np.mean)):
        found = conduct(Polycrystal(scattered, TransparentBoundary()), lattice(columns, rows, 5e-6), engine=COARSE)
        wanted = mean(scattered.conductivities(np.arange(6)))
        assert float(found.dataset["effective_conductivity"]) == pytest.approx(wanted, rel=1e-9)


class Reciprocal(Conductor):
    """Each grain with median^2/sigma."""

    def conductivities(self, grains):
        return self.conductivity**2 / super().conductivities(grains)


@pytest.mark.parametrize("seed", [1, 2])
def test_scatter_in_the_plane_against_its_reciprocal(seed):
    """sigma_eff along z times that of the reciprocal grains along x is the median squared in every square sample (Keller 1964):
    so the median over samples is that of the grains. The mesh leaves 4e-4 at 1 um, 2e-4 at 0.5 um."""
    grains, engine = voronoi((4e-5, 4e-5), 1e-5, seed=seed), Elements(Sizes(50e-9, 0.2e-6, 0.5e-6))
    turned = Tessellation(grains.box, grains.seeds[:, ::-1], grains.weights)
    found = [
        float(
            conduct(Polycrystal(kind(SIGMA, scatter=0.6), TransparentBoundary()), cells, engine=engine).dataset[
                "effective_conductivity"
            ]
        )
        for kind, cells in ((Conductor, grains), (Reciprocal, turned))
    ]
    assert found[0] * found[1] == pytest.approx(SIGMA**2, rel=2e-4)
    assert abs(found[0] / SIGMA - 1) > 0.01


def about_y(degrees):
    """Quaternions of rotations about the axis that is normal to the plane: z turns towards x."""
    half = np.radians(np.atleast_1d(degrees)) / 2
    return np.column_stack((np.cos(half), 0 * half, np.sin(half), 0 * half))


@pytest.mark.parametrize("order", [1, 2])
def test_tensors_of_grains_on_top_of_each_other(order):
    """Between periodic sides the field has a component along z alone: layers of sigma_zz = s1 sin^2 + s3 cos^2 in series."""
    angles = np.array([0.0, 30.0, 65.0])
    grain = AnisotropicConductor(SIGMA, first=0.2, second=7.0, third=3.0, orientations=about_y(angles))
    seeds = np.array([[10e-6, z] for z in (3e-6, 9e-6, 15e-6)])
    grains = Tessellation((20e-6, 18e-6), seeds, np.zeros(3), "cut", "periodic")
    along = SIGMA * (0.2 * np.sin(np.radians(angles)) ** 2 + 3.0 * np.cos(np.radians(angles)) ** 2)
    for law, jumps in ((TransparentBoundary(), 0.0), (boundary(2e-4), 4e-4)):
        found = conduct(Polycrystal(grain, law), grains, engine=Elements(Sizes(200e-9, 1e-6, 3e-6), order=order))
        assert float(found.dataset["resistance"]) == pytest.approx(np.sum(6e-6 / along) + jumps, rel=1e-10)
        assert found.status == "finished"
        assert "uniform_current_bound" not in found.dataset
    # the current that turns sideways: j_x = sigma_xz E_z, in each layer its own
    assert found.fields is not None
    current = found.fields.sample(np.array([[7e-6, 10e-6]]))[1][0]
    lean = SIGMA * (3.0 - 0.2) * np.sin(np.radians(30)) * np.cos(np.radians(30))
    assert current[0] / current[1] == pytest.approx(lean / along[1], rel=1e-8)


@pytest.mark.parametrize("seed", [1, 2])
def test_tensors_in_the_plane_against_the_turned_sample(seed):
    """The conductivities of a square sample along z and along x have the product s1 s3, however its grains lie (Dykhne 1970)."""
    grains, engine = voronoi((4e-5, 4e-5), 1e-5, seed=seed), Elements(Sizes(50e-9, 0.2e-6, 0.5e-6))
    turned = Tessellation(grains.box, grains.seeds[:, ::-1], grains.weights)
    angles = np.random.default_rng(seed).uniform(0, 180, len(grains.seeds))
    found = []
    for cells, turns in ((grains, angles), (turned, 90 - angles)):  # x and z exchanged: the mirror image about the diagonal
        grain = AnisotropicConductor(SIGMA, first=0.25, third=1.0, orientations=about_y(turns))
        found.append(
            float(conduct(Polycrystal(grain, TransparentBoundary()), cells, engine=engine).dataset["effective_conductivity"])
        )
    assert found[0] * found[1] == pytest.approx(0.25 * SIGMA**2, rel=3e-4)
    assert abs(found[0] / (0.5 * SIGMA) - 1) > 0.01


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("sides", ["cut", "periodic"])
def test_current_along_a_boundary(sides, order):
    """Side by side, the grains carry sigma V/h and each boundary sheet V/(h W) more; grains on top of each other nothing."""
    law, count = FastBoundary(UniformBoundary(5e-9, 50.0), 400.0), 2 if sides == "periodic" else 1
    engine = Elements(Sizes(200e-9, 1e-6, 3e-6), order=order)
    seeds = np.array([[5e-6, 9e-6], [15e-6, 9e-6]])
    grains = Tessellation((20e-6, 20e-6), seeds, np.zeros(2), "cut", sides)
    for chosen in (law, FastBoundary(UniformBoundary(5e-9, 1e9), 400.0), MisorientationBoundary(boundary(1.0), law, 0.0)):
        found = conduct(Polycrystal(GRAIN, chosen), grains, voltage=0.1, engine=engine)
        expected = 0.1 * (SIGMA + count * 5e-9 * 400.0 / 20e-6) / 20e-6
        assert float(found.dataset["current_density"]) == pytest.approx(expected, rel=1e-10)
        assert found.audit["dissipation"]["value"] < 1e-10
        assert "blocking_bound" not in found.dataset
    grains = Tessellation((20e-6, 20e-6), seeds[:, ::-1], np.zeros(2), "cut", sides)
    found = conduct(Polycrystal(GRAIN, FastBoundary(UniformBoundary(5e-9, 2.5e-5), 400.0)), grains, engine=engine)
    assert float(found.dataset["resistance"]) == pytest.approx(20e-6 / SIGMA + 2e-4, rel=1e-10)
    alone = conduct(Polycrystal(GRAIN, law), Tessellation((20e-6, 20e-6), seeds[:1], np.zeros(1), "cut", "cut"), engine=engine)
    assert float(alone.dataset["resistance"]) == pytest.approx(20e-6 / SIGMA, rel=1e-10)  # a single grain has no boundary
    with pytest.raises(InputError, match="use Elements for FastBoundary"):
        conduct(Polycrystal(GRAIN, law), grains, engine=Voxels(spacing=1e-6))


def test_tensors_that_are_isotropic_and_what_is_refused():
    """Equal principal values are no tensor; orientations are those of the boundaries' law; voxels refuse."""
    grains = lattice(2, 2, 5e-6, "cut", "cut")
    plain, tensor = (Polycrystal(kind(SIGMA), boundary(2e-4)) for kind in (Conductor, AnisotropicConductor))
    found = [float(conduct(each, grains, engine=COARSE).dataset["resistance"]) for each in (plain, tensor)]
    assert found[0] == pytest.approx(found[1], rel=1e-12)
    shapes = AnisotropicConductor(1.0, first=0.5, third=4.0, seed=2).shapes(np.arange(5))
    np.testing.assert_allclose(np.sort(np.linalg.eigvalsh(shapes)), np.tile([0.5, 1.0, 4.0], (5, 1)), rtol=1e-12)
    with pytest.raises(InputError, match="use Elements for AnisotropicConductor"):
        conduct(tensor, grains, engine=Voxels(spacing=1e-6))
    for wrong, message in ((np.ones((4, 3)), "one unit quaternion for each grain"), (np.ones((4, 4)), "unit quaternions")):
        with pytest.raises(InputError, match=message):
            AnisotropicConductor(SIGMA, orientations=wrong).shapes(np.arange(4))
    with pytest.raises(InputError, match=r"AnisotropicConductor\.first = -1 is outside"):
        AnisotropicConductor(SIGMA, first=-1.0)


@pytest.mark.parametrize("sides", ["cut", "mirror", "periodic"])
def test_few_grains_side_by_side(sides):
    """A boundary along the current carries none: h/sigma, however it resists."""
    grains = Tessellation((20e-6, 20e-6), np.array([[5e-6, 9e-6], [15e-6, 9e-6]]), np.zeros(2), "cut", sides)
    found = conduct(Polycrystal(GRAIN, boundary(1.0)), grains, engine=COARSE)
    assert float(found.dataset["resistance"]) == pytest.approx(20e-6 / SIGMA, rel=1e-11)


def test_few_grains_anywhere():
    """One to four grains, in random places and on lines, on all kinds of sides: meshed, conserved, above the lower bound."""
    random, kinds = np.random.default_rng(0), ("cut", "mirror", "periodic")
    for k in range(36):
        seeds = random.uniform(size=(1 + k % 4, 2)) * 20e-6
        if k % 2:
            seeds[:, k // 2 % 2] = 10e-6
        grains = Tessellation((20e-6, 20e-6), seeds, np.zeros(len(seeds)), kinds[k % 3], kinds[k // 3 % 3])
        found = conduct(Polycrystal(GRAIN, boundary(2e-4)), grains, engine=COARSE)
        assert found.status == "finished"
        bound = float(found.dataset.get("uniform_current_bound", SIGMA))  # a single crystal has none
        assert bound * (1 - 1e-9) <= float(found.dataset["effective_conductivity"]) <= SIGMA * (1 + 1e-9)


@pytest.mark.parametrize("ratio", [1e-3, 0.1, 1.0, 30.0, 1e4])
def test_bricks(ratio):
    """Aligned squares: 1 / (1 + Lambda) at any Lambda, and the bounds and the brick-layer estimate that go with it."""
    grains = lattice(3, 4, 10e-6)
    device = Polycrystal(GRAIN, boundary(ratio * 10e-6 / SIGMA))
    found = conduct(device, grains, engine=COARSE).dataset
    # four grains have three boundaries; the brick layer counts one for each grain
    expected = 40e-6 / (40e-6 / SIGMA + 3 * ratio * 10e-6 / SIGMA)
    assert float(found["effective_conductivity"]) == pytest.approx(expected, rel=1e-9)
    assert float(found["brick_layer"]) == pytest.approx(SIGMA / (1 + ratio), rel=1e-12)
    assert float(found["uniform_current_bound"]) == pytest.approx(expected, rel=1e-9)
    assert float(found["blocking_bound"]) >= expected * (1 - 1e-12)


@pytest.mark.parametrize("degrees", [0, 15, 37, 60, 80])
@pytest.mark.parametrize("order", [1, 2])
def test_uniform_current_across_an_inclined_boundary(degrees, order):
    """phi = -j.x/sigma -+ R (j.n)/2 solves the problem exactly; the elements hold it, so their residual vanishes inside."""
    angle, resistance, current = np.radians(degrees), 2e-4, np.array([3.0, 7.0])
    normal, centre = np.array([np.sin(angle), np.cos(angle)]), np.array([5e-6, 5e-6])
    seeds = np.array([centre - 1e-6 * normal, centre + 1e-6 * normal])
    mesh = triangulate(Tessellation((1e-5, 1e-5), seeds, np.zeros(2)), sizes=Sizes(200e-9, 1e-6, 2e-6))
    space = BrokenSpace(mesh, order, np.zeros(len(mesh.between), bool))
    faces = [Face(f, Electrode(np.full(len(f), np.inf), np.zeros(len(f)), np.ones(len(f)))) for f in (mesh.bottom, mesh.top)]
    balance = ConductionBalance(space, np.full(len(mesh.cells), SIGMA), np.full(len(space.jumps), resistance), *faces)
    phi = -space.places @ current / SIGMA
    # regions follow the numbers of the seeds: 0 below the boundary, 1 above
    upper = np.unique(space.dofs[mesh.region == 1])
    phi[upper] -= resistance * current @ normal
    residual = balance.bulk @ phi
    rim = (space.places[:, 0] <= 0) | (space.places[:, 0] >= 1e-5) | (space.places[:, 1] <= 0) | (space.places[:, 1] >= 1e-5)
    assert np.abs(residual[~rim]).max() < 1e-11 * np.abs(residual[rim]).max()
    # and the solution with that potential given all around is that field
    inner, outer = np.flatnonzero(~rim), np.flatnonzero(rim)
    from solion.numerics.elliptic.direct import Factors

    right = -(balance.bulk[inner][:, outer] @ phi[outer])
    solved = Factors(balance.bulk[inner][:, inner], space.places[inner]).solve(right)
    np.testing.assert_allclose(solved, phi[inner], atol=1e-12 * np.abs(phi).max())


@pytest.mark.parametrize("degrees", [120, 135, 150])
def test_current_at_an_obtuse_corner(degrees):
    """j ~ r^(pi/(2 alpha) - 1) along an electrode where an insulating boundary meets it at alpha; the other side goes dark."""
    alpha, width = np.radians(degrees), 120e-6
    normal = np.array([np.sin(alpha), -np.cos(alpha)])  # into the obtuse wedge, which lies at larger x
    foot = np.array([0.75 * width, 0.0])
    grains = Tessellation((width, 30e-6), np.array([foot - 2e-6 * normal, foot + 2e-6 * normal]), np.zeros(2))
    found = conduct(Polycrystal(GRAIN, boundary(1e6)), grains, engine=Elements(Sizes(2e-9, 0.5e-6, 2e-6)))
    plane = section(found, "bottom_electrode")
    distance = plane.position[:, 0] - foot[0]
    chosen = (distance > 10e-9) & (distance < 300e-9)
    slope = np.polyfit(np.log(distance[chosen]), np.log(plane.current_density[chosen]), 1)[0]
    assert slope == pytest.approx(np.pi / (2 * alpha) - 1, abs=0.02)
    acute = (distance < -10e-9) & (distance > -300e-9)
    other = np.polyfit(np.log(-distance[acute]), np.log(plane.current_density[acute]), 1)[0]
    assert other == pytest.approx(np.pi / (2 * (np.pi - alpha)) - 1, abs=0.03)


@pytest.mark.parametrize("layers", [((4e-6, 1e-2),), ((1.5e-6, 1e-2), (2.5e-6, 1e-3)), ((1.5e-6, 1e-3), (2.5e-6, 1e-2))])
def test_wave_of_current_decays_in_a_layer(layers):
    """A current 1 + e cos(k x) fed into a layer decays as cosh(k (t - z))/cosh(k t), in several as their transfer says."""
    width, swing = 10e-6, 0.3
    k = 2 * np.pi / width
    # a resistance far above that of the cell prescribes the current; the ceramic is the first layer
    feed = ResistanceField(lambda x: 1e4 / (1 + swing * np.cos(k * x[:, 0])))
    (first, sigma), *others = layers
    device = Polycrystal(
        Conductor(sigma), TransparentBoundary(), bottom=feed, layers=tuple(Layer(t, s, "top") for t, s in others)
    )
    grains = Tessellation((width, first), np.array([[2e-6, 1e-6]]), np.zeros(1))
    found = conduct(device, grains, engine=Elements(Sizes(100e-9, 0.1e-6, 0.1e-6)))

    def amplitude(plane):
        edges = np.concatenate(([0.0], np.cumsum(plane.size)))
        return 2 / width * np.diff(np.sin(k * edges)) / k @ plane.current_density / plane.mean

    fed = amplitude(section(found, "bottom_electrode"))
    assert fed == pytest.approx(swing, rel=1e-3)  # the resistance is constant along each facet
    thickness = sum(t for t, _ in layers)
    left = amplitude(section(found, "top_electrode"))
    assert left == pytest.approx(fed * smoothing(k, thickness, layers), rel=2e-6)
    for depth in (0.5e-6, 1.2e-6, 2.5e-6, 3.5e-6):  # inside, by the gradient, which is less accurate by an order
        assert amplitude(profile(found, depth)) == pytest.approx(fed * smoothing(k, depth, layers), rel=5e-4)


def test_transfer_of_two_layers_solves_their_equations():
    k, (t1, s1), (t2, s2) = 3.0, (0.4, 2.0), (0.7, 0.5)
    # j = a cosh(kz) + b sinh(kz) with j = -sigma phi', phi k = j'/(k sigma); phi = 0 at the electrode
    c, s = np.cosh(k * t1), np.sinh(k * t1)
    matrix = np.array([[1, 0, 0, 0], [c, s, -1, 0], [s / s1, c / s1, 0, -1 / s2], [0, 0, np.sinh(k * t2), np.cosh(k * t2)]])
    a, b, d, e = np.linalg.solve(matrix, [1, 0, 0, 0])
    for z in (0.0, 0.2, 0.4):
        assert smoothing(k, z, [(t1, s1), (t2, s2)]) == pytest.approx(a * np.cosh(k * z) + b * np.sinh(k * z), rel=1e-12)
    for z in (0.1, 0.5, 0.7):
        wanted = d * np.cosh(k * z) + e * np.sinh(k * z)
        assert smoothing(k, t1 + z, [(t1, s1), (t2, s2)]) == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("half", [1e-6, 4e-6])
def test_strip_contact_on_a_slab(half):
    """A strip of half-width a on a slab of thickness L over a full electrode: R sigma = K(k')/(2 K(k)), k = tanh(pi a/(2 L))."""
    thickness, width = 5e-6, 50e-6
    centre = width / 2
    # boundaries without resistance end at the rims of the strip, so that the mesh is fine there
    seeds = np.array([[centre - 2 * half, 2e-6], [centre, 2e-6], [centre + 2 * half, 2e-6]])
    grains = Tessellation((width, thickness), seeds, np.zeros(3))
    strip = ContactPatches(Equipotential(), lambda x: np.abs(x[:, 0] - centre) < half)
    device = Polycrystal(GRAIN, TransparentBoundary(), bottom=strip)
    found = conduct(device, grains, engine=Elements(Sizes(5e-9, 0.5e-6, 1e-6)))
    modulus = np.tanh(np.pi * half / (2 * thickness))
    expected = ellipk(1 - modulus**2) / (2 * ellipk(modulus**2))
    assert float(found.dataset["resistance"]) / width * SIGMA == pytest.approx(expected, rel=1e-3)


def test_spectrum_of_bricks_is_that_of_elements_in_series():
    """Bricks, layer and kinetics in series: each is a resistance beside a capacitance."""
    grains = lattice(2, 3, 10e-6)
    device = Polycrystal(
        GRAIN, boundary(2e-5), ChargeTransfer(1e-3, 0.01), ChargeTransfer(3e-4, 0.05), (Layer(5e-6, 1e-2, "top"),)
    )
    frequencies = np.logspace(0, 9, 46)
    found = impedance(device, grains, frequencies, engine=COARSE).dataset
    s = 2j * np.pi * frequencies
    eps = 8.8541878188e-12
    expected = (
        30e-6 / (SIGMA + s * eps * 50) + 2 / (1 / 2e-5 + s * eps * 50 / 5e-9) + 5e-6 / (1e-2 + s * eps * 10)
        + 1 / (1e3 + s * 0.01) + 1 / (1 / 3e-4 + s * 0.05)
    )  # fmt: skip
    values = found["impedance_real"].values + 1j * found["impedance_imaginary"].values
    np.testing.assert_allclose(values, expected, rtol=1e-7)


@pytest.mark.parametrize("engine", [COARSE, Voxels(spacing=1e-6)], ids=["elements", "voxels"])
def test_spectrum_with_constant_phases(engine):
    """Z = h/(sigma + s eps) + sum of 1/(1/R + Q s^n), the faces with different n; at rest the same as ChargeTransfer."""
    grains = lattice(2, 2, 10e-6)
    bottom, top = ConstantPhaseTransfer(1e-3, 0.3, 0.8), ConstantPhaseTransfer(4e-4, 2.0, 0.6)
    device = Polycrystal(GRAIN, TransparentBoundary(), ContactPatches(bottom, lambda x: x[:, 0] >= 0), top)
    frequencies = np.logspace(-1, 8, 37)
    found = impedance(device, grains, frequencies, engine=engine).dataset
    s = 2j * np.pi * frequencies
    expected = 20e-6 / (SIGMA + s * 8.8541878188e-12 * 50) + 1 / (1e3 + 0.3 * s**0.8) + 1 / (2.5e3 + 2.0 * s**0.6)
    values = found["impedance_real"].values + 1j * found["impedance_imaginary"].values
    np.testing.assert_allclose(values, expected, rtol=1e-7)
    other = Polycrystal(GRAIN, TransparentBoundary(), ChargeTransfer(1e-3), ChargeTransfer(4e-4))
    currents = [float(conduct(each, grains, engine=engine).dataset["current_density"]) for each in (device, other)]
    assert currents[0] == pytest.approx(currents[1], rel=1e-12)


def test_spectrum_of_a_constant_phase_on_grains():
    """The reduced model gives what direct solves give, and at n = 1 what a capacitance gives."""
    grains = lattice(2, 2, 5e-6, "cut", "cut")
    half = ContactPatches(ConstantPhaseTransfer(1e-4, 0.05, 0.75), lambda x: x[:, 0] < 4e-6)
    frequencies = np.logspace(0, 8, 9)
    device = Polycrystal(GRAIN, boundary(2e-4), half, ConstantPhaseTransfer(2e-4, 0.02, 1.0))
    assembled = COARSE.assemble(Problem(device, grains, 1.0, None))
    direct = Reduction(*assembled.pencil(), assembled.space.places[assembled.balance.free])
    found = impedance(device, grains, frequencies, engine=COARSE).dataset
    for k, frequency in enumerate(frequencies):
        value = complex(found["impedance_real"][k], found["impedance_imaginary"][k])
        assert value == pytest.approx(assembled.extent / direct.direct(2j * np.pi * frequency), rel=1e-8)
    plain = dataclasses.replace(device, bottom=ChargeTransfer(1e-3, 0.02), top=ChargeTransfer(2e-4, 0.02))
    phase = dataclasses.replace(device, bottom=ConstantPhaseTransfer(1e-3, 0.02, 1.0))
    same = [impedance(each, grains, frequencies, engine=COARSE).dataset for each in (plain, phase)]
    np.testing.assert_allclose(same[0]["impedance_imaginary"], same[1]["impedance_imaginary"], rtol=1e-9)


def test_engine_works_on_its_own():
    """The problem is all that an engine needs."""
    fields = COARSE.solve(Problem(Polycrystal(GRAIN, boundary(2e-4)), lattice(2, 2, 5e-6), None, 10.0))
    assert fields.current_bottom == pytest.approx(10.0, rel=1e-12)
    assert fields.voltage == pytest.approx(10.0 * (10e-6 / SIGMA + 2e-4), rel=1e-10)
