"""What limits a front: laws in each geometry, intervals, verdicts, refusals, and the file route."""

import dataclasses
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from solion import InputError, read
from solion.cli.app import app
from solion.devices import AlloyParticle, Wire
from solion.experiments import simulate
from solion.explore import identify as rooms
from solion.explore.identify import posterior, resolved_posterior, transient
from solion.explore.identify.crossover import crossover
from solion.explore.identify.front_laws import LAWS, POWER, RATES, FrontScale, stressed_times
from solion.explore.identify.least_squares import FrontModel, StartAndOffset, fit_law, interval
from solion.explore.identify.next_experiment import information, proposals
from solion.explore.identify.posterior import probabilities, sample
from solion.explore.identify.specimen import Specimen
from solion.explore.identify.verdict import word_of
from solion.laws import GivenAmorphisation, core_shell
from solion.materials import lithium_silicon
from solion.protocols import hold

pytestmark = pytest.mark.computes

LAW = {law.name: law for law in LAWS}
NM = 1e-9
TIME = np.linspace(2, 120, 40)
SILICON = 3.81


def planar(thickness, sigma=1.0, seed=0, **more):
    noise = np.random.default_rng(seed).normal(0, sigma, TIME.size)
    return rooms.front_series(
        TIME,
        (thickness + noise) * NM,
        meaning="product_thickness",
        shape="planar",
        volume_ratio=SILICON,
        noise=rooms.Noise(sigma * NM),
        **more,
    )


def deal_grove(time, length, end, duration=120.0):
    """l of l^2 + 2 l* l = B t that ends at ``end``."""
    return length * (np.sqrt(1 + (end**2 + 2 * length * end) * time / duration / length**2) - 1)


SERIES = {"ICR": planar(1.7 * TIME), "DCR": planar(60 * np.sqrt(TIME / 120)), "mixed": planar(deal_grove(TIME, 20.0, 60.0), 0.5)}


def arrested_wire(sigma=0.5):
    """The silicon wire of 129 nm of the specification's table 4.3: traction, alpha 1/2, v0 = 0.0283 nm/s, 0.0955 eV."""
    body = Specimen("wire", 64.5 * NM, SILICON)
    scale = FrontScale(body, 20 * NM, 1.0)
    depth, time, _ = stressed_times(scale, np.array([0.5594]), np.array([0.0955 / 0.025693]), np.array([0.0]))
    return body, depth[0], time[0] * 20 / 0.0283


@pytest.mark.parametrize(("shape", "order"), [("planar", 0), ("wire", 1), ("sphere", 2)])
def test_closed_times_are_integrals_of_the_resistances(shape, order):
    body = Specimen(shape, 50 * NM, SILICON)
    y = np.linspace(0, 45 * NM, 4001)
    for total, slope in (
        (body.layer_time(y), core_shell.kinematics.diffusion_length(body.core(y), body.outer(y), order)),
        (body.film_time(y), (body.core(y) / body.outer(y)) ** order),
    ):
        area = np.concatenate([[0], np.cumsum((slope[1:] + slope[:-1]) / 2 * np.diff(y))])
        np.testing.assert_allclose(total, area, rtol=1e-5, atol=1e-7 * area[-1])


def test_full_conversion_of_a_layer_limited_body():
    """Specification 5.3 at beta = 3.81 and, near 1, Ginstling and Brounshtein."""
    for shape, end, thin in (("planar", 1.9050, 1 / 2), ("wire", 0.4534, 1 / 4), ("sphere", 0.2439, 1 / 6)):
        assert Specimen(shape, 1.0, SILICON).layer_time(1.0) == pytest.approx(end, abs=1e-4)
        assert Specimen(shape, 1.0, 1.0).layer_time(1.0) == pytest.approx(thin, rel=1e-9)


def test_stress_limited_times_are_those_of_the_specification():
    body, depth, time = arrested_wire()
    f = [float(body.fraction(np.interp(60 * minute, time, depth))) for minute in (5, 15, 30, 60, 90, 180)]
    np.testing.assert_allclose(f, [0.173, 0.335, 0.446, 0.527, 0.550, 0.559], atol=0.001)


