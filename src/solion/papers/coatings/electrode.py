"""Underneath or on top: Table I with errata, thresholds by every measure, the switch-over with current, time to nucleation."""

from __future__ import annotations

import numpy as np

import solion
from solion.analysis.spectra.coating import fit_coating
from solion.devices import CoatedElectrode, CoatingLayer, ConnectedPores
from solion.experiments import CoatingSpectrum, Plating
from solion.laws import AlloyTransport, InsertionButlerVolmer, IonTransport
from solion.laws.coating import alloy_conductivity, onset_current, range_current
from solion.materials import coating_table
from solion.papers.case import (
    CHECKED,
    INPUT,
    PAPER_CONTRADICTED,
    PREDICTED,
    Between,
    Case,
    Claim,
    Equal,
    around,
    at_least,
    at_most,
)
from solion.protocols import hold

BARRIER, THICKNESS, ROOM = 0.02, 1e-5, 298.15
PRINTED = {  # low and high end of i_th, i_range and F D c/L in mA/cm2, by an independent program; "" where none
    "Li3Bi-25C-GITT": ("13.3 39.9", "116 347", "6330 19000"),
    "Li-Mg-25C-GITT": ("20.3 20.3", "52.1 52.1", "52.1 52.1"),
    "Li4.7Ag-25C-GITT": ("1.86 62.1", "0.087 2.9", "7.2 239"),
    "LiZn-25C-GITT": ("3.31 33.1", "17 170", "213 2130"),
    "Li22Sn5-25C-GITT": ("3.22 9.99", "20.4 63.3", "1380 4300"),
    "Li22Si5-415C-GITT": ("4.39 6.20", "6.42 9.06", "1310 1850"),
    "Li13Sn5-415C-GITT": ("0.644 9.76", "6.6 99.8", "951 14400"),
    "LiIn-415C-GITT": ("0.087 7.30", "3.8 322", "5.8 487"),
    "Li3Sb-360C-GITT": ("0.066 0.132", "4.0 7.9", "5950 11900"),
    "Li-Mg-25C-Sand": ("0.060 0.060", "0.12 0.12", "0.153 0.153"),
    "Li-Mg-25C-neutron": ("0.020 0.020", "0.052 0.052", "0.052 0.052"),
}
LONG = "a second program's numbers, to the digits that it prints"


def measures(row, diffusivity, factor):
    """Measures 1, 2 and 3 of 10 um at 20 mV, mA/cm2."""
    sigma = alloy_conductivity(row.concentration, diffusivity, factor, ROOM)
    flat = [range_current(diffusivity, width, THICKNESS) / 10 for width in (row.phase_width, row.concentration)]
    return np.array([float(onset_current(THICKNESS / sigma, BARRIER)) / 10, *map(float, flat)])


def beyond(value, text):
    """Relative deviation of a value from a printed number, beyond half of its last digit."""
    whole, _, digits = text.partition(".")
    last = 10.0 ** -len(digits) if digits else 10.0 ** (len(whole) - len(whole.rstrip("0")))
    return max(abs(value - float(text)) - 0.5 * last, 0.0) / float(text)


def table_of_measures(run_pool):
    """Table I at 25 C, with the W of the reference."""
    rows = {key: row.at(ROOM) for key, row in coating_table().items()}
    worst, middles = np.zeros(3), {}
    for key, texts in PRINTED.items():
        row = rows[key]
        ends = [measures(row, d, row.factor_taken) for d in (row.low, row.high)]
        for k, text in enumerate(texts):
            worst[k] = max(worst[k], *(beyond(end[k], word) for end, word in zip(ends, text.split(), strict=True)))
        middles[key] = np.sqrt(ends[0] * ends[1])
    order = np.array(list(middles.values()))
    ranks = order.argsort(axis=0).argsort(axis=0)
    bounds = {
        key: (measures(row, row.low, row.factor.high)[0], measures(row, row.high, row.factor.low)[0])
        for key, row in rows.items()
        if row.quantity == "chemical"
    }
    return {
        "worst": worst,
        "correlation": float(np.corrcoef(ranks[:, 0], ranks[:, 2])[0, 1]),
        "middles": middles,
        "bounds": bounds,
        "self": measures(rows["Li-25C-NMR"], 7.65e-15, 1.0)[0],
        "tin": (rows["Li22Sn5-25C-GITT"].middle, coating_table()["Li22Sn5-415C-GITT"].middle),
    }


