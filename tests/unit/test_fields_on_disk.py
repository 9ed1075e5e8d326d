"""Runs whose samples do not fit in memory: their fields go to a Zarr store as they come."""

import shutil
from types import SimpleNamespace

import h5py
import numpy as np
import pytest
import zarr

import solion as so
from solion.base.errors import InputError
from solion.experiments import run_loop, transient
from solion.study import execute, load
from solion.study.folder import checkpoint_of
from solion.units import V, s

CELLS = 20
ROWS = 512  # of a table of so few cells, from which two are left free
PROTOCOL = so.protocols.ramp(voltage=(0.0, 0.2 * V), duration=2e-3 * s, samples=900).then(
    so.protocols.hold(current=0.0, duration=1e-4 * s, samples=2400)  # one step passes more samples than the table has rows
)


def film():
    return load("lto4-voltammogram").device


@pytest.fixture
def little_memory(monkeypatch):
    """As if nothing fitted."""
    monkeypatch.setattr(transient, "MEMORY", 1e-6)
    monkeypatch.setattr(run_loop, "TABLE", 1.0)


def equal(one, other):
    """Every variable and attribute that does not tell time of the clock or a place."""
    assert set(one.variables) == set(other.variables)
    for name in one.variables:
        np.testing.assert_array_equal(one[name].values, other[name].values, err_msg=name)
        assert one[name].dims == other[name].dims
        assert one[name].attrs == other[name].attrs, name
    unlike = {"settings", "fields"}
    assert {k: v for k, v in one.attrs.items() if k not in unlike} == {k: v for k, v in other.attrs.items() if k not in unlike}


@pytest.fixture(scope="module")
def told():
    """The same run in memory."""
    return so.simulate(film(), PROTOCOL, cells=CELLS)


def test_fields_that_go_to_disk_are_those_of_a_run_in_memory(told, little_memory, tmp_path):
    found = so.simulate(film(), PROTOCOL, cells=CELLS, fields=tmp_path / "run.zarr")
    assert found.status == "finished"
    assert found.dataset.sizes["time"] > 3 * ROWS
    assert found.settings["steps"] == told.settings["steps"]
    assert found.settings["rejected"] == told.settings["rejected"]
    assert zarr.open_array(tmp_path / "run.zarr" / "composition").chunks == (2**21 // (8 * CELLS), CELLS)
    equal(found.dataset, told.dataset)

    found.save(tmp_path / "run.nc")
    with h5py.File(tmp_path / "run.nc") as file:
        assert "voltage" in file
        assert "composition" not in file
    equal(so.load(tmp_path / "run.nc").dataset, told.dataset)
    found.save(tmp_path / "elsewhere" / "run.nc")
    found.write_fields(tmp_path / "whole.zarr")
    shutil.rmtree(tmp_path / "run.zarr")
    equal(so.load(tmp_path / "elsewhere" / "run.nc").dataset, told.dataset)
    equal(so.load(tmp_path / "whole.zarr").dataset, told.dataset)
    with pytest.warns(UserWarning, match=r"run.nc: its fields lay in run.zarr beside it, which is not there"):
        assert "composition" not in so.load(tmp_path / "run.nc").dataset


def test_a_part_of_a_result_is_saved_with_its_own_fields(little_memory, tmp_path):
    found = so.simulate(film(), PROTOCOL, cells=CELLS, fields=tmp_path / "run.zarr")
    part = so.Result(found.dataset.isel(time=slice(0, 5)))
    part.save(tmp_path / "part.nc")
    shutil.rmtree(tmp_path / "run.zarr")
    assert so.load(tmp_path / "part.nc").dataset["composition"].shape == (5, CELLS)


class Interrupted(Exception):
    pass


def test_a_run_that_is_interrupted_goes_on_with_the_fields_that_are_there(told, little_memory, tmp_path, monkeypatch):
    monkeypatch.setattr(transient, "pace", lambda cells: np.int64(5))
    places = {"fields": tmp_path / "run.zarr", "checkpoint": tmp_path / "run.npz", "checkpoint_every": 0.0}
    seen = []

    def stop(progress):
        seen.append(progress.steps)
        if progress.fraction > 0.99:  # beyond the end of the ramp, with samples in the store
            raise Interrupted

    with pytest.raises(Interrupted):
        so.simulate(film(), PROTOCOL, cells=CELLS, on_progress=stop, **places)
    kept = zarr.open_array(tmp_path / "run.zarr" / "composition", mode="r+")
    assert kept.shape[0] > ROWS
    kept.append(np.zeros((7, CELLS)))  # as if it had been killed after samples were written and before it was saved
    found = so.simulate(film(), PROTOCOL, cells=CELLS, resume=True, **places)
    equal(found.dataset, told.dataset)

    with pytest.raises(Interrupted):
        so.simulate(film(), PROTOCOL, cells=CELLS, on_progress=stop, **places)
    shutil.rmtree(tmp_path / "run.zarr")
    with pytest.raises(InputError, match=r"run.zarr: the fields of an interrupted run.* are not there; start anew without"):
        so.simulate(film(), PROTOCOL, cells=CELLS, resume=True, **places)


def test_the_folder_of_a_run_holds_its_fields(little_memory, tmp_path):
    study = load("lto4-voltammogram", ["numerics.cells=20"])
    out = tmp_path / "run"

    def stop(progress):
        raise Interrupted

    with pytest.raises(Interrupted):
        execute(study, out, on_progress=stop)
    assert checkpoint_of(out).is_file()
    result = execute(study, out, resume=True)
    assert {entry.name for entry in out.iterdir()} >= {"result.nc", "fields.zarr", "report.html"}
    assert "composition" in result.dataset
    assert not any(tmp_path.glob(".run*"))
    out.rename(tmp_path / "moved")
    assert so.load(tmp_path / "moved").dataset["composition"].sizes["x"] == CELLS


def test_what_cannot_be_kept_is_refused_before_it_runs(little_memory, tmp_path, monkeypatch):
    with pytest.raises(
        InputError, match=r"would take 0.00\d+ GB of memory, more than 1e-06 GB; give its steps fewer samples.*fields="
    ):
        so.simulate(film(), PROTOCOL, cells=CELLS)
    with pytest.raises(InputError, match=r"run.nc: they go to a Zarr store, whose name ends in .zarr"):
        so.simulate(film(), PROTOCOL, cells=CELLS, fields=tmp_path / "run.nc")
    monkeypatch.setattr(transient.shutil, "disk_usage", lambda path: SimpleNamespace(free=1000))
    with pytest.raises(InputError, match=r"GB on disk, where 1e-06 GB are free"):
        so.simulate(film(), PROTOCOL, cells=CELLS, fields=tmp_path / "run.zarr")
    many = so.protocols.hold(current=0.0, duration=1.0, samples=1_000_000).then(PROTOCOL)
    with pytest.raises(InputError, match=r"samples are more than the \d+ that a run may have"):
        so.simulate(film(), many.then(many), cells=CELLS, fields=tmp_path / "run.zarr")
