"""Pictures of grains, row by row of what was tried: the grains that were drawn, or one sentence why not."""

import zlib
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

import solion as so
from solion.base.errors import InputError
from solion.grids.vtk import write_vtk
from solion.laws.grain_boundary import BoundaryFacets

IMG = Path(__file__).parents[1] / "data" / "files" / "img"
UM = 1e-6


@pytest.fixture(scope="module")
def cells():
    """Grains on 40 x 30 pixels, rows from the top, labels from 1 without gaps."""
    labels = so.LabelImage.of(so.voronoi((40 * UM, 30 * UM), 10 * UM, seed=4), UM).labels.T[::-1]
    return (np.unique(labels, return_inverse=True)[1].reshape(labels.shape) + 1).astype(np.uint16)


def upright(picture):
    return picture[::-1].T


def saved(path, array, **words):
    from PIL import Image

    Image.fromarray(array).save(path, **words)
    return path


def test_pages_written_one_by_one_are_one_stack():
    image = so.read_labels(IMG / "stack_pagewise.tif", UM)
    assert image.labels.shape == (32, 24, 20)
    assert np.unique(image.labels).size == 40
    assert any("24 pages stand as 24 series" in note for note in image.notes)


def test_compressed_tiff_and_planes_of_vtk(tmp_path, cells):
    saved(tmp_path / "a.tif", cells.astype(np.uint8), compression="tiff_lzw")
    assert np.array_equal(so.read_labels(tmp_path / "a.tif", UM).labels, upright(cells))
    plane = upright(cells).astype(np.int32)
    edges = [np.arange(plane.shape[0] + 1) * UM, np.array([0, UM]), np.arange(plane.shape[1] + 1) * UM]
    write_vtk(tmp_path / "a.vti", edges, {"grains": plane[:, None]})
    assert np.array_equal(so.read_labels(tmp_path / "a.vti").labels, plane)


def test_channels_beside_one_another_are_refused(tmp_path, cells):
    import tifffile

    tifffile.imwrite(tmp_path / "a.tif", np.stack([cells] * 2), imagej=True, metadata={"axes": "CYX"})
    with pytest.raises(InputError, match="2 channels beside one another; save the one with the labels alone"):
        so.read_labels(tmp_path / "a.tif", UM)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.7, 0.9, 0.97])
def test_no_page_of_a_damaged_stack_is_lost_without_a_word(tmp_path, share):
    content = (IMG / "stack_pagewise.tif").read_bytes()
    (tmp_path / "a.tif").write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError):
        so.read_labels(tmp_path / "a.tif", UM)


@pytest.mark.parametrize("name", ["LA.png", "rgb16.tif", "palette.png", "u16.png", "lzw.tif"])
def test_channels_indices_and_compressions_hold_32_grains(name):
    image = so.read_labels(IMG / name, UM)
    assert image.labels.shape == (80, 64)
    assert np.unique(image.labels).size == 32


def test_indices_of_an_indexed_picture_are_the_labels(tmp_path, cells):
    from PIL import Image

    picture = Image.fromarray(cells.astype(np.uint8), "P")
    picture.putpalette([10, 20, 30] * 256)  # all colours are one
    picture.save(tmp_path / "p.png")
    assert np.array_equal(so.read_labels(tmp_path / "p.png", UM).labels, upright(cells))


def test_pores_of_a_picture_in_colours_are_colours():
    path = IMG / "rgb_white_pores.png"
    with pytest.raises(InputError, match=r"pores = 255 is not in the picture.*say them as '#ffffff'"):
        so.read_labels(path, UM, pores=(255,))
    assert so.read_labels(path, UM, pores=("#ffffff",)).porosity == pytest.approx(0.0846, abs=1e-3)
    with pytest.raises(InputError, match="is no colour such as '#ffffff'"):
        so.read_labels(path, UM, pores=("white",))


def test_pores_that_are_absent_are_refused(tmp_path, cells):
    with pytest.raises(InputError, match="pores = 77 is not in the picture"):
        so.read_labels(saved(tmp_path / "a.png", cells), UM, pores=(77,))
    for given, words in (("white", "pores = 'white' is no colour"), (((255, 255, 255),), r"pores holds \(255, 255, 255\)")):
        with pytest.raises(InputError, match=words):
            so.read_labels(tmp_path / "a.png", UM, pores=given)
    assert so.read_labels(tmp_path / "a.png", UM, pores=int(cells.max())).porosity == pytest.approx(np.mean(cells == cells.max()))
    assert so.read_labels(tmp_path / "a.png", UM).porosity == 0


