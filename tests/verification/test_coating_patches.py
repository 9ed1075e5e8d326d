"""Patches of a coating: an even one is the electrode, thick ones nucleate first where transfer is slow, Weibull is recovered."""

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import spsolve

from solion.balances.conduction_voxels import VoxelGrains, network
from solion.balances.electrode import Electrode
from solion.balances.voxel_electrodes import conduct
from solion.base.errors import InputError, RunError
from solion.devices import CoatedElectrode, CoatingLayer
from solion.explore import coating
from solion.explore.coating_patches import (
    ElectrolyteField,
    _in_plane,
    _solve,
    first_nucleation,
    in_plane_change,
    random_patches,
    weibull,
)
from solion.grids.grains.voxel_facets import AxisFaces, VoxelFacets
from solion.laws import AlloyTransport, InsertionButlerVolmer

ALLOY = AlloyTransport(concentration=7e4, diffusivity=1e-11, thermodynamic_factor=100.0)


def test_patches():
    device = CoatedElectrode((CoatingLayer(ALLOY, 1e-5, 1e7),), into=InsertionButlerVolmer(exchange_current=10.0))
    even = first_nucleation(device, np.ones((2, 4)), np.ones((2, 4)))
    np.testing.assert_allclose(even.current, device.thresholds().onset_up, rtol=1e-9)
    assert even.even == pytest.approx(device.thresholds().onset_up, rel=1e-9)
    np.testing.assert_allclose(even.focus, 1.0, rtol=1e-12)
    uneven = np.array([[1.0, 2.0, 1.0, 0.5], [1.0, 1.0, 1.0, 1.0]])
    found = first_nucleation(device, uneven, np.ones((2, 4)))
    assert found.patch[0] == 1
    assert found.focus[0] > 1.05
    weak = first_nucleation(device, np.ones((2, 4)), np.array([[1.0, 1.0, 0.1, 1.0], [1.0, 1.0, 1.0, 1.0]]))
    assert weak.patch[0] == 2
    assert weak.current[0] < 0.2 * weak.current[1]


