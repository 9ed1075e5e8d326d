"""Python files beside a study: laws, materials, devices and experiments of the user's, named "file.py:name"."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from solion.base.errors import InputError, nearest
from solion.study.quantities import Context


def load_code(name: str, context: Context) -> Any:
    """The object ``name`` of the form "file.py:name", the file relative to the study."""
    file, _, attribute = name.rpartition(":")
    path = (context.folder / file).resolve()
    if path not in context.modules:
        context.modules[path] = _load_module(path, file)
    module = context.modules[path]
    if attribute not in vars(module):
        raise InputError(f"{file} has no {attribute!r}{nearest(attribute, vars(module))}.")
    return getattr(module, attribute)


def _load_module(path: Path, shown: str) -> ModuleType:
    if not path.is_file():
        raise InputError(f"{shown} is not a file ({path}).")
    name = f"solion_user_{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module  # where classes look up the types of their fields
    try:
        specification.loader.exec_module(module)
    except Exception as error:  # the user's code may raise anything
        del sys.modules[name]
        raise InputError(f"{shown} cannot be loaded: {type(error).__name__}: {error}.") from error
    return module
