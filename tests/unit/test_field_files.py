"""Fields of runs in space as movies, frames, series for ParaView and stores in chunks."""

import re
import xml.etree.ElementTree as tree

import numpy as np
import pytest
import xarray as xr
from PIL import Image
from typer.testing import CliRunner

from solion.base.errors import InputError
from solion.base.quantity import Quantity
from solion.cli.app import app
from solion.result.result import Result, load

TIMES = np.array([0.0, 1.0, 2.5, 4.0])


def result(axes="xyz", counts=(8, 6, 5)):
    """A front that moves down, with a current that is known, as a run in space declares them."""
    counts = counts[: len(axes)]
    places = {axis: (np.arange(n) + 0.5) * 1e-9 for axis, n in zip(axes, counts, strict=True)}
    depth = places["x"].reshape(-1, *[1] * (len(axes) - 1))
    front = np.broadcast_to(np.stack([0.5 - 0.5 * np.tanh((depth - (2 + t) * 1e-9) / 1e-9) for t in TIMES]), (4, *counts))
    names = tuple(axes)
    coords = {
        axis: (axis, along, Quantity(axis, "length", f"distance along {axis}", "coordinate", dimensions=(axis,)).attributes())
        for axis, along in places.items()
    }
    flows = {
        f"current_density_{axis}": (("time", *names), np.full((4, *counts), float(k + 1)),
            Quantity(f"j_{axis}", "current_density", f"along {axis}", "flow", axis, names).attributes())
        for k, axis in enumerate(axes)
    }  # fmt: skip
    field = Quantity("composition", None, "content, c/c_0", "field", dimensions=names).attributes()
    words = {"title": "a run", "status": "finished", "message": "finished.", "audit": "{}"}
    event = {"event_name": ("event", np.array(["level crosses 0.5"]))}
    return Result(
        xr.Dataset(
            {"composition": (("time", *names), front, field)} | flows | event,
            coords | {"time": ("time", TIMES, {"units": "s"})},
            words,
        )
    )


def test_a_series_holds_every_sample_with_its_time(tmp_path):
    run = result()
    path = run.write_fields(tmp_path / "deep" / "fields.pvd")
    entries = tree.parse(path).getroot().findall(".//DataSet")
    assert [float(entry.attrib["timestep"]) for entry in entries] == TIMES.tolist()
    file = path.parent / entries[2].attrib["file"]
    head = file.read_bytes().split(b"<AppendedData")[0].decode()
    assert 'WholeExtent="0 8 0 6 0 5"' in head
    assert re.search(r'Name="current_density" NumberOfComponents="3"', head)
    raw = file.read_bytes().split(b'encoding="raw">\n_')[1]
    values = np.frombuffer(raw[8 : 8 + 8 * 240]).reshape(5, 6, 8).transpose(2, 1, 0)
    np.testing.assert_array_equal(values, run.dataset["composition"][2].values)
    vectors = np.frombuffer(raw[16 + 8 * 240 : 16 + 8 * 960]).reshape(-1, 3)
    np.testing.assert_array_equal(vectors, np.broadcast_to([1.0, 2.0, 3.0], (240, 3)))
    plane = result("xy").write_fields(tmp_path / "plane.pvd")
    assert b'WholeExtent="0 8 0 6 0 1"' in (plane.parent / "plane" / "plane_00000.vti").read_bytes()


def test_a_store_opens_to_the_same_result_and_reads_what_is_asked_for(tmp_path):
    run = result()
    path = run.write_fields(tmp_path / "run.zarr")
    opened = load(path)
    assert opened.dataset["composition"].encoding["chunks"] == (2**21 // (8 * 240), 8, 6, 5)
    assert not opened.dataset["composition"].variable._in_memory
    for name in run.dataset.variables:
        np.testing.assert_array_equal(opened.dataset[name].values, run.dataset[name].values)
    assert opened.status == "finished"
    run.write_fields(path)  # a store is replaced
    (tmp_path / "folder.zarr").mkdir()
    with pytest.raises(InputError, match="is no Zarr store"):
        run.write_fields(tmp_path / "folder.zarr")


@pytest.mark.parametrize("axes", ["xy", "xyz"])
def test_a_movie_has_a_frame_for_each_sample_and_frames_are_pictures(axes, tmp_path):
    run = result(axes)
    with Image.open(run.write_fields(tmp_path / "movie.gif", rate=5)) as movie:
        assert movie.n_frames == 4
        assert movie.info["duration"] == 200
        first = np.asarray(movie.convert("RGB"), float)
        movie.seek(3)
        assert np.abs(np.asarray(movie.convert("RGB"), float) - first).max() > 100
    run.write_fields(tmp_path / "frame.png", frames=2, lines=False)
    assert sorted(path.name for path in tmp_path.glob("frame*")) == ["frame-1.png", "frame-2.png"]
    assert {"cross_sections", "current_lines"} <= set(run.kinds())
    assert ("volume" in run.kinds()) == (axes == "xyz")
    for kind in run.kinds():
        run.plot(kind).canvas.draw()


def test_what_cannot_be_written_is_told(tmp_path, monkeypatch):
    run = result("xy")
    monkeypatch.setenv("PATH", str(tmp_path))
    for name, words in (("a.avi", "choose one of them"), ("a.mp4", "ffmpeg, which is not on the path"), ("a", "choose one")):
        with pytest.raises(InputError, match=words):
            run.write_fields(tmp_path / name)
    with pytest.raises(InputError, match="rate = 0"):
        run.write_fields(tmp_path / "a.gif", rate=0.0)
    flat = Result(run.dataset.isel(y=0))
    for name in ("a.gif", "a.pvd"):
        with pytest.raises(InputError, match="no field over time and two or three coordinates"):
            flat.write_fields(tmp_path / name)
    run.save(tmp_path / "run" / "result.nc")
    done = CliRunner().invoke(app, ["fields", str(tmp_path / "run"), str(tmp_path / "run" / "fields.pvd")])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "run" / "fields.pvd").is_file()
    assert CliRunner().invoke(app, ["fields", str(tmp_path / "run"), "fields.xyz"]).exit_code == 2
