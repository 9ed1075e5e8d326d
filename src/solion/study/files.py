"""Study files on disk: finding and reading TOML, ``--set`` overrides, and writing a resolved copy."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from solion.base.errors import InputError, nearest
from solion.study.catalogue import builtin_studies

DEEPEST = 20  # no table of a study is nested deeper
LARGEST = 10**4000  # above it Python itself refuses to write a whole number


def read_text(name: str) -> tuple[str, str, Path, str]:
    """(name, what to call it in messages, folder that its paths start from, text) of a built-in study or a file."""
    builtin = builtin_studies()
    if name in builtin:
        return name, name, Path.cwd(), builtin[name].read_text(encoding="utf-8")
    path = Path(name)
    path = path / "study.toml" if path.is_dir() else path
    if not path.is_file():
        known = ", ".join(builtin)
        raise InputError(f"{name}: this is no file and no built-in study{nearest(name, builtin)}; built in: {known}.")
    text = text_of(path, "the file", "a study is a TOML file")
    return (path.parent.name if path.name == "study.toml" else path.stem), str(path), path.parent, text


def text_of(path: Path, words: str, form: str, encoding: str = "utf-8") -> str:
    """The text of a file; ``words`` and ``form`` name it and say what it should be where it cannot be read."""
    try:
        return path.read_text(encoding=encoding)
    except OSError as error:
        raise InputError(f"{path}: {words} cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: the file is not text in UTF-8; {form}.") from None


def parse(text: str, shown: str) -> dict[str, Any]:
    """TOML to nested dictionaries."""
    try:
        data = tomllib.loads(text)
    except ValueError as error:  # of TOML, or of a whole number with thousands of digits
        reason = re.sub(r"\s+", " ", str(error)).partition(";")[0].rstrip(".")
        raise InputError(f"{shown}: this is not TOML: {reason}.") from None
    except RecursionError:
        raise InputError(f"{shown}: its tables are nested too deeply.") from None
    try:
        depth = _depth(data)
    except InputError as error:
        raise InputError(f"{shown}: {error}") from None
    if depth > DEEPEST:
        raise InputError(f"{shown}: its tables are nested deeper than {DEEPEST}.")
    return data


def _depth(data: Any) -> int:
    depth, level = 0, [data]
    while level:
        depth += 1
        inside = [inner for entry in level for inner in (entry.values() if isinstance(entry, dict) else entry)]
        if any(isinstance(inner, int) and abs(inner) >= LARGEST for inner in inside):
            raise InputError("a whole number has more than 4000 digits.")
        level = [inner for inner in inside if isinstance(inner, (dict, list))]
    return depth


def override(data: dict[str, Any], settings: Iterable[str]) -> None:
    """Apply ``key=value`` texts in place: dotted keys, list entries by number, values as in TOML or else text."""
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or not all(part.strip() for part in key.split(".")):
            raise InputError(f"--set {setting}: this is not of the form key=value, such as device.top.rate=1e-2.")
        put(data, key, value_of(value.strip()), f"--set {setting}")


def put(data: dict[str, Any], key: str, value: Any, shown: str) -> None:
    """Put a value at a dotted key in place; missing tables are made. ``shown`` begins the sentence of a refusal."""
    parts = [part.strip() for part in key.split(".")]
    if len(parts) > DEEPEST:
        raise InputError(f"{shown}: the key has more than {DEEPEST} parts.")
    table: Any = data
    for part in parts[:-1]:
        table = _inside(table, part, shown, create=True)
    _inside(table, parts[-1], shown, value=value)


def value_of(text: str) -> Any:
    """A text as TOML reads it, or the text itself where it is no TOML."""
    try:
        return parse(f"value = {text}", "")["value"] if "\n" not in text else text
    except InputError:
        return text


def _inside(table: Any, part: str, shown: str, *, create: bool = False, value: Any = None) -> Any:
    """Entry ``part`` of a table or list; a missing table is made, and with ``create`` False ``value`` is put there."""
    if isinstance(table, list):
        if not part.isdecimal() or int(part) >= len(table):
            raise InputError(f"{shown}: {part!r} is no entry of a list of {len(table)}; they count from 0.")
        index: Any = int(part)
    elif isinstance(table, dict):
        index = part
    else:
        raise InputError(f"{shown}: {part!r} lies inside {table!r}, which is no table; write a table in its place first.")
    if not create:
        table[index] = value
        return value
    return table.setdefault(index, {}) if isinstance(table, dict) else table[index]


def dump(data: Mapping[str, Any]) -> str:
    """Nested dictionaries as TOML."""
    return "\n".join(_table(data, ())).strip() + "\n"


def _table(data: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    lines = [f"{_key(key)} = {inline(value)}" for key, value in data.items() if not _is_table(value)]
    for key, value in data.items():
        if not _is_table(value):
            continue
        here = (*path, key)
        name = ".".join(_key(part) for part in here)
        for entry in value if isinstance(value, list) else [value]:
            lines += ["", f"[[{name}]]" if isinstance(value, list) else f"[{name}]", *_table(entry, here)]
    return lines


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value))


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else inline(key)


def inline(value: Any) -> str:
    """A value as TOML on one line."""
    if isinstance(value, str):  # the strings of JSON are strings of TOML, where DEL is escaped too
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(inline(entry) for entry in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_key(key)} = {inline(entry)}' for key, entry in value.items())}}}"
    return str(value)
