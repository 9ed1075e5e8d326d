"""What was tried by hostile hands, row by row (docs/decisions/0035-tried.md): a number, or one sentence why not."""

import gc
import io
import json
import math
import os
import signal
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import h5py
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

import solion as so
from solion import cli
from solion.base import memory
from solion.base.extras import EXTRAS
from solion.devices.start import Region
from solion.explore.fitting.quality import quality
from solion.explore.fitting.residual import weighting
from solion.explore.sweeps.axes import read_axis

UM = 1e-6
HOLD = so.protocols.hold(voltage=0.1, duration=1.0)
ROOT = Path(__file__).parents[2]


def invoke(*arguments):
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])


def refused(answer, *words):
    assert answer.exit_code == 2, answer.output
    assert len(answer.stderr.splitlines()) == 1, answer.stderr
    for word in words:
        assert word in answer.stderr


# ---------------------------------------------------------------- numbers, protocols, starts


@pytest.mark.parametrize("name", ["thickness", "filling"])
@pytest.mark.parametrize("value", [np.array([0.1, 0.2]), [0.1, 0.2], jnp.ones(2), []])
def test_an_array_is_no_number_of_a_film(name, value):
    with pytest.raises(so.InputError, match=rf"Film\.{name} is an array .*sweep"):
        so.Film(so.materials.lithium_titanate(), **({"thickness": 8e-8, "filling": 0.5} | {name: value}))


@pytest.mark.parametrize("value", [np.float32(0.5), np.array(0.5), jnp.asarray(0.5), np.array([0.5])])
def test_any_single_number_is_one(value):
    assert float(so.Film(so.materials.lithium_titanate(), 8e-8, value).filling) == 0.5


@pytest.mark.parametrize("count", [-3, 2.7, 0, True])
def test_a_protocol_is_repeated_whole_times(count):
    for product in (lambda: HOLD * count, lambda: count * HOLD):
        with pytest.raises(so.InputError, match="count of repetitions"):
            product()
    with pytest.raises(so.InputError, match="above"):
        HOLD.until("current", above=math.nan)


def test_a_waveform_begins_where_it_says():
    points = [(100, 0), (101, 0.5)]
    with pytest.raises(so.InputError, match=r"first time is 100 s.*begin=100"):
        so.protocols.waveform(points)
    assert so.protocols.waveform(points, begin=100.0).duration == 1.0


def test_a_profile_is_in_shares_of_the_length_and_says_its_scale():
    with pytest.raises(so.InputError, match=r"not metres.*Profile\.of\(result\)"):
        so.Profile((0.0, 4e-8, 8e-8), (0.1, 0.2, 0.3))
    region = Region("film", 4, 0.4, 1.0)
    assert "scaled by 2" in so.Profile((0, 1), (0.1, 0.3)).notes(region)[0]
    assert so.Profile((0, 1), (0.39, 0.41)).notes(region) == []
    field = {"kind": "", "role": "field"}
    data = xr.Dataset({"composition": (("time", "x"), [[0.4] * 4, [0.1, 0.3, 0.5, 0.7]], field)})
    again = so.Profile.of(so.Result(data.assign_attrs(title="", status="")))
    np.testing.assert_allclose(again.profile(region, ("film",)), [0.1, 0.3, 0.5, 0.7], rtol=1e-14)
    with pytest.raises(so.InputError, match="it is composition"):
        so.Profile.of(so.Result(data), "compositon")


# ---------------------------------------------------------------- laws of the user's


def film(transfer):
    contact = so.Contact(so.laws.ButlerVolmer(rate=1.0))
    material = so.materials.lithium_titanate()
    return so.FilmMemristor(top=so.Contact(transfer), film=so.Film(material, 8e-8, 0.3), bottom=contact)


