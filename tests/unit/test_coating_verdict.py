"""Verdicts on coatings: printed thresholds, refusals, scores, inverse design, ranking, reports."""

import json
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose
from typer.testing import CliRunner

from solion.base.constants import FARADAY
from solion.base.errors import InputError
from solion.cli.app import app
from solion.explore import coating
from solion.explore.coating import evaluate as evaluations
from solion.explore.coating import verdict as verdicts
from solion.explore.coating.verdict import evaluate_many as evaluate
from solion.laws.film_penalty import thermodynamic_factor
from solion.materials import lithium_magnesium_film
from solion.result import load as load_result
from solion.thermodynamics.complexions import film_nucleation

FOLDER = Path(coating.__file__).parent / "candidates"
TABLE = {  # W, i_th, i_range, naive at the low and high end of D, mA/cm2
    "lithium-self": (1, (0.354, 0.443), None, (0.455, 0.569)),
    "li3bi": (370, (13.3, 39.9), (116, 347), (6330, 19000)),
    "li-mg-gitt": (2, (20.3, 20.3), (52.1, 52.1), (52.1, 52.1)),
    "lixag": (3, (1.86, 62.1), (0.087, 2.9), (7.2, 239)),
    "lizn": (50, (3.31, 33.1), (17, 170), (213, 2130)),
    "li22sn5": (335, (3.22, 9.99), (20.4, 63.3), (1380, 4300)),
    "li22si5": (232, (4.39, 6.20), (6.42, 9.06), (1310, 1850)),
    "li13sn5": (1150, (0.644, 9.76), (6.6, 99.8), (951, 14400)),
    "li-in": (52, (0.087, 7.30), (3.8, 322), (5.8, 487)),
    "li3sb": (70000, (0.066, 0.132), (4.0, 7.9), (5950, 11900)),
    "li-mg-sand": (2, (0.060, 0.060), (0.12, 0.12), (0.153, 0.153)),
    "li-mg-neutron": (2, (0.020, 0.020), (0.052, 0.052), (0.052, 0.052)),
}


def small(**more):
    raw = {
        "layers": [
            {
                "name": "alloy",
                "thickness_um": 10,
                "D_chem_cm2_s": [1.9e-7, 5.9e-7],
                "W": [33, 335],
                "c_Li_mol_m3": 75500,
                "sigma_e_S_m": 1e5,
                "E_GPa": 60,
                "Gc_J_m2": 5,
            },
            {"name": "skin", "thickness_um": 0.02, "sigma_ion_S_m": 1e-4, "sigma_e_S_m": 1e-11},
        ],
        "interfaces": {"i01_A_m2": 100, "i02_A_m2": 1000, "eta_nuc_mV": [5, 40], "contact_angle_deg": None, "i0T_A_m2": 100},
        "operation": {"i_mA_cm2": 1, "Q_mAh_cm2": 3, "pressure_MPa": 0.1},
    }
    return raw | more


@pytest.mark.parametrize("name", TABLE)
def test_the_table_of_thresholds(name):
    factor, *measures = TABLE[name]
    candidate = coating.load_candidate(FOLDER / f"{name}.toml")
    x = {path: np.full(2, number.low) for path, number in candidate.numbers.items()}
    d = candidate.numbers["layers.0.diffusivity"]
    x["layers.0.diffusivity"] = np.array([d.low, d.high])
    x["layers.0.thermodynamic_factor"] = np.full(2, float(factor))
    state = evaluate(candidate, x, shared=False)
    for wanted, field in zip(measures, verdicts.MEASURES, strict=True):
        if wanted is None:
            assert np.isnan(getattr(state, field)).all()
            continue
        rounding = max(0.01, 0.6 * 10.0 ** -(len(f"{min(wanted):g}".replace(".", "").lstrip("0"))))
        assert_allclose(np.asarray(getattr(state, field)) / 10, wanted, rtol=rounding)


def test_a_verdict_says_what_decides_and_repeats():
    candidate = coating.read_candidate(small())
    found = coating.check_coating(candidate, samples=512, seed=3)
    again = coating.check_coating(candidate, samples=512, seed=3, indices=False)
    assert found.word == "under"
    assert found.bands == again.bands
    assert found.probability == again.probability
    assert abs(found.checklist.overall[0] - again.checklist.overall[0]) < 1e-9
    assert found.measure_first in ("layers.0.thermodynamic_factor", "interfaces.nucleation_overpotential")
    assert_allclose(found.slopes["layers.0.diffusivity"], -found.slopes["layers.0.thermodynamic_factor"], rtol=1e-6)
    assert sum(first for first, _ in found.sobol.values()) < 1.05
    assert "stable against lithium" in found.checklist.unknown
    assert "not reached" in found.notes[-1]


