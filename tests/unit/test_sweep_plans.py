"""What a sweep runs: axes as people write them, samples, points; and every sweep that cannot be is refused in one sentence."""

import json
import re
import socket
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from solion.base.errors import InputError
from solion.cli import app
from solion.explore import sweep
from solion.explore.sweeps import make_plan, plan_of, sweep_schema
from solion.explore.sweeps.axes import read_axis
from solion.explore.sweeps.sampling import sample
from solion.study import load

CURRENT = "protocol.1.current, protocol.0.current.1"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("given", "values", "unit"),
    [
        ("0.1 ... 0.9 in 5", (0.1, 0.3, 0.5, 0.7, 0.9), "1"),
        ("80 ... 120 nm in 3", (80.0, 100.0, 120.0), "nm"),
        ("80 nm ... 0.12 um in 3", (80.0, 100.0, 120.0), "nm"),
        ("1e-4 ... 1e-2 in 3 log", (1e-4, 1e-3, 1e-2), "1"),
        ("-2 V_T … 2 V_T in 3", (-2.0, 0.0, 2.0), "V_T"),
        ("1 ... 4 in 6 whole", (1.0, 2.0, 3.0, 4.0), "1"),
        ("80 nm, 0.1 um", (80.0, 100.0), "nm"),
        ("butler_volmer, marcus", ("butler_volmer", "marcus"), ""),
        ("true, false", (True, False), ""),
        (np.array([0.1, 0.2]), (0.1, 0.2), "1"),
        ("[[1, 2], [1, 3]]", ([1, 2], [1, 3]), ""),
    ],
)
def test_axes_as_people_write_them(given, values, unit):
    axis = read_axis("a.b", given).grid()
    assert axis.values == values
    assert axis.unit == unit


def test_several_keys_vary_together_one_of_them_against_the_other():
    axis = read_axis("protocol.0.limits.1, -protocol.0.limits.0", "100 V_T ... 150 V_T in 2").grid()
    assert axis.settings(150.0) == {"protocol.0.limits.1": "150 V_T", "protocol.0.limits.0": "-150 V_T"}


@pytest.mark.parametrize(
    ("key", "given", "holds"),
    [
        ("a.b", "0.9 ... 0.1 in 3", "the range is empty"),
        ("a.b", "0.5 ... 0.5 in 3", "the range is empty"),
        ("a.b", "", "the list of values is empty"),
        ("a.b", [], "the list of values is empty"),
        ("a.b", "0.1 ... 0.9", "has no number of points"),
        ("a.b", "0.1 ... 0.9 in 0", "no whole number in [2,"),
        ("a.b", "0.1 ... 0.9 in 9 lgo", "did you mean 'log'"),
        ("a.b", "-1 ... 1 in 3 log", "begins above zero"),
        ("a.b", "80 nm ... 2 s in 3", "2 s is not in nm"),
        ("a.b", "80 nm, 2 s", "2 s is not in nm"),
        ("a.b", "80 nm, 2", "2 has no unit, and the first value is in nm"),
        ("a.b", "2, 80 nm", "80 nm has a unit, and the first value has none"),
        ("a.b", "1, x", "'x' is no number"),
        ("a.b", "1, 1", "1.0 stands there twice"),
        ("a.b", "1 ... x in 3", "ends of a range are numbers"),
        ("a.b", [1.0, float("nan")], "finite"),
        ("a.b", 5, "no range and no list"),
        ("a.b, a.b", "1, 2", "names a key twice"),
        ("-a.b", "1, 2", "cannot be negated"),
        ("a.b, -a.c", "x, y", "negative of a value that is no number"),
        ("a..b", "1, 2", "no key of a study"),
        ("title", "a, b", "no run depends on it"),
    ],
)
def test_axes_that_cannot_be(key, given, holds):
    with pytest.raises(InputError) as caught:
        read_axis(key, given).grid()
    assert holds in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol"])
def test_samples_fill_their_ranges_and_are_the_same_for_the_same_seed(kind):
    over = {"device.filling": "0.1 ... 0.9", "device.top.rate": "1e-4 ... 1 log", "initial.rich_at": "top, bottom"}
    axes = tuple(read_axis(key, given) for key, given in over.items())
    first, again, other = (sample(axes, kind, 32, seed) for seed in (1, 1, 2))
    assert first == again
    assert first[0].values != other[0].values
    counts, _ = np.histogram(first[0].values, 8, (0.1, 0.9))
    np.testing.assert_array_equal(counts, 4)  # both kinds put as many points into each of 8 equal strips
    decades, _ = np.histogram(np.log10(first[1].values), 4, (-4, 0))
    np.testing.assert_array_equal(decades, 8)
    assert first[2].values.count("top") == 16


