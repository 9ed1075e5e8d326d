"""Examples, the README's script and the documentation's Python blocks run, and what they assert holds."""

import re
import runpy
from pathlib import Path

import matplotlib
import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
PAGES = [
    ROOT / "docs" / "tutorial.md",
    ROOT / "docs" / "design.md",
    ROOT / "docs" / "label-images.md",
    ROOT / "docs" / "laboratory-files.md",
    ROOT / "docs" / "polycrystal.md",
    ROOT / "docs" / "film-in-space.md",
    ROOT / "docs" / "notebooks.md",
    *sorted((ROOT / "docs" / "how-to").glob("*.md")),
]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    matplotlib.use("Agg")


def test_there_are_examples_and_pages():
    assert len(EXAMPLES) >= 5
    assert all(page.is_file() for page in PAGES)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_runs(path):
    """Each asserts a physical number."""
    assert re.search(r"^assert ", path.read_text(encoding="utf-8"), re.MULTILINE)
    runpy.run_path(str(path), run_name="__main__")


def test_script_of_the_readme_is_the_example():
    (script,) = BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert script == (ROOT / "examples" / "voltammogram.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_blocks_of_a_page_run_in_order(page):
    """Blocks share one namespace. An included example is fenced as ``{ .python }`` and run as that example."""
    namespace = {"__name__": page.stem}
    for number, block in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")), start=1):
        exec(compile(block, f"{page.name}, block {number}", "exec"), namespace)