def draw_table(figure, evidence):
    axes = figure.subplots()
    names = sorted(evidence["bounds"], key=lambda name: evidence["bounds"][name][1])
    for place, name in enumerate(names):
        axes.plot(evidence["bounds"][name], (place, place), lw=4)
    axes.set(xscale="log", xlabel="onset of 10 µm at 20 mV (mA/cm²), W and D as intervals")
    axes.set_yticks(range(len(names)), names, fontsize=7)


def reference(law=None, bottom=1e9, **more):
    """The layer of the reference: 10 um, D 1e-7 cm2/s, W 100."""
    transport = AlloyTransport(concentration=7e4, diffusivity=1e-11, thermodynamic_factor=100.0)
    return CoatedElectrode(
        (CoatingLayer(transport, THICKNESS, 1e7),),
        into=InsertionButlerVolmer(exchange_current=law or 1e9),
        bottom=InsertionButlerVolmer(exchange_current=bottom),
        **more,
    )


def switch_over(run_pool):
    """Lithium-tin at 1 and 20 mA/cm2, with and without a cap, and LiPON."""
    row = coating_table()["Li22Sn5-25C-GITT"]
    sigma = float(row.transport().conductivity(ROOM))
    quick = InsertionButlerVolmer(exchange_current=1e4)

    def shares(*layers, **more):
        device = CoatedElectrode(layers, into=quick, bottom=quick, above=quick, **more)
        data = Plating(lowest=10.0, highest=200.0, points=30).run(device).dataset
        return float(data["share_top"][0]), float(data["share_top"][29]), float(data["onset_closed"]) / 10

    alloy = CoatingLayer(row.transport(), THICKNESS, 1e6 * sigma)
    resistance = THICKNESS / sigma
    cap = CoatingLayer(IonTransport(ion_conductivity=1.0), 1e-8, 1e-8 / (1e4 * resistance))
    lipon = CoatingLayer(IonTransport(ion_conductivity=2e-4), 1e-6, 1e-12)
    thresholds = [reference(bottom=1e3).thresholds(), reference(law=100.0).thresholds(), reference(law=10.0).thresholds()]
    return {
        "metal": shares(alloy),
        "slow": shares(CoatingLayer(row.transport(), THICKNESS, 1e-4 * sigma)),
        "capped": shares(alloy, cap),
        "lipon": shares(lipon),
        "lithiophilic": shares(alloy, barrier=0.0),
        "interfaces": [thresholds[0].onset_up / 10, *(item.onset_electrolyte / 10 for item in thresholds[1:])],
        "pores": [float(ConnectedPores(phi).limit(THICKNESS)) / 10 for phi in (0.01, 0.05, 0.1)],
    }


def draw_switch(figure, evidence):
    axes = figure.subplots()
    names = ("metal", "slow", "capped", "lipon", "lithiophilic")
    for place, at in enumerate(("1 mA/cm²", "20 mA/cm²")):
        axes.bar(np.arange(5) + 0.4 * place, [max(evidence[name][place], 1e-12) for name in names], 0.4, label=at)
    axes.set(yscale="log", ylabel="share of the current on top", title="bars at the foot: none")
    said = ("Li-Sn", "Li-Sn, few\nelectrons", "Li-Sn with\nblocking cap", "LiPON", "Li-Sn, no\nbarrier")
    axes.set_xticks(np.arange(5) + 0.2, said, fontsize=8)
    axes.legend()


FACTORS = (1.05, 1.5, 3.0, 10.0)
NUMERIC = (11.513, 3.6056, 0.87322, 0.078591)  # of an independent program, by backward Euler
EXACT = (11.487812855, 3.601704108, 0.872666059, 0.078539816)  # series of the finite layer, decision 0040


