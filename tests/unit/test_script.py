"""The script of a study makes the same device, the same experiment and the same numbers."""

import numpy as np
import pytest
from typer.testing import CliRunner

import solion as so
from solion.cli import app
from solion.study.script import _same, script

ONE_OF_EACH = (  # a study of each device, with every kind of table
    "pulse-train",
    "heated-voltammogram",
    "layered-film",
    "film-patch-in-space",
    "filament-memristor",
    "film-critical-point",
    "hydrogen-synapse-air",
    "coating-top-deposit",
    "llzo-polycrystal-impedance",
    "lithium-cell-staircase",
    "alloy-rate-table",
    "anisotropic-wire",
)


SMALL = ["numerics.cells=20", "protocol.0.samples=3", "protocol.1.samples=5", "protocol.1.duration=0.5 tau_D"]


def executed(text):
    """The names of a script, with what it would run as a function that was not called."""
    head, _, run = text.partition("\nresult = ")
    names = {}
    exec(compile(head, "script", "exec"), names)
    return names, run.partition("\nprint(")[0]


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_the_parts_are_the_same(name):
    study = so.study.load(name)
    names, run = executed(script(study))
    assert _same(names["device"], study.device)
    made, call = {}, run.partition("(")[0]
    if call == "so.simulate":
        names["so"] = type("Spy", (), {"__getattr__": lambda _, key: getattr(so, key)})()
        names["so"].simulate = lambda device, protocol, **more: made.update(more, protocol=protocol)
        eval(run, names)
        assert _same(made["protocol"], study.experiment.protocol)
        given = {key: value for key, value in made.items() if key in vars(study.experiment)}
        assert _same(type(study.experiment)(**given).completed(study.device), study.experiment)
        return
    experiment = eval(run.partition(").run(")[0] + ")", names)
    assert type(experiment) is type(study.experiment)
    for key, value in vars(study.experiment).items():
        if key not in ("sources", "microstructure"):
            assert _same(getattr(experiment, key), value), key


def test_the_script_gives_the_same_numbers(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    study = so.study.load("step-current", SMALL)
    names = {}
    exec(compile(script(study), "script", "exec"), names)
    ours = study.run().dataset
    assert names["result"].dataset.data_vars.keys() == ours.data_vars.keys()
    for key in ours.data_vars:
        np.testing.assert_array_equal(names["result"].dataset[key].values, ours[key].values)
    assert (tmp_path / "step-current-report" / "report.html").is_file()
    assert study.title in capsys.readouterr().out


def test_own_python_is_imported_from_its_file_and_what_has_no_name_is_refused(tmp_path):
    (tmp_path / "own.py").write_text(
        "def rate(eta, surface):\n    return eta\n\ndef hidden():\n    return lambda eta, surface: eta\n\nnameless = hidden()\n"
    )
    text = so.study.builtin_studies()["lto4-voltammogram"].read_text()
    text = text.replace('law = "butler_volmer"\nrate = 1e-3 ', 'law = "own.py:rate"\n# ').replace("asymmetry = 0.3 ", "# ")
    text = "\n".join(line for line in text.splitlines() if not line.startswith(('"device.top.rate', '"device.top.asym')))
    (tmp_path / "study.toml").write_text(text)
    written = script(so.study.load(tmp_path / "study.toml"))
    assert "from own import rate" in written
    (tmp_path / "nameless.toml").write_text(text.replace("own.py:rate", "own.py:nameless"))
    with pytest.raises(so.InputError, match="has no name; run the study instead"):
        script(so.study.load(tmp_path / "nameless.toml"))


def test_the_command_prints_it():
    found = CliRunner().invoke(app, ["script", "retention", "--set", "device.filling=0.25"])
    assert "filling=0.25" in found.stdout
    compile(found.stdout, "script", "exec")
