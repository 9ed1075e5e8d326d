"""A study: a device, a protocol and settings, read from a TOML file and ready to run."""

from __future__ import annotations

import copy
import dataclasses
import functools
import math
import operator
import typing
from collections.abc import Callable, Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import BeforeValidator, TypeAdapter, ValidationError, create_model

from solion.analysis.data import Data, plain
from solion.analysis.metric import Metric
from solion.base.errors import InputError, nearest
from solion.base.parameters import annotate, table
from solion.base.scaling import UNITS
from solion.devices.start import AbstractInitial
from solion.experiments.transient import Progress, check_memory, simulate
from solion.numerics.stepping.integrate import Tolerance
from solion.protocols import Protocol
from solion.result.result import Result
from solion.result.result import load as load_result
from solion.study import files
from solion.study.abstract import AbstractStudy, absolute, sources_of
from solion.study.catalogue import INITIALS, first_line, snake
from solion.study.device import DEVICES, DeviceField
from solion.study.polycrystal import PolycrystalStudy
from solion.study.quantities import Context, Measure, Units, Whole, bounds, problem
from solion.study.section import Section, one_of, read_one, sentence
from solion.study.steps import CURRENT, MOST_STEPS, Count, step_field

RESULT, TERMINALS = "result.nc", "terminals.csv"
CURVES = ("time", "voltage", "current")
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


@dataclasses.dataclass(frozen=True)
class Study(AbstractStudy):
    """A film or a synapse, the protocol it runs through, and the settings of the run."""

    protocol: Protocol
    initial: AbstractInitial
    cells: int
    tolerance: Tolerance
    watch: dict[str, float]

    devices: ClassVar = DEVICES
    file: ClassVar = StudyFile
    marker: ClassVar = RESULT

    @classmethod
    def read(cls, data: dict[str, Any], device: Any, name: str, shown: str, context: Context) -> Study:
        if device is not None:
            context = _informed(context, device)
        study = StudyFile.model_validate(data, context=context)
        steps = tuple(step for entry in study.protocol for step in entry.built.steps)
        plain = study.device.built
        _same_units(context, plain)
        device = annotate(plain, sources_of([row.path for row in table(plain)], study.sources))
        tolerance = study.numerics.tolerance(device)
        result = cls(
            name=name, shown=shown, title=study.title or name, description=study.description, device=device,
            figures=study.output.figures, data=_resolved(data, study, tolerance, context.folder), protocol=Protocol(steps),
            initial=device.initial if study.initial is None else study.initial.built, cells=study.numerics.cells,
            tolerance=tolerance, watch=dict(device.watch) if study.output.watch is None else study.output.built,
        )  # fmt: skip
        _check(result)
        return result

    @staticmethod
    def stored(path: Path) -> Result:
        return load_result(path)

    def run(
        self,
        *,
        on_progress: Callable[[Progress], None] | None = None,
        checkpoint: str | PathLike | None = None,
        resume: bool = False,
        checkpoint_every: float = 2.0,
    ) -> Result:
        """Simulate; the arguments are those of :func:`solion.experiments.transient.simulate`."""
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

    def write(self, result: Result, folder: Path) -> None:
        complete(result, folder, figures=self.figures)

    def metrics(self, result: Result) -> Iterable[Metric]:
        from solion.views import metrics

        return [dataclasses.replace(metric, name=metric.alike or metric.name) for metric in metrics(result.dataset)]

    def scales(self, result: Result) -> dict[str, float]:
        return {name: Data.of(result).scale(name) for name in CURVES}

    def curves(self, result: Result) -> dict[str, np.ndarray]:
        data = Data.of(result)
        found = {"time": data.time} | {kind: data.terminal(kind) for kind in ("voltage", "current")}
        return found | {
            kind: plain(data.first(role="response", kind=kind)) for kind in ["conductance"] if data.responses
        }

    @property
    def sign_convention(self) -> str:
        return self.device.sign_convention

    def outline(self) -> str:
        scales, tolerance = self.device.scales(), self.tolerance
        units = {
            "tau_D": ("time", scales.time),
            "V_T": ("voltage", scales.voltage),
            "i_D": ("current_density", scales.current_density),
        }
        shown = ", ".join(f"{name} = {float(value):.5g} {UNITS[kind]}" for name, (kind, value) in units.items())
        samples, duration = sum(step.samples for step in self.protocol.steps), float(self.protocol.duration)
        scaled = duration / float(scales.time)
        return "\n".join((
            f"{self.shown}: {self.title}: the study is in order.",
            f"  scales    {shown}",
            f"  protocol  {len(self.protocol.steps)} steps, {duration:.5g} s ({scaled:.5g} tau_D), {samples} samples",
            f"  numerics  {self.cells} cells, relative {tolerance.relative:g}, absolute {tolerance.absolute:g}",
        ))  # fmt: skip