@pytest.mark.parametrize(
    ("law", "words"),
    [
        (lambda eta, surface: -eta, "other sign it would be in order"),
        (lambda eta, surface: eta + 1e-3, "at zero overpotential"),
        (lambda eta, surface: jnp.sqrt(eta), "nan"),
        (lambda eta, surface: math.sinh(eta), r"jnp\.sinh"),
        (lambda eta, surface: np.sinh(eta), r"jnp\.sinh"),
        (lambda eta, surface: eta if eta > 0 else 2 * eta, r"jnp\.where"),
        (lambda eta, surface: jnp.ones(3) * eta, "shape"),
    ],
)
def test_a_law_that_cannot_be_is_refused_before_the_run(law, words):
    with pytest.raises(so.InputError, match=words):
        so.simulate(film(so.laws.Transfer(law)), HOLD, cells=8)


def test_laws_that_are_in_order_pass_and_others_of_each_kind_do_not():
    so.laws.check(so.laws.Transfer(lambda eta, surface: jnp.sinh(eta / surface.thermal_voltage)))
    so.laws.check(so.laws.ExcludedVolume())
    for wrong in (
        so.laws.Mobility(lambda content, sites: content - sites),
        so.laws.Conductivity(lambda gamma: -gamma),
        so.laws.FreeEnergy(lambda ion, electron: jnp.log(ion - 2.0)),
    ):
        with pytest.raises(so.InputError):
            so.laws.check(wrong)


def test_a_run_inside_a_transformation_is_told_what_to_do():
    def current(voltage):
        held = so.protocols.hold(voltage=voltage, duration=1.0)
        return so.simulate(film(so.laws.ButlerVolmer(rate=1.0)), held, cells=8).dataset["current"].values[-1]

    def of_rate(rate):
        return so.simulate(film(so.laws.ButlerVolmer(rate=rate)), HOLD, cells=8)

    for call in (lambda: jax.grad(current)(0.1), lambda: jax.vmap(of_rate)(jnp.ones(2))):
        with pytest.raises(so.InputError, match=r"tangents\.differentiate"):
            call()


# ---------------------------------------------------------------- files


def result_file(path, **attributes):
    given = {"title": "t", "status": "finished", "message": "m", "audit": "{}", "warnings": "[]"} | attributes
    path.mkdir()
    xr.Dataset({"a": ("x", [1.0, 2.0])}, attrs=given).to_netcdf(path / "result.nc", engine="h5netcdf")
    return path


@pytest.mark.parametrize("attributes", [{"audit": "{broken"}, {"warnings": "{}"}, {"title": 3}, {"status": [1, 2]}])
def test_damaged_words_of_a_result_are_one_sentence(tmp_path, attributes):
    refused(invoke("report", result_file(tmp_path / "run", **attributes)), "damaged")


def test_flipped_bits_of_a_result_are_one_sentence(tmp_path, monkeypatch):
    late = []
    monkeypatch.setattr(sys, "unraisablehook", late.append)  # what complains as it is collected
    path = result_file(tmp_path / "run") / "result.nc"
    whole = path.read_bytes()
    random = np.random.default_rng(1)
    for _ in range(30):
        damaged = bytearray(whole)
        for place in random.integers(0, len(whole), 20):
            damaged[place] ^= 1 << int(random.integers(8))
        path.write_bytes(damaged)
        answer = invoke("report", tmp_path / "run")
        assert answer.exit_code in (0, 2), answer.exception
        assert "Traceback" not in answer.output
    gc.collect()
    assert not late


