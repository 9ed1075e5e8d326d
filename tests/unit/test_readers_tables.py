"""Records of laboratories, row by row of what was tried: opened with the right numbers, or refused in one sentence."""

import os
from pathlib import Path

import h5py
import numpy as np
import pytest

import solion as so
from solion.base.errors import InputError
from solion.explore.fitting.data import drive, measurement, noise_of
from solion.explore.fitting.data import read as read_measurement
from solion.protocols import waveform
from solion.readers import read_table, record_of
from solion.readers.units import unit_of

FILES = Path(__file__).parents[1] / "data" / "files"
IV, WAVE = FILES / "iv", FILES / "wave"


@pytest.fixture(scope="module")
def control():
    """Time, voltage and current that all files of the folder iv hold."""
    return np.loadtxt(IV / "00_control.csv", delimiter=",", skiprows=1).T


OPENED = [
    "00_control.csv",
    "02_k2400_raw_5col.csv",
    "03_k4200_clarius.csv",
    "04_b1500_easyexpert.csv",
    "05_eclab_cv.mpt",
    "06_gamry_cv.DTA",
    "07b_origin_units_paren_long.txt",
    "08_semicolon_decimal_comma.csv",
    "08b_tab_decimal_comma.txt",
    "09_utf16.csv",
    "09c_utf8bom.csv",
    "09d_cp1252_micro.csv",
    "09e_utf8_microsign.csv",
    "09f_utf8_greekmu.csv",
    "11_indented_hash.csv",
    "11c_quoted_header.csv",
    "11d_hash_header_np_savetxt.csv",
    "13_short_names.csv",
    "13b_caps_units.csv",
    "16_trailing_sep.csv",
    "16c_footer.csv",
    "17_pandas_index.csv",
    "20_crlf_cr_only.csv",
]


@pytest.mark.parametrize("name", OPENED)
def test_records_of_instruments_and_dialects_hold_the_same_numbers(name, control):
    found = so.read(IV / name)
    assert found.kind == "record"
    np.testing.assert_allclose(found.data.time, control[0], rtol=1e-12)
    np.testing.assert_allclose(found["voltage"], control[1], rtol=1e-12)
    np.testing.assert_allclose(found["current"], control[2], rtol=1e-12, atol=1e-18)
    assert "sweeps between -1 and 1 V with 2 turning points, at 2 V/s" in found.summary()
    fitted = read_measurement(IV / name)
    np.testing.assert_allclose(fitted.column("current"), control[2], rtol=1e-12, atol=1e-18)


@pytest.mark.parametrize("name", OPENED)
@pytest.mark.parametrize("damage", ["cut in a row", "cells of the last row lost"])
def test_damaged_records_are_refused_in_one_sentence(name, damage, tmp_path):
    content = (IV / name).read_bytes()
    encoding = "utf-16" if name == "09_utf16.csv" else "cp1252" if b"\xb5" in content or b"\xb2" in content else "utf-8"
    if name.startswith(("09e", "09f")):
        encoding = "utf-8"
    text = content.decode(encoding).rstrip().removesuffix("END OF DATA").rstrip()
    newline = "\r" if "\n" not in text else "\n"
    lines = text.split(newline)
    mark = next(mark for mark in "\t;," if mark in lines[-1])
    if damage == "cut in a row":
        text = newline.join(lines[:-3]) + newline + lines[-3].strip(" ,\t").split(mark)[0]
        text += mark + lines[-3].strip().split(mark)[1] if lines[-3].startswith("DataValue") else ""
    else:
        lost = lines[-5].strip().split(mark)
        lines[-5] = mark.join(lost[:2] if lines[-5].startswith("DataValue") else lost[:1])
        text = newline.join(lines)
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    with pytest.raises(InputError) as refused:
        so.read(path)
    assert name in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_missing_column_is_named_with_the_ones_that_are_there(tmp_path):
    (tmp_path / "loop.csv").write_text("time [s],temperature [K]\n0,300\n1,300\n")
    with pytest.raises(InputError, match=r"'time \[s\]' \(time\), 'temperature \[K\]'.*--columns"):
        so.read(tmp_path / "loop.csv")
    text = (IV / "05_eclab_cv.mpt").read_bytes().replace(b"<I>/mA", b"x")
    (tmp_path / "a.mpt").write_bytes(text)
    with pytest.raises(InputError, match="'current' is missing"):
        read_table(tmp_path / "a.mpt").find("current")


