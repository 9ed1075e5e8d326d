"""All tests run in float64, as `import solion` sets it, and forget compiled programs before they fill the memory.

A suite compiles far more than it computes, so that its programs are compiled at XLA's lowest level, and loops are left as they
are, which takes half of the time: the same equations, rounded elsewhere. ``XLA_FLAGS= pytest`` runs them as users do. A file that
computes far more than it compiles is marked ``computes`` and has its programs optimised.
"""

import contextlib
import ctypes
import functools
import gc
import os
from pathlib import Path

os.environ.setdefault(  # before JAX is loaded; each of these passes copies whole loops, with those within them
    "XLA_FLAGS",
    "--xla_backend_optimization_level=0 --xla_disable_hlo_passes=simplify-while-loops,while-loop-simplifier,"
    "while-loop-constant-sinking,while-loop-invariant-code-motion,while-loop-expensive-invariant-code-motion",
)

import jax
import pytest

from solion.base import compiled
from solion.base.compiled import Program

jax.config.update("jax_enable_x64", True)


def _limit() -> float:
    """Bytes of memory in use above which a process forgets its programs: a sixth of the machine's, since two or more work."""
    try:
        whole = float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, OSError, ValueError):
        whole = 0.0
    return min(max(whole / 6, 2.5e9), 4e9)


LIMIT = _limit()


def memory() -> float:
    """Bytes of memory in use by this process; zero where the system does not tell."""
    try:
        return 4096.0 * int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0


@pytest.fixture(autouse=True)
def _views_of_the_package(monkeypatch):
    """A view that a test or an example defines is forgotten after it."""
    from solion.views import view

    view.views()  # those of the package first
    monkeypatch.setattr(view, "_DEFINED", list(view._DEFINED))


@pytest.fixture(autouse=True, scope="module")
def _code_as_before():
    """What an explorer or ``--no-code`` forbids holds for the whole process: put back after each file of tests."""
    before = os.environ.get("SOLION_NO_CODE", "")
    yield
    os.environ["SOLION_NO_CODE"] = before


def _forget_programs():
    for program in [entry for entry in gc.get_objects() if isinstance(entry, Program)]:
        program._known.clear()


@pytest.fixture(autouse=True, scope="module")
def _optimised(request):
    """Programs of a file marked ``computes`` are compiled at the level at which users have them, and kept apart."""
    if request.node.get_closest_marker("computes") is None or "optimization_level=0" not in os.environ["XLA_FLAGS"]:
        yield
        return
    inner, surroundings = jax.stages.Lowered.compile, compiled._surroundings()
    optimised = functools.partialmethod(inner, compiler_options={"xla_backend_optimization_level": 3})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jax.stages.Lowered, "compile", optimised)
        patch.setattr(compiled, "_surroundings", lambda: (*surroundings, "optimised"))
        _forget_programs()
        yield
        _forget_programs()


@pytest.fixture(autouse=True, scope="module")
def _bounded_memory():
    """Forget compiled programs after a file of tests that leaves too many; those on disk are read again."""
    yield
    if memory() < LIMIT:
        return
    _forget_programs()
    jax.clear_caches()
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):  # glibc keeps what is freed unless told
        ctypes.CDLL(None).malloc_trim(0)
