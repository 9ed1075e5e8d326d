"""Python files beside a study: laws, materials, devices, experiments and views of the user's, named "file.py:name".

A file that is named is executed when the study is loaded to be run, and only where it lies in the study's folder or below.
Nothing is where ``SOLION_NO_CODE`` is set (``--no-code``), and when a study is only checked: then the file is read, not run.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from solion.base.environment import FORBID
from solion.base.errors import InputError, nearest
from solion.study.quantities import Context
from solion.study.section import is_code

WORDS = ("title", "description", "sources", "printed")  # keys of a study that name nothing


def load_code(name: str, context: Context) -> Any:
    """The object ``name`` of the form "file.py:name", the file relative to the study.

    Raises :class:`InputError` where it may not be executed, fails, or has no such name.
    """
    file, _, attribute = name.rpartition(":")
    if os.environ.get(FORBID):
        raise InputError(f"{file} is Python code, which --no-code ({FORBID}) forbids to execute.")
    path = placed(file, context.folder)
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    module = _executed(path, content, file, digest)
    context.executed[path.relative_to(context.folder.resolve()).as_posix()] = digest
    if attribute not in vars(module):
        raise InputError(f"{file} has no {attribute!r}{nearest(attribute, vars(module))}.")
    return getattr(module, attribute)


def placed(file: str, folder: Path) -> Path:
    """The path of a Python file that a study names. Raises InputError where it is none, or not in the study's folder or below."""
    folder = folder.resolve()
    try:
        path = (folder / file).resolve()
        there = path.is_file()
    except (OSError, ValueError):
        path, there = folder / file, False
    if not path.is_relative_to(folder):
        raise InputError(
            f"{file} does not lie in the study's folder {folder} or below, so it is not executed; copy it there first."
        )
    if not there:
        raise InputError(f"{file} is not a file ({path}).")
    return path


@functools.lru_cache(maxsize=256)
def _executed(path: Path, content: bytes, shown: str, digest: str) -> ModuleType:
    """The module of a file, executed once for each content, so that all runs of a sweep share its classes."""
    name = f"solion_user_{path.stem}_{hashlib.sha256(f'{path} {digest}'.encode()).hexdigest()[:16]}"
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module  # where classes look up the types of their fields
    try:
        exec(compile(content, str(path), "exec"), vars(module))
    except (Exception, SystemExit) as error:  # the user's code may raise anything
        del sys.modules[name]
        raise InputError(f"{shown} cannot be loaded: {type(error).__name__}: {error}.") from error
    return module


def named(data: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """The keys of a study's tables whose text names a Python file, with that text."""
    if key in WORDS:
        return
    if is_code(data):
        yield key, data
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for inner, entry in entries:
        yield from named(entry, f"{key}.{inner}" if key else str(inner))


def unexecuted(data: Any, folder: Path) -> list[str]:
    """What a study's Python files are, a line each, from their text alone. Raises InputError for one that could not be run."""
    lines = []
    for key, name in named(data):
        file, _, attribute = name.rpartition(":")
        path = placed(file, folder)
        try:
            body = ast.parse(path.read_bytes()).body
        except (OSError, SyntaxError, ValueError, RecursionError) as error:
            raise InputError(f"{key} = {name!r}: {file} is not Python: {error}.") from None
        known = {entry.name for entry in body if isinstance(entry, ast.ClassDef | ast.FunctionDef)}
        bound = {inner.id for entry in body for inner in ast.walk(entry) if isinstance(inner, ast.Name)}
        if attribute not in known | bound:
            raise InputError(f"{key} = {name!r}: {file} has no {attribute!r}{nearest(attribute, known)}.")
        lines.append(f"{key} = {name!r}, sha256 {hashlib.sha256(path.read_bytes()).hexdigest()[:12]}")
    return lines
