"""Voxels against what is known exactly: series, bricks, plane boundaries at angles, networks of grains, reciprocity."""

import numpy as np
import pytest

from solion.base.constants import thermal_voltage
from solion.base.errors import InputError, RunError
from solion.devices.polycrystal import ChargeTransfer, ContactPatches, KineticElectrode, Layer, Polycrystal, ResistanceField
from solion.experiments.conduction import HotSpotNorm, MeanCurrent, conduct, hot_spot, section, sensitivity
from solion.experiments.conduction.problem import Problem
from solion.experiments.conduction.voxels import Voxels
from solion.grids.grains.labels import LabelImage
from solion.grids.grains.tessellation import Tessellation, voronoi
from solion.laws.charge_transfer import InsertionButlerVolmer
from solion.laws.grain_boundary import LogNormalBoundary, UniformBoundary
from solion.materials.conductor import Conductor

UM, OHM_CM2 = 1e-6, 1e-4
SIGMA = 0.05


def boundary(resistance: float) -> UniformBoundary:
    """Boundaries of this resistance (ohm m2), 5 nm thick."""
    return UniformBoundary(5e-9, 5e-9 / resistance)


def ceramic(ratio: float = 1.0, size: float = 10 * UM, **others) -> Polycrystal:
    """Lambda = ``ratio`` at this grain size."""
    return Polycrystal(Conductor(SIGMA), boundary(ratio * size / SIGMA), **others)


def solve(polycrystal, microstructure, voltage=0.1, current=None, engine=None):
    return (engine or Voxels()).solve(Problem(polycrystal, microstructure, voltage, current))


def test_plates_layers_and_electrodes_in_series():
    """Three plates, two boundaries, two layers with interfaces and two charge transfers: a sum of resistances."""
    labels = np.repeat([1, 2, 3], [5, 4, 6])[None, None, :] * np.ones((3, 4, 1), int)
    resistance = 2 * OHM_CM2
    layers = (
        Layer(3 * UM, 1e-2, "bottom", interface_resistance=3e-4),
        Layer(4.3 * UM, 2e-2, "top", interface_resistance=1e-4),
        Layer(2 * UM, 4e-3, "top", interface_resistance=5e-5),
    )
    device = Polycrystal(Conductor(SIGMA), boundary(resistance), ChargeTransfer(7e-4), ChargeTransfer(2e-5), layers)
    for growth in (1.0, 1.4):
        fields = solve(device, LabelImage(labels, UM), engine=Voxels(growth=growth))
        total = 15 * UM / SIGMA + 2 * resistance + 3e-4 + 4.3e-4 / 2 + 5e-4 + (3e-4 + 1e-4 + 5e-5) + 7e-4 + 2e-5
        current = 0.1 / total
        assert fields.current_bottom == pytest.approx(current, rel=1e-12)
        heat = {
            "grains": 15 * UM / SIGMA,
            "boundaries": 2 * resistance,
            "layers": 3e-4 + 2.15e-4 + 5e-4,
            "interfaces": 4.5e-4,
            "electrodes": 7.2e-4,
        }
        for name, value in heat.items():
            assert fields.dissipation[name] == pytest.approx(current**2 * value, rel=1e-10)
        assert fields.section(-1.3 * UM).current_density == pytest.approx(current)
        phi, flow = fields.sample(np.array([[1 * UM, 2 * UM, -3 * UM], [1.2 * UM, 2 * UM, 21.3 * UM], [0, 0, 30 * UM]]))
        assert phi[0] == pytest.approx(0.1 - 7e-4 * current)
        assert phi[1] == pytest.approx(2e-5 * current)
        assert flow[:2] == pytest.approx(np.array([[0, 0, current]] * 2), abs=1e-9)
        assert np.isnan(phi[2])