def test_overflow_of_an_instrument_is_no_current_and_stays_out_of_the_comparison_only(control):
    found = read_measurement(IV / "02b_k2400_units_overflow.csv")
    assert np.isnan(found.column("current")).sum() == 5
    assert found.compared("current").sum() == 36
    np.testing.assert_allclose(found.column("voltage"), control[1])  # the voltage of those rows still drives
    assert "5 of 41 rows hold the mark of an overflow (9.9E37) in 'Current (A)', first line 10" in found.notes[0]
    assert max(float(step.end) for step in drive(found, "voltage").steps) == pytest.approx(1.0)


def test_currents_per_area_ask_for_the_area(control):
    for name in ("10_density_Acm2.csv", "10c_current_density_name.csv"):
        with pytest.raises(InputError, match="is per area; give the area of the electrode"):
            record_of(read_table(IV / name), ["voltage", "current"])
        with pytest.raises(InputError, match="per area"):
            read_measurement(IV / name)
        found = so.read(IV / name)
        assert "per area" in found.notes[0]
        factor = so.read(IV / name, area=1e-5)
        np.testing.assert_allclose(factor.data.columns["current"], 1e-5 * found["current_density"])
    assert so.read(IV / "10_density_Acm2.csv")["current_density"][1] == pytest.approx(103.001)
    scales = so.study.load("lto7-voltammogram").device.scales()
    with_area = read_measurement(IV / "10_density_Acm2.csv", scales)
    assert with_area.column("current")[1] == pytest.approx(103.001 * float(scales.area))


def test_a_sweep_without_time_asks_for_a_rate_or_an_interval(control):
    assert so.read(IV / "12_no_time.csv").kind == "sweep"
    with pytest.raises(InputError, match=r"no column of time.*--rate"):
        read_measurement(IV / "12_no_time.csv")
    for words in ({"rate": 2.0}, {"interval": 0.05}):
        np.testing.assert_allclose(read_measurement(IV / "12_no_time.csv", **words).time, control[0], atol=1e-12)
    with pytest.raises(InputError, match="has a column of time"):
        read_measurement(IV / "00_control.csv", rate=1.0)


def test_rows_without_a_number_are_left_out_and_said():
    found = so.read(IV / "14_nan_rows.csv")
    assert any("1 of 41 rows hold no number in 'current [A]', first line 9" in note for note in found.notes)


def test_cycles_whose_time_begins_anew_are_told_and_chosen(control):
    found = so.read(IV / "14c_cycle_restart.csv")
    assert found.data is None
    assert found.found == ("2 cycles: 1, 2.",)
    with pytest.raises(InputError, match=r"line 43: it begins anew in each of 2 cycles; choose one, as in --cycle 1"):
        read_measurement(IV / "14c_cycle_restart.csv")
    np.testing.assert_allclose(read_measurement(IV / "14c_cycle_restart.csv", cycle=2).time, control[0])
    with pytest.raises(InputError, match="no cycle 7; it holds the cycles 1, 2"):
        read_measurement(IV / "14c_cycle_restart.csv", cycle=7)


def test_a_coarse_clock_is_told_and_its_rows_spread(control):
    found = read_measurement(IV / "15c_coarse_clock.csv")
    assert "ticks of 0.25 s and 98% of the rows share one" in found.notes[0]
    assert found.compared("current").all()
    np.testing.assert_allclose(found.time, control[0], atol=1e-12)


