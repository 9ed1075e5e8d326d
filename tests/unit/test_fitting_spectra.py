"""Spectra in fits: numbers of a study of an impedance from measured spectra, by script and by command line."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import solion as so
from solion.base.errors import InputError
from solion.cli.app import app
from solion.explore import fitting

STUDY = {
    "device": {
        "kind": "coated_electrode", "area": "1 cm^2",
        "layers": [{"thickness": "1 um", "electron_conductivity": "1e3 S/m", "transport": {
            "law": "alloy_transport", "diffusivity": "2e-13 m^2/s", "concentration": "4e4 mol/m^3",
            "thermodynamic_factor": 5.0}}],
        "into": {"law": "insertion_butler_volmer", "exchange_current": "10 A/m^2"},
        "bottom": {"law": "insertion_butler_volmer", "exchange_current": "100 A/m^2"},
    },
    "experiment": {"kind": "coating_spectrum", "electrolyte_resistance": "2e-4 ohm*m^2"},
    "spectrum": {"low": "1 mHz", "high": "100 kHz", "per_decade": 5},
}  # fmt: skip
KEYS = ("device.layers.0.transport.diffusivity", "device.into.exchange_current")


@pytest.fixture(scope="module")
def measured():
    """A spectrum of the study with a thousandth of noise."""
    data = so.study.interpret(STUDY).run().dataset
    z = data["impedance_real"].values + 1j * data["impedance_imaginary"].values
    random = np.random.default_rng(2)
    return data["frequency"].values, z * (1 + 1e-3 * (random.normal(size=z.size) + 1j * random.normal(size=z.size)))


def start(tmp_path):
    lines = ["title = 'coating'", "[experiment]", 'kind = "coating_spectrum"', 'electrolyte_resistance = "2e-4 ohm*m^2"']
    lines += ["[spectrum]", 'low = "1 Hz"', 'high = "1 kHz"', "[device]", 'kind = "coated_electrode"', 'area = "1 cm^2"']
    lines += ['into = {law = "insertion_butler_volmer", exchange_current = "30 A/m^2"}']
    lines += ['bottom = {law = "insertion_butler_volmer", exchange_current = "100 A/m^2"}', "[[device.layers]]"]
    lines += ['thickness = "1 um"', 'electron_conductivity = "1e3 S/m"', "[device.layers.transport]", 'law = "alloy_transport"']
    lines += ['diffusivity = "1e-12 m^2/s"', 'concentration = "4e4 mol/m^3"', "thermodynamic_factor = 5.0"]
    path = tmp_path / "coating.toml"
    path.write_text("\n".join(lines) + "\n")
    return path


def write(tmp_path, measured, factor=1e4, unit="ohm"):
    path = tmp_path / "eis.csv"
    f, z = measured
    rows = np.column_stack([f, z.real * factor, -z.imag * factor])
    np.savetxt(path, rows, delimiter=",", header=f"Frequency (Hz),Z' ({unit}),-Z'' ({unit})", comments="", fmt="%.10g")
    return path


def test_a_spectrum_gives_back_the_numbers_of_its_study(tmp_path, measured):
    study = so.study.load(start(tmp_path))
    found = fitting.fit(study, write(tmp_path, measured), KEYS, relative_noise=1e-3)
    for estimate, true in zip(found.estimates, (2e-13, 10.0), strict=True):
        assert abs(estimate.value - true) < 4 * estimate.error
        assert estimate.error < 0.01 * true
    assert found.describes
    assert 0.6 < found.statistics.reduced < 1.5


def test_a_fit_of_a_spectrum_by_command_line(tmp_path, measured):
    path, folder = write(tmp_path, measured, 1e4, "ohm cm^2"), tmp_path / "out"
    words = ["fit", str(start(tmp_path)), str(path), "--fit", KEYS[0], "--out", str(folder), "--set"]
    answer = CliRunner().invoke(app, [*words, "device.into.exchange_current=10 A/m^2"])
    assert answer.exit_code == 0, answer.output
    told = json.loads((folder / "fit.json").read_text())
    assert told["driven_by"] == "spectrum"
    assert told["numbers"][KEYS[0]]["value"] == pytest.approx(2e-13, rel=0.01)
    assert (folder / "curve.csv").read_text().startswith("frequency [Hz],measured Z' [ohm m2]")
    assert "calibrated" in (folder / "study.toml").read_text()
    assert {"curves.png", "residuals.png"} <= {entry.name for entry in (folder / "figures").iterdir()}


def test_what_says_nothing_to_a_fit_of_spectra_is_refused(tmp_path, measured):
    study, path = so.study.load(start(tmp_path)), write(tmp_path, measured)
    for option in ({"observe": "voltage"}, {"drive": "study"}, {"noise": "1 mohm"}):
        with pytest.raises(InputError, match=rf"{next(iter(option))} says nothing to a fit of spectra"):
            fitting.fit(study, path, KEYS, **option)
    with pytest.raises(InputError, match="per area already"):
        fitting.read_impedance(write(tmp_path, measured, 1.0, "ohm m^2"), study, area="1 cm^2")
    f, z = measured
    with pytest.raises(InputError, match="sign"):  # -Z'' in a column headed Z''
        fitting.read_impedance(write(tmp_path, (f, np.conj(z))), study)
    for words, said in ((["--rate", "1 V/s"], "--rate says nothing"), (["--keep-outliers"], "--keep-outliers says nothing")):
        answer = CliRunner().invoke(app, ["fit", str(start(tmp_path)), str(path), "--fit", KEYS[0], *words])
        assert answer.exit_code != 0
        assert said in answer.output


def test_a_fit_that_ends_beside_the_best_numbers_says_so(measured):
    """A study that lacks the electrolyte's resistance leaves more than relaxations of any kind do."""
    f, z = measured
    study = so.study.interpret({**STUDY, "experiment": {"kind": "coating_spectrum", "electrolyte_resistance": "1.9e-4 ohm*m^2"}})
    found = fitting.fit(study, so.readers.MeasuredSpectrum("eis", f, z, "ohm m^2"), KEYS)
    assert found.describes
    assert any("not noise" in text for text in found.warnings)