def test_inverse_design_returns_to_the_threshold():
    candidate = coating.read_candidate(small())
    x = verdicts.at_shares(candidate, np.full((1, len(candidate.uncertain)), 0.5))
    length = verdicts.largest_thickness(candidate, x, evaluate(candidate, x, shared=False))
    state = evaluate(candidate, x | {"layers.0.thickness": length}, shared=False)
    assert_allclose(np.asarray(state.onset), 10.0, rtol=1e-9)
    blocking = verdicts.smallest_blocking(x, evaluate(candidate, x))
    sigma = (blocking - x["layers.1.thickness"] / 1e-11 * 0) / 2e-8
    state = evaluate(candidate, x | {"layers.1.electron_conductivity": 1 / sigma})
    assert_allclose(state.top_share, 0.01, rtol=1e-4)


def test_lithiophilic_tops_and_pores():
    barriers = np.array([1e-9, 1e-6, 1e-3])
    candidate = coating.read_candidate(small())
    x = verdicts.at_shares(candidate, np.full((3, len(candidate.uncertain)), 0.5))
    state = evaluate(candidate, x | {"interfaces.nucleation_overpotential": barriers, "operation.pressure": 0.0}, shared=False)
    assert_allclose(np.asarray(state.onset) / barriers, state.onset[0] / barriers[0], rtol=1e-3)
    phi = {"alloy": 0.5, "salt": 0.2, "pore": 0.3}
    porous = coating.read_candidate(small(composite={"phi": phi}))
    x = verdicts.at_shares(porous, np.full((2, len(porous.uncertain)), 0.5))
    state = evaluate(porous, x | {"composite.pore": np.array([0.32, 0.35])})
    assert state.pore_share[0] == 0
    assert state.pore_share[1] > 1e-3


def test_scores():
    assert_allclose(coating.logistic_score(5, 5, 500), 0.99, rtol=1e-12)
    assert_allclose(coating.logistic_score(50, 5, 500), 0.5, rtol=1e-12)
    candidate = coating.read_candidate(small(lithium={"reaction_energy": -300, "healing_time_s": 60}))
    found = coating.check_coating(candidate, samples=64, indices=False).checklist
    assert found.flags == ("reactive",)
    assert found.overall == (0.0, 0.0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"operation": {"i_mA_cm2": [3, 1]}}, r"operation\.i_mA_cm2 = \[3, 1\] is reversed"),
        ({"operation": {"i_mA_cm2": -1}}, r"outside its allowed range"),
        ({"operation": {"i_mA_cm": 1}}, r"i_mA_cm is not a known key"),
        ({"operaton": {}}, r"operaton is not a known key \(did you mean 'operation'\?\)"),
        ({"composite": {"phi": {"alloy": 0.5, "salt": 0.3}}}, r"sums to 0\.8"),
        ({"operation": {"current": 1}}, r"has no unit"),
        ({"operation": {"current": "1 A/m^2", "i_mA_cm2": 1}}, r"gives current a second time"),
        ({"composite": 3}, r"composite is not a table"),
        ({"composite": {"phi": {"alloy": 1.0}, "model": "generl"}}, r"did you mean 'general'"),
        ({"composite": {"phi": {"alloy": 1.0}, "model": "network"}}, r"composite\.grain is missing"),
        ({"sources": {"layers.0.W": "somewhere"}}, r"mine\.toml: sources: .* does not begin with one of"),
        ({"sources": {"layers.0.D_chem": "stated: Table I"}}, r"layers\.0\.D_chem is no number of the candidate"),
        ({"sources": {"lithium.poisson": "stated: x"}}, r"lithium\.poisson is not given in this file"),
        ({"layers": [{"row": "Li22Sn5-25C-GIT", "thickness": "1 um"}]}, r"layers\.0\.row: .*did you mean 'Li22Sn5-25C-GITT'"),
        ({"composite": {"phi": {"alloy": "x"}}}, r"is not a table of shares"),
        ({"composite": {"phi": {"pore": 1.0}}}, r"sum to 1"),
        ({"composite": {"phi": {"alloy": 1.0}, "pore_connected": "no"}}, r"neither true nor false"),
    ],
)
def test_refusals(change, words):
    with pytest.raises(InputError, match=words):
        coating.read_candidate(small(**change), "mine.toml")


