"""Random grains: weak and blocking boundaries, conservation, convergence, kinetics, adjoints, spectra, a meshed boundary."""

import dataclasses

import numpy as np
import pytest

from solion.analysis.hot_spots import windowed_maximum
from solion.analysis.polycrystal_limits import blocking
from solion.balances.conduction_elements import BrokenSpace
from solion.balances.conduction_solve import ConductionBalance, Face
from solion.balances.electrode import Electrode
from solion.base.errors import InputError
from solion.devices.polycrystal import ChargeTransfer, KineticElectrode, Layer, lu2021
from solion.experiments.conduction import (
    Elements,
    HotSpotNorm,
    MeanCurrent,
    Problem,
    Sizes,
    conduct,
    hot_spot,
    impedance,
    profile,
    section,
    sensitivity,
)
from solion.experiments.conduction.assembled import Assembled
from solion.grids.grains.tessellation import Tessellation, voronoi
from solion.grids.meshes.triangles import triangulate
from solion.laws.charge_transfer import InsertionButlerVolmer
from solion.laws.grain_boundary import AbstractGrainBoundary, LogNormalBoundary, UniformBoundary
from solion.materials.conductor import Conductor
from solion.numerics.elliptic.frequency_response import Reduction

SIGMA = 0.05
BOX = (40e-6, 40e-6)
COARSE = Elements(Sizes(100e-9, 0.5e-6, 2e-6))


def ceramic(ratio, **parts):
    return dataclasses.replace(lu2021(ratio), **parts)


def test_weak_boundaries_reduce_the_conductivity_by_their_projected_length():
    """1 - Lambda c1 with c1 = 1 for Poisson-Voronoi grains in two dimensions: 10 seeds, as the fluctuation of one is 4 %."""
    ratio = 0.01
    slopes = []
    for seed in range(10):
        found = conduct(
            ceramic(ratio), voronoi((1e-4, 1e-4), 1e-5, seed=seed), engine=Elements(Sizes(1e-6, 2e-6, 4e-6), 1)
        ).dataset
        slopes.append((1 - float(found["effective_conductivity"]) / SIGMA) / ratio)
        # the field hardly bends: the bound of a uniform current is all but exact
        assert float(found["uniform_current_bound"]) <= float(found["effective_conductivity"]) * (1 + 1e-9)
        assert float(found["uniform_current_bound"]) == pytest.approx(float(found["effective_conductivity"]), rel=3 * ratio**2)
    assert np.mean(slopes) == pytest.approx(1.0, abs=0.03)


def test_blocking_boundaries_make_a_network_of_grains():
    grains = voronoi(BOX, 1e-5, seed=3)
    device = ceramic(1e4)
    assembled = COARSE.assemble(Problem(device, grains, 1.0, None))
    solution = assembled.solution()
    inner = assembled.boundaries()
    bottom, top = (np.unique(assembled.mesh.region[f.cell]) for f in (assembled.mesh.bottom, assembled.mesh.top))
    conductance, names, potentials = blocking(inner.grains, inner.size, inner.resistance, bottom, top)
    means = [solution.phi.values[np.unique(assembled.space.dofs[assembled.mesh.region == grain])].mean() for grain in names]
    np.testing.assert_allclose(means, potentials, atol=1e-3)
    assert solution.current_bottom == pytest.approx(conductance, rel=1e-3)
    assert solution.current_bottom < conductance


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"layers": (Layer(3e-6, 1e-2, "top"), Layer(2e-6, 1e-3, "bottom", 1e-4))},
        {"bottom": ChargeTransfer(1e-3), "top": KineticElectrode(InsertionButlerVolmer(30.0))},
        {"boundary": LogNormalBoundary(UniformBoundary(5e-9, 2.5e-5), 1.0), "grain": Conductor(SIGMA, scatter=0.3)},
    ],
    ids=["bare", "layers", "kinetics", "scatter"],
)
@pytest.mark.parametrize("sides", ["cut", "periodic"])
def test_current_is_conserved_and_all_power_is_accounted_for(parts, sides):
    grains = voronoi(BOX, 1e-5, seed=1, sides=sides)
    found = conduct(ceramic(1.0, **parts), grains, voltage=0.2, engine=COARSE)
    assert found.status == "finished"
    assert found.audit["conservation"]["value"] < 1e-10
    assert found.audit["dissipation"]["value"] < 1e-10
    data = found.dataset
    for face in ("bottom", "top"):
        assert float(data[f"{face}_grain_share"].sum()) == pytest.approx(1.0, rel=1e-12)
        assert float(data[f"{face}_grain_contact"].sum()) == pytest.approx(BOX[0], rel=1e-12)
    for height in (13e-6, 27e-6):
        plane = profile(found, height)
        assert plane.size.sum() == pytest.approx(BOX[0], rel=1e-9)
        assert plane.mean == pytest.approx(float(data["current_density"]), rel=5e-3)
    if "uniform_current_bound" in data and not parts:
        assert float(data["uniform_current_bound"]) < float(data["effective_conductivity"]) < float(data["blocking_bound"])