def time_to_nucleation(run_pool):
    """Diffusion in the coating at currents above the onset, one below it, and the spectrum of the same layer."""
    device = reference()
    onset = device.thresholds().onset_closed

    def ends(factor, duration):
        steps = hold(current=factor * onset * 1e-4, duration=duration, samples=3).until("supersaturation", above=BARRIER)
        data = solion.simulate(device, steps, cells=200).dataset
        return float(data["time"][-1]), float(data["supersaturation"].max())

    frequency = np.geomspace(1e-4, 1e5, 46)
    spectrum = CoatingSpectrum(frequency).impedance(reference(law=100.0, bottom=1e3), 2 * np.pi * frequency)
    fit = fit_coating(frequency, spectrum + 5e-4, THICKNESS, bottom=0.02569257912 / 1e3)
    return {
        "times": [ends(factor, 20.0)[0] for factor in FACTORS],
        "below": ends(0.9, 100.0)[1],
        "fit": (fit.conductivity.value / 0.026287642 - 1, fit.diffusivity.value / 1e-11 - 1),
    }


def draw_times(figure, evidence):
    axes = figure.subplots()
    factors = np.geomspace(1.01, 20, 100)
    axes.loglog(factors, np.pi * 10 * 0.25 / factors**2, label="semi-infinite")
    axes.loglog(FACTORS, evidence["times"], "o", label="diffusion in the layer")
    axes.set(xlabel="current over onset", ylabel="time to nucleation (s)")
    axes.legend()


