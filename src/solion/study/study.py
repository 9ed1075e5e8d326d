"""A study: a device, what is done with it, and settings, read from a TOML file and ready to run."""

from __future__ import annotations

import copy
import dataclasses
import functools
import json
import math
import shutil
import warnings
from collections.abc import Callable, Iterable, Mapping
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError, create_model

from solion import __version__
from solion.analysis.data import Data, plain
from solion.analysis.metric import Metric
from solion.base.errors import InputError, nearest
from solion.base.html_table import headed
from solion.base.parameters import Row, annotate, table
from solion.devices.device import AbstractDevice
from solion.devices.specimen import AbstractSpecimen
from solion.experiments.experiment import AbstractExperiment, kind_of, require
from solion.experiments.transient_experiment import Transient
from solion.result.description import row_values
from solion.result.result import FILE, Result
from solion.study import catalogue, files, material_section  # noqa: F401  (materials are fields of devices)
from solion.study.experiment_section import OWN, device_field, study_file
from solion.study.quantities import Context, Units
from solion.study.section import Section, is_code, sentence
from solion.study.sources import absolute, path_of, sourced, sources_of
from solion.study.user_code import load_code, unexecuted

STUDY, TERMINALS, SPECTRUM = "study.toml", "terminals.csv", "spectrum.csv"
CURVES = ("time", "voltage", "current")
NO_SCALES = "which is a unit of films and synapses"


@dataclasses.dataclass(frozen=True)
class Study:
    """A device, what is done with it, and what becomes of the result. ``data`` is the file with all overrides.

    ``numbers`` are those of the experiment, with their sources; ``printed``: numbers that the source of the study prints, to
    be held against what is found. ``code``: the Python files that it named and that were executed, by their path below
    ``folder``, with the SHA-256 of their content; ``file``: the tables as they were read.
    """

    name: str
    shown: str
    title: str
    description: str
    device: Any
    experiment: Any
    figures: bool
    data: dict[str, Any]
    numbers: tuple[Row, ...] = ()
    printed: tuple[dict[str, Any], ...] = ()
    folder: Path = Path()
    code: Mapping[str, str] = dataclasses.field(default_factory=dict)
    file: Any = dataclasses.field(default=None, repr=False, compare=False)

    def run(
        self,
        *,
        on_progress: Callable[[Any], None] | None = None,
        checkpoint: str | PathLike | None = None,
        resume: bool = False,
        fields: str | PathLike | None = None,
    ) -> Result:
        """Do it; the arguments are those of :meth:`solion.experiments.experiment.AbstractExperiment.run`, and ``fields`` a Zarr
        store for what does not fit in memory."""
        place = {"fields": fields} if self.experiment.streams else {}
        try:
            result = self.experiment.run(
                self.device, on_progress=on_progress, checkpoint=checkpoint, resume=resume, title=self.title, **place
            )
        except InputError as error:
            raise InputError(f"{self.shown}: {error}") from error
        rows = json.dumps([row_values(row) for row in self.rows()])
        result.dataset.attrs |= {"parameters": rows, "description": self.description}
        if self.printed:
            result.dataset.attrs["printed"] = json.dumps(self.printed)
        if self.code:
            result.dataset.attrs["code"] = json.dumps(self.code)
        return result

    def write(self, result: Result, folder: Path, *, pictures: bool = False) -> None:
        """Write all files of a result into a folder: NetCDF, CSV of the terminals, fields, and the report.

        With ``pictures`` its figures are written as files too.
        """
        result.save(folder / FILE)
        if "time" in result.dataset.dims:
            result.to_csv(folder / TERMINALS)
        elif "frequency" in result.dataset.dims:
            result.to_csv(folder / SPECTRUM)
        self.experiment.write_fields(result, folder)
        if not self.figures:
            return
        try:
            result.report(folder, pictures=pictures)
        except Exception as error:  # a user's view may raise anything; the numbers are written and stay
            warnings.warn(
                f"{self.shown}: the report could not be drawn ({type(error).__name__}: {error}); the numbers are in {FILE}.",
                stacklevel=2,
            )

    def metrics(self, result: Result) -> list[Metric]:
        """The numbers of a run, named alike in all runs of a sweep."""
        from solion.views import metrics

        return [dataclasses.replace(metric, name=metric.alike or metric.name) for metric in metrics(result.dataset)]

    def scales(self, result: Result) -> dict[str, float]:
        """Scales of the device that a sweep has beside the metrics, none where the device has none."""
        found = {name: Data.of(result).scale(name) for name in CURVES}
        return found if "scales" in result.dataset.attrs else {}

    def curves(self, result: Result) -> dict[str, np.ndarray]:
        """Time, voltage and current of the terminals, and the conductance of a read; InputError where nothing varies in time."""
        data = Data.of(result)
        if not data.driven:
            raise InputError(f"{self.shown}: curves: nothing in this study varies in time, so there are none to keep.")
        found = {"time": data.time} | {kind: data.terminal(kind) for kind in ("voltage", "current")}
        return found | {kind: plain(data.first(role="response", kind=kind)) for kind in ["conductance"] if data.responses}

    @property
    def sign_convention(self) -> str:
        """What a positive voltage and a positive current are, in a sentence."""
        return self.device.sign_convention

    def outline(self) -> str:
        """The checked study in a few lines."""
        lines = self.experiment.outline(self.device).items()
        head = f"{self.shown}: {self.title}: the study is in order."
        return "\n".join([head, *(f"  {heading:<9} {text}" for heading, text in lines)])

    def _repr_html_(self) -> str:
        """For a notebook: what it is and does, its experiment, its device, and the file that it is."""
        protocol = getattr(self.experiment, "protocol", None)
        parts = [entry._repr_html_() for entry in (protocol, self.device) if entry is not None]
        file = f"<details><summary>study file</summary><pre>{escape(self.to_toml())}</pre></details>"
        return headed(self.name, self.title, f"<pre>{escape(self.outline())}</pre>{''.join(parts)}{file}")

    def rows(self) -> list[Row]:
        """Every number of the study that has a meaning and a source, by its path."""
        return [*table(self.device), *self.numbers]

    def meaning(self, key: str) -> str:
        """What a key of the file is, in the words of the number's declaration where it is one."""
        rows = {row.path: row.doc for row in self.rows()}
        return rows.get(path_of(key, rows) or "", key)

    def to_toml(self) -> str:
        """The study as a file, with overrides applied, settings spelled out and paths made absolute."""
        head = f"# {self.shown}, as solion {__version__} ran it: overrides applied, settings spelled out.\n\n"
        return head + files.dump(self.data)

    def save(self, folder: Path) -> None:
        """Write the study into a folder so that it can be run from there: its file, and the Python files that it names."""
        (folder / STUDY).write_text(self.to_toml(), encoding="utf-8")
        for file in self.code:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.folder / file, folder / file)