def test_flux_of_triangles_tends_to_the_conservative_one():
    """On linear elements the second density is that of the gradient; its mean is off by the singular corners."""
    grains = voronoi(BOX, 1e-5, seed=1)
    off = []
    for size in (200e-9, 50e-9, 12e-9):
        section = (
            Elements(Sizes(size, 0.5e-6, 2e-6), 1).solve(Problem(ceramic(1.0), grains, 0.1, None)).sections["bottom_electrode"]
        )
        off.append(abs(section.second_density @ section.size / section.size.sum() / section.mean - 1))
    assert off[0] > 1.5 * off[1] > 2.25 * off[2]
    assert off[2] < 0.02


def test_hot_spots_converge_with_the_mesh_and_say_how_far():
    """H(100 nm) to 0.5 % and the current to 1e-4 from junctions of 20 nm on; the stated change covers the error of H."""
    grains, device = voronoi(BOX, 1e-5, seed=2), ceramic(1.0)
    runs = [conduct(device, grains, engine=Elements(Sizes(size, 0.25e-6, 1.2e-6))) for size in (20e-9, 10e-9, 1.25e-9)]
    for plane in ("bottom_electrode", "top_electrode"):
        factors = [hot_spot(section(run, plane), 100e-9).factor for run in runs]
        changes = [float(run.dataset["hot_spot_change"].sel(plane=plane, window=100e-9)) for run in runs]
        for factor, change in zip(factors[:2], changes[:2], strict=True):
            assert abs(factor / factors[2] - 1) < min(0.006, change)
    currents = [float(run.dataset["current_density"]) for run in runs]
    assert currents[0] == pytest.approx(currents[2], rel=1e-4)
    # while the density of the finest piece only ever grows
    highest = [section(run, "top_electrode").current_density.max() for run in runs]
    assert highest[0] < highest[1] < 0.7 * highest[2]


def test_window_below_the_mesh_is_refused():
    found = conduct(ceramic(1.0), voronoi(BOX, 1e-5, seed=1), engine=COARSE)
    with pytest.raises(InputError, match="window = 1e-07 m is below twice the mesh size there"):
        hot_spot(section(found), 100e-9)
    assert np.isnan(found.dataset["hot_spot"].sel(plane="bottom_electrode", window=100e-9))
    assert any("H(100 nm) is not given" in text for text in found.warnings)
    assert hot_spot(section(found), 500e-9).factor > 1


@pytest.mark.parametrize(
    "parts",
    [
        {
            "bottom": KineticElectrode(InsertionButlerVolmer(30.0)),
            "top": KineticElectrode(InsertionButlerVolmer(3.0, asymmetry=0.3)),
        },
        {},
    ],
)
def test_given_current_and_given_voltage_agree(parts):
    grains, device = voronoi(BOX, 1e-5, seed=4), ceramic(1.0, **parts)
    by_voltage = COARSE.solve(Problem(device, grains, 1.5, None))
    by_current = COARSE.solve(Problem(device, grains, None, by_voltage.current_bottom))
    assert by_current.voltage == pytest.approx(1.5, rel=1e-9)
    assert by_current.current_bottom == pytest.approx(by_voltage.current_bottom, rel=1e-10)


