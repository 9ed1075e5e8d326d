"""Tessellations of Neper (.tess): cells of a Voronoi tessellation that scipy finds, written as Neper writes them."""

import numpy as np
import pytest
from scipy.spatial import Voronoi
from scipy.spatial.transform import Rotation

import solion as so
from solion.base.errors import InputError
from solion.units import um

POINTS = np.random.default_rng(3).uniform(0.1, 0.9, (6, 3))
IDS = [3, 1, 2, 7, 5, 4]


def closed(points, sides):
    """Voronoi cells in a box, closed by the mirror images of the points in its walls."""
    mirrored = [points]
    for axis, side in enumerate(sides):
        for wall in (0.0, side):
            image = points.copy()
            image[:, axis] = 2 * wall - image[:, axis]
            mirrored.append(image)
    return Voronoi(np.concatenate(mirrored))


def tess(points, sides, *, ids=None, cell=""):
    """The text of a .tess file; a face is written with the normal that points away from the first of its two cells."""
    found, dimension, n = closed(points, sides), len(sides), len(points)
    ridges = [(p, v) for p, v in zip(found.ridge_points, found.ridge_vertices, strict=True) if (p < n).any()]
    used = sorted({k for _, v in ridges for k in v})
    place = {k: number for number, k in enumerate(used, 1)}
    three = lambda x: " ".join(f"{value:.12f}" for value in [*x, 0.0][:3])  # noqa: E731
    head = ["***tess", " **format", "   3.5", " **general", f"   {dimension} standard", " **cell", f"  {n}"]
    head += ["  *id", "   " + " ".join(map(str, ids))] if ids else []
    text = [*head, *([cell] if cell else []), " **vertex", f" {len(used)}"]
    text += [f"   {number}  {three(found.vertices[k])}     0" for number, k in enumerate(used, 1)]
    around = lambda v: zip(v, [*v[1:], v[0]], strict=True) if dimension == 3 else [v]  # noqa: E731
    pairs = sorted({tuple(sorted(pair)) for _, v in ridges for pair in around(v)})
    edge = {pair: number for number, pair in enumerate(pairs, 1)}
    text += [" **edge", f" {len(pairs)}", *(f"   {k}  {place[a]} {place[b]} 0" for k, (a, b) in enumerate(pairs, 1))]
    faces, cells = [], [[] for _ in points]
    if dimension == 3:
        for p, v in ridges:
            first, other = sorted(p)
            normal = found.points[other] - found.points[first]
            normal /= np.linalg.norm(normal)
            faces.append((v, normal @ found.vertices[v[0]], normal))
            cells[first].append(len(faces))
            if other < n:
                cells[other].append(-len(faces))
    else:
        for k in range(n):
            region = found.regions[found.point_region[k]]
            angle = np.arctan2(*(found.vertices[region] - points[k]).T)  # clockwise: either sense is read
            faces.append(([region[i] for i in np.argsort(angle)], 0.0, np.array([0.0, 0.0, 1.0])))
    text += [" **face", f" {len(faces)}"]
    for number, (v, d, normal) in enumerate(faces, 1):
        around = [edge[tuple(sorted(pair))] for pair in zip(v, [*v[1:], v[0]], strict=True)]
        text += [f"   {number} {len(v)} {' '.join(str(place[k]) for k in v)}", f"     {len(v)} {' '.join(map(str, around))}"]
        text += [f"    {d:.12f} {three(normal)}", "     0 0 0.000000000000 0.000000000000 0.000000000000"]
    if dimension == 3:
        text += [" **polyhedron", f" {n}", *(f"   {k} {len(f)} {' '.join(map(str, f))}" for k, f in enumerate(cells, 1))]
    return "\n".join([*text, " **domain", "  *general", "   cube", "***end", ""])


def nearest(points, image):
    """Which point the centre of each voxel is nearest to, from 0."""
    centres = np.stack(np.meshgrid(*[(np.arange(n) + 0.5) * image.spacing / um for n in image.labels.shape], indexing="ij"), -1)
    return np.linalg.norm(centres[..., None, :] - points, axis=-1).argmin(-1)