def load(name: str | PathLike, settings: Iterable[str] = (), values: Mapping[str, Any] | None = None) -> Study:
    """A built-in study by its name or a study file by its path, with ``key=value`` settings on top.

    ``values`` are settings too: dotted keys with the values that a file would hold.

    Raises :class:`InputError`, one sentence naming file, key, value and what is allowed.
    """
    data, stem, shown, folder = _read(name, settings, values)
    return interpret(data, name=stem, shown=shown, folder=folder)


def check(name: str | PathLike, settings: Iterable[str] = ()) -> str:
    """The checked study in a few lines. Python files that it names are not executed; what depends on them is left out."""
    data, stem, shown, folder = _read(name, settings)
    lines = unexecuted(data, folder)
    if not lines:
        return interpret(data, name=stem, shown=shown, folder=folder).outline()
    head = f"{shown}: it names Python code, which a run would execute and check does not, nor what depends on it:"
    return "\n".join([head, *(f"  {line}" for line in lines), "Read it before you run the study; --no-code forbids it."])


def _read(
    name: str | PathLike, settings: Iterable[str], values: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], str, str, Path]:
    """The nested dictionaries of a study with overrides applied, its name, what to call it and its folder."""
    stem, shown, folder, text = files.read_text(str(name))
    data = files.parse(text, shown)
    before = copy.deepcopy(data)
    files.override(data, settings)
    for key, value in (values or {}).items():
        files.put(data, key, value, f"{shown}: {key}")
    if isinstance(stated := data.get("sources"), dict):  # a source speaks of the file's value, not of an override
        data["sources"] = {key: text for key, text in stated.items() if _at(data, key) == _at(before, key)}
    return data, stem, shown, folder


def interpret(data: dict[str, Any], *, name: str = "study", shown: str = "study", folder: Path | None = None) -> Study:
    """A study from the nested dictionaries that its TOML file holds; ``folder`` is where its relative paths start.

    Device and experiment decide what else the file holds.
    """
    context, data = Context((folder or Path.cwd()).resolve()), copy.deepcopy(data)
    try:
        return _interpret(data, name, shown, context)
    except ValidationError as error:
        raise InputError(f"{shown}: {sentence(error, data)}") from None
    except InputError as error:
        raise InputError(f"{shown}: {error}") from None


