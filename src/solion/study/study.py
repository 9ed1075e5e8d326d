"""A study: a device, a protocol and settings, read from a TOML file and ready to run."""

from __future__ import annotations

import copy
import dataclasses
import math
import typing
from collections.abc import Callable, Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, ValidationError, create_model

from solion import __version__
from solion.devices.initial import AbstractInitial
from solion.errors import InputError, nearest
from solion.numerics.integrate import Tolerance
from solion.parameters import Provenance, Source, annotate, table
from solion.protocols import Protocol
from solion.result import Result
from solion.scaling import UNITS
from solion.simulation import Progress, check_memory, simulate
from solion.study import files
from solion.study.catalogue import INITIALS, first_line, snake
from solion.study.device import DeviceField
from solion.study.quantities import Context, Measure, Units, Whole, bounds, problem
from solion.study.section import Section, is_code, one_of, read_one, sentence
from solion.study.steps import CURRENT, MOST_STEPS, Count, step_field

KINDS = tuple(kind for kind in typing.get_args(Provenance) if kind != "user")
Allowed = Annotated[float, Measure(("1",), bounds(1e-13, 0.1))]


class InitialSection(Section):
    """The state that the film starts from."""

    def build(self, context: Context) -> Any:
        given = {key: getattr(self, key) for key in type(self).model_fields if key != "kind"}
        return next(state for state in INITIALS if snake(state.__name__) == self.kind)(**given)  # pyright: ignore


def _initial_field() -> Any:
    sections = {}
    for state in INITIALS:
        fields: dict[str, Any] = {"kind": (Literal[snake(state.__name__)], ...)}
        for field in dataclasses.fields(state):
            if field.name != "sources":
                kind: Any = str if typing.get_type_hints(state)[field.name] is str else _NUMBERS
                fields[field.name] = (kind, ... if field.default is dataclasses.MISSING else field.default)
        sections[snake(state.__name__)] = create_model(
            f"Initial{state.__name__}", __base__=InitialSection, __doc__=first_line(state), **fields
        )
    return one_of("kind", sections)


_NUMBERS = Annotated[Any, Measure(("1",), many=True)]
InitialField = _initial_field()


class NumericsSection(Section):
    """Resolution in space and error allowed per step in time, the device's own choice unless given."""

    cells: Annotated[int, Whole(8, 100_000)] = 200
    relative: Allowed | None = None
    absolute: Allowed | None = None
    guard: Allowed | None = None

    def tolerance(self, device: Any) -> Tolerance:
        """The errors allowed for a device."""
        names = ("relative", "absolute", "guard")
        given = {name: value for name in names if (value := getattr(self, name)) is not None}
        return dataclasses.replace(device.tolerance, **given)


class OutputSection(Section):
    """What is kept of the run: samples of each step that names none, figures, and levels whose crossing is recorded."""

    samples: Count | None = None
    figures: bool = True
    watch: dict[str, Any] | None = None

    def build(self, context: Context) -> dict[str, float]:
        context.samples = self.samples
        if self.watch is None:
            return {}
        levels = {}
        for name, value in self.watch.items():
            if name not in context.monitors:
                known = ", ".join(context.monitors)
                reason = f"is not a quantity of the device{nearest(name, context.monitors)}; known: {known}"
                raise problem(reason, key=f"watch.{name}")
            unit = context.monitors[name]
            measure = Measure(CURRENT if unit == "A" else (unit,))
            levels[name] = read_one(name, Annotated[float, measure], value, context, "watch")
        return levels


def _not_empty(value: Any) -> Any:
    if not isinstance(value, list) or not value:
        raise problem("is not a list of steps; begin each with [[protocol]]")
    return value