@pytest.mark.parametrize("method", ["BILINEAR", "LANCZOS", "BICUBIC"])
def test_smoothed_edges_are_refused(tmp_path, cells, method):
    from PIL import Image

    grey = Image.fromarray((cells * 19).astype(np.uint8)).resize((160, 120), getattr(Image.Resampling, method))
    grey.save(tmp_path / "a.png")
    colours = np.random.default_rng(1).integers(0, 256, (cells.max() + 1, 3)).astype(np.uint8)[cells]
    Image.fromarray(colours).resize((160, 120), getattr(Image.Resampling, method)).save(tmp_path / "b.png")
    for name in ("a.png", "b.png"):
        with pytest.raises(InputError, match="segment it first"):
            so.read_labels(tmp_path / name, UM)
    Image.fromarray(cells.astype(np.uint8)).resize((160, 120), Image.Resampling.NEAREST).save(tmp_path / "c.png")
    assert np.unique(so.read_labels(tmp_path / "c.png", UM).labels).size == np.unique(cells).size


def test_grey_micrographs_and_lossy_pictures_are_refused(tmp_path, cells):
    noise = np.clip(cells * 19 + np.random.default_rng(0).normal(0, 4, cells.shape), 0, 255).astype(np.uint8)
    with pytest.raises(InputError, match="segment it first"):
        so.read_labels(saved(tmp_path / "a.png", noise), UM)
    with pytest.raises(InputError, match="segment it first"):
        so.read(tmp_path / "a.png")
    with pytest.raises(InputError, match=r"\.jpg changes the values of pixels"):
        so.read_labels(IMG / "rgb.jpg", UM)
    with pytest.raises(InputError, match="partly transparent"):
        so.read_labels(IMG / "rgba_transparent_bg.png", UM)


def test_labels_from_zero_are_warned_of():
    with pytest.warns(UserWarning, match=r"value 0 is one piece of the size of a grain .* say pores = \(\)"):
        image = so.read_labels(IMG / "zero_based.tif", UM)
    assert any("one piece of the size of a grain" in note for note in image.notes)
    assert so.read_labels(IMG / "zero_based.tif", UM, pores=()).porosity == 0


def test_lines_of_a_watershed_are_refused_or_given_to_the_grains(tmp_path, cells):
    with pytest.raises(InputError, match=r"thin lines around the grains, as a watershed leaves them.*lines = \[0\]"):
        so.read_labels(IMG / "watershed_lines.tif", UM)
    image = so.read_labels(IMG / "watershed_lines.tif", UM, lines=(0,))
    assert image.porosity == 0
    large = np.kron(cells, np.ones((4, 4), np.uint16))
    lined = large.copy()
    lined[:-1][large[:-1] != large[1:]] = 0
    lined[:, :-1][large[:, :-1] != large[:, 1:]] = 0
    lined[40:50, 40:50] = 0  # a pore among the lines stays one
    image = so.read_labels(saved(tmp_path / "a.png", lined), UM, lines=(0,))
    assert image.porosity == pytest.approx(100 / large.size, rel=0.3)
    solid = image.labels > 0
    assert np.mean(image.labels[solid] == upright(large)[solid]) > 0.97


def test_negative_marks_and_unequal_voxels(tmp_path, cells):
    marked = cells.astype(np.int32)
    marked[3, 3:6] = -2
    np.save(tmp_path / "a.npy", marked)
    with pytest.raises(InputError, match="3 voxels hold -2, by which programs mark what is no grain"):
        so.read_labels(tmp_path / "a.npy", UM)
    assert so.read_labels(tmp_path / "a.npy", UM, pores=(-2,)).porosity == pytest.approx(3 / cells.size)
    np.save(tmp_path / "b.npy", cells)
    image = so.read_labels(tmp_path / "b.npy", (2 * UM, UM))
    assert image.labels.shape == (60, 40)
    assert any("sampled anew on cubes of 1e-06 m" in note for note in image.notes)
    assert so.read_labels(tmp_path / "b.npy", (0.05 * UM, 0.04998 * UM)).labels.shape == cells.shape
    np.save(tmp_path / "c.npy", np.stack([cells] * 3)[..., None])
    assert so.read_labels(tmp_path / "c.npy", UM).labels.shape == (3, *cells.shape)


