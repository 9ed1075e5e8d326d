"""Label images: what is read from files, how grains and their boundaries are found, and what is refused."""

import numpy as np
import pytest

from solion.base.errors import InputError
from solion.grids.grains.image_files import from_array, read_labels
from solion.grids.grains.labels import LabelImage
from solion.grids.grains.tessellation import voronoi
from solion.grids.grains.voxel_facets import facets

UM = 1e-6


@pytest.fixture
def picture():
    """Twelve rows and eight columns: grain 3 at the left, 7 at the right, a pore (0) in the upper left corner."""
    rows = np.full((12, 8), 3, np.uint8)
    rows[:, 4:] = 7
    rows[0, 0] = 0
    return rows


def test_a_picture_lies_with_its_lower_edge_at_the_bottom_electrode(tmp_path, picture):
    from imageio import v3

    for name in ("grains.png", "grains.tif"):
        v3.imwrite(tmp_path / name, picture)
        image = read_labels(tmp_path / name, 0.5 * UM)
        assert image.labels.shape == (8, 12)
        assert image.labels[0, -1] == 0, "the upper left pixel is at x = 0 and the largest z"
        assert set(image.labels[:4].ravel()) == {0, 3}
        sideways = read_labels(tmp_path / name, 0.5 * UM, through="columns")
        assert np.array_equal(sideways.labels, picture)


def test_colours_are_labels_and_values_can_be_pores(tmp_path, picture):
    from imageio import v3

    colours = np.stack((picture, np.where(picture == 7, 200, 10), picture), axis=-1).astype(np.uint8)
    v3.imwrite(tmp_path / "colours.png", colours)
    image = read_labels(tmp_path / "colours.png", UM, pores=(10 * 256,))
    assert np.array_equal(image.labels > 0, np.flip(picture, 0).T > 0)
    assert image.sizes()[1:].tolist() == [47, 48]
    assert read_labels(tmp_path / "colours.png", UM, pores=()).sizes()[1:].tolist() == [1, 47, 48]


def test_pages_of_a_stack_are_y(tmp_path):
    from imageio import v3

    stack = np.arange(1, 61, dtype=np.uint16).reshape(3, 4, 5)  # pages, rows, columns
    v3.imwrite(tmp_path / "stack.tif", stack)
    labels = read_labels(tmp_path / "stack.tif", UM).labels
    assert labels.shape == (5, 3, 4)
    assert labels[2, 1, 0] == stack[1, 3, 2]
    upward = read_labels(tmp_path / "stack.tif", UM, through="pages").labels
    assert upward[0, 0].tolist() == stack[:, 0, 0].tolist()


def test_arrays_are_taken_as_they_are(tmp_path):
    array = np.array([[5, 5, -2, -2]] * 4)
    np.save(tmp_path / "a.npy", array)
    np.savez(tmp_path / "a.npz", labels=array.astype(float), other=np.zeros(3))
    for name in ("a.npy", "a.npz"):
        assert read_labels(tmp_path / name, UM, pores=(-2,)).labels[0].tolist() == [1, 1, 0, 0]
        with pytest.raises(InputError, match=r"8 voxels hold -2.*say pores"):
            read_labels(tmp_path / name, UM)
    assert read_labels(tmp_path / "a.npy", UM, pores=(-2,), through=0).labels[:, 0].tolist() == [1, 1, 0, 0]


def raster(kind: str, version: str, values: bytes, word: str = "") -> bytes:
    """A raster tessellation of 4 x 3 x 2 voxels as Neper writes it."""
    first = f"2.0 {kind}" if version == "2.0" else version
    head = f"***tesr\n **format\n   {first}\n **general\n   3\n   4 3 2\n   0.25 0.25 0.25\n"
    head += "  *hasvoid 1\n **cell\n   3\n  *id\n   1 2 3\n  *crysym\n   cubic\n **data\n"
    head += "" if version == "2.0" else f"   {kind}\n"
    return (head + word).encode() + values + b"\n***end\n"


