"""What the package exports, read from its source without importing it: names, kinds and first lines.

A listing of everything that a study file can name needs no numerics, and importing all of it takes seconds. Reading takes 0.3 s,
once for each version of the source: what is found is kept in the folder of compiled programs.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib
import json
from pathlib import Path
from typing import Any, NamedTuple

from solion.base import cache

ROOT = Path(__file__).parents[1]
NAMED = ("laws", "materials", "devices", "experiments", "protocols")  # packages that study files can name


class Export(NamedTuple):
    """A class or a function that a package exports, as its source declares it.

    ``bases``: names of the classes it derives from, or the class that a function returns; ``fields``: names of a class's
    fields, or the arguments that a function needs; ``line``: the first line of its docstring.
    """

    name: str
    package: str
    bases: tuple[str, ...]
    fields: tuple[str, ...]
    line: str
    function: bool

    def load(self) -> Any:
        """The class or function itself."""
        return getattr(importlib.import_module(f"solion.{self.package}"), self.name)

    def derives_from(self, base: str) -> bool:
        """Whether it is a class of this name, or derives from one by any number of steps."""
        return not self.function and (base == self.name or base in _ancestors(self))


@functools.cache
def exports(package: str) -> dict[str, Export]:
    """Classes and functions that ``solion.<package>`` exports, by name, in the order of its imports."""
    folder = ROOT / package
    stub = folder / "__init__.pyi"
    tree = ast.parse((stub if stub.exists() else folder / "__init__.py").read_text(encoding="utf-8"))
    found = {}
    for node in tree.body:
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue
        module = f"{package}.{node.module}" if node.level else node.module.removeprefix("solion.")
        known = _declared(module, package)
        found |= {alias.name: known[alias.name] for alias in node.names if alias.name in known}
    return found


def subclasses(package: str, base: str) -> dict[str, Export]:
    """The classes that a package exports and that derive from a class of this name, by any number of steps."""
    found = exports(package)
    return {name: entry for name, entry in found.items() if not entry.function and base in _ancestors(entry)}


def makers(module: str, returns: str) -> dict[str, Export]:
    """The functions of a module that return a class of this name and need no argument, private ones by their names without _."""
    found = _declared(module, module.partition(".")[0])
    return {
        name.lstrip("_"): entry
        for name, entry in found.items()
        if entry.function and entry.bases == (returns,) and not entry.fields
    }


def _ancestors(entry: Export) -> set[str]:
    found: set[str] = set()
    for base in entry.bases:
        found.add(base)
        above = _classes().get(base)
        if above is not None:
            found |= _ancestors(above)
    return found


@functools.cache
def _classes() -> dict[str, Export]:
    """Every class of the packages that study files can name; no two of the library have the same name."""
    return {name: entry for known in _kept().values() for name, entry in known.items() if not entry.function}


@functools.cache
def _kept() -> dict[str, dict[str, Export]]:
    """What each module of the packages that study files can name declares, read anew where the disk does not know it."""
    folder, key = cache.program_folder(), f"exports {cache.source_digest()}"
    path = None if folder is None else folder / f"exports-{cache.source_digest()[:32]}"
    if path is not None and (text := cache.read(path, key)) is not None:
        with contextlib.suppress(ValueError, TypeError):  # what cannot be read is read from the source
            return {
                module: {
                    name: Export(name, package, tuple(bases), tuple(fields), *rest)
                    for name, package, bases, fields, *rest in rows
                }
                for module, rows in json.loads(text).items()
            }
    files = [path for package in NAMED for path in sorted((ROOT / package).rglob("*.py"))]
    modules = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]
    found = {module: _parsed(module, module.partition(".")[0]) for module in modules}
    if path is not None:
        with contextlib.suppress(OSError):  # a full disk costs the next start a third of a second
            cache.write(path, key, json.dumps({module: list(known.values()) for module, known in found.items()}).encode())
    return found


def _declared(module: str, package: str) -> dict[str, Export]:
    """The classes and functions that a module defines, and those that it imports from its own package."""
    known = _kept().get(module) if module.partition(".")[0] in NAMED else None
    return _parsed(module, package) if known is None else known


@functools.cache
def _parsed(module: str, package: str) -> dict[str, Export]:
    path = ROOT.joinpath(*module.split("."))
    path = path.with_suffix(".py") if path.with_suffix(".py").is_file() else path / "__init__.py"
    if not path.is_file():
        return {}
    found: dict[str, Export] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            fields = tuple(
                entry.target.id
                for entry in node.body
                if isinstance(entry, ast.AnnAssign)
                and isinstance(entry.target, ast.Name)
                and "ClassVar" not in ast.unparse(entry.annotation)
            )
            bases = tuple(ast.unparse(base).rpartition(".")[2] for base in node.bases)
            found[node.name] = Export(node.name, package, bases, fields, _line(node), False)
        elif isinstance(node, ast.FunctionDef):
            given = node.args
            needed = given.args[: len(given.args) - len(given.defaults)] + [
                entry for entry, default in zip(given.kwonlyargs, given.kw_defaults, strict=True) if default is None
            ]
            returns = (ast.unparse(node.returns),) if node.returns is not None else ()
            found[node.name] = Export(node.name, package, returns, tuple(a.arg for a in needed), _line(node), True)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"solion.{module}."):
            known = _parsed((node.module or "").removeprefix("solion."), package)
            found |= {alias.name: known[alias.name] for alias in node.names if alias.name in known}
    return found


def _line(node: ast.ClassDef | ast.FunctionDef) -> str:
    return (ast.get_docstring(node) or "").partition("\n")[0]
