"""The documentation as files: its navigation, the gallery and what draws it, the reference, and what says the version."""

import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import solion

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PICTURES = tomllib.loads((DOCS / "gallery.toml").read_text(encoding="utf-8"))["picture"]
TEXTS = [
    path
    for pattern in (
        "*.md",
        "*.cff",
        "*.toml",
        "*.yml",
        "Dockerfile",
        "docs/**/*.md",
        ".github/**/*.yml",
        "conda/*",
        "src/**/*.py",
    )
    for path in ROOT.glob(pattern)
]


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_top_level_has_at_most_nine_entries():
    navigation = read("mkdocs.yml").partition("\nnav:\n")[2]
    top = re.findall(r"^  - ([\w-]+)", navigation, re.M)
    assert len(top) <= 9
    for need in ("Start", "Tutorials", "How-to", "Gallery", "Explanation", "Reference", "Papers", "Decisions"):
        assert need in top


def test_every_decision_is_listed():
    listed = read("docs/decisions/index.md")
    assert [path.name for path in (DOCS / "decisions").glob("0*.md") if f"({path.name})" not in listed] == []


def test_every_picture_of_the_gallery_is_there_with_what_draws_it():
    studies = solion.study.builtin_studies()
    for entry in PICTURES:
        assert (DOCS / entry["file"]).is_file(), entry["file"]
        assert (DOCS / entry["page"]).is_file(), entry["page"]
        assert sum(key in entry for key in ("study", "script", "command")) == 1
        assert entry.get("study", "silicon-wire") in studies
        assert (ROOT / entry.get("script", "README.md")).is_file()
    assert {entry["kind"] for entry in PICTURES} == set(re.findall(r"<!-- gallery (\w+) -->", read("docs/gallery.md")))
    shown = {entry["file"] for entry in PICTURES}
    assert {f"figures/{path.name}" for path in (DOCS / "figures").glob("*.png")} == shown


def test_all_public_names_are_on_a_page_of_the_reference():
    """Rooms are on the page of everything else, which the hook fills with what no other page holds."""
    rooms = re.findall(r"<!-- other modules (\w+) -->", read("docs/reference/more.md"))
    pages = "".join(path.read_text(encoding="utf-8") for path in (DOCS / "reference").glob("*.md"))
    for name in ("protocols", "units", "views", "papers"):
        assert f"::: solion.{name}" in pages, name
    public = {path.parent.name for path in (ROOT / "src" / "solion").glob("*/__init__.py")} & set(solion.__all__)
    assert public - {"protocols", "views", "papers", "units"} == set(rooms)


def test_one_version_everywhere():
    version = solion.__version__
    assert f'version = "{version}"' in read("pyproject.toml")
    assert f"version: {version}" in read("CITATION.cff")
    assert f'version = "{version}"' in read("conda/meta.yaml")
    assert f"## [{version}]" in read("CHANGELOG.md")
    assert f"| {version.rpartition('.')[0]} |" in read("SECURITY.md")


def test_the_container_runs_the_lines_of_the_readme():
    lines = re.findall(r"^    (.*solion run.*|python3 -m venv.*)$", read("README.md"), re.M)
    assert len(lines) == 2
    for line in lines:
        assert line in read("Dockerfile")


def test_all_extras_are_in_all_and_the_recipe_has_every_dependency():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    extras = project["optional-dependencies"]
    (everything,) = extras["all"]
    named = set(re.search(r"\[(.*)\]", everything)[1].split(","))
    assert named == set(extras) - {"all", "test", "docs", "dev", "benchmarks", "gpu"}
    recipe = read("conda/meta.yaml")
    for dependency in project["dependencies"]:
        name, least = dependency.split(">=")
        assert re.search(rf"- {name}(-base)? >={re.escape(least)}$", recipe, re.M), dependency


def test_no_host_of_a_registry_is_named():
    hosts = re.compile(r"(pypi|conda-forge|anaconda|npmjs|docker)\.(org|io|com)|registry\.", re.I)
    assert [str(path.relative_to(ROOT)) for path in TEXTS if path.is_file() and hosts.search(path.read_text("utf-8"))] == []


def test_every_equation_becomes_mathml():
    """Decisions stay as they were written. Blocks of text with a derivative, an integral or a nabla are equations."""
    pytest.importorskip("latex2mathml")
    pytest.importorskip("mkdocs")
    spec = importlib.util.spec_from_file_location("equations", DOCS / "equations.py")
    equations = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(equations)
    for path in DOCS.rglob("*.md"):
        text = path.read_text(encoding="utf-8")
        found = equations.BLOCK.findall(text)
        assert len(found) == len(re.findall("^ *```math", text, re.M)), path
        assert all(equations.mathml(formula).startswith("<math") for formula in found)
        if path.parent.name != "decisions":
            plain = re.findall(r"^```text\n.*?^```$|^ {4}[^\n]*$", text, re.M | re.S)
            assert "$$" not in text, path
            assert [block for block in plain if re.search("[∂∫∇]", block)] == [], path
    for unreadable in (r"\foo", "x_{", "a}", r"\frac{a}", r"\left[ a \right", r"\begin{aligned} a &= b \end{aligned}"):
        with pytest.raises(ValueError, match="cannot read the formula"):
            equations.mathml(unreadable)


def test_refresh_says_what_it_can_do():
    pytest.importorskip("PIL")
    command = [sys.executable, str(DOCS / "refresh.py"), "no such picture"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert "--stale" in found.stderr