@pytest.mark.parametrize("version", ["2.0", "2.1"])
@pytest.mark.parametrize("kind", ["ascii", "binary8", "binary16", "binary16_big", "binary32"])
def test_rasters_of_neper(tmp_path, version, kind):
    voxels = np.arange(24).reshape(2, 3, 4) % 10  # z, y, x: x runs fastest
    types = {"binary8": "u1", "binary16": "<i2", "binary16_big": ">i2", "binary32": "<i4"}
    text = "\n".join(" ".join(map(str, row)) for row in voxels.reshape(6, 4))
    values = text.encode() if kind == "ascii" else voxels.astype(types[kind]).tobytes()
    inside, beside = tmp_path / "inside.tesr", tmp_path / "beside.tesr"
    inside.write_bytes(raster(kind, version, values))
    beside.write_bytes(raster(kind, version, b"", "  *file voxels.raw"))
    (tmp_path / "voxels.raw").write_bytes(values)
    for path in (inside, beside):
        image = read_labels(path)
        assert image.spacing == pytest.approx(0.25 * UM)
        assert np.array_equal(image.labels, voxels.T)
        assert image.labels[1, 0, 0] == 1, "x runs fastest"
    assert read_labels(inside, unit=1e-3).spacing == pytest.approx(0.25e-3)


def test_damaged_files_are_refused(tmp_path):
    whole = raster("ascii", "2.1", b"1 2 3 4 1 2 3 4 1 2 3 4 1 2 3 4 1 2 3 4 1 2 3 4")
    cases = {
        "short.tesr": (whole.replace(b"1 2 3 4 1 2 3 4", b"1 2", 1), "holds 18 readable voxels where its header says 24"),
        "words.tesr": (whole.replace(b"3 4 1", b"3 x 1", 1), "incomplete or damaged"),
        "other.tesr": (b"***tess\n", "does not begin with .*a tessellation; name it .tess"),
        "kind.tesr": (raster("binary128", "2.1", b""), "nothing known"),
        "lost.tesr": (raster("ascii", "2.1", b"", "  *file away.raw"), "away.raw, which is not beside it"),
        "head.tesr": (b"***tesr **format 2.1 **general 3 4 x **data", "header"),
        "cut.tesr": (b"***tesr\n **format\n 2.1\n **general\n 2\n 2 2\n 1 1\n", "neither a"),
        "bad.png": (b"no picture", "cannot be read"),
        "bad.npy": (b"no array", "cannot be read"),
    }
    for name, (content, message) in cases.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=message):
            read_labels(tmp_path / name, None if name.endswith("tesr") else UM)
    with pytest.raises(InputError, match=r"did you mean '.tiff'"):
        read_labels(tmp_path / "grains.tifff", UM)
    with pytest.raises(InputError, match="no such file"):
        read_labels(tmp_path / "none.png", UM)
    np.save(tmp_path / "a.npy", np.ones((3, 3), int))
    with pytest.raises(InputError, match="give spacing"):
        read_labels(tmp_path / "a.npy")


def test_what_is_no_label_is_refused():
    with pytest.raises(InputError, match="not whole"):
        from_array(np.full((4, 4), 0.5), UM)
    with pytest.raises(InputError, match="4 axes"):
        from_array(np.ones((2, 2, 2, 2), int), UM)
    with pytest.raises(InputError, match="did you mean 'columns'"):
        from_array(np.ones((4, 4), int), UM, through="column")
    with pytest.raises(InputError, match="stack"):
        from_array(np.ones((4, 4), int), UM, through="pages")
    with pytest.raises(InputError, match="spacing"):
        from_array(np.ones((4, 4), int), -UM)
    with pytest.raises(InputError, match="whole numbers from 0"):
        LabelImage(np.full((4, 4), -1), UM)