def test_rows_of_a_clock_of_one_second_are_all_compared(tmp_path):
    time = np.linspace(0, 120, 1201)
    rows = np.column_stack([np.floor(time), np.sin(time / 20), 1e-6 * np.sin(time / 20)])
    np.savetxt(tmp_path / "slow.csv", rows, delimiter=",", header="time [s],voltage [V],current [A]")
    found = read_measurement(tmp_path / "slow.csv")
    assert found.compared("current").sum() == 1201
    assert np.abs(found.time - time).max() < 1.0
    twice = np.repeat(np.column_stack([time, rows[:, 1], rows[:, 2]]), 2, axis=0)
    np.savetxt(tmp_path / "twice.csv", twice, delimiter=",", header="time [s],voltage [V],current [A]")
    found = read_measurement(tmp_path / "twice.csv")
    assert found.compared("current").sum() == 1201
    assert "1201 rows repeat the row before them" in found.notes[0]


def test_rows_that_share_a_time_are_left_out_only_where_a_value_jumps():
    time = np.array([0, 1, 1, 2, 3, 3, 4.0])
    data = measurement(time, voltage=[0, 1, 1.001, 2, 3, -3, -2], current=[0, 1, 1, 2, 3, -3, -2])
    assert data.jumps.tolist() == [False, False, False, False, True, True, False]


REFUSED = {
    "08c_comma_sep_decimal_comma.csv": "line 2 has 6 cells and the heading 3; its commas may be decimals",
    "16d_extra_cells.csv": "line 2 has 5 cells and the heading 3",
    "18_biologic.mpr": r"export it in EC-Lab as text \(.mpt\), or install the converter yadg \(pip install yadg",
}


