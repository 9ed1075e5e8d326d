"""Study files: units, overrides, user code, and the copy that a run leaves."""

import json
import tomllib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from solion import laws
from solion.base.errors import InputError
from solion.base.parameters import without_sources
from solion.study import builtin_studies, interpret, listing, load, quantities, schema
from solion.study.files import dump, override, parse

DATA = parse(builtin_studies()["step-current"].read_text(encoding="utf-8"), "step-current")


@pytest.fixture
def data():
    """The tables of a small study, fresh for each test."""
    return {key: value for key, value in json.loads(json.dumps(DATA)).items() if key != "sources"}


@pytest.mark.parametrize("name", list(builtin_studies()))
def test_builtin_studies_load_and_name_the_source_of_every_number(name):
    study = load(name)
    assert study.title
    assert study.description
    text = builtin_studies()[name].read_text(encoding="utf-8")
    for line in text.splitlines():
        key, equals, rest = line.partition(" = ")
        source = key.startswith(('"device.', '"microstructure.', '"experiment.'))
        if (
            equals
            and not source
            and any(digit in rest for digit in "0123456789")
            # how densely a run is read is nothing of the paper, and what the paper prints is no number of the study
            and key not in ("title", "description", "samples", "name", "printed", "metric", "found", "why")
        ):
            assert any(f"[{kind}]" in rest for kind in ("stated", "derived", "literature", "assumed", "calibrated")), line


def test_voltammogram_is_the_one_of_the_paper():
    study = load("lto4-voltammogram")
    scales = study.device.scales()
    assert float(scales.time) == pytest.approx(64.0)
    assert study.device.series_resistance == pytest.approx(100 * scales.voltage / scales.current_density)
    top = without_sources(study.device.top.transfer)
    assert isinstance(top, laws.ButlerVolmer)
    assert (top.rate, top.asymmetry) == (pytest.approx(1e-3 * scales.current_density, rel=1e-14), 0.3)
    steps = study.experiment.protocol.steps
    assert len(steps) == 6
    assert steps[0].end / scales.voltage == pytest.approx(150.0)
    assert sum(step.duration for step in steps) / scales.time == pytest.approx(2 * 600 / 125)


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("thickness", "80 nm", 80e-9),
        ("thickness", "0.08 um", 80e-9),
        ("area", "500 um * um", 500e-12),
        ("area", "2.5e-7 m2", 2.5e-7),
        ("temperature", "25 degC", 298.15),
        ("series_resistance", "2 ohm cm^2", 2e-4),
    ],
)
def test_device_quantities(data, key, text, expected):
    data["device"][key] = text
    device = interpret(data).device
    part = device.film if key == "thickness" else device
    assert getattr(part, key) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("text", ["3 V_T/i_D", 3, 3.0, "3"])
def test_numbers_as_the_paper_prints_them(data, text):
    """Contacts and series resistance in the units of the film, also where the unit is left out; energies in k_B T."""
    scales = interpret(data).device.scales()
    data["device"]["series_resistance"] = text
    contact = {"law": "marcus_hush_chidsey", "rate": "0.02 i_D", "reorganization": "20 k_B T"}
    data["device"]["top"], data["device"]["bottom"] = contact, {**contact, "rate": 0.02, "reorganization": 20}
    device = interpret(data).device
    assert device.series_resistance == pytest.approx(3 * scales.voltage / scales.current_density, rel=1e-14)
    for found in (device.top.transfer, device.bottom.transfer):
        assert found.rate == pytest.approx(0.02 * scales.current_density, rel=1e-14)
        assert found.reorganization == pytest.approx(20 * scales.voltage, rel=1e-14)
    data["device"]["top"] = {**contact, "rate": "5 A/m^2", "reorganization": "0.4 eV"}
    found = interpret(data).device.top.transfer
    assert (found.rate, found.reorganization) == (5.0, pytest.approx(0.4, rel=1e-14))
    assert interpret(data).device.film.units.i_D == pytest.approx(scales.current_density, rel=1e-15)