def test_a_picture_of_grains_is_no_image_of_labels():
    """Noise and grey values are refused with what to do; labels of classes, in pieces of many voxels, are to be separated."""
    random = np.random.default_rng(1)
    with pytest.raises(InputError, match=r"in \d+ pieces .* grey-scale micrograph or noise"):
        LabelImage(random.integers(1, 40, (64, 64)), UM).checked()
    cells = LabelImage.of(voronoi((60 * UM, 60 * UM), 10 * UM, seed=2), 0.5 * UM)
    grey = np.clip(cells.labels * 5 + np.round(4 * random.standard_normal(cells.labels.shape)), 1, 255).astype(int)
    with pytest.raises(InputError, match="grey-scale micrograph or noise"):
        LabelImage(grey, 0.5 * UM).checked()
    classes = LabelImage(1 + cells.labels % 3, 0.5 * UM)
    with pytest.raises(InputError, match=r"LabelImage\.separated\(\)"):
        classes.checked()
    assert classes.separated().cleaned().checked().sizes().size > 10
    assert LabelImage(cells.labels, 0.5 * UM).cleaned().checked()


def test_one_grain_with_pores_is_a_porous_phase():
    import solion as so
    from solion.devices.polycrystal import lu2021

    labels = np.ones((16, 16), int)
    labels[4:8, 4:8] = 0
    result = so.conduct(lu2021(1.0), LabelImage(labels, UM), engine=so.Voxels())
    assert result.status == "finished"
    grain = float(lu2021(1.0).grain.conductivity)
    maxwell = grain * (1 - 1 / 16) / (1 + 1 / 16)  # round pores; a square one blocks a little more
    assert float(result.dataset["effective_conductivity"]) == pytest.approx(maxwell, rel=0.03)
    assert float(result.dataset["effective_conductivity"]) < maxwell


def test_grains_that_float_in_a_pore_are_named():
    import solion as so
    from solion.devices.polycrystal import lu2021

    labels = halves((16, 16))
    labels[3:9, 3:9] = 0
    labels[5:7, 5:7] = 3
    image = LabelImage(labels, UM).checked()
    assert image.notes == image.checked().notes
    assert "1 grains (labels 3) or parts of them, 4 voxels in all, float inside pores" in image.notes[0]
    result = so.conduct(lu2021(1.0), LabelImage(labels, UM), engine=so.Voxels())
    assert any("labels 3" in text for text in result.warnings)


def test_lines_of_a_watershed_are_given_to_the_grains():
    cells = LabelImage.of(voronoi((60 * UM, 60 * UM), 12 * UM, seed=2), 0.5 * UM)
    lines = cells.labels.copy()
    for axis in (0, 1):
        unlike = np.diff(cells.labels, axis=axis) != 0
        lines[(slice(None, -1), slice(None))[:: 1 if axis == 0 else -1]][unlike] = 0
    image = LabelImage(lines, 0.5 * UM)
    assert image.porosity > 0.05
    with pytest.raises(InputError, match=r"lines one voxel wide .*cleaned"):
        image.checked()
    cleaned = image.cleaned().checked()
    assert cleaned.porosity == 0
    assert np.mean(cleaned.labels == cells.labels) > 0.97
    pores = halves((20, 20))
    pores[8:12, 5:8] = 0
    assert LabelImage(pores, UM).checked().notes == ()


def test_what_is_cleaned_stays_as_it_is():
    labels = halves((12, 12))
    labels[4, :3] = labels[5, 2] = 0  # cuts a piece of grain 3 off, which leaves it below the smallest
    labels[:4, 2] = 0
    labels[5:8, 0:2] = 3
    labels[2:3, 0:2] = 3
    random = np.random.default_rng(3)
    images = [labels] + [np.where(random.random((20, 20)) < 0.35, 0, random.integers(1, 9, (20, 20))) for _ in range(30)]
    for given in images:
        try:
            once = LabelImage(given, UM).cleaned()
        except InputError:
            continue
        assert np.array_equal(once.cleaned().labels, once.labels)