@pytest.mark.parametrize("name", REFUSED)
def test_records_that_cannot_be_told_are_refused(name, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(InputError, match=REFUSED[name]):
        so.read(IV / name)


def test_no_choice_of_columns_reads_split_decimals(tmp_path):
    """What a message advises is tried: columns named by number made 42 s and 950 V of 2.05 s and 1 V."""
    bare = tmp_path / "bare.csv"
    bare.write_text("0,000,0,000\n0,050,0,100\n")
    for path in (IV / "08c_comma_sep_decimal_comma.csv", WAVE / "10_comma_decimal_comma_int_time.csv", bare):
        for columns in (None, "time=1 s,voltage=2 V"):
            with pytest.raises(InputError, match="commas may be decimals as well as separators, and no choice of columns"):
                so.read(path, columns=columns)
    found = so.read(IV / "16d_extra_cells.csv", columns="time=1 s,voltage=2 V,current=3 A")  # the advice for these works
    np.testing.assert_allclose([found["time"][-1], found["voltage"].max(), found["current"].max()], [2, 1, 1.3e-3], rtol=0.01)
    whole = tmp_path / "whole.csv"
    whole.write_text("0,0\n1,10\n2,5\n")
    assert so.read(whole, columns="time=1 s,voltage=2 mV")["voltage"][1] == pytest.approx(0.01)
    with pytest.raises(InputError, match=r"'voltage' is missing; the headings are 'time \[s\], current \[A\]'\.$"):
        so.protocols.waveform(WAVE / "16_current_as_voltage.csv")  # no column is left that could be named


@pytest.fixture
def converter(tmp_path, monkeypatch):
    """A program ``yadg`` that writes for every .mpr what the true one writes (7.0.1), or does what a test tells it to."""
    time, voltage, current = np.linspace(0, 2, 5), np.float32([0, 1, 0, -1, 0]), np.float32([1, 2, 3, 4, 5])
    with h5py.File(tmp_path / "made.nc", "w") as file:
        for name, values, unit in (("time", time, "s"), ("Ewe", voltage, "V"), ("I", current, "mA"), ("uts", time + 1e9, "s")):
            file[name] = values
            file[name].attrs["units"] = unit
        file["mode"], file["Ewe_uncertainty"] = np.uint8([2] * 5), 0.1
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "yadg"
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")

    def tell(line: str = f'cp {tmp_path / "made.nc"} "$4"'):
        program.write_text(f'#!/bin/sh\n[ "$1 $2" = "extract eclab.mpr" ] || exit 3\n{line}\n')
        program.chmod(0o755)

    return tell


@pytest.mark.skipif(os.name == "nt", reason="the converter of the test is a shell script")
def test_a_binary_record_of_ec_lab_goes_through_the_users_converter(converter, tmp_path, monkeypatch):
    converter()
    found = so.read(IV / "18_biologic.mpr")
    np.testing.assert_allclose(found["time"], [0, 0.5, 1, 1.5, 2])
    np.testing.assert_allclose(found["voltage"], [0, 1, 0, -1, 0])
    np.testing.assert_allclose(found["current"], [1e-3, 2e-3, 3e-3, 4e-3, 5e-3])
    assert f"Read through {tmp_path / 'bin' / 'yadg'} as a program of its own." in found.notes
    for line, words in (
        ("echo 'RuntimeError: Unknown module header.' >&2; exit 1", r"could not read it \(RuntimeError: Unknown module"),
        ("exit 0", "could not read it .*exit code 0"),
        ('echo rubbish > "$4"', "what yadg made of it cannot be read"),
    ):
        converter(line)
        with pytest.raises(InputError, match=words):
            so.read(IV / "18_biologic.mpr")
    converter()
    (tmp_path / "bin" / "loop.mpr").write_bytes((IV / "18_biologic.mpr").read_bytes())
    with pytest.raises(InputError, match="install the converter"):
        so.read(tmp_path / "bin" / "loop.mpr")  # a program beside the data is not run


def test_columns_that_are_named_are_taken_as_named(control):
    found = so.read(IV / "16d_extra_cells.csv", columns="time=1,voltage=2 mV,current=3")
    np.testing.assert_allclose(found["voltage"], 1e-3 * control[1])
    found = so.read(IV / "06_gamry_cv.DTA", columns={"time": 2, "voltage": "Vf", "current": "Im"})
    np.testing.assert_allclose(found["current"], control[2])
    for columns, words in (
        ("tine=1", "no quantity.*did you mean 'time'"),
        ("time=9", "no column 9; it has 3"),
        ("time=1 V", "wrong unit 'V'"),
        ("voltage=volts", "no one column is headed 'volts'"),
    ):
        with pytest.raises(InputError, match=words):
            so.read(IV / "00_control.csv", columns=columns)


def test_workbooks(tmp_path, control):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["Time (s)", "Voltage (V)", "Current (µA)"])
    for t, v, i in zip(*control, strict=True):
        book.active.append([float(t), float(v), float(1e6 * i)])
    book.create_sheet("notes").append(["made by hand"])
    book.save(tmp_path / "loop.xlsx")
    found = so.read(tmp_path / "loop.xlsx")
    np.testing.assert_allclose(found["current"], control[2], rtol=1e-12)
    with pytest.raises(InputError, match="no sheet 'data'; it has Sheet, notes"):
        so.read(tmp_path / "loop.xlsx", sheet="data")
    (tmp_path / "cut.xlsx").write_bytes((tmp_path / "loop.xlsx").read_bytes()[:900])
    with pytest.raises(InputError, match=r"cannot be read .*cut off"):
        so.read(tmp_path / "cut.xlsx")


