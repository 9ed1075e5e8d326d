"""Studies of polycrystals: files, what they refuse, the folder of a run, and sweeps over seeds and layers."""

import copy
import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

import solion as so
from solion.analysis.hot_spots import falls_below
from solion.base.errors import InputError
from solion.cli import app
from solion.devices.polycrystal import ContactPatches, RandomPatches
from solion.experiments.conduction import Elements, Voxels, hot_spot, section
from solion.explore import hot_spot_extremes, layer_map, seed_quantiles, sweep
from solion.explore.sweeps import LayerMap, plan_of
from solion.laws import LogNormalBoundary, MisorientationBoundary
from solion.study import execute, interpret, load, schema
from solion.study.folder import stored

ROOT = Path(__file__).parents[2]

TINY = """
title = "Tiny"
[sources]
"device.layers.0.thickness" = "stated: a test"
"microstructure.grain_size" = "stated: a test"
[device]
kind = "polycrystal"
grain = "llzo_grain"
boundary = { law = "uniform_boundary", thickness = "5 nm", conductivity = "2.5e-7 S/cm" }
[[device.layers]]
thickness = "5 um"
conductivity = "1e-4 S/cm"
[microstructure]
kind = "voronoi"
box = ["30 um", "30 um"]
grain_size = "10 um"
seed = 1
[numerics]
engine = "elements"
junctions = "50 nm"
faces = "1 um"
bulk = "3 um"
"""


