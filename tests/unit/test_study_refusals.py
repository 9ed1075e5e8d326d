"""Every study that cannot be is refused in one sentence that names file, key and value."""

import copy
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from solion.base.errors import InputError
from solion.cli import app
from solion.study import builtin_studies, interpret
from solion.study.files import dump, parse

STUDIES = {name: parse(text.read_text(encoding="utf-8"), name) for name, text in builtin_studies().items()}
BASE = STUDIES["lto4-voltammogram"]

# (dotted key, value or None to leave it out, what the sentence must hold)
REFUSED = [
    ("device.thicknes", "80 nm", ["device.thicknes", "did you mean 'thickness'"]),
    ("device.top.rat", 1.0, ["device.top.rat", "did you mean 'rate'"]),
    ("device.material.exponant", 0.7, ["device.material.exponant", "did you mean 'exponent'"]),
    ("protocol.0.cycle", 2, ["protocol.0.cycle", "did you mean 'cycles'"]),
    ("numerix", {}, ["numerix", "did you mean 'numerics'"]),
    ("device", None, ["device is missing"]),
    ("protocol", None, ["protocol is missing"]),
    ("device.filling", None, ["device.filling is missing"]),
    ("device.top.rate", None, ["device.top.rate is missing"]),
    ("device.bottom.law", None, ["device.bottom.law is missing", "butler_volmer"]),
    ("protocol.0.rate", None, ["protocol.0.rate is missing"]),
    ("device.thickness", "80 s", ["device.thickness = '80 s'", "give it in m"]),
    ("device.thickness", 80e-9, ["device.thickness = 8e-08", "no unit", "give it in m"]),
    ("device.thickness", "80", ["device.thickness", "no unit"]),
    ("device.thickness", "eighty nm", ["device.thickness", "not a number with a unit"]),
    ("device.thickness", "80 nmm", ["device.thickness", "unknown unit", "did you mean 'nm'"]),
    ("device.thickness", "3 tau_D", ["device.thickness", "tau_D"]),
    ("protocol.0.rate", "50 mV", ["protocol.0.rate = '50 mV'", "V/s"]),
    ("protocol.0.limits", ["-1 A", "1 A"], ["protocol.0.limits", "give it in V"]),
    ("device.top.rate", "3 V", ["device.top.rate = '3 V'", "i_D"]),
    ("device.filling", "0.1", ["device.filling", "plain number"]),
    ("device.thickness", "1e-300 nm", ["device.thickness", "allowed range [1e-10, 0.01] m"]),
    ("device.material.electron_sites", 0.01, ["device.material.electron_sites", "defects"]),
    ("device.thickness", "-80 nm", ["device.thickness = '-80 nm'", "allowed range [1e-10, 0.01] m"]),
    ("device.filling", 1.2, ["device.filling = 1.2", "allowed range (0, 1)"]),
    ("device.filling", 0, ["device.filling = 0", "allowed range (0, 1)"]),
    ("device.top.asymmetry", 1.0, ["device.top.asymmetry = 1.0", "allowed range (0, 1)"]),
    ("device.bottom.asymmetry", -0.1, ["device.bottom.asymmetry = -0.1", "allowed range (0, 1)"]),
    ("protocol.0.limits", ["3 V", "-3 V"], ["protocol.0", "limits = (3, -3) V are reversed"]),
    ("protocol.0.limits", ["3 V"], ["protocol.0", "limits"]),
    ("protocol.0.limits", "3 V", ["protocol.0", "limits"]),
    ("protocol.0.rate", "-50 mV/s", ["protocol.0", "rate", "allowed range (0, inf)"]),
    ("protocol.0.cycles", 0, ["protocol.0.cycles = 0", "[1, 100000]"]),
    ("protocol.0.repeat", 1.5, ["protocol.0.repeat = 1.5", "whole number"]),
    ("protocol.0.kind", "hodl", ["protocol.0.kind = 'hodl'", "did you mean 'hold'"]),
    ("protocol.0.terminal", "side", ["protocol.0.terminal = 'side'", "known: top"]),
    ("protocol.0.compliance", {"current": "-1 A"}, ["protocol.0", "current"]),
    ("protocol.0.until", {"quantity": "current"}, ["protocol.0.until.above is missing"]),
    ("protocol.0.until", {"quantity": "curent", "above": 1}, ["protocol.0.until.quantity", "did you mean 'current'"]),
    ("protocol.0.until", {"quantity": "current", "above": 1}, ["protocol.0.until.above = 1", "no unit"]),
    ("protocol", [], ["protocol = []", "[[protocol]]"]),
    ("device.top.law", "butler_vollmer", ["device.top.law", "did you mean 'butler_volmer'"]),
    ("device.kind", "film_memristors", ["device.kind", "did you mean 'film_memristor'"]),
    ("device.material.name", "lithium_titanat", ["device.material.name", "did you mean 'lithium_titanate'"]),
    ("initial.rich_at", "left", ["initial", "'left'", "'top' or 'bottom'"]),
    ("numerics.cells", 2, ["numerics.cells = 2", "[8, 100000]"]),
    ("numerics.cells", True, ["numerics.cells = True", "whole number"]),
    ("numerics.relative", 2.0, ["numerics.relative = 2.0", "[1e-13, 0.1]"]),
    ("output.watch", {"voltag": "1 V"}, ["output.watch.voltag", "did you mean 'voltage'"]),
    ("device.material.electron_sites", 0.05, ["device.filling = 0.1", "allowed range (0, 0.04)"]),
    ("protocol.0.samples", 100_000, ["600000 samples", "fewer samples"]),
    ("device.filling", math.nan, ["device.filling = nan", "finite"]),
    ("device.top.rate", math.nan, ["device.top.rate = nan", "finite"]),
    ("device.area", math.inf, ["device.area = inf"]),
    ("device.thickness", "nan nm", ["device.thickness = 'nan nm'", "not a number"]),
    ("device.thickness", "1e999 nm", ["device.thickness = '1e999 nm'", "finite"]),
    ("device.top.rate", 10**400, ["device.top.rate", "finite"]),
    ("numerics.absolute", math.nan, ["numerics.absolute = nan", "finite"]),
    ("protocol.0.start", math.nan, ["protocol.0.start = nan"]),
]