def complete(result: Result, folder: Path, *, figures: bool = True) -> None:
    """Write all files of a result into a folder: NetCDF, CSV of the terminals, and the report with its figures."""
    result.save(folder / RESULT)
    result.to_csv(folder / TERMINALS)
    if figures:
        result.report(folder)


FAMILIES: tuple[type[AbstractStudy], ...] = (Study, PolycrystalStudy)
_SECTIONS = {kind: section for family in FAMILIES for kind, section in family.devices.items()}


class _DeviceOnly(Section):
    """The device alone, from which the family of the study and the units of the rest follow."""

    device: one_of("kind", _SECTIONS)  # pyright: ignore[reportInvalidTypeForm]


def load(name: str | PathLike, settings: Iterable[str] = (), values: Mapping[str, Any] | None = None) -> AbstractStudy:
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


def interpret(
    data: dict[str, Any], *, name: str = "study", shown: str = "study", folder: Path | None = None
) -> AbstractStudy:
    """A study from the nested dictionaries that its TOML file holds; ``folder`` is where its relative paths start.

    The kind of the device decides what else the file holds.
    """
    context, data = Context((folder or Path.cwd()).resolve()), copy.deepcopy(data)
    family, device = FAMILIES[0], None
    try:
        if "device" in data:
            section = _DeviceOnly.model_validate({"device": data["device"]}, context=context).device
            family = next(known for known in FAMILIES if section.kind in known.devices)
            device = section.built
        return family.read(data, device, name, shown, context)
    except ValidationError as error:
        raise InputError(f"{shown}: {sentence(error, data)}") from None
    except InputError as error:
        raise InputError(f"{shown}: {error}") from None


def driven(study: AbstractStudy, purpose: str) -> Study:
    """The study where it is one of a device under a protocol; raises InputError, naming the ``purpose``, where it is not."""
    if not isinstance(study, Study):
        kinds = ", ".join(DEVICES)
        raise InputError(
            f"{study.shown}: {purpose} needs a device under a protocol ({kinds}), which this study has not."
        )
    return study


def _at(data: Any, key: str) -> Any:
    """The value that a dotted key has in nested tables, or None."""
    for part in key.split("."):
        data = data.get(part) if isinstance(data, dict) else None
    return data


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


def _same_units(context: Context, device: Any) -> None:
    """Refuse a device whose units changed when numbers that are given in them were put in."""
    sizes = [dataclasses.asdict(scales) for scales in (context.units.scales, device.scales())]
    for name, size in sizes[0].items():
        if not math.isclose(float(size), float(sizes[1][name]), rel_tol=1e-12):
            raise InputError(
                f"device: the unit of {name} depends on a number that is itself given in the device's units; give thickness,"
                " temperature and the material's numbers in SI units."
            )


def _check(study: Study) -> None:
    steps = study.protocol.steps
    if len(steps) > MOST_STEPS:
        raise InputError(f"protocol has {len(steps)} steps, outside its allowed range [1, {MOST_STEPS}].")
    with np.errstate(all="ignore"):  # an impossible material shows in the profile, which the device looks at
        study.device.profile(study.initial, study.cells)
    check_memory(sum(step.samples for step in steps), study.cells)


def _resolved(data: dict[str, Any], study: StudyFile, tolerance: Tolerance, folder: Path) -> dict[str, Any]:
    """The file's tables with settings spelled out and paths made absolute."""
    result: dict[str, Any] = absolute(data, folder)
    errors = {name: float(getattr(tolerance, name)) for name in ("relative", "absolute", "guard")}
    result["numerics"] = {"cells": study.numerics.cells, **errors}
    return result


def schema() -> dict[str, Any]:
    """JSON schema of a study file: one for each family of devices."""
    every: Any = functools.reduce(operator.or_, (family.file for family in FAMILIES))
    return TypeAdapter(every).json_schema()