@pytest.mark.parametrize("ratio", [1e-3, 0.1, 1.0, 10.0, 1e4])
@pytest.mark.parametrize("shape", [(8, 12), (8, 4, 12)])
def test_a_lattice_of_bricks_is_exact(ratio, shape):
    """Lateral boundaries carry no jump, so that 1/sigma_eff = 1/sigma_g + R/d whatever the ratio."""
    index = np.indices(shape) // 4
    labels = 1 + np.ravel_multi_index(tuple(index), tuple(n // 4 for n in shape))
    image = LabelImage(labels, 2.5 * UM, seeds=(_centres(shape)) * 4 * 2.5 * UM)
    result = conduct(ceramic(ratio), image, engine=Voxels())
    # three bricks between electrodes have two boundaries
    expected = SIGMA / (1 + ratio * 2 / 3)
    assert float(result.dataset["effective_conductivity"]) == pytest.approx(expected, rel=1e-10)
    assert result.status == "finished"
    smooth = solve(ceramic(ratio), LabelImage(labels, 2.5 * UM))
    assert smooth.current_bottom / 0.1 * 30 * UM == pytest.approx(expected, rel=0.02), "normals by the smoothed indicator"


def _centres(shape):
    count = tuple(n // 4 for n in shape)
    return np.stack(np.unravel_index(np.arange(int(np.prod(count))), count), axis=1) + 0.5


def inclined(angle: float, count: int = 48):
    """A square with a plane boundary through its middle, turned by ``angle`` (degrees) from horizontal; exact normal."""
    direction = np.array([-np.sin(np.radians(angle)), np.cos(np.radians(angle))])
    middle = np.full(2, count * UM / 2)
    x = (np.arange(count) + 0.5) * UM
    centres = np.stack(np.meshgrid(x, x, indexing="ij"), axis=-1)
    labels = 1 + ((centres - middle) @ direction > 0)
    return LabelImage(labels, UM, seeds=np.stack((middle - UM * direction, middle + UM * direction)))


@pytest.mark.parametrize("angle", [0, 15, 37, 44])
def test_an_inclined_plane_has_its_own_area_and_not_that_of_the_steps(angle):
    """Transparent limit: the current loses j^2 R n_z^2 A; blocking limit: it is V A/R. Steps alone are 1.6 times too long."""
    image = inclined(angle)
    width = 48 * UM
    area = width / np.cos(np.radians(angle))
    weak = 1e-5 * width / SIGMA
    fields = solve(Polycrystal(Conductor(SIGMA), boundary(weak)), image)
    free = 0.1 * SIGMA / width
    loss = (free - fields.current_bottom) * width / (weak * free**2 / 0.1)
    assert loss == pytest.approx(np.cos(np.radians(angle)) ** 2 * area, rel=0.03 if angle else 1e-3)
    strong = 1e5 * width / SIGMA
    fields = solve(Polycrystal(Conductor(SIGMA), boundary(strong)), image)
    assert fields.current_bottom * width == pytest.approx(0.1 * area / strong, rel=0.03 if angle else 1e-4)


def test_blocking_boundaries_make_a_network_of_grains():
    """At Lambda = 1e4 against the network of the boundaries' true areas; grains are then equipotential."""
    cells = voronoi((60 * UM, 60 * UM), 10 * UM, seed=2)
    result = conduct(ceramic(1e4), cells, engine=Voxels(spacing=0.5 * UM))
    data = result.dataset
    assert float(data["effective_conductivity"] / data["blocking_bound"]) == pytest.approx(1, abs=0.02)
    # the lower bound takes the same areas; it is exact at the other end
    data = conduct(ceramic(1e-3), cells, engine=Voxels(spacing=0.5 * UM)).dataset
    assert float((SIGMA - data["effective_conductivity"]) / (SIGMA - data["uniform_current_bound"])) == pytest.approx(1, abs=0.05)


def test_first_order_in_the_ratio_is_that_of_poisson_voronoi_cells_in_space():
    """sigma_g/sigma_eff - 1 = 0.970 Lambda: a third of the area per volume, 2.910/d, of such cells.

    One voxel in 50 along the current, half of it at either electrode, has no boundary within. More resistance than under a
    uniform current (to first order that of the boundaries' area across it) cannot be: Thomson's principle.
    """
    slopes = []
    for seed in range(4):
        cells = voronoi((50 * UM,) * 3, 10 * UM, seed=seed, sides="periodic", surface="periodic")
        fields = solve(ceramic(0.01), cells, engine=Voxels(spacing=1 * UM))
        slopes.append((0.1 * SIGMA / (fields.current_bottom * 50 * UM) - 1) / 0.01 * 50 / 49)
    assert np.mean(slopes) == pytest.approx(0.970, rel=0.02)
    for ratio in (0.1, 1.0):
        data = conduct(ceramic(ratio), cells, engine=Voxels(spacing=1 * UM)).dataset
        assert data["effective_conductivity"] > data["uniform_current_bound"]


@pytest.mark.parametrize("ratio", [0.1, 1.0, 100.0, 1e4])
def test_current_and_heat_are_conserved(ratio):
    cells = voronoi((24 * UM, 24 * UM, 24 * UM), 8 * UM, seed=1, sides="periodic")
    device = ceramic(ratio, layers=(Layer(5 * UM, 1e-2, "top"),), bottom=ChargeTransfer(1e-5))
    fields = solve(device, cells, engine=Voxels(spacing=1 * UM))
    assert fields.current_bottom == pytest.approx(fields.current_top, rel=1e-9)
    assert sum(fields.dissipation.values()) == pytest.approx(0.1 * fields.current_bottom, rel=1e-9)
    for height in (-0.0, 7.5 * UM, 20 * UM, 26 * UM):
        assert fields.section(height).mean == pytest.approx(fields.current_bottom, rel=1e-9)
    assert fields.shares("bottom").sum() == pytest.approx(1)
    assert fields.mesh["iterations"] < 20
    same = solve(device, cells, None, fields.current_top, Voxels(spacing=1 * UM))
    assert same.voltage == pytest.approx(0.1, rel=1e-9)


@pytest.mark.parametrize("width", [1, 2, 3])
def test_narrow_periodic_sides(width):
    """One, two or three voxels around: the same as those repeated six times over."""
    labels = LabelImage.of(voronoi((24 * UM, 24 * UM), 8 * UM, seed=1), 1 * UM).labels[:width]
    narrow, wide = LabelImage(labels, UM, periodic=True), LabelImage(np.tile(labels, (6, 1)), UM, periodic=True)
    device = ceramic(1.0, layers=(Layer(3 * UM, 1e-2, "top"),))
    currents = [solve(device, image, engine=Voxels(smallest=1)).current_bottom for image in (narrow, wide)]
    assert currents[0] == pytest.approx(currents[1], rel=1e-9)


def test_reciprocity_of_two_patches():
    """The current into the top's right quarter by a voltage at the bottom's left quarter equals that of the exchange."""
    cells = voronoi((40 * UM, 40 * UM), 10 * UM, seed=4)
    image = LabelImage.of(cells, 1 * UM)
    mirrored = LabelImage(np.ascontiguousarray(image.labels[:, ::-1]), UM)
    image = LabelImage(image.labels, UM)

    def left(x):
        return np.where(x[:, 0] < 10 * UM, 1e-4, np.inf)

    def right(x):
        return np.where(x[:, 0] > 30 * UM, 3e-4, np.inf)

    there = solve(ceramic(2.0, bottom=ResistanceField(left), top=ResistanceField(right)), image)
    back = solve(ceramic(2.0, bottom=ResistanceField(right), top=ResistanceField(left)), mirrored)
    assert there.current_top == pytest.approx(back.current_top, rel=1e-9)
    assert (there.columns[0][10:] == 0).all()


@pytest.mark.parametrize("measure", [MeanCurrent(), HotSpotNorm(8.0, "top", 3 * UM), HotSpotNorm(16.0, "bottom", 0.1 * UM)])
def test_sensitivities_are_differences(measure):
    """Adjoint derivatives by a boundary and by a grain against central differences."""
    cells = voronoi((30 * UM, 30 * UM), 10 * UM, seed=6)
    typical = boundary(1 * OHM_CM2)
    device = Polycrystal(Conductor(SIGMA, scatter=0.3), LogNormalBoundary(typical, 0.5), bottom=ChargeTransfer(1e-5))
    engine, problem = Voxels(spacing=1 * UM), Problem(device, cells, 0.1, None)
    found = engine.sensitivity(problem, measure)
    net, ends, *_ = engine._ready(problem)
    from dataclasses import replace

    from solion.balances.conduction_voxels import network
    from solion.balances.voxel_electrodes import conduct as balance

    def value(grains):
        solution = balance(network(grains), *ends, voltage=0.1)
        return measure.of_columns(solution.bottom, solution.top, UM)[0]

    assert found.value == pytest.approx(value(net.grains), rel=1e-9)
    for k in np.argsort(-np.abs(found.by_resistance))[:3]:
        step = np.zeros(len(found.grains))
        step[k] = 1e-3 * net.grains.resistance[k]
        high, low = (replace(net.grains, resistance=net.grains.resistance + sign * step) for sign in (1, -1))
        slope = (value(high) - value(low)) / (2 * step[k])
        assert found.by_resistance[k] == pytest.approx(slope, rel=1e-4)
    for k in np.argsort(-np.abs(found.by_conductivity))[:3]:
        step = np.zeros(len(net.grains.conductivity))
        label = k + 1
        step[label] = 1e-3 * net.grains.conductivity[label]
        high, low = (replace(net.grains, conductivity=net.grains.conductivity + sign * step) for sign in (1, -1))
        slope = (value(high) - value(low)) / (2 * step[label])
        assert found.by_conductivity[k] == pytest.approx(slope, rel=1e-4)


@pytest.mark.parametrize("voltage", [1e-4, 0.1, 2.0])
def test_butler_volmer_electrodes_in_series_with_plates(voltage):
    """Uniform current: V = j (resistances) + 2 (2 RT/F) asinh(j/2 i0), at a voltage and at that current."""
    labels = np.repeat([1, 2], [4, 5])[None, :] * np.ones((6, 1), int)
    exchange, resistance = 20.0, 2 * OHM_CM2
    electrode = KineticElectrode(InsertionButlerVolmer(exchange))
    device = Polycrystal(Conductor(SIGMA), boundary(resistance), electrode, electrode)
    fields = solve(device, LabelImage(labels, UM), voltage)
    j = fields.current_bottom
    kinetics = 4 * float(thermal_voltage(298.15)) * np.arcsinh(j / (2 * exchange))
    assert j * (9 * UM / SIGMA + resistance) + kinetics == pytest.approx(voltage, rel=1e-9)
    assert sum(fields.dissipation.values()) == pytest.approx(voltage * j, rel=1e-9)
    assert solve(device, LabelImage(labels, UM), None, j).voltage == pytest.approx(voltage, rel=1e-9)


def test_butler_volmer_on_grains_conserves_and_becomes_linear():
    cells = voronoi((40 * UM, 40 * UM), 10 * UM, seed=3)
    electrode = KineticElectrode(InsertionButlerVolmer(257.0))
    device = ceramic(1.0, bottom=electrode, top=ContactPatches(electrode, lambda x: x[:, 0] < 20 * UM))
    engine = Voxels(spacing=0.5 * UM)
    fields = solve(device, cells, 1.0, engine=engine)
    assert fields.current_bottom == pytest.approx(fields.current_top, rel=1e-9)
    assert sum(fields.dissipation.values()) == pytest.approx(fields.current_bottom, rel=1e-9)
    assert 2 <= fields.mesh["newton"] <= 10
    assert (fields.columns[1][40:] == 0).all()
    slope = float(electrode.contact(np.zeros((1, 1))).admittance[0])
    linear = ceramic(
        1.0, bottom=ChargeTransfer(1 / slope), top=ContactPatches(ChargeTransfer(1 / slope), lambda x: x[:, 0] < 20 * UM)
    )
    little = solve(device, cells, 1e-5, engine=engine), solve(linear, cells, 1e-5, engine=engine)
    assert little[0].current_bottom == pytest.approx(little[1].current_bottom, rel=1e-6)


def test_pores_carry_nothing_and_a_closed_one_leaves_its_island_without_current():
    labels = np.ones((20, 20), int)
    labels[10:] = 2
    labels[5:15, 5] = labels[5:15, 14] = labels[5, 5:15] = labels[14, 5:15] = 0
    image = LabelImage(labels, UM)
    fields = solve(ceramic(1.0), image)
    assert fields.current_bottom == pytest.approx(fields.current_top, rel=1e-10)
    flow = fields.current()
    assert np.abs(flow[6:14, 6:14]).max() == pytest.approx(0, abs=1e-9 * fields.current_bottom)
    assert (flow[5, 5:15] == 0).all()
    # the ring of pores is 10 of 20 columns wide: the rest carries all
    assert fields.section(10 * UM).current_density[5:15] == pytest.approx(0, abs=1e-9 * fields.current_bottom)


def test_phases_have_their_own_conductivity():
    labels = np.ones((6, 12), int)
    labels[:, 4:8] = 2
    image = LabelImage(labels, UM).with_phase([2], 1)
    fields = solve(ceramic(1.0), image, engine=Voxels(phases={1: 1e-3}))
    total = 8 * UM / SIGMA + 4 * UM / 1e-3 + 2 * 10 * UM / SIGMA
    assert fields.current_bottom == pytest.approx(0.1 / total, rel=1e-12)
    with pytest.raises(InputError, match="the image holds phase 1"):
        solve(ceramic(1.0), image)


def test_impedance_of_plates_and_its_limits():
    """Series of RC elements exactly; at low frequency the resistance, on grains too."""
    labels = np.repeat([1, 2], [4, 5])[None, :] * np.ones((6, 1), int)
    transfer, layer = ChargeTransfer(1e-3), Layer(3 * UM, 1e-2, "top", interface_resistance=1e-4)
    device = Polycrystal(Conductor(SIGMA), boundary(2e-4), transfer, transfer, (layer,))
    frequencies = np.logspace(0, 8, 9)
    omega = 2j * np.pi * frequencies
    bulk = 9 * UM / (SIGMA + omega * device.grain.dielectric)
    gap = 1 / (1 / 2e-4 + omega * 8.8541878128e-12 * 50 / 5e-9)
    layer = 3 * UM / (1e-2 + omega * device.layers[0].dielectric) + 1e-4
    expected = bulk + gap + layer + 2 / (1 / 1e-3 + omega * 0.01)
    found, _ = Voxels().spectrum(Problem(device, LabelImage(labels, UM), 0.1, None), frequencies)
    assert np.abs(found / expected - 1).max() < 1e-9
    cells = voronoi((30 * UM,) * 2, 10 * UM, seed=1)
    device, engine = ceramic(1.0, bottom=ChargeTransfer(1e-4)), Voxels(spacing=0.5 * UM)
    found, record = engine.spectrum(Problem(device, cells, 0.1, None), np.array([1e-3, 1e5, 1e6]))
    direct = 0.1 / solve(device, cells, engine=engine).current_bottom
    assert found[0] == pytest.approx(direct, rel=1e-6)
    assert (found.imag < 0).all()
    assert record["iterations"] < 40


@pytest.mark.parametrize("heights", [(10,), (5, 15), (3, 10, 17)])
@pytest.mark.parametrize("dimension", [2, 3])
def test_few_grains_on_top_of_each_other(heights, dimension):
    """A single crystal, a bicrystal and three in a row: V/j = h/sigma + (n - 1) R, boundaries between sheets of voxels."""
    seeds = np.full((len(heights), dimension), 10 * UM)
    seeds[:, -1] = UM * np.array(heights)
    cells = Tessellation((20 * UM,) * dimension, seeds, np.zeros(len(seeds)))
    fields = solve(ceramic(), cells, engine=Voxels(spacing=0.5 * UM if dimension == 2 else UM))
    expected = 20 * UM / SIGMA + 2e-4 * (len(seeds) - 1)

    assert 0.1 / fields.current_bottom == pytest.approx(expected, rel=1e-8)


def test_what_cannot_be_computed_is_refused():
    cells = voronoi((20 * UM, 20 * UM), 10 * UM, seed=1)
    with pytest.raises(InputError, match="thinner than a voxel"):
        solve(ceramic(layers=(Layer(0.5 * UM, 1e-2),)), cells, engine=Voxels(spacing=1 * UM))
    with pytest.raises(InputError, match="differs from the label image"):
        solve(ceramic(), LabelImage.of(cells, 1 * UM), engine=Voxels(spacing=2 * UM))
    with pytest.raises(InputError, match="needs a Tessellation or a LabelImage"):
        solve(ceramic(), np.ones((4, 4)))
    for wrong in ({"spacing": -1.0}, {"growth": 3.0}, {"tolerance": 0.1}, {"phases": {1: 0.0}}):
        with pytest.raises(InputError, match=f"Voxels.{next(iter(wrong))}"):
            Voxels(**wrong)
    left = ContactPatches(ChargeTransfer(1e-4), lambda x: x[:, 0] < 9 * UM)
    right = ContactPatches(ChargeTransfer(1e-4), lambda x: x[:, 0] > 11 * UM)
    labels = np.ones((20, 20), int)
    labels[:, 12:] = 2
    labels[9:11] = 0
    with pytest.raises(InputError, match="no conducting path"):
        solve(ceramic(bottom=left, top=right), LabelImage(labels, UM))
    device = ceramic(bottom=KineticElectrode(InsertionButlerVolmer(1.0)))
    with pytest.raises(InputError, match="linear electrodes"):
        sensitivity(device, cells, engine=Voxels(spacing=1 * UM))
    fields = solve(ceramic(), cells, engine=Voxels(spacing=1 * UM))
    with pytest.raises(InputError, match="outside the sample"):
        fields.section(25 * UM)
    result = conduct(ceramic(), cells, engine=Voxels(spacing=1 * UM))
    with pytest.raises(InputError, match="below twice the mesh size"):
        hot_spot(section(result), 1.5 * UM)
    assert hot_spot(section(result), 2 * UM).factor > 1


def test_conjugate_gradients_that_do_not_converge_give_no_answer():
    cells = voronoi((60 * UM, 60 * UM), 10 * UM, seed=1)
    with pytest.raises(RunError, match="did not converge: after 2 iterations"):
        solve(ceramic(), cells, engine=Voxels(spacing=1 * UM, iterations=2))
