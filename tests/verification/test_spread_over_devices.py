"""A box whose cells are spread over two devices: the run of one device. Devices here are threads of the processor, since JAX must
be told of them before it is loaded, in processes of their own."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import solion as so
from solion.base.errors import InputError
from solion.devices import Contact, Film, Mirrored, Patch
from solion.laws.charge_transfer import ButlerVolmer
from solion.protocols import hold

H = 80e-9
FILM = Film(so.materials.lithium_titanate(), thickness=H, filling=0.3)
UNITS = FILM.units


def box(devices: int, columns: int = 8) -> so.FilmMemristor:
    law = ButlerVolmer(rate=1e-3 * UNITS.i_D, asymmetry=0.5)
    extent = Mirrored(width=H, depth=H / 4, columns=columns, rows=2, devices=devices)
    bottom = Contact(law, rates=Patch(end=1.5e-8, factor=10))
    return so.FilmMemristor(top=Contact(law), film=FILM, bottom=bottom, extent=extent)


def run(devices: int) -> so.Result:
    device = box(devices)
    drive = hold(current=0.12 * UNITS.i_D * device.area, duration=0.02 * UNITS.tau_D, samples=6)
    return so.simulate(device, drive.then(hold(current=0.0, duration=0.01 * UNITS.tau_D, samples=6)), cells=32)


def elsewhere(folder: Path, name: str) -> so.Result:
    """The same on two devices in a process of its own."""
    flags = f"{os.environ['XLA_FLAGS']} --xla_force_host_platform_device_count=2"
    script = f"import {Path(__file__).stem} as here; here.run(2).save({str(folder / name)!r})"
    environment = os.environ | {"XLA_FLAGS": flags, "SOLION_CACHE": str(folder)}
    subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parent, env=environment, check=True)
    return so.load(folder / name)


def test_two_devices_run_what_one_does(tmp_path):
    own, spread = run(1), elsewhere(tmp_path, "spread.nc")
    assert spread.status == "finished"
    assert spread.settings["steps"] == own.settings["steps"]
    assert all(check["ok"] for check in spread.audit.values())
    assert spread.audit["ion drift"]["value"] < 1e-13
    for name in ("composition", "voltage", "current_density_x", "free_energy", "coverage_bottom"):
        theirs, ours = spread.dataset[name].values, own.dataset[name].values
        np.testing.assert_allclose(theirs, ours, rtol=1e-9, atol=1e-12 * np.abs(ours).max(), err_msg=name)
    # programs from disk: each on as many devices as it was compiled for
    again = elsewhere(tmp_path, "again.nc")
    np.testing.assert_array_equal(again.dataset["composition"].values, spread.dataset["composition"].values)


def test_devices_that_are_not_there_are_refused():
    with pytest.raises(InputError, match=r"device.extent.devices = 4: JAX has 1 here \(cpu\).*device_count=4"):
        box(4).system(32)


def test_columns_that_cannot_be_shared_are_refused(monkeypatch):
    monkeypatch.setattr("solion.base.spread.jax.devices", lambda: [None, None])
    with pytest.raises(InputError, match="9 columns cannot be shared equally; take a number that divides them"):
        box(2, columns=9).system(32)
