"""The explorer and the report in a real browser: keyboard, cancelling, saving, reloading, refusals, accessibility.

Needs Chromium and the package playwright, and is skipped by name where one of them is missing.
"""

import shutil
import threading
import time

import numpy as np
import pytest
from test_explorer import SMALL, STUDY

from solion.app.server import Explorer
from solion.experiments.run_loop import Progress
from solion.study import load
from solion.study.files import dump
from solion.study.study import Study

api = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine (Debian: apt-get install chromium)")

WAIT = 240_000  # ms, on a busy machine that has to compile first
DONE = "window.Bokeh && Bokeh.documents.length && Bokeh.documents[0].get_model_by_name('status').text.includes('finished')"
STATUS = "Bokeh.documents[0].get_model_by_name('status').text"


@pytest.fixture(scope="module")
def browser():
    with api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """An explorer of a small study, and the folder it serves."""
    root = tmp_path_factory.mktemp("explored")
    (root / "small.toml").write_text(dump(STUDY.data), encoding="utf-8")
    explorer, ready = [], threading.Event()

    def serve():
        explorer.append(Explorer(("small.toml",), root=root))  # in the thread whose loop it uses
        ready.set()
        explorer[0].wait()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert ready.wait(60)
    yield explorer[0], root
    explorer[0].stop()
    thread.join(10)


def test_a_study_is_explored_by_keyboard(browser, served):
    explorer, root = served
    page = browser.new_page(viewport={"width": 1400, "height": 1100})
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(explorer.address)
    page.wait_for_function(DONE, timeout=WAIT)
    assert page.get_by_text("Overview", exact=True).count() == 1
    # a number is moved by keyboard: its text follows, and the study runs anew
    field = page.get_by_label("thickness", exact=True)
    assert field.input_value() == "80 nm"
    page.evaluate("Bokeh.documents[0].get_model_by_name('status').text = ''")
    page.locator(".noUi-handle").first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(DONE, timeout=WAIT)
    moved = field.input_value()
    assert 80 < float(moved.split()[0]) < 83
    # what cannot be is said in the words of the command line, and the number stays
    page.get_by_label("area", exact=True).fill("-1 mm^2")
    page.keyboard.press("Enter")
    page.wait_for_function(f"{STATUS}.includes('device.area')", timeout=WAIT)
    # the time is moved by keyboard: every mark follows in the browser alone
    slider = page.locator(".noUi-handle").last
    slider.focus()
    page.keyboard.press("ArrowLeft")
    # save
    page.get_by_label("Save as (a name in this folder)").fill("kept")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Study").click()
    page.wait_for_function(f"{STATUS}.includes('kept.toml')", timeout=WAIT)
    assert moved.split()[0] in (root / "kept.toml").read_text()
    page.reload()
    page.wait_for_function(DONE, timeout=WAIT)
    assert page.get_by_label("thickness", exact=True).input_value() == "80 nm"
    assert faults == []
    page.close()


def test_a_fit_is_started_by_a_click_and_becomes_the_settings(browser, served):
    explorer, root = served
    record = load("step-current", [*SMALL, "device.thickness=82 nm"]).run().dataset
    rows = np.column_stack([record[name] for name in ("time", "voltage", "current")])
    np.savetxt(root / "meter.csv", rows, delimiter=",", header="time (s),voltage (V),current (A)", comments="")
    page = browser.new_page(viewport={"width": 1400, "height": 1100})
    page.goto(explorer.address)
    page.wait_for_function(DONE, timeout=WAIT)
    for label, text in (("Measured file in this folder", "meter.csv"), ("Numbers to fit, with commas", "device.thickness")):
        page.get_by_label(label).fill(text)
        page.keyboard.press("Enter")
    page.get_by_text("Compared", exact=True).wait_for(timeout=WAIT)  # the file lies over the run
    page.get_by_role("button", name="Fit the settings named to the measured file").click()
    page.wait_for_function(f"{STATUS}.includes('Fitted: device.thickness')", timeout=WAIT)
    assert "describes the record" in page.evaluate(STATUS)
    assert float(page.get_by_label("thickness", exact=True).input_value().split()[0]) == pytest.approx(
        82.0, rel=5e-3
    )  # of eight rows
    page.close()