def test_the_units_of_a_device_cannot_be_given_in_themselves(data):
    data["device"]["material"] = {"name": "lithium_titanate", "ion_diffusivity": "1 nm^2/tau_D"}
    with pytest.raises(InputError, match=r"device: the unit of time depends on a number .* give thickness, temperature"):
        interpret(data)


@pytest.mark.parametrize("text", ["0.12 i_D", "{density} A/m^2", "{current} A"])
def test_currents_are_densities_times_area_or_amperes(data, text):
    scales = interpret(data).device.scales()
    filled = text.format(density=repr(0.12 * scales.current_density), current=repr(0.12 * scales.current))
    data["protocol"] = [{"kind": "hold", "current": filled, "duration": "1 tau_D"}]
    (step,) = interpret(data).experiment.protocol.steps
    assert step.end == pytest.approx(0.12 * scales.current)
    assert step.duration == pytest.approx(scales.time)


def test_rate_of_a_ramp_is_that_of_what_is_ramped(data):
    data["protocol"] = [
        {"kind": "ramp", "current": ["0 A", "1 mA"], "rate": "0.1 mA/s"},
        {"kind": "ramp", "voltage": ["0 V", "1 V"], "rate": "100 mV/s"},
    ]
    assert [step.duration for step in interpret(data).experiment.protocol.steps] == pytest.approx([10.0, 10.0])


def test_steps_repeat_comply_and_stop(data):
    data["protocol"] = [
        {
            "kind": "hold",
            "voltage": "100 V_T",
            "duration": "1 s",
            "repeat": 3,
            "compliance": {"current": "1 mA"},
            "until": {"quantity": "current", "above": "0.5 mA", "end_run": True},
        }
    ]
    steps = interpret(data).experiment.protocol.steps
    assert [step.cycle for step in steps] == [0, 1, 2]
    assert steps[0].current_compliance == pytest.approx(1e-3)
    assert steps[0].stops[0].above == pytest.approx(5e-4)
    assert steps[0].stops[0].end_run


def test_output_sets_samples_and_levels(data):
    data["output"] = {"samples": 7, "watch": {"composition_bottom": 0.4, "voltage": "1 V_T"}}
    del data["protocol"][1]["samples"]
    study = interpret(data)
    assert [step.samples for step in study.experiment.protocol.steps] == [20, 7]
    assert study.experiment.watch["composition_bottom"] == 0.4
    assert study.experiment.watch["voltage"] == pytest.approx(float(study.device.scales().voltage))


def test_material_numbers_and_laws_are_replaced(data):
    data["device"]["material"] |= {"exponent": 0.6, "ion_mobility": "dilute", "ion_interaction": "-0.7 eV"}
    data["device"]["top"]["wetting"] = {"law": "linear_wetting", "strength": -0.01}
    device = interpret(data).device
    assert device.film.material.free_energy.exponent == 0.6
    assert device.film.material.free_energy.ion_interaction == pytest.approx(-0.7 / 0.025692579, rel=1e-6)
    assert device.film.material.ion_mobility == laws.Dilute()
    assert device.top.wetting == laws.LinearWetting(-0.01)


USER_CODE = """
import jax.numpy as jnp
from solion.laws import AbstractChargeTransfer, mixing
from solion.materials import lithium_titanate
from solion.base.parameters import parameter

def double_well(ion, electron):
    return mixing(ion, 1.0) + mixing(electron, 2.0) - 4.0 * ion * electron

def ohmic(overpotential, surface):
    return 0.01 * overpotential

class Ohmic(AbstractChargeTransfer):
    rate: float = parameter(unit="S/m2", printed="i_D/V_T", low=0)

    def current(self, overpotential, surface):
        return self.rate * overpotential

def mine():
    return lithium_titanate()
"""


