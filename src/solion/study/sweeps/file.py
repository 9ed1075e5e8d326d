"""Sweep files: a TOML file that names a study and what to vary in it, checked key by key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ValidationError

from solion.errors import InputError
from solion.study.catalogue import builtin_studies
from solion.study.files import inline, parse, read_text
from solion.study.quantities import Context, Whole, problem
from solion.study.section import Section, sentence
from solion.study.sweeps.axes import MOST_VALUES
from solion.study.sweeps.plan import Plan, make_plan


def _flat(value: Any) -> Any:
    """Nested tables as dotted keys, so that keys may stand with or without quotes: device.filling or "device.filling"."""
    return dict(_leaves(value, "")) if isinstance(value, dict) else value


def _leaves(table: Mapping[str, Any], path: str) -> Iterable[tuple[str, Any]]:
    for key, value in table.items():
        here = f"{path}.{key}" if path else key
        if isinstance(value, dict):
            yield from _leaves(value, here)
        else:
            yield here, value


def _keys_or_table(value: Any) -> Any:
    if not isinstance(value, (dict, list)):
        raise problem('is no table of keys and their values, such as "device.filling" = "0.1 ... 0.9 in 9"')
    return _flat(value)


Over = Annotated[dict[str, str | list[Any]] | list[str], BeforeValidator(_keys_or_table)]
Settings = Annotated[dict[str, Any], BeforeValidator(_flat)]


class SampleSection(Section):
    """Points drawn from the ranges of the axes rather than the grid that they span."""

    kind: Literal["latin_hypercube", "sobol"]
    runs: Annotated[int, Whole(1, MOST_VALUES)]
    seed: Annotated[int, Whole(0, 2**32)] = 0


class SweepFile(Section):
    """A sweep file of Solion (TOML)."""

    study: str
    over: Over = {}  # noqa: RUF012
    points: str | list[dict[str, Any]] | None = None
    sample: SampleSection | None = None
    set: Settings = {}  # noqa: RUF012
    metrics: list[str] = []  # noqa: RUF012
    curves: bool = False


def is_sweep_file(name: str) -> bool:
    """Whether a name is that of a file that describes a sweep: TOML with a key ``study``."""
    path = Path(name)
    if name in builtin_studies() or not path.is_file():
        return False
    _, shown, _, text = read_text(name)
    data = parse(text, shown)
    return "study" in data or "over" in data


def read_sweep_file(name: str, settings: Iterable[str] = (), metrics: Iterable[str] = (), curves: bool = False) -> Plan:
    """The plan that a sweep file describes; ``settings``, ``metrics`` and ``curves`` go on top of its own.

    Paths in it start from its folder. Raises :class:`InputError`, one sentence naming file, key and value.
    """
    _, shown, folder, text = read_text(name)
    data = parse(text, shown)
    try:
        file = SweepFile.model_validate(data, context=Context(folder))
    except ValidationError as error:
        raise InputError(f"{shown}: {sentence(error, data)}") from None
    study = file.study if file.study in builtin_studies() else str(folder / file.study)
    own = [f"{key}={inline(value)}" for key, value in file.set.items()]
    sample = file.sample
    try:
        return make_plan(
            study, file.over, points=file.points, sampling=sample.kind if sample else None,
            runs=sample.runs if sample else None, seed=sample.seed if sample else None, settings=[*own, *settings],
            metrics=[*file.metrics, *metrics], curves=file.curves or curves, folder=folder,
        )  # fmt: skip
    except InputError as error:
        raise InputError(f"{shown}: {error}") from None


def sweep_schema() -> dict[str, Any]:
    """JSON schema of a sweep file."""
    return SweepFile.model_json_schema()