def test_kinetics_are_linear_at_small_voltage_and_uniform_charge_transfer_smooths():
    """At small voltage Butler-Volmer is R T/(F i0); a resistance far above that of the boundaries leaves no hot spot."""
    grains, engine = voronoi(BOX, 1e-5, seed=1), Elements(Sizes(20e-9, 0.5e-6, 2e-6))
    resistance = 25.692579e-3 / 30.0  # k T/(e i0) at 298.15 K
    nonlinear = engine.solve(Problem(ceramic(1.0, bottom=KineticElectrode(InsertionButlerVolmer(30.0))), grains, 1e-4, None))
    linear = engine.solve(Problem(ceramic(1.0, bottom=ChargeTransfer(resistance)), grains, 1e-4, None))
    assert nonlinear.current_bottom == pytest.approx(linear.current_bottom, rel=1e-6)
    factors = [
        hot_spot(
            engine.solve(Problem(ceramic(1.0, bottom=ChargeTransfer(value)), grains, 0.1, None)).sections["bottom_electrode"],
            100e-9,
        ).factor
        for value in (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1)
    ]
    assert np.all(np.diff(factors) < 0)
    assert factors[-1] < 1.02
    assert factors[0] > 3


class OneBoundary(AbstractGrainBoundary):
    """All alike but one pair of grains."""

    typical: UniformBoundary
    low: int
    high: int
    factor: float

    def resistance(self, facets):
        chosen = (facets.grains == np.array([self.low, self.high])).all(axis=1)
        return self.typical.resistance(facets) * np.where(chosen, self.factor, 1.0)

    def capacitance(self, facets):
        return self.typical.capacitance(facets)


@pytest.mark.parametrize("measure", [MeanCurrent(), HotSpotNorm(16, "bottom", 500e-9), HotSpotNorm(8, "top", 1e-6)])
@pytest.mark.parametrize("bottom", [ChargeTransfer(1e-5), KineticElectrode(InsertionButlerVolmer(200.0))])
def test_adjoint_derivatives_are_those_of_repeated_runs(measure, bottom):
    grains, device = voronoi((30e-6, 30e-6), 1e-5, seed=1), ceramic(1.0, bottom=bottom)

    def value(part):
        return float(sensitivity(part, grains, measure=measure, engine=COARSE).dataset["value"])

    found = sensitivity(device, grains, measure=measure, engine=COARSE).dataset
    strongest = int(np.argmax(np.abs(found["by_resistance"].values)))
    low, high = map(int, found["boundary_grains"].values[strongest])
    step = 1e-4
    changed = [
        value(dataclasses.replace(device, boundary=OneBoundary(device.boundary, low, high, 1 + sign * step))) for sign in (1, -1)
    ]
    relative = (changed[0] - changed[1]) / (2 * step) / float(found["value"])
    assert float(found["relative_to_resistance"][strongest]) == pytest.approx(relative, rel=1e-6)
    changed = [value(dataclasses.replace(device, grain=Conductor(SIGMA * (1 + sign * step)))) for sign in (1, -1)]
    assert float(found["by_conductivity"].sum()) == pytest.approx(
        (changed[0] - changed[1]) / (2 * step * SIGMA), rel=1e-5, abs=1e-9
    )
    assert float(found["by_facet"].sum()) == pytest.approx(float(found["by_resistance"].sum()), rel=1e-12)


def test_derivative_of_the_current_is_the_integral_of_its_square():
    """dI/dR = -int j_n^2 ds / V, the problem being its own adjoint; they add up as the current is homogeneous."""
    grains = voronoi((30e-6, 30e-6), 1e-5, seed=1)
    found = sensitivity(ceramic(1.0), grains, engine=COARSE).dataset
    assembled: Assembled = COARSE.assemble(Problem(ceramic(1.0), grains, 0.1, None))
    squares, _ = assembled.jumps(assembled.solution().phi)
    current_squared = squares / assembled.balance.resistance**2
    np.testing.assert_allclose(
        found["by_facet"].values * 30e-6, -current_squared / 0.1, rtol=1e-6, atol=1e-12 * current_squared.max()
    )
    # scaling 1/R and sigma together scales the current: sum sigma dI/dsigma - sum R dI/dR = I
    total = SIGMA * float(found["by_conductivity"].sum()) - float(found["relative_to_resistance"].sum() * found["value"])
    assert total == pytest.approx(float(found["value"]), rel=1e-9)