def test_voxels_with_unequal_edges_become_cubes():
    labels = np.repeat(np.arange(1, 5), 4)[:, None] * np.ones(16, int)
    image = from_array(labels, (0.2 * UM, 0.1 * UM))
    assert image.labels.shape == (32, 16)
    assert image.spacing == 0.1 * UM
    assert image.box == pytest.approx((3.2 * UM, 1.6 * UM))
    assert "sampled anew on cubes of 1e-07 m" in image.notes[0]
    assert image.sizes()[1:].tolist() == [128] * 4
    assert from_array(labels, (0.04998 * UM, 0.05 * UM)).labels.shape == (16, 16)
    with pytest.raises(InputError, match="is not one number"):
        from_array(np.ones((4, 4, 4), int), (UM, UM))


@pytest.mark.parametrize("spacing", [np.float32(1e-6), np.array(1e-6), np.array([1e-6]), 1e-6])
def test_any_number_is_a_spacing(spacing):
    image = LabelImage(halves(), spacing)
    assert image.spacing == pytest.approx(1e-6)
    assert isinstance(image.spacing, float)
    assert LabelImage.of(voronoi((8 * UM, 8 * UM), 4 * UM, seed=1), spacing).labels.shape == (8, 8)


@pytest.mark.parametrize(
    ("spacing", "sentence"),
    [
        (0.25, r"0\.25 m is outside its allowed range .* metres: 0\.25 um are 2\.5e-07 m"),
        ("0.25", "'0.25' is not one number"),
        ((UM, UM), "is not one number"),
        (None, "is not one number"),
        (np.nan, "positive length"),
    ],
)
def test_what_is_no_spacing_is_refused(spacing, sentence):
    with pytest.raises(InputError, match=sentence):
        LabelImage(halves(), spacing)


def test_labels_of_any_number_type():
    assert LabelImage(halves().astype(np.float32), UM).labels.dtype == np.int32
    with pytest.raises(InputError, match="names each grain by a whole number"):
        from_array(halves().astype(str), UM)
    with pytest.raises(InputError, match="whole numbers"):
        LabelImage(halves() + 0.5, UM)
    for make in (LabelImage, from_array):
        with pytest.raises(InputError, match=r"rows (of|have) unequal length"):
            make([[1, 2], [3]], UM)


def test_more_voxels_than_memory_are_refused_before_they_are_made():
    import solion as so
    from solion.devices.polycrystal import lu2021

    cells = voronoi((600 * UM, 600 * UM, 800 * UM), 100 * UM, seed=1)
    with pytest.raises(InputError, match=r"2\.9e\+11 voxels need some 2\.02e\+05 GB .* take a spacing of"):
        so.conduct(lu2021(1.0), cells, engine=so.Voxels(spacing=0.1 * UM))