def test_points_of_a_file_with_units_in_their_headings(tmp_path):
    (tmp_path / "p.csv").write_text("device.filling, device.thickness [nm], note\n0.2, 80, a\n0.4, 100, b\n")
    plan = make_plan("step-current", ["device.filling", "device.thickness"], points="p.csv")
    assert plan.point(1) == {"device.filling": 0.4, "device.thickness": 100.0}
    assert plan.changes(1) == {"device.filling": 0.4, "device.thickness": "100 nm"}
    (tmp_path / "p.csv").write_text("device.filling;device.thickness [nm]\n0,2;80\n0,4;100,5\n")
    assert make_plan("step-current", points="p.csv").point(1) == {"device.filling": 0.4, "device.thickness": 100.5}
    tables = make_plan("step-current", points=[{"device.filling": 0.2}, {"device.filling": 0.4}])
    assert tables.count == 2


@pytest.mark.parametrize(
    ("text", "over", "holds"),
    [
        ("device.filling,device.thickness\n0.2,80 nm\n0.4\n", [], "line 3 has 1 columns where the first line names 2"),
        ("device.filling\n0.2\n", ["device.fillin"], "no column 'device.fillin' (did you mean 'device.filling'?)"),
        ("device.filling,device.thickness\n0.2,\n", [], "line 2: device.thickness is empty"),
        ("device.filling\n", [], "has no points"),
        ("", [], "has no points"),
        ("device.filling,\n0.2,3\n", [], "column 2 has no heading"),
        ("device.filling,device.filling\n0.2,3\n", [], "stands there twice"),
        ("device.thickness [nm]\nx\n", [], "'x' is no plain number"),
        ("device.thickness [s]\n80\n", [], "wrong unit 's'"),
        ("device.thickness\n80\n", [], "has no unit"),
        ("device.thickness\n80 nm\n5 s\n", [], "5 s is not in nm"),
        ("device.fillin\n0.2\n", [], "did you mean 'filling'"),
    ],
)
def test_files_of_points_that_cannot_be(tmp_path, text, over, holds):
    (tmp_path / "p.csv").write_text(text)
    arguments = [part for key in over for part in ("--over", key)]
    refused(["step-current", "--points", "p.csv", *arguments], holds)


def refused(arguments, *holds):
    """A command line that is refused in one sentence, with exit code 2 and nothing written."""
    answer = CliRunner().invoke(app, ["sweep", *arguments])
    assert answer.exit_code == 2, answer.output
    assert len(answer.stderr.splitlines()) == 1
    for text in holds:
        assert text in answer.stderr
    assert not Path("runs").exists()


FILLING = ["--over", "device.filling=0.1 ... 0.9 in 3"]


@pytest.mark.parametrize(
    ("arguments", "holds"),
    [
        ([], ["nothing is swept"]),
        (["--over", "device.fillin=0.1, 0.2"], ["device.fillin is not a known key (did you mean 'filling'?)"]),
        (["--over", "device.filling=0.1, 1.2"], ["device.filling = 1.2 is outside its allowed range (0, 1)"]),
        (["--over", "device.filling=0.9 ... 0.1 in 3"], ["the range is empty"]),
        (["--over", "device.thickness=80 s ... 90 s in 3"], ["device.thickness = '80 s'", "give it in m"]),
        (["--over", "device.thickness=80, 90"], ["no unit", "give it in m"]),
        (["--over", "device.top.law=butler_volmer, marcuss"], ["'marcuss'", "known: activated_transfer, area_resistance"]),
        (["--over", "protocol.7.current=1 A, 2 A"], ["'7' is no entry of a list of 2"]),
        (["--over", "numerics.cells=20 ... 30 in 4"], ["numerics.cells = 23.33", "whole number"]),
        (["--over", "device.filling"], ["it has no values"]),
        ([*FILLING, "--over", "device.filling=0.3, 0.4"], ["device.filling is given twice"]),
        ([*FILLING, "--set", "device.filling=0.3"], ["device.filling is swept and set"]),
        ([*FILLING, "--points", "p.csv"], ["points name the values of every key"]),
        (["--points", "p.csv"], ["p.csv", "cannot be read"]),
        ([*FILLING, "--sample", "sobl", "--runs", "4"], ["did you mean 'sobol'"]),
        ([*FILLING, "--sample", "sobol", "--runs", "4"], ["no number of points of its own"]),
        (["--over", "device.filling=0.1 ... 0.9", "--sample", "sobol"], ["a sample needs a number of runs"]),
        ([*FILLING, "--runs", "4"], ["belong to a sample"]),
        ([*FILLING, "--executor", "thread"], ["did you mean 'threads'"]),
        ([*FILLING, "--workers", "0"], ["workers = 0"]),
        ([*FILLING, "--force", "--resume"], ["give one of them"]),
        ([*FILLING, "--scheduler", "nonsense"], ["the scheduler at nonsense cannot be reached", "tcp://host:port"]),
        ([*FILLING, "--scheduler", "tcp://127.0.0.1:1"], ["the scheduler at tcp://127.0.0.1:1 cannot be reached"]),
        ([*FILLING, "--scheduler", "tcp://127.0.0.1:1", "--workers", "2"], ["a scheduler has workers of its own"]),
        (["--over", "device.filling=0.1 ... 0.9 in 1000", "--over", "device.top.rate=0.1 ... 1 in 1000"], ["1000000 runs"]),
    ],
)
def test_sweeps_that_cannot_be(arguments, holds):
    refused(["step-current", *arguments], *holds)


