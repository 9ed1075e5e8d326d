"""Fields of voxels as files for ParaView and as figures."""

import numpy as np
import pytest

from solion.base.errors import InputError
from solion.devices.polycrystal import lu2021
from solion.experiments.conduction import conduct
from solion.experiments.conduction.voxels import Voxels
from solion.grids.grains.tessellation import voronoi
from solion.grids.vtk import write_vtk

UM = 1e-6


@pytest.fixture(scope="module")
def solid():
    cells = voronoi((16 * UM, 12 * UM, 14 * UM), 6 * UM, seed=1)
    return conduct(lu2021(1.0, layer=True), cells, engine=Voxels(spacing=1 * UM, growth=1.3))


@pytest.fixture(scope="module")
def plane():
    cells = voronoi((20 * UM, 16 * UM), 8 * UM, seed=1)
    return conduct(lu2021(1.0, layer=True), cells, engine=Voxels(spacing=0.5 * UM))


@pytest.mark.parametrize("kind", ["solid", "plane"])
def test_a_library_of_vtk_reads_what_was_computed(kind, tmp_path, request):
    """Cell by cell, in the order that VTK gives them, against the fields at the same points."""
    pyvista = pytest.importorskip("pyvista")
    result = request.getfixturevalue(kind)
    path = result.fields.save_vtk(tmp_path / ("field.vtr" if kind == "solid" else "field.vti"))
    grid = pyvista.read(path)
    centres = np.asarray(grid.cell_centers().points, float)
    points = centres if kind == "solid" else centres[:, [0, 2]]
    phi, current = result.fields.sample(points)
    assert grid["potential"] == pytest.approx(phi, rel=1e-5, abs=1e-7)
    vectors = grid["current_density"] if kind == "solid" else grid["current_density"][:, [0, 2]]
    assert vectors == pytest.approx(current, rel=1e-5, abs=1e-4)
    inside = (centres[:, 2] > 0) & (centres[:, 2] < result.dataset.attrs["box"][-1])
    assert (grid["grain"][~inside] == -1).all()
    assert (grid["grain"][inside] >= 0).all()
    assert grid.bounds[5] == pytest.approx(result.dataset.attrs["box"][-1] + 10 * UM, rel=1e-6)


def test_files_that_cannot_hold_the_field_are_refused(solid, tmp_path):
    with pytest.raises(InputError, match=r"write \.vtr instead"):
        solid.fields.save_vtk(tmp_path / "field.vti")
    with pytest.raises(InputError, match=r"\.vti .* or \.vtr"):
        solid.fields.save_vtk(tmp_path / "field.vtk")
    edges = [np.arange(3.0)] * 3
    with pytest.raises(InputError, match="has the shape"):
        write_vtk(tmp_path / "field.vti", edges, {"wrong": np.zeros((2, 2, 3))})


def test_figures_and_files_of_a_run(solid, plane, tmp_path):
    assert solid.kinds() == ["map", "faces", "decay", "shares", "dissipation"]
    assert "map" in plane.kinds()
    cut, bottom, top = solid.plot("map").axes[:3]
    assert cut.images[0].get_array().shape[1] == 300
    drawn = bottom.images[0].get_array()
    section = solid.fields.sections["bottom_electrode"]
    assert drawn.max() == pytest.approx(section.current_density.max() / section.mean)
    assert top.images[0].get_array().shape == (12, 16)
    # no layer is finer resolved than a voxel, and windows are multiples of it
    assert solid.dataset["top_depth"].values.min() >= 0.5 * UM
    assert solid.dataset["window"].values == pytest.approx(np.array([2, 4, 8]) * UM)
    page = solid.report(tmp_path / "run", pictures=True)
    assert {"map.png", "decay.png"} <= {path.name for path in (page.parent / "figures").iterdir()}