def test_sizes_are_known_from_headers(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "memory_limit", lambda: 4e6)
    (tmp_path / "run").mkdir()
    with h5py.File(tmp_path / "run" / "result.nc", "w") as file:
        file.create_dataset("a", shape=(10**6, 10**6), chunks=(1000, 1000), dtype=float)
        file.attrs.update({"title": "t", "status": "finished", "message": "m", "audit": "{}"})
    refused(invoke("report", tmp_path / "run"), "8e+03 GB")
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<i8", "fortran_order": False, "shape": (4000, 4000, 4000)})
    (tmp_path / "a.npy").write_bytes(header.getvalue())
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as file:
        file.writestr("labels.npy", header.getvalue())
    from PIL import Image

    Image.new("L", (2000, 2000)).save(tmp_path / "a.png")
    Image.new("L", (2000, 2000)).save(tmp_path / "a.tif")
    with h5py.File(tmp_path / "a.dream3d", "w") as file:
        file.create_dataset("FeatureIds", shape=(2000, 2000, 2000), chunks=(100, 100, 100), dtype=np.int32)
    (tmp_path / "a.mha").write_text(
        "NDims = 3\nDimSize = 2000 2000 2000\nElementType = MET_INT\nCompressedData = True\nElementDataFile = LOCAL\n"
    )
    for name in ("a.npy", "a.npz", "a.png", "a.tif", "a.dream3d", "a.mha"):
        with pytest.raises(so.InputError, match="unpacks to"):
            so.read_labels(tmp_path / name, spacing=UM)


@pytest.mark.parametrize("text", ["9" * 5000, "0x" + "f" * 5000, "1" * 30])
def test_whole_numbers_of_any_length(text, tmp_path):
    (tmp_path / "a.toml").write_text(f"title = {text}\n")
    refused(invoke("check", tmp_path / "a.toml"), "a.toml")
    refused(invoke("check", "step-current", "--set", f"device.filling={text}"), "device.filling")


@pytest.mark.parametrize("edges", ["dark", "bright"])
def test_grains_of_a_micrograph(edges):
    """Grains parted by lines, with noise: 98 % of the area lies in the grain that was drawn."""
    drawn = so.LabelImage.of(so.voronoi((40 * UM, 40 * UM), 8 * UM, seed=3), 0.25 * UM).labels
    line = np.zeros(drawn.shape, bool)
    line[1:] |= np.diff(drawn, axis=0) != 0
    line[:, 1:] |= np.diff(drawn, axis=1) != 0
    grey = 180 - 120.0 * line + np.random.default_rng(0).normal(0, 15, drawn.shape)
    found = so.segment_micrograph(grey if edges == "dark" else -grey, 0.25 * UM, edges=edges, through=None)
    shared = np.zeros((drawn.max() + 1, found.labels.max() + 1))
    np.add.at(shared, (drawn.ravel(), found.labels.ravel()), 1)
    assert shared.max(axis=0).sum() > 0.97 * drawn.size
    assert shared.max(axis=1).sum() > 0.93 * drawn.size
    assert "grains were found" in found.checked().notes[-1]


def test_a_micrograph_without_grains_is_refused():
    with pytest.raises(so.InputError, match="one grey value"):
        so.segment_micrograph(np.ones((20, 20)), UM)
    with pytest.raises(so.InputError, match="did you mean 'dark'"):
        so.segment_micrograph(np.ones((20, 20)), UM, edges="darc")


# ---------------------------------------------------------------- fits


def test_a_fit_that_is_no_description_is_told_and_a_reversed_sign_too():
    time = np.linspace(0, 1, 101)
    record = np.sin(7 * time) * 1e-3
    weights = weighting(record, scale="linear", noise=0.0, relative=0.0)
    good = quality(record, record * 1.05, record, weights)
    assert good.describes
    assert good.words("current", "") == ()
    assert good.misfit == pytest.approx(0.05 * np.sqrt(np.mean(record**2)) / np.std(record))
    far = quality(record, 17 * record, record, weights)
    assert not far.describes
    assert far.explained < -100
    turned = quality(record, 0 * record, -record, weights).words("current", "Positive from top to bottom.")
    assert "R2" in turned[0]
    assert "sign is probably reversed" in turned[1]
    flat = 0.4 + 0.01 * record  # a voltage that hardly changes tells it by its mean
    assert "sign is probably reversed" in quality(flat, -0.6 + record, -flat, weights).words("voltage", "Positive is.")[1]
    assert len(far.words("current", "")) == 1