def _interpret(data: dict[str, Any], name: str, shown: str, context: Context) -> Study:
    device = None
    if "device" in data:
        first: Any = _device_only().model_validate({"device": data["device"]}, context=context)
        device = first.device.built
        context = _informed(context, device)
    kind = _experiment(data.get(OWN), device, context)
    if device is not None:
        require(f"experiment {kind_of(kind)}", device, kind.takes)
    file: Any = study_file(kind).model_validate(data, context=context)
    _load_views(file.views, context)
    device = file.device.built
    _same_units(context, device)
    experiment = file.experiment_of(context)
    numbers = experiment.rows()
    found = sources_of([row.path for row in (*table(device), *numbers)], file.sources)
    beyond = {row.path for row in numbers}
    device = annotate(device, {path: source for path, source in found.items() if path not in beyond})
    experiment = experiment.completed(device)
    experiment.check(device)
    resolved = absolute(data, context.folder)
    for key, values in experiment.settings().items():
        resolved[key] = resolved.get(key, {}) | values
    return Study(
        name=name,
        shown=shown,
        title=file.title or name,
        description=file.description,
        device=device,
        experiment=experiment,
        figures=True if file.output is None else file.output.figures,
        data=resolved,
        numbers=tuple(sourced(row, found) for row in numbers),
        printed=tuple(entry.built for entry in file.printed),
        folder=context.folder,
        code=context.executed,
        file=file,
    )


@functools.cache
def _device_only() -> type[Section]:
    """The device alone, from which the experiment and the units of the rest follow."""
    return create_model("DeviceOnly", __base__=Section, device=(device_field(), ...))


def _experiment(given: Any, device: Any, context: Context) -> type[AbstractExperiment]:
    """The class of experiment that a file names, or the usual one of its device."""
    known = catalogue.experiments()
    usual = device.experiments[0] if isinstance(device, AbstractSpecimen) and device.experiments else ""
    kind = given.get("kind", usual) if isinstance(given, dict) else usual
    if is_code(kind):
        found = load_code(kind, context)
        if not (isinstance(found, type) and issubclass(found, AbstractExperiment)):
            raise InputError(f"experiment.kind = {kind!r} is no class of AbstractExperiment.")
        return found
    if kind == usual and not usual:
        return Transient
    if not isinstance(kind, str) or kind not in known:
        raise InputError(f"experiment.kind = {kind!r} is unknown{nearest(str(kind), known)}; known: {', '.join(known)}.")
    return known[kind].load()


def _load_views(names: list[str], context: Context) -> None:
    """Read the files of views that a study names; defining a view makes results show it."""
    for name in names:
        from solion.views import AbstractView

        found = load_code(name, context) if is_code(name) else None
        if not (isinstance(found, type) and issubclass(found, AbstractView)):
            raise InputError(f'views: {name!r} names no class of AbstractView; write "file.py:Name".')


def units_of(study: Study) -> Units:
    """The units that a checked study may use."""
    device = study.device
    return Units(device.scales()) if isinstance(device, AbstractDevice) else Units(absent=NO_SCALES, area=device.unit_area)


def driven(study: Study, purpose: str) -> Study:
    """The study where it is one of a device under a protocol; raises InputError, naming the ``purpose``, where it is not."""
    if not isinstance(study.experiment, Transient):
        kinds = ", ".join(name for name, entry in catalogue.devices().items() if issubclass(entry.load(), AbstractDevice))
        raise InputError(f"{study.shown}: {purpose} needs a device under a protocol ({kinds}), which this study has not.")
    return study


def _at(data: Any, key: str) -> Any:
    """The value that a dotted key has in nested tables, or None."""
    for part in key.split("."):
        if isinstance(data, list) and part.isdecimal() and int(part) < len(data):
            data = data[int(part)]
        else:
            data = data.get(part) if isinstance(data, dict) else None
    return data


def _informed(context: Context, device: Any) -> Context:
    """The context of the rest of a file, once the device is known."""
    if not isinstance(device, AbstractDevice):
        units = Units(absent=NO_SCALES, area=device.unit_area)
        return dataclasses.replace(context, units=units, preliminary=False)
    try:
        scales, system = device.scales(), device.system(8)
        sizes = [float(size) for size in scales.sizes.values()]
    except (ZeroDivisionError, OverflowError):
        sizes = [math.inf]
    if not all(0 < size < math.inf for size in sizes):
        raise InputError("device: its numbers are too small or too large to compute with.")
    return dataclasses.replace(
        context,
        units=Units(scales),
        preliminary=False,
        terminals=device.terminals,
        monitors={item.name: item.unit for item in system.monitored},
    )


def _same_units(context: Context, device: Any) -> None:
    """Refuse a device whose units changed when numbers that are given in them were put in."""
    if context.units.scales is None:
        return
    before, after = context.units.scales.sizes, device.scales().sizes
    for name, size in before.items():
        if not math.isclose(float(size), float(after[name]), rel_tol=1e-12):
            raise InputError(
                f"device: the unit of {name} depends on a number that is itself given in the device's units; give thickness,"
                " temperature and the material's numbers in SI units."
            )


def schema() -> dict[str, Any]:
    """JSON schema of a study file: one for each experiment."""
    from solion.study.json_schema import schema_of

    return schema_of([study_file(entry.load()) for entry in catalogue.experiments().values()])