class StudyFile(Section):
    """A study file of Solion (TOML)."""

    title: str = ""
    description: str = ""
    sources: dict[str, str] = {}  # noqa: RUF012
    device: DeviceField  # pyright: ignore[reportInvalidTypeForm]
    initial: InitialField | None = None  # pyright: ignore[reportInvalidTypeForm]
    numerics: NumericsSection = NumericsSection.model_construct()
    output: OutputSection = OutputSection.model_construct()
    protocol: Annotated[list[step_field()], BeforeValidator(_not_empty)]  # pyright: ignore[reportInvalidTypeForm]


class _DeviceOnly(Section):
    """The device alone, from which the units of the rest follow."""

    device: DeviceField  # pyright: ignore[reportInvalidTypeForm]


@dataclasses.dataclass(frozen=True)
class Study:
    """A device, the protocol it runs through, and the settings of the run. ``data`` is the file with all overrides."""

    name: str
    shown: str
    title: str
    description: str
    device: Any
    protocol: Protocol
    initial: AbstractInitial
    cells: int
    tolerance: Tolerance
    watch: dict[str, float]
    figures: bool
    data: dict[str, Any]

    def run(
        self,
        *,
        on_progress: Callable[[Progress], None] | None = None,
        checkpoint: str | PathLike | None = None,
        resume: bool = False,
        checkpoint_every: float = 2.0,
    ) -> Result:
        """Simulate; the arguments are those of :func:`solion.simulation.simulate`."""
        try:
            return simulate(
                self.device,
                self.protocol,
                initial=self.initial,
                cells=self.cells,
                tolerance=self.tolerance,
                watch=self.watch,
                on_progress=on_progress,
                checkpoint=checkpoint,
                resume=resume,
                checkpoint_every=checkpoint_every,
                title=self.title,
            )
        except InputError as error:
            raise InputError(f"{self.shown}: {error}") from error

    def to_toml(self) -> str:
        """The study as a file, with overrides applied, settings spelled out and paths made absolute."""
        head = f"# {self.shown}, as solion {__version__} ran it: overrides applied, settings spelled out.\n\n"
        return head + files.dump(self.data)


def load(name: str | PathLike, settings: Iterable[str] = (), values: Mapping[str, Any] | None = None) -> Study:
    """A built-in study by its name or a study file by its path, with ``key=value`` settings on top.

    ``values`` are settings too: dotted keys with the values that a file would hold.

    Raises :class:`InputError`, one sentence naming file, key, value and what is allowed.
    """
    stem, shown, folder, text = files.read_text(str(name))
    data = files.parse(text, shown)
    plain = copy.deepcopy(data)
    files.override(data, settings)
    for key, value in (values or {}).items():
        files.put(data, key, value, f"{shown}: {key}")
    if isinstance(stated := data.get("sources"), dict):  # a source speaks of the file's value, not of an override
        data["sources"] = {key: text for key, text in stated.items() if _at(data, key) == _at(plain, key)}
    return interpret(data, name=stem, shown=shown, folder=folder)


def interpret(data: dict[str, Any], *, name: str = "study", shown: str = "study", folder: Path | None = None) -> Study:
    """A study from the nested dictionaries that its TOML file holds; ``folder`` is where its relative paths start."""
    folder = (folder or Path.cwd()).resolve()
    context = Context(folder)
    try:
        if "device" in data:
            device = _DeviceOnly.model_validate({"device": data["device"]}, context=context).device.built
            context = _informed(context, device)
        study = StudyFile.model_validate(data, context=context)
    except ValidationError as error:
        raise InputError(f"{shown}: {sentence(error, data)}") from None
    except InputError as error:
        raise InputError(f"{shown}: {error}") from None
    steps = tuple(step for entry in study.protocol for step in entry.built.steps)
    device = _sourced(study.device.built, study.sources, shown)
    tolerance = study.numerics.tolerance(device)
    result = Study(
        name, shown, study.title or name, study.description, device, Protocol(steps),
        device.initial if study.initial is None else study.initial.built, study.numerics.cells,
        tolerance,
        dict(device.watch) if study.output.watch is None else study.output.built, study.output.figures,
        _resolved(data, study, tolerance, folder),
    )  # fmt: skip
    _check(result)
    return result