def test_laws_and_materials_of_the_user(data, tmp_path):
    (tmp_path / "mine.py").write_text(USER_CODE)
    data["device"]["top"] = {"law": "mine.py:ohmic"}
    data["device"]["bottom"] = {"law": "mine.py:Ohmic", "rate": 0.3, "wetting": "neutral_wetting"}
    data["device"]["material"]["free_energy"] = "mine.py:double_well"
    study = interpret(data, folder=tmp_path)
    assert study.device.top.transfer.current(2.0, None) == pytest.approx(0.02)
    scales = study.device.scales()
    expected = 0.3 * scales.current_density / scales.voltage
    assert study.device.bottom.transfer.rate == pytest.approx(expected, rel=1e-14)
    assert isinstance(study.device.film.material.free_energy, laws.FreeEnergy)
    assert '"mine.py:ohmic"' in study.to_toml()  # the file is copied beside it
    data["device"]["material"] = {"name": "mine.py:mine", "exponent": 0.65}
    assert interpret(data, folder=tmp_path).device.film.material.free_energy.exponent == 0.65


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"top": {"law": "mine.py:ohmc"}}, "did you mean 'ohmic'"),
        ({"top": {"law": "other.py:ohmic"}}, "is not a file"),
        ({"top": {"law": "broken.py:ohmic"}}, "cannot be loaded: ZeroDivisionError"),
        ({"bottom": {"law": "mine.py:Ohmic", "rat": 0.3}}, "device.bottom.rat is not a known key (did you mean 'rate'?)"),
        ({"bottom": {"law": "mine.py:Ohmic", "rate": -1}}, "device.bottom.rate = -1 is outside"),
        ({"bottom": {"law": "mine.py:Ohmic"}}, "device.bottom.rate is missing"),
        ({"top": {"law": "mine.py:mixing", "rate": 1}}, "rate is not a known key"),
        ({"material": {"name": "mine.py:mine", "exponant": 1}}, "device.material.exponant is not a known key"),
        ({"material": {"name": "mine.py:mine", "exponent": [1, 2]}}, "device.material.exponent = [1, 2] is not a number"),
        ({"material": {"name": "lithium_titanate", "free_energy": "mine.py:double_well", "exponent": 1}}, "exponent"),
    ],
)
def test_faults_of_user_code_are_named(data, tmp_path, change, said):
    (tmp_path / "mine.py").write_text(USER_CODE)
    (tmp_path / "broken.py").write_text("1 / 0")
    data["device"] |= change
    with pytest.raises(InputError) as refusal:
        interpret(data, folder=tmp_path)
    assert said in str(refusal.value)


def test_waveform_is_found_beside_the_study(data, tmp_path):
    (tmp_path / "wave.csv").write_text("time,value\n0,0\n1,0.5\n2,-0.5\n")
    data["protocol"] = [{"kind": "waveform", "source": "wave.csv", "quantity": "voltage"}]
    study = interpret(data, folder=tmp_path)
    assert [step.end for step in study.experiment.protocol.steps] == [0.5, -0.5]
    assert str(tmp_path / "wave.csv") in study.to_toml()


def test_overrides_reach_tables_and_lists():
    data = {"a": {"b": 1}, "list": [{"x": 1}]}
    override(data, ["a.b=2", "list.0.x=text", "new.table.key=[1, 2]", 'a.c="1"'])
    assert data == {"a": {"b": 2, "c": "1"}, "list": [{"x": "text"}], "new": {"table": {"key": [1, 2]}}}


@pytest.mark.parametrize("setting", ["a", "=1", "a..b=1", "a.b.c=1", "list.5.x=1", "list.x=1"])
def test_overrides_that_cannot_be_are_refused(setting):
    with pytest.raises(InputError, match=r"^--set "):
        override({"a": {"b": 1}, "list": [{"x": 1}]}, [setting])


