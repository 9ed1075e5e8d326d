"""What a notebook shows of devices, materials, protocols and studies, its bar of progress, and figures that can be restyled."""

import io
import sys
import types
from xml.etree import ElementTree

import numpy as np
import pytest

import solion as so
from solion.experiments.run_loop import Progress
from solion.study import progress
from solion.study.progress import progress_bar, reporter
from solion.views.style import blank


def well_formed(html):
    return ElementTree.fromstring(f"<div>{html.replace('<br>', '<br/>')}</div>")


def test_devices_and_materials_show_their_numbers_with_units_and_sources():
    study = so.study.load("lto4-voltammogram")
    text = " ".join(well_formed(study.device._repr_html_()).itertext())
    for words in ("FilmMemristor", "film.thickness", "8e-08", "stated"):
        assert words in text
    text = " ".join(well_formed(so.materials.lithium_titanate()._repr_html_()).itertext())
    assert text.startswith("MixedConductor")
    assert "ion_diffusivity" in text
    assert "It has no numbers" in so.laws.ExcludedVolume()._repr_html_()


def test_a_protocol_is_drawn_and_a_study_shows_all_of_it():
    study = so.study.load("pulse-train")
    drawn = well_formed(study.experiment.protocol._repr_html_())
    lines = list(drawn.iter("{http://www.w3.org/2000/svg}polyline"))
    points = np.array([pair.split(",") for line in lines for pair in line.get("points").split()], float)
    assert np.isfinite(points).all()
    assert points[:, 0].max() <= 460
    assert "source" not in study.experiment.protocol._repr_html_()
    long = so.protocols.pulses(current=1e-6, width=1.0, gap=1.0, count=800)
    assert "the first 1000 of" in long._repr_html_()
    html = study._repr_html_()
    assert "the study is in order" in html
    assert "[[protocol]]" in html
    well_formed(html)


@pytest.fixture
def kernel(monkeypatch):
    """As in a notebook: a shell with a kernel, and a display that notes what is shown."""
    seen = []
    handle = types.SimpleNamespace(update=seen.append)
    module = types.ModuleType("IPython")
    module.get_ipython = lambda: types.SimpleNamespace(kernel=object())
    module.display = types.ModuleType("IPython.display")
    module.display.HTML = str
    module.display.display = lambda html, display_id: seen.append(html) or handle
    monkeypatch.setitem(sys.modules, "IPython", module)
    monkeypatch.setitem(sys.modules, "IPython.display", module.display)
    monkeypatch.setattr(progress, "NOTEBOOK_INTERVAL", -1.0)
    return seen


def test_a_notebook_has_a_bar_of_its_own(kernel):
    with progress_bar("<LTO4>") as bar:
        bar(Progress(1.0, 4.0, 0.25, 0.1, 10, 0, 1.0, 3.0))
    assert '<progress value="0.2500"' in kernel[-1]
    assert "&lt;LTO4&gt;" in kernel[-1]
    assert "3 s left" in kernel[-1]


def test_elsewhere_the_bar_is_as_before():
    assert not progress.notebook()
    stream = io.StringIO()
    with reporter(stream, "run") as bar:
        bar(Progress(1.0, 4.0, 0.25, 0.1, 10, 0, 1.0, 3.0))
    assert stream.getvalue() == ""  # plain lines come no sooner than after two seconds


def test_figures_show_themselves_and_can_be_restyled(tmp_path):
    figure = blank(3, 2)
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1])
    assert figure._repr_png_().startswith(b"\x89PNG")
    figure.axes[0].set(xlim=(0, 2), title="mine")
    figure.axes[0].lines[0].set_color("black")
    figure.set_size_inches(6, 4)
    figure.savefig(tmp_path / "mine.svg")
    assert "</svg>" in (tmp_path / "mine.svg").read_text()