def test_cells_in_space_keep_their_ids_and_orientations(tmp_path):
    turns = Rotation.random(6, random_state=1)
    listed = "\n".join(" ".join(f"{x:.12f}" for x in row) for row in turns.as_quat()[:, :3] / turns.as_quat()[:, 3:])
    (tmp_path / "a.tess").write_text(
        tess(POINTS, (1, 1, 1), ids=IDS, cell=f"  *crysym\n   cubic\n  *ori\n   rodrigues:active\n{listed}")
    )
    image = so.read_labels(tmp_path / "a.tess", 0.05 * um)
    assert image.labels.shape == (20, 20, 20)
    assert image.spacing == pytest.approx(0.05 * um)
    own = np.array(IDS)[nearest(POINTS, image)]
    renamed = np.unique(own, return_inverse=True)[1] + 1 if image.labels.max() == 6 else own
    assert np.array_equal(image.labels, renamed.reshape(own.shape))
    got = Rotation.from_quat(image.orientations[np.unique(image.labels)][:, [1, 2, 3, 0]])
    assert (got.inv() * turns[np.argsort(IDS)]).magnitude().max() < 1e-6
    assert not any("in no cell" in note for note in image.notes)
    usual = so.read_labels(tmp_path / "a.tess")
    assert usual.labels.shape == (36, 36, 36), "20 voxels along (volume/cells)^(1/3)"
    assert so.read(tmp_path / "a.tess").content.format == "Neper tessellation"


def test_cells_in_the_plane(tmp_path):
    points = POINTS[:, :2] * (2, 1)
    (tmp_path / "a.tess").write_text(tess(points, (2.0, 1.0)))
    image = so.read_labels(tmp_path / "a.tess", 30e-9)
    assert image.labels.shape == (67, 33)
    assert any("change the sides of its box by up to 0.01" in note for note in image.notes)
    centred = points + np.array([0.005, -0.005])  # the voxels are centred on the box
    assert np.array_equal(image.labels, nearest(centred, image) + 1)


def test_a_vertex_that_regularisation_moved_is_told(tmp_path):
    text = tess(POINTS[:, :2], (1.0, 1.0))
    number, x, y = next(
        (k, x, y)
        for k, x, y, *_ in map(str.split, text.split("**vertex")[1].splitlines()[2:-1])
        if 0 < float(x) < 1 and 0 < float(y) < 1
    )
    moved = text.replace(f"   {number}  {x} {y}", f"   {number}  {float(x) + 0.06:.12f} {float(y) - 0.04:.12f}")
    assert moved != text
    (tmp_path / "a.tess").write_text(moved)
    image = so.read_labels(tmp_path / "a.tess", 0.01 * um)
    assert (image.labels > 0).all()
    told = next(note for note in image.notes if "in no cell" in note)
    assert "regularisation" in told


def test_damaged_tessellations_are_refused(tmp_path):
    text = tess(POINTS, (1, 1, 1))
    faces = text.split("**polyhedron\n")[1].splitlines()
    longest = max(faces[1:7], key=len).split()
    flipped = text.replace(" ".join(longest), " ".join([*longest[:2], *(str(-int(k)) for k in longest[2:])]))
    cases = {
        text[: len(text) // 2]: "no ...end; it breaks off",
        text.replace(" **face", " **edges"): r"section \*\*face is missing",
        text.replace(" **face\n ", " **face\n 1"): "section .*face",
        text.replace(".", ".x", 40): "section .*vertex",
        text.replace("3 standard", "1 standard"): "has dimension 1",
        flipped: "in no cell",
        "***tess1.9\n": "from version 2 on",
        text.replace(" **cell\n  6", " **cell\n  7"): "damaged",
        tess(POINTS, (1, 1, 1), ids=[1, 1, 2, 3, 4, 5]): "damaged",
    }
    for number, (content, message) in enumerate(cases.items()):
        (tmp_path / f"{number}.tess").write_text(content)
        with pytest.raises(InputError, match=message):
            so.read_labels(tmp_path / f"{number}.tess")
    (tmp_path / "a.tess").write_text(text)
    with pytest.raises(InputError, match="exceeds its box"):
        so.read_labels(tmp_path / "a.tess", 2 * um)
    with pytest.raises(InputError, match="may take here"):
        so.read_labels(tmp_path / "a.tess", 1e-10, unit=1e-3)