def test_resolved_copy_is_the_same_study(tmp_path):
    study = load("pulse-train", ["device.top.rate=2e-3", "numerics.cells=50"])
    path = tmp_path / "study.toml"
    path.write_text(study.to_toml())
    again = load(path)
    assert again.device == study.device
    assert again.experiment.protocol.steps == study.experiment.protocol.steps
    assert (again.experiment.cells, again.experiment.tolerance) == (50, study.experiment.tolerance)


def test_written_toml_reads_back():
    data = {"text": 'a "quote"\n\\ \x7f é', "n": -1.5e-7, "b": True, "t": {"x y": {"k": []}}, "l": [{"a": [1, "b"]}, {"c": {}}]}
    assert tomllib.loads(dump(data)) == data


def test_lists_and_schema_cover_what_is_exported():
    names = {name for entries in listing().values() for name in entries}
    assert {"lto7-voltammogram", "lithium_titanate", "butler_volmer", "marcus_hush_chidsey", "pulses", "uniform"} <= names
    assert all(line for entries in listing().values() for line in entries.values())
    text = json.dumps(schema())
    assert all(word in text for word in ("cyclic_voltammetry", "reorganization", "linear_wetting", "rich_at"))


def test_profile_of_a_file(data):
    data["initial"] = {"kind": "profile", "position": [0, 0.5, 1], "composition": [0.5, 0.3, 0.1]}
    study = interpret(data)
    assert np.mean(study.device.profile(study.experiment.initial, 20)) == pytest.approx(0.3)


def test_a_study_runs_from_a_folder_of_results(tmp_path):
    (tmp_path / "earlier").mkdir()
    (tmp_path / "earlier" / "study.toml").write_text(load("retention").to_toml())
    assert load(Path(tmp_path / "earlier")).name == "earlier"


def provenance(study):
    return {row.path: row.provenance for row in study.rows()}


@pytest.mark.parametrize("name", list(builtin_studies()))
def test_builtin_studies_give_every_number_a_source(name):
    assert "user" not in provenance(load(name)).values()


def test_an_override_drops_the_source_of_its_number_alone():
    changed = provenance(load("lto4-voltammogram", ["device.top.rate=1e-2"]))
    assert [path for path, kind in changed.items() if kind == "user"] == ["top.transfer.rate"]


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("device.top.rat", "stated: here", "device.top.rat is no number of the device"),
        ("device.top.rate", "guessed: here", "does not begin with one of stated"),
        ("device.top.rate", "stated:", "does not begin with one of stated"),
    ],
)
def test_a_source_that_cannot_be_is_refused(data, key, text, said):
    data["sources"] = {key: text}
    with pytest.raises(InputError, match=said):
        interpret(data)


def test_common_units_are_what_pint_says():
    units = quantities.Units(SimpleNamespace(voltage=0.0257, time=64.0, current_density=66.3, area=1e-6))
    kinds = ("[length]", "[mass]", "[time]", "[current]", "[temperature]")
    names = [prefix + symbol for prefix in quantities._PREFIXES for symbol in quantities._COMMON]
    for name in (*names, "V_T/tau_D", "i_D", "k_B T", "A m^-2", "1/s", "ohm m2", "A/cm**2", "W/m/K", "V*s", "mA / mm^2"):
        assert quantities.common(name) is not None
        found, wanted = units._plain(3.7, name), units.quantity(3.7, name)
        assert found is not None
        assert quantities._tidy(found[0]) == quantities._tidy(wanted.magnitude), name
        assert found[1] == tuple(wanted.dimensionality.get(kind, 0) for kind in kinds), name


@pytest.mark.parametrize("unit", ["V/m s", "V/m*s", "eV", "mol/L", "min", "V m^2^3", "", "nm nm nm^x", "m^1.5"])
def test_other_units_are_left_to_pint(unit):
    assert quantities.common(unit) is None