@pytest.mark.parametrize("word", SERIES)
def test_verdict_words(word):
    """Specification 4.9, with start and offset free, in linear space."""
    series = SERIES[word]
    model = FrontModel(series, POWER, StartAndOffset((-116.0, 43.0), 3 * float(series.sigma[0])))
    exponent = interval(fit_law(model), "exponent")
    assert word_of(exponent) == word


def test_a_start_that_was_not_recorded_does_not_bend_the_exponent():
    series = planar(np.where(TIME > 5, 0.5 * (TIME - 5), 0.0))
    model = FrontModel(series, POWER, StartAndOffset((-116.0, 43.0), 3 * NM))
    exponent = interval(fit_law(model), "exponent")
    assert exponent.low < 1.0 < exponent.high


def test_crossover_is_found_where_the_series_spans_it_and_refused_elsewhere():
    """Specification 4.2: l* within 10 %, both rates within 15 %, over 0.2 to 10 l*."""
    series = planar(deal_grove(TIME, 20.0, 200.0), 0.25)
    around = StartAndOffset((-116.0, 43.0), 0.75 * NM)
    found = crossover(fit_law(FrontModel(series, LAW["deal_grove"], around)))
    slope = (200.0**2 + 40 * 200.0) / 120 * NM**2  # B = 2 S D = 2 beta K; B/A = beta v_k
    assert found.known == "both"
    assert found.length.value == pytest.approx(20 * NM, rel=0.1)
    assert found.interface_speed.value == pytest.approx(slope / (40 * NM) / SILICON, rel=0.15)
    assert found.parabolic == pytest.approx(slope, rel=0.15)
    thin = crossover(fit_law(FrontModel(planar(deal_grove(TIME, 2000.0, 60.0)), LAW["deal_grove"], around)))
    thick = crossover(fit_law(FrontModel(planar(deal_grove(TIME, 0.5, 60.0)), LAW["deal_grove"], around)))
    assert (thin.known, thick.known) == ("interface", "layer")
    assert "Only k is identifiable" in thin.sentence
    assert "Only K = 2 S D is identifiable" in thick.sentence
    assert thin.interface_speed.value == pytest.approx(0.5 * NM / SILICON, rel=0.1)


def test_stress_is_compared_before_diffusion_is_said():
    """An arrested wire bends as a root of time over a part of its way; the law of stress wins or the verdict stays open."""
    body, depth, time = arrested_wire()
    rows = np.linspace(60, 5400, 40)
    radius = body.radius - np.interp(rows, time, depth) + np.random.default_rng(1).normal(0, 0.5 * NM, 40)
    series = rooms.front_series(
        rows, radius, meaning="core_radius", shape="wire", radius=body.radius, volume_ratio=SILICON, noise=rooms.Noise(0.5 * NM)
    )
    found = rooms.identify(series, posterior=False)
    assert found.verdict.word == "stress-limited"
    assert found.arrest.low < 2.865 < found.arrest.high
    early = rows < 2000
    part = rooms.front_series(
        rows[early],
        radius[early],
        meaning="core_radius",
        shape="wire",
        radius=body.radius,
        volume_ratio=SILICON,
        noise=rooms.Noise(2 * NM),
    )
    assert rooms.identify(part, posterior=False).verdict.word != "DCR"


