"""The house style that a machine can check: names, sizes, imports and the tables of public names.

The sets below list what is still to do. They may only shrink: an entry that is no longer needed fails a test too.
"""

import ast
import importlib
import io
import statistics
import tokenize
from collections import Counter, defaultdict
from pathlib import Path

import pytest

import solion

ROOT = Path(solion.__file__).parent
FILES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(ROOT.rglob("*.py"))}

SHARED_CLASS_NAMES: set[str] = set()
LONG_FILES: set[str] = set()
VAGUE = {
    "alike",
    "bench",
    "common",
    "endings",
    "found",
    "helpers",
    "kept",
    "misc",
    "plates",
    "recorded",
    "shown",
    "stuff",
    "things",
    "tools",
    "utils",
    "wanted",
    "words",
}
STUBS = ("", "analysis", "experiments", "explore", "compact")
LONGEST_FUNCTION = 90
LONG_FILE = 400


def lines_of(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def module_of(path):
    parts = ("solion", *path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_no_class_name_twice():
    places = defaultdict(list)
    for path, tree in FILES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(ROOT)))
    assert {name: found for name, found in places.items() if len(found) > 1}.keys() == SHARED_CLASS_NAMES


def test_no_file_name_that_says_nothing():
    vague = {str(path.relative_to(ROOT)) for path in FILES if path.stem in VAGUE}
    assert not vague


def test_files_are_short():
    sizes = {path: lines_of(path) for path in FILES}
    assert statistics.median(sizes.values()) <= 120
    long = {
        str(path.relative_to(ROOT))
        for path, size in sizes.items()
        if size > LONG_FILE and "long because" not in (ast.get_docstring(FILES[path]) or "").lower()
    }
    assert long == LONG_FILES, "split the file, or say in its docstring 'Long because ...'"


def test_functions_are_short():
    for path, tree in FILES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno - node.lineno < LONGEST_FUNCTION, f"{path}: {node.name} is too long; split it."


def test_the_formatter_is_switched_off_at_tables_of_numbers_only():
    for path in FILES:
        name, text = str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        if "fmt: skip" not in text:
            continue
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
        statements = [
            node for node in ast.walk(FILES[path]) if isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr | ast.Return)
        ]
        for number in (token.start[0] for token in tokens if "fmt: skip" in token.string):
            last = [node for node in statements if node.lineno <= number <= node.end_lineno]
            inside = range(last[0].lineno, number + 1) if last else ()
            kinds = Counter(token.type for token in tokens if token.start[0] in inside)
            words = kinds[tokenize.NAME] + kinds[tokenize.STRING]
            assert kinds[tokenize.NUMBER] > max(10, words), f"{name}:{number}: format this normally."


def imports_of(path, tree, modules):
    """Modules that a file imports at its top, under TYPE_CHECKING, or within a function of its own."""
    inside = {id(child) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for child in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in inside:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                below = f"{node.module}.{alias.name}"
                target = below if below in modules else node.module
                if target in modules:
                    yield target


def circles(graph):
    """Groups of modules each of which imports, directly or not, all others of its group."""

    def reached(start):
        seen, waiting = set(), list(graph[start])
        while waiting:
            module = waiting.pop()
            if module not in seen:
                seen.add(module)
                waiting += graph[module]
        return seen

    reach = {module: reached(module) for module in graph}
    groups = {
        frozenset(other for other in reach[module] if module in reach[other]) for module in graph if module in reach[module]
    }
    return groups


def test_no_import_circles_not_even_for_types():
    modules = {module_of(path) for path in FILES}
    graph = {module_of(path): set(imports_of(path, tree, modules)) - {module_of(path)} for path, tree in FILES.items()}
    assert circles(graph) == set()


def test_circles_are_found():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == {frozenset("bc")}


@pytest.mark.parametrize("room", STUBS)
def test_every_public_name_resolves(room):
    """The stub is the one table of public names: each is there, in ``__all__``, and named once."""
    stub = ROOT / room / "__init__.pyi"
    names = [
        alias.asname
        for node in ast.parse(stub.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    module = importlib.import_module(f"solion.{room}" if room else "solion")
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert set(names) == set(module.__all__)
    for name in names:
        assert getattr(module, name) is not None


@pytest.mark.parametrize("path", [path for path in FILES if path.name == "__init__.py"], ids=module_of)
def test_every_list_of_public_names_is_true(path):
    module = importlib.import_module(module_of(path))
    for name in getattr(module, "__all__", ()):
        assert hasattr(module, name), f"{module.__name__}.__all__ names {name!r}, which is not there."


@pytest.mark.parametrize("stub", sorted(ROOT.rglob("__init__.pyi")), ids=lambda path: path.parent.name)
def test_no_public_name_is_that_of_a_module_beside_it(stub):
    """Importing that module would put it in the place of the name."""
    nodes = [node for node in ast.parse(stub.read_text(encoding="utf-8")).body if isinstance(node, ast.ImportFrom)]
    names = {alias.name for node in nodes if node.module for alias in node.names}
    modules = {path.stem for path in stub.parent.iterdir()} - {"__init__"}
    assert not names & modules