def changed(data, key, value):
    """A copy with one dotted key set, or left out where ``value`` is None."""
    data = copy.deepcopy(data)
    *path, last = key.split(".")
    table = data
    for part in path:
        table = table[int(part)] if isinstance(table, list) else table.setdefault(part, {})
    if value is None:
        del table[last]
    else:
        table[last] = value
    return data


def refused(arguments, folder):
    """The sentence with which the command line refuses, having checked that it is one and nothing was written."""
    before = sorted(folder.rglob("*"))
    answer = CliRunner().invoke(app, arguments)
    assert answer.exit_code == 2, answer.output
    assert sorted(folder.rglob("*")) == before
    assert answer.stdout == ""
    (sentence,) = answer.stderr.splitlines()
    assert "Traceback" not in sentence
    assert sentence.endswith(".")
    return sentence


@pytest.mark.parametrize("command", ["check", "run"])
@pytest.mark.parametrize(("key", "value", "holds"), REFUSED)
def test_bad_values_are_refused_in_one_sentence(key, value, holds, command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.toml").write_text(dump(changed(BASE, key, value)))
    sentence = refused([command, "bad.toml"], tmp_path)
    assert sentence.startswith("bad.toml: ")
    for text in holds:
        assert text in sentence


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("", "the file is empty"),
        ("time,value\n", "no line holds numbers"),
        ("0,0\n", "1 rows are too few"),
        ("0,0\n2,1\n1,2\n", "time falls from 2 s to 1 s"),
        ("0,0\n1,nan\n", "line 2 holds no number"),
        ("0,0\nnan,1\n", "line 2 holds no number"),
        ("0,0\n1,inf\n", "line 2 holds no number"),
        ("time,value\n0,0\n1,one\n", "'one' is not a number"),
        ("time [A],voltage [V]\n0,0\n1,1\n", "wrong unit 'A'"),
        ("time [s],current [A]\n0,0\n1,1\n", "'voltage' is missing"),
        ("0,0\n1\n", "line 2 has 1 cells"),
        ("0,0\n0,1\n", "same time"),
        (None, "is not a file"),
    ],
)
def test_bad_waveforms_are_refused(text, holds, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data = changed(BASE, "protocol", [{"kind": "waveform", "source": "wave.csv"}])
    (tmp_path / "bad.toml").write_text(dump(data))
    if text is not None:
        (tmp_path / "wave.csv").write_text(text)
    sentence = refused(["check", "bad.toml"], tmp_path)
    assert sentence.startswith("bad.toml: protocol.0")
    assert "wave.csv" in sentence
    assert holds in sentence


@pytest.mark.parametrize(
    ("content", "holds"),
    [(b"a = ", "not TOML"), (b"\xff\xfe\x00", "UTF-8"), (b"a = " + b"[" * 500, "nested"), (b"a=1\na=2", "not TOML")],
)
def test_files_that_are_no_studies_are_refused(content, holds, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.toml").write_bytes(content)
    sentence = refused(["check", "bad.toml"], tmp_path)
    assert sentence.startswith("bad.toml: ")
    assert holds in sentence


@pytest.mark.parametrize("command", ["check", "run", "show"])
def test_unknown_names_are_refused_with_the_nearest(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "did you mean 'lto4-voltammogram'" in refused([command, "lto4-voltamogram"], tmp_path)


def test_a_folder_without_a_result_has_no_report(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "holds no result.nc" in refused(["report", "nowhere"], tmp_path)


def leaves(table, path=()):
    """Paths of all entries of nested tables."""
    items = table.items() if isinstance(table, dict) else enumerate(table) if isinstance(table, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from leaves(value, (*path, key))


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(
        [
            "1 V",
            "-3 V_T",
            "1e300 V_T",
            "0.1 i_D",
            "2 tau_D",
            "5 nm",
            "0 s",
            "1 K",
            "1 /",
            "1 **",
            "1 V^999",
            "1 degC/s",
            "hold",
            "uniform",
            "marcus_hush_chidsey",
            "current",
            "top",
            "x.py:f",
            ".py:",
            "1 ()",
            "1 V_T/0",
            "1 %",
        ]
    ),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["law", "kind", "rate", "name", "voltage", "quantity"]) | st.text(max_size=4), inner, max_size=3
        )
    ),
    max_leaves=4,
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(st.sampled_from(sorted(STUDIES)), st.data())
def test_random_studies_are_accepted_or_refused(name, draw):
    data = copy.deepcopy(STUDIES[name])
    for _ in range(draw.draw(st.integers(1, 3))):
        path = draw.draw(st.sampled_from(list(leaves(data)) or [("title",)]))
        table = data
        for part in path[:-1]:
            table = table[part]
        action = draw.draw(st.sampled_from(["replace", "remove", "add"]))
        if action == "remove":
            del table[path[-1]]
        elif action == "replace" or isinstance(table, list):
            table[path[-1]] = draw.draw(VALUES)
        else:
            table[draw.draw(st.text(max_size=6))] = draw.draw(VALUES)
    sentence = "study: ."
    try:
        interpret(data)
    except InputError as error:
        sentence = str(error)
    assert sentence.startswith("study: ")
    assert sentence.endswith(".")