def test_which_way_the_current_runs_is_said(tmp_path, cells):
    np.save(tmp_path / "a.npy", cells)
    assert "taken as it is, the current along its last axis" in so.read_labels(tmp_path / "a.npy", UM).notes[0]
    assert "along its rows, upwards" in so.read_labels(saved(tmp_path / "a.png", cells), UM).notes[0]


def test_voxel_sizes_of_a_tiff_are_used(tmp_path, cells):
    import tifffile

    stack = np.stack([cells] * 4)
    tifffile.imwrite(
        tmp_path / "a.tif", stack, imagej=True, resolution=(2, 2), metadata={"spacing": 0.5, "unit": "um", "axes": "ZYX"}
    )
    image = so.read_labels(tmp_path / "a.tif")
    assert image.spacing == pytest.approx(0.5 * UM)
    with pytest.raises(InputError, match=r"voxels measure .* not"):
        so.read_labels(tmp_path / "a.tif", UM)
    tifffile.imwrite(
        tmp_path / "b.ome.tif",
        stack,
        metadata={
            "axes": "ZYX",
            "PhysicalSizeX": 250,
            "PhysicalSizeXUnit": "nm",
            "PhysicalSizeY": 250,
            "PhysicalSizeYUnit": "nm",
            "PhysicalSizeZ": 250,
            "PhysicalSizeZUnit": "nm",
        },
    )
    assert so.read_labels(tmp_path / "b.ome.tif").spacing == pytest.approx(0.25 * UM)
    (tmp_path / "cut.tif").write_bytes((tmp_path / "a.tif").read_bytes()[:3000])
    with pytest.raises(InputError):
        so.read_labels(tmp_path / "cut.tif", UM)


def test_slices_in_a_folder(tmp_path, cells):
    (tmp_path / "slices").mkdir()
    for k in (1, 2, 10):
        saved(tmp_path / "slices" / f"s{k}.png", np.roll(cells, k, axis=1))
    image = so.read_labels(tmp_path / "slices", UM)
    assert image.labels.shape == (40, 3, 30)
    assert np.array_equal(image.labels[:, 2], upright(np.roll(cells, 10, axis=1)))
    saved(tmp_path / "slices" / "s3.png", cells[:20])
    with pytest.raises(InputError, match=r"s3\.png"):
        so.read_labels(tmp_path / "slices", UM)


def test_grids_of_numbers_as_text(tmp_path, cells):
    for mark, name in ((",", "a.csv"), (" ", "a.txt"), ("\t", "a.dat")):
        np.savetxt(tmp_path / name, cells, fmt="%d", delimiter=mark)
        assert np.array_equal(so.read_labels(tmp_path / name, UM).labels, upright(cells))
        assert so.read(tmp_path / name).kind == "labels"
    (tmp_path / "a.csv").write_text((tmp_path / "a.csv").read_text()[:-40])
    with pytest.raises(InputError, match="no grid of whole numbers"):
        so.read_labels(tmp_path / "a.csv", UM)


def meta(cells, compressed):
    body = cells[::-1].astype("<u2").tobytes()
    head = f"ObjectType = Image\nNDims = 2\nDimSize = {cells.shape[1]} {cells.shape[0]}\nElementSpacing = 0.001 0.001\n"
    head += f"CompressedData = {compressed}\nElementType = MET_USHORT\nElementDataFile = LOCAL\n"
    return head.encode() + (zlib.compress(body) if compressed else body)


@pytest.mark.parametrize("compressed", [True, False])
def test_meta_images(tmp_path, cells, compressed):
    path = tmp_path / "a.mha"
    path.write_bytes(meta(cells, compressed))
    image = so.read_labels(path)
    assert image.spacing == pytest.approx(UM)
    assert np.array_equal(image.labels, upright(cells))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match="cut off or damaged"):
        so.read_labels(path)