# ---------------------------------------------------------------- the command line


@pytest.mark.parametrize("text", ["0.1:0.9:9", "80 nm : 90 nm : 9"])
def test_ranges_of_other_programs_are_told_how_they_are_written(text):
    with pytest.raises(so.InputError, match=r"a range is written '.+ \.\.\. .+ in 9'"):
        read_axis("device.filling", text)


def test_a_folder_that_cannot_be_is_called_by_its_name():
    answer = invoke("run", "step-current", "--out", "/proc/x")
    assert answer.exit_code == 1
    assert answer.stderr.startswith("/proc/x: ")


def test_extras_are_those_of_the_package_and_are_marked():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert {name: {entry.split(">")[0] for entry in declared[name]} for name in EXTRAS} == {
        name: set(packages) for name, packages in EXTRAS.items()
    }
    listed = " ".join(invoke("list").stdout.split())
    assert "pip install pyamg" in listed


def test_a_material_that_is_not_there_says_how_to_bring_one():
    refused(invoke("check", "step-current", "--set", "device.material=hafnium_oxide"), "file.py:name", "lithium_titanate")


SCRIPT = """
import sys, os, signal, typer, solion.cli as cli
@cli.app.command()
def probe():
    print("\\u03c4 \\u2192 \\u03a9")
    try:
        os.kill(os.getpid(), signal.SIGTERM)
    except KeyboardInterrupt:
        print("interrupted")
sys.argv = ["solion", "probe"]
cli.main()
"""


def test_any_terminal_can_be_written_to_and_sigterm_is_an_interruption():
    environment = os.environ | {"PYTHONIOENCODING": "cp1252", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "interrupted" in done.stdout
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no device that is always full")
@pytest.mark.parametrize("words", [("list",), ("show", "lithium_titanate"), ("--help",)])
def test_words_that_cannot_be_written_are_told_in_a_sentence(words):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "solion", *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr.strip() == "solion: what it says cannot be written: No space left on device."


def test_an_interruption_does_not_wait_for_the_compiler():
    script = """
import sys, time, solion.cli as cli
from solion.base import compiled
compiled._compilers().submit(time.sleep, 60)
cli.app = lambda: sys.exit(130)
cli.main()
"""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, timeout=50, check=False)
    assert done.returncode == 130


def test_spectra_are_written_and_have_arcs(tmp_path):
    frequency = np.geomspace(1e-1, 1e7, 60)
    omega = 2j * np.pi * frequency
    impedance = 1 + 10 / (1 + omega * 10 * 1e-8) + 100 / (1 + omega * 100 * 1e-5)
    words = {"units": "ohm"}
    attributes = {"title": "t", "status": "finished", "message": "m", "audit": "{}", "warnings": "[]"}
    data = xr.Dataset(
        {"impedance_real": ("frequency", impedance.real, words), "impedance_imaginary": ("frequency", impedance.imag, words)},
        {"frequency": ("frequency", frequency, {"units": "Hz"})},
        attributes | {"scales": json.dumps({})},
    )
    text = so.Result(data).to_csv(tmp_path / "spectrum.csv").read_text()
    assert text.startswith("frequency [Hz],impedance_real [ohm],impedance_imaginary [ohm]")
    found = {metric.name: metric.value for metric in so.views.metrics(data)}
    assert found["arc_1_resistance"] == pytest.approx(10, rel=0.02)
    assert found["arc_2_resistance"] == pytest.approx(100, rel=0.02)
    assert found["arc_2_capacitance"] == pytest.approx(1e-5, rel=0.05)


def test_an_own_wetting_whose_slope_is_not_that_of_its_energy_is_refused():
    class Wrong(so.laws.LinearWetting):
        def slope(self, composition):
            return -jax.grad(self.energy)(composition)

    so.laws.check(so.laws.LinearWetting(strength=0.3))
    with pytest.raises(so.InputError, match="is not the derivative"):
        so.laws.check(Wrong(strength=0.3))
