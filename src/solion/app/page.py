            self.chooser,
            self.file,
            row(self.go, self.stop),
            self.live,
            self.bar,
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
        right = column(
            self.status, self.numbers, self.figures.layout, self.compared, sizing_mode="stretch_width", stylesheets=[whole]
        )
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
        self._busy(True)
        self.worker.ask(lambda tell: (study, study.run(on_progress=tell), words, bad))

    def _busy(self, busy: bool) -> None:
        self.stop.disabled = not busy
        self.bar.text = _progress_bar(0.0, "starting; the first run of a kind is compiled") if busy else ""

    def _tell(self, progress: Any) -> None:
        if not self.stop.disabled:
            self.bar.text = _progress_bar(progress.fraction, line(progress))

    def _done(self, outcome: Any, sentence: str) -> None:
        self._busy(False)
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
        self.figures.show(result)
        self._show_numbers()
        if self.kept:
            self._compare()

    def _show_numbers(self) -> None:
        assert self.result is not None
        found = metrics(self.result.dataset)
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
        compare({name: path})  # that it can be read
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
        self._busy(True)

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


def _progress_bar(fraction: float, words: str) -> str:
    return (
        f'<label style="font-size:0.9em">{html(words)}<br><progress style="width:{SIDE - 20}px" max="1" '
        f'value="{fraction:.3f}"></progress></label>'
    )