def test_diffusivity_in_the_wrong_unit_and_a_missing_factor():
    raw = small()
    layer = {key: value for key, value in raw["layers"][0].items() if key not in ("W", "D_chem_cm2_s")}
    with pytest.raises(InputError, match=r"was cm\^2/s meant\?"):
        coating.read_candidate(raw | {"layers": [layer | {"D_chem_m2_s": 1.9e-7}]})
    found = coating.read_candidate(raw | {"layers": [layer | {"D_chem_cm2_s": 1.9e-7}]})
    assert found.numbers["layers.0.thermodynamic_factor"].assumed
    assert "no W" in found.notes[0]


def test_sources_and_rows_of_table_one():
    given = coating.read_candidate(small(sources={"layers.0.D_chem_cm2_s": "literature: ref. 44", "layers.0.W": "stated: p. 3"}))
    assert given.numbers["layers.0.diffusivity"].source.reference == "ref. 44"
    assert given.numbers["layers.0.thermodynamic_factor"].source.provenance == "stated"
    assert given.numbers["layers.0.thickness"].source.provenance == "user"
    row = coating.load_candidate(FOLDER / "li13sn5.toml")
    assert row.numbers["layers.0.diffusivity"].source.provenance == "literature"
    assert row.numbers["layers.0.thermodynamic_factor"].assumed
    assert any("extrapolated from 688.15 K to 298.15 K with 0.2636 eV" in note for note in row.notes)
    own = coating.read_candidate(small(layers=[{"row": "Li22Sn5-25C-GITT", "thickness_um": 1, "W": 40}]))
    assert own.numbers["layers.0.thermodynamic_factor"].high == 40
    assert own.numbers["layers.0.concentration"].high == 75500


MELT = [0.6, 0.7, 0.8, 0.9, 0.95]
D_OF_T = {"temperature": ["0 degC", "60 degC"], "values": ["1e-9 cm^2/s", "8e-9 cm^2/s"]}


def tabled(**more):
    layer = {"thickness_um": 10, "c_Li_mol_m3": 69000, "sigma_e_S_m": 1e6, "W": 2.0, "D_chem_cm2_s": 2e-9}
    return small(layers=[{key: value for key, value in (layer | more).items() if value is not None}])