def voxel_currents(resistance, field, fine):
    """Share of each patch of the current by the voxel engine: ``fine`` voxels along a patch, patches linear, counter at 0 V."""
    side, h = len(resistance), field.size / fine
    shape = (side * fine, side * fine, round(field.distance / h))
    nothing = AxisFaces(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
    facets = VoxelFacets(np.zeros((0, 2), np.int64), (nothing,) * 3, np.zeros(0), np.zeros((0, 3)), np.zeros((0, 3)))
    grains = VoxelGrains(np.ones(shape, np.int32), h, True, facets, np.array([0.0, field.conductivity]), np.zeros(0))
    face = np.ones(shape[:2])
    patches = Electrode(np.kron(1 / resistance, np.ones((fine, fine))), 0 * face, face)
    found = conduct(network(grains), patches, Electrode(np.inf * face, 0 * face, face), voltage=1.0).bottom
    means = found.reshape(side, fine, side, fine).mean(axis=(1, 3))
    return means / means.mean()


def test_currents_in_the_plane():
    """Against the voxel engine where everything is linear, and against the balance itself where transfer is slow."""
    field = ElectrolyteField(size=1e-4, conductivity=0.3, distance=2e-4)
    lengths = np.exp(0.25 * np.random.default_rng(3).standard_normal((1, 16)))
    quick = InsertionButlerVolmer(exchange_current=1e9)
    device = CoatedElectrode((CoatingLayer(ALLOY, 1e-5, 1e7),), into=quick, bottom=quick)
    alone = first_nucleation(device, lengths, np.ones((1, 16)))
    ours = _in_plane(device, field, device.ion_resistance * lengths, np.full((1, 16), 0.02), np.full((1, 16), 10.0))[0]
    share = (ours / ours.mean()).reshape(4, 4)
    coarse, fine = (voxel_currents(device.ion_resistance * lengths.reshape(4, 4), field, n) for n in (4, 8))
    np.testing.assert_allclose(share, fine, rtol=0.01)
    assert np.abs(fine - share).max() < np.abs(coarse - share).max()
    assert share.max() < 0.95 * alone.focus[0]  # the electrolyte evens out what the layers focus

    slow = CoatedElectrode((CoatingLayer(ALLOY, 1e-5, 1e7),), into=InsertionButlerVolmer(exchange_current=10.0))
    found = first_nucleation(slow, lengths, np.ones((1, 16)), field)
    into, bottom = slow.exchange(slow.into), slow.exchange(slow.bottom)
    resistance = slow.ion_resistance * lengths
    current, first = _in_plane(slow, field, resistance, np.full((1, 16), 0.02), np.full((1, 16), 5.0))
    drive = slow.offset + resistance * current + np.asarray(bottom.overpotential(current))
    grid = np.fft.ifft2(np.fft.fft2(current.reshape(4, 4)) * field.modes(4)).real.ravel()
    np.testing.assert_allclose(np.ptp(drive[0] + np.asarray(into.overpotential(current))[0] + grid), 0, atol=1e-9)
    assert drive[0, first[0]] == pytest.approx(0.02, rel=1e-9)
    assert drive.max() <= 0.02 * (1 + 1e-9)
    assert found.current[0] == pytest.approx(current.mean(), rel=1e-9)
    resistances = np.random.default_rng(1).permutation(np.geomspace(1e-9, 1e3, 64))
    with pytest.raises(RunError, match="conjugate gradients left"):
        _solve(resistances[None], field.modes(8), np.random.default_rng(0).standard_normal((1, 1, 64)))
    with pytest.raises(InputError, match="no square"):
        first_nucleation(slow, np.ones((1, 5)), np.ones((1, 5)), field)
    with pytest.raises(InputError, match="by 11%"):
        first_nucleation(slow, np.exp([[-0.35, -0.35, 0.35, 0.35]]), np.ones((1, 4)), ElectrolyteField(8e-5, 1.0, 1e-4))
    with pytest.raises(InputError, match="three thicknesses"):
        first_nucleation(slow, np.ones((1, 4)), np.ones((1, 4)), ElectrolyteField(1e-5, 1.0, 1e-4))


def strip_currents(size, step, fine=10):
    """Currents of a thin and a thick patch over those of their own thickness, by finite volumes in a strip of coating (thickness
    1 -+ ``step``, conductivity 1) between an even electrolyte and metal, periodic sideways."""
    width, deep = round(2 * size * fine), round((1 + step) * fine)
    heights = np.where(np.arange(width) < width // 2, round((1 - step) * fine), deep)
    inside = np.arange(deep) < heights[:, None]
    number = np.cumsum(inside).reshape(inside.shape) - 1
    rows, columns, total = [], [], np.zeros(int(inside.sum()))
    for axis in (0, 1):
        other = np.roll(inside, -1, axis)
        if axis:
            other[:, -1] = False
        both = inside & other
        pair = number[both], np.roll(number, -1, axis)[both]
        for one, two in (pair, pair[::-1]):
            rows.append(one)
            columns.append(two)
            np.add.at(total, one, 1.0)
    metal = inside & ~np.append(inside[:, 1:], np.zeros((width, 1), bool), axis=1)
    for side in (metal, inside & ~np.roll(inside, 1, 0), inside & ~np.roll(inside, -1, 0)):
        np.add.at(total, number[side], 2.0)
    total[number[:, 0]] += 2.0
    rows, columns = np.concatenate(rows), np.concatenate(columns)
    matrix = sparse.coo_matrix((-np.ones(len(rows)), (rows, columns)), shape=(len(total),) * 2).tocsc() + sparse.diags(total)
    right = np.zeros(len(total))
    right[number[:, 0]] = 2.0
    current = 2.0 * fine * (1 - spsolve(matrix.tocsc(), right)[number[:, 0]])
    return [current[part].mean() * (1 + sign * step) for part, sign in ((heights < fine, -1), (heights > fine, 1))]


@pytest.mark.parametrize(("size", "step"), [(10, 0.1), (6, 0.3), (20, 0.5)])
def test_currents_in_the_plane_of_the_coating_are_what_is_told(size, step):
    thin, thick = strip_currents(size, step)
    assert max(abs(thin - 1), abs(thick - 1)) == pytest.approx(in_plane_change(1.0, size, step), rel=0.05)


def test_weibull_and_its_scaling():
    draw = 40.0 * np.random.default_rng(1).weibull(3.0, 20000)
    fit = weibull(draw)
    assert fit.shape == pytest.approx(3.0, rel=0.03)
    assert fit.scale == pytest.approx(40.0, rel=0.02)
    groups = draw.reshape(-1, 10).min(1)  # ten cells make one of ten times the area
    assert fit.larger(10) == pytest.approx(np.median(groups), rel=0.05)
    with pytest.raises(InputError, match="at least three"):
        weibull([1.0, 2.0])
    with pytest.raises(InputError, match="random_patches"):
        random_patches(0)


def test_a_candidate_of_patches(tmp_path):
    layer = {"row": "Li22Sn5-25C-GITT", "thickness": "10 um", "thermodynamic_factor": 335, "electron_conductivity": "1e6 S/m"}
    raw = {
        "layers": [layer],
        "interfaces": {"i01": "100 A/m^2", "i02": "1000 A/m^2", "nucleation_overpotential": "20 mV"},
        "operation": {"current": "1 mA/cm^2"},
    }
    candidate = coating.read_candidate(raw)
    found = coating.uneven_coating(candidate, cells=60, patches=16, defects=0.0)
    assert found.found.even == pytest.approx(coating.electrode_of(candidate).thresholds().onset_up, rel=1e-9)
    assert found.tenfold < np.median(found.found.current) < found.found.even
    assert "agrees" in found.sentences[1]
    assert "no single population" in coating.uneven_coating(candidate, cells=60, patches=16, defects=0.02).sentences[1]
    coating.write_uneven(found, tmp_path)
    assert (tmp_path / "report.html").stat().st_size > 5000
    layer["electron_conductivity"] = "0 S/m"
    with pytest.raises(InputError, match="no patch is the first"):
        coating.uneven_coating(coating.read_candidate(raw))