CASES = (
    Case(
        "coating-ranking",
        "Table I as currents: no single order",
        "Diffusion coefficients of lithium in coatings tell which suit fast plating; Li3Bi stands far above lithium.",
        "Table I",
        "closed forms at 25 C, rows of 360 and 415 C extrapolated with 0.2636 eV",
        table_of_measures,
        (
            *(
                Claim(
                    f"largest deviation of measure {k + 1} from an independent table, beyond its last digit",
                    lambda e, k=k: float(e["worst"][k]),
                    at_most(0.01, "a per cent, for constants and rounded inputs"),
                    CHECKED,
                    basis="independent program",
                )
                for k in range(3)
            ),
            Claim(
                "rank correlation of the onset with F D c/L, which the table suggests",
                lambda e: e["correlation"],
                at_least(0.8, "what it takes for D to stand for the onset"),
                PAPER_CONTRADICTED,
                instead=Between(-1, 0.6, "W and the content decide as much: D_chem is not comparable without W"),
            ),
            Claim(
                "whether the interval of Li3Sb overlaps that of the highest onset, so that it cannot be ranked",
                lambda e: e["bounds"]["Li3Sb-360C-GITT"][1] > e["bounds"]["Li3Bi-25C-GITT"][0],
                Equal(
                    True, "follows from the interval of W that is put in, three decades from its peak to the lithium-rich edge"
                ),
                INPUT,
                basis="theory",
            ),
            Claim(
                "spread of the onset of Li-Mg between its three methods",
                lambda e: float(e["middles"]["Li-Mg-25C-GITT"][0] / e["middles"]["Li-Mg-25C-neutron"][0]),
                at_most(3.0, "what methods that measure one thing may differ by"),
                PAPER_CONTRADICTED,
                instead=around(1e3, 0.01, "1e-8 by GITT and 1e-11 by tomography, printed side by side"),
            ),
            Claim(
                "whether self-diffusion lies between the slowest and the fastest Li-Mg",
                lambda e: bool(e["middles"]["Li-Mg-25C-Sand"][0] < e["self"] < e["middles"]["Li-Mg-25C-GITT"][0]),
                Equal(True, "neutrons and Sand below, GITT above"),
                INPUT,
            ),
            Claim(
                "activation energy (eV) that the two rows of Li22Sn5 give",
                lambda e: float(np.log(e["tin"][1] / e["tin"][0]) * 8.617333262e-5 / (1 / ROOM - 1 / 688.15)),
                around(0.2636, 1e-3, "to the digits that are used"),
                INPUT,
            ),
        ),
        draw_table,
    ),
    Case(
        "plating-switch",
        "Underneath at low currents, on top at high ones",
        "There is a threshold current above which lithium plates on top; a coating must be electronically resistive.",
        "text on Fig. 4",
        "steady states of lithium-tin, capped and not, LiPON, and a lithiophilic top",
        switch_over,
        (
            Claim(
                "onset of 10 um of Li22Sn5 (mA/cm2)",
                lambda e: e["metal"][2],
                around(5.667, 1e-3, LONG),
                CHECKED,
                "independent program",
            ),
            Claim("share on top at 1 mA/cm2, below it", lambda e: e["metal"][0], at_most(1e-3, "underneath"), PREDICTED),
            Claim(
                "share on top at 20 mA/cm2, electrons a million times as quick",
                lambda e: e["metal"][1],
                around(0.9929, 1e-4, LONG),
                CHECKED,
                "independent program",
            ),
            Claim(
                "the same with electrons ten thousand times as slow",
                lambda e: e["slow"][1],
                around(1.014e-4, 1e-3, LONG),
                CHECKED,
                "independent program",
            ),
            Claim(
                "share on top at 20 mA/cm2 under a thin cap with R_e/R_U = 1e4, over that of slow electrons in the layer",
                lambda e: e["capped"][1] / e["slow"][1],
                around(1.0, 1e-3, "what counts is the ratio, which is put in"),
                CHECKED,
                basis="theory",
            ),
            Claim(
                "share on top of LiPON at 20 mA/cm2, fifty times its onset",
                lambda e: e["lipon"][1],
                at_most(1e-3, "underneath at every current: the onset alone misjudges a blocking layer"),
                PREDICTED,
            ),
            Claim(
                "share on top at 1 mA/cm2 without a barrier (lithiophilic top)",
                lambda e: e["lithiophilic"][0],
                at_least(0.5, "plates on top at any current"),
                PREDICTED,
            ),
            *(
                Claim(
                    f"onset of the reference layer, {what} (mA/cm2)",
                    lambda e, k=k: e["interfaces"][k],
                    around(value, 1e-5, LONG),
                    CHECKED,
                    "independent program",
                )
                for k, (what, value) in enumerate(
                    (
                        ("i02 = 1000 A/m2", 4.92493),
                        ("driven by all of eta, i01 = 100 A/m2", 3.14324),
                        ("the same, i01 = 10 A/m2", 0.689338),
                    )
                )
            ),
            *(
                Claim(
                    f"limit of pores of {phi} % (mA/cm2)",
                    lambda e, k=k: e["pores"][k],
                    around(value, 4e-3, "half of the last of three digits"),
                    CHECKED,
                    "independent program",
                )
                for k, (phi, value) in enumerate(((1, 0.467), (5, 5.22), (10, 14.8)))
            ),
        ),
        draw_switch,
    ),
    Case(
        "nucleation-time",
        "Above the threshold it takes a while",
        "Diffusivity and thickness tune the threshold current.",
        "text on Fig. 4",
        "diffusion in 200 cells until the top is supersaturated by the barrier",
        time_to_nucleation,
        (
            *(
                Claim(
                    f"time (s) at {factor} times the onset, by {basis}",
                    lambda e, k=k: e["times"][k],
                    around(known, band, reason),
                    CHECKED,
                    basis,
                )
                for known_times, band, reason, basis in (
                    (NUMERIC, 0.01, "what that program asks for of itself", "independent program"),
                    (EXACT, 3e-4, "second order of 200 cells", "theory"),
                )
                for k, (factor, known) in enumerate(zip(FACTORS, known_times, strict=True))
            ),
            Claim(
                "largest supersaturation (V) within ten L^2/D at 0.9 times the onset",
                lambda e: e["below"],
                around(0.018, 1e-5, "the steady value 0.9 eta_nuc: never"),
                CHECKED,
                "theory",
            ),
            Claim(
                "sigma_Li and D from a spectrum of the layer, worst deviation",
                lambda e: float(np.max(np.abs(e["fit"]))),
                at_most(1e-5, "a spectrum without noise"),
                CHECKED,
                "theory",
            ),
        ),
        draw_times,
    ),
)
