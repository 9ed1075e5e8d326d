"""Sweep files: a TOML file that names a study and what to vary in it, checked key by key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ValidationError

from solion.base.errors import InputError
from solion.explore.sweeps.axes import MOST_VALUES
from solion.explore.sweeps.plan import Plan, make_plan
from solion.study.catalogue import builtin_studies
from solion.study.files import inline, parse, read_text
from solion.study.quantities import Context, Whole, problem
from solion.study.section import Section, sentence


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


def _file(name: str) -> dict[str, Any] | None:
    """What a sweep file says, as arguments of :func:`make_plan`; None where the name is that of a study."""
    path = Path(name)
    if name in builtin_studies() or not path.is_file():
        return None
    _, shown, folder, text = read_text(name)
    data = parse(text, shown)
    if "device" in data or not ("study" in data or "over" in data):
        return None
    try:
        file = SweepFile.model_validate(data, context=Context(folder))
    except ValidationError as error:
        raise InputError(f"{shown}: {sentence(error, data)}") from None
    sample = file.sample.model_dump() if file.sample else {}
    return {
        "study": file.study if file.study in builtin_studies() else str(folder / file.study),
        "over": file.over,
        "points": str(folder / file.points) if isinstance(file.points, str) else file.points,
        "sampling": sample.get("kind"),
        "runs": sample.get("runs"),
        "seed": sample.get("seed"),
        "settings": [f"{key}={inline(value)}" for key, value in file.set.items()],
        "metrics": file.metrics,
        "curves": file.curves,
        "name": path.stem,
    }


def plan_of(name: str, over: Sequence[str] = (), **options: Any) -> Plan:
    """The plan of a study, or of a sweep file with options on top of its own.

    ``over`` are texts "key=values", or keys alone where points are given; ``options`` are those of :func:`make_plan`. Paths in a
    file start from its folder. Raises :class:`InputError`, one sentence naming file, key and value.
    """
    axes = _over(over)
    file = _file(name)
    if file is None:
        return make_plan(name, axes, **options)
    if options.get("points") is not None or not isinstance(axes, dict) or not isinstance(file["over"], dict):
        file["over"] = axes or file["over"]
    else:
        file["over"] = file["over"] | axes
    for key in ("settings", "metrics"):
        options[key] = [*file[key], *options.get(key, ())]
    given = {key: value for key, value in options.items() if value not in (None, False)}
    try:
        return make_plan(**(file | given))
    except InputError as error:
        raise InputError(f"{name}: {error}") from None


def _over(texts: Sequence[str]) -> dict[str, str] | list[str]:
    """The axes of a command line."""
    if not any("=" in text for text in texts):
        return list(texts)
    axes = {}
    for text in texts:
        key, equals, values = text.partition("=")
        if not equals:
            raise InputError(f"--over {text}: it has no values; write --over '{text}=0.1 ... 0.9 in 9'.")
        if key.strip() in axes:
            raise InputError(f"--over {key.strip()} is given twice.")
        axes[key.strip()] = values.strip()
    return axes


def sweep_schema() -> dict[str, Any]:
    """JSON schema of a sweep file."""
    return SweepFile.model_json_schema()