def test_the_battery_data_format(tmp_path):
    (tmp_path / "a.bdf").write_text(
        "Test Time / s,Voltage / V,Current / A,Cycle Count / 1\n0,3,0.1,1\n1,3.1,0.1,1\n2,3.2,0.1,1\n"
    )
    assert so.read(tmp_path / "a.bdf")["voltage"].tolist() == [3, 3.1, 3.2]
    (tmp_path / "b.bdf.csv").write_text("test_time_second,voltage_volt,current_ampere\n0,3,0.1\n1,3.1,0.1\n2,3.2,0.1\n")
    assert so.read(tmp_path / "b.bdf.csv")["current"].tolist() == [0.1, 0.1, 0.1]


def test_thousands_are_no_decimals_and_doubt_is_said(tmp_path, control):
    found = so.read(IV / "08f_thousands.csv")
    np.testing.assert_allclose(found["time"], control[0])
    (tmp_path / "a.csv").write_text("time [s];voltage [V]\n1,000;2,000\n2,000;3,000\n")
    with pytest.raises(InputError, match="comma of '1,000' may stand for thousands or for decimals"):
        so.read(tmp_path / "a.csv")
    (tmp_path / "a.csv").write_text("time [s];voltage [V]\n0,000;2,000\n1,000;3,000\n")
    assert so.read(tmp_path / "a.csv")["voltage"].tolist() == [2.0, 3.0]


WAVES = [
    "00_control.csv",
    "01_ms_slash.csv",
    "03_ms_bracket.csv",
    "04_units_in_words.csv",
    "06_k2636.csv",
    "07_index_time_voltage.csv",
    "09_semicolon_decimal_comma.csv",
    "11_units_row.csv",
    "12_utf16.csv",
    "13_headerless.csv",
    "19_space.txt",
]


@pytest.mark.parametrize("name", WAVES)
def test_waveforms_are_in_seconds_and_volts_whatever_the_heading(name):
    wave = waveform(WAVE / name)
    assert float(wave.duration) == pytest.approx(1.0)
    assert max(float(step.end) for step in wave.steps) == pytest.approx(1.0)
    assert len(wave.steps) == 20


def test_a_keithley_ramp_is_read_by_its_names():
    wave = waveform(WAVE / "05_k2400_ramp_VIRT.csv")
    assert (float(wave.duration), float(wave.steps[-1].end)) == (pytest.approx(10.0), pytest.approx(1.0))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("10_comma_decimal_comma_int_time.csv", "line 2 has 3 cells and the heading 2"),
        ("14_first_row_text_number.csv", "line 1 .* is neither a heading"),
        ("15_lost_first_point.csv", "line 1 holds no number"),
        ("16_current_as_voltage.csv", "'voltage' is missing"),
        ("16b_current_slash.csv", "'voltage' is missing"),
        ("17_scope_tek.csv", "no line above names the 4 columns"),
        ("20_nan.csv", "line 7 holds no number"),
        ("22_pulse_table.csv", "'time' is missing"),
    ],
)
def test_waveforms_that_cannot_be_told_are_refused(name, words):
    with pytest.raises(InputError, match=words):
        waveform(WAVE / name)


def test_columns_of_a_waveform_can_be_named():
    assert float(waveform(WAVE / "17_scope_tek.csv", columns="time=4 ms,voltage=5 V").duration) == pytest.approx(1e-3)
    assert waveform(WAVE / "16b_current_slash.csv", quantity="current").steps[0].current_weight == 1.0
    with pytest.raises(InputError, match="'time' has no unit"):
        so.read(WAVE / "07_index_time_voltage.csv")


def test_a_table_of_pulses_is_recognised():
    found = so.read(WAVE / "22_pulse_table.csv")
    assert found.kind == "pulses"
    assert found["conductance"][0] == pytest.approx(1e-5)