def test_a_run_is_cancelled_and_axes_change_their_units(browser, served, monkeypatch):
    explorer, _ = served
    page = browser.new_page(viewport={"width": 1400, "height": 1100})
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(explorer.address)
    page.wait_for_function(DONE, timeout=WAIT)
    shown = "[...Bokeh.documents[0]._all_models.values()].filter(m => m.x_range_name == 'scaled_x').map(m => m.visible)"
    page.get_by_text("Terminals", exact=True).click()
    for units, visible in (("SI", False), ("scaled", True)):
        page.get_by_label("Units of the axes").select_option(units)
        now = f"const found = {shown}; return found.length && found.every(v => v == {str(visible).lower()})"
        page.wait_for_function(f"(() => {{ {now} }})()", timeout=WAIT)
    page.get_by_label("Horizontal axes").select_option("logarithmic")
    logarithmic = "[...Bokeh.documents[0]._all_models.values()].filter(m => m.type == 'LogAxis').length"
    page.wait_for_function(f"{logarithmic} >= 2", timeout=WAIT)
    assert serious(page) == []

    def endless(self, *, on_progress, **_):
        for k in range(2000):
            on_progress(Progress(k, 2000.0, k / 2000, 1.0, k, 0, k / 20, 1.0))
            time.sleep(0.05)

    monkeypatch.setattr(Study, "run", endless)
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("button", name="Cancel").click(timeout=WAIT)  # waits until it can be clicked
    page.wait_for_function(f"{STATUS}.includes('Cancelled.')", timeout=WAIT)
    assert page.get_by_role("button", name="Cancel").is_disabled()
    assert faults == []
    page.close()


def serious(page):
    """What axe finds on a page that is serious."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python")
    page.wait_for_timeout(1500)  # sliders are named after the page has been drawn
    return [
        (rule["id"], [node["html"][:200] for node in rule["nodes"]])
        for rule in axe.Axe().run(page).response["violations"]
        if rule["impact"] in ("serious", "critical")
    ]


def test_a_wrong_token_and_another_origin_are_refused(browser, served):
    explorer, _ = served
    page = browser.new_context().new_page()
    assert page.goto(explorer.address.partition("?")[0] + "?token=wrong").status == 403
    assert page.goto(explorer.address).status == 200
    other = browser.new_context(extra_http_headers={"Origin": "http://elsewhere.example"}).new_page()
    assert other.goto(explorer.address).status == 403


def test_a_report_from_disk_asks_for_nothing_and_follows_its_slider(browser, tmp_path):
    STUDY.run().report(tmp_path)
    page = browser.new_page(viewport={"width": 1200, "height": 900}, color_scheme="dark")
    asked, faults = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(f"file://{tmp_path / 'report.html'}")
    page.wait_for_function("window.Bokeh && Bokeh.documents.length && Bokeh.documents[0].is_idle", timeout=WAIT)
    marks = "[...Bokeh.documents[0]._all_models.values()].filter(m => m.type == 'Span').map(m => m.location)"
    moving = "[...Bokeh.documents[0]._all_models.values()].filter(m => m.type == 'Slider')[0].js_property_callbacks"
    rows = f"{moving}['change:value'][0].args.models.filter(m => m.type != 'Span').map(m => Array.from(m.data.y || m.data.x))"
    before, drawn = page.evaluate(marks), page.evaluate(rows)
    page.locator(".noUi-handle").first.focus()
    page.keyboard.press("Home")
    after, redrawn = page.evaluate(marks), page.evaluate(rows)
    assert before
    assert set(after) == {0.0} != set(before)
    assert [len(row) for row in redrawn] == [len(row) for row in drawn]
    assert max(map(len, redrawn)) > 2  # a profile
    assert redrawn != drawn
    assert [address for address in asked if not address.startswith(("file:", "data:", "blob:"))] == []
    assert faults == []
    assert (tmp_path / "report.html").stat().st_size < 3e6
    page.close()


def test_nothing_is_wider_than_a_telephone(browser, served, tmp_path):
    """420 pixels: the page of a report is no wider (its figures scroll in their frames), the explorer's figures stand below."""
    STUDY.run().report(tmp_path)
    page = browser.new_page(viewport={"width": 420, "height": 900})
    page.goto(f"file://{tmp_path / 'report.html'}")
    page.wait_for_function("window.Bokeh && Bokeh.documents.length && Bokeh.documents[0].is_idle", timeout=WAIT)
    assert page.evaluate("document.documentElement.scrollWidth") <= 421
    page.goto(served[0].address)
    page.wait_for_function(DONE, timeout=WAIT)
    page.wait_for_timeout(1000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 421
    above, below = (page.get_by_text(text, exact=True).bounding_box() for text in ("Save", "Overview"))
    assert above["y"] + above["height"] < below["y"]
    page.close()


def test_the_report_passes_axe(browser, tmp_path):
    STUDY.run().report(tmp_path)
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.goto(f"file://{tmp_path / 'report.html'}")
    page.wait_for_function("window.Bokeh && Bokeh.documents.length && Bokeh.documents[0].is_idle", timeout=WAIT)
    assert serious(page) == []
    page.close()