def test_spectrum_against_direct_solves_and_at_rest():
    """The reduced model gives what direct solves give, Z tends to the resistance at rest, and Kramers-Kronig holds."""
    grains = voronoi(BOX, 1e-5, seed=1)
    device = ceramic(1.0, top=ChargeTransfer(1e-3, 0.01))
    frequencies = np.logspace(-1, 10, 67)
    found = impedance(device, grains, frequencies, engine=COARSE).dataset
    values = found["impedance_real"].values + 1j * found["impedance_imaginary"].values
    rest = COARSE.solve(Problem(device, grains, 0.1, None))
    assert values[0].real == pytest.approx(rest.voltage / rest.current_bottom, rel=1e-9)
    assembled = COARSE.assemble(Problem(device, grains, 1.0, None))
    direct = Reduction(*assembled.pencil(), assembled.space.places[assembled.balance.free])
    for k in (5, 23, 36, 50):
        assert values[k] == pytest.approx(assembled.extent / direct.direct(2j * np.pi * frequencies[k]), rel=1e-8)
    # Kramers-Kronig: Z' at rest less Z' at the highest frequency is (2/pi) int -Z'' d(ln omega)
    area = 2 / np.pi * np.trapezoid(-values.imag, np.log(frequencies))
    assert area == pytest.approx(values[0].real - values[-1].real, rel=2e-3)


def test_spectrum_of_weak_boundaries_is_three_elements():
    """Bulk, boundaries and kinetics separate where the field stays uniform: within 1e-3 of elements with resistances at rest."""
    grains = voronoi(BOX, 1e-5, seed=1)
    frequencies = np.logspace(0, 9, 31)
    device = ceramic(0.02, top=ChargeTransfer(2e-3, 0.01))
    found = impedance(device, grains, frequencies, engine=COARSE).dataset
    values = found["impedance_real"].values + 1j * found["impedance_imaginary"].values
    s = 2j * np.pi * frequencies
    eps = 8.8541878188e-12 * 50
    bulk = BOX[1] / SIGMA
    inner = values[0].real - bulk - 2e-3
    model = (
        BOX[1] / (SIGMA + s * eps) + 2e-3 / (1 + s * 2e-3 * 0.01) + inner / (1 + s * eps / float(device.boundary.conductivity))
    )
    assert np.abs(values / model - 1).max() < 1e-3


@pytest.mark.parametrize("resistance", [2e-5, 2e-4, 2e-3])
def test_boundary_as_a_jump_against_a_meshed_one(resistance):
    """A boundary 5 nm wide at 35 degrees to an electrode, meshed as such: the same current, H(w) within 1 % from 50 nm on."""
    width, thick, angle = 20e-6, 5e-9, np.radians(35.0)
    normal, foot = np.array([np.sin(angle), np.cos(angle)]), np.array([10e-6, 0.0])
    factors, currents = [], []
    for meshed in (False, True):
        # three grains, the one in the middle as wide as the boundary, or two
        seeds = foot + np.outer([-thick, 0.0, thick] if meshed else [-thick, thick], normal)
        grains, sizes = Tessellation((width, 10e-6), seeds, np.zeros(len(seeds))), Sizes(0.3e-9, 0.2e-6, 1e-6)
        mesh = triangulate(grains, sizes=sizes, weld=0.5e-9)
        conductivity = np.full(len(mesh.cells), SIGMA)
        if meshed:
            conductivity[mesh.region == 1] = thick / resistance
        space = BrokenSpace(mesh, 2, np.full(len(mesh.between), meshed))
        faces = [Face(f, Electrode(np.full(len(f), np.inf), np.zeros(len(f)), np.ones(len(f)))) for f in (mesh.bottom, mesh.top)]
        balance = ConductionBalance(space, conductivity, np.full(len(space.jumps), resistance), *faces)
        solution = balance.solve(voltage=0.1)
        currents.append(solution.current_bottom)
        flux = space.flux(mesh.bottom, 0, balance.reaction(solution.phi))
        ends = np.sort(mesh.points[mesh.bottom.nodes[:, 0], 0], axis=1)
        edges = np.append(ends[:, 0], ends[-1, 1])
        means = flux @ [1 / 6, 1 / 6, 4 / 6]
        factors.append([windowed_maximum(edges, means, window).factor for window in (10e-9, 50e-9, 100e-9, 500e-9)])
    assert currents[0] == pytest.approx(currents[1], rel=1e-3)
    np.testing.assert_allclose(factors[0][1:], factors[1][1:], rtol=0.01)
    np.testing.assert_allclose(factors[0][0], factors[1][0], rtol=0.05)
