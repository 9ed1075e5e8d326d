"""The explorer: settings of a study, what a page may do, and who may speak to it. In a browser: test_explorer_browser.py."""

import threading
from types import SimpleNamespace

import pytest
from tornado.httpclient import HTTPClient, HTTPClientError, HTTPRequest

import solion as so
from solion.app.files import inside, new_file
from solion.app.page import Session
from solion.app.server import Explorer
from solion.app.settings import STEPS, settings_of, typed
from solion.app.worker import CancelledError, Worker
from solion.base.errors import InputError
from solion.explore.fitting import at, find
from solion.study import load
from solion.study.files import dump

SMALL = ["numerics.cells=20", "protocol.0.samples=3", "protocol.1.samples=5", "protocol.1.duration=0.5 tau_D"]
STUDY = load("step-current", SMALL)


class Document:
    """Stands for Bokeh's: what a thread asks for is done at once, what is to be done later never."""

    def add_next_tick_callback(self, function):
        function()

    def add_timeout_callback(self, function, _):
        return function

    def remove_timeout_callback(self, _):
        pass


def test_every_entry_of_a_study_is_a_setting_with_what_it_is():
    found = {setting.key: setting for setting in settings_of(STUDY)}
    thickness = found["device.thickness"]
    assert (thickness.text, thickness.number, thickness.group) == ("80 nm", (80.0, "nm"), "device")
    assert "stated" in thickness.source
    assert thickness.allowed == "[1e-10, 0.01]"
    scale = thickness.scale()
    assert scale is not None
    assert (scale.at(0), scale.at(STEPS)) == (8.0, 800.0)
    assert scale.position(80.0) == pytest.approx(STEPS / 2)
    assert scale.text(scale.at(STEPS / 2)) == "80 nm"
    share = found["device.filling"].scale()
    assert share is not None
    assert not share.logarithmic
    assert 0 < share.at(0) < share.at(STEPS) < 1
    assert found["numerics.cells"].scale() is None  # a count: another program
    assert found["device.kind"].scale() is None
    assert not [key for key in found if key.startswith(("title", "sources", "output"))]


def test_what_is_typed_is_what_a_file_would_hold():
    assert typed("3", 1.0) == 3
    assert typed("2.5e-3", 1.0) == 2.5e-3
    assert typed("90 nm", "80 nm") == "90 nm"
    assert typed("false", True) is False


def test_a_page_reads_and_writes_in_its_folder_alone(tmp_path):
    (tmp_path / "mine.toml").write_text("")
    (tmp_path / "link").symlink_to(tmp_path.parent)
    assert inside(tmp_path, "mine.toml", "study") == tmp_path / "mine.toml"
    for name in ("../other.toml", str(tmp_path.parent / "other.toml"), "link/other.toml"):
        with pytest.raises(InputError, match="outside the folder"):
            inside(tmp_path, name, "study")
    with pytest.raises(InputError, match="not overwritten"):
        new_file(tmp_path, "mine.toml", "name")
    with pytest.raises(InputError, match="give a name"):
        new_file(tmp_path, " ", "name")


def test_the_latest_request_wins_and_a_run_can_be_cancelled():
    ended, outcomes, started = threading.Event(), [], threading.Event()

    def endless(tell):
        started.set()
        while True:
            tell(None)

    worker = Worker(lambda progress: None, lambda outcome, sentence: (outcomes.append((outcome, sentence)), ended.set()))
    worker.ask(endless)
    assert started.wait(10)
    worker.ask(lambda tell: "second")
    assert ended.wait(10)
    assert outcomes == [("second", "")]
    ended.clear()
    started.clear()
    worker.ask(endless)
    assert started.wait(10)
    worker.cancel()
    assert ended.wait(10)
    assert outcomes[-1] == (None, "Cancelled.")
    ended.clear()
    worker.ask(lambda tell: 1 / 0)
    assert ended.wait(10)
    assert outcomes[-1] == (None, "ZeroDivisionError: division by zero")
    assert not issubclass(CancelledError, Exception)


@pytest.fixture
def session(tmp_path, monkeypatch):
    """A window whose runs are done before the click returns."""
    (tmp_path / "small.toml").write_text(dump(STUDY.data), encoding="utf-8")
    monkeypatch.setenv("SOLION_NO_CODE", "1")
    found = Session(Document(), tmp_path, "small.toml")

    def at_once(work):
        found._done(work(lambda progress: None), "")

    monkeypatch.setattr(found.worker, "ask", at_once)
    return found