def test_the_resolved_particle_gives_its_own_numbers_back(monkeypatch):
    """A run of the 129 nm wire with noise, fitted by runs: the rate and the yield stress, while the layer is not seen."""
    monkeypatch.setattr(transient, "SHARES", (0.1,))
    host = dataclasses.replace(lithium_silicon(), amorphisation=GivenAmorphisation(0.0))
    wire = AlloyParticle(host, Wire(64.5 * NM))
    run = simulate(wire, hold(voltage=0.0145, duration=6000, samples=120), cells=24).dataset
    rows = np.linspace(100, 6000, 24)
    radius = np.interp(rows, run["time"] + wire.start_time(0.0145), run["core"])
    series = rooms.front_series(
        rows,
        radius + np.random.default_rng(1).normal(0, 0.5 * NM, rows.size),
        meaning="core_radius",
        shape="wire",
        radius=64.5 * NM,
        volume_ratio=SILICON,
        noise=rooms.Noise(0.5 * NM),
    )
    given = {"start": 0.0, "offset": 0.0, "posterior": False}
    for name, value in {"RUNS": 56, "TESTS": 8, "LOOKS": 9, "ROUNDS": 2}.items():
        monkeypatch.setattr(resolved_posterior, name, value)
    monkeypatch.setattr(posterior, "STOP", 1.0)
    found = transient.fit_transient(rooms.identify(series, **given).fits["stress_limited"], host, 0.0145, posterior=True)
    assert found.numbers["front_rate"].low < float(host.front_rate) < found.numbers["front_rate"].high
    assert found.numbers["yield_stress"].low < 1e9 < found.numbers["yield_stress"].high
    assert found.numbers["yield_stress"].high < 1.05 * found.numbers["yield_stress"].low
    assert found.numbers["diffusivity"].open_high
    drawn = found.posterior
    assert ("too roughly" in drawn.sentence) == (drawn.misfit >= resolved_posterior.ROUGH)
    assert drawn.interval("yield_stress").low < 1e9 < drawn.interval("yield_stress").high
    assert drawn.interval("front_rate").low < float(host.front_rate) < drawn.interval("front_rate").high
    with pytest.raises(InputError, match="material and potential go together"):
        rooms.identify(series, material=host, **given)
    with pytest.raises(InputError, match="above the plateau"):
        rooms.identify(series, material=host, potential=0.2, **given)


def test_interface_is_linear_in_the_radius_of_the_core():
    """Not in thickness or fraction: each meaning of the same run leads to the same exponent."""
    body = Specimen("sphere", 60 * NM, SILICON)
    depth = np.minimum(0.4 * NM * TIME, 55 * NM)
    for name, error in (("core_diameter", 0.2 * NM), ("product_thickness", 0.2 * NM), ("reacted_volume_fraction", 2e-3)):
        value = rooms.MEANINGS[name].of_depth(body, depth)
        series = rooms.front_series(
            TIME, value, meaning=name, shape="sphere", radius=body.radius, volume_ratio=SILICON, noise=rooms.Noise(error)
        )
        np.testing.assert_allclose(series.depth, depth, atol=0.01 * NM)
        fit = fit_law(FrontModel(series, POWER, StartAndOffset((0.0, 0.0), 0.0)))
        assert fit.values["exponent"] == pytest.approx(1.0, abs=0.01)


def test_rates_and_shares_are_one_law():
    series = SERIES["mixed"]
    around = StartAndOffset((-116.0, 43.0), 1.5 * NM)
    by_share, by_rate = (fit_law(FrontModel(series, law, around)) for law in (LAW["deal_grove"], RATES))
    assert by_share.cost == pytest.approx(by_rate.cost, rel=1e-3)


def test_noise_that_is_not_known_is_estimated_in_the_unit_of_the_length():
    series = rooms.front_series(TIME, SERIES["ICR"].value, meaning="host_depth", shape="planar", volume_ratio=SILICON)
    fit = fit_law(FrontModel(series, LAW["linear"], StartAndOffset((-116.0, 43.0), 3 * NM)))
    assert fit.deviation == pytest.approx(1 * NM, rel=0.25)


def test_information_of_two_models():
    """Far apart one bit, alike none; in between that of a binary channel by quadrature."""
    flat, prior = np.zeros((5, 1)), np.array([0.5, 0.5])
    assert information([flat, flat + 50], prior, 1.0) == pytest.approx(1, abs=1e-6)
    assert information([flat, flat], prior, 1.0) == pytest.approx(0, abs=1e-12)
    y = np.linspace(-8, 10, 4001)
    one, two = (np.exp(-((y - m) ** 2) / 2) / np.sqrt(2 * np.pi) for m in (0, 2))
    exact = np.trapezoid(0.5 * one * np.log2(2 * one / (one + two)) + 0.5 * two * np.log2(2 * two / (one + two)), y)
    assert information([flat, flat + 2], prior, 1.0) == pytest.approx(exact, abs=0.06)


