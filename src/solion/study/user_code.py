"""Python files beside a study: laws, materials, devices, experiments and views of the user's, named "file.py:name"."""

from __future__ import annotations

import functools
import hashlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from solion.base.errors import InputError, nearest
from solion.study.quantities import Context


def load_code(name: str, context: Context) -> Any:
    """The object ``name`` of the form "file.py:name", the file relative to the study."""
    file, _, attribute = name.rpartition(":")
    module = module_of((context.folder / file).resolve(), file)
    if attribute not in vars(module):
        raise InputError(f"{file} has no {attribute!r}{nearest(attribute, vars(module))}.")
    return getattr(module, attribute)


def module_of(path: Path, shown: str) -> ModuleType:
    """The module of a file, executed once for each content, so that all runs of a sweep share its classes."""
    if not path.is_file():
        raise InputError(f"{shown} is not a file ({path}).")
    return _executed(path, shown, hashlib.sha256(path.read_bytes()).hexdigest())


@functools.cache
def _executed(path: Path, shown: str, digest: str) -> ModuleType:
    name = f"solion_user_{path.stem}_{hashlib.sha256(f'{path} {digest}'.encode()).hexdigest()[:16]}"
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module  # where classes look up the types of their fields
    try:
        exec(compile(path.read_bytes(), str(path), "exec"), vars(module))
    except Exception as error:  # the user's code may raise anything
        del sys.modules[name]
        raise InputError(f"{shown} cannot be loaded: {type(error).__name__}: {error}.") from error
    return module