def halves(shape=(8, 8)):
    labels = np.ones(shape, int)
    labels[shape[0] // 2 :] = 2
    return labels


def test_images_that_carry_no_answer_are_refused():
    with pytest.raises(InputError, match="one grain only"):
        LabelImage(np.ones((8, 8), int), UM).checked()
    with pytest.raises(InputError, match="no grain"):
        LabelImage(np.zeros((8, 8), int), UM).checked()
    cut = halves()
    cut[:, 4] = 0
    with pytest.raises(InputError, match=r"pores .* cut every path"):
        LabelImage(cut, UM).checked()
    with pytest.raises(InputError, match="not resolved"):
        LabelImage(np.arange(1, 65).reshape(8, 8), UM).checked()
    noise = halves()
    noise[1, 1] = 3
    with pytest.raises(InputError, match=r"1 of 3 grains .*\.cleaned\(smallest=4\)"):
        LabelImage(noise, UM).checked()
    cleaned = LabelImage(noise, UM).cleaned()
    assert np.array_equal(cleaned.checked().labels, halves())
    assert "1 grains below 4 voxels" in cleaned.notes[0]


def test_pieces_without_contact_become_pores_across_periodic_sides_too():
    labels = halves((10, 10))
    labels[2:7, 2] = labels[2:7, 6] = 0
    labels[2, 2:7] = labels[6, 2:7] = 0
    image = LabelImage(labels, UM).cleaned()
    assert (image.labels[3:6, 3:6] == 0).all()
    assert "1 isolated pieces (9 voxels)" in image.notes[0]
    ring = np.zeros((6, 6), int)
    ring[:, :3], ring[0, 3:] = 1, 2  # the right column of pixels, at x = 5, reaches the top only around the sides
    ring[5, :] = [1, 1, 1, 0, 3, 0]
    assert LabelImage(ring, UM).cleaned(smallest=1).labels[5, 4] == 0
    assert LabelImage(ring, UM, periodic=True).cleaned(smallest=1).labels[5, 4] == 3


def test_pieces_that_share_a_label_can_be_separated():
    labels = np.ones((9, 6), int)
    labels[3:6] = 4
    image = LabelImage(labels, UM).with_phase([4], 2).separated()
    assert image.labels[:, 0].tolist() == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert image.phases.tolist() == [0, 0, 2, 0]
    assert LabelImage(labels, UM, periodic=True).separated().labels.max() == 2
    with pytest.raises(InputError, match="label 9"):
        image.with_phase([9], 1)


def test_a_tessellation_is_sampled_at_the_centres():
    cells = voronoi((20 * UM, 12 * UM, 16 * UM), 6 * UM, seed=3, sides="periodic")
    image = LabelImage.of(cells, UM)
    assert image.labels.shape == (20, 12, 16)
    assert image.labels[4, 5, 6] == cells.labels(np.array([4.5, 5.5, 6.5]) * UM) + 1
    assert image.periodic
    with pytest.raises(InputError, match="does not divide the box"):
        LabelImage.of(cells, 1.5 * UM)


@pytest.mark.parametrize("dimension", [2, 3])
def test_areas_of_boundaries_are_those_of_planes_not_of_staircases(dimension):
    """A plane through the box at a general angle: its area by voxels, from exact normals and from smoothed ones."""
    count = 48
    direction = np.array([0.8, 0.35, 0.5][:dimension])
    direction /= np.linalg.norm(direction)
    middle = np.full(dimension, count * UM / 2)
    seeds = np.stack((middle - 5 * UM * direction, middle + 5 * UM * direction))
    centres = np.stack(np.meshgrid(*[(np.arange(count) + 0.5) * UM] * dimension, indexing="ij"), axis=-1)
    labels = 1 + ((centres - middle) @ direction > 0)
    exact = facets(LabelImage(labels, UM, seeds=seeds))
    # the faces along axis a number A |n_a| / h^(d-1); with |n_a| each they sum to A
    crossing = sum(faces.lower.size * abs(direction[a]) for a, faces in enumerate(exact.faces)) * UM ** (dimension - 1)
    assert exact.area[0] == pytest.approx(crossing, rel=1e-5)
    assert np.allclose(exact.normal[0], direction, atol=1e-6)
    smooth = facets(LabelImage(labels, UM))
    assert smooth.area[0] == pytest.approx(exact.area[0], rel=0.02)
    for axis, faces in enumerate(smooth.faces):
        assert np.sqrt(np.mean((faces.along - abs(direction[axis])) ** 2)) < 0.06
        assert abs(faces.along.mean() - abs(direction[axis])) < 0.02


def test_normals_point_between_the_nearest_images_of_seeds():
    cells = voronoi((24 * UM, 24 * UM), 8 * UM, seed=5, sides="periodic", surface="periodic")
    image = LabelImage.of(cells, 0.25 * UM)
    exact, smooth = facets(image), facets(LabelImage(image.labels, image.spacing, periodic=True))
    large = exact.area > 2 * UM
    assert large.sum() > 10
    assert np.array_equal(exact.pairs, smooth.pairs)
    aligned = (exact.normal * smooth.normal).sum(axis=1)[large]
    assert aligned.min() > 0.97