def test_image_data_of_vtk_as_we_write_it_and_as_others_do(tmp_path):
    labels = np.random.default_rng(0).integers(1, 5, (6, 5, 4)).astype(np.int32)
    edges = [np.arange(n + 1) * UM for n in labels.shape]
    write_vtk(tmp_path / "a.vti", edges, {"grains": labels, "potential": labels * 0.5})
    image = so.read_labels(tmp_path / "a.vti")
    assert image.spacing == pytest.approx(UM)
    assert np.array_equal(image.labels, labels)
    text = " ".join(map(str, labels.T.ravel()))
    xml = (
        '<?xml version="1.0"?><VTKFile type="ImageData" version="1.0" byte_order="LittleEndian">'
        '<ImageData WholeExtent="0 6 0 5 0 4" Origin="0 0 0" Spacing="1e-6 1e-6 1e-6"><Piece Extent="0 6 0 5 0 4"><CellData>'
        f'<DataArray type="Int32" Name="x" format="ascii">{text}</DataArray></CellData></Piece></ImageData></VTKFile>'
    )
    (tmp_path / "b.vti").write_text(xml)
    assert np.array_equal(so.read_labels(tmp_path / "b.vti").labels, labels)
    for content in ((tmp_path / "a.vti").read_bytes()[:-200], xml[:-40].encode(), xml.replace(" 3 ", " ", 1).encode()):
        (tmp_path / "c.vti").write_bytes(content)
        with pytest.raises(InputError, match=r"cut off|damaged"):
            so.read_labels(tmp_path / "c.vti")


def test_volumes_of_dream3d(tmp_path):
    import h5py

    labels = np.random.default_rng(0).integers(1, 5, (4, 5, 6)).astype(np.int32)  # z, y, x
    with h5py.File(tmp_path / "a.dream3d", "w") as file:
        group = file.create_group("DataContainers/Image")
        group["_SIMPL_GEOMETRY/SPACING"] = np.array([0.5, 0.5, 0.5], np.float32)
        group["CellData/FeatureIds"] = labels[..., None]
    image = so.read_labels(tmp_path / "a.dream3d")
    assert image.spacing == pytest.approx(0.5 * UM)
    assert np.array_equal(image.labels, labels.T)
    (tmp_path / "b.dream3d").write_bytes((tmp_path / "a.dream3d").read_bytes()[:700])
    with pytest.raises(InputError, match="cut off or damaged"):
        so.read_labels(tmp_path / "b.dream3d")


def orientation_map(cells):
    """Bunge's angles of the grains, one of them written by an equivalent orientation of a cube in half of its points."""
    turned = Rotation.random(cells.max() + 1, random_state=2)
    euler = turned.as_euler("ZXZ")[cells]
    same = (turned * Rotation.from_euler("z", 90, degrees=True)).as_euler("ZXZ")
    odd = (np.indices(cells.shape).sum(0) % 2).astype(bool)
    euler[odd] = same[cells][odd]
    return euler, turned


def ang_text(cells, euler):
    rows, columns = np.indices(cells.shape)
    head = f"# Phase 1\n# Symmetry              43\n# GRID: SqrGrid\n# NCOLS_ODD: {cells.shape[1]}\n# NROWS: {cells.shape[0]}\n"
    return head + "".join(
        f"  {a:.5f}   {b:.5f}   {c:.5f}   {0.5 * x:.5f}   {0.5 * y:.5f}  100.0  {-1 if k == 0 else 0.9:.3f}  1  1  0.5\n"
        for k, (a, b, c), x, y in zip(cells.ravel(), euler.reshape(-1, 3), columns.ravel(), rows.ravel(), strict=True)
    )


def ctf_text(cells, euler):
    rows, columns = np.indices(cells.shape)
    head = f"Channel Text File\nXCells\t{cells.shape[1]}\nYCells\t{cells.shape[0]}\nXStep\t0.5\nYStep\t0.5\nPhases\t1\n"
    head += "13.0;13.0;13.0\t90;90;90\tLLZO\t11\t230\nPhase\tX\tY\tBands\tError\tEuler1\tEuler2\tEuler3\tMAD\tBC\tBS\n"
    return head + "".join(
        f"{int(k > 0)}\t{0.5 * x}\t{0.5 * y}\t8\t0\t{a:.4f}\t{b:.4f}\t{c:.4f}\t0.5\t100\t100\n"
        for k, (a, b, c), x, y in zip(cells.ravel(), np.degrees(euler.reshape(-1, 3)), columns.ravel(), rows.ravel(), strict=True)
    )


