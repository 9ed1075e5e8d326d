"""Contacts patterned by pictures: conservative sums on any cells, grey values of each kind, and what is refused."""

import dataclasses

import numpy as np
import pytest
import tifffile
from PIL import Image

import solion as so
from solion.base.errors import InputError
from solion.devices import FunctionPattern, ImagePattern

GREY = np.array([[0, 0, 255, 255], [0, 51, 102, 153], [255, 204, 0, 0]], np.uint8)  # 3 rows along the depth, 4 columns
SIZE = (4e-8, 3e-8)


def saved(folder, values, name="contact.png"):
    path = folder / name
    if path.suffix == ".png":
        Image.fromarray(values).save(path)
    else:
        tifffile.imwrite(path, values)
    return path


def test_a_picture_lies_along_width_and_depth_and_its_mean_stays(tmp_path):
    pattern = ImagePattern(saved(tmp_path, GREY), black=0.5, white=3.0)
    exact = 0.5 + 2.5 * GREY.T / 255
    np.testing.assert_allclose(pattern.factors((4, 3), SIZE), exact, rtol=1e-14)
    np.testing.assert_allclose(pattern.factors((8, 6), SIZE), np.kron(exact, np.ones((2, 2))), rtol=1e-14)
    for cells in ((3, 2), (5, 7), (2, 3)):
        assert pattern.factors(cells, SIZE).mean() == pytest.approx(exact.mean(), rel=1e-14)
    np.testing.assert_allclose(pattern.factors((2, 3), SIZE), exact.reshape(2, 2, 3).mean(axis=1), rtol=1e-14)
    equal = dataclasses.replace(pattern, logarithmic=True)
    np.testing.assert_allclose(equal.factors((4, 3), SIZE), 0.5 * 6 ** (GREY.T / 255), rtol=1e-14)
    row = dataclasses.replace(pattern, row=2)
    np.testing.assert_allclose(row.factors((4, 1), SIZE)[:, 0], exact[:, 1], rtol=1e-14)
    assert not pattern.even


def test_white_is_the_largest_number_of_its_kind(tmp_path):
    expected = GREY.T / 255
    for values, name in (
        (GREY.astype(np.uint16) * 257, "a.tif"),
        ((GREY / 255).astype(np.float32), "b.tif"),
        (np.stack([GREY] * 3, axis=-1), "c.png"),
    ):
        found = ImagePattern(saved(tmp_path, values, name), 0.0, 1.0).factors((4, 3), SIZE)
        np.testing.assert_allclose(found, expected, atol=1e-7)
    mask = ImagePattern(saved(tmp_path, GREY > 100, "mask.png"), 1.0, 5.0).factors((4, 3), SIZE)
    np.testing.assert_array_equal(mask, np.where(GREY.T > 100, 5.0, 1.0))


def test_pictures_that_do_not_fit_are_refused(tmp_path):
    pattern = ImagePattern(saved(tmp_path, GREY), black=0.5, white=3.0)
    colours = np.stack([GREY, GREY[::-1], GREY], axis=-1)
    indexed = tmp_path / "indexed.png"
    Image.fromarray(colours).convert("P").save(indexed)
    scaled = tmp_path / "scaled.tif"
    tifffile.imwrite(scaled, GREY, imagej=True, resolution=(1 / 0.02, 1 / 0.02), metadata={"unit": "um"})
    for changed, cells, lengths, words in (
        ({}, (8, 1), (SIZE[0], 1.0), "has 3 rows, and this film has no depth.*row = 2"),
        ({"row": 4}, (8, 1), (SIZE[0], 1.0), r"row = 4 is outside its allowed range \[1, 3\]"),
        ({"row": 1}, (8, 6), SIZE, "takes the whole picture"),
        ({}, (8, 6), (4e-8, 4e-8), "would be 1e-08 m x 1.33e-08 m each.*stretched"),
        ({"image": saved(tmp_path, colours, "colours.png")}, (8, 6), SIZE, "is in colours"),
        ({"image": indexed}, (8, 6), SIZE, "is in colours"),
        ({"image": saved(tmp_path, GREY / 100, "bright.tif")}, (8, 6), SIZE, r"outside \[0, 1\]"),
        ({"image": saved(tmp_path, np.zeros((7, 5, 6), np.uint8), "stack.tif")}, (8, 6), SIZE, "not a stack"),
        ({"image": scaled}, (8, 6), SIZE, "2e-08 m by its own words.*make the film 8e-08 m wide"),
        ({"black": 0.0, "logarithmic": True}, (8, 6), SIZE, "above 0"),
        ({"image": tmp_path / "none.png"}, (8, 6), SIZE, "no such file"),
    ):
        with pytest.raises(InputError, match=words):
            dataclasses.replace(pattern, **changed).factors(cells, lengths)
    for image in (pattern.image, scaled):
        dataclasses.replace(pattern, image=image, stretched=True).factors((8, 6), (4e-8, 4e-8))


def test_a_study_file_names_a_picture_beside_it(tmp_path):
    saved(tmp_path, GREY)
    toml = so.study.load("film-patch-in-space").to_toml()
    lines = toml.replace('kind = "patch"', 'kind = "image_pattern"\nimage = "contact.png"\nblack = 1.0\nrow = 3')
    lines = lines.replace('end = "16 nm"', "white = 10.0").replace("factor = 10", "logarithmic = true")
    lines = "\n".join(line for line in lines.splitlines() if "rates.end" not in line and "rates.factor" not in line)
    (tmp_path / "contact.toml").write_text(lines)
    study = so.study.load(tmp_path / "contact.toml")
    shares = study.device.system(72).shares
    assert shares[1, :18] == pytest.approx(10.0)
    assert shares[1, 36:] == pytest.approx(1.0)
    assert str(tmp_path / "contact.png") in study.to_toml()
    with pytest.raises(InputError, match="is not a file"):
        so.study.load(tmp_path / "contact.toml", ["device.bottom.rates.image=other.png"])


def test_a_function_of_the_place_gives_each_cell_its_mean():
    pattern = FunctionPattern(lambda y, z: 1 + y / 1e-8 + 2 * (z > 1.5e-8))
    assert not pattern.even
    y = (np.arange(4) + 0.5)[:, None]
    np.testing.assert_allclose(pattern.factors((4, 2), SIZE), 1 + y + 2 * np.array([[0, 1]]), rtol=1e-14)
    np.testing.assert_allclose(pattern.factors((4, 1), SIZE), 1 + y, rtol=1e-14)
    np.testing.assert_allclose(FunctionPattern(lambda y, z: 2.0).factors((4, 3), SIZE), 2.0)
    with pytest.raises(InputError, match=r"function = -1 at y = .* m, z = 0 m is outside its allowed range \[0, inf\)"):
        FunctionPattern(lambda y, z: 0 * y - 1).factors((4, 1), SIZE)