@pytest.fixture
def data():
    return tomllib.loads(TINY)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run in a folder, with a spectrum."""
    folder = tmp_path_factory.mktemp("runs") / "tiny"
    data = tomllib.loads(TINY) | {
        "spectrum": {"frequencies": ["1 Hz", "1 kHz", "10 MHz"]},
        "printed": [{"name": "decay", "printed": "3 um", "metric": "decay_depth_top", "standing": "predicted", "why": "a test"}],
    }
    return execute(interpret(data), folder), folder


def test_a_file_becomes_the_device_that_python_builds(data):
    study = interpret(data)
    device = so.devices.lu2021(1.0)
    assert study.device.boundary.conductivity == pytest.approx(device.boundary.conductivity)
    assert study.device.grain.conductivity == device.grain.conductivity
    assert float(study.device.layers[0].conductivity) == pytest.approx(1e-2)
    assert study.experiment.solver() == Elements(so.experiments.Sizes(50e-9, 1e-6, 3e-6))
    assert study.experiment.voltage is None
    assert "the study is in order" in study.outline()
    rows = {row.path: row for row in study.rows()}
    assert rows["layers.0.thickness"].provenance == rows["microstructure.grain_size"].provenance == "stated"
    assert rows["microstructure.box.1"].value == pytest.approx(30e-6)


def test_laws_inside_laws_and_electrodes_in_patches(data, tmp_path):
    data["device"]["boundary"] = {
        "law": "misorientation_boundary",
        "threshold": "12 degree",
        "seed": 3,
        "low": "transparent_boundary",
        "high": {
            "law": "log_normal_boundary",
            "spread": 0.5,
            "seed": 4,
            "typical": {"law": "uniform_boundary", "thickness": "5 nm", "conductivity": "1e-7 S/cm"},
        },
    }
    data["device"]["bottom"] = {
        "law": "contact_patches",
        "electrode": {"law": "charge_transfer", "resistance": "1 ohm cm^2"},
        "covered": {"law": "random_patches", "share": 0.3, "size": "2 um", "seed": 5},
    }
    (tmp_path / "mine.py").write_text("def resistance(position):\n    return 1e-4 + 0 * position[:, 0]\n")
    data["device"]["top"] = {"law": "resistance_field", "resistance": "mine.py:resistance"}
    device = interpret(data, folder=tmp_path).device
    assert isinstance(device.boundary, MisorientationBoundary)
    assert device.boundary.seed == 3
    assert isinstance(device.boundary.high, LogNormalBoundary)
    assert isinstance(device.bottom, ContactPatches)
    assert device.bottom.covered == RandomPatches(0.3, 2e-6, seed=5)
    assert float(device.bottom.electrode.resistance) == pytest.approx(1e-4)
    assert device.top.contact(np.zeros((2, 1))).admittance == pytest.approx([1e4, 1e4])


def test_random_patches_cover_their_share_and_are_whole():
    cover = RandomPatches(0.3, 1e-6, seed=1)
    places = (np.arange(20_000)[:, None] + 0.5) * 1e-6
    assert cover(places).mean() == pytest.approx(0.3, abs=0.02)
    assert (cover(places) == cover(places + 0.4e-6)).all()


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("device.boundary.conductivity", 2.5e-7, "has no unit; give it in S/m"),
        ("device.boundary.law", "uniform_bondary", "did you mean 'uniform_boundary'?"),
        (
            "device.boundary",
            {"law": "log_normal_boundary", "spread": 0.5, "typical": {"law": "uniform_boundary"}},
            "device.boundary.typical.thickness is missing",
        ),
        ("device.bottom", {"law": "charge_transfer", "resistance": "-1 ohm cm^2"}, "outside its allowed range (0, inf)"),
        ("device.layers.0.face", "left", "device.layers.0.face"),
        ("device.layers.0.thicknes", "1 um", "did you mean 'thickness'?"),
        ("microstructure.box", ["30 um"], "two or three lengths"),
        ("microstructure.grain_size", "1 nm", "the allowed range is 1 to 5e6 grains"),
        ("microstructure.seed", 1.5, "a whole number"),
        ("microstructure.kind", "voronoy", "did you mean 'voronoi'?"),
        ("microstructure.spread", 0.3, "microstructure.spread is not a known key"),
        ("numerics.engine", "element", "did you mean 'elements'?"),
        ("numerics.junctions", "0 nm", "outside its allowed range"),
        ("numerics.spacing", "1 um", "is not a known key"),
        ("drive", {"voltage": "1 V", "current": "1 A/m^2"}, "give one of the two"),
        ("drive", {"voltage": "0 V"}, "drives no current"),
        ("spectrum", {"low": "1 kHz", "high": "1 Hz"}, "not above low"),
        ("device.grain", {"conductivty": "0.05 S/m"}, "device.grain.conductivty is not a known key (did you mean"),
        ("microstructure", {"image": "none.png"}, "microstructure.image = 'none.png' is not a file"),
        ("drive", {"voltage": "4 V_T"}, "a unit of films and synapses"),
        ("protocol", [], "protocol is not a known key"),
        ("sources", {"device.layer.thickness": "stated: somewhere"}, "is no number of the study"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(data, key, value, words):
    so.study.files.put(data, key, value, "test")
    if key != "sources":
        del data["sources"]
    with pytest.raises(InputError) as refusal:
        interpret(data, shown="tiny.toml")
    text = str(refusal.value)
    assert text.startswith("tiny.toml: ")
    assert words in text
    assert text.count("\n") == 0
    assert text.endswith(".")


def test_engines_for_three_dimensions_and_pictures(data, tmp_path):
    flat = copy.deepcopy(data)
    data["microstructure"] |= {"box": ["20 um", "20 um", "20 um"], "sides": "mirror"}
    data["numerics"] = {"engine": "elements", "size": "6 um"}
    study = interpret(data)
    study.write(study.run(), tmp_path)
    assert {path.name for path in (tmp_path / "figures").iterdir()} >= {"map.png"}
    assert b'WholeExtent="0 64 0 64 0 ' in (tmp_path / "field.vti").read_bytes()[:1000]
    del data["numerics"]
    assert isinstance(interpret(data).experiment.solver(), Voxels)
    labels = so.LabelImage.of(so.voronoi((30e-6, 30e-6), 10e-6, seed=1), 0.5e-6).labels
    np.save(tmp_path / "labels.npy", labels)
    flat["microstructure"] = {"image": "labels.npy", "spacing": "0.5 um"}
    flat["sources"] = {}
    with pytest.raises(InputError, match="cannot take a picture"):
        interpret(flat, folder=tmp_path)
    del flat["numerics"]
    flat["microstructure"]["phases"] = [{"labels": [int(labels.max())], "conductivity": "1e-3 S/m"}]
    study = interpret(flat, folder=tmp_path)
    assert study.experiment.solver().phases == {1: pytest.approx(1e-3)}
    assert study.data["microstructure"]["image"] == str(tmp_path / "labels.npy")
    assert study.run().status == "finished"


def test_commands_for_devices_under_a_protocol_refuse_it(data, tmp_path):
    with pytest.raises(InputError, match="sensitivity needs a device under a protocol"):
        so.explore.fitting.sensitivities(interpret(data), ["hot_spot_100_nm"])
    with pytest.raises(InputError, match="nothing to resume"):
        execute(interpret(data), tmp_path / "run", resume=True)
    assert not list(tmp_path.iterdir())


def test_a_run_equals_conduct_and_keeps_everything(finished):
    result, folder = finished
    names = {entry.name for entry in folder.iterdir()}
    assert names == {"result.nc", "field.vti", "figures", "report.html", "spectrum.csv", "study.toml"}
    study = load(folder)
    own = so.conduct(study.device, study.experiment.grains.make(), engine=study.experiment.solver())
    assert float(result.dataset["current_density"]) == pytest.approx(float(own.dataset["current_density"]), rel=1e-12)
    slowest = float(result.dataset["impedance_real"][0])
    assert slowest == pytest.approx(float(result.dataset["resistance"]), rel=1e-6)
    found = {metric.name: metric.value for metric in study.metrics(result)}
    assert found["hot_spot_bottom_1_um"] == hot_spot(section(own), 1e-6).factor
    assert sum(found[f"share_{part}"] for part in ("grains", "boundaries", "layers", "interfaces", "electrodes")) == (
        pytest.approx(1)
    )
    assert found["layer_resistance"] == pytest.approx(5e-4)
    page = (folder / "report.html").read_text(encoding="utf-8")
    for words in ("Hot spots", "brick layer", "not converged", "Printed and found", "predicted", "microstructure"):
        assert words in page
    assert "<script src" not in page


def test_the_folder_reports_anew_and_is_not_overwritten(finished):
    result, folder = finished
    kept = stored(folder)
    assert kept.dataset.identical(xr.load_dataset(folder / "result.nc", engine="h5netcdf"))
    picture = (folder / "figures" / "map.png").read_bytes()
    kept.report(folder)
    assert (folder / "figures" / "map.png").read_bytes() == picture
    assert "figure-map" in (folder / "report.html").read_text(encoding="utf-8")
    study = load(folder)
    with pytest.raises(InputError, match="exists already"):
        execute(study, folder)
    del study.data["spectrum"]
    again = execute(interpret(study.data), folder, force=True)
    assert "frequency" not in again.dataset
    assert json.loads(again.dataset.attrs["audit"])["conservation"]["ok"]
    assert result.status == "finished"


def test_depth_of_decay():
    depth = np.array([1.0, 2.0, 4.0, 8.0])
    assert falls_below(depth, 1 + 0.4 / depth**2) == pytest.approx(2.0)
    assert falls_below(depth, 1 + 0.8 / depth**2) == pytest.approx(8**0.5)
    assert np.isnan(falls_below(depth, 1 + 0.2 * depth))
    assert falls_below(depth, 1.01 + 0 * depth) == 1.0


@pytest.fixture(scope="module")
def seeds(tmp_path_factory):
    """Bare cells with five seeds."""
    data = tomllib.loads(TINY)
    del data["sources"], data["device"]["layers"]
    return sweep(interpret(data), {"microstructure.seed": "0 ... 4 in 5"}, out=tmp_path_factory.mktemp("sweep") / "s")


def test_quantiles_over_seeds(seeds):
    assert set(seeds["status"].values.ravel()) == {"finished"}
    values = seeds["hot_spot_bottom_1_um"].values.ravel()
    assert len(set(values.round(6))) == 5
    found = seed_quantiles(seeds, "hot_spot_bottom_1_um").squeeze()
    assert float(found["value"].sel(probability=0.5)) == np.median(values)
    assert float(found["low"].sel(probability=0.5)) <= np.median(values) <= float(found["high"].sel(probability=0.5))
    with pytest.raises(InputError, match="did you mean"):
        seed_quantiles(seeds, "hot_spot_botom_1_um")
    fitted = hot_spot_extremes(seeds, ["hot_spot_bottom_1_um", "hot_spot_top_1_um"])
    assert fitted.area == pytest.approx(30e-6)
    assert fitted.values.size == 10
    assert fitted.median(1e-2).value > fitted.median().value


def test_map_of_layers_finds_the_one_of_least_resistance(tmp_path):
    (tmp_path / "tiny.toml").write_text(TINY)
    found = layer_map(
        ["2 um", "8 um"],
        ["1e-4 S/cm", "1e-3 S/cm"],
        ratio=2.0,
        seeds=(1, 2),
        study=tmp_path / "tiny.toml",
        settings=(),
        out=tmp_path / "map",
    )
    factor = found.dataset["factor"].values
    assert (np.diff(factor, axis=0) < 0).all()  # thicker is more even
    assert (np.diff(factor, axis=1) > 0).all()  # a more conductive layer evens out less
    page = (tmp_path / "map" / "report.html").read_text(encoding="utf-8")
    assert "Least resistance" in page or "No layer of this map" in page
    assert "Over seeds" in page


def test_least_layer_of_a_known_map():
    """H - 1 = t^-2 (conductivity/1e-2)^(1/4) for t in um: on the limit of 1.2, t^2 = 5 (conductivity/1e-2)^(1/4)."""
    thickness, conductivity = np.geomspace(1, 10, 6) * 1e-6, np.geomspace(1e-3, 1e-1, 5)
    factor = 1 + (thickness[:, None] * 1e6) ** -2 * (conductivity / 1e-2) ** 0.25
    names = ("thickness", "conductivity")
    layers = LayerMap(xr.Dataset({"factor": (names, factor)}, {"thickness": thickness, "conductivity": conductivity}))
    best = layers.least(1.2)
    assert best.conductivity == pytest.approx(0.1)
    assert best.thickness == pytest.approx((5 * 10**0.25) ** 0.5 * 1e-6, rel=1e-6)
    assert best.resistance == pytest.approx(best.thickness / 0.1)
    assert best.edge
    with pytest.raises(InputError, match="no layer of this map"):
        layers.least(1.0001)


def test_schema_holds_both_families():
    text = json.dumps(schema())
    assert "grain_size" in text
    assert "protocol" in text


def test_sweep_file_of_the_examples():
    plan = plan_of(str(ROOT / "examples" / "layer-map.toml"))
    assert plan.shape == (6, 5, 4)
    assert plan.meaning(plan.axes[0]) == "t"


def test_command_line_refuses_with_exit_code_2_and_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.toml").write_text(TINY)
    run = CliRunner().invoke(app, ["run", "tiny.toml", "--set", "microstructure.grain_sise='1 um'"])
    assert run.exit_code == 2
    assert not (tmp_path / "runs").exists()
    assert CliRunner().invoke(app, ["check", "tiny.toml"]).exit_code == 0


def test_pictures_that_carry_no_answer_leave_none(tmp_path, monkeypatch):
    """One grain, pores that cut the path, specks, iterations that do not converge: a sentence, an exit code, no folder."""
    from imageio import v3

    monkeypatch.chdir(tmp_path)
    cells = so.LabelImage.of(so.voronoi((40e-6, 40e-6), 10e-6, seed=1), 0.5e-6).cleaned().labels.T.astype(np.uint8)
    specks, cut = cells.copy(), cells.copy()
    specks[10, 10], cut[20] = 200, 0
    cases = {
        "one": (np.full_like(cells, 5), 2, "one grain only (label 1) and no pore: there is no boundary to study"),
        "cut": (cut, 2, "cut every path from the bottom electrode (z = 0) to the top one"),
        "specks": (specks, 2, "grains hold fewer than 4 voxels, which is noise"),
        "slow": (cells, 1, "did not converge: after 1 iterations"),
    }
    for name, (picture, code, words) in cases.items():
        v3.imwrite(f"{name}.png", picture)
        Path(f"{name}.toml").write_text(
            f'title = "Mine"\n[device]\nkind = "polycrystal"\ngrain = "llzo_grain"\n'
            'boundary = { law = "uniform_boundary", thickness = "5 nm", conductivity = "2.5e-7 S/cm" }\n'
            f'[microstructure]\nimage = "{name}.png"\nspacing = "0.5 um"\n'
            '[numerics]\nengine = "voxels"\niterations = 1\n'
        )
        run = CliRunner().invoke(app, ["run", f"{name}.toml", "--out", "out"])
        assert run.exit_code == code, run.output
        assert words in " ".join(run.output.split())
        assert not Path("out").exists()
    # the remedy that the refusal names
    assert "clean = true in a study" in " ".join(CliRunner().invoke(app, ["check", "specks.toml"]).output.split())
    assert CliRunner().invoke(app, ["check", "specks.toml", "--set", "microstructure.clean=true"]).exit_code == 0