def test_a_number_is_moved_run_kept_and_saved(session, tmp_path):
    session.run()
    assert "finished" in session.status.text
    assert session.figures._names[:2] == ["overview", "terminals"]
    before, model = session.result, session.figures.tabs.tabs[0].child.children[1]
    session.keep()
    assert session.compared.children
    thickness = next(setting for setting in settings_of(session.study) if setting.key == "device.thickness")
    session.set(thickness, "90 nm")
    assert session.result is not before
    assert session.study.device.film.thickness == pytest.approx(90e-9)
    assert session.figures.tabs.tabs[0].child.children[1] is model  # the marks stay, their data are new
    name = session.figures._names[session.figures.tabs.active]
    for kind, logarithms in (("linear", 0), ("logarithmic", 3)):  # the map of the overview keeps its axis
        session.figures.vertical.value = kind
        kinds = [type(sheet.canvas.yaxis[0]).__name__ for sheet in session.figures._drawn[name][0].sheets]
        assert kinds.count("LogAxis") == logarithms
    session.figures.vertical.value = "as drawn"
    sheet = session.figures._drawn[name][0].sheets[0]
    (axis, ends, _), hovered = sheet.scaled["x"], sheet.tools[-1]
    assert ends.tags[0] == pytest.approx(ends.end / sheet.canvas.x_range.end)  # the scales are those of this run
    for units, first, second in (("SI", True, False), ("scaled", False, True), ("both", True, True)):
        session.figures.scales.value = units
        assert (sheet.x_axis.visible, axis.visible) == (first, second)
        assert ("custom" in str(hovered.tooltips)) == (units == "scaled")
    session.set(thickness, "90 kg")
    assert "device.thickness" in session.status.text
    assert session.study.device.film.thickness == pytest.approx(90e-9)
    session.target.value = "saved"
    for what in ("Study", "Script"):
        session.save(what)
    again = load(tmp_path / "saved.toml")
    assert again.device.film.thickness == pytest.approx(90e-9)
    assert "0.09 * um" in (tmp_path / "saved.py").read_text()
    session.save("Report")
    assert (tmp_path / "saved" / "report.html").is_file()
    session._guarded(lambda: session.save("Study"))
    assert "not overwritten" in session.status.text
    session._guarded(lambda: session.choose("../x.toml"))
    assert "outside the folder" in session.status.text


def test_no_field_takes_what_cannot_be(session):
    """Every field of the study, set to what no study may have: the sentence names it, and the study stays as it was."""
    before, refused = session.study.to_toml(), []
    for setting in settings_of(session.study):
        for bad in ("no such thing", "-1e400 kg", "\u2028<script>"):
            session._guarded(lambda setting=setting, bad=bad: session.set(setting, typed(bad, setting.value)))
            if session.study.to_toml() == before:
                refused.append(setting.key)
                assert setting.key.split(".")[-1] in session.status.text or setting.key.split(".")[0] in session.status.text
                assert "<script>" not in session.status.text
                assert "Traceback" not in session.status.text
            else:  # a word, such as a name
                session.choose(session.name)
    assert set(refused) == {setting.key for setting in settings_of(session.study)}
    for field in (session.file, session.measured, session.target, session.fitted):
        for bad in ("../outside", "no/such/file", "\0", "a" * 5000):
            field.value = bad
            session._guarded(session.fit)
            session._guarded(lambda: session.save("Study"))
            assert "Traceback" not in session.status.text


def test_what_a_fit_found_becomes_the_settings_in_the_units_of_the_file(session):
    numbers = [find(session.study, key) for key in ("device.thickness", "device.top.rate")]
    fitted = at(session.study, numbers, {"device.thickness": 85.0, "device.top.rate": 0.2 * numbers[1].value})
    pairs = zip(numbers, (85.0, 0.2 * numbers[1].value), strict=True)
    estimates = [SimpleNamespace(number=number, value=value) for number, value in pairs]
    search = SimpleNamespace(converged=True, reason="")
    session._take_fit(SimpleNamespace(fitted=fitted, estimates=estimates, calibrates=True, search=search))
    assert "device.thickness = 85 nm" in session.status.text
    assert session.study.device.film.thickness == pytest.approx(85e-9)
    again = load(str(session.root / "small.toml"), values=session.values)
    assert again.device.film.thickness == pytest.approx(85e-9)
    assert again.device.top.transfer.rate == pytest.approx(fitted.device.top.transfer.rate)
    session._guarded(session.fit)
    assert "measured file: give a name" in session.status.text


def test_only_who_has_the_token_is_let_in_at_the_servers_own_name(tmp_path):
    explorer = Explorer((), root=tmp_path)
    thread = threading.Thread(target=explorer.wait, daemon=True)
    thread.start()
    plain = explorer.address.partition("?")[0]
    cases = [
        (plain, {}),
        (plain + "?token=wrong", {}),
        (explorer.address, {"Host": "elsewhere.example"}),
        (explorer.address, {"Origin": "http://elsewhere.example"}),
    ]
    found = []

    def ask():
        client = HTTPClient()
        for address, headers in cases:
            try:
                client.fetch(HTTPRequest(address, headers=headers))
                found.append(200)
            except HTTPClientError as error:
                found.append(error.code)
        client.close()

    asking = threading.Thread(target=ask)
    asking.start()
    asking.join(30)
    explorer.stop()
    thread.join(10)
    assert found == [403, 403, 403, 403]


def test_a_source_that_is_nothing_is_refused(tmp_path):
    with pytest.raises(so.InputError, match=r"nothing\.here: this is no built-in study"):
        Explorer(("nothing.here",), root=tmp_path)