def test_noise_of_a_measured_drive_makes_no_pieces():
    time = np.linspace(0, 8, 4001)
    noise = np.random.default_rng(0).normal(0, 1e-3, time.size)
    voltage = np.interp(time, [0, 2, 6, 8], [0, 1, -1, 0]) + noise
    assert noise_of(voltage) == pytest.approx(1e-3, rel=0.1)
    data = measurement(time, voltage=voltage, current=np.zeros(time.size))
    assert len(drive(data, "voltage").steps) == 8
    assert len(drive(data, "voltage", straight=1e-4).steps) > 100


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("ms", "time", ("time", 1e-3)),
        ("S", "time", ("time", 1.0)),
        ("S", "conductance", ("conductance", 1.0)),
        ("MV", "voltage", None),
        ("µA", "", ("current", 1e-6)),
        ("mA/cm²", "", ("current_density", 10.0)),
        ("A cm^-2", "", ("current_density", 1e4)),
        ("kOhm", "", ("resistance", 1e3)),
        ("Ω·cm²", "", ("area_resistance", 1e-4)),
        ("MOHM", "resistance", None),
        ("volts", "", ("voltage", 1.0)),
        ("V vs. Ref.", "voltage", ("voltage", 1.0)),
        ("furlong", "", None),
    ],
)
def test_units_are_read_in_one_way_or_not_at_all(text, kind, expected):
    assert unit_of(text, kind) == (pytest.approx(expected) if expected is None else (expected[0], pytest.approx(expected[1])))


def test_names_of_one_letter_are_told_by_their_unit(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("time [s],V [V],I [A],T [K],R [Ohm]\n0,0,0,300,1\n1,1,1,300,1\n2,2,2,300,1\n")
    assert so.read(path)["time"].tolist() == [0, 1, 2]
    path.write_text("T [K],V [V],I [A]\n0,0,0\n1,1,1\n")
    with pytest.raises(InputError, match=r"'T \[K\]' has an unknown unit 'K'"):
        so.read(path)
    path.write_text("time [s],V1 [V],V2 [V],I [A]\n0,0,0,0\n1,1,1,1\n2,2,2,2\n")
    with pytest.raises(InputError, match=r"'V1 .* 'V2 .* are all voltage; choose one, as in --columns voltage=2"):
        so.read(path)
    assert so.read(path, columns="voltage=3").kind == "record"


def test_tables_of_one_file_are_its_cycles(tmp_path):
    rows = [f"\t{k}\t{0.5 * k}\t{0.1 * k}\t1e-{k + 3}\t...........\n" for k in range(4)]
    head = "\tPt\tT\tVf\tIm\tOver\n\t#\ts\tV vs. Ref.\tA\tbits\n"
    text = "EXPLAIN\nTAG\tCV\nAREA\tQUANT\t0.5\tArea (cm^2)\n"
    text += "".join(f"CURVE{n}\tTABLE\t4\n" + head + "".join(rows) for n in (1, 2))
    path = tmp_path / "a.DTA"
    path.write_text(text)
    found = so.read(path)
    assert found.found == ("2 cycles: 1, 2.",)
    assert "The file says an area of 0.5 cm^2." in found.notes
    assert so.read(path, cycle=2).data.time.tolist() == [0, 0.5, 1, 1.5]
    path.write_text(text.replace("".join(rows), "".join(rows[:3]), 1))
    with pytest.raises(InputError, match="the table CURVE1 holds 3 rows and says 4; the file is cut off"):
        so.read(path)
    b1500 = "DataName, Time, V1, I1\n" + "".join(f"DataValue, {k}, {0.1 * k}, {1e-6 * k}\n" for k in range(4))
    (tmp_path / "b.csv").write_text(b1500 + b1500)
    assert so.read(tmp_path / "b.csv").found == ("2 cycles: 1, 2.",)
    (tmp_path / "c.csv").write_text(b1500 + b1500.replace("V1", "V2"))
    with pytest.raises(InputError, match="a second test with other columns"):
        so.read(tmp_path / "c.csv")
    plain = "time [s],voltage [V]\n0,0\n1,1\n2,2\n"
    (tmp_path / "d.csv").write_text(plain + plain)
    assert so.read(tmp_path / "d.csv", cycle=1).data.time.tolist() == [0, 1, 2]
