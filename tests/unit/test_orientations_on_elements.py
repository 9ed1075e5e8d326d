"""Orientations of a map's grains, as cells of points on finite elements, in the law of misorientation."""

import dataclasses

import numpy as np
import pytest

import solion as so
from solion.base.errors import InputError
from solion.devices.polycrystal import Polycrystal
from solion.experiments.conduction import Elements
from solion.grids.meshes.triangles import Sizes
from solion.laws import MisorientationBoundary, UniformBoundary
from solion.laws.grain_boundary import random_rotations
from solion.materials import Conductor

UM = 1e-6


@pytest.fixture(scope="module")
def image():
    """A map of nine grains with orientations, as a microscope would have it."""
    cells = so.voronoi((3 * UM, 3 * UM), 1 * UM, seed=4, spread=0.3)
    turned = random_rotations(np.arange(cells.grains), 7)
    return so.LabelImage.of(dataclasses.replace(cells, orientations=turned), 0.02 * UM)


def test_cells_of_an_image_are_its_grains_with_their_orientations(image):
    cells = so.tessellation_of(image)
    again = so.LabelImage.of(cells, image.spacing)
    known = np.unique(image.labels)
    assert np.mean(known[again.labels - 1] == image.labels) > 0.97
    np.testing.assert_array_equal(cells.orientations, np.asarray(image.orientations)[known])
    assert again.orientations is not None
    np.testing.assert_array_equal(again.orientations[1:], cells.orientations)


def test_elements_follow_the_misorientation_of_a_map(image):
    """The same as with the orientations given to the law, and near to what voxels of the map itself find."""
    low, high = UniformBoundary(5e-9, 1e-2), UniformBoundary(5e-9, 1e-5)
    law = MisorientationBoundary(low, high, 40.0)
    cells, engine = so.tessellation_of(image), Elements(Sizes(0.1 * UM, 0.2 * UM, 0.5 * UM), order=1)

    def sigma(law, cells, engine):
        return float(so.conduct(Polycrystal(Conductor(0.05), law), cells, engine=engine).dataset["effective_conductivity"])

    own = sigma(law, cells, engine)
    given = dataclasses.replace(law, orientations=cells.orientations)
    plain = dataclasses.replace(cells, orientations=None)
    assert own == pytest.approx(sigma(given, plain, engine), rel=1e-12)
    assert abs(own / sigma(law, plain, engine) - 1) > 0.01  # random orientations are others
    assert own == pytest.approx(sigma(law, image, so.Voxels()), rel=0.1)


def test_what_cells_cannot_be(image):
    holes = dataclasses.replace(image, labels=np.where(image.labels == image.labels.max(), 0, image.labels), seeds=None)
    with pytest.raises(InputError, match="pores"):
        so.tessellation_of(holes)
    with pytest.raises(InputError, match="orientations has shape"):
        dataclasses.replace(so.tessellation_of(image), orientations=np.ones((2, 4)))
    stripes = np.ones((60, 60), int)
    stripes[20:40, 20:40] = 2  # a grain inside another
    with pytest.warns(UserWarning, match="not convex"):
        so.tessellation_of(so.LabelImage(stripes, 0.02 * UM))