def _at(data: Any, key: str) -> Any:
    """The value that a dotted key has in nested tables, or None."""
    for part in key.split("."):
        data = data.get(part) if isinstance(data, dict) else None
    return data


def _sourced(device: Any, sources: dict[str, str], shown: str) -> Any:
    """The device with the sources of a study file: ``"device.top.rate" = "stated: where it stands"``.

    A key names the number of the device whose path in the table of parameters holds its words in this order.
    """
    paths, found = [row.path for row in table(device)], {}
    for key, text in sources.items():
        kind, _, reference = (part.strip() for part in text.partition(":"))
        if kind not in KINDS or not reference:
            raise InputError(
                f"{shown}: sources: {key} = {text!r} does not begin with one of {', '.join(KINDS)} and a colon, and say where."
            )
        path = path_of(key, paths)
        if path is None:
            known = [f"device.{path}" for path in paths]
            raise InputError(f"{shown}: sources: {key} is no number of the device{nearest(key, known)}.")
        found[path] = Source(kind, reference)  # pyright: ignore[reportArgumentType]
    return annotate(device, found)


def path_of(key: str, paths: Iterable[str]) -> str | None:
    """The path in a table of parameters that a key of a file stands for, or None where it is no number of the device."""
    words = key.split(".")
    fitting = [path for path in paths if words[0] == "device" and _in_order(words[1:], path.split("."))]
    return min(fitting, key=len, default=None)


def _in_order(words: list[str], path: list[str]) -> bool:
    rest = iter(path)
    return bool(words) and words[-1] == path[-1] and all(word in rest for word in words)


def _informed(context: Context, device: Any) -> Context:
    """The context of the rest of a file, once the device is known."""
    try:
        scales, system = device.scales(), device.system(8)
        sizes = [float(size) for size in dataclasses.asdict(scales).values()]
    except (ZeroDivisionError, OverflowError):
        sizes = [math.inf]
    if not all(0 < size < math.inf for size in sizes):
        raise InputError("device: its numbers are too small or too large to compute with.")
    units = {item.name: UNITS[item.kind] if item.kind else "1" for item in system.observables}
    return dataclasses.replace(
        context, units=Units(scales), preliminary=False, terminals=device.terminals,
        monitors={name: units[name] for name in system.monitor_names},
    )  # fmt: skip


def _check(study: Study) -> None:
    steps = study.protocol.steps
    if len(steps) > MOST_STEPS:
        raise InputError(
            f"{study.shown}: protocol has {len(steps)} steps, outside its allowed range [1, {MOST_STEPS}]."
        )
    try:
        with np.errstate(all="ignore"):  # an impossible material shows in the profile, which the device looks at
            study.device.profile(study.initial, study.cells)
        check_memory(sum(step.samples for step in steps), study.cells)
    except InputError as error:
        raise InputError(f"{study.shown}: {error}") from None


def _resolved(data: dict[str, Any], study: StudyFile, tolerance: Tolerance, folder: Path) -> dict[str, Any]:
    """The file's tables with settings spelled out and paths made absolute."""
    result: dict[str, Any] = _absolute(copy.deepcopy(data), folder)
    errors = {name: float(getattr(tolerance, name)) for name in ("relative", "absolute", "guard")}
    result["numerics"] = {"cells": study.numerics.cells, **errors}
    for entry in result["protocol"]:
        if isinstance(entry.get("source"), str):
            entry["source"] = str((folder / entry["source"]).resolve())
    return result


def _absolute(value: Any, folder: Path) -> Any:
    if isinstance(value, dict):
        return {key: _absolute(entry, folder) for key, entry in value.items()}
    if isinstance(value, list):
        return [_absolute(entry, folder) for entry in value]
    if is_code(value):
        file, _, name = value.rpartition(":")
        return f"{(folder / file).resolve()}:{name}"
    return value


def schema() -> dict[str, Any]:
    """JSON schema of a study file."""
    return StudyFile.model_json_schema()
