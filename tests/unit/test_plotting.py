"""Figures and report of made-up runs: which apply, that they draw, that the page holds everything and escapes it."""

import json
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
from test_analysis import pulse_train, run, step, step_current, sweep

from solion.base.errors import InputError
from solion.views import figure, figures, write_report
from solion.views.page import Markup, html, number, quantity, symbols
from solion.views.style import prefixed


def test_figures_suit_the_protocol():
    assert set(figures(sweep())) == {"overview", "loop", "terminals", "spacetime", "profiles", "boundary", "energy"}
    assert set(figures(step_current())) == {"overview", "terminals", "spacetime", "profiles", "boundary", "energy"}
    assert "readout" in figures(pulse_train())
    assert figures(sweep().isel(time=[0])) == {}


@pytest.mark.parametrize("kind", ["overview", "loop", "terminals", "spacetime", "profiles", "boundary", "energy"])
def test_every_figure_can_be_drawn(kind, tmp_path):
    figure(sweep(cycles=8), kind).savefig(tmp_path / "drawn.png", dpi=30)
    assert (tmp_path / "drawn.png").stat().st_size > 1000


def test_axes_carry_units_and_scaled_twins():
    axes = figure(sweep(), "loop").axes[0]
    assert axes.get_xlabel() == "voltage $V$ (V)"
    assert axes.get_ylabel() == "current $i$ (A)"
    twins = [child.get_xlabel() + child.get_ylabel() for child in axes.child_axes]
    assert twins == [r"$V/V_\mathrm{T}$", r"$i/i_\mathrm{D}$"]


def test_an_unknown_or_empty_kind_of_figure_is_refused():
    with pytest.raises(InputError, match="did you mean 'loop'"):
        figure(sweep(), "lop")
    with pytest.raises(InputError, match="'loop' has nothing to show"):
        figure(step_current(), "loop")


def test_a_run_at_rest_and_one_of_two_samples_can_be_drawn(tmp_path):
    quiet = run([0, 1, 2], [0, 0, 0], [0, 0, 0], steps=[step(label="rest")])
    for dataset in (quiet, sweep().isel(time=[0, 1])):
        for drawn in figures(dataset).values():
            drawn.savefig(tmp_path / "drawn.png", dpi=20)


class _Page(HTMLParser):
    """Tags that are open, and every address the page asks for."""

    def __init__(self):
        super().__init__()
        self.open, self.addresses, self.text = [], [], ""

    def handle_starttag(self, tag, attrs):
        self.addresses += [value for name, value in attrs if name in ("src", "href") and value]
        if tag not in ("meta", "img", "wbr"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_the_report_is_one_page_that_needs_nothing_else(tmp_path):
    warnings = json.dumps(["beware of <script>alert(1)</script>"])
    path = write_report(sweep(title="a & <b>", warnings=warnings), tmp_path / "made" / "here")
    assert path == tmp_path / "made" / "here" / "report.html"
    assert [file.name for file in path.parent.iterdir()] == ["report.html"]
    text = path.read_text(encoding="utf-8")
    page = _Page()
    page.feed(text)
    assert page.open == []
    assert all(address.startswith(("#", "data:image/png;base64,")) for address in page.addresses)
    assert "<script>alert" not in text
    assert text.count('class="interactive"') == 6
    assert 'role="img"' in text
    assert "time" in page.text
    assert path.stat().st_size < 3e6
    assert "a & <b>" in page.text
    assert "a <b>book</b>" in page.text
    for heading in ("Figures", "Metrics", "Parameters", "Protocol", "Audit", "Settings and versions", "Warnings"):
        assert heading in page.text
    write_report(sweep(), tmp_path / "pictures", pictures=True)
    names = sorted(file.stem for file in (tmp_path / "pictures" / "figures").glob("*.png"))
    assert names == ["boundary", "energy", "loop", "overview", "profiles", "spacetime", "terminals"]
    assert (tmp_path / "pictures" / "figures" / "loop.png").read_bytes().startswith(b"\x89PNG")


def test_a_failed_audit_becomes_a_warning(tmp_path):
    audit = json.dumps({"ion drift": {"value": 1e-3, "limit": 1e-12, "meaning": "ions are lost", "ok": False}})
    text = write_report(sweep(audit=audit, status="failed").isel(time=[0]), tmp_path).read_text(encoding="utf-8")
    assert "Audit: ion drift is 0.001, above its limit 1e-12: ions are lost." in text
    assert "exceeded" in text
    assert "too short for figures" in text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (-2.5, "&minus;2.5"),
        (3e-15, "3 &times; 10<sup>&minus;15</sup>"),
        (1e-16, "10<sup>&minus;16</sup>"),
        (-1e-16, "&minus;10<sup>&minus;16</sup>"),
        (22000.0, "22000"),
        (265335.4, "265335"),
        (np.nan, "&mdash;"),
        (np.inf, "&infin;"),
    ],
)
def test_numbers_are_written_for_readers(value, written):
    assert number(value) == written


def test_quantities_symbols_and_markup():
    assert quantity(0.0507, "A") == "50.7 mA"
    assert quantity(3.0, "1") == "3"
    assert symbols("alpha_0 < kappa h^2") == "α<sub>0</sub> &lt; κ h<sup>2</sup>"
    assert symbols("c_p_max, D_p0, free_energy") == "c<sub>p,max</sub>, D<sub>p0</sub>, free_energy"
    assert html("<b>") == "&lt;b&gt;"
    assert html(Markup("<b>")) == "<b>"
    assert prefixed([-4e-8, 2e-9], "m") == (pytest.approx(1e9), "nm")
    assert prefixed([0.0], "V") == (1.0, "V")


def test_analysis_does_not_need_matplotlib_and_plotting_not_pyplot():
    check = (
        "import sys, solion.analysis; assert 'matplotlib' not in sys.modules; "
        "import solion.views; assert 'matplotlib.pyplot' not in sys.modules; assert 'jax' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", check], check=True)


def test_logarithmic_axes_label_without_overlap():
    """1, 2 and 5 in plain numbers over less than two decades, powers alone over more; nothing at the lines between."""
    from solion.views.style import blank, styled

    @styled
    def draw(top):
        figure = blank(3, 3)
        axes = figure.subplots()
        axes.loglog([1, 10], [20, top])
        return figure

    figures = draw(700), draw(2e6)
    narrow, wide = (figure.axes[0] for figure in figures)
    for canvas, axes in zip(figures, (narrow, wide), strict=True):
        canvas.draw_without_rendering()
        assert {label.get_text() for label in axes.get_yticklabels(minor=True)} <= {""}
    shown = {label.get_text() for label in narrow.get_yticklabels()}
    assert {"20", "50", "100", "200", "500"} <= shown
    assert "$\\mathdefault{10^{4}}$" in {label.get_text() for label in wide.get_yticklabels()}
