"""Where numbers of a study come from: the ``[sources]`` of its file, and paths of files made absolute."""

from __future__ import annotations

import copy
import dataclasses
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from solion.base.errors import InputError, nearest
from solion.base.parameters import Provenance, Row, Source
from solion.study.section import is_code

KINDS = tuple(kind for kind in typing.get_args(Provenance) if kind != "user")
PATHS = ("source", "image")  # keys of a file whose text is the path of another one


def sources_of(
    paths: Iterable[str], sources: Mapping[str, str], where: str = "sources", owner: str = "device"
) -> dict[str, Source]:
    """The sources that a file gives for numbers with these paths: ``"device.top.rate" = "stated: where it stands"``.

    A key names the number of the device whose path in the table of parameters holds its words in this order; of another ``owner``
    it is the path. ``where`` begins the sentence of a refusal.
    """
    paths, found = list(paths), {}
    for key, text in sources.items():
        kind, _, reference = (part.strip() for part in text.partition(":"))
        if kind not in KINDS or not reference:
            raise InputError(
                f"{where}: {key} = {text!r} does not begin with one of {', '.join(KINDS)} and a colon, and say where."
            )
        path = path_of(key, paths)
        if path is None:
            beyond = [path for path in paths if path.startswith(("microstructure.", "experiment."))]
            known = [path if path in beyond or owner != "device" else f"device.{path}" for path in paths]
            words = "study" if beyond else owner
            raise InputError(f"{where}: {key} is no number of the {words}{nearest(key, known)}.")
        found[path] = Source(kind, reference)  # pyright: ignore[reportArgumentType]
    return found


def sourced(row: Row, found: Mapping[str, Source]) -> Row:
    """A row of the table of parameters with its source, where the file gives one."""
    source = found.get(row.path)
    return row if source is None else dataclasses.replace(row, provenance=source.provenance, reference=source.reference)


def path_of(key: str, paths: Iterable[str]) -> str | None:
    """The path in a table of parameters that a key of a file stands for, or None where it is no such number."""
    words, paths = key.split("."), list(paths)
    if key in paths:
        return key
    fitting = [path for path in paths if words[0] == "device" and _in_order(words[1:], path.split("."))]
    return min(fitting, key=len, default=None)


def _in_order(words: list[str], path: list[str]) -> bool:
    rest = iter(path)
    return bool(words) and words[-1] == path[-1] and all(word in rest for word in words)


def absolute(value: Any, folder: Path) -> Any:
    """Nested tables with the paths in them made absolute, as they are written beside a result.

    Python files stay where they are below the study's folder: they are copied to where the study is written.
    """
    if isinstance(value, dict):
        return {
            key: str((folder / entry).resolve()) if key in PATHS and isinstance(entry, str) else absolute(entry, folder)
            for key, entry in value.items()
        }
    if isinstance(value, list):
        return [absolute(entry, folder) for entry in value]
    return _below(value, folder.resolve()) if is_code(value) else copy.deepcopy(value)


def _below(code: str, folder: Path) -> str:
    """The "file.py:name" with the file as a path below the folder, where it lies there."""
    file, _, name = code.rpartition(":")
    path = (folder / file).resolve()
    return f"{path.relative_to(folder).as_posix()}:{name}" if path.is_relative_to(folder) else code