def test_a_scheduler_that_says_nothing_is_given_up_after_seconds(monkeypatch):
    monkeypatch.setattr("solion.explore.sweeps.executors.ANSWER", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        refused(["step-current", *FILLING, "--scheduler", f"tcp://127.0.0.1:{mute.getsockname()[1]}"], "does not answer")


def test_without_the_cluster_package_a_scheduler_is_refused(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    refused(["step-current", *FILLING, "--scheduler", "tcp://127.0.0.1:1"], "pip install distributed")


FILE = """
study = "step-current"
metrics = ["charge"]
[set]
numerics.cells = 20
[over]
device.filling = "0.1 ... 0.9 in 3"
"protocol.1.current, protocol.0.current.1" = ["0.1 i_D", "0.2 i_D"]
"""


def test_a_sweep_file_says_what_the_command_line_says(tmp_path):
    (tmp_path / "mine.toml").write_text(FILE)
    plan = plan_of("mine.toml")
    line = plan_of(
        "step-current",
        ["device.filling=0.1 ... 0.9 in 3", f"{CURRENT}=0.1 i_D, 0.2 i_D"],
        settings=["numerics.cells=20"],
        metrics=["charge"],
    )
    assert (plan.shape, plan.name) == ((3, 2), "mine")
    assert plan.fingerprint() == line.fingerprint()
    finer = plan_of("mine.toml", ["device.filling=0.1 ... 0.9 in 5"], settings=["numerics.cells=30"])
    assert finer.shape == (5, 2)
    assert finer.study.experiment.cells == 30
    assert finer.fingerprint() != plan.fingerprint()


def test_a_study_beside_a_sweep_file_and_a_study_at_hand(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "study.toml").write_text(load("step-current", ["device.area=1 mm^2"]).to_toml())
    (tmp_path / "deep" / "mine.toml").write_text('study = "study.toml"\npoints = "p.csv"\n')
    (tmp_path / "deep" / "p.csv").write_text("device.filling\n0.2\n0.4\n")
    plan = plan_of("deep/mine.toml")
    assert plan.axes[0].values == (0.2, 0.4)
    assert float(plan.study.device.area) == 1e-6
    again = make_plan(load("step-current", ["device.area=1 mm^2"]), {"device.filling": [0.2, 0.4]})
    assert float(again.study.device.area) == 1e-6


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        (("study", "studdy"), ["mine.toml", "studdy", "did you mean 'study'"]),
        (('"step-current"', '"step-curent"'), ["step-curent", "no file and no built-in study"]),
        (('["charge"]', '"charge"'), ["mine.toml", "metrics"]),
        (("0.1 ... 0.9 in 3", "0.9 ... 0.1 in 3"), ["mine.toml", "range is empty"]),
        (("device.filling", "device.fillin"), ["mine.toml", "did you mean 'filling'"]),
        (("[set]", '[sample]\nkind = "sobl"\nruns = 4\n[set]'), ["sample.kind", "sobl"]),
    ],
)
def test_sweep_files_that_cannot_be(tmp_path, change, holds):
    (tmp_path / "mine.toml").write_text(FILE.replace(*change, 1))
    refused(["mine.toml"], *holds)


def test_the_schema_of_sweep_files_knows_their_keys():
    answer = CliRunner().invoke(app, ["schema", "--sweep"])
    assert set(json.loads(answer.stdout)["properties"]) == {"study", "over", "points", "sample", "set", "metrics", "curves"}
    assert sweep_schema()["additionalProperties"] is False


def test_a_value_that_only_some_other_values_allow_is_not_refused_beforehand():
    plan = make_plan("step-current", {"device.filling": [0.5, 0.1], "device.material.electron_sites": [0.3, 1.6667]})
    assert plan.start == 3  # the first point that can be among the first, the last and the middle one
    with pytest.raises(InputError, match="allowed range"):
        make_plan("step-current", {"device.filling": [0.5, 0.6], "device.material.electron_sites": [0.3, 0.4]})


def test_settings_do_not_go_with_a_study_at_hand():
    with pytest.raises(InputError, match="loaded already"):
        sweep(load("step-current"), {"device.filling": [0.2]}, settings=["numerics.cells=20"])


ROOT = Path(__file__).parents[2]


def test_what_the_documentation_shows_holds():
    plan = plan_of(str(ROOT / "examples" / "switching-map.toml"))
    assert plan.shape == (17, 16)
    page = (ROOT / "docs" / "sweeps.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*`) \| ", page.partition("Several keys")[0], re.MULTILINE)
    written = [text for row in rows for text in row.split("`")[1::2] if "..." in text or ", " in text]
    assert len(written) >= 7
    for text in written:
        assert read_axis("a.b", text).grid().values
    (block,) = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    names: dict = {}
    exec(compile(block, "sweeps.md", "exec"), names)
    assert names["data"].sizes == {"device.filling": 3, "initial.rich_at": 2}
