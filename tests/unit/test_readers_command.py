"""``solion open`` and ``solion fit FILE``: what is printed, and refusals in one sentence with exit code 2."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from solion.cli import app

FILES = Path(__file__).parents[1] / "data" / "files"


def invoke(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_open_says_columns_units_and_what_is_next():
    answer = invoke("open", FILES / "iv" / "06_gamry_cv.DTA")
    assert answer.exit_code == 0
    for words in ("record, Gamry (.DTA)", "voltage      Vf  -1 to 1 V", "2 turning points, at 2 V/s", "next: solion fit STUDY"):
        assert words in answer.output
    answer = invoke("open", FILES / "iv" / "12_no_time.csv", "--rate", "2000 mV/s")
    assert "Time was made from the rate of the sweep." in answer.output
    answer = invoke("open", FILES / "img" / "u16.png")
    assert "32 values from 1 to 32" in answer.output
    assert "so.read_labels(" in answer.output


@pytest.mark.parametrize("path", sorted(FILES.glob("*/*")), ids=lambda path: path.name)
def test_every_file_opens_or_is_refused_in_one_sentence(path):
    answer = invoke("open", path)
    assert answer.exit_code in (0, 2)
    if answer.exit_code == 2:
        assert len(answer.stderr.strip().splitlines()) == 1
        assert path.name in answer.stderr


@pytest.mark.parametrize("path", sorted(FILES.glob("*/*")), ids=lambda path: path.name)
def test_every_file_cut_in_the_middle_opens_or_is_refused_in_one_sentence(path, tmp_path):
    cut = tmp_path / path.name
    cut.write_bytes(path.read_bytes()[: path.stat().st_size // 2 + 1])
    answer = invoke("open", cut)
    assert answer.exit_code in (0, 2), answer.exception
    if answer.exit_code == 2:
        assert len(answer.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["none.csv"], "cannot be read"),
        ([FILES / "iv" / "12_no_time.csv", "--rate", "3"], "no number with a unit"),
        ([FILES / "iv" / "12_no_time.csv", "--rate", "3 V"], "wrong unit 'V'"),
        ([FILES / "iv" / "00_control.csv", "--columns", "time=7"], "there is no column 7"),
        ([FILES / "iv" / "00_control.csv", "--sheet", "x"], "no workbook"),
        ([FILES / "iv" / "18_biologic.mpr"], ".mpt"),
        ([FILES / "img" / "rgb.jpg"], "segment it first"),
    ],
)
def test_refusals_of_open(arguments, words):
    answer = invoke("open", *arguments)
    assert answer.exit_code == 2
    assert words in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1


def test_a_fit_is_refused_where_the_file_is():
    answer = invoke("fit", "lto7-voltammogram", FILES / "iv" / "14c_cycle_restart.csv", "--fit", "device.filling")
    assert answer.exit_code == 2
    assert "choose one, as in --cycle 1" in answer.stderr
