"""Impedance spectra: signs, phases, units of frequency, several in one file; each refused where a sign cannot be told."""

import numpy as np
import pytest

import solion as so
from solion.base.errors import InputError

FREQUENCY = np.logspace(5, -1, 25)
IMPEDANCE = 100 + 500 / (1 + 2j * np.pi * FREQUENCY * 1e-3) + 162 / (1 + 2j * np.pi * FREQUENCY * 0.1)


def written(path, heading, columns, separator=","):
    lines = [separator.join(heading), *(separator.join(repr(float(x)) for x in row) for row in zip(*columns, strict=True))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


RE, IM, MOD, PHASE = IMPEDANCE.real, IMPEDANCE.imag, abs(IMPEDANCE), np.angle(IMPEDANCE)
FORMS = {
    "Z''": (("freq/Hz", "Re(Z)/Ohm", "Im(Z)/Ohm"), (FREQUENCY, RE, IM)),
    "-Z''": (("Frequency (Hz)", "Z' (Ω)", "-Z'' (Ω)"), (FREQUENCY, RE, -IM)),
    "EC-Lab": (("freq/Hz", "Re(Z)/Ohm", "-Im(Z)/Ohm"), (FREQUENCY, RE, -IM)),
    "|Z| and degrees": (("Frequency [Hz]", "|Z| [kOhm]", "Phase [deg]"), (FREQUENCY, MOD / 1e3, np.rad2deg(PHASE))),
    "minus phase": (("Frequency [Hz]", "Zmod [Ohm]", "-Phase (°)"), (FREQUENCY, MOD, -np.rad2deg(PHASE))),
    "radians": (("Frequency [Hz]", "|Z| [Ohm]", "theta [rad]"), (FREQUENCY, MOD, PHASE)),
    "kHz": (("f [kHz]", "Zreal [Ohm]", "Zimag [Ohm]"), (FREQUENCY / 1e3, RE, IM)),
    "log10 f": (("log10(f/Hz)", "Z' (Ohm)", "Z'' (Ohm)"), (np.log10(FREQUENCY), RE, IM)),
    "omega": (("omega [rad/s]", "Z' (Ohm)", "Z'' (Ohm)"), (2 * np.pi * FREQUENCY, RE, IM)),
    "rows at f = 0": (("f [Hz]", "Z' (Ohm)", "Z'' (Ohm)"), (np.append(FREQUENCY, 0), np.append(RE, 762), np.append(IM, 0))),
}


@pytest.mark.parametrize("form", FORMS)
def test_spectra_are_one_spectrum_whatever_the_columns(form, tmp_path):
    found = so.read(written(tmp_path / "a.csv", *FORMS[form]))
    assert found.kind == "spectrum"
    np.testing.assert_allclose(found.data.frequency, FREQUENCY, rtol=1e-10)
    np.testing.assert_allclose(found.data.impedance, IMPEDANCE, rtol=1e-10)
    assert "Im Z mostly negative (capacitive)" in found.summary()
    if form == "rows at f = 0":
        assert "1 rows at frequency 0 were left out." in found.notes


@pytest.mark.parametrize("form", FORMS)
def test_the_other_sign_is_asked_for(form, tmp_path):
    heading, columns = FORMS[form]
    path = written(tmp_path / "a.csv", heading, (*columns[:2], -np.asarray(columns[2])))
    with pytest.raises(InputError, match=r"so the sign may be the other one; say which, as in --columns") as refused:
        so.read(path)
    remedy = str(refused.value).rsplit("--columns ", 1)[1].split(" or ")[0]
    np.testing.assert_allclose(so.read(path, columns=remedy).data.impedance, IMPEDANCE, rtol=1e-10)


def test_two_spectra_in_one_file_are_chosen(tmp_path):
    path = written(tmp_path / "a.csv", ("f [Hz]", "Z' (Ohm)", "Z'' (Ohm)"), [np.tile(c, 2) for c in (FREQUENCY, RE, IM)])
    with pytest.raises(InputError, match="2 spectra in one file; choose one of 1, 2, as in --cycle 1"):
        so.read(path)
    np.testing.assert_allclose(so.read(path, cycle=2).data.impedance, IMPEDANCE)


def test_a_spectrum_is_no_waveform_and_needs_units(tmp_path):
    path = written(tmp_path / "a.csv", *FORMS["Z''"])
    with pytest.raises(InputError, match="'time' is missing"):
        so.protocols.waveform(path)
    with pytest.raises(InputError, match="has no unit; say it"):
        so.read(written(tmp_path / "b.csv", ("frequency", "Z'", "Z''"), (FREQUENCY, RE, IM)))
    areal = so.read(written(tmp_path / "c.csv", ("f [Hz]", "Z' [Ohm cm^2]", "Z'' [Ohm cm^2]"), (FREQUENCY, RE, IM)))
    assert areal.data.unit == "ohm m^2"
    assert areal.data.impedance[0] == pytest.approx(1e-4 * IMPEDANCE[0])


def zview(order=slice(None)):
    head = ["ZPLOT2 ASCII", "Version 3.5", "Comments", "End Comments"]
    return head + [
        f"{f:.6e}, 10, 0, {k}, {z.real:.9e}, {z.imag:.9e}, 0, 0, 2"
        for k, (f, z) in enumerate(zip(FREQUENCY, IMPEDANCE, strict=True))
    ]


def gamry():
    head = ["EXPLAIN", "TAG\tEISPOT", f"ZCURVE\tTABLE\t{FREQUENCY.size}", "\tPt\tTime\tFreq\tZreal\tZimag\tZmod\tZphz\tIERange"]
    head.append("\t#\ts\tHz\tohm\tohm\tohm\t°\t#")
    return head + [
        f"\t{k}\t{k}\t{f:.9g}\t{z.real:.12g}\t{z.imag:.12g}\t{abs(z):.12g}\t{np.degrees(np.angle(z)):.12g}\t5"
        for k, (f, z) in enumerate(zip(FREQUENCY, IMPEDANCE, strict=True))
    ]


def eclab(comma=False):
    rows = ["\t".join(f"{x:.9E}" for x in row) for row in zip(FREQUENCY, RE, -IM, MOD, np.rad2deg(PHASE), strict=True)]
    head = ["EC-Lab ASCII FILE", "Nb header lines : 3", "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\t|Z|/Ohm\tPhase(Z)/deg\t"]
    return head + [row.replace(".", ",") if comma else row for row in rows]


def zplot():
    """Without comments, as ZPlotW and Autolab write it: a quoted line of headings."""
    head = ['"ZPlotW Data File: Version 3.2c"', '"Raw Data"', "Date: 12-17-2019    Time: 16:24:35", "0,3,0,1,300000,0.005", "25"]
    return [*head, "\"  Freq(Hz)    Ampl     Bias   Time(Sec)   Z'(a)    Z''(b)    GD   Err   Range\"", *zview()[4:]]


def chi():
    """CH Instruments: Z" for the imaginary part, and text with equals signs above."""
    head = ["Feb. 20, 2020   15:55:08", "A.C. Impedance", "Init E (V) = 0", "High Frequency (Hz) = 2e+6", ""]
    rows = zip(FREQUENCY, RE, IM, MOD, np.rad2deg(PHASE), strict=True)
    return [*head, "Freq/Hz, Z'/ohm, Z\"/ohm, Z/ohm, Phase/deg", "", *(", ".join(f"{x:.9e}" for x in row) for row in rows)]


INSTRUMENTS = {
    "b.z": zplot(),
    "autolab.txt": zplot(),
    "chi.txt": chi(),
    "a.z": zview(),
    "a.DTA": gamry(),
    "a.mpt": eclab(),
    "b.mpt": eclab(True),
}


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_spectra_of_instruments(name, tmp_path):
    path = tmp_path / name
    path.write_text("\r\n".join(INSTRUMENTS[name]) + "\r\n", encoding="cp1252")
    found = so.read(path)
    np.testing.assert_allclose(found.data.impedance, IMPEDANCE, rtol=1e-8)


@pytest.mark.parametrize("name", INSTRUMENTS)
@pytest.mark.parametrize("damage", [lambda lines: [*lines[:-1], lines[-1][:12]], lambda lines: lines[:2]])
def test_damaged_spectra_are_refused(name, damage, tmp_path):
    path = tmp_path / name
    path.write_text("\n".join(damage(INSTRUMENTS[name])))
    with pytest.raises(InputError, match=r"cut off|damaged|no line holds numbers"):
        so.read(path)


@pytest.mark.parametrize(
    ("sign", "conductance", "words"),
    [
        ([0, 1, 1], [1e-6, 2e-6, 3e-6, 4e-6], "sign = 0"),
        ([1, 1, -1], [1e-6, np.nan, 3e-6, 4e-6], "is nan"),
        ([1, 1, -1], [49.6, 50, 51, 50], "not in uS"),
        (["P", "P", "D"], [1e-6, 2e-6, 3e-6, 4e-6], "could not|no number"),
    ],
)
def test_pulses_with_other_signs_units_or_holes_are_refused(sign, conductance, words):
    from solion.analysis.synaptic import PulseRecord

    with pytest.raises(InputError, match=words):
        PulseRecord.of_conductance(sign, conductance)