def test_tables_of_a_layer(tmp_path):
    """Arrhenius between nodes; W of an alloy's voltage is its thermodynamic factor; a sample reads D and W at one x."""
    film = lithium_magnesium_film()
    x = np.linspace(0.55, 0.98, 40)
    host = np.asarray(jax.vmap(lambda share: film.potentials(298.15, 1 - share)[0])(jnp.asarray(x)))
    lines = [f"{share};{-1e3 * energy / FARADAY}" for share, energy in zip(x, host, strict=True)]
    (tmp_path / "e.csv").write_text("\n".join(["composition;voltage (mV)", *lines]))
    rows = [(t, a, d) for t, f in ((273.15, 1), (298.15, 2), (333.15, 8)) for a, d in ((0.6, f), (0.95, 2 * f))]
    lines = [f"{d}e-9,{t},{a}" for t, a, d in rows]
    (tmp_path / "d.csv").write_text("\n".join(["diffusivity (cm^2/s),temperature (K),composition", *lines]))
    files = {"diffusivity": {"file": "d.csv"}, "voltage": {"file": "e.csv"}, "x": [0.7, 0.9]}
    raw = tabled(W=None, D_chem_cm2_s=None, **files) | {"sources": {"layers.0.voltage": "literature: COST 507"}}
    candidate = coating.read_candidate(raw, str(tmp_path / "mine.toml"))
    d, w = (candidate.tables[f"layers.0.{name}"] for name in ("diffusivity", "thermodynamic_factor"))
    assert w.source.reference == "COST 507"
    assert_allclose(d.at(np.array([273.15, 333.15]), np.array([0.6, 0.95])), [1e-13, 1.6e-12], rtol=1e-12)
    assert_allclose(d.at(2 / (1 / 273.15 + 1 / 298.15), 0.775), 2e-13, rtol=1e-12)  # half way in 1/T and in x, in logarithms
    inner = np.array([0.7, 0.8, 0.9])
    assert_allclose(w.at(298.15, inner), thermodynamic_factor(film.crystal, 1 - inner, 298.15), rtol=2e-3)
    state = evaluate(candidate, verdicts.at_shares(candidate, np.full((1, len(candidate.uncertain)), 0.5)), shared=False)
    middle = np.sqrt(0.63)
    sigma = FARADAY**2 * 69000 * d.at(298.15, middle) / (w.at(298.15, middle) * 8.314462618 * 298.15)
    assert_allclose(1e-5 / state.ion_resistance, sigma, rtol=1e-9)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"diffusivity": D_OF_T | {"temperature": ["30 degC", "60 degC"]}}, r"holds 303\.15 to 333\.15 K, but temperature is"),
        ({"diffusivity": D_OF_T | {"temperature": ["60 degC"], "values": ["1e-9 cm^2/s"]}}, r"holds 333\.15 K only, but"),
        ({"D_chem_cm2_s": 1e-9, "diffusivity": D_OF_T}, r"gives diffusivity a second time"),
        ({"diffusivity": {"values": ["1e-9 cm^2/s"]}}, r"table over nothing"),
        ({"diffusivity": D_OF_T | {"values": ["1e-9 cm^2/s"]}}, r"1 values for 2 temperatures"),
        ({"diffusivity": D_OF_T | {"values": ["1e-9 m^2/s", "2e-7 m^2/s"]}}, r"outside its allowed range"),
        ({"diffusivity": D_OF_T | {"values": ["1e-8 m^2/s", "2e-8 m^2/s"]}}, r"was cm\^2/s meant"),
        ({"diffusivity": D_OF_T, "diffusivity_temperature": "300 K"}, r"the table has its own"),
        ({"diffusivity": {"file": "none.csv"}}, r"none\.csv"),
        ({"thickness": D_OF_T, "thickness_um": None}, r"thickness is not a known key"),
        ({"W": None, "voltage": {"composition": MELT[:2], "values": ["30 mV", "20 mV"]}}, r"give 5 or more over composition"),
        ({"W": None, "voltage": {"composition": MELT, "values": ["9 mV"] * 5}}, r"composition is missing"),
        ({"W": None, "x": 0.8, "voltage": {"composition": MELT, "values": ["9 mV"] * 5}}, r"does not fall with x at x = 0\.8"),
        ({"W": None, "quantity": "self", "x": 0.8, "voltage": {"composition": MELT, "values": list("98765")}}, r"has no unit"),
    ],
)
def test_refusals_of_tables(change, words):
    base = {"D_chem_cm2_s": None} if "diffusivity" in change else {}
    with pytest.raises(InputError, match=words):
        coating.read_candidate(tabled(**(base | change)), "mine.toml")


def test_models_of_a_composite():
    found = {}
    for model in ("series", "hashin_shtrikman_lower", "bruggeman", "general", "hashin_shtrikman_upper", "parallel", "network"):
        table = {
            "phi": {"alloy": 0.5, "salt": 0.45, "pore": 0.05},
            "model": model,
            "salt_ion_S_m": 1e-4,
            "salt_electron_S_m": 1e-9,
        }
        raw = small(composite=table | ({"grain": "4 um"} if model == "network" else {}))
        candidate = coating.read_candidate(raw)
        x = verdicts.at_shares(candidate, np.full((1, len(candidate.uncertain)), 0.5))
        found[model] = float(np.ravel(evaluations.conductivities(candidate, x)[0][0])[0])
    bounds = [found[name] for name in ("series", "hashin_shtrikman_lower", "bruggeman", "hashin_shtrikman_upper", "parallel")]
    assert bounds == sorted(bounds)
    for model in ("general", "network"):
        assert found["hashin_shtrikman_lower"] < found[model] < found["hashin_shtrikman_upper"]
    thick = coating.read_candidate(small(composite={"phi": {"alloy": 1.0}, "model": "network", "grain_nm": 10}))
    with pytest.raises(InputError, match=r"1000 grains thick"):
        evaluations.network_of(thick)


def test_efficiency_cracks_and_a_layer_without_electrons():
    raw = small(interphase={"k_p_m2_s": 1e-20, "excess": 1.0}, operation={"i_mA_cm2": 1, "Q_mAh_cm2": 0.1})
    raw["layers"] = [*raw["layers"], {"thickness_um": 1, "sigma_ion_S_m": 1e-4, "sigma_e_S_m": 0}]
    found = coating.check_coating(coating.read_candidate(raw), samples=64)
    assert (found.word, found.probability, found.sobol) == ("under", 1.0, {})
    assert "no threshold" in found.sentence
    assert found.cracks == 0
    grown = np.sqrt(5e-9**2 + 2e-20 * 2 * (360 + 3600)) - 5e-9  # 3600 C/m2 at 10 A/m2, and two rests of an hour
    assert_allclose(found.bands["efficiency"][1], 1 - 0.005 - FARADAY * 1.3e5 * grown / 3600, rtol=1e-9)
    raw["operation"]["Q_mAh_cm2"] = 3
    much = coating.check_coating(coating.read_candidate(raw), samples=64, indices=False)
    assert much.cracks == 1
    assert "cracks at 3 mAh" in much.outlook[1]
    assert much.bands["crack_share"][1] > 0.01


