"""Files that a page may read and write: those in the folder where the explorer was started, and below it."""

from __future__ import annotations

from pathlib import Path

from solion.base.errors import InputError
from solion.study import builtin_studies


def inside(root: Path, name: str, what: str) -> Path:
    """The path of a file below the folder. Raises InputError for one outside, also through a link."""
    name = name.strip()
    if not name:
        raise InputError(f"{what}: give a name of a file in {root}.")
    if not name.isprintable():
        raise InputError(f"{what} = {name!r} holds signs that no file's name should; choose another one.")
    path = (root / name).resolve()
    if not path.is_relative_to(root.resolve()):
        raise InputError(f"{what} = {name!r} lies outside the folder that the explorer was started in; it reads no other files.")
    return path


def study_named(root: Path, name: str) -> str:
    """A built-in study by its name, or the path of a study file below the folder."""
    return name if name in builtin_studies() else str(inside(root, name, "study"))


def new_file(root: Path, name: str, what: str) -> Path:
    """The path of a file that is to be written. Raises InputError where it exists or its folder does not."""
    path = inside(root, name, what)
    if path.exists():
        raise InputError(f"{what} = {name!r} exists already and is not overwritten; choose another name.")
    if not path.parent.is_dir():
        raise InputError(f"{what} = {name!r}: there is no folder {path.parent.name}; make it first.")
    return path
