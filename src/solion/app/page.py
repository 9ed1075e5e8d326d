"""The page of the explorer: a study and its settings on the left, what came of it on the right."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bokeh.layouts import column, row
from bokeh.models import Button, Column, CustomJS, Div, InlineStyleSheet, Select, Slider, Spacer, TextInput, Toggle

from solion.analysis.data import Data
from solion.app.figure_tabs import FigureTabs, framed
from solion.app.files import inside, new_file, study_named
from solion.app.one_message import one_message
from solion.app.settings import STEPS, Setting, settings_of, typed
from solion.app.under_way import UnderWay
from solion.app.worker import Worker
from solion.base.errors import InputError, SolionError
from solion.explore.comparison import compare, record_from
from solion.explore.comparison.page import overlaid
from solion.result.result import FILE, Result
from solion.result.result import load as load_result
from solion.study import builtin_studies, load
from solion.study.study import STUDY, Study
from solion.views import metrics
from solion.views.interactive.cursor import NAME_HANDLES
from solion.views.page import escape, html, practical
from solion.views.report import title_of

_RUN = ".bk-btn-primary { background-color: #1f5fa8 !important; }"  # white words on Bokeh's own blue are too faint to read
FIRST = "lto7-voltammogram"
SIDE = 330  # pixels of the settings
MOST_KEPT = 6  # curves that are compared
MOST_NUMBERS = 8


class Page:
    """What a browser is given: a session of its own for each window."""

    def __init__(self, root: Path, sources: tuple[str, ...] = (), settled: Callable[[], None] | None = None):
        self.root, self.settled = root, settled
        self.studies, self.results, self.measured = _sorted(root, sources)

    def open(self, document: Any) -> None:
        """Build the page into a document of Bokeh."""
        document.title = "Solion explorer"
        session = Session(document, self.root, (*self.studies, FIRST)[0], self._settle)
        for root in (session.told, session.layout):
            document.add_root(root)
        document.js_on_event("document_ready", CustomJS(code=NAME_HANDLES))
        for name in self.results:
            session.add(Path(name).parent.name or name, load_result(inside(self.root, name, "result")))
        for name in self.measured:
            session.overlay(name)
        session.run()

    def _settle(self) -> None:
        """After the first run of all windows: what is held by now is held for good."""
        if self.settled is not None:
            self.settled, settled = None, self.settled
            settled()


def _sorted(root: Path, sources: tuple[str, ...]) -> tuple[list[str], list[str], list[str]]:
    """Studies, results and measured files among what was given. Raises InputError for anything else."""
    studies, results, measured = [], [], []
    for source in sources:
        path = root / source
        if source in builtin_studies() or path.suffix == ".toml":
            load(study_named(root, source))
            studies.append(source)
        elif (path / FILE).is_file() or path.suffix == ".nc":
            results.append(str(Path(source) / FILE) if path.is_dir() else source)
            if path.is_dir() and (path / STUDY).is_file():
                studies.append(str(Path(source) / STUDY))
        elif path.is_file():
            measured.append(source)
        else:
            raise InputError(f"{source}: this is no built-in study, study file, result or measured file.")
    return studies, results, measured


class Session:
    """One window: the study as it is set, the last result, the curves kept beside it."""

    def __init__(self, document: Any, root: Path, name: str, settled: Callable[[], None] = lambda: None):
        self.document, self.root, self.name, self.settled = document, root, name, settled
        self.values: dict[str, Any] = {}
        self.study: Study | None = None
        self.result: Result | None = None
        self.kept: dict[str, Any] = {}
        self.worker = Worker(self._later(self._tell), self._later(self._done))
        self.figures = FigureTabs()
        self.under_way = UnderWay(document, self.worker.cancel, SIDE - 20)
        self._build()
        self.choose(name)

    def _later(self, function: Callable[..., None]) -> Callable[..., None]:
        """The same, called from a thread and carried out where the page's models may be changed."""

        def done(*arguments: Any) -> None:
            with one_message(self.document):
                function(*arguments)

        return lambda *arguments: self.document.add_next_tick_callback(functools.partial(done, *arguments))

    # what is on the page

    def _build(self) -> None:
        self.chooser = Select(title="Study", options=[*dict.fromkeys([self.name, *builtin_studies()])], value=self.name)
        self.chooser.on_change("value", lambda _attr, _old, name: self._guarded(lambda: self.choose(name, run=True)))
        self.file = TextInput(title="Study file in this folder", placeholder="mine.toml")
        self.file.on_change(
            "value", lambda _attr, _old, name: self._guarded(lambda: self.choose(name, run=True)) if name else None
        )
        self.live = Toggle(label="Run when a number changes", active=True)
        self.go = Button(label="Run", button_type="primary", stylesheets=[InlineStyleSheet(css=_RUN)])
        self.go.on_click(lambda: self.run())
        self.status = Div(text="", sizing_mode="stretch_width", name="status")
        self.group = Select(title="Settings of", options=[], value="")
        self.group.on_change("value", lambda _attr, _old, _new: self._list_settings())
        self.entries = Column(children=[], sizing_mode="stretch_width")
        self.numbers = Div(text="", sizing_mode="stretch_width")
        self.compared = Column(children=[], sizing_mode="stretch_width")
        keep, forget = Button(label="Keep this curve"), Button(label="Forget kept curves")
        keep.on_click(lambda: self._guarded(self.keep))
        forget.on_click(self.forget)
        self.measured = TextInput(title="Measured file in this folder", placeholder="loop.csv")
        self.measured.on_change("value", lambda _attr, _old, name: self._guarded(lambda: self.overlay(name)) if name else None)
        self.target = TextInput(title="Save as (a name in this folder)", placeholder="mine")
        saves = [Button(label=label) for label in ("Study", "Script", "Figures", "Report")]
        for button in saves:
            button.on_click(functools.partial(self._guarded, functools.partial(self.save, str(button.label))))
        fit = Button(label="Fit the settings named to the measured file")
        self.fitted = TextInput(title="Numbers to fit, with commas", placeholder="device.top.rate, device.bottom.rate")
        fit.on_click(lambda: self._guarded(self.fit))
        left = column(
            self.chooser,
            self.file,
            self.live,
            self.group,
            self.entries,
            _heading("Compare"),
            row(keep, forget),
            self.measured,
            self.fitted,
            fit,
            _heading("Save"),
            self.target,
            row(*saves[:2]),
            row(*saves[2:]),
            width=SIDE,
            stylesheets=[_narrow("height: auto !important; flex: none !important;")],
        )
        # on a telephone the figures stand below the settings
        below = _narrow("flex-direction: column !important; height: auto !important;")
        whole = _narrow("width: 100% !important; height: auto !important; flex: none !important;")
        right = column(self.figures.layout, self.compared, sizing_mode="stretch_width", stylesheets=[whole])
        # a text that changes lays out all that is in one tree with it: figures are not, nor what a run changes among the settings
        words = column(self.status, self.numbers, sizing_mode="stretch_width")
        buttons = column(row(self.go, self.under_way.cancel), self.under_way.bar, width=SIDE)
        self.told = row(buttons, Spacer(width=16), words, sizing_mode="stretch_width", stylesheets=[below])
        self.layout = row(left, Spacer(width=16), right, sizing_mode="stretch_width", stylesheets=[below])

    def _guarded(self, act: Callable[[], None]) -> None:
        """Do what a click asks; a refusal becomes the sentence that the command line would say."""
        try:
            act()
        except SolionError as error:
            self._say(str(error), bad=True)
        except OSError as error:
            self._say(f"{error.filename or 'file'}: {error.strerror or error}.", bad=True)

    def _say(self, text: str, *, bad: bool = False) -> None:
        tone = "#a61b2b" if bad else "#1f2933"
        self.status.text = f'<p role="status" aria-live="polite" style="color:{tone};font-size:1.05em">{html(text)}</p>'

    # the study and its settings

    def choose(self, name: str, *, run: bool = False) -> None:
        """Another study, as its file has it."""
        study = load(study_named(self.root, name))
        self.name, self.values, self.study = name, {}, study
        groups = list(dict.fromkeys(setting.group for setting in settings_of(study)))
        self.group.options = groups  # pyright: ignore[reportAttributeAccessIssue]
        self.group.value = groups[0] if groups else ""
        self._list_settings()
        if run:
            self.run()

    def _list_settings(self) -> None:
        assert self.study is not None
        self.entries.children = [self._entry(setting) for setting in settings_of(self.study) if setting.group == self.group.value]

    def _entry(self, setting: Setting) -> Column:
        name = setting.key.rpartition(".")[2]
        allowed = f"allowed {setting.allowed}" if setting.allowed else ""
        words = "; ".join(part for part in (setting.words, allowed, setting.source) if part)
        text = TextInput(title=name, value=setting.text, description=words or None, sizing_mode="stretch_width")
        scale = setting.scale()
        text.on_change("value", lambda _attr, _old, new: self.set(setting, typed(new, setting.value)))
        if scale is None:
            return column(text, sizing_mode="stretch_width")
        slider = Slider(
            start=0,
            end=STEPS,
            step=1,
            value=scale.position(scale.number),
            show_value=False,
            tooltips=False,
            sizing_mode="stretch_width",
            title=f"{name}, from {scale.text(scale.at(0))} to {scale.text(scale.at(STEPS))}",
        )

        def moved(_: str, __: Any, position: float) -> None:
            value = scale.text(scale.at(position)) if scale.unit else scale.at(position)
            if str(value) != text.value:
                text.value = str(value)

        slider.on_change("value_throttled", moved)
        return column(text, slider, sizing_mode="stretch_width")

    def set(self, setting: Setting, value: Any) -> None:
        """Set one entry; where it cannot be, say why and keep the study as it was."""
        wanted = self.values | {setting.key: value}
        try:
            study = load(study_named(self.root, self.name), values=wanted)
        except SolionError as error:
            self._say(str(error), bad=True)
            return
        self.values, self.study = wanted, study
        if self.live.active:
            self.run()

    # runs

    def run(self, words: str = "", *, bad: bool = False) -> None:
        """Run the study as it is set; ``words`` stand before how it ended, ``bad``: they are no good news."""
        study = self.study
        assert study is not None
        self.under_way.begun()
        self.worker.ask(lambda tell: (study, study.run(on_progress=tell), words, bad))

    def _tell(self, progress: Any) -> None:
        self.under_way.tell(progress)

    def _done(self, outcome: Any, sentence: str) -> None:
        self.under_way.over()
        if sentence:
            self._say(sentence, bad=True)
            return
        if callable(outcome):  # what a fit found is shown by its own words
            outcome()
            return
        study, result, words, bad = outcome
        self.result = result
        first = f"{words} {study.title}: {result.status}".strip()
        said = f"{first}. {result.message}" if result.message else f"{first}."
        self._say(said, bad=bad or result.status in ("failed", "doubtful"))
        data = Data.of(result, result.fields)
        self.figures.show(data)  # what moved comes first
        self._later(self._rest)(result, data)

    def _rest(self, result: Result, data: Data) -> None:
        """Numbers of the run and curves beside it, where no later one has taken its place."""
        if result is not self.result:
            return
        self._show_numbers(data)
        if self.kept:
            self._compare()
        self.settled()

    def _show_numbers(self, data: Data) -> None:
        found = metrics(data)
        shown = [metric for metric in found if metric.headline][:MOST_NUMBERS] or found[:MOST_NUMBERS]
        pairs = [f"{html(title_of(each))}<br><b>{practical(each.value, each.unit)}</b>" for each in shown]
        cells = [f"<td style='padding:0 1.4em 0 0'>{pair}</td>" for pair in pairs]
        self.numbers.text = f"<table><tr>{''.join(cells)}</tr></table>"

    # comparisons

    def keep(self) -> None:
        """Keep the last run beside those to come."""
        if self.result is None:
            raise InputError("There is no run to keep yet.")
        said = ", ".join(f"{key.rpartition('.')[2]} {value}" for key, value in self.values.items())
        self.add(said or self.name, self.result)

    def overlay(self, name: str) -> None:
        """A measured file over the curves of the runs."""
        path = inside(self.root, name, "measured file")
        record_from(path, name)  # that it can be read
        self.add(name, path)

    def add(self, name: str, source: Result | Path) -> None:
        """Keep a run or a measured file under a name."""
        if len(self.kept) >= MOST_KEPT:
            raise InputError(f"{MOST_KEPT} curves are kept already; forget them first.")
        self.kept[name] = source
        self._compare()

    def forget(self) -> None:
        """Forget all that was kept."""
        self.kept = {}
        self.compared.children = []

    def _compare(self) -> None:
        sources = dict(self.kept) | ({"this run": self.result} if self.result is not None else {})
        if len(sources) < 2:  # drawn when there is something beside it
            return
        drawn = framed(overlaid(compare(sources)), "The curves that are kept, over one another.")
        self.compared.children = [_heading("Compared"), drawn]

    def fit(self) -> None:
        """Fit numbers of the study to the measured file; they become settings of the page."""
        from solion.explore.fitting import fit, fitted

        assert self.study is not None
        study = fitted(self.study)
        path = inside(self.root, self.measured.value, "measured file")
        over = [key.strip() for key in self.fitted.value.split(",") if key.strip()]
        if not over:
            raise InputError("Numbers to fit: name at least one setting, such as device.top.rate.")
        self.under_way.begun()

        def work(tell: Callable[[Any], None]) -> Callable[[], None]:
            found = fit(study, path, over, on_step=lambda count, misfit, _: tell(_Trial(count, misfit)))
            return lambda: self._take_fit(found)

        self.worker.ask(work)

    def _take_fit(self, found: Any) -> None:
        self.study = found.fitted
        pairs = [(estimate.number, estimate.value) for estimate in found.estimates]
        self.values |= {number.key: number.spelled(value) for number, value in pairs}  # in the unit that the file has
        self._list_settings()
        said = "; ".join(f"{number.key} = {number.shown(value)}" for number, value in pairs)
        why = "does not describe the record" if found.search.converged else f"is no fit: {found.search.reason}"
        verdict = "describes the record" if found.calibrates else why
        self.run(f"Fitted: {said}. The run {verdict}.", bad=not found.calibrates)

    # files

    def save(self, what: str) -> None:
        """Write the study, a script, the figures or the report of the last run into the folder."""
        assert self.study is not None
        name = self.target.value.strip()
        if what in ("Study", "Script"):
            path = new_file(self.root, f"{name}.{'toml' if what == 'Study' else 'py'}" if name else "", "name")
            if what == "Study":
                text = self.study.to_toml()
            else:
                from solion.study.script import script

                text = script(self.study)
            path.write_text(text, encoding="utf-8")
        else:
            if self.result is None:
                raise InputError(f"{what}: there is no run yet.")
            path = new_file(self.root, name, "name")
            if what == "Report":
                self.result.report(path)
            else:
                from solion.views import write_figures

                write_figures(self.result, path)
        self._say(f"{what} written: {path.relative_to(self.root)}")


class _Trial:
    """Progress of a fit, which does not know how long it will take."""

    def __init__(self, count: int, misfit: float):
        self.fraction, self.words = 0.0, f"trial {count}, misfit {misfit:.3g}"


def _narrow(rules: str) -> InlineStyleSheet:
    """Rules for a window too narrow for settings and figures side by side."""
    return InlineStyleSheet(css=f"@media (max-width: {2 * SIDE}px) {{ :host {{ {rules} }} }}")


def _heading(text: str) -> Div:
    return Div(text=f"<h2 style='font-size:1.05rem;margin:0.6em 0 0'>{escape(text)}</h2>")