def test_a_film_of_the_candidate_turns_the_angle_and_raises_the_threshold():
    film = {"control": 1e8, "change": {"law": "fixed_change", "energy": "-0.3 J/m^2"}}
    film |= {"coefficient": {"law": "exponential_coefficient", "decay_length": "0.3 nm"}}
    layers = [{"row": "Li22Sn5-25C-GITT", "thickness_um": 10, "sigma_e_S_m": 1e5}]
    found = {}
    for name, more, angles in (
        ("clean", {}, {"outer_energy": "0.6 J/m^2", "buried_energy": "0.3 J/m^2"}),
        ("angle", {}, {"contact_angle": f"{np.arccos(0.6)} rad"}),
        ("outer", {"film": film}, {"outer_energy": "0.6 J/m^2", "buried_energy": "0.3 J/m^2"}),
        ("buried", {"buried_film": film}, {"contact_angle": f"{np.arccos(0.6)} rad"}),
    ):
        candidate = coating.read_candidate(small(layers=layers, interfaces=angles, **more))
        x = verdicts.at_shares(candidate, np.full((1, len(candidate.uncertain)), 0.5))
        found[name] = evaluate(candidate, x, shared=False)
        assert (name in ("outer", "buried")) == any("0.691 nm" in note for note in candidate.notes)
    lowering = -0.3 + 0.03 * (1 + np.log(10))
    cosine = 0.6 + lowering / 0.5
    expected = film_nucleation(0.6, 0.3 - lowering, 0.5).overpotential  # a buried energy larger by as much
    assert_allclose(found["outer"].barrier, expected, rtol=1e-9)
    assert_allclose(found["angle"].onset, found["clean"].onset, rtol=1e-9)
    assert cosine < 0.6
    assert found["outer"].onset[0] > 1.5 * found["clean"].onset[0]
    assert found["buried"].barrier[0] == 0, "lithium spreads"
    with pytest.raises(InputError, match="a film turns the contact angle"):
        coating.read_candidate(small(interfaces={}, film=film))
    with pytest.raises(InputError, match="together"):
        coating.read_candidate(small(interfaces={"outer_energy": "0.6 J/m^2"}))


def test_ranking_refuses_where_intervals_overlap(tmp_path):
    names = ("lithium-self", "li3sb", "li3bi", "li-mg-gitt", "li-mg-neutron")
    found = coating.rank_coatings([coating.load_candidate(FOLDER / f"{name}.toml") for name in names], samples=512)
    assert found.order is None
    pairs = set(found.above)
    assert ("li3bi", "li3sb") not in pairs
    assert ("li3sb", "li3bi") not in pairs
    assert ("lithium-self", "li-mg-neutron") in pairs
    assert ("li-mg-gitt", "lithium-self") in pairs
    assert len(found.correlations) == 3
    decided = coating.ranking_of([v for v in found.verdicts if v.candidate.name in ("lithium-self", "li-mg-gitt")])
    assert decided.order == ("li-mg-gitt", "lithium-self")
    coating.write_verdicts(found, tmp_path)
    kept = json.loads((tmp_path / "coating.json").read_text())
    assert kept["candidates"][0]["seed"] == 0
    assert (tmp_path / "report.html").stat().st_size > 10_000


def test_command_line(tmp_path):
    import yaml

    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump({"name": "mine"} | small()))
    run = CliRunner().invoke(app, ["coating", "map", str(file), "--points", "8", "--out", str(tmp_path / "map")])
    assert run.exit_code == 0
    kept = load_result(tmp_path / "map" / "result.nc")
    assert kept.dataset["onset"].dims == ("thickness", "diffusivity")
    assert_allclose(kept.dataset["onset"], coating.plating_map(coating.load_candidate(file), points=8).onset, rtol=1e-12)
    assert "parameter-maps" in kept.kinds()
    assert next(row for row in kept.parameters if row["path"] == "operation.capacity")["unit"] == "C/m^2"
    file.write_text(yaml.safe_dump(small(operation={"i_mA_cm2": [3, 1]})))
    run = CliRunner().invoke(app, ["coating", "check", str(file)])
    assert run.exit_code == 2
