"""Views: which apply to results of each family, a stranger's view in one file, fields that move, results in notebooks."""

import json

import numpy as np
import pytest
import xarray as xr
from test_analysis import run, step, sweep

import solion as so
from solion.devices.filament_memristor import FilamentMemristor
from solion.experiments.filament_cycling import run_filament
from solion.study import builtin_studies, interpret
from solion.study.files import parse
from solion.views import AbstractView, Data, applicable, figure, html_repr, kinds, metrics, views, write_report

STRANGER = '''
from solion.analysis.metric import pure
from solion.views import AbstractView
from solion.views.style import blank, styled


class Spread(AbstractView):
    """Largest difference of a field over space, against time."""

    name = "spread"
    title = "Spread"
    caption = "How uneven the stranger's field is."
    rank = 35.0

    def applies(self, data):
        return data.dataset.attrs.get("device") == "Stranger" and bool(data.fields())

    @styled
    def draw(self, data):
        canvas = blank(6.0, 3.0)
        canvas.subplots().plot(data.time, data.fields()[0].max("x") - data.fields()[0].min("x"))
        return canvas

    def metrics(self, data):
        yield pure("largest_spread", float((data.fields()[0].max("x") - data.fields()[0].min("x")).max()), "of the field",
                   headline=True)
'''


def test_a_view_of_a_stranger_is_picked_up(tmp_path):
    exec(compile(STRANGER, "stranger.py", "exec"), {"__name__": "stranger"})
    dataset = sweep(device="Stranger")
    assert "spread" in kinds(dataset)
    assert "spread" not in kinds(sweep())
    assert {metric.name: metric.value for metric in metrics(dataset)}["largest_spread"] == pytest.approx(0.75)
    text = write_report(dataset, tmp_path, pictures=True).read_text(encoding="utf-8")
    assert "How uneven the stranger's field is." in text.replace("&#x27;", "'")
    assert "largest spread" in text.partition('<div class="tiles">')[2].partition("<section")[0]
    assert (tmp_path / "figures" / "spread.png").stat().st_size > 1000


def test_a_study_file_names_a_view(tmp_path):
    (tmp_path / "mine.py").write_text(STRANGER.replace('"spread"', '"spread_of_a_file"'), encoding="utf-8")
    data = parse(builtin_studies()["step-current"].read_text(encoding="utf-8"), "step-current")
    study = interpret(data | {"views": ["mine.py:Spread"]}, folder=tmp_path)
    assert "spread_of_a_file" in [view.name for view in views()]
    assert "mine.py" in study.code
    assert "mine.py:Spread" in study.to_toml()
    for name, words in (("mine.py:Spred", "did you mean 'Spread'"), ("mine.py:blank", "names no class of AbstractView")):
        with pytest.raises(so.InputError, match=words):
            interpret(data | {"views": [name]}, folder=tmp_path)


def test_every_view_says_what_it_is_and_has_a_name_of_its_own():
    found = views()
    assert len({view.name for view in found}) == len(found) > 15
    assert all(view.title and (type(view).__doc__ or "").strip() for view in found)
    assert all(isinstance(view, AbstractView) for view in found)


def test_views_of_a_film_follow_its_declarations():
    dataset = sweep()
    assert [view.name for view in applicable(dataset)] == [
        "overview",
        "loop",
        "terminals",
        "spacetime",
        "profiles",
        "boundary",
        "energy",
    ]
    bare = dataset.drop_vars([name for name in dataset.data_vars if name not in ("voltage", "current")])
    assert kinds(bare) == ["loop", "terminals"]
    for variable in bare.data_vars.values():
        variable.attrs.clear()
    assert kinds(bare) == []  # the names say nothing


def test_names_of_variables_do_not_matter():
    dataset = sweep()
    renamed = dataset.rename(
        {"voltage": "bias", "current": "flow", "composition": "share", "composition_top": "upper", "composition_bottom": "lower"}
    )
    assert kinds(renamed) == kinds(dataset)
    before, after = ({m.name: m.value for m in metrics(each)} for each in (dataset, renamed))
    assert before.keys() == after.keys()
    assert all(before[name] == after[name] or before[name] != before[name] for name in before)


def test_a_field_whose_coordinate_moves_is_drawn_where_it_is(tmp_path):
    time, cells = np.linspace(0, 10, 21), (np.arange(8) + 0.5) / 8
    front = 1e-7 * (1 + time / 10)
    dataset = run(time, np.ones(21), np.ones(21), steps=[step(start=1.0, end=1.0, duration=10.0)])
    dataset = dataset.drop_vars(["composition", "x"]).assign_coords(
        x=(
            ("time", "cell"),
            front[:, None] * cells,
            {"units": "m", "long_name": "distance from the collector", "role": "coordinate"},
        )
    )
    field = {"role": "field", "kind": "", "units": "1", "long_name": "lithium per atom"}
    dataset["lithium"] = (("time", "cell"), np.tile(cells, (21, 1)), field)
    drawn = figure(dataset, "spacetime")
    drawn.savefig(tmp_path / "moving.png")
    low, high = sorted(drawn.axes[1].get_ylim())
    assert low == pytest.approx(0.0, abs=1e-9)
    assert high == pytest.approx(200.0, rel=1e-6)  # nm, at the end


def test_cycles_of_a_filament():
    protocol = so.protocols.cyclic_voltammetry(limits=(-0.25, 0.25), rate=0.2, cycles=3, samples=60)
    dataset = Data.of(run_filament(FilamentMemristor(), protocol, devices=2, formed=True)).dataset
    assert "cycles" in kinds(dataset)
    assert figure(dataset, "cycles").axes[-1].get_xlabel() == "cycle"
    found = {metric.name: metric for metric in metrics(dataset)}
    assert found["set_bias_median"].value == pytest.approx(np.nanmedian(dataset["set_bias"].values))
    assert found["on_off_median"].headline


def test_a_result_in_a_notebook_is_short_and_escaped():
    text = html_repr(sweep(title="a & <b>", warnings=json.dumps(["beware of <script>"])))
    assert "a &amp; &lt;b&gt;" in text
    assert "<script" not in text
    assert "polarization <b>none</b>" in text
    assert text.count("data:image/png;base64,") == 1


def test_words_carry_their_order_and_headlines_their_place():
    found = {metric.name: metric for metric in metrics(sweep())}
    assert found["polarization"].words == ("none", "partial", "full")
    assert found["polarization"].headline
    ratios = [metric for name, metric in found.items() if name.startswith("on_off")]
    assert {metric.alike for metric in ratios} == {
        f"on_off_ratio_at_{share:g}_of_{side}_voltage" for share in (0.2, 0.4, 0.6, 0.8) for side in ("highest", "lowest")
    }


def test_views_of_a_spectrum_put_it_first():
    frequency = np.geomspace(1, 1e6, 25)
    z = 1e-3 / (1 + 1e-3j * frequency)
    dataset = xr.Dataset(
        {
            "impedance_real": ("frequency", z.real, {"units": "ohm m2"}),
            "impedance_imaginary": ("frequency", z.imag, {"units": "ohm m2"}),
        },
        {"frequency": frequency},
    )
    assert kinds(dataset) == ["impedance"]
    assert {m.name: m.value for m in metrics(dataset)}["impedance_lowest"] == pytest.approx(1e-3, rel=1e-5)
    assert np.isfinite(figure(dataset).axes[0].get_ylim()[1])  # the main figure