@pytest.mark.parametrize(("suffix", "form"), [(".ang", ang_text), (".ctf", ctf_text)])
def test_grains_of_maps_of_orientations(tmp_path, cells, suffix, form):
    euler, turned = orientation_map(cells)
    holes = cells.copy()
    holes[5, 5:9] = 0
    path = tmp_path / f"map{suffix}"
    path.write_text(form(holes, euler))
    image = so.read_labels(path)
    assert image.spacing == pytest.approx(0.5 * UM)
    assert image.porosity == pytest.approx(4 / cells.size)
    drawn, found = upright(holes), image.labels
    pairs = {(int(a), int(b)) for a, b in zip(drawn.ravel(), found.ravel(), strict=True)}
    assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})
    reading = so.read(path)
    assert "Orientations of" in reading.summary()
    label = int(reading.content.values[20, 20])
    apart = (Rotation.from_quat(reading.content.orientations[label]).inv() * turned[int(cells[20, 20])]) * Rotation.create_group(
        "O"
    )
    assert apart.magnitude().min() < 1e-3
    pair = np.array([[int(cells[20, 20]), int(cells[2, 2])]])
    where = [int(image.labels[drawn == k][0]) for k in pair[0]]
    facet = BoundaryFacets(np.array([where]) - 1, np.zeros((1, 2)), np.zeros((1, 2)), image.orientations[1:])
    boundary = so.laws.MisorientationBoundary(so.laws.TransparentBoundary(), so.laws.TransparentBoundary())
    truth = (turned[pair[0, 0]].inv() * turned[pair[0, 1]]) * Rotation.create_group("O")
    assert boundary.angles(facet)[0] == pytest.approx(np.degrees(truth.magnitude().min()), abs=0.05)
    path.write_text(form(holes, euler)[: -len(form(holes, euler)) // 3])
    with pytest.raises(InputError, match="cut off"):
        so.read_labels(path)


def test_a_hexagonal_map_of_orientations_is_read_as_bricks(tmp_path, cells):
    """Every second row lies half a step to the right and has a point less; each point has its six neighbours."""
    euler, _ = orientation_map(cells)
    lines, rise = [], 0.5 * np.sqrt(0.75)
    odd, rows = cells.shape[1], cells.shape[0]
    for row in range(rows):
        for column in range(odd - row % 2):
            angles = "   ".join(f"{angle:.5f}" for angle in euler[row, column])
            place = f"{0.5 * (column + 0.5 * (row % 2)):.5f}   {rise * row:.5f}"
            lines.append(f"  {angles}   {place}  100.0  0.9  1  1  0.5\n")
    head = "# Phase 1\n# Symmetry              43\n# GRID: HexGrid\n"
    head += f"# NCOLS_ODD: {odd}\n# NCOLS_EVEN: {odd - 1}\n# NROWS: {rows}\n"
    path = tmp_path / "hexagons.ang"
    path.write_text(head + "".join(lines))
    reading = so.read(path)
    found = reading.content.values
    assert found.shape == (rows, 2 * odd)
    np.testing.assert_allclose(reading.content.spacing, (rise * UM, 0.25 * UM), rtol=1e-4)
    assert "hexagonal" in reading.summary()
    pairs = {(int(cells[row, c]), int(found[row, 2 * c + row % 2])) for row in range(rows) for c in range(odd - row % 2)}
    assert len(pairs) == len({one for one, _ in pairs})  # a grain is one label; pieces that hexagons join may have been two
    for row, c in ((0, 3), (1, 3)):
        assert found[row, 2 * c + row % 2] == found[row, 2 * c + 1 + row % 2]
    path.write_text(head + "".join(lines[:-7]))
    with pytest.raises(InputError, match="not the rows of the hexagonal grid"):
        so.read_labels(path)


def test_maps_of_oxford_hdf5(tmp_path, cells):
    import h5py

    euler, _ = orientation_map(cells)
    with h5py.File(tmp_path / "a.h5oina", "w") as file:
        head, data = file.create_group("1/EBSD/Header"), file.create_group("1/EBSD/Data")
        for name, value in (("X Cells", cells.shape[1]), ("Y Cells", cells.shape[0]), ("X Step", 0.5), ("Y Step", 0.5)):
            head[name] = np.array([value])
        head["Phases/1/Laue Group"] = np.array([11])
        data["Phase"], data["Euler"] = np.ones(cells.size, np.uint8), euler.reshape(-1, 3)
    image = so.read_labels(tmp_path / "a.h5oina")
    assert np.unique(image.labels).size == np.unique(cells).size


def neper(body, version="2.1", cell="", shape="4 3"):
    size = " ".join(["0.5"] * len(shape.split()))
    head = f"***tesr\n **format\n   {version}\n **general\n   {len(shape.split())}\n   {shape}\n   {size}\n"
    return (head + cell).encode() + body + b"***end\n"


def test_rasters_of_neper_with_orientations(tmp_path):
    voxels = np.repeat([[1, 1, 2, 2]], 3, axis=0)
    quaternions = Rotation.from_euler("z", [[0], [30]], degrees=True).as_quat()[:, [3, 0, 1, 2]]
    listed = "\n".join(" ".join(f"{x:.9f}" for x in q) for q in quaternions)
    text = "\n".join(" ".join(map(str, row)) for row in voxels).encode()
    cell = f" **cell\n  2\n  *id\n   1 2\n  *ori\n   quaternion:active\n{listed}\n  *crysym\n   cubic\n"
    (tmp_path / "a.tesr").write_bytes(neper(b" **data\n   ascii\n" + text + b"\n", cell=cell))
    found = so.read(tmp_path / "a.tesr")
    assert found.content.orientations.shape == (3, 4)
    np.testing.assert_allclose(np.abs(found.content.orientations[2]), np.abs(quaternions[1][[1, 2, 3, 0]]), atol=1e-8)
    each = "\n".join(" ".join(f"{x:.9f}" for x in quaternions[k - 1]) for k in voxels.ravel()).encode()
    only = neper(b" **oridata\n   quaternion:active\n   ascii\n" + each + b"\n", cell=" **cell\n  2\n  *crysym\n   cubic\n")
    (tmp_path / "b.tesr").write_bytes(only)
    image = so.read_labels(tmp_path / "b.tesr")
    assert image.labels.tolist() == [[1] * 3, [1] * 3, [2] * 3, [2] * 3]
    assert any("orientations and no labels: 2 grains" in note for note in image.notes)
    unknown = only.replace(b"***end", b" **oridef\n   ascii\n   1 1 1 1 0 1 1 1 1 1 1 1\n***end")
    (tmp_path / "d.tesr").write_bytes(unknown)
    assert so.read_labels(tmp_path / "d.tesr").labels.tolist() == [[1, 0, 1], [1] * 3, [2] * 3, [2] * 3]
    (tmp_path / "c.tesr").write_bytes(only[: len(only) // 2])
    with pytest.raises(InputError, match="incomplete or damaged"):
        so.read_labels(tmp_path / "c.tesr")


def test_rasters_of_neper_with_too_many_voxels_are_refused(tmp_path):
    body = b" **data\n   binary16\n" + np.ones(24, "<i2").tobytes() + b"\n"
    (tmp_path / "a.tesr").write_bytes(neper(body))
    with pytest.raises(InputError, match="where its header says 12"):
        so.read_labels(tmp_path / "a.tesr")


@pytest.mark.parametrize(
    ("name", "words"), [("a.raw", "save it as TIFF, .mha or .npy"), ("a.vtk", "save it as .vti"), ("a.nrrd", "save it as .mha")]
)
def test_formats_that_are_not_read_say_what_to_do(tmp_path, name, words):
    (tmp_path / name).write_bytes(b"x")
    for read in (lambda path: so.read_labels(path, UM), so.read):
        with pytest.raises(InputError, match=words):
            read(tmp_path / name)


def test_cleaning_is_done_in_one_go():
    labels = np.ones((12, 12), int)
    labels[6:] = 2
    labels[3:5, 3] = 3  # two specks side by side, and a grain that a hole cuts to a sliver
    labels[5, 3:6] = 4
    labels[2:7, 8:11] = 0
    labels[4:5, 9:10] = 5
    image = so.LabelImage(labels, UM).cleaned()
    assert np.array_equal(image.cleaned().labels, image.labels)
    assert image.checked() is image