def test_evidence_is_that_of_quadrature():
    pytest.importorskip("dynesty")
    series, around = planar(0.5 * TIME, 8.0), StartAndOffset((0.0, 0.0), 0.0)
    linear, bent = (sample(fit_law(FrontModel(series, LAW[name], around)), 0.0) for name in ("linear", "parabolic"))
    number = linear.fit.model.numbers[0]
    half = np.geomspace(number.low, number.high, 20001)
    off = (series.value - SILICON * linear.fit.model.scale.depth / half[:, None] * TIME) / (8 * NM)
    logs = -0.5 * np.sum(off**2, 1) - 40 * np.log(np.sqrt(2 * np.pi) * 8 * NM)
    exact = logs.max() + np.log(np.trapezoid(np.exp(logs - logs.max()), np.linspace(0, 1, half.size)))
    assert linear.log_evidence == pytest.approx(exact, abs=4 * linear.error)
    laws, mechanisms, _ = probabilities([linear, bent])
    assert laws["linear"] > laws["parabolic"]
    assert mechanisms["interface"] == pytest.approx(laws["linear"])
    bits, proposed = proposals([linear, bent], {"linear": 0.6, "parabolic": 0.4}, 2 * NM)
    assert bits == pytest.approx(0.971, abs=1e-3)
    assert 0.5 * bits < proposed[0].information <= bits + 0.1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"meaning": None}, "not declared"),
        ({"meaning": "core_radios"}, "core_radius"),
        ({"meaning": "core_radius"}, "size of the pristine host"),
        ({"shape": "wire"}, "needs the radius"),
        ({"shape": "cube"}, "none of"),
        ({"volume_ratio": 381.0}, "0.2 to 20"),
        ({"time": TIME[::-1]}, "falls"),
        ({"time": 0 * TIME}, "same time"),
        ({"value": np.full(40, np.nan)}, "finite"),
        ({"sigma": np.zeros(40)}, "positive"),
    ],
)
def test_refusals(change, sentence):
    given = {"time": TIME, "value": TIME * NM, "meaning": "host_depth", "shape": "planar", "volume_ratio": SILICON} | change
    with pytest.raises(InputError, match=sentence):
        rooms.front_series(given.pop("time"), given.pop("value"), **given)


def test_a_diameter_given_as_a_radius_is_doubted():
    core = (64.5 - 0.3 * TIME) * NM
    whole = {"meaning": "core_radius", "shape": "wire", "volume_ratio": SILICON}
    assert not rooms.front_series(TIME, core, radius=64.5 * NM, **whole).notes
    assert any("diameter given as a radius" in note for note in rooms.front_series(TIME, core, radius=129 * NM, **whole).notes)
    assert any("above 1 or below 0" in note for note in rooms.front_series(TIME, core, radius=32 * NM, **whole).notes)
    twice = rooms.front_series(np.repeat(TIME[:20], 2), core, radius=64.5 * NM, **whole)
    assert any("share the time" in note for note in twice.notes)


def test_file_to_report(tmp_path):
    file = tmp_path / "front.csv"
    rows = [f"{t / 60:.4f},{v / NM:.4f}" for t, v in zip(TIME, SERIES["DCR"].value, strict=True)]
    rows[3] = rows[3].split(",")[0] + ","
    file.write_text("\n".join(["time [min],L [nm]", *rows]) + "\n")
    assert read(file).kind == "front"
    run = ["identify", str(file), "--shape", "planar", "--volume-ratio", "3.81", "--pixel", "1 nm", "--no-posterior"]
    missing = CliRunner().invoke(app, [*run, "--out", str(tmp_path / "none")])
    assert missing.exit_code == 2
    unknown = CliRunner().invoke(app, ["identify", str(file), "--shape", "planar", "--material", "lithium_silicium"])
    assert unknown.exit_code == 2
    assert "lithium_silicon" in unknown.output + str(unknown.stderr)
    lonely = CliRunner().invoke(app, [*run, "--potential", "0 V"])
    assert "--potential needs --material" in lonely.output + str(lonely.stderr)
    out = tmp_path / "out"
    done = CliRunner().invoke(app, [*run, "--meaning", "product_thickness", "--out", str(out)])
    assert done.exit_code == 0, done.output
    found = json.loads((out / "identify.json").read_text())
    assert found["verdict"] == "DCR"
    assert found["crossover"]["known"] == "layer"
    assert any("no number" in warning for warning in found["warnings"])
    assert "DCR" in (out / "report.html").read_text()
